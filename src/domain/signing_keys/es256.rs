//! ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).

use super::key::Members;
use crate::base::clock::Randomness;
use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

#[derive(Clone)]
pub struct PrivateKey(SigningKey);

impl PrivateKey {
    pub fn new(randomness: &Randomness) -> Self {
        loop {
            let bytes = Zeroizing::new(randomness.bytes::<32>());
            // One in 2^32 is zero or beyond the group's order. Taken modulo the order instead,
            // small numbers would be likelier.
            if let Some(key) = Self::from_bytes(bytes.as_slice()) {
                return key;
            }
        }
    }

    /// From the 32 bytes of [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        // `from_slice` takes shorter ones too.
        let bytes: &[u8; 32] = bytes.try_into().ok()?;
        SigningKey::from_bytes(bytes.into()).ok().map(Self)
    }

    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(Zeroizing::new(<[u8; 32]>::from(self.0.to_bytes())).to_vec())
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(*self.0.verifying_key())
    }

    /// r and s, 32 bytes each, as JOSE has them. Deterministic (RFC 6979): no bad random number
    /// gives the key away.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().into()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Whether `signature` (r and s, 64 bytes) is that of `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }

    /// RFC 7518 §6.2.1.
    pub fn members(&self) -> Members {
        // SEC 1 §2.3.3: a 4, then x and y, 32 bytes each.
        let point = self.0.to_sec1_bytes();
        let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(32).unwrap_or_default();
        let [x, y] = [x, y].map(|coordinate| BASE64URL_NOPAD.encode(coordinate));
        vec![("crv", "P-256".to_owned()), ("kty", "EC".to_owned()), ("x", x), ("y", y)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::key;
    use super::*;

    /// The key of RFC 7515 A.3.
    fn example() -> PrivateKey {
        let d = BASE64URL_NOPAD.decode(b"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI").unwrap();
        PrivateKey::from_bytes(&d).unwrap()
    }

    #[test]
    fn the_public_part_is_the_one_of_the_standards_example() {
        let jwk = key::PublicKey::Es256(example().public()).jwk();
        assert_eq!(jwk["x"], "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        assert_eq!(jwk["y"], "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        assert_eq!(jwk["kid"], "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    }

    #[test]
    fn the_standards_example_of_a_signature_is_accepted_and_nothing_else() {
        let message = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let text = b"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let signature = BASE64URL_NOPAD.decode(text).unwrap();
        let public = example().public();
        assert!(public.verifies(message, &signature));
        assert!(!public.verifies(b"another message", &signature));
        for wrong in [&[0; 64][..], &[0xff; 64], &signature[..63], &[], &[signature.as_slice(), &[0]].concat()] {
            assert!(!public.verifies(message, wrong), "{wrong:?}");
        }
        let own = example().sign(message);
        assert!(public.verifies(message, &own) && own == example().sign(message));
        assert!(!PrivateKey::new(&Randomness::system()).public().verifies(message, &own));
    }

    #[test]
    fn bytes_that_are_no_key_are_not_taken() {
        for bytes in [&[0; 32][..], &[0xff; 32], &[1; 31], &[1; 33], &[]] {
            assert!(PrivateKey::from_bytes(bytes).is_none(), "{bytes:?}");
        }
        assert_eq!(PrivateKey::from_bytes(&[1; 32]).unwrap().to_bytes().as_slice(), [1; 32]);
    }
}
