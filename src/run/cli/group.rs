//! `doorward group …`: named sets of people. The running server notices at the next request: it asks the same database.

use super::Failure;
use crate::base::names::GroupName;
use crate::base::output::say;
use crate::domain::accounts::{self, Account};
use crate::domain::audit::By;
use crate::domain::groups::{self, Added, Membership};
use crate::request::app::App;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum GroupCommand {
    /// List who is in which group
    List {
        /// The groups of this person alone: mail address or username
        #[arg(long, value_name = "WHO")]
        user: Option<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Put somebody into a group, which need not be there before
    Add {
        /// The group: lower-case letters, digits, -, _ and .
        #[arg(value_parser = group_name)]
        name: GroupName,
        /// Mail address or username
        who: String,
    },
    /// Take somebody out of a group; apps that let them in for it refuse their next request
    Remove {
        /// The group
        #[arg(value_parser = group_name)]
        name: GroupName,
        /// Mail address or username
        who: String,
    },
}

fn group_name(text: &str) -> Result<GroupName, String> {
    text.parse().map_err(|wrong| format!("it {wrong}"))
}

pub async fn run(command: GroupCommand, app: &App) -> Result<(), Failure> {
    match command {
        GroupCommand::List { user, json } => list(app, user.as_deref(), if json { as_json } else { as_text }).await,
        GroupCommand::Add { name, who } => add(app, &name, &who).await,
        GroupCommand::Remove { name, who } => remove(app, &name, &who).await,
    }
}

/// The person that an operator names.
pub(super) async fn find(app: &App, who: &str) -> Result<Account, Failure> {
    let account = accounts::find_by_identifier(&app.db, who).await?;
    account.ok_or_else(|| "nobody has this address or username".into())
}

async fn list(app: &App, user: Option<&str>, line: fn(&Membership) -> String) -> Result<(), Failure> {
    let account = match user {
        Some(who) => Some(find(app, who).await?.id),
        None => None,
    };
    for page in 0.. {
        let memberships = groups::list(&app.db, account, page).await?;
        for membership in &memberships {
            say!("{}", line(membership))?;
        }
        if memberships.is_empty() {
            break;
        }
    }
    Ok(())
}

fn as_json(membership: &Membership) -> String {
    let Membership { group_name, id, email, username } = membership;
    json!({ "group": group_name.as_str(), "id": id.0.to_string(), "email": email.known(), "username": username.as_str() }).to_string()
}

fn as_text(membership: &Membership) -> String {
    let Membership { group_name, email, username, .. } = membership;
    format!("{group_name}  {}  {}", email.known().unwrap_or("-"), username.as_str())
}

async fn add(app: &App, group: &GroupName, who: &str) -> Result<(), Failure> {
    let account = find(app, who).await?;
    let mut tx = app.db.begin_recorded().await?;
    match groups::add(&mut tx, group, account.id, By::CommandLine).await? {
        Added::Yes => {
            tx.commit().await?;
            say!("{} is in {group} from now on", account.signs_in_as())?;
            Ok(())
        }
        Added::Already => {
            say!("{} was in {group} before", account.signs_in_as())?;
            Ok(())
        }
        Added::TooMany => Err("nobody can be in so many groups: they travel in one header".into()),
    }
}

async fn remove(app: &App, group: &GroupName, who: &str) -> Result<(), Failure> {
    let account = find(app, who).await?;
    let mut tx = app.db.begin_recorded().await?;
    if !groups::remove(&mut tx, group, account.id, By::CommandLine).await? {
        return Err(format!("{} is not in {group}", account.signs_in_as()).into());
    }
    tx.commit().await?;
    say!("{} is no longer in {group}", account.signs_in_as())?;
    Ok(())
}
