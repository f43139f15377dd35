//! Sessions that end by themselves, and rows that are old enough to go.

use super::{EndReason, SessionHandle};
use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
use crate::domain::accounts::AccountId;
use std::time::Duration;

/// Rows that one tidying transaction takes: others wait for it.
const BATCH: i64 = 200;
/// How long an ended session stays listed for its owner's history.
const KEPT_AFTER_END: Duration = Duration::from_secs(30 * 24 * 3600);
/// Of one account, ended ones that are kept so long: a program that signs in every five minutes has
/// as many in three days.
const KEPT_OF_ACCOUNT: i64 = 1000;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A session that ended by itself.
#[derive(Debug, sqlx::FromRow)]
pub struct Over {
    pub handle: SessionHandle,
    pub account_id: AccountId,
    /// Ended by its absolute time, else by idle time.
    absolute: bool,
}

impl Over {
    pub fn reason(&self) -> EndReason {
        if self.absolute { EndReason::Expired } else { EndReason::Idle }
    }
}

/// Whether there is something for [`end_some`] to do: asked first, so that an idle server takes no
/// lock.
pub async fn any_over(db: &Db, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const ANY: &str = "SELECT COUNT(*) \
        FROM (SELECT 1 FROM sessions WHERE ended_at IS NULL AND ends_at <= $1 LIMIT 1) AS one";
    let some: i64 = read!(db, |pool| sqlx::query_scalar(ANY).bind(now).fetch_one(pool).await)?;
    Ok(some > 0)
}

/// Ends some of the sessions whose time is over, as of the moment when it was, and gives them; none
/// once all are ended.
pub async fn end_some(tx: &mut Tx, now: UnixMicros) -> Result<Vec<Over>, sqlx::Error> {
    const END_OVER: &str = "UPDATE sessions \
        SET ended_at = ends_at, end_reason = CASE WHEN expires_at <= last_seen_at + idle_micros \
            THEN 'expired' ELSE 'idle' END \
        WHERE handle IN (SELECT handle FROM sessions WHERE ended_at IS NULL AND ends_at <= $1 \
            ORDER BY ends_at LIMIT $2) AND ended_at IS NULL AND ends_at <= $1 \
        RETURNING handle, account_id, expires_at <= last_seen_at + idle_micros AS absolute";
    on!(tx, |connection| sqlx::query_as(END_OVER).bind(now).bind(BATCH).fetch_all(connection).await)
}

/// Removes some of the rows that ended more than 30 days ago; gives how many.
pub async fn remove_some(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM sessions \
        WHERE handle IN (SELECT handle FROM sessions WHERE ended_at < $1 LIMIT $2)";
    let before = now.before(KEPT_AFTER_END);
    on!(tx, |connection| sqlx::query(REMOVE)
        .bind(before)
        .bind(BATCH)
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}

/// Accounts in which more sessions ended within a day than are kept of them. Asked first, so that
/// nobody waits for it.
pub async fn accounts_with_many(db: &Db, now: UnixMicros) -> Result<Vec<AccountId>, sqlx::Error> {
    const MANY: &str = "SELECT account_id \
        FROM sessions \
        WHERE ended_at > $1 \
        GROUP BY account_id \
        HAVING COUNT(*) > $2 \
        LIMIT $3";
    read!(db, |pool| sqlx::query_scalar(MANY)
        .bind(now.before(DAY))
        .bind(KEPT_OF_ACCOUNT)
        .bind(BATCH)
        .fetch_all(pool)
        .await)
}

/// Removes some of the ended sessions of `account` that are more than are kept, the oldest of them;
/// gives how many. Whoever can sign in does so as often as they like, and each is a row.
pub async fn remove_surplus(tx: &mut Tx, account: AccountId) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM sessions \
        WHERE handle IN (SELECT handle FROM sessions WHERE account_id = $1 \
            AND ended_at IS NOT NULL ORDER BY ended_at DESC, handle DESC LIMIT $2 OFFSET $3)";
    on!(tx, |connection| sqlx::query(REMOVE)
        .bind(account)
        .bind(BATCH)
        .bind(KEPT_OF_ACCOUNT)
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}

/// Whether any session was last used in the future. Reads every session: for the start, and for
/// when a clock was put back.
pub async fn any_ahead(db: &Db, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const ANY: &str = "SELECT COUNT(*) \
        FROM (SELECT 1 FROM sessions WHERE ended_at IS NULL \
            AND last_seen_at > $1 LIMIT 1) AS one";
    let ahead = now.after(CLOCK_TOLERANCE);
    let some: i64 = read!(db, |pool| sqlx::query_scalar(ANY).bind(ahead).fetch_one(pool).await)?;
    Ok(some > 0)
}

/// Lets the idle time of such sessions begin now; they would be idle only when that future has
/// passed.
pub async fn put_right(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const PUT_RIGHT: &str = "UPDATE sessions \
        SET last_seen_at = $1 \
        WHERE ended_at IS NULL AND last_seen_at > $2";
    on!(tx, |connection| sqlx::query(PUT_RIGHT)
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}
