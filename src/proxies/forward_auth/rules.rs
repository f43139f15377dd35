//! Which rule decides about a request.

use super::original::Original;
use crate::base::config::forward_auth::{Require, Rule};
use crate::base::names::GroupName;
use crate::base::normal_path::{Ambiguous, NormalPath, Unclear};
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
    /// Denied: the rule at this place names networks, and the proxy does not say where the request
    /// comes from.
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
/// A rule that lets members of a group in stops a stranger too: they are asked to sign in, and only
/// then is known whether it is about them. One that denies members, or lets them in without a
/// session, is not about strangers.
///
/// A path that servers read in more than one way is denied, but by a rule that takes such paths
/// (`unclear_paths`) and is about all that it may be read as. A rule before that which may be about
/// it, and is about the rest of the request, denies it: whoever finds the one spelling that the app
/// takes for `/admin` must not get past the rule about `/admin`.
pub fn decide(rules: &[Rule], original: &Original, address: Option<IpAddr>, asking: Asking<'_>) -> Decision {
    for (at, rule) in rules.iter().enumerate() {
        let Rule { hosts, methods, paths, networks, groups, unclear_paths, require } = rule;
        // The settings were checked; a rule that asks for nothing at all would let everybody in.
        let require = require.unwrap_or(Require::Denied);
        let about = is_any(hosts, |host| original.site.is_at(host))
            && is_any(methods, |method| *method == original.method)
            && includes(groups.as_deref(), asking, require);
        let path = about_path(paths.as_deref(), &original.path);
        let elsewhere = match (networks, address) {
            (Some(networks), Some(address)) => !networks.iter().any(|network| network.contains(&address)),
            _ => false,
        };
        if !about || path == About::Not || elsewhere {
            continue;
        }
        return match &original.path {
            Err(unclear) if path == About::Maybe || !unclear_paths => Decision::Ambiguous(unclear.why),
            _ if networks.is_some() && address.is_none() => Decision::NoAddress(at),
            _ => Decision::Rule(at, require),
        };
    }
    match &original.path {
        Ok(_) => Decision::NoRule,
        Err(unclear) => Decision::Ambiguous(unclear.why),
    }
}

/// Whether a rule's paths are about the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Surely,
    /// As some servers read it.
    Maybe,
    Not,
}

fn about_path(paths: Option<&[NormalPath]>, asked: &Result<NormalPath, Unclear>) -> About {
    let begins = match asked {
        Ok(path) => Some(path),
        Err(unclear) => unclear.begins.as_ref(),
    };
    match (paths, begins) {
        // Not even where it begins is certain.
        (_, None) => About::Maybe,
        (None, Some(_)) => About::Surely,
        (Some(paths), Some(begins)) if paths.iter().any(|path| begins.is_at_or_below(path)) => About::Surely,
        (Some(paths), Some(begins)) if asked.is_err() && paths.iter().any(|path| path.is_at_or_below(begins)) => {
            About::Maybe
        }
        (Some(_), Some(_)) => About::Not,
    }
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
    rules.iter().filter_map(|rule| rule.hosts.as_ref()).flatten().any(|host| original.site.is_at(host))
}

#[cfg(test)]
mod tests {
    use super::Decision::{Ambiguous, NoAddress, NoRule, Rule as By};
    use super::*;
    use crate::base::config::Config;
    use Require::{Denied, Nothing, SecondFactor, Session};
    use std::sync::LazyLock;

    const RULES: &str = r#"
[server]
trusted_proxies = ["127.0.0.1"]
[forward_auth]
enabled = true
[[forward_auth.rules]]
hosts = ["a.example", "b.example:8443"]
methods = ["GET", "HEAD"]
paths = ["/open", "/also/open/"]
require = "nothing"
[[forward_auth.rules]]
paths = ["/by-group"]
groups = ["banned"]
require = "denied"
[[forward_auth.rules]]
paths = ["/by-group"]
groups = ["staff", "admins"]
require = "second_factor"
[[forward_auth.rules]]
paths = ["/by-group/guests"]
groups = ["guests"]
require = "nothing"
[[forward_auth.rules]]
networks = ["10.0.0.0/8", "2001:db8::1"]
paths = ["/near"]
require = "session"
[[forward_auth.rules]]
hosts = ["a.example"]
paths = ["/near"]
require = "denied"
[[forward_auth.rules]]
hosts = ["a.example"]
require = "session"
[[forward_auth.rules]]
hosts = ["git.example"]
paths = ["/admin", "/api/admin"]
groups = ["admins"]
require = "session"
[[forward_auth.rules]]
hosts = ["git.example"]
paths = ["/admin", "/api/admin"]
require = "denied"
[[forward_auth.rules]]
hosts = ["git.example"]
methods = ["GET"]
paths = ["/api/v4"]
unclear_paths = true
require = "session"
[[forward_auth.rules]]
hosts = ["git.example"]
paths = ["/api/v4"]
require = "session"
[[forward_auth.rules]]
hosts = ["git.example"]
unclear_paths = true
require = "nothing"
"#;

    static GIVEN: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), RULES).unwrap();
        Config::load(Some(file.path()), std::iter::empty()).unwrap().forward_auth.rules
    });

    fn ask(method: &str, url: &str, address: Option<&str>, groups: Option<&[&str]>) -> Decision {
        let groups: Option<Vec<GroupName>> =
            groups.map(|groups| groups.iter().map(|group| group.parse().unwrap()).collect());
        let asking = groups.as_deref().map_or(Asking::Stranger, Asking::Member);
        let original = Original::of_url(method, url).unwrap();
        decide(&GIVEN, &original, address.map(|address| address.parse().unwrap()), asking)
    }

    #[test]
    #[rustfmt::skip]
    fn the_first_rule_that_matches_decides() {
        for (method, url, address, groups, decision) in [
            ("GET", "https://a.example/open", None, None, By(0, Nothing)),
            ("HEAD", "https://a.example/open/x?y=/../z", None, None, By(0, Nothing)),
            ("GET", "https://a.example/also/open", None, None, By(0, Nothing)),
            ("GET", "https://a.example:8443/open", None, None, By(0, Nothing)),
            ("GET", "https://b.example:8443/open", None, None, By(0, Nothing)),
            ("GET", "https://b.example/open", None, None, NoRule),
            ("POST", "https://a.example/open", None, None, By(6, Session)),
            ("GET", "https://a.example/opening", None, None, By(6, Session)),
            ("GET", "https://a.example/also", None, None, By(6, Session)),
            ("GET", "https://a.example/Open", None, None, By(6, Session)),
            ("GET", "https://c.example/open", None, None, NoRule),
            // By group: a stranger may be in any of those that let in, and is in none of the
            // others.
            ("GET", "https://c.example/by-group", None, None, By(2, SecondFactor)),
            ("GET", "https://c.example/by-group", None, Some(&[][..]), NoRule),
            ("GET", "https://c.example/by-group", None, Some(&["staff"]), By(2, SecondFactor)),
            ("GET", "https://c.example/by-group", None, Some(&["other", "admins"]), By(2, SecondFactor)),
            ("GET", "https://c.example/by-group", None, Some(&["admins", "banned"]), By(1, Denied)),
            ("GET", "https://c.example/by-group/guests", None, Some(&["guests"]), By(3, Nothing)),
            ("GET", "https://a.example/by-group", None, Some(&["other"]), By(6, Session)),
            // By network.
            ("GET", "https://c.example/near", Some("10.9.9.9"), None, By(4, Session)),
            ("GET", "https://c.example/near", Some("2001:db8::1"), None, By(4, Session)),
            ("GET", "https://c.example/near", Some("2001:db8::2"), None, NoRule),
            ("GET", "https://a.example/near", Some("192.0.2.1"), None, By(5, Denied)),
            ("GET", "https://a.example/near", None, None, NoAddress(4)),
            // Nothing is asked of a path that can't be read.
            ("GET", "https://a.example/open/../x", None, None, Ambiguous(super::Ambiguous::DotSegment)),
        ] {
            assert_eq!(ask(method, url, address, groups), decision, "{method} {url} from {address:?} as {groups:?}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn a_path_that_servers_read_differently_passes_where_its_rule_takes_it_and_no_other_may_be_about_it() {
        use super::Ambiguous::{DotSegment, EmptySegment, EncodedQuery, EncodedSlash, EncodedTwice, LooseEnd, Semicolon};
        for (method, path, groups, decision) in [
            ("GET", "/api/v4/projects/group%2Fproject", None, By(9, Session)),
            ("GET", "/api/v4/projects/group%2Fproject", Some(&[][..]), By(9, Session)),
            ("GET", "/api/v4//projects;x/Acme%20Inc./What%3F", None, By(9, Session)),
            // The next rule about it does not take such paths.
            ("POST", "/api/v4/projects/group%2Fproject", Some(&[]), Ambiguous(EncodedSlash)),
            ("GET", "/group%2Fproject/x", None, Ambiguous(EncodedSlash)),
            ("GET", "/group/sub%2Fproject", None, By(11, Nothing)),
            ("GET", "/group//project", None, By(11, Nothing)),
            // It may be the path of a rule before, as some servers read it.
            ("GET", "//admin", None, Ambiguous(EmptySegment)),
            ("GET", "//admin", Some(&["admins"]), Ambiguous(EmptySegment)),
            ("GET", "/admin;x", Some(&[]), Ambiguous(Semicolon)),
            ("GET", "/admin.", Some(&[]), Ambiguous(LooseEnd)),
            ("GET", "/admin%3Fx", Some(&[]), Ambiguous(EncodedQuery)),
            ("GET", "/api/admin%20/x", Some(&[]), Ambiguous(LooseEnd)),
            ("GET", "/api//v4", Some(&[]), Ambiguous(EmptySegment)),
            // It is, however it is read, and that rule does not take it.
            ("GET", "/admin/x%2Fy", Some(&[]), Ambiguous(EncodedSlash)),
            ("GET", "/admin/x%2Fy", Some(&["admins"]), Ambiguous(EncodedSlash)),
            // Nothing about these is certain.
            ("GET", "/api/v4/..%2f..%2fadmin", Some(&["admins"]), Ambiguous(DotSegment)),
            ("GET", "/api/v4/x/../y", None, Ambiguous(DotSegment)),
            ("GET", "/api/v4/x%252Fy", None, Ambiguous(EncodedTwice)),
        ] {
            assert_eq!(ask(method, &format!("https://git.example{path}"), None, groups), decision, "{method} {path} as {groups:?}");
        }
    }

    #[test]
    fn without_rules_all_is_denied() {
        let original = Original::of_url("GET", "https://a.example/").unwrap();
        assert_eq!(decide(&[], &original, None, Asking::Stranger), NoRule);
    }

    #[test]
    fn people_are_signed_in_at_hosts_that_are_named_alone() {
        let named = |url| is_named(&GIVEN, &Original::of_url("GET", url).unwrap());
        assert!(named("https://a.example/x") && named("https://a.example:1/") && named("https://b.example:8443/"));
        assert!(!named("https://b.example/") && !named("https://c.example/near") && !named("https://x.a.example/"));
    }
}
