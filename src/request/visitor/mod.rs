//! Who is visiting, by the session cookie among others ([`crate::request::cookies`]).

mod cookies_off;
mod demanded;
mod gate;

use crate::base::config::OnChange;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::one_use_token::OneUseToken;
use crate::base::visit::Holder;
use crate::domain::accounts::{AccountId, Role};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::logins::{self, First};
use crate::domain::pending::PendingToken;
use crate::domain::sessions::change::{self, Change, Judgement};
use crate::domain::sessions::end::{self, Ended};
use crate::domain::sessions::{self, EndReason, SessionHandle};
use crate::flows::acting::Person;
use crate::flows::session_start::Started;
use crate::flows::{administration, session_ends};
use crate::request::app::{App, PATIENCE};
use crate::request::cookies;
pub use crate::request::cookies::{
    LANGUAGE as LANGUAGE_COOKIE, SESSION as COOKIE, TYPED as TYPED_COOKIE, give_device, give_language, give_pending,
    give_provider, take_pending,
};
pub(crate) use crate::request::cookies::{only as cookie, written as set_cookie};
use crate::request::refused::Refused;
use crate::request::visit;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
pub use cookies_off::keeps_no_cookies;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use leptos::prelude::{use_context, with_context};
use leptos_axum::ResponseOptions;
use std::sync::Arc;
use std::time::Duration;

/// Sent by our script with what it asks by itself: that is no use of the session by a person, and
/// does not lengthen it.
const WATCHING: &str = "doorward-watching";
/// What our script asks; it is told "signed out" instead of being led to a page.
pub const STATE_PATH: &str = "/account/state";

/// Decided once per request.
#[derive(Clone, Debug)]
pub enum Visitor {
    Anonymous,
    /// Holds a live session's cookie, but comes from elsewhere than before: may confirm who they
    /// are or sign out, nothing else.
    Doubted(Arc<Person>, Change),
    SignedIn(Arc<Person>),
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

    /// Of whose cookie everything below the requests is told.
    fn holder(&self) -> Option<Holder> {
        let person = self.cookie_holder()?;
        Some(Holder {
            account: person.account.id,
            session: person.session.handle,
            key: person.session.key(),
            is_doubted: self.person().is_none(),
        })
    }

    /// What they may do; none for whoever is not signed in.
    pub fn role(&self) -> Option<Role> {
        self.person().map(|person| person.account.role)
    }

    /// Whose cookie came, even if it is doubted that they sent it: for the page that asks them, and
    /// for signing out.
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

/// What became of the session whose cookie the browser still holds; only if there is nobody signed
/// in.
pub fn ended() -> Option<Ended> {
    of_request()
}

fn of_request<T: Clone + Send + Sync + 'static>() -> Option<T> {
    with_context(|parts: &Parts| parts.extensions.get::<T>().cloned()).flatten()
}

/// Middleware: finds out who is visiting, and keeps pages that need a session from everybody else.
pub async fn resolve(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // Only what asks can be meant not to count; an act is one of a person.
    let watching = request.method() == Method::GET && request.headers().contains_key(WATCHING);
    let found = find(&app, request.headers(), request.extensions(), watching);
    let (visitor, ended) = match tokio::time::timeout(PATIENCE, found).await {
        Ok(Ok(found)) => found,
        // Without the database nobody can be told from anybody: never treated as anonymous, let
        // alone as signed in.
        Ok(Err(error)) => return Refused(AppError::from(error)).into_response(),
        Err(_) => return Refused(AppError::Unavailable).into_response(),
    };
    if request.method() == Method::POST && administration::refuses(visitor.role(), request.uri().path()) {
        return Refused(AppError::NotFound).into_response();
    }
    let says_nothing = cookies_off::says_nothing(request.headers(), request.extensions());
    let led_on = cookies_off::led_on(request.method(), request.uri(), request.headers());
    let elsewhere =
        led_on.or_else(|| gate::elsewhere(&app, &visitor, request.method(), request.uri(), request.headers()));
    if let Some(elsewhere) = elsewhere {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, elsewhere)]).into_response();
    }
    if let Some(holder) = visitor.holder() {
        request.extensions_mut().insert(holder);
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
    let db = app.db.visited_by(visit::of(headers, extensions));
    let now = db.now();
    let Some((session, account)) = sessions::resolve(&db, token, now).await? else {
        return Ok((Visitor::Anonymous, end::why(&db, token, now).await?));
    };
    let visitor = judge(&db, Person { account, session }, watching).await?;
    let ended = match visitor {
        Visitor::Anonymous => end::why(&db, token, now).await?,
        Visitor::Doubted(..) | Visitor::SignedIn(_) => None,
    };
    Ok((visitor, ended))
}

/// The visitor by the cookie among `headers`, where no page of ours is asked for.
pub(crate) async fn of_cookie(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Result<Visitor, sqlx::Error> {
    Ok(find(app, headers, extensions, false).await?.0)
}

/// The visitor who uses a live session by another way than its own cookie; held to the same, and it
/// is a use of the session.
pub(crate) async fn of_session(db: &Db, person: Person) -> Result<Visitor, sqlx::Error> {
    judge(db, person, false).await
}

/// Whether the session may go on as it is, used from where the visit came.
async fn judge(db: &Db, mut person: Person, watching: bool) -> Result<Visitor, sqlx::Error> {
    let (now, origin) = (db.now(), db.origin());
    if demanded::shuts_out(db, &person, watching).await? {
        return Ok(Visitor::Anonymous);
    }
    let judged = change::judge(&person.session, origin, &db.config().session);
    match &judged {
        None => {}
        Some(judged) if judged.done == OnChange::Note && !change::is_note_due(&person.session, now) => {}
        Some(judged) if judged.done == OnChange::Note => note(db, &mut person, judged).await?,
        Some(judged) if judged.done == OnChange::Confirm => {
            let change = judged.first();
            if !change::is_told(&person.session, change, origin) && doubt(db, &person, judged).await? {
                return Ok(Visitor::Anonymous);
            }
            return Ok(Visitor::Doubted(Arc::new(person), change));
        }
        Some(judged) => {
            end_changed(db, &person, judged).await?;
            return Ok(Visitor::Anonymous);
        }
    }
    // A change that was not told yet is not taken over in silence.
    let seen = judged.is_none().then_some(origin);
    // Who it is has been decided. A busy writer or a full disk only lets the idle time run on,
    // which is the safe side.
    if !watching && let Err(error) = sessions::touch(db, &mut person.session, seen, now).await {
        tracing::warn!(%error, "a session's last use could not be noted");
    }
    Ok(Visitor::SignedIn(Arc::new(person)))
}

async fn note(db: &Db, person: &mut Person, judged: &Judgement) -> Result<(), sqlx::Error> {
    let origin = db.origin();
    let mut tx = db.begin_recorded().await?;
    let now = tx.now();
    if change::accept(&mut tx, &person.session, origin, now).await? {
        record_changes(&mut tx, person, judged).await?;
    }
    tx.commit().await?;
    person.session.seen_address.clone_from(&origin.address);
    person.session.seen_user_agent.clone_from(&origin.user_agent);
    Ok(())
}

/// True if that was one too many, and the session is over.
async fn doubt(db: &Db, person: &Person, judged: &Judgement) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin_recorded().await?;
    let doubts = change::doubt(&mut tx, person.session.handle, judged.first(), db.origin()).await?;
    if doubts.is_some() {
        record_changes(&mut tx, person, judged).await?;
    }
    tx.commit().await?;
    let too_many = doubts.is_some_and(|doubts| doubts >= change::MOST_DOUBTS);
    if too_many {
        let judged = Judgement { changes: judged.changes.clone(), done: OnChange::End };
        end_changed(db, person, &judged).await?;
    }
    Ok(too_many)
}

async fn end_changed(db: &Db, person: &Person, judged: &Judgement) -> Result<(), sqlx::Error> {
    let reason = match judged.first() {
        Change::UserAgent => EndReason::UserAgentChanged,
        Change::Network => EndReason::NetworkChanged,
    };
    let (account, handle) = (person.account.id, person.session.handle);
    let mut tx = db.begin_recorded().await?;
    let now = tx.now();
    if end::one_of(&mut tx, account, handle, reason, now).await? {
        // What led to it comes first in the trail.
        record_changes(&mut tx, person, judged).await?;
        session_ends::record(&mut tx, account, handle, reason, Details::of_visitor()).await?;
    }
    tx.commit().await
}

async fn record_changes(tx: &mut Tx, person: &Person, judged: &Judgement) -> Result<(), sqlx::Error> {
    for change in &judged.changes {
        record_change(tx, person, *change, judged.done).await?;
    }
    Ok(())
}

async fn record_change(tx: &mut Tx, person: &Person, change: Change, done: OnChange) -> Result<(), sqlx::Error> {
    let origin = tx.origin();
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
        ..Details::of_visitor()
    };
    let event = Event { kind: Kind::SessionChanged, account: Some(person.account.id), details };
    audit::record(tx, &event).await
}

/// The person whose session a program's token names, if it is live and may go on as it is; the use
/// is noted.
pub async fn by_token(app: &App, session: &str) -> Result<Option<Person>, sqlx::Error> {
    let Some(mut person) = by_token_unseen(app, session).await? else { return Ok(None) };
    let now = app.db.now();
    // As for a cookie: who it is has been decided.
    if let Err(error) = sessions::touch(&app.db, &mut person.session, Some(app.db.origin()), now).await {
        tracing::warn!(%error, "a session's last use could not be noted");
    }
    Ok(Some(person))
}

/// [`by_token`], for somebody else who only asks.
pub async fn by_token_unseen(app: &App, session: &str) -> Result<Option<Person>, sqlx::Error> {
    let Ok(handle) = session.parse() else { return Ok(None) };
    let found = sessions::programs::resolve_handle(&app.db, SessionHandle(handle), app.clock.now()).await?;
    let Some(person) = found.map(|(session, account)| Person { account, session }) else { return Ok(None) };
    let shut_out = demanded::shuts_out(&app.db, &person, true).await?;
    Ok((!shut_out).then_some(person))
}

/// The sign-in that this browser has begun and that waits for a second factor.
pub fn pending_token() -> Option<PendingToken> {
    with_context(|parts: &Parts| cookies::pending_token(&parts.headers)).flatten()
}

/// By what sign-ins at a provider are bound to this browser.
pub fn provider_token() -> Option<OneUseToken> {
    with_context(|parts: &Parts| cookies::provider_token(&parts.headers)).flatten()
}

/// Whether this browser was signed in a moment ago by a link that works once. Of two posts of such
/// a link the other one was the first then, and whoever sent both is in.
pub fn began_by_link(app: &App) -> bool {
    const A_MOMENT: Duration = Duration::from_secs(600);
    Visitor::current().person().is_some_and(|person| {
        let first = logins::Method::parse(&person.session.method).map(logins::Method::first);
        let by_link = matches!(first, Some(First::MailLink | First::SetUpLink));
        by_link && app.db.now().since(person.session.started_at) < A_MOMENT
    })
}

/// Gives the cookies of a session that has begun or got a new id; after the commit.
pub fn give(started: Started) {
    let Started { token, lifetime, device, .. } = started;
    cookies::give_session(token, lifetime);
    if let Some((_, tokens)) = &device {
        cookies::give_device(tokens);
    }
}

/// Ends the session in use, and takes the cookie and everything else this site left in the browser.
pub async fn sign_out(app: &App) -> Result<(), AppError> {
    if let Some(holder) = &app.db.visit().holder {
        let mut tx = app.db.begin_recorded().await?;
        let (account, session) = (holder.account, holder.session);
        session_ends::one(&mut tx, account, session, EndReason::SignedOut, Details::of_visitor()).await?;
        tx.commit().await?;
    }
    cookies::take_session();
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(
            http::HeaderName::from_static("clear-site-data"),
            HeaderValue::from_static("\"cache\", \"storage\""),
        );
    }
    Ok(())
}
