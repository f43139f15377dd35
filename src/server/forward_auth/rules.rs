//! Which rule decides about a request.

use super::original::Original;
use super::path::Ambiguous;
use crate::server::config::forward_auth::{Require, Rule};
use crate::server::groups::GroupName;
use std::net::IpAddr;

/// What the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// By the rule at this place, counted from 0.
    Rule(usize, Require),
    /// Denied: none matches.
    NoRule,
    /// Denied: servers read the path in more than one way.
    Ambiguous(Ambiguous),
    /// Denied: the rule at this place names networks, and the proxy does not say where the request comes from.
    NoAddress(usize),
}

/// Who asks, as far as rules are concerned.
#[derive(Clone, Copy, Debug)]
pub enum Asking<'a> {
    /// Might be in any group, once signed in.
    Stranger,
    Member(&'a [GroupName]),
}

/// The first rule that matches decides.
///
/// A rule that lets members of a group in stops a stranger too: they are asked to sign in, and only then is known whether it is about
/// them. One that denies members, or lets them in without a session, is not about strangers.
pub fn decide(rules: &[Rule], original: &Original, address: Option<IpAddr>, asking: Asking<'_>) -> Decision {
    let path = match &original.path {
        Ok(path) => path,
        Err(ambiguous) => return Decision::Ambiguous(*ambiguous),
    };
    for (at, rule) in rules.iter().enumerate() {
        let Rule { hosts, methods, paths, networks, groups, require } = rule;
        let about = is_any(hosts, |host| host.matches(&original.site))
            && is_any(methods, |method| *method == original.method)
            && is_any(paths, |prefix| path.is_at_or_below(prefix));
        // The settings were checked; a rule that asks for nothing at all would let everybody in.
        let require = require.unwrap_or(Require::Denied);
        if !about || !includes(groups.as_deref(), asking, require) {
            continue;
        }
        match (networks, address) {
            (None, _) => return Decision::Rule(at, require),
            (Some(_), None) => return Decision::NoAddress(at),
            (Some(networks), Some(address)) if networks.iter().any(|network| network.contains(&address)) => {
                return Decision::Rule(at, require);
            }
            (Some(_), Some(_)) => {}
        }
    }
    Decision::NoRule
}

fn is_any<T>(named: &Option<Vec<T>>, matches: impl Fn(&T) -> bool) -> bool {
    named.as_ref().is_none_or(|named| named.iter().any(matches))
}

fn includes(groups: Option<&[GroupName]>, asking: Asking<'_>, require: Require) -> bool {
    match (groups, asking) {
        (None, _) => true,
        (Some(_), Asking::Stranger) => matches!(require, Require::Session | Require::SecondFactor),
        (Some(groups), Asking::Member(of)) => groups.iter().any(|group| of.contains(group)),
    }
}

/// Whether people may be signed in at the site that was asked for: some rule names its host.
pub fn is_named(rules: &[Rule], original: &Original) -> bool {
    rules.iter().filter_map(|rule| rule.hosts.as_ref()).flatten().any(|host| host.matches(&original.site))
}
