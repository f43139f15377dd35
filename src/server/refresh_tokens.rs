//! What a program goes on with when its access token is over (RFC 9700 §4.14): used once, then replaced.
//!
//! A token that comes again after its successor was used, or later than [`GRACE`] after it was, is in two hands: the session ends, and
//! neither has anything. Within that time the same successor is given once more, or a program whose answer got lost, or that has two
//! windows, would be signed out by its own impatience.
//!
//! The first secret is random; each next one is made from the one before under a key outside the database ([`Vault`]). So nothing is kept
//! in clear to be given twice, a copy of the database lets nobody in, and an old token is known by walking on from it.

use crate::server::clock::{CLOCK_TOLERANCE, Randomness, UnixMicros};
use crate::server::db::{Db, Tx, on, read};
use crate::server::sessions::SessionHandle;
use crate::server::token_text::{self, TokenKind};
use crate::server::vault::Vault;
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a token that was used gives the same successor again.
pub const GRACE: Duration = Duration::from_secs(10);
/// The farthest that is walked from a token to learn whether it was one of its session: refreshed once a minute, two weeks. What is older
/// lets nobody in either; only its session goes on.
const LONGEST_WALK: i64 = 20_160;

/// Names its session, which is no secret, and holds 256 secret bits. Never stored, never logged.
pub struct RefreshToken {
    session: Uuid,
    secret: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(..)")
    }
}

impl RefreshToken {
    /// Exactly the text that was given out.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = token_text::read::<48>(TokenKind::Refresh, text)?;
        let (session, secret) = bytes.split_first_chunk::<16>()?;
        Some(Self { session: Uuid::from_bytes(*session), secret: Zeroizing::new(secret.try_into().ok()?) })
    }

    pub fn to_text(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new([self.session.as_bytes().as_slice(), self.secret.as_slice()].concat());
        token_text::write(TokenKind::Refresh, &bytes)
    }

    /// The session that it says it belongs to; whether it does, the database says.
    pub fn session(&self) -> SessionHandle {
        SessionHandle(self.session)
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_slice()).into()
    }

    fn next(&self, vault: &Vault) -> Self {
        Self { session: self.session, secret: vault.next_refresh_secret(self.session.as_bytes(), &self.secret) }
    }
}

/// What access tokens made with it say.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Grant {
    pub audience: String,
    pub scope: String,
}

/// Gives `session` its first token.
pub async fn create(
    tx: &mut Tx,
    randomness: &Randomness,
    session: SessionHandle,
    grant: &Grant,
    now: UnixMicros,
) -> Result<RefreshToken, sqlx::Error> {
    const CREATE: &str = "INSERT INTO refresh_tokens (session_handle, current_hash, rotated_at, audience, scope) VALUES ($1, $2, $3, $4, $5)";
    let token = RefreshToken { session: session.0, secret: Zeroizing::new(randomness.bytes()) };
    on!(tx, |connection| sqlx::query(CREATE)
        .bind(session)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(&grant.audience)
        .bind(&grant.scope)
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(token)
}

/// What became of a token that somebody presented.
#[derive(Debug)]
pub enum Presented {
    /// It was the current one, or was a moment ago: this one takes its place.
    Next(RefreshToken, Grant),
    /// It was one of its session's, and has been used: a copy is about.
    Reused,
    Unknown,
}

#[derive(sqlx::FromRow)]
struct Row {
    current_hash: Vec<u8>,
    previous_hash: Option<Vec<u8>>,
    rotated_at: UnixMicros,
    rotations: i64,
    #[sqlx(flatten)]
    grant: Grant,
}

/// Uses `token` up, in the transaction in which its session was found live (`sessions::programs::use_by_program`, whose lock keeps others
/// waiting). Of two who present it at once both get the same successor.
pub async fn present(
    tx: &mut Tx,
    vault: &Vault,
    token: &RefreshToken,
    now: UnixMicros,
) -> Result<Presented, sqlx::Error> {
    const ROTATE: &str = "UPDATE refresh_tokens SET previous_hash = current_hash, current_hash = $3, rotated_at = $4, rotations = rotations + 1 WHERE session_handle = $1 AND current_hash = $2";
    let (hash, next) = (token.hash(), token.next(vault));
    let rotated = on!(tx, |connection| sqlx::query(ROTATE)
        .bind(token.session())
        .bind(&hash[..])
        .bind(&next.hash()[..])
        .bind(now)
        .execute(connection)
        .await?
        .rows_affected());
    let row: Option<Row> =
        on!(tx, |connection| sqlx::query_as(FIND).bind(token.session()).fetch_optional(connection).await)?;
    let Some(row) = row else { return Ok(Presented::Unknown) };
    if rotated == 1 || row.is_in_grace(&hash, now) {
        return Ok(Presented::Next(next, row.grant));
    }
    Ok(if row.was_here(vault, token) { Presented::Reused } else { Presented::Unknown })
}

impl Row {
    fn is_in_grace(&self, hash: &[u8; 32], now: UnixMicros) -> bool {
        // One from the future was rotated by a clock that was wrong: nobody knows how long ago.
        self.previous_hash.as_deref() == Some(hash)
            && now.since(self.rotated_at) <= GRACE
            && self.rotated_at <= now.after(CLOCK_TOLERANCE)
    }

    /// Whether `token` was given out for this session before. Anybody can write down a token that names a session: it must not end it.
    fn was_here(&self, vault: &Vault, token: &RefreshToken) -> bool {
        let steps = self.rotations.min(LONGEST_WALK);
        let mut at = token.next(vault);
        for _ in 0..steps {
            if at.hash()[..] == self.current_hash[..] {
                return true;
            }
            at = at.next(vault);
        }
        false
    }
}

const FIND: &str = "SELECT current_hash, previous_hash, rotated_at, rotations, audience, scope FROM refresh_tokens WHERE session_handle = $1";

async fn row_of(db: &Db, token: &RefreshToken) -> Result<Option<Row>, sqlx::Error> {
    read!(db, |pool| sqlx::query_as(FIND).bind(token.session()).fetch_optional(pool).await)
}

/// Whether `token` is or was one of its session's: for a program that gives it back.
pub async fn was_given(db: &Db, vault: &Vault, token: &RefreshToken) -> Result<bool, sqlx::Error> {
    let row = row_of(db, token).await?;
    Ok(row.is_some_and(|row| row.current_hash[..] == token.hash()[..] || row.was_here(vault, token)))
}

/// What access tokens made with `token` say, if it is its session's current one: for whoever only asks (RFC 7662).
pub async fn current(db: &Db, token: &RefreshToken) -> Result<Option<Grant>, sqlx::Error> {
    let row = row_of(db, token).await?;
    Ok(row.filter(|row| row.current_hash[..] == token.hash()[..]).map(|row| row.grant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::vault::SecretKey;

    fn token(seed: u8) -> RefreshToken {
        RefreshToken { session: Uuid::from_u128(7), secret: Zeroizing::new([seed; 32]) }
    }

    #[test]
    fn a_token_is_read_back_and_tells_nothing_in_the_log() {
        let read = RefreshToken::parse(&token(3).to_text()).unwrap();
        assert_eq!((read.session, *read.secret), (Uuid::from_u128(7), [3; 32]));
        assert_eq!(format!("{read:?}"), "RefreshToken(..)");
        assert!(RefreshToken::parse("doorward_refresh_").is_none());
    }

    #[test]
    fn the_next_one_depends_on_the_key_the_session_and_the_one_before() {
        let vault = |seed: u8| Vault::new(&SecretKey::from_bytes([seed; 32]), Randomness::system());
        let next = token(3).next(&vault(1));
        assert_eq!(*next.secret, *token(3).next(&vault(1)).secret);
        assert_ne!(*next.secret, *token(3).next(&vault(2)).secret);
        assert_ne!(*next.secret, *token(4).next(&vault(1)).secret);
        let elsewhere = RefreshToken { session: Uuid::from_u128(8), ..token(3) };
        assert_ne!(*next.secret, *elsewhere.next(&vault(1)).secret);
    }

    #[test]
    fn every_token_before_the_current_one_is_known_and_no_other() {
        let vault = Vault::new(&SecretKey::from_bytes([1; 32]), Randomness::system());
        let (first, mut current) = (token(3), token(3));
        for _ in 0..5 {
            current = current.next(&vault);
        }
        let grant = Grant { audience: String::new(), scope: String::new() };
        let row = Row {
            current_hash: current.hash().to_vec(),
            previous_hash: None,
            rotated_at: UnixMicros(0),
            rotations: 5,
            grant,
        };
        assert!(row.was_here(&vault, &first) && row.was_here(&vault, &first.next(&vault)));
        assert!(!row.was_here(&vault, &token(4)), "written down by somebody who knows the session");
        assert!(!Row { rotations: 4, ..row }.was_here(&vault, &first), "farther back than it goes");
    }
}
