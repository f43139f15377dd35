//! Tokens: a program signs in, goes on, and gives back what it has.

use super::body::{JsonBody, JsonOrForm};
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::header_text;
use crate::base::secret::Secret;
use crate::domain::access_tokens::{self, Subject};
use crate::domain::factors;
use crate::domain::factors::notices::take_code;
use crate::domain::limits::Door;
use crate::domain::logins::{Login, Proof};
use crate::domain::personal_tokens::{self, PersonalToken};
use crate::domain::refresh_tokens::{Grant, NewRefreshToken, RefreshToken};
use crate::domain::scopes::{Scope, Scopes};
use crate::domain::sessions::SessionHandle;
use crate::domain::signing_keys::{self, SigningKey};
use crate::flows::password_sign_in::{self, Begun};
use crate::flows::program_sessions;
use crate::request::app::App;
use crate::request::problem::{Problem, ProblemDetails};
use axum::Json;
use axum::extract::{FromRequest, Request};
use data_encoding::BASE64;
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

const TAG: &str = "Tokens";

/// What a program signs in with. With HTTP Basic the first two come in the header, and nothing else needs to be sent.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// E-mail or username.
    identifier: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// Where the account has a second factor: the digits of an authenticator app, or a recovery code.
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
    /// Whom the access token is for: one of `tokens.audiences`. Without it, this API.
    audience: Option<String>,
    /// What it may be used for, separated by spaces. Without it, all that a sign-in gives.
    #[schema(example = "profile sessions:read")]
    scope: Option<String>,
}

/// What a program has from then on.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// A JWT (RFC 9068) that verifiers check with `/.well-known/jwks.json`.
    access_token: String,
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    /// Works once, and gives the next one.
    refresh_token: String,
    /// Seconds until the program has to sign in again, refreshed or not.
    refresh_expires_in: u64,
    scope: String,
}

/// Sign in
///
/// Gives an access token and a refresh token for an e-mail or username and a password, as JSON or by HTTP Basic. An account with a
/// second factor is asked for a `code` after the password (`second_factor_required`), as the sign-in page would.
#[utoipa::path(post, path = "/token", tag = TAG, operation_id = "signIn", request_body = SignIn, security(("basic" = []), ()), responses(
    (status = 200, description = "Signed in", body = Tokens),
    (status = 401, description = "Refused, or a second factor is asked for", body = ProblemDetails, content_type = "application/problem+json"),
    (status = 403, description = "A second factor has to be set up first, in a browser", body = ProblemDetails, content_type = "application/problem+json"),
    (status = 429, description = "Too many tries failed, with this name or from this network: `Retry-After` says for how many seconds none is taken", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn issue(app: App, request: Request) -> Result<Json<Tokens>, Problem> {
    let SignIn { identifier, password, code, audience, scope } = credentials(request).await?;
    // Before any hash: a program that asks for what there is not is told, whoever it is.
    let grant = grant(&app, audience, scope.as_deref())?;
    let key = signing_keys::signing(&app.db).await.map_err(AppError::from)?;
    let Begun { tx, account, login, permit, .. } =
        password_sign_in::begin(&app.db, &app.passwords, Door::Token, &identifier, &password).await?;
    let (tx, proof) = match (login, code) {
        (Login::Complete(proof), _) => (tx, proof),
        // The password was right: what counted it as a try is given back.
        (Login::NeedsEnrolment(_), _) => {
            tx.commit().await?;
            return Err(Problem::EnrolmentRequired);
        }
        (Login::NeedsSecondFactor(_), None) => {
            tx.commit().await?;
            return Err(Problem::SecondFactorRequired(factors::of(&app.db, account.id).await?));
        }
        (Login::NeedsSecondFactor(first), Some(code)) => {
            // Programs have no browser that is known, so they share the account's counter of wrong codes.
            let (tx, kind) = take_code(&app.db, tx, &account, None, &code.0).await?;
            (tx, first.after_second_factor(kind))
        }
    };
    let tokens = start(&app, tx, &proof, &grant, &key).await;
    Ok(Json(permit.unless_done(&app.db, tokens).await?))
}

/// Starts the session of the program; gives what it has of it.
async fn start(app: &App, mut tx: Tx, proof: &Proof, grant: &Grant, key: &SigningKey) -> Result<Tokens, Problem> {
    let (subject, refresh) = program_sessions::start(&mut tx, proof, grant).await?;
    let tokens = tokens(app, key, &subject, grant, &refresh)?;
    tx.commit().await?;
    Ok(tokens)
}

/// The body, with name and password from the header where that is how they come (RFC 7617). Both at once are refused: it must be plain
/// which of them signs in.
async fn credentials(request: Request) -> Result<SignIn, Problem> {
    let basic = basic(request.headers())?;
    let empty = request.headers().get(header::CONTENT_LENGTH).is_none_or(|length| length == "0");
    let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut body: Map<String, Value> = match JsonBody::from_request(request, &()).await {
        Ok(JsonBody(body)) => body,
        Err(_) if basic.is_some() && empty && !chunked => Map::new(),
        Err(refused) => return Err(refused),
    };
    if let Some((identifier, password)) = basic {
        let given = [("identifier", identifier), ("password", password.0.clone())];
        if given.into_iter().any(|(name, value)| body.insert(name.to_owned(), value.into()).is_some()) {
            return Err(Problem::Malformed);
        }
    }
    serde_json::from_value(body.into()).map_err(|_| Problem::Malformed)
}

fn basic(headers: &HeaderMap) -> Result<Option<(String, Secret)>, Problem> {
    let mut lines = header_text::lines(headers, header::AUTHORIZATION);
    let (line, another) = (lines.next(), lines.next());
    let Some(line) = line else { return Ok(None) };
    if another.is_some() {
        return Err(Problem::Malformed);
    }
    let (scheme, encoded) = line.split_once(' ').ok_or(Problem::Malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Problem::Malformed);
    }
    let decoded = BASE64.decode(encoded.trim().as_bytes()).map_err(|_| Problem::Malformed)?;
    let decoded = Secret(String::from_utf8(decoded).map_err(|_| Problem::Malformed)?);
    let (identifier, password) = decoded.0.split_once(':').ok_or(Problem::Malformed)?;
    Ok(Some((identifier.to_owned(), Secret(password.to_owned()))))
}

/// What the access token will say. For another audience than us a sign-in says who somebody is, and nothing of what they may do here.
fn grant(app: &App, audience: Option<String>, scope: Option<&str>) -> Result<Grant, Problem> {
    let own = access_tokens::own_audience(&app.db);
    let audience = audience.unwrap_or_else(|| own.clone());
    let allowed = if audience == own { Scope::OF_A_SIGN_IN } else { &[Scope::Profile] };
    if !access_tokens::audiences(&app.db).contains(&audience) {
        return Err(Problem::UnknownAudience);
    }
    let scopes = match scope {
        None => Scopes::of(allowed),
        Some(text) => Scopes::parse(text).filter(|scopes| scopes.are_among(allowed)).ok_or(Problem::InvalidScope)?,
    };
    Ok(Grant { audience, scope: scopes.to_string() })
}

fn tokens(
    app: &App,
    key: &SigningKey,
    subject: &Subject,
    grant: &Grant,
    refresh: &NewRefreshToken,
) -> Result<Tokens, Problem> {
    let (access_token, expires_in) = access_tokens::issue(&app.db, key, subject, grant)?;
    Ok(Tokens {
        access_token,
        token_type: "Bearer",
        expires_in,
        refresh_token: refresh.to_text(&app.vault).to_string(),
        refresh_expires_in: subject.expires_at.since(app.clock.now()).as_secs(),
        scope: grant.scope.clone(),
    })
}

#[derive(Deserialize, ToSchema)]
pub struct Refresh {
    #[schema(value_type = String)]
    refresh_token: Secret,
}

/// Go on
///
/// Gives new tokens for a refresh token, which is used up by that. Sent once more within 10 seconds, before the new one was used, it gives
/// the same one; later, it ends the session, since two hold it.
#[utoipa::path(post, path = "/token/refresh", tag = TAG, operation_id = "refresh", request_body = Refresh, security(()), responses(
    (status = 200, description = "New tokens", body = Tokens),
    (status = 401, description = "The token lets nobody in: sign in again", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn refresh(
    app: App,
    JsonOrForm(Refresh { refresh_token }): JsonOrForm<Refresh>,
) -> Result<Json<Tokens>, Problem> {
    let token = RefreshToken::parse(&app.vault, &refresh_token.0).ok_or(Problem::InvalidGrant)?;
    let key = signing_keys::signing(&app.db).await.map_err(AppError::from)?;
    let refreshed = program_sessions::refresh(&app.db, &token).await?.ok_or(Problem::InvalidGrant)?;
    Ok(Json(tokens(&app, &key, &refreshed.subject, &refreshed.grant, &refreshed.next)?))
}

#[derive(Deserialize, ToSchema)]
pub struct Given {
    /// An access token, a refresh token or a personal access token.
    #[schema(value_type = String)]
    token: Secret,
}

impl Given {
    pub fn token(&self) -> &str {
        &self.token.0
    }
}

/// Give back
///
/// Ends the session that an access token or a refresh token belongs to, with all its tokens, or the personal access token itself
/// (RFC 7009). The answer is the same for a token that is none.
#[utoipa::path(post, path = "/token/revoke", tag = TAG, operation_id = "revoke", request_body = Given, security(()), responses(
    (status = 200, description = "It is worth nothing now", content_type = "application/json"),
))]
pub async fn revoke(app: App, JsonOrForm(given): JsonOrForm<Given>) -> Result<Json<Value>, Problem> {
    let token = given.token();
    if let Some(token) = RefreshToken::parse(&app.vault, token) {
        program_sessions::give_back(&app.db, &token).await?;
    } else if let Some(token) = PersonalToken::parse(token) {
        personal_tokens::give_back(&app.db, &token).await?;
    } else if let Some(claims) = access_tokens::accepted(&app.db, token, &access_tokens::audiences(&app.db)).await?
        && let Ok(session) = claims.sid.parse()
    {
        program_sessions::end_named(&app.db, SessionHandle(session), app.clock.now()).await?;
    }
    Ok(Json(serde_json::json!({})))
}
