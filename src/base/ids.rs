//! What names the things that whoever sends a request may bring. No secrets: none of them lets
//! anybody in.

use std::fmt;
use uuid::Uuid;

/// Names an account for ever; never reused, never a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct AccountId(pub Uuid);

impl AccountId {
    /// Names no account: for asking about somebody unknown what is asked about everybody.
    pub const NOBODY: Self = Self(Uuid::nil());
}

/// Names a session to its owner; lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct SessionHandle(pub Uuid);

/// What the database holds of a session's id (its SHA-256), so that a copy of it lets nobody in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionKey(pub(crate) [u8; 32]);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

impl TryFrom<Vec<u8>> for SessionKey {
    type Error = KeyLength;

    fn try_from(bytes: Vec<u8>) -> Result<Self, KeyLength> {
        bytes.try_into().map(Self).map_err(|_| KeyLength)
    }
}

/// A stored key that is none.
#[derive(Debug, thiserror::Error)]
#[error("a session key is not 32 bytes long")]
pub struct KeyLength;
