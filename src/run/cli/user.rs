//! `doorward user …`: people, from the command line.

mod export;
mod one;

use super::Failure;
use crate::base::error::AppError;
use crate::base::output::{note, say};
use crate::base::secret::Secret;
use crate::base::words::reader::Reader;
use crate::domain::accounts::{self, Account, Email, NewAccount, Role, Username};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::policy::{self, Asked};
use crate::domain::links::{self, Link, Purpose};
use crate::domain::set_up_links;
use crate::request::app::App;
use clap::Subcommand;
use serde_json::json;
use std::io::{BufRead, IsTerminal};
use std::time::Duration;

/// How long the link of an account made without a password can be used.
const LINK_LIFETIME: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account. The password is one line on standard input; without one, a one-use set-up link is printed
    Create {
        /// Where mail for this person goes
        #[arg(long)]
        email: String,
        /// What they may sign in with beside the address; made from it when left out
        #[arg(long)]
        username: Option<String>,
        /// Let this person administer the installation
        #[arg(long)]
        admin: bool,
    },
    /// List everybody
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Write the accounts to standard output, for `import-users` of another installation. It is in the audit trail
    Export(export::ExportArguments),
    /// Show one person: state, second factors, and whether their removal waits
    Show {
        /// Mail address or username
        who: String,
        /// As a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Sign somebody out everywhere and let nobody into the account until it is enabled again; nothing is removed
    Disable {
        /// Mail address or username
        who: String,
    },
    /// Let somebody sign in again whose account was disabled
    Enable {
        /// Mail address or username
        who: String,
    },
    /// Let somebody administer the installation
    GrantAdmin {
        /// Mail address or username
        who: String,
    },
    /// Say what somebody may do
    SetRole {
        /// Mail address or username
        who: String,
        /// `member`, `support` (sees the administration, and helps members back into their accounts) or `admin`
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Let somebody sign in again whose account was locked with the link in a letter, or who has to wait for what strangers try. Their
    /// password stays as it is
    Unlock {
        /// Mail address or username
        who: String,
        /// Give the account to the owner of this address, once you have made out that it is theirs: for one that was locked from the
        /// address it had before. It opens when they have chosen a new password
        #[arg(long)]
        email: Option<String>,
    },
    /// Remove all second factors of somebody who has lost them, once second_factor.recovery_wait has gone by; they are written to, and
    /// can stop it until then
    ResetSecondFactor {
        /// Mail address or username
        who: String,
        /// Stop the removal that waits
        #[arg(long)]
        cancel: bool,
    },
}

fn role(text: &str) -> Result<Role, &'static str> {
    Role::parse(text).ok_or("must be member, support or admin")
}

impl UserCommand {
    /// Whether it is about somebody who must be there already.
    pub fn needs_somebody(&self) -> bool {
        !matches!(self, Self::Create { .. } | Self::List { .. } | Self::Export(_))
    }
}

pub async fn run(command: UserCommand, app: &App) -> Result<(), Failure> {
    match command {
        UserCommand::Create { email, username, admin } => create(app, &email, username.as_deref(), admin).await,
        UserCommand::List { json } => list(app, json).await,
        UserCommand::Export(arguments) => export::run(app, &arguments).await,
        UserCommand::Show { who, json } => one::show(app, &who, json).await,
        UserCommand::Disable { who } => one::disable(app, &who).await,
        UserCommand::Enable { who } => one::enable(app, &who).await,
        UserCommand::GrantAdmin { who } => one::set_role(app, &who, Role::Admin).await,
        UserCommand::SetRole { who, role } => one::set_role(app, &who, role).await,
        UserCommand::Unlock { who, email } => one::unlock(app, &who, email.as_deref()).await,
        UserCommand::ResetSecondFactor { who, cancel: false } => one::reset_second_factor(app, &who).await,
        UserCommand::ResetSecondFactor { who, cancel: true } => one::keep_second_factor(app, &who).await,
    }
}

async fn create(app: &App, email: &str, username: Option<&str>, admin: bool) -> Result<(), Failure> {
    let email = Email::parse(email).map_err(said)?;
    let username = username.map(Username::parse).transpose().map_err(said)?;
    let role = if admin { Role::Admin } else { Role::Member };
    let now = app.clock.now();
    let person: Vec<&str> =
        [Some(email.as_str()), username.as_ref().map(Username::as_str)].into_iter().flatten().collect();
    let password = match typed_password()? {
        Some(typed) => {
            let minimum = policy::password_minimum(&app.config, Asked::newcomer(role), false, now);
            Some(app.passwords.choose(&typed, minimum, &person).await.map_err(said)?)
        }
        None => None,
    };
    let without_password = password.is_none();
    let mut tx = app.db.begin_recorded().await?;
    // The operator vouches for the address.
    let new = NewAccount { id: None, email: email.clone(), email_verified: true, username, password, role };
    let account =
        accounts::create(&mut tx, &app.vault, &app.randomness, &new, now).await.map_err(|error| match error {
            AppError::EmailTaken => "there is an account with this address already".into(),
            other => said(other),
        })?;
    let details = Details { reason: Some("command_line".to_owned()), ..Details::default() };
    let event = Event { kind: Kind::AccountCreated, account: Some(account), details };
    audit::record(&mut tx, &event).await?;
    let link = if without_password {
        let about = Link { account_id: Some(account), ..Link::default() };
        Some(links::create(&mut tx, Purpose::SetUp, &about, LINK_LIFETIME).await?)
    } else {
        None
    };
    if admin {
        // The waiting link would make a second admin out of whoever finds it.
        links::void_of_nobody(&mut tx, Purpose::SetUp).await?;
    }
    tx.commit().await?;
    if admin {
        set_up_links::withdraw(&app.config);
    }
    let printed = say!("made an account for {email}");
    if let Some(token) = link {
        say!("{}", app.link(&format!("/set-up?token={}", token.to_text().as_str())))
            .map_err(|_| "the account is made, but its set-up link could not be printed")?;
        note!("Open this link within a day to choose the password. It works once.");
    }
    Ok(printed?)
}

fn said(error: AppError) -> Failure {
    error.in_words(&Reader::default()).into()
}

/// From the terminal, unseen, or one line of standard input; never from an argument, which every process can read.
fn typed_password() -> std::io::Result<Option<Secret>> {
    let mut line = String::new();
    if std::io::stdin().is_terminal() {
        line = rpassword::prompt_password("Password (leave empty for a set-up link): ")?;
    } else {
        std::io::stdin().lock().read_line(&mut line)?;
    }
    // Windows puts a byte order mark before what it pipes.
    let typed = line.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    let typed = (!typed.is_empty()).then(|| Secret(typed.to_owned()));
    zeroize::Zeroize::zeroize(&mut line);
    Ok(typed)
}

fn state_of(account: &Account) -> &'static str {
    match (account.disabled_at, account.frozen_at, account.deletion_due_at) {
        (Some(_), ..) => "disabled",
        (None, Some(_), _) => "locked",
        (None, None, Some(_)) => "leaving",
        (None, None, None) => "active",
    }
}

async fn list(app: &App, as_json: bool) -> Result<(), Failure> {
    for page in 0.. {
        let accounts = accounts::list(&app.db, page).await?;
        if accounts.is_empty() {
            break;
        }
        for account in accounts {
            let (role, state) = (account.role.name(), state_of(&account));
            if as_json {
                let line = json!({
                    "id": account.id.0.to_string(), "email": account.email.known(), "username": account.username.as_str(),
                    "display_name": account.display_name.as_str(), "role": role, "state": state,
                    "email_verified": account.email_verified_at.is_some(), "has_password": account.password_hash.is_some(),
                    "created_at": account.created_at,
                });
                say!("{line}")?;
            } else {
                say!("{}  {}  {role}  {state}", account.email.known().unwrap_or("-"), account.username.as_str())?;
            }
        }
    }
    Ok(())
}
