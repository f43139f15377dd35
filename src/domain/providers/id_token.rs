//! ID tokens (OpenID Connect Core 1.0 §2): read, and checked as §3.1.3.7 says.
//!
//! openidconnect checks the signature, for each kind of key. Its claims are not used: it refuses a
//! token for any of the two dozen that it knows by name and that a provider writes in a way of its
//! own (`updated_at` as text, as Auth0 and better-auth do). Here only what is used is read. What
//! decides whether a token counts must be as the standard has it; of the rest, whatever is
//! something else is not there.

use super::shown_name;
use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::domain::accounts::Email;
use data_encoding::BASE64URL_NOPAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm as Algorithm};
use openidconnect::{JsonWebKey, JsonWebKeySet, SignatureVerificationError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::time::Duration;
use subtle::ConstantTimeEq;

pub(super) type Keys = JsonWebKeySet<CoreJsonWebKey>;

/// What a provider's clock may be off.
pub(super) const LEEWAY: Duration = Duration::from_secs(60);
/// How old a token may be that was made for us a moment ago.
const OLDEST: Duration = Duration::from_secs(600);
/// Of `sub` (OpenID Connect Core 1.0 §2).
const LONGEST_SUBJECT: usize = 255;

/// Signatures that only the provider can make. Not `none`, and not HS256, which anybody could make
/// who knows the client's secret.
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

/// Where Microsoft's issuers are: in general, for the government of the United States, and in
/// China.
const MICROSOFT: [&str; 3] =
    ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

/// Why a token does not count; for the log, without what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadToken {
    #[error("it can't be read")]
    Unreadable,
    #[error("it is of another type")]
    Type,
    #[error("its signature is of a kind that proves nothing")]
    Algorithm,
    #[error("none of the provider's keys made its signature")]
    Signature,
    #[error("it is from somebody else")]
    Issuer,
    #[error("it is for somebody else")]
    Audience,
    #[error("it was made for another party")]
    Party,
    #[error("it is for several parties and does not say for which")]
    NoParty,
    #[error("its time is over")]
    Over,
    #[error("it does not hold yet")]
    NotYet,
    #[error("it was not made just now")]
    NotJustMade,
    #[error("its nonce is not the one of this attempt")]
    Nonce,
    #[error("it names nobody")]
    Subject,
}

/// Whom a token must be from and for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: UnixMicros,
}

/// RFC 7515 §4.1.
#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<Value>,
    crit: Option<Value>,
}

/// A token in its three parts, of which nothing is known yet.
pub(super) struct IdToken<'t> {
    header: Header,
    signed: &'t str,
    signature: Vec<u8>,
    claims: Claims,
}

/// Times are seconds since 1970.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    pub sub: String,
    aud: OneOrMore,
    exp: f64,
    iat: f64,
    nonce: String,
    azp: Option<String>,
    nbf: Option<f64>,
    #[serde(default, deserialize_with = "if_it_is")]
    auth_time: Option<f64>,
    #[serde(default, deserialize_with = "if_it_is")]
    acr: Option<String>,
    #[serde(default, deserialize_with = "if_it_is")]
    amr: Option<OneOrMore>,
    #[serde(flatten)]
    pub person: Said,
}

/// What a provider says of somebody besides who it is: in a token, or when it is asked.
#[derive(Default, Deserialize)]
pub(super) struct Said {
    #[serde(default, deserialize_with = "if_it_is")]
    email: Option<String>,
    #[serde(default, deserialize_with = "if_it_is")]
    email_verified: Option<Value>,
    #[serde(default, deserialize_with = "if_it_is")]
    name: Option<String>,
    /// Microsoft's way to say that an organisation has proved to own the domain of the address.
    #[serde(default, deserialize_with = "if_it_is")]
    xms_edov: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// None for whatever is something else.
pub(super) fn if_it_is<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(Some(value).filter(|value| !value.is_null()).and_then(|value| serde_json::from_value(value).ok()))
}

/// Some providers write it in quotes.
pub(super) fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || value.as_str() == Some("true")
}

impl<'t> IdToken<'t> {
    pub fn parse(text: &'t str) -> Result<Self, BadToken> {
        let (signed, signature) = text.rsplit_once('.').ok_or(BadToken::Unreadable)?;
        let (header, claims) = signed.split_once('.').ok_or(BadToken::Unreadable)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| BadToken::Unreadable)?;
        Ok(Self { header: read(header)?, signed, signature, claims: read(claims)? })
    }

    /// The claims, if one of `keys` made the token and it is what it must be.
    /// [`BadToken::Signature`] may be for want of a new key.
    pub fn verified(self, keys: &Keys, expected: Expected<'_>) -> Result<Claims, BadToken> {
        self.header.check()?;
        if !keys.keys().iter().any(|key| self.is_signed_with(key)) {
            return Err(BadToken::Signature);
        }
        self.claims.check(expected)?;
        Ok(self.claims)
    }

    /// The library makes sure that the key is one for this kind of signature.
    fn is_signed_with(&self, key: &CoreJsonWebKey) -> bool {
        let named = self.header.kid.as_ref().is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid));
        let verified: Result<(), SignatureVerificationError> = match named {
            true => key.verify_signature(&self.header.alg, self.signed.as_bytes(), &self.signature),
            false => return false,
        };
        verified.is_ok()
    }
}

fn read<T: DeserializeOwned>(part: &str) -> Result<T, BadToken> {
    let json = BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| BadToken::Unreadable)?;
    serde_json::from_slice(&json).map_err(|_| BadToken::Unreadable)
}

impl Header {
    fn check(&self) -> Result<(), BadToken> {
        if !ALGORITHMS.contains(&self.alg) {
            return Err(BadToken::Algorithm);
        }
        // An access token of the same provider may be a JWT as well (RFC 9068 §5), and what is
        // critical is not known here.
        let typ = self.typ.as_deref().map(str::to_ascii_lowercase);
        let is_id_token = typ.is_none_or(|typ| matches!(typ.trim_start_matches("application/"), "jwt" | "jose"));
        if is_id_token && self.cty.is_none() && self.crit.is_none() { Ok(()) } else { Err(BadToken::Type) }
    }
}

impl Claims {
    fn check(&self, Expected { issuer, client_id, nonce, now }: Expected<'_>) -> Result<(), BadToken> {
        let audiences = self.aud.as_slice();
        if self.iss != issuer {
            return Err(BadToken::Issuer);
        }
        if !audiences.iter().any(|audience| audience == client_id) {
            return Err(BadToken::Audience);
        }
        match &self.azp {
            Some(party) if party != client_id => return Err(BadToken::Party),
            None if audiences.len() > 1 => return Err(BadToken::NoParty),
            _ => {}
        }
        if seconds(now.before(LEEWAY)) >= self.exp {
            return Err(BadToken::Over);
        }
        if self.nbf.is_some_and(|starts| starts > seconds(now.after(LEEWAY))) {
            return Err(BadToken::NotYet);
        }
        let just_now = seconds(now.before(OLDEST + CLOCK_TOLERANCE))..=seconds(now.after(CLOCK_TOLERANCE));
        if !just_now.contains(&self.iat) {
            return Err(BadToken::NotJustMade);
        }
        if !bool::from(self.nonce.as_bytes().ct_eq(nonce.as_bytes())) {
            return Err(BadToken::Nonce);
        }
        if self.sub.is_empty() || self.sub.len() > LONGEST_SUBJECT { Err(BadToken::Subject) } else { Ok(()) }
    }

    /// Whether the person was asked who they are after `moment`.
    pub fn proved_since(&self, moment: UnixMicros) -> bool {
        self.auth_time.is_some_and(|proved| proved >= seconds(moment.before(LEEWAY)))
    }

    pub fn methods(&self) -> &[String] {
        self.amr.as_ref().map_or(&[], OneOrMore::as_slice)
    }

    pub fn strength(&self) -> Option<&str> {
        self.acr.as_deref()
    }
}

impl Said {
    pub fn has_email(&self) -> bool {
        self.email.is_some()
    }

    pub fn email(&self) -> Option<Email> {
        self.email.as_deref().and_then(|email| Email::told(email).ok())
    }

    pub fn name(&self) -> Option<String> {
        self.name.as_deref().and_then(shown_name)
    }

    /// Whether `issuer` says that mail to the address reaches this person.
    pub fn is_email_verified(&self, issuer: &str) -> bool {
        let owned = |value: &Value| is_true(value) || value.as_str() == Some("1") || value.as_i64() == Some(1);
        self.email_verified.as_ref().is_some_and(is_true)
            || (is_microsoft(issuer) && self.xms_edov.as_ref().is_some_and(owned))
    }
}

/// What `xms_edov` means is Microsoft's to say. At another provider people may write claims of that
/// name themselves.
fn is_microsoft(issuer: &str) -> bool {
    let url = issuer.parse::<url::Url>().ok();
    url.is_some_and(|url| url.scheme() == "https" && url.host_str().is_some_and(|host| MICROSOFT.contains(&host)))
}

fn seconds(at: UnixMicros) -> f64 {
    Duration::from_micros(u64::try_from(at.0).unwrap_or(0)).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(value: Value) -> Said {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_organisation_s_word_for_its_domain_is_taken_from_microsoft_alone() {
        for owned in [json!(true), json!("true"), json!("1"), json!(1)] {
            let said = said(json!({ "email": "ada@example.org", "xms_edov": owned }));
            for microsoft in
                ["https://login.microsoftonline.com/9188/v2.0", "https://login.microsoftonline.us/9188/v2.0"]
            {
                assert!(said.is_email_verified(microsoft), "{owned} of {microsoft}");
            }
            for other in [
                "https://login.example.org",
                "https://login.microsoftonline.com.example.org/v2.0",
                "https://example.org/login.microsoftonline.com",
                "http://login.microsoftonline.com/9188/v2.0",
                "https://login.microsoftonline.com@example.org/",
                "login.microsoftonline.com",
            ] {
                assert!(!said.is_email_verified(other), "{owned} of {other}");
            }
        }
        for not in [json!(false), json!("false"), json!(0), json!(["true"]), json!(null)] {
            let said = said(json!({ "email_verified": not, "xms_edov": not }));
            assert!(!said.is_email_verified("https://login.microsoftonline.com/9188/v2.0"), "{not}");
        }
    }

    #[test]
    fn what_is_not_as_it_should_be_is_not_there() {
        let said =
            said(json!({ "email": ["ada@example.org"], "email_verified": { "x": 1 }, "name": 7, "xms_edov": {} }));
        assert!(!said.has_email() && said.email().is_none() && said.name().is_none());
        assert!(!said.is_email_verified("https://login.microsoftonline.com/9188/v2.0"));
    }
}
