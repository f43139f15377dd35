//! How long the trail says whom an entry is about, from where and why. That something of its kind
//! happened at its time stays for ever, and so does the chain.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, TxConnection, read};
use crate::base::error::AppError;
use std::time::Instant;

/// Entries that one transaction erases: whoever signs in meanwhile waits for it.
const ROWS: u64 = 200;
/// Transactions in one go: what is left waits for the next minute. 50,000 entries a minute are more
/// than anybody adds.
const AT_MOST: u32 = 250;

/// Erases the details of entries that are older than `audit.keep_days`, some at a time; gives of
/// how many. The head of the trail is not locked, each transaction stands for itself, and between
/// two of them others have as long as the one before took: so sign-ins go on, several nodes may do
/// it at once, and whatever is broken off goes on the next time.
pub async fn erase_old(db: &Db) -> Result<u64, AppError> {
    let config = db.config();
    let now = db.now();
    let Some(keep) = config.audit.keep() else { return Ok(0) };
    let before = now.before(keep);
    let mut erased = 0;
    for _ in 0..AT_MOST {
        // Asked first, so that an idle server takes no lock.
        if !any_old(db, before).await? {
            break;
        }
        let begun = Instant::now();
        let some = erase_some(db, before).await?;
        erased += some;
        if some < ROWS {
            break;
        }
        tokio::time::sleep(begun.elapsed()).await;
    }
    Ok(erased)
}

async fn any_old(db: &Db, before: UnixMicros) -> Result<bool, sqlx::Error> {
    const ANY: &str = "SELECT COUNT(*) \
        FROM (SELECT 1 FROM audit_entries WHERE salt IS NOT NULL AND at < $1 LIMIT 1) AS one";
    let some: i64 = read!(db, |pool| sqlx::query_scalar(ANY).bind(before).fetch_one(pool).await)?;
    Ok(some > 0)
}

/// Erases what [`super::erase`] does, of some entries from before `before`; gives of how many.
async fn erase_some(db: &Db, before: UnixMicros) -> Result<u64, sqlx::Error> {
    const SQLITE: &str = "UPDATE audit_entries \
        SET account_id = NULL, salt = NULL, details = NULL \
        WHERE sequence IN (SELECT sequence FROM audit_entries WHERE salt IS NOT NULL AND at < $1 \
            ORDER BY at LIMIT $2)";
    // What another node erases, or the deletion of an account, is left to them: two that wait for
    // each other's rows would be a deadlock, and the deletion must not be the one that is broken
    // off. An array, since a subquery may be run anew for each row.
    const POSTGRES: &str = "UPDATE audit_entries \
        SET account_id = NULL, salt = NULL, details = NULL \
        WHERE sequence = ANY (ARRAY(SELECT sequence FROM audit_entries WHERE salt IS NOT NULL \
            AND at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))";
    let rows = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let mut tx = db.begin().await?;
    let erased = match &mut tx.connection {
        TxConnection::Sqlite(inner) => {
            sqlx::query(SQLITE).bind(before).bind(rows).execute(&mut **inner).await?.rows_affected()
        }
        TxConnection::Postgres(inner) => {
            sqlx::query(POSTGRES).bind(before).bind(rows).execute(&mut **inner).await?.rows_affected()
        }
    };
    tx.commit().await?;
    Ok(erased)
}
