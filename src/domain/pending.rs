//! Sign-ins that wait for a second factor, or for one to be set up. A pending login is not a
//! session: its own row, cookie and minutes, and nobody is "a bit signed in". It is used up in the
//! transaction that starts the session.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
/// What the browser holds meanwhile.
pub use crate::base::one_use_token::OneUseToken as PendingToken;
use crate::base::paths::Then;
use crate::domain::accounts::AccountId;
use crate::domain::logins::{FirstFactor, Method};
use crate::domain::sessions::Keep;
use std::time::Duration;
use strum::VariantArray;
use uuid::Uuid;

/// What a sign-in waits for. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    SecondFactor,
    /// The account has no second factor yet and must have one.
    Enrolment,
}

impl Stage {
    const ALL: &[Self] = Self::VARIANTS;

    fn name(self) -> &'static str {
        self.into()
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|stage| stage.name() == name)
    }

    /// Time to find the phone (ASVS 6.5.5), or to find and install an app for it.
    pub fn lifetime(self) -> Duration {
        match self {
            Self::SecondFactor => Duration::from_secs(600),
            Self::Enrolment => Duration::from_secs(1800),
        }
    }

    /// Where the visitor goes on.
    pub fn page(self) -> &'static str {
        match self {
            Self::SecondFactor => "/sign-in/second-factor",
            Self::Enrolment => "/sign-in/enrol",
        }
    }
}

/// A sign-in as far as it came.
#[derive(Debug)]
pub struct Pending {
    pub stage: Stage,
    pub first: FirstFactor,
    pub keep: Keep,
    pub then: Then,
}

#[derive(sqlx::FromRow)]
struct PendingRow {
    account_id: AccountId,
    method: String,
    keep: String,
    destination: String,
    stage: String,
    new_account: bool,
}

impl PendingRow {
    /// None if it was written by a version that knows more than this one.
    fn read(self) -> Option<Pending> {
        let first = FirstFactor::resume(self.account_id, Method::parse(&self.method)?.first(), !self.new_account);
        let (stage, keep) = (Stage::parse(&self.stage)?, Keep::parse(&self.keep)?);
        Some(Pending { stage, first, keep, then: Then::parse(&self.destination) })
    }
}

/// Begins to wait. Another one of the same account goes on waiting: two browsers may sign in at
/// once.
pub async fn start(tx: &mut Tx, pending: &Pending) -> Result<PendingToken, sqlx::Error> {
    const START: &str = "INSERT INTO pending_logins (token_hash, account_id, method, keep, \
            destination, created_at, expires_at, stage, new_account) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let now = tx.now();
    let token = PendingToken::new(tx.randomness());
    on!(tx, |connection| sqlx::query(START)
        .bind(&token.hash()[..])
        .bind(pending.first.account())
        .bind(Method::from(pending.first.first()).name())
        .bind(pending.keep.name())
        .bind(&*pending.then.path())
        .bind(now)
        .bind(now.after(pending.stage.lifetime()))
        .bind(pending.stage.name())
        .bind(!pending.first.is_of_somebody_returning())
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(token)
}

/// Names the row without letting anybody in: what is shown to this sign-in alone is kept under it.
pub fn holder(token: &PendingToken) -> Uuid {
    let hash = token.hash();
    Uuid::from_bytes(std::array::from_fn(|at| hash[at]))
}

/// Looks without using it up: for the page that asks for what it waits for.
pub async fn find(db: &Db, token: &PendingToken, now: UnixMicros) -> Result<Option<Pending>, sqlx::Error> {
    let row: Option<PendingRow> = read!(db, |pool| sqlx::query_as(FIND)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)?;
    Ok(row.and_then(PendingRow::read))
}

/// [`find`] in the transaction that is to end it.
pub async fn find_in(tx: &mut Tx, token: &PendingToken, now: UnixMicros) -> Result<Option<Pending>, sqlx::Error> {
    let row: Option<PendingRow> = on!(tx, |connection| sqlx::query_as(FIND)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(connection)
        .await)?;
    Ok(row.and_then(PendingRow::read))
}

const FIND: &str = "SELECT p.account_id, p.method, p.keep, p.destination, p.stage, p.new_account \
    FROM pending_logins p \
    JOIN accounts a ON a.id = p.account_id \
    WHERE p.token_hash = $1 AND p.expires_at > $2 AND p.created_at <= $3 \
        AND a.disabled_at IS NULL AND a.frozen_at IS NULL";

/// Uses it up; false if another request did so first.
pub async fn take(tx: &mut Tx, token: &PendingToken) -> Result<bool, sqlx::Error> {
    const TAKE: &str = "DELETE FROM pending_logins WHERE token_hash = $1";
    let taken =
        on!(tx, |connection| sqlx::query(TAKE).bind(&token.hash()[..]).execute(connection).await?.rows_affected());
    Ok(taken == 1)
}

/// Voids all of `account`: the password that they were begun with is no longer the password.
pub async fn void_of_account(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    const VOID: &str = "DELETE FROM pending_logins WHERE account_id = $1";
    on!(tx, |connection| sqlx::query(VOID).bind(account).execute(connection).await.map(|_| ()))
}

/// Removes those whose time is over; gives how many.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM pending_logins WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(now).execute(connection).await.map(|done| done.rows_affected()))
}
