//! Signing in with a passkey alone.

use super::{check, use_up};
use crate::error::AppError;
use crate::paths::Then;
use crate::secret::Secret;
use crate::server::App;
use crate::server::factors::passkeys::ceremonies::For;
use crate::server::logins::Proof;
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
    let mut tx = app.db.begin_recorded().await?;
    let used = use_up(&app, &mut tx, answered).await?;
    let started = visitor::start_session(&app, &mut tx, &Proof::after_passkey(&used), keep).await?;
    tx.commit().await?;
    finish(&app, started, Then::parse(&then));
    Ok(())
}
