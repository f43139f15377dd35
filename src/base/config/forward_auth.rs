//! `[forward_auth]`: which requests to apps a reverse proxy may let through.

use std::{collections::BTreeSet, fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::values::{choice, text};
use crate::base::names::GroupName;
use crate::base::names::{HostName, Method};
use crate::base::normal_path::NormalPath;

/// Where the rules stand.
pub(super) const RULES: &str = "forward_auth.rules";

/// `[forward_auth]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForwardAuthConfig {
    /// Whether reverse proxies are answered at all.
    pub enabled: bool,
    /// `[[forward_auth.rules]]`: the first that matches decides, and what none matches is denied.
    pub rules: Vec<Rule>,
}

/// One of them. What it does not name matches whatever is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    #[serde(deserialize_with = "each")]
    pub hosts: Option<Vec<HostName>>,
    #[serde(deserialize_with = "each")]
    pub methods: Option<Vec<Method>>,
    /// Each with all that lies below it.
    #[serde(deserialize_with = "each")]
    pub paths: Option<Vec<NormalPath>>,
    #[serde(deserialize_with = "each_network")]
    pub networks: Option<Vec<IpNet>>,
    /// Whoever is in one of them meets it.
    #[serde(deserialize_with = "each")]
    pub groups: Option<Vec<GroupName>>,
    /// Also for paths that servers read in more than one way, as far as the rule is about all that
    /// they may be.
    pub unclear_paths: bool,
    /// Never none once the settings are checked.
    #[serde(deserialize_with = "requirement")]
    pub require: Option<Require>,
}

choice! {
    /// What a rule asks of whoever it is about.
    Require, "must be nothing, session, second_factor or denied" {
        /// Strangers may pass.
        Nothing = "nothing",
        Session = "session",
        /// A session in which a second factor was shown.
        SecondFactor = "second_factor",
        /// Nobody may pass.
        Denied = "denied",
    }
}

impl ForwardAuthConfig {
    pub(super) fn entries(&self) -> Vec<(&'static str, String)> {
        vec![("forward_auth.enabled", self.enabled.to_string()), (RULES, self.rules.len().to_string())]
    }

    /// What is written in each rule, as `check-config` shows it.
    pub(super) fn rule_entries(&self) -> impl Iterator<Item = (String, String)> + Clone + '_ {
        (1..).zip(&self.rules).flat_map(|(number, rule)| {
            let written = rule.entries().into_iter().filter_map(|(name, value)| Some((name, value?)));
            written.map(move |(name, value)| (format!("{RULES}[{number}].{name}"), value))
        })
    }

    /// The key of a rule, counted from 0, for `super::Config::source`.
    #[must_use]
    pub fn key_of_rule(at: usize) -> String {
        format!("{RULES}[{}]", at + 1)
    }
}

impl Rule {
    pub(super) fn keys() -> Vec<&'static str> {
        Self::default().entries().into_iter().map(|(name, _)| name).collect()
    }

    fn entries(&self) -> [(&'static str, Option<String>); 7] {
        let Self { hosts, methods, paths, networks, groups, unclear_paths, require } = self;
        [
            ("hosts", joined(hosts)),
            ("methods", joined(methods)),
            ("paths", joined(paths)),
            ("networks", joined(networks)),
            ("groups", joined(groups)),
            ("unclear_paths", unclear_paths.then(|| "true".to_owned())),
            ("require", require.map(|require| require.to_string())),
        ]
    }
}

fn joined<T: fmt::Display>(values: &Option<Vec<T>>) -> Option<String> {
    Some(values.as_ref()?.iter().map(T::to_string).collect::<Vec<_>>().join(", "))
}

/// One or more. An empty list could mean all or none, and the wrong guess lets somebody in.
fn listed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    if texts.is_empty() {
        return Err(D::Error::custom("must name at least one; without the key the rule matches whatever there is"));
    }
    if texts.iter().collect::<BTreeSet<_>>().len() != texts.len() {
        return Err(D::Error::custom("names something twice"));
    }
    Ok(texts)
}

fn each<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let read = |text: &String| text.parse().map_err(|wrong| D::Error::custom(format!("`{text}` {wrong}")));
    listed(deserializer)?.iter().map(read).collect::<Result<_, _>>().map(Some)
}

fn each_network<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<IpNet>>, D::Error> {
    let read = |text: &String| {
        let network: Result<IpNet, _> = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        let wrong = |_| D::Error::custom(format!("`{text}` is neither an address nor a block such as 10.0.0.0/8"));
        network.map(|network| network.trunc()).map_err(wrong)
    };
    listed(deserializer)?.iter().map(read).collect::<Result<_, _>>().map(Some)
}

fn requirement<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Require>, D::Error> {
    text(deserializer).map(Some)
}
