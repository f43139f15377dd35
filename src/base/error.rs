//! What a visitor may be told went wrong.
//!
//! A closed list of codes, never free text: without script an error travels in a redirect URL, which anybody can forge,
//! so nothing in it may carry words, markup or a secret. The words for a code come from `locales/`.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Every refusal that a page or a scripted caller can meet. On the wire: `{"code":"…"}` plus the values named here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(strum::EnumIter))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AppError {
    /// Unknown person, wrong password, disabled account: one code, so that none can be told from the others (ASVS 6.3.8).
    WrongCredentials,
    /// Nothing was typed that could be anybody's.
    IdentifierMissing,
    /// Nothing was typed where the password that there is was asked for.
    CurrentPasswordMissing,
    /// The current password, asked of somebody who is signed in, was wrong.
    WrongPassword,
    InvalidEmail,
    /// Only told to the address's owner, behind a mailed link, and where the operator gave up hiding it
    /// (`registration.verify_email = false`).
    EmailTaken,
    /// Whoever is to be invited has an account. Only told to those who may look for people.
    InvitedHasAccount,
    /// `registration.allowed_domains` has others; told of every address there alike.
    EmailDomain,
    /// It is the person's address already.
    EmailUnchanged,
    /// As many changes of the address as one may ask for in a day.
    EmailChangesTooMany,
    InvalidName,
    InvalidDeviceName,
    InvalidUsername,
    UsernameTaken,
    PasswordMissing,
    PasswordTooShort {
        minimum: u16,
    },
    PasswordTooLong,
    PasswordCommon,
    PasswordPersonal,
    /// The code of a second factor was wrong, was used before, or is too old; which of these is not told.
    WrongCode,
    /// As [`Self::WrongCode`], of what looks like a recovery code: to wait for the next one would be no help.
    WrongRecoveryCode,
    CodeMissing,
    /// A first code that is right a few minutes from now or was a few ago. Only told to whoever holds the key it is made from.
    CodeClockOff,
    /// Too many wrong codes: none is looked at for so long.
    CodesTooFast {
        minutes: u16,
    },
    /// What was set up has been finished, was begun anew elsewhere, or took too long.
    SetUpOver,
    TooManyAuthenticators,
    /// The answer of a passkey is not taken; why is not told.
    PasskeyRefused,
    /// Somebody's already, or made a moment ago by the same press.
    PasskeyKnown,
    TooManyPasskeys,
    InvalidTokenName,
    /// It must be good for something that the account may do.
    TokenWithoutUse,
    TooManyTokens,
    /// Without it nobody could sign in to the account any more.
    LastWayIn,
    /// The policy asks for a second factor, and this one is the last.
    LastSecondFactor,
    /// The second factor that was shown may not be the owner's: the link in the letter stops its removal.
    StopNeedsLetter,
    /// Nobody else could administer this installation then.
    LastAdministrator,
    /// It is no name that a group can have.
    InvalidGroup,
    /// Nobody can be in so many.
    TooManyGroups,
    /// It opens an account already, this one or another.
    ConnectionTaken,
    TooManyConnections,
    /// Whoever was asked at the provider did not agree.
    ProviderDenied,
    /// A sign-in at a provider that is unknown, finished, too old or of another browser; which of these is not told.
    ProviderAttemptOver,
    /// The provider does not answer, or not as it should.
    ProviderUnavailable,
    /// What came back from the provider is not taken; why is in the log.
    ProviderRefused,
    /// Nobody's account yet, and none is made here.
    ProviderNoAccount,
    /// No account is made for an address that the provider does not vouch for.
    ProviderEmailUnverified,
    /// No account is made for an address of this domain.
    ProviderEmailDomain,
    /// Whose account it is has been proved, so they may be told that nobody gets in.
    ProviderAccountClosed,
    /// A link from a mail that is unknown, used, voided or too old; which of these is not told.
    LinkExpired,
    RegistrationClosed,
    SignInRequired,
    /// Signed in, but too long ago or from elsewhere than before: the password is asked for once more.
    ConfirmationRequired,
    Forbidden,
    BadRequest,
    TooLarge,
    NotFound,
    /// Too many tries failed, with this name or from this network: none is taken for so long. Said of names that nobody has as well.
    TooManyTries {
        minutes: u16,
    },
    /// Whoever is signed in did something so often that it has to rest: letters to themselves, entries in the trail.
    TooOften {
        minutes: u16,
    },
    /// The password threads' queue is full: come back in a few seconds.
    TooBusy,
    /// The database does not answer.
    Unavailable,
    /// Anything unexpected; logged once where it happened.
    Internal,
}

impl AppError {
    /// The form field that the visitor has to change, by its name in the public contract.
    pub fn field(self) -> Option<&'static str> {
        match self {
            Self::WrongCredentials | Self::WrongPassword | Self::CurrentPasswordMissing => Some("password"),
            Self::IdentifierMissing => Some("identifier"),
            Self::InvalidEmail
            | Self::EmailTaken
            | Self::InvitedHasAccount
            | Self::EmailDomain
            | Self::EmailUnchanged
            | Self::EmailChangesTooMany => Some("email"),
            Self::InvalidName => Some("display_name"),
            Self::InvalidDeviceName => Some("device_name"),
            Self::InvalidTokenName => Some("token_name"),
            Self::InvalidUsername | Self::UsernameTaken => Some("username"),
            Self::InvalidGroup | Self::TooManyGroups => Some("group"),
            Self::PasswordMissing
            | Self::PasswordTooShort { .. }
            | Self::PasswordTooLong
            | Self::PasswordCommon
            | Self::PasswordPersonal => Some("new_password"),
            Self::WrongCode
            | Self::WrongRecoveryCode
            | Self::CodeMissing
            | Self::CodeClockOff
            | Self::CodesTooFast { .. }
            | Self::StopNeedsLetter => Some("code"),
            _ => None,
        }
    }

    /// The key of its words in `locales/`.
    pub fn word_key(self) -> &'static str {
        match self {
            Self::WrongCredentials => "error-wrong-credentials",
            Self::IdentifierMissing => "error-identifier-missing",
            Self::CurrentPasswordMissing => "error-current-password-missing",
            Self::WrongPassword => "error-wrong-password",
            Self::InvalidEmail => "error-invalid-email",
            Self::EmailTaken => "error-email-taken",
            Self::InvitedHasAccount => "error-invited-has-account",
            Self::EmailDomain => "error-email-domain",
            Self::EmailUnchanged => "error-email-unchanged",
            Self::EmailChangesTooMany => "error-email-changes-too-many",
            Self::InvalidName => "error-invalid-name",
            Self::InvalidDeviceName => "error-invalid-device-name",
            Self::InvalidUsername => "error-invalid-username",
            Self::UsernameTaken => "error-username-taken",
            Self::PasswordMissing => "error-password-missing",
            Self::PasswordTooShort { .. } => "error-password-too-short",
            Self::PasswordTooLong => "error-password-too-long",
            Self::PasswordCommon => "error-password-common",
            Self::PasswordPersonal => "error-password-personal",
            Self::WrongCode => "error-wrong-code",
            Self::WrongRecoveryCode => "error-wrong-recovery-code",
            Self::CodeMissing => "error-code-missing",
            Self::CodeClockOff => "error-code-clock-off",
            Self::CodesTooFast { .. } => "error-codes-too-fast",
            Self::SetUpOver => "error-set-up-over",
            Self::TooManyAuthenticators => "error-too-many-authenticators",
            Self::PasskeyRefused => "error-passkey-refused",
            Self::PasskeyKnown => "error-passkey-known",
            Self::TooManyPasskeys => "error-too-many-passkeys",
            Self::InvalidTokenName => "error-invalid-token-name",
            Self::TokenWithoutUse => "error-token-without-use",
            Self::TooManyTokens => "error-too-many-tokens",
            Self::LastWayIn => "error-last-way-in",
            Self::LastSecondFactor => "error-last-second-factor",
            Self::StopNeedsLetter => "error-stop-needs-letter",
            Self::LastAdministrator => "error-last-administrator",
            Self::InvalidGroup => "error-invalid-group",
            Self::TooManyGroups => "error-too-many-groups",
            Self::ConnectionTaken => "error-connection-taken",
            Self::TooManyConnections => "error-too-many-connections",
            Self::ProviderDenied => "error-provider-denied",
            Self::ProviderAttemptOver => "error-provider-attempt-over",
            Self::ProviderUnavailable => "error-provider-unavailable",
            Self::ProviderRefused => "error-provider-refused",
            Self::ProviderNoAccount => "error-provider-no-account",
            Self::ProviderEmailUnverified => "error-provider-email-unverified",
            Self::ProviderEmailDomain => "error-provider-email-domain",
            Self::ProviderAccountClosed => "error-provider-account-closed",
            Self::LinkExpired => "error-link-expired",
            Self::RegistrationClosed => "error-registration-closed",
            Self::SignInRequired => "error-sign-in-required",
            Self::ConfirmationRequired => "error-confirmation-required",
            Self::Forbidden => "error-forbidden",
            Self::BadRequest => "error-bad-request",
            Self::TooLarge => "error-too-large",
            Self::NotFound => "error-not-found",
            Self::TooManyTries { .. } => "error-too-many-tries",
            Self::TooOften { .. } => "error-too-often",
            Self::TooBusy => "error-too-busy",
            Self::Unavailable => "error-unavailable",
            Self::Internal => "error-internal",
        }
    }

    /// The words a person reads, in the server's language. Empty in the browser half, which gets them from the server.
    pub fn message(self) -> String {
        let value = match self {
            Self::PasswordTooShort { minimum } => ("minimum", minimum.to_string()),
            Self::CodesTooFast { minutes } | Self::TooManyTries { minutes } | Self::TooOften { minutes } => {
                ("time", crate::base::words::how_long(Duration::from_secs(u64::from(minutes) * 60)))
            }
            _ => return crate::base::words::word_with(self.word_key(), &[]),
        };
        crate::base::words::word_with(self.word_key(), &[value])
    }
}

#[cfg(feature = "ssr")]
impl AppError {
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
        use http::StatusCode;
        match self {
            Self::WrongCredentials | Self::SignInRequired => StatusCode::UNAUTHORIZED,
            Self::WrongPassword | Self::ConfirmationRequired | Self::Forbidden | Self::RegistrationClosed => {
                StatusCode::FORBIDDEN
            }
            Self::IdentifierMissing
            | Self::CurrentPasswordMissing
            | Self::InvalidEmail
            | Self::EmailDomain
            | Self::InvalidName
            | Self::InvalidDeviceName
            | Self::InvalidTokenName
            | Self::TokenWithoutUse
            | Self::InvalidUsername
            | Self::InvalidGroup
            | Self::PasswordMissing
            | Self::PasswordTooShort { .. }
            | Self::PasswordTooLong
            | Self::PasswordCommon
            | Self::PasswordPersonal
            | Self::WrongCode
            | Self::WrongRecoveryCode
            | Self::CodeMissing
            | Self::CodeClockOff => StatusCode::UNPROCESSABLE_ENTITY,
            Self::CodesTooFast { .. }
            | Self::EmailChangesTooMany
            | Self::TooManyTries { .. }
            | Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::SetUpOver
            | Self::TooManyAuthenticators
            | Self::PasskeyKnown
            | Self::TooManyPasskeys
            | Self::TooManyTokens
            | Self::LastWayIn
            | Self::LastSecondFactor
            | Self::LastAdministrator
            | Self::TooManyGroups => StatusCode::CONFLICT,
            Self::PasskeyRefused | Self::StopNeedsLetter => StatusCode::FORBIDDEN,
            Self::UsernameTaken | Self::EmailTaken | Self::InvitedHasAccount | Self::EmailUnchanged => {
                StatusCode::CONFLICT
            }
            Self::ConnectionTaken | Self::TooManyConnections => StatusCode::CONFLICT,
            Self::ProviderDenied
            | Self::ProviderRefused
            | Self::ProviderNoAccount
            | Self::ProviderEmailUnverified
            | Self::ProviderEmailDomain
            | Self::ProviderAccountClosed => StatusCode::FORBIDDEN,
            Self::ProviderAttemptOver => StatusCode::GONE,
            Self::ProviderUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::LinkExpired => StatusCode::GONE,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooBusy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
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

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::BadRequest
            }
            _ => Self::Internal,
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for AppError {}
