//! How long mails that are done with leave a trace: their empty rows, and the files that they were
//! written to.

use super::mailbox::MailFile;
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, on};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Rows that one transaction takes: others wait for it.
pub(super) const ROWS: u64 = 1000;

/// What is kept, and for how long.
#[derive(Clone, Debug)]
pub struct Kept {
    /// None: for ever.
    pub keep: Option<Duration>,
    /// Where mails are written to while there is no mail server, or were before there was one.
    pub folder: PathBuf,
}

/// Removes the rows of some mails that were sent or given up before `before`; gives of how many.
/// One that waits is not done with.
pub(super) async fn remove_rows(db: &Db, before: UnixMicros) -> Result<u64, sqlx::Error> {
    // A mail that was given up has no `sent_at`, and was a day old then at most.
    const REMOVE: &str = "DELETE FROM mails \
        WHERE id IN (SELECT id FROM mails WHERE sealed IS NULL \
            AND COALESCE(sent_at, created_at) < $1 ORDER BY COALESCE(sent_at, created_at) LIMIT $2)";
    let rows = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let mut tx = db.begin().await?;
    let removed = on!(&mut tx, |connection| sqlx::query(REMOVE)
        .bind(before)
        .bind(rows)
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes the files of mails that were queued before `before`; gives how many. A file is one of
/// ours by its name, whose time counts: a copy or a backup changes the others. Links are left
/// alone, and so is what lies behind a folder that is one.
pub(super) async fn remove_files(folder: &Path, before: UnixMicros) -> std::io::Result<u64> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || remove_files_now(&folder, before)).await.map_err(std::io::Error::other)?
}

fn remove_files_now(folder: &Path, before: UnixMicros) -> std::io::Result<u64> {
    match std::fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => {
            return Err(std::io::Error::other("the folder of mails is a link or a file; nothing in it is removed"));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    }
    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // Not followed: what a link leads to is not ours.
        if !is_old(&entry.file_name(), before) || !entry.file_type()?.is_file() {
            continue;
        }
        match std::fs::remove_file(entry.path()) {
            Ok(()) => removed += 1,
            // Another node was first.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

fn is_old(name: &OsStr, before: UnixMicros) -> bool {
    name.to_str().and_then(MailFile::written_as).is_some_and(|file| file.at < before)
}
