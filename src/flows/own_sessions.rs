//! What somebody does with their sessions and browsers: ends them, names them, and trusts them no
//! more.

use crate::base::db::Db;
use crate::base::error::AppError;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::{self, DeviceId, DeviceName, trusted};
use crate::domain::factors;
use crate::domain::sessions::{EndReason, SessionHandle, list};
use crate::flows::acting::{self, Person};
use crate::flows::freezes::{self, Said};
use crate::flows::{browsers, session_ends};

/// Ends another session of the person's. With `not_me` it was somebody else's. A handle that is
/// none of theirs ends nothing and is answered alike: false.
pub async fn end(db: &Db, person: &Person, session: SessionHandle, not_me: bool) -> Result<bool, AppError> {
    let mut tx = acting::begin(db, person).await?;
    let account = person.account.id;
    // Signing in again in the same browser, after it forgot its session, leaves one that is the
    // person's own after all.
    let elsewhere = person.session.device_id.is_none()
        || list::device_of(db, account, session, db.now()).await? != person.session.device_id;
    let ended = if not_me && elsewhere {
        // Nobody removes a factor without having shown one: then it waits for the next new
        // password.
        let may_take = person.session.has_second_factor() || !factors::any_in(&mut tx, account).await?;
        let said = if may_take { Said::Signed } else { Said::SignedWithoutProof };
        freezes::not_me(&mut tx, account, session, said).await?;
        true
    } else {
        let reason = if not_me { EndReason::NotMe } else { EndReason::EndedByOwner };
        if not_me {
            trusted::stop_all(&mut tx, account, None).await?;
        }
        session_ends::one(&mut tx, account, session, reason, Details::of_visitor()).await?
    };
    tx.commit().await?;
    Ok(ended)
}

/// Ends every session of the person but the one in use, and trusts no other browser any more; gives
/// how many.
pub async fn end_others(db: &Db, person: &Person) -> Result<usize, AppError> {
    let (account, kept) = (person.account.id, Some(person.session.handle));
    let mut tx = acting::begin(db, person).await?;
    let ended = session_ends::all(&mut tx, account, kept, EndReason::EndedByOwner, Details::of_visitor()).await?;
    browsers::stop_trusting_others(&mut tx, account, person.session.device_id).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Gives the device of one of the person's sessions a name; an empty one takes it away.
pub async fn name_device(db: &Db, person: &Person, session: SessionHandle, name: &DeviceName) -> Result<(), AppError> {
    let account = person.account.id;
    let device = list::device_of(db, account, session, db.now()).await?.ok_or(AppError::NotFound)?;
    let mut tx = acting::begin(db, person).await?;
    if devices::name(&mut tx, account, device, name).await? {
        let details = Details { session: Some(session.0.to_string()), ..Details::of_visitor() };
        audit::record(&mut tx, &Event::about(account, Kind::DeviceNamed, details)).await?;
    }
    Ok(tx.commit().await?)
}

/// Trusts one of the person's browsers no more, so that its next sign-in there takes the second
/// factor again; no session ends. Needs no recent proof, since it only takes rights away. What is
/// none of theirs stays as it is and is answered alike.
pub async fn stop_trusting(db: &Db, person: &Person, browser: DeviceId) -> Result<(), AppError> {
    let mut tx = acting::begin(db, person).await?;
    browsers::stop_trusting(&mut tx, person.account.id, browser).await?;
    Ok(tx.commit().await?)
}
