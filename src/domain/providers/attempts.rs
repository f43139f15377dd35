//! Sign-ins that went to a provider and have not come back yet.
//!
//! The browser holds one random value in a cookie, and each attempt has another, its `state`. What
//! only this attempt may bring back (nonce, PKCE verifier) is derived from both, and the database
//! holds no more than their hashes: a copy of it finishes nobody's sign-in. Tabs share the cookie
//! and nothing else, so they don't disturb each other.

use crate::base::clock::{CLOCK_TOLERANCE, Randomness, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
use crate::base::names::ProviderName;
use crate::base::one_use_token::OneUseToken;
use crate::base::paths::Then;
use crate::domain::sessions::{Keep, SessionHandle};
use std::time::Duration;
use strum::{EnumDiscriminants, EnumString, IntoStaticStr};
use zeroize::Zeroizing;

/// Time to sign in at the provider, with a second factor there.
pub const LIFETIME: Duration = Duration::from_secs(900);

/// What the attempt is for. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(PurposeName), derive(EnumString, IntoStaticStr), strum(serialize_all = "snake_case"))]
pub enum Purpose {
    SignIn,
    /// Adds a way in to the account of this session.
    Link(SessionHandle),
    /// Whoever uses this session proves once more who they are.
    Confirm(SessionHandle),
}

impl Purpose {
    fn name(self) -> &'static str {
        PurposeName::from(self).into()
    }

    fn session(self) -> Option<SessionHandle> {
        match self {
            Self::SignIn => None,
            Self::Link(session) | Self::Confirm(session) => Some(session),
        }
    }

    fn read(name: &str, session: Option<SessionHandle>) -> Option<Self> {
        match (name.parse().ok()?, session) {
            (PurposeName::SignIn, None) => Some(Self::SignIn),
            (PurposeName::Link, Some(session)) => Some(Self::Link(session)),
            (PurposeName::Confirm, Some(session)) => Some(Self::Confirm(session)),
            (PurposeName::SignIn, Some(_)) | (PurposeName::Link | PurposeName::Confirm, None) => None,
        }
    }
}

/// An attempt as it was begun.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub provider: ProviderName,
    pub purpose: Purpose,
    pub keep: Keep,
    pub then: Then,
    pub begun_at: UnixMicros,
}

/// What the browser and the address together hold of one attempt.
#[derive(Debug)]
pub struct Secrets<'a> {
    pub browser: &'a OneUseToken,
    pub state: &'a OneUseToken,
}

impl Secrets<'_> {
    /// What the provider's token must repeat.
    pub fn nonce(&self) -> Zeroizing<String> {
        self.browser.derive(b"nonce", self.state)
    }

    /// Without it, the code that the provider gives is worth nothing (RFC 7636).
    pub fn verifier(&self) -> Zeroizing<String> {
        self.browser.derive(b"verifier", self.state)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    provider: String,
    issuer: String,
    purpose: String,
    session_handle: Option<SessionHandle>,
    keep: String,
    destination: String,
    created_at: UnixMicros,
}

impl Row {
    /// None if it was written by a version that knows more than this one.
    fn read(self) -> Option<Stored> {
        let attempt = Attempt {
            provider: self.provider.parse().ok()?,
            purpose: Purpose::read(&self.purpose, self.session_handle)?,
            keep: Keep::parse(&self.keep)?,
            then: Then::parse(&self.destination),
            begun_at: self.created_at,
        };
        Some(Stored { attempt, issuer: self.issuer })
    }
}

/// An attempt as it is stored.
#[derive(Debug)]
pub struct Stored {
    pub attempt: Attempt,
    /// Whom the answer must come from, as the provider was configured when it was sent there.
    pub issuer: String,
}

/// Begins an attempt; gives its state.
pub async fn start(
    tx: &mut Tx,
    randomness: &Randomness,
    browser: &OneUseToken,
    attempt: &Attempt,
    issuer: &str,
) -> Result<OneUseToken, sqlx::Error> {
    const START: &str = "INSERT INTO provider_attempts (state_hash, browser_hash, provider, \
            issuer, purpose, session_handle, keep, destination, created_at, \
            expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let state = OneUseToken::new(randomness);
    on!(tx, |connection| sqlx::query(START)
        .bind(&state.hash()[..])
        .bind(&browser.hash()[..])
        .bind(attempt.provider.as_str())
        .bind(issuer)
        .bind(attempt.purpose.name())
        .bind(attempt.purpose.session())
        .bind(attempt.keep.name())
        .bind(&*attempt.then.path())
        .bind(attempt.begun_at)
        .bind(attempt.begun_at.after(LIFETIME))
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(state)
}

/// Looks without using it up: for the page that leads to the provider.
pub async fn find(db: &Db, secrets: &Secrets<'_>, now: UnixMicros) -> Result<Option<Stored>, sqlx::Error> {
    const FIND: &str = "SELECT provider, issuer, purpose, session_handle, keep, destination, \
            created_at \
        FROM provider_attempts \
        WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3 AND created_at <= $4";
    let row: Option<Row> = read!(db, |pool| sqlx::query_as(FIND)
        .bind(&secrets.state.hash()[..])
        .bind(&secrets.browser.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)?;
    Ok(row.and_then(Row::read))
}

/// Uses it up: of two answers to one attempt only the first is looked at. One of another browser
/// stays as it is, or whoever reads a `state` somewhere could end it.
pub async fn take(tx: &mut Tx, secrets: &Secrets<'_>, now: UnixMicros) -> Result<Option<Stored>, sqlx::Error> {
    const TAKE: &str = "DELETE FROM provider_attempts \
        WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3 AND created_at <= $4 \
        RETURNING provider, issuer, purpose, session_handle, keep, destination, created_at";
    let row: Option<Row> = on!(tx, |connection| sqlx::query_as(TAKE)
        .bind(&secrets.state.hash()[..])
        .bind(&secrets.browser.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(connection)
        .await)?;
    Ok(row.and_then(Row::read))
}

/// Removes those whose time is over; gives how many.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM provider_attempts WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(now).execute(connection).await.map(|done| done.rows_affected()))
}
