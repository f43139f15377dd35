//! The first admin of an installation. There is no default account (ASVS 6.3.2): while nobody can
//! administer it, a one-use link waits in a file that only the operator can read.

use crate::base::config::Config;
use crate::base::db::Db;
use crate::base::output::say;
use crate::domain::accounts;
use crate::domain::links::{self, Link, Purpose};
use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

/// Long enough to find the time; each start makes a new link and voids the one before.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Why the link could not be left; said to the operator at start.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("the set-up link can't be written to {0}: {1}")]
    File(PathBuf, std::io::Error),
}

/// Where the link waits.
pub fn link_file(config: &Config) -> PathBuf {
    config.server.data_dir.join("set-up-link.txt")
}

/// Leaves a link for the operator while there is no admin, and prints it where somebody is
/// watching.
pub async fn offer(db: &Db) -> Result<(), SetUpError> {
    let config = db.config();
    if accounts::any_admin(db).await? {
        withdraw_all(db).await?;
        return Ok(());
    }
    let mut tx = db.begin_recorded().await?;
    let about = Link::default();
    let token = links::create(&mut tx, Purpose::SetUp, &about, LIFETIME).await?;
    tx.commit().await?;
    let link = config.link(&format!("/set-up?token={}", token.to_text().as_str()));
    let path = link_file(db.config());
    write_private(&path, &link).map_err(|error| SetUpError::File(path.clone(), error))?;
    if std::io::stdout().is_terminal() {
        // It waits in the file as well.
        let _ = say!(
            "There is no admin yet. Open this link once to become it:\n  {link}\n(It waits in {} too.)",
            path.display()
        );
    } else {
        tracing::info!(file = %path.display(), "there is no admin yet: the one-use link to become it waits in this file");
    }
    Ok(())
}

/// Voids the waiting link and removes its file: somebody became admin another way.
pub async fn withdraw_all(db: &Db) -> Result<(), SetUpError> {
    let mut tx = db.begin().await?;
    links::void_of_nobody(&mut tx, Purpose::SetUp).await?;
    tx.commit().await?;
    withdraw(db.config());
    Ok(())
}

/// Removes the file once there is an admin.
pub fn withdraw(config: &Config) {
    let path = link_file(config);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(file = %path.display(), %error, "the used set-up link could not be removed");
        }
        _ => {}
    }
}

/// Renamed into place whole, so that nobody reads half of it or an old one with wider permissions.
fn write_private(path: &std::path::Path, link: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    writeln!(file, "{link}")?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}
