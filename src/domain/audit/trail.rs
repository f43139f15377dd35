//! What everybody's entries say, newest first: for those who administer.

use super::{Details, Kind};
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, read};
use crate::base::listing::{self, Bounds, Direction, List};
use crate::domain::accounts::{AccountId, Email, Username};
use crate::domain::audit::By;

/// Entries that one read of the database brings, where not each of them is taken.
const WINDOW: usize = 1000;
/// Entries that one page looks through for those that are asked for, where no index leads to them.
const LOOKED_THROUGH: usize = 10_000;
/// No act of an administrator records more entries than this in one transaction, its own at the
/// end.
const LONGEST_ACT: i64 = 2000;

pub type Place = listing::Place<i64>;
pub type Page = listing::Page<Entry, i64>;

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    pub sequence: i64,
    pub at: UnixMicros,
    /// A [`Kind`]'s stored name, or one of a version that knows more kinds.
    pub kind: String,
    /// Whose it is; none of an unknown identifier, and once the details are erased.
    pub owner: Option<Owner>,
    /// Empty where they can't be read, or are erased.
    pub details: Details,
    /// Whom it was about, from where and why is not known any more: the account is gone, or the
    /// entry is older than `audit.keep_days`.
    pub erased: bool,
}

/// The account that an entry belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub id: AccountId,
    /// The mail address, or the username where there is none; nothing of an account that is gone.
    pub name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    sequence: i64,
    at: UnixMicros,
    kind: String,
    account_id: Option<AccountId>,
    email: Option<Email>,
    username: Option<Username>,
    details: Option<String>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        let erased = row.details.is_none();
        let details = row.details.and_then(|details| serde_json::from_str(&details).ok()).unwrap_or_default();
        let name = row.email.zip(row.username).map(|(email, username)| email.or(&username).to_owned());
        let owner = row.account_id.map(|id| Owner { id, name });
        Self { sequence: row.sequence, at: row.at, kind: row.kind, owner, details, erased }
    }
}

/// Which entries are asked for: all of this together.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Entries of these kinds; of all, known or not, if it is none.
    pub kinds: Option<Vec<Kind>>,
    pub account: Option<AccountId>,
    /// Entries of this moment and later.
    pub since: Option<UnixMicros>,
}

/// Up to `size` entries at `place`, newest first.
pub async fn page(db: &Db, filter: &Filter, place: Place, size: usize) -> Result<Page, sqlx::Error> {
    let first = match filter.since {
        Some(since) => first_since(db, since).await?,
        None => i64::MIN,
    };
    // Where an index has all that is asked for, each row that is read is one to show.
    let window = if filter.kinds.is_some() && filter.account.is_some() { WINDOW } else { size + 1 };
    listing::page(&Trail { db, filter, first }, place, Bounds { size, window, look_through: LOOKED_THROUGH }).await
}

struct Trail<'a> {
    db: &'a Db,
    filter: &'a Filter,
    /// The first entry of the time that is asked for.
    first: i64,
}

impl List for Trail<'_> {
    type Row = Entry;
    type Key = i64;
    type Error = sqlx::Error;

    fn key(row: &Entry) -> i64 {
        row.sequence
    }

    fn takes(&self, row: &Entry) -> bool {
        self.filter.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind.name() == row.kind))
    }

    async fn read(
        &self,
        direction: Direction,
        from: i64,
        limit: usize,
        _looked: usize,
    ) -> Result<Vec<Entry>, sqlx::Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = match (&self.filter.account, &self.filter.kinds) {
            (Some(account), _) => self.of_account(direction, from, limit, *account).await?,
            (None, None) => self.all(direction, from, limit).await?,
            (None, Some(kinds)) => self.of_kinds(direction, from, limit, kinds).await?,
        };
        Ok(rows.into_iter().map(Entry::from).collect())
    }
}

macro_rules! select_entries {
    ($condition:literal) => {
        (
            select_entries!($condition, " e.sequence < $1 AND e.sequence >= $2 ORDER BY e.sequence DESC LIMIT $3"),
            select_entries!($condition, " e.sequence > $1 AND e.sequence >= $2 ORDER BY e.sequence LIMIT $3"),
        )
    };
    ($condition:literal, $order:literal) => {
        concat!(
            "SELECT e.sequence, e.at, e.kind, e.account_id, e.details, a.email, a.username \
                FROM audit_entries e \
                LEFT JOIN accounts a ON a.id = e.account_id \
                WHERE ",
            $condition,
            $order
        )
    };
}

fn in_direction((older, newer): (&'static str, &'static str), direction: Direction) -> &'static str {
    if direction == Direction::Older { older } else { newer }
}

impl Trail<'_> {
    async fn all(&self, direction: Direction, from: i64, limit: i64) -> Result<Vec<Row>, sqlx::Error> {
        let query = in_direction(select_entries!(""), direction);
        read!(self.db, |pool| sqlx::query_as(query).bind(from).bind(self.first).bind(limit).fetch_all(pool).await)
    }

    async fn of_account(
        &self,
        direction: Direction,
        from: i64,
        limit: i64,
        account: AccountId,
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = in_direction(select_entries!("e.account_id = $4 AND"), direction);
        read!(self.db, |pool| sqlx::query_as(query)
            .bind(from)
            .bind(self.first)
            .bind(limit)
            .bind(account)
            .fetch_all(pool)
            .await)
    }

    /// Kind by kind, as the index has them, and what comes first of them all.
    async fn of_kinds(
        &self,
        direction: Direction,
        from: i64,
        limit: i64,
        kinds: &[Kind],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = in_direction(select_entries!("e.kind = $4 AND"), direction);
        let mut rows: Vec<Row> = Vec::new();
        for kind in kinds {
            let of_kind: Vec<Row> = read!(self.db, |pool| sqlx::query_as(query)
                .bind(from)
                .bind(self.first)
                .bind(limit)
                .bind(kind.name())
                .fetch_all(pool)
                .await)?;
            rows.extend(of_kind);
        }
        rows.sort_by_key(|row| if direction == Direction::Older { -row.sequence } else { row.sequence });
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }
}

/// The number of the first entry of `since` or later; one past the last, if there is none. By
/// halves: the trail is written in the order of time, and has no index of it. A clock that was once
/// set wrong makes it a little wrong there.
pub async fn first_since(db: &Db, since: UnixMicros) -> Result<i64, sqlx::Error> {
    const ENDS: &str = "SELECT COALESCE(MIN(sequence), 1), COALESCE(MAX(sequence), 0) \
        FROM audit_entries";
    const AT: &str = "SELECT at FROM audit_entries WHERE sequence = $1";
    let (mut first, last): (i64, i64) = read!(db, |pool| sqlx::query_as(ENDS).fetch_one(pool).await)?;
    let mut end = last.saturating_add(1);
    while first < end {
        let middle = first + (end - first) / 2;
        let at: Option<UnixMicros> = read!(db, |pool| sqlx::query_scalar(AT).bind(middle).fetch_optional(pool).await)?;
        if at.is_some_and(|at| at >= since) { end = middle } else { first = middle + 1 }
    }
    Ok(first)
}

/// How many entries of `kind` there are from the number `first` on. Reads an index entry for each.
pub async fn count(db: &Db, kind: Kind, first: i64) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM audit_entries WHERE kind = $1 AND sequence >= $2";
    read!(db, |pool| sqlx::query_scalar(COUNT).bind(kind.name()).bind(first).fetch_one(pool).await)
}

/// Whom else an entry is about: who did it, of what an administrator did to its owner; to whom, of
/// an administrator's own entry. The entries themselves don't name the other one, so that either
/// account can be erased. Nobody, once the details of either are erased.
pub async fn other_side(db: &Db, entry: &Entry) -> Result<Option<Owner>, sqlx::Error> {
    // An act ends with the entry of whoever acted, in the same transaction.
    const ACTED: &str = "SELECT e.sequence, e.at, e.kind, e.account_id, e.details, a.email, \
            a.username \
        FROM audit_entries e \
        LEFT JOIN accounts a ON a.id = e.account_id \
        WHERE e.sequence > $1 AND e.sequence <= $2 \
            AND e.kind IN ('admin_acted', 'admin_ended_sessions') \
        ORDER BY e.sequence \
        LIMIT 1";
    const ONE: &str = "SELECT e.sequence, e.at, e.kind, e.account_id, e.details, a.email, \
            a.username \
        FROM audit_entries e \
        LEFT JOIN accounts a ON a.id = e.account_id \
        WHERE e.sequence = $1";
    let row: Option<Row> = match (&entry.details.by, entry.details.entry) {
        (_, Some(other)) => read!(db, |pool| sqlx::query_as(ONE).bind(other).fetch_optional(pool).await)?,
        (Some(by), None) if by == By::Administrator.name() => read!(db, |pool| sqlx::query_as(ACTED)
            .bind(entry.sequence)
            .bind(entry.sequence.saturating_add(LONGEST_ACT))
            .fetch_optional(pool)
            .await)?,
        _ => None,
    };
    Ok(row.and_then(|row| Entry::from(row).owner))
}
