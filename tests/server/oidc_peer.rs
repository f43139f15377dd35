//! A provider of OpenID Connect that signs for real, and misbehaves as a test wishes. Listens on
//! this machine.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use doorward::base::clock::Clock;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use url::Url;

pub const CLIENT: &str = "doorward";
pub const SECRET: &str = "a secret: with+odd/signs%";

type Twist = Box<dyn Fn(&mut Value) + Send>;

/// How it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Signs {
    #[default]
    Right,
    /// Says that nobody has to sign.
    None,
    /// With the secret that the client knows too.
    Hs256,
    /// By a key of somebody else, under its own name.
    Forged,
}

/// How it answers where a test wants something else than an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Answers {
    #[default]
    Right,
    Slow,
    Huge,
    Broken,
    /// Elsewhere: to the same peer.
    Redirect,
}

pub struct Peer {
    pub issuer: String,
    pub inner: Arc<Inner>,
    serving: JoinHandle<()>,
}

pub struct Inner {
    issuer: String,
    clock: Arc<dyn Clock>,
    state: Mutex<Settings>,
}

#[derive(Default)]
struct Settings {
    codes: BTreeMap<String, Code>,
    keys: Vec<(String, u8)>,
    published: BTreeSet<String>,
    claims: Option<Twist>,
    tokens: Option<Twist>,
    metadata: Option<Twist>,
    userinfo: Option<Value>,
    signs: Signs,
    answers: BTreeMap<&'static str, Answers>,
    asked: BTreeMap<String, usize>,
    email_in_token: bool,
}

#[derive(Clone)]
struct Code {
    nonce: String,
    challenge: String,
    redirect_uri: String,
    who: Value,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Peer {
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let state = Settings {
            keys: vec![("first".to_owned(), 1)],
            published: BTreeSet::from(["first".to_owned()]),
            email_in_token: true,
            ..Settings::default()
        };
        let inner = Arc::new(Inner { issuer: issuer.clone(), clock, state: Mutex::new(state) });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/elsewhere", get(elsewhere).post(elsewhere))
            // GitHub Enterprise Server.
            .route("/login/oauth/access_token", post(token))
            .route("/api/v3/user", get(github_user))
            .route("/api/v3/user/emails", get(github_emails))
            .with_state(inner.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, inner, serving }
    }

    /// The settings that make it known to Doorward as `name`.
    pub fn settings(&self, name: &str) -> Vec<(String, String)> {
        let key = |key: &str| format!("DOORWARD__PROVIDERS__{}__{key}", name.to_uppercase());
        [
            ("ISSUER", self.issuer.as_str()),
            ("CLIENT_ID", CLIENT),
            ("CLIENT_SECRET", SECRET),
            ("LABEL", &format!("The {name}")),
            ("ALLOW_PRIVATE_ADDRESSES", "true"),
        ]
        .map(|(name, value)| (key(name), value.to_owned()))
        .to_vec()
    }

    fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.inner.state.lock().unwrap());
    }

    /// What it writes into tokens besides, or instead.
    pub fn twist_claims(&self, twist: impl Fn(&mut Value) + Send + 'static) {
        self.set(|settings| settings.claims = Some(Box::new(twist)));
    }

    /// What its token endpoint gives besides, or instead.
    pub fn twist_tokens(&self, twist: impl Fn(&mut Value) + Send + 'static) {
        self.set(|settings| settings.tokens = Some(Box::new(twist)));
    }

    pub fn twist_metadata(&self, twist: impl Fn(&mut Value) + Send + 'static) {
        self.set(|settings| settings.metadata = Some(Box::new(twist)));
    }

    /// Says nothing of the address in the token, but this when it is asked.
    pub fn tells_when_asked(&self, said: Value) {
        self.set(|settings| {
            settings.userinfo = Some(said);
            settings.email_in_token = false;
        });
    }

    pub fn signs(&self, how: Signs) {
        self.set(|settings| settings.signs = how);
    }

    /// `path` is `/token` and so on.
    pub fn answers(&self, path: &'static str, how: Answers) {
        self.set(|settings| {
            settings.answers.insert(path, how);
        });
    }

    /// Signs with a new key from now on, which it publishes or not.
    pub fn rotate(&self, kid: &str, publish: bool) {
        self.set(|settings| {
            let seed = u8::try_from(settings.keys.len()).unwrap() + 1;
            settings.keys.push((kid.to_owned(), seed));
            if publish {
                settings.published.insert(kid.to_owned());
            }
        });
    }

    pub fn publish(&self, kid: &str) {
        self.set(|settings| {
            settings.published.insert(kid.to_owned());
        });
    }

    /// How often it was asked for `path`.
    pub fn asked(&self, path: &str) -> usize {
        self.inner.state.lock().unwrap().asked.get(path).copied().unwrap_or(0)
    }

    /// What happens in its own pages: somebody signs in and agrees. `address` is where the browser
    /// was sent; gives the path and query with which it comes back.
    pub fn agree(&self, address: &Url, who: Value) -> String {
        self.agree_as(address, who, Some(&self.issuer))
    }

    pub fn agree_as(&self, address: &Url, who: Value, issuer: Option<&str>) -> String {
        let value = |wanted: &str| {
            let found = address.query_pairs().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        assert_eq!(
            (value("response_type").as_str(), value("client_id").as_str(), value("code_challenge_method").as_str()),
            ("code", CLIENT, "S256"),
            "{address}"
        );
        let redirect_uri: Url = value("redirect_uri").parse().unwrap();
        let code = format!("code-{}", self.inner.state.lock().unwrap().codes.len());
        let granted = Code {
            nonce: value("nonce"),
            challenge: value("code_challenge"),
            redirect_uri: redirect_uri.to_string(),
            who,
        };
        self.set(|settings| {
            settings.codes.insert(code.clone(), granted);
        });
        let state = value("state");
        back(redirect_uri.path(), &[("code", &code), ("state", &state)], issuer)
    }
}

/// The path and query of a return to `path`.
pub fn back(path: &str, fields: &[(&str, &str)], issuer: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields);
    query.extend_pairs(issuer.map(|issuer| ("iss", issuer)));
    format!("{path}?{}", query.finish())
}

/// Somebody as the provider knows them.
pub fn who(subject: &str, email: &str) -> Value {
    json!({ "sub": subject, "email": email, "email_verified": true, "name": format!("{subject} at the peer") })
}

impl Inner {
    /// Counts the call; an answer that is none, if a test wants that.
    async fn met(&self, path: &'static str) -> Option<Response> {
        let how = {
            let mut state = self.state.lock().unwrap();
            *state.asked.entry(path.to_owned()).or_default() += 1;
            state.answers.get(path).copied().unwrap_or_default()
        };
        match how {
            Answers::Right => None,
            Answers::Slow => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                None
            }
            Answers::Huge => Some(
                (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], " ".repeat(8 * 1024 * 1024))
                    .into_response(),
            ),
            Answers::Broken => Some(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
            Answers::Redirect => Some(
                (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("{}/elsewhere", self.issuer))])
                    .into_response(),
            ),
        }
    }

    fn id_token(&self, code: &Code) -> String {
        let state = self.state.lock().unwrap();
        let now = self.clock.now().0 / 1_000_000;
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "auth_time": now, "nonce": code.nonce,
        });
        let object = claims.as_object_mut().unwrap();
        for (name, value) in code.who.as_object().unwrap() {
            if name == "sub" || state.email_in_token {
                object.insert(name.clone(), value.clone());
            }
        }
        if let Some(twist) = &state.claims {
            twist(&mut claims);
        }
        let (kid, seed) = state.keys.last().unwrap();
        let alg = match state.signs {
            Signs::None => "none",
            Signs::Hs256 => "HS256",
            Signs::Right | Signs::Forged => "ES256",
        };
        let header = json!({ "alg": alg, "typ": "JWT", "kid": kid });
        let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = match state.signs {
            Signs::None => Vec::new(),
            Signs::Hs256 => {
                use hmac::{Hmac, KeyInit, Mac};
                let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
                mac.chain_update(message.as_bytes()).finalize().into_bytes().to_vec()
            }
            Signs::Right => sign(*seed, &message),
            Signs::Forged => sign(99, &message),
        };
        format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn sign(seed: u8, message: &str) -> Vec<u8> {
    let signature: Signature = key(seed).sign(message.as_bytes());
    signature.to_bytes().to_vec()
}

async fn metadata(State(peer): State<Arc<Inner>>) -> Response {
    if let Some(other) = peer.met("/.well-known/openid-configuration").await {
        return other;
    }
    let at = |path: &str| format!("{}{path}", peer.issuer);
    let mut metadata = json!({
        "issuer": peer.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"), "userinfo_endpoint": at("/userinfo"),
        "authorization_response_iss_parameter_supported": true,
    });
    if let Some(twist) = &peer.state.lock().unwrap().metadata {
        twist(&mut metadata);
    }
    Json(metadata).into_response()
}

async fn jwks(State(peer): State<Arc<Inner>>) -> Response {
    if let Some(other) = peer.met("/jwks").await {
        return other;
    }
    let state = peer.state.lock().unwrap();
    let published = state.keys.iter().filter(|(kid, _)| state.published.contains(kid));
    let keys: Vec<Value> = published
        .map(|(kid, seed)| {
            let point = key(*seed).verifying_key().to_sec1_point(false);
            let encode = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
            json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": encode(point.x().unwrap()), "y": encode(point.y().unwrap()) })
        })
        .collect();
    Json(json!({ "keys": keys })).into_response()
}

async fn token(State(peer): State<Arc<Inner>>, headers: HeaderMap, uri: Uri, body: Bytes) -> Response {
    if let Some(other) = peer.met("/token").await {
        return other;
    }
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let is_github = uri.path().starts_with("/login");
    let client = if is_github {
        (field("client_id").to_owned(), field("client_secret").to_owned())
    } else {
        let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        let basic = String::from_utf8(BASE64.decode(basic.unwrap_or_default().as_bytes()).unwrap()).unwrap();
        // RFC 6749, 2.3.1: both are encoded as in a form.
        let (id, secret) = basic.split_once(':').unwrap_or_default();
        let decode =
            |text: &str| url::form_urlencoded::parse(format!("x={text}").as_bytes()).next().unwrap().1.into_owned();
        (decode(id), decode(secret))
    };
    if client != (CLIENT.to_owned(), SECRET.to_owned()) {
        return refuse("invalid_client");
    }
    let Some(code) = peer.state.lock().unwrap().codes.remove(field("code")) else { return refuse("invalid_grant") };
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(field("code_verifier").as_bytes()));
    if challenge != code.challenge || field("redirect_uri") != code.redirect_uri {
        return refuse("invalid_grant");
    }
    let access = BASE64URL_NOPAD.encode(code.who.to_string().as_bytes());
    if is_github {
        return Json(json!({ "access_token": access, "token_type": "bearer", "scope": "read:user,user:email" }))
            .into_response();
    }
    let mut tokens =
        json!({ "access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": peer.id_token(&code) });
    if let Some(twist) = &peer.state.lock().unwrap().tokens {
        twist(&mut tokens);
    }
    Json(tokens).into_response()
}

/// Whom the access token stands for.
fn bearer(headers: &HeaderMap) -> Value {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    serde_json::from_slice(&BASE64URL_NOPAD.decode(token.unwrap_or_default().as_bytes()).unwrap()).unwrap_or_default()
}

async fn userinfo(State(peer): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    if let Some(other) = peer.met("/userinfo").await {
        return other;
    }
    let said = peer.state.lock().unwrap().userinfo.clone();
    Json(said.unwrap_or_else(|| bearer(&headers))).into_response()
}

async fn elsewhere(State(peer): State<Arc<Inner>>) -> Response {
    peer.met("/elsewhere").await;
    StatusCode::OK.into_response()
}

async fn github_user(State(peer): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    if let Some(other) = peer.met("/api/v3/user").await {
        return other;
    }
    let who = bearer(&headers);
    Json(json!({ "id": who["id"], "login": who["login"], "name": who["name"] })).into_response()
}

async fn github_emails(State(peer): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    peer.met("/api/v3/user/emails").await;
    let who = bearer(&headers);
    Json(json!([
        { "email": "other@example.org", "primary": false, "verified": true },
        { "email": who["email"], "primary": true, "verified": who["email_verified"] },
    ]))
    .into_response()
}
