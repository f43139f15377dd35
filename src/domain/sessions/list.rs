//! Sessions as their owner and an administrator see them.

use super::{Session, SessionHandle, session_columns};
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, read};
use crate::domain::accounts::AccountId;
use crate::domain::devices::DeviceId;

/// A live session among others.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub session: Session,
    /// What its owner calls the device.
    pub device_name: Option<String>,
}

/// Every live session of `account`, the one used last first. `session.max_per_user` bounds them.
pub async fn of_account(db: &Db, account: AccountId, now: UnixMicros) -> Result<Vec<Listed>, sqlx::Error> {
    const OF_ACCOUNT: &str = concat!(
        "SELECT ",
        session_columns!(),
        ", d.name AS device_name FROM sessions s LEFT JOIN devices d ON d.id = s.device_id WHERE s.account_id = $1 AND s.ended_at IS NULL AND s.ends_at > $2 ORDER BY s.last_seen_at DESC, s.handle DESC"
    );
    read!(db, |pool| sqlx::query_as(OF_ACCOUNT).bind(account).bind(now).fetch_all(pool).await)
}

/// The device of one live session of `account`; none on a shared computer.
pub async fn device_of(
    db: &Db,
    account: AccountId,
    handle: SessionHandle,
    now: UnixMicros,
) -> Result<Option<DeviceId>, sqlx::Error> {
    const DEVICE: &str = "SELECT device_id \
        FROM sessions \
        WHERE handle = $2 AND account_id = $1 AND ended_at IS NULL AND ends_at > $3 \
            AND device_id IS NOT NULL";
    read!(db, |pool| sqlx::query_scalar(DEVICE).bind(account).bind(handle).bind(now).fetch_optional(pool).await)
}

/// How many live sessions `account` has.
pub async fn count_live(db: &Db, account: AccountId, now: UnixMicros) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) \
        FROM sessions \
        WHERE account_id = $1 AND ended_at IS NULL AND ends_at > $2";
    read!(db, |pool| sqlx::query_scalar(COUNT).bind(account).bind(now).fetch_one(pool).await)
}

/// A session as the mail about it tells of it, live or over.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Told {
    pub started_at: UnixMicros,
    /// Of the sign-in.
    pub address: String,
    pub user_agent: String,
    /// Whether it, or one that took its place in the same browser, lets somebody in.
    pub live: bool,
}

/// The session that a mail to `account` asks about; none once it is too long over.
pub async fn told(
    db: &Db,
    account: AccountId,
    handle: SessionHandle,
    now: UnixMicros,
) -> Result<Option<Told>, sqlx::Error> {
    const TOLD: &str = "SELECT s.started_at, s.address, s.user_agent, \
            EXISTS (SELECT 1 FROM sessions l WHERE l.account_id = s.account_id \
            AND (l.handle = s.handle OR l.device_id = s.device_id) \
            AND l.ended_at IS NULL AND l.ends_at > $3) AS live \
        FROM sessions s \
        WHERE s.handle = $2 AND s.account_id = $1";
    read!(db, |pool| sqlx::query_as(TOLD).bind(account).bind(handle).bind(now).fetch_optional(pool).await)
}
