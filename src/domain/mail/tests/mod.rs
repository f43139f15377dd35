//! The outbox on both databases, with mails as files; SMTP and the mailbox in their own files.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod mailbox;
mod outbox;
mod recipients;
mod retention;
mod smtp;
mod smtp_peer;

use crate::base::clock::{Clock, Randomness, UnixMicros};
use crate::base::config::Config;
use crate::base::db::{Db, Location, Means, Pools, on, read};
use crate::base::metrics::Metrics;
use crate::base::vault::{SecretKey, Vault};
use crate::domain::mail::transport::{MailSettings, Transport, TransportSettings};
use crate::domain::mail::{Kept, Letter, Outbox, queue};
use sqlx::postgres::{PgConnectOptions, PgPool};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use zeroize::Zeroizing;

pub(super) const LINK: &str = "https://id.example.org/verify?token=0123456789abcdef";
pub(super) const TO: &str = "ada@example.org";
pub(super) const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
pub(super) const SUBJECT: &str = "Finish creating your account";

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(super) struct HeldClock(AtomicI64);

impl HeldClock {
    pub fn at(now: UnixMicros) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now.0)))
    }

    pub fn move_by(&self, span: Duration) {
        let now = self.now().after(span);
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for HeldClock {
    fn now(&self) -> UnixMicros {
        UnixMicros(self.0.load(Ordering::SeqCst))
    }
}

/// A database of its own, a held clock and a folder.
pub(super) struct World {
    pub db: Db,
    pub location: Location,
    pub vault: Vault,
    pub clock: Arc<HeldClock>,
    pub randomness: Randomness,
    pub folder: TempDir,
}

/// What a row of `mails` says.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub sealed: Option<Vec<u8>>,
    pub next_attempt_at: Option<UnixMicros>,
    pub attempts: i64,
    pub sent_at: Option<UnixMicros>,
}

/// Runs `test` on a new SQLite database, and on a new PostgreSQL schema when there is a server to
/// test with.
pub(super) async fn on_each_database(test: impl AsyncFn(World)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Location::Sqlite(folder.path().join("doorward.sqlite"));
    test(World::new(sqlite, folder).await).await;
    if let Ok(url) = std::env::var("DOORWARD_TEST_POSTGRES_URL") {
        test(World::new(fresh_schema(&url).await, tempfile::tempdir().unwrap()).await).await;
    }
}

async fn fresh_schema(url: &str) -> Location {
    let name = format!("mail_{:032x}", u128::from_be_bytes(Randomness::system().bytes()));
    let options: PgConnectOptions = url.parse().unwrap();
    let pool = PgPool::connect_with(options.clone()).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    Location::Postgres { url: Box::new(options.options([("search_path", name)])), direct_url: None, max_connections: 4 }
}

fn means(clock: Arc<HeldClock>, vault: &Vault, randomness: &Randomness) -> Means {
    Means::new(clock, vault.clone(), randomness.clone(), Arc::new(Config::default()), Metrics::new([]))
}

impl World {
    async fn new(location: Location, folder: TempDir) -> Self {
        let randomness = Randomness::system();
        let vault = Vault::new(&SecretKey::from_bytes([7; 32]), randomness.clone());
        let clock = HeldClock::at(UnixMicros(1_795_000_000_000_000));
        let means = means(Arc::<HeldClock>::clone(&clock), &vault, &randomness);
        let db = Db::new(Pools::open(&location).await.unwrap(), means);
        Self { db, location, vault, clock, randomness, folder }
    }

    /// Connections of their own to the same database, as another node has them.
    pub async fn opened_again(&self) -> Db {
        let clock = Arc::<HeldClock>::clone(&self.clock);
        let means = means(clock, &self.vault, &self.randomness);
        Db::new(Pools::open(&self.location).await.unwrap(), means)
    }

    pub fn mail_folder(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    pub fn outbox(&self) -> Arc<Outbox> {
        self.outbox_with(Transport::new(settings(TransportSettings::Files { folder: self.mail_folder() })).unwrap())
    }

    pub fn outbox_with(&self, transport: Transport) -> Arc<Outbox> {
        outbox_on(self.db.clone(), self, transport)
    }

    /// Another node.
    pub async fn second_outbox(&self) -> Arc<Outbox> {
        let transport = Transport::new(settings(TransportSettings::Files { folder: self.mail_folder() })).unwrap();
        outbox_on(self.opened_again().await, self, transport)
    }

    pub async fn queue(&self) {
        let mut tx = self.db.begin().await.unwrap();
        queue(&mut tx, &letter()).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn rows(&self) -> Vec<Row> {
        const ROWS: &str = "SELECT sealed, next_attempt_at, attempts, sent_at \
            FROM mails \
            ORDER BY id";
        read!(&self.db, |pool| sqlx::query_as(ROWS).fetch_all(pool).await).unwrap()
    }

    pub async fn row(&self) -> Row {
        let mut rows = self.rows().await;
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    }

    pub async fn change(&self, sql: &'static str) {
        let mut tx = self.db.begin().await.unwrap();
        on!(&mut tx, |connection| sqlx::query(sql).execute(connection).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
    }

    /// The mail files, oldest first.
    pub fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.mail_folder()) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }
}

fn outbox_on(db: Db, world: &World, transport: Transport) -> Arc<Outbox> {
    let clock: Arc<dyn Clock> = Arc::<HeldClock>::clone(&world.clock);
    let kept = Kept { keep: Some(WEEK), folder: world.mail_folder() };
    Arc::new(Outbox::new(db, world.vault.clone(), clock, world.randomness.clone(), transport, kept))
}

pub(super) fn settings(transport: TransportSettings) -> MailSettings {
    MailSettings {
        from: "Doorward <doorward@example.org>".parse().unwrap(),
        public_host: "id.example.org".to_owned(),
        transport,
    }
}

pub(super) fn letter() -> Letter {
    Letter {
        to: TO.to_owned(),
        subject: SUBJECT.to_owned(),
        text: Zeroizing::new(format!("Grüße. Open this:\n{LINK}\n")),
        html: Zeroizing::new(format!("<p>Grüße. <a href=\"{LINK}\">Open</a></p>")),
    }
}

/// Claims and attempts whatever is due; gives how many attempts that were.
pub(super) async fn send_due(outbox: &Outbox) -> usize {
    let mut attempts = 0;
    while let Some(mail) = outbox.claim().await.unwrap() {
        outbox.attempt(mail, std::future::pending()).await;
        attempts += 1;
    }
    attempts
}
