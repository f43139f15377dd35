//! What one account's own entries say, newest first. Whoever acted, an entry belongs to the account it is about.

use super::{Details, Kind};
use crate::server::accounts::AccountId;
use crate::server::clock::UnixMicros;
use crate::server::db::{Db, read};

/// Entries a page shows.
pub const PAGE: usize = 25;
/// Entries one read of the database brings.
const WINDOW: i64 = 1000;
/// Entries that one page looks through for those that are asked for. A filter that meets almost nothing in a long trail
/// would otherwise let one request read all of it; the next page goes on from where this one stopped.
const LOOKED_THROUGH: usize = 10_000;

/// One entry as its owner may see it: nothing of the chain, and no sequence but as a place to go on from.
#[derive(Clone, Debug)]
pub struct Entry {
    pub sequence: i64,
    pub at: UnixMicros,
    /// A [`Kind`]'s stored name, or one of a version that knows more kinds.
    pub kind: String,
    /// Empty where they can't be read.
    pub details: Details,
}

#[derive(sqlx::FromRow)]
struct Row {
    sequence: i64,
    at: UnixMicros,
    kind: String,
    details: Option<String>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        let details = row.details.and_then(|details| serde_json::from_str(&details).ok()).unwrap_or_default();
        Self { sequence: row.sequence, at: row.at, kind: row.kind, details }
    }
}

/// Which entries are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Entries of these kinds; of all, known or not, if it is none.
    pub kinds: Option<Vec<Kind>>,
    /// Entries of this moment and later.
    pub since: Option<UnixMicros>,
}

impl Filter {
    fn takes(&self, row: &Row) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind.name() == row.kind))
            && self.since.is_none_or(|since| row.at >= since)
    }

    /// How many entries to read at once: no more than a page and the one after, where each is taken.
    fn window(&self) -> i64 {
        if self.kinds.is_none() && self.since.is_none() { PAGE as i64 + 1 } else { WINDOW }
    }
}

/// Where in the trail a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Newest,
    /// The entries right before this sequence.
    Before(i64),
    /// The entries right after it.
    After(i64),
}

/// Up to [`PAGE`] entries, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    pub entries: Vec<Entry>,
    pub newer: Option<Place>,
    pub older: Option<Place>,
}

/// The page of `account`'s entries at `place`. It may hold fewer than [`PAGE`], even none, and have an older one all the same: it
/// stops looking after [`LOOKED_THROUGH`] entries.
pub async fn page(db: &Db, account: AccountId, filter: &Filter, place: Place) -> Result<Page, sqlx::Error> {
    if let Place::After(sequence) = place {
        let found = look(db, account, filter, Direction::Newer, sequence).await?;
        if let Some(goes_on) = found.goes_on {
            let older = found.entries.first().map_or(sequence.saturating_add(1), |entry| entry.sequence);
            let entries = found.entries.into_iter().rev().collect();
            return Ok(Page { entries, newer: Some(Place::After(goes_on)), older: Some(Place::Before(older)) });
        }
        // Nothing lies beyond: that is the first page, which is always shown whole.
    }
    let before = if let Place::Before(sequence) = place { sequence } else { i64::MAX };
    let found = look(db, account, filter, Direction::Older, before).await?;
    let newer = (before != i64::MAX)
        .then(|| Place::After(found.entries.first().map_or(before.saturating_sub(1), |entry| entry.sequence)));
    Ok(Page { entries: found.entries, newer, older: found.goes_on.map(Place::Before) })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Older,
    Newer,
}

struct Found {
    /// In the direction of looking.
    entries: Vec<Entry>,
    /// From where to look on, unless the trail was looked through to its end.
    goes_on: Option<i64>,
}

async fn look(
    db: &Db,
    account: AccountId,
    filter: &Filter,
    direction: Direction,
    from: i64,
) -> Result<Found, sqlx::Error> {
    let (mut entries, mut from, mut looked) = (Vec::new(), from, 0);
    while looked < LOOKED_THROUGH {
        let rows = window(db, account, direction, from, filter.window()).await?;
        let is_last = (rows.len() as i64) < filter.window();
        // The trail is written in the order of time. A whole window from before the span asked for, and not just an entry,
        // since a clock that was once set wrong leaves some out of order.
        let is_past =
            direction == Direction::Older && filter.since.is_some_and(|since| rows.iter().all(|row| row.at < since));
        looked += rows.len();
        for row in rows {
            let (sequence, taken) = (row.sequence, filter.takes(&row));
            if taken && entries.len() == PAGE {
                return Ok(Found { entries, goes_on: Some(from) });
            }
            from = sequence;
            if taken {
                entries.push(Entry::from(row));
            }
        }
        if is_last || is_past {
            return Ok(Found { entries, goes_on: None });
        }
    }
    Ok(Found { entries, goes_on: Some(from) })
}

async fn window(
    db: &Db,
    account: AccountId,
    direction: Direction,
    from: i64,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    const OLDER: &str = "SELECT sequence, at, kind, details FROM audit_entries WHERE account_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3";
    const NEWER: &str = "SELECT sequence, at, kind, details FROM audit_entries WHERE account_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    let query = if direction == Direction::Older { OLDER } else { NEWER };
    read!(db, |pool| sqlx::query_as(query).bind(account).bind(from).bind(limit).fetch_all(pool).await)
}

/// One entry of `account`; none if it is another's, or was erased.
pub async fn one(db: &Db, account: AccountId, sequence: i64) -> Result<Option<Entry>, sqlx::Error> {
    const ONE: &str = "SELECT sequence, at, kind, details FROM audit_entries WHERE sequence = $1 AND account_id = $2";
    let row: Option<Row> =
        read!(db, |pool| sqlx::query_as(ONE).bind(sequence).bind(account).fetch_optional(pool).await)?;
    Ok(row.map(Entry::from))
}

/// Entries right before the sequence `before`, newest first, at most 1,000: for whoever reads the whole trail, part by part.
pub async fn part(db: &Db, account: AccountId, before: i64) -> Result<Vec<Entry>, sqlx::Error> {
    let rows = window(db, account, Direction::Older, before, WINDOW).await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}
