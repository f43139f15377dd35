//! Accounts that nobody gets into: their owner said that somebody else had been at them.
//!
//! A frozen account (people are told "locked") is refused at each door as a wrong password is. It
//! stays so until a new password is set behind a mailed link, which proves the mailbox, or the
//! operator takes it away. Whoever has the letter can freeze and do no more.
//!
//! What somebody else may have added goes with the lock: [`taking_back`] says what, and since when.
//!
//! Where the address of the account was changed, that mailbox may be a thief's. So the address
//! before gets a letter too, whose link freezes the account and holds it: for [`HOLD`] not even a
//! new password ends the freeze, and the operator, who can ask who is who, gives the account back.
//! The mailbox before may be a thief's as well, or an employer's: holding is all it can do, and not
//! for long.

use crate::base::clock::UnixMicros;
use crate::base::db::{Tx, on};
use crate::base::error::AppError;
use crate::domain::accounts::{AccountId, Email};
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::sessions::{EndReason, SessionHandle};
use crate::domain::waiting_deletions::Called;
use crate::domain::ways_in::Taken;
use crate::flows::taking_back::{self, Disowned, Occasion};
use crate::flows::{deletions, session_ends};
use std::time::Duration;

/// How long an address that the account had before can keep everybody out.
pub const HOLD: Duration = Duration::from_secs(7 * 24 * 3600);

/// What became of an account whose owner says that it was not them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nobody gets in until a new password is set by mail.
    Locked,
    /// As [`hold`] does.
    Held,
    /// One browser is out, and the account is open.
    Ended,
}

/// Freezes `account` at the wish of whoever holds the link in a letter to its owner about
/// `disowned`: ends every session, forgets its browsers, voids sign-ins that wait and links that
/// could let somebody in, stops the removal of its second factors if one waits, takes away what was
/// added since, and writes to the owner. Holds it where its address was changed after that letter:
/// whoever has this one reads the mailbox before. `tx` is a recorded one.
pub async fn freeze(tx: &mut Tx, account: AccountId, disowned: Disowned) -> Result<Done, AppError> {
    let config = tx.config();
    let now = tx.now();
    if let Some(former) = disowned.address_before(tx, account).await? {
        hold(tx, account, &former, disowned).await?;
        return Ok(Done::Held);
    }
    let new = mark(tx, account, now).await?;
    let taken = if new {
        shut(tx, account, Details::of_visitor(), disowned).await?
    } else {
        // By another letter, perhaps about something that happened later.
        taking_back::take(tx, account, disowned, Occasion::Locked).await?
    };
    if (new || !taken.is_empty())
        && let Some(owner) = Recipient::of(tx, account).await?
    {
        let occasion = letters::Occasion::of(tx.origin(), now);
        let again = config.link("/forgot-password");
        let site = &config.site.name;
        let letter = owner.letter(|to| letters::account_locked(to, site, &occasion, &taken, &again));
        mail::queue(tx, &letter).await?;
    }
    tracing::info!(account = %account.0, "locked by its owner");
    Ok(Done::Locked)
}

/// Who says that a session was somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Whoever holds the link in the letter about it.
    ByLink,
    /// Somebody who is signed in and has shown what is asked for before factors are removed.
    Signed,
    /// Somebody who is signed in and has not: nothing but access is taken away, and the rest waits
    /// for the next new password by mail.
    SignedWithoutProof,
}

/// Ends what began in the browser of `session`, whose owner says that it was not theirs, and takes
/// away what was added since. By the link, holds the account where its address was changed since.
/// `tx` is a recorded one.
pub async fn not_me(tx: &mut Tx, account: AccountId, session: SessionHandle, said: Said) -> Result<Done, AppError> {
    let config = tx.config();
    let disowned = Disowned::session(tx, account, session).await?;
    if let (Some(disowned), Said::ByLink) = (disowned, said)
        && let Some(former) = disowned.address_before(tx, account).await?
    {
        hold(tx, account, &former, disowned).await?;
        return Ok(Done::Held);
    }
    session_ends::of_browser(tx, account, session, EndReason::NotMe).await?;
    let Some(disowned) = disowned else { return Ok(Done::Ended) };
    if said == Said::SignedWithoutProof {
        taking_back::remember(tx, account, disowned).await?;
        return Ok(Done::Ended);
    }
    let taken = taking_back::take(tx, account, disowned, Occasion::NotMe).await?;
    if !taken.is_empty()
        && let Some(owner) = Recipient::of(tx, account).await?
    {
        let now = tx.now();
        let (site, again) = (&config.site.name, config.link("/forgot-password"));
        let letter = owner.letter(|to| letters::taken_back(to, site, &to.moment(now), &taken, &again));
        mail::queue(tx, &letter).await?;
    }
    Ok(Done::Ended)
}

/// Freezes `account` at the wish of whoever reads the mail of `former`, an address that it had
/// before, and holds it for [`HOLD`], frozen already or not. Writes to both addresses. `tx` is a
/// recorded one.
pub async fn hold(tx: &mut Tx, account: AccountId, former: &Email, disowned: Disowned) -> Result<(), AppError> {
    const HOLD_UNTIL: &str = "UPDATE accounts SET freeze_holds_until = $2 WHERE id = $1";
    let config = tx.config();
    let now = tx.now();
    let until = now.after(HOLD);
    mark(tx, account, now).await?;
    on!(tx, |connection| sqlx::query(HOLD_UNTIL).bind(account).bind(until).execute(connection).await.map(|_| ()))?;
    let details = Details { reason: Some("former_address".to_owned()), ..Details::of_visitor() };
    let taken = shut(tx, account, details, disowned).await?;
    if let Some(owner) = Recipient::of(tx, account).await? {
        let (site, again) = (&config.site.name, config.link("/forgot-password"));
        let before = owner.clone().at(former);
        let letter = before.letter(|to| letters::account_held_by_you(to, site, &to.moment(until)));
        mail::queue(tx, &letter).await?;
        let letter = owner.letter(|to| letters::account_held(to, site, &to.moment(until), &taken, &again));
        mail::queue(tx, &letter).await?;
    }
    tracing::warn!(account = %account.0, "locked and held by an address that it had before: its owner will ask for help");
    Ok(())
}

/// What follows from a freeze, whoever asked for it.
async fn shut(tx: &mut Tx, account: AccountId, details: Details, disowned: Disowned) -> Result<Taken, AppError> {
    let event = Event { kind: Kind::AccountLocked, account: Some(account), details };
    audit::record(tx, &event).await?;
    deletions::call_off(tx, account, Called::AccountLocked).await?;
    taking_back::take(tx, account, disowned, Occasion::Locked).await
}

/// Ends the freeze, if there is one, in the transaction that sets a new password behind a mailed
/// link. `LinkExpired` while it is held: the mailbox that the link went to is the one in doubt.
pub async fn end_by_new_password(tx: &mut Tx, account: AccountId) -> Result<(), AppError> {
    const HELD: &str = "SELECT COUNT(*) \
        FROM accounts \
        WHERE id = $1 AND frozen_at IS NOT NULL AND freeze_holds_until > $2";
    let now = tx.now();
    let held: i64 = on!(tx, |connection| sqlx::query_scalar(HELD).bind(account).bind(now).fetch_one(connection).await)?;
    if held > 0 {
        return Err(AppError::LinkExpired);
    }
    let details = Details { reason: Some("password_reset".to_owned()), ..Details::of_visitor() };
    unmark(tx, account, details).await?;
    Ok(())
}

/// Ends the freeze for its owner, who is written to: the password is the old one, which somebody
/// else may know. False if there was none. `tx` is a recorded one.
pub async fn end(tx: &mut Tx, account: AccountId, by: By) -> Result<bool, AppError> {
    let config = tx.config();
    let details = Details { by: Some(by.name().to_owned()), ..Details::default() };
    if !unmark(tx, account, details).await? {
        return Ok(false);
    }
    if let Some(owner) = Recipient::of(tx, account).await? {
        let now = tx.now();
        let (site, again) = (&config.site.name, config.link("/forgot-password"));
        let letter = owner.letter(|to| letters::account_unlocked(to, site, &to.moment(now), &again));
        mail::queue(tx, &letter).await?;
    }
    Ok(true)
}

/// Ends the hold of a frozen account, which stays frozen. False if it is not frozen.
pub async fn release(tx: &mut Tx, account: AccountId) -> Result<bool, sqlx::Error> {
    const RELEASE: &str = "UPDATE accounts \
        SET freeze_holds_until = NULL \
        WHERE id = $1 AND frozen_at IS NOT NULL";
    let released = on!(tx, |connection| sqlx::query(RELEASE).bind(account).execute(connection).await?.rows_affected());
    Ok(released == 1)
}

async fn mark(tx: &mut Tx, account: AccountId, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const FREEZE: &str = "UPDATE accounts SET frozen_at = $2 WHERE id = $1 AND frozen_at IS NULL";
    let frozen =
        on!(tx, |connection| sqlx::query(FREEZE).bind(account).bind(now).execute(connection).await?.rows_affected());
    Ok(frozen == 1)
}

async fn unmark(tx: &mut Tx, account: AccountId, details: Details) -> Result<bool, sqlx::Error> {
    const THAW: &str = "UPDATE accounts \
        SET frozen_at = NULL, freeze_holds_until = NULL \
        WHERE id = $1 AND frozen_at IS NOT NULL";
    let thawed = on!(tx, |connection| sqlx::query(THAW).bind(account).execute(connection).await?.rows_affected());
    if thawed == 1 {
        let event = Event { kind: Kind::AccountUnlocked, account: Some(account), details };
        audit::record(tx, &event).await?;
    }
    Ok(thawed == 1)
}
