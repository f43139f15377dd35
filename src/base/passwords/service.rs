//! All that checks and hashes passwords, for whoever is given one.

use super::{HashRefused, Hasher, NewPassword, PasswordRefused, PasswordRules, PlainPassword, StandIns, check_new};
use crate::base::clock::Randomness;
use crate::base::error::AppError;
use crate::base::secret::Secret;

/// The threads that hash, what they pretend for nobody, and the rules for new passwords. One for a
/// process.
pub struct Passwords {
    pub hasher: Hasher,
    pub stand_ins: StandIns,
    pub rules: PasswordRules,
    pub randomness: Randomness,
}

impl Passwords {
    /// Checks a password that somebody chose, of `minimum` characters or more
    /// ([`crate::domain::factors::policy::password_minimum`]), and hashes it. Done before any
    /// transaction: a hash takes long. `person` is their e-mail, username and display name, as far
    /// as there are any.
    pub async fn choose(&self, typed: &Secret, minimum: u16, person: &[&str]) -> Result<NewPassword, AppError> {
        let password = PlainPassword::parse(typed.0.clone())?;
        check_new(&password, &self.rules.at_least(minimum), person)?;
        let stands_alone = password.length() >= self.rules.minimum;
        Ok(NewPassword { hash: self.hasher.hash(&password, self.randomness.bytes()).await?, stands_alone })
    }
}

impl From<HashRefused> for AppError {
    fn from(refused: HashRefused) -> Self {
        match refused {
            HashRefused::Busy => Self::TooBusy,
            HashRefused::Failed => Self::Unavailable,
        }
    }
}

impl From<PasswordRefused> for AppError {
    fn from(refused: PasswordRefused) -> Self {
        match refused {
            PasswordRefused::Empty => Self::PasswordMissing,
            PasswordRefused::TooShort { minimum } => {
                Self::PasswordTooShort { minimum: u16::try_from(minimum).unwrap_or(u16::MAX) }
            }
            PasswordRefused::TooLong => Self::PasswordTooLong,
            PasswordRefused::Nul => Self::BadRequest,
            PasswordRefused::Common => Self::PasswordCommon,
            PasswordRefused::Personal => Self::PasswordPersonal,
        }
    }
}
