//! Values and combinations that are refused, each with its exact words.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{KEY, load, load_variable, load_with, refuses, refuses_variable, values};
use crate::base::config::{DatabaseUrl, PublicUrl};

#[test]
fn the_secret_key_is_refused_in_the_file() {
    refuses(
        &format!("[server]\nsecret_key = \"{KEY}\"\n"),
        "Leptos.toml:2: server.secret_key: must not be written in this file, which gets copied and backed up: \
         use server.secret_key_file, or the variable DOORWARD__SERVER__SECRET_KEY",
    );
}

#[test]
fn the_secret_key_is_32_random_bytes_in_hexadecimal_or_base64() {
    let variable = "DOORWARD__SERVER__SECRET_KEY";
    let expected: Vec<u8> = (0..32).collect();
    for text in [
        KEY,
        &KEY.to_uppercase(),
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    ] {
        let key = load_variable(variable, text).unwrap().server.secret_key.unwrap();
        assert_eq!(key.expose()[..], expected);
    }
    for text in [&KEY[2..], "changeme", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", &"0".repeat(64)] {
        refuses_variable(
            variable,
            text,
            "must be 32 random bytes as 64 hexadecimal digits or as base64, such as `openssl rand -hex 32` prints",
        );
    }
}

#[test]
fn a_public_url_is_an_origin_and_leaves_the_machine_only_over_https() {
    for (text, origin, host, https, loopback) in [
        ("https://id.example.org/", "https://id.example.org", "id.example.org", true, false),
        ("https://ID.example.org:443", "https://id.example.org", "id.example.org", true, false),
        ("https://id.example.org:8443", "https://id.example.org:8443", "id.example.org", true, false),
        ("http://127.8.0.1:4000", "http://127.8.0.1:4000", "127.8.0.1", false, true),
        ("http://[::1]:4000/", "http://[::1]:4000", "[::1]", false, true),
        ("http://app.localhost", "http://app.localhost", "app.localhost", false, true),
        ("https://localhost", "https://localhost", "localhost", true, true),
    ] {
        let url: PublicUrl = text.parse().unwrap();
        let found = (url.origin(), url.host(), url.is_https(), url.is_loopback());
        assert_eq!(found, (origin, host, https, loopback));
    }
    let not_secure =
        "must start with https://: over http, passwords can be read on the way (http is accepted for localhost only)";
    for text in ["http://id.example.org", "http://localhost.example.org", "http://0.0.0.0:3000", "http://10.0.0.1"] {
        refuses_variable("DOORWARD__SERVER__PUBLIC_URL", text, not_secure);
    }
    let path = "must end after the host and port: Doorward has a host of its own, not a path below another site";
    for text in ["https://example.org/id", "https://example.org?x", "https://example.org/#x"] {
        refuses_variable("DOORWARD__SERVER__PUBLIC_URL", text, path);
    }
    for text in ["", "id.example.org", "ftp://id.example.org", "https://"] {
        refuses_variable("DOORWARD__SERVER__PUBLIC_URL", text, "must be an address such as https://id.example.org");
    }
    refuses_variable(
        "DOORWARD__SERVER__PUBLIC_URL",
        "https://me@id.example.org",
        "must not contain a user name or password",
    );
}

#[test]
fn a_database_url_with_a_typo_never_makes_an_empty_database() {
    let sqlite = |text: &str| text.parse::<DatabaseUrl>().unwrap().to_string();
    assert_eq!(sqlite("sqlite:data/x.db"), "sqlite:data/x.db");
    assert_eq!(sqlite("sqlite:///var/x.db"), "sqlite:/var/x.db");
    let key = "DOORWARD__DATABASE__URL";
    for text in ["postgre://db/x", "mysql://db/x", "data/x.db", "Sqlite:x", "postgres:db"] {
        refuses_variable(key, text, "must start with sqlite:, postgres:// or postgresql://");
    }
    refuses_variable(
        key,
        "sqlite::memory:",
        "must be a file: a database in memory forgets every account when the server stops",
    );
    for text in ["sqlite:", "sqlite://", "sqlite:x.db?mode=rwc"] {
        refuses_variable(
            key,
            text,
            "must be sqlite: and the path of a file, without options, such as sqlite:data/doorward.db",
        );
    }
    let shape = "must be an address such as postgres://user:password@db.example.org:5432/doorward";
    for text in ["postgres://db:port/x", "postgres://db/x?sslmode=requir"] {
        refuses_variable(key, text, shape);
    }
    refuses_variable("DOORWARD__DATABASE__DIRECT_URL", "sqlite:x.db", shape);
    refuses_variable(
        "DOORWARD__DATABASE__DIRECT_URL",
        "postgres://db/x",
        "is for PostgreSQL behind a pooler, but database.url is not a PostgreSQL address",
    );
    refuses_variable("DOORWARD__DATABASE__MAX_CONNECTIONS", "0", "must be from 1 to 1000");
}

#[test]
fn migrations_go_past_the_pooler() {
    let toml = "database.url = \"postgres://u:p@pool/d\"\ndatabase.direct_url = \"postgresql://u:p@db/d\"\n";
    let config = load(toml).unwrap();
    let DatabaseUrl::Postgres(direct) = config.migration_url() else { panic!("not PostgreSQL") };
    assert_eq!(direct.expose(), "postgresql://u:p@db/d");
    assert_eq!(config.database_url().to_string(), "postgres://pool/d");
}

#[test]
fn contradicting_times_blame_the_one_that_was_written() {
    let words = "session.idle_timeout (1h) must not be longer than session.absolute_timeout (30m)";
    refuses("[session]\nabsolute_timeout = \"30m\"\n", &format!("Leptos.toml:2: session.absolute_timeout: {words}"));
    refuses(
        "[session]\nabsolute_timeout = \"30m\"\nidle_timeout = \"1h\"",
        &format!("Leptos.toml:3: session.idle_timeout: {words}"),
    );
    refuses_variable(
        "DOORWARD__SESSION__REMEMBER_IDLE",
        "31d",
        "session.remember_idle (31d) must not be longer than session.remember_absolute (30d)",
    );
    refuses_variable(
        "DOORWARD__SESSION__RECENT",
        "13h",
        "session.recent (13h) must not be longer than session.absolute_timeout (12h)",
    );
}

#[test]
fn passwords_and_their_hashes_have_floors_and_ceilings() {
    let minimum = "must be from 15 to 64: 15 is the least for a password that stands alone; \
        beside a second factor password.minimum_with_second_factor holds";
    refuses_variable("DOORWARD__PASSWORD__MINIMUM", "8", minimum);
    refuses_variable("DOORWARD__PASSWORD__MINIMUM", "65", minimum);
    for beyond in ["7", "65"] {
        refuses_variable("DOORWARD__PASSWORD__MINIMUM_WITH_SECOND_FACTOR", beyond, "must be from 8 to 64");
    }
    let above = "password.minimum_with_second_factor must not be above password.minimum";
    refuses_variable("DOORWARD__PASSWORD__MINIMUM_WITH_SECOND_FACTOR", "16", above);
    assert!(load("[password]\nminimum = 20\nminimum_with_second_factor = 20\n").is_ok());
    refuses_variable("DOORWARD__PASSWORD__MEMORY_KIB", "19455", "must be from 19456 to 131072");
    refuses_variable("DOORWARD__PASSWORD__MEMORY_KIB", "131073", "must be from 19456 to 131072");
    refuses_variable("DOORWARD__PASSWORD__ITERATIONS", "1", "must be from 2 to 20");
    refuses_variable("DOORWARD__PASSWORD__PARALLELISM", "0", "must be from 1 to 16");
    refuses_variable("DOORWARD__PASSWORD__THREADS", "257", "must be from 0 to 256");
    refuses_variable("DOORWARD__PASSWORD__QUEUE", "0", "must be from 1 to 10000");
    refuses_variable("DOORWARD__PASSWORD__WORDS", "acme,ab", "each word must be 3 to 64 characters");
}

#[test]
fn a_site_name_fits_on_one_line() {
    let words = "must be 1 to 40 characters on one line";
    for name in ["  ", "a\nb", &"é".repeat(41)] {
        refuses_variable("DOORWARD__SITE__NAME", name, words);
    }
    assert!(load_variable("DOORWARD__SITE__NAME", &"é".repeat(40)).is_ok());
}

#[test]
fn a_security_contact_is_an_address_that_can_be_followed() {
    const KEY: &str = "DOORWARD__SITE__SECURITY_CONTACT";
    for contact in ["mailto:security@example.org", "https://example.org/security?x=y", "tel:+1-201-555-0123"] {
        let config = load_variable(KEY, contact).unwrap();
        assert_eq!(config.site.security_contact.unwrap().to_string(), contact);
    }
    assert!(load_variable(KEY, "").unwrap().site.security_contact.is_none());
    let words = "must be mailto:security@example.org, https://example.org/security or a tel: number";
    for wrong in [
        "security@example.org",
        "mailto:security",
        "mailto:@x",
        "http://example.org",
        "https://a:b@c",
        "javascript:x",
        "tel:",
    ] {
        refuses_variable(KEY, wrong, words);
    }
    let broken = load_variable(KEY, "mailto:security@example.org\nExpires: 9999").unwrap();
    assert!(!broken.site.security_contact.unwrap().to_string().contains('\n'));
}

#[test]
fn a_word_that_is_no_choice_is_answered_with_the_choices() {
    refuses("registration.mode = \"friends\"", "Leptos.toml:1: registration.mode: must be open, invite or closed");
    refuses("mail.transport = \"SMTP\"", "Leptos.toml:1: mail.transport: must be file or smtp");
    refuses("mail.security = \"ssl\"", "Leptos.toml:1: mail.security: must be starttls, tls or none");
    refuses("log.format = \"\"", "Leptos.toml:1: log.format: must be text or json");
}

#[test]
fn a_misspelt_level_is_not_taken_for_the_name_of_a_module() {
    let words = "must be error, warn, info, debug or trace, or such as info,doorward=debug";
    for level in ["inof", "", "info,dorward", "doorward=loud", "info,"] {
        refuses_variable("DOORWARD__LOG__LEVEL", level, words);
    }
    for level in ["warn", "info,doorward=debug", "off"] {
        assert!(load_variable("DOORWARD__LOG__LEVEL", level).is_ok(), "{level}");
    }
}

#[test]
fn a_proxy_is_an_address_or_a_block_and_never_everybody() {
    let key = "DOORWARD__SERVER__TRUSTED_PROXIES";
    refuses_variable(key, "127.0.0.1,proxy", "`proxy` is neither an address nor a block such as 10.0.0.0/8");
    refuses_variable(key, "10.0.0.0/33", "`10.0.0.0/33` is neither an address nor a block such as 10.0.0.0/8");
    for everybody in ["0.0.0.0/0", "::/0"] {
        let words = format!(
            "`{everybody}` is every address there is: anybody could then claim to be anybody; name your proxy's own"
        );
        refuses_variable(key, everybody, &words);
    }
}

#[test]
fn tls_is_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let cert = folder.path().join("cert.pem");
    std::fs::write(&cert, "x").unwrap();
    let cert = cert.to_str().unwrap();
    refuses_variable("DOORWARD__SERVER__TLS_CERT", cert, "needs server.tls_key as well");
    refuses_variable("DOORWARD__SERVER__TLS_KEY", cert, "needs server.tls_cert as well");
    refuses_variable(
        "DOORWARD__SERVER__REDIRECT_ADDR",
        "127.0.0.1:80",
        "sends people from http to https, so it needs server.tls_cert and server.tls_key",
    );
    let https = "server.public_url = \"https://localhost:3000\"\n";
    let both = ("DOORWARD__SERVER__TLS_CERT", cert);
    let missing = load_with(https, &[both, ("DOORWARD__SERVER__TLS_KEY", "/nowhere/key.pem")]).unwrap_err();
    assert_eq!(missing.to_string(), "DOORWARD__SERVER__TLS_KEY: there is no file /nowhere/key.pem");
    let key = ("DOORWARD__SERVER__TLS_KEY", cert);
    let plain = load_with("", &[both, key]).unwrap_err();
    assert_eq!(
        plain.to_string(),
        "DOORWARD__SERVER__TLS_CERT: server.tls_cert is set, so server.public_url must start with https://"
    );
    let twice = load_with(https, &[both, key, ("DOORWARD__SERVER__REDIRECT_ADDR", "127.0.0.1:3000")]).unwrap_err();
    assert_eq!(twice.to_string(), "DOORWARD__SERVER__REDIRECT_ADDR: must differ from server.addr");
    assert!(load_with(https, &[both, key, ("DOORWARD__SERVER__REDIRECT_ADDR", "127.0.0.1:80")]).is_ok());
}

#[test]
fn a_data_folder_has_a_name_and_a_shutdown_has_an_end() {
    refuses_variable("DOORWARD__SERVER__DATA_DIR", "", "must name a folder");
    refuses_variable("DOORWARD__SERVER__SHUTDOWN_TIMEOUT", "0s", "must be longer than zero");
}

#[test]
fn a_public_server_needs_mails_that_reach_people() {
    let words = "mails must reach people when server.public_url is https://id.example.org: set mail.transport to smtp, and mail.host";
    refuses_variable("DOORWARD__SERVER__PUBLIC_URL", "https://id.example.org", words);
    refuses(
        "[server]\npublic_url = \"https://id.example.org\"\n[mail]\ntransport = \"file\"\n",
        &format!("Leptos.toml:4: mail.transport: {words}"),
    );
    let smtp =
        "[server]\npublic_url = \"https://id.example.org\"\n[mail]\ntransport = \"smtp\"\nhost = \"mx.example.org\"\n";
    assert!(load(smtp).is_ok());
}

#[test]
fn mail_over_smtp_needs_a_server_and_never_goes_out_in_clear() {
    let smtp = |more: &str| format!("[mail]\ntransport = \"smtp\"\n{more}");
    refuses(&smtp(""), "Leptos.toml:2: mail.transport: mail.transport is smtp, so mail.host must name the mail server");
    refuses(
        &smtp("host = \"mx.example.org\"\nsecurity = \"none\"\n"),
        "Leptos.toml:4: mail.security: none is for a mail server on this machine alone: on the way to another, \
         links that reset passwords could be read",
    );
    refuses(
        &smtp("host = \"mx\"\nusername = \"me\"\n"),
        "Leptos.toml:4: mail.username: needs mail.password or mail.password_file as well",
    );
    refuses(&smtp("host = \"mx\"\npassword = \"x\"\n"), "Leptos.toml:4: mail.password: needs mail.username as well");
    for (host, security, port) in
        [("localhost", "none", 25), ("127.0.0.1", "starttls", 587), ("mx.example.org", "tls", 465)]
    {
        let config = load(&smtp(&format!("host = \"{host}\"\nsecurity = \"{security}\"\n"))).unwrap();
        assert_eq!(config.mail.smtp_port(), port);
    }
    refuses_variable("DOORWARD__MAIL__FROM", "Doorward", "must be a sender such as Doorward <doorward@example.org>");
}

#[test]
fn the_mail_password_can_stand_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "0042 x\n").unwrap();
    let smtp = "[mail]\ntransport = \"smtp\"\nhost = \"mx\"\nusername = \"me\"\n";
    let variable = ("DOORWARD__MAIL__PASSWORD_FILE", path);
    let config = load_with(smtp, &[variable]).unwrap();
    assert_eq!(config.mail.password.unwrap().expose(), "0042 x");

    let twice = load_with(smtp, &[variable, ("DOORWARD__MAIL__PASSWORD", "x")]).unwrap_err();
    assert_eq!(
        twice.to_string(),
        "DOORWARD__MAIL__PASSWORD_FILE: mail.password and mail.password_file are both set: keep one"
    );
    std::fs::write(&file, "\n").unwrap();
    let empty = load_with(smtp, &[variable]).unwrap_err();
    assert_eq!(empty.to_string(), "DOORWARD__MAIL__PASSWORD_FILE: the file is empty");
    refuses_variable(
        "DOORWARD__MAIL__PASSWORD_FILE",
        "/nowhere/password",
        "/nowhere/password cannot be read: No such file or directory (os error 2)",
    );
}

#[test]
fn metrics_are_served_nowhere_or_apart_from_everything_else() {
    assert_eq!(load("").unwrap().metrics.addr, None);
    for apart in ["127.0.0.1:9464", "0.0.0.0:9464", "[::1]:9464", "192.0.2.1:3000"] {
        let config = load_variable("DOORWARD__METRICS__ADDR", apart).unwrap();
        assert_eq!(config.metrics.addr, Some(apart.parse().unwrap()));
    }
    for same in ["127.0.0.1:3000", "0.0.0.0:3000", "[::]:3000"] {
        refuses_variable(
            "DOORWARD__METRICS__ADDR",
            same,
            "metrics.addr must differ from server.addr, which anybody can reach",
        );
    }
    refuses("metrics.addr = 9464", "Leptos.toml:1: metrics.addr: must be text in quotes");
    refuses(
        "metrics.addr = \"localhost\"",
        "Leptos.toml:1: metrics.addr: must be an address and a port such as 127.0.0.1:3000",
    );
}

#[test]
fn codes_are_only_made_in_ways_that_authenticator_apps_know() {
    for good in ["digits = 8", "digits = 6", "period = 60", "algorithm = \"SHA256\"", "algorithm = \"SHA512\""] {
        assert!(load(&format!("[second_factor]\n{good}\n")).is_ok(), "{good}");
    }
    let place = "Leptos.toml:1: second_factor";
    refuses("second_factor.algorithm = \"MD5\"", &format!("{place}.algorithm: must be SHA1, SHA256 or SHA512"));
    for digits in [0, 5, 7, 9, 10] {
        let words = format!("{place}.digits: must be 6 or 8: authenticator apps know no other");
        refuses(&format!("second_factor.digits = {digits}"), &words);
    }
    for period in [0, 15, 90] {
        let words = format!("{place}.period: must be 30 or 60 (seconds): authenticator apps know no other");
        refuses(&format!("second_factor.period = {period}"), &words);
    }
}

#[test]
fn a_browser_is_trusted_for_ninety_days_at_most_or_never() {
    for good in [0, 1, 30, 90] {
        assert!(load(&format!("[second_factor]\ntrust_days = {good}\n")).is_ok(), "{good}");
    }
    refuses("second_factor.trust_days = 91", "Leptos.toml:1: second_factor.trust_days: must be from 0 to 90");
    refuses(
        "second_factor.trust_days = -1",
        "Leptos.toml:1: second_factor.trust_days: must be a whole number from 0 to 65535",
    );
}

#[test]
fn a_policy_of_second_factors_names_whom_it_asks_for_which_and_by_when() {
    let config =
        load("[second_factor]\npolicy = \"admins\"\nallowed = [\"passkey\", \"passkey\"]\ngrace_days = 90\n").unwrap();
    let shown = |key| values(&config).into_iter().find(|(name, _)| *name == key).map(|(_, value)| value).unwrap();
    assert_eq!(shown("second_factor.policy"), "admins");
    assert_eq!(shown("second_factor.allowed"), "passkey");
    assert_eq!(
        load_variable("DOORWARD__SECOND_FACTOR__ALLOWED", "totp, passkey").unwrap().second_factor.allowed.len(),
        2
    );
    let place = "Leptos.toml:1: second_factor";
    refuses("second_factor.policy = \"all\"", &format!("{place}.policy: must be optional, admins or everyone"));
    refuses("second_factor.allowed = [\"sms\"]", &format!("{place}.allowed: `sms` is none of totp and passkey"));
    refuses("second_factor.allowed = []", &format!("{place}.allowed: must name totp, passkey or both"));
    refuses("second_factor.grace_days = 91", &format!("{place}.grace_days: must be from 0 to 90"));
}

#[test]
fn passkeys_alone_are_refused_where_the_address_has_no_name_to_bind_them_to() {
    for (url, name) in [("http://127.0.0.1:3000", false), ("http://[::1]:3000", false), ("http://localhost:3000", true)]
    {
        for policy in ["optional", "admins", "everyone"] {
            let text = |allowed| {
                format!(
                    "[server]\npublic_url = \"{url}\"\n[second_factor]\npolicy = \"{policy}\"\nallowed = {allowed}\n"
                )
            };
            assert!(load(&text("[\"totp\", \"passkey\"]")).is_ok(), "{url} {policy}");
            let alone = load(&text("[\"passkey\"]"));
            assert_eq!(alone.is_ok(), name, "{url} {policy}");
            if let Err(error) = alone {
                let error = error.to_string();
                assert!(error.contains("second_factor.allowed") && error.contains("allow totp as well"), "{error}");
            }
        }
    }
}

#[test]
fn the_wait_before_second_factors_are_removed_is_an_hour_at_least_and_thirty_days_at_most() {
    for (good, shown) in [("1h", "1h"), ("90m", "90m"), ("24h", "1d"), ("30d", "30d")] {
        let config = load(&format!("[second_factor]\nrecovery_wait = \"{good}\"\n")).unwrap();
        assert_eq!(config.second_factor.recovery_wait.to_string(), shown);
    }
    let place = "Leptos.toml:1: second_factor.recovery_wait";
    let words = format!(
        "{place}: must be from 1h to 30d: the owner needs the time to read the letter and stop it, and whoever has lost everything can't get in for as long"
    );
    for bad in ["31d", "59m", "1s"] {
        refuses(&format!("second_factor.recovery_wait = \"{bad}\""), &words);
    }
    refuses("second_factor.recovery_wait = \"0s\"", &format!("{place}: must be longer than zero"));
    refuses(
        "second_factor.recovery_wait = \"never\"",
        &format!("{place}: must be a length of time such as 90s, 10m, 1h or 7d"),
    );
}

#[test]
fn signing_keys_overlap_long_enough_and_change_less_often_than_they_overlap() {
    let config = load("").unwrap();
    assert_eq!(config.tokens.rotate_keys_every.to_string(), "90d");
    assert_eq!(config.tokens.key_overlap.to_string(), "1d");
    assert!(load("[tokens]\nrotate_keys_every = \"2h\"\nkey_overlap = \"1h\"\n").is_ok());
    for bad in ["59m", "31d"] {
        refuses(
            &format!("tokens.key_overlap = \"{bad}\""),
            "Leptos.toml:1: tokens.key_overlap: must be from 1h to 30d: verifiers need the time to read a new key, and \
             tokens of an old one to end",
        );
    }
    refuses(
        "tokens.rotate_keys_every = \"47h\"",
        "Leptos.toml:1: tokens.rotate_keys_every: tokens.rotate_keys_every (47h) must be at least twice tokens.key_overlap (1d)",
    );
    for bad in ["none", "HS256", "es256", "RS512"] {
        refuses(
            &format!("tokens.algorithm = \"{bad}\""),
            "Leptos.toml:1: tokens.algorithm: must be ES256, EdDSA or RS256",
        );
    }
}
