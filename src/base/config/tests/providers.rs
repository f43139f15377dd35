//! Sections of named tables.

use super::{load, load_variable, load_with, refuses, refuses_variable};
use crate::base::config::{Preset, Source};

const COMPLETE: &str = "[providers.work]\nissuer = \"https://login.example.org\"\nclient_id = \"doorward\"\n";

#[test]
fn providers_are_read_from_the_file_and_from_the_environment_key_by_key() {
    let file = format!(
        "{COMPLETE}scopes = [\"openid\", \"email\"]\n[providers.google]\npreset = \"google\"\nclient_id = \"file\"\n"
    );
    let variables = [
        ("DOORWARD__PROVIDERS__GOOGLE__CLIENT_ID", "0042"),
        ("DOORWARD__PROVIDERS__GOOGLE__CLIENT_SECRET", "very secret"),
        ("DOORWARD__PROVIDERS__OUR_HUB__PRESET", "github"),
        ("DOORWARD__PROVIDERS__OUR_HUB__CLIENT_ID", "hub"),
        ("DOORWARD__PROVIDERS__OUR_HUB__CLIENT_SECRET", "another"),
        ("DOORWARD__PROVIDERS__OUR_HUB__ALLOWED_DOMAINS", "example.org, example.net"),
        ("DOORWARD__PROVIDERS__OUR_HUB__CREATE_ACCOUNTS", "false"),
    ];
    let config = load_with(&file, &variables).unwrap();
    let names: Vec<&str> = config.providers.keys().map(String::as_str).collect();
    assert_eq!(names, ["google", "our_hub", "work"]);
    let google = &config.providers["google"];
    assert_eq!((google.client_id.as_str(), google.issuer()), ("0042", "https://accounts.google.com"));
    assert_eq!(google.label("google"), "Google");
    let hub = &config.providers["our_hub"];
    assert_eq!((hub.preset, hub.create_accounts), (Some(Preset::Github), false));
    assert_eq!(hub.allowed_domains, ["example.org", "example.net"]);
    assert_eq!(hub.scopes(), ["read:user", "user:email"]);
    let work = &config.providers["work"];
    assert_eq!((work.label("work"), work.scopes().len(), work.allow_private_addresses), ("work".to_owned(), 2, false));
    assert_eq!(config.source("providers.google.client_id"), Source::Environment(variables[0].0.to_owned()));
    assert_eq!(config.source("providers.work.client_id"), Source::File { path: "Leptos.toml".into(), line: 3 });

    let shown = config.describe();
    let shown = |key: &str| shown.iter().find(|(found, ..)| found == key).unwrap().1.clone();
    assert_eq!(shown("providers.google.client_secret"), "(set)");
    assert_eq!(shown("providers.work.client_secret"), "");
    assert_eq!(shown("providers.our_hub.allowed_domains"), "example.org, example.net");
    for secret in [format!("{config:?}"), format!("{:?}", config.describe())] {
        assert!(!secret.contains("very secret") && !secret.contains("another"));
    }
}

#[test]
fn mistakes_in_a_named_table_are_named_with_their_place() {
    const KEYS: &str = "preset, issuer, client_id, client_secret, client_secret_file, label, scopes, create_accounts, allowed_domains, second_factor_amr, second_factor_acr, allow_private_addresses";
    refuses(
        "[providers.work]\nclient = \"x\"",
        &format!("Leptos.toml:2: providers.work.client: unknown key; [providers.work] has {KEYS}"),
    );
    refuses_variable("DOORWARD__PROVIDERS__WORK__CLIENT", "x", &format!("unknown key; [providers.work] has {KEYS}"));
    refuses(
        "[providers]\nwork = \"x\"",
        "Leptos.toml:2: providers.work: is a table: write [providers.work] and its keys below it",
    );
    refuses("providers = 1", "Leptos.toml:1: providers: is a section: write [providers] and its keys below it");
    const NAME: &str = "a name here is 1 to 32 of a-z, 0-9, - and single _, beginning with a letter or digit";
    for name in ["Work", "\"a/b\"", "\"..\"", "a__b", "_a", "\"\"", &"x".repeat(33)] {
        let error = load(&format!("[providers.{name}]\nclient_id = \"x\"")).unwrap_err().to_string();
        assert!(error.starts_with("Leptos.toml:1: providers.") && error.ends_with(NAME), "{error}");
    }
    let error = load_variable("DOORWARD__PROVIDERS__WORK", "x").unwrap_err().to_string();
    assert!(error.contains("unknown key; [providers] has"), "{error}");
    refuses(
        &format!("{COMPLETE}create_accounts = \"no\""),
        "Leptos.toml:4: providers.work.create_accounts: must be true or false",
    );
    refuses(
        &format!("{COMPLETE}scopes = \"openid\""),
        "Leptos.toml:4: providers.work.scopes: must be a list such as [\"one\", \"two\"]",
    );
    refuses(
        "[providers.work]\nissuer = \"https://login.example.org\"\n[providers.hub]\npreset = \"github\"\nclient_id = \"x\"",
        "providers.hub.client_secret: must be set for GitHub, or client_secret_file",
    );
}

#[test]
fn a_provider_that_could_not_be_believed_is_refused() {
    let refused = |issuer: &str| {
        load(&format!("[providers.work]\nclient_id = \"x\"\nissuer = \"{issuer}\"")).unwrap_err().to_string()
    };
    for issuer in [
        "login.example.org",
        "https://",
        "https://u:p@login.example.org",
        "https://login.example.org/?x",
        "https://login.example.org/#x",
    ] {
        assert!(refused(issuer).contains("must be the provider's issuer"), "{issuer}");
    }
    assert!(refused("http://login.example.org").contains("must start with https://"));
    assert!(refused("ftp://login.example.org").contains("must start with https://"));
    assert!(refused("http://localhost:9000").contains("set allow_private_addresses to true"));
    assert!(refused("https://login.microsoftonline.com/common/v2.0").contains("name one tenant"));
    let local =
        "[providers.work]\nclient_id = \"x\"\nissuer = \"http://localhost:9000\"\nallow_private_addresses = true";
    assert_eq!(load(local).unwrap().providers["work"].issuer(), "http://localhost:9000");
    for (line, reason) in [
        ("scopes = [\"email\"]", "must contain openid"),
        ("scopes = [\"openid\", \"two words\"]", "each must be one word"),
        ("allowed_domains = [\"Example.org\"]", "must be a list of domains in lower case"),
        ("allowed_domains = [\"@example.org\"]", "must be a list of domains in lower case"),
        ("label = \"two\\nlines\"", "must be 1 to 40 characters on one line"),
    ] {
        let error = load(&format!("{COMPLETE}{line}")).unwrap_err().to_string();
        assert!(error.starts_with("Leptos.toml:4: providers.work.") && error.contains(reason), "{error}");
    }
    let error = load("[providers.work]\nclient_id = \"x\"").unwrap_err().to_string();
    assert!(error.contains("providers.work.issuer: must be set"), "{error}");
    let error = load("[providers.work]\nissuer = \"https://login.example.org\"").unwrap_err().to_string();
    assert!(error.contains("providers.work.client_id: must be set"), "{error}");
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "from the file\n").unwrap();
    let with = |more: &str| load(&format!("{COMPLETE}client_secret_file = \"{}\"\n{more}", path.display()));
    let config = with("").unwrap();
    assert_eq!(config.providers["work"].client_secret.as_ref().unwrap().expose(), "from the file");
    let error = with("client_secret = \"x\"").unwrap_err().to_string();
    assert_eq!(
        error,
        "Leptos.toml:4: providers.work.client_secret_file: client_secret and client_secret_file are both set: keep one"
    );
    std::fs::remove_file(&path).unwrap();
    assert!(with("").unwrap_err().to_string().contains("cannot be read"));
}
