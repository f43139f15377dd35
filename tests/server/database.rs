//! A database of its own for each test.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use std::str::FromStr;
use tempfile::TempDir;

/// The server of the PostgreSQL tests; `script/postgres` starts one and sets it.
const SERVER: &str = "DOORWARD_TEST_POSTGRES_URL";
/// `sqlite` leaves PostgreSQL out: the quick loop of `script/test --quick`.
const DATABASES: &str = "DOORWARD_TEST_DATABASES";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty database and an empty data folder; both are gone afterwards, whether the test passed or not.
pub struct Database {
    pub engine: Engine,
    pub folder: TempDir,
    /// PostgreSQL only: the server, and the name of our database on it.
    server: Option<(PgConnectOptions, String)>,
    url: Option<String>,
}

impl Database {
    /// None when this engine is left out on purpose.
    pub async fn fresh(engine: Engine) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("doorward-test.").tempdir().unwrap();
        if engine == Engine::Sqlite {
            return Some(Self { engine, folder, server: None, url: None });
        }
        if std::env::var(DATABASES).is_ok_and(|only| only == "sqlite") {
            eprintln!("not run: {DATABASES}=sqlite leaves PostgreSQL out");
            return None;
        }
        let server = std::env::var(SERVER).unwrap_or_else(|_| {
            panic!("{SERVER} is not set. Run the tests with `script/postgres cargo test …`, or with {DATABASES}=sqlite")
        });
        // The folder's random name is a name for the database too.
        let name: String = folder.path().to_str().unwrap().chars().filter(char::is_ascii_alphanumeric).collect();
        let name = name.to_lowercase();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        let server = PgConnectOptions::from_str(&server).unwrap();
        let mut connection = server.connect().await.expect("the PostgreSQL of the tests does not answer");
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        connection.close().await.unwrap();
        Some(Self { engine, folder, server: Some((server, name)), url: Some(url.into()) })
    }

    /// The settings that lead Doorward here.
    pub fn settings(&self) -> Vec<(String, String)> {
        let data = self.folder.path().join("data").to_str().unwrap().to_owned();
        let mut settings = vec![("DOORWARD__SERVER__DATA_DIR".to_owned(), data)];
        settings.extend(self.url.clone().map(|url| ("DOORWARD__DATABASE__URL".to_owned(), url)));
        settings
    }

    /// A connection to the server, beside our database: to take that away. PostgreSQL only.
    pub async fn server(&self) -> (PgConnection, &str) {
        let (server, name) = self.server.as_ref().expect("SQLite has no server");
        (server.connect().await.unwrap(), name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.server.take() else { return };
        // Off the test's runtime, which can't wait while something is dropped.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut connection = server.connect().await?;
                connection.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await
            })
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("a test's database was not removed: {error}");
        }
    }
}
