//! What somebody who is signed in does: begun in a transaction in which their session is still
//! live, and after what they show once more before they change what signs in to their account: its
//! second factors, passkeys, recovery codes, access tokens, sign-ins at other services, a first
//! password, and where its mail goes; or before they leave.
//!
//! Where the account has a second factor, one has to have been shown in the session itself.
//! Otherwise the password alone could take apart what is asked for besides it: in a browser that is
//! trusted, or in a session from before there was a second factor.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts::Account;
use crate::domain::factors::drafts::Owner;
use crate::domain::factors::{self, FactorKind};
use crate::domain::limits::proofs;
use crate::domain::sessions::{self, Session};

/// Somebody signed in, and the session they use.
#[derive(Debug)]
pub struct Person {
    pub account: Account,
    pub session: Session,
}

impl Person {
    /// To whom alone is shown what they set up.
    pub fn draft_owner(&self) -> Owner {
        Owner::session(self.account.id, self.session.handle)
    }
}

/// Begins what the person does: a recorded write in which their session is still live
/// ([`sessions::is_live`]), counted for it. `TooOften`: it has to rest.
pub async fn begin(db: &Db, person: &Person) -> Result<Tx, AppError> {
    proofs::may_act(db, person.session.handle).await?;
    let mut tx = begin_uncounted(db, person).await?;
    proofs::begin_act(&mut tx, person.session.handle).await?;
    Ok(tx)
}

/// As [`begin`], for what somebody may do as often as there is work for it: administering others.
async fn begin_uncounted(db: &Db, person: &Person) -> Result<Tx, AppError> {
    let mut tx = db.begin_recorded().await?;
    if sessions::is_live(&mut tx, person.session.handle, person.session.key()).await? {
        Ok(tx)
    } else {
        Err(AppError::SignInRequired)
    }
}

/// Whether the person proved who they are recently enough for what a passer-by at an unlocked
/// screen must not do. If not, the caller leads them to [`Then::confirm_path`]. What changes the
/// way in to the account asks [`missing`] instead.
pub fn is_recent(db: &Db, person: &Person) -> bool {
    person.session.is_recent(db.config().session.recent.as_std(), db.now())
}

/// What is missing before somebody may change what signs in to their account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    Nothing,
    /// The password or a passkey: the last proof was too long ago.
    RecentProof,
    /// One of these, which the account has: none was shown in this session.
    SecondFactor(Vec<FactorKind>),
}

/// What the person has to show before a change of what signs in to their account (ASVS 7.5.1). One
/// thing after the other: whoever proved too long ago who they are does so first.
pub async fn missing(db: &Db, person: &Person) -> Result<Missing, sqlx::Error> {
    if !is_recent(db, person) {
        return Ok(Missing::RecentProof);
    }
    if person.session.has_second_factor() {
        return Ok(Missing::Nothing);
    }
    let factors = factors::of(db, person.account.id).await?;
    Ok(if factors.is_empty() { Missing::Nothing } else { Missing::SecondFactor(factors) })
}

/// Begins what changes the way in to the person's account. Whatever [`missing`] said may have
/// changed on the way here: the session may be over, or a second factor may have been turned on in
/// another.
pub async fn begin_change(db: &Db, person: &Person) -> Result<Tx, AppError> {
    let mut tx = begin(db, person).await?;
    is_proved(db, &mut tx, person).await?;
    proofs::begin_change(&mut tx, person.session.handle).await?;
    Ok(tx)
}

/// As [`begin_change`], for what is done to others, and is not counted.
pub async fn begin_administering(db: &Db, person: &Person) -> Result<Tx, AppError> {
    let mut tx = begin_uncounted(db, person).await?;
    is_proved(db, &mut tx, person).await?;
    Ok(tx)
}

async fn is_proved(db: &Db, tx: &mut Tx, person: &Person) -> Result<(), AppError> {
    if !is_recent(db, person) {
        return Err(AppError::ConfirmationRequired);
    }
    if !person.session.has_second_factor() && factors::any_in(tx, person.account.id).await? {
        return Err(AppError::ConfirmationRequired);
    }
    Ok(())
}

/// Whether what is done at `then` changes the way in to `account`.
pub fn changes_way_in(then: &Then, account: &Account) -> bool {
    match then {
        // A password that is there is asked for by the form itself.
        Then::Password => account.password_hash.is_none(),
        then => then.changes_way_in(),
    }
}
