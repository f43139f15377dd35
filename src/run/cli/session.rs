//! `doorward session …`: who is signed in where, and the end of it. The running server notices at the next request: it asks the
//! same database.

use super::Failure;
use crate::base::config::Duration;
use crate::base::output::{note, print};
use crate::base::user_agent;
use crate::base::words::reader::Reader;
use crate::base::words::rfc3339;
use crate::domain::accounts;
use crate::domain::audit::By;
use crate::domain::sessions::SessionHandle;
use crate::domain::sessions::search::{self, DeviceText, Filter, Found, Network, Place};
use crate::flows::session_ends::{self, BATCH};
use crate::request::app::App;
use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;
use std::fmt::Write as _;

/// Sessions that are read and printed at once.
const LISTED: usize = 500;

#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// List who is signed in where, the newest sign-in first
    List {
        #[command(flatten)]
        matching: Matching,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// End one session, those that match, or all; each is refused at its next request. Prints what it ended
    End(EndArguments),
}

/// Which sessions: those that match all of it.
#[derive(Debug, Args)]
pub struct Matching {
    /// Of this person: mail address or username
    #[arg(long, value_name = "WHO")]
    user: Option<String>,
    /// Signed in or last used from this address, from one that begins so, or from this block (192.0.2.0/24)
    #[arg(long, value_name = "ADDRESS")]
    address: Option<Network>,
    /// Signed in longer ago than this, such as 12h or 7d
    #[arg(long, value_name = "TIME")]
    older_than: Option<Duration>,
    /// On a device whose name, browser or system has this in it, such as "Firefox on Linux"
    #[arg(long, value_name = "TEXT")]
    device: Option<DeviceText>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).multiple(true).args(["id", "all", "user", "address", "older_than", "device"]))]
pub struct EndArguments {
    /// The session with this id, as `session list` shows it
    #[arg(conflicts_with_all = ["all", "user", "address", "older_than", "device"])]
    id: Option<String>,
    /// Everybody's
    #[arg(long, conflicts_with_all = ["user", "address", "older_than", "device"])]
    all: bool,
    #[command(flatten)]
    matching: Matching,
}

pub async fn run(command: SessionCommand, app: &App) -> Result<(), Failure> {
    match command {
        SessionCommand::List { matching, json } => {
            let filter = filter(app, matching).await?;
            list(app, &filter, if json { as_json } else { as_text }).await
        }
        SessionCommand::End(EndArguments { id: Some(id), .. }) => end_one(app, &id).await,
        SessionCommand::End(EndArguments { matching, .. }) => {
            let filter = filter(app, matching).await?;
            end_matching(app, &filter).await
        }
    }
}

async fn filter(app: &App, matching: Matching) -> Result<Filter, Failure> {
    let Matching { user, address, older_than, device } = matching;
    let account = match user {
        Some(who) => {
            let account = accounts::find_by_identifier(&app.db, &who).await?;
            Some(account.ok_or("nobody has this address or username")?.id)
        }
        None => None,
    };
    let started_before = older_than.map(|age| app.clock.now().before(age.as_std()));
    Ok(Filter { account, network: address, device, started_before })
}

async fn list(app: &App, filter: &Filter, line: fn(&Found) -> String) -> Result<(), Failure> {
    let mut place = Place::Newest;
    loop {
        let page = search::page(&app.db, filter, place, LISTED, app.clock.now()).await?;
        let lines: String = page.rows.iter().map(|found| line(found) + "\n").collect();
        print(lines.as_bytes())?;
        let Some(older) = page.older else { return Ok(()) };
        place = older;
    }
}

/// Never the session's key: nothing printed lets anybody in.
fn as_json(found: &Found) -> String {
    let Found { session, .. } = found;
    json!({
        "id": session.handle.0.to_string(), "account": found.account_id.0.to_string(), "email": found.email.known(),
        "username": found.username.as_str(), "device": user_agent::describe(&Reader::default(), &session.seen_user_agent),
        "device_name": found.device_name, "user_agent": session.seen_user_agent, "address": session.seen_address,
        "sign_in_address": session.address, "method": session.method, "remembered": session.remembered,
        "shared": session.shared, "started_at": session.started_at, "last_seen_at": session.last_seen_at,
        "ends_at": session.ends_at,
    })
    .to_string()
}

fn as_text(found: &Found) -> String {
    let Found { session, .. } = found;
    let mut line = named(found);
    for (what, at) in [("since", session.started_at), ("last used", session.last_seen_at), ("ends", session.ends_at)] {
        // Writing into a text can't fail.
        let _ = write!(line, "  {what} {}", rfc3339(at.0));
    }
    line
}

fn named(found: &Found) -> String {
    let Found { session, email, username, .. } = found;
    let who = email.or(username);
    let device = user_agent::describe(&Reader::default(), &session.seen_user_agent);
    let device = match &found.device_name {
        Some(name) => format!("{name} ({device})"),
        None => device,
    };
    format!("{}  {who}  {device}  {}", session.handle.0, session.seen_address)
}

async fn end_one(app: &App, id: &str) -> Result<(), Failure> {
    const NONE: &str = "there is no open session with this id";
    let handle = SessionHandle(id.parse().map_err(|_| NONE)?);
    let found = search::find(&app.db, handle, app.clock.now()).await?.ok_or(NONE)?;
    match end(app, vec![found]).await? {
        1 => Ok(()),
        _ => Err(NONE.into()),
    }
}

/// Those that are there as it begins: who signs in meanwhile stays.
async fn end_matching(app: &App, filter: &Filter) -> Result<(), Failure> {
    let (mut place, mut ended) = (Place::Newest, 0);
    loop {
        let page = search::page(&app.db, filter, place, BATCH, app.clock.now()).await?;
        ended += end(app, page.rows).await?;
        let Some(older) = page.older else { break };
        place = older;
    }
    note!("ended {ended} {}", if ended == 1 { "session" } else { "sessions" });
    Ok(())
}

/// Ends them in one transaction, then prints them; gives how many it were.
async fn end(app: &App, found: Vec<Found>) -> Result<usize, Failure> {
    if found.is_empty() {
        return Ok(0);
    }
    let mut tx = app.db.begin_recorded().await?;
    let ended = session_ends::by_others(&mut tx, found, By::CommandLine).await?;
    tx.commit().await?;
    let lines: String = ended.iter().map(|found| format!("ended {}\n", named(found))).collect();
    // Nobody reading along is no reason to leave the rest open.
    let _ = print(lines.as_bytes());
    Ok(ended.len())
}
