//! The world of one test: a real application on a fresh database, a clock that stands still, and
//! its mail.

use crate::browser::Browser;
use crate::database::{self, Database, Engine};
use axum::Router;
use doorward::base::clock::{Clock, Randomness, UnixMicros};
use doorward::base::config::Config;
use doorward::base::db::Pools;
use doorward::domain::mail::mailbox::{self, Opened};
use doorward::request::app::App;
use doorward::request::assets::Assets;
use doorward::run::router::router;
use doorward::run::start;
use doorward::run::start::StartError;
use sqlx::AssertSqlSafe;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Makes one test for each engine out of a sentence.
macro_rules! each_database {
    ($($(#[$attribute:meta])* async fn $name:ident($($world:tt)+) $body:block)+) => { $(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$attribute])*
            async fn told($($world)+) $body

            #[test]
            fn sqlite() {
                crate::world::tell(crate::database::Engine::Sqlite, told);
            }

            #[test]
            fn postgres() {
                crate::world::tell(crate::database::Engine::Postgres, told);
            }
        }
    )+ };
}
pub(crate) use each_database;

/// 2026-03-01 12:00:00 UTC.
const BEGINNING: UnixMicros = UnixMicros(1_772_366_400_000_000);
/// Limits that nobody meets who tests something else; `limits.rs` has the usual ones.
const AMPLE: [(&str, &str); 7] = [
    ("DOORWARD__LIMITS__FREE_TRIES", "1000"),
    ("DOORWARD__LIMITS__NETWORK_FAILURES", "1000000"),
    ("DOORWARD__LIMITS__FAILURES_IN_ALL", "1000000"),
    ("DOORWARD__LIMITS__MAILS_PER_ADDRESS", "1000000"),
    ("DOORWARD__LIMITS__MAILS_PER_NETWORK", "1000000"),
    ("DOORWARD__LIMITS__MAILS_IN_ALL", "1000000"),
    ("DOORWARD__LIMITS__PROVIDER_STARTS", "1000000"),
];
/// How long something that another task does may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn tell(engine: Engine, test: impl AsyncFnOnce(World)) {
    // Outlives the runtime, whose end waits for what its threads are writing: a mail under way
    // would make the folder anew.
    let folder = database::folder();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if let Some(database) = Database::fresh_in(engine, folder.clone()).await {
            test(World::new(database).await).await;
        }
    });
}

/// A clock that moves when the test says so.
#[derive(Debug)]
pub struct Manual(AtomicI64);

impl Default for Manual {
    fn default() -> Self {
        Self(AtomicI64::new(BEGINNING.0))
    }
}

impl Clock for Manual {
    fn now(&self) -> UnixMicros {
        UnixMicros(self.0.load(Ordering::SeqCst))
    }
}

/// One process, so to speak: an application, its pages, and its mails being sent.
pub struct Node {
    pub app: App,
    pub router: Router,
    sending: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl Node {
    pub fn of(app: App) -> Self {
        let router = router(&app).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            drop(stopped.await);
            PATIENCE
        };
        let sending = tokio::spawn(app.outbox.clone().run(shutdown));
        Self { app, router, sending, stop: Some(stop) }
    }

    /// As a process ends that is told to. One that is killed leaves the mail it was sending to its
    /// lease, and the clock stands still here.
    async fn end(mut self) {
        drop(self.stop.take());
        (&mut self.sending).await.unwrap();
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), self.app.config.server.public_url.origin())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.sending.abort();
    }
}

pub struct World {
    // Before the database, so that its connections are closed first.
    pub node: Node,
    pub clock: Arc<Manual>,
    pub database: Database,
    read: Mutex<HashSet<String>>,
}

impl World {
    async fn new(database: Database) -> Self {
        let clock = Arc::new(Manual::default());
        let app = open(&database, clock.clone(), &[]).await.unwrap();
        Self { node: Node::of(app), clock, database, read: Mutex::default() }
    }

    /// Another application on the same database and with the same clock: another node, or the same
    /// one after a restart.
    pub async fn another(&self, settings: &[(&str, &str)]) -> Result<Node, StartError> {
        open(&self.database, self.clock.clone(), settings).await.map(Node::of)
    }

    /// Another world on an empty database of `engine`, with the clock and the secret key of this
    /// one, and with `settings` in force. None when that engine is left out on purpose.
    pub async fn empty_copy(&self, engine: Engine, settings: &[(&str, &str)]) -> Option<Self> {
        let database = Database::fresh(engine).await?;
        let data = database.folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::copy(self.data_dir().join("secret.key"), data.join("secret.key")).unwrap();
        let app = open(&database, self.clock.clone(), settings).await.unwrap();
        Some(Self { node: Node::of(app), clock: self.clock.clone(), database, read: Mutex::default() })
    }

    /// This world, started again with `settings` in force over those of a configuration file.
    pub async fn with_file(mut self, file: &str, settings: &[(&str, &str)]) -> Self {
        let app = open_with(&self.database, self.clock.clone(), file, settings).await.unwrap();
        self.node = Node::of(app);
        self
    }

    /// This world, started again with `settings` in force.
    pub async fn with(mut self, settings: &[(&str, &str)]) -> Self {
        let node = self.another(settings).await.unwrap();
        std::mem::replace(&mut self.node, node).end().await;
        self
    }

    pub fn app(&self) -> &App {
        &self.node.app
    }

    pub fn engine(&self) -> Engine {
        self.database.engine
    }

    /// A browser that was never here.
    pub fn browser(&self) -> Browser {
        self.node.browser()
    }

    pub fn advance(&self, span: Duration) {
        self.clock.0.fetch_add(i64::try_from(span.as_micros()).unwrap(), Ordering::SeqCst);
    }

    pub fn turn_back(&self, span: Duration) {
        self.clock.0.fetch_sub(i64::try_from(span.as_micros()).unwrap(), Ordering::SeqCst);
    }

    pub fn data_dir(&self) -> PathBuf {
        self.app().config.server.data_dir.clone()
    }

    /// Every letter sent so far, once all that wait are sent.
    pub async fn letters(&self) -> Vec<Opened> {
        eventually("the waiting mails are sent", async || {
            self.app().outbox.wake();
            self.number("SELECT COUNT(*) FROM mails WHERE sealed IS NOT NULL").await == 0
        })
        .await;
        let folder = self.app().mail_folder();
        let mut letters = Vec::new();
        for summary in mailbox::list(&folder).await {
            letters.push(mailbox::read(&folder, &summary.file).await.unwrap());
        }
        letters
    }

    /// The one letter to `to` that was not read before, beside those about sign-ins, which are
    /// [`Self::notices`].
    pub async fn letter(&self, to: &str) -> Opened {
        let mut new = self.unread(to, false).await;
        assert_eq!(new.len(), 1, "letters to {to}");
        new.remove(0)
    }

    /// How many letters to `to` [`Self::letter`] has not given yet; reads them.
    pub async fn unread_count(&self, to: &str) -> usize {
        self.unread(to, false).await.len()
    }

    /// The letters to `to` about sign-ins from unknown browsers that were not read before.
    pub async fn notices(&self, to: &str) -> Vec<Opened> {
        self.unread(to, true).await
    }

    async fn unread(&self, to: &str, about_sign_ins: bool) -> Vec<Opened> {
        let mut letters = self.letters().await;
        let mut read = self.read.lock().unwrap();
        let about = |letter: &Opened| letter.subject.starts_with("New sign-in to ");
        letters.retain(|letter| letter.to == to && about(letter) == about_sign_ins && read.insert(letter.text.clone()));
        letters
    }

    /// The path and query of the first link to `page` in the one new letter to `to`.
    pub async fn mailed_link(&self, to: &str, page: &str) -> String {
        let letter = self.letter(to).await;
        let origin = self.app().config.server.public_url.origin();
        let path = |link: &String| link.strip_prefix(origin).filter(|path| path.starts_with(page)).map(str::to_owned);
        letter.links.iter().find_map(path).unwrap_or_else(|| panic!("no link to {page} in:\n{}", letter.text))
    }

    pub async fn number(&self, query: &str) -> i64 {
        let query = AssertSqlSafe(query.to_owned());
        match self.app().db.pools() {
            Pools::Sqlite { writer, .. } => sqlx::query_scalar(query).fetch_one(writer).await.unwrap(),
            Pools::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await.unwrap(),
        }
    }

    pub async fn texts(&self, query: &str) -> Vec<String> {
        let query = AssertSqlSafe(query.to_owned());
        match self.app().db.pools() {
            Pools::Sqlite { writer, .. } => sqlx::query_scalar(query).fetch_all(writer).await.unwrap(),
            Pools::Postgres(pool) => sqlx::query_scalar(query).fetch_all(pool).await.unwrap(),
        }
    }

    /// What somebody who can write to the database does; gives how many rows it met.
    pub async fn change(&self, statement: &str) -> u64 {
        let statement = AssertSqlSafe(statement.to_owned());
        match self.app().db.pools() {
            Pools::Sqlite { writer, .. } => sqlx::query(statement).execute(writer).await.unwrap().rows_affected(),
            Pools::Postgres(pool) => sqlx::query(statement).execute(pool).await.unwrap().rows_affected(),
        }
    }

    /// Adds `count` sessions of whoever has this address, as if each had begun now.
    pub async fn add_sessions(&self, email: &str, count: usize) {
        let handle = match self.engine() {
            Engine::Sqlite => "randomblob(16), randomblob(32)",
            Engine::Postgres => "gen_random_uuid(), sha256(CAST(CAST(i AS TEXT) AS BYTEA))",
        };
        let now = self.clock.now().0;
        let added = self
            .change(&format!(
                "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count}) \
                 INSERT INTO sessions (handle, session_key, account_id, method, started_at, confirmed_at, last_seen_at, idle_micros, expires_at, remembered, address, user_agent, seen_address, seen_user_agent) \
                 SELECT {handle}, (SELECT id FROM accounts WHERE email = '{email}'), 'password', {now}, {now}, {now}, 3600000000, {now} + 3600000000, {no}, '192.0.2.1', '', '192.0.2.1', '' FROM numbers",
                no = if self.engine() == Engine::Sqlite { "0" } else { "FALSE" },
            ))
            .await;
        assert_eq!(added, count as u64);
    }

    /// The kinds of the audit entries, oldest first.
    pub async fn audit_kinds(&self) -> Vec<String> {
        self.texts("SELECT kind FROM audit_entries ORDER BY sequence").await
    }
}

/// An application as `doorward serve` makes it, with `settings` over those of the test.
pub async fn open(database: &Database, clock: Arc<Manual>, settings: &[(&str, &str)]) -> Result<App, StartError> {
    open_with(database, clock, "", settings).await
}

/// [`open`] with a configuration file.
async fn open_with(
    database: &Database,
    clock: Arc<Manual>,
    text: &str,
    settings: &[(&str, &str)],
) -> Result<App, StartError> {
    let file = database.folder.path().join("Doorward.toml");
    std::fs::write(&file, text).unwrap();
    let mut all = database.settings();
    all.push(("DOORWARD__PASSWORD__THREADS".to_owned(), "2".to_owned()));
    all.push(("DOORWARD__DATABASE__MAX_CONNECTIONS".to_owned(), "6".to_owned()));
    // A test reads letters whenever it comes to them, weeks later by its clock.
    all.push(("DOORWARD__MAIL__KEEP_DAYS".to_owned(), "0".to_owned()));
    all.extend(AMPLE.map(|(name, value)| (name.to_owned(), value.to_owned())));
    all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let config = Config::load(Some(&file), all.into_iter()).unwrap();
    start::open(config, Assets::none(), clock, Randomness::system()).await
}

/// Asks again and again until `what` holds; only for what another task or process does.
pub async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "it should come true that {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
