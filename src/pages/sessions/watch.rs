//! What an open page asks from time to time: whether the session in use goes on, and whether the
//! list of sessions changed. Asking is no use of the session.

use crate::base::error::AppError;
use crate::domain::sessions::list::{self, Listed};
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor::Visitor;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// `?version`: the list is asked for too.
#[derive(Deserialize)]
pub struct WatchQuery {
    version: Option<String>,
}

#[derive(Serialize)]
struct StateOfSession {
    /// Milliseconds until it ends if it is not used any more.
    left: i64,
    /// Milliseconds until it ends however it is used.
    longest: i64,
    /// Stands for the list of sessions as it is; another one means that it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

/// `GET /account/state`: JSON for our own script. 401 once the session is over.
pub async fn state(app: App, Extension(visitor): Extension<Visitor>, Query(asked): Query<WatchQuery>) -> Response {
    let Some(person) = visitor.person() else {
        return Refused(AppError::SignInRequired).into_response();
    };
    let now = app.clock.now();
    let millis = |at: crate::base::clock::UnixMicros| (at.0 - now.0) / 1000;
    let version = match asked.version {
        None => None,
        Some(_) => match list::of_account(&app.db, person.account.id, now).await {
            Ok(all) => Some(version(&all)),
            Err(error) => return Refused(error.into()).into_response(),
        },
    };
    let state =
        StateOfSession { left: millis(person.session.ends_at), longest: millis(person.session.expires_at), version };
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(state)).into_response()
}

/// Stands for the sessions there are, what they are called and from where they are used.
pub fn version(all: &[Listed]) -> String {
    let mut lines: Vec<String> = all
        .iter()
        .map(|Listed { session, device_name }| {
            format!("{}|{device_name:?}|{:?}|{:?}", session.handle.0, session.seen_address, session.seen_user_agent)
        })
        .collect();
    lines.sort_unstable();
    data_encoding::HEXLOWER.encode(&Sha256::digest(lines.join("\n"))[..8])
}
