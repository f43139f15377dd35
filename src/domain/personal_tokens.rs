//! Personal access tokens: what people make for programs of their own, which then never hold their
//! password.
//!
//! One can do less than its owner: read, and never what asks for a recent sign-in. It ends with its
//! time, with a new password, with the account, and when its owner says so.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::token_text::{self, TokenKind};
use crate::domain::accounts::{Account, AccountId, Role, account_columns};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::policy::{self, Demand};
use crate::domain::scopes::{Scope, Scopes};
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Tokens of one account. More are a sign of a program that makes them.
pub const MOST: i64 = 50;
/// The last use is written at most this often.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// 256 random bits, shown once. Never stored, never logged.
pub struct PersonalToken(Zeroizing<[u8; 32]>);

impl fmt::Debug for PersonalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalToken(..)")
    }
}

impl PersonalToken {
    /// Exactly the text that was shown.
    pub fn parse(text: &str) -> Option<Self> {
        token_text::read(TokenKind::Personal, text).map(Self)
    }

    pub fn to_text(&self) -> Zeroizing<String> {
        token_text::write(TokenKind::Personal, self.0.as_slice())
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_slice()).into()
    }
}

/// Names a token to its owner; lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct PersonalTokenId(pub Uuid);

/// What a token is made with.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// What its owner calls it.
    pub name: &'a str,
    pub scopes: &'a Scopes,
    /// Whether the session it is made in began as a policy of second factors asks for.
    pub second_factor: bool,
    pub lifetime: Duration,
}

/// A token as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    pub id: PersonalTokenId,
    pub name: String,
    pub scope: String,
    pub created_at: UnixMicros,
    pub expires_at: UnixMicros,
    pub last_used_at: Option<UnixMicros>,
    pub last_used_address: Option<String>,
}

/// Makes a token. `TooManyTokens` where the account has [`MOST`].
pub async fn create(tx: &mut Tx, account: AccountId, new: &NewToken<'_>) -> Result<PersonalToken, AppError> {
    const COUNT: &str = "SELECT COUNT(*) \
        FROM personal_tokens \
        WHERE account_id = $1 AND expires_at > $2";
    const CREATE: &str = "INSERT INTO personal_tokens (id, account_id, token_hash, name, scope, \
            second_factor, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let now = tx.now();
    let count: i64 =
        on!(tx, |connection| sqlx::query_scalar(COUNT).bind(account).bind(now).fetch_one(connection).await)?;
    if count >= MOST {
        return Err(AppError::TooManyTokens);
    }
    let (id, token) =
        (PersonalTokenId(tx.randomness().id(now)), PersonalToken(Zeroizing::new(tx.randomness().bytes())));
    on!(tx, |connection| sqlx::query(CREATE)
        .bind(id)
        .bind(account)
        .bind(&token.hash()[..])
        .bind(new.name)
        .bind(new.scopes.to_string())
        .bind(new.second_factor)
        .bind(now)
        .bind(now.after(new.lifetime))
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(token)
}

/// Those that are not over, the newest first.
pub async fn list(db: &Db, account: AccountId, now: UnixMicros) -> Result<Vec<Listed>, sqlx::Error> {
    const LIST: &str = "SELECT id, name, scope, created_at, expires_at, last_used_at, \
            last_used_address \
        FROM personal_tokens \
        WHERE account_id = $1 AND expires_at > $2 \
        ORDER BY created_at DESC, id DESC";
    read!(db, |pool| sqlx::query_as(LIST).bind(account).bind(now).fetch_all(pool).await)
}

/// Ends one token of `account`; false if it has no such one. Gives its name for the audit trail.
pub async fn end(tx: &mut Tx, account: AccountId, id: PersonalTokenId) -> Result<Option<String>, sqlx::Error> {
    const END: &str = "DELETE FROM personal_tokens \
        WHERE id = $1 AND account_id = $2 \
        RETURNING name";
    on!(tx, |connection| sqlx::query_scalar(END).bind(id).bind(account).fetch_optional(connection).await)
}

/// Ends the token that somebody gives back who holds it, with an audit entry; does nothing where
/// there is none. One that lets nobody in at the moment too: its account may be enabled, unlocked
/// or kept after all.
pub async fn give_back(db: &Db, token: &PersonalToken) -> Result<(), AppError> {
    const OWNER: &str = "SELECT id, account_id FROM personal_tokens WHERE token_hash = $1";
    let hash = token.hash();
    let found: Option<(PersonalTokenId, AccountId)> =
        read!(db, |pool| sqlx::query_as(OWNER).bind(&hash[..]).fetch_optional(pool).await)?;
    let Some((id, account)) = found else { return Ok(()) };
    let mut tx = db.begin_recorded().await?;
    if let Some(name) = end(&mut tx, account, id).await? {
        record(&mut tx, account, Kind::TokenRevoked, &name).await?;
    }
    Ok(tx.commit().await?)
}

/// Adds an entry about the token with this name to the trail.
pub async fn record(tx: &mut Tx, account: AccountId, kind: Kind, name: &str) -> Result<(), sqlx::Error> {
    let details = Details { is: Some(name.to_owned()), ..Details::of_visitor() };
    let event = Event { kind, account: Some(account), details };
    audit::record(tx, &event).await
}

/// Ends every token of `account`: whoever has to replace a password does not know who made which of
/// them.
pub async fn end_all(tx: &mut Tx, account: AccountId) -> Result<u64, sqlx::Error> {
    const END_ALL: &str = "DELETE FROM personal_tokens WHERE account_id = $1";
    on!(tx, |connection| sqlx::query(END_ALL).bind(account).execute(connection).await.map(|done| done.rows_affected()))
}

/// Removes those that are over.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM personal_tokens WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(now).execute(connection).await.map(|done| done.rows_affected()))
}

/// A good token, and whose it is.
#[derive(Debug)]
pub struct Used {
    pub id: PersonalTokenId,
    pub account: Account,
    pub scopes: Scopes,
    pub expires_at: UnixMicros,
    pub created_at: UnixMicros,
}

#[derive(sqlx::FromRow)]
struct Row {
    token_id: PersonalTokenId,
    scope: String,
    second_factor: bool,
    token_created_at: UnixMicros,
    expires_at: UnixMicros,
    last_used_at: Option<UnixMicros>,
    #[sqlx(flatten)]
    account: Account,
}

/// Whose token this is: one indexed read. None for one that is over or unknown, of an account that
/// is disabled or locked, or that may not come in with one factor by now.
pub async fn find(db: &Db, token: &PersonalToken) -> Result<Option<Used>, sqlx::Error> {
    Ok(row_of(db, token).await?.and_then(|row| row.judged(db)))
}

/// [`find`], of somebody who acts with it: the use is noted, at most once a minute.
pub async fn used(db: &Db, token: &PersonalToken, address: &str) -> Result<Option<Used>, sqlx::Error> {
    let now = db.now();
    let Some(row) = row_of(db, token).await? else { return Ok(None) };
    let (now, last) = (now, row.last_used_at);
    let Some(used) = row.judged(db) else { return Ok(None) };
    let due = last.is_none_or(|last| now.since(last) >= TOUCH_EVERY || last > now.after(CLOCK_TOLERANCE));
    // Who it is has been decided; that a busy writer leaves an old time there changes nothing.
    if due && let Err(error) = note_use(db, used.id, address, now).await {
        tracing::warn!(%error, "the last use of a personal access token could not be noted");
    }
    Ok(Some(used))
}

async fn row_of(db: &Db, token: &PersonalToken) -> Result<Option<Row>, sqlx::Error> {
    const FIND: &str = concat!(
        "SELECT t.token_id, t.scope, t.second_factor, t.token_created_at, t.expires_at, t.last_used_at, ",
        account_columns!(),
        " FROM (SELECT id AS token_id, account_id, scope, second_factor, \
                    created_at AS token_created_at, expires_at, last_used_at \
                FROM personal_tokens \
                WHERE token_hash = $1) t \
            JOIN accounts a ON a.id = t.account_id \
            WHERE t.expires_at > $2 AND t.token_created_at <= $3 AND a.disabled_at IS NULL \
                AND a.frozen_at IS NULL AND a.deletion_due_at IS NULL"
    );
    let now = db.now();
    read!(db, |pool| sqlx::query_as(FIND)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)
}

impl Row {
    fn judged(self, db: &Db) -> Option<Used> {
        let config = db.config();
        let now = db.now();
        let Self { token_id: id, scope, second_factor, token_created_at: created_at, expires_at, account, .. } = self;
        let rules = &config.second_factor;
        if policy::demand(rules, (&account).into(), second_factor, now) == Demand::Now {
            return None;
        }
        let scopes = Scopes::parse(&scope)?;
        // What only administrators may is gone with the role.
        if scopes.has(Scope::Introspect) && account.role != Role::Admin {
            return None;
        }
        Some(Used { id, account, scopes, expires_at, created_at })
    }
}

async fn note_use(db: &Db, id: PersonalTokenId, address: &str, now: UnixMicros) -> Result<(), sqlx::Error> {
    const NOTE: &str = "UPDATE personal_tokens \
        SET last_used_at = $2, last_used_address = $3 \
        WHERE id = $1";
    let mut tx = db.begin().await?;
    on!(&mut tx, |connection| sqlx::query(NOTE)
        .bind(id)
        .bind(now)
        .bind(address)
        .execute(connection)
        .await
        .map(|_| ()))?;
    tx.commit().await
}
