//! Counters as they are stored.

use super::rules::{Count, DAY, Kind, Rule, Waits};
use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros, micros};
use crate::base::config::LimitsConfig;
use crate::base::db::{Db, Tx, on, read};
use crate::base::vault::Vault;
use std::time::Duration;

/// Counters removed at once: their number is up to whoever attacks, and SQLite has one writer.
const REMOVED_AT_ONCE: i64 = 2000;

/// What stands for a name, an account or a network in the database: a keyed hash, so that a copy of
/// it does not say who was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub kind: Kind,
    pub hash: [u8; 32],
}

impl Key {
    pub fn of(vault: &Vault, kind: Kind, what: &[u8]) -> Self {
        Self { kind, hash: vault.limit_key(kind.name(), what) }
    }
}

/// What is stored of one counter. `failures` and `full_until` have the tries under way, `last_at`
/// is that of the last wrong one.
///
/// A try that is never settled, since its server was killed while it hashed, must not count against
/// whoever made it: it is taken out again once it is older than [`KEPT_UNSETTLED`], and after twice
/// that at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    failures: i64,
    last_at: UnixMicros,
    full_until: UnixMicros,
    /// When the last try began.
    begun_at: UnixMicros,
    /// Tries that began in the same half minute as the last one, and are not settled.
    under_way: i64,
    /// Of the half minute before that.
    under_way_before: i64,
}

/// How long a try counts that nobody settles; a hash takes less, whatever waits before it.
const KEPT_UNSETTLED: Duration = Duration::from_secs(30);

/// The half minute of `at`.
fn half_minute(at: UnixMicros) -> i64 {
    at.0.div_euclid(micros(KEPT_UNSETTLED))
}

/// A try as it was counted for one key, until it is settled.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    at: UnixMicros,
    /// By how much it made a bucket fuller, in microseconds.
    share: i64,
    /// How many it is, with those before it.
    pub failures: i64,
}

impl Stored {
    /// Those under way that still count: of the half minute of the last one, and of the one before.
    fn unsettled(&self, now: UnixMicros) -> (i64, i64) {
        // Clocks of several nodes differ a little. Begun by one that was far ahead, it would count
        // for as long as that was wrong.
        match half_minute(now) - half_minute(self.begun_at) {
            ..=0 if self.begun_at <= now.after(CLOCK_TOLERANCE) => (self.under_way, self.under_way_before),
            1 => (0, self.under_way),
            _ => (0, 0),
        }
    }

    /// What counts now.
    pub fn count(&self, rule: Rule, now: UnixMicros) -> Count {
        let (these, before) = self.unsettled(now);
        let over = self.under_way + self.under_way_before - these - before;
        let stored = Count { failures: self.failures, last_at: self.last_at, full_until: self.full_until };
        let mut count = rule.without(stored, over);
        // The next one waits from the last try on, settled or not. One that was settled by a clock
        // that was far ahead says nothing.
        if these + before > 0 && (self.begun_at > count.last_at || count.last_at > now.after(CLOCK_TOLERANCE)) {
            count.last_at = self.begun_at;
        }
        count
    }

    /// With one more under way.
    fn with_one_more(&self, rule: Rule, now: UnixMicros) -> (Self, Begun) {
        let (count, (these, before)) = (self.count(rule, now), self.unsettled(now));
        let counted = rule.counted(count, now);
        // The first of all, or of a new row of them: whatever was counted before is forgotten, with
        // its time.
        let last_at = if counted.failures <= 1 { now } else { self.last_at };
        let begun_at = if self.begun_at > now.after(CLOCK_TOLERANCE) { now } else { self.begun_at.max(now) };
        let Count { failures, full_until, .. } = counted;
        let share = full_until.0.saturating_sub(count.full_until.max(now).0).max(0);
        let (under_way, under_way_before) = (these + 1, before);
        let stored = Self { failures, last_at, full_until, begun_at, under_way, under_way_before };
        (stored, Begun { at: begun_at, share, failures })
    }
}

/// As it is now, for a first look that writes nothing.
pub async fn look(db: &Db, key: Key) -> Result<Option<Stored>, sqlx::Error> {
    const LOOK: &str = "SELECT failures, last_at, full_until, begun_at, under_way, \
            under_way_before \
        FROM limit_counters \
        WHERE key_hash = $1";
    read!(db, |pool| sqlx::query_as(LOOK).bind(&key.hash[..]).fetch_optional(pool).await)
}

/// As it is now. Its row stays locked until the commit, so that of tries that come at once each is
/// counted before the next is looked at.
pub async fn take(tx: &mut Tx, key: Key, now: UnixMicros) -> Result<Stored, sqlx::Error> {
    const TAKE: &str = "INSERT INTO limit_counters (key_hash, kind, failures, last_at, \
            full_until) \
        VALUES ($1, $2, 0, $3, $3) \
        ON CONFLICT (key_hash) DO UPDATE SET failures = limit_counters.failures \
        RETURNING failures, last_at, full_until, begun_at, under_way, under_way_before";
    on!(tx, |connection| sqlx::query_as(TAKE)
        .bind(&key.hash[..])
        .bind(key.kind.name())
        .bind(now)
        .fetch_one(connection)
        .await)
}

/// What was settled as soon as it came.
pub async fn put(tx: &mut Tx, key: Key, count: Count) -> Result<(), sqlx::Error> {
    const PUT: &str = "UPDATE limit_counters \
        SET failures = $2, last_at = $3, full_until = $4 \
        WHERE key_hash = $1";
    on!(tx, |connection| sqlx::query(PUT)
        .bind(&key.hash[..])
        .bind(count.failures)
        .bind(count.last_at)
        .bind(count.full_until)
        .execute(connection)
        .await
        .map(|_| ()))
}

/// Counts a try that is to be settled, in a row that was [taken](take).
pub async fn begin(tx: &mut Tx, key: Key, rule: Rule, stored: &Stored, now: UnixMicros) -> Result<Begun, sqlx::Error> {
    const BEGIN: &str = "UPDATE limit_counters \
        SET failures = $2, last_at = $3, full_until = $4, begun_at = $5, under_way = $6, \
            under_way_before = $7 \
        WHERE key_hash = $1";
    let (stored, begun) = stored.with_one_more(rule, now);
    on!(tx, |connection| sqlx::query(BEGIN)
        .bind(&key.hash[..])
        .bind(stored.failures)
        .bind(stored.last_at)
        .bind(stored.full_until)
        .bind(stored.begun_at)
        .bind(stored.under_way)
        .bind(stored.under_way_before)
        .execute(connection)
        .await
        .map(|_| ()))?;
    Ok(begun)
}

/// Takes a try back. One that was not settled in time is taken out by then, or by whoever counts
/// the next one.
pub async fn give_back(tx: &mut Tx, key: Key, begun: Begun) -> Result<(), sqlx::Error> {
    const GIVE_BACK: &str = "UPDATE limit_counters \
        SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END, \
            full_until = full_until - $5, under_way = under_way - CASE WHEN begun_at < $3 THEN 1 \
            ELSE 0 END, under_way_before = under_way_before - CASE WHEN begun_at < $3 THEN 0 ELSE 1 \
            END \
        WHERE key_hash = $1 AND ((begun_at >= $2 AND begun_at < $3 AND under_way > 0) \
            OR (begun_at >= $3 AND begun_at < $4 AND under_way_before > 0))";
    let [from, to, next] = begun.half_minutes();
    on!(tx, |connection| sqlx::query(GIVE_BACK)
        .bind(&key.hash[..])
        .bind(from)
        .bind(to)
        .bind(next)
        .bind(begun.share)
        .execute(connection)
        .await
        .map(|_| ()))
}

/// Has a try count for good, from `now` on: it was wrong.
pub async fn settle(tx: &mut Tx, key: Key, rule: Rule, begun: Begun, now: UnixMicros) -> Result<(), sqlx::Error> {
    const SETTLE: &str = "UPDATE limit_counters \
        SET last_at = $5, under_way = under_way - CASE WHEN begun_at < $3 THEN 1 ELSE 0 END, \
            under_way_before = under_way_before - CASE WHEN begun_at < $3 THEN 0 ELSE 1 END \
        WHERE key_hash = $1 AND ((begun_at >= $2 AND begun_at < $3 AND under_way > 0) \
            OR (begun_at >= $3 AND begun_at < $4 AND under_way_before > 0))";
    let [from, to, next] = begun.half_minutes();
    let settled = on!(tx, |connection| sqlx::query(SETTLE)
        .bind(&key.hash[..])
        .bind(from)
        .bind(to)
        .bind(next)
        .bind(now)
        .execute(&mut *connection)
        .await?
        .rows_affected());
    if settled == 0 {
        // It took so long that it was taken out, or the counter was forgotten meanwhile.
        let count = take(tx, key, now).await?.count(rule, now);
        put(tx, key, rule.counted(count, now)).await?;
    }
    Ok(())
}

impl Begun {
    /// When its half minute begins, when that ends, and when the next one does.
    fn half_minutes(self) -> [UnixMicros; 3] {
        let from = UnixMicros(half_minute(self.at).saturating_mul(micros(KEPT_UNSETTLED)));
        [from, from.after(KEPT_UNSETTLED), from.after(KEPT_UNSETTLED * 2)]
    }
}

/// Gives how many there were.
pub async fn forget(tx: &mut Tx, key: Key) -> Result<u64, sqlx::Error> {
    const FORGET: &str = "DELETE FROM limit_counters WHERE key_hash = $1 AND failures > 0";
    Ok(on!(tx, |connection| sqlx::query(FORGET).bind(&key.hash[..]).execute(connection).await?.rows_affected()))
}

/// How many of `kind` failed since `since`, each once.
pub async fn failing(tx: &mut Tx, kind: Kind, since: UnixMicros) -> Result<i64, sqlx::Error> {
    const FAILING: &str = "SELECT COUNT(*) \
        FROM limit_counters \
        WHERE kind = $1 AND last_at >= $2 AND failures > 0";
    on!(tx, |connection| sqlx::query_scalar(FAILING).bind(kind.name()).bind(since).fetch_one(connection).await)
}

/// Removes some of those that say nothing any more; gives how many.
pub async fn remove_old(tx: &mut Tx, limits: &LimitsConfig, now: UnixMicros) -> Result<u64, sqlx::Error> {
    // A row whose try was given back says nothing at once, but is soon used again.
    const REMOVE: &str = "DELETE FROM limit_counters \
        WHERE key_hash IN (SELECT key_hash FROM limit_counters WHERE last_at < $1 \
            AND full_until < $2 LIMIT $3)";
    let kept = Waits::of_names(limits, false).forgotten_after().max(DAY);
    on!(tx, |connection| sqlx::query(REMOVE)
        .bind(now.before(kept))
        .bind(now)
        .bind(REMOVED_AT_ONCE)
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a half minute.
    const NOW: UnixMicros = UnixMicros(1_772_366_400_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    fn stored(failures: i64) -> Stored {
        Stored { failures, last_at: NOW, full_until: NOW, begun_at: UnixMicros(0), under_way: 0, under_way_before: 0 }
    }

    fn rules() -> [Rule; 2] {
        [Kind::Name, Kind::Network].map(|kind| kind.rule(&LimitsConfig::default(), false))
    }

    #[test]
    fn a_try_counts_from_its_beginning_and_runs_out_after_half_a_minute_to_a_minute() {
        for (rule, begun_after) in rules().into_iter().flat_map(|rule| [0, 15, 29].map(|second| (rule, second))) {
            let begun_at = NOW.after(SECOND * begun_after);
            let (mut now_stored, begun) = stored(0).with_one_more(rule, begun_at);
            assert_eq!((begun.failures, now_stored.count(rule, begun_at).failures), (1, 1));
            for others_at in [30, 59] {
                // Others come and are settled; each forgets what ran out by then.
                let at = NOW.after(SECOND * others_at);
                assert_eq!(now_stored.count(rule, at).failures, 1, "{others_at} s");
                let (with_another, _) = now_stored.with_one_more(rule, at);
                now_stored = Stored { under_way: with_another.under_way - 1, failures: 1, ..with_another };
            }
            assert_eq!(now_stored.count(rule, NOW.after(SECOND * 60)).failures, 0);
            assert_eq!(rule.wait(now_stored.count(rule, NOW.after(SECOND * 60)), NOW.after(SECOND * 60)), None);
        }
    }

    #[test]
    fn a_clock_that_is_a_little_behind_counts_on_and_one_that_was_far_ahead_says_nothing() {
        for rule in rules() {
            let (ahead, _) = stored(0).with_one_more(rule, NOW.after(CLOCK_TOLERANCE));
            assert_eq!(ahead.count(rule, NOW).failures, 1);
            let (both, begun) = ahead.with_one_more(rule, NOW);
            assert_eq!((both.under_way, both.begun_at, begun.at), (2, ahead.begun_at, ahead.begun_at));
            let (far_ahead, _) = stored(0).with_one_more(rule, NOW.after(CLOCK_TOLERANCE + SECOND));
            assert_eq!(far_ahead.count(rule, NOW).failures, 0);
            let (fresh, _) = far_ahead.with_one_more(rule, NOW);
            assert_eq!((fresh.under_way, fresh.begun_at), (1, NOW));
        }
    }

    #[test]
    fn tries_that_ran_out_begin_no_wait_anew() {
        let [rule, _] = rules();
        let later = NOW.after(SECOND * 3000);
        let (killed, _) = stored(9).with_one_more(rule, later);
        assert_eq!(rule.wait(killed.count(rule, later), later), Some(SECOND * 32 * 60));
        assert_eq!(
            killed.count(rule, later.after(SECOND * 60)),
            Count { failures: 9, last_at: NOW, full_until: later }
        );
        assert_eq!(rule.wait(killed.count(rule, later.after(SECOND * 60)), later.after(SECOND * 60)), None);
    }
}
