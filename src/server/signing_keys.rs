//! The keys that access tokens are signed with, and that verifiers find at `/.well-known/jwks.json`.
//!
//! They are read from the database each time: a key that is taken away is gone on every node at once, and a node that stood still
//! signs with no old one.

use crate::error::AppError;
use crate::server::App;
use crate::server::audit::{self, Details, Event, Kind};
use crate::server::clock::{CLOCK_TOLERANCE, UnixMicros, micros};
use crate::server::db::{Db, Tx, on, read};
use crate::server::vault::{Unopenable, Vault};
use es256::PrivateKey;
use schedule::{Due, Schedule};

pub mod es256;
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Published so that verifiers know it before it signs.
    Announced,
    Signing,
    /// Published until what it signed is over.
    Retired,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Signing => "signing",
            Self::Retired => "retired",
        }
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeysFailed {
    #[error("the signing keys could not be read or written: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a signing key could not be sealed")]
    NotSealed(#[from] Unopenable),
    #[error("there is no signing key that can be opened")]
    None,
}

impl From<KeysFailed> for AppError {
    fn from(failed: KeysFailed) -> Self {
        match failed {
            KeysFailed::Database(error) => error.into(),
            KeysFailed::NotSealed(_) | KeysFailed::None => {
                tracing::error!(error = %failed, "nothing can be signed");
                Self::Internal
            }
        }
    }
}

/// How often keys change and how long they overlap, as configured.
pub fn schedule(app: &App) -> Schedule {
    let tokens = &app.config.tokens;
    Schedule { rotate_every: tokens.rotate_keys_every.as_std(), overlap: tokens.key_overlap.as_std() }
}

/// All keys there are, in the order in which they sign. Verifiers are shown the public part of each.
pub async fn published(app: &App) -> Result<Vec<SigningKey>, sqlx::Error> {
    let rows: Vec<Row> = read!(&app.db, |pool| sqlx::query_as(LIST).fetch_all(pool).await)?;
    Ok(opened(&app.vault, rows, app.clock.now()))
}

/// The key to sign with now.
pub async fn signing(app: &App) -> Result<SigningKey, KeysFailed> {
    published(app).await?.into_iter().find(|key| key.state == State::Signing).ok_or(KeysFailed::None)
}

/// Makes the first key if there is none. Of nodes that start at once, one does.
pub async fn make_first(app: &App) -> Result<(), KeysFailed> {
    if !published(app).await?.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin_recorded().await?;
    if all(app, &mut tx).await?.is_empty() {
        let now = app.clock.now();
        add(app, &mut tx, now, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Does what the schedule asks for: announces the next key, and removes those whose overlap is over.
pub async fn keep(app: &App) -> Result<(), KeysFailed> {
    let now = app.clock.now();
    put_right(&app.db, now).await?;
    if due(app, &published(app).await?, now).is_nothing() {
        return Ok(());
    }
    // One node at a time gets past this, and finds what the one before has done.
    let mut tx = app.db.begin_recorded().await?;
    let keys = all(app, &mut tx).await?;
    let Due { next, over } = due(app, &keys, now);
    for key in keys.iter().take(over) {
        const REMOVE: &str = "DELETE FROM signing_keys WHERE kid = $1";
        on!(tx, |connection| sqlx::query(REMOVE).bind(&key.kid).execute(connection).await?.rows_affected());
        tracing::info!(kid = key.kid, "a signing key is published no more");
    }
    if let Some(signs_from) = next {
        add(app, &mut tx, signs_from, now).await?;
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
pub async fn rotate(app: &App, tx: &mut Tx) -> Result<Rotation, KeysFailed> {
    let now = app.clock.now();
    if let Some(next) = all(app, tx).await?.pop().filter(|key| key.state == State::Announced) {
        return Ok(Rotation::UnderWay { kid: next.kid, signs_from: next.signs_from });
    }
    let signs_from = schedule(app).announced(now);
    let kid = add(app, tx, signs_from, now).await?;
    record(app, tx, None, now).await?;
    Ok(Rotation::Made { kid, signs_from })
}

/// Takes all keys away and makes one that signs at once, for an operator who has reason to think that somebody else holds them.
/// What they signed is refused as soon as verifiers read the key set again. Gives the new `kid`.
pub async fn revoke(app: &App, tx: &mut Tx) -> Result<String, KeysFailed> {
    // Those that can't be opened too.
    const REMOVE_ALL: &str = "DELETE FROM signing_keys";
    let now = app.clock.now();
    on!(tx, |connection| sqlx::query(REMOVE_ALL).execute(connection).await?.rows_affected());
    let kid = add(app, tx, now, now).await?;
    record(app, tx, Some(REVOKED), now).await?;
    Ok(kid)
}

async fn record(app: &App, tx: &mut Tx, reason: Option<&str>, now: UnixMicros) -> Result<(), sqlx::Error> {
    let details =
        Details { reason: reason.map(str::to_owned), by: Some("command_line".to_owned()), ..Details::default() };
    let event = Event { kind: Kind::SigningKeysRotated, account: None, details };
    audit::record(tx, &app.vault, &app.randomness, &event, now).await
}

/// Keys that were made while the clock was ahead would sign, and keep the next from being made, only when that time comes: they are
/// made now instead, in the same order and as far apart.
async fn put_right(db: &Db, now: UnixMicros) -> Result<(), sqlx::Error> {
    const NEWEST: &str = "SELECT MAX(created_at) FROM signing_keys";
    const PUT_RIGHT: &str = "UPDATE signing_keys SET created_at = created_at - $1, signs_from = signs_from - $1 WHERE created_at > $2 AND EXISTS (SELECT 1 FROM signing_keys AS newest WHERE newest.created_at = $3)";
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

fn due(app: &App, keys: &[SigningKey], now: UnixMicros) -> Due {
    schedule(app).due(&keys.iter().map(|key| key.signs_from).collect::<Vec<_>>(), now)
}

async fn add(app: &App, tx: &mut Tx, signs_from: UnixMicros, now: UnixMicros) -> Result<String, KeysFailed> {
    const ADD: &str = "INSERT INTO signing_keys (kid, sealed, created_at, signs_from) VALUES ($1, $2, $3, $4)";
    let private = PrivateKey::new(&app.randomness);
    let kid = private.public().kid();
    let sealed = app.vault.seal_signing_key(&row(&kid), private.to_bytes().as_slice())?;
    on!(tx, |connection| sqlx::query(ADD)
        .bind(&kid)
        .bind(sealed)
        .bind(now)
        .bind(signs_from)
        .execute(connection)
        .await?
        .rows_affected());
    tracing::info!(kid, "a signing key was made");
    Ok(kid)
}

const LIST: &str = "SELECT kid, sealed, created_at, signs_from FROM signing_keys ORDER BY signs_from, created_at, kid";

#[derive(sqlx::FromRow)]
struct Row {
    kid: String,
    sealed: Vec<u8>,
    created_at: UnixMicros,
    signs_from: UnixMicros,
}

impl Row {
    fn open(&self, vault: &Vault) -> Option<PrivateKey> {
        let private = vault.open_signing_key(&row(&self.kid), &self.sealed).ok();
        let private = private.and_then(|bytes| PrivateKey::from_bytes(&bytes));
        if private.is_none() {
            tracing::error!(kid = self.kid, "a signing key can't be opened and is left out");
        }
        private
    }
}

/// What a sealed key is bound to: under another name it can't be opened.
fn row(kid: &str) -> Vec<u8> {
    [b"signing_keys".as_slice(), kid.as_bytes()].concat()
}

async fn all(app: &App, tx: &mut Tx) -> Result<Vec<SigningKey>, sqlx::Error> {
    let rows: Vec<Row> = on!(tx, |connection| sqlx::query_as(LIST).fetch_all(connection).await)?;
    Ok(opened(&app.vault, rows, app.clock.now()))
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
