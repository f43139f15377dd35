//! The algorithms behind the formats.

use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::NotTaken;
use crate::base::passwords::cost::Cost;

/// The shortest output taken: below, some wrong password would be right by chance.
const MINIMUM_OUTPUT: usize = 16;
/// bcrypt reads no further than this, in bytes of the password.
const BCRYPT_READS: usize = 72;

/// A hash by another algorithm than Argon2.
pub enum Foreign {
    Pbkdf2 { digest: Pbkdf2Digest, iterations: u32, salt: Vec<u8>, expected: Vec<u8> },
    Scrypt { params: scrypt::Params, salt: Vec<u8>, expected: Vec<u8> },
    Bcrypt { key: BcryptKey, text: String },
}

/// What PBKDF2 iterates HMAC of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pbkdf2Digest {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Pbkdf2Digest {
    /// In bytes.
    pub fn output_length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// What bcrypt is given: it reads 72 bytes and stops at a NUL, so that some programs hash the
/// password first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BcryptKey {
    Password,
    /// SHA-256 in hexadecimal digits (Django).
    HexSha256,
    /// SHA-256 in Base64 (passlib until 1.7.2).
    Base64Sha256,
    /// HMAC-SHA-256 under the salt as it is written, in Base64 (passlib).
    Base64HmacSha256 {
        salt: String,
    },
}

impl Foreign {
    pub fn pbkdf2(
        format: &'static str,
        digest: Pbkdf2Digest,
        iterations: u32,
        salt: Vec<u8>,
        expected: Vec<u8>,
    ) -> Result<Self, NotTaken> {
        checked_lengths(format, &salt, &expected)?;
        if iterations == 0 {
            return Err(NotTaken::Malformed(format));
        }
        within_cap(format, Cost::pbkdf2(iterations))?;
        // A longer output would be another whole PBKDF2 for each length of the digest.
        if expected.len() > digest.output_length() {
            return Err(NotTaken::Malformed(format));
        }
        Ok(Self::Pbkdf2 { digest, iterations, salt, expected })
    }

    /// `log_n` is the logarithm of N to base 2.
    pub fn scrypt(
        format: &'static str,
        (log_n, r, p): (u8, u32, u32),
        salt: Vec<u8>,
        expected: Vec<u8>,
    ) -> Result<Self, NotTaken> {
        checked_lengths(format, &salt, &expected)?;
        if log_n == 0 || expected.len() > 64 {
            return Err(NotTaken::Malformed(format));
        }
        within_cap(format, Cost::scrypt(log_n, r, p))?;
        let params = scrypt::Params::new(log_n, r, p).map_err(|_| NotTaken::Malformed(format))?;
        Ok(Self::Scrypt { params, salt, expected })
    }

    /// `text` is `$2b$`, the cost, `$`, and salt and hash in one.
    pub fn bcrypt(format: &'static str, key: BcryptKey, text: String) -> Result<Self, NotTaken> {
        let parts = bcrypt::HashParts::from_str(&text).map_err(|_| NotTaken::Malformed(format))?;
        if parts.get_cost() < 4 {
            return Err(NotTaken::Malformed(format));
        }
        within_cap(format, Cost::bcrypt(parts.get_cost()))?;
        Ok(Self::Bcrypt { key, text })
    }

    /// Whether `password` is the one. Compares in constant time.
    pub fn is_of(&self, password: &str) -> bool {
        let password = password.as_bytes();
        match self {
            Self::Pbkdf2 { digest, iterations, salt, expected } => {
                let mut output = Zeroizing::new(vec![0; expected.len()]);
                derive(*digest)(password, salt, *iterations, &mut output);
                output.ct_eq(expected).into()
            }
            Self::Scrypt { params, salt, expected } => {
                let mut output = Zeroizing::new(vec![0; expected.len()]);
                scrypt::scrypt(password, salt, params, &mut output).is_ok() && output.ct_eq(expected).into()
            }
            Self::Bcrypt { key, text } => {
                key.of(password).is_some_and(|key| bcrypt::verify(&*key, text).unwrap_or(false))
            }
        }
    }

    /// Whether all of `password` counts. What bcrypt never read may be mistyped: stored anew with
    /// it, the password would be another one.
    pub fn reads_all_of(&self, password: &str) -> bool {
        !matches!(self, Self::Bcrypt { key: BcryptKey::Password, .. }) || password.len() <= BCRYPT_READS
    }
}

impl BcryptKey {
    fn of(&self, password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let digest = || Zeroizing::new(<[u8; 32]>::from(Sha256::digest(password)));
        Some(Zeroizing::new(match self {
            Self::Password => password.to_vec(),
            Self::HexSha256 => HEXLOWER.encode(&*digest()).into_bytes(),
            Self::Base64Sha256 => BASE64.encode(&*digest()).into_bytes(),
            Self::Base64HmacSha256 { salt } => {
                let mac = Hmac::<Sha256>::new_from_slice(salt.as_bytes()).ok()?.chain_update(password);
                BASE64.encode(&mac.finalize().into_bytes()).into_bytes()
            }
        }))
    }
}

fn derive(digest: Pbkdf2Digest) -> fn(&[u8], &[u8], u32, &mut [u8]) {
    match digest {
        Pbkdf2Digest::Sha1 => pbkdf2_hmac::<Sha1>,
        Pbkdf2Digest::Sha224 => pbkdf2_hmac::<Sha224>,
        Pbkdf2Digest::Sha256 => pbkdf2_hmac::<Sha256>,
        Pbkdf2Digest::Sha384 => pbkdf2_hmac::<Sha384>,
        Pbkdf2Digest::Sha512 => pbkdf2_hmac::<Sha512>,
    }
}

fn within_cap(format: &'static str, cost: Cost) -> Result<(), NotTaken> {
    cost.within_cap().map_err(|why| NotTaken::AboveCap(format, why))
}

fn checked_lengths(format: &'static str, salt: &[u8], expected: &[u8]) -> Result<(), NotTaken> {
    if salt.is_empty() || expected.len() < MINIMUM_OUTPUT {
        return Err(NotTaken::Malformed(format));
    }
    Ok(())
}
