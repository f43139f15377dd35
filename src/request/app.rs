//! What every handler is given.

use crate::base::clock::{Clock, Randomness};
use crate::base::config::Config;
use crate::base::db::Db;
use crate::base::error::AppError;
use crate::base::locations::Places;
use crate::base::own_path::own_or_home;
use crate::base::passwords::{
    HashRefused, Hasher, NewPassword, PasswordRefused, PasswordRules, PlainPassword, StandIns, check_new,
};
use crate::base::secret::Secret;
use crate::base::vault::Vault;
use crate::domain::factors::passkeys::ceremonies::Ceremonies;
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::mail::outbox::Outbox;
use crate::domain::metrics::Metrics;
use crate::domain::providers::Providers;
use crate::request::assets::Assets;
use crate::request::under_way::UnderWay;
use axum::extract::FromRef;
use leptos::prelude::{LeptosOptions, use_context};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A database that hangs is given up after this: an answer comes within 2 s.
pub const PATIENCE: Duration = Duration::from_millis(1900);

/// What every handler works with. Cloning is cheap.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// The parts of an [`App`].
pub struct Shared {
    pub config: Config,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub randomness: Randomness,
    pub vault: Vault,
    /// None where the public URL has no name to bind passkeys to.
    pub relying_party: Option<RelyingParty>,
    pub hasher: Hasher,
    pub stand_ins: StandIns,
    pub password_rules: PasswordRules,
    /// Turns at judging passwords while they are typed.
    pub meter: Arc<tokio::sync::Semaphore>,
    pub outbox: Arc<Outbox>,
    pub assets: Arc<Assets>,
    pub places: Places,
    pub providers: Providers,
    pub metrics: Metrics,
    pub under_way: UnderWay,
    /// The description of the API for programs (OpenAPI), which a page tells to people.
    pub describe_api: fn() -> serde_json::Value,
    pub leptos: LeptosOptions,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<App> for LeptosOptions {
    fn from_ref(app: &App) -> Self {
        app.leptos.clone()
    }
}

impl App {
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// The application behind the request being answered.
    pub fn current() -> Result<Self, AppError> {
        use_context::<Self>().ok_or_else(|| {
            tracing::error!("a server function ran outside a request");
            AppError::Internal
        })
    }

    /// Where mails are written while there is no mail server.
    pub fn mail_folder(&self) -> PathBuf {
        self.config.mail_folder()
    }

    /// Asking for passkeys and checking what comes back. `NotFound` where there are none.
    pub fn ceremonies(&self) -> Result<Ceremonies<'_>, AppError> {
        let party = self.relying_party.as_ref().ok_or(AppError::NotFound)?;
        Ok(Ceremonies { party, vault: &self.vault, now: self.clock.now() })
    }

    /// Checks a password that somebody chose, of `minimum` characters or more (`factors::policy::password_minimum`), and hashes it. Done
    /// before any transaction: a hash takes long. `person` is their e-mail, username and display name, as far as there are any.
    pub async fn new_password(&self, typed: &Secret, minimum: u16, person: &[&str]) -> Result<NewPassword, AppError> {
        let password = PlainPassword::parse(typed.0.clone())?;
        check_new(&password, &self.password_rules.at_least(minimum), person)?;
        let stands_alone = password.length() >= self.password_rules.minimum;
        Ok(NewPassword { hash: self.hasher.hash(&password, self.randomness.bytes()).await?, stands_alone })
    }

    /// An absolute address on the configured public URL; never built from what a request says (Host poisoning), and never on another
    /// host whose name begins like ours.
    pub fn link(&self, path_and_query: &str) -> String {
        format!("{}{}", self.config.server.public_url.origin(), own_or_home(path_and_query))
    }
}

impl From<HashRefused> for AppError {
    fn from(refused: HashRefused) -> Self {
        match refused {
            HashRefused::Busy => Self::TooBusy,
            HashRefused::Failed => Self::Unavailable,
        }
    }
}

impl From<PasswordRefused> for AppError {
    fn from(refused: PasswordRefused) -> Self {
        match refused {
            PasswordRefused::Empty => Self::PasswordMissing,
            PasswordRefused::TooShort { minimum } => {
                Self::PasswordTooShort { minimum: u16::try_from(minimum).unwrap_or(u16::MAX) }
            }
            PasswordRefused::TooLong => Self::PasswordTooLong,
            PasswordRefused::Nul => Self::BadRequest,
            PasswordRefused::Common => Self::PasswordCommon,
            PasswordRefused::Personal => Self::PasswordPersonal,
        }
    }
}
