//! `doorward user export`: the accounts, in the form that `import-users` reads.

use crate::base::cells::guarded;
use crate::base::output::{note, print};
use crate::domain::accounts::bulk;
use crate::domain::accounts::{Account, AccountId};
use crate::domain::audit::By;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::request::app::App;
use crate::run::cli::Failure;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::io::Write;

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The password hashes too. Whoever holds them can guess at the passwords: keep such a file as you keep the database
    #[arg(long)]
    with_password_hashes: bool,
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With a header line
    Csv,
    /// One object a line
    Jsonl,
}

/// Recorded before the first line is written: what leaves has been noted, even if the reader of it goes away in the middle. Accounts
/// that are disabled or locked are left out, since the file can't say so and an import would open them.
pub async fn run(app: &App, arguments: &ExportArguments) -> Result<(), Failure> {
    record(app, arguments.with_password_hashes).await?;
    let mut out = Vec::new();
    if arguments.format == Format::Csv {
        let hash = if arguments.with_password_hashes { "password_hash," } else { "" };
        write!(out, "email,username,{hash}display_name,email_verified\r\n")?;
    }
    let (mut after, mut left_out) = (AccountId::NOBODY, 0_usize);
    loop {
        let accounts = bulk::page(&app.db, after).await?;
        let Some(last) = accounts.last() else { break };
        after = last.id;
        print(&out)?;
        out.clear();
        for account in &accounts {
            if account.disabled_at.is_some() || account.frozen_at.is_some() {
                left_out += 1;
                continue;
            }
            match arguments.format {
                Format::Csv => write_csv(&mut out, account, arguments.with_password_hashes)?,
                Format::Jsonl => write_json(&mut out, account, arguments.with_password_hashes)?,
            }
        }
    }
    print(&out)?;
    if left_out > 0 {
        note!("left out: {left_out} accounts that are disabled or locked");
    }
    Ok(())
}

async fn record(app: &App, with_password_hashes: bool) -> Result<(), Failure> {
    let details = Details {
        by: Some(By::CommandLine.name().to_owned()),
        reason: with_password_hashes.then(|| "with_password_hashes".to_owned()),
        count: u64::try_from(bulk::count(&app.db).await?).ok(),
        ..Details::default()
    };
    let mut tx = app.db.begin_recorded().await?;
    let event = Event { kind: Kind::AccountsExported, account: None, details };
    audit::record(&mut tx, &event).await?;
    Ok(tx.commit().await?)
}

fn write_csv(out: &mut impl Write, account: &Account, with_password_hashes: bool) -> Result<(), Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_field(guarded(account.email.known().unwrap_or_default()))?;
    writer.write_field(account.username.as_str())?;
    if with_password_hashes {
        writer.write_field(account.password_hash.as_ref().map_or("", |hash| hash.as_str()))?;
    }
    writer.write_field(guarded(account.display_name.as_str()))?;
    writer.write_field(account.email_verified_at.is_some().to_string())?;
    writer.write_record(None::<&[u8]>)?;
    Ok(writer.flush()?)
}

fn write_json(out: &mut impl Write, account: &Account, with_password_hashes: bool) -> Result<(), Failure> {
    let mut line = json!({
        "email": account.email.known(), "username": account.username.as_str(),
        "display_name": account.display_name.as_str(), "email_verified": account.email_verified_at.is_some(),
    });
    if with_password_hashes && let Some(object) = line.as_object_mut() {
        object.insert("password_hash".to_owned(), account.password_hash.as_ref().map(|hash| hash.as_str()).into());
    }
    Ok(writeln!(out, "{line}")?)
}
