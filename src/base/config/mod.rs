//! What the operator has decided: `Leptos.toml`, overridden by `DOORWARD__SECTION__KEY` variables.
//!
//! Nothing here is guessed. An unknown key, a value of the wrong kind or two settings that
//! contradict each other stop the start, and the message names the file and line, or the variable,
//! and the reason.

mod check;
mod entries;
pub mod forward_auth;
mod providers;
mod read;
mod sections;
mod urls;
mod values;

#[cfg(test)]
mod tests;

use std::{borrow::Cow, collections::BTreeMap, fmt, path::Path, path::PathBuf};
use url::Url;

use serde::{Deserialize, de::IntoDeserializer};

pub use forward_auth::ForwardAuthConfig;
pub use providers::{Preset, ProviderConfig};
pub use read::process_environment;
pub use sections::{
    AuditConfig, DatabaseConfig, LimitsConfig, LogConfig, MailConfig, MetricsConfig, PasswordConfig,
    RegistrationConfig, SecondFactorConfig, ServerConfig, SessionConfig, SiteConfig, TokensConfig,
};
pub use urls::{DatabaseUrl, PostgresUrl, PublicUrl, SecurityContact};
pub use values::{
    AllowedFactor, Duration, LogFormat, MailSecurity, MailTransport, OnChange, RegistrationMode, SecondFactorPolicy,
    Secret, SecretKeyText, Sender, SigningAlgorithm, TotpAlgorithm,
};

/// Read from the working directory when no `--config FILE` is given; it need not exist.
pub const DEFAULT_FILE: &str = "Leptos.toml";

/// Every setting, checked; what was not set has its default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: ServerConfig,
    pub site: SiteConfig,
    pub database: DatabaseConfig,
    pub session: SessionConfig,
    pub password: PasswordConfig,
    pub second_factor: SecondFactorConfig,
    pub registration: RegistrationConfig,
    pub limits: LimitsConfig,
    pub tokens: TokensConfig,
    pub forward_auth: ForwardAuthConfig,
    pub mail: MailConfig,
    pub audit: AuditConfig,
    pub log: LogConfig,
    pub metrics: MetricsConfig,
    /// By the name that stands in their addresses.
    pub providers: BTreeMap<String, ProviderConfig>,
    /// Where each setting that is not a default was written, by key (`server.addr`).
    #[serde(skip)]
    pub sources: BTreeMap<String, Source>,
}

/// Where a setting was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Default,
    File {
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// The name of the environment variable.
    Environment(String),
}

/// Why the configuration is refused, in one line that names the place, the key and the reason and
/// never a secret value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}: cannot be read: {reason}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        reason: std::io::Error,
    },
    #[error("{}:{line}: not valid TOML: {reason}", path.display())]
    Syntax { path: PathBuf, line: usize, reason: String },
    #[error("{}{reason}", place(from, key))]
    Setting { from: Source, key: String, reason: String },
}

impl Config {
    /// An absolute address on the configured public URL; never built from what a request says (Host
    /// poisoning), and never on another host whose name begins like ours. The home page for a path
    /// that anything could read as another one than `url` does: with dots, empty segments, line
    /// breaks or separators in disguise.
    pub fn link(&self, path_and_query: &str) -> String {
        const DISGUISED: [&str; 4] = ["%2e", "%2f", "%5c", "%25"];
        let origin = self.server.public_url.origin();
        let path = path_and_query.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let is_plain = path.starts_with('/') && !path.contains("//") && !DISGUISED.iter().any(|two| path.contains(two));
        let url = Url::parse(origin).and_then(|home| home.join(path_and_query));
        let is_own = url.is_ok_and(|url| url.as_str().strip_prefix(origin) == Some(path_and_query));
        format!("{origin}{}", if is_plain && is_own { path_and_query } else { "/" })
    }

    /// Where mails are written while there is no mail server.
    pub fn mail_folder(&self) -> PathBuf {
        self.server.data_dir.join("mail")
    }

    /// Reads `file` (which must exist), or without one [`DEFAULT_FILE`] if it is there, then lays
    /// the `DOORWARD__` variables of `environment` over it (see [`process_environment`]). Also
    /// reads `mail.password_file`.
    ///
    /// # Errors
    /// The first mistake found: an unreadable or malformed file, an unknown key, a bad value,
    /// settings that contradict each other.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut settings = read::Settings::default();
        match file {
            Some(path) => settings.read_file(path)?,
            None => settings.read_file_if_there(Path::new(DEFAULT_FILE))?,
        }
        settings.read_environment(environment)?;
        Self::from_settings(settings)?.checked()
    }

    fn from_settings(settings: read::Settings) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        let mut sources = BTreeMap::new();
        let mut sections: BTreeMap<String, BTreeMap<String, read::Value>> = BTreeMap::new();
        // One more setting each time, so that a refusal is always about the one just added,
        // whichever way it was written.
        for (key, setting) in settings.by_key {
            put(&mut sections, &key, setting.value);
            config =
                Self::deserialize(sections.clone().into_deserializer()).map_err(|error: serde::de::value::Error| {
                    ConfigError::Setting { from: setting.from.clone(), key: key.clone(), reason: error.to_string() }
                })?;
            sources.insert(key, setting.from);
        }
        Ok(Self { sources, ..config })
    }

    fn checked(mut self) -> Result<Self, ConfigError> {
        check::read_password_file(&mut self)
            .and_then(|()| providers::read_secret_files(&mut self.providers))
            .and_then(|()| check::check(&self))
            .map_err(|refusal| self.refused(refusal))?;
        Ok(self)
    }

    fn refused(&self, refusal: check::Refusal) -> ConfigError {
        // Of several keys that contradict each other, blame one the operator wrote: a default has
        // no line to go to.
        let written = |key: &&Cow<'static, str>| self.sources.contains_key(key.as_ref());
        let first = refusal.keys.first().cloned().unwrap_or_default();
        let key = refusal.keys.iter().find(written).cloned().unwrap_or(first);
        ConfigError::Setting { from: self.source(&key), key: key.into_owned(), reason: refusal.reason }
    }

    /// Where `key` (`section.name`) was written.
    #[must_use]
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).cloned().unwrap_or(Source::Default)
    }

    /// The database to use: `database.url`, or the SQLite file in the data folder.
    #[must_use]
    pub fn database_url(&self) -> DatabaseUrl {
        let inside = || DatabaseUrl::Sqlite(self.server.data_dir.join("doorward.db"));
        self.database.url.clone().unwrap_or_else(inside)
    }

    /// The database that migrations go to: `database.direct_url` past a pooler, else the same as
    /// [`Self::database_url`].
    #[must_use]
    pub fn migration_url(&self) -> DatabaseUrl {
        match &self.database.direct_url {
            Some(direct) => DatabaseUrl::Postgres(direct.clone()),
            None => self.database_url(),
        }
    }

    /// The file that holds the secret key: `server.secret_key_file`, or `secret.key` in the data
    /// folder. Not used when `server.secret_key` is set.
    #[must_use]
    pub fn secret_key_file(&self) -> PathBuf {
        let inside = || self.server.data_dir.join("secret.key");
        self.server.secret_key_file.clone().unwrap_or_else(inside)
    }

    /// Every setting as (key, value, where it was written), in the order of the file, for `doorward
    /// check-config`. A secret that is set reads `(set)`, an optional setting that is not set is
    /// empty.
    #[must_use]
    pub fn describe(&self) -> Vec<(Cow<'static, str>, String, Source)> {
        let settings = self.entries().into_iter().map(|(key, value)| (Cow::Borrowed(key), value));
        let rules = self.forward_auth.rule_entries().map(|(key, value)| (Cow::Owned(key), value));
        let providers = self.providers.iter().flat_map(|(name, provider)| {
            let entry = move |(key, value)| (Cow::Owned(format!("providers.{name}.{key}")), value);
            provider.entries().into_iter().map(entry)
        });
        // Those of the rules stand below their section, those of the providers at the end.
        let all = settings.flat_map(|setting| {
            let tables = (setting.0 == forward_auth::RULES).then(|| rules.clone()).into_iter().flatten();
            std::iter::once(setting).chain(tables)
        });
        all.chain(providers).map(|(key, value)| (key.clone(), value, self.source(&key))).collect()
    }

    fn entries(&self) -> Vec<(&'static str, String)> {
        let Self {
            server,
            site,
            database,
            session,
            password,
            second_factor,
            registration,
            limits,
            tokens,
            forward_auth,
            mail,
            audit,
            log,
            metrics,
            providers: _,
            sources: _,
        } = self;
        [
            server.entries(),
            site.entries(),
            database.entries(),
            session.entries(),
            password.entries(),
            second_factor.entries(),
            registration.entries(),
            limits.entries(),
            tokens.entries(),
            forward_auth.entries(),
            mail.entries(),
            audit.entries(),
            log.entries(),
            metrics.entries(),
        ]
        .concat()
    }
}

/// Puts one value where it belongs: below its section, or into one of several tables there.
fn put(sections: &mut BTreeMap<String, BTreeMap<String, read::Value>>, key: &str, value: read::Value) {
    let (section, name) = key.split_once('.').unwrap_or((key, ""));
    let section = sections.entry(section.to_owned()).or_default();
    if let Some((tables, number, name)) = read::place_in_tables(name) {
        let tables = section.entry(tables.to_owned()).or_insert_with(|| read::Value::Tables(Vec::new()));
        put_in_tables(tables, number, name, value);
    } else if let Some((table, name)) = name.split_once('.') {
        // One of any number, by its name.
        let table = section.entry(table.to_owned()).or_insert_with(|| read::Value::Table(BTreeMap::new()));
        if let read::Value::Table(table) = table {
            table.insert(name.to_owned(), value);
        }
    } else {
        section.insert(name.to_owned(), value);
    }
}

/// `number` is counted from 1; without a `name` it only says that the table is there.
fn put_in_tables(tables: &mut read::Value, number: usize, name: Option<&str>, value: read::Value) {
    let read::Value::Tables(tables) = tables else { return };
    if tables.len() < number {
        tables.resize(number, read::Value::Table(BTreeMap::new()));
    }
    if let (Some(read::Value::Table(table)), Some(name)) = (tables.get_mut(number.saturating_sub(1)), name) {
        table.insert(name.to_owned(), value);
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(variable) => f.write_str(variable),
        }
    }
}

fn place(from: &Source, key: &str) -> String {
    match from {
        Source::Default => format!("{key}: "),
        Source::File { .. } => format!("{from}: {key}: "),
        Source::Environment(variable) => format!("{variable}: "),
    }
}
