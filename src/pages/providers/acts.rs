//! Going to a provider, for whatever reason, and unlinking what is linked.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::providers::Provider;
use crate::domain::providers::attempts::Purpose;
use crate::domain::providers::identities::ConnectionId;
use crate::domain::sessions::Keep;
use crate::flows::{connections, provider_attempts};
use crate::pages::pieces::step_up::is_led_to_confirm;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use leptos::prelude::*;
use leptos_axum::redirect;
use std::sync::Arc;

/// Begins a sign-in at `provider`, which leads to `then` in the end.
#[server(prefix = "/form", endpoint = "start-provider")]
pub async fn start_provider(
    #[server(default)] provider: String,
    #[server(default)] remember: Option<String>,
    #[server(default)] shared: Option<String>,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let provider = named(&app, &provider)?;
    let keep = Keep::chosen(shared.is_some(), remember.is_some());
    leave(&app, &provider, Purpose::SignIn, keep, Then::parse(&then)).await
}

/// Begins to link an account at `provider` with the visitor's.
#[server(prefix = "/form", endpoint = "link-provider")]
pub async fn link_provider(#[server(default)] provider: String) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let provider = named(&app, &provider)?;
    if is_led_to_confirm(&app, &person, Then::LinkConnection(provider.name)).await? {
        return Ok(());
    }
    leave(&app, &provider, Purpose::Link(person.session.handle), Keep::Ordinary, Then::Connections).await
}

/// Has whoever is signed in prove at `provider` once more who they are.
#[server(prefix = "/form", endpoint = "confirm-with-provider")]
pub async fn confirm_with_provider(
    #[server(default)] provider: String,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = Visitor::current().cookie_holder().cloned().ok_or(AppError::SignInRequired)?;
    let provider = named(&app, &provider)?;
    if !provider.asks_again() {
        return Err(AppError::BadRequest.into());
    }
    leave(&app, &provider, Purpose::Confirm(person.session.handle), Keep::Ordinary, Then::parse(&then)).await
}

fn named(app: &App, typed: &str) -> Result<Arc<Provider>, AppError> {
    app.providers.named(typed).cloned().ok_or(AppError::BadRequest)
}

/// Begins the attempt and leads to the page that goes on to the provider.
async fn leave(app: &App, provider: &Provider, purpose: Purpose, keep: Keep, then: Then) -> Result<(), Refused> {
    let browser = visitor::provider_token();
    let begun = provider_attempts::begin(&app.db, provider, browser, purpose, (keep, then)).await?;
    visitor::give_provider(&begun.browser);
    redirect(&format!("/providers/{}/start?state={}", provider.name, begun.state.to_text().as_str()));
    Ok(())
}

/// Takes the sign-in at another service from the visitor's account. Refused for the last way in.
#[server(prefix = "/form", endpoint = "unlink-provider")]
pub async fn unlink_provider(#[server(default)] connection: String) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id: ConnectionId = connection.parse().map_err(|_| AppError::BadRequest)?;
    if is_led_to_confirm(&app, &person, Then::Unlink(id.0)).await? {
        return Ok(());
    }
    connections::unlink(&app.db, &app.providers, &person, id).await?;
    redirect("/account/connections?unlinked");
    Ok(())
}
