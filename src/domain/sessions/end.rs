//! How a session ends before its time, and what whoever still holds its cookie is told.

use super::{SessionHandle, SessionToken};
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on, read};
use crate::domain::accounts::AccountId;
use std::time::Duration;
use strum::VariantArray;
use uuid::Uuid;

/// Why a session is over. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum EndReason {
    SignedOut,
    PasswordChanged,
    PasswordReset,
    /// Its absolute time was over.
    Expired,
    /// It was not used for too long.
    Idle,
    /// Another sign-in in the same browser took its place.
    Replaced,
    /// The account had more live ones than it may have.
    TooMany,
    /// Its owner ended it from another one.
    EndedByOwner,
    /// Its owner said that it was somebody else's.
    NotMe,
    /// Its owner locked the account.
    AccountLocked,
    /// The operator or an administrator disabled the account.
    AccountDisabled,
    /// The account's second factors were removed by the operator or an administrator.
    FactorsReset,
    /// An administrator or the command line ended it.
    EndedByAdmin,
    /// It was used from another browser or system, where that ends a session.
    UserAgentChanged,
    /// It was used from another network, where that ends a session.
    NetworkChanged,
    /// It was begun with one factor, and two are asked for by now.
    SecondFactorRequired,
    /// A refresh token that was used before came again: a copy of it is about.
    RefreshTokenReused,
    /// Its program gave its tokens back.
    TokenRevoked,
    /// Its owner wants the account removed.
    DeletionAsked,
    /// It was in a backup that the operator restored: it may have been ended since that was made.
    Restored,
}

impl EndReason {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.name() == name)
    }
}

/// What became of a session that lets nobody in any more.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub reason: EndReason,
    /// Its idle time, for "not used for an hour".
    pub idle: Duration,
}

#[derive(sqlx::FromRow)]
struct EndedRow {
    end_reason: Option<String>,
    ends_at: UnixMicros,
    expires_at: UnixMicros,
    idle_micros: i64,
}

/// Why the session behind a cookie is over; none if there never was one, it is too long ago, or it
/// is live. Only told to whoever holds the cookie.
pub async fn why(db: &Db, token: SessionToken, now: UnixMicros) -> Result<Option<Ended>, sqlx::Error> {
    const WHY: &str = "SELECT end_reason, ends_at, expires_at, idle_micros \
        FROM sessions \
        WHERE session_key = $1";
    let row: Option<EndedRow> =
        read!(db, |pool| sqlx::query_as(WHY).bind(&token.key().0[..]).fetch_optional(pool).await)?;
    Ok(row.and_then(|row| {
        let reason = match row.end_reason {
            Some(name) => EndReason::parse(&name)?,
            None if row.ends_at > now => return None,
            None if row.ends_at == row.expires_at => EndReason::Expired,
            None => EndReason::Idle,
        };
        let idle = Duration::from_micros(u64::try_from(row.idle_micros).unwrap_or_default());
        Some(Ended { reason, idle })
    }))
}

/// Ends one session, if it is one of `account`: whoever names another's ends nothing. False if it
/// was over already.
pub async fn one_of(
    tx: &mut Tx,
    account: AccountId,
    handle: SessionHandle,
    reason: EndReason,
    now: UnixMicros,
) -> Result<bool, sqlx::Error> {
    const END: &str = "UPDATE sessions \
        SET ended_at = $3, end_reason = $4 \
        WHERE handle = $2 AND account_id = $1 AND ended_at IS NULL";
    let ended = on!(tx, |connection| sqlx::query(END)
        .bind(account)
        .bind(handle)
        .bind(now)
        .bind(reason.name())
        .execute(connection)
        .await?
        .rows_affected());
    Ok(ended == 1)
}

/// Ends the session and the ones that took its place in the same browser, if they are `account`'s;
/// gives the ended ones. Signing in once more must not carry a thief past the link that asks about
/// the first time.
pub async fn of_browser(
    tx: &mut Tx,
    account: AccountId,
    handle: SessionHandle,
    reason: EndReason,
    now: UnixMicros,
) -> Result<Vec<SessionHandle>, sqlx::Error> {
    const END: &str = "UPDATE sessions \
        SET ended_at = $3, end_reason = $4 \
        WHERE account_id = $1 AND ended_at IS NULL \
            AND (handle = $2 OR device_id = (SELECT device_id FROM sessions WHERE handle = $2 \
            AND account_id = $1)) \
        RETURNING handle";
    on!(tx, |connection| sqlx::query_scalar(END)
        .bind(account)
        .bind(handle)
        .bind(now)
        .bind(reason.name())
        .fetch_all(connection)
        .await)
}

/// Ends every live session of `account` but `kept`; gives the ended ones.
pub async fn all_of(
    tx: &mut Tx,
    account: AccountId,
    kept: Option<SessionHandle>,
    reason: EndReason,
    now: UnixMicros,
) -> Result<Vec<SessionHandle>, sqlx::Error> {
    const END_ALL: &str = "UPDATE sessions \
        SET ended_at = $2, end_reason = $3 \
        WHERE account_id = $1 AND ended_at IS NULL AND handle <> $4 \
        RETURNING handle";
    // The nil UUID names no session.
    let kept = kept.unwrap_or(SessionHandle(Uuid::nil()));
    on!(tx, |connection| sqlx::query_scalar(END_ALL)
        .bind(account)
        .bind(now)
        .bind(reason.name())
        .bind(kept)
        .fetch_all(connection)
        .await)
}

/// Ends the oldest live sessions of `account` above `most`, and gives them. Never `started`, the
/// one that began just now: by another node's clock it may seem the oldest. Those of programs and
/// those of browsers are counted apart, or a program that signs in every minute would sign its
/// owner out everywhere.
pub async fn surplus(
    tx: &mut Tx,
    account: AccountId,
    started: SessionHandle,
    program: bool,
    most: u16,
    now: UnixMicros,
) -> Result<Vec<SessionHandle>, sqlx::Error> {
    const END_SURPLUS: &str = "UPDATE sessions \
        SET ended_at = $2, end_reason = 'too_many' \
        WHERE account_id = $1 AND program = $5 AND ended_at IS NULL \
            AND handle NOT IN (SELECT handle FROM sessions WHERE account_id = $1 AND program = $5 \
            AND ended_at IS NULL ORDER BY CASE WHEN handle = $4 THEN 0 ELSE 1 END, started_at DESC, \
            handle DESC LIMIT $3) \
        RETURNING handle";
    on!(tx, |connection| sqlx::query_scalar(END_SURPLUS)
        .bind(account)
        .bind(now)
        .bind(i64::from(most))
        .bind(started)
        .bind(program)
        .fetch_all(connection)
        .await)
}
