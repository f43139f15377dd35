//! How a session comes to the host of an app.
//!
//! 1. A browser that is not signed in asks the app for a page. Its proxy asks us, and the answer
//!    leads it to the sign-in page. It is given a random value as a cookie of the app's host; where
//!    it was, and the hash of that value, travel sealed in the address.
//! 2. Once it is signed in here, it goes back to the app's host with a code: one use, one minute,
//!    hashed at rest.
//! 3. There the code counts only with the cookie of the first step, at the host it was made for. So
//!    a code that leaks, or that somebody sends to somebody else (login CSRF), lets nobody in:
//!    neither a browser without the cookie nor the cookie without the code.

use super::original::Original;
use crate::base::clock::{CLOCK_TOLERANCE, Randomness, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
/// What goes back to the app's host, and what the browser is given there before it leaves.
pub use crate::base::one_use_token::{OneUseToken as Code, OneUseToken as BrowserToken};
use crate::base::paths::HandOver;
use crate::base::vault::{Vault, hex};
use crate::domain::sessions::{Session, SessionHandle};
use crate::request::app::App;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a code is good for. A redirect takes a fraction of a second.
const CODE_LIFETIME: Duration = Duration::from_secs(60);
/// Time to sign in, from when the app was asked for: that of the browser's cookie at the app's
/// host.
pub const TIME_TO_SIGN_IN: Duration = Duration::from_secs(3600);
const SEALED_FOR: &[u8] = b"hand-over";
/// Of the address that is come back to. It travels in a header, and nginx takes only 4 KiB of them
/// all.
const LONGEST_KEPT: usize = 1500;

/// From where somebody was sent here to sign in, and where they go back to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// `https://app.example.org`.
    pub origin: String,
    /// Path and query there.
    pub uri: String,
    /// Hash of the browser's cookie there, in hexadecimal.
    browser: String,
    at: UnixMicros,
}

impl Begun {
    pub fn new(original: &Original, browser: &BrowserToken, now: UnixMicros) -> Self {
        // Rather without what was asked there than not at all.
        let kept = [original.uri.as_str(), original.raw_path()].into_iter().find(|uri| uri.len() <= LONGEST_KEPT);
        let (origin, uri) = (original.site.origin(), kept.unwrap_or("/").to_owned());
        Self { origin, uri, browser: hex(&browser.hash()), at: now }
    }

    /// Sealed, so that nobody else can send anybody anywhere, and that an address which is kept
    /// somewhere tells nothing.
    pub fn seal(&self, vault: &Vault, strong: bool) -> Option<HandOver> {
        let plain = serde_json::to_vec(self).ok()?;
        let sealed = vault.seal_hand_over(SEALED_FOR, &plain).ok()?;
        HandOver::new(&BASE64URL_NOPAD.encode(&sealed), strong)
    }

    pub fn open(vault: &Vault, sealed: &str) -> Option<Self> {
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let plain = vault.open_hand_over(SEALED_FOR, &sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// Whether the browser's cookie is still there to go with a code.
    pub fn is_fresh(&self, now: UnixMicros) -> bool {
        now.since(self.at) < TIME_TO_SIGN_IN && self.at <= now.after(CLOCK_TOLERANCE)
    }

    pub fn is_of(&self, browser: Option<&BrowserToken>) -> bool {
        browser.is_some_and(|browser| hex(&browser.hash()) == self.browser)
    }

    /// The page that was asked for.
    pub fn page(&self) -> String {
        format!("{}{}", self.origin, self.uri)
    }
}

/// What a code was given for.
pub struct HandedOver {
    pub session: SessionHandle,
    pub second_factor: bool,
    pub begun: Begun,
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    session_handle: SessionHandle,
    second_factor: bool,
    begun: String,
    expires_at: UnixMicros,
}

/// Makes a code for whoever uses `session`, to go back to where `hand_over` came from.
pub async fn give(
    tx: &mut Tx,
    randomness: &Randomness,
    session: &Session,
    hand_over: &HandOver,
    now: UnixMicros,
) -> Result<Code, sqlx::Error> {
    const GIVE: &str = "INSERT INTO hand_overs (code_hash, session_handle, second_factor, begun, \
            expires_at) \
        VALUES ($1, $2, $3, $4, $5)";
    let code = Code::new(randomness);
    on!(tx, |connection| sqlx::query(GIVE)
        .bind(&code.hash()[..])
        .bind(session.handle)
        .bind(session.has_second_factor())
        .bind(hand_over.sealed())
        .bind(now.after(CODE_LIFETIME))
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(code)
}

/// Whether the code was given and not taken: asked first, so that whoever makes codes up takes no
/// lock.
pub async fn is_given(db: &Db, code: &Code) -> Result<bool, sqlx::Error> {
    const GIVEN: &str = "SELECT COUNT(*) FROM hand_overs WHERE code_hash = $1";
    let given: i64 = read!(db, |pool| sqlx::query_scalar(GIVEN).bind(&code.hash()[..]).fetch_one(pool).await)?;
    Ok(given == 1)
}

/// Uses the code up, whatever comes of it. None if it was never given, was taken before, or is too
/// old.
pub async fn take(app: &App, tx: &mut Tx, code: &Code, now: UnixMicros) -> Result<Option<HandedOver>, sqlx::Error> {
    const TAKE: &str = "DELETE FROM hand_overs \
        WHERE code_hash = $1 \
        RETURNING session_handle, second_factor, begun, expires_at";
    let row: Option<CodeRow> =
        on!(tx, |connection| sqlx::query_as(TAKE).bind(&code.hash()[..]).fetch_optional(connection).await)?;
    Ok(row.filter(|row| row.expires_at > now && row.expires_at <= now.after(CODE_LIFETIME + CLOCK_TOLERANCE)).and_then(
        |CodeRow { session_handle: session, second_factor, begun, .. }| {
            Some(HandedOver { session, second_factor, begun: Begun::open(&app.vault, &begun)? })
        },
    ))
}

/// Removes those whose time is over; gives how many.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM hand_overs WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(now).execute(connection).await.map(|done| done.rows_affected()))
}
