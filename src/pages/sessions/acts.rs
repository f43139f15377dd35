//! Ending sessions and naming devices.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::{self, DeviceId, DeviceName};
use crate::domain::sessions::{EndReason, SessionHandle, list};
use crate::domain::{factors, trusted};
use crate::flows::freezes;
use crate::flows::freezes::Said;
use crate::request::app::App;
use crate::request::visitor;
use leptos::prelude::*;
use leptos_axum::redirect;

/// Ends one of the visitor's sessions. With `not_me` it was somebody else's, and a new password comes next. Asks for the password
/// first where that was too long ago (ASVS 7.5.2). A handle that is none of theirs ends nothing and is answered alike.
#[server(prefix = "/form", endpoint = "end-session")]
pub async fn end_session(
    #[server(default)] session: String,
    #[server(default)] not_me: Option<String>,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let handle = SessionHandle(session.parse().map_err(|_| AppError::BadRequest)?);
    if !visitor::is_recent(&app, &person) {
        redirect(&Then::EndSession(handle.0).confirm_path());
        return Ok(());
    }
    if handle == person.session.handle {
        // What ends here is this browser's own, cookie and all.
        visitor::sign_out(&app).await?;
        redirect("/sign-in?signed-out");
        return Ok(());
    }
    let mut tx = visitor::begin(&app, &person).await?;
    let account = person.account.id;
    // Signing in again in the same browser, after it forgot its session, leaves one that is the person's own after all.
    let elsewhere = person.session.device_id.is_none()
        || list::device_of(&app.db, account, handle, app.clock.now()).await? != person.session.device_id;
    let ended = if not_me.is_some() && elsewhere {
        // Nobody removes a factor without having shown one: then it waits for the next new password.
        let may_take = person.session.has_second_factor() || !factors::any_in(&mut tx, account).await?;
        let said = if may_take { Said::Signed } else { Said::SignedWithoutProof };
        freezes::not_me(&app, &mut tx, account, handle, said).await?;
        true
    } else {
        let reason = if not_me.is_some() { EndReason::NotMe } else { EndReason::EndedByOwner };
        if not_me.is_some() {
            trusted::stop_all(&mut tx, account, None).await?;
        }
        visitor::end_session(&app, &mut tx, account, handle, reason).await?
    };
    tx.commit().await?;
    if not_me.is_some() {
        redirect("/account/password?not-me");
    } else {
        redirect(&format!("/account/sessions?ended={}", u8::from(ended)));
    }
    Ok(())
}

/// Ends every session of the visitor but the one in use, and trusts no other browser any more.
#[server(prefix = "/form", endpoint = "end-other-sessions")]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if !visitor::is_recent(&app, &person) {
        redirect(&Then::EndOthers.confirm_path());
        return Ok(());
    }
    let mut tx = visitor::begin(&app, &person).await?;
    let kept = Some(person.session.handle);
    let ended = visitor::end_sessions(&app, &mut tx, person.account.id, kept, EndReason::EndedByOwner).await?;
    visitor::stop_trusting_others(&mut tx, &person).await?;
    tx.commit().await?;
    redirect(&format!("/account/sessions?ended={ended}"));
    Ok(())
}

/// Gives the device of one of the visitor's sessions a name; an empty one takes it away.
#[server(prefix = "/form", endpoint = "name-device")]
pub async fn name_device(
    #[server(default)] session: String,
    #[server(default)] device_name: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let handle = SessionHandle(session.parse().map_err(|_| AppError::BadRequest)?);
    let name = DeviceName::parse(&device_name)?;
    let now = app.clock.now();
    let device = list::device_of(&app.db, person.account.id, handle, now).await?.ok_or(AppError::NotFound)?;
    let mut tx = visitor::begin(&app, &person).await?;
    if devices::name(&mut tx, person.account.id, device, &name).await? {
        let details = Details { session: Some(handle.0.to_string()), ..visitor::details() };
        let event = Event { kind: Kind::DeviceNamed, account: Some(person.account.id), details };
        audit::record(&mut tx, &event).await?;
    }
    tx.commit().await?;
    redirect("/account/sessions?named");
    Ok(())
}

/// Trusts one of the visitor's browsers no more, so that its next sign-in there takes the second factor again; no session ends. Needs
/// no recent proof, since it only takes rights away. What is none of theirs stays as it is and is answered alike.
#[server(prefix = "/form", endpoint = "stop-trusting")]
pub async fn stop_trusting(#[server(default)] browser: String) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let device = DeviceId(browser.parse().map_err(|_| AppError::BadRequest)?);
    let mut tx = visitor::begin(&app, &person).await?;
    visitor::stop_trusting(&mut tx, &person, device).await?;
    tx.commit().await?;
    redirect("/account/sessions?not-trusted");
    Ok(())
}
