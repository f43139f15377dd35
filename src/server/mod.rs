//! The server half: what a request passes through, in order, and what every handler is given.
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
pub mod error_status;
pub mod headers;
pub mod health;
pub mod links;
pub mod listen;
pub mod logins;
pub mod mail;
pub mod passwords;
pub mod sessions;
pub mod set_up;
pub mod start;
pub mod tasks;
pub mod vault;

pub mod visitor;
pub mod words;

use crate::app;
use crate::error::AppError;
use crate::paths;
use assets::Assets;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Request};
use axum::middleware::{from_fn_with_state, map_request};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use clock::{Clock, Randomness};
use config::Config;
use db::Db;
use headers::HeaderSettings;
use http::{HeaderMap, header};
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use mail::outbox::Outbox;
use passwords::{HashRefused, Hasher, PasswordRefused, PasswordRules};
use start::StartError;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use vault::Vault;

/// The largest form: a password of 1,024 bytes, percent-encoded, with room for the fields beside it.
const BODY_LIMIT: usize = 32 * 1024;
/// Longer than the slowest page; a client that stalls gives its place up.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

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

/// Everything Doorward answers. The order of the layers is the order in which a request meets them, from the bottom up.
pub fn router(app: &App) -> Result<Router, StartError> {
    let public_url = &app.config.server.public_url;
    let context = {
        let app = app.clone();
        move || provide_context(app.clone())
    };
    let shell = {
        let options = app.leptos.clone();
        move || app::shell(options.clone())
    };
    let pages = Router::new()
        .leptos_routes_with_context(app, generate_route_list(app::App), context.clone(), shell.clone())
        .fallback(leptos_axum::render_app_async_with_context(context, shell))
        .layer(from_fn_with_state(app.clone(), visitor::resolve))
        .with_state(app.clone());
    // Reads the refusal it rewrites, so it comes before the compression.
    let pages = error_status::error_status(pages).layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    let pages = cross_site::form_referer(pages, &public_url.origin().parse()?, paths::page_of_form);

    let files = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/.well-known/change-password", get(|| async { Redirect::to("/account/password") }))
        .with_state(app.clone())
        .merge(app.assets.clone().router());

    let all = files.merge(pages).layer(DefaultBodyLimit::max(BODY_LIMIT)).layer(RequestBodyLimitLayer::new(BODY_LIMIT));
    let all = cross_site::refuse_cross_site(all, public_url.origin())?;
    let all = all.layer(TimeoutLayer::with_status_code(http::StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT));
    let all = client_address::client_address(all, app.config.server.trusted_proxies.clone())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(request_span)
                .on_request(())
                .on_response(DefaultOnResponse::new().level(tracing::Level::DEBUG)),
        )
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        // An id of the client's own choosing would let it pass for another request in the logs.
        .layer(map_request(async |mut request: Request| {
            request.headers_mut().remove("x-request-id");
            request
        }))
        .layer(CatchPanicLayer::custom({
            let app = app.clone();
            move |_| error_page(&app, AppError::Internal, &HeaderMap::new())
        }));
    Ok(headers::security_headers(all, &HeaderSettings { https: public_url.is_https() }))
}

/// Method, path and id of a request. Never its query, cookies or body: those carry links, sessions and passwords.
fn request_span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

/// The whole answer when no page can be made: for a browser a plain page, for a program the error as JSON.
pub fn error_page(app: &App, error: AppError, headers: &HeaderMap) -> Response {
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("json"));
    let mut response = if wants_json {
        axum::Json(error_status::describe(error)).into_response()
    } else {
        // A page after all, with its style sheet; a nonce would be of no use to it.
        ([(header::CONTENT_SECURITY_POLICY, headers::page_policy("", None))], Html(app::plain_page(&app.leptos, error)))
            .into_response()
    };
    *response.status_mut() = error.status();
    if let Some(seconds) = error.retry_after_seconds() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
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
