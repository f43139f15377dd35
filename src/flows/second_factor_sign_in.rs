//! The second step of a sign-in, where the account has a second factor.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts;
use crate::domain::factors::notices::take_code;
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::factors::{self, FactorKind};
use crate::domain::pending::{self, Pending, PendingToken, Stage};
use crate::flows::browsers;
use crate::flows::passkey_answers::{self, Answer};
use crate::flows::session_start::{self, Started};

/// What became of it.
pub enum Done {
    SignedIn(Started, Then),
    /// There is none to be finished: the sign-in waits no more, or never began in this browser.
    Over(Then),
    /// It waits for something else.
    WaitsFor(Stage),
}

/// The sign-in of this browser that waits for its second factor; else what there is instead.
async fn waiting<'a>(
    db: &Db,
    token: Option<&'a PendingToken>,
) -> Result<Result<(&'a PendingToken, Pending), Done>, sqlx::Error> {
    let Some(token) = token else { return Ok(Err(Done::Over(Then::default()))) };
    Ok(match pending::find(db, token, db.now()).await? {
        Some(pending) if pending.stage == Stage::Enrolment => Err(Done::WaitsFor(pending.stage)),
        Some(pending) => Ok((token, pending)),
        None => Err(Done::Over(Then::default())),
    })
}

/// Takes a code of the account whose password this browser gave within the last ten minutes, and
/// starts the session. Of two requests with one code exactly one succeeds. With `trust` the
/// password alone is enough in this browser for a while.
pub async fn with_code(db: &Db, token: Option<&PendingToken>, code: &Secret, trust: bool) -> Result<Done, AppError> {
    // Read before the write begins: whoever holds one connection and asks for another waits for all
    // who do the same.
    let (token, Pending { first, then, .. }) = match waiting(db, token).await? {
        Ok(waiting) => waiting,
        Err(instead) => return Ok(instead),
    };
    let Some(account) = accounts::find(db, first.account()).await? else { return Ok(Done::Over(then)) };
    let mut tx = db.begin_recorded().await?;
    let now = tx.now();
    let Some(pending) = pending::find_in(&mut tx, token, now).await? else { return Ok(Done::Over(then)) };
    let known = browsers::known(&mut tx, account.id).await?;
    let taken = take_code(db, tx, &account, known, &code.0).await;
    let (tx, kind) = taken.map_err(|refusal| factors::refusal_of(&code.0, refusal))?;
    let_in(tx, token, pending, kind, trust).await
}

/// As [`with_code`], with a passkey of the account.
pub async fn with_passkey(
    db: &Db,
    party: Option<&RelyingParty>,
    token: Option<&PendingToken>,
    answer: Answer<'_>,
    trust: bool,
) -> Result<Done, AppError> {
    let (token, Pending { then, .. }) = match waiting(db, token).await? {
        Ok(waiting) => waiting,
        Err(instead) => return Ok(instead),
    };
    let answered = passkey_answers::check(db, party, &For::SecondFactor(token), answer).await?;
    let mut tx = db.begin_recorded().await?;
    let now = tx.now();
    let Some(pending) = pending::find_in(&mut tx, token, now).await? else { return Ok(Done::Over(then)) };
    if answered.account() != pending.first.account() {
        return Err(AppError::PasskeyRefused);
    }
    passkey_answers::use_up(&mut tx, answered).await?;
    let_in(tx, token, pending, FactorKind::Passkey, trust).await
}

/// Uses the sign-in up, now that a factor of this `kind` was, and starts the session; all of it is
/// in `tx`, which is committed.
async fn let_in(
    mut tx: Tx,
    token: &PendingToken,
    pending: Pending,
    kind: FactorKind,
    trust: bool,
) -> Result<Done, AppError> {
    pending::take(&mut tx, token).await?;
    // Trusting a browser is about the password there.
    let trust = trust && pending.first.is_password();
    let proof = pending.first.after_second_factor(kind);
    let mut started = session_start::in_browser(&mut tx, &proof, pending.keep).await?;
    if trust {
        browsers::trust(&mut tx, &mut started).await?;
    }
    tx.commit().await?;
    Ok(Done::SignedIn(started, pending.then))
}
