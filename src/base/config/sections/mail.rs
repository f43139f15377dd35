//! How mails leave, and how long they are kept.

use std::{path::PathBuf, time};

use serde::Deserialize;

use crate::base::config::values::{Duration, MailSecurity, MailTransport, Secret, Sender, optional_text, text};

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfig {
    #[serde(deserialize_with = "text")]
    pub transport: MailTransport,
    #[serde(deserialize_with = "text")]
    pub from: Sender,
    /// Mail server; must be set for SMTP.
    pub host: String,
    /// 0 is the usual port of `security`: see [`MailConfig::smtp_port`].
    pub port: u16,
    #[serde(deserialize_with = "text")]
    pub security: MailSecurity,
    #[serde(deserialize_with = "optional_text")]
    pub username: Option<String>,
    /// Holds the content of `password_file` too, once loaded.
    #[serde(deserialize_with = "optional_text")]
    pub password: Option<Secret>,
    #[serde(deserialize_with = "optional_text")]
    pub password_file: Option<PathBuf>,
    /// Certificates (PEM) that vouch for the mail server, besides those that the system trusts.
    #[serde(deserialize_with = "optional_text")]
    pub ca_file: Option<PathBuf>,
    /// How long the mail server may take over one step.
    #[serde(deserialize_with = "text")]
    pub timeout: Duration,
    /// Days for which the empty row of a finished mail stays, and its file, 7 to 3650; 0: for ever.
    pub keep_days: u16,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            transport: MailTransport::File,
            from: Sender::default(),
            host: String::new(),
            port: 0,
            security: MailSecurity::Starttls,
            username: None,
            password: None,
            password_file: None,
            ca_file: None,
            timeout: Duration::from_secs(20),
            keep_days: 7,
        }
    }
}

impl MailConfig {
    /// `port`, or what is usual for `security` (RFC 6409, RFC 8314).
    #[must_use]
    pub const fn smtp_port(&self) -> u16 {
        match (self.port, self.security) {
            (0, MailSecurity::Starttls) => 587,
            (0, MailSecurity::Tls) => 465,
            (0, MailSecurity::None) => 25,
            (port, _) => port,
        }
    }

    /// None: for ever.
    #[must_use]
    pub fn keep(&self) -> Option<time::Duration> {
        super::records::days(self.keep_days)
    }
}
