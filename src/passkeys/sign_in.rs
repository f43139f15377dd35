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
    let answered = check(&app, &For::SignIn, &challenge, &credential).await?;
    let account = answered.account();
    let mut tx = app.db.begin_recorded().await?;
    let used = match use_up(&app, &mut tx, answered).await {
        Err(AppError::PasskeyRefused) => {
            drop(tx);
            return Err(note_closed(&app, account).await);
        }
        used => used?,
    };
    let started = visitor::start_session(&app, &mut tx, &Proof::after_passkey(&used), keep).await?;
    tx.commit().await?;
    finish(&app, started, Then::parse(&then));
    Ok(())
}

/// Counts and notes that the right passkey of a disabled or locked account was refused, as a right password is. Counted first: one right
/// answer can be sent again for as long as its challenge lives.
async fn note_closed(app: &App, account: AccountId) -> AppError {
    let noted = async {
        let account = accounts::find(&app.db, account).await?;
        let refused = match account.as_ref().map(|account| (account.disabled_at, account.frozen_at)) {
            Some((Some(_), _)) => Some(Refused::Disabled),
            Some((None, Some(_))) => Some(Refused::Locked),
            _ => None,
        };
        let mut tx = proofs::begin_refused(app, Door::Passkey).await?;
        if let Some(refused) = refused {
            let details = Details { reason: Some(refused.name().to_owned()), ..visitor::details() };
            let event = Event { kind: Kind::SignInFailed, account: account.map(|account| account.id), details };
            audit::record(&mut tx, &app.vault, &app.randomness, &event, app.clock.now()).await?;
        }
        Ok::<_, AppError>(tx.commit().await?)
    };
    noted.await.err().unwrap_or(AppError::PasskeyRefused)
}
