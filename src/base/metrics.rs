//! Figures for the operator's monitoring: what this process has counted since its start.
//! `run/metrics.rs` answers with them.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Mutex, MutexGuard};

/// One label and its value, from a closed list: nobody can make this process remember ever more of
/// them.
type Label = [(&'static str, &'static str); 1];

/// What is counted, by the names that stand in its label.
#[derive(Clone, Copy, Debug)]
pub enum Count {
    /// A session began, by this method.
    Started(&'static str),
    /// A session was ended on this node, for this reason.
    Ended(&'static str),
    /// A try at this door was wrong.
    Failed(&'static str),
    /// A try at this door had to wait.
    Refused(&'static str),
    /// A letter that was asked for at this door was not written.
    Withheld(&'static str),
}

/// What this process has counted since its start. Cloning is cheap: all clones count together.
#[derive(Clone)]
pub struct Metrics(Arc<Counted>);

struct Counted {
    registry: Registry,
    started: Family<Label, Counter>,
    ended: Family<Label, Counter>,
    failed: Family<Label, Counter>,
    refused: Family<Label, Counter>,
    withheld: Family<Label, Counter>,
    open: Gauge,
    attacks: Gauge,
    /// When the last two were looked up.
    looked_up: Mutex<Option<Instant>>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(..)")
    }
}

impl Metrics {
    /// With each of `known` at 0: a series that appears at 1 hides its first increase.
    pub fn new(known: impl IntoIterator<Item = Count>) -> Self {
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
        let counted =
            Counted { registry, started, ended, failed, refused, withheld, open, attacks, looked_up: Mutex::new(None) };
        for count in known {
            drop(counted.counter(count));
        }
        Self(Arc::new(counted))
    }

    pub fn count(&self, count: Count) {
        self.0.counter(count).inc();
    }

    /// When [`Self::set`] was last said. Held while it is looked up: of several scrapes at once one
    /// does, and the others wait for it.
    pub async fn looked_up(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.looked_up.lock().await
    }

    /// How many sessions are open on all nodes, and how many attacks go on.
    pub fn set(&self, open_sessions: i64, attacks: i64) {
        self.0.open.set(open_sessions);
        self.0.attacks.set(attacks);
    }

    /// All of it in the format of OpenMetrics.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

impl Counted {
    fn counter(&self, count: Count) -> Counter {
        let (family, label) = match count {
            Count::Started(method) => (&self.started, ("method", method)),
            Count::Ended(reason) => (&self.ended, ("reason", reason)),
            Count::Failed(door) => (&self.failed, ("door", door)),
            Count::Refused(door) => (&self.refused, ("door", door)),
            Count::Withheld(door) => (&self.withheld, ("door", door)),
        };
        family.get_or_create(&[label]).clone()
    }
}
