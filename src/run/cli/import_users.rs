//! `doorward import-users FILE`: accounts from another application.

use super::Failure;
use crate::base::output::{note, say};
use crate::flows::imports::{self, Options, Report};
use crate::request::app::App;
use clap::Args;
use std::io::Read;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct ImportArguments {
    /// CSV with a header line, or one JSON object a line; `-` reads standard input. Fields: email, username, password_hash,
    /// display_name, email_verified; one of the first two is enough
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Say what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Import the good lines although others are refused, and pass over accounts that are there already: such a file can be mended and
    /// given again. Without this it is all or nothing
    #[arg(long)]
    continue_on_error: bool,
    /// The report as one JSON object on standard output
    #[arg(long)]
    json: bool,
}

/// Refused if any line is, whatever became of the others. Accounts that are passed over as there already refuse nothing.
pub async fn run(arguments: &ImportArguments, app: &App) -> Result<(), Failure> {
    let file = content(arguments).map_err(|error| format!("{} can't be read: {error}", arguments.file.display()))?;
    let options = Options { dry_run: arguments.dry_run, continue_on_error: arguments.continue_on_error };
    let report = imports::import(&app.db, &file, options).await?;
    for refusal in &report.refused {
        note!("line {}: {}", refusal.line, refusal.reason);
    }
    let printed =
        if arguments.json { say!("{}", serde_json::to_string(&report)?) } else { say!("{}", summary(&report)) };
    match report.refused.len() {
        0 => Ok(printed?),
        refused if report.imported == 0 && !arguments.continue_on_error => {
            Err(format!("{}, so nothing was imported", lines_refused(refused, report.lines)).into())
        }
        refused => Err(lines_refused(refused, report.lines).into()),
    }
}

fn content(arguments: &ImportArguments) -> std::io::Result<Vec<u8>> {
    if arguments.file.as_os_str() == "-" {
        let mut content = Vec::new();
        std::io::stdin().lock().read_to_end(&mut content)?;
        return Ok(content);
    }
    std::fs::read(&arguments.file)
}

fn summary(report: &Report) -> String {
    let done = if report.dry_run { "would be imported" } else { "imported" };
    let Report { lines, imported, already_there, refused, .. } = report;
    format!("{lines} lines: {imported} {done}, {} there already, {} refused", already_there.len(), refused.len())
}

fn lines_refused(refused: usize, lines: usize) -> String {
    let is = if refused == 1 { "is" } else { "are" };
    format!("{refused} of {lines} lines {is} refused")
}
