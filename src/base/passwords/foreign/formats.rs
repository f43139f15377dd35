//! The spellings of password hashes: Werkzeug's, Django's, PHC strings, and passlib's variants of
//! those.

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};

use super::check::{BcryptKey, Foreign, Pbkdf2Digest};
use super::{Known, MAXIMUM_BYTES, NotTaken, refused};
use crate::base::passwords::StoredHash;
use crate::base::passwords::parameters::Target;

/// The characters of bcrypt's Base64, in their order.
const BCRYPT_ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

pub(super) fn read(text: &str) -> Result<Known, NotTaken> {
    if text.len() > MAXIMUM_BYTES || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(NotTaken::Unknown);
    }
    let known = match text.strip_prefix('$') {
        Some(rest) => modular(text, rest),
        None => werkzeug(text).or_else(|| django(text)),
    };
    known.unwrap_or_else(|| Err(refused(text)))
}

/// `$name$…`: PHC strings, bcrypt, and what passlib made of both. None for a name that is not
/// known.
fn modular(text: &str, rest: &str) -> Option<Result<Known, NotTaken>> {
    let (name, fields) = rest.split_once('$')?;
    Some(match name {
        "argon2id" | "argon2i" | "argon2d" => argon2(text),
        "2a" | "2b" | "2y" => bcrypt("a bcrypt hash", BcryptKey::Password, text),
        "bcrypt-sha256" => passlib_bcrypt(fields),
        "scrypt" => modular_scrypt(fields),
        "pbkdf2" | "pbkdf2-sha1" => modular_pbkdf2(Pbkdf2Digest::Sha1, fields),
        "pbkdf2-sha256" => modular_pbkdf2(Pbkdf2Digest::Sha256, fields),
        "pbkdf2-sha512" => modular_pbkdf2(Pbkdf2Digest::Sha512, fields),
        _ => return None,
    })
}

fn argon2(text: &str) -> Result<Known, NotTaken> {
    let (target, expected) = Target::of_stored(&StoredHash(text.to_owned()))?;
    Ok(Known::Argon2(target, expected))
}

/// `scrypt:N:r:p$salt$hex` and `pbkdf2:digest:iterations$salt$hex`; the salt is text, and used as
/// it stands.
fn werkzeug(text: &str) -> Option<Result<Known, NotTaken>> {
    let (method, rest) = text.split_once('$')?;
    let (name, parameters) = method.split_once(':')?;
    let parameters: Vec<&str> = parameters.split(':').collect();
    let parts = || {
        let (salt, hex) = rest.split_once('$')?;
        Some((salt.as_bytes().to_vec(), HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?))
    };
    match name {
        "scrypt" => {
            const FORMAT: &str = "a Werkzeug scrypt hash";
            let read = || {
                let [n, r, p] = parameters.as_slice() else { return None };
                Some(((logarithm(n)?, number(r)?, number(p)?), parts()?))
            };
            Some(whole(FORMAT, read(), 64, |expected| expected.1.1.len()).and_then(|(parameters, (salt, expected))| {
                Foreign::scrypt(FORMAT, parameters, salt, expected).map(Known::Foreign)
            }))
        }
        "pbkdf2" => {
            const FORMAT: &str = "a Werkzeug PBKDF2 hash";
            let read = || {
                let [digest, iterations] = parameters.as_slice() else { return None };
                Some((digest_of(digest)?, number(iterations)?, parts()?))
            };
            let length = read().map_or(0, |(digest, ..)| digest.output_length());
            Some(whole(FORMAT, read(), length, |read| read.2.1.len()).and_then(
                |(digest, iterations, (salt, expected))| {
                    Foreign::pbkdf2(FORMAT, digest, iterations, salt, expected).map(Known::Foreign)
                },
            ))
        }
        _ => None,
    }
}

/// `algorithm$…`, as `django.contrib.auth.hashers` writes them; salts are text here too.
fn django(text: &str) -> Option<Result<Known, NotTaken>> {
    let (algorithm, rest) = text.split_once('$')?;
    Some(match algorithm {
        "pbkdf2_sha256" => django_pbkdf2(Pbkdf2Digest::Sha256, rest),
        "pbkdf2_sha1" => django_pbkdf2(Pbkdf2Digest::Sha1, rest),
        "scrypt" => django_scrypt(rest),
        "argon2" => argon2(&format!("${rest}")),
        "bcrypt_sha256" => bcrypt("a Django bcrypt hash", BcryptKey::HexSha256, rest),
        "bcrypt" => bcrypt("a Django bcrypt hash", BcryptKey::Password, rest),
        _ => return None,
    })
}

fn django_pbkdf2(digest: Pbkdf2Digest, rest: &str) -> Result<Known, NotTaken> {
    const FORMAT: &str = "a Django PBKDF2 hash";
    let read = || {
        let [iterations, salt, hash] = fields(rest)?;
        Some((number(iterations)?, salt.as_bytes().to_vec(), BASE64.decode(hash.as_bytes()).ok()?))
    };
    let (iterations, salt, expected) = whole(FORMAT, read(), digest.output_length(), |read| read.2.len())?;
    Foreign::pbkdf2(FORMAT, digest, iterations, salt, expected).map(Known::Foreign)
}

/// `N$salt$r$p$hash`.
fn django_scrypt(rest: &str) -> Result<Known, NotTaken> {
    const FORMAT: &str = "a Django scrypt hash";
    let read = || {
        let [n, salt, r, p, hash] = fields(rest)?;
        let parameters = (logarithm(n)?, number(r)?, number(p)?);
        Some((parameters, salt.as_bytes().to_vec(), BASE64.decode(hash.as_bytes()).ok()?))
    };
    let (parameters, salt, expected) = whole(FORMAT, read(), 64, |read| read.2.len())?;
    Foreign::scrypt(FORMAT, parameters, salt, expected).map(Known::Foreign)
}

/// `ln=16,r=8,p=1$salt$hash`.
fn modular_scrypt(rest: &str) -> Result<Known, NotTaken> {
    const FORMAT: &str = "a scrypt hash";
    let read = || {
        let [parameters, salt, hash] = fields(rest)?;
        let [ln, r, p] = named(parameters, ["ln", "r", "p"])?;
        Some(((u8::try_from(ln?).ok()?, r?, p?), base64(salt)?, base64(hash)?))
    };
    // The string does not say how long it should be, and a beginning of it would be right too.
    let (parameters, salt, expected) =
        read().filter(|read| [32, 64].contains(&read.2.len())).ok_or(NotTaken::Malformed(FORMAT))?;
    Foreign::scrypt(FORMAT, parameters, salt, expected).map(Known::Foreign)
}

/// `iterations$salt$hash` (passlib), or `i=iterations,l=length$salt$hash` (PHC).
fn modular_pbkdf2(digest: Pbkdf2Digest, rest: &str) -> Result<Known, NotTaken> {
    const FORMAT: &str = "a PBKDF2 hash";
    let read = || {
        let [parameters, salt, hash] = fields(rest)?;
        let expected = base64(hash)?;
        let [iterations, length] = match number(parameters) {
            Some(iterations) => [Some(iterations), None],
            None => named(parameters, ["i", "l"])?,
        };
        let length = length.map_or(Ok(digest.output_length()), usize::try_from);
        (length == Ok(expected.len())).then_some((iterations?, base64(salt)?, expected))
    };
    let (iterations, salt, expected) = read().ok_or(NotTaken::Malformed(FORMAT))?;
    Foreign::pbkdf2(FORMAT, digest, iterations, salt, expected).map(Known::Foreign)
}

/// `2b,12$salt$hash` (version 1) and `v=2,t=2b,r=12$salt$hash`.
fn passlib_bcrypt(rest: &str) -> Result<Known, NotTaken> {
    const FORMAT: &str = "a passlib bcrypt_sha256 hash";
    let read = || {
        let [parameters, salt, hash] = fields(rest)?;
        let (second, kind, cost) = match parameters.strip_prefix("v=2,t=") {
            Some(parameters) => {
                let (kind, cost) = parameters.split_once(",r=")?;
                (true, kind, cost)
            }
            None => {
                let (kind, cost) = parameters.split_once(',')?;
                (false, kind, cost)
            }
        };
        let text = format!("${kind}${:02}${salt}{hash}", number(cost)?);
        let known = ["2a", "2b", "2y"].contains(&kind) && salt.len() == 22;
        let key = if second { BcryptKey::Base64HmacSha256 { salt: salt.to_owned() } } else { BcryptKey::Base64Sha256 };
        known.then_some((key, text))
    };
    let (key, text) = read().ok_or(NotTaken::Malformed(FORMAT))?;
    bcrypt(FORMAT, key, &text)
}

fn bcrypt(format: &'static str, key: BcryptKey, text: &str) -> Result<Known, NotTaken> {
    let known = ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix));
    if !known || text.len() != 60 {
        return Err(NotTaken::Malformed(format));
    }
    Foreign::bcrypt(format, key, without_loose_bits(text)).map(Known::Foreign)
}

/// The last characters of salt and hash hold bits that belong to nothing, and some programs left
/// them set.
fn without_loose_bits(text: &str) -> String {
    let clear = |(at, letter): (usize, char)| {
        let mask = match at {
            28 => 0b11_0000,
            59 => 0b11_1100,
            _ => return letter,
        };
        let place = BCRYPT_ALPHABET.iter().position(|known| letter == char::from(*known));
        place.and_then(|place| BCRYPT_ALPHABET.get(place & mask)).map_or(letter, |cleared| char::from(*cleared))
    };
    text.chars().enumerate().map(clear).collect()
}

/// What was `read`, if it was there and its hash has the one length it can have.
fn whole<T>(format: &'static str, read: Option<T>, length: usize, of: impl Fn(&T) -> usize) -> Result<T, NotTaken> {
    read.filter(|read| of(read) == length).ok_or(NotTaken::Malformed(format))
}

fn fields<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}

/// The values of `name=number` pairs, in the order of `names`. None if another name comes up, or
/// one comes twice.
fn named<const N: usize>(text: &str, names: [&str; N]) -> Option<[Option<u32>; N]> {
    let mut values = [None; N];
    for pair in text.split(',') {
        let (name, value) = pair.split_once('=')?;
        let place = names.iter().position(|known| *known == name)?;
        if values.get_mut(place)?.replace(number(value)?).is_some() {
            return None;
        }
    }
    Some(values)
}

/// Digits alone: no sign, no space.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Of a power of two above one.
fn logarithm(text: &str) -> Option<u8> {
    let n: u64 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    (n > 1 && n.is_power_of_two()).then(|| u8::try_from(n.ilog2()).ok())?
}

fn digest_of(name: &str) -> Option<Pbkdf2Digest> {
    Some(match name {
        "sha1" => Pbkdf2Digest::Sha1,
        "sha224" => Pbkdf2Digest::Sha224,
        "sha256" => Pbkdf2Digest::Sha256,
        "sha384" => Pbkdf2Digest::Sha384,
        "sha512" => Pbkdf2Digest::Sha512,
        _ => return None,
    })
}

/// Without padding; passlib writes `.` for `+` in places.
fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64_NOPAD.decode(text.replace('.', "+").as_bytes()).ok()
}
