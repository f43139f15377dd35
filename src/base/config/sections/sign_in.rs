//! How people sign in, and for how long.

use std::path::PathBuf;

use serde::Deserialize;

use crate::base::config::values::{
    AllowedFactor, Duration, OnChange, SecondFactorPolicy, TotpAlgorithm, factors, optional_text, text,
};

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
    /// Live sessions of one account, 1 to 500; one more ends the oldest. Each is ended with an
    /// audit entry of its own: without a bound, a thief who signs in ten thousand times would make
    /// the password change that evicts him too large to finish.
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
    /// Memory of one hash in KiB, 19456 (the OWASP floor for t=2, p=1) to 131072: the hasher reads
    /// no stored hash above that.
    pub memory_kib: u32,
    /// Passes over the memory, 2 to 20.
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

/// `[second_factor]`: who must have one, where none is asked for, and what new authenticator apps
/// are given. Those that are in use keep what they were given.
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
    /// The host of an earlier public URL whose passkeys are removed at the next start: they don't
    /// work under another.
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
