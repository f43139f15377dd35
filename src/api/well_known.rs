//! What programs and people look for at fixed places.

use crate::base::clock::UnixMicros;
use crate::base::error::AppError;
use crate::base::header_text;
use crate::base::paths::Then;
use crate::domain::signing_keys;
use crate::request::app::App;
use crate::request::refused::Refused;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How long a copy of `security.txt` may be believed: well below the year that RFC 9116 (2.5.5) recommends as the most.
const SECURITY_TXT_LIFETIME: Duration = Duration::from_secs(180 * 24 * 60 * 60);
/// How long a copy of the key set may be used. A small part of the least `tokens.key_overlap`, so that a new key is known before it
/// signs; and as long as a key that was taken away is still accepted.
const KEYS_CACHED: &str = "public, max-age=300";

pub fn router() -> Router<App> {
    Router::new()
        // Where password managers send people (W3C, A Well-Known URL for Changing Passwords).
        .route("/.well-known/change-password", get(async || Redirect::to("/account/password")))
        .route("/.well-known/passkey-endpoints", get(passkey_endpoints))
        .route("/.well-known/jwks.json", get(key_set))
        .route("/.well-known/security.txt", get(security_txt))
        // Asked for by feed readers and old browsers, whatever a page says of its icon.
        .route("/favicon.ico", get(async || Redirect::permanent("/favicon.svg")))
}

/// Where password managers send people who want a passkey here, or fewer of them (W3C, A Well-Known URL for Relying Party Passkey
/// Endpoints); 404 where there can be none.
async fn passkey_endpoints(app: App) -> Response {
    if app.relying_party.is_none() {
        return Refused(AppError::NotFound).into_response();
    }
    let (enroll, manage) = (app.link(&Then::AddPasskey.path()), app.link(Then::Passkeys.page()));
    ([(header::CACHE_CONTROL, "public, max-age=86400")], Json(json!({ "enroll": enroll, "manage": manage })))
        .into_response()
}

/// What our access tokens are verified with: a JWK Set (RFC 7517 §5) of public keys, those that will sign and those that did included.
async fn key_set(app: App, asked: HeaderMap) -> Response {
    let keys = match signing_keys::published(&app.db).await {
        Ok(keys) => keys,
        Err(error) => return Refused(error.into()).into_response(),
    };
    let keys: Vec<_> = keys.iter().map(|key| key.private.public().jwk()).collect();
    let body = json!({ "keys": keys }).to_string();
    let tag = format!("\"{}\"", BASE64URL_NOPAD.encode(&Sha256::digest(&body)));
    let is_tag = |known: &str| known.trim().trim_start_matches("W/") == tag;
    let known = header_text::lines(&asked, header::IF_NONE_MATCH).any(|tags| tags.split(',').any(is_tag));
    let headers = [
        (header::CACHE_CONTROL, KEYS_CACHED),
        // Apps that verify tokens in a browser, or look into them there, are of other origins. It is the same for everybody, and
        // no cookie counts here: whoever reads it learns nothing about anybody.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ETAG, &tag),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, "application/jwk-set+json")], body).into_response()
}

/// Whom to tell of a security problem (RFC 9116); 404 while the operator named nobody.
async fn security_txt(app: App) -> Response {
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
    OffsetDateTime::from_unix_timestamp(at.seconds()).ok()?.format(&Rfc3339).ok()
}
