//! Who administers, and that somebody always does.

use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::domain::accounts::{Account, AccountId, Role};
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::links::{self, Purpose};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::set_up_links;

/// How many could administer this installation without somebody. Whoever is locked can't sign in
/// until they have read their mail. The second condition on the role leads to the index of those
/// who have one.
const OTHERS: &str = "SELECT COUNT(*) \
    FROM accounts \
    WHERE role = 'admin' AND role <> 'member' AND disabled_at IS NULL AND frozen_at IS NULL \
        AND deletion_due_at IS NULL AND id <> $1";

/// Whether nobody could administer this installation without `account`, for a page to say so; the
/// act itself asks [`keep_an_administrator`].
pub async fn is_last_administrator(db: &Db, account: &Account) -> Result<bool, sqlx::Error> {
    if account.role != Role::Admin {
        return Ok(false);
    }
    let others: i64 = read!(db, |pool| sqlx::query_scalar(OTHERS).bind(account.id).fetch_one(pool).await)?;
    Ok(others == 0)
}

/// Makes sure that somebody can administer this installation without `leaving`, who is about to be
/// disabled, to lose the role, or to be removed. `LastAdministrator`: nobody else could. `tx` is a
/// recorded one: those pass one after the other, so of two administrators who take the role from
/// each other at the same moment one comes second, and is refused.
pub async fn keep_an_administrator(tx: &mut Tx, leaving: AccountId) -> Result<(), AppError> {
    const LEAVES: &str = "SELECT COUNT(*) \
        FROM accounts \
        WHERE id = $1 AND role = 'admin' AND disabled_at IS NULL";
    let (leaves, others): (i64, i64) = on!(tx, |connection| (
        sqlx::query_scalar(LEAVES).bind(leaving).fetch_one(&mut *connection).await?,
        sqlx::query_scalar(OTHERS).bind(leaving).fetch_one(&mut *connection).await?,
    ));
    if leaves == 1 && others == 0 { Err(AppError::LastAdministrator) } else { Ok(()) }
}

/// Gives `account` another role, in force from their next request on, and writes to its owner.
/// False if it is theirs already. `LastAdministrator`, `NotFound`. `tx` is a recorded one.
pub async fn set(tx: &mut Tx, account: AccountId, role: Role, by: By) -> Result<bool, AppError> {
    const SET: &str = "UPDATE accounts SET role = $2 WHERE id = $1 AND role <> $2";
    let config = tx.config();
    let owner = Recipient::of(tx, account).await?.ok_or(AppError::NotFound)?;
    if role != Role::Admin {
        keep_an_administrator(tx, account).await?;
    }
    let changed =
        on!(tx, |connection| sqlx::query(SET).bind(account).bind(role).execute(connection).await?.rows_affected());
    if changed == 0 {
        return Ok(false);
    }
    let now = tx.now();
    let details =
        Details { reason: Some(role.name().to_owned()), by: Some(by.name().to_owned()), ..Details::default() };
    let event = Event { kind: Kind::RoleChanged, account: Some(account), details };
    audit::record(tx, &event).await?;
    if role == Role::Admin {
        // The waiting link would make a second administrator out of whoever finds it.
        links::void_of_nobody(tx, Purpose::SetUp).await?;
        let config = tx.config();
        tx.once_committed(move || set_up_links::withdraw(&config));
    }
    let (site, lock) = (&config.site.name, config.link(&links::page_that_locks(tx, account).await?));
    let letter = owner.letter(|to| letters::role_changed(to, site, role, &to.moment(now), &lock));
    mail::queue(tx, &letter).await?;
    tracing::info!(account = %account.0, role = role.name(), by = by.name(), "a role was changed");
    Ok(true)
}
