//! Sessions that were begun with one factor, where two are asked for by now: the operator changed the policy, its owner became an
//! administrator, or the days of grace are over.

use super::{Person, details_of};
use crate::domain::accounts;
use crate::domain::audit::{self, Event};
use crate::domain::factors::policy::{self, Demand};
use crate::domain::sessions::Origin;
use crate::domain::sessions::end::{self, EndReason};
use crate::request::app::App;

/// Ends the session, if it may not go on as it is, and gives whether it did; its owner signs in again, and is led to set up what is
/// missing. Asks the database nothing where nothing is to be done.
pub(super) async fn shuts_out(
    app: &App,
    person: &Person,
    origin: &Origin,
    watching: bool,
) -> Result<bool, sqlx::Error> {
    let Person { account, session } = person;
    let rules = &app.config.second_factor;
    match policy::demand(rules, account.into(), session.satisfies_policy(), app.clock.now()) {
        Demand::Now => {
            end_session(app, person, origin).await?;
            Ok(true)
        }
        Demand::Soon(_) if account.second_factor_asked_at.is_none() && !watching => {
            // A busy writer only lets the days of grace begin later.
            if let Err(error) = note(app, person).await {
                tracing::warn!(%error, "the beginning of somebody's days of grace could not be noted");
            }
            Ok(false)
        }
        Demand::Soon(_) | Demand::Nothing => Ok(false),
    }
}

async fn end_session(app: &App, person: &Person, origin: &Origin) -> Result<(), sqlx::Error> {
    const REASON: EndReason = EndReason::SecondFactorRequired;
    let (account, handle, now) = (person.account.id, person.session.handle, app.clock.now());
    let mut tx = app.db.begin_recorded().await?;
    if end::one_of(&mut tx, account, handle, REASON, now).await? {
        app.metrics.count_ended(&mut tx, REASON);
        let event = Event::session_ended(account, handle, REASON, details_of(origin));
        audit::record(&mut tx, &event).await?;
    }
    tx.commit().await
}

async fn note(app: &App, person: &Person) -> Result<(), sqlx::Error> {
    let mut tx = app.db.begin().await?;
    accounts::note_second_factor_asked(&mut tx, person.account.id, app.clock.now()).await?;
    tx.commit().await
}
