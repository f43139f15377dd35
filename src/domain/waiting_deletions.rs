//! Accounts that wait to be removed: until when, and why they are not after all.
//! [`crate::flows::deletions`] asks, calls off and removes.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on, read};
use crate::domain::accounts::{AccountId, Email};
use strum::VariantArray;

/// Why one does not come to its end. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Called {
    /// Its owner signed in.
    SignedIn,
    /// It went with the freeze of the account.
    AccountLocked,
    /// Without it nobody could administer this installation by now.
    LastAdmin,
}

impl Called {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Has `account` wait to be removed until `due`.
pub async fn wait_until(tx: &mut Tx, account: AccountId, due: UnixMicros) -> Result<(), sqlx::Error> {
    const WAIT: &str = "UPDATE accounts SET deletion_due_at = $2 WHERE id = $1";
    on!(tx, |connection| sqlx::query(WAIT).bind(account).bind(due).execute(connection).await.map(|_| ()))
}

/// [`wait_until`] for all that wait, whatever for how long; gives them.
pub async fn all_wait_until(tx: &mut Tx, due: UnixMicros) -> Result<Vec<AccountId>, sqlx::Error> {
    const WAIT: &str = "UPDATE accounts \
        SET deletion_due_at = $1 \
        WHERE deletion_due_at IS NOT NULL \
        RETURNING id";
    on!(tx, |connection| sqlx::query_scalar(WAIT).bind(due).fetch_all(connection).await)
}

/// Has `account` wait no more; false if it did not.
pub async fn call_off(tx: &mut Tx, account: AccountId) -> Result<bool, sqlx::Error> {
    const KEEP: &str = "UPDATE accounts \
        SET deletion_due_at = NULL \
        WHERE id = $1 AND deletion_due_at IS NOT NULL";
    let kept = on!(tx, |connection| sqlx::query(KEEP).bind(account).execute(connection).await?.rows_affected());
    Ok(kept > 0)
}

/// Whether `account` is going to be removed, as the transaction sees it.
pub async fn waits(tx: &mut Tx, account: AccountId) -> Result<bool, sqlx::Error> {
    const WAITS: &str = "SELECT COUNT(*) \
        FROM accounts \
        WHERE id = $1 AND deletion_due_at IS NOT NULL";
    let waiting: i64 = on!(tx, |connection| sqlx::query_scalar(WAITS).bind(account).fetch_one(connection).await)?;
    Ok(waiting > 0)
}

/// Those whose time has come, the oldest first: a hundred at most.
pub async fn due(db: &Db, now: UnixMicros) -> Result<Vec<AccountId>, sqlx::Error> {
    const DUE: &str = "SELECT id \
        FROM accounts \
        WHERE deletion_due_at <= $1 \
        ORDER BY deletion_due_at \
        LIMIT 100";
    read!(db, |pool| sqlx::query_scalar(DUE).bind(now).fetch_all(pool).await)
}

/// The address of `account`, if its time has come as the transaction sees it.
pub async fn still_due(tx: &mut Tx, account: AccountId, now: UnixMicros) -> Result<Option<Email>, sqlx::Error> {
    const STILL: &str = "SELECT email FROM accounts WHERE id = $1 AND deletion_due_at <= $2";
    on!(tx, |connection| sqlx::query_scalar(STILL).bind(account).bind(now).fetch_optional(connection).await)
}
