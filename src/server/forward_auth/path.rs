//! Paths in the one form in which rules and requests are compared.
//!
//! An app that read a path otherwise than the rules did would serve what they forbid: `/public/../admin` is below `/public` to whoever
//! compares beginnings, and `/admin` to whoever walks it. So nothing is repaired here. A path that servers are known to read in
//! more than one way has no normal form, and a request for it is denied.

use std::fmt;
use std::str::FromStr;

/// The segments of a path, percent-decoded. All servers read it alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NormalPath {
    segments: Vec<String>,
}

/// Why a path can't be decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ambiguous {
    #[error("does not begin with /")]
    NoSlash,
    #[error("has a character that must be percent-encoded")]
    Character,
    #[error("has a % that two hexadecimal digits don't follow")]
    Percent,
    #[error("is percent-encoded twice")]
    EncodedTwice,
    #[error("has an encoded slash")]
    EncodedSlash,
    #[error("has a backslash, which some servers take for a slash")]
    Backslash,
    #[error("has a semicolon, from which on some servers ignore a segment")]
    Semicolon,
    #[error("has a control character")]
    Control,
    #[error("is not UTF-8")]
    NotUtf8,
    #[error("has an empty segment (//)")]
    EmptySegment,
    #[error("has a segment . or .., which some servers walk and others don't")]
    DotSegment,
}

impl NormalPath {
    /// Reads a path as it stands in a request, without its query.
    pub fn parse(raw: &str) -> Result<Self, Ambiguous> {
        let below = raw.strip_prefix('/').ok_or(Ambiguous::NoSlash)?;
        let mut segments = below.split('/').map(segment).collect::<Result<Vec<_>, _>>()?;
        // `/x/` is `/x`, and `/` has no segment at all.
        if segments.last().is_some_and(String::is_empty) {
            segments.pop();
        }
        if segments.iter().any(String::is_empty) {
            return Err(Ambiguous::EmptySegment);
        }
        Ok(Self { segments })
    }

    /// Whether this is `other` or lies below it, segment by segment: `/admin/x` does, `/administrator` does not.
    pub fn is_at_or_below(&self, other: &Self) -> bool {
        self.segments.starts_with(&other.segments)
    }
}

fn segment(raw: &str) -> Result<String, Ambiguous> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => encoded(rest.next(), rest.next())?,
            b'\\' => return Err(Ambiguous::Backslash),
            b';' => return Err(Ambiguous::Semicolon),
            0x21..=0x7e if !matches!(byte, b'#' | b'?') => byte,
            _ => return Err(Ambiguous::Character),
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| Ambiguous::NotUtf8)?;
    if text.chars().any(char::is_control) {
        return Err(Ambiguous::Control);
    }
    if is_encoded(&text) {
        return Err(Ambiguous::EncodedTwice);
    }
    // What has dots and blanks alone is a dot segment to some systems' files.
    let dots = text.trim();
    if matches!(dots, "." | "..") {
        return Err(Ambiguous::DotSegment);
    }
    Ok(text)
}

fn encoded(high: Option<u8>, low: Option<u8>) -> Result<u8, Ambiguous> {
    let digit = |digit: Option<u8>| char::from(digit.unwrap_or_default()).to_digit(16);
    let (Some(high), Some(low)) = (digit(high), digit(low)) else { return Err(Ambiguous::Percent) };
    match u8::try_from(high * 16 + low) {
        Ok(b'/') => Err(Ambiguous::EncodedSlash),
        Ok(b'\\') => Err(Ambiguous::Backslash),
        Ok(b';') => Err(Ambiguous::Semicolon),
        Ok(byte) => Ok(byte),
        Err(_) => Err(Ambiguous::Percent),
    }
}

/// Whether a server that decodes once more would read something else.
fn is_encoded(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|three| matches!(three, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()))
}

/// As rules name paths.
impl FromStr for NormalPath {
    type Err = Ambiguous;

    fn from_str(text: &str) -> Result<Self, Ambiguous> {
        Self::parse(text)
    }
}

impl fmt::Display for NormalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.segments.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(raw: &str) -> Result<String, Ambiguous> {
        NormalPath::parse(raw).map(|path| path.to_string())
    }

    #[test]
    fn spellings_of_one_path_are_one_path() {
        for (raw, read) in [
            ("/", "/"),
            ("/admin", "/admin"),
            ("/admin/", "/admin"),
            ("/%61dmin", "/admin"),
            ("/%61%64m%69n/x", "/admin/x"),
            ("/caf%c3%a9", "/café"),
            ("/caf%C3%A9", "/café"),
            ("/a%20b", "/a b"),
            ("/100%25", "/100%"),
            ("/a:b@c!$&'()*+,=~._-", "/a:b@c!$&'()*+,=~._-"),
            ("/...", "/..."),
            ("/.well-known/x", "/.well-known/x"),
            ("/a..b/..c/d..", "/a..b/..c/d.."),
        ] {
            assert_eq!(reads(raw).as_deref(), Ok(read), "{raw}");
        }
    }

    #[test]
    fn what_servers_read_in_more_than_one_way_has_no_normal_form() {
        use Ambiguous::*;
        for (raw, why) in [
            ("", NoSlash),
            ("admin", NoSlash),
            ("*", NoSlash),
            ("https://app.example.org/admin", NoSlash),
            ("//", EmptySegment),
            ("//admin", EmptySegment),
            ("/public//admin", EmptySegment),
            ("/admin//", EmptySegment),
            ("/public/../admin", DotSegment),
            ("/public/..", DotSegment),
            ("/./admin", DotSegment),
            ("/public/%2e%2e/admin", DotSegment),
            ("/public/%2E./admin", DotSegment),
            ("/public/.%2e/admin", DotSegment),
            ("/public/..%20/admin", DotSegment),
            ("/public/%252e%252e/admin", EncodedTwice),
            ("/%2561dmin", EncodedTwice),
            ("/public%2fadmin", EncodedSlash),
            ("/public/..%2Fadmin", EncodedSlash),
            ("/public%5cadmin", Backslash),
            ("/public\\..\\admin", Backslash),
            ("/public/..%5Cadmin", Backslash),
            ("/public;x/admin", Semicolon),
            ("/public/..;/admin", Semicolon),
            ("/admin%3bx", Semicolon),
            ("/admin%00", Control),
            ("/admin%0a", Control),
            ("/admin%0d%0aRemote-User:%20admin", Control),
            ("/admin%7f", Control),
            ("/admin%c2%85", Control),
            ("/admin%", Percent),
            ("/admin%2", Percent),
            ("/%zzadmin", Percent),
            ("/%u0061dmin", Percent),
            ("/%c0%af", NotUtf8),
            ("/%ff", NotUtf8),
            ("/%c0%ae%c0%ae/admin", NotUtf8),
            ("/adm in", Character),
            ("/admin#x", Character),
            ("/admin?x", Character),
            ("/café", Character),
            ("/admin\tx", Character),
        ] {
            assert_eq!(reads(raw), Err(why), "{raw:?}");
        }
    }

    #[test]
    fn a_path_lies_below_another_by_whole_segments() {
        let below = |path: &str, other: &str| {
            NormalPath::parse(path).unwrap().is_at_or_below(&NormalPath::parse(other).unwrap())
        };
        for path in ["/admin", "/admin/", "/admin/x", "/%61dmin/x/y"] {
            assert!(below(path, "/admin") && below(path, "/admin/") && below(path, "/"), "{path}");
        }
        for path in ["/administrator", "/", "/Admin", "/x/admin", "/admin.php"] {
            assert!(!below(path, "/admin"), "{path}");
        }
    }
}
