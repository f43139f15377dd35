//! Turning off and naming authenticators.

use super::notices::{record, tell};
use crate::error::AppError;
use crate::paths::Then;
use crate::server::App;
use crate::server::audit::Kind;
use crate::server::devices::DeviceName;
use crate::server::factors::totp::{self, AuthenticatorId};
use crate::server::factors::{self, FactorKind, Removed};
use crate::server::mail::letters::FactorNews;
use crate::server::{sessions, visitor};
use leptos::prelude::*;
use leptos_axum::redirect;

fn id(typed: &str) -> Result<AuthenticatorId, AppError> {
    typed.parse().map(AuthenticatorId).map_err(|_| AppError::BadRequest)
}

/// Turns one of the visitor's authenticators off; the recovery codes go with the last one. Asks for the password first where that
/// was too long ago (ASVS 7.5.1).
#[server(prefix = "/form", endpoint = "turn-off-totp")]
pub async fn turn_off_totp(#[server(default)] authenticator: String) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&authenticator)?;
    if !visitor::is_recent(&app, &person) {
        redirect(&Then::TurnOff(id.0).confirm_path());
        return Ok(());
    }
    let mut tx = app.db.begin_recorded().await?;
    if !sessions::is_live(&mut tx, &person.session, app.clock.now()).await? {
        return Err(AppError::SignInRequired);
    }
    let news = match factors::remove_totp(&mut tx, person.account.id, id).await? {
        Removed::Nothing => return Err(AppError::NotFound),
        Removed::One => FactorNews::Removed,
        Removed::Last => FactorNews::Off,
    };
    record(&app, &mut tx, person.account.id, Kind::SecondFactorRemoved, Some(FactorKind::Totp)).await?;
    tell(&app, &mut tx, &person.account, news).await?;
    tx.commit().await?;
    app.outbox.wake();
    redirect("/account/second-factor?turned-off");
    Ok(())
}

/// Gives one of the visitor's authenticators a name; an empty one takes it away.
#[server(prefix = "/form", endpoint = "name-authenticator")]
pub async fn name_authenticator(
    #[server(default)] authenticator: String,
    #[server(default)] device_name: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&authenticator)?;
    let name = DeviceName::parse(&device_name)?;
    let mut tx = app.db.begin_recorded().await?;
    if !sessions::is_live(&mut tx, &person.session, app.clock.now()).await? {
        return Err(AppError::SignInRequired);
    }
    if !totp::name(&mut tx, person.account.id, id, &name).await? {
        return Err(AppError::NotFound);
    }
    record(&app, &mut tx, person.account.id, Kind::SecondFactorNamed, None).await?;
    tx.commit().await?;
    redirect("/account/second-factor?named");
    Ok(())
}
