//! Sessions by the million, written straight into the file of a server that is not running: signing in that often
//! would take hours of hashing.

use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use std::fmt::Write;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// One account for so many sessions.
const SESSIONS_EACH: usize = 10;
const ROWS_A_STATEMENT: usize = 500;
/// "Last seen" lies ahead, so that no check is also a write: those come once a minute and session. Five minutes ahead and more
/// would be taken for the work of a clock that was wrong.
const AHEAD: Duration = Duration::from_secs(4 * 60);

/// The cookie of session `number`: 16 bytes in the text form of tower-sessions.
pub fn cookie(number: usize) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&token(number))
}

/// What the database holds of it.
pub fn key(number: usize) -> [u8; 32] {
    Sha256::digest(token(number)).into()
}

fn token(number: usize) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::digest(format!("session {number}")).into();
    let mut token = [0; 16];
    token.copy_from_slice(&hash[..16]);
    token
}

/// Adds the sessions of `numbers`, and their accounts, to a database that Doorward made.
pub async fn sessions(file: &Path, numbers: Range<usize>) -> Result<(), crate::Failure> {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-200000")
        .connect()
        .await?;
    let now = micros_now();
    let mut tx = connection.begin().await?;
    run(&mut tx, format!("UPDATE sessions SET last_seen_at = {}", now + micros(AHEAD))).await?;
    let mut from = numbers.start;
    while from < numbers.end {
        let until = numbers.end.min(from + ROWS_A_STATEMENT);
        for statement in [accounts_sql(from..until, now), sessions_sql(from..until, now)] {
            run(&mut tx, statement?).await?;
        }
        from = until;
    }
    tx.commit().await?;
    run(&mut connection, "PRAGMA wal_checkpoint(TRUNCATE)".to_owned()).await?;
    connection.close().await?;
    Ok(())
}

async fn run(connection: &mut SqliteConnection, sql: String) -> Result<(), sqlx::Error> {
    // Numbers and hex digits made here; nothing from outside.
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(|_| ())
}

fn accounts_sql(numbers: Range<usize>, now: i64) -> Result<String, std::fmt::Error> {
    let mut sql = "INSERT INTO accounts (id, email, username, display_name, role, created_at) VALUES ".to_owned();
    let mut separator = "";
    for account in numbers.filter(|number| number % SESSIONS_EACH == 0).map(|number| number / SESSIONS_EACH) {
        write!(
            sql,
            "{separator}({}, 'seeded{account}@example.test', 'seeded{account}', 'Seeded {account}', 'member', {now})",
            row_id(0xa, account)
        )?;
        separator = ", ";
    }
    Ok(sql)
}

fn sessions_sql(numbers: Range<usize>, now: i64) -> Result<String, std::fmt::Error> {
    let seen = now + micros(AHEAD);
    let idle = micros(Duration::from_secs(60 * 60));
    let end = now + micros(Duration::from_secs(12 * 60 * 60));
    let mut sql =
        "INSERT INTO sessions (handle, session_key, account_id, method, started_at, confirmed_at, last_seen_at, \
         idle_micros, expires_at, remembered, address, user_agent, seen_address, seen_user_agent) VALUES "
            .to_owned();
    let mut separator = "";
    for number in numbers {
        let key = data_encoding::HEXLOWER.encode(&key(number));
        write!(
            sql,
            "{separator}({}, x'{key}', {}, 'password', {now}, {now}, {seen}, {idle}, {end}, 0, '192.0.2.1', '{AGENT}', '127.0.0.1', '{AGENT}')",
            row_id(0x5, number),
            row_id(0xa, number / SESSIONS_EACH),
        )?;
        separator = ", ";
    }
    Ok(sql)
}

/// As long as those that browsers send.
pub const AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// Rising like the UUIDv7 of a real row, and shaped like one.
fn row_id(kind: u8, number: usize) -> String {
    format!("x'0190{number:08x}7{kind:03x}8000000000000000'")
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "rows for a server that goes by the machine's clock")]
fn micros_now() -> i64 {
    micros(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}
