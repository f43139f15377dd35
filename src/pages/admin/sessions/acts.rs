//! Ending sessions that are somebody else's.

use super::asked::SessionsQuery;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts;
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::sessions::SessionHandle;
use crate::domain::sessions::search::{self, Filter, Found, Place};
use crate::flows::acting::Person;
use crate::flows::administration;
use crate::flows::session_ends::{self, BATCH};
use crate::pages::admin::acting;
use crate::request::app::App;
use crate::request::refused::Refused;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use std::sync::Arc;

/// What `all` must say: a form that lost its fields ends nothing.
pub const EVERYBODY: &str = "everybody";

/// Ends one session, whosever it is. `page` is the filter to come back to.
#[server(prefix = "/form", endpoint = "admin-end-session")]
pub async fn admin_end_session(
    #[server(default)] session: String,
    #[server(default)] page: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let here = format!("{}?{page}", Then::AdminSessions.page());
    let Some(person) = acting::<AdminEndSession>(&app, &here).await? else { return Ok(()) };
    let handle = SessionHandle(session.parse().map_err(|_| AppError::BadRequest)?);
    let ended = match search::find(&app.db, handle, app.clock.now()).await? {
        Some(found) => end_batch(&app, &person, AdminEndSession::PATH, &Details::of_visitor(), vec![found]).await?,
        None => 0,
    };
    redirect(&SessionsQuery::parse(&page).path_after(ended));
    Ok(())
}

/// Ends every session of `who` (mail address or username), or with `all` everybody's; never the one
/// it is done from.
#[server(prefix = "/form", endpoint = "admin-end-sessions")]
pub async fn admin_end_sessions(#[server(default)] who: String, #[server(default)] all: String) -> Result<(), Refused> {
    let app = App::current()?;
    let asked = SessionsQuery { who: who.clone(), ..SessionsQuery::default() };
    let here = format!("{}?{}", Then::AdminSessions.page(), asked.query());
    let Some(person) = acting::<AdminEndSessions>(&app, &here).await? else { return Ok(()) };
    let account = match (who.as_str(), all.as_str()) {
        ("", EVERYBODY) => None,
        ("", _) => return Err(AppError::BadRequest.into()),
        (who, "") => Some(accounts::find_by_identifier(&app.db, who).await?.ok_or(AppError::NotFound)?.id),
        _ => return Err(AppError::BadRequest.into()),
    };
    let filter = Filter { account, ..Filter::default() };
    // With very many sessions the request may run into its time limit, or its browser go away:
    // `under_way.rs` carries it through all the same, and half of what was to be ended does not
    // stay open for that.
    let ended = end_matching(app, person, Details::of_visitor(), filter).await?;
    redirect(&asked.path_after(ended));
    Ok(())
}

/// Ends what is open as it begins, part by part, so that others who write get their turn.
async fn end_matching(app: App, person: Arc<Person>, details: Details, filter: Filter) -> Result<usize, AppError> {
    let (mut place, mut ended) = (Place::Newest, 0);
    loop {
        let mut page = search::page(&app.db, &filter, place, BATCH, app.clock.now()).await?;
        page.rows.retain(|found| found.session.handle != person.session.handle);
        if !page.rows.is_empty() {
            ended += end_batch(&app, &person, AdminEndSessions::PATH, &details, page.rows).await?;
        }
        let Some(older) = page.older else { break };
        place = older;
    }
    Ok(ended)
}

/// Ends `found` in one transaction, with an entry for each owner and one for the administrator;
/// gives how many it were.
async fn end_batch(
    app: &App,
    person: &Person,
    path: &str,
    details: &Details,
    found: Vec<Found>,
) -> Result<usize, AppError> {
    let mut tx = app.db.begin_recorded().await?;
    administration::check_still(&mut tx, person, path).await?;
    let ended = session_ends::by_others(&mut tx, found, By::Administrator).await?.len();
    if ended > 0 {
        // How many, and not whose: that would stay when their account is erased.
        let details = Details { count: u64::try_from(ended).ok(), ..details.clone() };
        let event = Event { kind: Kind::AdminEndedSessions, account: Some(person.account.id), details };
        audit::record(&mut tx, &event).await?;
    }
    tx.commit().await?;
    tracing::info!(account = %person.account.id.0, ended, "an administrator ended sessions");
    Ok(ended)
}
