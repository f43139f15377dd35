//! Adding, naming and removing passkeys.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::user_agent;
use crate::domain::devices::DeviceName;
use crate::domain::factors::passkeys::PasskeyId;
use crate::flows::passkey_answers::{self, Answer};
use crate::flows::{factor_additions, factor_names, factor_removals};
use crate::pages::pieces::landing::{self, lead_to_codes};
use crate::pages::pieces::step_up::is_led_to_confirm;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::words::reader;
use leptos::prelude::*;
use leptos_axum::redirect;

/// Adds the passkey that the visitor's browser has just made. As the first factor it brings the
/// recovery codes, and leads to them.
#[server(prefix = "/form", endpoint = "add-passkey")]
pub async fn add_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] device_name: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if is_led_to_confirm(&app, &person, Then::AddPasskey).await? {
        return Ok(());
    }
    passkey_answers::may_be_added(&app.db)?;
    let name = name_or_browser(&app, &device_name)?;
    let answer = Answer { challenge: &challenge, credential: &credential };
    let party = app.relying_party.as_ref();
    match factor_additions::add_passkey(&app.db, party, &person, answer, &name).await? {
        Some(started) => lead_to_codes(started, &Then::default()),
        None => redirect("/account/passkeys?added"),
    }
    Ok(())
}

/// As typed; else after the browser it was made in, so that of several each can be told.
pub fn name_or_browser(app: &App, typed: &str) -> Result<DeviceName, AppError> {
    if !typed.trim().is_empty() {
        return DeviceName::parse(typed);
    }
    let browser = user_agent::describe(&reader(), &app.db.origin().user_agent);
    DeviceName::parse(&browser).or_else(|_| DeviceName::parse(""))
}

fn id(typed: &str) -> Result<PasskeyId, AppError> {
    typed.parse().map_err(|_| AppError::BadRequest)
}

/// Removes one of the visitor's passkeys; takes a new password with the last factor where the old
/// one is too short to stand alone.
#[server(prefix = "/form", endpoint = "remove-passkey")]
pub async fn remove_passkey(
    #[server(default)] passkey: String,
    #[server(default)] new_password: Secret,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&passkey)?;
    if is_led_to_confirm(&app, &person, Then::RemovePasskey(id.0)).await? {
        return Ok(());
    }
    let services = (&app.passwords, &app.providers);
    landing::give_new_id(factor_removals::remove_passkey(&app.db, services, &person, id, &new_password).await?);
    redirect("/account/passkeys?removed");
    Ok(())
}

/// Gives one of the visitor's passkeys a name; an empty one takes it away.
#[server(prefix = "/form", endpoint = "name-passkey")]
pub async fn name_passkey(
    #[server(default)] passkey: String,
    #[server(default)] device_name: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&passkey)?;
    factor_names::name_passkey(&app.db, &person, id, &DeviceName::parse(&device_name)?).await?;
    redirect("/account/passkeys?named");
    Ok(())
}
