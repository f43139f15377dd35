//! Sessions that a program's tokens carry instead of a browser's cookie.

use super::{Origin, Session, SessionHandle, SessionWithAccount, select_live, session_columns};
use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
use crate::domain::accounts::{Account, AccountId, account_columns};

const RESOLVE: &str = select_live!("s.handle = $1");

/// The live session with this handle and its owner, for whoever holds a token that names it.
pub async fn resolve_handle(
    db: &Db,
    handle: SessionHandle,
    now: UnixMicros,
) -> Result<Option<(Session, Account)>, sqlx::Error> {
    let found: Option<SessionWithAccount> = read!(db, |pool| sqlx::query_as(RESOLVE)
        .bind(handle)
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)?;
    Ok(found.map(SessionWithAccount::apart))
}

/// As [`resolve_handle`], for the program whose session it is, in the transaction that gives it new
/// tokens: notes the use, and keeps whoever ends the session waiting until the commit.
pub async fn use_by_program(
    tx: &mut Tx,
    handle: SessionHandle,
    origin: &Origin,
    now: UnixMicros,
) -> Result<Option<(Session, Account)>, sqlx::Error> {
    const USE: &str = "UPDATE sessions \
        SET last_seen_at = $2, seen_address = $3, seen_user_agent = $4 \
        WHERE handle = $1 AND program AND ended_at IS NULL AND ends_at > $2";
    let used = on!(tx, |connection| sqlx::query(USE)
        .bind(handle)
        .bind(now)
        .bind(&origin.address)
        .bind(&origin.user_agent)
        .execute(connection)
        .await?
        .rows_affected());
    if used == 0 {
        return Ok(None);
    }
    let found: Option<SessionWithAccount> = on!(tx, |connection| sqlx::query_as(RESOLVE)
        .bind(handle)
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(connection)
        .await)?;
    Ok(found.map(SessionWithAccount::apart))
}

/// Whether a program of this name has signed in to `account` from this address before, as far back
/// as ended sessions are kept.
pub async fn is_known_program(tx: &mut Tx, account: AccountId, origin: &Origin) -> Result<bool, sqlx::Error> {
    const KNOWN: &str = "SELECT COUNT(*) \
        FROM sessions \
        WHERE account_id = $1 AND program AND address = $2 AND user_agent = $3";
    let known: i64 = on!(tx, |connection| sqlx::query_scalar(KNOWN)
        .bind(account)
        .bind(&origin.address)
        .bind(&origin.user_agent)
        .fetch_one(connection)
        .await)?;
    Ok(known > 0)
}
