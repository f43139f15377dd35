//! What the limits come to, for an attacker and for a person, computed by the rules that refuse
//! them: `doorward check-config --explain-limits`, and the figures of `docs/abuse.md` (ASVS 6.1.1).

use super::attacks::{QUIET, TIMES_USUAL};
use super::rules::{ACTS, Bucket, CHANGES, DAY, Kind, NEIGHBOURHOOD, Rule, Waits};
use crate::base::config::LimitsConfig;
use crate::domain::factors::failures;
use std::time::Duration;

/// The explanation, in paragraphs of plain text.
pub fn explain(limits: &LimitsConfig) -> String {
    let parts = [names(limits), browsers(), networks(limits), attacks(limits), letters(limits), rest(limits)];
    let mut text = parts.join("\n\n");
    text.push('\n');
    text
}

fn names(limits: &LimitsConfig) -> String {
    let waits = Waits::of_names(limits, false);
    format!(
        "One name (e-mail or username, whether or not anybody has it)\n\
         \x20 After {} no more are looked at for {}, and after each further one for twice as long, up to {}:\n\
         \x20 {}.\n\
         \x20 Somebody who goes on guessing gets {} tries on the first day and {} a day from then on, {} in a year.\n\
         \x20 All names of one account share this, however many networks the tries come from. After {} without a wrong try all are forgotten.",
        count(waits.free, "wrong password"),
        span(waits.first),
        span(waits.longest),
        ladder(waits),
        waits.most_tries_in(DAY),
        DAY.as_secs() / waits.longest.as_secs().max(1),
        waits.most_tries_in(DAY * 365),
        span(waits.forgotten_after()),
    )
}

/// The waits, one after the other.
fn ladder(waits: Waits) -> String {
    let mut steps = Vec::new();
    for failures in i64::from(waits.free).. {
        let wait = waits.after(failures);
        steps.push(span(wait));
        if wait >= waits.longest {
            break;
        }
    }
    steps.join(", ")
}

fn browsers() -> String {
    "A browser that its account knows (somebody signed in there before)\n\
     \x20 Has the same waits, for what is typed in it and nothing else: strangers, networks and attacks don't keep it waiting, and a right\n\
     \x20 password takes its wrong ones back. Passkeys, links in letters and other services are not kept waiting by passwords either."
        .to_owned()
}

fn networks(limits: &LimitsConfig) -> String {
    let (own, around) = (bucket(Kind::Network, limits, false), bucket(Kind::Neighbourhood, limits, false));
    let exempt = match limits.exempt_networks.as_slice() {
        [] => "None are exempt.".to_owned(),
        blocks => {
            let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
            format!("Exempt: {}.", blocks.join(", "))
        }
    };
    format!(
        "One network (an IPv4 address, or a /64 of IPv6), whatever the names\n\
         \x20 {} at once, then one each {}: at most {} a day. The /24 or /48 around it: {} times as many, {} a day.\n\
         \x20 Right passwords are not counted. Behind one address of many people, those with a browser that is known are not kept waiting;\n\
         \x20 others wait {} for each of its tries once somebody there has used them up. {exempt}",
        count(own.most, "wrong password"),
        span(own.every),
        own.most_in_a_day(),
        NEIGHBOURHOOD,
        around.most_in_a_day(),
        span(own.every),
    )
}

fn attacks(limits: &LimitsConfig) -> String {
    let (all, network) = (bucket(Kind::Everything, limits, false), bucket(Kind::Network, limits, true));
    let waits = Waits::of_names(limits, true);
    format!(
        "An attack (stolen passwords, or a few passwords over many names, from wherever)\n\
         \x20 Is taken for one when {} tries an hour fail in all, or one more each {} after that, and that is over {} times an average hour of\n\
         \x20 the last seven days. It is over after {} without. Until then a name has {}, and a network {} and one more each\n\
         \x20 {}: 500 addresses get {} tries on the first day, instead of {}. It is in the audit trail (attack_noticed), in the metrics, and\n\
         \x20 shown to administrators.",
        all.most,
        span(all.every),
        TIMES_USUAL,
        span(QUIET),
        count(waits.free, "free try"),
        network.most,
        span(network.every),
        500 * network.most_in_a_day(),
        500 * bucket(Kind::Network, limits, false).most_in_a_day(),
    )
}

fn letters(limits: &LimitsConfig) -> String {
    let around = bucket(Kind::MailNeighbourhood, limits, false);
    format!(
        "Letters that strangers ask for (registration, a forgotten password), for each of both\n\
         \x20 {} an hour to one address, {} from one network, {} from the /24 or /48 around it, {} in all. The page is the same beyond that, and\n\
         \x20 no letter is written. In all, only letters that are written count: one that is asked for in vain takes nobody's place. Whoever asks\n\
         \x20 for a new password in a browser that their account knows has {} an hour there, whatever strangers and networks asked for.",
        limits.mails_per_address, limits.mails_per_network, around.most, limits.mails_in_all, limits.mails_per_address,
    )
}

fn rest(limits: &LimitsConfig) -> String {
    format!(
        "Everything else\n\
         \x20 Wrong codes of a second factor: {} are free, then the waits of names with their defaults; never by network.\n\
         \x20 Refused passkeys, links and tokens: {} an hour of each from one network, or of one account that is signed in. Those that are right\n\
         \x20 always work, and are never counted.\n\
         \x20 Sign-ins that go to another service: {} an hour from one network; of somebody who is signed in, as many for their account.\n\
         \x20 What somebody does who is signed in: {} acts an hour in one session, {} of them changes of how they sign in, each with a letter\n\
         \x20 to them. Other sessions of theirs don't wait for it.",
        failures::FREE,
        limits.network_failures,
        limits.provider_starts,
        ACTS,
        CHANGES,
    )
}

fn bucket(kind: Kind, limits: &LimitsConfig, strict: bool) -> Bucket {
    match kind.rule(limits, strict) {
        Rule::Bucket(bucket) => bucket,
        // The kinds above are all buckets.
        Rule::Waits(_) => Bucket::an_hour(1),
    }
}

fn count(number: u32, what: &str) -> String {
    let (word, last) = what.split_at(what.len() - 1);
    match (number, last) {
        (1, _) => format!("1 {what}"),
        (_, "y") => format!("{number} {word}ies"),
        _ => format!("{number} {what}s"),
    }
}

/// In whole seconds at least, as people write it.
fn span(span: Duration) -> String {
    let seconds = if span.subsec_nanos() > 0 { span.as_secs() + 1 } else { span.as_secs() };
    humantime::format_duration(Duration::from_secs(seconds)).to_string().replace("days", "d").replace("day", "d")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_what_the_defaults_do() {
        let document = include_str!("../../../docs/abuse.md");
        let explained = explain(&LimitsConfig::default());
        assert!(document.contains(&explained), "docs/abuse.md must hold, in a block of code:\n\n{explained}");
    }

    #[test]
    fn other_settings_are_explained_with_their_own_figures() {
        let limits = LimitsConfig {
            free_tries: 1,
            network_failures: 7200,
            exempt_networks: vec!["192.0.2.0/24".parse().unwrap()],
            ..LimitsConfig::default()
        };
        let explained = explain(&limits);
        for words in [
            "After 1 wrong password no more",
            "7200 wrong passwords at once, then one each 1s",
            "Exempt: 192.0.2.0/24.",
        ] {
            assert!(explained.contains(words), "{words} in\n{explained}");
        }
    }
}
