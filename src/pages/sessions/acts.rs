//! Ending sessions and naming devices.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::devices::{DeviceId, DeviceName};
use crate::domain::sessions::SessionHandle;
use crate::flows::{acting, own_sessions};
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor;
use leptos::prelude::*;
use leptos_axum::redirect;

/// Ends one of the visitor's sessions. With `not_me` it was somebody else's, and a new password
/// comes next. Asks for the password first where that was too long ago (ASVS 7.5.2). A handle that
/// is none of theirs ends nothing and is answered alike.
#[server(prefix = "/form", endpoint = "end-session")]
pub async fn end_session(
    #[server(default)] session: String,
    #[server(default)] not_me: Option<String>,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let handle = SessionHandle(session.parse().map_err(|_| AppError::BadRequest)?);
    if !acting::is_recent(&app.db, &person) {
        redirect(&Then::EndSession(handle.0).confirm_path());
        return Ok(());
    }
    if handle == person.session.handle {
        // What ends here is this browser's own, cookie and all.
        visitor::sign_out(&app).await?;
        redirect("/sign-in?signed-out");
        return Ok(());
    }
    let ended = own_sessions::end(&app.db, &person, handle, not_me.is_some()).await?;
    if not_me.is_some() {
        redirect("/account/password?not-me");
    } else {
        redirect(&format!("/account/sessions?ended={}", u8::from(ended)));
    }
    Ok(())
}

/// Ends every session of the visitor but the one in use, and trusts no other browser any more.
#[server(prefix = "/form", endpoint = "end-other-sessions")]
pub async fn end_other_sessions() -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if !acting::is_recent(&app.db, &person) {
        redirect(&Then::EndOthers.confirm_path());
        return Ok(());
    }
    let ended = own_sessions::end_others(&app.db, &person).await?;
    redirect(&format!("/account/sessions?ended={ended}"));
    Ok(())
}

/// Gives the device of one of the visitor's sessions a name; an empty one takes it away.
#[server(prefix = "/form", endpoint = "name-device")]
pub async fn name_device(
    #[server(default)] session: String,
    #[server(default)] device_name: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let handle = SessionHandle(session.parse().map_err(|_| AppError::BadRequest)?);
    let name = DeviceName::parse(&device_name)?;
    own_sessions::name_device(&app.db, &person, handle, &name).await?;
    redirect("/account/sessions?named");
    Ok(())
}

/// Trusts one of the visitor's browsers no more, so that its next sign-in there takes the second
/// factor again; no session ends. Needs no recent proof, since it only takes rights away. What is
/// none of theirs stays as it is and is answered alike.
#[server(prefix = "/form", endpoint = "stop-trusting")]
pub async fn stop_trusting(#[server(default)] browser: String) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let device = DeviceId(browser.parse().map_err(|_| AppError::BadRequest)?);
    own_sessions::stop_trusting(&app.db, &person, device).await?;
    redirect("/account/sessions?not-trusted");
    Ok(())
}
