//! Paths in the one form in which rules and requests are compared.
//!
//! An app that read a path otherwise than the rules did would serve what they forbid:
//! `/public/../admin` is below `/public` to whoever compares beginnings, and `/admin` to whoever
//! walks it. So nothing is repaired here. A path that servers are known to read in more than one
//! way has no normal form, and a request for it is denied, unless its rule says otherwise and is
//! about all that it may be.

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
    #[error("has an encoded ? or #, from which on some servers see a query")]
    EncodedQuery,
    #[error("has a backslash, which some servers take for a slash")]
    Backslash,
    #[error("has a semicolon, from which on some servers ignore a segment")]
    Semicolon,
    #[error("has a segment that ends in a dot or a blank, which some systems' files do without")]
    LooseEnd,
    #[error("has a control character")]
    Control,
    #[error("is not UTF-8")]
    NotUtf8,
    #[error("has an empty segment (//)")]
    EmptySegment,
    #[error("has a segment . or .., which some servers walk and others don't")]
    DotSegment,
}

impl Ambiguous {
    /// Whether it leaves all that stands before it as it is, to every server.
    fn is_bounded(self) -> bool {
        matches!(self, Self::EncodedSlash | Self::EncodedQuery | Self::Semicolon | Self::LooseEnd | Self::EmptySegment)
    }
}

/// A path that servers read in more than one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    pub why: Ambiguous,
    /// How it begins to all of them, up to the first segment that they read differently; none where
    /// even that is not certain.
    pub begins: Option<NormalPath>,
}

impl NormalPath {
    /// Reads a path as it stands in a request, without its query.
    pub fn parse(raw: &str) -> Result<Self, Unclear> {
        let nowhere = |why| Unclear { why, begins: None };
        let mut rest = raw.strip_prefix('/').ok_or(nowhere(Ambiguous::NoSlash))?.split('/').peekable();
        let (mut segments, mut unclear) = (Vec::new(), None);
        while let Some(raw) = rest.next() {
            let read = match segment(raw) {
                // `/x/` is `/x`, and `/` has no segment at all.
                Ok(text) if text.is_empty() && rest.peek().is_none() => continue,
                Ok(text) if text.is_empty() => Err(Ambiguous::EmptySegment),
                read => read,
            };
            match read {
                Ok(text) if unclear.is_none() => segments.push(text),
                Ok(_) => {}
                Err(why) if why.is_bounded() => unclear = unclear.or(Some(why)),
                Err(why) => return Err(nowhere(why)),
            }
        }
        match unclear {
            None => Ok(Self { segments }),
            Some(why) => Err(Unclear { why, begins: Some(Self { segments }) }),
        }
    }

    /// Whether this is `other` or lies below it, segment by segment: `/admin/x` does,
    /// `/administrator` does not.
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
    // What has dots and blanks alone is a dot segment to some systems' files; and so it is to those
    // that see a segment end here.
    let is_dots = |part: &str| part.contains('.') && part.chars().all(|letter| letter == '.' || letter.is_whitespace());
    if text.split(['/', ';', '?', '#']).any(is_dots) {
        return Err(Ambiguous::DotSegment);
    }
    match text.chars().find(|letter| matches!(letter, '/' | ';' | '?' | '#')) {
        Some('/') => Err(Ambiguous::EncodedSlash),
        Some(';') => Err(Ambiguous::Semicolon),
        Some(_) => Err(Ambiguous::EncodedQuery),
        None if text.ends_with(|last: char| last == '.' || last.is_whitespace()) => Err(Ambiguous::LooseEnd),
        None => Ok(text),
    }
}

fn encoded(high: Option<u8>, low: Option<u8>) -> Result<u8, Ambiguous> {
    let digit = |digit: Option<u8>| char::from(digit.unwrap_or_default()).to_digit(16);
    let (Some(high), Some(low)) = (digit(high), digit(low)) else { return Err(Ambiguous::Percent) };
    match u8::try_from(high * 16 + low) {
        Ok(b'\\') => Err(Ambiguous::Backslash),
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
        Self::parse(text).map_err(|unclear| unclear.why)
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
        NormalPath::parse(raw).map(|path| path.to_string()).map_err(|unclear| unclear.why)
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
            ("/.well-known/x", "/.well-known/x"),
            ("/a..b/..c/%20d", "/a..b/..c/ d"),
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
            ("/public/%20.%20./admin", DotSegment),
            ("/...", DotSegment),
            ("/public/..%2Fadmin", DotSegment),
            ("/public/x%2F..%2Fadmin", DotSegment),
            ("/public/..;/admin", DotSegment),
            ("/public/.;x=y/admin", DotSegment),
            ("/public/..%3Fx/admin", DotSegment),
            ("/public/..%23x", DotSegment),
            ("/public/%252e%252e/admin", EncodedTwice),
            ("/%2561dmin", EncodedTwice),
            ("/public%2fadmin", EncodedSlash),
            ("/public%5cadmin", Backslash),
            ("/public\\..\\admin", Backslash),
            ("/public/..%5Cadmin", Backslash),
            ("/public;x/admin", Semicolon),
            ("/admin%3bx", Semicolon),
            ("/admin%3fx", EncodedQuery),
            ("/admin%3F", EncodedQuery),
            ("/admin%23/x", EncodedQuery),
            ("/admin.", LooseEnd),
            ("/admin...", LooseEnd),
            ("/admin%2e/x", LooseEnd),
            ("/admin%20", LooseEnd),
            ("/admin%20./x", LooseEnd),
            ("/admin%c2%a0/x", LooseEnd),
            ("/d../x", LooseEnd),
            ("/%20", LooseEnd),
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
    fn of_an_unclear_path_what_stands_before_it_is_clear() {
        let begins = |raw: &str| NormalPath::parse(raw).unwrap_err().begins.map(|path| path.to_string());
        for (raw, sure) in [
            ("/api/v4/projects/group%2Fproject/issues", Some("/api/v4/projects")),
            ("/%61pi/v4//x;y", Some("/api/v4")),
            ("/wiki/What%3F/x%2Fy", Some("/wiki")),
            ("/wiki/Acme%20Inc.", Some("/wiki")),
            ("//admin", Some("/")),
            ("/admin;x/y", Some("/")),
            ("/api/group%2Fproject/../x", None),
            ("/api/group%2Fproject/x%2F..", None),
            ("/api//x/%252e", None),
            ("/api//x/%5c", None),
            ("/api//x/%00", None),
            ("/api//%ff", None),
        ] {
            assert_eq!(begins(raw).as_deref(), sure, "{raw}");
        }
    }

    /// One server's way with a path.
    struct Server {
        decodes_slashes: bool,
        merges_slashes: bool,
        drops_parameters: bool,
        cuts_queries: bool,
        drops_loose_ends: bool,
    }

    impl Server {
        fn each() -> impl Iterator<Item = Self> {
            (0..32).map(|bits| Self {
                decodes_slashes: bits & 1 != 0,
                merges_slashes: bits & 2 != 0,
                drops_parameters: bits & 4 != 0,
                cuts_queries: bits & 8 != 0,
                drops_loose_ends: bits & 16 != 0,
            })
        }

        fn reads(&self, raw: &str) -> Vec<String> {
            let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
            let raw = if self.drops_parameters {
                let cut = |segment: &str| decode(segment).split(';').next().unwrap_or_default().replace('/', "%2F");
                raw.split('/').map(cut).collect::<Vec<_>>().join("/")
            } else {
                raw.to_owned()
            };
            let whole = if self.decodes_slashes { decode(&raw) } else { raw };
            let whole = if self.cuts_queries {
                // Decoded as far as that is concerned.
                let end = ["?", "#", "%3f", "%3F", "%23"].iter().filter_map(|mark| whole.find(mark)).min();
                whole[..end.unwrap_or(whole.len())].to_owned()
            } else {
                whole
            };
            let mut walked = Vec::new();
            let mut segments: Vec<String> = whole.split('/').skip(1).map(decode).collect();
            if segments.last().is_some_and(String::is_empty) {
                segments.pop();
            }
            for segment in segments {
                let loose = |last: char| last == '.' || last.is_whitespace();
                match segment.as_str() {
                    "" if self.merges_slashes => {}
                    "." => {}
                    ".." => drop(walked.pop()),
                    text if self.drops_loose_ends => walked.push(text.trim_end_matches(loose).to_owned()),
                    text => walked.push(text.to_owned()),
                }
            }
            walked
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 4_000, ..Default::default() })]

        #[test]
        fn every_server_agrees_on_a_clear_path_and_on_how_an_unclear_one_begins(
            pieces in proptest::collection::vec(proptest::sample::select(&[
                "/", "/", "/", "%2f", "%2F", ";", "%3b", "?", "%3f", "#", "%23", ".", "..", "%2e", "%20", "%c2%a0", "a", "admin", "b",
            ][..]), 0..9),
        ) {
            let raw = format!("/{}", pieces.concat());
            let (sure, whole) = match NormalPath::parse(&raw) {
                Ok(path) => (path.segments, true),
                Err(Unclear { begins: Some(path), .. }) => (path.segments, false),
                Err(Unclear { begins: None, .. }) => return Ok(()),
            };
            for server in Server::each() {
                let read = server.reads(&raw);
                proptest::prop_assert!(read.starts_with(&sure) && (!whole || read == sure), "{raw}: {sure:?}, and {read:?}");
            }
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
