//! Adding, naming and removing passkeys.

use super::challenge::may_be_added;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::user_agent;
use crate::domain::accounts::{Account, AccountId};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::DeviceName;
use crate::domain::factors::passkeys::ceremonies::{Answered, Created, For, NotAnswered};
use crate::domain::factors::passkeys::{self, PasskeyId, Used};
use crate::domain::factors::{self, FactorKind};
use crate::domain::limits::{Door, proofs};
use crate::domain::mail::letters::FactorNews;
use crate::domain::providers::identities::{self, Connection};
use crate::pages::providers::ways_in;
use crate::pages::second_factor::{
    after_adding, after_removing, is_led_to_confirm, lead_after_adding, longer_password, record, tell,
};
use crate::request::app::App;
use crate::request::visitor;
use leptos::prelude::*;
use leptos_axum::redirect;

/// Adds the passkey that the visitor's browser has just made. As the first factor it brings the recovery codes, gives the session
/// a new id (ASVS 7.2.4) and leads to them.
#[server(prefix = "/form", endpoint = "add-passkey")]
pub async fn add_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] device_name: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if is_led_to_confirm(&app, &person, Then::AddPasskey).await? {
        return Ok(());
    }
    may_be_added(&app)?;
    let name = name_or_device(&device_name)?;
    let purpose = For::Add(person.session.handle);
    let account = person.account.id;
    let created = check_created(&app, &purpose, account, &challenge, &credential)?;
    let mut tx = visitor::begin_change(&app, &person).await?;
    let first = !factors::any_in(&mut tx, account).await?;
    passkeys::add(&mut tx, account, &created, &name).await?;
    record(&mut tx, account, Kind::SecondFactorAdded, Some(FactorKind::Passkey)).await?;
    tell(&app, &mut tx, &person.account, FactorNews::PasskeyAdded).await?;
    let started = after_adding(&app, &mut tx, &person, first.then_some(FactorKind::Passkey)).await?;
    tx.commit().await?;
    lead_after_adding(started, "/account/passkeys?added");
    Ok(())
}

/// Checks a passkey that a browser has just made for `account`.
pub fn check_created(
    app: &App,
    purpose: &For<'_>,
    account: AccountId,
    challenge: &str,
    answer: &Secret,
) -> Result<Created, AppError> {
    match app.ceremonies()?.created(purpose, challenge, &answer.0) {
        Ok(created) if created.account == account => Ok(created),
        Ok(_) => Err(AppError::PasskeyRefused),
        Err(refused) => {
            tracing::info!(reason = refused.name(), "a new passkey was refused");
            Err(AppError::PasskeyRefused)
        }
    }
}

/// As typed; else after the browser it was made in, so that of several each can be told.
pub fn name_or_device(typed: &str) -> Result<DeviceName, AppError> {
    if !typed.trim().is_empty() {
        return DeviceName::parse(typed);
    }
    DeviceName::parse(&user_agent::describe(&visitor::origin().user_agent)).or_else(|_| DeviceName::parse(""))
}

fn id(typed: &str) -> Result<PasskeyId, AppError> {
    typed.parse().map_err(|_| AppError::BadRequest)
}

/// Removes one of the visitor's passkeys; the recovery codes go with the last factor. Refused for the last way into the account, and
/// for the last factor where the policy asks for one; takes a new password with the last factor where the old one is too short to
/// stand alone.
#[server(prefix = "/form", endpoint = "remove-passkey")]
pub async fn remove_passkey(
    #[server(default)] passkey: String,
    #[server(default)] new_password: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&passkey)?;
    if is_led_to_confirm(&app, &person, Then::RemovePasskey(id.0)).await? {
        return Ok(());
    }
    let account = person.account.id;
    let longer = longer_password(&app, &person.account, &new_password).await?;
    let mut tx = visitor::begin_change(&app, &person).await?;
    let connections = identities::list_in(&mut tx, account).await?;
    if is_last_way_in(&app, &person.account, passkeys::count(&mut tx, account).await?, &connections) {
        return Err(AppError::LastWayIn);
    }
    let removed = factors::remove_passkey(&mut tx, account, id).await?;
    let started = after_removing(&app, &mut tx, &person, FactorKind::Passkey, removed, longer).await?;
    tx.commit().await?;
    if let Some(started) = started {
        started.give();
    }
    redirect("/account/passkeys?removed");
    Ok(())
}

/// Whether nobody could sign in to the account any more without its one passkey.
pub fn is_last_way_in(app: &App, account: &Account, passkeys: i64, connections: &[Connection]) -> bool {
    ways_in(app, account, passkeys.saturating_sub(1), connections) == 0
}

/// Gives one of the visitor's passkeys a name; an empty one takes it away.
#[server(prefix = "/form", endpoint = "name-passkey")]
pub async fn name_passkey(
    #[server(default)] passkey: String,
    #[server(default)] device_name: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let id = id(&passkey)?;
    let name = DeviceName::parse(&device_name)?;
    let mut tx = visitor::begin(&app, &person).await?;
    if !passkeys::name(&mut tx, person.account.id, id, &name).await? {
        return Err(AppError::NotFound);
    }
    record(&mut tx, person.account.id, Kind::SecondFactorNamed, None).await?;
    tx.commit().await?;
    redirect("/account/passkeys?named");
    Ok(())
}

/// Checks a browser's answer; a refusal is counted and noted, and the same for the visitor whatever was wrong (ASVS 6.3.8). With
/// `TooManyTries` it is not noted any more: anybody could fill the trail. One that is right is taken however many were refused.
pub async fn check(app: &App, purpose: &For<'_>, challenge: &str, answer: &Secret) -> Result<Answered, AppError> {
    match app.ceremonies()?.answered(&app.db, purpose, challenge, &answer.0).await {
        Ok(answered) => Ok(answered),
        Err(NotAnswered::Database(error)) => Err(error.into()),
        Err(NotAnswered::Refused(refused, account)) => {
            tracing::warn!(reason = refused.name(), "the answer of a passkey was refused");
            let details = Details { reason: Some(refused.name().to_owned()), ..visitor::details() };
            Err(note_refused(app, Some(Event { kind: Kind::PasskeyRefused, account, details })).await)
        }
    }
}

/// Counts a refusal and notes it as `event` at once, so that of many sent together no more are noted than may be counted.
pub async fn note_refused(app: &App, event: Option<Event>) -> AppError {
    let noted = async {
        let mut tx = proofs::begin_refused(app, Door::Passkey).await?;
        if let Some(event) = event {
            audit::record(&mut tx, &event).await?;
        }
        Ok::<_, AppError>(tx.commit().await?)
    };
    noted.await.err().unwrap_or(AppError::PasskeyRefused)
}

/// Uses a checked answer up, in the transaction of what it lets happen.
pub async fn use_up(app: &App, tx: &mut Tx, answered: Answered) -> Result<Used, AppError> {
    passkeys::use_up(tx, answered, app.clock.now()).await?.ok_or(AppError::PasskeyRefused)
}
