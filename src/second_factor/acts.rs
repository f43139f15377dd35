//! Turning off and naming authenticators.

use super::notices::{record, tell};
use crate::error::AppError;
use crate::password::{choose, put_in_force};
use crate::paths::Then;
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts;
use crate::server::audit::Kind;
use crate::server::devices::DeviceName;
use crate::server::factors::totp::{self, AuthenticatorId};
use crate::server::factors::{self, FactorKind, Removed, policy};
use crate::server::mail::letters::FactorNews;
use crate::server::{sessions, visitor};
use leptos::prelude::*;
use leptos_axum::redirect;

fn id(typed: &str) -> Result<AuthenticatorId, AppError> {
    typed.parse().map(AuthenticatorId).map_err(|_| AppError::BadRequest)
}

/// Turns one of the visitor's authenticators off; the recovery codes go with the last one. Asks for the password first where that
/// was too long ago (ASVS 7.5.1). The last one stays where the policy asks for one, and takes a new password with it where the old one
/// is too short to stand alone.
#[server(prefix = "/form", endpoint = "turn-off-totp")]
pub async fn turn_off_totp(
    #[server(default)] authenticator: String,
    #[server(default)] new_password: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&authenticator)?;
    if !visitor::is_recent(&app, &person) {
        redirect(&Then::TurnOff(id.0).confirm_path());
        return Ok(());
    }
    let account = &person.account;
    let longer = if account.password_stands_alone || new_password.0.is_empty() {
        None
    } else {
        Some(choose(&app, account, app.config.password.minimum, &new_password).await?)
    };
    let mut tx = app.db.begin_recorded().await?;
    if !sessions::is_live(&mut tx, &person.session, app.clock.now()).await? {
        return Err(AppError::SignInRequired);
    }
    let mut started = None;
    let news = match factors::remove_totp(&mut tx, account.id, id).await? {
        Removed::Nothing => return Err(AppError::NotFound),
        Removed::One => FactorNews::Removed,
        Removed::Last if policy::covers(&app.config.second_factor, account.role) => {
            return Err(AppError::LastSecondFactor);
        }
        Removed::Last => {
            if !accounts::password_stands_alone_in(&mut tx, account.id).await? {
                let longer = longer.ok_or(AppError::PasswordMissing)?;
                started = Some(put_in_force(&app, &mut tx, &person, &longer).await?);
            }
            FactorNews::Off
        }
    };
    record(&app, &mut tx, &person.account, Kind::SecondFactorRemoved, Some(FactorKind::Totp)).await?;
    tell(&app, &mut tx, &person.account, news).await?;
    tx.commit().await?;
    app.outbox.wake();
    if let Some(started) = started {
        started.give();
    }
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
    record(&app, &mut tx, &person.account, Kind::SecondFactorNamed, None).await?;
    tx.commit().await?;
    redirect("/account/second-factor?named");
    Ok(())
}
