//! The server half: its nouns, and what every handler is given.
//!
//! Data flows one way: a feature file (`src/sign_in.rs`, …) calls a noun file here, a noun file calls `db.rs`, never back.

pub mod access_tokens;
pub mod accounts;
pub mod administration;
pub mod api;
pub mod assets;
pub mod audit;
pub mod backup;
pub mod cells;
pub mod cli;
pub mod client_address;
pub mod clock;
pub mod config;
pub mod cross_site;
pub mod db;
pub mod deletions;
pub mod devices;
pub mod directory;
pub mod disables;
pub mod email_changes;
pub mod error_status;
pub mod evictions;
pub mod factor_resets;
pub mod factors;
pub mod figures;
pub mod first_start;
pub mod forward_auth;
pub mod freezes;
pub mod groups;
pub mod header_text;
pub mod headers;
pub mod health;
pub mod imports;
pub mod invitations;
pub mod limits;
pub mod links;
pub mod listen;
pub mod logins;
pub mod loopback;
pub mod mail;
pub mod metrics;
pub mod newcomers;
pub mod one_use_token;
pub mod output;
pub mod pages;
pub mod password_resets;
pub mod password_sign_in;
pub mod passwords;
pub mod pending;
pub mod personal_data;
pub mod personal_tokens;
pub mod places;
pub mod program_sessions;
pub mod providers;
pub mod reader;
pub mod refresh_tokens;
pub mod refused;
pub mod roles;
pub mod router;
pub mod scopes;
pub mod sessions;
pub mod set_up;
pub mod signing_keys;
pub mod start;
pub mod taking_back;
pub mod tasks;
pub mod token_text;
pub mod trusted;
pub mod typed;
pub mod under_way;
pub mod unicode;
pub mod vault;

pub mod visitor;
pub mod well_known;
pub mod words;

use crate::error::AppError;
use crate::own_path::own_or_home;
use crate::secret::Secret;
use assets::Assets;
use axum::extract::FromRef;
use clock::{Clock, Randomness};
use config::Config;
use db::Db;
use factors::passkeys::ceremonies::Ceremonies;
use factors::passkeys::relying_party::RelyingParty;
use leptos::prelude::{LeptosOptions, use_context};
use mail::outbox::Outbox;
use metrics::Metrics;
use passwords::{HashRefused, Hasher, NewPassword, PasswordRefused, PasswordRules, PlainPassword, StandIns, check_new};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use under_way::UnderWay;
use vault::Vault;

/// A database that hangs is given up after this: an answer comes within 2 s.
const PATIENCE: Duration = Duration::from_millis(1900);

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
    pub places: places::Places,
    pub providers: providers::Providers,
    pub metrics: Metrics,
    pub under_way: UnderWay,
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
        start::mail_folder(&self.config)
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
