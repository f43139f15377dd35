//! Setting up a second factor: an authenticator app that was shown a key, or a passkey that a
//! browser has just made.

use crate::base::config::AllowedFactor;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::secret::Secret;
use crate::domain::accounts::Account;
use crate::domain::audit::Kind;
use crate::domain::devices::{self, DeviceName};
use crate::domain::factors::drafts::{self, Draft, Owner};
use crate::domain::factors::notices::{record, tell};
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::factors::totp::{self, Confirmed, Key, Parameters, Stands};
use crate::domain::factors::{self, FactorKind, passkeys, policy};
use crate::domain::mail::letters::FactorNews;
use crate::domain::sessions;
use crate::flows::acting::{self, Person};
use crate::flows::passkey_answers::{self, Answer};
use crate::flows::recovery_codes;
use crate::flows::session_start::{self, Started};

/// The key that `owner` is being shown; made when it first asks.
pub async fn key_shown(db: &Db, owner: Owner) -> Result<Key, AppError> {
    // Shown before: a page that is loaded again writes nothing.
    if let Some(kept) = drafts::read(db, db.vault(), owner, Draft::Totp, db.now()).await? {
        return Key::from_bytes(&kept).ok_or(AppError::Internal);
    }
    let new = Key::new(db.randomness(), Parameters::of(&db.config().second_factor)).to_bytes();
    let mut tx = db.begin().await?;
    let kept = drafts::keep_first(&mut tx, owner, Draft::Totp, &new).await?;
    tx.commit().await?;
    kept.and_then(|kept| Key::from_bytes(&kept)).ok_or(AppError::Internal)
}

/// Turns on the authenticator app that this session was shown a key for, once it has made a right
/// code. The first factor brings the recovery codes, and gives the session a new id (ASVS 7.2.4).
pub async fn add_app(db: &Db, person: &Person, code: &Secret, name: &DeviceName) -> Result<Option<Started>, AppError> {
    let mut tx = acting::begin_change(db, person).await?;
    let first = !factors::any_in(&mut tx, person.account.id).await?;
    confirm_app(&mut tx, &person.account, person.draft_owner(), code, name).await?;
    let started = finish(&mut tx, person, first.then_some(FactorKind::Totp)).await?;
    tx.commit().await?;
    Ok(started)
}

/// As [`add_app`], for the passkey that the person's browser has just made.
pub async fn add_passkey(
    db: &Db,
    party: Option<&RelyingParty>,
    person: &Person,
    answer: Answer<'_>,
    name: &DeviceName,
) -> Result<Option<Started>, AppError> {
    let account = person.account.id;
    let purpose = For::Add(person.session.handle);
    let created = passkey_answers::created_for(db, party, account, &purpose, answer)?;
    let mut tx = acting::begin_change(db, person).await?;
    let first = !factors::any_in(&mut tx, account).await?;
    passkeys::add(&mut tx, account, &created, name).await?;
    record(&mut tx, account, Kind::SecondFactorAdded, Some(FactorKind::Passkey)).await?;
    tell(&mut tx, &person.account, FactorNews::PasskeyAdded).await?;
    let started = finish(&mut tx, person, first.then_some(FactorKind::Passkey)).await?;
    tx.commit().await?;
    Ok(started)
}

/// Turns on the app that `owner` was shown a key for, if `code` is right: notes it, and writes to
/// the person.
pub async fn confirm_app(
    tx: &mut Tx,
    account: &Account,
    owner: Owner,
    code: &Secret,
    name: &DeviceName,
) -> Result<(), AppError> {
    if !policy::allows(&tx.config().second_factor, AllowedFactor::Totp) {
        return Err(AppError::Forbidden);
    }
    // Taken back with the transaction if the code is wrong: the same QR code stays good.
    let draft = drafts::take(tx, owner, Draft::Totp).await?;
    let key = draft.and_then(|draft| Key::from_bytes(&draft)).ok_or(AppError::SetUpOver)?;
    let step = match key.judge(&code.0, tx.now()) {
        Stands::Now(step) => step,
        Stands::ClockOff => return Err(AppError::CodeClockOff),
        Stands::Not if code.0.trim().is_empty() => return Err(AppError::CodeMissing),
        Stands::Not => return Err(AppError::WrongCode),
    };
    let confirmed = Confirmed { key: &key, name, step };
    totp::add(tx, account.id, confirmed).await?;
    record(tx, account.id, Kind::SecondFactorAdded, Some(FactorKind::Totp)).await?;
    tell(tx, account, FactorNews::Added).await
}

/// What the `first` factor of the account (of which kind it is) brings; and the browser in which
/// one was added is a known one.
async fn finish(tx: &mut Tx, person: &Person, first: Option<FactorKind>) -> Result<Option<Started>, AppError> {
    let (account, session) = (person.account.id, &person.session);
    let mut started = None;
    if let Some(kind) = first {
        recovery_codes::make(tx, person.draft_owner()).await?;
        // A session that began before there was a second factor; this one was shown in it.
        if !session.has_second_factor() {
            sessions::note_second_factor(tx, session.handle, session.method_with(kind)).await?;
        }
        started = Some(session_start::cycle(tx, session, account).await?);
    }
    // Last, since new factors and codes make every browser unknown: whoever guesses elsewhere does
    // not make this one wait.
    if let Some(device) = session.device_id {
        let now = tx.now();
        devices::note_proof(tx, account, device, now).await?;
    }
    Ok(started)
}
