//! The two databases behind one face: one SQL text for each query, and the few places where the
//! engines really differ.

use crate::base::clock::{Randomness, UnixMicros};
use crate::base::config::Config;
use crate::base::error::AppError;
use crate::base::metrics::Metrics;
use crate::base::vault::Vault;
use crate::base::visit::{Origin, Visit};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Executor, PgPool, SqlitePool};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

mod key_check;
pub mod whole;
mod work;

pub(crate) use work::TxConnection;
pub use work::{Given, Means, Tx};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a request waits for a connection before it is answered 503; design.md promises an
/// answer within 2 s.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(1500);
/// How long the start waits for PostgreSQL.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// As [`ACQUIRE_TIMEOUT`], for whoever waits for a row or table that another one keeps locked.
const LOCK_TIMEOUT: &str = "SET lock_timeout = 1500";
/// A node that freezes or is cut off in the middle of a write gives its locks up after 5 s;
/// otherwise the head of the audit trail would stay locked for all the others until TCP notices,
/// which takes hours.
const BEGIN_POSTGRES: &str = "BEGIN; SET LOCAL lock_timeout = 1500; SET LOCAL statement_timeout = 5000; SET LOCAL idle_in_transaction_session_timeout = 5000";
/// Files up to this size are checked whole at start; larger ones would make the start slow.
const CHECKED_WHOLE_BYTES: u64 = 32 * 1024 * 1024;

/// An open database, and what whoever writes to it needs besides. Cloning is cheap: all of it is
/// shared.
#[derive(Clone, Debug)]
pub struct Db {
    pub(crate) pools: Pools,
    means: Arc<Means>,
    visit: Arc<Visit>,
}

/// The connections to an open database.
#[derive(Clone, Debug)]
pub enum Pools {
    /// One connection that writes, several read-only ones that never wait for it (WAL).
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// Runs `$body` with the connection of a transaction, once per engine.
macro_rules! on {
    ($tx:expr, |$connection:ident| $body:expr) => {
        match &mut $tx.connection {
            $crate::base::db::TxConnection::Sqlite(inner) => {
                let $connection = &mut **inner;
                $body
            }
            $crate::base::db::TxConnection::Postgres(inner) => {
                let $connection = &mut **inner;
                $body
            }
        }
    };
}

/// Runs `$body` with a pool to read from, once per engine.
macro_rules! read {
    ($db:expr, |$pool:ident| $body:expr) => {
        $crate::base::db::read_pools!(&$db.pools, |$pool| $body)
    };
}

/// As [`read`], before there is a [`Db`].
macro_rules! read_pools {
    ($pools:expr, |$pool:ident| $body:expr) => {
        match $pools {
            $crate::base::db::Pools::Sqlite { readers: $pool, .. } => $body,
            $crate::base::db::Pools::Postgres($pool) => $body,
        }
    };
}

pub(crate) use {on, read, read_pools};

/// Where the data lives.
#[derive(Clone, Debug)]
pub enum Location {
    Sqlite(PathBuf),
    /// The pool's address, and the direct one that migrations use behind a pooler. Both may hold a
    /// password.
    Postgres {
        url: Box<PgConnectOptions>,
        direct_url: Option<Box<PgConnectOptions>>,
        max_connections: u32,
    },
}

/// Why the database can't be used; said to the operator at start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "the database file {0} is damaged ({1}): restore a backup, or move the file away and remove key-check from the data folder to begin anew"
    )]
    Damaged(PathBuf, String),
    #[error("the database file {0} can't be opened: {1}")]
    Unopenable(PathBuf, sqlx::Error),
    #[error("the database server can't be reached: {0}")]
    Unreachable(sqlx::Error),
    #[error(
        "the database was written by a newer Doorward (it holds migration {0}, which this one doesn't know): start that version or restore a backup"
    )]
    Newer(i64),
    #[error("the database could not be brought up to date: {0}")]
    Migration(MigrateError),
    #[error("the lock file {0} can't be used: {1}")]
    Lock(PathBuf, std::io::Error),
}

impl Pools {
    /// Opens the database and brings its tables up to date. Several nodes may do so at once: one
    /// migrates, the rest wait.
    pub async fn open(location: &Location) -> Result<Self, OpenError> {
        match location {
            Location::Sqlite(path) => open_sqlite(path).await,
            Location::Postgres { url, direct_url, max_connections } => {
                open_postgres(url, direct_url.as_deref().unwrap_or(url), *max_connections).await
            }
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

impl Given for Db {
    fn means(&self) -> &Means {
        &self.means
    }

    fn visit(&self) -> &Visit {
        &self.visit
    }
}

impl Db {
    pub fn new(pools: Pools, means: Means) -> Self {
        Self { pools, means: Arc::new(means), visit: Arc::default() }
    }

    /// The same database, for whoever sent one request.
    #[must_use]
    pub fn visited_by(&self, visit: Visit) -> Self {
        Self { visit: Arc::new(visit), ..self.clone() }
    }

    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// From where the request came that is being answered.
    pub fn origin(&self) -> &Origin {
        &self.visit.origin
    }

    pub fn now(&self) -> UnixMicros {
        self.means.clock.now()
    }

    pub fn vault(&self) -> &Vault {
        &self.means.vault
    }

    pub fn randomness(&self) -> &Randomness {
        &self.means.randomness
    }

    pub fn config(&self) -> &Config {
        &self.means.config
    }

    pub fn metrics(&self) -> &Metrics {
        &self.means.metrics
    }

    pub fn pools(&self) -> &Pools {
        &self.pools
    }

    /// Begins a write. `BEGIN IMMEDIATE` on SQLite: a plain `BEGIN` that reads before it writes
    /// fails under load with SQLITE_BUSY_SNAPSHOT, at once and whatever the busy timeout.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        let connection = match &self.pools {
            Pools::Sqlite { writer, .. } => TxConnection::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => TxConnection::Postgres(pool.begin_with(BEGIN_POSTGRES).await?),
        };
        Ok(self.unit_of_work(connection))
    }

    /// Begins a write that `audit::record` tells of. It takes the head of the audit trail before
    /// anything else, so that such writes pass one after the other: each needs the head in the end,
    /// and with rows of its own locked by then, two of them (a password change and the sign-out of
    /// a session that it ends) would wait for each other for ever.
    pub async fn begin_recorded(&self) -> Result<Tx, sqlx::Error> {
        // SQLite has but one writer at a time.
        const TAKE_HEAD: &str = "SELECT sequence FROM audit_head WHERE id = 1 FOR UPDATE";
        let mut tx = self.begin().await?;
        if let TxConnection::Postgres(inner) = &mut tx.connection {
            sqlx::query(TAKE_HEAD).execute(&mut **inner).await?;
            // Entries that waited for each other say so in their order too.
            tx.begins_now();
        }
        Ok(tx)
    }

    fn unit_of_work(&self, connection: TxConnection) -> Tx {
        Tx::new(connection, Arc::clone(&self.means), Arc::clone(&self.visit))
    }

    /// Has the outbox of this node look for letters.
    pub fn wake_outbox(&self) {
        self.means.letters.notify_one();
    }

    /// Waits until there may be letters to send: [`Self::wake_outbox`], or the commit of some. For
    /// one waiter, the outbox.
    pub async fn letters(&self) {
        self.means.letters.notified().await;
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        const PING: &str = "SELECT COUNT(*) FROM key_check";
        let _: i64 = read!(self, |pool| sqlx::query_scalar(PING).fetch_one(pool).await)?;
        Ok(())
    }

    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// The engine's name, for people.
    pub fn engine(&self) -> &'static str {
        self.pools.engine()
    }
}

async fn open_sqlite(path: &Path) -> Result<Pools, OpenError> {
    // sqlx's own migration lock does nothing on SQLite; two nodes starting at once would both
    // create the tables.
    let lock_path = path.with_extension("migrating");
    let _held = tokio::task::spawn_blocking({
        let lock_path = lock_path.clone();
        move || File::create(&lock_path).and_then(|file| file.lock().map(|()| file))
    })
    .await
    .map_err(std::io::Error::other)
    .and_then(|locked| locked)
    .map_err(|error| OpenError::Lock(lock_path, error))?;

    let damaged_or = |error: sqlx::Error| match sqlite_damage(&error) {
        Some(reason) => OpenError::Damaged(path.to_owned(), reason),
        None => OpenError::Unopenable(path.to_owned(), error),
    };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged must hold after a power loss, not only after a crash of this
        // process.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(ACQUIRE_TIMEOUT)
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        .pragma("journal_size_limit", "67108864");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // After a full disk or a failed write SQLite has undone the transaction by itself. sqlx'
        // own ROLLBACK then fails, and it goes on to believe that the transaction is open: nothing
        // could ever be written again. Another connection can.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_with(options.clone().create_if_missing(true))
        .await
        .map_err(damaged_or)?;
    check_whole(path, &writer).await?;
    SQLITE_MIGRATIONS.run(&writer).await.map_err(|error| migration_error(path, error))?;
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Duration::from_secs(300))
        .test_before_acquire(false)
        .connect_with(options.read_only(true))
        .await
        .map_err(damaged_or)?;
    Ok(Pools::Sqlite { writer, readers })
}

async fn check_whole(path: &Path, writer: &SqlitePool) -> Result<(), OpenError> {
    if std::fs::metadata(path).map_or(0, |file| file.len()) > CHECKED_WHOLE_BYTES {
        return Ok(());
    }
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(writer)
        .await
        .map_err(|error| OpenError::Damaged(path.to_owned(), error.to_string()))?;
    if verdict == "ok" { Ok(()) } else { Err(OpenError::Damaged(path.to_owned(), verdict)) }
}

fn migration_error(path: &Path, error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) if sqlite_damage(&inner).is_some() => {
            OpenError::Damaged(path.to_owned(), inner.to_string())
        }
        other => OpenError::Migration(other),
    }
}

/// SQLITE_CORRUPT (11) and SQLITE_NOTADB (26).
fn sqlite_damage(error: &sqlx::Error) -> Option<String> {
    let database = error.as_database_error()?;
    matches!(database.code()?.parse::<i32>().ok()? & 0xff, 11 | 26).then(|| database.message().to_owned())
}

async fn open_postgres(
    url: &PgConnectOptions,
    direct_url: &PgConnectOptions,
    max_connections: u32,
) -> Result<Pools, OpenError> {
    let migrating = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(CONNECT_TIMEOUT)
        .connect_with(direct_url.clone())
        .await
        .map_err(OpenError::Unreachable)?;
    // sqlx takes an advisory lock around this on PostgreSQL.
    POSTGRES_MIGRATIONS.run(&migrating).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        other => OpenError::Migration(other),
    })?;
    migrating.close().await;
    let pool = PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A statement, not a start-up parameter: poolers refuse those. Without it a request waits
        // behind a stuck lock for ever.
        .after_connect(|connection, _| Box::pin(async move { connection.execute(LOCK_TIMEOUT).await.map(|_| ()) }))
        .connect_lazy_with(url.clone());
    // A server that starts together with us, or is busy, gets longer than a request would wait.
    let begun = Instant::now();
    loop {
        match pool.acquire().await {
            Ok(_) => return Ok(Pools::Postgres(pool)),
            Err(sqlx::Error::PoolTimedOut) if begun.elapsed() < CONNECT_TIMEOUT => {}
            Err(error) => return Err(OpenError::Unreachable(error)),
        }
    }
}

/// `($1, $2), ($3, $4), …` for a statement that adds `rows` rows of `columns` values at once.
pub fn rows_of_values(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let values: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", values.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Which unique constraint a write ran into, if that is why it failed.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|database| database.is_unique_violation())
}

/// Whether `error` says that the database can't serve anybody right now, as against a mistake of
/// ours.
fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_)
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| match code.parse::<i32>() {
            // SQLite: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB.
            Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 8 | 10 | 11 | 13 | 14 | 26),
            // PostgreSQL: connection exceptions, refused log-ins, a database that is gone or takes
            // no connections, insufficient resources, operator intervention, system errors; a
            // read-only standby; lost to, or waited too long for, another transaction.
            _ => {
                ["08", "28", "3D", "53", "57", "58"].iter().any(|class| code.starts_with(class))
                    || ["25006", "55000", "55P03", "40001", "40P01"].contains(&code.as_ref())
            }
        }),
        _ => false,
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        if is_outage(&error) {
            tracing::error!(%error, "the database does not answer");
            Self::Unavailable
        } else {
            tracing::error!(%error, "a query failed");
            Self::Internal
        }
    }
}
