//! A unit of work: a transaction, and what whoever writes in it needs besides its connection. So
//! nothing below the requests asks for the whole application in order to know the time, who asked,
//! a setting, or to seal a value or make an id.

use crate::base::clock::{Clock, Randomness, UnixMicros};
use crate::base::config::Config;
use crate::base::metrics::{Count, Metrics};
use crate::base::vault::Vault;
use crate::base::visit::{Origin, Visit};
use sqlx::{Postgres, Sqlite, Transaction};
use std::fmt;
use std::sync::Arc;
use tokio::sync::Notify;

/// What each unit of work is given; said once, when the database is opened.
#[derive(Debug)]
pub struct Means {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) vault: Vault,
    pub(super) randomness: Randomness,
    pub(super) config: Arc<Config>,
    pub(super) metrics: Metrics,
    /// Told after the commit of letters. It keeps one call for an outbox that is busy.
    pub(super) letters: Notify,
}

impl Means {
    pub fn new(
        clock: Arc<dyn Clock>,
        vault: Vault,
        randomness: Randomness,
        config: Arc<Config>,
        metrics: Metrics,
    ) -> Self {
        Self { clock, vault, randomness, config, metrics, letters: Notify::new() }
    }
}

/// What a handle and a transaction give alike, for what is asked with either of them.
pub trait Given {
    fn means(&self) -> &Means;

    /// Who asked for what is done.
    fn visit(&self) -> &Visit;

    fn config(&self) -> &Config {
        &self.means().config
    }

    fn vault(&self) -> &Vault {
        &self.means().vault
    }

    /// Counts what is so whatever becomes of a transaction.
    fn count(&self, count: Count) {
        self.means().metrics.count(count);
    }
}

impl Given for Tx {
    fn means(&self) -> &Means {
        &self.means
    }

    fn visit(&self) -> &Visit {
        &self.visit
    }
}

/// A write under way: all of it or nothing. Dropped without [`Tx::commit`] it is undone.
pub struct Tx {
    pub(crate) connection: TxConnection,
    means: Arc<Means>,
    visit: Arc<Visit>,
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
    /// One that begins now: after the wait for a connection, so that what is written later does not
    /// say that it was earlier.
    pub(super) fn new(connection: TxConnection, means: Arc<Means>, visit: Arc<Visit>) -> Self {
        let now = means.clock.now();
        Self { connection, means, visit, now, has_letters: false, once_committed: Vec::new() }
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

    /// A handle of its own, so that a setting can be read while the transaction is written in.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.means.config)
    }

    /// Who asked for what is written, as a handle of its own.
    pub fn visit(&self) -> Arc<Visit> {
        Arc::clone(&self.visit)
    }

    /// From where it was asked for.
    pub fn origin(&self) -> &Origin {
        &self.visit.origin
    }

    /// Counts what `tx` did, right after the commit, and only then.
    pub fn count_once_committed(&mut self, count: Count) {
        let metrics = self.means.metrics.clone();
        self.once_committed(move || metrics.count(count));
    }

    /// Has the outbox look for letters right after the commit, once for all of them, and only then.
    pub fn wake_outbox_once_committed(&mut self) {
        self.has_letters = true;
    }

    /// Has `act` happen right after the commit, and only then: for what can't be undone, such as
    /// counting.
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
