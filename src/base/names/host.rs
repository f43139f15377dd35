//! The hosts of apps.

use std::fmt;
use std::str::FromStr;
use url::Url;

/// A host that a rule is about: `app.example.org`, on whichever port, or `app.example.org:8443`.
///
/// No patterns: with `*.example.org` whoever gets hold of one forgotten name below it could have
/// people signed in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName {
    name: String,
    port: Option<u16>,
}

impl FromStr for HostName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('*') {
            return Err(
                "is a pattern: name each app's host, so that nobody is ever signed in at one that was forgotten",
            );
        }
        match host_and_port(text) {
            Some((name, port)) if text == text.to_ascii_lowercase() => Ok(Self { name, port }),
            _ => Err(
                "is no host such as app.example.org or app.example.org:8443: lower case, punycode, without https:// and path",
            ),
        }
    }
}

impl HostName {
    /// Whether `name` at `port`, both as [`host_and_port`] gives them, is what it names.
    pub fn matches(&self, name: &str, port: u16) -> bool {
        self.name == name && self.port.is_none_or(|own| own == port)
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Host and port as URLs have them: lower case, punycode, nothing that a browser would read
/// otherwise.
pub fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    if text.is_empty() || text.len() > 261 || !text.bytes().all(fits) {
        return None;
    }
    // A scheme without a default port, so that any that is given is kept.
    let url = Url::parse(&format!("ws-of-an-app://{text}/")).ok()?;
    let host = url.host_str()?;
    let shown = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    // IPv4 in odd spellings, and a dot at the end.
    let as_browsers_do = url::Host::parse(host).ok()?.to_string();
    if host.ends_with('.') || as_browsers_do != host.to_ascii_lowercase() || !shown.eq_ignore_ascii_case(text) {
        return None;
    }
    Some((as_browsers_do, url.port()))
}
