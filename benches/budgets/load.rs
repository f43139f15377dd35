//! Load on a server: as much as it takes, or so much a second.

use crate::client::{Answer, ClientError, Connection};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("an answer was not the expected one: status {status}, Location {location:?}")]
    Unexpected { status: u16, location: Option<String> },
    #[error("a part of the load ended early: {0}")]
    Lost(#[from] tokio::task::JoinError),
}

/// What is asked, in turn, and what a right answer looks like: a faster wrong one must not count.
#[derive(Clone)]
pub struct Target {
    pub server: SocketAddr,
    pub requests: Arc<Vec<Vec<u8>>>,
    pub is_right: fn(&Answer<'_>) -> bool,
}

impl Target {
    async fn ask(&self, connection: &mut Connection, number: usize) -> Result<(), LoadError> {
        // Never empty: each measurement makes its requests first.
        let Some(request) = self.requests.get(number % self.requests.len().max(1)) else { return Ok(()) };
        let answer = connection.ask(request).await?;
        if (self.is_right)(&answer) {
            return Ok(());
        }
        Err(LoadError::Unexpected { status: answer.status, location: answer.header("location").map(str::to_owned) })
    }

    /// Right answers a second over `span`, each of `connections` asking again as soon as it is answered.
    pub async fn throughput(&self, connections: usize, span: Duration) -> Result<f64, LoadError> {
        let begin = Instant::now();
        let mut asking = JoinSet::new();
        for first in 0..connections {
            let target = self.clone();
            asking.spawn(async move {
                let mut connection = Connection::open(target.server).await?;
                let mut answered = 0_u32;
                for number in (first..).step_by(connections) {
                    target.ask(&mut connection, number).await?;
                    answered += 1;
                    if begin.elapsed() >= span {
                        break;
                    }
                }
                Ok::<_, LoadError>(answered)
            });
        }
        let mut answered = 0.0;
        while let Some(one) = asking.join_next().await {
            answered += f64::from(one??);
        }
        Ok(answered / begin.elapsed().as_secs_f64())
    }

    /// How long each answer takes at `per_second` requests spread evenly over `connections` for `span`.
    ///
    /// A request whose turn came while its connection still waited counts from its turn on, so that a server that
    /// stalls is not asked less (coordinated omission).
    pub async fn latencies(
        &self,
        connections: u32,
        per_second: u32,
        span: Duration,
    ) -> Result<Vec<Duration>, LoadError> {
        let begin = Instant::now();
        let every = Duration::from_secs(1) * connections / per_second;
        let mut asking = JoinSet::new();
        for first in 0..connections {
            let target = self.clone();
            asking.spawn(async move {
                let mut connection = Connection::open(target.server).await?;
                let mut took = Vec::new();
                let mut turn = begin + every * first / connections;
                for number in (first as usize..).step_by(connections as usize) {
                    if turn >= begin + span {
                        break;
                    }
                    let from = if Instant::now() < turn {
                        tokio::time::sleep_until(turn.into()).await;
                        // Not the turn itself: the timer is only good to a millisecond, and that is not the server's.
                        Instant::now()
                    } else {
                        turn
                    };
                    target.ask(&mut connection, number).await?;
                    took.push(from.elapsed());
                    turn += every;
                }
                Ok::<_, LoadError>(took)
            });
        }
        let mut took = Vec::new();
        while let Some(one) = asking.join_next().await {
            took.extend(one??);
        }
        Ok(took)
    }
}

/// Two figures that were measured in turn, time and again.
#[derive(Default)]
pub struct Rounds(Vec<(f64, f64)>);

impl Rounds {
    pub fn add(&mut self, one: f64, other: f64) {
        self.0.push((one, other));
    }

    /// The median of one to the other within a round.
    pub fn ratio(&self) -> f64 {
        median(self.0.iter().map(|(one, other)| one / other).collect())
    }

    /// Each for itself; their ratio may be another than [`Self::ratio`].
    pub fn medians(&self) -> (f64, f64) {
        (median(self.0.iter().map(|round| round.0).collect()), median(self.0.iter().map(|round| round.1).collect()))
    }

    pub fn per_second(&self) -> String {
        let (one, other) = self.medians();
        format!("{one:.0}/s against {other:.0}/s")
    }
}

/// The middle one.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// In milliseconds: 99 of 100 took no longer.
pub fn p99(mut took: Vec<Duration>) -> f64 {
    took.sort();
    let last = (took.len() * 99).div_ceil(100).saturating_sub(1);
    took.get(last).map_or(f64::NAN, |took| took.as_secs_f64() * 1000.0)
}
