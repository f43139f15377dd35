//! The metrics on a listener of their own. They say how many people sign in and when, so the public
//! listener never answers them.

use super::listen::{self, ListenError, ListenSettings};
use crate::base::db::Db;
use crate::base::error::AppError;
use crate::base::metrics::{Count, Metrics};
use crate::domain::limits::{Door, attacks};
use crate::domain::logins::Method;
use crate::domain::sessions::{EndReason, search};
use crate::request::app::{App, PATIENCE};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Nobody but a collector or two has business there.
const CONNECTIONS: usize = 16;
/// <https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md#overall-structure>
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Counting the open sessions reads an index entry for each; whoever scrapes more often gets the
/// same number again.
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// What is counted in this process, each from the beginning.
pub fn counted() -> Metrics {
    let started = Method::all().map(|method| Count::Started(method.name()));
    let ended = EndReason::ALL.iter().map(|reason| Count::Ended(reason.name()));
    let tries = Door::ALL.iter().flat_map(|door| [Count::Failed(door.name()), Count::Refused(door.name())]);
    let letters = [Door::Register, Door::ForgotPassword].map(|door| Count::Withheld(door.name()));
    Metrics::new(started.chain(ended).chain(tries).chain(letters))
}

/// What the listener of the metrics answers, and all it does.
pub fn router(app: &App) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(app.clone())
}

/// Without the database the open sessions are not known, and an old number would pass for theirs:
/// 503, which the collector notes.
async fn scrape(State(app): State<App>) -> Response {
    match tokio::time::timeout(PATIENCE, text(&app.db)).await.unwrap_or(Err(AppError::Unavailable)) {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, OPEN_METRICS),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, text).into_response()
        }
        Err(error) => error.status().into_response(),
    }
}

async fn text(db: &Db) -> Result<String, AppError> {
    let metrics = db.metrics();
    let mut looked_up = metrics.looked_up().await;
    if looked_up.is_none_or(|at| at.elapsed() >= COUNT_EVERY) {
        let now = db.now();
        metrics.set(search::count(db, now).await?, attacks::count_under_way(db, now).await?);
        *looked_up = Some(Instant::now());
    }
    drop(looked_up);
    metrics.text().map_err(|error| {
        tracing::error!(%error, "the metrics can't be written");
        AppError::Internal
    })
}

/// Why the metrics can't be served; said to the operator at start.
#[derive(Debug, thiserror::Error)]
#[error("metrics.addr: cannot listen on {addr}: {source}")]
pub struct NotServed {
    addr: SocketAddr,
    source: io::Error,
}

/// Serves the metrics at `metrics.addr`, if there is one, for as long as it is polled.
///
/// # Errors
/// When the address can't be bound. Whatever happens later is logged: people go on signing in
/// without metrics.
pub async fn serve(app: &App) -> Result<(), NotServed> {
    let Some(addr) = app.config.metrics.addr else { return pending().await };
    let settings = ListenSettings {
        addr,
        tls: None,
        redirect_addr: None,
        public_origin: String::new(),
        shutdown_timeout: Duration::ZERO,
        connections: CONNECTIONS,
    };
    let bound = |bound: listen::Bound| tracing::info!(addr = %bound.addr, "metrics are served");
    match listen::serve(router(app), settings, bound, pending()).await {
        Err(ListenError::Bind { addr, source }) => Err(NotServed { addr, source }),
        ended => {
            tracing::error!(?ended, "metrics are not served any more");
            pending().await
        }
    }
}
