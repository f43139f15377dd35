//! The places where people are signed in.
//!
//! A session is a row; its cookie holds a random id and the row holds that id's SHA-256. Nothing
//! about sessions is cached: each request asks the database, so an ended session is refused at its
//! next request, on every node.

pub mod apps;
pub mod change;
pub mod end;
pub mod list;
pub mod over;
pub mod programs;
pub mod search;

use crate::base::clock::{CLOCK_TOLERANCE, Randomness, UnixMicros, micros};
use crate::base::config::Config;
use crate::base::db::{Db, Tx, on, read};
pub use crate::base::ids::SessionHandle;
use crate::base::ids::SessionKey;
pub use crate::base::visit::Origin;
use crate::domain::accounts::{Account, account_columns};
use crate::domain::devices::DeviceId;
use crate::domain::factor_kind::FactorKind;
use crate::domain::logins::{First, Method, Proof};
pub use end::EndReason;
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Duration;
use strum::VariantArray;
use tower_sessions_core::session::Id;

/// `last_seen_at` is written at most this often, so that a busy session costs one write a minute.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
/// What the browser holds: 128 random bits (ASVS 7.2.3), in tower-sessions' text form. Never
/// stored, never logged.
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

    /// Exactly the text that was given out: 22 characters of URL-safe base64, without the spellings
    /// that decode alike.
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

/// A live session, as read for a request.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub handle: SessionHandle,
    pub started_at: UnixMicros,
    pub confirmed_at: UnixMicros,
    pub last_seen_at: UnixMicros,
    pub idle_micros: i64,
    pub expires_at: UnixMicros,
    /// When it ends if it is not used any more: after its idle time, or at `expires_at`.
    pub ends_at: UnixMicros,
    pub remembered: bool,
    pub shared: bool,
    pub device_id: Option<DeviceId>,
    pub method: String,
    /// Of the sign-in.
    pub address: String,
    pub user_agent: String,
    /// Of the last request that was taken for the same person's.
    pub seen_address: String,
    pub seen_user_agent: String,
    /// The change that was told last and has not been confirmed: see [`change`].
    pub doubted: Option<String>,
    /// When a change that is only noted was told last.
    pub noted_at: UnixMicros,
    /// Carried by a program's tokens instead of a browser's cookie.
    pub program: bool,
    /// The key it was found by: an old one has lost its rights, whatever the request that came with
    /// it has left to do.
    #[sqlx(try_from = "Vec<u8>")]
    session_key: SessionKey,
}

/// The columns of a [`Session`], of the table `s`.
macro_rules! session_columns {
    () => {
        "s.handle, s.started_at, s.confirmed_at, s.last_seen_at, s.idle_micros, s.expires_at, s.ends_at, s.remembered, s.shared, s.device_id, s.method, s.address, s.user_agent, s.seen_address, s.seen_user_agent, s.doubted, s.noted_at, s.program, s.session_key"
    };
}
pub(crate) use session_columns;

impl Session {
    /// What the database holds of the id that came with the request.
    pub fn key(&self) -> SessionKey {
        self.session_key
    }

    /// Whether the person proved who they are within `recent` (step-up: ASVS 7.5.1, 7.5.2).
    pub fn is_recent(&self, recent: Duration, now: UnixMicros) -> bool {
        // A proof from the future was given by a clock that was wrong.
        now.since(self.confirmed_at) < recent && self.confirmed_at <= now.after(CLOCK_TOLERANCE)
    }

    /// Whether its last use is to be written again; see [`touch`].
    pub fn is_touch_due(&self, now: UnixMicros) -> bool {
        // Where the idle time is short, a minute would be much of it.
        let often = Duration::from_micros(u64::try_from(self.idle_micros / 4).unwrap_or_default());
        now.since(self.last_seen_at) >= TOUCH_EVERY.min(often) || self.last_seen_at.since(now) > CLOCK_TOLERANCE
    }

    /// How it counts as begun with a second factor of this `kind`, shown in it now.
    pub fn method_with(&self, kind: FactorKind) -> Method {
        Method::parse(&self.method).unwrap_or(First::Password.into()).and(kind)
    }

    /// Whether a second factor was shown in it.
    pub fn has_second_factor(&self) -> bool {
        Method::parse(&self.method).is_some_and(Method::has_second_factor)
    }

    /// Whether it began as a policy of second factors asks for.
    pub fn satisfies_policy(&self) -> bool {
        Method::parse(&self.method).is_some_and(Method::satisfies_policy)
    }

    /// As it is once its use `now` was noted.
    fn seen(&mut self, now: UnixMicros) {
        self.last_seen_at = now;
        self.ends_at = self.expires_at.min(UnixMicros(now.0.saturating_add(self.idle_micros)));
    }
}

/// What the person said about the computer they sign in on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Keep {
    /// Their own: the cookie outlives the browser.
    Remembered,
    /// They did not say.
    Ordinary,
    /// One that others use too: short idle time, no device cookie, a reminder to sign out.
    Shared,
    /// Nothing: it is a program, which keeps tokens instead of a cookie.
    Program,
}

impl Keep {
    /// As the form says it. Of two answers that exclude each other the careful one counts.
    pub fn chosen(shared: bool, remember: bool) -> Self {
        match (shared, remember) {
            (true, _) => Self::Shared,
            (false, true) => Self::Remembered,
            (false, false) => Self::Ordinary,
        }
    }

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What a form can say.
    pub fn parse(name: &str) -> Option<Self> {
        Self::VARIANTS.iter().copied().find(|keep| *keep != Self::Program && keep.name() == name)
    }

    /// Idle and absolute lifetime.
    pub fn lifetimes(self, config: &Config) -> (Duration, Duration) {
        let Config { session, tokens, .. } = config;
        let (idle, absolute) = match self {
            Self::Remembered => (session.remember_idle, session.remember_absolute),
            Self::Ordinary => (session.idle_timeout, session.absolute_timeout),
            Self::Shared => (session.shared_idle, session.absolute_timeout),
            Self::Program => (tokens.refresh_idle, tokens.refresh_absolute),
        };
        (idle.as_std(), absolute.as_std())
    }
}

/// Starts a session for whoever `proof` is about; only a finished login makes a proof.
pub async fn start(
    tx: &mut Tx,
    proof: &Proof,
    keep: Keep,
    device: Option<DeviceId>,
) -> Result<(SessionHandle, SessionToken), sqlx::Error> {
    const START: &str = "INSERT INTO sessions (handle, session_key, account_id, method, \
            started_at, confirmed_at, last_seen_at, idle_micros, expires_at, \
            remembered, shared, program, device_id, address, user_agent, \
            seen_address, seen_user_agent) \
        VALUES ($1, $2, $3, $4, $5, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $13)";
    let (visit, now) = (tx.visit(), tx.now());
    let token = SessionToken::new(tx.randomness());
    let handle = SessionHandle(tx.randomness().id(now));
    let (idle, absolute) = keep.lifetimes(&tx.config());
    on!(tx, |connection| sqlx::query(START)
        .bind(handle)
        .bind(&token.key().0[..])
        .bind(proof.account())
        .bind(proof.method().name())
        .bind(now)
        .bind(micros(idle))
        .bind(now.after(absolute))
        .bind(keep == Keep::Remembered)
        .bind(keep == Keep::Shared)
        .bind(keep == Keep::Program)
        .bind(device)
        .bind(&visit.origin.address)
        .bind(&visit.origin.user_agent)
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok((handle, token))
}

#[derive(sqlx::FromRow)]
struct SessionWithAccount {
    #[sqlx(flatten)]
    session: Session,
    #[sqlx(flatten)]
    account: Account,
}

impl SessionWithAccount {
    fn apart(self) -> (Session, Account) {
        (self.session, self.account)
    }
}

/// Sessions that let somebody in at `$2`, with their owners, and more where it is asked for.
macro_rules! select_live {
    ($which:literal) => {
        select_live!("", "sessions s", $which)
    };
    ($more:literal, $from:literal, $which:literal) => {
        concat!(
            "SELECT ",
            session_columns!(),
            ", ",
            account_columns!(),
            $more,
            " FROM ",
            $from,
            " JOIN accounts a ON a.id = s.account_id WHERE ",
            $which,
            " AND s.ended_at IS NULL AND s.ends_at > $2 AND s.started_at <= $3 AND a.disabled_at IS NULL AND a.frozen_at IS NULL"
        )
    };
}
use select_live;

/// The live session behind a cookie and its owner: one indexed read. Ended, expired, idle for too
/// long, or of a disabled or locked account: none.
pub async fn resolve(db: &Db, token: SessionToken, now: UnixMicros) -> Result<Option<(Session, Account)>, sqlx::Error> {
    const RESOLVE: &str = select_live!("s.session_key = $1");
    let found: Option<SessionWithAccount> = read!(db, |pool| sqlx::query_as(RESOLVE)
        .bind(&token.key().0[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)?;
    Ok(found.map(SessionWithAccount::apart))
}

/// Notes that the session was used, at most once a minute; and from where, unless a change has
/// still to be told. An ended session stays ended: the statement only reaches live rows. A last use
/// that lies ahead was noted by a clock that was wrong, and is put right.
pub async fn touch(
    db: &Db,
    session: &mut Session,
    origin: Option<&Origin>,
    now: UnixMicros,
) -> Result<(), sqlx::Error> {
    const TOUCH: &str = "UPDATE sessions \
        SET last_seen_at = $2, seen_address = COALESCE($4, seen_address), \
            seen_user_agent = COALESCE($5, seen_user_agent) \
        WHERE handle = $1 AND ended_at IS NULL AND (last_seen_at < $2 OR last_seen_at > $3)";
    if !session.is_touch_due(now) {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    on!(&mut tx, |connection| sqlx::query(TOUCH)
        .bind(session.handle)
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .bind(origin.map(|origin| &origin.address))
        .bind(origin.map(|origin| &origin.user_agent))
        .execute(connection)
        .await
        .map(|_| ()))?;
    tx.commit().await?;
    session.seen(now);
    Ok(())
}

/// Gives a live session a new id (fixation: ASVS 7.2.4), after its owner proved once more who they
/// are: what had changed about them is accepted. The old id is refused from the commit on. None if
/// the session ended meanwhile, or has a new id already.
pub async fn cycle(tx: &mut Tx, session: &Session) -> Result<Option<SessionToken>, sqlx::Error> {
    const CYCLE: &str = "UPDATE sessions \
        SET session_key = $2, confirmed_at = $3, last_seen_at = $3, seen_address = $4, \
            seen_user_agent = $5, doubted = NULL, doubts = 0 \
        WHERE handle = $1 AND session_key = $6 AND ended_at IS NULL AND ends_at > $3";
    let (visit, now) = (tx.visit(), tx.now());
    let token = SessionToken::new(tx.randomness());
    let cycled = on!(tx, |connection| sqlx::query(CYCLE)
        .bind(session.handle)
        .bind(&token.key().0[..])
        .bind(now)
        .bind(&visit.origin.address)
        .bind(&visit.origin.user_agent)
        .bind(&session.session_key.0[..])
        .execute(connection)
        .await?
        .rows_affected());
    Ok((cycled == 1).then_some(token))
}

/// Notes that a second factor was turned on and proved in this session, which counts as begun with
/// `method` from now on.
pub async fn note_second_factor(tx: &mut Tx, handle: SessionHandle, method: Method) -> Result<(), sqlx::Error> {
    const NOTE: &str = "UPDATE sessions SET method = $2 WHERE handle = $1 AND ended_at IS NULL";
    on!(tx, |connection| sqlx::query(NOTE).bind(handle).bind(method.name()).execute(connection).await.map(|_| ()))
}

/// Whether the session is still live under the id that came with the request, and its owner may
/// still act; asked in the transaction that acts for them: a request decides who is visiting when
/// it begins, and whoever holds its body back can act long after the session was ended or got a new
/// id.
pub async fn is_live(tx: &mut Tx, session: SessionHandle, key: SessionKey) -> Result<bool, sqlx::Error> {
    const LIVE_UNDER_KEY: &str = "SELECT COUNT(*) \
        FROM sessions s \
        JOIN accounts a ON a.id = s.account_id \
        WHERE s.handle = $1 AND s.session_key = $2 AND s.ended_at IS NULL AND s.ends_at > $3 \
            AND a.disabled_at IS NULL AND a.frozen_at IS NULL";
    let now = tx.now();
    let live: i64 = on!(tx, |connection| sqlx::query_scalar(LIVE_UNDER_KEY)
        .bind(session)
        .bind(&key.0[..])
        .bind(now)
        .fetch_one(connection)
        .await)?;
    Ok(live == 1)
}

/// Whether a session is live, whatever its id: for an answer that takes long to send.
pub async fn is_still_live(db: &Db, handle: SessionHandle, now: UnixMicros) -> Result<bool, sqlx::Error> {
    let live: i64 = read!(db, |pool| sqlx::query_scalar(LIVE).bind(handle).bind(now).fetch_one(pool).await)?;
    Ok(live == 1)
}

const LIVE: &str = "SELECT COUNT(*) \
    FROM sessions \
    WHERE handle = $1 AND ended_at IS NULL AND ends_at > $2";

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64URL_NOPAD;
    use std::collections::HashSet;

    /// ASVS 7.2.3, as far as looking at the outcome can show it: nothing is lost between the
    /// generator and the cookie.
    #[test]
    fn ids_are_all_different_and_each_of_their_128_bits_is_as_often_one_as_zero() {
        const IDS: u32 = 20_000;
        const BITS: usize = 128;
        const OFF: f64 = 0.03;
        // Hoeffding: the share of ones among n fair bits is off by t or more with a probability of
        // at most 2·exp(-2nt²).
        let by_chance = BITS as f64 * 2.0 * (-2.0 * f64::from(IDS) * OFF * OFF).exp();
        assert!(by_chance < 1e-9, "fails by chance with {by_chance:e}");
        let randomness = Randomness::system();
        let mut texts = HashSet::new();
        let mut ones = [0_u32; BITS];
        for _ in 0..IDS {
            let text = SessionToken::new(&randomness).to_text();
            let bytes: [u8; BITS / 8] = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap().try_into().unwrap();
            for (at, ones) in ones.iter_mut().enumerate() {
                *ones += u32::from(bytes[at / 8] >> (at % 8) & 1);
            }
            texts.insert(text);
        }
        assert_eq!(texts.len(), IDS as usize);
        for (at, ones) in ones.into_iter().enumerate() {
            let share = f64::from(ones) / f64::from(IDS);
            assert!((share - 0.5).abs() < OFF, "bit {at} is one in {share} of them");
        }
    }
}
