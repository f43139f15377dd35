//! Passwords: what a person types, what the database keeps, and the rules between the two.
//!
//! [`hasher`] turns one into the other on its own threads, [`policy`] says which new ones are
//! refused, [`common`] knows the passwords everybody tries first, [`foreign`] checks the hashes of
//! other programs, which [`stand_ins`] keeps from showing in the time of an answer, and [`cost`]
//! from costing more than a sign-in may.

pub mod common;
mod cost;
mod foreign;
pub mod hasher;
mod obvious;
mod parameters;
pub mod policy;
mod queue;
mod service;
pub mod stand_ins;

use std::fmt;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use zeroize::Zeroizing;

pub use cost::AboveCap;
pub use foreign::NotTaken;
pub use hasher::{HashRefused, HashSettings, Hasher, Verified};
pub use policy::{PasswordRules, Strength, check_new, strength};
pub use service::Passwords;
pub use stand_ins::StandIns;

/// The longest password taken, in bytes of UTF-8 as typed. NIST SP 800-63B-4 asks for at least 64
/// characters; the bound keeps a megabyte of "password" from reaching Unicode tables and Argon2.
pub const MAXIMUM_BYTES: usize = 1024;

/// A password as it was typed, between the form and the hash.
///
/// Wiped from memory when dropped, never logged, never sent anywhere: no `Serialize`, no `Display`,
/// no `Clone`.
pub struct PlainPassword(Zeroizing<String>);

impl PlainPassword {
    /// Takes what was typed, whatever its strength: the policy for new passwords is [`check_new`].
    ///
    /// # Errors
    /// [`PasswordRefused::Empty`], [`PasswordRefused::TooLong`] over [`MAXIMUM_BYTES`], and
    /// [`PasswordRefused::Nul`]: hashes imported from C programs end at the first NUL, so `"a\0b"` and
    /// `"a\0c"` would be one password there.
    pub fn parse(typed: String) -> Result<Self, PasswordRefused> {
        let typed = Zeroizing::new(typed);
        if typed.is_empty() {
            return Err(PasswordRefused::Empty);
        }
        if typed.len() > MAXIMUM_BYTES {
            return Err(PasswordRefused::TooLong);
        }
        if typed.contains('\0') {
            return Err(PasswordRefused::Nul);
        }
        Ok(Self(typed))
    }

    /// The same password in NFC, where that differs from what was typed: keyboards disagree on
    /// how to write "é", and the person sees no difference.
    pub(crate) fn in_nfc(&self) -> Option<Zeroizing<String>> {
        if is_nfc_quick(self.0.chars()) == IsNormalized::Yes {
            return None;
        }
        let nfc = to_nfc(&self.0);
        (*nfc != *self.0).then_some(nfc)
    }

    /// In Unicode code points, after NFC.
    pub fn length(&self) -> usize {
        self.to_hashed_form().chars().count()
    }

    fn to_hashed_form(&self) -> Zeroizing<String> {
        self.in_nfc().unwrap_or_else(|| self.0.clone())
    }
}

impl fmt::Debug for PlainPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainPassword(…)")
    }
}

/// NFC of `text`. The room for the longest possible result (three bytes for one, UAX #15) is taken
/// at once: a string that grows leaves a copy of its beginning behind, where nothing wipes it.
fn to_nfc(text: &str) -> Zeroizing<String> {
    let mut nfc = Zeroizing::new(String::with_capacity(text.len() * 3));
    nfc.extend(text.nfc());
    nfc
}

/// A password hash as the database keeps it: a PHC string such as
/// `$argon2id$v=19$m=19456,t=2,p=1$…$…`.
///
/// Not `Serialize`, and its `Debug` shows nothing: a leaked hash is a password to be guessed
/// offline.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct StoredHash(String);

impl StoredHash {
    /// Wraps what the database holds. Whether it can be checked shows in [`Hasher::verify`].
    pub fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, to be written to the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredHash(…)")
    }
}

/// A password that may be somebody's from now on.
#[derive(Clone, Debug)]
pub struct NewPassword {
    pub hash: StoredHash,
    /// Whether it is long enough to be all that is asked for.
    pub stands_alone: bool,
}

/// Why a password is not taken. Each is told to the person (NIST SP 800-63B-4 §3.1.1.2: the reason
/// is said).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    #[error("the password is empty")]
    Empty,
    /// Counted in Unicode code points, after NFC.
    #[error("the password has fewer than {minimum} characters")]
    TooShort { minimum: usize },
    #[error("the password has more than {MAXIMUM_BYTES} bytes")]
    TooLong,
    #[error("the password contains a NUL character")]
    Nul,
    /// On the list of common and breached passwords, or built from one in an obvious way.
    #[error("the password is among those tried first")]
    Common,
    /// The person's or the product's own name, or built from one in an obvious way.
    #[error("the password is the person's or the product's name")]
    Personal,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_password_is_refused_before_anything_is_hashed() {
        let refusal = |typed: &str| PlainPassword::parse(typed.to_owned()).err();
        assert_eq!(refusal(""), Some(PasswordRefused::Empty));
        assert_eq!(refusal(&"x".repeat(1024)), None);
        assert_eq!(refusal(&"x".repeat(1025)), Some(PasswordRefused::TooLong));
        assert_eq!(refusal("before\0after"), Some(PasswordRefused::Nul));
        assert_eq!(refusal(&"🔑".repeat(128)), None);
    }

    #[test]
    fn debug_output_shows_neither_password_nor_hash() {
        let password = PlainPassword::parse("correct horse".to_owned()).unwrap();
        let stored = StoredHash::from_stored("$argon2id$secret".to_owned());
        let shown = format!("{password:?} {stored:?}");
        assert!(!shown.contains("horse") && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn nfc_is_given_only_where_it_differs_from_what_was_typed() {
        let parse = |typed: &str| PlainPassword::parse(typed.to_owned()).unwrap();
        assert_eq!(parse("e\u{301}").in_nfc().as_deref().map(String::as_str), Some("é"));
        assert!(parse("é").in_nfc().is_none());
        assert!(parse("plain").in_nfc().is_none());
        // The longest growth there is: one code point of two bytes becomes three of six.
        assert_eq!(parse("\u{fb2c}").in_nfc().unwrap().chars().count(), 3);
    }
}
