//! Many entries at once, for an import or a restore: chained as each alone would be, in a few
//! statements instead of three for each.

use super::Event;
use super::record::{commit, link};
use crate::base::db::{Tx, on};
use sqlx::AssertSqlSafe;

/// Rows in one statement. SQLite finds the name of each value by walking over those before it: 500
/// rows take nearly three times as long.
const ROWS: usize = 50;

struct Entry {
    sequence: i64,
    salt: [u8; 16],
    details: String,
    commitment: [u8; 32],
    mac: [u8; 32],
}

/// Adds `events` to the trail, in their order and at the same time, as [`super::record`] would one
/// after the other.
pub async fn record_all(tx: &mut Tx, events: &[Event]) -> Result<(), sqlx::Error> {
    const TAKE: &str = "UPDATE audit_head \
        SET sequence = sequence + $1 \
        WHERE id = 1 \
        RETURNING sequence, mac";
    const MOVE: &str = "UPDATE audit_head SET mac = $1 WHERE id = 1";
    let count = i64::try_from(events.len()).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let (last, mut mac): (i64, Vec<u8>) =
        on!(tx, |connection| sqlx::query_as(TAKE).bind(count).fetch_one(connection).await)?;
    let mut sequence = last - count;
    for events in events.chunks(ROWS) {
        let mut entries = Vec::with_capacity(events.len());
        for event in events {
            sequence += 1;
            let entry = chained(tx, event, &mac, sequence)?;
            mac = entry.mac.to_vec();
            entries.push(entry);
        }
        add(tx, events, &entries).await?;
    }
    on!(tx, |connection| sqlx::query(MOVE).bind(mac).execute(connection).await.map(|_| ()))
}

fn chained(tx: &Tx, event: &Event, previous: &[u8], sequence: i64) -> Result<Entry, sqlx::Error> {
    let details =
        serde_json::to_string(&event.details.placed(tx)).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let salt = tx.randomness().bytes();
    let commitment = commit(&salt, event.account, &details);
    let mac = link(tx.vault(), previous, sequence, tx.now(), event.kind.name(), &commitment);
    Ok(Entry { sequence, salt, details, commitment, mac })
}

async fn add(tx: &mut Tx, events: &[Event], entries: &[Entry]) -> Result<(), sqlx::Error> {
    const ADD: &str = "INSERT INTO audit_entries (sequence, at, kind, account_id, salt, details, \
            commitment, mac) \
        VALUES ";
    let now = tx.now();
    let text = format!("{ADD}{}", crate::base::db::rows_of_values(entries.len(), 8));
    on!(tx, |connection| {
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (event, entry) in events.iter().zip(entries) {
            query = query
                .bind(entry.sequence)
                .bind(now)
                .bind(event.kind.name())
                .bind(event.account)
                .bind(&entry.salt[..])
                .bind(&entry.details)
                .bind(&entry.commitment[..])
                .bind(&entry.mac[..]);
        }
        query.execute(connection).await.map(|_| ())
    })
}
