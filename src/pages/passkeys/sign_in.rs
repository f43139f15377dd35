//! Signing in with a passkey alone.

use super::acts::note_refused;
use super::{check, use_up};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{self, Account};
use crate::domain::audit::{Details, Event, Kind};
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::logins::{Proof, Refused};
use crate::domain::sessions::Keep;
use crate::pages::sign_in::finish;
use crate::request::app::App;
use crate::request::visitor;
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
            // Counted and noted as a right password is: one right answer can be sent again for as long as its challenge lives.
            let closed = refused_closed(accounts::find(&app.db, account).await?.as_ref());
            return Err(note_refused(&app, closed).await);
        }
        used => used?,
    };
    let started = visitor::start_session(&app, &mut tx, &Proof::after_passkey(&used), keep).await?;
    tx.commit().await?;
    finish(started, Then::parse(&then));
    Ok(())
}

/// What is noted of the right passkey of an account that is disabled or locked; nothing of another one.
fn refused_closed(account: Option<&Account>) -> Option<Event> {
    let account = account?;
    let refused = match (account.disabled_at, account.frozen_at) {
        (Some(_), _) => Refused::Disabled,
        (None, Some(_)) => Refused::Locked,
        (None, None) => return None,
    };
    let details = Details { reason: Some(refused.name().to_owned()), ..visitor::details() };
    Some(Event { kind: Kind::SignInFailed, account: Some(account.id), details })
}
