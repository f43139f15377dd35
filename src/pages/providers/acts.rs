//! Going to a provider, for whatever reason, and unlinking what is linked.

use super::letters::{record, tell};
use crate::base::error::AppError;
use crate::base::one_use_token::OneUseToken;
use crate::base::paths::Then;
use crate::domain::accounts::Account;
use crate::domain::audit::Kind;
use crate::domain::factors::passkeys;
use crate::domain::limits::proofs;
use crate::domain::mail::letters::ConnectionNews;
use crate::domain::pending;
use crate::domain::providers::Provider;
use crate::domain::providers::attempts::{self, Attempt, Purpose};
use crate::domain::providers::identities::{self, Connection, ConnectionId};
use crate::domain::sessions::Keep;
use crate::pages::second_factor::is_led_to_confirm;
use crate::request::app::App;
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
) -> Result<(), AppError> {
    let app = App::current()?;
    let provider = named(&app, &provider)?;
    let keep = Keep::chosen(shared.is_some(), remember.is_some());
    leave(&app, &provider, Purpose::SignIn, keep, Then::parse(&then)).await
}

/// Begins to link an account at `provider` with the visitor's.
#[server(prefix = "/form", endpoint = "link-provider")]
pub async fn link_provider(#[server(default)] provider: String) -> Result<(), AppError> {
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
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = Visitor::current().cookie_holder().cloned().ok_or(AppError::SignInRequired)?;
    let provider = named(&app, &provider)?;
    if !provider.asks_again() {
        return Err(AppError::BadRequest);
    }
    leave(&app, &provider, Purpose::Confirm(person.session.handle), Keep::Ordinary, Then::parse(&then)).await
}

fn named(app: &App, typed: &str) -> Result<Arc<Provider>, AppError> {
    app.providers.named(typed).cloned().ok_or(AppError::BadRequest)
}

/// Begins the attempt and leads to the page that goes on to the provider.
async fn leave(app: &App, provider: &Provider, purpose: Purpose, keep: Keep, then: Then) -> Result<(), AppError> {
    let now = app.clock.now();
    proofs::may_begin_at_provider(app).await?;
    // One that is down is told where the button is, not on a page of its own.
    provider.ready(now).await.map_err(|_| AppError::ProviderUnavailable)?;
    let attempt = Attempt { provider: provider.name, purpose, keep, then, begun_at: now };
    let browser = visitor::provider_token().unwrap_or_else(|| OneUseToken::new(&app.randomness));
    let mut tx = app.db.begin().await?;
    proofs::begin_at_provider(app, &mut tx).await?;
    let state = attempts::start(&mut tx, &app.randomness, &browser, &attempt, provider.issuer()).await?;
    tx.commit().await?;
    visitor::give_provider(&browser);
    redirect(&format!("/providers/{}/start?state={}", provider.name, state.to_text().as_str()));
    Ok(())
}

/// Takes the sign-in at another service from the visitor's account. Refused for the last way in.
#[server(prefix = "/form", endpoint = "unlink-provider")]
pub async fn unlink_provider(#[server(default)] connection: String) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id: ConnectionId = connection.parse().map_err(|_| AppError::BadRequest)?;
    if is_led_to_confirm(&app, &person, Then::Unlink(id.0)).await? {
        return Ok(());
    }
    let account = &person.account;
    let mut tx = visitor::begin_change(&app, &person).await?;
    let all = identities::list_in(&mut tx, account.id).await?;
    let Some(connection) = all.iter().find(|connection| connection.id == id) else { return Err(AppError::NotFound) };
    let others = all.iter().filter(|other| other.id != id);
    if ways_in(&app, account, passkeys::count(&mut tx, account.id).await?, others) == 0 {
        return Err(AppError::LastWayIn);
    }
    identities::remove(&mut tx, account.id, id).await?;
    // A sign-in begun with it may wait for a second factor.
    pending::void_of_account(&mut tx, account.id).await?;
    let label = label_of(&app, connection);
    record(&mut tx, Some(account.id), Kind::ProviderUnlinked, &label, None).await?;
    tell(&app, &mut tx, account, &label, ConnectionNews::Unlinked).await?;
    tx.commit().await?;
    redirect("/account/connections?unlinked");
    Ok(())
}

/// What people call the service; of one that is no longer configured, its address.
pub fn label_of(app: &App, connection: &Connection) -> String {
    let provider = app.providers.of_issuer(&connection.issuer, &connection.provider);
    provider.map_or_else(|| connection.issuer.clone(), |provider| provider.label.clone())
}

/// In how many ways somebody can sign in to the account. A sign-in at a service that is no longer configured is none.
pub fn ways_in<'a>(
    app: &App,
    account: &Account,
    passkeys: i64,
    connections: impl IntoIterator<Item = &'a Connection>,
) -> usize {
    let served = |connection: &&Connection| app.providers.of_issuer(&connection.issuer, "").is_some();
    usize::from(account.password_hash.is_some())
        + usize::try_from(passkeys).unwrap_or(0)
        + connections.into_iter().filter(served).count()
}
