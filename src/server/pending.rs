//! Sign-ins that wait for a second factor. A pending login is not a session: its own row, cookie and ten minutes, and nobody is
//! "a bit signed in". It is used up in the transaction that starts the session.

use crate::paths::Then;
use crate::server::accounts::AccountId;
use crate::server::clock::{CLOCK_TOLERANCE, Randomness, UnixMicros};
use crate::server::db::{Db, Tx, on, read};
use crate::server::logins::{FirstFactor, Method};
/// What the browser holds meanwhile.
pub use crate::server::one_use_token::OneUseToken as PendingToken;
use crate::server::sessions::Keep;
use std::time::Duration;

/// Time to find the phone (ASVS 6.5.5).
pub const LIFETIME: Duration = Duration::from_secs(600);

/// A sign-in as far as it came.
#[derive(Debug)]
pub struct Pending {
    pub first: FirstFactor,
    pub keep: Keep,
    pub then: Then,
}

#[derive(sqlx::FromRow)]
struct PendingRow {
    account_id: AccountId,
    method: String,
    keep: String,
    destination: String,
}

impl PendingRow {
    /// None if it was written by a version that knows more than this one.
    fn read(self) -> Option<Pending> {
        let first = FirstFactor::resume(self.account_id, Method::parse(&self.method)?);
        Some(Pending { first, keep: Keep::parse(&self.keep)?, then: Then::parse(&self.destination) })
    }
}

/// Begins to wait. Another one of the same account goes on waiting: two browsers may sign in at once.
pub async fn start(
    tx: &mut Tx,
    randomness: &Randomness,
    pending: &Pending,
    now: UnixMicros,
) -> Result<PendingToken, sqlx::Error> {
    const START: &str = "INSERT INTO pending_logins (token_hash, account_id, method, keep, destination, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let token = PendingToken::new(randomness);
    on!(tx, |connection| sqlx::query(START)
        .bind(&token.hash()[..])
        .bind(pending.first.account())
        .bind(pending.first.method().name())
        .bind(pending.keep.name())
        .bind(&*pending.then.path())
        .bind(now)
        .bind(now.after(LIFETIME))
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(token)
}

/// Looks without using it up: for the page that asks for the second factor.
pub async fn find(db: &Db, token: &PendingToken, now: UnixMicros) -> Result<Option<Pending>, sqlx::Error> {
    let row: Option<PendingRow> = read!(db, |pool| sqlx::query_as(FIND)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)?;
    Ok(row.and_then(PendingRow::read))
}

/// [`find`] in the transaction that is to end it.
pub async fn find_in(tx: &mut Tx, token: &PendingToken, now: UnixMicros) -> Result<Option<Pending>, sqlx::Error> {
    let row: Option<PendingRow> = on!(tx, |connection| sqlx::query_as(FIND)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(connection)
        .await)?;
    Ok(row.and_then(PendingRow::read))
}

const FIND: &str = "SELECT p.account_id, p.method, p.keep, p.destination FROM pending_logins p JOIN accounts a ON a.id = p.account_id WHERE p.token_hash = $1 AND p.expires_at > $2 AND p.created_at <= $3 AND a.disabled_at IS NULL AND a.frozen_at IS NULL";

/// Uses it up; false if another request did so first.
pub async fn take(tx: &mut Tx, token: &PendingToken) -> Result<bool, sqlx::Error> {
    const TAKE: &str = "DELETE FROM pending_logins WHERE token_hash = $1";
    let taken =
        on!(tx, |connection| sqlx::query(TAKE).bind(&token.hash()[..]).execute(connection).await?.rows_affected());
    Ok(taken == 1)
}

/// Voids all of `account`: the password that they were begun with is no longer the password.
pub async fn void_of_account(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    const VOID: &str = "DELETE FROM pending_logins WHERE account_id = $1";
    on!(tx, |connection| sqlx::query(VOID).bind(account).execute(connection).await.map(|_| ()))
}

/// Removes those whose time is over; gives how many.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM pending_logins WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(now).execute(connection).await.map(|done| done.rows_affected()))
}
