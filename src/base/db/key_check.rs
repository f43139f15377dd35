//! To which secret key a database belongs: a node with another one would seal what the others can't
//! open.

use super::{Db, Pools, on, read_pools};
use crate::base::vault::KeyError;

impl Pools {
    /// Whether a key was ever used with this database.
    pub async fn is_claimed(&self) -> Result<bool, sqlx::Error> {
        Ok(key_check(self).await?.is_some())
    }
}

impl Db {
    /// Makes sure that the database belongs to the key of its vault, and marks a new one as such.
    pub async fn claim(&self) -> Result<(), KeyError> {
        const CLAIM: &str = "INSERT INTO key_check (id, check_value) \
            VALUES (1, $1) \
            ON CONFLICT (id) DO NOTHING";
        let check = self.vault().check();
        let stored = match key_check(&self.pools).await? {
            Some(stored) => stored,
            None => {
                let mut tx = self.begin().await?;
                on!(&mut tx, |connection| sqlx::query(CLAIM)
                    .bind(&check[..])
                    .execute(connection)
                    .await?
                    .rows_affected());
                tx.commit().await?;
                key_check(&self.pools).await?.ok_or(sqlx::Error::RowNotFound)?
            }
        };
        if stored == check { Ok(()) } else { Err(KeyError::Foreign) }
    }
}

async fn key_check(pools: &Pools) -> Result<Option<Vec<u8>>, sqlx::Error> {
    const CHECK: &str = "SELECT check_value FROM key_check WHERE id = 1";
    read_pools!(pools, |pool| sqlx::query_scalar(CHECK).fetch_optional(pool).await)
}
