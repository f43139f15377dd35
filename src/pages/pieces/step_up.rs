//! Who they are is asked once more, before a page or an act that needs to know.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::flows::acting::{self, Missing, Person};
use crate::request::app::App;
use crate::request::document::lead_to;

use leptos_axum::redirect;

/// Leads whoever has something to show first ([`acting::missing`]) to the page that asks, and then
/// back to `then`. Before anything is shown: a passer-by at an unlocked screen must neither see a
/// key nor get as far as a form.
pub async fn must_confirm(app: &App, person: &Person, then: Then) -> Result<bool, AppError> {
    leads_to_confirm(app, person, then, lead_to).await
}

/// As [`must_confirm`], for what is done on such a page.
pub async fn is_led_to_confirm(app: &App, person: &Person, then: Then) -> Result<bool, AppError> {
    leads_to_confirm(app, person, then, redirect).await
}

async fn leads_to_confirm(app: &App, person: &Person, then: Then, lead: fn(&str)) -> Result<bool, AppError> {
    let must = acting::missing(&app.db, person).await? != Missing::Nothing;
    if must {
        lead(&then.confirm_path());
    }
    Ok(must)
}
