//! Who is visiting. The only reader and writer of the session cookie.

mod cookies;
mod cookies_off;
mod demanded;
mod in_use;
mod new_device;
mod step_up;
mod trust;

pub use cookies::{
    LANGUAGE as LANGUAGE_COOKIE, SESSION as COOKIE, TYPED as TYPED_COOKIE, give_language, give_pending, give_provider,
    take_pending,
};
pub(crate) use cookies::{only as cookie, written as set_cookie};
pub use cookies_off::keeps_no_cookies;
pub use in_use::{
    Begun, Started, began_by_link, cycle_session, end_browser, end_session, end_sessions, sign_out, start_program,
    start_session,
};
pub use step_up::{Missing, begin_administering, begin_change, changes_way_in, missing};
pub use trust::{
    familiar_device, give_browser, know_browser, known_device, may_trust, recognise_browser, spare_second_factor,
    stop_trusting, stop_trusting_others, trust_browser,
};

use crate::base::config::OnChange;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::header_text;
use crate::base::one_use_token::OneUseToken;
use crate::base::paths::{HAND_OVER, Then, confirm_path_asking, path_asking};
use crate::domain::accounts::{Account, AccountId};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::DeviceTokens;
use crate::domain::limits::proofs;
use crate::domain::pending::PendingToken;
use crate::domain::sessions::change::{self, Change, Judgement};
use crate::domain::sessions::end::{self, Ended};
use crate::domain::sessions::{self, EndReason, Origin, Session, SessionHandle};
use crate::flows::administration;
use crate::request::app::{App, PATIENCE};
use crate::request::client_address::ClientAddress;
use crate::request::refused::Refused;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, StatusCode, Uri, header};
use leptos::prelude::{Owner, provide_context, use_context};
use leptos::reactive::computed::ScopedFuture;
use std::sync::Arc;

/// Longer User-Agents are cut; none that a person's browser sends is.
const USER_AGENT_LIMIT: usize = 256;
/// Sent by our script with what it asks by itself: that is no use of the session by a person, and does not lengthen it.
const WATCHING: &str = "doorward-watching";
/// What our script asks; it is told "signed out" instead of being led to a page.
pub const STATE_PATH: &str = "/account/state";

/// The overview of the administration, and what its pages' paths begin with.
const ADMINISTRATION: &str = "/admin";

/// Decided once per request.
#[derive(Clone, Debug)]
pub enum Visitor {
    Anonymous,
    /// Holds a live session's cookie, but comes from elsewhere than before: may confirm who they are or sign out, nothing else.
    Doubted(Arc<Person>, Change),
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
        of_request().unwrap_or(Self::Anonymous)
    }

    pub fn person(&self) -> Option<&Arc<Person>> {
        match self {
            Self::SignedIn(person) => Some(person),
            Self::Anonymous | Self::Doubted(..) => None,
        }
    }

    /// Whose cookie came, even if it is doubted that they sent it: for the page that asks them, and for signing out.
    pub fn cookie_holder(&self) -> Option<&Arc<Person>> {
        match self {
            Self::SignedIn(person) | Self::Doubted(person, _) => Some(person),
            Self::Anonymous => None,
        }
    }
}

/// Whether the browser is signed in to `account`.
pub fn is_signed_in_to(account: AccountId) -> bool {
    Visitor::current().person().is_some_and(|person| person.account.id == account)
}

/// The person behind the request, or the refusal that leads to the sign-in page.
pub fn signed_in() -> Result<Arc<Person>, AppError> {
    match Visitor::current() {
        Visitor::SignedIn(person) => Ok(person),
        Visitor::Doubted(..) => Err(AppError::ConfirmationRequired),
        Visitor::Anonymous => Err(AppError::SignInRequired),
    }
}

/// Begins what the person does: a recorded write in which their session is still live ([`sessions::is_live`]), counted for it. `TooOften`:
/// it has to rest.
pub async fn begin(app: &App, person: &Person) -> Result<Tx, AppError> {
    proofs::may_act(app, person.session.handle).await?;
    let mut tx = begin_uncounted(app, person).await?;
    proofs::begin_act(app, &mut tx, person.session.handle).await?;
    Ok(tx)
}

/// As [`begin`], for what somebody may do as often as there is work for it: administering others.
async fn begin_uncounted(app: &App, person: &Person) -> Result<Tx, AppError> {
    let mut tx = app.db.begin_recorded().await?;
    if sessions::is_live(&mut tx, &person.session, app.clock.now()).await? {
        Ok(tx)
    } else {
        Err(AppError::SignInRequired)
    }
}

/// Whether the person proved who they are recently enough for what a passer-by at an unlocked screen must not do. If not, the
/// caller leads them to [`Then::confirm_path`]. What changes the way in to the account asks [`missing`] instead.
pub fn is_recent(app: &App, person: &Person) -> bool {
    person.session.is_recent(app.config.session.recent.as_std(), app.clock.now())
}

/// What became of the session whose cookie the browser still holds; only if there is nobody signed in.
pub fn ended() -> Option<Ended> {
    of_request()
}

fn of_request<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

/// Middleware: finds out who is visiting, and keeps pages that need a session from everybody else.
pub async fn resolve(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // Only what asks can be meant not to count; an act is one of a person.
    let watching = request.method() == Method::GET && request.headers().contains_key(WATCHING);
    let found = find(&app, request.headers(), request.extensions(), watching);
    let (visitor, ended) = match tokio::time::timeout(PATIENCE, found).await {
        Ok(Ok(found)) => found,
        // Without the database nobody can be told from anybody: never treated as anonymous, let alone as signed in.
        Ok(Err(error)) => return Refused(AppError::from(error)).into_response(),
        Err(_) => return Refused(AppError::Unavailable).into_response(),
    };
    if request.method() == Method::POST && administration::refuses(&visitor, request.uri().path()) {
        return Refused(AppError::NotFound).into_response();
    }
    let says_nothing = cookies_off::says_nothing(request.headers(), request.extensions());
    let led_on = cookies_off::led_on(request.method(), request.uri(), request.headers());
    let elsewhere = led_on.or_else(|| gate(&app, &visitor, request.method(), request.uri(), request.headers()));
    if let Some(elsewhere) = elsewhere {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, elsewhere)]).into_response();
    }
    request.extensions_mut().insert(visitor);
    if let Some(ended) = ended {
        request.extensions_mut().insert(ended);
    }
    let mut response = next.run(request).await;
    if says_nothing {
        cookies_off::mark(response.headers_mut());
    }
    response
}

async fn find(
    app: &App,
    headers: &HeaderMap,
    extensions: &Extensions,
    watching: bool,
) -> Result<(Visitor, Option<Ended>), sqlx::Error> {
    let Some(token) = cookies::session_token(headers) else { return Ok((Visitor::Anonymous, None)) };
    let now = app.clock.now();
    let Some((session, account)) = sessions::resolve(&app.db, token, now).await? else {
        return Ok((Visitor::Anonymous, end::why(&app.db, token, now).await?));
    };
    let visitor = judge(app, Person { account, session }, &origin_of(headers, extensions), watching).await?;
    let ended = match visitor {
        Visitor::Anonymous => end::why(&app.db, token, now).await?,
        Visitor::Doubted(..) | Visitor::SignedIn(_) => None,
    };
    Ok((visitor, ended))
}

/// The visitor by the cookie among `headers`, where no page of ours is asked for.
pub(crate) async fn of_cookie(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Result<Visitor, sqlx::Error> {
    Ok(find(app, headers, extensions, false).await?.0)
}

/// The visitor who uses a live session by another way than its own cookie; held to the same, and it is a use of the session.
pub(crate) async fn of_session(app: &App, person: Person, origin: &Origin) -> Result<Visitor, sqlx::Error> {
    judge(app, person, origin, false).await
}

/// Whether the session may go on as it is, used from `origin`.
async fn judge(app: &App, mut person: Person, origin: &Origin, watching: bool) -> Result<Visitor, sqlx::Error> {
    let now = app.clock.now();
    if demanded::shuts_out(app, &person, origin, watching).await? {
        return Ok(Visitor::Anonymous);
    }
    let judged = change::judge(&person.session, origin, &app.config.session);
    match &judged {
        None => {}
        Some(judged) if judged.done == OnChange::Note && !change::is_note_due(&person.session, now) => {}
        Some(judged) if judged.done == OnChange::Note => note(app, &mut person, judged, origin).await?,
        Some(judged) if judged.done == OnChange::Confirm => {
            let change = judged.first();
            if !change::is_told(&person.session, change, origin) && doubt(app, &person, judged, origin).await? {
                return Ok(Visitor::Anonymous);
            }
            return Ok(Visitor::Doubted(Arc::new(person), change));
        }
        Some(judged) => {
            end_changed(app, &person, judged, origin).await?;
            return Ok(Visitor::Anonymous);
        }
    }
    // A change that was not told yet is not taken over in silence.
    let seen = judged.is_none().then_some(origin);
    // Who it is has been decided. A busy writer or a full disk only lets the idle time run on, which is the safe side.
    if !watching && let Err(error) = sessions::touch(&app.db, &mut person.session, seen, now).await {
        tracing::warn!(%error, "a session's last use could not be noted");
    }
    Ok(Visitor::SignedIn(Arc::new(person)))
}

async fn note(app: &App, person: &mut Person, judged: &Judgement, origin: &Origin) -> Result<(), sqlx::Error> {
    let mut tx = app.db.begin_recorded().await?;
    if change::accept(&mut tx, &person.session, origin, app.clock.now()).await? {
        record_changes(&mut tx, person, judged, origin).await?;
    }
    tx.commit().await?;
    person.session.seen_address.clone_from(&origin.address);
    person.session.seen_user_agent.clone_from(&origin.user_agent);
    Ok(())
}

/// True if that was one too many, and the session is over.
async fn doubt(app: &App, person: &Person, judged: &Judgement, origin: &Origin) -> Result<bool, sqlx::Error> {
    let mut tx = app.db.begin_recorded().await?;
    let doubts = change::doubt(&mut tx, person.session.handle, judged.first(), origin).await?;
    if doubts.is_some() {
        record_changes(&mut tx, person, judged, origin).await?;
    }
    tx.commit().await?;
    let too_many = doubts.is_some_and(|doubts| doubts >= change::MOST_DOUBTS);
    if too_many {
        let judged = Judgement { changes: judged.changes.clone(), done: OnChange::End };
        end_changed(app, person, &judged, origin).await?;
    }
    Ok(too_many)
}

async fn end_changed(app: &App, person: &Person, judged: &Judgement, origin: &Origin) -> Result<(), sqlx::Error> {
    let reason = match judged.first() {
        Change::UserAgent => EndReason::UserAgentChanged,
        Change::Network => EndReason::NetworkChanged,
    };
    let (account, handle, now) = (person.account.id, person.session.handle, app.clock.now());
    let mut tx = app.db.begin_recorded().await?;
    if end::one_of(&mut tx, account, handle, reason, now).await? {
        record_changes(&mut tx, person, judged, origin).await?;
        app.metrics.count_ended(&mut tx, reason);
        let event = Event::session_ended(account, handle, reason, details_of(origin));
        audit::record(&mut tx, &event).await?;
    }
    tx.commit().await
}

async fn record_changes(tx: &mut Tx, person: &Person, judged: &Judgement, origin: &Origin) -> Result<(), sqlx::Error> {
    for change in &judged.changes {
        record_change(tx, person, *change, judged.done, origin).await?;
    }
    Ok(())
}

async fn record_change(
    tx: &mut Tx,
    person: &Person,
    change: Change,
    done: OnChange,
    origin: &Origin,
) -> Result<(), sqlx::Error> {
    let (was, is) = match change {
        Change::UserAgent => (&person.session.seen_user_agent, &origin.user_agent),
        Change::Network => (&person.session.seen_address, &origin.address),
    };
    let details = Details {
        session: Some(person.session.handle.0.to_string()),
        reason: Some(change.name().to_owned()),
        was: Some(was.clone()),
        is: Some(is.clone()),
        done: Some(done.to_string()),
        ..details_of(origin)
    };
    let event = Event { kind: Kind::SessionChanged, account: Some(person.account.id), details };
    audit::record(tx, &event).await
}

/// The person whose session a program's token names, if it is live and may go on as it is; the use is noted.
pub async fn by_token(app: &App, session: &str) -> Result<Option<Person>, sqlx::Error> {
    let Some(mut person) = by_token_unseen(app, session).await? else { return Ok(None) };
    let (origin, now) = (origin(), app.clock.now());
    // As for a cookie: who it is has been decided.
    if let Err(error) = sessions::touch(&app.db, &mut person.session, Some(&origin), now).await {
        tracing::warn!(%error, "a session's last use could not be noted");
    }
    Ok(Some(person))
}

/// [`by_token`], for somebody else who only asks.
pub async fn by_token_unseen(app: &App, session: &str) -> Result<Option<Person>, sqlx::Error> {
    let Ok(handle) = session.parse() else { return Ok(None) };
    let found = sessions::programs::resolve_handle(&app.db, SessionHandle(handle), app.clock.now()).await?;
    let Some(person) = found.map(|(session, account)| Person { account, session }) else { return Ok(None) };
    let shut_out = demanded::shuts_out(app, &person, &origin(), true).await?;
    Ok((!shut_out).then_some(person))
}

/// Middleware: lets [`origin`] and what goes by it work in handlers that are no server functions.
pub async fn in_context(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let owner = Owner::new();
    owner.with(|| provide_context(parts.clone()));
    owner.with(|| ScopedFuture::new(next.run(Request::from_parts(parts, body)))).await
}

/// Where a visitor of `path` belongs instead, if anywhere.
fn gate(app: &App, visitor: &Visitor, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<String> {
    if method != Method::GET && method != Method::HEAD {
        return None;
    }
    // As the pages' own router reads it, which walks `/./` and `/x/../`: no spelling may lead past this to an empty page.
    let path = url::Url::parse(&format!("http://localhost{}", uri.path()))
        .map_or_else(|_| uri.path().to_owned(), |url| url.path().to_owned());
    let path = path.as_str();
    if path == STATE_PATH {
        return None;
    }
    let is_administration = path == ADMINISTRATION || path.starts_with("/admin/");
    let needs_session = is_administration || path == "/account" || path.starts_with("/account/") || path == HAND_OVER;
    let asked = || {
        let is_known = !is_administration || administration::function(path).is_some();
        let page = if is_known { path } else { ADMINISTRATION };
        uri.query().map_or_else(|| page.to_owned(), |query| format!("{page}?{query}"))
    };
    let here = || Then::parse(&asked());
    let typed = || {
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        query.into_iter().find(|(key, _)| key == "then").map(|(_, then)| then.into_owned()).unwrap_or_default()
    };
    let wanted = || Then::parse(&typed());
    let keeps_no_cookies = || cookies_off::came_without_cookies(headers, uri, app.config.server.public_url.origin());
    let asks_again = || {
        let mut pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        pairs.any(|(key, _)| key == "again")
    };
    match visitor {
        Visitor::Anonymous if needs_session && keeps_no_cookies() => {
            Some(here().through(cookies_off::sign_in_page(uri)))
        }
        Visitor::Anonymous if needs_session => Some(here().sign_in_path()),
        Visitor::Anonymous if path == "/confirm" => Some(wanted().sign_in_path()),
        Visitor::Anonymous if path == "/" => Some("/sign-in".to_owned()),
        Visitor::Doubted(..) if needs_session || path == "/" => Some(confirm_path_asking(&asked())),
        // Sent here by an app, which does not know that there is somebody to ask.
        Visitor::Doubted(..) if path == "/sign-in" && matches!(wanted(), Then::App(_)) => Some(wanted().confirm_path()),
        // Anybody else gets the page for a wrong address, without a word about confirming.
        Visitor::SignedIn(person) if is_administration && administration::is_open_to(person.account.role) => {
            if !is_recent(app, person) {
                return Some(confirm_path_asking(&asked()));
            }
            (path == "/admin/").then(|| ADMINISTRATION.to_owned())
        }
        // Somebody who is to show a second factor that they have not shown yet.
        Visitor::SignedIn(person)
            if path == "/sign-in"
                && !person.session.has_second_factor()
                && asks_again()
                && wanted().asks_for_second_factor() =>
        {
            None
        }
        Visitor::SignedIn(_) if matches!(path, "/" | "/sign-in" | "/register") => Some(wanted().path().into_owned()),
        // Whether anything else has to be shown than a recent proof, the page finds out.
        Visitor::SignedIn(person)
            if path == "/confirm"
                && is_recent(app, person)
                && (person.session.has_second_factor() || !step_up::changes_way_in(&wanted(), &person.account)) =>
        {
            Some(path_asking(&typed()))
        }
        _ => None,
    }
}

/// From where the request being answered came, as kept with sessions and audit entries.
pub fn origin() -> Origin {
    match use_context::<Parts>() {
        Some(parts) => origin_of(&parts.headers, &parts.extensions),
        None => Origin { address: String::new(), user_agent: String::new() },
    }
}

pub(crate) fn origin_of(headers: &HeaderMap, extensions: &Extensions) -> Origin {
    let address = extensions.get::<ClientAddress>().map(|client| client.to_string()).unwrap_or_default();
    let user_agent = headers.get(header::USER_AGENT).map(|agent| header_text::printable(agent, USER_AGENT_LIMIT));
    let user_agent = user_agent.unwrap_or_default();
    Origin { address, user_agent }
}

/// By what the browser may be recognised.
fn device_tokens() -> DeviceTokens {
    use_context::<Parts>().map(|parts| cookies::device_tokens(&parts.headers)).unwrap_or_default()
}

/// The sign-in that this browser has begun and that waits for a second factor.
pub fn pending_token() -> Option<PendingToken> {
    use_context::<Parts>().and_then(|parts| cookies::pending_token(&parts.headers))
}

/// By what sign-ins at a provider are bound to this browser.
pub fn provider_token() -> Option<OneUseToken> {
    use_context::<Parts>().and_then(|parts| cookies::provider_token(&parts.headers))
}

/// What an audit entry says of the request being answered.
pub fn details() -> Details {
    details_of(&origin())
}

pub(crate) fn details_of(origin: &Origin) -> Details {
    let Origin { address, user_agent } = origin.clone();
    Details { address: Some(address), device: Some(user_agent), ..Details::default() }
}
