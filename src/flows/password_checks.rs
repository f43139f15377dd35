//! A password held against a stored hash, under the permit that counted the try: at a sign-in, and
//! wherever somebody who is signed in gives theirs once more.

use crate::base::db::Db;
use crate::base::error::AppError;
use crate::base::passwords::{Passwords, PlainPassword, StoredHash, Verified};
use crate::base::secret::Secret;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::limits::{self, Permit};
use crate::flows::acting::Person;

/// Verifies `typed`. In silence, or where there is nothing stored, as much is spent, on `stand_in`
/// or on nothing, and it is wrong. The try is given back where the server is too busy to look.
pub async fn verify(
    db: &Db,
    passwords: &Passwords,
    permit: Permit,
    typed: &PlainPassword,
    (stored, stand_in): (Option<&StoredHash>, Option<StoredHash>),
) -> Result<(Verified, Permit), AppError> {
    let checked = match stored {
        Some(stored) if !permit.is_silenced() => passwords.hasher.verify(typed, Some(stored.clone())).await,
        stored => passwords.hasher.pretend(typed, stored.cloned().or(stand_in)).await,
    };
    match checked {
        Ok(verified) => Ok((verified, permit)),
        Err(busy) => {
            permit.was_not_looked_at(db).await?;
            Err(busy.into())
        }
    }
}

/// Makes sure that `typed` is the password of whoever is signed in, and gives it as it is stored.
/// The permit is given back in the transaction of what the password lets happen, or by
/// [`Permit::unless_done`]. A wrong one is noted: perhaps a passer-by guesses.
pub async fn confirm(
    db: &Db,
    passwords: &Passwords,
    person: &Person,
    typed: &Secret,
) -> Result<(StoredHash, Permit), AppError> {
    if typed.0.is_empty() {
        return Err(AppError::CurrentPasswordMissing);
    }
    let typed = PlainPassword::parse(typed.0.clone()).map_err(|_| AppError::WrongPassword)?;
    let stored = person.account.password_hash.clone();
    let permit = limits::before_confirmation(db, &person.session).await?;
    let (verified, permit) = verify(db, passwords, permit, &typed, (stored.as_ref(), None)).await?;
    match (verified, stored) {
        (Verified::Right | Verified::RightButOutdated, Some(stored)) => Ok((stored, permit)),
        (Verified::Right | Verified::RightButOutdated, None) | (Verified::Wrong, _) => {
            note_failure(db, person, permit).await?;
            Err(AppError::WrongPassword)
        }
    }
}

async fn note_failure(db: &Db, person: &Person, permit: Permit) -> Result<(), AppError> {
    let mut tx = db.begin_recorded().await?;
    let details = Details { session: Some(person.session.handle.0.to_string()), ..Details::of_visitor() };
    audit::record(&mut tx, &Event::about(person.account.id, Kind::ConfirmationFailed, details)).await?;
    permit.was_wrong(&mut tx).await?;
    Ok(tx.commit().await?)
}
