//! Recovery codes: made with the first second factor, or anew, and shown to the session that made
//! them until they are saved.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::audit::Kind;
use crate::domain::factors;
use crate::domain::factors::drafts::{self, Draft, Owner};
use crate::domain::factors::notices::{record, tell};
use crate::domain::factors::recovery_codes::{self, RecoveryCodes};
use crate::domain::mail::letters::FactorNews;
use crate::flows::acting::{self, Person};

/// Puts new codes in place of all that the owner had, and keeps them for their session to see.
pub async fn make(tx: &mut Tx, owner: Owner) -> Result<(), AppError> {
    let now = tx.now();
    let new = RecoveryCodes::new(tx.randomness());
    recovery_codes::replace(tx, owner.account, &new, now).await?;
    // Another session's are void.
    drafts::forget(tx, owner.account, Draft::RecoveryCodes).await?;
    drafts::keep(tx, owner, Draft::RecoveryCodes, &new.to_bytes()).await?;
    record(tx, owner.account, Kind::RecoveryCodesMade, None).await?;
    Ok(())
}

/// Makes ten new codes for the person; the old ones are void. `NotFound` without a second factor
/// that they could stand in for.
pub async fn make_anew(db: &Db, person: &Person) -> Result<(), AppError> {
    let mut tx = acting::begin_change(db, person).await?;
    // Alone they are no second factor.
    if factors::authenticators(&mut tx, person.account.id).await? == 0 {
        return Err(AppError::NotFound);
    }
    make(&mut tx, person.draft_owner()).await?;
    tell(&mut tx, &person.account, FactorNews::CodesMade).await?;
    Ok(tx.commit().await?)
}

/// The person has saved them: they are not shown again.
pub async fn saved(db: &Db, person: &Person) -> Result<(), AppError> {
    let mut tx = db.begin().await?;
    // Wiped before it leaves this line: nobody asks for it any more.
    drop(drafts::take(&mut tx, person.draft_owner(), Draft::RecoveryCodes).await?);
    Ok(tx.commit().await?)
}
