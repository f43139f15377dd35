//! `doorward invitation …`: who may make an account where not everybody may.

use super::Failure;
use crate::base::error::AppError;
use crate::base::output::say;
use crate::base::words::rfc3339;
use crate::domain::accounts::Email;
use crate::domain::audit::Details;
use crate::domain::invitations::{self, Invitation, Inviter, Place};
use crate::request::app::App;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum InvitationCommand {
    /// Write to somebody that they may make an account; in place of an invitation from before
    Create {
        /// The mail address
        #[arg(value_parser = address)]
        email: Email,
    },
    /// List the invitations that were not used
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Take an invitation back: its link is void
    Revoke {
        /// The mail address
        #[arg(value_parser = address)]
        email: Email,
    },
}

fn address(text: &str) -> Result<Email, &'static str> {
    Email::parse(text).map_err(|_| "it is no mail address")
}

pub async fn run(command: InvitationCommand, app: &App) -> Result<(), Failure> {
    match command {
        InvitationCommand::Create { email } => create(app, &email).await,
        InvitationCommand::List { json } => list(app, if json { as_json } else { as_text }).await,
        InvitationCommand::Revoke { email } => revoke(app, &email).await,
    }
}

async fn create(app: &App, email: &Email) -> Result<(), Failure> {
    let mut tx = app.db.begin_recorded().await?;
    match invitations::invite(&mut tx, email, Inviter::CommandLine, Details::default()).await {
        Err(AppError::InvitedHasAccount) => Err("this address has an account".into()),
        Err(AppError::RegistrationClosed) => Err("registration.mode is \"closed\": nobody can make an account".into()),
        invited => {
            invited?;
            tx.commit().await?;
            say!("{email} is invited")?;
            Ok(())
        }
    }
}

/// Invitations that are read at once.
const LISTED: usize = 500;

async fn list(app: &App, line: fn(&App, &Invitation) -> String) -> Result<(), Failure> {
    let mut place = Place::Newest;
    loop {
        let page = invitations::page(&app.db, place, LISTED).await?;
        for invitation in &page.rows {
            say!("{}", line(app, invitation))?;
        }
        let Some(older) = page.older else { return Ok(()) };
        place = older;
    }
}

fn as_json(_: &App, invitation: &Invitation) -> String {
    let Invitation { email, inviter, created_at, expires_at, .. } = invitation;
    json!({ "email": email.as_str(), "invited_by": inviter.name(), "created_at": created_at, "expires_at": expires_at })
        .to_string()
}

fn as_text(app: &App, invitation: &Invitation) -> String {
    let Invitation { email, inviter, created_at, expires_at, .. } = invitation;
    let by = inviter.name().map(|inviter| format!(" by {inviter}")).unwrap_or_default();
    let verb = if invitation.is_over(app.clock.now()) { "over since" } else { "until" };
    format!("{email}  invited {}{by}, {verb} {}", rfc3339(created_at.0), rfc3339(expires_at.0))
}

async fn revoke(app: &App, email: &Email) -> Result<(), Failure> {
    let none = || Failure::from("this address is not invited");
    let id = invitations::find(&app.db, email).await?.ok_or_else(none)?;
    let mut tx = app.db.begin_recorded().await?;
    invitations::revoke(&mut tx, id, Inviter::CommandLine, Details::default()).await?.ok_or_else(none)?;
    tx.commit().await?;
    say!("{email} is invited no more")?;
    Ok(())
}
