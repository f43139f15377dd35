//! The addresses among the settings: the public one and the database's.

use std::{fmt, path::PathBuf, str::FromStr};

use sqlx::postgres::PgConnectOptions;
use url::Url;

use crate::base::loopback::is_loopback_host;

/// The address people open, without a path: what links in mails begin with and what `Origin`
/// headers are compared to. `http` only where it never leaves the machine; anywhere else passwords
/// would travel in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
    https: bool,
    loopback: bool,
}

impl PublicUrl {
    /// `https://id.example.org` or `http://localhost:3000`: no trailing slash, no default port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Without the port; an IPv6 address is in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether the host is a name: passkeys can't be bound to an IP address (WebAuthn Level 3
    /// §5.1.3).
    #[must_use]
    pub fn can_have_passkeys(&self) -> bool {
        Url::parse(&self.origin).is_ok_and(|url| url.domain().is_some())
    }

    /// Whether the host is this machine itself: `localhost`, `*.localhost`, 127.0.0.0/8 or `::1`.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl Default for PublicUrl {
    fn default() -> Self {
        Self { origin: "http://localhost:3000".to_owned(), host: "localhost".to_owned(), https: false, loopback: true }
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be an address such as https://id.example.org";
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(SHAPE),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name or password");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "must end after the host and port: Doorward has a host of its own, not a path below another site",
            );
        }
        let host = url.host_str().ok_or(SHAPE)?.to_owned();
        let loopback = is_loopback_host(&host);
        if !https && !loopback {
            return Err(
                "must start with https://: over http, passwords can be read on the way (http is accepted for localhost only)",
            );
        }
        Ok(Self { origin: url.origin().ascii_serialization(), host, https, loopback })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// Whom to tell of a security problem: what `Contact` in a `security.txt` may hold (RFC 9116,
/// 2.5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityContact(Url);

impl FromStr for SecurityContact {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be mailto:security@example.org, https://example.org/security or a tel: number";
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let known = match url.scheme() {
            "https" => url.has_host() && url.username().is_empty() && url.password().is_none(),
            "mailto" => url.path().split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty()),
            "tel" => !url.path().is_empty(),
            _ => false,
        };
        // A parsed address holds no line break, which would begin another field.
        if known { Ok(Self(url)) } else { Err(SHAPE) }
    }
}

impl fmt::Display for SecurityContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// Which database, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The path of the file.
    Sqlite(PathBuf),
    Postgres(PostgresUrl),
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.contains(":memory:") {
                return Err("must be a file: a database in memory forgets every account when the server stops");
            }
            if path.is_empty() || path.contains('?') {
                return Err("must be sqlite: and the path of a file, without options, such as sqlite:data/doorward.db");
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return text.parse().map(Self::Postgres);
        }
        // A typo must not quietly start with a new, empty SQLite file.
        Err("must start with sqlite:, postgres:// or postgresql://")
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

/// A PostgreSQL URL, which may hold a password: shown as host, port and database alone.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(Url);

impl PostgresUrl {
    /// The whole URL, for opening the connection and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for PostgresUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be an address such as postgres://user:password@db.example.org:5432/doorward";
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        // The driver knows best which options there are; its own message could repeat a password.
        let known = url.as_str().parse::<PgConnectOptions>().is_ok();
        if !known || !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(SHAPE);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.host_str().unwrap_or_default();
        write!(f, "{}://{host}", self.0.scheme())?;
        if let Some(port) = self.0.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(self.0.path())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}
