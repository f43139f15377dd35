//! What programs and people look for at fixed places.

use crate::error::AppError;
use crate::paths::Then;
use crate::server::App;
use crate::server::clock::UnixMicros;
use crate::server::refused::Refused;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header;
use serde_json::json;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How long a copy of `security.txt` may be believed: well below the year that RFC 9116 (2.5.5) recommends as the most.
const SECURITY_TXT_LIFETIME: Duration = Duration::from_secs(180 * 24 * 60 * 60);

pub fn router() -> Router<App> {
    Router::new()
        // Where password managers send people (W3C, A Well-Known URL for Changing Passwords).
        .route("/.well-known/change-password", get(async || Redirect::to("/account/password")))
        .route("/.well-known/passkey-endpoints", get(passkey_endpoints))
        .route("/.well-known/security.txt", get(security_txt))
        // Asked for by feed readers and old browsers, whatever a page says of its icon.
        .route("/favicon.ico", get(async || Redirect::permanent("/favicon.svg")))
}

/// Where password managers send people who want a passkey here, or fewer of them (W3C, A Well-Known URL for Relying Party Passkey
/// Endpoints); 404 where there can be none.
async fn passkey_endpoints(State(app): State<App>) -> Response {
    if app.relying_party.is_none() {
        return Refused(AppError::NotFound).into_response();
    }
    let (enroll, manage) = (app.link(&Then::AddPasskey.path()), app.link(Then::Passkeys.page()));
    ([(header::CACHE_CONTROL, "public, max-age=86400")], Json(json!({ "enroll": enroll, "manage": manage })))
        .into_response()
}

/// Whom to tell of a security problem (RFC 9116); 404 while the operator named nobody.
async fn security_txt(State(app): State<App>) -> Response {
    let Some(contact) = &app.config.site.security_contact else { return Refused(AppError::NotFound).into_response() };
    let Some(expires) = date(app.clock.now().after(SECURITY_TXT_LIFETIME)) else {
        return Refused(AppError::Internal).into_response();
    };
    let own = app.link("/.well-known/security.txt");
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {own}\n");
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=86400")], text)
        .into_response()
}

/// None for a clock that stands outside of the years 1 to 9999.
fn date(at: UnixMicros) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000_000)).ok()?.format(&Rfc3339).ok()
}
