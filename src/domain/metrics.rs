//! Figures for the operator's monitoring: what this process has counted since its start. `run/metrics.rs` answers with them.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::limits::{Door, attacks};
use crate::domain::logins::Method;
use crate::domain::sessions::{EndReason, search};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::fmt;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Counting the open sessions reads an index entry for each; whoever scrapes more often gets the same number again.
const COUNT_EVERY: Duration = Duration::from_secs(10);

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

    /// All of it in the format of OpenMetrics, with how many sessions are open on all nodes.
    pub async fn text(&self, db: &Db, now: UnixMicros) -> Result<String, AppError> {
        // Held while counting: of several scrapes at once one asks the database and the others wait for it.
        let mut counted = self.counted.lock().await;
        if counted.is_none_or(|at| at.elapsed() >= COUNT_EVERY) {
            self.open.set(search::count(db, now).await?);
            self.attacks.set(attacks::count_under_way(db, now).await?);
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
