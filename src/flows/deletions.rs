//! Accounts that are removed at their owner's wish, after a wait in which signing in keeps them.
//!
//! While it waits nobody is signed in to the account and no token of it works. At the end one
//! transaction takes away everything about its owner: killed in the middle, it has not begun. The
//! audit trail stays whole: what happened and when is left, of nobody.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::accounts::{self, AccountId, Email};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::sessions::EndReason;
use crate::domain::waiting_deletions::{self, Called};
use crate::domain::{links, pending};
use crate::flows::acting::Person;
use crate::flows::{roles, session_ends};
use std::time::Duration;

/// Between asking and removing.
pub const WAIT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Begins to wait: ends every session, voids what could let somebody in, and writes to the owner.
/// Gives when it is due. `LastAdministrator`: nobody else could administer this installation. `tx`
/// is a recorded one that [`acting::begin_change`] began.
pub async fn ask(tx: &mut Tx, person: &Person) -> Result<UnixMicros, AppError> {
    let config = tx.config();
    let (now, account) = (tx.now(), person.account.id);
    roles::keep_an_administrator(tx, account).await?;
    let due = now.after(WAIT);
    waiting_deletions::wait_until(tx, account, due).await?;
    audit::record(tx, &Event::about(account, Kind::DeletionAsked, Details::of_visitor())).await?;
    let lock = config.link(&links::page_that_locks(tx, account).await?);
    session_ends::all(tx, account, None, EndReason::DeletionAsked, Details::of_visitor()).await?;
    pending::void_of_account(tx, account).await?;
    links::void_of_account(tx, account).await?;
    let occasion = letters::Occasion::of(tx.origin(), now);
    let (site, keep) = (&config.site.name, config.link("/sign-in"));
    let letter = Recipient::owner(tx, &person.account)
        .letter(|to| letters::deletion_asked(to, site, &occasion, &to.moment(due), &keep, &lock));
    mail::queue(tx, &letter).await?;
    tracing::info!(account = %account.0, "its owner wants it removed");
    Ok(due)
}

/// Keeps the account, if it was going to be removed, and writes to its owner; false if it was not.
/// `tx` is a recorded one.
pub async fn call_off(tx: &mut Tx, account: AccountId, called: Called) -> Result<bool, AppError> {
    let config = tx.config();
    if !waiting_deletions::call_off(tx, account).await? {
        return Ok(false);
    }
    let from = if called == Called::LastAdmin { Details::default() } else { Details::of_visitor() };
    let details = Details { reason: Some(called.name().to_owned()), ..from };
    audit::record(tx, &Event::about(account, Kind::DeletionStopped, details)).await?;
    // Whoever locks the account gets a letter about that.
    if called != Called::AccountLocked
        && let Some(owner) = Recipient::of(tx, account).await?
    {
        let now = tx.now();
        let lock = config.link(&links::page_that_locks(tx, account).await?);
        let site = &config.site.name;
        let letter = owner.letter(|to| letters::deletion_stopped(to, site, &to.moment(now), called, &lock));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, reason = called.name(), "it is not removed after all");
    Ok(true)
}

/// Lets those that a restored backup of `made_at` holds wait from the beginning, and writes to
/// their owners, who may have signed in since to keep the account; gives how many. One that nobody
/// takes back is still somebody's wish. `tx` is a recorded one.
pub async fn wait_again(tx: &mut Tx, made_at: UnixMicros) -> Result<u64, AppError> {
    let config = tx.config();
    let now = tx.now();
    let due = now.after(WAIT);
    let waiting = waiting_deletions::all_wait_until(tx, due).await?;
    let (site, keep) = (&config.site.name, config.link("/sign-in"));
    for account in &waiting {
        let Some(owner) = Recipient::of(tx, *account).await? else { continue };
        let letter =
            owner.letter(|to| letters::deletion_restored(to, site, &to.moment(made_at), &to.moment(due), &keep));
        mail::queue(tx, &letter).await?;
    }
    Ok(waiting.len() as u64)
}

/// Removes what is due; gives how many. Each is one transaction that looks again first: of several
/// nodes, and of an owner who signs in at that moment, one comes first. By a clock that was put
/// back it is done later, never sooner.
pub async fn finish_due(db: &Db) -> Result<usize, AppError> {
    let now = db.now();
    let due = waiting_deletions::due(db, now).await?;
    let mut done = 0;
    for account in due {
        let mut tx = db.begin_recorded().await?;
        let Some(email) = waiting_deletions::still_due(&mut tx, account, now).await? else { continue };
        match roles::keep_an_administrator(&mut tx, account).await {
            Err(AppError::LastAdministrator) => {
                call_off(&mut tx, account, Called::LastAdmin).await?;
            }
            others => {
                others?;
                remove(&mut tx, account, &email, now).await?;
                done += 1;
            }
        }
        tx.commit().await?;
    }
    Ok(done)
}

async fn remove(tx: &mut Tx, account: AccountId, email: &Email, now: UnixMicros) -> Result<(), AppError> {
    let config = tx.config();
    let owner = Recipient::of(tx, account).await?;
    audit::erase(tx, account).await?;
    links::void_of_address(tx, email).await?;
    accounts::remove(tx, account).await?;
    let event = Event { kind: Kind::AccountDeleted, account: None, details: Details::default() };
    audit::record(tx, &event).await?;
    if let Some(owner) = owner {
        let (site, home) = (&config.site.name, config.link("/"));
        let letter = owner.letter(|to| letters::account_deleted(to, site, &to.moment(now), &home));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, "an account was removed, as its owner wanted");
    Ok(())
}
