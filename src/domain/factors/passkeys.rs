//! Passkeys (WebAuthn Level 3): keys that a device or a password manager keeps, unlocked by its
//! owner's finger, face or PIN.
//!
//! One is two factors at once, since it always verifies its user: it is the second step after a
//! password, or a whole sign-in. `ceremonies.rs` asks for and checks what a browser answers,
//! `relying_party.rs` is the name that passkeys are bound to.

pub mod ceremonies;
pub mod relying_party;

use crate::base::clock::UnixMicros;
use crate::base::db::{self, Db, Tx, on, read};
use crate::base::error::AppError;
use crate::domain::accounts::AccountId;
use crate::domain::devices::DeviceName;
use crate::domain::logins::Proof;
use ceremonies::{Answered, Created};
use std::str::FromStr;
use uuid::Uuid;
use webauthn_rs::prelude::{Credential, CredentialID, Passkey as PublicKey};

/// Passkeys of one account: more are nobody's, and each is named in what a browser is sent.
pub const MOST: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct PasskeyId(pub Uuid);

impl FromStr for PasskeyId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// One as its owner sees it.
#[derive(Clone, Debug)]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: Option<String>,
    /// Whether it is kept on several devices, as against one that never leaves its own.
    pub synced: bool,
    pub created_at: UnixMicros,
    pub last_used_at: Option<UnixMicros>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: PasskeyId,
    account_id: AccountId,
    name: Option<String>,
    credential: String,
    created_at: UnixMicros,
    last_used_at: Option<UnixMicros>,
}

impl Row {
    fn public_key(&self) -> Option<PublicKey> {
        let read = serde_json::from_str(&self.credential);
        read.inspect_err(|error| tracing::error!(passkey = %self.id.0, %error, "a passkey can't be read")).ok()
    }
}

/// The account's passkeys, oldest first.
pub async fn list(db: &Db, account: AccountId) -> Result<Vec<Passkey>, sqlx::Error> {
    let rows = rows(db, account).await?;
    let synced = |row: &Row| row.public_key().is_some_and(|key| Credential::from(key).backup_state);
    Ok(rows
        .into_iter()
        .map(|row| Passkey {
            synced: synced(&row),
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        })
        .collect())
}

/// What names the account's passkeys to a browser.
pub async fn credential_ids(db: &Db, account: AccountId) -> Result<Vec<CredentialID>, sqlx::Error> {
    let rows = rows(db, account).await?;
    Ok(rows.iter().filter_map(|row| Some(row.public_key()?.cred_id().clone())).collect())
}

async fn rows(db: &Db, account: AccountId) -> Result<Vec<Row>, sqlx::Error> {
    const LIST: &str = "SELECT id, account_id, name, credential, created_at, last_used_at \
        FROM passkeys \
        WHERE account_id = $1 \
        ORDER BY created_at, id";
    read!(db, |pool| sqlx::query_as(LIST).bind(account).fetch_all(pool).await)
}

/// How many the account has, as the transaction sees it.
pub async fn count(tx: &mut Tx, account: AccountId) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM passkeys WHERE account_id = $1";
    on!(tx, |connection| sqlx::query_scalar(COUNT).bind(account).fetch_one(connection).await)
}

/// Adds a passkey that was just created for `account`. `PasskeyKnown`: it is somebody's already, or
/// this challenge was answered before.
pub async fn add(tx: &mut Tx, account: AccountId, created: &Created, name: &DeviceName) -> Result<(), AppError> {
    const ADD: &str = "INSERT INTO passkeys (id, account_id, credential_id, relying_party, name, \
            credential, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let now = tx.now();
    if count(tx, account).await? >= MOST as i64 {
        return Err(AppError::TooManyPasskeys);
    }
    if !created.challenge.use_up(tx).await? {
        return Err(AppError::PasskeyKnown);
    }
    let credential = as_text(&created.key)?;
    let id = PasskeyId(tx.randomness().id(now));
    let added = on!(tx, |connection| sqlx::query(ADD)
        .bind(id)
        .bind(account)
        .bind(created.key.cred_id().as_slice())
        .bind(&created.relying_party)
        .bind(name.as_deref())
        .bind(credential)
        .bind(now)
        .execute(connection)
        .await
        .map(|_| ()));
    match added {
        Err(error) if db::is_unique_violation(&error) => Err(AppError::PasskeyKnown),
        other => {
            other?;
            Ok(super::changed(tx, account).await?)
        }
    }
}

fn as_text(key: &PublicKey) -> Result<String, AppError> {
    serde_json::to_string(key).map_err(|error| {
        tracing::error!(%error, "a passkey can't be written");
        AppError::Internal
    })
}

/// A stored passkey that a browser's answer names.
pub struct Found {
    pub id: PasskeyId,
    pub account: AccountId,
    pub key: PublicKey,
    /// As it is stored.
    text: String,
}

/// The passkey with this credential id, whosever it is.
pub async fn find(db: &Db, credential_id: &[u8], relying_party: &str) -> Result<Option<Found>, sqlx::Error> {
    const FIND: &str = "SELECT id, account_id, name, credential, created_at, last_used_at \
        FROM passkeys \
        WHERE credential_id = $1 AND relying_party = $2";
    let row: Option<Row> =
        read!(db, |pool| sqlx::query_as(FIND).bind(credential_id).bind(relying_party).fetch_optional(pool).await)?;
    Ok(row.and_then(|row| {
        Some(Found { id: row.id, account: row.account_id, key: row.public_key()?, text: row.credential })
    }))
}

/// A passkey that was used, in the transaction of what it lets happen. Only [`use_up`] makes one.
#[derive(Debug)]
pub struct Used {
    account: AccountId,
}

impl Used {
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The end of a sign-in: the passkey verified its user, so it is both factors (ASVS 6.3.3).
    pub fn proof(&self) -> Proof {
        Proof::after_passkey(self.account)
    }
}

/// Uses an answer up: none is taken twice, nor if the passkey was removed or used elsewhere, or its
/// account disabled, since the answer was checked. The counter of signatures is stored, so that a
/// copy of the passkey shows.
pub async fn use_up(tx: &mut Tx, answered: Answered, now: UnixMicros) -> Result<Option<Used>, AppError> {
    const USE: &str = "UPDATE passkeys \
        SET credential = $3, last_used_at = $4 \
        WHERE id = $1 AND credential = $2 AND EXISTS (SELECT 1 FROM accounts \
            WHERE accounts.id = passkeys.account_id AND accounts.disabled_at IS NULL \
            AND accounts.frozen_at IS NULL)";
    let Answered { found, key, challenge } = answered;
    if !challenge.use_up(tx).await? {
        return Ok(None);
    }
    let text = as_text(&key)?;
    let used = on!(tx, |connection| sqlx::query(USE)
        .bind(found.id)
        .bind(&found.text)
        .bind(text)
        .bind(now)
        .execute(connection)
        .await?
        .rows_affected());
    Ok((used == 1).then_some(Used { account: found.account }))
}

/// Gives a passkey of `account` another name; false if there is none.
pub async fn name(tx: &mut Tx, account: AccountId, id: PasskeyId, name: &DeviceName) -> Result<bool, sqlx::Error> {
    const NAME: &str = "UPDATE passkeys SET name = $3 WHERE id = $1 AND account_id = $2";
    let named = on!(tx, |connection| sqlx::query(NAME)
        .bind(id)
        .bind(account)
        .bind(name.as_deref())
        .execute(connection)
        .await?
        .rows_affected());
    Ok(named == 1)
}

pub(super) async fn remove(tx: &mut Tx, account: AccountId, id: PasskeyId) -> Result<bool, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM passkeys WHERE id = $1 AND account_id = $2";
    let removed =
        on!(tx, |connection| sqlx::query(REMOVE).bind(id).bind(account).execute(connection).await?.rows_affected());
    Ok(removed == 1)
}
