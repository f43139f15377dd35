//! Signing in on the page, and where each login leads: every way in ends in [`go_on`].

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::passwords::Passwords;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{self, Account, AccountId};
use crate::domain::audit::{Details, Event, Kind};
use crate::domain::factors::FactorKind;
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::factors::policy::{self, Asked, Demand};
use crate::domain::limits::Door;
use crate::domain::logins::{First, Login, Refused};
use crate::domain::pending::{self, Pending, PendingToken, Stage};
use crate::domain::sessions::Keep;
use crate::flows::browsers;
use crate::flows::passkey_answers::{self, Answer};
use crate::flows::password_sign_in::{self, Begun};
use crate::flows::session_start::{self, Started};

/// Where a login leads, once its transaction is committed.
#[must_use = "nobody is let in before they have the cookie"]
pub enum Next {
    SignedIn(Started, Then),
    Waits(PendingToken, Stage),
}

/// Signs in whoever is called `identifier`, if `password` is theirs. Refused with
/// `WrongCredentials` whatever was wrong, after one hash each time.
pub async fn with_password(
    db: &Db,
    passwords: &Passwords,
    (identifier, password): (&str, &Secret),
    keep: Keep,
    then: Then,
) -> Result<Next, AppError> {
    let begun = password_sign_in::begin(db, passwords, Door::SignIn, identifier, password).await?;
    let Begun { tx, login, demand, permit, .. } = begun;
    let next = after_password(tx, login, demand, keep, then).await;
    permit.unless_done(db, next).await
}

async fn after_password(mut tx: Tx, login: Login, demand: Demand, keep: Keep, then: Then) -> Result<Next, AppError> {
    let login = match then.asks_for_second_factor() {
        true => login,
        false => browsers::spare_second_factor(&mut tx, login, keep).await?,
    };
    let next = go_on(&mut tx, login, demand, keep, then).await?;
    tx.commit().await?;
    Ok(next)
}

/// Signs in whoever's passkey answered. It verified its user, so no second factor is asked for.
pub async fn with_passkey(
    db: &Db,
    party: Option<&RelyingParty>,
    answer: Answer<'_>,
    keep: Keep,
) -> Result<Started, AppError> {
    let answered = passkey_answers::check(db, party, &For::SignIn, answer).await?;
    let account = answered.account();
    let mut tx = db.begin_recorded().await?;
    let used = match passkey_answers::use_up(&mut tx, answered).await {
        Err(AppError::PasskeyRefused) => {
            drop(tx);
            // Counted and noted as a right password is: one right answer can be sent again for as
            // long as its challenge lives.
            let closed = refused_closed(accounts::find(db, account).await?.as_ref());
            return Err(passkey_answers::note_refused(db, closed).await);
        }
        used => used?,
    };
    let started = session_start::in_browser(&mut tx, &used.proof(), keep).await?;
    tx.commit().await?;
    Ok(started)
}

/// What is noted of the right passkey of an account that is disabled or locked; nothing of another
/// one.
fn refused_closed(account: Option<&Account>) -> Option<Event> {
    let account = account?;
    let refused = match (account.disabled_at, account.frozen_at) {
        (Some(_), _) => Refused::Disabled,
        (None, Some(_)) => Refused::Locked,
        (None, None) => return None,
    };
    let details = Details { reason: Some(refused.name().to_owned()), ..Details::of_visitor() };
    Some(Event { kind: Kind::SignInFailed, account: Some(account.id), details })
}

/// Goes on with whoever made an account just now, or gave theirs its first password, in the
/// transaction that did so.
pub async fn after_link(
    tx: &mut Tx,
    account: AccountId,
    first: First,
    asked: Asked,
    factors: &[FactorKind],
    then: Then,
) -> Result<Next, AppError> {
    let demand = policy::demand(&tx.config().second_factor, asked, !factors.is_empty(), tx.now());
    let login = Login::after_link(account, first, factors, demand);
    go_on(tx, login, demand, Keep::Ordinary, then).await
}

/// Goes on from what was proved, in the transaction that proved it: starts the session, or begins
/// to wait for what is missing.
pub async fn go_on(tx: &mut Tx, login: Login, demand: Demand, keep: Keep, then: Then) -> Result<Next, AppError> {
    let (stage, first) = match login {
        Login::Complete(proof) => {
            if let Demand::Soon(_) = demand {
                let now = tx.now();
                accounts::note_second_factor_asked(tx, proof.account(), now).await?;
            }
            return Ok(Next::SignedIn(session_start::in_browser(tx, &proof, keep).await?, then));
        }
        Login::NeedsSecondFactor(first) => (Stage::SecondFactor, first),
        Login::NeedsEnrolment(first) => (Stage::Enrolment, first),
    };
    tx.visit().still_awaited()?;
    let pending = Pending { stage, first, keep, then };
    Ok(Next::Waits(pending::start(tx, &pending).await?, stage))
}
