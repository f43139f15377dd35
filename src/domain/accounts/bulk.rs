//! Accounts by the hundred, for imports and exports: the rules of [`super::create`], in one
//! statement for many rows.

use super::usernames::former_name;
use super::{Account, AccountId, DisplayName, Email, Role, Username, account_columns};
use crate::base::clock::{Randomness, UnixMicros};
use crate::base::db::{Db, Tx, on, read, rows_of_values};
use crate::base::passwords::StoredHash;
use crate::base::vault::Vault;
use sqlx::AssertSqlSafe;
use std::collections::HashSet;

/// Values that are asked about in one statement.
pub const ASKED: usize = 500;
/// Rows that are added in one statement. SQLite finds the name of each value by walking over those
/// before it: 500 rows take nearly three times as long.
pub const ADDED: usize = 50;

/// An account as it comes from another application. Whether its password was long enough is not
/// known: it stands alone until it is changed.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub id: AccountId,
    /// None: something takes the place of an address that no mail leaves for.
    pub email: Option<Email>,
    pub email_verified: bool,
    pub username: Username,
    pub display_name: Option<DisplayName>,
    pub password_hash: Option<StoredHash>,
}

/// Which of some addresses and usernames are somebody's.
#[derive(Debug, Default)]
pub struct Taken {
    pub emails: HashSet<String>,
    /// In use by an account.
    pub usernames: HashSet<String>,
    /// In use, or given up: never given to anybody else.
    pub used_usernames: HashSet<String>,
}

/// A username for somebody who has none, from their address; another one each time.
pub fn any_username(email: &Email, randomness: &Randomness) -> Username {
    Username::from_email(email, randomness, 0)
}

/// Asks about at most [`ASKED`] of each.
pub async fn taken(db: &Db, vault: &Vault, emails: &[&str], usernames: &[&str]) -> Result<Taken, sqlx::Error> {
    const EMAILS: &str = "SELECT email FROM accounts WHERE email IN ";
    const USERNAMES: &str = "SELECT username FROM accounts WHERE username IN ";
    const USED: &str = "SELECT username FROM used_usernames WHERE username IN ";
    const FORMER: &str = "SELECT name_hash FROM former_usernames WHERE name_hash IN ";
    let hashes: Vec<String> = usernames.iter().map(|username| former_name(vault, username)).collect();
    let former = those(db, FORMER, &hashes.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let of_the_removed = usernames.iter().zip(&hashes).filter(|(_, hash)| former.contains(*hash));
    let mut used_usernames = those(db, USED, usernames).await?;
    used_usernames.extend(of_the_removed.map(|(username, _)| (*username).to_owned()));
    Ok(Taken {
        emails: those(db, EMAILS, emails).await?,
        usernames: those(db, USERNAMES, usernames).await?,
        used_usernames,
    })
}

async fn those(db: &Db, select: &str, asked: &[&str]) -> Result<HashSet<String>, sqlx::Error> {
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let text = format!("{select}{}", rows_of_values(1, asked.len()));
    let found: Vec<String> = read!(db, |pool| {
        let mut query = sqlx::query_scalar(AssertSqlSafe(text));
        for text in asked {
            query = query.bind(*text);
        }
        query.fetch_all(pool).await?
    });
    Ok(found.into_iter().collect())
}

/// Adds at most [`ADDED`] accounts. False if one of the addresses or usernames became somebody's
/// meanwhile: the transaction is to be given up then.
pub async fn add(tx: &mut Tx, arrivals: &[Arrival], now: UnixMicros) -> Result<bool, sqlx::Error> {
    const CLAIM: &str = "INSERT INTO used_usernames (username, account_id, first_used_at) VALUES ";
    const CREATE: &str = "INSERT INTO accounts (id, email, email_verified_at, username, \
            display_name, password_hash, password_stands_alone, \
            password_changed_at, role, created_at) \
        VALUES ";
    const OR_NOT: &str = " ON CONFLICT DO NOTHING";
    let claim = format!("{CLAIM}{}{OR_NOT}", rows_of_values(arrivals.len(), 3));
    let claimed = on!(tx, |connection| {
        let mut query = sqlx::query(AssertSqlSafe(claim));
        for arrival in arrivals {
            query = query.bind(&arrival.username).bind(arrival.id).bind(now);
        }
        query.execute(connection).await?.rows_affected()
    });
    let create = format!("{CREATE}{}{OR_NOT}", rows_of_values(arrivals.len(), 10));
    let created = on!(tx, |connection| {
        let mut query = sqlx::query(AssertSqlSafe(create));
        for arrival in arrivals {
            query = query
                .bind(arrival.id)
                .bind(arrival.stored_email())
                .bind(arrival.is_verified().then_some(now))
                .bind(&arrival.username)
                .bind(arrival.shown_name())
                .bind(&arrival.password_hash)
                .bind(true)
                .bind(arrival.password_hash.as_ref().map(|_| now))
                .bind(Role::Member)
                .bind(now);
        }
        query.execute(connection).await?.rows_affected()
    });
    let all = u64::try_from(arrivals.len()).unwrap_or(u64::MAX);
    Ok(claimed == all && created == all)
}

impl Arrival {
    fn stored_email(&self) -> Email {
        self.email.clone().unwrap_or_else(|| Email::of_nobody(self.id.0))
    }

    fn is_verified(&self) -> bool {
        self.email_verified && self.email.is_some()
    }

    fn shown_name(&self) -> DisplayName {
        let from_email = || self.email.as_ref().and_then(|email| DisplayName::parse(email.local_part()).ok());
        self.display_name.clone().or_else(from_email).unwrap_or_else(|| DisplayName::of(&self.username))
    }
}

/// How many accounts there are.
pub async fn count(db: &Db) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM accounts";
    read!(db, |pool| sqlx::query_scalar(COUNT).fetch_one(pool).await)
}

/// The accounts after `after` in the order of their ids, at most 500. The first ones are after
/// [`AccountId::NOBODY`].
pub async fn page(db: &Db, after: AccountId) -> Result<Vec<Account>, sqlx::Error> {
    const PAGE: &str = concat!("SELECT ", account_columns!(), " FROM accounts WHERE id > $1 ORDER BY id LIMIT 500");
    read!(db, |pool| sqlx::query_as(PAGE).bind(after).fetch_all(pool).await)
}
