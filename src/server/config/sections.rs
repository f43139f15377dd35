//! One struct per section of the file, with the defaults. What each key is for the operator stands in `Leptos.toml`.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use ipnet::IpNet;
use serde::Deserialize;

use crate::server::words::Language;

use super::urls::{DatabaseUrl, PostgresUrl, PublicUrl, SecurityContact};
use super::values::{
    AllowedFactor, Duration, LogFormat, MailSecurity, MailTransport, OnChange, RegistrationMode, SecondFactorPolicy,
    Secret, SecretKeyText, Sender, SigningAlgorithm, TotpAlgorithm, factors, listener, networks, optional_listener,
    optional_text, origins, text,
};

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
    /// See [`super::Config::secret_key_file`] for the default.
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
    /// Whom to tell of a security problem, as an address (RFC 9116). Without one there is no `security.txt`.
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
    /// See [`super::Config::database_url`] for the default.
    #[serde(deserialize_with = "optional_text")]
    pub url: Option<DatabaseUrl>,
    /// PostgreSQL behind a pooler: the server itself, for migrations (advisory locks need one session).
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

/// `[session]`: how long a sign-in lasts.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionConfig {
    /// Ends after this long without a request.
    #[serde(deserialize_with = "text")]
    pub idle_timeout: Duration,
    /// Ends this long after sign-in, used or not.
    #[serde(deserialize_with = "text")]
    pub absolute_timeout: Duration,
    /// `idle_timeout` for "remember me".
    #[serde(deserialize_with = "text")]
    pub remember_idle: Duration,
    /// `absolute_timeout` for "remember me".
    #[serde(deserialize_with = "text")]
    pub remember_absolute: Duration,
    /// `idle_timeout` for "this is a shared computer".
    #[serde(deserialize_with = "text")]
    pub shared_idle: Duration,
    /// How fresh the sign-in must be for sensitive changes.
    #[serde(deserialize_with = "text")]
    pub recent: Duration,
    /// Live sessions of one account, 1 to 500; one more ends the oldest. Each is ended with an audit entry of its own: without
    /// a bound, a thief who signs in ten thousand times would make the password change that evicts him too large to finish.
    pub max_per_user: u16,
    /// When a session is used from another browser or system than before.
    #[serde(deserialize_with = "text")]
    pub user_agent_change: OnChange,
    /// When a session is used from another network (/24, /48) than before.
    #[serde(deserialize_with = "text")]
    pub network_change: OnChange,
    /// Where addresses lie, in MaxMind's format.
    #[serde(deserialize_with = "optional_text")]
    pub place_file: Option<PathBuf>,
}

impl Default for SessionConfig {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        Self {
            idle_timeout: Duration::from_secs(HOUR),
            absolute_timeout: Duration::from_secs(12 * HOUR),
            remember_idle: Duration::from_secs(7 * 24 * HOUR),
            remember_absolute: Duration::from_secs(30 * 24 * HOUR),
            shared_idle: Duration::from_secs(900),
            recent: Duration::from_secs(600),
            max_per_user: 100,
            user_agent_change: OnChange::Confirm,
            network_change: OnChange::Note,
            place_file: None,
        }
    }
}

/// `[password]`: what a password must be and what hashing one (Argon2id) costs.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordConfig {
    /// Shortest password that stands alone, in characters, 15 to 64.
    pub minimum: u16,
    /// Shortest password beside a second factor, 8 to `minimum`.
    pub minimum_with_second_factor: u16,
    /// Memory of one hash in KiB, 19456 (the OWASP floor for t=2, p=1) to 1048576.
    pub memory_kib: u32,
    /// Passes over the memory, 2 to 20: the hasher reads no stored hash above that.
    pub iterations: u32,
    /// Lanes, 1 to 16.
    pub parallelism: u32,
    /// Hashing threads, at most 256; 0 is one for each core.
    pub threads: u16,
    /// Hashes that may wait before sign-ins are answered 503, 1 to 10000.
    pub queue: u16,
    /// Words no password may consist of, besides those everybody knows; 3 to 64 characters each.
    pub words: Vec<String>,
    /// Whether a new password is judged while it is typed; it is then sent here before the form is.
    pub meter: bool,
}

impl Default for PasswordConfig {
    fn default() -> Self {
        Self {
            minimum: 15,
            minimum_with_second_factor: 8,
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
            threads: 0,
            queue: 64,
            words: Vec::new(),
            meter: true,
        }
    }
}

/// `[second_factor]`: who must have one, where none is asked for, and what new authenticator apps are given. Those that are in use
/// keep what they were given.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecondFactorConfig {
    #[serde(deserialize_with = "text")]
    pub policy: SecondFactorPolicy,
    /// What may be set up; never empty. What was set up before goes on to count.
    #[serde(deserialize_with = "factors")]
    pub allowed: Vec<AllowedFactor>,
    /// Days from when the policy first meets somebody until it is enforced on them, 0 to 90.
    pub grace_days: u16,
    #[serde(deserialize_with = "text")]
    pub algorithm: TotpAlgorithm,
    /// Of a code: 6 or 8.
    pub digits: u16,
    /// Seconds until the next code: 30 or 60, the ones that apps know.
    pub period: u32,
    /// The host of an earlier public URL whose passkeys are removed at the next start: they don't work under another.
    #[serde(deserialize_with = "optional_text")]
    pub void_passkeys_of: Option<String>,
    /// Days for which a browser can be trusted, at most 90; 0: none can.
    pub trust_days: u16,
    /// Between the wish to remove somebody's second factors and its fulfilment; at most 30 days.
    #[serde(deserialize_with = "text")]
    pub recovery_wait: Duration,
}

impl Default for SecondFactorConfig {
    fn default() -> Self {
        Self {
            policy: SecondFactorPolicy::Optional,
            allowed: vec![AllowedFactor::Totp, AllowedFactor::Passkey],
            grace_days: 0,
            algorithm: TotpAlgorithm::Sha1,
            digits: 6,
            period: 30,
            trust_days: 30,
            void_passkeys_of: None,
            recovery_wait: Duration::from_secs(24 * 3600),
        }
    }
}

/// `[limits]`: how often somebody may be wrong, and ask for letters. `docs/abuse.md` says what comes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Wrong passwords for one name, or in one known browser, before the first wait; 1 to 1000.
    pub free_tries: u32,
    #[serde(deserialize_with = "text")]
    pub first_wait: Duration,
    /// Waits double up to this.
    #[serde(deserialize_with = "text")]
    pub longest_wait: Duration,
    /// Wrong passwords an hour from one network (IPv4 address, IPv6 /64), whatever the names.
    pub network_failures: u32,
    /// Failed tries an hour from everywhere, from which on they are taken for an attack.
    pub failures_in_all: u32,
    /// Letters an hour that strangers may have written to one address, from one network, and in all.
    pub mails_per_address: u32,
    pub mails_per_network: u32,
    pub mails_in_all: u32,
    /// Sign-ins an hour that may go to other services from one network.
    pub provider_starts: u32,
    /// Networks that are not counted as such.
    #[serde(deserialize_with = "networks")]
    pub exempt_networks: Vec<IpNet>,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            free_tries: 5,
            first_wait: Duration::from_secs(60),
            longest_wait: Duration::from_secs(3600),
            network_failures: 30,
            failures_in_all: 300,
            mails_per_address: 5,
            mails_per_network: 30,
            mails_in_all: 1000,
            provider_starts: 300,
            exempt_networks: Vec::new(),
        }
    }
}

/// `[tokens]`: what programs are given, and the keys that it is signed with.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokensConfig {
    /// Whom access tokens may be made for, besides our own API: what verifiers expect in `aud`.
    pub audiences: Vec<String>,
    /// How long an access token lasts, 1 minute to 1 hour.
    #[serde(deserialize_with = "text")]
    pub access_lifetime: Duration,
    /// How long a program may go without a refresh until it has to sign in again.
    #[serde(deserialize_with = "text")]
    pub refresh_idle: Duration,
    /// How long it can go on refreshing at all.
    #[serde(deserialize_with = "text")]
    pub refresh_absolute: Duration,
    /// The longest life of a personal access token, 1 to 3650 days.
    pub personal_days: u16,
    /// Whose pages may call the API with a token, by their origins.
    #[serde(deserialize_with = "origins")]
    pub cors_origins: Vec<String>,
    /// What the next key signs with.
    #[serde(deserialize_with = "text")]
    pub algorithm: SigningAlgorithm,
    /// How long one key signs.
    #[serde(deserialize_with = "text")]
    pub rotate_keys_every: Duration,
    /// How long a key is published before it signs, and again after it signed last.
    #[serde(deserialize_with = "text")]
    pub key_overlap: Duration,
}

impl Default for TokensConfig {
    fn default() -> Self {
        const DAY: u64 = 24 * 3600;
        Self {
            audiences: Vec::new(),
            access_lifetime: Duration::from_secs(600),
            refresh_idle: Duration::from_secs(7 * DAY),
            refresh_absolute: Duration::from_secs(30 * DAY),
            personal_days: 365,
            cors_origins: Vec::new(),
            algorithm: SigningAlgorithm::Es256,
            rotate_keys_every: Duration::from_secs(90 * DAY),
            key_overlap: Duration::from_secs(DAY),
        }
    }
}

/// `[registration]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrationConfig {
    #[serde(deserialize_with = "text")]
    pub mode: RegistrationMode,
    /// Off, registration tells a stranger which addresses have an account.
    pub verify_email: bool,
    /// Of which mail domains people may register an address by themselves; of any if there is none.
    pub allowed_domains: Vec<String>,
}

impl Default for RegistrationConfig {
    fn default() -> Self {
        Self { mode: RegistrationMode::Open, verify_email: true, allowed_domains: Vec::new() }
    }
}

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
