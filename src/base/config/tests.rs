#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use super::{Config, ConfigError, DatabaseUrl, PublicUrl, Sender, Source};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn environment(variables: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    variables.iter().map(owned).collect::<Vec<_>>().into_iter()
}

fn load_with(toml: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut settings = super::read::Settings::default();
    settings.read_toml(Path::new("Leptos.toml"), toml)?;
    settings.read_environment(environment(variables))?;
    Config::from_settings(settings)?.checked()
}

fn load(toml: &str) -> Result<Config, ConfigError> {
    load_with(toml, &[])
}

fn load_variable(name: &str, value: &str) -> Result<Config, ConfigError> {
    load_with("", &[(name, value)])
}

#[track_caller]
fn refuses(toml: &str, words: &str) {
    assert_eq!(load(toml).expect_err(toml).to_string(), words);
}

#[track_caller]
fn refuses_variable(name: &str, value: &str, words: &str) {
    let error = load_variable(name, value).expect_err(value);
    assert_eq!(error.to_string(), format!("{name}: {words}"));
}

fn values(config: &Config) -> Vec<(&'static str, String)> {
    config.entries()
}

#[test]
fn the_file_in_the_repository_changes_nothing() {
    let config = Config::load(Some(Path::new("Leptos.toml")), environment(&[])).unwrap();
    assert_eq!(values(&config), values(&Config::default()));
}

#[test]
fn the_file_in_the_repository_has_every_key_but_the_one_that_must_not_stand_in_it() {
    let config = Config::load(Some(Path::new("Leptos.toml")), environment(&[])).unwrap();
    let missing: Vec<_> = config
        .describe()
        .into_iter()
        .filter(|(_, _, source)| *source == Source::Default)
        .map(|(key, _, _)| key)
        .collect();
    // No rule is a default that a file could begin with: two keys would then say the same.
    assert_eq!(missing, ["server.secret_key", "forward_auth.rules"]);
}

#[test]
fn without_a_file_everything_has_its_default() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = super::read::Settings::default();
    settings.read_file_if_there(&folder.path().join("Leptos.toml")).unwrap();
    let config = Config::from_settings(settings).unwrap();
    assert_eq!(values(&config), values(&Config::default()));
    assert!(config.sources.is_empty());
}

#[test]
fn a_file_that_was_asked_for_must_exist() {
    let error = Config::load(Some(Path::new("/nowhere/d.toml")), environment(&[])).unwrap_err();
    assert_eq!(error.to_string(), "/nowhere/d.toml: cannot be read: No such file or directory (os error 2)");
}

#[test]
fn the_defaults_pass_their_own_checks_and_are_what_their_text_says() {
    let config = Config::default().checked().unwrap();
    assert_eq!(config.server.public_url, "http://localhost:3000".parse::<PublicUrl>().unwrap());
    assert!(Sender::default().mailbox().is_ok());
    assert_eq!(config.database_url(), DatabaseUrl::Sqlite(PathBuf::from("data/doorward.db")));
    assert_eq!(config.migration_url(), config.database_url());
    assert_eq!(config.secret_key_file(), Path::new("data/secret.key"));
    assert_eq!(config.session.recent.micros(), 600_000_000);
    assert_eq!(config.mail.smtp_port(), 587);
    let days = |days: u64| Some(std::time::Duration::from_secs(days * 24 * 3600));
    assert_eq!((config.audit.keep(), config.mail.keep()), (days(365), days(7)));
}

#[test]
fn mistakes_in_the_file_are_named_with_their_line_and_key() {
    refuses(
        "[server]\naddr = \"127.0.0.1:3000\"\nadr = 1\n",
        "Leptos.toml:3: server.adr: unknown key; [server] has addr, public_url, data_dir, secret_key_file, secret_key, \
         trusted_proxies, tls_cert, tls_key, redirect_addr, shutdown_timeout",
    );
    refuses(
        "\n[sesion]\nrecent = \"1m\"\n",
        "Leptos.toml:2: sesion: unknown section; there are server, site, database, session, password, second_factor, registration, limits, tokens, forward_auth, mail, audit, log, metrics, providers",
    );
    refuses("site = \"x\"", "Leptos.toml:1: site: is a section: write [site] and its keys below it");
    refuses(
        "[session]\n# a comment\nidle_timeout = \"soon\"",
        "Leptos.toml:3: session.idle_timeout: must be a length of time such as 90s, 10m, 1h or 7d",
    );
    refuses("session.recent = \"0s\"", "Leptos.toml:1: session.recent: must be longer than zero");
    refuses("session.recent = \"11years\"", "Leptos.toml:1: session.recent: must not be longer than ten years");
    refuses("session.recent = 10", "Leptos.toml:1: session.recent: must be text in quotes");
    refuses("site.name = 7", "Leptos.toml:1: site.name: must be text in quotes");
    refuses(
        "database.max_connections = \"10\"",
        "Leptos.toml:1: database.max_connections: must be a whole number from 0 to 4294967295",
    );
    refuses("mail.port = 70000", "Leptos.toml:1: mail.port: must be a whole number from 0 to 65535");
    refuses("mail.port = -1", "Leptos.toml:1: mail.port: must be a whole number from 0 to 65535");
    refuses("registration.verify_email = \"yes\"", "Leptos.toml:1: registration.verify_email: must be true or false");
    refuses("password.words = \"acme\"", "Leptos.toml:1: password.words: must be a list such as [\"one\", \"two\"]");
    refuses("password.words = [1]", "Leptos.toml:1: password.words: must be a list such as [\"one\", \"two\"]");
    refuses(
        "server.addr = \"3000\"",
        "Leptos.toml:1: server.addr: must be an address and a port such as 127.0.0.1:3000",
    );
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_its_line() {
    let error = load("[server]\n\naddr = \n").unwrap_err().to_string();
    assert!(error.starts_with("Leptos.toml:3: not valid TOML: "), "{error}");
    let error = load("[log]\nlevel = \"info\"\nlevel = \"warn\"\n").unwrap_err().to_string();
    assert_eq!(error, "Leptos.toml:3: not valid TOML: duplicate key");
}

#[test]
fn a_file_that_is_not_utf8_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.toml");
    std::fs::write(&path, b"[site]\nname = \"\xff\"\n").unwrap();
    let error = Config::load(Some(&path), environment(&[])).unwrap_err();
    assert!(error.to_string().ends_with("d.toml: cannot be read: stream did not contain valid UTF-8"));
}

#[test]
fn the_environment_overrides_the_file_and_is_named_as_the_source() {
    let config = load_with(
        "[server]\naddr = \"127.0.0.1:1\"\ndata_dir = \"file\"\n",
        &[("DOORWARD__SERVER__ADDR", "127.0.0.1:4000"), ("PATH", "/bin"), ("DOORWARD_OTHER", "x")],
    )
    .unwrap();
    assert_eq!(config.server.addr.port(), 4000);
    assert_eq!(config.server.data_dir, Path::new("file"));
    let shown = |key: &str| config.describe().into_iter().find(|entry| entry.0 == key).unwrap();
    let (_, value, source) = shown("server.addr");
    assert_eq!((value.as_str(), source.to_string().as_str()), ("127.0.0.1:4000", "DOORWARD__SERVER__ADDR"));
    assert_eq!(shown("server.data_dir").2.to_string(), "Leptos.toml:3");
    assert_eq!(shown("log.level").2.to_string(), "default");
}

#[test]
fn every_kind_of_value_can_come_from_the_environment() {
    let config = load_with(
        "",
        &[
            ("DOORWARD__SERVER__TRUSTED_PROXIES", "127.0.0.1, 10.0.0.7/8,::1"),
            ("DOORWARD__PASSWORD__WORDS", "acme, acme gmbh"),
            ("DOORWARD__PASSWORD__MEMORY_KIB", "65536"),
            ("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false"),
            ("DOORWARD__SESSION__RECENT", "5m"),
            ("DOORWARD__MAIL__PORT", "2525"),
            ("DOORWARD__LOG__FORMAT", "json"),
        ],
    )
    .unwrap();
    let proxies: Vec<_> = config.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]);
    assert_eq!(config.password.words, ["acme", "acme gmbh"]);
    assert_eq!(config.password.memory_kib, 65_536);
    assert!(!config.registration.verify_email);
    assert_eq!(config.session.recent.micros(), 300_000_000);
    assert_eq!(config.mail.smtp_port(), 2525);
}

#[test]
fn an_empty_variable_is_a_value() {
    let config = load_with(
        "server.secret_key_file = \"elsewhere\"\nserver.trusted_proxies = [\"10.0.0.1\"]\n",
        &[("DOORWARD__SERVER__SECRET_KEY_FILE", ""), ("DOORWARD__SERVER__TRUSTED_PROXIES", "")],
    )
    .unwrap();
    assert_eq!(config.secret_key_file(), Path::new("data/secret.key"));
    assert!(config.server.trusted_proxies.is_empty());
    refuses_variable("DOORWARD__SITE__NAME", "", "must be 1 to 40 characters on one line");
}

#[test]
fn unknown_and_wrong_variables_are_named() {
    let sections = "unknown section; there are server, site, database, session, password, second_factor, registration, limits, tokens, forward_auth, mail, audit, log, metrics, providers";
    refuses_variable("DOORWARD__SERVER_ADDR", "x", sections);
    refuses_variable("DOORWARD__server__addr", "127.0.0.1:1", "must be written in capitals");
    refuses_variable("DOORWARD__", "x", sections);
    refuses_variable("DOORWARD__LOG__COLOUR", "x", "unknown key; [log] has format, level");
    refuses_variable("DOORWARD__DATABASE__MAX_CONNECTIONS", "many", "must be a whole number from 0 to 4294967295");
    refuses_variable("DOORWARD__REGISTRATION__VERIFY_EMAIL", "1", "must be true or false");
    refuses_variable("DOORWARD__SITE__NAME", "caf\u{fffd}", "must be UTF-8 text");
}

#[test]
fn secrets_of_digits_alone_stay_text() {
    let smtp = "[mail]\ntransport = \"smtp\"\nhost = \"mx.example.org\"\nusername = \"007\"\n";
    let config = load_with(smtp, &[("DOORWARD__MAIL__PASSWORD", "0123")]).unwrap();
    assert_eq!(config.mail.password.unwrap().expose(), "0123");
    assert_eq!(config.mail.username.unwrap(), "007");
    let digits = "1234567890123456789012345678901234567890123456789012345678901234";
    let config = load_variable("DOORWARD__SERVER__SECRET_KEY", digits).unwrap();
    assert_eq!(config.server.secret_key.unwrap().expose()[..3], [0x12, 0x34, 0x56]);
}

#[test]
fn secrets_are_never_shown() {
    let toml = "[mail]\ntransport = \"smtp\"\nhost = \"mx\"\nusername = \"u\"\npassword = \"canary\"\n\
        [database]\nurl = \"postgres://owner:canary@db:5433/doorward?password=canary\"\ndirect_url = \"postgres://canary@db/d\"\n";
    let config = load_with(toml, &[("DOORWARD__SERVER__SECRET_KEY", KEY)]).unwrap();
    for shown in [format!("{config:?}"), format!("{config:#?}"), format!("{:?}", config.describe())] {
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!shown.contains("0405") && !shown.contains("4, 5"), "{shown}");
    }
    let value = |key| config.describe().into_iter().find(|entry| entry.0 == key).unwrap().1;
    assert_eq!(value("server.secret_key"), "(set)");
    assert_eq!(value("mail.password"), "(set)");
    assert_eq!(value("database.url"), "postgres://db:5433/doorward");
}

#[test]
fn messages_never_repeat_a_secret() {
    for toml in [
        "mail.password = 4711",
        "mail.password = 4711 oops",
        "mail.password = [\"4711\"]",
        "mail.password = '4711\n",
        "mail.password = \"4711\\q\"",
        "mail.password = 4711_x",
        "server.secret_key = \"4711\"",
        "database.url = \"mysql://root:4711@db\"",
        "database.url = \"postgres://root:4711@db:99999/x\"",
        "database.direct_url = \"root:4711@db\"",
        "server.public_url = \"https://root:4711@id.example.org\"",
    ] {
        let error = load(toml).expect_err(toml);
        assert!(!format!("{error} {error:?}").contains("4711"), "{error}");
    }
    let error = load_variable("DOORWARD__SERVER__SECRET_KEY", "4711").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("4711"), "{error}");
}

mod forward_auth;
mod providers;
mod refusals;
mod retention;

#[test]
fn no_link_leads_elsewhere_or_breaks_a_line() {
    let mut config = Config::default();
    config.server.public_url = "https://sign-in.example.org".parse().unwrap();
    let home = "https://sign-in.example.org/";
    for own in ["/", "/was-it-you?token=0a1b", "/sign-in?then=/auth/hand-over?to=a_b-c", "/.well-known/jwks.json"] {
        assert_eq!(config.link(own), format!("https://sign-in.example.org{own}"));
    }
    for other in [
        "",
        "account",
        "//evil.example",
        "/\\evil.example",
        "/a//evil",
        "/..//evil.example",
        "/a/../b",
        "/./a",
        "/%2f%2fevil",
        "/%2E%2e/a",
        "/a%5cb",
        "/%2525",
        "/x\r\nBcc: a@b",
        "/a b",
        "/\u{e4}",
        ".evil.example/",
        "@evil.example/",
        "https://evil.example/",
        "/\tevil",
    ] {
        assert_eq!(config.link(other), home, "{other:?}");
    }
}
