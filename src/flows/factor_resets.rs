//! Second factors that are removed for an owner who has lost them all: started by the operator or
//! an administrator, done after a waiting time in which the owner can stop it. Until then nothing
//! is weaker than before.
//!
//! Whoever talks an operator into a removal has to keep the owner from reading their mail for as
//! long as it waits.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::links::{self, Link, NOTICE_LIFETIME, Purpose};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::sessions::EndReason;
use crate::domain::{devices, factors, pending};
use crate::flows::session_ends;

/// A removal that waits.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FactorReset {
    pub started_at: UnixMicros,
    pub due_at: UnixMicros,
    /// A [`By`]'s stored name.
    pub started_by: String,
}

/// What became of the wish to start one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    Started(FactorReset),
    /// One is running, and goes on as it was.
    Running(FactorReset),
}

/// Who or what stops one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The link in the letter about it.
    MailLink,
    /// Its owner, signed in, with a factor that counts as theirs: see
    /// [`crate::flows::taking_back::is_settled`].
    Session,
    /// It went with the freeze of the account.
    AccountLocked,
    By(By),
}

impl Stop {
    /// What the trail says; of an operator or administrator not from where, as that is about
    /// somebody else.
    fn details(self) -> Details {
        let reason = match self {
            Self::MailLink => "mail_link",
            Self::Session => "session",
            Self::AccountLocked => "account_locked",
            Self::By(by) => return Details { by: Some(by.name().to_owned()), ..Details::default() },
        };
        Details { reason: Some(reason.to_owned()), ..Details::of_visitor() }
    }
}

/// The removal that waits for `account`, if any.
pub async fn of(db: &Db, account: AccountId) -> Result<Option<FactorReset>, sqlx::Error> {
    read!(db, |pool| sqlx::query_as(OF).bind(account).fetch_optional(pool).await)
}

const OF: &str = "SELECT started_at, due_at, started_by FROM factor_resets WHERE account_id = $1";

/// [`of`], as the transaction sees it.
pub async fn of_in(tx: &mut Tx, account: AccountId) -> Result<Option<FactorReset>, sqlx::Error> {
    on!(tx, |connection| sqlx::query_as(OF).bind(account).fetch_optional(connection).await)
}

/// Whether one waits for `account`, as the transaction sees it.
pub async fn waits(tx: &mut Tx, account: AccountId) -> Result<bool, sqlx::Error> {
    Ok(of_in(tx, account).await?.is_some())
}

/// Starts to wait, and writes to the owner with a link that stops it. The caller has made sure that
/// there is a second factor. `NotFound`: the account is gone. `tx` is a recorded one.
pub async fn start(tx: &mut Tx, account: AccountId, by: By) -> Result<Start, AppError> {
    const START: &str = "INSERT INTO factor_resets (account_id, started_at, due_at, started_by) \
        VALUES ($1, $2, $3, $4) \
        ON CONFLICT (account_id) DO NOTHING";
    let config = tx.config();
    let now = tx.now();
    let owner = Recipient::of(tx, account).await?.ok_or(AppError::NotFound)?;
    let wait = config.second_factor.recovery_wait.as_std();
    let reset = FactorReset { started_at: now, due_at: now.after(wait), started_by: by.name().to_owned() };
    let started = on!(tx, |connection| sqlx::query(START)
        .bind(account)
        .bind(reset.started_at)
        .bind(reset.due_at)
        .bind(&reset.started_by)
        .execute(connection)
        .await?
        .rows_affected());
    if started == 0 {
        return of_in(tx, account).await?.map(Start::Running).ok_or(AppError::Internal);
    }
    let details = Details { by: Some(reset.started_by.clone()), ..Details::default() };
    audit::record(tx, &Event::about(account, Kind::FactorResetStarted, details)).await?;
    let about = Link { account_id: Some(account), ..Link::default() };
    // As long as the wait and then some: whoever comes too late is told so, instead of that there
    // was no such link.
    let lifetime = wait.saturating_add(NOTICE_LIFETIME);
    let token = links::create(tx, Purpose::StopFactorReset, &about, lifetime).await?;
    let stop = config.link(&links::notice_page(&token));
    let site = &config.site.name;
    let letter =
        owner.letter(|to| letters::factor_reset_started(to, site, &to.moment(now), &to.moment(reset.due_at), &stop));
    mail::queue(tx, &letter).await?;
    tracing::info!(account = %account.0, by = by.name(), "the removal of second factors was started");
    Ok(Start::Started(reset))
}

/// Stops it, and writes to the owner. False if none waits: it was stopped before, or is done. `tx`
/// is a recorded one.
pub async fn stop(tx: &mut Tx, account: AccountId, stop: Stop) -> Result<bool, AppError> {
    const STOP: &str = "DELETE FROM factor_resets WHERE account_id = $1";
    let config = tx.config();
    let stopped = on!(tx, |connection| sqlx::query(STOP).bind(account).execute(connection).await?.rows_affected());
    if stopped == 0 {
        return Ok(false);
    }
    audit::record(tx, &Event::about(account, Kind::FactorResetStopped, stop.details())).await?;
    // Whoever locks the account gets a letter about that.
    if stop != Stop::AccountLocked
        && let Some(owner) = Recipient::of(tx, account).await?
    {
        let now = tx.now();
        let (site, here) = (&config.site.name, config.link("/account/activity"));
        let lock = config.link(&links::page_that_locks(tx, account).await?);
        let letter = owner.letter(|to| letters::factor_reset_stopped(to, site, &to.moment(now), &here, &lock));
        mail::queue(tx, &letter).await?;
    }
    Ok(true)
}

/// Does what is due; gives how many. Each is one transaction that begins by taking the row: of
/// several nodes, and of an owner who stops it at that moment, one gets it. By a clock that was put
/// back it is done later, never sooner.
pub async fn finish_due(db: &Db) -> Result<usize, AppError> {
    const DUE: &str = "SELECT account_id \
        FROM factor_resets \
        WHERE due_at <= $1 \
        ORDER BY due_at \
        LIMIT 100";
    const TAKE: &str = "DELETE FROM factor_resets WHERE account_id = $1 AND due_at <= $2";
    let now = db.now();
    let due: Vec<AccountId> = read!(db, |pool| sqlx::query_scalar(DUE).bind(now).fetch_all(pool).await)?;
    let mut done = 0;
    for account in due {
        let mut tx = db.begin_recorded().await?;
        let taken = on!(&mut tx, |connection| sqlx::query(TAKE)
            .bind(account)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        if taken == 1 {
            remove(&mut tx, account, now).await?;
            tx.commit().await?;
            done += 1;
        }
    }
    Ok(done)
}

async fn remove(tx: &mut Tx, account: AccountId, now: UnixMicros) -> Result<(), AppError> {
    let config = tx.config();
    factors::remove_all(tx, account).await?;
    audit::record(tx, &Event::about(account, Kind::FactorResetDone, Details::default())).await?;
    let lock = config.link(&links::page_that_locks(tx, account).await?);
    session_ends::all(tx, account, None, EndReason::FactorsReset, Details::default()).await?;
    devices::forget_all(tx, account, None).await?;
    pending::void_of_account(tx, account).await?;
    if let Some(owner) = Recipient::of(tx, account).await? {
        let (site, sign_in) = (&config.site.name, config.link("/sign-in"));
        let letter = owner.letter(|to| letters::factor_reset_done(to, site, &to.moment(now), &sign_in, &lock));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, "second factors were removed, as was started before");
    Ok(())
}
