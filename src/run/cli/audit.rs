//! `doorward audit …`: proof that the trail is whole, and the trail itself.

use super::Failure;
use crate::base::output::say;
use crate::domain::audit::{self, Verdict};
use crate::request::app::App;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check that no entry was changed, removed or put in between; exit status 1 if one was
    Verify {
        #[arg(long)]
        json: bool,
    },
    /// Print every entry as a line of JSON
    Export,
}

pub async fn run(command: AuditCommand, app: &App) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify { json } => verify(app, json).await,
        AuditCommand::Export => export(app).await,
    }
}

async fn verify(app: &App, as_json: bool) -> Result<(), Failure> {
    let verdict = audit::verify(&app.db, &app.vault).await?;
    let printed = if as_json { say!("{}", serde_json::to_string(&verdict)?) } else { Ok(()) };
    match verdict {
        Verdict::Whole { entries, erased, head } => {
            if !as_json {
                say!("whole: {entries} entries, {erased} of them with erased details; head {head}")?;
            }
            Ok(printed?)
        }
        Verdict::Broken { sequence, reason } => {
            Err(format!("the audit trail is broken at entry {sequence}: {reason}").into())
        }
    }
}

async fn export(app: &App) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let entries = audit::export(&app.db, after).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = last.sequence;
        for entry in &entries {
            say!("{}", serde_json::to_string(entry)?)?;
        }
    }
}
