//! Copies of builds in the data folder: `<data_dir>/assets/<build>/<file>`.
//!
//! How old a copy is does not count: a build that ran for a year is as much needed on the day after
//! its upgrade as one that ran for an hour. So the time runs from the first start of another build,
//! which leaves a mark in the folder.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::Path,
    time::Duration,
};

use super::BuildId;
use crate::base::clock::UnixMicros;

const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// In the folder of a build that another has followed: when that was, in microseconds. Hidden names
/// are never served.
const FOLLOWED: &str = ".followed";

const UNFINISHED: &str = ".unfinished-";

/// An unfinished copy older than this is what a killed process left, not what another is writing.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

/// Writes `files` (paths within `pkg`, contents) as the copy of `own` if there is none yet, and
/// tidies up the others.
pub(super) fn keep<'a>(
    folder: &Path,
    own: &BuildId,
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
    now: UnixMicros,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let copy = folder.join(&own.0);
    if !copy.is_dir() {
        write(folder, own, files)?;
    }
    // The operator went back to this build.
    ignore_missing(fs::remove_file(copy.join(FOLLOWED)))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        match BuildId::parse(&name) {
            Some(build) if build == *own => {}
            Some(_) => tidy(&entry.path(), now)?,
            None if name.starts_with(UNFINISHED) => tidy_unfinished(&entry.path(), now)?,
            None => {}
        }
    }
    Ok(())
}

/// Whole or not at all: another process, or a start after a power cut, finds a complete copy or
/// none.
fn write<'a>(folder: &Path, own: &BuildId, files: impl Iterator<Item = (&'a str, &'a [u8])>) -> io::Result<()> {
    let unfinished = folder.join(format!("{UNFINISHED}{}-{}", own.0, std::process::id()));
    ignore_missing(fs::remove_dir_all(&unfinished))?;
    fs::create_dir(&unfinished)?;
    for (name, content) in files {
        let path = unfinished.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = File::create_new(path)?;
        file.write_all(content)?;
        file.sync_all()?;
    }
    let copy = folder.join(&own.0);
    if let Err(error) = fs::rename(&unfinished, &copy) {
        fs::remove_dir_all(&unfinished)?;
        // Another process of the same build was quicker: its copy is as good.
        return if copy.is_dir() { Ok(()) } else { Err(error) };
    }
    File::open(folder)?.sync_all()
}

fn tidy(copy: &Path, now: UnixMicros) -> io::Result<()> {
    let mark = copy.join(FOLLOWED);
    let followed = fs::read_to_string(&mark).ok().and_then(|text| text.trim().parse().ok()).map(UnixMicros);
    match followed {
        Some(followed) if now.since(followed) > KEPT_FOR => ignore_missing(fs::remove_dir_all(copy)),
        Some(_) => Ok(()),
        None => fs::write(mark, now.0.to_string()),
    }
}

fn tidy_unfinished(path: &Path, now: UnixMicros) -> io::Result<()> {
    let Ok(folder) = fs::symlink_metadata(path) else { return Ok(()) };
    let changed = UnixMicros(folder.mtime().saturating_mul(1_000_000));
    if now.since(changed) > ABANDONED_AFTER { ignore_missing(fs::remove_dir_all(path)) } else { Ok(()) }
}

/// Several processes may tidy the same folder at once.
fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
