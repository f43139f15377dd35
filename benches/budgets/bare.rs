//! What Doorward is held against: axum and Argon2 with nothing around them.

use crate::{Failure, seed};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::routing::get;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// What a session check asks for.
pub const CHECK: &str = "/api/v1/me";
/// The same of the bare server, which reads a row for it.
pub const ROW: &str = "/row";

type Constant = ([(HeaderName, &'static str); 1], &'static str);

/// An axum server in a process of its own, as Doorward is one.
pub struct BareServer {
    child: Child,
    pub addr: SocketAddr,
}

impl BareServer {
    /// Starts this very program again, to serve and to read rows from `database`.
    pub fn start(database: &Path) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        let mut child = Command::new(program).arg("--bare-server").arg(database).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        match line.trim().parse() {
            Ok(addr) => Ok(Self { child, addr }),
            Err(error) => {
                child.kill()?;
                Err(io::Error::other(format!("the bare server did not say where it listens: {error}")))
            }
        }
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer like those that Doorward gives to a session check.
const ME: &str = r#"{"id":"0a000000-0000-7000-8000-000000000000","username":"seeded0","email":"seeded0@example.test","email_verified":false,"display_name":"Seeded 0","role":"member","scope":"profile sessions:read sessions:end","session":{"id":"0b000000-0000-7000-8000-000000000000","started_at":"2026-01-01T00:00:00Z","confirmed_at":"2026-01-01T00:00:00Z","expires_at":"2026-01-01T12:00:00Z","amr":["pwd"],"acr":"1"}}"#;

/// What runs in the other process: the answer that a session check gives, without checking anything; at [`ROW`] after one row was
/// read by its key, as Doorward reads a session, and nothing else.
pub async fn serve(database: &Path) -> Result<(), Failure> {
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .test_before_acquire(false)
        .connect_with(SqliteConnectOptions::new().filename(database).read_only(true))
        .await?;
    let router = Router::new().route(CHECK, get(answer)).route(ROW, get(row)).with_state(readers);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    io::stdout().flush()?;
    Ok(axum::serve(listener, router).await?)
}

async fn answer() -> Constant {
    ([(header::CONTENT_TYPE, "application/json")], ME)
}

async fn row(State(readers): State<SqlitePool>) -> Result<Constant, StatusCode> {
    static TURN: AtomicUsize = AtomicUsize::new(0);
    let key = seed::key(TURN.fetch_add(1, Ordering::Relaxed) % crate::FEW);
    let found: Result<Vec<u8>, _> = sqlx::query_scalar("SELECT handle FROM sessions WHERE session_key = $1")
        .bind(&key[..])
        .fetch_one(&readers)
        .await;
    found.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(answer().await)
}

/// How Doorward hashes here, as it says itself.
#[derive(Clone, Debug)]
pub struct Hashing {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
    pub threads: usize,
}

/// Hashes a second on as many threads as Doorward uses, each with its memory kept, and nothing else to do.
pub async fn hashes_per_second(hashing: &Hashing, span: Duration) -> Result<f64, crate::Failure> {
    let params = Params::new(hashing.memory_kib, hashing.iterations, hashing.parallelism, None)?;
    let threads = hashing.threads;
    let counted = tokio::task::spawn_blocking(move || {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                let params = params.clone();
                thread::spawn(move || hash_for(params, span))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Ok(f64::NAN))).sum::<Result<f64, argon2::Error>>()
    });
    Ok(counted.await??)
}

fn hash_for(params: Params, span: Duration) -> Result<f64, argon2::Error> {
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let mut hashes = 0.0;
    let begin = Instant::now();
    while begin.elapsed() < span {
        argon2.hash_password_into_with_memory(
            b"correct horse battery",
            b"sixteen byte sal",
            &mut output,
            &mut memory,
        )?;
        hashes += 1.0;
    }
    Ok(hashes / begin.elapsed().as_secs_f64())
}
