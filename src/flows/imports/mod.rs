//! Accounts from another application: read from a file, judged line by line, and added all at once
//! or not at all.
//!
//! [`lines`] takes the file apart, [`judge`] says of each line who it is or why it is refused,
//! [`store`] asks who is there already and writes. A report names every line that is refused, by
//! its number in the file.

mod json_lines;
mod judge;
mod lines;
mod store;
#[cfg(test)]
mod tests;

use crate::base::db::Db;
use serde::Serialize;
use std::collections::BTreeMap;

pub use lines::{Unreadable, read};

/// What is to be done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Judge every line and write nothing.
    pub dry_run: bool,
    /// Add the lines that are good, and pass over accounts that are there already.
    pub continue_on_error: bool,
}

/// What came of it. Nothing in it is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines with an account, good or not.
    pub lines: usize,
    /// Accounts that were added; with `dry_run`, that would have been.
    pub imported: usize,
    /// Lines whose account was there before, with `continue_on_error`.
    pub already_there: Vec<usize>,
    pub refused: Vec<Refusal>,
    pub dry_run: bool,
}

/// A line that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Counted from 1, the header included; where the line begins, if it spans several.
    pub line: usize,
    /// Never repeats a password hash.
    pub reason: String,
}

/// Why nothing was written although it could have been.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Somebody registered, or renamed themselves, while the file was written.
    #[error("the accounts that were there changed while the file was imported: run it again")]
    Overtaken,
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
}

/// Imports `file`, the content of a CSV file with a header line or of JSON lines.
///
/// # Errors
/// A file that is neither, and a database that fails. Lines that are refused are no error: they are
/// in the report.
pub async fn import(db: &Db, file: &[u8], options: Options) -> Result<Report, NotImported> {
    let lines = read(file)?;
    let mut report = Report { lines: lines.len(), dry_run: options.dry_run, ..Report::default() };
    let mut reasons = BTreeMap::new();
    let candidates = judge::each(lines, &mut reasons);
    let mut arrivals = Vec::with_capacity(candidates.len());
    for chunk in candidates.chunks(crate::domain::accounts::bulk::ASKED) {
        let known = store::known(db, db.vault(), chunk).await?;
        for candidate in chunk {
            match known.of(candidate) {
                store::Standing::New => arrivals.push(candidate.clone()),
                store::Standing::AlreadyThere if options.continue_on_error => {
                    report.already_there.push(candidate.line);
                }
                standing => drop(reasons.insert(candidate.line, standing.reason().to_owned())),
            }
        }
    }
    report.refused = reasons.into_iter().map(|(line, reason)| Refusal { line, reason }).collect();
    let all_good = report.refused.is_empty() || options.continue_on_error;
    if all_good {
        report.imported = arrivals.len();
    }
    if all_good && !options.dry_run && !arrivals.is_empty() {
        let arrivals = store::with_usernames(db, arrivals).await?;
        store::write(db, &arrivals, options).await?;
    }
    Ok(report)
}
