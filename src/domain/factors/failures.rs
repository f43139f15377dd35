//! Wrong codes in a row, and how long the next one has to wait.
//!
//! Five are free; after each further one the wait doubles, from a minute to an hour. Somebody who
//! knows the password and goes on guessing gets 11 tries in the first two hours and 24 a day from
//! then on: 8,800 in a year, below the N/100 that are accepted for a code of N = 1,000,000 (ASVS
//! 6.5.2, 6.6.3). The owner is written to at the fifth.
//!
//! They are counted for the account. From a browser in which the account's second factor was shown
//! before they are counted for that browser alone, with the same rule: whoever guesses elsewhere
//! can't make the owner wait there, and whoever stole such a browser's cookie has its tries and no
//! others. All counters together allow 8,800 a year for each such browser and once more for all the
//! unknown ones. Nobody makes more of them by guessing: a browser gets a counter only after a right
//! code, by which whoever sent it is in; an account has at most 100, most people two or three; a
//! thief must take each from another browser; and a change of the factors, or of the password
//! elsewhere, takes them all away.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Tx, on};
use crate::domain::accounts::AccountId;
use crate::domain::devices::KnownDevice;
use std::time::Duration;
use uuid::Uuid;

/// Wrong codes before the first wait.
pub const FREE: i64 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// What wrong codes are counted for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counter {
    Account(AccountId),
    Device(KnownDevice),
}

/// The statements about one table of counters.
struct Statements {
    take: &'static str,
    put_right: &'static str,
    add: &'static str,
    forget: &'static str,
    count: &'static str,
}

macro_rules! statements {
    ($table:literal, $key:literal) => {
        Statements {
            take: concat!(
                "INSERT INTO ",
                $table,
                " (",
                $key,
                ", failures, last_failed_at) VALUES ($1, 0, $2) ON CONFLICT (",
                $key,
                ") DO UPDATE SET failures = ",
                $table,
                ".failures RETURNING failures, last_failed_at"
            ),
            put_right: concat!("UPDATE ", $table, " SET last_failed_at = $2 WHERE ", $key, " = $1"),
            add: concat!("UPDATE ", $table, " SET failures = failures + 1, last_failed_at = $2 WHERE ", $key, " = $1"),
            forget: concat!("DELETE FROM ", $table, " WHERE ", $key, " = $1"),
            count: concat!("SELECT COALESCE(MAX(failures), 0) FROM ", $table, " WHERE ", $key, " = $1"),
        }
    };
}

impl Counter {
    pub(super) fn of(account: AccountId, known: Option<KnownDevice>) -> Self {
        known.map_or(Self::Account(account), Self::Device)
    }

    fn key(self) -> Uuid {
        match self {
            Self::Account(account) => account.0,
            Self::Device(device) => device.id().0,
        }
    }

    fn statements(self) -> &'static Statements {
        const OF_ACCOUNTS: &Statements = &statements!("factor_failures", "account_id");
        const OF_DEVICES: &Statements = &statements!("device_failures", "device_id");
        match self {
            Self::Account(_) => OF_ACCOUNTS,
            Self::Device(_) => OF_DEVICES,
        }
    }
}

/// How often the last codes were wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    count: i64,
    last: UnixMicros,
}

impl Failures {
    /// How long no code is looked at, if at all.
    pub fn wait(self, now: UnixMicros) -> Option<Duration> {
        let beyond = self.count.checked_sub(FREE).filter(|beyond| *beyond >= 0)?;
        let doublings = u32::try_from(beyond).unwrap_or(u32::MAX);
        let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_WAIT);
        let left = self.last.after(wait).since(now).min(wait);
        (!left.is_zero()).then_some(left)
    }
}

/// The failures so far. Their row stays locked until the commit, so that of codes that come at once
/// each is counted before the next is looked at.
pub(super) async fn take(tx: &mut Tx, counter: Counter, now: UnixMicros) -> Result<Failures, sqlx::Error> {
    let Statements { take, put_right, .. } = counter.statements();
    let (count, last): (i64, UnixMicros) =
        on!(tx, |connection| sqlx::query_as(*take).bind(counter.key()).bind(now).fetch_one(connection).await)?;
    if last > now.after(CLOCK_TOLERANCE) {
        // Counted by a clock that was ahead: the wait begins now, instead of lasting for as long as
        // that clock was wrong.
        on!(tx, |connection| sqlx::query(*put_right)
            .bind(counter.key())
            .bind(now)
            .execute(connection)
            .await
            .map(|_| ()))?;
        return Ok(Failures { count, last: now });
    }
    Ok(Failures { count, last })
}

pub(super) async fn add(tx: &mut Tx, counter: Counter, now: UnixMicros) -> Result<(), sqlx::Error> {
    let add = counter.statements().add;
    on!(tx, |connection| sqlx::query(add).bind(counter.key()).bind(now).execute(connection).await.map(|_| ()))
}

pub(super) async fn forget(tx: &mut Tx, counter: Counter) -> Result<(), sqlx::Error> {
    let forget = counter.statements().forget;
    on!(tx, |connection| sqlx::query(forget).bind(counter.key()).execute(connection).await.map(|_| ()))
}

/// Wrong codes in a row where one from this browser counts, after a [`super::check`] in the same
/// transaction. When it is [`FREE`], the first wait has just begun.
pub async fn in_a_row(tx: &mut Tx, account: AccountId, known: Option<KnownDevice>) -> Result<i64, sqlx::Error> {
    let counter = Counter::of(account, known);
    let count = counter.statements().count;
    on!(tx, |connection| sqlx::query_scalar(count).bind(counter.key()).fetch_one(connection).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn waits_begin_after_the_fifth_failure_and_double_up_to_an_hour() {
        let now = UnixMicros(1_772_366_400_000_000);
        let minutes = |count| Failures { count, last: now }.wait(now).map(|wait| wait.as_secs() / 60);
        let waits: Vec<_> = (0..14).map(minutes).collect();
        let some = [1, 2, 4, 8, 16, 32, 60, 60, 60].map(Some);
        assert_eq!(waits, [&[None; 5][..], &some].concat());
        assert_eq!(minutes(i64::MAX), Some(60));
    }

    #[test]
    fn a_wait_runs_out_and_is_never_longer_than_it_was_by_a_clock_that_was_put_back() {
        let now = UnixMicros(1_772_366_400_000_000);
        let failures = Failures { count: 6, last: now };
        assert_eq!(failures.wait(now.after(MINUTE)), Some(MINUTE));
        assert_eq!(failures.wait(now.after(2 * MINUTE)), None);
        assert_eq!(failures.wait(now.before(4 * MINUTE)), Some(2 * MINUTE));
    }

    #[test]
    fn a_year_of_guessing_stays_below_a_hundredth_of_all_codes() {
        let (mut now, mut count) = (UnixMicros(0), 0_i64);
        let end = now.after(Duration::from_secs(366 * 24 * 3600));
        while now < end {
            count += 1;
            now = now.after(Failures { count, last: now }.wait(now).unwrap_or_default());
        }
        assert!((8_000..10_000).contains(&count), "{count}");
    }
}
