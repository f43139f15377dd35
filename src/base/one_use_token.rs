//! What proves something once: a link in a mail carries it, and so does the cookie of a sign-in
//! that waits.

use crate::base::clock::Randomness;
use crate::base::vault::{hex, unhex};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// 256 random bits. Never stored, never logged.
pub struct OneUseToken(Zeroizing<[u8; 32]>);

impl fmt::Debug for OneUseToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneUseToken(..)")
    }
}

impl OneUseToken {
    pub fn new(randomness: &Randomness) -> Self {
        Self(Zeroizing::new(randomness.bytes()))
    }

    /// 64 lower-case hexadecimal digits; anything else is no token.
    pub fn parse(text: &str) -> Option<Self> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        unhex(text).map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The form that stands in the URL or the cookie.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(self.0.as_slice()))
    }

    /// Another secret that only whoever has this one can make, for a `purpose` and what it is
    /// `about`.
    pub fn derive(&self, purpose: &[u8], about: &Self) -> Zeroizing<String> {
        // HMAC fills a shorter key up with zeros in the same way.
        let mut key = Zeroizing::new([0; 64]);
        key[..32].copy_from_slice(self.0.as_slice());
        let mac = Hmac::<Sha256>::new(&(*key).into()).chain_update(about.0.as_slice()).chain_update(purpose);
        Zeroizing::new(hex(&mac.finalize().into_bytes()))
    }

    /// What the database holds.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_slice()).into()
    }
}
