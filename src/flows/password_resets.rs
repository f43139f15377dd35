//! New passwords that somebody else starts for an owner who asked them to: the owner gets a link, and nobody but them sees it.

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::words::moment;
use crate::domain::accounts::{self, AccountId};
use crate::domain::audit::By;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::links::{self, Link, Purpose};
use crate::domain::mail::{self, Recipient, letters};
use crate::request::app::App;

/// Why a link for a new password was sent, where its owner did not ask for it on the page: the `reason` of
/// [`Kind::PasswordResetAsked`].
pub const FOR_OWNER: &str = "for_owner";

/// Mails the owner of `account` a link to choose a new password; older ones are void. The old password is good until they have, and a
/// second factor is asked for as before. False if the account is disabled: no link lets anybody in there. `NotFound`. `tx` is a
/// recorded one.
pub async fn start(app: &App, tx: &mut Tx, account: AccountId, by: By) -> Result<bool, AppError> {
    let owner = accounts::find_in(tx, account).await?.ok_or(AppError::NotFound)?;
    if owner.disabled_at.is_some() {
        return Ok(false);
    }
    let now = app.clock.now();
    let details = Details { reason: Some(FOR_OWNER.to_owned()), by: Some(by.name().to_owned()), ..Details::default() };
    let event = Event { kind: Kind::PasswordResetAsked, account: Some(account), details };
    audit::record(tx, &event).await?;
    let about = Link { account_id: Some(account), ..Link::default() };
    let token = links::create(tx, Purpose::ResetPassword, &about, links::MAIL_LIFETIME).await?;
    let link = app.link(&format!("/reset-password?token={}", token.to_text().as_str()));
    let site = &app.config.site.name;
    let letter =
        Recipient::owner(app, &owner).letter(|to| letters::password_reset_started(to, site, &moment(now.0).0, &link));
    mail::queue(tx, &letter).await?;
    tracing::info!(account = %account.0, by = by.name(), "a link for a new password was sent");
    Ok(true)
}
