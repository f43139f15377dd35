//! Asking whether a token is good at this moment (RFC 7662), for verifiers that can't wait for it to end.

use super::body::JsonOrForm;
use super::caller::Caller;
use super::tokens::Given;
use crate::domain::access_tokens::{self, Claims};
use crate::domain::accounts::Account;
use crate::domain::personal_tokens::{self, PersonalToken};
use crate::domain::refresh_tokens::{self, RefreshToken, Standing};
use crate::domain::scopes::Scope;
use crate::domain::sessions::{self, Session};
use crate::request::problem::Problem;
use crate::request::{app::App, visitor};
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of a token. Of one that is not good, only that.
#[derive(Serialize, Default, ToSchema)]
pub struct Introspection {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// `Bearer`, `refresh_token` or `personal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<String>,
    /// Seconds since 1970, as the next two.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
}

/// Ask about a token
///
/// Says whether a token is good now: not over, not revoked, its session open and its owner's account in use (RFC 7662). Whoever asks does so
/// with a personal access token of an administrator that has `tokens:introspect`.
#[utoipa::path(post, path = "/token/introspect", tag = "Tokens", operation_id = "introspect", request_body = Given, security(("bearer" = [])), responses(
    (status = 200, description = "What is known of it", body = Introspection),
))]
pub async fn introspect(
    app: App,
    caller: Caller,
    JsonOrForm(given): JsonOrForm<Given>,
) -> Result<Json<Introspection>, Problem> {
    caller.may(Scope::Introspect)?;
    let token = given.token();
    let told = if let Some(token) = RefreshToken::parse(&app.vault, token) {
        of_refresh_token(&app, &token).await?
    } else if let Some(token) = PersonalToken::parse(token) {
        of_personal_token(&app, &token).await?
    } else {
        of_access_token(&app, token).await?
    };
    Ok(Json(told.unwrap_or_default()))
}

async fn of_access_token(app: &App, token: &str) -> Result<Option<Introspection>, Problem> {
    let audiences = access_tokens::audiences(&app.db);
    let Some(claims) = access_tokens::accepted(&app.db, token, &audiences).await? else { return Ok(None) };
    let Some(person) = visitor::by_token_unseen(app, &claims.sid).await? else { return Ok(None) };
    let Claims { iss, sub, aud, client_id, exp, iat, nbf, jti, sid, auth_time, amr, acr, scope } = claims;
    Ok(Some(Introspection {
        active: true,
        scope: Some(scope),
        client_id: Some(client_id),
        username: Some(person.account.username.as_str().to_owned()),
        token_type: Some("Bearer".to_owned()),
        exp: Some(exp),
        iat: Some(iat),
        nbf: Some(nbf),
        sub: Some(sub),
        aud: Some(aud),
        iss: Some(iss),
        jti: Some(jti),
        sid: Some(sid),
        auth_time: Some(auth_time),
        amr: Some(amr),
        acr: Some(acr),
    }))
}

async fn of_refresh_token(app: &App, token: &RefreshToken) -> Result<Option<Introspection>, Problem> {
    let now = app.clock.now();
    let Standing::Current(grant) = refresh_tokens::standing(&app.db, token, now).await? else { return Ok(None) };
    let found = sessions::programs::resolve_handle(&app.db, token.session(), now).await?;
    let Some((session, account)) = found else { return Ok(None) };
    if !access_tokens::audiences(&app.db).contains(&grant.audience) {
        return Ok(None);
    }
    let Session { started_at, ends_at, handle, .. } = session;
    Ok(Some(Introspection {
        token_type: Some("refresh_token".to_owned()),
        scope: Some(grant.scope),
        aud: Some(grant.audience),
        sid: Some(handle.0.to_string()),
        iat: Some(started_at.seconds()),
        exp: Some(ends_at.seconds()),
        ..of_account(&account)
    }))
}

async fn of_personal_token(app: &App, token: &PersonalToken) -> Result<Option<Introspection>, Problem> {
    let Some(found) = personal_tokens::find(&app.db, token).await? else { return Ok(None) };
    Ok(Some(Introspection {
        token_type: Some("personal".to_owned()),
        scope: Some(found.scopes.to_string()),
        iat: Some(found.created_at.seconds()),
        exp: Some(found.expires_at.seconds()),
        ..of_account(&found.account)
    }))
}

fn of_account(account: &Account) -> Introspection {
    Introspection {
        active: true,
        sub: Some(account.id.0.to_string()),
        username: Some(account.username.as_str().to_owned()),
        ..Introspection::default()
    }
}
