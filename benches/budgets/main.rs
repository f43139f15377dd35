//! Measures what design promises in figures, on the release binary, and prints the budget table. Run it through
//! script/bench, which builds that binary first; docs/performance.md says how to read the table.

mod bare;
mod client;
mod load;
mod measures;
mod names;
mod seed;
mod subject;
mod table;

use bare::BareServer;
use clap::Parser;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::available_parallelism;
use subject::Home;
use table::Row;

/// What stopped a measurement; said to whoever runs it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

const FEW: usize = 1_000;
const SOME: usize = 100_000;
const MANY: usize = 1_000_000;

/// Measures Doorward's budgets. Exit status: 0 measured, 1 over a budget (with --check), 2 not measured.
#[derive(Parser)]
struct Arguments {
    /// The release binary to measure
    #[arg(long, default_value = env!("CARGO_BIN_EXE_doorward"))]
    doorward: PathBuf,
    /// Measure nothing but what the time of an answer tells
    #[arg(long)]
    names: bool,
    /// Exit with status 1 when a row is over its budget
    #[arg(long)]
    check: bool,
    /// Be the bare server that Doorward is held against; the measurement starts it itself
    #[arg(long, hide = true)]
    bare_server: Option<PathBuf>,
    /// What `cargo bench` gives to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let rows = if let Some(database) = &arguments.bare_server {
        bare::serve(database).await.map(|()| Vec::new())
    } else if arguments.names {
        names_told(&arguments.doorward).await.inspect(|rows| table::print(rows))
    } else {
        measure(&arguments.doorward).await
    };
    match rows {
        Ok(rows) => ExitCode::from(u8::from(arguments.check && rows.iter().any(Row::is_over))),
        Err(error) => {
            eprintln!("could not measure: {error}");
            ExitCode::from(2)
        }
    }
}

async fn measure(program: &Path) -> Result<Vec<Row>, Failure> {
    let home = Home::new(program)?;
    let hashing = home.hashing()?;
    home.add_people(measures::PEOPLE)?;
    seed::sessions(&home.database(), 0..FEW).await?;

    progress("start, memory, first view");
    let (server, start) = measures::start_time(&home).await?;
    let idle = measures::idle_memory(&server).await?;
    let [page, with_script] = measures::first_view(&home).await?;
    progress("what the time of an answer tells");
    let names = names_told(program).await?;
    let large_home = Home::new(program)?;
    large_home.add_people(1)?;
    seed::sessions(&large_home.database(), 0..SOME).await?;
    let (large, _) = large_home.start().await?;
    let with_sessions = measures::memory_with_sessions(&large_home, &large, SOME).await?;
    large.stop()?;

    progress("sign-ins");
    let sign_ins = measures::sign_ins(&home, &server, &hashing).await?;
    progress("session checks");
    let other = BareServer::start(&home.database())?;
    let checks = measures::session_checks(&home, &server, &other, FEW).await?;
    let rows_read = measures::rows_read(&home, &other).await?;
    progress("session checks in a flood of sign-ins");
    let [flood, bare_flood] = measures::checks_in_a_flood(&home, &server, &other, FEW).await?;
    progress("session checks among a million");
    seed::sessions(&large_home.database(), SOME..MANY).await?;
    let (large, _) = large_home.start().await?;
    let many = measures::checks_among_many((&large_home, &large, MANY), (&home, &server, FEW)).await?;
    large.stop()?;
    server.stop()?;

    let mut rows =
        vec![page, with_script, idle, with_sessions, start, sign_ins, checks, rows_read, flood, bare_flood, many];
    rows.extend(names);
    println!(
        "Doorward {}, SQLite. {} cores ({}). Argon2id with {} KiB, {} iterations, parallelism {}, on {} threads.\n",
        env!("CARGO_PKG_VERSION"),
        available_parallelism()?,
        processor(),
        hashing.memory_kib,
        hashing.iterations,
        hashing.parallelism,
        hashing.threads
    );
    table::print(&rows);
    Ok(rows)
}

/// On a server of its own: wrong passwords and letters fill tables that the other rows are measured without.
async fn names_told(program: &Path) -> Result<Vec<Row>, Failure> {
    let home = Home::new(program)?;
    home.add_people(1)?;
    home.import_people(names::people(&home.stored_hash()?))?;
    let (server, _) = home.start().await?;
    let rows = names::rows(&home, &server).await?;
    server.stop()?;
    Ok(rows)
}

fn progress(what: &str) {
    eprintln!("measuring: {what}");
}

fn processor() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or("of a kind it does not tell", |(_, name)| name).to_owned()
}
