//! What no single value shows: bounds that have a reason, and settings that contradict each other.

use std::{borrow::Cow, fmt::Display, net::SocketAddr, ops::RangeInclusive, path::Path};

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::{
    AllowedFactor, AuditConfig, Config, DatabaseConfig, DatabaseUrl, Duration, ForwardAuthConfig, LimitsConfig,
    LogConfig, MailConfig, MailSecurity, MailTransport, PasswordConfig, RegistrationConfig, Secret, ServerConfig,
    SessionConfig, SiteConfig, TokensConfig, forward_auth,
    values::{MAIL_DOMAINS, is_mail_domain},
};
use crate::base::loopback::is_loopback_host;

/// The keys involved, most telling first, and why they are refused. Never a secret value.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) keys: Vec<Cow<'static, str>>,
    pub(super) reason: String,
}

pub(super) type Checked = Result<(), Refusal>;

pub(super) fn check(config: &Config) -> Checked {
    server(&config.server)?;
    site(&config.site)?;
    database(&config.database)?;
    session(&config.session)?;
    password(&config.password)?;
    second_factor(config)?;
    registration(&config.registration)?;
    limits(&config.limits)?;
    tokens(&config.tokens)?;
    forward_auth(config)?;
    mail(&config.mail)?;
    mail_reaches_people(config)?;
    audit(&config.audit)?;
    log(&config.log)?;
    metrics(config)?;
    config.providers.iter().try_for_each(|(name, provider)| super::providers::check(name, provider))
}

/// Puts what `mail.password_file` holds (without the line end) where `mail.password` is.
pub(super) fn read_password_file(config: &mut Config) -> Checked {
    const KEY: &str = "mail.password_file";
    let Some(path) = &config.mail.password_file else {
        return Ok(());
    };
    if config.mail.password.is_some() {
        return refuse_all(&[KEY, "mail.password"], "mail.password and mail.password_file are both set: keep one");
    }
    config.mail.password = Some(secret_in(path).map_err(|reason| refusal(KEY, reason))?);
    Ok(())
}

/// What the file holds, without a byte order mark and the line end; or why it can't be had.
pub(super) fn secret_in(path: &Path) -> Result<Secret, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let text = zeroize::Zeroizing::new(text);
    let Ok(secret): Result<Secret, _> = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']).parse();
    if secret.expose().is_empty() {
        return Err("the file is empty".to_owned());
    }
    Ok(secret)
}

fn server(server: &ServerConfig) -> Checked {
    const CERT: &str = "server.tls_cert";
    const KEY: &str = "server.tls_key";
    const REDIRECT: &str = "server.redirect_addr";
    require(!server.data_dir.as_os_str().is_empty(), "server.data_dir", "must name a folder")?;
    let (cert, key) = match (&server.tls_cert, &server.tls_key) {
        (Some(cert), Some(key)) => (cert, key),
        (None, None) => {
            return require(
                server.redirect_addr.is_none(),
                REDIRECT,
                "sends people from http to https, so it needs server.tls_cert and server.tls_key",
            );
        }
        (Some(_), None) => return refuse(CERT, "needs server.tls_key as well"),
        (None, Some(_)) => return refuse(KEY, "needs server.tls_cert as well"),
    };
    existing_file(CERT, cert)?;
    existing_file(KEY, key)?;
    if !server.public_url.is_https() {
        // Every form would be refused: the browser's Origin is https, the one expected is not.
        return refuse_all(
            &["server.public_url", CERT],
            "server.tls_cert is set, so server.public_url must start with https://",
        );
    }
    require(server.redirect_addr != Some(server.addr), REDIRECT, "must differ from server.addr")
}

/// What is there to be looked at later stays for a week at least, whatever the privacy.
const KEEP_DAYS: RangeInclusive<u16> = 7..=3650;

fn existing_file(key: &'static str, path: &Path) -> Checked {
    require(path.is_file(), key, format!("there is no file {}", path.display()))
}

fn site(site: &SiteConfig) -> Checked {
    let length = site.name.trim().chars().count();
    let fits = (1..=40).contains(&length) && !site.name.chars().any(char::is_control);
    require(fits, "site.name", "must be 1 to 40 characters on one line")
}

fn database(database: &DatabaseConfig) -> Checked {
    between("database.max_connections", database.max_connections, 1, 1000)?;
    let postgres = matches!(database.url, Some(DatabaseUrl::Postgres(_)));
    require(
        database.direct_url.is_none() || postgres,
        "database.direct_url",
        "is for PostgreSQL behind a pooler, but database.url is not a PostgreSQL address",
    )
}

fn session(session: &SessionConfig) -> Checked {
    let SessionConfig { idle_timeout, absolute_timeout, remember_idle, remember_absolute, shared_idle, recent, .. } =
        session;
    between("session.max_per_user", session.max_per_user, 1, 500)?;
    not_longer("session.shared_idle", *shared_idle, "session.absolute_timeout", *absolute_timeout)?;
    not_longer("session.idle_timeout", *idle_timeout, "session.absolute_timeout", *absolute_timeout)?;
    not_longer("session.remember_idle", *remember_idle, "session.remember_absolute", *remember_absolute)?;
    not_longer("session.recent", *recent, "session.absolute_timeout", *absolute_timeout)
}

fn not_longer(short_key: &'static str, short: Duration, long_key: &'static str, long: Duration) -> Checked {
    if short <= long {
        return Ok(());
    }
    refuse_all(&[short_key, long_key], format!("{short_key} ({short}) must not be longer than {long_key} ({long})"))
}

fn password(password: &PasswordConfig) -> Checked {
    // NIST SP 800-63B-4: 15 characters where the password is the only factor, 8 beside a second
    // one.
    require(
        (15..=64).contains(&password.minimum),
        "password.minimum",
        "must be from 15 to 64: 15 is the least for a password that stands alone; beside a second factor password.minimum_with_second_factor holds",
    )?;
    between("password.minimum_with_second_factor", password.minimum_with_second_factor, 8, 64)?;
    if password.minimum_with_second_factor > password.minimum {
        return refuse_all(
            &["password.minimum_with_second_factor", "password.minimum"],
            "password.minimum_with_second_factor must not be above password.minimum",
        );
    }
    // Up to what is taken of any stored hash (base/passwords/cost.rs), or nobody could sign in with
    // what is made today.
    between("password.memory_kib", password.memory_kib, 19_456, 131_072)?;
    between("password.iterations", password.iterations, 2, 20)?;
    between("password.parallelism", password.parallelism, 1, 16)?;
    between("password.threads", password.threads, 0, 256)?;
    between("password.queue", password.queue, 1, 10_000)?;
    let fits = |word: &String| (3..=64).contains(&word.trim().chars().count());
    require(password.words.iter().all(fits), "password.words", "each word must be 3 to 64 characters")
}

fn second_factor(config: &Config) -> Checked {
    let factor = &config.second_factor;
    require(!factor.allowed.is_empty(), "second_factor.allowed", "must name totp, passkey or both")?;
    between("second_factor.grace_days", factor.grace_days, 0, 90)?;
    require(
        matches!(factor.digits, 6 | 8),
        "second_factor.digits",
        "must be 6 or 8: authenticator apps know no other",
    )?;
    require(
        matches!(factor.period, 30 | 60),
        "second_factor.period",
        "must be 30 or 60 (seconds): authenticator apps know no other",
    )?;
    between("second_factor.trust_days", factor.trust_days, 0, 90)?;
    require(
        (Duration::from_secs(3600)..=Duration::from_secs(30 * 24 * 3600)).contains(&factor.recovery_wait),
        "second_factor.recovery_wait",
        "must be from 1h to 30d: the owner needs the time to read the letter and stop it, and whoever has lost everything can't get in for as long",
    )?;
    let only_passkeys = factor.allowed.iter().all(|allowed| *allowed == AllowedFactor::Passkey);
    if only_passkeys && !config.server.public_url.can_have_passkeys() {
        // Not even where nothing demands a second factor: a password that is too short to stand
        // alone does.
        return refuse_all(
            &["second_factor.allowed", "server.public_url"],
            format!(
                "passkeys are bound to a name, and {} has none, so second_factor.allowed = [\"passkey\"] would let nobody set up a second factor: allow totp as well, or give server.public_url a name",
                config.server.public_url
            ),
        );
    }
    Ok(())
}

fn limits(limits: &LimitsConfig) -> Checked {
    between("limits.free_tries", limits.free_tries, 1, 1000)?;
    not_longer("limits.first_wait", limits.first_wait, "limits.longest_wait", limits.longest_wait)?;
    require(
        (Duration::from_secs(60)..=Duration::from_secs(24 * 3600)).contains(&limits.longest_wait),
        "limits.longest_wait",
        "must be from 1m to 24h: shorter lets guessing go on, and longer shuts out whoever comes with a new browser while somebody guesses",
    )?;
    for (key, value) in [
        ("limits.network_failures", limits.network_failures),
        ("limits.failures_in_all", limits.failures_in_all),
        ("limits.mails_per_address", limits.mails_per_address),
        ("limits.mails_per_network", limits.mails_per_network),
        ("limits.mails_in_all", limits.mails_in_all),
        ("limits.provider_starts", limits.provider_starts),
    ] {
        between(key, value, 1, 1_000_000)?;
    }
    Ok(())
}

fn registration(registration: &RegistrationConfig) -> Checked {
    const DOMAINS: &str = "registration.allowed_domains";
    let RegistrationConfig { verify_email, allowed_domains, .. } = registration;
    require(allowed_domains.iter().all(is_mail_domain), DOMAINS, MAIL_DOMAINS)?;
    require(
        *verify_email || allowed_domains.is_empty(),
        DOMAINS,
        "needs registration.verify_email = true: anybody can claim an address that nobody checks",
    )
}

fn tokens(tokens: &TokensConfig) -> Checked {
    const EVERY: &str = "tokens.rotate_keys_every";
    const OVERLAP: &str = "tokens.key_overlap";
    let TokensConfig { rotate_keys_every, key_overlap, access_lifetime, refresh_idle, refresh_absolute, .. } = tokens;
    require(
        (Duration::from_secs(60)..=Duration::from_secs(3600)).contains(access_lifetime),
        "tokens.access_lifetime",
        "must be from 1m to 1h: until it is over, an access token counts with verifiers that do not ask here",
    )?;
    not_longer("tokens.refresh_idle", *refresh_idle, "tokens.refresh_absolute", *refresh_absolute)?;
    between("tokens.personal_days", tokens.personal_days, 1, 3650)?;
    let fits =
        |audience: &String| (1..=200).contains(&audience.len()) && audience.bytes().all(|byte| byte.is_ascii_graphic());
    require(
        tokens.audiences.iter().all(fits),
        "tokens.audiences",
        "each must be 1 to 200 characters without spaces, such as https://app.example.org",
    )?;
    require(
        (Duration::from_secs(3600)..=Duration::from_secs(30 * 24 * 3600)).contains(key_overlap),
        OVERLAP,
        "must be from 1h to 30d: verifiers need the time to read a new key, and tokens of an old one to end",
    )?;
    if rotate_keys_every.as_std() < key_overlap.as_std() * 2 {
        return refuse_all(
            &[EVERY, OVERLAP],
            format!("{EVERY} ({rotate_keys_every}) must be at least twice {OVERLAP} ({key_overlap})"),
        );
    }
    Ok(())
}

fn forward_auth(config: &Config) -> Checked {
    let ForwardAuthConfig { enabled, rules } = &config.forward_auth;
    for (number, rule) in (1..).zip(rules) {
        if rule.require.is_none() {
            let reason = "needs require: nothing, session, second_factor or denied".to_owned();
            return Err(Refusal { keys: vec![format!("{}[{number}]", forward_auth::RULES).into()], reason });
        }
    }
    if *enabled && config.server.trusted_proxies.is_empty() {
        return refuse_all(
            &["forward_auth.enabled", "server.trusted_proxies"],
            "needs server.trusted_proxies: what was asked for, and by whom, is only believed when a proxy that you name there says so; \
             without one, anybody could claim to ask for something harmless",
        );
    }
    Ok(())
}

fn mail(mail: &MailConfig) -> Checked {
    require(
        mail.keep_days == 0 || KEEP_DAYS.contains(&mail.keep_days),
        "mail.keep_days",
        "must be from 7 to 3650, or 0 for ever: the administration tells of mails that were given up in the last seven days",
    )?;
    if mail.transport == MailTransport::File {
        return Ok(());
    }
    if mail.host.trim().is_empty() {
        return refuse_all(
            &["mail.host", "mail.transport"],
            "mail.transport is smtp, so mail.host must name the mail server",
        );
    }
    if mail.security == MailSecurity::None && !is_loopback_host(&mail.host) {
        return refuse(
            "mail.security",
            "none is for a mail server on this machine alone: on the way to another, links that reset passwords could be read",
        );
    }
    match (&mail.username, &mail.password) {
        (Some(_), None) => refuse("mail.username", "needs mail.password or mail.password_file as well"),
        (None, Some(_)) => refuse_all(&["mail.password", "mail.password_file"], "needs mail.username as well"),
        _ => Ok(()),
    }
}

/// On a public server mails as files would reach nobody, and reset links would lie on the disk.
fn mail_reaches_people(config: &Config) -> Checked {
    let public_url = &config.server.public_url;
    if public_url.is_loopback() || config.mail.transport == MailTransport::Smtp {
        return Ok(());
    }
    refuse_all(
        &["mail.transport", "server.public_url"],
        format!(
            "mails must reach people when server.public_url is {public_url}: set mail.transport to smtp, and mail.host"
        ),
    )
}

fn audit(audit: &AuditConfig) -> Checked {
    require(
        audit.keep_days == 0 || KEEP_DAYS.contains(&audit.keep_days),
        "audit.keep_days",
        "must be from 7 to 3650, or 0 for ever: links in letters ask for seven days about what entries say",
    )
}

fn log(log: &LogConfig) -> Checked {
    const SHAPE: &str = "must be error, warn, info, debug or trace, or such as info,doorward=debug";
    // EnvFilter takes a misspelt level for the name of a target and then logs almost nothing.
    let misspelt = |directive: &str| {
        !directive.contains(['=', '[']) && (directive.is_empty() || directive.trim().parse::<LevelFilter>().is_err())
    };
    let valid = EnvFilter::builder().parse(&log.level).is_ok();
    require(valid && !log.level.split(',').any(misspelt), "log.level", SHAPE)
}

/// Never where people are served: the figures are for the operator alone.
fn metrics(config: &Config) -> Checked {
    const KEY: &str = "metrics.addr";
    let Some(addr) = config.metrics.addr else { return Ok(()) };
    let is_at = |other: SocketAddr| {
        let everywhere = addr.ip().is_unspecified() || other.ip().is_unspecified();
        addr.port() != 0 && addr.port() == other.port() && (everywhere || addr.ip() == other.ip())
    };
    if is_at(config.server.addr) {
        return refuse_all(&[KEY, "server.addr"], "metrics.addr must differ from server.addr, which anybody can reach");
    }
    if config.server.redirect_addr.is_some_and(is_at) {
        return refuse_all(&[KEY, "server.redirect_addr"], "metrics.addr must differ from server.redirect_addr");
    }
    Ok(())
}

fn between<N: PartialOrd + Display>(key: &'static str, value: N, least: N, most: N) -> Checked {
    let fits = value >= least && value <= most;
    require(fits, key, format!("must be from {least} to {most}"))
}

fn require(holds: bool, key: &'static str, reason: impl Into<String>) -> Checked {
    if holds { Ok(()) } else { refuse(key, reason) }
}

fn refuse(key: &'static str, reason: impl Into<String>) -> Checked {
    Err(refusal(key, reason))
}

fn refuse_all(keys: &[&'static str], reason: impl Into<String>) -> Checked {
    Err(Refusal { keys: keys.iter().copied().map(Cow::Borrowed).collect(), reason: reason.into() })
}

pub(super) fn refusal(key: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Refusal {
    Refusal { keys: vec![key.into()], reason: reason.into() }
}
