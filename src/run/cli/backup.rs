//! `doorward backup FILE`: everything in one file, beside a running server or without one.

use super::Failure;
use crate::base::output::{note, say};
use crate::base::vault::hex;
use crate::base::words::rfc3339;
use crate::flows::backup::{self, Counts, NewFile};
use crate::request::app::App;
use clap::Args;
use std::io::IsTerminal;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct BackupArguments {
    /// Where the backup goes; `-` writes it to standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take the place of a file that is there already, once the backup is complete
    #[arg(long)]
    overwrite: bool,
}

pub async fn run(arguments: &BackupArguments, app: &App) -> Result<(), Failure> {
    if arguments.file.as_os_str() == "-" {
        if std::io::stdout().is_terminal() {
            return Err("a backup is no text for a terminal: lead standard output to a file or a program".into());
        }
        let written = backup::write(&app.db, std::io::BufWriter::new(std::io::stdout())).await?;
        written.output.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        return Ok(());
    }
    let file = NewFile::create(&arguments.file, arguments.overwrite, &hex(&app.randomness.bytes::<8>()))?;
    let written = backup::write(&app.db, file).await?;
    written.output.place()?;
    let (file, made_at) = (arguments.file.display(), rfc3339(written.made_at.0));
    let printed = say!("{file} holds the data of {made_at}\n{}", summary(&written.rows));
    note!(
        "The secret key is not in it, and without that key nobody can restore it: keep a copy of the key, but not beside the backups."
    );
    Ok(printed?)
}

/// The figures that tell an operator whether it is the right one.
pub(super) fn summary(rows: &Counts) -> String {
    let count = |table: &str| rows.get(table).copied().unwrap_or_default();
    format!(
        "accounts: {}, sessions: {}, audit entries: {}",
        count("accounts"),
        count("sessions"),
        count("audit_entries")
    )
}
