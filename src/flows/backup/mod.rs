//! Everything that Doorward keeps in one file, which either database takes: written while others go
//! on, restored all or nothing.
//!
//! The secret key is not in it. What the database holds sealed or hashed under that key stays so,
//! and whoever restores needs the same one: a backup alone lets nobody in, as a copy of the
//! database lets nobody in.

mod ending;
pub mod file;
mod new_file;
mod restore;
pub mod tables;

pub use ending::{Ended, RECOVERY_CODES, RESTORED};
pub use file::{Counts, Header, Reader};
pub use new_file::{NewFile, NotPlaced};
pub use restore::{Restored, restore};

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on};
use file::{FORMAT, Value, Writer};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Row};
use std::io::Write;
use tables::{Of, Table};

/// A backup that is whole.
#[derive(Clone, Debug)]
pub struct Written<W> {
    pub output: W,
    /// The moment whose data it holds.
    pub made_at: UnixMicros,
    pub rows: Counts,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    #[error("the database could not be read: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the backup could not be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Why nothing was restored. The database is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum NotRestored {
    #[error("this is no backup of Doorward")]
    NoBackup,
    #[error(
        "the backup was written by a newer Doorward (format {0}; this one reads up to {FORMAT}): restore it with that version"
    )]
    NewerFormat(u64),
    #[error(
        "the backup was written by a newer Doorward (it holds migration {0}, this one knows {1}): restore it with that version"
    )]
    NewerSchema(i64, i64),
    #[error(
        "the backup was written by a Doorward that is too old for this one (it holds migration {0}; {oldest} is the oldest that is understood): restore it with the version that wrote it, and upgrade then",
        oldest = tables::OLDEST_SCHEMA
    )]
    OlderSchema(i64),
    #[error("the backup was made with another secret key: give the key it was made with (server.secret_key_file)")]
    ForeignKey,
    #[error("the backup is cut off: its end is missing")]
    CutOff,
    #[error("the backup is not as it was written (line {0} of its content)")]
    Altered(u64),
    #[error("the backup could not be read: {0}")]
    Unreadable(std::io::Error),
    #[error(
        "the database holds data already (in the table {0}). --replace takes it away and puts the backup in its place"
    )]
    NotEmpty(&'static str),
    #[error("the backup holds a row of the table {0} that can't be stored: {1}")]
    Unstorable(&'static str, sqlx::Error),
    #[error("the database could not be written: {0}")]
    Database(#[from] sqlx::Error),
    #[error("what the restore ended could not be told its owners")]
    NotTold,
}

/// Writes everything to `output`, as it is at one moment. Rows go through one by one, so it takes
/// little memory however many there are, and nobody has to wait for it. Writes on the calling
/// thread: for a command, which has nothing else to do.
pub async fn write<W: Write>(db: &Db, output: W) -> Result<Written<W>, NotWritten> {
    let mut snapshot = db.snapshot().await?;
    let header = Header {
        doorward_backup: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: snapshot.schema().await?,
        engine: db.engine().to_owned(),
        made_at: db.now(),
        key_check: crate::base::vault::hex(&db.vault().backup_key_check()),
    };
    let mut writer = Writer::begin(output, db.vault(), &header)?;
    let mut rows = Counts::new();
    for table in tables::kept() {
        rows.insert(table.name.to_owned(), copy(&mut snapshot, table, &mut writer).await?);
    }
    Ok(Written { output: writer.finish(&rows)?, made_at: header.made_at, rows })
}

async fn copy<W: Write>(snapshot: &mut Tx, table: &Table, writer: &mut Writer<W>) -> Result<u64, NotWritten> {
    let columns = table.columns();
    writer.table(table.name, columns)?;
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let all = AssertSqlSafe(format!("SELECT {} FROM {}", names.join(", "), table.name));
    let mut count = 0;
    let mut values = Vec::with_capacity(columns.len());
    on!(snapshot, |connection| {
        let mut rows = sqlx::query(all).fetch(connection);
        while let Some(row) = rows.try_next().await? {
            values.clear();
            for (at, column) in columns.iter().enumerate() {
                values.push(match column.of {
                    Of::Integer => Value::Integer(row.try_get(at)?),
                    Of::Text => Value::Text(row.try_get(at)?),
                    Of::Blob => Value::Blob(row.try_get(at)?),
                    Of::Uuid => Value::Uuid(row.try_get(at)?),
                    Of::Boolean => Value::Boolean(row.try_get(at)?),
                });
            }
            writer.row(&values)?;
            count += 1;
        }
    });
    Ok(count)
}
