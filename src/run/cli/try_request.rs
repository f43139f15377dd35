//! `doorward check-config --try METHOD URL`: how forward-auth would decide, and why.

use super::{Failure, group};
use crate::base::config::Config;
use crate::base::config::forward_auth::{ForwardAuthConfig, Require};
use crate::base::names::GroupName;
use crate::base::output::{NotPrinted, say};
use crate::domain::accounts::Account;
use crate::domain::factors;
use crate::domain::groups;
use crate::proxies::forward_auth::rules::{self, Asking, Decision};
use crate::proxies::forward_auth::{Original, Unclear};
use crate::request::app::App;
use clap::Args;
use clap::error::ErrorKind;
use std::net::IpAddr;

#[derive(Debug, Args)]
pub struct TryArguments {
    /// Instead of that: say how forward-auth would decide about this request, and why
    #[arg(long = "try", num_args = 2, value_names = ["METHOD", "URL"])]
    request: Option<Vec<String>>,
    /// As somebody who is signed in: mail address or username. Without it, as a stranger
    #[arg(long = "as", value_name = "WHO", requires = "request")]
    who: Option<String>,
    /// From this network address; without it, from nowhere that is known
    #[arg(long, value_name = "ADDRESS", requires = "request")]
    from: Option<IpAddr>,
    /// Instead of that: say in words what the limits do to somebody who guesses, and to a person
    #[arg(long, conflicts_with = "request")]
    explain_limits: bool,
}

impl TryArguments {
    pub fn is_about_a_request(&self) -> bool {
        self.request.is_some()
    }

    pub fn is_about_limits(&self) -> bool {
        self.explain_limits
    }

    pub fn is_about_somebody(&self) -> bool {
        self.request.is_some() && self.who.is_some()
    }

    /// Ends the program as wrong usage if it is none.
    fn original(&self) -> Original {
        let described = match self.request.as_deref() {
            Some([method, url]) => Original::of_url(method, url),
            _ => None,
        };
        described.unwrap_or_else(|| {
            let usage =
                "--try takes a method in capitals and a whole address, such as --try GET https://app.example.org/x";
            clap::Error::raw(ErrorKind::ValueValidation, format!("{usage}\n")).exit()
        })
    }
}

/// Somebody the rules are tried for.
struct Tried<'a> {
    account: &'a Account,
    groups: &'a [GroupName],
    has_second_factor: bool,
}

/// For a stranger: asks no database.
pub fn run(arguments: &TryArguments, config: &Config) -> Result<(), Failure> {
    Ok(explain(arguments, config, None)?)
}

/// For somebody with an account.
pub async fn run_as(arguments: &TryArguments, app: &App) -> Result<(), Failure> {
    let who = arguments.who.as_deref().unwrap_or_default();
    let account = group::find(app, who).await?;
    let groups = groups::of(&app.db, account.id).await?;
    let has_second_factor = !factors::of(&app.db, account.id).await?.is_empty();
    let tried = Tried { account: &account, groups: &groups, has_second_factor };
    Ok(explain(arguments, &app.config, Some(tried))?)
}

fn explain(arguments: &TryArguments, config: &Config, tried: Option<Tried<'_>>) -> Result<(), NotPrinted> {
    let original = arguments.original();
    let section = &config.forward_auth;
    say!("{} {}{}", original.method, original.site.origin(), original.uri)?;
    match &tried {
        None => say!("as: a stranger")?,
        Some(Tried { account, groups, .. }) => {
            let groups: Vec<&str> = groups.iter().map(GroupName::as_str).collect();
            let groups = if groups.is_empty() { "no group".to_owned() } else { groups.join(", ") };
            say!("as: {} ({}), in {groups}", account.signs_in_as(), account.username.as_str())?;
        }
    }
    match &original.path {
        Ok(path) => say!("path as rules see it: {path}")?,
        Err(Unclear { begins: Some(begins), .. }) => {
            say!("path as rules see it: {begins}, and something below it")?;
        }
        Err(Unclear { begins: None, .. }) => {}
    }
    let asking = tried.as_ref().map_or(Asking::Stranger, |tried| Asking::Member(tried.groups));
    let address = arguments.from.map(|address| address.to_canonical());
    let decision = rules::decide(&section.rules, &original, address, asking);
    say!("decided by: {}", reason(config, decision))?;
    say!("answer: {}", answer(decision, tried.as_ref()))?;
    if let Decision::Rule(_, Require::Session | Require::SecondFactor) = decision {
        if !original.site.is_secure() {
            say!("but: over http nobody can be signed in at this host")?;
        } else if !rules::is_named(&section.rules, &original)
            && original.site.origin() != config.server.public_url.origin()
        {
            say!("but: nobody can be signed in at this host, because no rule names it in hosts")?;
        }
    }
    if !section.enabled {
        say!("but: forward_auth.enabled is false, so no proxy is answered at all")?;
    }
    Ok(())
}

fn reason(config: &Config, decision: Decision) -> String {
    let rule = |at: usize| {
        let key = ForwardAuthConfig::key_of_rule(at);
        format!("rule {} ({})", at + 1, config.source(&key))
    };
    match decision {
        Decision::Rule(at, require) => {
            let written = config.describe().into_iter().filter_map(|(key, value, _)| {
                let name = key.strip_prefix(&*ForwardAuthConfig::key_of_rule(at))?.strip_prefix('.')?;
                (name != "require").then(|| format!("{name} {value}"))
            });
            let matched: Vec<String> = written.collect();
            let matched = if matched.is_empty() { "whatever is asked for".to_owned() } else { matched.join("; ") };
            format!("{}, which matches {matched}, and requires {require}", rule(at))
        }
        Decision::NoRule => "no rule, for none matches".to_owned(),
        Decision::NoAddress(at) => {
            format!(
                "{}, which names networks: give --from ADDRESS. A proxy that sends no X-Forwarded-For is denied here",
                rule(at)
            )
        }
        Decision::Ambiguous(why) => {
            format!(
                "no rule: the path {why}, and servers read such a path in more than one way. A rule takes some of them with unclear_paths"
            )
        }
    }
}

fn answer(decision: Decision, tried: Option<&Tried<'_>>) -> String {
    let shut_out = tried.filter(|tried| tried.account.disabled_at.is_some() || tried.account.frozen_at.is_some());
    match (decision, tried) {
        (
            Decision::NoRule | Decision::Ambiguous(_) | Decision::NoAddress(_) | Decision::Rule(_, Require::Denied),
            _,
        ) => "403, denied".to_owned(),
        (Decision::Rule(_, Require::Nothing), _) => "200, let through".to_owned(),
        (Decision::Rule(_, Require::Session | Require::SecondFactor), None) => {
            "401, or with mode=redirect 302 to the sign-in page".to_owned()
        }
        (Decision::Rule(..), Some(_)) if shut_out.is_some() => {
            "401: the account is disabled or locked, and nobody can be signed in to it".to_owned()
        }
        (Decision::Rule(_, Require::SecondFactor), Some(Tried { has_second_factor: false, .. })) => {
            "403, or with mode=redirect led to set up a second factor: there is none".to_owned()
        }
        (Decision::Rule(_, Require::SecondFactor), Some(_)) => {
            "200, let through, if a second factor was shown at sign-in; else 403, or with mode=redirect asked for it"
                .to_owned()
        }
        (Decision::Rule(_, Require::Session), Some(_)) => "200, let through".to_owned(),
    }
}
