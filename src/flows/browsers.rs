//! The browser that a request came from, as one that an account trusts or knows.

use crate::base::db::{Db, Tx};
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::{self, DeviceId, DeviceTokens, KnownDevice, trusted};
use crate::domain::logins::Login;
use crate::domain::sessions::Keep;
use crate::flows::session_start::Started;

/// Whether the person is offered to trust this browser. Not on a computer that others use too.
pub fn may_be_trusted(db: &Db, keep: Keep) -> bool {
    keep != Keep::Shared && trusted::span(&db.config().second_factor).is_some()
}

/// Ends a login that waits for its second factor where the account trusts this browser. In the
/// transaction that starts the session.
pub async fn spare_second_factor(tx: &mut Tx, login: Login, keep: Keep) -> Result<Login, sqlx::Error> {
    let (config, visit) = (tx.config(), tx.visit());
    match (login, trusted::span(&config.second_factor)) {
        // Whoever calls a computer that they trust a shared one may have moved on to another
        // profile: the careful answer counts.
        (Login::NeedsSecondFactor(first), Some(span)) if keep != Keep::Shared => {
            trusted::spare(tx, first, &visit.device, span).await
        }
        (login, _) => Ok(login),
    }
}

/// Trusts the browser that `started` begins in, after its second factor was shown in the same
/// transaction. Does nothing where that is not offered.
pub async fn trust(tx: &mut Tx, started: &mut Started) -> Result<(), sqlx::Error> {
    let (account, config) = (started.account, tx.config());
    let (Some(span), Some((device, tokens))) = (trusted::span(&config.second_factor), &mut started.device) else {
        return Ok(());
    };
    devices::renew_token(tx, account, *device, tokens).await?;
    trusted::start(tx, account, *device, span).await?;
    audit::record(tx, &Event::about(account, Kind::BrowserTrusted, Details::of_visitor())).await
}

/// The browser, if the account's second factor was shown in it before.
pub async fn known(tx: &mut Tx, account: AccountId) -> Result<Option<KnownDevice>, sqlx::Error> {
    let visit = tx.visit();
    devices::known(tx, account, &visit.device).await
}

/// The browser, if somebody signed in to `account` in it before.
pub async fn familiar(db: &Db, account: AccountId) -> Result<Option<DeviceId>, sqlx::Error> {
    devices::familiar(db, account, &db.visit().device).await
}

/// What makes the browser one that `account` knows, once it is given: its owner proved who they are
/// in another way than by signing in, and strangers who guess must not keep them waiting for their
/// first sign-in.
pub async fn recognise(tx: &mut Tx, account: AccountId) -> Result<DeviceTokens, sqlx::Error> {
    let mut tokens = tx.visit().device.clone();
    devices::recognise(tx, account, &mut tokens).await?;
    Ok(tokens)
}

/// The browser of `started` is a known one from now on: a second factor was shown in the same
/// transaction. Comes last there, since new factors and codes make every browser unknown: whoever
/// guesses elsewhere does not make this one wait.
pub async fn get_known(tx: &mut Tx, started: &Started) -> Result<(), sqlx::Error> {
    let Some((device, _)) = &started.device else { return Ok(()) };
    let now = tx.now();
    devices::note_proof(tx, started.account, *device, now).await
}

/// Trusts one browser of `account` no more.
pub async fn stop_trusting(tx: &mut Tx, account: AccountId, device: DeviceId) -> Result<(), sqlx::Error> {
    if trusted::stop(tx, account, device).await? {
        audit::record(tx, &Event::about(account, Kind::BrowserTrustStopped, Details::of_visitor())).await?;
    }
    Ok(())
}

/// Trusts no browser of `account` any more but `kept`; one entry says so, if there were any.
pub async fn stop_trusting_others(tx: &mut Tx, account: AccountId, kept: Option<DeviceId>) -> Result<(), sqlx::Error> {
    if trusted::stop_all(tx, account, kept).await? > 0 {
        audit::record(tx, &Event::about(account, Kind::BrowserTrustStopped, Details::of_visitor())).await?;
    }
    Ok(())
}
