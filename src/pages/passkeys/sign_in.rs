//! Signing in with a passkey alone.

use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::sessions::Keep;
use crate::flows::passkey_answers::Answer;
use crate::flows::sign_in::{self, Next};
use crate::pages::pieces::landing;
use crate::request::app::App;
use crate::request::refused::Refused;
use leptos::prelude::*;

/// Signs in whoever's passkey answered, and leads to `then`.
#[server(prefix = "/form", endpoint = "sign-in-with-passkey")]
pub async fn sign_in_with_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] shared: Option<String>,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let keep = Keep::chosen(shared.is_some(), remember.is_some());
    let answer = Answer { challenge: &challenge, credential: &credential };
    let started = sign_in::with_passkey(&app.db, app.relying_party.as_ref(), answer, keep).await?;
    landing::lead(Next::SignedIn(started, Then::parse(&then)));
    Ok(())
}
