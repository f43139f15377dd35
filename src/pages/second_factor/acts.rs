//! Turning off and naming authenticators.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::devices::DeviceName;
use crate::domain::factors::totp::AuthenticatorId;
use crate::flows::{factor_names, factor_removals};
use crate::pages::pieces::landing;
use crate::pages::pieces::step_up::is_led_to_confirm;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor;
use leptos::prelude::*;
use leptos_axum::redirect;

fn id(typed: &str) -> Result<AuthenticatorId, AppError> {
    typed.parse().map(AuthenticatorId).map_err(|_| AppError::BadRequest)
}

/// Turns one of the visitor's authenticators off; takes a new password with the last factor where
/// the old one is too short to stand alone.
#[server(prefix = "/form", endpoint = "turn-off-totp")]
pub async fn turn_off_totp(
    #[server(default)] authenticator: String,
    #[server(default)] new_password: Secret,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&authenticator)?;
    if is_led_to_confirm(&app, &person, Then::TurnOff(id.0)).await? {
        return Ok(());
    }
    let started = factor_removals::remove_app(&app.db, &app.passwords, &person, id, &new_password).await?;
    landing::give_new_id(started);
    redirect("/account/second-factor?turned-off");
    Ok(())
}

/// Gives one of the visitor's authenticators a name; an empty one takes it away.
#[server(prefix = "/form", endpoint = "name-authenticator")]
pub async fn name_authenticator(
    #[server(default)] authenticator: String,
    #[server(default)] device_name: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&authenticator)?;
    factor_names::name_app(&app.db, &person, id, &DeviceName::parse(&device_name)?).await?;
    redirect("/account/second-factor?named");
    Ok(())
}
