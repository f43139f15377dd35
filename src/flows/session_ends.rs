//! The one end of a session: its row, the figures for the operator, and an audit entry for its
//! owner.

use crate::base::db::Tx;
use crate::base::metrics::Count;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, By, Details, Event};
use crate::domain::devices::{self, trusted};
use crate::domain::sessions::search::Found;
use crate::domain::sessions::{EndReason, SessionHandle, end};

/// Sessions that one transaction ends: others wait for it.
pub const BATCH: usize = 200;

/// Ends one session of `account`; false if it was over already. `details` say who ended it, if
/// anybody did.
pub async fn one(
    tx: &mut Tx,
    account: AccountId,
    session: SessionHandle,
    reason: EndReason,
    details: Details,
) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let ended = end::one_of(tx, account, session, reason, now).await?;
    if ended {
        record(tx, account, session, reason, details).await?;
    }
    Ok(ended)
}

/// Ends every session of `account` but `kept`; gives how many.
pub async fn all(
    tx: &mut Tx,
    account: AccountId,
    kept: Option<SessionHandle>,
    reason: EndReason,
    details: Details,
) -> Result<usize, sqlx::Error> {
    let now = tx.now();
    let ended = end::all_of(tx, account, kept, reason, now).await?;
    for session in &ended {
        record(tx, account, *session, reason, details.clone()).await?;
    }
    Ok(ended.len())
}

/// Ends what [`end::of_browser`] does, and forgets the browser; gives how many. No browser is
/// trusted any more: whoever it was knows the password.
pub async fn of_browser(
    tx: &mut Tx,
    account: AccountId,
    session: SessionHandle,
    reason: EndReason,
) -> Result<usize, sqlx::Error> {
    let now = tx.now();
    let ended = end::of_browser(tx, account, session, reason, now).await?;
    for session in &ended {
        record(tx, account, *session, reason, Details::of_visitor()).await?;
    }
    devices::forget(tx, account, session).await?;
    trusted::stop_all(tx, account, None).await?;
    Ok(ended.len())
}

/// Ends those of `found` (at most [`BATCH`]) that are not over yet, and gives them: an
/// administrator does, or whoever has the command line. The entry for their owner says nothing of
/// the place it was done from: that is about somebody else.
pub async fn by_others(tx: &mut Tx, found: Vec<Found>, by: By) -> Result<Vec<Found>, sqlx::Error> {
    let details = Details { by: Some(by.name().to_owned()), ..Details::default() };
    let mut ended = Vec::with_capacity(found.len());
    for found in found {
        let (account, handle) = (found.account_id, found.session.handle);
        if one(tx, account, handle, EndReason::EndedByAdmin, details.clone()).await? {
            ended.push(found);
        }
    }
    Ok(ended)
}

/// What stands beside the row of a session that is over now.
pub async fn record(
    tx: &mut Tx,
    account: AccountId,
    session: SessionHandle,
    reason: EndReason,
    details: Details,
) -> Result<(), sqlx::Error> {
    tx.count_once_committed(Count::Ended(reason.name()));
    audit::record(tx, &Event::session_ended(account, session, reason, details)).await
}
