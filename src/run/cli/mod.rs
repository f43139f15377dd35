//! The command line. Exit status: 0 done, 1 refused or not found, 2 wrong usage (public contract).

mod audit;
mod backup;
mod group;
mod healthcheck;
mod import_users;
mod invitation;
mod keys;
mod restore;
mod session;
mod try_request;
mod user;

use crate::base::clock::{Randomness, SystemClock};
use crate::base::config::{self, Config, DatabaseUrl, LogFormat};
use crate::base::output::{self, NotPrinted, note, say};
use crate::domain::limits::explain::explain;
use crate::request::app::App;
use crate::request::assets::Assets;
use crate::run::start;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Doorward, the front door for your apps: a self-hosted sign-in service.
#[derive(Debug, Parser)]
#[command(name = "doorward", version, propagate_version = true)]
pub struct CommandLine {
    /// The configuration file; without it Leptos.toml in the working folder, if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (what happens without a command)
    Serve,
    /// Bring the database up to date and end
    Migrate,
    /// Read the configuration and say what is in force, and where each value comes from
    CheckConfig(try_request::TryArguments),
    /// Ask the running server whether it can serve; exit status 0 if so
    Healthcheck,
    /// People
    #[command(subcommand)]
    User(user::UserCommand),
    /// Bring accounts from another application, with their password hashes: a CSV file with a header line, or JSON lines
    ImportUsers(import_users::ImportArguments),
    /// Who is signed in where
    #[command(subcommand)]
    Session(session::SessionCommand),
    /// Named sets of people, for the rules of forward-auth and for apps
    #[command(subcommand)]
    Group(group::GroupCommand),
    /// Who may make an account where not everybody may
    #[command(subcommand)]
    Invitation(invitation::InvitationCommand),
    /// The keys that access tokens are signed with
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// The audit trail
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Write everything but the secret key to one file, while the server runs or not
    Backup(backup::BackupArguments),
    /// Put what a backup holds into the database, and end every session, link, code and token in it
    Restore(restore::RestoreArguments),
}

/// How long files still being written when a command ends are waited for.
const LAST_FILES: Duration = Duration::from_secs(2);

/// What a command answers with when it could not do its work; printed as it stands.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs what the command line asks for.
pub fn run(command_line: CommandLine) -> ExitCode {
    // Whatever folder the data lies in: the database, its journal and mails are for their owner alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let config = match Config::load(command_line.config.as_deref(), config::process_environment()) {
        Ok(config) => config,
        Err(error) => return failed(&error.into()),
    };
    start_log(&config);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let done = runtime.block_on(dispatch(command_line.command.unwrap_or(Command::Serve), config));
    // Dropped, it would wait for a file being written, on a disk that hangs, for ever.
    runtime.shutdown_timeout(LAST_FILES);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody looks any further, which is no fault of what was asked for: `doorward user list | head`.
        Err(error) if matches!(error.downcast_ref(), Some(NotPrinted::Closed(_))) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &Failure) -> ExitCode {
    note!("doorward: {error}");
    ExitCode::from(1)
}

async fn dispatch(command: Command, config: Config) -> Result<(), Failure> {
    match command {
        Command::Serve => {
            let assets = Assets::load(std::env::var_os("LEPTOS_SITE_ROOT").map(PathBuf::from))?;
            let app = start::open(config, assets, Arc::new(SystemClock), Randomness::system()).await?;
            Ok(start::serve(app).await?)
        }
        Command::Migrate => {
            let db = start::open_database(&config).await?;
            say!("the {} database is up to date", db.engine())?;
            db.close().await;
            Ok(())
        }
        Command::CheckConfig(arguments) if arguments.is_about_somebody() => {
            try_request::run_as(&arguments, &open_existing(config).await?).await
        }
        Command::CheckConfig(arguments) if arguments.is_about_limits() => {
            Ok(output::print(explain(&config.limits).as_bytes())?)
        }
        Command::CheckConfig(arguments) if arguments.is_about_a_request() => try_request::run(&arguments, &config),
        Command::CheckConfig(_) => {
            for (key, value, source) in config.describe() {
                say!("{key} = {value}  ({source})")?;
            }
            Ok(())
        }
        Command::Healthcheck => healthcheck::run(&config).await,
        Command::User(command) if command.needs_somebody() => user::run(command, &open_existing(config).await?).await,
        Command::User(command) => user::run(command, &open_for_commands(config).await?).await,
        Command::ImportUsers(arguments) => import_users::run(&arguments, &open_for_commands(config).await?).await,
        Command::Session(command) => session::run(command, &open_existing(config).await?).await,
        Command::Group(command) => group::run(command, &open_existing(config).await?).await,
        Command::Invitation(command) => invitation::run(command, &open_existing(config).await?).await,
        Command::Keys(command) => keys::run(command, &open_existing(config).await?).await,
        Command::Audit(command) => audit::run(command, &open_for_commands(config).await?).await,
        Command::Backup(arguments) => backup::run(&arguments, &open_existing(config).await?).await,
        Command::Restore(arguments) => restore::run(&arguments, config).await,
    }
}

/// The application as the commands use it: no pages, so no assets.
async fn open_for_commands(config: Config) -> Result<App, Failure> {
    Ok(start::open(config, Assets::none(), Arc::new(SystemClock), Randomness::system()).await?)
}

/// As [`open_for_commands`], for commands that only make sense where there is a database: in the wrong folder they would make an
/// empty one and then say that there is nobody.
async fn open_existing(config: Config) -> Result<App, Failure> {
    match config.database_url() {
        DatabaseUrl::Sqlite(path) if !path.exists() => Err(format!(
            "there is no database at {}: run this in the server's folder, or name its configuration with --config",
            path.display()
        )
        .into()),
        _ => open_for_commands(config).await,
    }
}

/// Logs go to standard error, so that standard output stays what a command answers.
fn start_log(config: &Config) {
    let filter = EnvFilter::new(&config.log.level);
    // What can't be written there is lost. Told by `eprintln!`, as it would be, each entry would be a panic once nobody reads the log.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    match config.log.format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
    }
}
