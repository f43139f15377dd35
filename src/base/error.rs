//! What a visitor may be told went wrong.
//!
//! A closed list of codes, never free text: without script an error travels in a redirect URL,
//! which anybody can forge, so nothing in it may carry words, markup or a secret. The words for a
//! code come from `locales/`.

use crate::base::words::reader::Reader;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::EnumProperty;

/// Every refusal that a page or a scripted caller can meet. On the wire: `{"code":"…"}` plus the
/// values named here.
///
/// Each says its HTTP `status` and, where one of a form's fields is to be changed, the `field`. Its
/// words are `error-CODE` in `locales/`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumIter,
    strum::EnumProperty,
    strum::IntoStaticStr,
)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "kebab-case", prefix = "error-")]
pub enum AppError {
    /// Unknown person, wrong password, disabled account: one code, so that none can be told from
    /// the others (ASVS 6.3.8).
    #[strum(props(status = 401, field = "password"))]
    WrongCredentials,
    /// Nothing was typed that could be anybody's.
    #[strum(props(status = 422, field = "identifier"))]
    IdentifierMissing,
    /// Nothing was typed where the password that there is was asked for.
    #[strum(props(status = 422, field = "password"))]
    CurrentPasswordMissing,
    /// The current password, asked of somebody who is signed in, was wrong.
    #[strum(props(status = 403, field = "password"))]
    WrongPassword,
    #[strum(props(status = 422, field = "email"))]
    InvalidEmail,
    /// Only told to the address's owner, behind a mailed link, and where the operator gave up
    /// hiding it (`registration.verify_email = false`).
    #[strum(props(status = 409, field = "email"))]
    EmailTaken,
    /// Whoever is to be invited has an account. Only told to those who may look for people.
    #[strum(props(status = 409, field = "email"))]
    InvitedHasAccount,
    /// `registration.allowed_domains` has others; told of every address there alike.
    #[strum(props(status = 422, field = "email"))]
    EmailDomain,
    /// It is the person's address already.
    #[strum(props(status = 409, field = "email"))]
    EmailUnchanged,
    /// As many changes of the address as one may ask for in a day.
    #[strum(props(status = 429, field = "email"))]
    EmailChangesTooMany,
    #[strum(props(status = 422, field = "display_name"))]
    InvalidName,
    #[strum(props(status = 422, field = "device_name"))]
    InvalidDeviceName,
    #[strum(props(status = 422, field = "username"))]
    InvalidUsername,
    #[strum(props(status = 409, field = "username"))]
    UsernameTaken,
    #[strum(props(status = 422, field = "new_password"))]
    PasswordMissing,
    #[strum(props(status = 422, field = "new_password"))]
    PasswordTooShort { minimum: u16 },
    #[strum(props(status = 422, field = "new_password"))]
    PasswordTooLong,
    #[strum(props(status = 422, field = "new_password"))]
    PasswordCommon,
    #[strum(props(status = 422, field = "new_password"))]
    PasswordPersonal,
    /// The code of a second factor was wrong, was used before, or is too old; which of these is not
    /// told.
    #[strum(props(status = 422, field = "code"))]
    WrongCode,
    /// As [`Self::WrongCode`], of what looks like a recovery code: to wait for the next one would
    /// be no help.
    #[strum(props(status = 422, field = "code"))]
    WrongRecoveryCode,
    #[strum(props(status = 422, field = "code"))]
    CodeMissing,
    /// A first code that is right a few minutes from now or was a few ago. Only told to whoever
    /// holds the key it is made from.
    #[strum(props(status = 422, field = "code"))]
    CodeClockOff,
    /// Too many wrong codes: none is looked at for so long.
    #[strum(props(status = 429, field = "code"))]
    CodesTooFast { minutes: u16 },
    /// What was set up has been finished, was begun anew elsewhere, or took too long.
    #[strum(props(status = 409))]
    SetUpOver,
    #[strum(props(status = 409))]
    TooManyAuthenticators,
    /// The answer of a passkey is not taken; why is not told.
    #[strum(props(status = 403))]
    PasskeyRefused,
    /// Somebody's already, or made a moment ago by the same press.
    #[strum(props(status = 409))]
    PasskeyKnown,
    #[strum(props(status = 409))]
    TooManyPasskeys,
    #[strum(props(status = 422, field = "token_name"))]
    InvalidTokenName,
    /// It must be good for something that the account may do.
    #[strum(props(status = 422))]
    TokenWithoutUse,
    #[strum(props(status = 409))]
    TooManyTokens,
    /// Without it nobody could sign in to the account any more.
    #[strum(props(status = 409))]
    LastWayIn,
    /// The policy asks for a second factor, and this one is the last.
    #[strum(props(status = 409))]
    LastSecondFactor,
    /// The second factor that was shown may not be the owner's: the link in the letter stops its
    /// removal.
    #[strum(props(status = 403, field = "code"))]
    StopNeedsLetter,
    /// Nobody else could administer this installation then.
    #[strum(props(status = 409))]
    LastAdministrator,
    /// It is no name that a group can have.
    #[strum(props(status = 422, field = "group"))]
    InvalidGroup,
    /// Nobody can be in so many.
    #[strum(props(status = 409, field = "group"))]
    TooManyGroups,
    /// It opens an account already, this one or another.
    #[strum(props(status = 409))]
    ConnectionTaken,
    #[strum(props(status = 409))]
    TooManyConnections,
    /// Whoever was asked at the provider did not agree.
    #[strum(props(status = 403))]
    ProviderDenied,
    /// A sign-in at a provider that is unknown, finished, too old or of another browser; which of
    /// these is not told.
    #[strum(props(status = 410))]
    ProviderAttemptOver,
    /// The provider does not answer, or not as it should.
    #[strum(props(status = 503))]
    ProviderUnavailable,
    /// What came back from the provider is not taken; why is in the log.
    #[strum(props(status = 403))]
    ProviderRefused,
    /// Nobody's account yet, and none is made here.
    #[strum(props(status = 403))]
    ProviderNoAccount,
    /// No account is made for an address that the provider does not vouch for.
    #[strum(props(status = 403))]
    ProviderEmailUnverified,
    /// No account is made for an address of this domain.
    #[strum(props(status = 403))]
    ProviderEmailDomain,
    /// Whose account it is has been proved, so they may be told that nobody gets in.
    #[strum(props(status = 403))]
    ProviderAccountClosed,
    /// A link from a mail that is unknown, used, voided or too old; which of these is not told.
    #[strum(props(status = 410))]
    LinkExpired,
    #[strum(props(status = 403))]
    RegistrationClosed,
    #[strum(props(status = 401))]
    SignInRequired,
    /// Signed in, but too long ago or from elsewhere than before: the password is asked for once
    /// more.
    #[strum(props(status = 403))]
    ConfirmationRequired,
    #[strum(props(status = 403))]
    Forbidden,
    #[strum(props(status = 400))]
    BadRequest,
    #[strum(props(status = 413))]
    TooLarge,
    #[strum(props(status = 404))]
    NotFound,
    /// Too many tries failed, with this name or from this network: none is taken for so long. Said
    /// of names that nobody has as well.
    #[strum(props(status = 429))]
    TooManyTries { minutes: u16 },
    /// Whoever is signed in did something so often that it has to rest: letters to themselves,
    /// entries in the trail.
    #[strum(props(status = 429))]
    TooOften { minutes: u16 },
    /// The password threads' queue is full: come back in a few seconds.
    #[strum(props(status = 503))]
    TooBusy,
    /// The database does not answer.
    #[strum(props(status = 503))]
    Unavailable,
    /// Anything unexpected; logged once where it happened.
    #[strum(props(status = 500))]
    Internal,
}

impl AppError {
    /// The form field that the visitor has to change, by its name in the public contract.
    pub fn field(self) -> Option<&'static str> {
        self.get_str("field")
    }

    /// The key of its words in `locales/`.
    pub fn word_key(self) -> &'static str {
        self.into()
    }

    /// The words a person reads.
    pub fn in_words(self, reader: &Reader) -> String {
        let value = match self {
            Self::PasswordTooShort { minimum } => ("minimum", minimum.to_string()),
            Self::CodesTooFast { minutes } | Self::TooManyTries { minutes } | Self::TooOften { minutes } => {
                ("time", reader.how_long(Duration::from_secs(u64::from(minutes) * 60)))
            }
            _ => return reader.word_with(self.word_key(), &[]),
        };
        reader.word_with(self.word_key(), &[value])
    }

    /// One of each, with a number that a page could really tell.
    pub fn each() -> impl Iterator<Item = Self> {
        <Self as strum::IntoEnumIterator>::iter().map(|error| match error {
            Self::PasswordTooShort { .. } => Self::PasswordTooShort { minimum: 15 },
            Self::CodesTooFast { .. } => Self::CodesTooFast { minutes: 15 },
            Self::TooManyTries { .. } => Self::TooManyTries { minutes: 15 },
            Self::TooOften { .. } => Self::TooOften { minutes: 15 },
            other => other,
        })
    }

    /// The HTTP status for scripted callers; plain forms are answered with a redirect.
    pub fn status(self) -> http::StatusCode {
        let status = self.get_int("status").and_then(|status| u16::try_from(status).ok());
        let status = status.and_then(|status| http::StatusCode::from_u16(status).ok());
        // A test asks every error for one.
        status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Seconds to put in `Retry-After`, where waiting helps.
    pub fn retry_after_seconds(self) -> Option<u32> {
        match self {
            Self::TooBusy => Some(2),
            Self::ProviderUnavailable => Some(10),
            Self::Unavailable => Some(5),
            Self::CodesTooFast { minutes } | Self::TooManyTries { minutes } | Self::TooOften { minutes } => {
                Some(u32::from(minutes) * 60)
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for AppError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::words::made_keys;

    #[test]
    fn every_error_says_its_status_and_has_words() {
        for error in AppError::each() {
            let said = error.get_int("status").and_then(|status| u16::try_from(status).ok());
            assert_eq!(said, Some(error.status().as_u16()), "{error:?}");
            assert!(error.status().is_client_error() || error.status().is_server_error(), "{error:?}");
        }
        let names = AppError::each().map(|error| error.word_key().trim_start_matches("error-"));
        made_keys::exactly("error-", names.map(|name| (name, &["minimum", "time"] as &[&str])));
    }
}
