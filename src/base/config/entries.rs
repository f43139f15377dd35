//! Settings as `doorward check-config` shows them.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use super::sections::{
    AuditConfig, DatabaseConfig, LimitsConfig, LogConfig, MailConfig, MetricsConfig, PasswordConfig,
    RegistrationConfig, SecondFactorConfig, ServerConfig, SessionConfig, SiteConfig, TokensConfig,
};

/// Key and value of one setting, as `check-config` shows it.
pub(super) type Entries = Vec<(&'static str, String)>;

/// The entries of a section in the order of its fields, their keys behind a prefix. The pattern has
/// no `..`, so a field can't be forgotten.
macro_rules! entries {
    ($section:ty, $prefix:literal { $($field:ident: $show:expr),* $(,)? }) => {
        impl $section {
            pub(super) fn entries(&self) -> $crate::base::config::entries::Entries {
                let Self { $($field),* } = self;
                vec![$((concat!($prefix, stringify!($field)), $show($field))),*]
            }
        }
    };
}

pub(super) use entries;

entries!(ServerConfig, "server." {
    addr: shown, public_url: shown, data_dir: path, secret_key_file: optional_path, secret_key: optional,
    trusted_proxies: list, tls_cert: optional_path, tls_key: optional_path, redirect_addr: optional,
    shutdown_timeout: shown,
});
entries!(SiteConfig, "site." { name: shown, language: shown, security_contact: optional });
entries!(DatabaseConfig, "database." { url: optional, direct_url: optional, max_connections: shown });
entries!(SessionConfig, "session." {
    idle_timeout: shown, absolute_timeout: shown, remember_idle: shown, remember_absolute: shown, shared_idle: shown,
    recent: shown, max_per_user: shown, user_agent_change: shown, network_change: shown,
    place_file: optional_path,
});
entries!(PasswordConfig, "password." {
    minimum: shown, minimum_with_second_factor: shown, memory_kib: shown, iterations: shown, parallelism: shown, threads: shown, queue: shown, words: list,
    meter: shown,
});
entries!(SecondFactorConfig, "second_factor." {
    policy: shown, allowed: list, grace_days: shown, algorithm: shown, digits: shown, period: shown,
    trust_days: shown, void_passkeys_of: optional, recovery_wait: shown,
});
entries!(RegistrationConfig, "registration." { mode: shown, verify_email: shown, allowed_domains: list });
entries!(LimitsConfig, "limits." {
    free_tries: shown, first_wait: shown, longest_wait: shown, network_failures: shown, failures_in_all: shown,
    mails_per_address: shown, mails_per_network: shown, mails_in_all: shown, provider_starts: shown,
    exempt_networks: list,
});
entries!(TokensConfig, "tokens." {
    audiences: list, access_lifetime: shown, refresh_idle: shown, refresh_absolute: shown, personal_days: shown,
    cors_origins: list, algorithm: shown, rotate_keys_every: shown, key_overlap: shown,
});
entries!(MailConfig, "mail." {
    transport: shown, from: shown, host: shown, port: shown, security: shown, username: optional, password: optional,
    password_file: optional_path, ca_file: optional_path, timeout: shown,
    keep_days: shown,
});
entries!(AuditConfig, "audit." { keep_days: shown });
entries!(LogConfig, "log." { format: shown, level: shown });
entries!(MetricsConfig, "metrics." { addr: optional });

pub(super) fn shown(value: &impl Display) -> String {
    value.to_string()
}

pub(super) fn optional(value: &Option<impl Display>) -> String {
    value.as_ref().map(shown).unwrap_or_default()
}

pub(super) fn list(values: &[impl Display]) -> String {
    values.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

pub(super) fn optional_path(path: &Option<PathBuf>) -> String {
    path.as_deref().map(self::path).unwrap_or_default()
}
