//! Who needs a second factor, and from when. Every door asks [`demand`] and nothing else decides:
//! sign-in, registration, the operator's link, each request of a session; whatever lets somebody in
//! later asks it too.

use crate::base::clock::UnixMicros;
use crate::base::config::{AllowedFactor, Config, SecondFactorConfig, SecondFactorPolicy};
use crate::domain::accounts::{Account, Role};
pub use crate::domain::factor_kind::Demand;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What is asked about: an account, or one that is about to be made.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub role: Role,
    /// False for a password that was chosen beside a second factor and is too short without one.
    pub password_stands_alone: bool,
    /// When the policy first met this person without a second factor.
    pub since: Option<UnixMicros>,
}

impl Asked {
    pub fn newcomer(role: Role) -> Self {
        Self { role, password_stands_alone: true, since: None }
    }
}

impl From<&Account> for Asked {
    fn from(account: &Account) -> Self {
        let Account { role, password_stands_alone, second_factor_asked_at: since, .. } = *account;
        Self { role, password_stands_alone, since }
    }
}

/// What the operator's `rules` demand of whom is `asked` about. `protected`: there are two factors
/// already, those of the account when it signs in, those that were proved when a session goes on.
pub fn demand(rules: &SecondFactorConfig, asked: Asked, protected: bool, now: UnixMicros) -> Demand {
    if protected {
        return Demand::Nothing;
    }
    // Whatever the policy is by now: it was chosen while something else was asked for besides.
    if !asked.password_stands_alone {
        return Demand::Now;
    }
    if !covers(rules, asked.role) {
        return Demand::Nothing;
    }
    // A first time that lies ahead was noted by a clock that was wrong.
    let since = asked.since.map_or(now, |since| since.min(now));
    let until = since.after(DAY * u32::from(rules.grace_days));
    if now < until { Demand::Soon(until) } else { Demand::Now }
}

/// Whether a second factor is asked of people with this role, sooner or later.
pub fn covers(rules: &SecondFactorConfig, role: Role) -> bool {
    match rules.policy {
        SecondFactorPolicy::Optional => false,
        // Whoever helps others back into their accounts can do harm enough.
        SecondFactorPolicy::Admins => role != Role::Member,
        SecondFactorPolicy::Everyone => true,
    }
}

/// Whether people may set this up.
pub fn allows(rules: &SecondFactorConfig, factor: AllowedFactor) -> bool {
    rules.allowed.contains(&factor)
}

/// The fewest characters of a new password: fewer where it never lets anybody in by itself (NIST SP
/// 800-63B-4 §3.1.1.2). `asked` and `protected` as for [`demand`].
pub fn password_minimum(config: &Config, asked: Asked, protected: bool, now: UnixMicros) -> u16 {
    // The password that is to be replaced is no reason.
    let asked = Asked { password_stands_alone: true, ..asked };
    if protected || demand(&config.second_factor, asked, protected, now) == Demand::Now {
        config.password.minimum_with_second_factor
    } else {
        config.password.minimum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray;

    const NOW: UnixMicros = UnixMicros(1_772_366_400_000_000);

    fn rules(policy: SecondFactorPolicy, grace_days: u16) -> SecondFactorConfig {
        SecondFactorConfig { policy, grace_days, ..SecondFactorConfig::default() }
    }

    /// Days since the policy first met them, if it has.
    fn asked(role: Role, days: Option<u32>) -> Asked {
        Asked { since: days.map(|days| NOW.before(DAY * days)), ..Asked::newcomer(role) }
    }

    #[test]
    fn each_policy_demands_of_whom_it_says_once_the_days_of_grace_are_over() {
        use Demand::{Nothing, Now, Soon};
        use Role::{Admin, Member};
        use SecondFactorPolicy::{Admins, Everyone, Optional};
        let in_days = |days: u32| Soon(NOW.after(DAY * days));
        for (policy, grace, role, days, expected) in [
            (Optional, 0, Member, None, Nothing),
            (Optional, 7, Admin, Some(9), Nothing),
            (Admins, 0, Member, None, Nothing),
            (Admins, 7, Member, Some(9), Nothing),
            (Admins, 0, Admin, None, Now),
            (Admins, 7, Admin, None, in_days(7)),
            (Admins, 7, Admin, Some(0), in_days(7)),
            (Admins, 7, Admin, Some(6), in_days(1)),
            (Admins, 7, Admin, Some(7), Now),
            (Admins, 7, Admin, Some(90), Now),
            (Everyone, 0, Member, None, Now),
            (Everyone, 0, Admin, Some(0), Now),
            (Everyone, 90, Member, None, in_days(90)),
            (Everyone, 90, Member, Some(89), in_days(1)),
            (Everyone, 90, Member, Some(90), Now),
            // Fewer days than when they were met: those that are in force count.
            (Everyone, 1, Member, Some(3), Now),
        ] {
            let rules = rules(policy, grace);
            let case = format!("{policy} {grace} {role:?} {days:?}");
            assert_eq!(demand(&rules, asked(role, days), false, NOW), expected, "{case}");
            assert_eq!(demand(&rules, asked(role, days), true, NOW), Nothing, "{case}, with a second factor");
        }
    }

    #[test]
    fn a_short_password_needs_a_second_factor_whatever_the_policy() {
        for policy in SecondFactorPolicy::VARIANTS.iter().copied() {
            let short = Asked { password_stands_alone: false, ..asked(Role::Member, None) };
            assert_eq!(demand(&rules(policy, 90), short, false, NOW), Demand::Now, "{policy}");
            assert_eq!(demand(&rules(policy, 90), short, true, NOW), Demand::Nothing, "{policy}");
        }
    }

    #[test]
    fn a_clock_that_was_ahead_gives_nobody_more_days() {
        let ahead = Asked { since: Some(NOW.after(DAY * 1000)), ..asked(Role::Member, None) };
        let demanded = demand(&rules(SecondFactorPolicy::Everyone, 7), ahead, false, NOW);
        assert_eq!(demanded, Demand::Soon(NOW.after(DAY * 7)));
    }

    #[test]
    fn fewer_characters_will_do_only_where_a_password_never_stands_alone() {
        use SecondFactorPolicy::{Admins, Everyone, Optional};
        for (policy, grace, role, protected, expected) in [
            (Optional, 0, Role::Member, false, 15),
            (Optional, 0, Role::Member, true, 8),
            (Admins, 0, Role::Member, false, 15),
            (Admins, 0, Role::Admin, false, 8),
            (Everyone, 0, Role::Member, false, 8),
            (Everyone, 7, Role::Member, false, 15),
            (Everyone, 7, Role::Member, true, 8),
        ] {
            let config = Config { second_factor: rules(policy, grace), ..Config::default() };
            for password_stands_alone in [true, false] {
                let asked = Asked { password_stands_alone, ..Asked::newcomer(role) };
                assert_eq!(
                    password_minimum(&config, asked, protected, NOW),
                    expected,
                    "{policy} {grace} {role:?} {protected}"
                );
            }
        }
    }
}
