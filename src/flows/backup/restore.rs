//! A backup becomes the data of a database: in one transaction, of which nothing is left if the
//! process is killed or the file is not whole.

use super::NotRestored;
use super::ending::{self, Ended};
use super::file::{Counts, Header, Line, Reader, Value};
use super::tables::{self, Column, OLDEST_SCHEMA, Table};
use crate::base::db::{Db, Tx, on, rows_of_values};
use crate::domain::{accounts, signing_keys};
use sqlx::AssertSqlSafe;
use std::io::Read;

/// Rows in one statement; more are slower on SQLite (see `audit/many.rs`).
const ROWS: usize = 50;

/// The migration with which accounts say whether their address was ever proved.
const UNPROVEN_SINCE: i64 = 21;

/// What came back.
#[derive(Clone, Debug)]
pub struct Restored {
    pub header: Header,
    pub rows: Counts,
    pub ended: Ended,
}

/// Puts the data of `backup` in the place of what the database holds, and ends what could have been
/// ended since ([`ending`]). Unless `replace` is said, only where there is no data yet. Nodes that
/// run on this database serve it from the next request on.
pub async fn restore<R: Read>(db: &Db, mut backup: Reader<R>, replace: bool) -> Result<Restored, NotRestored> {
    let tables = tables::emptied();
    let mut tx = db.begin_replacing(&tables).await?;
    let (schema, known) = (backup.header().schema, tx.schema().await?);
    if schema > known {
        return Err(NotRestored::NewerSchema(schema, known));
    }
    if schema < OLDEST_SCHEMA {
        return Err(NotRestored::OlderSchema(schema));
    }
    if !replace && let Some(table) = first_with_data(&mut tx).await? {
        return Err(NotRestored::NotEmpty(table));
    }
    tx.empty(&tables).await?;
    let rows = fill(&mut tx, &mut backup).await?;
    let header = backup.header().clone();
    if schema < UNPROVEN_SINCE {
        accounts::note_unproven_of_before(&mut tx).await?;
    }
    let ended = ending::end_all(&mut tx, &header, &rows).await?;
    tx.commit().await?;
    // As each start does. Without one nothing is signed, and nobody is let in by that.
    if let Err(error) = signing_keys::make_first(db).await {
        tracing::error!(%error, "the data is restored, and the first signing key was not made; the next start makes it");
    }
    Ok(Restored { header, rows, ended })
}

/// A table with something in it that a backup would have.
async fn first_with_data(tx: &mut Tx) -> Result<Option<&'static str>, sqlx::Error> {
    for table in tables::kept() {
        // A new database has a head, of no entries.
        let condition = if table.name == "audit_head" { " WHERE sequence > 0" } else { "" };
        let some =
            AssertSqlSafe(format!("SELECT COUNT(*) FROM (SELECT 1 FROM {}{condition} LIMIT 1) AS one", table.name));
        let some: i64 = on!(tx, |connection| sqlx::query_scalar(some).fetch_one(connection).await)?;
        if some > 0 {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// Writes all rows, and makes sure that it was all of them.
async fn fill<R: Read>(tx: &mut Tx, backup: &mut Reader<R>) -> Result<Counts, NotRestored> {
    let mut counts = Counts::new();
    let mut filling: Option<Filling> = None;
    loop {
        match backup.read()? {
            Line::Table { name, columns } => {
                if let Some(before) = filling.take() {
                    before.finish(tx).await?;
                }
                // Twice the same table, or one that we don't know: nothing that we wrote.
                if counts.insert(name.clone(), 0).is_some() {
                    return Err(backup.altered());
                }
                filling = Some(Filling::new(&name, &columns).ok_or_else(|| backup.altered())?);
            }
            Line::Row(row) => {
                let Some(filling) = &mut filling else { return Err(backup.altered()) };
                *counts.entry(filling.table.name.to_owned()).or_default() += 1;
                let values = backup.values(&filling.columns, row)?;
                filling.add(tx, values).await?;
            }
            Line::End(expected) => {
                if let Some(last) = filling.take() {
                    last.finish(tx).await?;
                }
                return if counts == expected { Ok(counts) } else { Err(backup.altered()) };
            }
        }
    }
}

/// A table whose rows are being written.
struct Filling {
    table: &'static Table,
    columns: Vec<Column>,
    /// As far as there are values in it.
    insert: String,
    waiting: Vec<Vec<Value>>,
}

impl Filling {
    /// Of the columns that the file has, which may be fewer than there are by now. None for names
    /// that are not ours: they become part of a statement.
    fn new(name: &str, columns: &[String]) -> Option<Self> {
        let table = tables::kept().find(|table| table.name == name)?;
        let column = |name: &String| table.columns().iter().find(|column| column.name == name).copied();
        let columns: Vec<Column> = columns.iter().map(column).collect::<Option<_>>()?;
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        let insert = format!("INSERT INTO {name} ({}) VALUES ", names.join(", "));
        Some(Self { table, columns, insert, waiting: Vec::with_capacity(ROWS) })
    }

    async fn add(&mut self, tx: &mut Tx, row: Vec<Value>) -> Result<(), NotRestored> {
        self.waiting.push(row);
        if self.waiting.len() == ROWS { self.flush(tx).await } else { Ok(()) }
    }

    async fn finish(mut self, tx: &mut Tx) -> Result<(), NotRestored> {
        self.flush(tx).await
    }

    async fn flush(&mut self, tx: &mut Tx) -> Result<(), NotRestored> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let text = format!("{}{}", self.insert, rows_of_values(self.waiting.len(), self.columns.len()));
        let values = self.waiting.drain(..).flatten();
        let written = on!(tx, |connection| {
            let mut query = sqlx::query(AssertSqlSafe(text));
            for value in values {
                query = match value {
                    Value::Integer(value) => query.bind(value),
                    Value::Text(value) => query.bind(value),
                    Value::Blob(value) => query.bind(value),
                    Value::Uuid(value) => query.bind(value),
                    Value::Boolean(value) => query.bind(value),
                };
            }
            query.execute(connection).await.map(|_| ())
        });
        written.map_err(|error| match error {
            sqlx::Error::Database(database) if !matches!(database.kind(), sqlx::error::ErrorKind::Other) => {
                NotRestored::Unstorable(self.table.name, sqlx::Error::Database(database))
            }
            other => other.into(),
        })
    }
}
