//! Whether an empty database is the first start, or one whose data is gone: a disk that is not
//! mounted, another `database.url`, a file that was cut off. Whoever began anew there would serve
//! an empty site under the old address, and let the first comer with the link set it up.

use crate::base::config::{Config, DatabaseUrl};
use crate::base::vault::Vault;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// In the data folder: which key its database was made with. Says that there was one; nothing can
/// be done with it.
const MARK: &str = "key-check";

/// Why an empty database is not begun with.
#[derive(Debug, thiserror::Error)]
pub enum Emptied {
    #[error(
        "the database file {0} is empty, and there is a secret key already ({1}): put the database back, or a backup with `doorward restore \
         FILE`. To begin anew, remove the empty file"
    )]
    File(PathBuf, PathBuf),
    #[error(
        "the database is empty, and this data folder had one before ({0}): is its disk mounted, and database.url the right one? Put the \
         database back, or a backup with `doorward restore FILE`. To begin anew, remove that file"
    )]
    Database(PathBuf),
}

/// Refuses a file of no bytes beside a key that is there. At a first start there is neither; what
/// was killed during it left no empty file together with a key, for the key is made after the
/// database.
pub fn refuse_empty_file(config: &Config) -> Result<(), Emptied> {
    let DatabaseUrl::Sqlite(database) = config.database_url() else { return Ok(()) };
    let key = config.secret_key_file();
    let is_empty = std::fs::metadata(&database).is_ok_and(|file| file.is_file() && file.len() == 0);
    // A key that is given by variable is there at the first start too.
    if is_empty && config.server.secret_key.is_none() && key.exists() {
        Err(Emptied::File(database, key))
    } else {
        Ok(())
    }
}

/// The mark that this folder had a database with this key, if it has one.
pub fn mark_of(config: &Config, vault: &Vault) -> Option<PathBuf> {
    let mark = config.server.data_dir.join(MARK);
    let written = std::fs::read_to_string(&mark).ok()?;
    (written.trim() == vault.public_check()).then_some(mark)
}

/// Leaves a mark that there is a database that belongs to the key. Without one a start is as it was
/// before there were marks.
pub fn mark(config: &Config, vault: &Vault) {
    if mark_of(config, vault).is_some() {
        return;
    }
    let mark = config.server.data_dir.join(MARK);
    if let Err(error) = write(&mark, &vault.public_check()) {
        tracing::warn!(%error, mark = %mark.display(), "it can't be noted that there is a database: if it is lost, a start will not notice");
    }
}

fn write(mark: &Path, check: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(mark)?;
    writeln!(file, "{check}")?;
    file.sync_all()
}
