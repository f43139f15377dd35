//! Who calls the API: by a token, or by the cookie of a browser.

use crate::base::error::AppError;
use crate::domain::access_tokens;
use crate::domain::accounts::Account;
use crate::domain::limits::{Door, proofs};
use crate::domain::personal_tokens::{self, PersonalToken};
use crate::domain::scopes::{Scope, Scopes};
use crate::domain::sessions::Session;
use crate::flows::acting::{self, Person};
use crate::request::app::{App, PATIENCE};
use crate::request::problem::Problem;
use crate::request::visit;
use crate::request::visitor::{self, Visitor};
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use std::sync::Arc;

/// Somebody who may call, and as what.
#[derive(Debug)]
pub struct Caller {
    pub identity: Identity,
    scopes: Scopes,
}

#[derive(Debug)]
pub enum Identity {
    /// A session: a browser's cookie, or a program's access token.
    Session(Arc<Person>),
    Personal(Box<Account>),
}

impl Caller {
    pub fn account(&self) -> &Account {
        match &self.identity {
            Identity::Session(person) => &person.account,
            Identity::Personal(account) => account,
        }
    }

    pub fn session(&self) -> Option<&Session> {
        match &self.identity {
            Identity::Session(person) => Some(&person.session),
            Identity::Personal(_) => None,
        }
    }

    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    pub fn may(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.has(scope) { Ok(()) } else { Err(Problem::InsufficientScope(scope)) }
    }

    /// The person behind a session that was begun or confirmed a short while ago (ASVS 7.5.2).
    pub fn recent_person(&self, app: &App) -> Result<&Arc<Person>, Problem> {
        match &self.identity {
            Identity::Session(person) if acting::is_recent(&app.db, person) => Ok(person),
            Identity::Session(_) | Identity::Personal(_) => Err(AppError::ConfirmationRequired.into()),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let app = &app.visited_by(visit::of(&parts.headers, &parts.extensions));
        let Some(token) = bearer(&parts.headers)? else { return by_cookie(parts) };
        let found = async {
            match PersonalToken::parse(token) {
                Some(token) => by_personal_token(app, &token).await,
                None => by_access_token(app, token).await,
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap_or(Err(AppError::Unavailable.into()))
    }
}

/// The token of the one `Authorization` header there is. Beside one that is anything else, no cookie counts (`cross_site::for_programs`
/// has taken it away), so a request is never somebody else's than it says.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (line, another) = (lines.next(), lines.next());
    let Some(line) = line else { return Ok(None) };
    if another.is_some() {
        return Err(Problem::InvalidToken);
    }
    let mut parts = line.as_bytes().splitn(2, |byte| *byte == b' ');
    let (scheme, token) = parts.next().zip(parts.next()).ok_or(Problem::InvalidToken)?;
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(Problem::CredentialMissing);
    }
    std::str::from_utf8(token).map(|token| Some(token.trim())).map_err(|_| Problem::InvalidToken)
}

/// A browser may do what its person may.
fn by_cookie(parts: &Parts) -> Result<Caller, Problem> {
    match parts.extensions.get() {
        Some(Visitor::SignedIn(person)) => {
            let scopes = Scopes::of(Scope::OF_A_SIGN_IN);
            Ok(Caller { identity: Identity::Session(Arc::clone(person)), scopes })
        }
        Some(Visitor::Doubted(..)) => Err(AppError::ConfirmationRequired.into()),
        Some(Visitor::Anonymous) | None => Err(Problem::CredentialMissing),
    }
}

async fn by_access_token(app: &App, token: &str) -> Result<Caller, Problem> {
    let own = [access_tokens::own_audience(&app.db)];
    let claims = access_tokens::accepted(&app.db, token, &own).await?.ok_or(Problem::InvalidToken)?;
    let scopes = Scopes::parse(&claims.scope).ok_or(Problem::InvalidToken)?;
    let person = visitor::by_token(app, &claims.sid).await?.ok_or(Problem::InvalidToken)?;
    Ok(Caller { identity: Identity::Session(Arc::new(person)), scopes })
}

async fn by_personal_token(app: &App, token: &PersonalToken) -> Result<Caller, Problem> {
    let origin = app.db.origin();
    let Some(used) = personal_tokens::used(&app.db, token, &origin.address).await? else {
        return Err(match proofs::note_refused(&app.db, Door::PersonalToken, AppError::SignInRequired).await {
            AppError::SignInRequired => Problem::InvalidToken,
            other => other.into(),
        });
    };
    Ok(Caller { identity: Identity::Personal(Box::new(used.account)), scopes: used.scopes })
}
