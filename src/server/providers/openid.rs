//! Providers of OpenID Connect: found by their issuer, believed by their signature.

use super::attempts::Secrets;
use super::exchange::{Endpoints, Exchange};
use super::outbound::CallFailed;
use super::{Claimed, Freshness, Refused, shown_name};
use crate::server::accounts::Email;
use crate::server::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::server::config::ProviderConfig;
use chrono::{DateTime, Utc};
use oauth2::{AccessToken, TokenResponse};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm as Algorithm,
};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, ClientId, IdToken, IdTokenClaims, IdTokenVerifier, IssuerUrl,
    JsonWebKeySet, Nonce, SignatureVerificationError,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use url::Url;

/// How long what a provider says about itself, and its keys, are taken as they were read.
const KEPT: Duration = Duration::from_secs(3600);
/// How soon keys are read again for a token that none of them fits, and a provider is tried again that did not answer: whoever sends
/// made-up tokens must not make us ask for keys each time.
const KEYS_AGAIN: Duration = Duration::from_secs(60);
const DOWN_FOR: Duration = Duration::from_secs(10);
/// What a provider's clock may be off.
const LEEWAY: Duration = Duration::from_secs(60);
/// How old a token may be that was made for us a moment ago.
const OLDEST: Duration = Duration::from_secs(600);

/// Signatures that only the provider can make. Not `none`, and not HS256, which anybody could make who knows the client's secret.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
];

/// What a provider says about itself (OpenID Connect Discovery 1.0), as far as it is used.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    fn endpoints(&self) -> Endpoints {
        let methods = &self.token_endpoint_auth_methods_supported;
        // HTTP Basic is what holds where nothing is said.
        let has = |method: &str| methods.iter().any(|supported| supported == method);
        Endpoints {
            authorization: self.authorization_endpoint.clone(),
            token: self.token_endpoint.clone(),
            secret_in_body: !has("client_secret_basic") && has("client_secret_post"),
        }
    }
}

/// Claims that the library has no place for.
#[derive(Debug, Default, Deserialize, Serialize)]
struct More {
    nbf: Option<f64>,
    /// Microsoft's way to say that an organisation has proved to own the domain of the address.
    xms_edov: Option<serde_json::Value>,
}

impl AdditionalClaims for More {}

type Token = IdToken<More, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Algorithm>;
type Claims = IdTokenClaims<More, CoreGenderClaim>;
type Keys = JsonWebKeySet<CoreJsonWebKey>;

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

    /// The provider's keys; read again if they are old, or if `again` and they were not read just now.
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
            None if !self.metadata(now).await?.authorization_response_iss_parameter_supported => Ok(()),
            _ => Err(Refused::OtherIssuer),
        }
    }

    pub async fn claimed(
        &self,
        code: String,
        secrets: &Secrets<'_>,
        freshness: Freshness,
        now: UnixMicros,
    ) -> Result<Claimed, Refused> {
        let metadata = self.metadata(now).await?;
        let tokens = self.exchange.tokens(&metadata.endpoints(), code, secrets).await?;
        let text = tokens.extra_fields().id_token.as_deref();
        let text = text.ok_or_else(|| Refused::BadToken("there is none".to_owned()))?;
        let token = Token::from_str(text).map_err(|_| Refused::BadToken("it can't be read".to_owned()))?;
        let nonce = Nonce::new(secrets.nonce().to_string());
        let claims = self.verified(&metadata, &token, &nonce, now).await?;
        check_fresh(claims, freshness)?;
        let person = self.person(&metadata, claims, tokens.access_token()).await?;
        Ok(Claimed {
            issuer: self.issuer.clone(),
            subject: claims.subject().to_string(),
            email_verified: person.email.is_some() && person.email_verified,
            email: person.email,
            name: person.name,
            second_factor: self.had_second_factor(claims),
        })
    }

    /// The claims of a token that passes every check, by keys that are read once more if none of those at hand made it.
    async fn verified<'t>(
        &self,
        metadata: &Metadata,
        token: &'t Token,
        nonce: &Nonce,
        now: UnixMicros,
    ) -> Result<&'t Claims, Refused> {
        let keys = self.keys(metadata, false, now).await?;
        let claims = match self.check(&keys, token, nonce, now) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_),
            )) => {
                let keys = self.keys(metadata, true, now).await?;
                self.check(&keys, token, nonce, now)
            }
            checked => checked,
        };
        let claims = claims.map_err(|error| Refused::BadToken(reason(&error)))?;
        let refuse = |why: &str| Err(Refused::BadToken(why.to_owned()));
        // The library leaves this to us.
        let party = claims.authorized_party().map(|party| party.as_str());
        if party.is_some_and(|party| party != self.exchange.client_id) {
            return refuse("it was made for another party");
        }
        if claims.audiences().len() > 1 && party.is_none() {
            return refuse("it is for several parties and does not say for which");
        }
        let starts = claims.additional_claims().nbf.unwrap_or(0.0);
        if starts > seconds(now.after(LEEWAY)) {
            return refuse("it does not hold yet");
        }
        if claims.subject().is_empty() || claims.subject().len() > 255 {
            return refuse("it names nobody");
        }
        Ok(claims)
    }

    fn check<'t>(
        &self,
        keys: &Keys,
        token: &'t Token,
        nonce: &Nonce,
        now: UnixMicros,
    ) -> Result<&'t Claims, ClaimsVerificationError> {
        let issuer = IssuerUrl::new(self.issuer.clone())
            .map_err(|_| ClaimsVerificationError::InvalidIssuer("it can't be read".to_owned()))?;
        let client = ClientId::new(self.exchange.client_id.clone());
        let (oldest, newest) = (moment(now.before(OLDEST + CLOCK_TOLERANCE)), moment(now.after(CLOCK_TOLERANCE)));
        let verifier = IdTokenVerifier::new_public_client(client, issuer, keys.clone())
            .set_allowed_algs(ALGORITHMS)
            .set_other_audience_verifier_fn(|_| true)
            .set_time_fn(move || moment(now.before(LEEWAY)))
            .set_issue_time_verifier_fn(move |issued| {
                if (oldest..=newest).contains(&issued) { Ok(()) } else { Err("it was not made just now".to_owned()) }
            });
        token.claims(&verifier, nonce)
    }

    /// What else the provider says of the person: in the token, or where the token says nothing about the address, when asked.
    async fn person(&self, metadata: &Metadata, claims: &Claims, access: &AccessToken) -> Result<Person, Refused> {
        let in_token = Person {
            email: claims.email().and_then(|email| Email::told(email.as_str()).ok()),
            email_verified: claims.email_verified() == Some(true) || is_owned_domain(claims.additional_claims()),
            name: claims.name().and_then(|name| shown_name(name.get(None)?.as_str())),
        };
        let Some(place) = metadata.userinfo_endpoint.as_ref().filter(|_| claims.email().is_none()) else {
            return Ok(in_token);
        };
        let said: UserInfo = self.exchange.outbound.document(place, Some(access.secret())).await?;
        // Else an access token of one person could be passed off with the token of another (OpenID Connect Core, 5.3.2).
        if said.sub != claims.subject().as_str() {
            return Err(Refused::OtherSubject);
        }
        Ok(Person {
            email: said.email.as_deref().and_then(|email| Email::told(email).ok()),
            email_verified: said.email_verified.is_some_and(|verified| is_true(&verified)),
            name: said.name.as_deref().and_then(shown_name).or(in_token.name),
        })
    }

    /// By its word for it, where the operator takes that.
    fn had_second_factor(&self, claims: &Claims) -> bool {
        let amr = claims.auth_method_refs().is_some_and(|used| {
            used.iter().any(|method| self.second_factor_amr.iter().any(|counts| counts == method.as_str()))
        });
        let acr = claims
            .auth_context_ref()
            .is_some_and(|reached| self.second_factor_acr.iter().any(|counts| counts == reached.as_str()));
        amr || acr
    }
}

struct Person {
    email: Option<Email>,
    email_verified: bool,
    name: Option<String>,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    email: Option<String>,
    email_verified: Option<serde_json::Value>,
    name: Option<String>,
}

/// Some providers write it in quotes.
fn is_true(value: &serde_json::Value) -> bool {
    matches!(value, serde_json::Value::Bool(true)) || value.as_str() == Some("true")
}

fn is_owned_domain(more: &More) -> bool {
    more.xms_edov
        .as_ref()
        .is_some_and(|owned| is_true(owned) || owned.as_str() == Some("1") || owned.as_i64() == Some(1))
}

fn check_fresh(claims: &Claims, freshness: Freshness) -> Result<(), Refused> {
    match (freshness, claims.auth_time()) {
        (Freshness::Any, _) => Ok(()),
        (Freshness::Since(begun), Some(proved)) if proved >= moment(begun.before(LEEWAY)) => Ok(()),
        (Freshness::Since(_), _) => Err(Refused::NotFresh),
    }
}

fn moment(at: UnixMicros) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn seconds(at: UnixMicros) -> f64 {
    Duration::from_micros(u64::try_from(at.0).unwrap_or(0)).as_secs_f64()
}

/// What was wrong, without what the token says.
fn reason(error: &ClaimsVerificationError) -> String {
    let what = match error {
        ClaimsVerificationError::Expired(_) => "its time is over or has not come",
        ClaimsVerificationError::InvalidAudience(_) => "it is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "it is from somebody else",
        ClaimsVerificationError::InvalidNonce(_) => "its nonce is not the one of this attempt",
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::DisallowedAlg(_)) => {
            "its signature is of a kind that proves nothing"
        }
        ClaimsVerificationError::SignatureVerification(_) => "its signature is wrong",
        _ => "it is not a token that is understood",
    };
    what.to_owned()
}
