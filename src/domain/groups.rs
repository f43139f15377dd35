//! Groups: named sets of people, for the rules of forward-auth and for apps. A group is there while
//! somebody is in it.

use crate::base::db::{Db, Tx, on, read};
use crate::base::names::GroupName;
use crate::domain::accounts::{AccountId, Email, Username};
use crate::domain::audit::{self, By, Details, Event, Kind};

/// Groups that one person can be in. All of them travel in one header, and proxies take only so
/// long ones.
const MOST: i64 = 64;
/// Memberships that one page of [`list`] has.
pub const PAGE: i64 = 500;

/// What became of the wish to add somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    Yes,
    /// They were in it before.
    Already,
    TooMany,
}

/// Puts `account` into `group`; in force from their next request on.
pub async fn add(tx: &mut Tx, group: &GroupName, account: AccountId, by: By) -> Result<Added, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM group_members WHERE account_id = $1";
    const ADD: &str = "INSERT INTO group_members (group_name, account_id, added_at) \
        VALUES ($1, $2, $3) \
        ON CONFLICT (group_name, account_id) DO NOTHING";
    let now = tx.now();
    let count: i64 = on!(tx, |connection| sqlx::query_scalar(COUNT).bind(account).fetch_one(connection).await)?;
    let added = on!(tx, |connection| sqlx::query(ADD)
        .bind(group)
        .bind(account)
        .bind(now)
        .execute(connection)
        .await?
        .rows_affected());
    if added == 0 {
        return Ok(Added::Already);
    }
    if count >= MOST {
        return Ok(Added::TooMany);
    }
    let details = Details { is: Some(group.to_string()), by: Some(by.name().to_owned()), ..Details::default() };
    let event = Event { kind: Kind::GroupAdded, account: Some(account), details };
    audit::record(tx, &event).await?;
    Ok(Added::Yes)
}

/// Takes `account` out of `group`, from their next request on; false if they were not in it.
pub async fn remove(tx: &mut Tx, group: &GroupName, account: AccountId, by: By) -> Result<bool, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM group_members WHERE group_name = $1 AND account_id = $2";
    let removed =
        on!(tx, |connection| sqlx::query(REMOVE).bind(group).bind(account).execute(connection).await?.rows_affected());
    if removed == 0 {
        return Ok(false);
    }
    let details = Details { was: Some(group.to_string()), by: Some(by.name().to_owned()), ..Details::default() };
    let event = Event { kind: Kind::GroupRemoved, account: Some(account), details };
    audit::record(tx, &event).await?;
    Ok(true)
}

/// The groups that `account` is in, by name.
pub async fn of(db: &Db, account: AccountId) -> Result<Vec<GroupName>, sqlx::Error> {
    const OF: &str = "SELECT group_name \
        FROM group_members \
        WHERE account_id = $1 \
        ORDER BY group_name";
    read!(db, |pool| sqlx::query_scalar(OF).bind(account).fetch_all(pool).await)
}

/// That somebody is in a group.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Membership {
    pub group_name: GroupName,
    pub id: AccountId,
    pub email: Email,
    pub username: Username,
}

/// Who is in which group, of everybody or of `account` alone, by group and then by address; `page`
/// from 0.
pub async fn list(db: &Db, account: Option<AccountId>, page: i64) -> Result<Vec<Membership>, sqlx::Error> {
    const LIST: &str = "SELECT m.group_name, a.id, a.email, a.username \
        FROM group_members m \
        JOIN accounts a ON a.id = m.account_id \
        ORDER BY m.group_name, a.email \
        LIMIT $1 OFFSET $2";
    const LIST_OF: &str = "SELECT m.group_name, a.id, a.email, a.username \
        FROM group_members m \
        JOIN accounts a ON a.id = m.account_id \
        WHERE a.id = $3 \
        ORDER BY m.group_name, a.email \
        LIMIT $1 OFFSET $2";
    let offset = page.saturating_mul(PAGE);
    match account {
        None => read!(db, |pool| sqlx::query_as(LIST).bind(PAGE).bind(offset).fetch_all(pool).await),
        Some(account) => {
            read!(db, |pool| sqlx::query_as(LIST_OF).bind(PAGE).bind(offset).bind(account).fetch_all(pool).await)
        }
    }
}
