//! Browsers that a person signed in with before.
//!
//! A browser keeps a random token for each account that signed in with it. The token is bound to
//! the account and lets nobody in: knowing the device spares its owner the mail about a new one,
//! gives a name to its sessions, and keeps those who guess codes elsewhere from making it wait
//! ([`known`]). Only where its owner chose to trust the browser does the token stand for the second
//! factor beside a password: see [`crate::domain::devices::trusted`].

pub mod trusted;

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on, read};
pub use crate::base::device_tokens::DeviceTokens;
use crate::base::error::AppError;
use crate::base::ids::SessionHandle;
use crate::domain::accounts::{AccountId, DisplayName};
use std::time::Duration;
use uuid::Uuid;

/// A browser forgets a cookie after 400 days (RFC 6265bis §5.5); so do we.
pub const KEPT: Duration = Duration::from_secs(400 * 24 * 3600);
/// Devices of one account; the ones that were not used for longest go first.
const MOST_DEVICES: i64 = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct DeviceId(pub Uuid);

/// A browser at the end of a sign-in.
pub struct Recognised {
    pub device: DeviceId,
    /// Whether it was never seen before with this account.
    pub new: bool,
}

/// Finds the device among the browser's `tokens`, or makes a new one: a token that we don't know
/// for this account is never adopted, so nobody can plant one. The token in use moves to the front.
pub async fn recognise(tx: &mut Tx, account: AccountId, tokens: &mut DeviceTokens) -> Result<Recognised, sqlx::Error> {
    const SEEN: &str = "UPDATE devices \
        SET last_seen_at = $3 \
        WHERE account_id = $1 AND token_hash = $2 \
        RETURNING id";
    const ADD: &str = "INSERT INTO devices (id, account_id, token_hash, first_seen_at, \
            last_seen_at) \
        VALUES ($1, $2, $3, $4, $4)";
    const FORGET: &str = "DELETE FROM devices \
        WHERE account_id = $1 AND id NOT IN (SELECT id FROM devices WHERE account_id = $1 \
            ORDER BY last_seen_at DESC, id DESC LIMIT $2)";
    let now = tx.now();
    for (place, hash) in tokens.hashes(account).enumerate().collect::<Vec<_>>() {
        let known: Option<DeviceId> = on!(tx, |connection| sqlx::query_scalar(SEEN)
            .bind(account)
            .bind(&hash[..])
            .bind(now)
            .fetch_optional(connection)
            .await)?;
        if let Some(device) = known {
            tokens.use_again(place);
            return Ok(Recognised { device, new: false });
        }
    }
    let hash = tokens.add(account, tx.randomness());
    let device = DeviceId(tx.randomness().id(now));
    on!(tx, |connection| {
        sqlx::query(ADD).bind(device).bind(account).bind(&hash[..]).bind(now).execute(&mut *connection).await?;
        sqlx::query(FORGET).bind(account).bind(MOST_DEVICES).execute(&mut *connection).await?;
    });
    Ok(Recognised { device, new: true })
}

/// Gives the device that was just recognised another token in the place of the one in front of
/// `tokens`: whoever copied that one before has nothing any more.
pub async fn renew_token(
    tx: &mut Tx,
    account: AccountId,
    device: DeviceId,
    tokens: &mut DeviceTokens,
) -> Result<(), sqlx::Error> {
    const RENEW: &str = "UPDATE devices SET token_hash = $3 WHERE id = $1 AND account_id = $2";
    let hash = tokens.replace_first(account, tx.randomness());
    on!(tx, |connection| sqlx::query(RENEW)
        .bind(device)
        .bind(account)
        .bind(&hash[..])
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// A browser in which the second factor of its account was shown before; only [`known`] says so.
#[derive(Clone, Copy, Debug)]
pub struct KnownDevice(DeviceId);

impl KnownDevice {
    pub fn id(self) -> DeviceId {
        self.0
    }
}

/// The device among the browser's `tokens` that has shown a second factor of `account`. Makes none,
/// and takes none over.
pub async fn known(tx: &mut Tx, account: AccountId, tokens: &DeviceTokens) -> Result<Option<KnownDevice>, sqlx::Error> {
    const KNOWN: &str = "SELECT id \
        FROM devices \
        WHERE account_id = $1 AND token_hash = $2 AND proved_at IS NOT NULL";
    for hash in tokens.hashes(account) {
        let found: Option<DeviceId> = on!(tx, |connection| sqlx::query_scalar(KNOWN)
            .bind(account)
            .bind(&hash[..])
            .fetch_optional(connection)
            .await)?;
        if found.is_some() {
            return Ok(found.map(KnownDevice));
        }
    }
    Ok(None)
}

/// The device among the browser's `tokens` that signed in to `account` before, with whatever proof.
pub async fn familiar(db: &Db, account: AccountId, tokens: &DeviceTokens) -> Result<Option<DeviceId>, sqlx::Error> {
    const FAMILIAR: &str = "SELECT id FROM devices WHERE account_id = $1 AND token_hash = $2";
    for hash in tokens.hashes(account) {
        let found: Option<DeviceId> =
            read!(db, |pool| sqlx::query_scalar(FAMILIAR).bind(account).bind(&hash[..]).fetch_optional(pool).await)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Notes that a second factor was shown in this browser.
pub async fn note_proof(tx: &mut Tx, account: AccountId, device: DeviceId, now: UnixMicros) -> Result<(), sqlx::Error> {
    const PROVED: &str = "UPDATE devices SET proved_at = $3 WHERE id = $1 AND account_id = $2";
    on!(tx, |connection| sqlx::query(PROVED).bind(device).bind(account).bind(now).execute(connection).await.map(|_| ()))
}

/// The factors that were shown are not those of now.
pub async fn void_proofs(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    const VOID: &str = "UPDATE devices \
        SET proved_at = NULL \
        WHERE account_id = $1 AND proved_at IS NOT NULL";
    on!(tx, |connection| sqlx::query(VOID).bind(account).execute(connection).await.map(|_| ()))
}

/// What its owner calls a device: 1 to 40 characters, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceName(Option<String>);

impl DeviceName {
    pub fn parse(typed: &str) -> Result<Self, AppError> {
        if typed.trim().is_empty() {
            return Ok(Self(None));
        }
        let name = DisplayName::parse_short(typed).ok_or(AppError::InvalidDeviceName)?;
        Ok(Self(Some(name.as_str().to_owned())))
    }

    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// Names a device. False if the account has no such device.
pub async fn name(tx: &mut Tx, account: AccountId, device: DeviceId, name: &DeviceName) -> Result<bool, sqlx::Error> {
    const NAME: &str = "UPDATE devices SET name = $3 WHERE id = $1 AND account_id = $2";
    let named = on!(tx, |connection| sqlx::query(NAME)
        .bind(device)
        .bind(account)
        .bind(&name.0)
        .execute(connection)
        .await?
        .rows_affected());
    Ok(named == 1)
}

/// Forgets the browser that `session` of `account` began in: it is an unknown one at its next
/// sign-in.
pub async fn forget(tx: &mut Tx, account: AccountId, session: SessionHandle) -> Result<(), sqlx::Error> {
    const FORGET: &str = "DELETE FROM devices \
        WHERE account_id = $1 AND id = (SELECT device_id FROM sessions WHERE handle = $2 \
            AND account_id = $1)";
    on!(tx, |connection| sqlx::query(FORGET).bind(account).bind(session).execute(connection).await.map(|_| ()))
}

/// Forgets every browser of `account` but `kept`, which is no longer trusted either: whoever knew
/// the old password may have signed in with one.
pub async fn forget_all(tx: &mut Tx, account: AccountId, kept: Option<DeviceId>) -> Result<(), sqlx::Error> {
    const FORGET: &str = "DELETE FROM devices WHERE account_id = $1 AND id <> $2";
    trusted::stop_all(tx, account, None).await?;
    // The nil UUID names no device.
    let kept = kept.unwrap_or(DeviceId(Uuid::nil()));
    on!(tx, |connection| sqlx::query(FORGET).bind(account).bind(kept).execute(connection).await.map(|_| ()))
}

/// Removes devices that were not signed in with for 400 days; gives how many.
pub async fn remove_old(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM devices WHERE last_seen_at < $1";
    on!(tx, |connection| sqlx::query(REMOVE)
        .bind(now.before(KEPT))
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}
