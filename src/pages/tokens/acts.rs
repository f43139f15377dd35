//! Making and revoking personal access tokens.

use super::{choices, lifetimes};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts::DisplayName;
use crate::domain::personal_tokens::{NewToken, PersonalTokenId};
use crate::domain::scopes::{Scope, Scopes};
use crate::flows::personal_tokens;
use crate::pages::pieces::step_up::is_led_to_confirm;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor;
use leptos::prelude::*;
use leptos_axum::redirect;
use std::time::Duration;

/// Makes a token that is then shown to this session, and to it alone, until it is saved. Its owner
/// is written to. Asks who is there first where that was too long ago.
#[server(prefix = "/form", endpoint = "make-token")]
pub async fn make_token(
    #[server(default)] token_name: String,
    #[server(default)] days: String,
    #[server(default)] scope_profile: Option<String>,
    #[server(default)] scope_sessions: Option<String>,
    #[server(default)] scope_introspect: Option<String>,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if is_led_to_confirm(&app, &person, Then::AddToken).await? {
        return Ok(());
    }
    let name = DisplayName::parse_short(&token_name).ok_or(AppError::InvalidTokenName)?;
    let ticked = |scope: Scope| match scope {
        Scope::Profile => scope_profile.is_some(),
        Scope::SessionsRead => scope_sessions.is_some(),
        Scope::Introspect => scope_introspect.is_some(),
        Scope::SessionsEnd => false,
    };
    let allowed: Vec<Scope> = choices(&person.account).into_iter().map(|(scope, _)| scope).collect();
    let wanted: Vec<Scope> = Scope::OF_A_PERSONAL_TOKEN.iter().copied().filter(|scope| ticked(*scope)).collect();
    if wanted.is_empty() || wanted.iter().any(|scope| !allowed.contains(scope)) {
        return Err(AppError::TokenWithoutUse.into());
    }
    let (days, _) = lifetimes(&app).into_iter().find(|(_, value)| *value == days).ok_or(AppError::BadRequest)?;
    let new = NewToken {
        name: name.as_str(),
        scopes: &Scopes::of(&wanted),
        second_factor: person.session.satisfies_policy(),
        lifetime: Duration::from_secs(u64::from(days) * 24 * 3600),
    };
    personal_tokens::make(&app.db, &person, &new).await?;
    redirect(Then::Tokens.page());
    Ok(())
}

/// The visitor has saved the token: it is not shown again.
#[server(prefix = "/form", endpoint = "token-saved")]
pub async fn token_saved() -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    personal_tokens::saved(&app.db, &person).await?;
    redirect("/account/tokens?saved");
    Ok(())
}

/// Revokes one of the visitor's tokens; the next request with it is refused. Needs no recent proof,
/// since it only takes rights away.
#[server(prefix = "/form", endpoint = "revoke-token")]
pub async fn revoke_token(#[server(default)] token: String) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = PersonalTokenId(token.parse().map_err(|_| AppError::BadRequest)?);
    personal_tokens::revoke(&app.db, &person, id).await?;
    redirect("/account/tokens?revoked");
    Ok(())
}
