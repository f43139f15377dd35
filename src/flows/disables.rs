//! Accounts that the operator or an administrator closed. A disabled account is refused at each
//! door as a wrong password is, until it is enabled again. Unlike a lock
//! ([`crate::flows::freezes`]) its owner can't end it.

use crate::base::db::{Tx, on};
use crate::base::error::AppError;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::sessions::EndReason;
use crate::domain::{links, pending};
use crate::flows::{roles, session_ends};

/// Disables `account`: every session ends, sign-ins that wait and links that could let somebody in
/// are void, and its owner is written to. What they set up (factors, tokens, connections, groups)
/// stays for when it is enabled, and does nothing until then. False if it was disabled already.
/// `LastAdministrator`. `tx` is a recorded one.
pub async fn disable(tx: &mut Tx, account: AccountId, by: By) -> Result<bool, AppError> {
    const DISABLE: &str = "UPDATE accounts \
        SET disabled_at = $2 \
        WHERE id = $1 AND disabled_at IS NULL";
    let config = tx.config();
    roles::keep_an_administrator(tx, account).await?;
    let now = tx.now();
    let disabled =
        on!(tx, |connection| sqlx::query(DISABLE).bind(account).bind(now).execute(connection).await?.rows_affected());
    if disabled == 0 {
        return Ok(false);
    }
    record(tx, account, Kind::AccountDisabled, by).await?;
    session_ends::all(tx, account, None, EndReason::AccountDisabled, Details::default()).await?;
    pending::void_of_account(tx, account).await?;
    links::void_of_account(tx, account).await?;
    if let Some(owner) = Recipient::of(tx, account).await? {
        let site = &config.site.name;
        let letter = owner.letter(|to| letters::account_disabled(to, site, &to.moment(now)));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, by = by.name(), "an account was disabled");
    Ok(true)
}

/// Lets `account` sign in again as before, and writes to its owner. False if it was not disabled.
/// `tx` is a recorded one.
pub async fn enable(tx: &mut Tx, account: AccountId, by: By) -> Result<bool, AppError> {
    const ENABLE: &str = "UPDATE accounts \
        SET disabled_at = NULL \
        WHERE id = $1 AND disabled_at IS NOT NULL";
    let config = tx.config();
    let enabled = on!(tx, |connection| sqlx::query(ENABLE).bind(account).execute(connection).await?.rows_affected());
    if enabled == 0 {
        return Ok(false);
    }
    let now = tx.now();
    record(tx, account, Kind::AccountEnabled, by).await?;
    if let Some(owner) = Recipient::of(tx, account).await? {
        let (site, sign_in) = (&config.site.name, config.link("/sign-in"));
        let letter = owner.letter(|to| letters::account_enabled(to, site, &to.moment(now), &sign_in));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, by = by.name(), "an account was enabled");
    Ok(true)
}

async fn record(tx: &mut Tx, account: AccountId, kind: Kind, by: By) -> Result<(), sqlx::Error> {
    let details = Details { by: Some(by.name().to_owned()), ..Details::default() };
    audit::record(tx, &Event::about(account, kind, details)).await
}
