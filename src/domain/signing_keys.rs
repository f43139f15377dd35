//! The keys that access tokens are signed with, and that verifiers find at
//! `/.well-known/jwks.json`.
//!
//! They are read from the database each time: a key that is taken away is gone on every node at
//! once, and a node that stood still signs with no old one.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros, micros};
use crate::base::config::SigningAlgorithm;
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::vault::{Unopenable, Vault};
use crate::domain::audit::{self, Details, Event, Kind};
use key::{PrivateKey, Unusable};
use schedule::{Due, Schedule};

mod eddsa;
mod es256;
pub mod key;
mod rs256;
pub mod schedule;

/// What is written in the audit trail of a rotation that takes the old keys away.
pub const REVOKED: &str = "revoked";

/// A key with its times.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    pub private: PrivateKey,
    pub created_at: UnixMicros,
    pub signs_from: UnixMicros,
    /// When the next one takes its place, or took it; none for the newest.
    pub retired_at: Option<UnixMicros>,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Published so that verifiers know it before it signs.
    Announced,
    Signing,
    /// Published until what it signed is over.
    Retired,
}

impl State {
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeysFailed {
    #[error("the signing keys could not be read or written: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a signing key could not be sealed")]
    NotSealed(#[from] Unopenable),
    #[error(transparent)]
    NotMade(#[from] Unusable),
    #[error("there is no signing key that can be opened")]
    None,
}

impl From<KeysFailed> for AppError {
    fn from(failed: KeysFailed) -> Self {
        match failed {
            KeysFailed::Database(error) => error.into(),
            KeysFailed::NotSealed(_) | KeysFailed::NotMade(_) | KeysFailed::None => {
                tracing::error!(error = %failed, "nothing can be signed");
                Self::Internal
            }
        }
    }
}

/// How often keys change and how long they overlap, as configured.
pub fn schedule(db: &Db) -> Schedule {
    let config = db.config();
    let tokens = &config.tokens;
    Schedule { rotate_every: tokens.rotate_keys_every.as_std(), overlap: tokens.key_overlap.as_std() }
}

/// All keys there are, in the order in which they sign. Verifiers are shown the public part of
/// each.
pub async fn published(db: &Db) -> Result<Vec<SigningKey>, sqlx::Error> {
    let now = db.now();
    let rows: Vec<Row> = read!(db, |pool| sqlx::query_as(LIST).fetch_all(pool).await)?;
    Ok(opened(db.vault(), rows, now))
}

/// The key to sign with now.
pub async fn signing(db: &Db) -> Result<SigningKey, KeysFailed> {
    published(db).await?.into_iter().find(|key| key.state == State::Signing).ok_or(KeysFailed::None)
}

/// Makes the first key if there is none. Of nodes that start at once, one does.
pub async fn make_first(db: &Db) -> Result<(), KeysFailed> {
    if !published(db).await?.is_empty() {
        return Ok(());
    }
    let private = make(db).await?;
    let mut tx = db.begin_recorded().await?;
    if all(&mut tx).await?.is_empty() {
        let now = db.now();
        add(&mut tx, &private, now, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Does what the schedule asks for: announces the next key, and removes those whose overlap is
/// over.
pub async fn keep(db: &Db) -> Result<(), KeysFailed> {
    let now = db.now();
    put_right(db, now).await?;
    let planned = due(db, &published(db).await?, now);
    if planned.is_nothing() {
        return Ok(());
    }
    // Outside the transaction: it may take seconds, in which nothing else could be written.
    let made = if planned.next.is_some() { Some(make(db).await?) } else { None };
    // One node at a time gets past this, and finds what the one before has done.
    let mut tx = db.begin_recorded().await?;
    let keys = all(&mut tx).await?;
    let Due { next, over } = due(db, &keys, now);
    for key in keys.iter().take(over) {
        const REMOVE: &str = "DELETE FROM signing_keys WHERE kid = $1";
        on!(tx, |connection| sqlx::query(REMOVE).bind(&key.kid).execute(connection).await?.rows_affected());
        tracing::info!(kid = key.kid, "a signing key is published no more");
    }
    // Where it is due only since then, it is made a minute later.
    if let (Some(signs_from), Some(private)) = (next, made) {
        add(&mut tx, &private, signs_from, now).await?;
    }
    Ok(tx.commit().await?)
}

/// How a rotation by hand went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The key with this `kid` signs from then.
    Made { kid: String, signs_from: UnixMicros },
    /// The next key was made before, and signs from then.
    UnderWay { kid: String, signs_from: UnixMicros },
}

/// Makes the next key before its time, for the operator. It is announced like any other.
pub async fn rotate(db: &Db) -> Result<Rotation, KeysFailed> {
    let private = make(db).await?;
    let now = db.now();
    let mut tx = db.begin_recorded().await?;
    if let Some(next) = all(&mut tx).await?.pop().filter(|key| key.state == State::Announced) {
        return Ok(Rotation::UnderWay { kid: next.kid, signs_from: next.signs_from });
    }
    let signs_from = schedule(db).announced(now);
    let kid = add(&mut tx, &private, signs_from, now).await?;
    record(&mut tx, None).await?;
    tx.commit().await?;
    Ok(Rotation::Made { kid, signs_from })
}

/// Takes all keys away and makes one that signs at once, for an operator who has reason to think
/// that somebody else holds them. What they signed is refused as soon as verifiers read the key set
/// again. Gives the new `kid`.
pub async fn revoke(db: &Db) -> Result<String, KeysFailed> {
    // Those that can't be opened too.
    const REMOVE_ALL: &str = "DELETE FROM signing_keys";
    let private = make(db).await?;
    let now = db.now();
    let mut tx = db.begin_recorded().await?;
    on!(tx, |connection| sqlx::query(REMOVE_ALL).execute(connection).await?.rows_affected());
    let kid = add(&mut tx, &private, now, now).await?;
    record(&mut tx, Some(REVOKED)).await?;
    tx.commit().await?;
    Ok(kid)
}

async fn record(tx: &mut Tx, reason: Option<&str>) -> Result<(), sqlx::Error> {
    let details =
        Details { reason: reason.map(str::to_owned), by: Some("command_line".to_owned()), ..Details::default() };
    let event = Event { kind: Kind::SigningKeysRotated, account: None, details };
    audit::record(tx, &event).await
}

/// Keys that were made while the clock was ahead would sign, and keep the next from being made,
/// only when that time comes: they are made now instead, in the same order and as far apart.
async fn put_right(db: &Db, now: UnixMicros) -> Result<(), sqlx::Error> {
    const NEWEST: &str = "SELECT MAX(created_at) FROM signing_keys";
    const PUT_RIGHT: &str = "UPDATE signing_keys \
        SET created_at = created_at - $1, signs_from = signs_from - $1 \
        WHERE created_at > $2 AND EXISTS (SELECT 1 FROM signing_keys AS newest \
            WHERE newest.created_at = $3)";
    let newest: Option<UnixMicros> = read!(db, |pool| sqlx::query_scalar(NEWEST).fetch_one(pool).await)?;
    let believed = now.after(CLOCK_TOLERANCE);
    let Some(newest) = newest.filter(|newest| *newest > believed) else { return Ok(()) };
    // As above: of two nodes that find it, the second must not move the same keys again.
    let mut tx = db.begin_recorded().await?;
    let moved = on!(tx, |connection| sqlx::query(PUT_RIGHT)
        .bind(micros(newest.since(now)))
        .bind(believed)
        .bind(newest)
        .execute(connection)
        .await?
        .rows_affected());
    tx.commit().await?;
    if moved > 0 {
        tracing::warn!(
            keys = moved,
            "signing keys were made in the future, when the clock was wrong; they count from now"
        );
    }
    Ok(())
}

/// By the schedule; and ahead of it where the newest key is of another algorithm than is configured
/// now.
fn due(db: &Db, keys: &[SigningKey], now: UnixMicros) -> Due {
    let config = db.config();
    let schedule = schedule(db);
    let due = schedule.due(&keys.iter().map(|key| key.signs_from).collect::<Vec<_>>(), now);
    let outdated =
        |newest: &SigningKey| newest.state != State::Announced && newest.private.algorithm() != config.tokens.algorithm;
    let change = keys.last().is_some_and(outdated).then(|| schedule.announced(now));
    Due { next: change.or(due.next), ..due }
}

/// A key of the configured algorithm, made where it keeps no request waiting.
async fn make(db: &Db) -> Result<PrivateKey, KeysFailed> {
    let config = db.config();
    let (algorithm, randomness) = (config.tokens.algorithm, db.randomness().clone());
    let made = tokio::task::spawn_blocking(move || PrivateKey::new(algorithm, &randomness));
    Ok(made.await.map_err(|_| Unusable)??)
}

async fn add(tx: &mut Tx, private: &PrivateKey, signs_from: UnixMicros, now: UnixMicros) -> Result<String, KeysFailed> {
    const ADD: &str = "INSERT INTO signing_keys (kid, algorithm, sealed, created_at, signs_from) \
        VALUES ($1, $2, $3, $4, $5)";
    let algorithm = private.algorithm();
    let kid = private.public().kid();
    let sealed = tx.vault().seal_signing_key(&row(&kid, algorithm), private.to_bytes().as_slice())?;
    on!(tx, |connection| sqlx::query(ADD)
        .bind(&kid)
        .bind(algorithm.to_string())
        .bind(sealed)
        .bind(now)
        .bind(signs_from)
        .execute(connection)
        .await?
        .rows_affected());
    tracing::info!(kid, %algorithm, "a signing key was made");
    Ok(kid)
}

const LIST: &str = "SELECT kid, algorithm, sealed, created_at, signs_from \
    FROM signing_keys \
    ORDER BY signs_from, created_at, kid";

#[derive(sqlx::FromRow)]
struct Row {
    kid: String,
    algorithm: String,
    sealed: Vec<u8>,
    created_at: UnixMicros,
    signs_from: UnixMicros,
}

impl Row {
    fn open(&self, vault: &Vault) -> Option<PrivateKey> {
        // One of a newer version of us is as good as none.
        let private = self.algorithm.parse().ok().and_then(|algorithm| {
            let bytes = vault.open_signing_key(&row(&self.kid, algorithm), &self.sealed).ok()?;
            PrivateKey::from_bytes(algorithm, &bytes)
        });
        if private.is_none() {
            tracing::error!(kid = self.kid, "a signing key can't be opened and is left out");
        }
        private
    }
}

/// What a sealed key is bound to: under another name, or as one of another algorithm, it can't be
/// opened.
fn row(kid: &str, algorithm: SigningAlgorithm) -> Vec<u8> {
    let algorithm = match algorithm {
        // Keys were sealed before there was a choice.
        SigningAlgorithm::Es256 => String::new(),
        named => format!(" {named}"),
    };
    [b"signing_keys".as_slice(), kid.as_bytes(), algorithm.as_bytes()].concat()
}

async fn all(tx: &mut Tx) -> Result<Vec<SigningKey>, sqlx::Error> {
    let now = tx.now();
    let rows: Vec<Row> = on!(tx, |connection| sqlx::query_as(LIST).fetch_all(connection).await)?;
    Ok(opened(tx.vault(), rows, now))
}

fn opened(vault: &Vault, rows: Vec<Row>, now: UnixMicros) -> Vec<SigningKey> {
    let rows: Vec<(PrivateKey, Row)> = rows.into_iter().filter_map(|row| Some((row.open(vault)?, row))).collect();
    let starts: Vec<UnixMicros> = rows.iter().map(|(_, row)| row.signs_from).collect();
    let signing = schedule::signing(&starts, now).unwrap_or_default();
    let told = |(at, (private, row)): (usize, (PrivateKey, Row))| {
        let state = match at {
            at if at < signing => State::Retired,
            at if at == signing => State::Signing,
            _ => State::Announced,
        };
        let Row { kid, created_at, signs_from, .. } = row;
        SigningKey { kid, private, created_at, signs_from, retired_at: starts.get(at + 1).copied(), state }
    };
    rows.into_iter().enumerate().map(told).collect()
}
