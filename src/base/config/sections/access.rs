//! Who may come, how often they may try, and what programs are given.

use ipnet::IpNet;
use serde::Deserialize;

use crate::base::config::values::{Duration, RegistrationMode, SigningAlgorithm, networks, origins, text};

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

/// `[limits]`: how often somebody may be wrong, and ask for letters. `docs/abuse.md` says what
/// comes of it.
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
    /// Letters an hour that strangers may have written to one address, from one network, and in
    /// all; of each kind.
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
