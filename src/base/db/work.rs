//! A unit of work: a transaction, and what whoever writes in it needs besides its connection. So nothing below the requests asks for the
//! whole application in order to know the time, seal a value or make an id.

use crate::base::clock::{Clock, Randomness, UnixMicros};
use crate::base::vault::Vault;
use sqlx::{Postgres, Sqlite, Transaction};
use std::fmt;
use std::sync::Arc;
use tokio::sync::Notify;

/// What each unit of work is given; said once, when the database is opened.
#[derive(Debug)]
pub struct Means {
    clock: Arc<dyn Clock>,
    vault: Vault,
    randomness: Randomness,
    /// Told after the commit of letters. It keeps one call for an outbox that is busy.
    pub(super) letters: Notify,
}

impl Means {
    pub fn new(clock: Arc<dyn Clock>, vault: Vault, randomness: Randomness) -> Self {
        Self { clock, vault, randomness, letters: Notify::new() }
    }

    pub fn vault(&self) -> &Vault {
        &self.vault
    }
}

/// A write under way: all of it or nothing. Dropped without [`Tx::commit`] it is undone.
pub struct Tx {
    pub(crate) connection: TxConnection,
    means: Arc<Means>,
    now: UnixMicros,
    has_letters: bool,
    once_committed: Vec<Box<dyn FnOnce() + Send>>,
}

/// The engine's own part of a [`Tx`], for [`super::on`].
pub(crate) enum TxConnection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tx(..)")
    }
}

impl Tx {
    /// One that begins now: after the wait for a connection, so that what is written later does not say that it was earlier.
    pub(super) fn new(connection: TxConnection, means: Arc<Means>) -> Self {
        let now = means.clock.now();
        Self { connection, means, now, has_letters: false, once_committed: Vec::new() }
    }

    /// As [`Self::new`], after another wait.
    pub(super) fn begins_now(&mut self) {
        self.now = self.means.clock.now();
    }

    /// When this began: the one time of all that it writes.
    pub fn now(&self) -> UnixMicros {
        self.now
    }

    pub fn vault(&self) -> &Vault {
        &self.means.vault
    }

    pub fn randomness(&self) -> &Randomness {
        &self.means.randomness
    }

    /// Has the outbox look for letters right after the commit, once for all of them, and only then.
    pub fn wake_outbox_once_committed(&mut self) {
        self.has_letters = true;
    }

    /// Has `act` happen right after the commit, and only then: for what can't be undone, such as counting.
    pub fn once_committed(&mut self, act: impl FnOnce() + Send + 'static) {
        self.once_committed.push(Box::new(act));
    }

    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self.connection {
            TxConnection::Sqlite(inner) => inner.commit().await?,
            TxConnection::Postgres(inner) => inner.commit().await?,
        }
        self.once_committed.into_iter().for_each(|act| act());
        if self.has_letters {
            self.means.letters.notify_one();
        }
        Ok(())
    }
}
