//! What a restore ends: whatever may have been ended since the backup was made, and would come back
//! with it.
//!
//! Most of that is not in a backup at all ([`super::tables`]). What is here was kept so that its
//! owners can be told.

use super::NotRestored;
use super::file::{Counts, Header};
use crate::base::clock::UnixMicros;
use crate::base::db::{Tx, on};
use crate::base::words::rfc3339;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, By, Details, Event, Kind, many};
use crate::domain::sessions::{EndReason, SessionHandle};
use crate::flows::deletions;
use serde::Serialize;
use uuid::Uuid;

/// The `reason` of what ended because the data came from a backup.
pub const RESTORED: &str = "restored";
/// The `reason` of a [`Kind::BackupRestored`] that is about recovery codes.
pub const RECOVERY_CODES: &str = "recovery_codes";

/// Rows in one statement: all of them at once would be in memory.
const BATCH: i64 = 500;

/// How much of each was ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ended {
    pub sessions: u64,
    /// Personal access tokens.
    pub access_tokens: u64,
    /// Accounts whose recovery codes were.
    pub recovery_codes: u64,
    pub invitations: u64,
    /// Removals of second factors that waited.
    pub factor_resets: u64,
    /// Accounts that are going to be deleted, which wait from the beginning again.
    pub deletions: u64,
}

/// Ends it all in `tx`, which holds what the backup held, with an entry of the trail for each thing
/// that had an owner, and one that says what was restored.
pub(super) async fn end_all(tx: &mut Tx, header: &Header, rows: &Counts) -> Result<Ended, NotRestored> {
    let now = tx.now();
    let ended = Ended {
        sessions: sessions(tx, now).await?,
        access_tokens: access_tokens(tx).await?,
        recovery_codes: recovery_codes(tx, now).await?,
        invitations: invitations(tx).await?,
        factor_resets: factor_resets(tx).await?,
        deletions: deletions::wait_again(tx, header.made_at).await.map_err(|_| NotRestored::NotTold)?,
    };
    codes_of_apps(tx, now).await?;
    let counts = [
        ("accounts", rows.get("accounts").copied().unwrap_or_default()),
        ("sessions", ended.sessions),
        ("access_tokens", ended.access_tokens),
        ("recovery_codes", ended.recovery_codes),
        ("invitations", ended.invitations),
        ("factor_resets", ended.factor_resets),
        ("deletions", ended.deletions),
    ];
    let details = Details {
        was: Some(rfc3339(header.made_at.0)),
        counts: Some(counts.map(|(name, count)| (name.to_owned(), count)).into()),
        by: Some(By::CommandLine.name().to_owned()),
        ..Details::default()
    };
    let event = Event { kind: Kind::BackupRestored, account: None, details };
    audit::record(tx, &event).await?;
    Ok(ended)
}

/// Those too whose time is over by now: that they were not ended before is more than we know. In
/// the order of their handles: looking for what is left would have PostgreSQL walk over all that
/// was ended before, each time.
async fn sessions(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const END: &str = "UPDATE sessions \
        SET ended_at = $1, end_reason = $2 \
        WHERE handle IN (SELECT handle FROM sessions WHERE ended_at IS NULL AND handle > $3 \
            ORDER BY handle LIMIT $4) \
        RETURNING handle, account_id";
    let (mut count, mut after) = (0, Uuid::nil());
    loop {
        let ended: Vec<(SessionHandle, AccountId)> = on!(tx, |connection| sqlx::query_as(END)
            .bind(now)
            .bind(EndReason::Restored.name())
            .bind(after)
            .bind(BATCH)
            .fetch_all(connection)
            .await)?;
        let Some(last) = ended.iter().map(|(session, _)| session.0).max() else { return Ok(count) };
        after = last;
        count += ended.len() as u64;
        let told = |(session, account)| {
            let details = Details { by: Some(By::CommandLine.name().to_owned()), ..Details::default() };
            Event::session_ended(account, session, EndReason::Restored, details)
        };
        record(tx, ended.into_iter().map(told).collect()).await?;
    }
}

/// As [`sessions`].
async fn access_tokens(tx: &mut Tx) -> Result<u64, sqlx::Error> {
    const END: &str = "DELETE FROM personal_tokens \
        WHERE id IN (SELECT id FROM personal_tokens WHERE id > $1 ORDER BY id LIMIT $2) \
        RETURNING id, account_id, name";
    let (mut count, mut after) = (0, Uuid::nil());
    loop {
        let ended: Vec<(Uuid, AccountId, String)> =
            on!(tx, |connection| sqlx::query_as(END).bind(after).bind(BATCH).fetch_all(connection).await)?;
        let Some(last) = ended.iter().map(|(id, ..)| *id).max() else { return Ok(count) };
        after = last;
        count += ended.len() as u64;
        let told = |(_, account, name)| of_owner(account, Kind::TokenRevoked, RESTORED, Some(name));
        record(tx, ended.into_iter().map(told).collect()).await?;
    }
}

/// One that was used since would work once more. Nobody is locked out: without an app or a passkey
/// there are none, and with one their owner signs in and makes new ones. The rows stay as used
/// ones, so that pages say that none is left.
async fn recovery_codes(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const OWNERS: &str = "SELECT DISTINCT account_id \
        FROM recovery_codes \
        WHERE used_at IS NULL AND account_id > $1 \
        ORDER BY account_id \
        LIMIT $2";
    const END: &str = "UPDATE recovery_codes SET used_at = $1 WHERE used_at IS NULL";
    let (mut count, mut after) = (0, AccountId(Uuid::nil()));
    loop {
        let owners: Vec<AccountId> =
            on!(tx, |connection| sqlx::query_scalar(OWNERS).bind(after).bind(BATCH).fetch_all(connection).await)?;
        let Some(last) = owners.last() else { break };
        after = *last;
        count += owners.len() as u64;
        let told = |account| of_owner(account, Kind::BackupRestored, RECOVERY_CODES, None);
        record(tx, owners.into_iter().map(told).collect()).await?;
    }
    on!(tx, |connection| sqlx::query(END).bind(now).execute(connection).await?.rows_affected());
    Ok(count)
}

async fn invitations(tx: &mut Tx) -> Result<u64, sqlx::Error> {
    const END: &str = "DELETE FROM invitations";
    on!(tx, |connection| sqlx::query(END).execute(connection).await.map(|done| done.rows_affected()))
}

/// One that its owner stopped since would be done.
async fn factor_resets(tx: &mut Tx) -> Result<u64, sqlx::Error> {
    const END: &str = "DELETE FROM factor_resets RETURNING account_id";
    let stopped: Vec<AccountId> = on!(tx, |connection| sqlx::query_scalar(END).fetch_all(connection).await)?;
    let count = stopped.len() as u64;
    let told = |account| of_owner(account, Kind::FactorResetStopped, RESTORED, None);
    record(tx, stopped.into_iter().map(told).collect()).await?;
    Ok(count)
}

/// A code of an app that was used since the backup must not work again: none counts until a step
/// after the one that a fast clock may be in by now has come. With steps of 30 s that is a minute
/// at most.
async fn codes_of_apps(tx: &mut Tx, now: UnixMicros) -> Result<(), sqlx::Error> {
    const USE: &str = "UPDATE totp_authenticators \
        SET last_step = $1 / period + 1 \
        WHERE last_step < $1 / period + 1";
    on!(tx, |connection| sqlx::query(USE).bind(now.seconds()).execute(connection).await.map(|_| ()))
}

fn of_owner(account: AccountId, kind: Kind, reason: &str, is: Option<String>) -> Event {
    let by = Some(By::CommandLine.name().to_owned());
    Event {
        kind,
        account: Some(account),
        details: Details { reason: Some(reason.to_owned()), is, by, ..Details::default() },
    }
}

async fn record(tx: &mut Tx, events: Vec<Event>) -> Result<(), sqlx::Error> {
    if events.is_empty() {
        return Ok(());
    }
    many::record_all(tx, &events).await
}
