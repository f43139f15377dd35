//! The kinds of value a setting can have; each is checked while it is read, so a `Config` holds no
//! bad one.

use std::{
    convert::Infallible,
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    time,
};

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use ipnet::IpNet;
use lettre::message::Mailbox;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;
use zeroize::{Zeroize, Zeroizing};

/// A length of time above zero, at most ten years; written `90s`, `10m`, `1h 30m`, `7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(time::Duration);

impl Duration {
    const LONGEST: u64 = 10 * 365 * 24 * 3600;

    pub(super) const fn from_secs(seconds: u64) -> Self {
        Self(time::Duration::from_secs(seconds))
    }

    /// In microseconds, the unit times are stored in.
    #[must_use]
    pub fn micros(self) -> i64 {
        i64::try_from(self.0.as_micros()).unwrap_or(i64::MAX)
    }

    #[must_use]
    pub const fn as_std(self) -> time::Duration {
        self.0
    }
}

impl FromStr for Duration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let duration =
            humantime::parse_duration(text).map_err(|_| "must be a length of time such as 90s, 10m, 1h or 7d")?;
        if duration.as_micros() == 0 {
            return Err("must be longer than zero");
        }
        if duration > time::Duration::from_secs(Self::LONGEST) {
            return Err("must not be longer than ten years");
        }
        Ok(Self(duration))
    }
}

/// In the largest unit that is exact, as people write it: `90s`, `12h`, `7d`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        if self.0.subsec_nanos() > 0 {
            return humantime::format_duration(self.0).fmt(f);
        }
        let units = [(24 * 3600, 'd'), (3600, 'h'), (60, 'm'), (1, 's')];
        let exact = units.into_iter().find(|(length, _)| seconds.is_multiple_of(*length));
        let (length, unit) = exact.unwrap_or((1, 's'));
        write!(f, "{}{unit}", seconds / length)
    }
}

/// A secret in words, such as the password of the mail server. Wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

/// The secret key given by the environment: 32 bytes, written as 64 hexadecimal digits or as
/// base64.
#[derive(Clone)]
pub struct SecretKeyText(Zeroizing<[u8; 32]>);

impl SecretKeyText {
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for SecretKeyText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str =
            "must be 32 random bytes as 64 hexadecimal digits or as base64, such as `openssl rand -hex 32` prints";
        let text = text.trim().as_bytes();
        let encoding = match text.len() {
            64 => HEXLOWER_PERMISSIVE,
            44 => BASE64,
            _ => BASE64_NOPAD,
        };
        let mut decoded = Zeroizing::new(encoding.decode(text).map_err(|_| SHAPE)?);
        let mut key = Zeroizing::new([0; 32]);
        if decoded.len() != key.len() {
            return Err(SHAPE);
        }
        key.copy_from_slice(&decoded);
        decoded.zeroize();
        // A placeholder such as 000…0 out of an example would make every sealed row readable.
        if key.iter().all(|byte| *byte == key[0]) {
            return Err(SHAPE);
        }
        Ok(Self(key))
    }
}

/// What stands in place of a secret wherever settings are shown.
pub(super) const SET: &str = "(set)";

macro_rules! redact {
    ($($secret:ty),*) => {$(
        impl fmt::Debug for $secret {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(SET)
            }
        }
        impl fmt::Display for $secret {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(SET)
            }
        }
    )*};
}
redact!(Secret, SecretKeyText);

/// The sender of every mail: `Doorward <doorward@example.org>` or the address alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(String);

impl Sender {
    /// # Errors
    /// None for a sender that was read from a configuration: it was parsed there already.
    pub fn mailbox(&self) -> Result<Mailbox, lettre::address::AddressError> {
        self.0.parse()
    }
}

impl Default for Sender {
    fn default() -> Self {
        Self("Doorward <doorward@localhost>".to_owned())
    }
}

impl FromStr for Sender {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sender = Self(text.to_owned());
        match sender.mailbox() {
            Ok(_) => Ok(sender),
            Err(_) => Err("must be a sender such as Doorward <doorward@example.org>"),
        }
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A setting that is one of a few words: the enum, its words in both directions and what to say to
/// any other word.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident, $other:literal { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray)]
        pub enum $name { $($(#[$word_doc])* $variant,)* }

        impl FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($other),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word,)* })
            }
        }
    };
}
pub(super) use choice;

/// What to say to a list of domains that [`is_mail_domain`] is not true of each of.
pub(super) const MAIL_DOMAINS: &str = "must be a list of domains in lower case such as [\"example.org\"]";

/// Whether `domain` is one as it stands in a parsed address: in lower case, and as DNS has it.
pub(super) fn is_mail_domain(domain: &String) -> bool {
    matches!(url::Host::parse(domain), Ok(url::Host::Domain(parsed)) if parsed == *domain) && domain.contains('.')
}

choice! {
    /// Who may make an account.
    RegistrationMode, "must be open, invite or closed" {
        Open = "open",
        /// Whoever was invited.
        Invite = "invite",
        Closed = "closed",
    }
}

choice! {
    /// What is done when a session is used from elsewhere than before.
    OnChange, "must be end, confirm or note" {
        /// The session ends.
        End = "end",
        /// Its user is asked for the password before anything else.
        Confirm = "confirm",
        /// It goes on; its owner finds the change among their activity.
        Note = "note",
    }
}

choice! {
    /// The hash behind the codes of authenticator apps (RFC 6238). The words are those of the
    /// `otpauth:` link.
    TotpAlgorithm, "must be SHA1, SHA256 or SHA512" {
        Sha1 = "SHA1",
        Sha256 = "SHA256",
        Sha512 = "SHA512",
    }
}

choice! {
    /// What access tokens are signed with. The words are those of JOSE (RFC 7518 §3.1, RFC 8037
    /// §3.1).
    SigningAlgorithm, "must be ES256, EdDSA or RS256" {
        Es256 = "ES256",
        EdDsa = "EdDSA",
        Rs256 = "RS256",
    }
}

choice! {
    /// Whom a second factor is asked of.
    SecondFactorPolicy, "must be optional, admins or everyone" {
        /// Of nobody who has none: each decides.
        Optional = "optional",
        Admins = "admins",
        Everyone = "everyone",
    }
}

choice! {
    /// A second factor that people may set up. Recovery codes go along with any of them.
    AllowedFactor, "is none of totp and passkey" {
        /// An app that makes codes (RFC 6238).
        Totp = "totp",
        Passkey = "passkey",
    }
}

choice! {
    /// Where mails go.
    MailTransport, "must be file or smtp" {
        /// One `.eml` file each in `<data_dir>/mail/`.
        File = "file",
        Smtp = "smtp",
    }
}

choice! {
    /// How the connection to the mail server is encrypted.
    MailSecurity, "must be starttls, tls or none" {
        /// Begins in clear and must turn to TLS before anything is sent; usually port 587.
        Starttls = "starttls",
        /// TLS from the first byte; usually port 465.
        Tls = "tls",
        /// Not at all; only to a mail server on this machine.
        None = "none",
    }
}

choice! {
    /// How log lines look.
    LogFormat, "must be text or json" {
        Text = "text",
        Json = "json",
    }
}

/// Reads any of the kinds above from text.
pub(super) fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// As [`text`]; empty text means "not set", so that a variable can also take away what the file
/// says.
pub(super) fn optional_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = Zeroizing::new(String::deserialize(deserializer)?);
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(D::Error::custom)
}

/// An address to listen on.
pub(super) fn listener<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    text(deserializer).map(|Listener(address)| address)
}

pub(super) fn optional_listener<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    Ok(optional_text(deserializer)?.map(|Listener(address)| address))
}

struct Listener(SocketAddr);

impl FromStr for Listener {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "must be an address and a port such as 127.0.0.1:3000")
    }
}

/// Addresses and CIDR blocks; one address is a block of its own.
pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let network = |text: &String| {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        let wrong = |_| format!("`{text}` is neither an address nor a block such as 10.0.0.0/8");
        let network = network.map_err(wrong)?;
        if network.prefix_len() == 0 {
            return Err(format!(
                "`{text}` is every address there is: anybody could then claim to be anybody; name your proxy's own"
            ));
        }
        Ok(network.trunc())
    };
    texts.iter().map(network).collect::<Result<_, _>>().map_err(D::Error::custom)
}

/// Second factors, each once.
pub(super) fn factors<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<AllowedFactor>, D::Error> {
    let mut factors = Vec::new();
    for text in Vec::<String>::deserialize(deserializer)? {
        let factor = text.parse().map_err(|wrong| D::Error::custom(format!("`{text}` {wrong}")))?;
        if !factors.contains(&factor) {
            factors.push(factor);
        }
    }
    Ok(factors)
}

/// Origins of web pages, as browsers send them: scheme, host, and a port that is not the usual one.
pub(super) fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let origin = |text: &String| {
        let url = Url::parse(text).ok();
        let same =
            url.filter(|url| matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == *text);
        same.map(|_| text.clone()).ok_or_else(|| format!("`{text}` is no origin such as https://app.example.org"))
    };
    texts.iter().map(origin).collect::<Result<_, _>>().map_err(D::Error::custom)
}
