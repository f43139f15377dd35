//! A database of its own for each test.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use url::Url;

/// The server of the PostgreSQL tests; `script/postgres` starts one and sets it.
const SERVER: &str = "DOORWARD_TEST_POSTGRES_URL";
/// `sqlite` leaves PostgreSQL out: the quick loop of `script/test --quick`.
const DATABASES: &str = "DOORWARD_TEST_DATABASES";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty database and an empty data folder.
pub struct Database {
    pub engine: Engine,
    pub folder: Arc<TempDir>,
    postgres: Option<Postgres>,
}

/// A database on the server of the tests.
struct Postgres {
    server: Url,
    name: String,
}

/// PostgreSQL databases that an earlier test is done with. They are emptied and used again:
/// creating one takes longer than most tests, and dropping one waits, for up to a minute, until
/// each process of the server has taken note.
static FREE: Mutex<Vec<String>> = Mutex::new(Vec::new());
static MADE: AtomicU32 = AtomicU32::new(0);

/// A folder that is gone with whoever holds it last.
pub fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::Builder::new().prefix("doorward-test.").tempdir().unwrap())
}

impl Database {
    /// None when this engine is left out on purpose.
    pub async fn fresh(engine: Engine) -> Option<Self> {
        Self::fresh_in(engine, folder()).await
    }

    /// [`Self::fresh`] with its data in a folder that somebody else keeps as well.
    pub async fn fresh_in(engine: Engine, folder: Arc<TempDir>) -> Option<Self> {
        if engine == Engine::Sqlite {
            return Some(Self { engine, folder, postgres: None });
        }
        if std::env::var(DATABASES).is_ok_and(|only| only == "sqlite") {
            eprintln!("not run: {DATABASES}=sqlite leaves PostgreSQL out");
            return None;
        }
        let server = std::env::var(SERVER).unwrap_or_else(|_| {
            panic!("{SERVER} is not set. Run the tests with `script/postgres cargo test …`, or with {DATABASES}=sqlite")
        });
        Some(Self { engine, folder, postgres: Some(Postgres::fresh(server.parse().unwrap()).await) })
    }

    /// The settings that lead Doorward here.
    pub fn settings(&self) -> Vec<(String, String)> {
        let data = self.folder.path().join("data").to_str().unwrap().to_owned();
        let mut settings = vec![("DOORWARD__SERVER__DATA_DIR".to_owned(), data)];
        settings
            .extend(self.postgres.iter().map(|postgres| ("DOORWARD__DATABASE__URL".to_owned(), postgres.url().into())));
        settings
    }

    /// A connection to the server, beside our database: to take that away. PostgreSQL only.
    pub async fn server(&self) -> (PgConnection, &str) {
        let postgres = self.postgres.as_ref().expect("SQLite has no server");
        (connect(&postgres.server).await, &postgres.name)
    }
}

impl Postgres {
    async fn fresh(server: Url) -> Self {
        let used = FREE.lock().unwrap().pop();
        if let Some(name) = used {
            let postgres = Self { server, name };
            postgres.empty().await;
            return postgres;
        }
        let name = format!("doorward_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
        connect(&server).await.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        Self { server, name }
    }

    async fn empty(&self) {
        const LEAVE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut connection = connect(&self.url()).await;
        for statement in [LEAVE, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"] {
            connection.execute(statement).await.unwrap();
        }
    }

    fn url(&self) -> Url {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url
    }
}

async fn connect(url: &Url) -> PgConnection {
    let options = PgConnectOptions::from_str(url.as_str()).unwrap();
    options.connect().await.expect("the PostgreSQL of the tests does not answer")
}

impl Drop for Database {
    fn drop(&mut self) {
        // What a failed test leaves behind may be in any state.
        if let Some(postgres) = self.postgres.take().filter(|_| !std::thread::panicking()) {
            FREE.lock().unwrap().push(postgres.name);
        }
    }
}
