//! Figures for the operator's monitoring, on a listener of their own. They say how many people sign in and when, so the public
//! listener never answers them.

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::domain::limits::{Door, attacks};
use crate::domain::logins::Method;
use crate::domain::sessions::{EndReason, search};
use crate::request::app::{App, PATIENCE};
use crate::run::listen::{self, ListenError, ListenSettings};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Counting the open sessions reads an index entry for each; whoever scrapes more often gets the same number again.
const COUNT_EVERY: Duration = Duration::from_secs(10);
/// Nobody but a collector or two has business there.
const CONNECTIONS: usize = 16;
/// <https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md#overall-structure>
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// One label and its value, from a closed list: nobody can make this process remember ever more of them.
type Label = [(&'static str, &'static str); 1];

/// What this process has counted since its start.
pub struct Metrics {
    registry: Registry,
    started: Family<Label, Counter>,
    ended: Family<Label, Counter>,
    open: Gauge,
    failed: Family<Label, Counter>,
    refused: Family<Label, Counter>,
    withheld: Family<Label, Counter>,
    attacks: Gauge,
    /// When the open sessions were counted.
    counted: Mutex<Option<Instant>>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(..)")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let (started, ended, open) = (Family::default(), Family::default(), Gauge::default());
        let mut registry = Registry::with_prefix("doorward");
        registry.register("sessions_open", "Sessions that are open now, on all nodes", open.clone());
        registry.register(
            "sessions_started",
            "Sessions that began on this node since its start, by how their owner proved who they are",
            started.clone(),
        );
        registry.register("sessions_ended", "Sessions that this node ended since its start, by why", ended.clone());
        let (failed, refused, withheld) = (Family::default(), Family::default(), Family::default());
        let attacks = Gauge::default();
        registry.register(
            "tries_failed",
            "Tries that this node found wrong since its start, by the door",
            failed.clone(),
        );
        registry.register(
            "tries_refused",
            "Tries that had to wait and were not looked at, by the door",
            refused.clone(),
        );
        registry.register(
            "mails_withheld",
            "Letters not written since too many were asked for, by the door",
            withheld.clone(),
        );
        registry.register("attacks_under_way", "Attacks that go on now, on all nodes", attacks.clone());
        let metrics =
            Self { registry, started, ended, open, failed, refused, withheld, attacks, counted: Mutex::new(None) };
        // Each stands there from the beginning: a series that appears at 1 hides its first increase.
        for method in Method::all() {
            drop(metrics.started_by(method));
        }
        for reason in EndReason::ALL {
            drop(metrics.ended_by(*reason));
        }
        for door in Door::ALL {
            drop((metrics.failed_at(*door), metrics.refused_at(*door)));
        }
        for door in [Door::Register, Door::ForgotPassword] {
            drop(metrics.withheld_at(door));
        }
        metrics
    }
}

impl Metrics {
    /// Counts the sessions that begin with this method.
    pub fn started_by(&self, method: Method) -> Counter {
        self.started.get_or_create(&[("method", method.name())]).clone()
    }

    fn ended_by(&self, reason: EndReason) -> Counter {
        self.ended.get_or_create(&[("reason", reason.name())]).clone()
    }

    /// Counts the tries at this door that were wrong.
    pub fn failed_at(&self, door: Door) -> Counter {
        self.failed.get_or_create(&[("door", door.name())]).clone()
    }

    /// Counts the tries at this door that had to wait.
    pub fn refused_at(&self, door: Door) -> Counter {
        self.refused.get_or_create(&[("door", door.name())]).clone()
    }

    /// Counts the letters that were not written.
    pub fn withheld_at(&self, door: Door) -> Counter {
        self.withheld.get_or_create(&[("door", door.name())]).clone()
    }

    /// Counts a session that `tx` ends, once that holds.
    pub fn count_ended(&self, tx: &mut Tx, reason: EndReason) {
        let counter = self.ended_by(reason);
        tx.once_committed(move || {
            counter.inc();
        });
    }

    async fn text(&self, app: &App) -> Result<String, AppError> {
        // Held while counting: of several scrapes at once one asks the database and the others wait for it.
        let mut counted = self.counted.lock().await;
        if counted.is_none_or(|at| at.elapsed() >= COUNT_EVERY) {
            self.open.set(search::count(&app.db, app.clock.now()).await?);
            self.attacks.set(attacks::count_under_way(&app.db, app.clock.now()).await?);
            *counted = Some(Instant::now());
        }
        drop(counted);
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(|error| {
            tracing::error!(%error, "the metrics can't be written");
            AppError::Internal
        })?;
        Ok(text)
    }
}

/// What the listener of the metrics answers, and all it does.
pub fn router(app: &App) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(app.clone())
}

/// Without the database the open sessions are not known, and an old number would pass for theirs: 503, which the collector notes.
async fn scrape(State(app): State<App>) -> Response {
    let text = tokio::time::timeout(PATIENCE, app.metrics.text(&app)).await.unwrap_or(Err(AppError::Unavailable));
    match text {
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
/// When the address can't be bound. Whatever happens later is logged: people go on signing in without metrics.
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
