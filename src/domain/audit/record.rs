//! How an entry comes into the trail, and how what it says of a person goes out of it again.

use super::Event;
use crate::base::clock::UnixMicros;
use crate::base::db::{Tx, on};
use crate::base::vault::Vault;
use crate::domain::accounts::AccountId;
use sha2::{Digest, Sha256};

/// Adds `event` to the trail, in the transaction of what it tells of and as of its time: both hold
/// or neither does.
pub async fn record(tx: &mut Tx, event: &Event) -> Result<(), sqlx::Error> {
    // Taking the number locks the head until the commit, so that two entries can't follow the same
    // one.
    const TAKE: &str = "UPDATE audit_head \
        SET sequence = sequence + 1 \
        WHERE id = 1 \
        RETURNING sequence, mac";
    const ADD: &str = "INSERT INTO audit_entries (sequence, at, kind, account_id, salt, details, \
            commitment, mac) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    const MOVE: &str = "UPDATE audit_head SET mac = $1 WHERE id = 1";

    let details =
        serde_json::to_string(&event.details.placed(tx)).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let salt: [u8; 16] = tx.randomness().bytes();
    let now = tx.now();
    let commitment = commit(&salt, event.account, &details);
    let (sequence, previous): (i64, Vec<u8>) = on!(tx, |connection| sqlx::query_as(TAKE).fetch_one(connection).await)?;
    let mac = link(tx.vault(), &previous, sequence, now, event.kind.name(), &commitment);
    on!(tx, |connection| {
        sqlx::query(ADD)
            .bind(sequence)
            .bind(now)
            .bind(event.kind.name())
            .bind(event.account)
            .bind(&salt[..])
            .bind(&details)
            .bind(&commitment[..])
            .bind(&mac[..])
            .execute(&mut *connection)
            .await?;
        sqlx::query(MOVE).bind(&mac[..]).execute(&mut *connection).await?;
    });
    Ok(())
}

/// The number of the entry that was recorded last in `tx`, for what refers to it.
pub async fn newest(tx: &mut Tx) -> Result<i64, sqlx::Error> {
    const NEWEST: &str = "SELECT sequence FROM audit_head WHERE id = 1";
    on!(tx, |connection| sqlx::query_scalar(NEWEST).fetch_one(connection).await)
}

/// Erases what the trail says about `account`: whom, from where and why. That something of this
/// kind happened at this time stays, and so does the chain.
pub async fn erase(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    const ERASE: &str = "UPDATE audit_entries \
        SET account_id = NULL, salt = NULL, details = NULL \
        WHERE account_id = $1";
    on!(tx, |connection| sqlx::query(ERASE).bind(account).execute(connection).await.map(|_| ()))
}

pub(super) fn commit(salt: &[u8], account: Option<AccountId>, details: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(account.map_or([0; 16], |account| *account.0.as_bytes()));
    hash.update(details.as_bytes());
    hash.finalize().into()
}

pub(super) fn link(
    vault: &Vault,
    previous: &[u8],
    sequence: i64,
    at: UnixMicros,
    kind: &str,
    commitment: &[u8],
) -> [u8; 32] {
    vault.audit_mac(&[previous, &sequence.to_be_bytes(), &at.0.to_be_bytes(), kind.as_bytes(), commitment])
}
