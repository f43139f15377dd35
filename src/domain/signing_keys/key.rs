//! A key of one of the algorithms that an operator can choose. Each key is used with its own
//! algorithm alone, whatever a token says (RFC 8725 §3.1).

use super::{eddsa, es256, rs256};
use crate::base::clock::Randomness;
use crate::base::config::SigningAlgorithm;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// Signs. Shown to nobody, stored only sealed.
#[derive(Clone)]
pub enum PrivateKey {
    Es256(es256::PrivateKey),
    EdDsa(eddsa::PrivateKey),
    Rs256(rs256::PrivateKey),
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, ..)", self.algorithm())
    }
}

/// A library refused to make a key or to sign with it. It says no more.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a signing key could not be made or used")]
pub struct Unusable;

impl PrivateKey {
    /// One for RS256 takes seconds of a processor: not to be made on a thread that serves requests,
    /// or inside a transaction.
    pub fn new(algorithm: SigningAlgorithm, randomness: &Randomness) -> Result<Self, Unusable> {
        Ok(match algorithm {
            SigningAlgorithm::Es256 => Self::Es256(es256::PrivateKey::new(randomness)),
            SigningAlgorithm::EdDsa => Self::EdDsa(eddsa::PrivateKey::new(randomness)?),
            SigningAlgorithm::Rs256 => Self::Rs256(rs256::PrivateKey::new(randomness)?),
        })
    }

    /// From what [`Self::to_bytes`] gave.
    pub fn from_bytes(algorithm: SigningAlgorithm, bytes: &[u8]) -> Option<Self> {
        match algorithm {
            SigningAlgorithm::Es256 => es256::PrivateKey::from_bytes(bytes).map(Self::Es256),
            SigningAlgorithm::EdDsa => eddsa::PrivateKey::from_bytes(bytes).map(Self::EdDsa),
            SigningAlgorithm::Rs256 => rs256::PrivateKey::from_bytes(bytes).map(Self::Rs256),
        }
    }

    /// To be sealed, and kept nowhere else.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Es256(key) => key.to_bytes(),
            Self::EdDsa(key) => key.to_bytes(),
            Self::Rs256(key) => key.to_bytes(),
        }
    }

    pub fn algorithm(&self) -> SigningAlgorithm {
        match self {
            Self::Es256(_) => SigningAlgorithm::Es256,
            Self::EdDsa(_) => SigningAlgorithm::EdDsa,
            Self::Rs256(_) => SigningAlgorithm::Rs256,
        }
    }

    pub fn public(&self) -> PublicKey {
        match self {
            Self::Es256(key) => PublicKey::Es256(key.public()),
            Self::EdDsa(key) => PublicKey::EdDsa(key.public()),
            Self::Rs256(key) => PublicKey::Rs256(key.public()),
        }
    }

    /// As JOSE has it (RFC 7518 §3.3 and §3.4, RFC 8037 §3.1).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unusable> {
        match self {
            Self::Es256(key) => Ok(key.sign(message).to_vec()),
            Self::EdDsa(key) => Ok(key.sign(message)),
            Self::Rs256(key) => key.sign(message),
        }
    }
}

/// Verifies what its [`PrivateKey`] signed.
#[derive(Clone, Debug)]
pub enum PublicKey {
    Es256(es256::PublicKey),
    EdDsa(eddsa::PublicKey),
    Rs256(rs256::PublicKey),
}

/// The members of a JWK that make the key (RFC 7638 §3.2), `kty` among them, in the order of that
/// section.
pub type Members = Vec<(&'static str, String)>;

impl PublicKey {
    pub fn algorithm(&self) -> SigningAlgorithm {
        match self {
            Self::Es256(_) => SigningAlgorithm::Es256,
            Self::EdDsa(_) => SigningAlgorithm::EdDsa,
            Self::Rs256(_) => SigningAlgorithm::Rs256,
        }
    }

    /// Whether `signature` is that of `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => key.verifies(message, signature),
            Self::EdDsa(key) => key.verifies(message, signature),
            Self::Rs256(key) => key.verifies(message, signature),
        }
    }

    /// What names the key: its thumbprint (RFC 7638), so that two different keys never have the
    /// same name.
    pub fn kid(&self) -> String {
        // The members in order and without spaces. None has a character that JSON would escape.
        let members: Vec<String> =
            self.members().iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
        BASE64URL_NOPAD.encode(&Sha256::digest(format!("{{{}}}", members.join(","))))
    }

    /// As verifiers read it (RFC 7517 §4).
    pub fn jwk(&self) -> Value {
        let mut members = self.members();
        members.extend([("kid", self.kid()), ("alg", self.algorithm().to_string()), ("use", "sig".to_owned())]);
        let told: Map<String, Value> =
            members.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
        Value::Object(told)
    }

    fn members(&self) -> Members {
        match self {
            Self::Es256(key) => key.members(),
            Self::EdDsa(key) => key.members(),
            Self::Rs256(key) => key.members(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray;

    #[test]
    fn a_key_comes_back_from_its_bytes_and_verifies_what_it_signed_and_nothing_else() {
        for algorithm in SigningAlgorithm::VARIANTS.iter().copied() {
            let key = PrivateKey::new(algorithm, &Randomness::system()).unwrap();
            let again = PrivateKey::from_bytes(algorithm, &key.to_bytes()).unwrap();
            assert_eq!((again.algorithm(), again.public().kid()), (algorithm, key.public().kid()));
            let signature = again.sign(b"message").unwrap();
            assert!(key.public().verifies(b"message", &signature), "{algorithm}");
            assert!(!key.public().verifies(b"massage", &signature), "{algorithm}");
            assert!(!key.public().verifies(b"message", &signature[1..]), "{algorithm}");
            let other = PrivateKey::new(algorithm, &Randomness::system()).unwrap();
            assert!(!other.public().verifies(b"message", &signature), "{algorithm}");
            assert_ne!(other.public().kid(), key.public().kid());
            for elsewhere in SigningAlgorithm::VARIANTS.iter().copied().filter(|elsewhere| *elsewhere != algorithm) {
                assert!(
                    !PrivateKey::new(elsewhere, &Randomness::system())
                        .unwrap()
                        .public()
                        .verifies(b"message", &signature)
                );
            }
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        for algorithm in SigningAlgorithm::VARIANTS.iter().copied() {
            for bytes in [&b""[..], &[0; 31], &[1; 33], &[0xff; 300]] {
                assert!(PrivateKey::from_bytes(algorithm, bytes).is_none(), "{algorithm}");
            }
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        for algorithm in SigningAlgorithm::VARIANTS.iter().copied() {
            let key = PrivateKey::new(algorithm, &Randomness::system()).unwrap();
            assert_eq!(format!("{key:?}"), format!("PrivateKey({algorithm}, ..)"));
            let told = key.public().jwk();
            for secret in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(told.get(secret).is_none(), "{algorithm}: {secret}");
            }
        }
    }
}
