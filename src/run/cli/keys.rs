//! `doorward keys …`: what access tokens are signed with. The running server notices at once: it asks the same database.

use super::Failure;
use crate::base::output::{note, say};
use crate::base::words::rfc3339;
use crate::domain::signing_keys::{self, Rotation, SigningKey, State};
use crate::request::app::App;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the keys that verifiers are shown, in the order in which they sign
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Make the next key now. It signs after tokens.key_overlap, when verifiers know it; the one before stays as long again
    Rotate {
        /// Somebody else may hold the keys: take them all away and sign with a new one at once. What they signed is refused
        #[arg(long)]
        revoke: bool,
    },
}

pub async fn run(command: KeysCommand, app: &App) -> Result<(), Failure> {
    match command {
        KeysCommand::List { json } => list(app, if json { as_json } else { as_text }).await,
        KeysCommand::Rotate { revoke: false } => rotate(app).await,
        KeysCommand::Rotate { revoke: true } => revoke(app).await,
    }
}

async fn list(app: &App, line: fn(&App, &SigningKey) -> String) -> Result<(), Failure> {
    for key in signing_keys::published(&app.db).await? {
        say!("{}", line(app, &key))?;
    }
    Ok(())
}

/// Never the private part.
fn as_json(app: &App, key: &SigningKey) -> String {
    let removed_at = key.retired_at.map(|retired_at| signing_keys::schedule(&app.db).removed(retired_at));
    json!({
        "kid": key.kid, "algorithm": key.private.algorithm().to_string(), "state": key.state.name(), "created_at": key.created_at,
        "signs_from": key.signs_from, "retired_at": key.retired_at, "removed_at": removed_at,
    })
    .to_string()
}

fn as_text(app: &App, key: &SigningKey) -> String {
    let from = rfc3339(key.signs_from.0);
    let until = |retired_at| rfc3339(signing_keys::schedule(&app.db).removed(retired_at).0);
    let told = match (key.state, key.retired_at) {
        (State::Announced, _) => format!("signs from {from}"),
        (State::Retired, Some(retired_at)) => {
            format!("signed until {}, published until {}", rfc3339(retired_at.0), until(retired_at))
        }
        _ => format!("signs since {from}"),
    };
    format!("{}  {}  {told}", key.kid, key.private.algorithm())
}

async fn rotate(app: &App) -> Result<(), Failure> {
    match signing_keys::rotate(&app.db).await? {
        Rotation::UnderWay { kid, signs_from } => {
            Err(format!("the next key was made before: {kid} signs from {}", rfc3339(signs_from.0)).into())
        }
        Rotation::Made { kid, signs_from } => {
            say!("made {kid}, which signs from {}", rfc3339(signs_from.0))?;
            Ok(())
        }
    }
}

async fn revoke(app: &App) -> Result<(), Failure> {
    let kid = signing_keys::revoke(&app.db).await?;
    let printed = say!("made {kid}, which signs from now on; all others are gone");
    note!(
        "Programs that keep a copy of the key set accept the old keys until they read it again, usually within minutes."
    );
    Ok(printed?)
}
