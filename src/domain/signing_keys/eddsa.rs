//! Ed25519 (RFC 8032), as JOSE has it (RFC 8037): `EdDSA`.

use super::key::{Members, Unusable};
use crate::base::clock::Randomness;
use data_encoding::BASE64URL_NOPAD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The seed, and what is derived from it.
#[derive(Clone)]
pub struct PrivateKey {
    seed: Zeroizing<[u8; 32]>,
    pair: Arc<Ed25519KeyPair>,
}

impl PrivateKey {
    pub fn new(randomness: &Randomness) -> Result<Self, Unusable> {
        Self::from_bytes(Zeroizing::new(randomness.bytes::<32>()).as_slice()).ok_or(Unusable)
    }

    /// From the 32 bytes of the seed.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let seed = Zeroizing::new(<[u8; 32]>::try_from(bytes).ok()?);
        // "Unchecked" is that a public key stored beside it would be the right one; there is none.
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).ok()?;
        Some(Self { seed, pair: Arc::new(pair) })
    }

    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.seed.to_vec())
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.pair.public_key().as_ref().to_vec())
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

/// 32 bytes.
#[derive(Clone, Debug)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }

    /// RFC 8037 §2.
    pub fn members(&self) -> Members {
        vec![("crv", "Ed25519".to_owned()), ("kty", "OKP".to_owned()), ("x", BASE64URL_NOPAD.encode(&self.0))]
    }
}

#[cfg(test)]
mod tests {
    use super::super::key;
    use super::*;

    /// RFC 8037 A.1 to A.4.
    #[test]
    fn the_standards_examples_hold() {
        let seed = BASE64URL_NOPAD.decode(b"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let private = PrivateKey::from_bytes(&seed).unwrap();
        assert_eq!(private.public().members()[2].1, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key::PublicKey::EdDsa(private.public()).kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(BASE64URL_NOPAD.encode(&private.sign(message)), signature);
    }
}
