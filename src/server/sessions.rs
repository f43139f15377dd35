//! The places where people are signed in.
//!
//! A session is a row; its cookie holds a random id and the row holds that id's SHA-256. Nothing about sessions is
//! cached: each request asks the database, so an ended session is refused at its next request, on every node.

use crate::server::accounts::{Account, AccountId, account_columns};
use crate::server::clock::{CLOCK_TOLERANCE, Randomness, UnixMicros, micros};
use crate::server::config::SessionConfig;
use crate::server::db::{Db, Tx, on, read};
use crate::server::logins::{Method, Proof};
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Duration;
use tower_sessions_core::session::Id;
use uuid::Uuid;

/// `last_seen_at` is written at most this often, so that a busy session costs one write a minute.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
/// Live sessions an account may have. Each is ended with an audit entry of its own: without a bound, a thief who signs in
/// ten thousand times would make the password change that evicts him too large to finish.
const MOST_LIVE: i64 = 100;
/// Rows that one tidying transaction takes: others wait for it.
const BATCH: i64 = 200;
/// How long an ended session stays listed for its owner's history.
const KEPT_AFTER_END: Duration = Duration::from_secs(30 * 24 * 3600);

/// What the browser holds: 128 random bits (ASVS 7.2.3), in tower-sessions' text form. Never stored, never logged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionToken(Id);

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

impl SessionToken {
    fn new(randomness: &Randomness) -> Self {
        Self(Id(i128::from_le_bytes(randomness.bytes())))
    }

    /// Exactly the text that was given out: 22 characters of URL-safe base64, without the spellings that decode alike.
    pub fn parse(text: &str) -> Option<Self> {
        let id: Id = text.parse().ok()?;
        (id.to_string() == text).then_some(Self(id))
    }

    pub fn to_text(self) -> String {
        self.0.to_string()
    }

    pub fn key(self) -> SessionKey {
        SessionKey(Sha256::digest(self.0.0.to_le_bytes()).into())
    }
}

/// What the database holds, so that a copy of it lets nobody in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionKey([u8; 32]);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

/// Names a session to its owner; lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct SessionHandle(pub Uuid);

/// Why a session is over. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The account had more live ones than anybody needs.
    TooMany,
}

impl EndReason {
    pub fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::Expired => "expired",
            Self::Idle => "idle",
            Self::Replaced => "replaced",
            Self::TooMany => "too_many",
        }
    }
}

/// A live session, as read for a request.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub handle: SessionHandle,
    pub started_at: UnixMicros,
    pub confirmed_at: UnixMicros,
    pub last_seen_at: UnixMicros,
    pub expires_at: UnixMicros,
    pub remembered: bool,
    pub method: String,
    pub address: String,
    pub user_agent: String,
}

/// From where a session is started.
#[derive(Clone, Debug)]
pub struct Origin {
    pub address: String,
    pub user_agent: String,
}

/// Starts a session for whoever `proof` is about; only a finished login makes a proof.
pub async fn start(
    tx: &mut Tx,
    randomness: &Randomness,
    settings: &SessionConfig,
    proof: &Proof,
    origin: &Origin,
    remember: bool,
    now: UnixMicros,
) -> Result<(SessionHandle, SessionToken), sqlx::Error> {
    const START: &str = "INSERT INTO sessions (handle, session_key, account_id, method, started_at, confirmed_at, last_seen_at, idle_micros, expires_at, remembered, address, user_agent) VALUES ($1, $2, $3, $4, $5, $5, $5, $6, $7, $8, $9, $10)";
    let token = SessionToken::new(randomness);
    let handle = SessionHandle(randomness.id(now));
    let (idle, absolute) = lifetimes(settings, remember);
    on!(tx, |connection| sqlx::query(START)
        .bind(handle)
        .bind(&token.key().0[..])
        .bind(proof.account())
        .bind(proof.method().name())
        .bind(now)
        .bind(micros(idle))
        .bind(now.after(absolute))
        .bind(remember)
        .bind(&origin.address)
        .bind(&origin.user_agent)
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok((handle, token))
}

/// Idle and absolute lifetime.
pub fn lifetimes(settings: &SessionConfig, remember: bool) -> (Duration, Duration) {
    if remember {
        (settings.remember_idle.as_std(), settings.remember_absolute.as_std())
    } else {
        (settings.idle_timeout.as_std(), settings.absolute_timeout.as_std())
    }
}

#[derive(sqlx::FromRow)]
struct SessionWithAccount {
    #[sqlx(flatten)]
    session: Session,
    #[sqlx(flatten)]
    account: Account,
}

/// The live session behind a cookie and its owner: one indexed read. Ended, expired, idle for too long, or of a disabled
/// account: none.
pub async fn resolve(db: &Db, token: SessionToken, now: UnixMicros) -> Result<Option<(Session, Account)>, sqlx::Error> {
    const RESOLVE: &str = concat!(
        "SELECT s.handle, s.started_at, s.confirmed_at, s.last_seen_at, s.expires_at, s.remembered, s.method, s.address, s.user_agent, ",
        account_columns!(),
        " FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.session_key = $1 AND s.ended_at IS NULL AND s.ends_at > $2 AND s.started_at <= $3 AND a.disabled_at IS NULL"
    );
    let found: Option<SessionWithAccount> = read!(db, |pool| sqlx::query_as(RESOLVE)
        .bind(&token.key().0[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)?;
    Ok(found.map(|both| (both.session, both.account)))
}

/// Notes that the session was used, at most once a minute. An ended session stays ended: the statement only reaches live rows.
/// A last use that lies ahead was noted by a clock that was wrong, and is put right.
pub async fn touch(db: &Db, session: &Session, now: UnixMicros) -> Result<(), sqlx::Error> {
    const TOUCH: &str = "UPDATE sessions SET last_seen_at = $2 WHERE handle = $1 AND ended_at IS NULL AND (last_seen_at < $2 OR last_seen_at > $3)";
    let ahead = session.last_seen_at.since(now) > CLOCK_TOLERANCE;
    if now.since(session.last_seen_at) < TOUCH_EVERY && !ahead {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    on!(&mut tx, |connection| sqlx::query(TOUCH)
        .bind(session.handle)
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .execute(connection)
        .await
        .map(|_| ()))?;
    tx.commit().await
}

/// Gives a live session a new id (fixation: ASVS 7.2.4); the old one is refused from the commit on. None if it ended meanwhile.
pub async fn cycle(
    tx: &mut Tx,
    randomness: &Randomness,
    handle: SessionHandle,
    now: UnixMicros,
) -> Result<Option<SessionToken>, sqlx::Error> {
    const CYCLE: &str = "UPDATE sessions SET session_key = $2, confirmed_at = $3, last_seen_at = $3 WHERE handle = $1 AND ended_at IS NULL";
    let token = SessionToken::new(randomness);
    let cycled = on!(tx, |connection| sqlx::query(CYCLE)
        .bind(handle)
        .bind(&token.key().0[..])
        .bind(now)
        .execute(connection)
        .await?
        .rows_affected());
    Ok((cycled == 1).then_some(token))
}

/// Whether the session is still live, asked in the transaction that acts for its owner: a request decides who is visiting
/// when it begins, and whoever holds its body back can act long after the session was ended.
pub async fn is_live(tx: &mut Tx, handle: SessionHandle, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const LIVE: &str = "SELECT COUNT(*) FROM sessions WHERE handle = $1 AND ended_at IS NULL AND ends_at > $2";
    let live: i64 = on!(tx, |connection| sqlx::query_scalar(LIVE).bind(handle).bind(now).fetch_one(connection).await)?;
    Ok(live == 1)
}

/// Ends one session; false if it was over already.
pub async fn end(tx: &mut Tx, handle: SessionHandle, reason: EndReason, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const END: &str = "UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE handle = $1 AND ended_at IS NULL";
    let ended = on!(tx, |connection| sqlx::query(END)
        .bind(handle)
        .bind(now)
        .bind(reason.name())
        .execute(connection)
        .await?
        .rows_affected());
    Ok(ended == 1)
}

/// Ends every live session of `account` but `kept`; gives the ended ones.
pub async fn end_all(
    tx: &mut Tx,
    account: AccountId,
    kept: Option<SessionHandle>,
    reason: EndReason,
    now: UnixMicros,
) -> Result<Vec<SessionHandle>, sqlx::Error> {
    const END_ALL: &str = "UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE account_id = $1 AND ended_at IS NULL AND handle <> $4 RETURNING handle";
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

/// A session that ended by itself.
#[derive(Debug, sqlx::FromRow)]
pub struct Over {
    pub handle: SessionHandle,
    pub account_id: AccountId,
    /// Ended by its absolute time, else by idle time.
    absolute: bool,
}

impl Over {
    pub fn reason(&self) -> EndReason {
        if self.absolute { EndReason::Expired } else { EndReason::Idle }
    }
}

/// Whether there is something for [`end_over`] to do: asked first, so that an idle server takes no lock.
pub async fn any_over(db: &Db, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const ANY: &str =
        "SELECT COUNT(*) FROM (SELECT 1 FROM sessions WHERE ended_at IS NULL AND ends_at <= $1 LIMIT 1) AS one";
    let some: i64 = read!(db, |pool| sqlx::query_scalar(ANY).bind(now).fetch_one(pool).await)?;
    Ok(some > 0)
}

/// Ends some of the sessions whose time is over, as of the moment when it was, and gives them; none once all are ended.
pub async fn end_over(tx: &mut Tx, now: UnixMicros) -> Result<Vec<Over>, sqlx::Error> {
    const END_OVER: &str = "UPDATE sessions SET ended_at = ends_at, end_reason = CASE WHEN expires_at <= last_seen_at + idle_micros THEN 'expired' ELSE 'idle' END WHERE handle IN (SELECT handle FROM sessions WHERE ended_at IS NULL AND ends_at <= $1 ORDER BY ends_at LIMIT $2) AND ended_at IS NULL AND ends_at <= $1 RETURNING handle, account_id, expires_at <= last_seen_at + idle_micros AS absolute";
    on!(tx, |connection| sqlx::query_as(END_OVER).bind(now).bind(BATCH).fetch_all(connection).await)
}

/// Removes some of the rows that ended more than 30 days ago; gives how many.
pub async fn remove_old(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str =
        "DELETE FROM sessions WHERE handle IN (SELECT handle FROM sessions WHERE ended_at < $1 LIMIT $2)";
    let before = now.before(KEPT_AFTER_END);
    on!(tx, |connection| sqlx::query(REMOVE)
        .bind(before)
        .bind(BATCH)
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}

/// Whether any session was last used in the future. Reads every session: for the start, and for when a clock was put back.
pub async fn any_ahead(db: &Db, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const ANY: &str =
        "SELECT COUNT(*) FROM (SELECT 1 FROM sessions WHERE ended_at IS NULL AND last_seen_at > $1 LIMIT 1) AS one";
    let ahead = now.after(CLOCK_TOLERANCE);
    let some: i64 = read!(db, |pool| sqlx::query_scalar(ANY).bind(ahead).fetch_one(pool).await)?;
    Ok(some > 0)
}

/// Lets the idle time of such sessions begin now; they would be idle only when that future has passed.
pub async fn put_right(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const PUT_RIGHT: &str = "UPDATE sessions SET last_seen_at = $1 WHERE ended_at IS NULL AND last_seen_at > $2";
    on!(tx, |connection| sqlx::query(PUT_RIGHT)
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}

/// Ends the oldest live sessions of `account` above [`MOST_LIVE`], and gives them.
pub async fn end_surplus(tx: &mut Tx, account: AccountId, now: UnixMicros) -> Result<Vec<SessionHandle>, sqlx::Error> {
    const END_SURPLUS: &str = "UPDATE sessions SET ended_at = $2, end_reason = 'too_many' WHERE account_id = $1 AND ended_at IS NULL AND handle NOT IN (SELECT handle FROM sessions WHERE account_id = $1 AND ended_at IS NULL ORDER BY handle DESC LIMIT $3) RETURNING handle";
    on!(tx, |connection| sqlx::query_scalar(END_SURPLUS)
        .bind(account)
        .bind(now)
        .bind(MOST_LIVE)
        .fetch_all(connection)
        .await)
}

/// How many live sessions `account` has.
pub async fn count_live(db: &Db, account: AccountId, now: UnixMicros) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM sessions WHERE account_id = $1 AND ended_at IS NULL AND ends_at > $2";
    read!(db, |pool| sqlx::query_scalar(COUNT).bind(account).bind(now).fetch_one(pool).await)
}

impl Method {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::MailLink => "mail_link",
            Self::SetUpLink => "set_up_link",
        }
    }
}
