//! Who calls.

use super::caller::Caller;
use super::times::at;
use crate::domain::logins::Method;
use crate::domain::scopes::Scope;
use crate::domain::sessions::Session;
use crate::request::problem::Problem;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The person behind a token or a cookie.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// Never changes and is never given to anybody else: what applications should know somebody by.
    id: Uuid,
    username: String,
    /// Null for somebody who came from another application without one.
    email: Option<String>,
    email_verified: bool,
    display_name: String,
    /// `member` or `admin`.
    #[schema(value_type = String)]
    role: &'static str,
    /// What the credential may be used for.
    scope: String,
    /// None for a personal access token.
    session: Option<OwnSession>,
}

/// The session in use.
#[derive(Serialize, ToSchema)]
pub struct OwnSession {
    id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    started_at: String,
    /// When its owner last proved who they are.
    #[schema(value_type = String, format = DateTime)]
    confirmed_at: String,
    /// At the latest, used or not.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
    /// How its owner proved who they are (RFC 8176).
    #[schema(value_type = Vec<String>)]
    amr: &'static [&'static str],
    /// The number of factors: `1` or `2`.
    #[schema(value_type = String)]
    acr: &'static str,
}

/// Who am I
#[utoipa::path(get, path = "/me", tag = "Account", operation_id = "me", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "The person behind the credential", body = Me),
))]
pub async fn me(caller: Caller) -> Result<Json<Me>, Problem> {
    caller.may(Scope::Profile)?;
    let account = caller.account();
    Ok(Json(Me {
        id: account.id.0,
        username: account.username.as_str().to_owned(),
        email: account.email.known().map(str::to_owned),
        email_verified: account.email_verified_at.is_some(),
        display_name: account.display_name.as_str().to_owned(),
        role: account.role.name(),
        scope: caller.scopes().to_string(),
        session: caller.session().map(OwnSession::of),
    }))
}

impl OwnSession {
    fn of(session: &Session) -> Self {
        let (amr, acr) = Method::parse(&session.method).map_or((&[][..], "0"), Method::in_claims);
        Self {
            id: session.handle.0,
            started_at: at(session.started_at),
            confirmed_at: at(session.confirmed_at),
            expires_at: at(session.expires_at),
            amr,
            acr,
        }
    }
}
