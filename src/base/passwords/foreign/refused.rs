//! Names for what is refused, so that an operator knows what the old application did.

use super::NotTaken;

/// What a hash is that none of the formats takes.
pub(super) fn refused(text: &str) -> NotTaken {
    let Some(rest) = text.strip_prefix('$') else { return without_dollar(text) };
    match rest.split('$').next().unwrap_or_default() {
        "1" | "apr1" => NotTaken::Weak("an MD5 crypt hash"),
        "3" => NotTaken::Weak("an NT hash"),
        "md5" => NotTaken::Weak("a Sun MD5 hash"),
        "sha1" => NotTaken::Weak("a SHA-1 crypt hash"),
        "P" | "H" => NotTaken::Weak("a phpass (WordPress, phpBB) hash"),
        "S" => NotTaken::Unsupported("a Drupal hash"),
        "5" => NotTaken::Unsupported("a SHA-256 crypt hash"),
        "6" => NotTaken::Unsupported("a SHA-512 crypt hash"),
        "7" => NotTaken::Unsupported("a scrypt crypt hash ($7$)"),
        "y" | "gy" => NotTaken::Unsupported("a yescrypt hash"),
        "2" | "2x" => NotTaken::Unsupported("a bcrypt hash of a faulty version ($2$, $2x$)"),
        "p5k2" => NotTaken::Unsupported("a PBKDF2 hash in the form $p5k2$"),
        "wp" => NotTaken::Unsupported("a WordPress hash ($wp$)"),
        _ => NotTaken::Unknown,
    }
}

fn without_dollar(text: &str) -> NotTaken {
    if let Some((name, _)) = text.split_once('$') {
        // With a method such as `hmac:sha256`, Werkzeug hashed once too.
        return match name.split(':').next().unwrap_or_default() {
            "plain" => NotTaken::Weak("a password in clear"),
            "md5" | "unsalted_md5" => NotTaken::Weak("an MD5 hash"),
            "sha1" | "unsalted_sha1" => NotTaken::Weak("a SHA-1 hash"),
            "sha224" | "sha256" | "sha384" | "sha512" => NotTaken::Weak("a hash of a single SHA-2"),
            "crypt" => NotTaken::Weak("a DES crypt hash"),
            "hmac" => NotTaken::Weak("a hash of a single HMAC"),
            _ => NotTaken::Unknown,
        };
    }
    if text.starts_with('{') {
        return NotTaken::Weak("an LDAP hash ({SSHA}, {MD5}, …)");
    }
    let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.len() {
        32 if hexadecimal => NotTaken::Weak("an MD5 or NT hash without salt"),
        40 if hexadecimal => NotTaken::Weak("a SHA-1 hash without salt"),
        56 | 64 | 96 | 128 if hexadecimal => NotTaken::Weak("a SHA-2 hash without salt"),
        41 if text.starts_with('*') => NotTaken::Weak("a MySQL hash"),
        // Of 13 letters a password may be made too; it can't be told apart.
        13 if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte)) => {
            NotTaken::Weak("a DES crypt hash, or a password in clear,")
        }
        _ => NotTaken::Unknown,
    }
}
