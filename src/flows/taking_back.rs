//! Taking an account back from somebody else who was in it: what goes, since when, and what its
//! owner sees. The one rule for every way in.
//!
//! **Since when.** Each change of the ways in is told of in a letter, whose link answers "this
//! wasn't me" for [`NOTICE_LIFETIME`]. So what goes is what was added that long before the account
//! is taken back: the letters about it could undo it one by one. A thief who adds a passkey, and
//! with it an app, has both undone by either letter. What the owner disowns may have happened
//! longer ago (a session that they end, an account that the operator gives back): then whatever was
//! added since that goes ([`since`]).
//!
//! **What.** What lets in whoever holds it (sessions, tokens, links, trusted browsers, sign-ins at
//! other services) goes as a whole once the account is locked, since nobody can tell who holds it.
//! What its owner keeps (passkeys, apps, recovery codes) goes as far as it was added since. What
//! was there before stays and is asked for: the link came by mail, and whoever reads somebody's
//! mail must not take a second factor away with it. After "this wasn't me" about one session the
//! account is open, so only that browser goes as a whole, and everything else as far as it was
//! added since. A password is replaced by its owner, behind a mailed link.
//!
//! **Until when.** What was disowned is remembered: a new password by mail within
//! [`NOTICE_LIFETIME`], or one that ends a lock, takes away once more what was added since.
//! Otherwise a thief who is still in would add a passkey between the two.
//!
//! **A first proof.** An account may be made with an address that nobody proved
//! (`registration.verify_email = false`). Whoever proves it first is its owner, and everything that
//! was set up before is void, unless they do so in a browser that is signed in to the account: only
//! whoever has both the account and the mailbox can. Accounts that the operator imported or made
//! are vouched for, and not meant.
//!
//! **What the owner sees.** The letter about the lock or the new password counts what went, and so
//! does one entry of the activity. What a thief removed can't be brought back: a second factor that
//! is gone was told of in a letter, and its owner sets it up anew.

mod ways;

pub use ways::{Holds, TABLES};

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::domain::accounts::{self, Account, AccountId, Email};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::{self, FactorKind};
use crate::domain::links::{self, NOTICE_LIFETIME};
use crate::domain::sessions::{self, SessionHandle};
use crate::domain::ways_in::{Taken, WayIn};
use crate::flows::factor_resets;

/// From when on nothing counts as the owner's that was added to an account which is taken back at
/// `at`, since something happened at `event` that they disown.
pub fn since(event: UnixMicros, at: UnixMicros) -> UnixMicros {
    event.min(at.before(NOTICE_LIFETIME))
}

/// What a letter tells of, and its owner disowns: an entry of the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Disowned {
    sequence: i64,
    at: UnixMicros,
}

impl Disowned {
    /// The entry that a letter names; one that is erased is taken for one of `now`.
    pub async fn entry(tx: &mut Tx, sequence: i64, now: UnixMicros) -> Result<Self, sqlx::Error> {
        const ENTRY: &str = "SELECT sequence, at FROM audit_entries WHERE sequence = $1";
        let found: Option<Self> =
            on!(tx, |connection| sqlx::query_as(ENTRY).bind(sequence).fetch_optional(connection).await)?;
        Ok(found.unwrap_or(Self { sequence, at: now }))
    }

    /// The sign-in that `session` of `account` began with. None if it has no such session.
    pub async fn session(tx: &mut Tx, account: AccountId, session: SessionHandle) -> Result<Option<Self>, sqlx::Error> {
        const STARTED: &str = "SELECT started_at \
            FROM sessions \
            WHERE handle = $1 AND account_id = $2";
        const ENTRY: &str = "SELECT COALESCE(MIN(sequence), 0) \
            FROM audit_entries \
            WHERE account_id = $1 AND kind = 'signed_in' AND details LIKE $2";
        let started: Option<UnixMicros> = on!(tx, |connection| sqlx::query_scalar(STARTED)
            .bind(session)
            .bind(account)
            .fetch_optional(connection)
            .await)?;
        let Some(at) = started else { return Ok(None) };
        let named = format!("%\"session\":\"{}\"%", session.0);
        let sequence: i64 =
            on!(tx, |connection| sqlx::query_scalar(ENTRY).bind(account).bind(named).fetch_one(connection).await)?;
        Ok(Some(Self { sequence, at }))
    }

    /// The address that `account` had when it happened, if it has been changed by whoever was in
    /// the account since. Letters go to the new one, which may be a thief's: then a new password by
    /// mail proves nothing.
    pub async fn address_before(self, tx: &mut Tx, account: AccountId) -> Result<Option<Email>, sqlx::Error> {
        const CHANGES: &str = "SELECT details \
            FROM audit_entries \
            WHERE account_id = $1 AND kind = 'email_changed' AND sequence > $2 \
            ORDER BY sequence";
        if self.sequence == 0 {
            return Ok(None);
        }
        let changes: Vec<Option<String>> = on!(tx, |connection| sqlx::query_scalar(CHANGES)
            .bind(account)
            .bind(self.sequence)
            .fetch_all(connection)
            .await)?;
        let changes = changes.into_iter().flatten().filter_map(|text| serde_json::from_str::<Details>(&text).ok());
        // Those of the operator, who gave the account to its owner, undo the ones before.
        let mut before = None;
        for change in changes {
            before = if change.by.is_some() { None } else { before.or(change.was) };
        }
        Ok(before.and_then(|address| Email::parse(&address).ok()))
    }
}

/// Why an account is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Nobody gets in until its owner has set a new password.
    Locked,
    /// Its owner said that a session was somebody else's. They are in, and it stays open.
    NotMe,
    /// Its owner sets a new password by mail, after one of these.
    NewPassword,
    /// Its owner proved the address of it for the first time.
    FirstProof,
}

impl Occasion {
    /// The stored name.
    fn name(self) -> &'static str {
        match self {
            Self::Locked => "account_locked",
            Self::NotMe => "not_me",
            Self::NewPassword => "password_reset",
            Self::FirstProof => "first_proof",
        }
    }
}

/// Remembers that the owner of `account` disowns what happened at `event`; gives since when nothing
/// counts as theirs. Of several within [`NOTICE_LIFETIME`] the earliest counts. By letters alone
/// that reaches no factor that stayed at the first of them: what they disown is no older than a
/// week, so that none of them reaches back further than that one did.
async fn disown(
    tx: &mut Tx,
    account: AccountId,
    event: UnixMicros,
    now: UnixMicros,
) -> Result<UnixMicros, sqlx::Error> {
    const BEFORE: &str = "SELECT disowned_since FROM accounts WHERE id = $1 AND disowned_at > $2";
    const NOTE: &str = "UPDATE accounts SET disowned_at = $2, disowned_since = $3 WHERE id = $1";
    let before: Option<Option<UnixMicros>> = on!(tx, |connection| sqlx::query_scalar(BEFORE)
        .bind(account)
        .bind(now.before(NOTICE_LIFETIME))
        .fetch_optional(connection)
        .await)?;
    let this = since(event, now);
    let since = before.flatten().map_or(this, |before| before.min(this));
    on!(tx, |connection| sqlx::query(NOTE).bind(account).bind(now).bind(since).execute(connection).await.map(|_| ()))?;
    Ok(since)
}

/// Takes `account` back from whoever was in it when `disowned` happened, with an entry of the trail
/// if anything went. In a recorded `tx`.
pub async fn take(tx: &mut Tx, account: AccountId, disowned: Disowned, occasion: Occasion) -> Result<Taken, AppError> {
    let now = tx.now();
    let since = disown(tx, account, disowned.at, now).await?;
    take_since(tx, account, since, occasion).await
}

/// Only remembers that it was disowned: somebody who is signed in said so, and has not shown what
/// is asked for before factors are removed.
pub async fn remember(tx: &mut Tx, account: AccountId, disowned: Disowned) -> Result<(), sqlx::Error> {
    let now = tx.now();
    disown(tx, account, disowned.at, now).await.map(|_| ())
}

async fn take_since(tx: &mut Tx, account: AccountId, since: UnixMicros, occasion: Occasion) -> Result<Taken, AppError> {
    let mut taken = Taken::default();
    for way in WayIn::ALL {
        let count = ways::take(*way, tx, account, since, occasion).await?;
        taken.add(*way, count);
    }
    if taken.has_factors() {
        factors::after_taking(tx, account).await?;
    }
    if !taken.is_empty() {
        let reason = Some(occasion.name().to_owned());
        let details = Details { reason, counts: Some(taken.counts()), ..Details::of_visitor() };
        let event = Event { kind: Kind::TakenBack, account: Some(account), details };
        audit::record(tx, &event).await?;
        tracing::info!(account = %account.0, occasion = occasion.name(), "ways in were taken away");
    }
    Ok(taken)
}

/// What a proof of the mailbox takes away from `account`, and since when; none if nothing. `own`:
/// it is given in a browser that is signed in to the account.
fn at_proof(account: &Account, own: bool, now: UnixMicros) -> Option<(Occasion, UnixMicros)> {
    if account.unproven && !own {
        return Some((Occasion::FirstProof, UnixMicros(i64::MIN)));
    }
    let lately = account.disowned_at.is_some_and(|at| at > now.before(NOTICE_LIFETIME));
    match (account.frozen_at, account.disowned_since) {
        (Some(_), Some(since)) => Some((Occasion::NewPassword, since)),
        (None, Some(since)) if lately => Some((Occasion::NewPassword, since)),
        // Locked before it was remembered.
        (Some(frozen), None) => Some((Occasion::NewPassword, self::since(frozen, frozen))),
        _ => None,
    }
}

/// In the transaction that gives a frozen account to an owner who was made out by other means:
/// takes away what [`at_proof`] says. The new password that they set by mail does so once more.
pub async fn by_operator(tx: &mut Tx, account: AccountId) -> Result<Taken, AppError> {
    let now = tx.now();
    links::void_of_account(tx, account).await?;
    let account = accounts::find_in(tx, account).await?.ok_or(AppError::NotFound)?;
    match at_proof(&account, false, now) {
        Some((occasion, since)) => take_since(tx, account.id, since, occasion).await,
        None => Ok(Taken::default()),
    }
}

/// In the transaction that sets a new password behind a mailed link: takes away what [`at_proof`]
/// says, and has nothing disowned any more.
pub async fn by_new_password(tx: &mut Tx, account: AccountId) -> Result<Taken, AppError> {
    const OVER: &str = "UPDATE accounts \
        SET disowned_at = NULL, disowned_since = NULL, unproven = $2 \
        WHERE id = $1";
    let now = tx.now();
    let own = is_own_session(tx, account).await?;
    let account = accounts::find_in(tx, account).await?.ok_or(AppError::LinkExpired)?;
    let taken = match at_proof(&account, own, now) {
        Some((occasion, since)) => take_since(tx, account.id, since, occasion).await?,
        None => Taken::default(),
    };
    on!(tx, |connection| sqlx::query(OVER).bind(account.id).bind(false).execute(connection).await.map(|_| ()))?;
    Ok(taken)
}

/// In the transaction that confirms the address of `account` behind a mailed link, as
/// [`by_new_password`]; the password goes too. None if it was no first proof, or [`at_proof`] says
/// that nothing goes.
pub async fn by_first_proof(tx: &mut Tx, account: AccountId, was_unproven: bool) -> Result<bool, AppError> {
    const PROVEN: &str = "UPDATE accounts SET unproven = $2 WHERE id = $1";
    on!(tx, |connection| sqlx::query(PROVEN).bind(account).bind(false).execute(connection).await.map(|_| ()))?;
    if !was_unproven || is_own_session(tx, account).await? {
        return Ok(false);
    }
    take_since(tx, account, UnixMicros(i64::MIN), Occasion::FirstProof).await?;
    accounts::take_password(tx, account).await?;
    Ok(true)
}

/// Whether `account` will have a second factor after a new password by mail in this browser: how
/// long that has to be depends on it.
pub async fn keeps_a_factor(db: &Db, account: &Account, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const KEEPS: &str = "SELECT (SELECT COUNT(*) FROM passkeys WHERE account_id = $1 \
            AND created_at < $2) + (SELECT COUNT(*) FROM totp_authenticators \
            WHERE account_id = $1 AND created_at < $2)";
    let own = db.visit().signed_in_to(account.id).is_some();
    let since = at_proof(account, own, now).map_or(UnixMicros(i64::MAX), |(_, since)| since);
    let kept: i64 = read!(db, |pool| sqlx::query_scalar(KEEPS).bind(account.id).bind(since).fetch_one(pool).await)?;
    Ok(kept > 0)
}

/// Whether whoever shows a factor of `kind` in a session may stop the removal that waits
/// ([`factor_resets`]): each of that kind was there so long before it began that nobody could
/// disown it any more.
pub async fn is_settled(tx: &mut Tx, account: AccountId, kind: FactorKind) -> Result<bool, sqlx::Error> {
    const APPS: &str = "SELECT COUNT(*) \
        FROM totp_authenticators \
        WHERE account_id = $1 AND created_at >= $2";
    const PASSKEYS: &str = "SELECT COUNT(*) \
        FROM passkeys \
        WHERE account_id = $1 AND created_at >= $2";
    const CODES: &str = "SELECT COUNT(*) \
        FROM recovery_codes \
        WHERE account_id = $1 AND created_at >= $2";
    let Some(running) = factor_resets::of_in(tx, account).await? else { return Ok(false) };
    let newer = match kind {
        FactorKind::Totp => APPS,
        FactorKind::Passkey => PASSKEYS,
        FactorKind::RecoveryCode => CODES,
    };
    let newer: i64 = on!(tx, |connection| sqlx::query_scalar(newer)
        .bind(account)
        .bind(since(running.started_at, running.started_at))
        .fetch_one(connection)
        .await)?;
    Ok(newer == 0)
}

/// Whether the visitor is signed in to `account`, as the transaction sees it: the session may be
/// over since the request came.
async fn is_own_session(tx: &mut Tx, account: AccountId) -> Result<bool, sqlx::Error> {
    match tx.visit().signed_in_to(account) {
        Some(holder) => sessions::is_live(tx, holder.session, holder.key).await,
        None => Ok(false),
    }
}
