//! `doorward restore FILE`: a backup becomes the data of the database that the configuration names.

use super::Failure;
use super::backup::summary;
use crate::base::clock::{Randomness, SystemClock};
use crate::base::config::Config;
use crate::base::output::{NotPrinted, say};
use crate::base::vault::Vault;
use crate::base::words::rfc3339;
use crate::domain::audit::{self, Verdict};
use crate::flows::backup::{self, Reader, Restored};
use crate::request::app::App;
use crate::run::start;
use clap::Args;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// What `doorward backup` wrote, from whichever database; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Restore although the database holds data, all of which the backup takes the place of
    #[arg(long)]
    replace: bool,
}

/// The file and the key are looked at before anything is opened: a folder without a key would get a new one, and a database bound to it.
pub async fn run(arguments: &RestoreArguments, config: Config) -> Result<(), Failure> {
    let vault = Vault::new(&start::existing_key(&config)?, Randomness::system());
    let input: Box<dyn Read> = if arguments.file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        let file = std::fs::File::open(&arguments.file);
        Box::new(file.map_err(|error| format!("{} can't be read: {error}", arguments.file.display()))?)
    };
    let backup = Reader::open(input, &vault)?;
    let app = start::open_to_restore(config, Arc::new(SystemClock), Randomness::system()).await?;
    let restored = backup::restore(&app.db, backup, arguments.replace).await?;
    let told = tell(&restored);
    check(&app).await?;
    Ok(told?)
}

fn tell(restored: &Restored) -> Result<(), NotPrinted> {
    let Restored { header, rows, ended } = restored;
    say!("restored the data of {} ({})", rfc3339(header.made_at.0), header.engine)?;
    say!("{}", summary(rows))?;
    say!("Ended, since it may have been ended after the backup was made:")?;
    say!("  sessions: {}, with every link in a mail. Everybody signs in again", ended.sessions)?;
    say!("  personal access tokens: {}. Their owners make new ones", ended.access_tokens)?;
    say!("  accounts whose recovery codes were: {}. Their owners make new ones", ended.recovery_codes)?;
    say!("  invitations: {}. See `doorward invitation create`", ended.invitations)?;
    say!("  removals of second factors: {}. See `doorward user reset-second-factor`", ended.factor_resets)?;
    say!("Deletions of accounts that wait a week from now, and whose owners are written to: {}", ended.deletions)?;
    say!("Codes of authenticator apps are refused for up to a minute, so that none works twice.")
}

/// The backup may have been made of a trail that was tampered with before.
async fn check(app: &App) -> Result<(), Failure> {
    match audit::verify(&app.db, &app.vault).await? {
        Verdict::Whole { entries, head, .. } => {
            say!("The audit trail is whole: {entries} entries, head {head}")?;
            Ok(())
        }
        Verdict::Broken { sequence, reason } => {
            Err(format!("the data is restored, but its audit trail is broken at entry {sequence}: {reason}").into())
        }
    }
}
