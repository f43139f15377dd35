//! The removal of second factors that waits, stopped by an owner who is signed in. By the link in
//! the letter: [`crate::flows::factor_resets`].

use crate::base::db::Db;
use crate::base::error::AppError;
use crate::base::secret::Secret;
use crate::domain::factors::notices::take_code;
use crate::flows::acting::{self, Person};
use crate::flows::factor_resets::{self, Stop};
use crate::flows::{browsers, taking_back};

/// Stops it with a code of a factor that counts as the owner's. A thief in the session may have
/// added one, which is why its owner asked for the removal; so one that is as new as that stops
/// nothing here, and the link in the letter does. `StopNeedsLetter`.
pub async fn stop(db: &Db, person: &Person, code: &Secret) -> Result<(), AppError> {
    let account = &person.account;
    let mut tx = acting::begin(db, person).await?;
    if !factor_resets::waits(&mut tx, account.id).await? {
        return Err(AppError::NotFound);
    }
    let known = browsers::known(&mut tx, account.id).await?;
    let (mut tx, kind) = take_code(db, tx, account, known, &code.0).await?;
    if !taking_back::is_settled(&mut tx, account.id, kind).await? {
        // Undone: the code is as good as before.
        return Err(AppError::StopNeedsLetter);
    }
    if !factor_resets::stop(&mut tx, account.id, Stop::Session).await? {
        return Err(AppError::NotFound);
    }
    Ok(tx.commit().await?)
}
