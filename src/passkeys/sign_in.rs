//! Signing in with a passkey alone.

use super::{check, use_up};
use crate::error::AppError;
use crate::paths::Then;
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts::{self, AccountId};
use crate::server::audit::{self, Details, Event, Kind};
use crate::server::factors::passkeys::ceremonies::For;
use crate::server::limits::{Door, proofs};
use crate::server::logins::{Proof, Refused};
use crate::server::sessions::Keep;
use crate::server::visitor;
use crate::sign_in::finish;
use leptos::prelude::*;

/// Signs in whoever's passkey answered, and leads to `then`. It verified its user, so no second factor is asked for.
#[server(prefix = "/form", endpoint = "sign-in-with-passkey")]
pub async fn sign_in_with_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] shared: Option<String>,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let keep = Keep::chosen(shared.is_some(), remember.is_some());
    proofs::may_be_looked_at(&app, Door::Passkey).await?;
    let answered = match check(&app, &For::SignIn, &challenge, &credential).await {
        Err(AppError::PasskeyRefused) => {
            return Err(proofs::note_refused(&app, Door::Passkey, AppError::PasskeyRefused).await);
        }
        checked => checked?,
    };
    let account = answered.account();
    let mut tx = app.db.begin_recorded().await?;
    let used = match use_up(&app, &mut tx, answered).await {
        Err(AppError::PasskeyRefused) => {
            drop(tx);
            note_closed(&app, account).await?;
            // Counted too: one right answer could be sent without end.
            return Err(proofs::note_refused(&app, Door::Passkey, AppError::PasskeyRefused).await);
        }
        used => used?,
    };
    let started = visitor::start_session(&app, &mut tx, &Proof::after_passkey(&used), keep).await?;
    tx.commit().await?;
    finish(&app, started, Then::parse(&then));
    Ok(())
}

/// Notes that the right passkey of a disabled or locked account was refused, as a right password is.
async fn note_closed(app: &App, account: AccountId) -> Result<(), AppError> {
    let account = accounts::find(&app.db, account).await?;
    let refused = match account.as_ref().map(|account| (account.disabled_at, account.frozen_at)) {
        Some((Some(_), _)) => Refused::Disabled,
        Some((None, Some(_))) => Refused::Locked,
        _ => return Ok(()),
    };
    let details = Details { reason: Some(refused.name().to_owned()), ..visitor::details() };
    let event = Event { kind: Kind::SignInFailed, account: account.map(|account| account.id), details };
    let mut tx = app.db.begin_recorded().await?;
    audit::record(&mut tx, &app.vault, &app.randomness, &event, app.clock.now()).await?;
    Ok(tx.commit().await?)
}
