//! Accounts that are removed at their owner's wish, after a wait in which signing in keeps them.
//!
//! While it waits nobody is signed in to the account and no token of it works. At the end one transaction takes away everything about
//! its owner: killed in the middle, it has not begun. The audit trail stays whole: what happened and when is left, of nobody.

use crate::base::clock::UnixMicros;
use crate::base::db::{Tx, on, read};
use crate::base::error::AppError;
use crate::base::words::moment;
use crate::domain::accounts::{self, AccountId, Email};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::sessions::EndReason;
use crate::domain::{links, pending};
use crate::flows::{freezes, roles};
use crate::request::app::App;
use crate::request::visitor::{self, Person};
use std::time::Duration;
use strum::VariantArray;

/// Between asking and removing.
pub const WAIT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Why one does not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Called {
    /// Its owner signed in.
    SignedIn,
    /// It went with the freeze of the account.
    AccountLocked,
    /// Without it nobody could administer this installation by now.
    LastAdmin,
}

impl Called {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Begins to wait: ends every session, voids what could let somebody in, and writes to the owner. Gives when it is due. `LastAdministrator`:
/// nobody else could administer this installation. `tx` is a recorded one that
/// [`visitor::begin_change`] began.
pub async fn ask(app: &App, tx: &mut Tx, person: &Person) -> Result<UnixMicros, AppError> {
    const ASK: &str = "UPDATE accounts SET deletion_due_at = $2 WHERE id = $1";
    let (now, account) = (app.clock.now(), person.account.id);
    roles::keep_an_administrator(tx, account).await?;
    let due = now.after(WAIT);
    on!(tx, |connection| sqlx::query(ASK).bind(account).bind(due).execute(connection).await.map(|_| ()))?;
    audit::record(tx, &Event::about(account, Kind::DeletionAsked, visitor::details())).await?;
    let lock = freezes::link(app, tx, account).await?;
    visitor::end_sessions(app, tx, account, None, EndReason::DeletionAsked).await?;
    pending::void_of_account(tx, account).await?;
    links::void_of_account(tx, account).await?;
    let occasion = letters::Occasion::of(&visitor::origin(), now);
    let (site, keep) = (&app.config.site.name, app.link("/sign-in"));
    let letter = Recipient::owner(app, &person.account)
        .letter(|to| letters::deletion_asked(to, site, &occasion, &moment(due.0).0, &keep, &lock));
    mail::queue(tx, &letter).await?;
    tracing::info!(account = %account.0, "its owner wants it removed");
    Ok(due)
}

/// Keeps the account, if it was going to be removed, and writes to its owner; false if it was not. `tx` is a recorded
/// one.
pub async fn call_off(app: &App, tx: &mut Tx, account: AccountId, called: Called) -> Result<bool, AppError> {
    const KEEP: &str = "UPDATE accounts SET deletion_due_at = NULL WHERE id = $1 AND deletion_due_at IS NOT NULL";
    let kept = on!(tx, |connection| sqlx::query(KEEP).bind(account).execute(connection).await?.rows_affected());
    if kept == 0 {
        return Ok(false);
    }
    let from = if called == Called::LastAdmin { Details::default() } else { visitor::details() };
    let details = Details { reason: Some(called.name().to_owned()), ..from };
    audit::record(tx, &Event::about(account, Kind::DeletionStopped, details)).await?;
    // Whoever locks the account gets a letter about that.
    if called != Called::AccountLocked
        && let Some(owner) = Recipient::of(app, tx, account).await?
    {
        let now = app.clock.now();
        let lock = freezes::link(app, tx, account).await?;
        let site = &app.config.site.name;
        let letter = owner.letter(|to| letters::deletion_stopped(to, site, &moment(now.0).0, called, &lock));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, reason = called.name(), "it is not removed after all");
    Ok(true)
}

/// Lets those that a restored backup of `made_at` holds wait from the beginning, and writes to their owners, who may have signed in since
/// to keep the account; gives how many. One that nobody takes back is still somebody's wish. `tx` is a
/// recorded one.
pub async fn wait_again(app: &App, tx: &mut Tx, made_at: UnixMicros) -> Result<u64, AppError> {
    const WAIT_AGAIN: &str = "UPDATE accounts SET deletion_due_at = $1 WHERE deletion_due_at IS NOT NULL RETURNING id";
    let now = app.clock.now();
    let due = now.after(WAIT);
    let waiting: Vec<AccountId> =
        on!(tx, |connection| sqlx::query_scalar(WAIT_AGAIN).bind(due).fetch_all(connection).await)?;
    let (site, keep) = (&app.config.site.name, app.link("/sign-in"));
    for account in &waiting {
        let Some(owner) = Recipient::of(app, tx, *account).await? else { continue };
        let letter =
            owner.letter(|to| letters::deletion_restored(to, site, &moment(made_at.0).0, &moment(due.0).0, &keep));
        mail::queue(tx, &letter).await?;
    }
    Ok(waiting.len() as u64)
}

/// Whether `account` is going to be removed, as the transaction sees it.
pub async fn waits(tx: &mut Tx, account: AccountId) -> Result<bool, sqlx::Error> {
    const WAITS: &str = "SELECT COUNT(*) FROM accounts WHERE id = $1 AND deletion_due_at IS NOT NULL";
    let waiting: i64 = on!(tx, |connection| sqlx::query_scalar(WAITS).bind(account).fetch_one(connection).await)?;
    Ok(waiting > 0)
}

/// Removes what is due; gives how many. Each is one transaction that looks again first: of several nodes, and of an owner who signs in
/// at that moment, one comes first. By a clock that was put back it is done later, never sooner.
pub async fn finish_due(app: &App) -> Result<usize, AppError> {
    const DUE: &str = "SELECT id FROM accounts WHERE deletion_due_at <= $1 ORDER BY deletion_due_at LIMIT 100";
    const STILL: &str = "SELECT email FROM accounts WHERE id = $1 AND deletion_due_at <= $2";
    let now = app.clock.now();
    let due: Vec<AccountId> = read!(&app.db, |pool| sqlx::query_scalar(DUE).bind(now).fetch_all(pool).await)?;
    let mut done = 0;
    for account in due {
        let mut tx = app.db.begin_recorded().await?;
        let still: Option<Email> = on!(&mut tx, |connection| sqlx::query_scalar(STILL)
            .bind(account)
            .bind(now)
            .fetch_optional(connection)
            .await)?;
        let Some(email) = still else { continue };
        match roles::keep_an_administrator(&mut tx, account).await {
            Err(AppError::LastAdministrator) => {
                call_off(app, &mut tx, account, Called::LastAdmin).await?;
            }
            others => {
                others?;
                remove(app, &mut tx, account, &email, now).await?;
                done += 1;
            }
        }
        tx.commit().await?;
    }
    Ok(done)
}

async fn remove(app: &App, tx: &mut Tx, account: AccountId, email: &Email, now: UnixMicros) -> Result<(), AppError> {
    let owner = Recipient::of(app, tx, account).await?;
    audit::erase(tx, account).await?;
    links::void_of_address(tx, email).await?;
    accounts::remove(tx, &app.vault, account).await?;
    let event = Event { kind: Kind::AccountDeleted, account: None, details: Details::default() };
    audit::record(tx, &event).await?;
    if let Some(owner) = owner {
        let (site, home) = (&app.config.site.name, app.link("/"));
        let letter = owner.letter(|to| letters::account_deleted(to, site, &moment(now.0).0, &home));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, "an account was removed, as its owner wanted");
    Ok(())
}
