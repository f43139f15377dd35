//! Mail to people: composed from words, kept sealed until it is sent, sent in the background.
//!
//! A request writes its letter as a row in its own transaction ([`queue`]); the [`Outbox`] sends it
//! afterwards. So a mail server that is slow or gone slows nobody down and tells nobody, by its
//! answering time, who has an account.

pub mod letters;
pub mod mailbox;
pub mod outbox;
mod recipient;
pub mod retention;
pub mod transport;

#[cfg(test)]
mod tests;

pub use outbox::Outbox;
pub use recipient::{Recipient, To};
pub use retention::Kept;
pub use transport::{Credentials, MailSettings, Security, SmtpSettings, Transport, TransportSettings};

use crate::base::db::{Tx, on};
use crate::base::error::AppError;
use crate::base::vault::{Unopenable, Vault};
use crate::domain::accounts;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// One mail as its reader gets it. Text and HTML say the same.
///
/// Not Serialize and with a redacted Debug: the links in it let people in.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// One address without a name, as `Email::as_str` gives it.
    pub to: String,
    /// One line.
    pub subject: String,
    pub text: Zeroizing<String>,
    pub html: Zeroizing<String>,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// What is inside the sealed bytes: JSON, so that a letter queued by an older version can still be
/// read.
#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    to: T,
    subject: T,
    text: T,
    html: T,
}

/// What stands in place of a letter that nobody gets; no JSON is made of it alone.
const BLANK: u8 = b' ';

/// Why a letter was not queued.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("the letter's address or subject can't stand in a mail header")]
    Unmailable,
    #[error("the letter could not be sealed")]
    Unsealable,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<QueueError> for AppError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Database(error) => error.into(),
            other => {
                tracing::error!(error = %other, "a letter was not queued");
                Self::Internal
            }
        }
    }
}

/// Adds `letter` to the waiting mails in the caller's transaction: it is sent if that commits, and
/// only then, but at once. To somebody without an address it only pretends.
pub async fn queue(tx: &mut Tx, letter: &Letter) -> Result<(), QueueError> {
    add(tx, letter, accounts::is_reachable(&letter.to)).await
}

/// Does the work of [`queue`] for a letter that nobody gets: to an address without an account, so
/// that neither the time taken nor what comes after tells that there is none (ASVS 6.3.8).
///
/// The row has the same size, holds blanks instead of the letter, and is due as the others are. The
/// [`Outbox`] claims it, takes as long over it as over the last letter it sent, and wipes it: the
/// same writes at the same distances, which on SQLite anybody could otherwise feel in the answering
/// times of their next requests. Not equalised: a mail server that refuses or hangs has real
/// letters tried again, these never.
pub async fn pretend_to_queue(tx: &mut Tx, letter: &Letter) -> Result<(), QueueError> {
    add(tx, letter, false).await
}

/// Of a letter that is not `meant`, only the length is sealed.
async fn add(tx: &mut Tx, letter: &Letter, meant: bool) -> Result<(), QueueError> {
    const ADD: &str = "INSERT INTO mails (id, sealed, created_at, next_attempt_at, attempts) \
        VALUES ($1, $2, $3, $3, 0)";
    if !transport::is_mailable(letter) {
        return Err(QueueError::Unmailable);
    }
    let now = tx.now();
    let id = tx.randomness().id(now);
    let sealed = seal(tx.vault(), id.as_bytes(), letter, meant)?;
    on!(tx, |connection| sqlx::query(ADD).bind(id).bind(sealed).bind(now).execute(connection).await.map(|_| ()))?;
    tx.wake_outbox_once_committed();
    Ok(())
}

fn seal(vault: &Vault, row: &[u8], letter: &Letter, meant: bool) -> Result<Vec<u8>, QueueError> {
    let plain = Sealed {
        to: letter.to.as_str(),
        subject: letter.subject.as_str(),
        text: letter.text.as_str(),
        html: letter.html.as_str(),
    };
    let mut plain = serde_json::to_vec(&plain).map(Zeroizing::new).map_err(|_| QueueError::Unsealable)?;
    if !meant {
        plain.fill(BLANK);
    }
    vault.seal_mail(row, &plain).map_err(|_| QueueError::Unsealable)
}

/// The letter, or none if the row only pretends.
fn open(vault: &Vault, row: &[u8], sealed: &[u8]) -> Result<Option<Letter>, Unopenable> {
    let plain = vault.open_mail(row, sealed)?;
    if plain.iter().all(|byte| *byte == BLANK) {
        return Ok(None);
    }
    let letter: Sealed<String> = serde_json::from_slice(&plain).map_err(|_| Unopenable)?;
    Ok(Some(Letter {
        to: letter.to,
        subject: letter.subject,
        text: Zeroizing::new(letter.text),
        html: Zeroizing::new(letter.html),
    }))
}
