//! What every handler is given.

use crate::base::clock::{Clock, Randomness};
use crate::base::config::Config;
use crate::base::db::Db;
use crate::base::error::AppError;
use crate::base::locations::Places;
use crate::base::passwords::Passwords;
use crate::base::vault::Vault;
use crate::base::visit::Visit;
use crate::domain::factors::passkeys::ceremonies::Ceremonies;
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::mail::outbox::Outbox;
use crate::domain::providers::Providers;
use crate::request::assets::Assets;
use crate::request::under_way::UnderWay;
use crate::request::visit;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use leptos::prelude::{LeptosOptions, use_context};
use std::convert::Infallible;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A database that hangs is given up after this: an answer comes within 2 s.
pub const PATIENCE: Duration = Duration::from_millis(1900);

/// What every handler works with. Cloning is cheap.
#[derive(Clone)]
pub struct App {
    /// For whoever sent the request that is being answered; for nobody outside of one.
    pub db: Db,
    shared: Arc<Shared>,
}

/// The parts of an [`App`].
pub struct Shared {
    pub config: Arc<Config>,
    pub clock: Arc<dyn Clock>,
    pub randomness: Randomness,
    pub vault: Vault,
    /// None where the public URL has no name to bind passkeys to.
    pub relying_party: Option<RelyingParty>,
    pub passwords: Passwords,
    /// Turns at judging passwords while they are typed.
    pub meter: Arc<tokio::sync::Semaphore>,
    pub outbox: Arc<Outbox>,
    pub assets: Arc<Assets>,
    pub places: Places,
    pub providers: Providers,
    pub under_way: UnderWay,
    /// The description of the API for programs (OpenAPI), which a page tells to people.
    pub describe_api: fn() -> serde_json::Value,
    pub leptos: LeptosOptions,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl FromRef<App> for LeptosOptions {
    fn from_ref(app: &App) -> Self {
        app.leptos.clone()
    }
}

/// For whoever sent the request: what every handler asks for, rather than the state, which knows
/// nobody.
impl FromRequestParts<Self> for App {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Self) -> Result<Self, Infallible> {
        Ok(app.visited_by(visit::of(&parts.headers, &parts.extensions)))
    }
}

impl App {
    pub fn new(db: Db, shared: Shared) -> Self {
        Self { db, shared: Arc::new(shared) }
    }

    /// The application behind the request being answered by a page or a server function.
    pub fn current() -> Result<Self, AppError> {
        use_context::<Self>().ok_or_else(|| {
            tracing::error!("a server function ran outside a request");
            AppError::Internal
        })
    }

    /// The same one, for whoever sent one request.
    #[must_use]
    pub fn visited_by(&self, visit: Visit) -> Self {
        Self { db: self.db.visited_by(visit), shared: Arc::clone(&self.shared) }
    }

    /// Where mails are written while there is no mail server.
    pub fn mail_folder(&self) -> PathBuf {
        self.config.mail_folder()
    }

    /// Asking for passkeys and checking what comes back. `NotFound` where there are none.
    pub fn ceremonies(&self) -> Result<Ceremonies<'_>, AppError> {
        Ceremonies::of(&self.db, self.relying_party.as_ref())
    }

    /// See [`Config::link`].
    pub fn link(&self, path_and_query: &str) -> String {
        self.config.link(path_and_query)
    }
}
