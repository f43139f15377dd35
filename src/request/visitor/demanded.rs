//! Sessions that were begun with one factor, where two are asked for by now: the operator changed
//! the policy, its owner became an administrator, or the days of grace are over.

use crate::base::db::Db;
use crate::domain::accounts;
use crate::domain::audit::Details;
use crate::domain::factors::policy::{self, Demand};
use crate::domain::sessions::EndReason;
use crate::flows::acting::Person;
use crate::flows::session_ends;

/// Ends the session, if it may not go on as it is, and gives whether it did; its owner signs in
/// again, and is led to set up what is missing. Asks the database nothing where nothing is to be
/// done.
pub(super) async fn shuts_out(db: &Db, person: &Person, watching: bool) -> Result<bool, sqlx::Error> {
    let Person { account, session } = person;
    let rules = &db.config().second_factor;
    match policy::demand(rules, account.into(), session.satisfies_policy(), db.now()) {
        Demand::Now => {
            end_session(db, person).await?;
            Ok(true)
        }
        Demand::Soon(_) if account.second_factor_asked_at.is_none() && !watching => {
            // A busy writer only lets the days of grace begin later.
            if let Err(error) = note(db, person).await {
                tracing::warn!(%error, "the beginning of somebody's days of grace could not be noted");
            }
            Ok(false)
        }
        Demand::Soon(_) | Demand::Nothing => Ok(false),
    }
}

async fn end_session(db: &Db, person: &Person) -> Result<(), sqlx::Error> {
    const REASON: EndReason = EndReason::SecondFactorRequired;
    let mut tx = db.begin_recorded().await?;
    let (account, session) = (person.account.id, person.session.handle);
    session_ends::one(&mut tx, account, session, REASON, Details::of_visitor()).await?;
    tx.commit().await
}

async fn note(db: &Db, person: &Person) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    let now = tx.now();
    accounts::note_second_factor_asked(&mut tx, person.account.id, now).await?;
    tx.commit().await
}
