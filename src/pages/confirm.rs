//! Confirming who is there, before something that a passer-by at an unlocked screen, or whoever
//! took a cookie, must not do.

mod page;

pub use page::ConfirmPage;

use crate::base::error::AppError;
use crate::base::paths::{confirm_path_asking, path_asking};
use crate::base::secret::Secret;
use crate::flows::acting::{self, Missing, Person};
use crate::flows::confirmations;
use crate::flows::passkey_answers::Answer;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use leptos::prelude::*;
use leptos_axum::redirect;
use std::sync::Arc;

/// Whoever the browser is signed in for, even where it is doubted that they use it.
fn holder() -> Result<Arc<Person>, AppError> {
    Visitor::current().cookie_holder().cloned().ok_or(AppError::SignInRequired)
}

/// Takes the password of whoever is signed in, and leads to `then`.
#[server(prefix = "/form", endpoint = "confirm")]
pub async fn confirm(#[server(default)] password: Secret, #[server(default)] then: String) -> Result<(), Refused> {
    let app = App::current()?;
    visitor::give(confirmations::with_password(&app.db, &app.passwords, &*holder()?, &password).await?);
    redirect(&path_asking(&then));
    Ok(())
}

/// As [`confirm`], with a passkey of whoever is signed in instead of the password.
#[server(prefix = "/form", endpoint = "confirm-with-passkey")]
pub async fn confirm_with_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let answer = Answer { challenge: &challenge, credential: &credential };
    let (party, person) = (app.relying_party.as_ref(), holder()?);
    visitor::give(confirmations::with_passkey(&app.db, party, &person, answer).await?);
    redirect(&path_asking(&then));
    Ok(())
}

/// Takes a code, where the account has a second factor and none was shown in this session. Never in
/// place of the password: whoever gave that too long ago does so first.
#[server(prefix = "/form", endpoint = "confirm-with-code")]
pub async fn confirm_with_code(
    #[server(default)] code: Secret,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    match acting::missing(&app.db, &person).await? {
        Missing::SecondFactor(_) => {
            visitor::give(confirmations::with_code(&app.db, &person, &code).await?);
            redirect(&path_asking(&then));
        }
        Missing::RecentProof => redirect(&confirm_path_asking(&then)),
        Missing::Nothing => redirect(&path_asking(&then)),
    }
    Ok(())
}
