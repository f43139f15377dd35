//! From a configuration to a running application.

use super::metrics::{self, NotServed};
use crate::base::clock::{Clock, Randomness};
use crate::base::config::{Config, DatabaseUrl, MailSecurity, MailTransport, PostgresUrl};
use crate::base::db::{Db, Location, Means, OpenError, Pools};
use crate::base::locations::{Places, PlacesError};
use crate::base::output::say;
use crate::base::passwords::hasher::HasherNotStarted;
use crate::base::passwords::{HashSettings, Hasher, PasswordRules, Passwords, StandIns};
use crate::base::vault::{KeyError, SecretKey, Vault};
use crate::domain::factors::passkeys::relying_party::{self, RelyingParty};
use crate::domain::mail::outbox::Outbox;
use crate::domain::mail::retention::Kept;
use crate::domain::mail::transport::{
    self, Credentials, MailSettings, Security, SmtpSettings, Transport, TransportSettings,
};
use crate::domain::providers::{NoClient, Providers};
use crate::domain::set_up_links::{self, SetUpError};
use crate::domain::signing_keys::{self, KeysFailed};
use crate::flows::first_start::{self, Emptied};
use crate::request::app::{App, Shared};
use crate::request::assets::{Assets, AssetsError};
use crate::request::under_way::UnderWay;
use crate::run::listen::{self, Bound, ListenError, ListenSettings, TlsFiles};
use crate::run::router::{RouterError, router};
use crate::run::tasks;
use leptos::config::LeptosOptions;
use sqlx::postgres::PgConnectOptions;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use zeroize::Zeroizing;

/// Why Doorward does not start; each says what the operator can do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the data folder {0} can't be made: {1}")]
    DataDir(PathBuf, std::io::Error),
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error("the database address can't be read: {0}")]
    DatabaseUrl(sqlx::Error),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Emptied(#[from] Emptied),
    #[error(transparent)]
    Hasher(#[from] HasherNotStarted),
    #[error("mail can't be sent as configured: {0}")]
    Mail(#[from] transport::SetUpError),
    #[error("mail.from is no mail address: {0}")]
    Sender(#[from] lettre::address::AddressError),
    #[error(transparent)]
    Assets(#[from] AssetsError),
    #[error(transparent)]
    Places(#[from] PlacesError),
    #[error(transparent)]
    Providers(#[from] NoClient),
    #[error(transparent)]
    Passkeys(#[from] relying_party::Unsettled),
    #[error(transparent)]
    SigningKeys(#[from] KeysFailed),
    #[error(transparent)]
    SetUp(#[from] SetUpError),
    #[error(transparent)]
    Router(#[from] RouterError),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error(transparent)]
    Metrics(#[from] NotServed),
    #[error("signals can't be received: {0}")]
    Signals(std::io::Error),
}

/// The database the configuration names.
pub async fn open_database(config: &Config) -> Result<Pools, StartError> {
    make_data_dir(&config.server.data_dir)?;
    let location = match config.database_url() {
        DatabaseUrl::Sqlite(path) => Location::Sqlite(path),
        DatabaseUrl::Postgres(url) => Location::Postgres {
            url: postgres_options(&url)?,
            direct_url: match config.migration_url() {
                DatabaseUrl::Postgres(direct) => Some(postgres_options(&direct)?),
                DatabaseUrl::Sqlite(_) => None,
            },
            max_connections: config.database.max_connections,
        },
    };
    Ok(Pools::open(&location).await?)
}

fn postgres_options(url: &PostgresUrl) -> Result<Box<PgConnectOptions>, StartError> {
    PgConnectOptions::from_str(url.expose()).map(Box::new).map_err(StartError::DatabaseUrl)
}

/// For its owner alone: it holds the database, the secret key and, in development, mails with
/// links.
fn make_data_dir(path: &Path) -> Result<(), StartError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| StartError::DataDir(path.to_owned(), error))
}

/// The secret key that there is; makes none.
pub fn existing_key(config: &Config) -> Result<SecretKey, KeyError> {
    given_key(config).map_or_else(|| SecretKey::load(&config.secret_key_file()), Ok)
}

fn given_key(config: &Config) -> Option<SecretKey> {
    config.server.secret_key.as_ref().map(|text| SecretKey::from_bytes(*text.expose()))
}

/// The application with its database open and its key checked. Serves nothing yet.
pub async fn open(
    config: Config,
    assets: Assets,
    clock: Arc<dyn Clock>,
    randomness: Randomness,
) -> Result<App, StartError> {
    first_start::refuse_empty_file(&config)?;
    let (pools, vault) = open_sealed(&config, &randomness).await?;
    // In this order: another process may be at its first start on both just now, and leaves the
    // mark last.
    if let Some(mark) = first_start::mark_of(&config, &vault)
        && !pools.is_claimed().await.map_err(KeyError::Database)?
    {
        return Err(Emptied::Database(mark).into());
    }
    // On the heap: a configuration is large, and each command waits for this.
    Box::pin(assemble(config, assets, clock, randomness, pools, vault)).await
}

/// As [`open`], to put back what is gone: the database may be empty although it was not.
pub async fn open_to_restore(config: Config, clock: Arc<dyn Clock>, randomness: Randomness) -> Result<App, StartError> {
    let (pools, vault) = open_sealed(&config, &randomness).await?;
    Box::pin(assemble(config, Assets::none(), clock, randomness, pools, vault)).await
}

async fn open_sealed(config: &Config, randomness: &Randomness) -> Result<(Pools, Vault), StartError> {
    let pools = open_database(config).await?;
    let key = given_key(config).map_or_else(|| SecretKey::load_or_make(&config.secret_key_file(), randomness), Ok)?;
    Ok((pools, Vault::new(&key, randomness.clone())))
}

async fn assemble(
    config: Config,
    assets: Assets,
    clock: Arc<dyn Clock>,
    randomness: Randomness,
    pools: Pools,
    vault: Vault,
) -> Result<App, StartError> {
    let config = Arc::new(config);
    let means = Means::new(clock.clone(), vault.clone(), randomness.clone(), Arc::clone(&config), metrics::counted());
    let db = Db::new(pools, means);
    db.claim().await?;
    first_start::mark(&config, &vault);
    let relying_party = RelyingParty::new(&config.server.public_url, &config.site.name);
    let hasher = Hasher::start(&HashSettings {
        memory_kib: config.password.memory_kib,
        iterations: config.password.iterations,
        parallelism: config.password.parallelism,
        threads: usize::from(config.password.threads),
        queue: usize::from(config.password.queue),
    })?;
    let mut context = config.password.words.clone();
    context.extend(["doorward".to_owned(), config.site.name.clone(), config.server.public_url.host().to_owned()]);
    let rules = PasswordRules { minimum: usize::from(config.password.minimum), context };
    let passwords = Passwords { hasher, stand_ins: StandIns::default(), rules, randomness: randomness.clone() };
    let transport = Transport::new(mail_settings(&config)?)?;
    let kept = Kept { keep: config.mail.keep(), folder: config.mail_folder() };
    let outbox = Arc::new(Outbox::new(db.clone(), vault.clone(), clock.clone(), randomness.clone(), transport, kept));
    let leptos = LeptosOptions::builder()
        .output_name("doorward")
        .site_pkg_dir(assets.pkg_dir())
        .site_addr(config.server.addr)
        .build();
    let assets = Arc::new(assets);
    let places = Places::open(config.session.place_file.as_deref())?;
    let providers = Providers::new(&config.providers, config.server.public_url.origin())?;
    let meter = Arc::new(tokio::sync::Semaphore::new(1));
    let app = App::new(
        db,
        Shared {
            config,
            clock,
            randomness,
            vault,
            relying_party,
            passwords,
            meter,
            outbox,
            assets,
            places,
            providers,
            under_way: UnderWay::default(),
            describe_api: || serde_json::to_value(crate::api::description()).unwrap_or_default(),
            leptos,
        },
    );
    relying_party::settle(&app.db, app.relying_party.as_ref()).await?;
    signing_keys::make_first(&app.db).await?;
    Ok(app)
}

fn mail_settings(config: &Config) -> Result<MailSettings, StartError> {
    let mail = &config.mail;
    let transport = match mail.transport {
        MailTransport::File => TransportSettings::Files { folder: config.mail_folder() },
        MailTransport::Smtp => TransportSettings::Smtp(SmtpSettings {
            host: mail.host.clone(),
            port: mail.smtp_port(),
            security: match mail.security {
                MailSecurity::Starttls => Security::Starttls,
                MailSecurity::Tls => Security::Tls,
                MailSecurity::None => Security::None,
            },
            credentials: mail.username.clone().zip(mail.password.as_ref()).map(|(username, password)| Credentials {
                username,
                password: Zeroizing::new(password.expose().to_owned()),
            }),
            ca_file: mail.ca_file.clone(),
            timeout: mail.timeout.as_std(),
        }),
    };
    let public_host = config.server.public_url.host().to_owned();
    Ok(MailSettings { from: mail.from.mailbox()?, public_host, transport })
}

/// What mails under way get in any case when the server stops, however long its last requests took.
const LEAST_FOR_MAILS: Duration = Duration::from_secs(5);
/// How long the background work and the database get, after that, to come to their end.
const LAST_STEPS: Duration = Duration::from_secs(5);

/// Serves until a signal comes, then lets requests under way finish within
/// `server.shutdown_timeout`, and mails within what is left of it. All in all a stop takes at most
/// 20 s more than that.
pub async fn serve(app: App) -> Result<(), StartError> {
    let signal = listen::stop_signal().map_err(StartError::Signals)?;
    set_up_links::offer(&app.db).await?;
    let (stop, stopped) = watch::channel(None);
    let tidying = tokio::spawn(tasks::run(app.clone(), until(stopped.clone())));
    let sending = tokio::spawn(app.outbox.clone().run(until(stopped)));

    let server = &app.config.server;
    let shutdown_timeout = server.shutdown_timeout.as_std();
    let descriptors = listen::raise_descriptor_limit();
    let settings = ListenSettings {
        addr: server.addr,
        tls: server.tls_cert.clone().zip(server.tls_key.clone()).map(|(cert, key)| TlsFiles { cert, key }),
        redirect_addr: server.redirect_addr,
        public_origin: server.public_url.origin().to_owned(),
        shutdown_timeout,
        connections: listen::connection_limit(descriptors, app.config.database.max_connections),
    };
    let begun = Arc::new(OnceLock::new());
    let shutdown = {
        let begun = begun.clone();
        async move {
            signal.await;
            begun.get_or_init(Instant::now);
        }
    };
    let announced = app.clone();
    let serving = listen::serve(router(&app)?, settings, move |bound| announce(&announced, bound), shutdown);
    let served = tokio::select! {
        // First, so that what can't be bound is told before anybody is served.
        biased;
        Err(error) = metrics::serve(&app) => Err(error.into()),
        served = serving => served.map_err(StartError::from),
    };

    // Those whose connections ended before them.
    let left = shutdown_timeout.saturating_sub(begun.get().map_or(Duration::ZERO, Instant::elapsed));
    if tokio::time::timeout(left.max(LAST_STEPS), app.under_way.all_done()).await.is_err() {
        tracing::warn!("requests whose senders are gone did not end in time; what they did not commit is undone");
    }

    // What was promised by mail while the last requests finished is sent or left in the queue for
    // the next start.
    let stopping_for = begun.get().map_or(Duration::ZERO, Instant::elapsed);
    let for_mails = shutdown_timeout.saturating_sub(stopping_for).max(LEAST_FOR_MAILS);
    stop.send_replace(Some(for_mails));
    let background = async { tokio::join!(tidying, sending) };
    if tokio::time::timeout(for_mails + LAST_STEPS, background).await.is_err() {
        tracing::warn!("the background work did not end in time; what it left is done at the next start");
    }
    if tokio::time::timeout(LAST_STEPS, app.db.close()).await.is_err() {
        tracing::warn!("the database did not take leave in time; what was committed is safe");
    }
    served
}

/// Completes when the server stops, with the time that is left for what is under way.
async fn until(mut stopped: watch::Receiver<Option<Duration>>) -> Duration {
    // An error means that the sender is gone, which is the end too.
    stopped.wait_for(Option::is_some).await.ok().and_then(|left| *left).unwrap_or_default()
}

fn announce(app: &App, bound: Bound) {
    // The service is there, whether or not anybody reads this.
    let _ = say!(
        "Doorward is at {} (listening on {}, {})",
        app.config.server.public_url.origin(),
        bound.addr,
        app.db.engine()
    );
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = app.assets.keep_copy(&app.config.server.data_dir, app.clock.now()) {
            tracing::warn!(%error, "this build's assets can't be kept for after the next upgrade");
        }
    });
}
