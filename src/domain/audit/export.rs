//! The trail as it leaves the database, for whoever keeps a copy elsewhere.

use super::Row;
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, read};
use crate::base::vault::hex;
use serde::Serialize;

/// One entry as exported, a JSON object a line.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub sequence: i64,
    pub at: UnixMicros,
    pub kind: String,
    pub account: Option<String>,
    pub details: Option<serde_json::Value>,
    pub mac: String,
}

/// Entries after `after`, oldest first, at most 1,000.
pub async fn export(db: &Db, after: i64) -> Result<Vec<Entry>, sqlx::Error> {
    const EXPORT: &str = "SELECT sequence, at, kind, account_id, salt, details, commitment, mac \
        FROM audit_entries \
        WHERE sequence > $1 \
        ORDER BY sequence \
        LIMIT 1000";
    let rows: Vec<Row> = read!(db, |pool| sqlx::query_as(EXPORT).bind(after).fetch_all(pool).await)?;
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            sequence: row.sequence,
            at: row.at,
            kind: row.kind,
            account: row.account_id.map(|account| account.0.to_string()),
            details: row.details.and_then(|details| serde_json::from_str(&details).ok()),
            mac: hex(&row.mac),
        })
        .collect())
}
