//! The server half: its nouns, and what every handler is given.
//!
//! Data flows one way: a feature file (`src/sign_in.rs`, …) calls a noun file here, a noun file calls `db.rs`, never back.

pub mod accounts;
pub mod assets;
pub mod audit;
pub mod cli;
pub mod client_address;
pub mod clock;
pub mod config;
pub mod cross_site;
pub mod db;
pub mod devices;
pub mod error_status;
pub mod evictions;
pub mod factor_resets;
pub mod factors;
pub mod freezes;
pub mod headers;
pub mod health;
pub mod links;
pub mod listen;
pub mod logins;
pub mod loopback;
pub mod mail;
pub mod metrics;
pub mod one_use_token;
pub mod passwords;
pub mod pending;
pub mod places;
pub mod refused;
pub mod router;
pub mod sessions;
pub mod set_up;
pub mod start;
pub mod tasks;
pub mod vault;

pub mod visitor;
pub mod well_known;
pub mod words;

use crate::error::AppError;
use assets::Assets;
use axum::extract::FromRef;
use clock::{Clock, Randomness};
use config::Config;
use db::Db;
use leptos::prelude::{LeptosOptions, use_context};
use mail::outbox::Outbox;
use metrics::Metrics;
use passwords::{HashRefused, Hasher, PasswordRefused, PasswordRules};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
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
    pub hasher: Hasher,
    pub password_rules: PasswordRules,
    /// Turns at judging passwords while they are typed.
    pub meter: Arc<tokio::sync::Semaphore>,
    pub outbox: Arc<Outbox>,
    pub assets: Arc<Assets>,
    pub places: places::Places,
    pub metrics: Metrics,
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
        self.config.server.data_dir.join("mail")
    }

    /// An absolute address on the configured public URL; never built from what a request says (Host poisoning).
    pub fn link(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.config.server.public_url.origin())
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
