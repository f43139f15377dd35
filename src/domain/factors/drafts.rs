//! What one session, or one sign-in that waits, alone is shown while a second factor is set up or a
//! token is made, for as long as that takes.
//!
//! Sealed to its holder: neither a copy of the database nor another session of the same account
//! shows it, so nobody can prepare a key that they know and have its owner confirm it.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::vault::{Unopenable, Vault};
use crate::domain::accounts::AccountId;
use crate::domain::pending::{self, PendingToken};
use crate::domain::sessions::SessionHandle;
use std::time::Duration;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Draft {
    /// The key of an app that has not made a code yet.
    Totp,
    /// Recovery codes that were not saved yet.
    RecoveryCodes,
    /// A personal access token that was not saved yet.
    PersonalToken,
}

impl Draft {
    fn name(self) -> &'static str {
        self.into()
    }

    /// A key is worth nothing before it is confirmed; codes and tokens let somebody in already.
    fn lifetime(self) -> Duration {
        match self {
            Self::Totp => Duration::from_secs(3600),
            Self::RecoveryCodes | Self::PersonalToken => Duration::from_secs(600),
        }
    }
}

/// Whose draft it is.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    pub account: AccountId,
    holder: Uuid,
}

impl Owner {
    pub fn session(account: AccountId, handle: SessionHandle) -> Self {
        Self { account, holder: handle.0 }
    }

    /// The sign-in of `account` that waits behind `token`.
    pub fn pending(account: AccountId, token: &PendingToken) -> Self {
        Self { account, holder: pending::holder(token) }
    }

    fn row(self, draft: Draft) -> Vec<u8> {
        [draft.name().as_bytes(), self.holder.as_bytes(), self.account.0.as_bytes()].concat()
    }

    fn open(self, vault: &Vault, draft: Draft, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let opened = vault.open_factor(&self.row(draft), sealed);
        opened.inspect_err(|_| tracing::error!(draft = draft.name(), "a draft of a second factor can't be opened")).ok()
    }
}

/// Why a draft was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error(transparent)]
    Sealing(#[from] Unopenable),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<KeepError> for AppError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Database(error) => error.into(),
            KeepError::Sealing(error) => {
                tracing::error!(%error, "a draft of a second factor could not be sealed");
                Self::Internal
            }
        }
    }
}

/// Keeps `plain` for its owner, in place of an older draft.
pub async fn keep(tx: &mut Tx, owner: Owner, draft: Draft, plain: &[u8]) -> Result<(), KeepError> {
    const KEEP: &str = "INSERT INTO factor_drafts (holder, kind, account_id, sealed, expires_at) \
        VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (holder, kind) DO UPDATE SET account_id = $3, sealed = $4, expires_at = $5";
    let now = tx.now();
    let sealed = tx.vault().seal_factor(&owner.row(draft), plain)?;
    on!(tx, |connection| {
        sqlx::query(KEEP)
            .bind(owner.holder)
            .bind(draft.name())
            .bind(owner.account)
            .bind(sealed)
            .bind(now.after(draft.lifetime()))
            .execute(connection)
            .await?;
    });
    Ok(())
}

/// As [`keep`], but for what is there already: gives what is kept from now on. Of two pages of one
/// owner that are opened at once both then show the same.
pub async fn keep_first(
    tx: &mut Tx,
    owner: Owner,
    draft: Draft,
    plain: &[u8],
) -> Result<Option<Zeroizing<Vec<u8>>>, KeepError> {
    const KEEP: &str = "INSERT INTO factor_drafts (holder, kind, account_id, sealed, expires_at) \
        VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (holder, kind) \
        DO UPDATE SET sealed = CASE WHEN factor_drafts.expires_at > $6 \
            AND factor_drafts.expires_at < $7 THEN factor_drafts.sealed ELSE $4 END, \
            expires_at = CASE WHEN factor_drafts.expires_at > $6 AND factor_drafts.expires_at < $7 \
            THEN factor_drafts.expires_at ELSE $5 END \
        RETURNING sealed";
    let now = tx.now();
    let sealed = tx.vault().seal_factor(&owner.row(draft), plain)?;
    let sealed: Vec<u8> = on!(tx, |connection| sqlx::query_scalar(KEEP)
        .bind(owner.holder)
        .bind(draft.name())
        .bind(owner.account)
        .bind(sealed)
        .bind(now.after(draft.lifetime()))
        .bind(now)
        .bind(latest(draft, now))
        .fetch_one(connection)
        .await)?;
    Ok(owner.open(tx.vault(), draft, &sealed))
}

/// What was kept, if it is not too old.
pub async fn read(
    db: &Db,
    vault: &Vault,
    owner: Owner,
    draft: Draft,
    now: UnixMicros,
) -> Result<Option<Zeroizing<Vec<u8>>>, sqlx::Error> {
    const READ: &str = "SELECT sealed \
        FROM factor_drafts \
        WHERE holder = $1 AND kind = $2 AND account_id = $3 AND expires_at > $4 \
            AND expires_at < $5";
    let sealed: Option<Vec<u8>> = read!(db, |pool| sqlx::query_scalar(READ)
        .bind(owner.holder)
        .bind(draft.name())
        .bind(owner.account)
        .bind(now)
        .bind(latest(draft, now))
        .fetch_optional(pool)
        .await)?;
    Ok(sealed.and_then(|sealed| owner.open(vault, draft, &sealed)))
}

/// As [`read`], and gone from the commit on: of two who take it at once, one gets it.
pub async fn take(tx: &mut Tx, owner: Owner, draft: Draft) -> Result<Option<Zeroizing<Vec<u8>>>, sqlx::Error> {
    const TAKE: &str = "DELETE FROM factor_drafts \
        WHERE holder = $1 AND kind = $2 AND account_id = $3 AND expires_at > $4 \
            AND expires_at < $5 \
        RETURNING sealed";
    let now = tx.now();
    let sealed: Option<Vec<u8>> = on!(tx, |connection| sqlx::query_scalar(TAKE)
        .bind(owner.holder)
        .bind(draft.name())
        .bind(owner.account)
        .bind(now)
        .bind(latest(draft, now))
        .fetch_optional(connection)
        .await)?;
    Ok(sealed.and_then(|sealed| owner.open(tx.vault(), draft, &sealed)))
}

/// A draft that ends later was made by a clock that was ahead.
fn latest(draft: Draft, now: UnixMicros) -> UnixMicros {
    now.after(draft.lifetime()).after(CLOCK_TOLERANCE)
}

/// Removes what `account` was shown by now and must not be again, in whatever session.
pub async fn forget(tx: &mut Tx, account: AccountId, draft: Draft) -> Result<(), sqlx::Error> {
    const FORGET: &str = "DELETE FROM factor_drafts WHERE account_id = $1 AND kind = $2";
    on!(tx, |connection| sqlx::query(FORGET).bind(account).bind(draft.name()).execute(connection).await.map(|_| ()))
}

/// Gives how many.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM factor_drafts WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(now).execute(connection).await.map(|done| done.rows_affected()))
}
