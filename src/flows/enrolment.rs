//! A sign-in of somebody who must have a second factor and has none: they set one up before they
//! are let in.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{self, Account};
use crate::domain::audit::Kind;
use crate::domain::devices::DeviceName;
use crate::domain::factors::drafts::Owner;
use crate::domain::factors::notices::{record, tell};
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::factors::{self, FactorKind, passkeys};
use crate::domain::mail::letters::FactorNews;
use crate::domain::pending::{self, Pending, PendingToken, Stage};
use crate::flows::passkey_answers::{self, Answer};
use crate::flows::session_start::{self, Started};
use crate::flows::{browsers, factor_additions, recovery_codes};

/// What became of it.
pub enum Done {
    SignedIn(Started, Then),
    /// The sign-in waits no more, or its account got a second factor meanwhile: that one is asked
    /// for at its beginning.
    Over,
}

/// Whose sign-in waits in this browser for its account to get a second factor.
pub async fn waiting(db: &Db, token: &PendingToken) -> Result<Option<Account>, sqlx::Error> {
    let pending = pending::find(db, token, db.now()).await?;
    match pending.filter(|pending| pending.stage == Stage::Enrolment) {
        Some(pending) => accounts::find(db, pending.first.account()).await,
        None => Ok(None),
    }
}

/// Turns on the authenticator app that this waiting sign-in of `account` was shown a key for, uses
/// the sign-in up and starts the session, all at once.
pub async fn with_app(
    db: &Db,
    token: &PendingToken,
    account: &Account,
    code: &Secret,
    name: &DeviceName,
) -> Result<Done, AppError> {
    let mut tx = db.begin_recorded().await?;
    let Some(pending) = still_waiting(&mut tx, token).await? else {
        tx.commit().await?;
        return Ok(Done::Over);
    };
    factor_additions::confirm_app(&mut tx, account, Owner::pending(account.id, token), code, name).await?;
    let_in(tx, pending, token, FactorKind::Totp).await
}

/// As [`with_app`], with a passkey that the browser has just made.
pub async fn with_passkey(
    db: &Db,
    party: Option<&RelyingParty>,
    (token, account): (&PendingToken, &Account),
    answer: Answer<'_>,
    name: &DeviceName,
) -> Result<Done, AppError> {
    passkey_answers::may_be_added(db)?;
    let created = passkey_answers::created_for(db, party, account.id, &For::Enrol(token), answer)?;
    let mut tx = db.begin_recorded().await?;
    let Some(pending) = still_waiting(&mut tx, token).await? else {
        tx.commit().await?;
        return Ok(Done::Over);
    };
    passkeys::add(&mut tx, account.id, &created, name).await?;
    record(&mut tx, account.id, Kind::SecondFactorAdded, Some(FactorKind::Passkey)).await?;
    tell(&mut tx, account, FactorNews::PasskeyAdded).await?;
    let_in(tx, pending, token, FactorKind::Passkey).await
}

/// What waits for a second factor, as the transaction sees it. It is used up if its account has one
/// by now.
async fn still_waiting(tx: &mut Tx, token: &PendingToken) -> Result<Option<Pending>, sqlx::Error> {
    let now = tx.now();
    let pending = pending::find_in(tx, token, now).await?;
    let Some(pending) = pending.filter(|pending| pending.stage == Stage::Enrolment) else { return Ok(None) };
    if factors::any_in(tx, pending.first.account()).await? {
        pending::take(tx, token).await?;
        return Ok(None);
    }
    Ok(Some(pending))
}

/// Uses the sign-in up, now that its account has a factor of this `kind`, and starts the session
/// and its recovery codes.
async fn let_in(mut tx: Tx, pending: Pending, token: &PendingToken, kind: FactorKind) -> Result<Done, AppError> {
    let Pending { first, keep, then, .. } = pending;
    let account = first.account();
    pending::take(&mut tx, token).await?;
    let proof = first.after_second_factor(kind);
    let started = session_start::in_browser(&mut tx, &proof, keep).await?;
    recovery_codes::make(&mut tx, Owner::session(account, started.handle())).await?;
    browsers::get_known(&mut tx, &started).await?;
    tx.commit().await?;
    Ok(Done::SignedIn(started, then))
}
