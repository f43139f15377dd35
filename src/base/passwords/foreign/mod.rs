//! Password hashes that other programs made: read, held to caps, and checked as they are until
//! their owner signs in, which stores a new one in their place.
//!
//! [`formats`] reads their many spellings into the few algorithms behind them, [`check`] computes
//! those with the libraries that are made for it. What is too weak to be kept, and what is not
//! known, is refused by its name ([`NotTaken`]).

mod check;
mod formats;
mod refused;
#[cfg(test)]
mod tests;

use argon2::password_hash::phc::Output;

pub(super) use check::Foreign;
use refused::refused;

use super::StoredHash;
use super::cost::AboveCap;
use super::parameters::{Target, Unusable};

/// The longest hash taken, in bytes; all formats known here fit with room to spare.
const MAXIMUM_BYTES: usize = 512;

/// A stored hash, ready to have a password held against it.
pub(super) enum Known {
    Argon2(Target, Output),
    Foreign(Foreign),
}

impl Known {
    pub(super) fn of_stored(stored: &StoredHash) -> Result<Self, NotTaken> {
        formats::read(stored.as_str())
    }
}

impl StoredHash {
    /// Whether it can be checked at all, within the cap.
    pub(super) fn is_usable(&self) -> bool {
        Known::of_stored(self).is_ok()
    }

    /// A hash from elsewhere, as it stands. It can be checked by [`super::Hasher::verify`], within
    /// the cap.
    ///
    /// # Errors
    /// Names the format, or what is wrong with it; never repeats the hash, which may be a password
    /// that somebody put there.
    pub fn import(text: &str) -> Result<Self, NotTaken> {
        formats::read(text).map(|_| Self(text.to_owned()))
    }
}

/// Why a hash can't be used. Says nothing of its content: it goes into reports and logs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Guessed too fast to be kept, even until the next sign-in.
    #[error("{0} is too weak to be kept: leave the hash empty, and its owner chooses a new password by mail")]
    Weak(&'static str),
    #[error("{0} can't be checked here: leave the hash empty, and its owner chooses a new password by mail")]
    Unsupported(&'static str),
    #[error("no format of password hashes that is known here")]
    Unknown,
    #[error("{0} that is incomplete or malformed")]
    Malformed(&'static str),
    /// Each wrong password would cost as much, and anybody can give one.
    #[error(
        "{0} that costs more than a sign-in may ({1}): leave the hash empty, and its owner chooses a new password by mail"
    )]
    AboveCap(&'static str, AboveCap),
}

impl From<Unusable> for NotTaken {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::AboveCap(why) => Self::AboveCap("an Argon2 hash", why),
            Unusable::Malformed(_) | Unusable::Unsupported(_) | Unusable::Incomplete => {
                Self::Malformed("an Argon2 hash")
            }
        }
    }
}
