//! What a program goes on with when its access token is over (RFC 9700 §4.14): used once, then
//! replaced.
//!
//! A token that comes again after its successor was used, or later than [`GRACE`] after it was, is
//! in two hands: the session ends, and neither has anything. Within that time the same successor is
//! given once more, or a program whose answer got lost, or that has two windows, would be signed
//! out by its own impatience.
//!
//! The first secret is random; each next one is made from the one before under a key outside the
//! database ([`Vault`]). So nothing is kept in clear to be given twice, and a copy of the database
//! lets nobody in.
//!
//! Each token says which of its session's tokens it is, and carries a tag under that key. One that
//! somebody made up is told by the tag, before anything is asked of the database; one that was
//! given out and used is told by its number. Neither costs more than that, or whoever knows the
//! name of a session could keep the server busy with it.
//!
//! Those that an earlier version gave out have neither ([`Source::Untagged`]), and go on to work.
//! They are known by the two hashes in the row alone: one that is older than both is refused like
//! one that was made up, and does not end the session any more.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
use crate::base::token_text::{self, TokenKind};
use crate::base::vault::{REFRESH_TAG, Vault};
use crate::domain::sessions::SessionHandle;
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a token that was used gives the same successor again.
pub const GRACE: Duration = Duration::from_secs(10);

/// In bytes: the session, which of its tokens it is, the secret, the tag.
const TAGGED: usize = 16 + 8 + 32 + REFRESH_TAG;
/// The session and the secret.
const UNTAGGED: usize = 16 + 32;

/// One that somebody sent. Names its session, which is no secret, and holds 256 secret bits. Never
/// stored, never logged.
pub struct RefreshToken {
    session: Uuid,
    secret: Zeroizing<[u8; 32]>,
    source: Source,
}

/// What a token itself says of where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// Its tag is ours: it was given out, as the one with this number of its session's.
    Given(i64),
    /// Its tag is not ours: nobody was given it.
    MadeUp,
    /// In the form of before there were tags. The row says.
    Untagged,
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(..)")
    }
}

impl RefreshToken {
    /// Exactly the text that was given out, or one of its form.
    pub fn parse(vault: &Vault, text: &str) -> Option<Self> {
        if let Some(bytes) = token_text::read::<TAGGED>(TokenKind::Refresh, text) {
            let (session, rest) = bytes.split_first_chunk::<16>()?;
            let (number, rest) = rest.split_first_chunk::<8>()?;
            let (secret, tag) = rest.split_first_chunk::<32>()?;
            let is_ours = vault.is_refresh_tag(session, number, secret, tag);
            let number = i64::from_be_bytes(*number);
            let source = if is_ours { Source::Given(number) } else { Source::MadeUp };
            return Some(Self { session: Uuid::from_bytes(*session), secret: Zeroizing::new(*secret), source });
        }
        let bytes = token_text::read::<UNTAGGED>(TokenKind::Refresh, text)?;
        let (session, secret) = bytes.split_first_chunk::<16>()?;
        let secret = Zeroizing::new(secret.try_into().ok()?);
        Some(Self { session: Uuid::from_bytes(*session), secret, source: Source::Untagged })
    }

    /// The session that it says it belongs to; whether it does, the database says.
    pub fn session(&self) -> SessionHandle {
        SessionHandle(self.session)
    }

    fn next_secret(&self, vault: &Vault) -> Zeroizing<[u8; 32]> {
        vault.next_refresh_secret(self.session.as_bytes(), &self.secret)
    }
}

fn hash(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// One that is given out.
pub struct NewRefreshToken {
    session: Uuid,
    /// How often the session had another one before.
    number: i64,
    secret: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for NewRefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewRefreshToken(..)")
    }
}

impl NewRefreshToken {
    pub fn to_text(&self, vault: &Vault) -> Zeroizing<String> {
        let (session, number) = (self.session.as_bytes(), self.number.to_be_bytes());
        let tag = vault.refresh_tag(session, &number, &self.secret);
        let bytes = [session.as_slice(), &number, self.secret.as_slice(), &tag].concat();
        token_text::write(TokenKind::Refresh, &Zeroizing::new(bytes))
    }
}

/// What access tokens made with it say.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Grant {
    pub audience: String,
    pub scope: String,
}

/// Gives `session` its first token.
pub async fn create(tx: &mut Tx, session: SessionHandle, grant: &Grant) -> Result<NewRefreshToken, sqlx::Error> {
    const CREATE: &str = "INSERT INTO refresh_tokens (session_handle, current_hash, rotated_at, \
            audience, scope) \
        VALUES ($1, $2, $3, $4, $5)";
    let now = tx.now();
    let token = NewRefreshToken { session: session.0, number: 0, secret: Zeroizing::new(tx.randomness().bytes()) };
    on!(tx, |connection| sqlx::query(CREATE)
        .bind(session)
        .bind(&hash(&token.secret)[..])
        .bind(now)
        .bind(&grant.audience)
        .bind(&grant.scope)
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(token)
}

/// What a token is to its session, as the database has it now.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    Current(Grant),
    /// It was the current one a moment ago: its successor is given once more.
    InGrace(Grant),
    /// It was one of its session's, and has been used: a copy is about.
    Reused,
    /// It was given out, and its session is over.
    Over,
    /// Nobody was given it, as far as can be known.
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

impl Row {
    fn standing(self, token: &RefreshToken, now: UnixMicros) -> Standing {
        let hash = hash(&token.secret);
        let was_before = self.previous_hash.as_deref() == Some(&hash);
        if self.current_hash == hash {
            return Standing::Current(self.grant);
        }
        match token.source {
            _ if was_before && self.is_in_grace(now) => Standing::InGrace(self.grant),
            _ if was_before => Standing::Reused,
            // Anybody can write down a token that names a session: it must not end it. This one has
            // our tag.
            Source::Given(number) if number < self.rotations => Standing::Reused,
            Source::Given(_) | Source::MadeUp | Source::Untagged => Standing::Unknown,
        }
    }

    fn is_in_grace(&self, now: UnixMicros) -> bool {
        // One from the future was rotated by a clock that was wrong: nobody knows how long ago.
        now.since(self.rotated_at) <= GRACE && self.rotated_at <= now.after(CLOCK_TOLERANCE)
    }
}

/// What `token` is at `now`, for whoever only asks and before anything is written for it: one tag,
/// one hash and one row, however it was come by.
pub async fn standing(db: &Db, token: &RefreshToken, now: UnixMicros) -> Result<Standing, sqlx::Error> {
    const FIND_LIVE: &str = "SELECT t.current_hash, t.previous_hash, t.rotated_at, t.rotations, \
            t.audience, t.scope \
        FROM refresh_tokens t \
        JOIN sessions s ON s.handle = t.session_handle \
        WHERE t.session_handle = $1 AND s.program AND s.ended_at IS NULL AND s.ends_at > $2";
    if token.source == Source::MadeUp {
        return Ok(Standing::Unknown);
    }
    let row: Option<Row> =
        read!(db, |pool| sqlx::query_as(FIND_LIVE).bind(token.session()).bind(now).fetch_optional(pool).await)?;
    Ok(match row {
        Some(row) => row.standing(token, now),
        None if matches!(token.source, Source::Given(_)) => Standing::Over,
        None => Standing::Unknown,
    })
}

/// What became of a token that was used.
#[derive(Debug)]
pub enum Presented {
    /// This one takes its place.
    Next(NewRefreshToken, Grant),
    /// As [`Standing::Reused`], since it was looked at.
    Reused,
    Unknown,
}

/// Uses `token` up, in the transaction in which its session was found live
/// (`sessions::programs::use_by_program`, whose lock keeps others waiting). Of two who present it
/// at once both get the same successor.
pub async fn present(
    tx: &mut Tx,
    vault: &Vault,
    token: &RefreshToken,
    now: UnixMicros,
) -> Result<Presented, sqlx::Error> {
    const ROTATE: &str = "UPDATE refresh_tokens \
        SET previous_hash = current_hash, current_hash = $3, rotated_at = $4, \
            rotations = rotations + 1 \
        WHERE session_handle = $1 AND current_hash = $2";
    const FIND: &str = "SELECT current_hash, previous_hash, rotated_at, rotations, audience, \
            scope \
        FROM refresh_tokens \
        WHERE session_handle = $1";
    let next = token.next_secret(vault);
    on!(tx, |connection| sqlx::query(ROTATE)
        .bind(token.session())
        .bind(&hash(&token.secret)[..])
        .bind(&hash(&next)[..])
        .bind(now)
        .execute(connection)
        .await
        .map(|_| ()))?;
    let row: Option<Row> =
        on!(tx, |connection| sqlx::query_as(FIND).bind(token.session()).fetch_optional(connection).await)?;
    let Some(row) = row else { return Ok(Presented::Unknown) };
    // Used just now or a moment ago: the current one is the one that follows it.
    let number = row.rotations;
    Ok(match row.standing(token, now) {
        Standing::Current(grant) | Standing::InGrace(grant) => {
            Presented::Next(NewRefreshToken { session: token.session, number, secret: next }, grant)
        }
        Standing::Reused => Presented::Reused,
        Standing::Over | Standing::Unknown => Presented::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Randomness;
    use crate::base::vault::SecretKey;

    fn vault(seed: u8) -> Vault {
        Vault::new(&SecretKey::from_bytes([seed; 32]), Randomness::system())
    }

    fn new(number: i64, seed: u8) -> NewRefreshToken {
        NewRefreshToken { session: Uuid::from_u128(7), number, secret: Zeroizing::new([seed; 32]) }
    }

    fn token(seed: u8, source: Source) -> RefreshToken {
        RefreshToken { session: Uuid::from_u128(7), secret: Zeroizing::new([seed; 32]), source }
    }

    #[test]
    fn a_token_is_read_back_and_tells_nothing_in_the_log() {
        let (vault, given) = (vault(1), new(5, 3));
        let read = RefreshToken::parse(&vault, &given.to_text(&vault)).unwrap();
        assert_eq!((read.session, *read.secret, read.source), (Uuid::from_u128(7), [3; 32], Source::Given(5)));
        assert_eq!(format!("{read:?} {given:?}"), "RefreshToken(..) NewRefreshToken(..)");
        assert!(RefreshToken::parse(&vault, "doorward_refresh_").is_none());
    }

    #[test]
    fn a_token_that_was_made_up_or_changed_is_known_by_its_tag_alone() {
        let vault_of_ours = vault(1);
        let text = new(5, 3).to_text(&vault_of_ours);
        let bytes = token_text::read::<TAGGED>(TokenKind::Refresh, &text).unwrap();
        for at in 0..TAGGED {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1;
            let read = RefreshToken::parse(&vault_of_ours, &token_text::write(TokenKind::Refresh, &changed)).unwrap();
            assert_eq!(read.source, Source::MadeUp, "byte {at}");
        }
        assert_eq!(RefreshToken::parse(&vault(2), &text).unwrap().source, Source::MadeUp, "another key");
        let old = token_text::write(TokenKind::Refresh, &[7; UNTAGGED]);
        assert_eq!(RefreshToken::parse(&vault_of_ours, &old).unwrap().source, Source::Untagged);
    }

    #[test]
    fn the_next_one_depends_on_the_key_the_session_and_the_one_before() {
        let next = |seed, key| *token(seed, Source::Given(0)).next_secret(&vault(key));
        assert_eq!(next(3, 1), next(3, 1));
        assert_ne!(next(3, 1), next(3, 2));
        assert_ne!(next(3, 1), next(4, 1));
        let elsewhere = RefreshToken { session: Uuid::from_u128(8), ..token(3, Source::Given(0)) };
        assert_ne!(next(3, 1), *elsewhere.next_secret(&vault(1)));
    }

    #[test]
    fn every_token_before_the_current_one_is_known_and_no_other() {
        let standing = |seed, source, after: Duration| {
            let grant = Grant { audience: String::new(), scope: String::new() };
            let (current_hash, previous_hash) = (hash(&[9; 32]).to_vec(), Some(hash(&[8; 32]).to_vec()));
            let row = Row { current_hash, previous_hash, rotated_at: UnixMicros(0), rotations: 50_000, grant };
            row.standing(&token(seed, source), UnixMicros(0).after(after))
        };
        let (at_once, late) = (Duration::ZERO, GRACE + Duration::from_micros(1));
        for source in [Source::Given(50_000), Source::Untagged] {
            assert!(matches!(standing(9, source, late), Standing::Current(_)), "{source:?}");
        }
        for source in [Source::Given(49_999), Source::Untagged] {
            assert!(matches!(standing(8, source, at_once), Standing::InGrace(_)), "{source:?}");
            assert_eq!(standing(8, source, late), Standing::Reused, "{source:?}");
        }
        for number in [0, 1, 29_000, 49_998] {
            assert_eq!(standing(3, Source::Given(number), at_once), Standing::Reused, "however long ago: {number}");
        }
        for source in [Source::Given(50_000), Source::Given(50_001), Source::MadeUp, Source::Untagged] {
            assert_eq!(standing(3, source, late), Standing::Unknown, "{source:?}");
        }
    }
}
