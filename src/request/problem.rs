//! How the API refuses: problem details (RFC 9457) whose `type` and `code` a program can tell apart.

use crate::base::error::AppError;
use crate::base::words::reader::Reader;
use crate::domain::factors::FactorKind;
use crate::domain::scopes::Scope;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// What all types begin with. A name and no address: the same on every installation.
const TYPES: &str = "urn:doorward:problem:";

/// Why a request of a program is refused. `refusals::in_words` makes the answer of it.
#[derive(Clone, Debug)]
pub enum Problem {
    /// What people are told too.
    Error(AppError),
    /// The password was right; the account has these factors besides, and none was shown.
    SecondFactorRequired(Vec<FactorKind>),
    /// The account must have a second factor and has none. It can be set up in a browser alone.
    EnrolmentRequired,
    /// No token and no session came.
    CredentialMissing,
    /// The token is not ours, over, for somebody else, or its session has ended; which of it is not told.
    InvalidToken,
    /// The refresh token lets nobody in, or not any more.
    InvalidGrant,
    InsufficientScope(Scope),
    /// No token is made for that audience.
    UnknownAudience,
    InvalidScope,
    /// The body, or a part of the path, is not what is described.
    Malformed,
    UnsupportedMediaType,
    MethodNotAllowed,
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self::Error(error)
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::Error(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    /// One of each that a program may meet: what docs/api.md tells, and what the tests take from any answer.
    pub fn all() -> Vec<Self> {
        const PEOPLE_TOO: [AppError; 13] = [
            AppError::WrongCredentials,
            AppError::WrongCode,
            AppError::CodesTooFast { minutes: 15 },
            AppError::TooManyTries { minutes: 1 },
            AppError::TooOften { minutes: 1 },
            AppError::ConfirmationRequired,
            AppError::Forbidden,
            AppError::BadRequest,
            AppError::TooLarge,
            AppError::NotFound,
            AppError::TooBusy,
            AppError::Unavailable,
            AppError::Internal,
        ];
        let own = [
            Self::SecondFactorRequired(Vec::new()),
            Self::EnrolmentRequired,
            Self::CredentialMissing,
            Self::InvalidToken,
            Self::InvalidGrant,
            Self::InsufficientScope(Scope::Profile),
            Self::UnknownAudience,
            Self::InvalidScope,
            Self::Malformed,
            Self::UnsupportedMediaType,
            Self::MethodNotAllowed,
        ];
        PEOPLE_TOO.into_iter().map(Self::Error).chain(own).collect()
    }

    pub fn status(&self) -> StatusCode {
        match self {
            // To a program that signs in, a wrong code is a sign-in that failed, and not a field to correct.
            Self::Error(AppError::WrongCode) => StatusCode::UNAUTHORIZED,
            Self::Error(error) => error.status(),
            Self::SecondFactorRequired(_) | Self::CredentialMissing | Self::InvalidToken | Self::InvalidGrant => {
                StatusCode::UNAUTHORIZED
            }
            Self::EnrolmentRequired | Self::InsufficientScope(_) => StatusCode::FORBIDDEN,
            Self::UnknownAudience | Self::InvalidScope | Self::Malformed => StatusCode::BAD_REQUEST,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// What a program compares; stands in `type` too.
    pub fn code(&self) -> String {
        match self {
            Self::Error(error) => {
                let error = serde_json::to_value(error).unwrap_or_default();
                error["code"].as_str().unwrap_or("internal").to_owned()
            }
            Self::SecondFactorRequired(_) => "second_factor_required".to_owned(),
            Self::EnrolmentRequired => "second_factor_enrolment_required".to_owned(),
            Self::CredentialMissing => "credential_missing".to_owned(),
            Self::InvalidToken => "invalid_token".to_owned(),
            Self::InvalidGrant => "invalid_grant".to_owned(),
            Self::InsufficientScope(_) => "insufficient_scope".to_owned(),
            Self::UnknownAudience => "unknown_audience".to_owned(),
            Self::InvalidScope => "invalid_scope".to_owned(),
            Self::Malformed => "malformed".to_owned(),
            Self::UnsupportedMediaType => "unsupported_media_type".to_owned(),
            Self::MethodNotAllowed => "method_not_allowed".to_owned(),
        }
    }

    /// In English, as all that programs are told.
    fn detail(&self) -> String {
        let english = Reader::default();
        match self {
            Self::Error(error) => error.in_words(&english),
            Self::SecondFactorRequired(_) => english.word("problem-second-factor-required"),
            Self::EnrolmentRequired => english.word("problem-enrolment-required"),
            Self::CredentialMissing => english.word("problem-credential-missing"),
            Self::InvalidToken => english.word("problem-invalid-token"),
            Self::InvalidGrant => english.word("problem-invalid-grant"),
            Self::InsufficientScope(scope) => {
                english.word_with("problem-insufficient-scope", &[("scope", scope.name().to_owned())])
            }
            Self::UnknownAudience => english.word("problem-unknown-audience"),
            Self::InvalidScope => english.word("problem-invalid-scope"),
            Self::Malformed => english.word("problem-malformed"),
            Self::UnsupportedMediaType => english.word("problem-unsupported-media-type"),
            Self::MethodNotAllowed => english.word("problem-method-not-allowed"),
        }
    }

    /// What a 401 says about how to come in (RFC 6750 §3). Never `Basic`, at which a browser would ask its person for a password.
    fn challenge(&self) -> Option<String> {
        const CHALLENGE: &str = "Bearer realm=\"doorward\"";
        match self {
            Self::InvalidToken => Some(format!("{CHALLENGE}, error=\"invalid_token\"")),
            Self::InsufficientScope(scope) => {
                Some(format!("{CHALLENGE}, error=\"insufficient_scope\", scope=\"{}\"", scope.name()))
            }
            problem if problem.status() == StatusCode::UNAUTHORIZED => Some(CHALLENGE.to_owned()),
            _ => None,
        }
    }

    /// Status, headers and body, as they are sent. `request` is the id under which the log has it.
    pub fn in_words(&self, request: Option<&str>) -> (HeaderMap, Vec<u8>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = self.challenge().and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        let retry_after = match self {
            Self::Error(error) => error.retry_after_seconds(),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        let code = self.code();
        let details = ProblemDetails {
            kind: format!("{TYPES}{code}"),
            title: title(&code),
            status: self.status().as_u16(),
            detail: self.detail(),
            instance: request.map(|id| format!("urn:uuid:{id}")),
            factors: match self {
                Self::SecondFactorRequired(kinds) => Some(kinds.iter().map(|kind| kind.name()).collect()),
                _ => None,
            },
            scope: match self {
                Self::InsufficientScope(scope) => Some(scope.name()),
                _ => None,
            },
            retry_after,
            code,
        };
        (headers, serde_json::to_vec(&details).unwrap_or_default())
    }
}

/// Why a request was refused (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct ProblemDetails {
    /// `urn:doorward:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What a program compares.
    code: String,
    title: String,
    status: u16,
    /// What happened, and what to do, for people.
    detail: String,
    /// The request's id, under which the server's log has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// With `second_factor_required`: what the account has. `totp` and `recovery_code` go into `code`; a passkey needs a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    factors: Option<Vec<&'static str>>,
    /// With `insufficient_scope`: the one that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    scope: Option<&'static str>,
    /// Seconds after which to try again, where waiting helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
}

/// `invalid_token` is "Invalid token".
fn title(code: &str) -> String {
    let mut title = code.replace('_', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
