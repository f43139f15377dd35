//! What one account's own entries say, newest first. Whoever acted, an entry belongs to the account
//! it is about.

use super::{Details, Kind};
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, read};
use crate::base::listing::{self, Bounds, Direction, List};
use crate::domain::accounts::AccountId;

/// Entries a page shows.
pub const PAGE: usize = 25;
/// Entries one read of the database brings.
const WINDOW: usize = 1000;
/// Entries that one page looks through for those that are asked for. A filter that meets almost
/// nothing in a long trail would otherwise let one request read all of it; the next page goes on
/// from where this one stopped.
const LOOKED_THROUGH: usize = 10_000;

/// One entry as its owner may see it: nothing of the chain, and no sequence but as a place to go on
/// from.
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

    /// How many entries to read at once: no more than a page and the one after, where each is
    /// taken.
    fn window(&self) -> usize {
        if self.kinds.is_none() && self.since.is_none() { PAGE + 1 } else { WINDOW }
    }
}

/// Where in the trail a page lies.
pub type Place = listing::Place<i64>;
pub type Page = listing::Page<Entry, i64>;

/// The page of `account`'s entries at `place`. It may hold fewer than [`PAGE`], even none, and have
/// an older one all the same: it stops looking after [`LOOKED_THROUGH`] entries.
pub async fn page(db: &Db, account: AccountId, filter: &Filter, place: Place) -> Result<Page, sqlx::Error> {
    let bounds = Bounds { size: PAGE, window: filter.window(), look_through: LOOKED_THROUGH };
    Ok(listing::page(&Own { db, account, filter }, place, bounds).await?.map(Entry::from))
}

struct Own<'a> {
    db: &'a Db,
    account: AccountId,
    filter: &'a Filter,
}

impl List for Own<'_> {
    type Row = Row;
    type Key = i64;
    type Error = sqlx::Error;

    fn key(row: &Row) -> i64 {
        row.sequence
    }

    fn takes(&self, row: &Row) -> bool {
        self.filter.takes(row)
    }

    /// The trail is written in the order of time. A whole window from before the span asked for,
    /// and not just an entry, since a clock that was once set wrong leaves some out of order.
    fn is_past(&self, direction: Direction, rows: &[Row]) -> bool {
        direction == Direction::Older && self.filter.since.is_some_and(|since| rows.iter().all(|row| row.at < since))
    }

    async fn read(
        &self,
        direction: Direction,
        from: i64,
        limit: usize,
        _looked: usize,
    ) -> Result<Vec<Row>, sqlx::Error> {
        window(self.db, self.account, direction, from, limit).await
    }
}

async fn window(
    db: &Db,
    account: AccountId,
    direction: Direction,
    from: i64,
    limit: usize,
) -> Result<Vec<Row>, sqlx::Error> {
    const OLDER: &str = "SELECT sequence, at, kind, details \
        FROM audit_entries \
        WHERE account_id = $1 AND sequence < $2 \
        ORDER BY sequence DESC \
        LIMIT $3";
    const NEWER: &str = "SELECT sequence, at, kind, details \
        FROM audit_entries \
        WHERE account_id = $1 AND sequence > $2 \
        ORDER BY sequence \
        LIMIT $3";
    let query = if direction == Direction::Older { OLDER } else { NEWER };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    read!(db, |pool| sqlx::query_as(query).bind(account).bind(from).bind(limit).fetch_all(pool).await)
}

/// One entry of `account`; none if it is another's, or was erased.
pub async fn one(db: &Db, account: AccountId, sequence: i64) -> Result<Option<Entry>, sqlx::Error> {
    const ONE: &str = "SELECT sequence, at, kind, details \
        FROM audit_entries \
        WHERE sequence = $1 AND account_id = $2";
    let row: Option<Row> =
        read!(db, |pool| sqlx::query_as(ONE).bind(sequence).bind(account).fetch_optional(pool).await)?;
    Ok(row.map(Entry::from))
}

/// Entries right before the sequence `before`, newest first, at most 1,000: for whoever reads the
/// whole trail, part by part.
pub async fn part(db: &Db, account: AccountId, before: i64) -> Result<Vec<Entry>, sqlx::Error> {
    let rows = window(db, account, Direction::Older, before, WINDOW).await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}
