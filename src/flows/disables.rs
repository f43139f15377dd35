//! Accounts that the operator or an administrator closed. A disabled account is refused at each door as a wrong password is, until it is
//! enabled again. Unlike a lock ([`crate::flows::freezes`]) its owner can't end it.

use crate::base::db::{Tx, on};
use crate::base::error::AppError;
use crate::base::words::moment;
use crate::domain::accounts::AccountId;
use crate::domain::audit::By;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::sessions::EndReason;
use crate::domain::{links, pending};
use crate::flows::evictions;
use crate::flows::roles;
use crate::request::app::App;

/// Disables `account`: every session ends, sign-ins that wait and links that could let somebody in are void, and its owner is written
/// to. What they set up (factors, tokens, connections, groups) stays for when it is enabled, and does nothing until then. False if it
/// was disabled already. `LastAdministrator`. `tx` is a recorded one.
pub async fn disable(app: &App, tx: &mut Tx, account: AccountId, by: By) -> Result<bool, AppError> {
    const DISABLE: &str = "UPDATE accounts SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    roles::keep_an_administrator(tx, account).await?;
    let now = app.clock.now();
    let disabled =
        on!(tx, |connection| sqlx::query(DISABLE).bind(account).bind(now).execute(connection).await?.rows_affected());
    if disabled == 0 {
        return Ok(false);
    }
    record(tx, account, Kind::AccountDisabled, by).await?;
    evictions::end_all_of(app, tx, account, EndReason::AccountDisabled).await?;
    pending::void_of_account(tx, account).await?;
    links::void_of_account(tx, account).await?;
    if let Some(owner) = Recipient::of(app, tx, account).await? {
        let site = &app.config.site.name;
        let letter = owner.letter(|to| letters::account_disabled(to, site, &moment(now.0).0));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, by = by.name(), "an account was disabled");
    Ok(true)
}

/// Lets `account` sign in again as before, and writes to its owner. False if it was not disabled. `tx` is a
/// recorded one.
pub async fn enable(app: &App, tx: &mut Tx, account: AccountId, by: By) -> Result<bool, AppError> {
    const ENABLE: &str = "UPDATE accounts SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL";
    let enabled = on!(tx, |connection| sqlx::query(ENABLE).bind(account).execute(connection).await?.rows_affected());
    if enabled == 0 {
        return Ok(false);
    }
    let now = app.clock.now();
    record(tx, account, Kind::AccountEnabled, by).await?;
    if let Some(owner) = Recipient::of(app, tx, account).await? {
        let (site, sign_in) = (&app.config.site.name, app.link("/sign-in"));
        let letter = owner.letter(|to| letters::account_enabled(to, site, &moment(now.0).0, &sign_in));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, by = by.name(), "an account was enabled");
    Ok(true)
}

async fn record(tx: &mut Tx, account: AccountId, kind: Kind, by: By) -> Result<(), sqlx::Error> {
    let details = Details { by: Some(by.name().to_owned()), ..Details::default() };
    audit::record(tx, &Event::about(account, kind, details)).await
}
