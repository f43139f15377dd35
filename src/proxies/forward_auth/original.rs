//! The request that a proxy asks about, as it describes it.

use crate::base::loopback::is_loopback_host;
use crate::base::names::host::host_and_port;
use crate::base::names::{HostName, Method};
use crate::base::normal_path::{NormalPath, Unclear};
use http::HeaderMap;
use percent_encoding::{AsciiSet, percent_encode};
use std::borrow::Cow;

/// Longer ones are refused, as most servers do.
const LONGEST_URI: usize = 8192;

/// The site that was asked for. `https`, or `http` on this machine itself, is where people can be
/// signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    https: bool,
    name: String,
    /// None for the usual one.
    port: Option<u16>,
    /// Asked for with a dot at the end: the same host, but another site to browsers.
    dotted: bool,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    pub method: Method,
    pub site: Site,
    /// Path and query as they were sent.
    pub uri: String,
    pub path: Result<NormalPath, Unclear>,
}

/// Why a description is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undescribed {
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} came more than once")]
    Doubled(&'static str),
    #[error("{0} is malformed")]
    Malformed(&'static str),
    #[error("{0} contradicts X-Original-URL or X-Original-Method")]
    Contradicted(&'static str),
}

const METHOD: &str = "X-Forwarded-Method";
const PROTO: &str = "X-Forwarded-Proto";
const HOST: &str = "X-Forwarded-Host";
const URI: &str = "X-Forwarded-Uri";
const ORIGINAL_URL: &str = "X-Original-URL";
const ORIGINAL_METHOD: &str = "X-Original-Method";

impl Original {
    /// Reads `X-Original-URL` and `X-Original-Method`, or without them `X-Forwarded-Method`,
    /// `-Proto`, `-Host` and `-Uri`. Where both descriptions come along they must say the same:
    /// proxies that send the one pass the other on from the client. Only for requests of trusted
    /// proxies.
    pub fn read(headers: &HeaderMap) -> Result<Self, Undescribed> {
        let needed = |name| only(headers, name)?.ok_or(Undescribed::Missing(name));
        if !headers.contains_key(ORIGINAL_URL) && !headers.contains_key(ORIGINAL_METHOD) {
            return Self::new(&needed(METHOD)?, &needed(PROTO)?, &needed(HOST)?, &needed(URI)?);
        }
        let (method, url) = (needed(ORIGINAL_METHOD)?, needed(ORIGINAL_URL)?);
        let malformed = Undescribed::Malformed(ORIGINAL_URL);
        let (proto, rest) = url.split_once("://").ok_or(malformed)?;
        let end = rest.find(['/', '?', '#', '\\']).ok_or(malformed)?;
        let (host, uri) = rest.split_at_checked(end).ok_or(malformed)?;
        let original = Self::new(&method, proto, host, uri).map_err(|wrong| match wrong {
            Undescribed::Malformed(METHOD) => Undescribed::Malformed(ORIGINAL_METHOD),
            _ => malformed,
        })?;
        let agrees = |name, same: &dyn Fn(&str) -> bool| match only(headers, name)? {
            Some(value) if !same(&value) => Err(Undescribed::Contradicted(name)),
            _ => Ok(()),
        };
        agrees(METHOD, &|value| value == original.method.as_str())?;
        agrees(PROTO, &|value| is_https(value) == Ok(original.site.https))?;
        agrees(HOST, &|value| Site::new(original.site.https, value).as_ref() == Some(&original.site))?;
        agrees(URI, &|value| value == original.uri)?;
        Ok(original)
    }

    /// As `doorward check-config --try` describes one.
    pub fn of_url(method: &str, url: &str) -> Option<Self> {
        let (proto, rest) = url.split_once("://")?;
        let (host, uri) = rest.split_at_checked(rest.find(['/', '?', '\\']).unwrap_or(rest.len()))?;
        let uri = if uri.starts_with('?') || uri.is_empty() { format!("/{uri}") } else { uri.to_owned() };
        Self::new(method, proto, host, &uri).ok()
    }

    fn new(method: &str, proto: &str, host: &str, uri: &str) -> Result<Self, Undescribed> {
        let method = method.parse().map_err(|_| Undescribed::Malformed(METHOD))?;
        let site = Site::new(is_https(proto)?, host).ok_or(Undescribed::Malformed(HOST))?;
        if uri.is_empty() || uri.len() > LONGEST_URI || !uri.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) {
            return Err(Undescribed::Malformed(URI));
        }
        let path = NormalPath::parse(uri.split('?').next().unwrap_or_default());
        Ok(Self { method, site, uri: uri.to_owned(), path })
    }

    /// The value of `key` in the query.
    pub fn asked(&self, key: &str) -> Option<String> {
        let (_, query) = self.uri.split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(found, _)| found == key).map(|(_, value)| value.into_owned())
    }

    /// Its path as it was sent.
    pub fn raw_path(&self) -> &str {
        self.uri.split('?').next().unwrap_or_default()
    }
}

fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<Cow<'a, str>>, Undescribed> {
    let mut lines = headers.get_all(name).iter();
    let line = match (lines.next(), lines.next()) {
        (_, Some(_)) => return Err(Undescribed::Doubled(name)),
        (None, None) => return Ok(None),
        (Some(line), None) => line.as_bytes(),
    };
    let is_address = matches!(name, URI | ORIGINAL_URL);
    // A list is what a second proxy makes of what the client sent.
    if line.contains(&b',') && !is_address && name != PROTO {
        return Err(Undescribed::Doubled(name));
    }
    match std::str::from_utf8(line) {
        Ok(line) if line.is_ascii() => Ok(Some(line.into())),
        _ if is_address => with_encoded_query(line).ok_or(Undescribed::Malformed(name)).map(|line| Some(line.into())),
        _ => Err(Undescribed::Malformed(name)),
    }
}

/// An address whose query holds bytes that nobody encoded, as programs send them and nginx passes
/// them on. In a path servers read such bytes in more than one way; there it is none.
fn with_encoded_query(line: &[u8]) -> Option<String> {
    let (before, query) = line.split_at(line.iter().position(|byte| *byte == b'?')?);
    let before = std::str::from_utf8(before).ok().filter(|before| before.is_ascii())?;
    Some(format!("{before}{}", percent_encode(query, &AsciiSet::EMPTY)))
}

/// Whether it is over TLS. WebSockets are asked for under names of their own, and two proxies in a
/// row write a list: of one word, or it is none.
fn is_https(proto: &str) -> Result<bool, Undescribed> {
    let mut each = proto.split(',').map(|one| match one.trim_matches([' ', '\t']) {
        "https" | "wss" => Ok(true),
        "http" | "ws" => Ok(false),
        _ => Err(Undescribed::Malformed(PROTO)),
    });
    let first = each.next().unwrap_or(Err(Undescribed::Malformed(PROTO)));
    if proto.contains(',') && !each.all(|other| other == first) {
        return Err(Undescribed::Doubled(PROTO));
    }
    first
}

impl Site {
    /// Whether a rule that names `host` is about it.
    pub fn is_at(&self, host: &HostName) -> bool {
        host.matches(&self.name, self.port())
    }

    fn new(https: bool, host: &str) -> Option<Self> {
        let (bare, port) = match host.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
            Some((bare, port)) => (bare, format!(":{port}")),
            None => (host, String::new()),
        };
        let undotted = bare.strip_suffix('.').filter(|name| !name.ends_with(']'));
        let (name, port) = host_and_port(&format!("{}{port}", undotted.unwrap_or(bare)))?;
        let port = port.filter(|port| *port != usual_port(https));
        Some(Self { https, name, port, dotted: undotted.is_some() })
    }

    /// Whether browsers take it for another site than its [`origin`](Self::origin), so that no
    /// cookie of that one comes along.
    pub fn is_dotted(&self) -> bool {
        self.dotted
    }

    fn port(&self) -> u16 {
        self.port.unwrap_or(usual_port(self.https))
    }

    /// Whether browsers keep cookies there from everybody else: over TLS, or without a network in
    /// between.
    pub fn is_secure(&self) -> bool {
        self.https || is_loopback_host(&self.name)
    }

    /// `https://app.example.org`: as browsers write origins.
    pub fn origin(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{}{port}", self.name)
    }

    /// For people.
    pub fn host(&self) -> &str {
        &self.name
    }
}

fn usual_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};
    use url::Url;

    fn read(headers: &[(&'static str, &str)]) -> Result<Original, Undescribed> {
        let pairs = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
        });
        let mut map = HeaderMap::new();
        pairs.for_each(|(name, value)| {
            map.append(name, value);
        });
        Original::read(&map)
    }

    const CADDY: [(&str, &str); 4] = [(METHOD, "GET"), (PROTO, "https"), (HOST, "app.example.org"), (URI, "/x?a=1")];
    const NGINX: [(&str, &str); 2] = [(ORIGINAL_METHOD, "GET"), (ORIGINAL_URL, "https://app.example.org/x?a=1")];

    #[test]
    fn both_descriptions_are_read_and_say_the_same() {
        let original = read(&CADDY).unwrap();
        assert_eq!(read(&NGINX), Ok(original.clone()));
        assert_eq!(read(&[&CADDY[..], &NGINX[..]].concat()), Ok(original.clone()));
        assert_eq!(original.site.origin(), "https://app.example.org");
        assert_eq!((original.raw_path(), original.asked("a").as_deref()), ("/x", Some("1")));
    }

    #[test]
    fn what_is_missing_doubled_malformed_or_contradicted_is_refused() {
        use Undescribed::*;
        for (at, header) in CADDY.iter().enumerate() {
            let mut headers = CADDY.to_vec();
            headers.remove(at);
            assert_eq!(read(&headers), Err(Missing(header.0)));
            assert_eq!(read(&[&CADDY[..], &[*header]].concat()), Err(Doubled(header.0)));
        }
        for (name, value) in [
            (METHOD, "get"),
            (METHOD, ""),
            (METHOD, "GET /"),
            (PROTO, "ftp"),
            (PROTO, "HTTPS"),
            (HOST, ""),
            (HOST, "app.example.org/x"),
            (HOST, "user@app.example.org"),
            (HOST, "app.example.org.."),
            (HOST, "."),
            (HOST, ".:443"),
            (HOST, "[::1]."),
            (HOST, "app_1.example.org"),
            (HOST, "b\u{fc}cher.example"),
            (HOST, "app.example.org:99999"),
            (HOST, "app.example.org:"),
            (HOST, "127.1"),
            (HOST, "0x7f.0.0.1"),
            (HOST, "[::1"),
            (HOST, "app.example.org:80:80"),
            (HOST, "app.example.org%2f.evil.example"),
            (URI, ""),
            (URI, "/a b"),
            (URI, "/caf\u{e9}"),
        ] {
            let headers = CADDY.map(|header| if header.0 == name { (name, value) } else { header });
            assert_eq!(read(&headers), Err(Malformed(name)), "{name}: {value}");
        }
        for name in [METHOD, PROTO, HOST] {
            let headers = CADDY.map(|header| if header.0 == name { (name, "GET, https, x") } else { header });
            assert_eq!(read(&headers), Err(Doubled(name)));
        }
        for list in ["https,http", "http, https", "https,", ",https", "https,wss,http", "https;http,https"] {
            let headers = CADDY.map(|header| if header.0 == PROTO { (PROTO, list) } else { header });
            assert_eq!(read(&headers), Err(Doubled(PROTO)), "{list}");
        }
        assert_eq!(read(&NGINX[..1]), Err(Missing(ORIGINAL_URL)));
        assert_eq!(read(&NGINX[1..]), Err(Missing(ORIGINAL_METHOD)));
        for url in ["/x", "https://app.example.org", "https:///x", "app.example.org/x", "https://a@app.example.org/x"] {
            assert_eq!(read(&[NGINX[0], (ORIGINAL_URL, url)]), Err(Malformed(ORIGINAL_URL)), "{url}");
        }
        for (name, value) in
            [(METHOD, "POST"), (PROTO, "http"), (HOST, "evil.example"), (URI, "/public"), (URI, "/x?a=2")]
        {
            let both = [&NGINX[..], &[(name, value)]].concat();
            assert_eq!(read(&both), Err(Contradicted(name)), "{name}: {value}");
        }
    }

    #[test]
    fn a_site_is_written_as_browsers_write_it() {
        for (proto, host, origin, secure) in [
            ("https", "APP.example.org:443", "https://app.example.org", true),
            ("https", "app.example.org:8443", "https://app.example.org:8443", true),
            ("http", "app.localhost:80", "http://app.localhost", true),
            ("http", "[::1]:3000", "http://[::1]:3000", true),
            ("http", "app.example.org", "http://app.example.org", false),
            ("http", "app.example.org:443", "http://app.example.org:443", false),
            ("wss", "app.example.org", "https://app.example.org", true),
            ("ws", "app.example.org", "http://app.example.org", false),
            ("https,https", "app.example.org", "https://app.example.org", true),
            ("wss, https", "app.example.org", "https://app.example.org", true),
            ("http,http , ws", "app.example.org", "http://app.example.org", false),
            ("https", "app.example.org.", "https://app.example.org", true),
            ("https", "App.example.org.:8443", "https://app.example.org:8443", true),
            ("http", "localhost.:3000", "http://localhost:3000", true),
        ] {
            let site = Site::new(is_https(proto).unwrap(), host).unwrap();
            assert_eq!((site.origin().as_str(), site.is_secure()), (origin, secure), "{host}");
        }
    }

    #[test]
    fn bytes_that_nobody_encoded_count_in_a_query_and_not_in_a_path() {
        let headers = |uri: &'static str| CADDY.map(|header| if header.0 == URI { (URI, uri) } else { header });
        let original = read(&headers("/x?name=M\u{fc}ller&a=%20")).unwrap();
        assert_eq!((original.uri.as_str(), original.raw_path()), ("/x?name=M%C3%BCller&a=%20", "/x"));
        assert_eq!(original.asked("name").as_deref(), Some("M\u{fc}ller"));
        let nginx = read(&[NGINX[0], (ORIGINAL_URL, "https://app.example.org/x?name=M\u{fc}ller&a=%20")]);
        assert_eq!(nginx, Ok(original));
        assert_eq!(read(&headers("/M\u{fc}ller?x")), Err(Undescribed::Malformed(URI)));
        assert_eq!(read(&headers("/x?a b")), Err(Undescribed::Malformed(URI)));
    }

    proptest::proptest! {
        #[test]
        fn the_address_that_is_come_back_to_is_of_the_site_that_was_asked_for(
            host in proptest::sample::select(&["app.example.org", "app.example.org.", "app.example.org:8443", "[::1]:3000", "localhost."][..]),
            pieces in proptest::collection::vec(proptest::sample::select(&[
                "/", "/", "\\", "@", ":", ".", "..", "?", "#", "evil.example", "%2f", "%40", "%09", "\t", " ", ";", "x",
            ][..]), 0..9),
        ) {
            let uri = pieces.concat();
            if let Ok(original) = Original::new("GET", "https", host, &uri) {
                // Nobody is led anywhere for a path that does not begin with a slash.
                let clear = original.path.as_ref().map_or_else(|unclear| unclear.begins.is_some(), |_| true);
                let origin = original.site.origin();
                let back = Url::parse(&format!("{origin}{}", original.uri));
                proptest::prop_assert!(!clear || back.as_ref().is_ok_and(|back| back.origin().ascii_serialization() == origin), "{back:?}");
            }
        }
    }

    #[test]
    fn a_rule_names_hosts_plainly() {
        let site = |host| Site::new(true, host).unwrap();
        let name: HostName = "app.example.org".parse().unwrap();
        assert!(site("App.example.org").is_at(&name) && site("app.example.org:8443").is_at(&name));
        assert!(!site("xapp.example.org").is_at(&name) && !site("x.app.example.org").is_at(&name));
        let with_port: HostName = "app.example.org:8443".parse().unwrap();
        assert!(site("app.example.org:8443").is_at(&with_port) && !site("app.example.org").is_at(&with_port));
        assert!(site("app.example.org").is_at(&"app.example.org:443".parse().unwrap()));
        assert_eq!(with_port.to_string(), "app.example.org:8443");
        for odd in [
            "https://app.example.org",
            "App.example.org",
            "*.example.org",
            "app.example.org/x",
            "b\u{fc}cher.example",
            "",
            "a b",
        ] {
            assert!(odd.parse::<HostName>().is_err(), "{odd}");
        }
    }
}
