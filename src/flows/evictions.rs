//! Sessions that somebody other than their owner ends: an administrator, or whoever has the command line.

use crate::base::db::Tx;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, By, Details, Event};
use crate::domain::sessions::search::Found;
use crate::domain::sessions::{EndReason, end};
use crate::request::app::App;

/// Sessions that one transaction ends: others wait for it.
pub const BATCH: usize = 200;

/// Ends those of `found` (at most [`BATCH`]) that are not over yet, and gives them. Each has an audit entry for its owner, which
/// says nothing of the place it was ended from: that is about somebody else.
pub async fn end(app: &App, tx: &mut Tx, found: Vec<Found>, by: By) -> Result<Vec<Found>, sqlx::Error> {
    const REASON: EndReason = EndReason::EndedByAdmin;
    let now = app.clock.now();
    let mut ended = Vec::with_capacity(found.len());
    for found in found {
        let (account, handle) = (found.account_id, found.session.handle);
        if end::one_of(tx, account, handle, REASON, now).await? {
            app.metrics.count_ended(tx, REASON);
            let details = Details { by: Some(by.name().to_owned()), ..Details::default() };
            let event = Event::session_ended(account, handle, REASON, details);
            audit::record(tx, &event).await?;
            ended.push(found);
        }
    }
    Ok(ended)
}

/// Ends every session of `account`, with an audit entry each; gives how many.
pub async fn end_all_of(app: &App, tx: &mut Tx, account: AccountId, reason: EndReason) -> Result<usize, sqlx::Error> {
    let now = app.clock.now();
    let ended = end::all_of(tx, account, None, reason, now).await?;
    for handle in &ended {
        app.metrics.count_ended(tx, reason);
        let event = Event::session_ended(account, *handle, reason, Details::default());
        audit::record(tx, &event).await?;
    }
    Ok(ended.len())
}
