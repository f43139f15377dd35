//! How long a try has to wait: by wrong tries in a row, or by how many there may be in an hour.
//! Arithmetic alone, so that what is explained to people (`explain.rs`) is computed by the same
//! lines that refuse.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::config::LimitsConfig;
use std::time::Duration;

pub const HOUR: Duration = Duration::from_secs(3600);
pub const DAY: Duration = Duration::from_secs(24 * 3600);
/// A network around the one that somebody comes from may have as many times its failures.
pub const NEIGHBOURHOOD: u32 = 10;
/// As many times fewer failures are let through from one network while an attack is under way.
const STRICTER: u32 = 10;
/// Free tries of a name while an attack is under way, if it has more at other times.
const FREE_IN_ATTACK: u32 = 2;

/// What is counted, each kind by a rule of its own. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// An e-mail or username as it was typed, whether or not anybody has it.
    Name,
    /// All names of one account together; for a name that nobody has, that name once more.
    Account,
    /// A browser that its account knows.
    Device,
    /// A session that began in no browser.
    Session,
    /// An IPv4 address, or a /64 of IPv6, which is what one customer gets.
    Network,
    /// The /24 or /48 around it.
    Neighbourhood,
    Everything,
    /// What can't be guessed, and is refused all the same: passkeys, links, personal access tokens.
    Proofs,
    /// An address that letters are asked for, at one door.
    MailAddress,
    /// A browser that knows the account whose letter is asked for in it.
    MailDevice,
    MailNetwork,
    MailNeighbourhood,
    /// The letters that are really written.
    MailEverything,
    ProviderStarts,
    /// What somebody does in one session: each is an entry in the trail.
    Acts,
    /// Of these, what changes the ways in: each is a letter besides.
    Changes,
}

/// Acts an hour of one session. Nobody clicks as often.
pub const ACTS: u32 = 300;
/// Changes of the ways in an hour, in one session.
pub const CHANGES: u32 = 30;

impl Kind {
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// `strict`: an attack is under way.
    pub fn rule(self, limits: &LimitsConfig, strict: bool) -> Rule {
        let fewer = |most: u32| if strict { (most / STRICTER).max(1) } else { most };
        match self {
            Self::Name | Self::Account => Rule::Waits(Waits::of_names(limits, strict)),
            Self::Device | Self::Session => Rule::Waits(Waits::of_names(limits, false)),
            Self::Network => Rule::Bucket(Bucket::an_hour(fewer(limits.network_failures))),
            Self::Neighbourhood => {
                Rule::Bucket(Bucket::an_hour(fewer(limits.network_failures.saturating_mul(NEIGHBOURHOOD))))
            }
            Self::Proofs => Rule::Bucket(Bucket::an_hour(limits.network_failures)),
            Self::Everything => Rule::Bucket(Bucket::an_hour(limits.failures_in_all)),
            Self::MailAddress | Self::MailDevice => Rule::Bucket(Bucket::an_hour(limits.mails_per_address)),
            Self::MailNetwork => Rule::Bucket(Bucket::an_hour(limits.mails_per_network)),
            // Whoever rents a whole neighbourhood leaves others half of what there is.
            Self::MailNeighbourhood => {
                let around = limits.mails_per_network.saturating_mul(NEIGHBOURHOOD);
                Rule::Bucket(Bucket::an_hour(around.min(limits.mails_in_all / 2)))
            }
            Self::MailEverything => Rule::Bucket(Bucket::an_hour(limits.mails_in_all)),
            Self::ProviderStarts => Rule::Bucket(Bucket::an_hour(limits.provider_starts)),
            Self::Acts => Rule::Bucket(Bucket::an_hour(ACTS)),
            Self::Changes => Rule::Bucket(Bucket::an_hour(CHANGES)),
        }
    }
}

/// What is stored of one counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    pub failures: i64,
    pub last_at: UnixMicros,
    pub full_until: UnixMicros,
}

impl Count {
    pub fn none(now: UnixMicros) -> Self {
        Self { failures: 0, last_at: now, full_until: now }
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Rule {
    Waits(Waits),
    Bucket(Bucket),
}

impl Rule {
    /// How long no try is taken, if at all.
    pub fn wait(self, count: Count, now: UnixMicros) -> Option<Duration> {
        let wait = match self {
            Self::Waits(waits) => waits.left(count, now),
            Self::Bucket(bucket) => bucket.left(count, now),
        };
        (!wait.is_zero()).then_some(wait)
    }

    /// With `tries` fewer, which were under way and never came to anything.
    pub fn without(self, count: Count, tries: i64) -> Count {
        let failures = count.failures.saturating_sub(tries).max(0);
        match self {
            Self::Waits(_) => Count { failures, ..count },
            Self::Bucket(bucket) => {
                let share = bucket.every.saturating_mul(u32::try_from(tries).unwrap_or(u32::MAX));
                Count { failures, full_until: count.full_until.before(share), ..count }
            }
        }
    }

    /// With one more.
    pub fn counted(self, count: Count, now: UnixMicros) -> Count {
        match self {
            Self::Waits(waits) => {
                let failures = waits.in_a_row(count, now).saturating_add(1);
                Count { failures, last_at: now, full_until: now }
            }
            Self::Bucket(bucket) => {
                let before = if count.full_until <= now { 0 } else { count.failures };
                Count { failures: before.saturating_add(1), last_at: now, full_until: bucket.fuller(count, now) }
            }
        }
    }
}

/// Some wrong tries in a row are free. After each further one the wait doubles, up to the longest.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    pub free: u32,
    pub first: Duration,
    pub longest: Duration,
}

impl Waits {
    pub fn of_names(limits: &LimitsConfig, strict: bool) -> Self {
        let free = if strict { limits.free_tries.min(FREE_IN_ATTACK) } else { limits.free_tries };
        Self { free, first: limits.first_wait.as_std(), longest: limits.longest_wait.as_std() }
    }

    /// After so long without a wrong try all are forgotten. Long enough that stopping to guess and
    /// beginning anew gains nothing.
    pub fn forgotten_after(self) -> Duration {
        self.longest.saturating_mul(24).max(DAY)
    }

    /// The wait after so many.
    pub fn after(self, failures: i64) -> Duration {
        let Some(beyond) = failures.checked_sub(i64::from(self.free)).filter(|beyond| *beyond >= 0) else {
            return Duration::ZERO;
        };
        let doublings = u32::try_from(beyond).unwrap_or(u32::MAX);
        self.first.saturating_mul(2_u32.saturating_pow(doublings)).min(self.longest)
    }

    fn in_a_row(self, count: Count, now: UnixMicros) -> i64 {
        if now.since(count.last_at) >= self.forgotten_after() { 0 } else { count.failures }
    }

    fn left(self, count: Count, now: UnixMicros) -> Duration {
        if count.last_at > now.after(CLOCK_TOLERANCE) {
            // Counted by a clock that was ahead: it would last for as long as that clock was wrong.
            // The next wrong try waits again.
            return Duration::ZERO;
        }
        let wait = self.after(self.in_a_row(count, now));
        count.last_at.after(wait).since(now).min(wait)
    }

    /// The most tries that one name gets in `span` from whoever never stops, or stops wherever that
    /// gains most.
    pub fn most_tries_in(self, span: Duration) -> u64 {
        let going_on = self.tries_in(span);
        let pausing = (1..=i64::from(self.free) + 40).map(|tries| {
            let guessing: Duration = (1..tries).map(|failures| self.after(failures)).sum();
            let round = guessing + self.forgotten_after();
            let rounds = span.as_secs() / round.as_secs().max(1);
            (rounds + 1).saturating_mul(u64::try_from(tries).unwrap_or(0))
        });
        pausing.filter(|_| span > self.forgotten_after()).fold(going_on, u64::max)
    }

    fn tries_in(self, span: Duration) -> u64 {
        let (mut gone, mut tries) = (Duration::ZERO, 0_i64);
        // From the longest wait on it goes on evenly.
        while gone < span {
            tries += 1;
            let wait = self.after(tries);
            if wait == self.longest {
                let rest = span.saturating_sub(gone).as_secs();
                return u64::try_from(tries).unwrap_or(0) + rest / self.longest.as_secs().max(1);
            }
            gone += wait;
        }
        u64::try_from(tries).unwrap_or(0)
    }
}

/// So many at once, and as many an hour after that, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    pub most: u32,
    pub every: Duration,
}

impl Bucket {
    pub fn an_hour(most: u32) -> Self {
        Self { most: most.max(1), every: HOUR / most.max(1) }
    }

    fn whole(self) -> Duration {
        self.every.saturating_mul(self.most)
    }

    /// When it will have drained. Later than a full one can only have been counted by a clock that
    /// was ahead, and says nothing.
    fn drains_at(self, count: Count, now: UnixMicros) -> UnixMicros {
        let full = now.after(self.whole());
        if count.full_until > full.after(CLOCK_TOLERANCE) { now } else { count.full_until.min(full).max(now) }
    }

    fn left(self, count: Count, now: UnixMicros) -> Duration {
        let room = self.every.saturating_mul(self.most - 1);
        self.drains_at(count, now).since(now.after(room))
    }

    fn fuller(self, count: Count, now: UnixMicros) -> UnixMicros {
        self.drains_at(count, now).after(self.every).min(now.after(self.whole()))
    }

    pub fn most_in_a_day(self) -> u64 {
        u64::from(self.most) + DAY.as_secs() * u64::from(self.most) / HOUR.as_secs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray;

    const MINUTE: Duration = Duration::from_secs(60);
    const NOW: UnixMicros = UnixMicros(1_772_366_400_000_000);

    fn limits() -> LimitsConfig {
        LimitsConfig::default()
    }

    fn after(failures: i64) -> Count {
        Count { failures, ..Count::none(NOW) }
    }

    #[test]
    fn waits_begin_after_the_free_tries_and_double_up_to_the_longest() {
        let rule = Kind::Name.rule(&limits(), false);
        let minutes = |failures| rule.wait(after(failures), NOW).map(|wait| wait.as_secs() / 60);
        let waits: Vec<_> = (0..14).map(minutes).collect();
        assert_eq!(waits, [&[None; 5][..], &[1, 2, 4, 8, 16, 32, 60, 60, 60].map(Some)].concat());
        assert_eq!(minutes(i64::MAX), Some(60));
    }

    #[test]
    fn a_wait_runs_out_is_forgotten_after_a_day_and_does_not_last_as_long_as_a_clock_was_wrong() {
        let rule = Kind::Name.rule(&limits(), false);
        assert_eq!(rule.wait(after(6), NOW.after(MINUTE)), Some(MINUTE));
        assert_eq!(rule.wait(after(6), NOW.after(2 * MINUTE)), None);
        assert_eq!(rule.wait(after(6), NOW.before(4 * MINUTE)), Some(2 * MINUTE), "never longer than it was");
        assert_eq!(rule.wait(after(6), NOW.before(DAY)), None);
        assert_eq!(rule.counted(after(6), NOW.before(DAY)).failures, 7, "and the next one waits again");
        assert_eq!(rule.counted(after(6), NOW.after(DAY - MINUTE)).failures, 7);
        assert_eq!(rule.counted(after(6), NOW.after(DAY)).failures, 1);
    }

    #[test]
    fn a_bucket_takes_so_many_at_once_and_then_one_after_the_other() {
        let rule = Kind::Network.rule(&limits(), false);
        let mut count = Count::none(NOW);
        for _ in 0..30 {
            assert_eq!(rule.wait(count, NOW), None);
            count = rule.counted(count, NOW);
        }
        assert_eq!(rule.wait(count, NOW), Some(2 * MINUTE));
        assert_eq!(rule.wait(count, NOW.after(MINUTE)), Some(MINUTE));
        assert_eq!(rule.wait(count, NOW.after(2 * MINUTE)), None);
        assert_eq!(rule.wait(count, NOW.before(4 * MINUTE)), Some(2 * MINUTE), "as full as can be, and no fuller");
        assert_eq!(rule.wait(count, NOW.before(DAY)), None);
        assert_eq!(rule.counted(count, NOW.after(HOUR)).failures, 1, "drained");
    }

    #[test]
    fn an_attack_leaves_each_network_and_name_fewer_tries_but_never_none() {
        let few = LimitsConfig { network_failures: 3, ..limits() };
        for limits in [limits(), few] {
            for kind in Kind::VARIANTS {
                let (usual, strict) = (kind.rule(&limits, false), kind.rule(&limits, true));
                assert_eq!(strict.wait(Count::none(NOW), NOW), None, "{kind:?}");
                let tries = |rule: Rule| {
                    let mut count = Count::none(NOW);
                    (0..100)
                        .take_while(|_| {
                            rule.wait(count, NOW).is_none().then(|| count = rule.counted(count, NOW)).is_some()
                        })
                        .count()
                };
                assert!(tries(strict) <= tries(usual), "{kind:?}");
            }
        }
    }

    #[test]
    fn whoever_pauses_gets_no_more_tries_than_whoever_goes_on() {
        let waits = Waits::of_names(&limits(), false);
        assert_eq!(waits.most_tries_in(DAY), 33);
        let year = waits.most_tries_in(365 * DAY);
        assert!((8_700..8_800).contains(&year), "{year}");
        for longest in [MINUTE, HOUR, DAY] {
            let waits = Waits { free: 5, first: MINUTE, longest };
            assert_eq!(waits.most_tries_in(365 * DAY), waits.tries_in(365 * DAY), "{longest:?}");
        }
    }

    #[test]
    fn each_kind_has_a_name_of_its_own() {
        let mut names: Vec<_> = Kind::VARIANTS.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::VARIANTS.len());
    }
}
