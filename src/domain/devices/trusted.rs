//! Browsers that their owner trusts: the password alone signs in there, for as many days as
//! `second_factor.trust_days` says.
//!
//! What proves such a browser is its device cookie: 192 random bits, `__Host-` and HttpOnly, hashed
//! at rest and bound to the account. The token is made anew when trust is given, so one that was
//! copied before is worth nothing. It stands for the second factor and never for the first: a thief
//! needs the password too, and has a sign-in that says how it came about
//! ([`First::PasswordOnTrustedBrowser`]), so that whatever asks for a real second factor can tell
//! it from one.
//!
//! Trust ends with its time, with its device, with any change of the password or the factors, and
//! whenever the owner says so.
//!
//! [`First::PasswordOnTrustedBrowser`]: crate::domain::logins::First::PasswordOnTrustedBrowser

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::config::SecondFactorConfig;
use crate::base::db::{Db, Tx, on, read};
use crate::domain::accounts::AccountId;
use crate::domain::devices::{DeviceId, DeviceTokens};
use crate::domain::logins::{FirstFactor, Login};
use std::time::Duration;
use uuid::Uuid;

/// How long trust lasts; none where it is not offered.
pub fn span(config: &SecondFactorConfig) -> Option<Duration> {
    let days = u64::from(config.trust_days);
    (days > 0).then(|| Duration::from_secs(days * 24 * 3600))
}

/// A browser as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TrustedBrowser {
    pub device_id: DeviceId,
    /// What its owner calls it.
    pub name: Option<String>,
    /// When it was trusted.
    pub user_agent: String,
    pub created_at: UnixMicros,
    pub expires_at: UnixMicros,
}

/// Trusts `device` of `account` for `span` from now on.
pub async fn start(tx: &mut Tx, account: AccountId, device: DeviceId, span: Duration) -> Result<(), sqlx::Error> {
    const START: &str = "INSERT INTO trusted_browsers (device_id, account_id, user_agent, \
            created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (device_id) \
        DO UPDATE SET user_agent = excluded.user_agent, created_at = excluded.created_at, \
            expires_at = excluded.expires_at";
    let (visit, now) = (tx.visit(), tx.now());
    on!(tx, |connection| sqlx::query(START)
        .bind(device)
        .bind(account)
        .bind(&visit.origin.user_agent)
        .bind(now)
        .bind(now.after(span))
        .execute(connection)
        .await
        .map(|_| ()))
}

/// The end of a login whose account trusts the browser that holds `tokens`; else the same login,
/// which goes on to the second factor. In the transaction that starts the session, so that nobody
/// gets past a revocation: with `tx` a recorded one, whatever ends trust comes wholly before it or
/// wholly after.
pub async fn spare(
    tx: &mut Tx,
    first: FirstFactor,
    tokens: &DeviceTokens,
    span: Duration,
) -> Result<Login, sqlx::Error> {
    // Shorter trust holds for what was given before; longer does not. What a clock that was ahead
    // gave is not trusted.
    const TRUSTED: &str = "SELECT COUNT(*) \
        FROM trusted_browsers t \
        JOIN devices d ON d.id = t.device_id AND d.account_id = t.account_id \
        WHERE d.account_id = $1 AND d.token_hash = $2 AND t.expires_at > $3 \
            AND t.created_at > $4 AND t.created_at <= $5";
    let now = tx.now();
    for hash in tokens.hashes(first.account()) {
        let trusted: i64 = on!(tx, |connection| sqlx::query_scalar(TRUSTED)
            .bind(first.account())
            .bind(&hash[..])
            .bind(now)
            .bind(now.before(span))
            .bind(now.after(CLOCK_TOLERANCE))
            .fetch_one(connection)
            .await)?;
        if trusted == 1 {
            return Ok(Login::Complete(first.on_trusted_browser()));
        }
    }
    Ok(Login::NeedsSecondFactor(first))
}

/// The browsers that `account` trusts now, the newest first.
pub async fn of_account(
    db: &Db,
    account: AccountId,
    span: Duration,
    now: UnixMicros,
) -> Result<Vec<TrustedBrowser>, sqlx::Error> {
    const OF_ACCOUNT: &str = "SELECT t.device_id, d.name, t.user_agent, t.created_at, \
            t.expires_at \
        FROM trusted_browsers t \
        JOIN devices d ON d.id = t.device_id AND d.account_id = t.account_id \
        WHERE t.account_id = $1 AND t.expires_at > $2 AND t.created_at > $3 \
            AND t.created_at <= $4 \
        ORDER BY t.created_at DESC, t.device_id DESC";
    let mut browsers: Vec<TrustedBrowser> = read!(db, |pool| sqlx::query_as(OF_ACCOUNT)
        .bind(account)
        .bind(now)
        .bind(now.before(span))
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_all(pool)
        .await)?;
    for browser in &mut browsers {
        browser.expires_at = browser.expires_at.min(browser.created_at.after(span));
    }
    Ok(browsers)
}

/// Trusts one browser of `account` no more; false if it was not trusted.
pub async fn stop(tx: &mut Tx, account: AccountId, device: DeviceId) -> Result<bool, sqlx::Error> {
    const STOP: &str = "DELETE FROM trusted_browsers WHERE account_id = $1 AND device_id = $2";
    let stopped =
        on!(tx, |connection| sqlx::query(STOP).bind(account).bind(device).execute(connection).await?.rows_affected());
    Ok(stopped == 1)
}

/// Trusts no browser of `account` any more but `kept`; gives how many it were.
pub async fn stop_all(tx: &mut Tx, account: AccountId, kept: Option<DeviceId>) -> Result<u64, sqlx::Error> {
    const STOP: &str = "DELETE FROM trusted_browsers WHERE account_id = $1 AND device_id <> $2";
    // The nil UUID names no device.
    let kept = kept.unwrap_or(DeviceId(Uuid::nil()));
    on!(tx, |connection| Ok(sqlx::query(STOP).bind(account).bind(kept).execute(connection).await?.rows_affected()))
}

/// Removes what is over; gives how much.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM trusted_browsers WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(now).execute(connection).await.map(|done| done.rows_affected()))
}
