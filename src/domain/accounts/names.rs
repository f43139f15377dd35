//! What people are called here: mail address, sign-in name, name on pages.

use crate::base::clock::Randomness;
use crate::base::error::AppError;
use crate::base::unicode;
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// Suffixes tried after the first for the username of a new account.
pub(super) const MOST_COLLISIONS: u32 = 7;

/// A mail address in the one form in which addresses are stored and compared: ASCII, lower case,
/// the domain in punycode.
///
/// Only ASCII is taken before the `@`, so that no two addresses look alike (ß, Turkish İ,
/// homoglyphs, zero width).
#[derive(Clone, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct Email(String);

impl Email {
    /// At most 254 octets (RFC 5321 §4.5.3.1.3).
    pub fn parse(typed: &str) -> Result<Self, AppError> {
        let typed = unicode::trim(typed);
        let (local, domain) = typed.rsplit_once('@').ok_or(AppError::InvalidEmail)?;
        // IDNA passes over some characters that nobody sees, and allows joiners where a script
        // needs them.
        if domain.chars().any(|letter| unicode::is_ignorable(letter) && !unicode::is_joiner(letter)) {
            return Err(AppError::InvalidEmail);
        }
        let url::Host::Domain(domain) = url::Host::parse(domain).map_err(|_| AppError::InvalidEmail)? else {
            return Err(AppError::InvalidEmail);
        };
        let address = format!("{}@{domain}", local.to_ascii_lowercase());
        let plain = local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte));
        if !plain || address.len() > 254 || domain.ends_with('.') || address.parse::<lettre::Address>().is_err() {
            return Err(AppError::InvalidEmail);
        }
        Ok(Self(address))
    }

    /// As another service says it: nobody typed it there, so nothing around it is passed over. What
    /// it takes for two addresses must not become one here.
    pub fn told(said: &str) -> Result<Self, AppError> {
        if unicode::trim(said) != said.trim() {
            return Err(AppError::InvalidEmail);
        }
        Self::parse(said)
    }

    /// What stands in the place of an address for somebody who came from another application
    /// without one. No such domain can ever be (RFC 2606 §2), so no mail leaves for it
    /// ([`crate::domain::mail::queue`]), and each is another one, as addresses have to be.
    pub(super) fn of_nobody(id: Uuid) -> Self {
        Self(format!("{}@{NO_ADDRESS}", id.as_simple()))
    }

    /// The address, if there is one: for whatever leaves this service.
    pub fn known(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|address| is_reachable(address))
    }

    /// The address, or the username of somebody who has none: for whatever names them to others.
    pub fn or<'a>(&'a self, username: &'a Username) -> &'a str {
        self.known().unwrap_or_else(|| username.as_str())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`, in lower case and as DNS has it.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The domain of [`Email::of_nobody`].
const NO_ADDRESS: &str = "no-address.invalid";

/// Whether mail to `address` can arrive anywhere.
pub fn is_reachable(address: &str) -> bool {
    address.rsplit_once('@').is_none_or(|(_, domain)| domain != NO_ADDRESS)
}

/// A sign-in name: 3 to 40 of `a-z 0-9 . _ -`, beginning with a letter or digit; `@` would look
/// like a mail address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct Username(String);

/// Names that would pass for the operator or for a function of the service.
const RESERVED: &[&str] = &[
    "abuse",
    "account",
    "admin",
    "administrator",
    "anonymous",
    "doorward",
    "help",
    "hostmaster",
    "info",
    "me",
    "moderator",
    "noreply",
    "nobody",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "self",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "webmaster",
];

impl Username {
    pub fn parse(typed: &str) -> Result<Self, AppError> {
        let name = unicode::trim(typed).to_ascii_lowercase();
        let allowed = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if !allowed || !begins || !(3..=40).contains(&name.len()) {
            return Err(AppError::InvalidUsername);
        }
        if RESERVED.contains(&name.as_str()) {
            return Err(AppError::UsernameTaken);
        }
        Ok(Self(name))
    }

    /// A name made from a mail address, with a random suffix so that it rarely collides and never
    /// tells who else is here. The suffix has six digits, and one more for each of the `collisions`
    /// so far.
    pub(super) fn from_email(email: &Email, randomness: &Randomness, collisions: u32) -> Self {
        let stem: String =
            email.local_part().chars().filter(|letter| letter.is_ascii_alphanumeric()).take(20).collect();
        let stem = if stem.is_empty() { "person".to_owned() } else { stem };
        let digits = 6 + collisions.min(MOST_COLLISIONS);
        let suffix = u64::from_be_bytes(randomness.bytes()) % 10_u64.pow(digits);
        Self(format!("{stem}-{suffix:0width$}", width = digits as usize))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person is called on pages: 1 to 80 characters, NFC, no control or direction-changing
/// ones, joiners where a script needs them.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    /// For whoever is called nothing else yet.
    pub(super) fn of(username: &Username) -> Self {
        Self(username.0.clone())
    }

    pub fn parse(typed: &str) -> Result<Self, AppError> {
        let name: String = typed.trim().nfc().collect();
        // Direction marks let a name rewrite the words around it; zero-width ones let two names
        // look the same.
        if name.is_empty() || name.chars().count() > 80 || unicode::hides_something(&name) {
            return Err(AppError::InvalidName);
        }
        Ok(Self(name))
    }

    /// What people call things of theirs, by the same rules, in 1 to 40 characters.
    pub fn parse_short(typed: &str) -> Option<Self> {
        Self::parse(typed).ok().filter(|name| name.0.chars().count() <= 40)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        assert_eq!(Email::parse("  Ada@EXAMPLE.org ").unwrap().as_str(), "ada@example.org");
        assert_eq!(Email::parse("ada@bücher.example").unwrap().as_str(), "ada@xn--bcher-kva.example");
        assert_eq!(Email::parse("\u{feff}\u{202a}ada@example.org\u{200b}\u{a0}").unwrap().as_str(), "ada@example.org");
        assert_eq!(Email::told("ada@example.org\u{200b}"), Err(AppError::InvalidEmail));
        assert_eq!(Email::told("Ada@example.org").unwrap().as_str(), "ada@example.org");
        // A Persian domain, with the non-joiner that it is registered with.
        assert_eq!(Email::parse("ada@نامه\u{200c}ای.com").unwrap().as_str(), "ada@xn--mgba3gch31f060k.com");
    }

    #[test]
    fn addresses_that_could_pass_for_others_or_carry_headers_are_refused() {
        for hostile in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@127.0.0.1",
            "ada@[::1]",
            "a b@example.org",
            "ada@example.org\r\nBcc: eve@example.org",
            "ada\0@example.org",
            "adа@example.org",
            "İ@example.org",
            "ada\u{200b}@example.org",
            "ada@exam\u{200b}ple.org",
            "ada@exam\u{ad}ple.org",
            "ada@exam\u{200d}ple.org",
            "ada@\u{feff}example.org",
            "\0ada@example.org",
            "\"a b\"@example.org",
            "ada@exa mple.org",
            "ada@example.org.",
            "a@b@example.org",
            "<ada@example.org>",
        ] {
            assert_eq!(Email::parse(hostile), Err(AppError::InvalidEmail), "{hostile:?}");
        }
        assert_eq!(Email::parse(&format!("{}@example.org", "a".repeat(300))), Err(AppError::InvalidEmail));
    }

    #[test]
    fn usernames_that_pass_for_the_operator_or_an_address_are_refused() {
        assert_eq!(Username::parse("Root"), Err(AppError::UsernameTaken));
        for name in ["ab", "a@b.c", "-ada", "ada lovelace", "adа-cyrillic", "ada\0", &"a".repeat(41)] {
            assert_eq!(Username::parse(name), Err(AppError::InvalidUsername), "{name:?}");
        }
        assert_eq!(Username::parse("Ada.L").unwrap().as_str(), "ada.l");
    }

    #[test]
    fn display_names_can_not_rewrite_the_words_around_them() {
        assert!(DisplayName::parse("Ada\u{202e}nimda").is_err());
        assert!(DisplayName::parse("Ada\u{0007}").is_err());
        assert!(DisplayName::parse("Ada\u{61c}").is_err());
        assert!(DisplayName::parse("\u{3164}").is_err(), "a name that nobody sees");
        assert_eq!(DisplayName::parse(" Jose\u{301} ").unwrap().as_str(), "José");
    }
}
