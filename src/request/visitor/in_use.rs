//! The session in use: how it begins in this browser, gets a new id, and ends.

use super::{Person, Visitor, cookies, details, new_device, origin};
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::{self, DeviceId, DeviceTokens};
use crate::domain::logins::{First, Method, Proof};
use crate::domain::sessions::{self, Beginning, EndReason, Keep, SessionHandle, SessionToken, end};
use crate::domain::trusted;
use crate::flows::deletions::{self, Called};
use crate::request::app::App;
use crate::request::under_way::still_awaited;
use http::HeaderValue;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use prometheus_client::metrics::counter::Counter;
use std::time::Duration;

/// A session whose cookie the browser does not have yet.
#[must_use = "without the cookie the person is not signed in"]
pub struct Started {
    handle: SessionHandle,
    token: SessionToken,
    lifetime: Option<Duration>,
    pub(super) account: AccountId,
    /// The browser, and what it is recognised by from now on; none for a shared computer.
    pub(super) device: Option<(DeviceId, DeviceTokens)>,
    /// Whether its account was going to be removed, and stays since somebody signed in.
    kept: bool,
    /// Counts it; none if it only got a new id.
    counter: Option<Counter>,
}

impl Started {
    pub fn handle(&self) -> SessionHandle {
        self.handle
    }

    /// Whether its account was going to be removed, and stays since somebody signed in.
    pub fn keeps_account(&self) -> bool {
        self.kept
    }

    pub fn give(self) {
        if let Some(counter) = &self.counter {
            counter.inc();
        }
        cookies::give_session(self.token, self.lifetime);
        if let Some((_, tokens)) = &self.device {
            cookies::give_device(tokens);
        }
    }
}

/// Starts a session for the person that `proof` is about and ends the one this browser had, in the caller's transaction.
/// The cookie is set with [`Started::give`], after the commit.
pub async fn start_session(app: &App, tx: &mut Tx, proof: &Proof, keep: Keep) -> Result<Started, AppError> {
    let now = app.clock.now();
    if let Some(person) = Visitor::current().cookie_holder() {
        end_session(app, tx, person.account.id, person.session.handle, EndReason::Replaced).await?;
    }
    // Never on a shared computer: the next person there would be taken for this one.
    let (device, known) = if keep == Keep::Shared {
        (None, false)
    } else {
        let mut tokens = super::device_tokens();
        let recognised = devices::recognise(tx, proof.account(), &mut tokens).await?;
        if proof.method().has_second_factor() {
            devices::note_proof(tx, proof.account(), recognised.device, now).await?;
        }
        (Some((recognised.device, tokens)), !recognised.new)
    };
    let handed = device.as_ref().map(|(device, _)| *device);
    let Begun { handle, token, kept, counter } = begin_session(app, tx, proof, keep, handed, known).await?;
    let (_, absolute) = keep.lifetimes(&app.config);
    let lifetime = (keep == Keep::Remembered).then_some(absolute);
    Ok(Started { handle, token, lifetime, account: proof.account(), device, kept, counter: Some(counter) })
}

/// A session that has begun, once its transaction is committed.
pub struct Begun {
    pub handle: SessionHandle,
    token: SessionToken,
    kept: bool,
    /// Counts it.
    pub counter: Counter,
}

/// What the beginning of every session does, in the caller's transaction: the row, the audit entry, the end of those that are too many,
/// and a letter where it begins in a browser or program that is not `known`.
async fn begin_session(
    app: &App,
    tx: &mut Tx,
    proof: &Proof,
    keep: Keep,
    device: Option<DeviceId>,
    known: bool,
) -> Result<Begun, AppError> {
    let (origin, now) = (origin(), app.clock.now());
    let kept = keeps_account(app, tx, proof.account(), keep).await?;
    let beginning = Beginning { origin: &origin, keep, device };
    let (handle, token) = sessions::start(tx, &app.randomness, &app.config, proof, beginning, now).await?;
    let event = Event {
        kind: Kind::SignedIn,
        account: Some(proof.account()),
        details: Details {
            session: Some(handle.0.to_string()),
            reason: Some(proof.method().name().to_owned()),
            ..details()
        },
    };
    audit::record(tx, &event).await?;
    let (program, most) = (keep == Keep::Program, app.config.session.max_per_user);
    for surplus in end::surplus(tx, proof.account(), handle, program, most, now).await? {
        record_end(app, tx, proof.account(), surplus, EndReason::TooMany).await?;
    }
    if !known && proof.is_of_somebody_returning() {
        new_device::tell(app, tx, proof.account(), handle, &origin, now).await?;
    }
    still_awaited()?;
    tracing::info!(account = %proof.account().0, session = %handle.0, method = proof.method().name(), "signed in");
    Ok(Begun { handle, token, kept, counter: app.metrics.started_by(proof.method()) })
}

/// Keeps an account that was going to be removed: its owner signed in. A program does that by itself, so it is refused instead.
async fn keeps_account(app: &App, tx: &mut Tx, account: AccountId, keep: Keep) -> Result<bool, AppError> {
    match keep {
        Keep::Program if deletions::waits(tx, account).await? => Err(AppError::WrongCredentials),
        Keep::Program => Ok(false),
        _ => deletions::call_off(app, tx, account, Called::SignedIn).await,
    }
}

/// Starts the session of a program, which has no cookie: its tokens name it. Its owner gets a letter unless a program of the same name
/// has signed in from the same address before.
pub async fn start_program(app: &App, tx: &mut Tx, proof: &Proof) -> Result<Begun, AppError> {
    let known = sessions::programs::is_known_program(tx, proof.account(), &origin()).await?;
    begin_session(app, tx, proof, Keep::Program, None, known).await
}

/// Whether this browser was signed in a moment ago by a link that works once. Of two posts of such a link the other one was the first
/// then, and whoever sent both is in.
pub fn began_by_link(app: &App) -> bool {
    const A_MOMENT: Duration = Duration::from_secs(600);
    Visitor::current().person().is_some_and(|person| {
        let first = Method::parse(&person.session.method).map(Method::first);
        let by_link = matches!(first, Some(First::MailLink | First::SetUpLink));
        by_link && app.clock.now().since(person.session.started_at) < A_MOMENT
    })
}

/// Gives the session in use a new id; the old one is refused from the commit on.
pub async fn cycle_session(app: &App, tx: &mut Tx, person: &Person) -> Result<Started, AppError> {
    let now = app.clock.now();
    let token =
        sessions::cycle(tx, &app.randomness, &person.session, &origin(), now).await?.ok_or(AppError::SignInRequired)?;
    // With the id of before it goes on for whoever sent this once more.
    still_awaited()?;
    let left = person.session.expires_at.since(now);
    let lifetime = person.session.remembered.then_some(left);
    let (handle, account) = (person.session.handle, person.account.id);
    Ok(Started { handle, token, lifetime, account, device: None, kept: false, counter: None })
}

/// Ends one session of `account`, with its audit entry; false if it was over already.
pub async fn end_session(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    session: SessionHandle,
    reason: EndReason,
) -> Result<bool, sqlx::Error> {
    let ended = end::one_of(tx, account, session, reason, app.clock.now()).await?;
    if ended {
        record_end(app, tx, account, session, reason).await?;
    }
    Ok(ended)
}

/// Ends what [`end::of_browser`] does, with an audit entry each, and forgets the browser; gives how many. No browser is trusted any
/// more: whoever it was knows the password.
pub async fn end_browser(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    session: SessionHandle,
    reason: EndReason,
) -> Result<usize, sqlx::Error> {
    let ended = end::of_browser(tx, account, session, reason, app.clock.now()).await?;
    for session in &ended {
        record_end(app, tx, account, *session, reason).await?;
    }
    devices::forget(tx, account, session).await?;
    trusted::stop_all(tx, account, None).await?;
    Ok(ended.len())
}

/// Ends every session of `account` but `kept`, with an audit entry each; gives how many.
pub async fn end_sessions(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    kept: Option<SessionHandle>,
    reason: EndReason,
) -> Result<usize, sqlx::Error> {
    let ended = end::all_of(tx, account, kept, reason, app.clock.now()).await?;
    for session in &ended {
        record_end(app, tx, account, *session, reason).await?;
    }
    Ok(ended.len())
}

async fn record_end(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    session: SessionHandle,
    reason: EndReason,
) -> Result<(), sqlx::Error> {
    app.metrics.count_ended(tx, reason);
    let event = Event::session_ended(account, session, reason, details());
    audit::record(tx, &event).await
}

/// Ends the session in use, and takes the cookie and everything else this site left in the browser.
pub async fn sign_out(app: &App) -> Result<(), AppError> {
    if let Some(person) = Visitor::current().cookie_holder() {
        let mut tx = app.db.begin_recorded().await?;
        end_session(app, &mut tx, person.account.id, person.session.handle, EndReason::SignedOut).await?;
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
