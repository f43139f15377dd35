//! The rules of forward-auth as they are written, and which are refused.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{load, load_with, refuses, refuses_variable};
use crate::base::config::forward_auth::Require;

const START: &str = "server.trusted_proxies = [\"127.0.0.1\"]\nforward_auth.enabled = true\n";

#[track_caller]
fn refuses_rule(rule: &str, words: &str) {
    refuses(&format!("{START}[[forward_auth.rules]]\n{rule}\n"), words);
}

#[test]
fn rules_are_read_in_their_order_and_shown_with_their_lines() {
    let many: String = (0..12)
        .map(|at| format!("[[forward_auth.rules]]\nhosts = [\"h{at}.example\"]\nrequire = \"session\"\n"))
        .collect();
    let config = load(&format!("{START}{many}[[forward_auth.rules]]\nrequire = \"denied\"\n")).unwrap();
    let rules = &config.forward_auth.rules;
    assert_eq!((rules.len(), rules[12].require, &rules[12].hosts), (13, Some(Require::Denied), &None));
    for (at, rule) in rules[..12].iter().enumerate() {
        assert_eq!(rule.hosts.as_ref().unwrap()[0].to_string(), format!("h{at}.example"));
    }
    let shown: Vec<String> =
        config.describe().iter().map(|(key, value, source)| format!("{key} = {value} ({source})")).collect();
    for line in [
        "forward_auth.enabled = true (Leptos.toml:2)",
        "forward_auth.rules = 13 (default)",
        "forward_auth.rules[2].hosts = h1.example (Leptos.toml:7)",
        "forward_auth.rules[11].require = session (Leptos.toml:35)",
        "forward_auth.rules[13].require = denied (Leptos.toml:40)",
    ] {
        assert!(shown.iter().any(|found| found == line), "no {line} in {shown:#?}");
    }
    let inline = load(&format!("{START}[forward_auth]\nrules = []\n")).unwrap_err();
    assert!(inline.to_string().contains("not valid TOML"), "{inline}");
    assert!(load("forward_auth.rules = []").unwrap().forward_auth.rules.is_empty());
    assert_eq!(
        load("forward_auth.rules = [{ require = \"nothing\", paths = [\"/a\"] }]").unwrap().forward_auth.rules.len(),
        1
    );
}

#[test]
fn every_mistake_in_a_rule_is_named_with_its_line() {
    for (rule, words) in [
        (
            "hosts = [\"a.example\"]",
            "Leptos.toml:3: forward_auth.rules[1]: needs require: nothing, session, second_factor or denied",
        ),
        ("", "Leptos.toml:3: forward_auth.rules[1]: needs require: nothing, session, second_factor or denied"),
        (
            "require = \"sesion\"",
            "Leptos.toml:4: forward_auth.rules[1].require: must be nothing, session, second_factor or denied",
        ),
        (
            "require = \"session\"\nunclear_paths = \"yes\"",
            "Leptos.toml:5: forward_auth.rules[1].unclear_paths: must be true or false",
        ),
        ("require = true", "Leptos.toml:4: forward_auth.rules[1].require: must be text in quotes"),
        (
            "host = [\"a.example\"]",
            "Leptos.toml:4: forward_auth.rules[1].host: unknown key; there are hosts, methods, paths, networks, groups, unclear_paths, require",
        ),
        (
            "require = \"session\"\nhosts = \"a.example\"",
            "Leptos.toml:5: forward_auth.rules[1].hosts: must be a list such as [\"one\", \"two\"]",
        ),
        (
            "hosts = []",
            "Leptos.toml:4: forward_auth.rules[1].hosts: must name at least one; without the key the rule matches whatever there is",
        ),
        (
            "groups = []",
            "Leptos.toml:4: forward_auth.rules[1].groups: must name at least one; without the key the rule matches whatever there is",
        ),
        ("methods = [\"GET\", \"GET\"]", "Leptos.toml:4: forward_auth.rules[1].methods: names something twice"),
        (
            "methods = [\"get\"]",
            "Leptos.toml:4: forward_auth.rules[1].methods: `get` is no method: they are written in capitals, such as GET",
        ),
        (
            "hosts = [\"https://a.example\"]",
            "Leptos.toml:4: forward_auth.rules[1].hosts: `https://a.example` is no host such as app.example.org or app.example.org:8443: lower case, punycode, without https:// and path",
        ),
        (
            "hosts = [\"*.example\"]",
            "Leptos.toml:4: forward_auth.rules[1].hosts: `*.example` is a pattern: name each app's host, so that nobody is ever signed in at one that was forgotten",
        ),
        ("paths = [\"admin\"]", "Leptos.toml:4: forward_auth.rules[1].paths: `admin` does not begin with /"),
        (
            "paths = [\"/a/../b\"]",
            "Leptos.toml:4: forward_auth.rules[1].paths: `/a/../b` has a segment . or .., which some servers walk and others don't",
        ),
        (
            "networks = [\"10.0.0.0/33\"]",
            "Leptos.toml:4: forward_auth.rules[1].networks: `10.0.0.0/33` is neither an address nor a block such as 10.0.0.0/8",
        ),
        (
            "groups = [\"Admins\"]",
            "Leptos.toml:4: forward_auth.rules[1].groups: `Admins` is no name of a group: up to 32 lower-case letters, digits, -, _ and ., a letter or digit first",
        ),
    ] {
        refuses_rule(rule, words);
    }
    refuses_rule(
        "require = \"session\"\n[[forward_auth.rules]]\nrequire = \"x\"",
        "Leptos.toml:6: forward_auth.rules[2].require: must be nothing, session, second_factor or denied",
    );
    refuses(
        "[forward_auth]\nrules = \"none\"",
        "Leptos.toml:2: forward_auth.rules: is a list of tables: write [[forward_auth.rules]] and its keys below it",
    );
    refuses(
        "[forward_auth.rules]\nrequire = \"session\"",
        "Leptos.toml:1: forward_auth.rules: is a list of tables: write [[forward_auth.rules]] and its keys below it",
    );
    refuses(
        "[forward_auth]\nrules = [\"/admin\"]",
        "Leptos.toml:2: forward_auth.rules[1]: must be a table: its keys below a line of their own",
    );
    refuses_variable("DOORWARD__FORWARD_AUTH__RULES", "x", "is written in the file: a variable has no room for it");
    refuses_variable("DOORWARD__FORWARD_AUTH__RULE", "x", "unknown key; [forward_auth] has enabled, rules");
}

#[test]
fn a_tables_key_is_the_word_of_its_section_alone() {
    refuses(
        "[[server]]\naddr = \"127.0.0.1:1\"",
        "Leptos.toml:1: server: is a section: write [server] and its keys below it",
    );
    refuses(
        "\"forward_auth\".\"rules[1]\" = 1",
        "Leptos.toml:1: forward_auth.rules[1]: unknown key; [forward_auth] has enabled, rules",
    );
}

#[test]
fn forward_auth_without_trusted_proxies_refuses_to_start() {
    let words = "needs server.trusted_proxies: what was asked for, and by whom, is only believed when a proxy that you name there says so; \
                 without one, anybody could claim to ask for something harmless";
    refuses("[forward_auth]\nenabled = true\n", &format!("Leptos.toml:2: forward_auth.enabled: {words}"));
    refuses_variable("DOORWARD__FORWARD_AUTH__ENABLED", "true", words);
    let proxies = ("DOORWARD__SERVER__TRUSTED_PROXIES", "10.0.0.1");
    assert!(load_with("[forward_auth]\nenabled = true\n", &[proxies]).is_ok());
}
