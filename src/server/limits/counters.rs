//! Counters as they are stored.

use super::rules::{Count, DAY, Kind, Waits};
use crate::server::clock::UnixMicros;
use crate::server::config::LimitsConfig;
use crate::server::db::{Db, Tx, on, read};
use crate::server::vault::Vault;

/// Counters removed at once: their number is up to whoever attacks, and SQLite has one writer.
const REMOVED_AT_ONCE: i64 = 2000;

/// What stands for a name, an account or a network in the database: a keyed hash, so that a copy of it does not say who was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub kind: Kind,
    pub hash: [u8; 32],
}

impl Key {
    pub fn of(vault: &Vault, kind: Kind, what: &[u8]) -> Self {
        Self { kind, hash: vault.limit_key(kind.name(), what) }
    }
}

/// As it is now, for a first look that writes nothing.
pub async fn look(db: &Db, key: Key) -> Result<Option<Count>, sqlx::Error> {
    const LOOK: &str = "SELECT failures, last_at, full_until FROM limit_counters WHERE key_hash = $1";
    read!(db, |pool| sqlx::query_as(LOOK).bind(&key.hash[..]).fetch_optional(pool).await)
}

/// As it is now. Its row stays locked until the commit, so that of tries that come at once each is counted before the next is looked at.
pub async fn take(tx: &mut Tx, key: Key, now: UnixMicros) -> Result<Count, sqlx::Error> {
    const TAKE: &str = "INSERT INTO limit_counters (key_hash, kind, failures, last_at, full_until) VALUES ($1, $2, 0, $3, $3) ON CONFLICT (key_hash) DO UPDATE SET failures = limit_counters.failures RETURNING failures, last_at, full_until";
    on!(tx, |connection| sqlx::query_as(TAKE)
        .bind(&key.hash[..])
        .bind(key.kind.name())
        .bind(now)
        .fetch_one(connection)
        .await)
}

pub async fn put(tx: &mut Tx, key: Key, count: Count) -> Result<(), sqlx::Error> {
    const PUT: &str = "UPDATE limit_counters SET failures = $2, last_at = $3, full_until = $4 WHERE key_hash = $1";
    on!(tx, |connection| sqlx::query(PUT)
        .bind(&key.hash[..])
        .bind(count.failures)
        .bind(count.last_at)
        .bind(count.full_until)
        .execute(connection)
        .await
        .map(|_| ()))
}

/// Takes back the try that made `counted` out of `before`. If others were counted meanwhile, it is taken out from among them.
pub async fn give_back(tx: &mut Tx, key: Key, before: Count, counted: Count) -> Result<(), sqlx::Error> {
    const AS_BEFORE: &str = "UPDATE limit_counters SET failures = $2, last_at = $3, full_until = $4 WHERE key_hash = $1 AND failures = $5 AND last_at = $6 AND full_until = $7";
    const ONE_LESS: &str = "UPDATE limit_counters SET failures = failures - 1, full_until = full_until - $2 WHERE key_hash = $1 AND failures > 0";
    let restored = on!(tx, |connection| sqlx::query(AS_BEFORE)
        .bind(&key.hash[..])
        .bind(before.failures)
        .bind(before.last_at)
        .bind(before.full_until)
        .bind(counted.failures)
        .bind(counted.last_at)
        .bind(counted.full_until)
        .execute(&mut *connection)
        .await?
        .rows_affected());
    if restored == 0 {
        let share = counted.full_until.0.saturating_sub(before.full_until.0.max(counted.last_at.0)).max(0);
        on!(tx, |connection| sqlx::query(ONE_LESS)
            .bind(&key.hash[..])
            .bind(share)
            .execute(&mut *connection)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// Gives how many there were.
pub async fn forget(tx: &mut Tx, key: Key) -> Result<u64, sqlx::Error> {
    const FORGET: &str = "DELETE FROM limit_counters WHERE key_hash = $1 AND failures > 0";
    Ok(on!(tx, |connection| sqlx::query(FORGET).bind(&key.hash[..]).execute(connection).await?.rows_affected()))
}

/// How many of `kind` failed since `since`, each once.
pub async fn failing(tx: &mut Tx, kind: Kind, since: UnixMicros) -> Result<i64, sqlx::Error> {
    const FAILING: &str = "SELECT COUNT(*) FROM limit_counters WHERE kind = $1 AND last_at >= $2 AND failures > 0";
    on!(tx, |connection| sqlx::query_scalar(FAILING).bind(kind.name()).bind(since).fetch_one(connection).await)
}

/// Removes some of those that say nothing any more; gives how many.
pub async fn remove_old(tx: &mut Tx, limits: &LimitsConfig, now: UnixMicros) -> Result<u64, sqlx::Error> {
    // A row whose try was given back says nothing at once, but is soon used again.
    const REMOVE: &str = "DELETE FROM limit_counters WHERE key_hash IN (SELECT key_hash FROM limit_counters WHERE last_at < $1 AND full_until < $2 LIMIT $3)";
    let kept = Waits::of_names(limits, false).forgotten_after().max(DAY);
    on!(tx, |connection| sqlx::query(REMOVE)
        .bind(now.before(kept))
        .bind(now)
        .bind(REMOVED_AT_ONCE)
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}
