//! What concerns a database as a whole: one moment of it to read, and all of it to fill.

use super::{Db, Pools, Tx, TxConnection, on};
use sqlx::AssertSqlSafe;

/// No limit of time: a large database takes as long as it takes, and who reads it may wait for a
/// slow disk.
const SNAPSHOT_POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
/// It waits for what is under way in others, which [`super::BEGIN_POSTGRES`] ends after 5 s. One
/// that stands still gives the tables free after ten minutes.
const REPLACE_POSTGRES: &str = "BEGIN; SET LOCAL lock_timeout = 30000; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 600000";

/// Each takes as long as others are waited for: 1.5 s on SQLite.
const TRIES: usize = 20;

impl Db {
    /// All of the database as it is at this moment, however long it is read and whatever others
    /// write meanwhile. Keeps nobody from writing; nothing can be written through it.
    pub async fn snapshot(&self) -> Result<Tx, sqlx::Error> {
        let connection = match &self.pools {
            Pools::Sqlite { readers, .. } => TxConnection::Sqlite(readers.begin_with("BEGIN").await?),
            Pools::Postgres(pool) => TxConnection::Postgres(pool.begin_with(SNAPSHOT_POSTGRES).await?),
        };
        let mut tx = self.unit_of_work(connection);
        // Both engines take the picture at the first read, not before.
        tx.schema().await?;
        Ok(tx)
    }

    /// Begins a write of all of `tables`, which may take minutes and beside which nobody else
    /// writes them; on PostgreSQL nobody reads them either. Under load it takes a few tries to get
    /// them all.
    pub async fn begin_replacing(&self, tables: &[&'static str]) -> Result<Tx, sqlx::Error> {
        let mut tries = 1;
        loop {
            match self.try_begin_replacing(tables).await {
                Err(error) if tries < TRIES && is_held(&error) => tries += 1,
                begun => return begun,
            }
        }
    }

    async fn try_begin_replacing(&self, tables: &[&'static str]) -> Result<Tx, sqlx::Error> {
        match &self.pools {
            // One writer at a time.
            Pools::Sqlite { .. } => self.begin().await,
            Pools::Postgres(pool) => {
                let mut inner = pool.begin_with(REPLACE_POSTGRES).await?;
                // The head first, as recorded writes do: then those under way come to their end,
                // and no other begins.
                let text = format!("LOCK TABLE audit_head, {} IN ACCESS EXCLUSIVE MODE", tables.join(", "));
                sqlx::query(AssertSqlSafe(text)).execute(&mut *inner).await?;
                Ok(self.unit_of_work(TxConnection::Postgres(inner)))
            }
        }
    }
}

/// Whether somebody else has what is wanted: SQLITE_BUSY, a deadlock, or a lock that was waited for
/// in vain.
fn is_held(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|database| database.code());
    code.is_some_and(|code| match code.parse::<i32>() {
        Ok(number) if code.len() < 5 => number & 0xff == 5,
        _ => ["40P01", "55P03"].contains(&code.as_ref()),
    })
}

impl Tx {
    /// The number of the newest migration that the database holds.
    pub async fn schema(&mut self) -> Result<i64, sqlx::Error> {
        const SCHEMA: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
        on!(self, |connection| sqlx::query_scalar(SCHEMA).fetch_one(connection).await)
    }

    /// Takes every row out of `tables`. A table comes before those that it refers to.
    pub async fn empty(&mut self, tables: &[&'static str]) -> Result<(), sqlx::Error> {
        match &mut self.connection {
            TxConnection::Sqlite(inner) => {
                for table in tables {
                    sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut **inner).await?;
                }
            }
            // In one statement, since none may refer to another that is left.
            TxConnection::Postgres(inner) => {
                let text = format!("TRUNCATE {}", tables.join(", "));
                sqlx::query(AssertSqlSafe(text)).execute(&mut **inner).await?;
            }
        }
        Ok(())
    }
}
