//! The one secret, and all that is derived from it: what is sealed at rest and what is hashed under
//! a key.
//!
//! The key lies outside the database (a file or a variable), so that a copy of the database opens
//! nothing.

use crate::base::clock::Randomness;
use crate::base::unicode;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const NONCE_LENGTH: usize = 24;
/// What a refresh token ends with, in bytes.
pub const REFRESH_TAG: usize = 16;

/// The 32 bytes everything is derived from. Shown to nobody.
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// Why there is no usable secret key; said to the operator at start.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the secret key file {0} can't be read or made: {1}")]
    File(PathBuf, std::io::Error),
    #[error("there is no secret key at {0}: put the one there that the data was made with")]
    Missing(PathBuf),
    #[error("the secret key file {0} must hold 64 hexadecimal digits and nothing else")]
    Malformed(PathBuf),
    #[error("the secret key file {0} can be read by others (mode {1:o}): run `chmod 600 {path}`", path = .0.display())]
    Exposed(PathBuf, u32),
    #[error(
        "this database was made with another secret key: give the key it was made with (server.secret_key_file), or nothing in it can be read"
    )]
    Foreign,
    #[error("the database could not be asked for its key check: {0}")]
    Database(#[from] sqlx::Error),
}

impl SecretKey {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key from `path`; makes it at the first start, readable by its owner alone.
    pub fn load_or_make(path: &Path, randomness: &Randomness) -> Result<Self, KeyError> {
        match Self::read(path) {
            Err(KeyError::File(_, error)) if error.kind() == std::io::ErrorKind::NotFound => {}
            read => return read,
        }
        let key = Zeroizing::new(randomness.bytes::<32>());
        match place(path, &key, &hex(&randomness.bytes::<8>())) {
            Ok(()) => Ok(Self(key)),
            // Another process made one meanwhile: that one counts.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Self::read(path),
            Err(error) => Err(KeyError::File(path.to_owned(), error)),
        }
    }

    /// Reads the key from `path`, and never makes one: where data comes that another key opens, a
    /// new one would only be in the way.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        Self::read(path).map_err(|error| match error {
            KeyError::File(path, error) if error.kind() == std::io::ErrorKind::NotFound => KeyError::Missing(path),
            other => other,
        })
    }

    fn read(path: &Path) -> Result<Self, KeyError> {
        let file_error = |error| KeyError::File(path.to_owned(), error);
        let mut file = std::fs::File::open(path).map_err(file_error)?;
        let mode = file.metadata().map_err(file_error)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed(path.to_owned(), mode));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(file_error)?;
        unhex(unicode::trim(&text)).map(Self::from_bytes).ok_or_else(|| KeyError::Malformed(path.to_owned()))
    }
}

/// Puts a key at `path` whole or not at all: half a key after a kill would stop every later start,
/// and one lost with the power would take with it whatever was sealed meanwhile. Never over another
/// one.
fn place(path: &Path, key: &[u8; 32], suffix: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let new = path.with_extension(format!("{suffix}.new"));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    let text = Zeroizing::new(hex(key));
    let placed = file
        .write_all(text.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::hard_link(&new, path));
    std::fs::remove_file(&new)?;
    placed?;
    std::fs::File::open(folder)?.sync_all()
}

/// Seals and hashes under keys derived from the secret key, one key a purpose.
#[derive(Clone)]
pub struct Vault {
    mail: XChaCha20Poly1305,
    factor: XChaCha20Poly1305,
    challenge: XChaCha20Poly1305,
    signing_key: XChaCha20Poly1305,
    hand_over: XChaCha20Poly1305,
    typed: XChaCha20Poly1305,
    audit: Hmac<Sha256>,
    identifier: Hmac<Sha256>,
    limit: Hmac<Sha256>,
    refresh: Hmac<Sha256>,
    refresh_tag: Hmac<Sha256>,
    backup: Hmac<Sha256>,
    check: [u8; 32],
    randomness: Randomness,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(..)")
    }
}

/// What was sealed can't be opened: another key, another row, or changed bytes.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value can't be opened")]
pub struct Unopenable;

impl Vault {
    pub fn new(key: &SecretKey, randomness: Randomness) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(b"doorward/1"), key.0.as_slice());
        Self {
            mail: XChaCha20Poly1305::new(&(*derive(&hkdf, b"seal mail")).into()),
            factor: XChaCha20Poly1305::new(&(*derive(&hkdf, b"seal second factors")).into()),
            challenge: XChaCha20Poly1305::new(&(*derive(&hkdf, b"seal passkey challenges")).into()),
            signing_key: XChaCha20Poly1305::new(&(*derive(&hkdf, b"seal signing keys")).into()),
            hand_over: XChaCha20Poly1305::new(&(*derive(&hkdf, b"seal hand-overs")).into()),
            typed: XChaCha20Poly1305::new(&(*derive(&hkdf, b"seal what was typed")).into()),
            audit: Hmac::new(&(*derive_block(&hkdf, b"chain audit entries")).into()),
            identifier: Hmac::new(&(*derive_block(&hkdf, b"hash unknown identifiers")).into()),
            limit: Hmac::new(&(*derive_block(&hkdf, b"hash what limits count")).into()),
            refresh: Hmac::new(&(*derive_block(&hkdf, b"derive refresh tokens")).into()),
            refresh_tag: Hmac::new(&(*derive_block(&hkdf, b"authenticate refresh tokens")).into()),
            backup: Hmac::new(&(*derive_block(&hkdf, b"authenticate backups")).into()),
            check: *derive(&hkdf, b"check"),
            randomness,
        }
    }

    /// By what this key is told from others. Derived, so nothing is opened with it; the database
    /// holds it too.
    pub fn public_check(&self) -> String {
        hex(&self.check)
    }

    /// What the database holds of this key, so that it is never used with another one.
    pub(crate) fn check(&self) -> [u8; 32] {
        self.check
    }

    /// Seals `plain` for the row `row`: moved to another row it can't be opened. Shape: nonce (24
    /// bytes), ciphertext, tag.
    pub fn seal_mail(&self, row: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unopenable> {
        self.seal(&self.mail, row, plain)
    }

    pub fn open_mail(&self, row: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        open(&self.mail, row, sealed)
    }

    /// As [`Self::seal_mail`], for the seeds of authenticators and what else makes up a second
    /// factor.
    pub fn seal_factor(&self, row: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unopenable> {
        self.seal(&self.factor, row, plain)
    }

    pub fn open_factor(&self, row: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        open(&self.factor, row, sealed)
    }

    /// As [`Self::seal_mail`], for what waits in a browser for the answer of a passkey; `purpose`
    /// is what it is for.
    pub fn seal_challenge(&self, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unopenable> {
        self.seal(&self.challenge, purpose, plain)
    }

    pub fn open_challenge(&self, purpose: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        open(&self.challenge, purpose, sealed)
    }

    /// As [`Self::seal_mail`], for the private keys that tokens are signed with.
    pub fn seal_signing_key(&self, row: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unopenable> {
        self.seal(&self.signing_key, row, plain)
    }

    pub fn open_signing_key(&self, row: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        open(&self.signing_key, row, sealed)
    }

    /// As [`Self::seal_mail`], for what travels through a browser that is to come back to an app;
    /// `purpose` is what it is for.
    pub fn seal_hand_over(&self, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unopenable> {
        self.seal(&self.hand_over, purpose, plain)
    }

    pub fn open_hand_over(&self, purpose: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        open(&self.hand_over, purpose, sealed)
    }

    /// As [`Self::seal_mail`], for what was typed into a form and waits in its browser; `place` is
    /// where it is asked for again.
    pub fn seal_typed(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unopenable> {
        self.seal(&self.typed, place, plain)
    }

    pub fn open_typed(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        open(&self.typed, place, sealed)
    }

    fn seal(&self, key: &XChaCha20Poly1305, row: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unopenable> {
        let nonce = self.randomness.bytes::<NONCE_LENGTH>();
        let sealed = key.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: row }).map_err(|_| Unopenable)?;
        Ok([nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// The link of the audit chain over `parts`, each bound to its length so that no two entries
    /// read the same.
    pub fn audit_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        keyed(&self.audit, parts)
    }

    /// What authenticates a backup, byte by byte.
    pub fn backup_mac(&self) -> BackupMac {
        BackupMac(self.backup.clone())
    }

    /// What stands at the head of a backup, so that another key is told from a damaged file.
    pub fn backup_key_check(&self) -> [u8; 32] {
        keyed(&self.backup, &[b"key check"])
    }

    /// The secret that follows `secret` in the refresh tokens of `session`: made from it and the
    /// key, so that the same one can be given twice without being kept in clear.
    pub fn next_refresh_secret(&self, session: &[u8; 16], secret: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(keyed(&self.refresh, &[session, secret]))
    }

    /// What shows that a refresh token was given out here, before anybody is asked: over its
    /// session, its number and its secret. Without the key nobody can make one, and a copy of the
    /// database holds no secret to make one for.
    pub fn refresh_tag(&self, session: &[u8; 16], number: &[u8; 8], secret: &[u8; 32]) -> [u8; REFRESH_TAG] {
        let mac = keyed(&self.refresh_tag, &[session, number, secret]);
        let mut tag = [0; REFRESH_TAG];
        tag.iter_mut().zip(mac).for_each(|(byte, of_mac)| *byte = of_mac);
        tag
    }

    /// Whether `tag` is [`Self::refresh_tag`] of the rest. Compares in constant time.
    pub fn is_refresh_tag(&self, session: &[u8; 16], number: &[u8; 8], secret: &[u8; 32], tag: &[u8]) -> bool {
        self.refresh_tag(session, number, secret).ct_eq(tag).into()
    }

    /// What tries are counted under: `what` of this `kind` (a name as it was typed, a network).
    pub fn limit_key(&self, kind: &str, what: &[u8]) -> [u8; 32] {
        keyed(&self.limit, &[kind.as_bytes(), what])
    }

    /// A stand-in for an identifier that no account has. People type passwords into that field, so
    /// it is never kept in clear.
    pub fn unknown_identifier(&self, identifier: &str) -> String {
        hex(&keyed(&self.identifier, &[identifier.as_bytes()])[..8])
    }
}

/// A MAC over all that was given to it: whoever has not the key can't change a byte of a backup.
#[derive(Clone)]
pub struct BackupMac(Hmac<Sha256>);

impl fmt::Debug for BackupMac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BackupMac(..)")
    }
}

impl BackupMac {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }

    /// Compares in constant time.
    pub fn is(self, expected: &[u8]) -> bool {
        self.0.verify_slice(expected).is_ok()
    }
}

fn open(key: &XChaCha20Poly1305, row: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(Unopenable)?;
    let plain = key.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: row }).map_err(|_| Unopenable)?;
    Ok(Zeroizing::new(plain))
}

fn keyed(key: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = key.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn derive(hkdf: &Hkdf<Sha256>, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    expand(hkdf, purpose)
}

/// HMAC's own key size is one hash block.
fn derive_block(hkdf: &Hkdf<Sha256>, purpose: &[u8]) -> Zeroizing<[u8; 64]> {
    expand(hkdf, purpose)
}

fn expand<const N: usize>(hkdf: &Hkdf<Sha256>, purpose: &[u8]) -> Zeroizing<[u8; N]> {
    let mut key = Zeroizing::new([0; N]);
    // HKDF-SHA256 gives up to 8,160 bytes (RFC 5869 §2.3): 32 and 64 can't fail, and a key of zeros
    // must never be used.
    if hkdf.expand(purpose, key.as_mut_slice()).is_err() {
        std::process::abort();
    }
    key
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// 32 bytes from 64 hexadecimal digits.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(seed: u8) -> Vault {
        Vault::new(&SecretKey::from_bytes([seed; 32]), Randomness::system())
    }

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_in_its_row() {
        let sealed = vault(1).seal_mail(b"row", b"secret link").unwrap();
        assert_eq!(vault(1).open_mail(b"row", &sealed).unwrap().as_slice(), b"secret link");
        assert!(vault(2).open_mail(b"row", &sealed).is_err());
        assert!(vault(1).open_mail(b"another row", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault(1).open_mail(b"row", &changed).is_err(), "byte {at} was changed and it still opened");
        }
        assert!(vault(1).open_mail(b"row", b"short").is_err());
        for open in [
            Vault::open_factor,
            Vault::open_challenge,
            Vault::open_signing_key,
            Vault::open_hand_over,
            Vault::open_typed,
        ] {
            assert!(open(&vault(1), b"row", &sealed).is_err(), "each purpose has a key of its own");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let made = SecretKey::load_or_make(&path, &Randomness::system()).unwrap();
        let read = SecretKey::load_or_make(&path, &Randomness::system()).unwrap();
        assert_eq!(made.0.as_slice(), read.0.as_slice());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(SecretKey::load_or_make(&path, &Randomness::system()), Err(KeyError::Exposed(_, 0o644))));
    }

    #[test]
    fn a_key_file_with_anything_else_in_it_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        for content in ["", "00", &"g".repeat(64), &"0".repeat(66), &"é".repeat(32)] {
            std::fs::write(&path, content).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(SecretKey::load_or_make(&path, &Randomness::system()), Err(KeyError::Malformed(_))));
        }
    }

    #[test]
    fn parts_of_an_audit_link_can_not_be_shifted_into_each_other() {
        assert_ne!(vault(1).audit_mac(&[b"ab", b"c"]), vault(1).audit_mac(&[b"a", b"bc"]));
    }
}
