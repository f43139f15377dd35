//! What is written down about what happens: for people, for logs and for figures.

use std::{net::SocketAddr, time};

use serde::Deserialize;

use crate::base::config::values::{LogFormat, optional_listener, text};

/// `[audit]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditConfig {
    /// Days after which the personal details of an entry are erased, 7 to 3650; 0: never.
    pub keep_days: u16,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self { keep_days: 365 }
    }
}

impl AuditConfig {
    /// None: for ever.
    #[must_use]
    pub fn keep(&self) -> Option<time::Duration> {
        days(self.keep_days)
    }
}

/// None of 0.
pub(super) fn days(days: u16) -> Option<time::Duration> {
    const DAY: u64 = 24 * 3600;
    (days > 0).then(|| time::Duration::from_secs(u64::from(days) * DAY))
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    #[serde(deserialize_with = "text")]
    pub format: LogFormat,
    /// A level, or directives of `tracing_subscriber::EnvFilter` such as `info,doorward=debug`.
    pub level: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// `[metrics]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Where figures for monitoring are served, apart from everything else; nowhere if it is none.
    #[serde(deserialize_with = "optional_listener")]
    pub addr: Option<SocketAddr>,
}
