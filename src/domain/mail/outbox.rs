//! Sends the waiting mails, in the background and until each is sent or given up.
//!
//! Claiming a mail moves its next attempt ahead by [`LEASE`]: another node leaves it alone
//! meanwhile, and after a crash it comes back by itself. A crash between sending and wiping sends a
//! mail twice; none is ever lost. When the server stops, a mail that is not sent in time goes back
//! to the queue, due at once.

use crate::base::clock::{Clock, Randomness, UnixMicros};
use crate::base::db::{Db, on};
use crate::base::vault::{Unopenable, Vault};
use crate::domain::mail;
use crate::domain::mail::retention::{self, Kept};
use crate::domain::mail::transport::{LONGEST_SENDING, SendError, Transport};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How long a claimed mail is left to its node: longer than sending and noting it can take.
const LEASE: Duration = LONGEST_SENDING.saturating_add(Duration::from_secs(60));
/// How often the table is looked at when nothing wakes us: for retries, and for mails of other
/// nodes and the command line.
const POLL: Duration = Duration::from_secs(5);
/// Mails sent at once: one slow answer must not hold up the rest.
const AT_ONCE: usize = 4;
/// Waits after the first, second, … failure; the last one repeats.
const WAITS: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(60 * 60),
];
/// A link in it lives 1 h, but that a password was changed is worth knowing a day later.
const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// Attempts in the face of 5yz answers that may be the operator's to mend, such as a wrong
/// password: some three quarters of an hour; going on for a day would make us look like a spammer.
const ATTEMPTS_WHEN_REFUSED_FOR_GOOD: i64 = 5;
/// How long noting what became of mails may take when the server stops; what is not noted waits for
/// its lease.
const NOTE_WITHIN: Duration = Duration::from_secs(3);
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// The background worker of one node, and what wakes it.
#[derive(Debug)]
pub struct Outbox {
    db: Db,
    vault: Vault,
    clock: Arc<dyn Clock>,
    randomness: Randomness,
    transport: Transport,
    kept: Kept,
    /// How long the last letter that was sent took, in microseconds.
    pub(super) last_sending: AtomicU64,
}

/// A waiting mail that is ours until its lease ends.
#[derive(sqlx::FromRow)]
pub(super) struct Claimed {
    id: Uuid,
    sealed: Option<Vec<u8>>,
    created_at: UnixMicros,
    /// This one included.
    attempts: i64,
}

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error(transparent)]
    Send(#[from] SendError),
}

/// What becomes of a mail after an attempt.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Sent(UnixMicros),
    Again(UnixMicros),
    GivenUp,
}

impl Outbox {
    pub fn new(
        db: Db,
        vault: Vault,
        clock: Arc<dyn Clock>,
        randomness: Randomness,
        transport: Transport,
        kept: Kept,
    ) -> Self {
        Self { db, vault, clock, randomness, transport, kept, last_sending: AtomicU64::new(0) }
    }

    /// Has waiting mails looked at now, as the commit of a [`mail::queue`] does.
    pub fn wake(&self) {
        self.db.wake_outbox();
    }

    /// Sends mails until `shutdown` completes, then finishes those under way within the time it
    /// gives (and 3 s more to note how they went). The others go back to the queue: they are sent
    /// at the next start, perhaps for a second time.
    pub async fn run(self: Arc<Self>, shutdown: impl Future<Output = Duration>) {
        tokio::pin!(shutdown);
        let (give_up, given_up) = watch::channel(false);
        let mut under_way = JoinSet::new();
        let mut swept_at = None;
        let left = loop {
            swept_at = self.sweep_when_due(swept_at).await;
            self.begin_due(&mut under_way, &given_up).await;
            let full = under_way.len() >= AT_ONCE;
            tokio::select! {
                biased;
                left = &mut shutdown => break left,
                Some(ended) = under_way.join_next() => note_panic(ended),
                () = self.db.letters(), if !full => {}
                () = tokio::time::sleep(POLL), if !full => {}
            }
        };
        if tokio::time::timeout(left, all_of(&mut under_way)).await.is_err() {
            give_up.send_replace(true);
            let _ = tokio::time::timeout(NOTE_WITHIN, all_of(&mut under_way)).await;
            under_way.shutdown().await;
        }
    }

    async fn begin_due(self: &Arc<Self>, under_way: &mut JoinSet<()>, given_up: &watch::Receiver<bool>) {
        while under_way.len() < AT_ONCE {
            match self.claim().await {
                Ok(Some(mail)) => {
                    let (outbox, mut given_up) = (Arc::clone(self), given_up.clone());
                    // Without its sender nobody waits for us either.
                    let given_up = async move { drop(given_up.wait_for(|given_up| *given_up).await) };
                    under_way.spawn(async move { outbox.attempt(mail, given_up).await });
                }
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "the waiting mails can't be looked at; trying again soon");
                    return;
                }
            }
        }
    }

    /// Takes the mail that has been due longest. Of two nodes at once only one gets it: the second
    /// finds the row changed.
    pub(super) async fn claim(&self) -> Result<Option<Claimed>, sqlx::Error> {
        const CLAIM: &str = "UPDATE mails \
            SET next_attempt_at = $1, attempts = attempts + 1 \
            WHERE id = (SELECT id FROM mails WHERE next_attempt_at <= $2 \
                ORDER BY next_attempt_at LIMIT 1) AND next_attempt_at <= $2 \
            RETURNING id, sealed, created_at, attempts";
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let claimed = on!(&mut tx, |connection| sqlx::query_as(CLAIM)
            .bind(now.after(LEASE))
            .bind(now)
            .fetch_optional(connection)
            .await)?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// One attempt at sending, broken off when `given_up` completes, and noting how it went.
    pub(super) async fn attempt(&self, mail: Claimed, given_up: impl Future<Output = ()>) {
        let (id, attempts) = (mail.id, mail.attempts);
        let delivered = tokio::select! {
            // First, so that a mail that was just sent is not sent again.
            biased;
            delivered = self.deliver(&mail) => Some(delivered),
            () = given_up => None,
        };
        let outcome = match delivered {
            Some(Ok(())) => Outcome::Sent(self.clock.now()),
            Some(Err(failure)) => self.after_failure(&mail, &failure),
            None => {
                tracing::warn!(mail = %id, attempts, "a mail could not be sent before the stop; it waits for the next start");
                Outcome::Again(self.clock.now())
            }
        };
        self.settle(id, attempts, outcome).await;
    }

    pub(super) async fn deliver(&self, mail: &Claimed) -> Result<(), Failure> {
        let sealed = mail.sealed.as_deref().ok_or(Unopenable)?;
        let begun = Instant::now();
        match mail::open(&self.vault, mail.id.as_bytes(), sealed)? {
            Some(letter) => {
                self.transport.send(&letter, mail.id, mail.created_at, self.clock.now()).await?;
                let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
                self.last_sending.store(took, Ordering::Relaxed);
                tracing::info!(mail = %mail.id, attempts = mail.attempts, "a mail was sent");
            }
            // See `mail::pretend_to_queue`.
            None => tokio::time::sleep(Duration::from_micros(self.last_sending.load(Ordering::Relaxed))).await,
        }
        Ok(())
    }

    fn after_failure(&self, mail: &Claimed, failure: &Failure) -> Outcome {
        let (id, attempts, now) = (mail.id, mail.attempts, self.clock.now());
        let hopeless = match failure {
            Failure::Sealed(_) | Failure::Send(SendError::Unmailable | SendError::NoSuchRecipient { .. }) => true,
            Failure::Send(error) => error.is_for_good() && attempts >= ATTEMPTS_WHEN_REFUSED_FOR_GOOD,
        };
        if hopeless || now.since(mail.created_at) >= GIVE_UP_AFTER {
            tracing::error!(mail = %id, attempts, error = %failure, "a mail was given up");
            return Outcome::GivenUp;
        }
        let wait = self.wait_after(attempts);
        tracing::warn!(mail = %id, attempts, error = %failure, next_in = ?wait, "a mail was not sent; it will be tried again");
        Outcome::Again(now.after(wait))
    }

    /// Up to a fifth more than the listed wait, so that mails that failed together do not come back
    /// together.
    fn wait_after(&self, attempts: i64) -> Duration {
        let failures_before = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0);
        let wait = WAITS.get(failures_before).or(WAITS.last()).copied().unwrap_or_default();
        wait + wait / 5 * u32::from(self.randomness.bytes::<1>()[0]) / 256
    }

    /// Notes the outcome. A sent mail whose wiping failed would be sent again, so it is tried until
    /// the lease's margin is used.
    async fn settle(&self, id: Uuid, attempts: i64, outcome: Outcome) {
        for pause in [1, 2, 4, 8, 0] {
            match self.write_outcome(id, attempts, outcome).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(mail = %id, %error, "how a mail went could not be noted"),
            }
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
    }

    async fn write_outcome(&self, id: Uuid, attempts: i64, outcome: Outcome) -> Result<(), sqlx::Error> {
        const SENT: &str = "UPDATE mails \
            SET sealed = NULL, next_attempt_at = NULL, sent_at = $2 \
            WHERE id = $1";
        // `attempts` names our claim: when the lease ran out meanwhile, another node's word counts.
        const AGAIN: &str = "UPDATE mails \
            SET next_attempt_at = $2 \
            WHERE id = $1 AND attempts = $3 AND sealed IS NOT NULL";
        const GIVE_UP: &str = "UPDATE mails \
            SET sealed = NULL, next_attempt_at = NULL \
            WHERE id = $1 AND attempts = $2";
        let mut tx = self.db.begin().await?;
        on!(&mut tx, |connection| {
            match outcome {
                Outcome::Sent(at) => sqlx::query(SENT).bind(id).bind(at).execute(connection).await?.rows_affected(),
                Outcome::Again(at) => {
                    sqlx::query(AGAIN).bind(id).bind(at).bind(attempts).execute(connection).await?.rows_affected()
                }
                Outcome::GivenUp => {
                    sqlx::query(GIVE_UP).bind(id).bind(attempts).execute(connection).await?.rows_affected()
                }
            }
        });
        tx.commit().await
    }

    async fn sweep_when_due(&self, swept_at: Option<UnixMicros>) -> Option<UnixMicros> {
        let now = self.clock.now();
        if swept_at.is_some_and(|swept_at| now.since(swept_at) < SWEEP_EVERY) {
            return swept_at;
        }
        match self.sweep(now).await {
            // There is more: the next look goes on, so that mails to send don't wait for all of it.
            Ok(removed) if removed == retention::ROWS => return None,
            Ok(removed) if removed > 0 => tracing::debug!(removed, "finished mails were removed"),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "finished mails could not be removed"),
        }
        if let Err(error) = self.sweep_files(now).await {
            tracing::warn!(%error, "old mail files could not be removed");
        }
        Some(now)
    }

    /// Removes the rows of some mails that were sent or given up long ago; gives how many.
    pub(super) async fn sweep(&self, now: UnixMicros) -> Result<u64, sqlx::Error> {
        match self.kept.keep {
            Some(keep) => retention::remove_rows(&self.db, now.before(keep)).await,
            None => Ok(0),
        }
    }

    /// Removes the files of mails that were queued long ago; gives how many.
    pub(super) async fn sweep_files(&self, now: UnixMicros) -> std::io::Result<u64> {
        match self.kept.keep {
            Some(keep) => retention::remove_files(&self.kept.folder, now.before(keep)).await,
            None => Ok(0),
        }
    }
}

async fn all_of(under_way: &mut JoinSet<()>) {
    while let Some(ended) = under_way.join_next().await {
        note_panic(ended);
    }
}

fn note_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        // Not its message: a panic's text may quote what it was working on.
        tracing::error!(panicked = error.is_panic(), "sending a mail broke off; it will be tried again");
    }
}
