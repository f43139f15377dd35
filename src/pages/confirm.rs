//! Confirming who is there, before something that a passer-by at an unlocked screen, or whoever took a cookie, must not do.

mod page;

pub use page::ConfirmPage;

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::passwords::{PlainPassword, StoredHash, Verified};
use crate::base::paths::{confirm_path_asking, path_asking};
use crate::base::secret::Secret;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::{self, FactorKind};
use crate::domain::limits::{self, Permit, proofs};
use crate::domain::{accounts, devices, sessions};
use crate::pages::passkeys;
use crate::pages::second_factor::take_code;
use crate::request::app::App;
use crate::request::visitor::{self, Missing, Person, Visitor};
use leptos::prelude::*;
use leptos_axum::redirect;

/// Takes the password of whoever is signed in, gives their session a new id (ASVS 7.2.4) and leads to `then`.
#[server(prefix = "/form", endpoint = "confirm")]
pub async fn confirm(#[server(default)] password: Secret, #[server(default)] then: String) -> Result<(), AppError> {
    let app = App::current()?;
    let person = Visitor::current().cookie_holder().cloned().ok_or(AppError::SignInRequired)?;
    let account = &person.account;
    if password.0.is_empty() {
        return Err(AppError::CurrentPasswordMissing);
    }
    let password = PlainPassword::parse(password.0.clone()).map_err(|_| AppError::WrongPassword)?;
    let stored = account.password_hash.clone();
    let permit = limits::before_confirmation(&app, &person).await?;
    let verified = match app.hasher.verify(&password, stored.clone()).await {
        Ok(verified) => verified,
        Err(busy) => {
            permit.was_not_looked_at(&app).await?;
            return Err(busy.into());
        }
    };
    let (Verified::Right | Verified::RightButOutdated, Some(stored)) = (verified, stored) else {
        note_failure(&app, &person, permit).await?;
        return Err(AppError::WrongPassword);
    };
    let done = finish_with_password(&app, &person, &stored, &permit, &then).await;
    permit.unless_done(&app, done).await
}

/// After the password that is `stored` was given.
async fn finish_with_password(
    app: &App,
    person: &Person,
    stored: &StoredHash,
    permit: &Permit,
    then: &str,
) -> Result<(), AppError> {
    let mut tx = app.db.begin_recorded().await?;
    // Changed meanwhile: it was right when it was given.
    if !accounts::still_has(&mut tx, person.account.id, stored, stored).await? {
        return Err(AppError::WrongPassword);
    }
    permit.was_right(&mut tx).await?;
    finish(app, tx, person, Shown::Password, then).await
}

/// As [`confirm`], with a passkey of whoever is signed in instead of the password. It verified its user, so it counts as a second
/// factor that was shown in this session.
#[server(prefix = "/form", endpoint = "confirm-with-passkey")]
pub async fn confirm_with_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = Visitor::current().cookie_holder().cloned().ok_or(AppError::SignInRequired)?;
    let answered = passkeys::check(&app, &For::Confirm(person.session.handle), &challenge, &credential).await?;
    if answered.account() != person.account.id {
        return Err(AppError::PasskeyRefused);
    }
    let mut tx = app.db.begin_recorded().await?;
    passkeys::use_up(&app, &mut tx, answered).await?;
    finish(&app, tx, &person, Shown::Factor(FactorKind::Passkey), &then).await
}

/// Takes a code, where the account has a second factor and none was shown in this session. Never in place of the password: whoever
/// gave that too long ago does so first. Codes are counted and noted as at a sign-in.
#[server(prefix = "/form", endpoint = "confirm-with-code")]
pub async fn confirm_with_code(
    #[server(default)] code: Secret,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    match visitor::missing(&app, &person).await? {
        Missing::SecondFactor(_) => {}
        Missing::RecentProof => {
            redirect(&confirm_path_asking(&then));
            return Ok(());
        }
        Missing::Nothing => {
            redirect(&path_asking(&then));
            return Ok(());
        }
    }
    let account = &person.account;
    let mut tx = visitor::begin(&app, &person).await?;
    let known = visitor::known_device(&mut tx, account.id).await?;
    let taken = take_code(&app, tx, account, known, &code.0).await;
    let (tx, kind) = taken.map_err(|refusal| factors::refusal_of(&code.0, refusal))?;
    finish(&app, tx, &person, Shown::Factor(kind), &then).await?;
    Ok(())
}

/// With what somebody confirmed who they are.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    Password,
    Factor(FactorKind),
    /// A fresh sign-in at the service that people call so.
    Provider(&'a str),
}

/// After `shown` was checked and used up in `tx`.
async fn finish(app: &App, tx: Tx, person: &Person, shown: Shown<'_>, then: &str) -> Result<(), AppError> {
    confirmed(app, tx, person, shown).await?;
    redirect(&path_asking(then));
    Ok(())
}

/// After `shown` was checked and used up in `tx`: the session gets its new id, and counts from now on as one in which a second factor
/// was shown, if it was.
pub async fn confirmed(app: &App, mut tx: Tx, person: &Person, shown: Shown<'_>) -> Result<(), AppError> {
    let (session, account, now) = (&person.session, person.account.id, app.clock.now());
    proofs::begin_act(app, &mut tx, session.handle).await?;
    if let Shown::Factor(kind) = shown {
        if !session.has_second_factor() {
            sessions::note_second_factor(&mut tx, session.handle, session.method_with(kind)).await?;
        }
        if let Some(device) = session.device_id {
            devices::note_proof(&mut tx, account, device, now).await?;
        }
    }
    let started = visitor::cycle_session(app, &mut tx, person).await?;
    let mut event = event(person, Kind::SessionConfirmed);
    match shown {
        Shown::Password => event.details.reason = Some("password".to_owned()),
        Shown::Factor(kind) => event.details.reason = Some(kind.name().to_owned()),
        Shown::Provider(label) => event.details.provider = Some(label.to_owned()),
    }
    audit::record(&mut tx, &event).await?;
    tx.commit().await?;
    started.give();
    Ok(())
}

/// Somebody who is signed in gave a wrong password: perhaps a passer-by who guesses.
pub async fn note_failure(app: &App, person: &Person, permit: Permit) -> Result<(), AppError> {
    let mut tx = app.db.begin_recorded().await?;
    let event = event(person, Kind::ConfirmationFailed);
    audit::record(&mut tx, &event).await?;
    permit.was_wrong(app, &mut tx).await?;
    Ok(tx.commit().await?)
}

fn event(person: &Person, kind: Kind) -> Event {
    let details = Details { session: Some(person.session.handle.0.to_string()), ..visitor::details() };
    Event { kind, account: Some(person.account.id), details }
}
