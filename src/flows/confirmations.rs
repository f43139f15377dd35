//! Confirming who is there, before something that a passer-by at an unlocked screen, or whoever
//! took a cookie, must not do. The session gets a new id each time (ASVS 7.2.4).

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::passwords::{Passwords, StoredHash};
use crate::base::secret::Secret;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::notices::take_code;
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::factors::{self, FactorKind};
use crate::domain::limits::{Permit, proofs};
use crate::domain::{accounts, devices, sessions};
use crate::flows::acting::{self, Person};
use crate::flows::passkey_answers::{self, Answer};
use crate::flows::session_start::{self, Started};
use crate::flows::{browsers, password_checks};

/// With what somebody confirmed who they are.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    Password,
    Factor(FactorKind),
    /// A fresh sign-in at the service that people call so.
    Provider(&'a str),
}

/// With the password of whoever is signed in.
pub async fn with_password(
    db: &Db,
    passwords: &Passwords,
    person: &Person,
    password: &Secret,
) -> Result<Started, AppError> {
    let (stored, permit) = password_checks::confirm(db, passwords, person, password).await?;
    let done = after_password(db, person, &stored, &permit).await;
    permit.unless_done(db, done).await
}

async fn after_password(db: &Db, person: &Person, stored: &StoredHash, permit: &Permit) -> Result<Started, AppError> {
    let mut tx = db.begin_recorded().await?;
    // Changed meanwhile: it was right when it was given.
    if !accounts::still_has(&mut tx, person.account.id, stored, stored).await? {
        return Err(AppError::WrongPassword);
    }
    permit.was_right(&mut tx).await?;
    finish(tx, person, Shown::Password).await
}

/// With a passkey of whoever is signed in. It verified its user, so it counts as a second factor
/// that was shown in this session.
pub async fn with_passkey(
    db: &Db,
    party: Option<&RelyingParty>,
    person: &Person,
    answer: Answer<'_>,
) -> Result<Started, AppError> {
    let answered = passkey_answers::check(db, party, &For::Confirm(person.session.handle), answer).await?;
    if answered.account() != person.account.id {
        return Err(AppError::PasskeyRefused);
    }
    let mut tx = db.begin_recorded().await?;
    passkey_answers::use_up(&mut tx, answered).await?;
    finish(tx, person, Shown::Factor(FactorKind::Passkey)).await
}

/// With a code, where the account has a second factor and none was shown in this session. Codes are
/// counted and noted as at a sign-in.
pub async fn with_code(db: &Db, person: &Person, code: &Secret) -> Result<Started, AppError> {
    let account = &person.account;
    let mut tx = acting::begin(db, person).await?;
    let known = browsers::known(&mut tx, account.id).await?;
    let taken = take_code(db, tx, account, known, &code.0).await;
    let (tx, kind) = taken.map_err(|refusal| factors::refusal_of(&code.0, refusal))?;
    finish(tx, person, Shown::Factor(kind)).await
}

/// After `shown` was checked and used up in `tx`, which is committed: the session counts from now
/// on as one in which a second factor was shown, if it was.
pub async fn finish(mut tx: Tx, person: &Person, shown: Shown<'_>) -> Result<Started, AppError> {
    let (session, account, now) = (&person.session, person.account.id, tx.now());
    proofs::begin_act(&mut tx, session.handle).await?;
    if let Shown::Factor(kind) = shown {
        if !session.has_second_factor() {
            sessions::note_second_factor(&mut tx, session.handle, session.method_with(kind)).await?;
        }
        if let Some(device) = session.device_id {
            devices::note_proof(&mut tx, account, device, now).await?;
        }
    }
    let started = session_start::cycle(&mut tx, session, account).await?;
    let mut details = Details { session: Some(session.handle.0.to_string()), ..Details::of_visitor() };
    match shown {
        Shown::Password => details.reason = Some("password".to_owned()),
        Shown::Factor(kind) => details.reason = Some(kind.name().to_owned()),
        Shown::Provider(label) => details.provider = Some(label.to_owned()),
    }
    audit::record(&mut tx, &Event::about(account, Kind::SessionConfirmed, details)).await?;
    tx.commit().await?;
    Ok(started)
}
