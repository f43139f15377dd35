//! Access tokens: JWTs (RFC 9068) that programs verify with the key set alone. Strict as RFC 8725
//! asks: the algorithm of the key, one type, and the members that we write ourselves; nothing in a
//! token says where a key is to be fetched.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::Db;
use crate::base::error::AppError;
use crate::base::paths;
use crate::domain::accounts::AccountId;
use crate::domain::logins::Method;
use crate::domain::refresh_tokens::Grant;
use crate::domain::sessions::SessionHandle;
use crate::domain::signing_keys::key::{PublicKey, Unusable};
use crate::domain::signing_keys::{self, SigningKey};
use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// RFC 9068 §2.1: nothing else that we sign can be taken for an access token.
const TYPE: &str = "at+jwt";
/// Programs are not registered, so all of them are one client (RFC 9068 §2.2 wants one named).
const CLIENT: &str = "doorward";
/// Far more than any of ours has; longer ones are not looked into.
const LONGEST: usize = 8 * 1024;

/// What a token says (RFC 9068 §2.2). Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub iss: String,
    /// The account's id.
    pub sub: String,
    /// The one audience.
    pub aud: String,
    pub client_id: String,
    pub exp: i64,
    pub iat: i64,
    pub nbf: i64,
    pub jti: String,
    /// The session's handle: what ends the session ends the token where somebody asks.
    pub sid: String,
    /// When the person last proved who they are.
    pub auth_time: i64,
    /// RFC 8176.
    pub amr: Vec<String>,
    pub acr: String,
    pub scope: String,
}

/// The members in this order; any other one is refused: `jku`, `jwk` and `x5u` would name a key of
/// the sender's, `crit` rules unknown here.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// Whom a token must be from and for.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    /// One of them.
    pub audiences: &'a [String],
}

/// How far before it is made a token begins to hold: most libraries compare `nbf` with their own
/// clock to the second, and one that is not set by NTP is off by some. It gives nothing away, for
/// the token does not exist before; `iat` stays true, and `exp` as strict.
const BACKDATED: Duration = Duration::from_secs(60);

/// Why a token is refused; for the log, never for whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("it is no token of ours")]
    Malformed,
    #[error("it is signed with another algorithm")]
    Algorithm,
    #[error("it is of another type")]
    Type,
    #[error("no published key has its kid")]
    UnknownKey,
    #[error("the signature is wrong")]
    Signature,
    #[error("it is from somebody else")]
    Issuer,
    #[error("it is for somebody else")]
    Audience,
    #[error("its time is over")]
    Over,
    #[error("its time has not come")]
    NotYet,
}

/// Who signs in to our own API with a token: the audience of a token that names none.
pub fn own_audience(db: &Db) -> String {
    let config = db.config();
    config.link(paths::API)
}

/// Everybody that a token can be made for.
pub fn audiences(db: &Db) -> Vec<String> {
    let config = db.config();
    let mut audiences = vec![own_audience(db)];
    audiences.extend(config.tokens.audiences.iter().cloned());
    audiences
}

/// Whom a token is about, and how they came in.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub account: AccountId,
    pub session: SessionHandle,
    /// None for a way in that a newer version of us knows.
    pub method: Option<Method>,
    pub confirmed_at: UnixMicros,
    /// No token outlives its session.
    pub expires_at: UnixMicros,
}

/// Makes a token about `subject`; gives for how many seconds it is good.
pub fn issue(db: &Db, key: &SigningKey, subject: &Subject, grant: &Grant) -> Result<(String, i64), AppError> {
    let config = db.config();
    let now = db.now();
    let until = now.after(config.tokens.access_lifetime.as_std()).min(subject.expires_at);
    let (amr, acr) = subject.method.map_or((&[][..], "0"), Method::in_claims);
    let claims = Claims {
        iss: config.server.public_url.origin().to_owned(),
        sub: subject.account.0.to_string(),
        aud: grant.audience.clone(),
        client_id: CLIENT.to_owned(),
        exp: until.seconds(),
        iat: now.seconds(),
        nbf: now.before(BACKDATED).seconds(),
        jti: db.randomness().id(now).to_string(),
        sid: subject.session.0.to_string(),
        auth_time: subject.confirmed_at.seconds(),
        amr: amr.iter().map(|name| (*name).to_owned()).collect(),
        acr: acr.to_owned(),
        scope: grant.scope.clone(),
    };
    let token = sign(&claims, key).map_err(|error| {
        tracing::error!(%error, "a token could not be written");
        AppError::Internal
    })?;
    Ok((token, claims.exp - claims.iat))
}

/// What `token` says, if it is one of ours for one of `audiences`, and in time; whether its session
/// is still open is the caller's question.
pub async fn accepted(db: &Db, token: &str, audiences: &[String]) -> Result<Option<Claims>, sqlx::Error> {
    let config = db.config();
    let now = db.now();
    let keys = signing_keys::published(db).await?;
    let keys = keys.iter().map(|key| (key.kid.as_str(), key.private.public()));
    let expected = Expected { issuer: config.server.public_url.origin(), audiences };
    match verify(token, keys, expected, now) {
        Ok(claims) => Ok(Some(claims)),
        Err(refused) => {
            tracing::info!(reason = %refused, "an access token was refused");
            Ok(None)
        }
    }
}

/// Why a token could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
    #[error(transparent)]
    Unwritten(#[from] serde_json::Error),
    #[error(transparent)]
    Unusable(#[from] Unusable),
}

/// `claims`, signed with `key`, in the compact form (RFC 7515 §7.1).
pub fn sign(claims: &Claims, key: &SigningKey) -> Result<String, Unsigned> {
    let header = Header { alg: key.private.algorithm().to_string(), typ: TYPE.to_owned(), kid: key.kid.clone() };
    let part = |json: Vec<u8>| BASE64URL_NOPAD.encode(&json);
    let signed = format!("{}.{}", part(serde_json::to_vec(&header)?), part(serde_json::to_vec(claims)?));
    let signature = BASE64URL_NOPAD.encode(&key.private.sign(signed.as_bytes())?);
    Ok(format!("{signed}.{signature}"))
}

/// What `token` says, if one of `keys` (by `kid`) signed it and it is valid now for whom it is
/// `expected` to be. Asks nobody; whether its session is still open is the caller's question.
pub fn verify<'a>(
    token: &str,
    keys: impl IntoIterator<Item = (&'a str, PublicKey)>,
    expected: Expected<'_>,
    now: UnixMicros,
) -> Result<Claims, Refused> {
    if token.len() > LONGEST {
        return Err(Refused::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(Refused::Malformed)?;
    let header: Header = read(header)?;
    if header.typ != TYPE {
        return Err(Refused::Type);
    }
    let key = keys.into_iter().find(|(kid, _)| *kid == header.kid).ok_or(Refused::UnknownKey)?.1;
    // The token's word picks nothing: each key has its algorithm, and is only ever used with it.
    if header.alg != key.algorithm().to_string() {
        return Err(Refused::Algorithm);
    }
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| Refused::Malformed)?;
    if !key.verifies(signed.as_bytes(), &signature) {
        return Err(Refused::Signature);
    }
    let claims: Claims = read(payload)?;
    if claims.iss != expected.issuer {
        return Err(Refused::Issuer);
    }
    if !expected.audiences.contains(&claims.aud) {
        return Err(Refused::Audience);
    }
    in_time(&claims, now)?;
    Ok(claims)
}

/// One that lasts is over by our own clock to the second; one that begins may come from a node
/// whose clock is a little ahead.
fn in_time(claims: &Claims, now: UnixMicros) -> Result<(), Refused> {
    if claims.exp <= now.seconds() {
        return Err(Refused::Over);
    }
    let begun = now.after(CLOCK_TOLERANCE).seconds();
    if claims.nbf > begun || claims.iat > begun { Err(Refused::NotYet) } else { Ok(()) }
}

/// Members that are unknown, missing, of another type or there twice are refused.
fn read<T: DeserializeOwned>(part: &str) -> Result<T, Refused> {
    let json = BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| Refused::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| Refused::Malformed)
}

#[cfg(test)]
mod tests;
