//! An axum application that lets in whoever brings an access token that Doorward made for it.
use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{FromRef, FromRequestParts};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

/// How long the keys are used before they are fetched again, so that one that was revoked does not count for ever.
const KEEP: Duration = Duration::from_secs(300);
/// How long a key that is not known is not asked for again: tokens with made-up keys must not become a flood at Doorward.
const PAUSE: Duration = Duration::from_secs(10);

/// What the token says of whoever brought it. A handler that takes this is reached by nobody else.
#[derive(Deserialize)]
struct SignedIn {
    /// The account, for ever.
    sub: String,
    /// Required, though not looked at: only tokens of sessions have it.
    #[serde(rename = "sid")]
    _sid: String,
}

enum Refused {
    SignInFirst,
    /// Doorward could not be asked for its keys: nobody's fault who brings a token.
    NoKeys,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::SignInFirst => {
                let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
                (StatusCode::UNAUTHORIZED, challenge, Json(json!({ "error": "Sign in first" }))).into_response()
            }
            Self::NoKeys => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")]).into_response(),
        }
    }
}

#[derive(Default)]
struct Keys {
    known: Option<JwkSet>,
    asked: Option<Instant>,
}

struct Verifier {
    client: reqwest::Client,
    key_set: String,
    expected: Validation,
    keys: Mutex<Keys>,
}

impl Verifier {
    /// Takes tokens that `issuer` (Doorward's public URL) made for `audience` (one of tokens.audiences).
    fn new(issuer: &str, audience: &str) -> Result<Self, reqwest::Error> {
        // The algorithm is fixed here, and never taken from the token (RFC 8725).
        let mut expected = Validation::new(Algorithm::ES256);
        expected.set_issuer(&[issuer]);
        expected.set_audience(&[audience]);
        // What is not required here counts when it is missing.
        expected.set_required_spec_claims(&["iss", "aud", "exp", "nbf", "sub"]);
        expected.validate_nbf = true;
        // Seconds by which two clocks may differ.
        expected.leeway = 30;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        Ok(Self { client, key_set: format!("{issuer}/.well-known/jwks.json"), expected, keys: Mutex::default() })
    }

    async fn verify(&self, token: &str) -> Result<SignedIn, Refused> {
        let header = decode_header(token).map_err(|_| Refused::SignInFirst)?;
        if header.typ.as_deref() != Some("at+jwt") {
            return Err(Refused::SignInFirst);
        }
        let key = self.key(&header.kid.ok_or(Refused::SignInFirst)?).await?;
        decode(token, &key, &self.expected).map(|token| token.claims).map_err(|_| Refused::SignInFirst)
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey, Refused> {
        // Held while they are fetched, so that many requests at once fetch them once.
        let mut keys = self.keys.lock().await;
        let known = keys.known.as_ref().is_some_and(|set| set.find(kid).is_some());
        let enough = if known { KEEP } else { PAUSE };
        if keys.asked.is_none_or(|asked| asked.elapsed() >= enough) {
            keys.asked = Some(Instant::now());
            keys.known = self.fetch().await.inspect_err(|error| eprintln!("no keys: {error}")).ok();
        }
        let key = keys.known.as_ref().ok_or(Refused::NoKeys)?.find(kid).ok_or(Refused::SignInFirst)?;
        DecodingKey::from_jwk(key).map_err(|_| Refused::SignInFirst)
    }

    async fn fetch(&self) -> Result<JwkSet, reqwest::Error> {
        self.client.get(&self.key_set).send().await?.error_for_status()?.json().await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Arc<Verifier>: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|header| header.to_str().ok());
        let token = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or(Refused::SignInFirst)?;
        Arc::<Verifier>::from_ref(state).verify(token).await
    }
}

async fn orders(person: SignedIn) -> Json<Value> {
    Json(json!({ "of": person.sub, "orders": [] }))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::new(&env::var("DOORWARD_URL")?, &env::var("AUDIENCE")?)?;
    let app = Router::new().route("/orders", get(orders)).with_state(Arc::new(verifier));
    let listener = TcpListener::bind(("127.0.0.1", env::var("PORT")?.parse()?)).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
