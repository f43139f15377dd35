//! Who is visiting. The only reader and writer of the session cookie.

use crate::error::AppError;
use crate::paths::Then;
use crate::server::accounts::{Account, AccountId};
use crate::server::audit::{self, Details, Event, Kind};
use crate::server::client_address::ClientAddress;
use crate::server::db::Tx;
use crate::server::logins::Proof;
use crate::server::refused::Refused;
use crate::server::sessions::{self, EndReason, Origin, Session, SessionHandle, SessionToken};
use crate::server::{App, PATIENCE};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::sync::Arc;
use std::time::Duration;

/// `__Host-`: only this host can set it, for every path, and only over TLS (or on localhost); no sibling can plant one.
pub const COOKIE: &str = "__Host-doorward";
/// Longer User-Agents are cut; none that a person's browser sends is.
const USER_AGENT_LIMIT: usize = 256;

/// Decided once per request.
#[derive(Clone, Debug)]
pub enum Visitor {
    Anonymous,
    SignedIn(Arc<Person>),
}

/// Somebody signed in, and the session they use.
#[derive(Debug)]
pub struct Person {
    pub account: Account,
    pub session: Session,
}

impl Visitor {
    /// The visitor of the request being answered; outside one, nobody.
    pub fn current() -> Self {
        use_context::<Parts>().and_then(|parts| parts.extensions.get::<Self>().cloned()).unwrap_or(Self::Anonymous)
    }

    pub fn person(&self) -> Option<&Arc<Person>> {
        match self {
            Self::Anonymous => None,
            Self::SignedIn(person) => Some(person),
        }
    }
}

/// The person behind the request, or the refusal that leads to the sign-in page.
pub fn signed_in() -> Result<Arc<Person>, AppError> {
    Visitor::current().person().cloned().ok_or(AppError::SignInRequired)
}

/// Middleware: finds out who is visiting, and keeps pages that need a session from everybody else.
pub async fn resolve(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let visitor = match tokio::time::timeout(PATIENCE, visitor_of(&app, request.headers())).await {
        Ok(Ok(visitor)) => visitor,
        // Without the database nobody can be told from anybody: never treated as anonymous, let alone as signed in.
        Ok(Err(error)) => return Refused(AppError::from(error)).into_response(),
        Err(_) => return Refused(AppError::Unavailable).into_response(),
    };
    if let Some(elsewhere) = gate(&visitor, request.method(), request.uri()) {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, elsewhere)]).into_response();
    }
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

async fn visitor_of(app: &App, headers: &HeaderMap) -> Result<Visitor, sqlx::Error> {
    let Some(token) = session_token(headers) else { return Ok(Visitor::Anonymous) };
    let now = app.clock.now();
    let Some((session, account)) = sessions::resolve(&app.db, token, now).await? else {
        return Ok(Visitor::Anonymous);
    };
    // Who it is has been decided. A busy writer or a full disk only lets the idle time run on, which is the safe side.
    if let Err(error) = sessions::touch(&app.db, &session, now).await {
        tracing::warn!(%error, "a session's last use could not be noted");
    }
    Ok(Visitor::SignedIn(Arc::new(Person { account, session })))
}

/// Where a visitor of `path` belongs instead, if anywhere.
fn gate(visitor: &Visitor, method: &Method, uri: &Uri) -> Option<String> {
    if method != Method::GET && method != Method::HEAD {
        return None;
    }
    // As the pages' own router reads it, which walks `/./` and `/x/../`: no spelling may lead past this to an empty page.
    let path = url::Url::parse(&format!("http://localhost{}", uri.path()))
        .map_or_else(|_| uri.path().to_owned(), |url| url.path().to_owned());
    let path = path.as_str();
    let needs_session = path == "/account" || path.starts_with("/account/");
    match visitor {
        Visitor::Anonymous if needs_session => Some(Then::parse(path).sign_in_path()),
        Visitor::Anonymous if path == "/" => Some("/sign-in".to_owned()),
        Visitor::SignedIn(_) if matches!(path, "/" | "/sign-in" | "/register") => {
            let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
            let then = query.into_iter().find(|(key, _)| key == "then").map(|(_, then)| Then::parse(&then));
            Some(then.unwrap_or_default().path().to_owned())
        }
        _ => None,
    }
}

/// The session id that the browser sent. Sent twice (a cookie tossed by a sibling host) or malformed: none.
fn session_token(headers: &HeaderMap) -> Option<SessionToken> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => SessionToken::parse(value),
        _ => None,
    }
}

/// From where the request being answered came, as kept with sessions and audit entries.
pub fn origin() -> Origin {
    let Some(parts) = use_context::<Parts>() else {
        return Origin { address: String::new(), user_agent: String::new() };
    };
    let address = parts.extensions.get::<ClientAddress>().map(|client| client.to_string()).unwrap_or_default();
    let user_agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    // Control characters would let a client write lines of its own into logs and terminals.
    let user_agent = user_agent.chars().filter(|letter| !letter.is_control()).take(USER_AGENT_LIMIT).collect();
    Origin { address, user_agent }
}

/// What an audit entry says of the request being answered.
pub fn details() -> Details {
    let Origin { address, user_agent } = origin();
    Details { address: Some(address), device: Some(user_agent), ..Details::default() }
}

/// Starts a session for the person that `proof` is about and ends the one this browser had, in the caller's transaction.
/// The cookie is set with [`Started::give`], after the commit.
pub async fn start_session(app: &App, tx: &mut Tx, proof: &Proof, remember: bool) -> Result<Started, AppError> {
    let now = app.clock.now();
    if let Some(person) = Visitor::current().person()
        && sessions::end(tx, person.session.handle, EndReason::Replaced, now).await?
    {
        record_end(app, tx, person.account.id, person.session.handle, EndReason::Replaced).await?;
    }
    let (handle, token) =
        sessions::start(tx, &app.randomness, &app.config.session, proof, &origin(), remember, now).await?;
    let event = Event {
        kind: Kind::SignedIn,
        account: Some(proof.account()),
        details: Details {
            session: Some(handle.0.to_string()),
            reason: Some(proof.method().name().to_owned()),
            ..details()
        },
    };
    audit::record(tx, &app.vault, &app.randomness, &event, now).await?;
    for surplus in sessions::end_surplus(tx, proof.account(), now).await? {
        record_end(app, tx, proof.account(), surplus, EndReason::TooMany).await?;
    }
    tracing::info!(account = %proof.account().0, session = %handle.0, method = proof.method().name(), "signed in");
    let (_, absolute) = sessions::lifetimes(&app.config.session, remember);
    Ok(Started { token, lifetime: remember.then_some(absolute) })
}

/// Ends every session of `account` but `kept`, with an audit entry each.
pub async fn end_sessions(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    kept: Option<SessionHandle>,
    reason: EndReason,
) -> Result<(), sqlx::Error> {
    for session in sessions::end_all(tx, account, kept, reason, app.clock.now()).await? {
        record_end(app, tx, account, session, reason).await?;
    }
    Ok(())
}

async fn record_end(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    session: SessionHandle,
    reason: EndReason,
) -> Result<(), sqlx::Error> {
    let event = Event::session_ended(account, session, reason, details());
    audit::record(tx, &app.vault, &app.randomness, &event, app.clock.now()).await
}

/// Gives the session in use a new id; the old one is refused from the commit on.
pub async fn cycle_session(app: &App, tx: &mut Tx, person: &Person) -> Result<Started, AppError> {
    let now = app.clock.now();
    let token =
        sessions::cycle(tx, &app.randomness, person.session.handle, now).await?.ok_or(AppError::SignInRequired)?;
    let left = person.session.expires_at.since(now);
    Ok(Started { token, lifetime: person.session.remembered.then_some(left) })
}

/// A session whose cookie the browser does not have yet.
#[must_use = "without the cookie the person is not signed in"]
pub struct Started {
    token: SessionToken,
    lifetime: Option<Duration>,
}

impl Started {
    pub fn give(self) {
        let max_age = self.lifetime.map(|left| format!("; Max-Age={}", left.as_secs())).unwrap_or_default();
        append_cookie(&format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax{max_age}", self.token.to_text()));
    }
}

/// Ends the session in use, and takes the cookie and everything else this site left in the browser. The only answer that
/// removes the cookie: sent by any other, a late answer to the old id would wipe the new one.
pub async fn sign_out(app: &App) -> Result<(), AppError> {
    if let Some(person) = Visitor::current().person() {
        let mut tx = app.db.begin_recorded().await?;
        if sessions::end(&mut tx, person.session.handle, EndReason::SignedOut, app.clock.now()).await? {
            record_end(app, &mut tx, person.account.id, person.session.handle, EndReason::SignedOut).await?;
        }
        tx.commit().await?;
    }
    append_cookie(&format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(
            http::HeaderName::from_static("clear-site-data"),
            HeaderValue::from_static("\"cache\", \"storage\""),
        );
    }
    Ok(())
}

fn append_cookie(cookie: &str) {
    match (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        (Some(response), Ok(value)) => response.append_header(header::SET_COOKIE, value),
        _ => tracing::error!("a cookie could not be set: no response is being made"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn a_session_cookie_is_read_only_when_it_is_sent_once_and_whole() {
        const TOKEN: &str = "__Host-doorward=AAAAAAAAAAAAAAAAAAAAAA";
        assert!(session_token(&cookies(&[TOKEN])).is_some());
        assert!(session_token(&cookies(&["theme=dark; __Host-doorward=AAAAAAAAAAAAAAAAAAAAAA"])).is_some());
        assert!(session_token(&cookies(&[TOKEN, TOKEN])).is_none(), "sent twice");
        for bad in [
            "__HOST-doorward=AAAAAAAAAAAAAAAAAAAAAA",
            "__Host-doorward=AAAAAAAAAAAAAAAAAAAAAB",
            "__Host-doorward=AAAAAAAAAAAAAAAAAAAAA",
            "__Host-doorward=\"AAAAAAAAAAAAAAAAAAAAAA\"",
            "__Host-doorward=",
            "__Host-doorward",
            "__Host-doorward=AAAAAAAAAAAAAAAAAAAAAA; __Host-doorward=BBBBBBBBBBBBBBBBBBBBBA",
        ] {
            assert!(session_token(&cookies(&[bad])).is_none(), "{bad}");
        }
    }
}
