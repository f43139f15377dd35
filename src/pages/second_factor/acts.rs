//! Turning off and naming authenticators.

use super::recovery_codes::make_codes;
use super::{is_led_to_confirm, owner, record, tell};
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::passwords::NewPassword;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{self, Account};
use crate::domain::audit::Kind;
use crate::domain::devices::{self, DeviceName};
use crate::domain::factors::totp::{self, AuthenticatorId};
use crate::domain::factors::{self, FactorKind, Removed, policy};
use crate::domain::mail::letters::FactorNews;
use crate::domain::sessions;
use crate::pages::password::{choose, put_in_force};
use crate::request::app::App;
use crate::request::visitor::{self, Person, Started};
use leptos::prelude::*;
use leptos_axum::redirect;

fn id(typed: &str) -> Result<AuthenticatorId, AppError> {
    typed.parse().map(AuthenticatorId).map_err(|_| AppError::BadRequest)
}

/// Turns one of the visitor's authenticators off; the recovery codes go with the last one. Asks first for what
/// [`visitor::missing`] says (ASVS 7.5.1). The last one stays where the policy asks for one, and takes a new password with it where the old one
/// is too short to stand alone.
#[server(prefix = "/form", endpoint = "turn-off-totp")]
pub async fn turn_off_totp(
    #[server(default)] authenticator: String,
    #[server(default)] new_password: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&authenticator)?;
    if is_led_to_confirm(&app, &person, Then::TurnOff(id.0)).await? {
        return Ok(());
    }
    let account = &person.account;
    let longer = longer_password(&app, account, &new_password).await?;
    let mut tx = visitor::begin_change(&app, &person).await?;
    let removed = factors::remove_totp(&mut tx, account.id, id).await?;
    let started = after_removing(&app, &mut tx, &person, FactorKind::Totp, removed, longer).await?;
    tx.commit().await?;
    if let Some(started) = started {
        started.give();
    }
    redirect("/account/second-factor?turned-off");
    Ok(())
}

/// The password that is to stand alone once the last factor is gone, where the one of `account` is too short to. Done before any
/// transaction: a hash takes long.
pub async fn longer_password(app: &App, account: &Account, typed: &Secret) -> Result<Option<NewPassword>, AppError> {
    if account.password_stands_alone || typed.0.is_empty() {
        return Ok(None);
    }
    choose(app, account, app.config.password.minimum, typed).await.map(Some)
}

/// After a factor was removed in the same transaction: refuses it where the policy asks for one, puts `longer` in force where the old
/// password can't stand alone, notes it, and writes to the person. Gives the session its new id, if it got one.
pub async fn after_removing(
    app: &App,
    tx: &mut Tx,
    person: &Person,
    kind: FactorKind,
    removed: Removed,
    longer: Option<NewPassword>,
) -> Result<Option<Started>, AppError> {
    let account = &person.account;
    let mut started = None;
    let news = match removed {
        Removed::Nothing => return Err(AppError::NotFound),
        Removed::One if kind == FactorKind::Passkey => FactorNews::PasskeyRemoved,
        Removed::One => FactorNews::Removed,
        Removed::Last if policy::covers(&app.config.second_factor, account.role) => {
            return Err(AppError::LastSecondFactor);
        }
        Removed::Last => {
            if !accounts::password_stands_alone_in(tx, account.id).await? {
                let longer = longer.ok_or(AppError::PasswordMissing)?;
                started = Some(put_in_force(app, tx, person, &longer).await?);
            }
            FactorNews::Off
        }
    };
    record(tx, account.id, Kind::SecondFactorRemoved, Some(kind)).await?;
    tell(app, tx, account, news).await?;
    Ok(started)
}

/// After a factor was added in the same transaction. With the `first` of the account (of which kind it is) come the recovery
/// codes, and the session gets a new id (ASVS 7.2.4).
pub async fn after_adding(
    app: &App,
    tx: &mut Tx,
    person: &Person,
    first: Option<FactorKind>,
) -> Result<Option<Started>, AppError> {
    let (account, session) = (person.account.id, &person.session);
    let mut started = None;
    if let Some(kind) = first {
        make_codes(app, tx, owner(person)).await?;
        // A session that began before there was a second factor; this one was shown in it.
        if !session.has_second_factor() {
            sessions::note_second_factor(tx, session.handle, session.method_with(kind)).await?;
        }
        started = Some(visitor::cycle_session(app, tx, person).await?);
    }
    // Last, since new factors and codes make every browser unknown: whoever guesses elsewhere does not make this one wait.
    if let Some(device) = session.device_id {
        devices::note_proof(tx, account, device, app.clock.now()).await?;
    }
    Ok(started)
}

/// After the commit of what [`after_adding`] did: to the recovery codes that came with it, or to `page`.
pub fn lead_after_adding(started: Option<Started>, page: &str) {
    match started {
        Some(started) => {
            started.give();
            redirect(Then::RecoveryCodes.page());
        }
        None => redirect(page),
    }
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
    let mut tx = visitor::begin(&app, &person).await?;
    if !totp::name(&mut tx, person.account.id, id, &name).await? {
        return Err(AppError::NotFound);
    }
    record(&mut tx, person.account.id, Kind::SecondFactorNamed, None).await?;
    tx.commit().await?;
    redirect("/account/second-factor?named");
    Ok(())
}
