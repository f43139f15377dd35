//! The process itself: where it is reached, what it is called, and where its data lies.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use ipnet::IpNet;
use serde::Deserialize;

#[cfg(doc)]
use crate::base::config::Config;
use crate::base::config::urls::{DatabaseUrl, PostgresUrl, PublicUrl, SecurityContact};
use crate::base::config::values::{
    Duration, SecretKeyText, listener, networks, optional_listener, optional_text, text,
};
use crate::base::words::bundles::Language;

/// `[server]`: where it listens, what it is called outside, where it keeps things.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port to listen on.
    #[serde(deserialize_with = "listener")]
    pub addr: SocketAddr,
    /// What people type into the browser.
    #[serde(deserialize_with = "text")]
    pub public_url: PublicUrl,
    /// Database, secret key, mails as files, set-up link. Relative to the working directory.
    pub data_dir: PathBuf,
    /// See [`Config::secret_key_file`] for the default.
    #[serde(deserialize_with = "optional_text")]
    pub secret_key_file: Option<PathBuf>,
    /// Only from the environment; takes the place of the file.
    #[serde(deserialize_with = "optional_text")]
    pub secret_key: Option<SecretKeyText>,
    /// Peers whose forwarding headers count.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Certificate chain, PEM; set together with `tls_key`.
    #[serde(deserialize_with = "optional_text")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM.
    #[serde(deserialize_with = "optional_text")]
    pub tls_key: Option<PathBuf>,
    /// A second listener that sends http to https; only with TLS.
    #[serde(deserialize_with = "optional_listener")]
    pub redirect_addr: Option<SocketAddr>,
    /// How long requests under way may take to finish at shutdown.
    #[serde(deserialize_with = "text")]
    pub shutdown_timeout: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            public_url: PublicUrl::default(),
            data_dir: PathBuf::from("data"),
            secret_key_file: None,
            secret_key: None,
            trusted_proxies: Vec::new(),
            tls_cert: None,
            tls_key: None,
            redirect_addr: None,
            shutdown_timeout: Duration::from_secs(30),
        }
    }
}

/// `[site]`: what pages and mails call this place.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteConfig {
    /// 1 to 40 characters.
    pub name: String,
    /// For whoever neither chose nor asks for one that is there.
    #[serde(deserialize_with = "text")]
    pub language: Language,
    /// Whom to tell of a security problem, as an address (RFC 9116). Without one there is no
    /// `security.txt`.
    #[serde(deserialize_with = "optional_text")]
    pub security_contact: Option<SecurityContact>,
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self { name: "Doorward".to_owned(), language: Language::default(), security_contact: None }
    }
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// See [`Config::database_url`] for the default.
    #[serde(deserialize_with = "optional_text")]
    pub url: Option<DatabaseUrl>,
    /// PostgreSQL behind a pooler: the server itself, for migrations (advisory locks need one
    /// session).
    #[serde(deserialize_with = "optional_text")]
    pub direct_url: Option<PostgresUrl>,
    /// Connections kept at most, 1 to 1000.
    pub max_connections: u32,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self { url: None, direct_url: None, max_connections: 10 }
    }
}
