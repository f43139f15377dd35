//! Time and randomness, passed in wherever they are needed so that tests can hold them still.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// What one clock may be ahead of another, or of itself before it was set right. A session or link
/// from further ahead was made by a clock that was wrong, and would live on for as long as that
/// clock was ahead.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// Microseconds since 1970-01-01T00:00:00Z; the one form in which a moment is stored and compared.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize, serde::Deserialize,
)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct UnixMicros(pub i64);

impl UnixMicros {
    /// This moment plus `span`, staying at the end of time instead of wrapping around to before it.
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }

    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }

    /// Whole seconds since 1970, as tokens have them.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// How long ago `earlier` was; nothing if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// `span` in microseconds, as the database stores spans.
pub fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Where "now" comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    fn now(&self) -> UnixMicros;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> UnixMicros {
        // A clock set before 1970 reads as 1970: everything with an end is then not yet over, but
        // nothing new begins to last.
        UnixMicros(micros(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
    }
}

/// Where unguessable bytes come from.
#[derive(Clone)]
pub struct Randomness(Arc<Fill>);

/// Fills a buffer with unguessable bytes.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness(..)")
    }
}

impl Randomness {
    /// The operating system's generator. Without it no secret can be made, so the process ends
    /// rather than go on guessable.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system for randomness")]
    pub fn system() -> Self {
        Self(Arc::new(|bytes| {
            if let Err(error) = getrandom::fill(bytes) {
                tracing::error!(%error, "the operating system gives no randomness: ending");
                std::process::abort();
            }
        }))
    }

    /// Bytes from `source`, for tests that need the same ones again.
    pub fn from_source(source: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    pub fn fill(&self, filled: &mut [u8]) {
        (self.0)(filled);
    }

    /// A new row id: UUID version 7 (RFC 9562), so that rows lie in the order they were made. Never
    /// used as a secret (ASVS 11.5.1).
    pub fn id(&self, now: UnixMicros) -> Uuid {
        let millis = u64::try_from(now.0 / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}
