//! RSA with SHA-256 and the padding of PKCS #1 1.5 (RFC 7518 §3.3), for verifiers that know nothing
//! newer.
//!
//! Two libraries, each for what it does safely: ring signs in constant time and can't make keys;
//! `rsa` makes them, and never signs: how long its private operations take tells something about
//! the key (RUSTSEC-2023-0071).

use super::key::{Members, Unusable};
use crate::base::clock::Randomness;
use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::rand_core::{CryptoRng, Error, RngCore};
use std::sync::Arc;
use zeroize::Zeroizing;

/// As strong as a symmetric key of 128 bits (NIST SP 800-57, part 1, table 2; ASVS 11.2.3).
const BITS: usize = 3072;

/// PKCS #1, in DER, and what was read from it.
#[derive(Clone)]
pub struct PrivateKey {
    der: Zeroizing<Vec<u8>>,
    pair: Arc<KeyPair>,
}

impl PrivateKey {
    pub fn new(randomness: &Randomness) -> Result<Self, Unusable> {
        let made = RsaPrivateKey::new(&mut Source(randomness), BITS).map_err(|_| Unusable)?;
        let der = made.to_pkcs1_der().map_err(|_| Unusable)?;
        Self::from_bytes(der.as_bytes()).ok_or(Unusable)
    }

    /// From the DER of PKCS #1.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let pair = KeyPair::from_der(bytes).ok()?;
        Some(Self { der: Zeroizing::new(bytes.to_vec()), pair: Arc::new(pair) })
    }

    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.der.clone()
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(PublicKeyComponents::from(self.pair.public()))
    }

    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unusable> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        // This padding has nothing random in it; the parameter is for the other one.
        let signed = self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map(|()| signature).map_err(|_| Unusable)
    }
}

/// Modulus and exponent, big-endian.
#[derive(Clone, Debug)]
pub struct PublicKey(PublicKeyComponents<Vec<u8>>);

impl PublicKey {
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }

    /// RFC 7518 §6.3.1.
    pub fn members(&self) -> Members {
        let PublicKeyComponents { n, e } = &self.0;
        vec![("e", BASE64URL_NOPAD.encode(e)), ("kty", "RSA".to_owned()), ("n", BASE64URL_NOPAD.encode(n))]
    }
}

/// Ours, in the form in which `rsa` asks for it.
struct Source<'a>(&'a Randomness);

impl RngCore for Source<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }

    fn fill_bytes(&mut self, filled: &mut [u8]) {
        self.0.fill(filled);
    }

    fn try_fill_bytes(&mut self, filled: &mut [u8]) -> Result<(), Error> {
        self.0.fill(filled);
        Ok(())
    }
}

impl CryptoRng for Source<'_> {}

#[cfg(test)]
mod tests {
    use super::super::key;
    use super::*;

    /// RFC 7638 §3.1: the same key as in the example of RFC 7517 A.1.
    #[test]
    fn the_thumbprint_of_the_standards_example_is_ours() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let decoded = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        let public = PublicKey(PublicKeyComponents { n: decoded(n), e: decoded("AQAB") });
        assert_eq!(key::PublicKey::Rs256(public).kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn a_new_key_is_as_long_as_asked_for() {
        let key = PrivateKey::new(&Randomness::system()).unwrap();
        assert_eq!((key.public().0.n.len() * 8, key.sign(b"message").unwrap().len()), (BITS, BITS / 8));
    }
}
