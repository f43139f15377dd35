//! The browser of the request being answered, as one that its account trusts or knows.

use super::{Person, Started, cookies, details, device_tokens, origin};
use crate::base::db::Tx;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, Event, Kind};
use crate::domain::devices::{self, DeviceId, DeviceTokens, KnownDevice};
use crate::domain::logins::Login;
use crate::domain::sessions::Keep;
use crate::domain::trusted;
use crate::request::app::App;

/// Whether the person is offered to trust this browser. Not on a computer that others use too.
pub fn may_trust(app: &App, keep: Keep) -> bool {
    keep != Keep::Shared && trusted::span(&app.config.second_factor).is_some()
}

/// Ends a login that waits for its second factor where the account trusts this browser. In the transaction that starts the session.
pub async fn spare_second_factor(app: &App, tx: &mut Tx, login: Login, keep: Keep) -> Result<Login, sqlx::Error> {
    match (login, trusted::span(&app.config.second_factor)) {
        // Whoever calls a computer that they trust a shared one may have moved on to another profile: the careful answer counts.
        (Login::NeedsSecondFactor(first), Some(span)) if keep != Keep::Shared => {
            trusted::spare(tx, first, &device_tokens(), span, app.clock.now()).await
        }
        (login, _) => Ok(login),
    }
}

/// Trusts the browser that `started` begins in, after its second factor was shown in the same transaction. Does nothing where that is
/// not offered.
pub async fn trust_browser(app: &App, tx: &mut Tx, started: &mut Started) -> Result<(), sqlx::Error> {
    let account = started.account;
    let (Some(span), Some((device, tokens))) = (trusted::span(&app.config.second_factor), &mut started.device) else {
        return Ok(());
    };
    devices::renew_token(tx, account, *device, tokens).await?;
    trusted::start(tx, account, *device, &origin().user_agent, span, app.clock.now()).await?;
    audit::record(tx, &Event::about(account, Kind::BrowserTrusted, details())).await
}

/// The browser of this request, if the account's second factor was shown in it before.
pub async fn known_device(tx: &mut Tx, account: AccountId) -> Result<Option<KnownDevice>, sqlx::Error> {
    devices::known(tx, account, &device_tokens()).await
}

/// The browser of this request, if somebody signed in to `account` in it before.
pub async fn familiar_device(app: &App, account: AccountId) -> Result<Option<DeviceId>, sqlx::Error> {
    devices::familiar(&app.db, account, &device_tokens()).await
}

/// What makes the browser of this request one that `account` knows, once it is given ([`give_browser`]): its owner proved who they are in
/// another way than by signing in, and strangers who guess must not keep them waiting for their first sign-in.
pub async fn recognise_browser(tx: &mut Tx, account: AccountId) -> Result<DeviceTokens, sqlx::Error> {
    let mut tokens = device_tokens();
    devices::recognise(tx, account, &mut tokens).await?;
    Ok(tokens)
}

/// After the commit.
pub fn give_browser(tokens: &DeviceTokens) {
    cookies::give_device(tokens);
}

/// The browser of `started` is a known one from now on: a second factor was shown in the same transaction. Comes last there, since new
/// factors and codes make every browser unknown: whoever guesses elsewhere does not make this one wait.
pub async fn know_browser(app: &App, tx: &mut Tx, started: &Started) -> Result<(), sqlx::Error> {
    let Some((device, _)) = &started.device else { return Ok(()) };
    devices::note_proof(tx, started.account, *device, app.clock.now()).await
}

/// Trusts one browser of the person no more.
pub async fn stop_trusting(tx: &mut Tx, person: &Person, device: DeviceId) -> Result<(), sqlx::Error> {
    if trusted::stop(tx, person.account.id, device).await? {
        audit::record(tx, &Event::about(person.account.id, Kind::BrowserTrustStopped, details())).await?;
    }
    Ok(())
}

/// Trusts no browser of the person any more but the one in use; one entry says so, if there were any.
pub async fn stop_trusting_others(tx: &mut Tx, person: &Person) -> Result<(), sqlx::Error> {
    if trusted::stop_all(tx, person.account.id, person.session.device_id).await? > 0 {
        audit::record(tx, &Event::about(person.account.id, Kind::BrowserTrustStopped, details())).await?;
    }
    Ok(())
}
