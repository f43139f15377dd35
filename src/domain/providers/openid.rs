//! Providers of OpenID Connect: found by their issuer, believed by their signature.

use super::attempts::Secrets;
use super::exchange::{Endpoints, Exchange};
use super::id_token::{BadToken, Claims, Expected, IdToken, Keys, Said, if_it_is, is_true};
use super::outbound::CallFailed;
use super::{Claimed, Freshness, Refused};
use crate::base::clock::UnixMicros;
use crate::base::config::ProviderConfig;
use crate::domain::accounts::Email;
use oauth2::{AccessToken, AuthorizationCode, TokenResponse};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use url::Url;

/// How long what a provider says about itself, and its keys, are taken as they were read.
const KEPT: Duration = Duration::from_secs(3600);
/// How soon keys are read again for a token that none of them fits, and a provider is tried again
/// that did not answer: whoever sends made-up tokens must not make us ask for keys each time.
const KEYS_AGAIN: Duration = Duration::from_secs(60);
const DOWN_FOR: Duration = Duration::from_secs(10);

/// What a provider says about itself (OpenID Connect Discovery 1.0), as far as it is used.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default, deserialize_with = "if_it_is")]
    userinfo_endpoint: Option<Url>,
    #[serde(default, deserialize_with = "if_it_is")]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default, deserialize_with = "if_it_is")]
    authorization_response_iss_parameter_supported: Option<serde_json::Value>,
}

impl Metadata {
    fn endpoints(&self) -> Endpoints {
        let methods = &self.token_endpoint_auth_methods_supported;
        // HTTP Basic is what holds where nothing is said.
        let has = |method: &str| methods.iter().flatten().any(|supported| supported == method);
        Endpoints {
            authorization: self.authorization_endpoint.clone(),
            token: self.token_endpoint.clone(),
            secret_in_body: !has("client_secret_basic") && has("client_secret_post"),
        }
    }
}

/// What was read from the provider. Held while it is read: of several that need it one asks.
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, UnixMicros)>,
    keys: Option<(Arc<Keys>, UnixMicros)>,
    failed_at: Option<UnixMicros>,
}

pub(super) struct OpenId {
    issuer: String,
    exchange: Exchange,
    second_factor_amr: Vec<String>,
    second_factor_acr: Vec<String>,
    known: Mutex<Known>,
}

impl std::fmt::Debug for OpenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenId").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl OpenId {
    pub fn new(config: &ProviderConfig, exchange: Exchange) -> Self {
        Self {
            issuer: config.issuer().to_owned(),
            exchange,
            second_factor_amr: config.second_factor_amr.clone(),
            second_factor_acr: config.second_factor_acr.clone(),
            known: Mutex::default(),
        }
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    async fn metadata(&self, now: UnixMicros) -> Result<Arc<Metadata>, Refused> {
        let mut known = self.known.lock().await;
        if let Some((metadata, read_at)) = &known.metadata
            && now.since(*read_at) < KEPT
        {
            return Ok(metadata.clone());
        }
        if known.failed_at.is_some_and(|failed_at| now.since(failed_at) < DOWN_FOR) {
            return Err(CallFailed::Network("it did not answer a moment ago".to_owned()).into());
        }
        match self.read_metadata().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Known { metadata: Some((metadata.clone(), now)), keys: known.keys.take(), failed_at: None };
                Ok(metadata)
            }
            Err(refused) => {
                known.failed_at = Some(now);
                Err(refused)
            }
        }
    }

    async fn read_metadata(&self) -> Result<Metadata, Refused> {
        let place = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let place: Url = place.parse().map_err(|_| CallFailed::NotAllowed(place))?;
        let metadata: Metadata = self.exchange.outbound.document(&place, None).await?;
        // ASVS 10.5.3: a provider that describes another one, or is described by somebody else.
        if metadata.issuer != self.issuer {
            return Err(Refused::OtherIssuer);
        }
        // The browser is sent there: no `javascript:`, and no host of our own network.
        if !self.exchange.outbound.may_call(&metadata.authorization_endpoint) {
            return Err(CallFailed::NotAllowed("its authorization endpoint".to_owned()).into());
        }
        Ok(metadata)
    }

    /// The provider's keys; read again if they are old, or if `again` and they were not read just
    /// now.
    async fn keys(&self, metadata: &Metadata, again: bool, now: UnixMicros) -> Result<Arc<Keys>, Refused> {
        let mut known = self.known.lock().await;
        if let Some((keys, read_at)) = &known.keys {
            let age = now.since(*read_at);
            if age < KEYS_AGAIN || (age < KEPT && !again) {
                return Ok(keys.clone());
            }
        }
        let keys: Arc<Keys> = Arc::new(self.exchange.outbound.document(&metadata.jwks_uri, None).await?);
        known.keys = Some((keys.clone(), now));
        Ok(keys)
    }

    pub async fn ready(&self, now: UnixMicros) -> Result<(), Refused> {
        self.metadata(now).await.map(|_| ())
    }

    pub async fn authorization_url(
        &self,
        secrets: &Secrets<'_>,
        freshness: Freshness,
        now: UnixMicros,
    ) -> Result<Url, Refused> {
        let metadata = self.metadata(now).await?;
        let mut more = vec![("nonce", secrets.nonce().to_string())];
        if freshness != Freshness::Any {
            more.extend([("prompt", "login".to_owned()), ("max_age", "0".to_owned())]);
        }
        self.exchange.authorization_url(&metadata.endpoints(), secrets, &more)
    }

    /// RFC 9207: with it, an answer of another provider is noticed before the code is given away.
    pub async fn expects(&self, issuer: Option<&str>, now: UnixMicros) -> Result<(), Refused> {
        match issuer {
            Some(issuer) if issuer == self.issuer => Ok(()),
            Some(_) => Err(Refused::OtherIssuer),
            None => match &self.metadata(now).await?.authorization_response_iss_parameter_supported {
                Some(sent) if is_true(sent) => Err(Refused::OtherIssuer),
                _ => Ok(()),
            },
        }
    }

    pub async fn claimed(
        &self,
        code: AuthorizationCode,
        secrets: &Secrets<'_>,
        freshness: Freshness,
        now: UnixMicros,
    ) -> Result<Claimed, Refused> {
        let metadata = self.metadata(now).await?;
        let tokens = self.exchange.tokens(&metadata.endpoints(), code, secrets).await?;
        let text = tokens.extra_fields().id_token.as_deref();
        let text = text.ok_or_else(|| Refused::BadToken("there is none".to_owned()))?;
        let claims = self.verified(&metadata, text, &secrets.nonce(), now).await?;
        match freshness {
            Freshness::Since(begun) if !claims.proved_since(begun) => return Err(Refused::NotFresh),
            Freshness::Any | Freshness::Since(_) => {}
        }
        let person = self.person(&metadata, &claims, tokens.access_token()).await?;
        Ok(Claimed {
            issuer: self.issuer.clone(),
            second_factor: self.had_second_factor(&claims),
            subject: claims.sub,
            email_verified: person.email.is_some() && person.email_verified,
            email: person.email,
            name: person.name,
        })
    }

    /// The claims of a token that passes every check, by keys that are read once more if none of
    /// those at hand made it.
    async fn verified(&self, metadata: &Metadata, text: &str, nonce: &str, now: UnixMicros) -> Result<Claims, Refused> {
        let expected = Expected { issuer: &self.issuer, client_id: &self.exchange.client_id, nonce, now };
        let check = |keys: &Keys| IdToken::parse(text)?.verified(keys, expected);
        let claims = match check(&*self.keys(metadata, false, now).await?) {
            Err(BadToken::Signature) => check(&*self.keys(metadata, true, now).await?),
            checked => checked,
        };
        claims.map_err(|bad| Refused::BadToken(bad.to_string()))
    }

    /// What else the provider says of the person: in the token, or where the token says nothing
    /// about the address, when asked.
    async fn person(&self, metadata: &Metadata, claims: &Claims, access: &AccessToken) -> Result<Person, Refused> {
        let in_token = Person::of(&claims.person, &self.issuer);
        let Some(place) = metadata.userinfo_endpoint.as_ref().filter(|_| !claims.person.has_email()) else {
            return Ok(in_token);
        };
        let asked: UserInfo = self.exchange.outbound.document(place, Some(access.secret())).await?;
        // Else an access token of one person could be passed off with the token of another (OpenID
        // Connect Core, 5.3.2).
        if asked.sub != claims.sub {
            return Err(Refused::OtherSubject);
        }
        let said = Person::of(&asked.said, &self.issuer);
        Ok(Person { name: said.name.or(in_token.name), ..said })
    }

    /// By its word for it, where the operator takes that.
    fn had_second_factor(&self, claims: &Claims) -> bool {
        let amr = claims.methods().iter().any(|method| self.second_factor_amr.contains(method));
        let acr =
            claims.strength().is_some_and(|reached| self.second_factor_acr.iter().any(|counts| counts == reached));
        amr || acr
    }
}

struct Person {
    email: Option<Email>,
    email_verified: bool,
    name: Option<String>,
}

impl Person {
    fn of(said: &Said, issuer: &str) -> Self {
        Self { email: said.email(), email_verified: said.is_email_verified(issuer), name: said.name() }
    }
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    said: Said,
}
