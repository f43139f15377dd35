//! Whose a username is: once used, it is never given to another account.

use super::names::MOST_COLLISIONS;
use super::{AccountId, Email, Username};
use crate::base::clock::{Randomness, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::vault::Vault;

/// Names one account may have had, the one in use included.
const MOST_USERNAMES: i64 = 10;

/// Takes a username made from the address, another one as long as somebody else ever had it.
pub(super) async fn claim_any_username(
    tx: &mut Tx,
    vault: &Vault,
    randomness: &Randomness,
    email: &Email,
    account: AccountId,
    now: UnixMicros,
) -> Result<Username, AppError> {
    for collisions in 0..=MOST_COLLISIONS {
        let username = Username::from_email(email, randomness, collisions);
        match claim_username(tx, vault, &username, account, now).await {
            Err(AppError::UsernameTaken) => {}
            claimed => return claimed.map(|()| username),
        }
    }
    tracing::error!("no free username was found; the randomness repeats itself");
    Err(AppError::Internal)
}

/// Takes `username` for `account`: refused when any other account ever had it, even one that was
/// removed since.
pub(super) async fn claim_username(
    tx: &mut Tx,
    vault: &Vault,
    username: &Username,
    account: AccountId,
    now: UnixMicros,
) -> Result<(), AppError> {
    const FORMER: &str = "SELECT COUNT(*) FROM former_usernames WHERE name_hash = $1";
    // Each is taken for ever: without a bound one person could take every name there is.
    const TAKEN: &str = "SELECT COUNT(*) \
        FROM used_usernames \
        WHERE account_id = $1 AND username <> $2";
    const CLAIM: &str = "INSERT INTO used_usernames (username, account_id, first_used_at) \
        VALUES ($1, $2, $3) \
        ON CONFLICT (username) DO UPDATE SET username = excluded.username \
        WHERE used_usernames.account_id = $2";
    let taken: i64 =
        on!(tx, |connection| sqlx::query_scalar(TAKEN).bind(account).bind(username).fetch_one(connection).await)?;
    let former: i64 = on!(tx, |connection| sqlx::query_scalar(FORMER)
        .bind(former_name(vault, username.as_str()))
        .fetch_one(connection)
        .await)?;
    if taken >= MOST_USERNAMES || former > 0 {
        return Err(AppError::UsernameTaken);
    }
    let claimed = on!(tx, |connection| sqlx::query(CLAIM)
        .bind(username)
        .bind(account)
        .bind(now)
        .execute(connection)
        .await?
        .rows_affected());
    if claimed == 1 { Ok(()) } else { Err(AppError::UsernameTaken) }
}

/// What is kept of a username whose account was removed.
pub(super) fn former_name(vault: &Vault, username: &str) -> String {
    vault.unknown_identifier(&format!("username {username}"))
}

/// Gives up every name of an account that is about to be removed: what is kept keeps others from
/// being given them, and tells nobody which they were.
pub(super) async fn retire(tx: &mut Tx, id: AccountId) -> Result<(), sqlx::Error> {
    const NAMES: &str = "SELECT username FROM used_usernames WHERE account_id = $1";
    const KEEP: &str = "INSERT INTO former_usernames (name_hash) \
        VALUES ($1) \
        ON CONFLICT (name_hash) DO NOTHING";
    const FORGET: &str = "DELETE FROM used_usernames WHERE account_id = $1";
    let names: Vec<Username> = on!(tx, |connection| sqlx::query_scalar(NAMES).bind(id).fetch_all(connection).await)?;
    let hashes: Vec<String> = names.iter().map(|name| former_name(tx.vault(), name.as_str())).collect();
    on!(tx, |connection| {
        for hash in &hashes {
            sqlx::query(KEEP).bind(hash).execute(&mut *connection).await?;
        }
        sqlx::query(FORGET).bind(id).execute(&mut *connection).await?;
    });
    Ok(())
}

/// Every username that `id` ever had, the oldest first.
pub async fn usernames_of(db: &Db, id: AccountId) -> Result<Vec<Username>, sqlx::Error> {
    const NAMES: &str = "SELECT username \
        FROM used_usernames \
        WHERE account_id = $1 \
        ORDER BY first_used_at, username";
    read!(db, |pool| sqlx::query_scalar(NAMES).bind(id).fetch_all(pool).await)
}
