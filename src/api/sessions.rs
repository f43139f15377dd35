//! Where the caller is signed in, and the end of it.

use super::caller::Caller;
use super::times::at;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::user_agent;
use crate::base::words::reader::Reader;
use crate::domain::audit::Details;
use crate::domain::logins::Method;
use crate::domain::scopes::Scope;
use crate::domain::sessions::list::{self, Listed};
use crate::domain::sessions::{EndReason, SessionHandle};
use crate::flows::acting::{self, Person};
use crate::flows::{browsers, session_ends};
use crate::request::app::App;
use crate::request::problem::{Problem, ProblemDetails};
use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

const TAG: &str = "Sessions";

#[derive(Serialize, ToSchema)]
pub struct Sessions {
    /// Live ones, the one used last first.
    sessions: Vec<OneSession>,
}

/// A place where the caller is signed in.
#[derive(Serialize, ToSchema)]
pub struct OneSession {
    /// Names it; lets nobody in.
    id: Uuid,
    /// The one that this request came with.
    current: bool,
    /// `browser` or `program`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// Such as "Firefox on Linux".
    device: String,
    /// What its owner calls the device.
    name: Option<String>,
    /// From where it was used last.
    address: String,
    /// Where that lies, if the server knows.
    place: Option<String>,
    /// How its owner proved who they are (RFC 8176).
    #[schema(value_type = Vec<String>)]
    amr: &'static [&'static str],
    #[schema(value_type = String, format = DateTime)]
    started_at: String,
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: String,
    /// When it ends if it is not used any more.
    #[schema(value_type = String, format = DateTime)]
    ends_at: String,
}

/// How many were ended.
#[derive(Serialize, ToSchema)]
pub struct Ended {
    ended: usize,
}

/// List sessions
#[utoipa::path(get, path = "/sessions", tag = TAG, operation_id = "listSessions", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Every place where the caller is signed in", body = Sessions),
))]
pub async fn list(app: App, caller: Caller) -> Result<Json<Sessions>, Problem> {
    caller.may(Scope::SessionsRead)?;
    let current = caller.session().map(|session| session.handle);
    let all = list::of_account(&app.db, caller.account().id, app.clock.now()).await?;
    Ok(Json(Sessions { sessions: all.into_iter().map(|one| OneSession::of(&app, one, current)).collect() }))
}

impl OneSession {
    fn of(app: &App, listed: Listed, current: Option<SessionHandle>) -> Self {
        let Listed { session, device_name } = listed;
        Self {
            id: session.handle.0,
            current: current == Some(session.handle),
            kind: if session.program { "program" } else { "browser" },
            device: user_agent::describe(&Reader::default(), &session.seen_user_agent),
            name: device_name,
            place: app.places.of(&session.seen_address),
            amr: Method::parse(&session.method).map_or(&[][..], |method| method.in_claims().0),
            started_at: at(session.started_at),
            last_seen_at: at(session.last_seen_at),
            ends_at: at(session.ends_at),
            address: session.seen_address,
        }
    }
}

/// [`acting::begin`]: the token is worth nothing any more, if its session is over.
async fn begin(app: &App, person: &Person) -> Result<Tx, Problem> {
    acting::begin(&app.db, person).await.map_err(|error| match error {
        AppError::SignInRequired => Problem::InvalidToken,
        other => other.into(),
    })
}

/// End a session
///
/// It is refused at its next request everywhere, and so are its tokens here. Asks for a sign-in of the last minutes (`session.recent`).
#[utoipa::path(delete, path = "/sessions/{id}", tag = TAG, operation_id = "endSession", params(("id" = Uuid, Path, description = "As listed")),
    security(("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Ended"),
    (status = 403, description = "Not with this credential, or the last sign-in is too long ago", body = ProblemDetails, content_type = "application/problem+json"),
    (status = 404, description = "The caller has no such session", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn end(app: App, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    caller.may(Scope::SessionsEnd)?;
    let person = caller.recent_person(&app)?;
    // What is no id names no session.
    let handle = SessionHandle(id.parse().map_err(|_| AppError::NotFound)?);
    let mut tx = begin(&app, person).await?;
    let ended =
        session_ends::one(&mut tx, person.account.id, handle, EndReason::EndedByOwner, Details::of_visitor()).await?;
    tx.commit().await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(AppError::NotFound.into()) }
}

/// End all other sessions
///
/// Signs the caller out everywhere else, programs included. Asks for a sign-in of the last minutes (`session.recent`).
#[utoipa::path(delete, path = "/sessions", tag = TAG, operation_id = "endOtherSessions", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Ended", body = Ended),
    (status = 403, description = "Not with this credential, or the last sign-in is too long ago", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn end_others(app: App, caller: Caller) -> Result<Json<Ended>, Problem> {
    caller.may(Scope::SessionsEnd)?;
    let person = caller.recent_person(&app)?;
    let mut tx = begin(&app, person).await?;
    let (account, kept) = (person.account.id, Some(person.session.handle));
    let ended = session_ends::all(&mut tx, account, kept, EndReason::EndedByOwner, Details::of_visitor()).await?;
    browsers::stop_trusting_others(&mut tx, person.account.id, person.session.device_id).await?;
    tx.commit().await?;
    Ok(Json(Ended { ended }))
}
