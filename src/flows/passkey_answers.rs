//! What a browser answers for a passkey: checked, counted where it is refused, and used up in the
//! transaction of what it lets happen.

use crate::base::config::AllowedFactor;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::secret::Secret;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::passkeys::ceremonies::{Answered, Ceremonies, Created, For, NotAnswered};
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::factors::passkeys::{self, Used};
use crate::domain::factors::policy;
use crate::domain::limits::{Door, proofs};

/// As it came: the challenge that the browser was given, and what it made of it.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub challenge: &'a str,
    pub credential: &'a Secret,
}

/// Checks the use of a passkey; a refusal is counted and noted, and the same for the visitor
/// whatever was wrong (ASVS 6.3.8). With `TooManyTries` it is not noted any more: anybody could
/// fill the trail. One that is right is taken however many were refused.
pub async fn check(
    db: &Db,
    party: Option<&RelyingParty>,
    purpose: &For<'_>,
    answer: Answer<'_>,
) -> Result<Answered, AppError> {
    let ceremonies = Ceremonies::of(db, party)?;
    match ceremonies.answered(db, purpose, answer.challenge, &answer.credential.0).await {
        Ok(answered) => Ok(answered),
        Err(NotAnswered::Database(error)) => Err(error.into()),
        Err(NotAnswered::Refused(refused, account)) => {
            tracing::warn!(reason = refused.name(), "the answer of a passkey was refused");
            let details = Details { reason: Some(refused.name().to_owned()), ..Details::of_visitor() };
            Err(note_refused(db, Some(Event { kind: Kind::PasskeyRefused, account, details })).await)
        }
    }
}

/// Counts a refusal and notes it as `event` at once, so that of many sent together no more are
/// noted than may be counted.
pub async fn note_refused(db: &Db, event: Option<Event>) -> AppError {
    let noted = async {
        let mut tx = proofs::begin_refused(db, Door::Passkey).await?;
        if let Some(event) = event {
            audit::record(&mut tx, &event).await?;
        }
        Ok::<_, AppError>(tx.commit().await?)
    };
    noted.await.err().unwrap_or(AppError::PasskeyRefused)
}

/// Uses a checked answer up, in the transaction of what it lets happen.
pub async fn use_up(tx: &mut Tx, answered: Answered) -> Result<Used, AppError> {
    let now = tx.now();
    passkeys::use_up(tx, answered, now).await?.ok_or(AppError::PasskeyRefused)
}

/// The operator says which factors can be set up.
pub fn may_be_added(db: &Db) -> Result<(), AppError> {
    if policy::allows(&db.config().second_factor, AllowedFactor::Passkey) { Ok(()) } else { Err(AppError::Forbidden) }
}

/// Checks a passkey that a browser has just made.
pub fn created(
    db: &Db,
    party: Option<&RelyingParty>,
    purpose: &For<'_>,
    answer: Answer<'_>,
) -> Result<Created, AppError> {
    Ceremonies::of(db, party)?.created(purpose, answer.challenge, &answer.credential.0).map_err(|refused| {
        tracing::info!(reason = refused.name(), "a new passkey was refused");
        AppError::PasskeyRefused
    })
}

/// As [`created`], for an account that is there.
pub fn created_for(
    db: &Db,
    party: Option<&RelyingParty>,
    account: AccountId,
    purpose: &For<'_>,
    answer: Answer<'_>,
) -> Result<Created, AppError> {
    let created = created(db, party, purpose, answer)?;
    if created.account == account { Ok(created) } else { Err(AppError::PasskeyRefused) }
}
