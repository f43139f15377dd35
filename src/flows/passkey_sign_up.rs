//! Accounts that begin with a passkey instead of a password: behind the link that confirms an
//! address, at once where addresses are not confirmed, and behind the operator's link
//! ([`crate::flows::set_up`]).

use crate::base::config::RegistrationMode;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::secret::Secret;
use crate::base::words::bundles::Language;
use crate::domain::accounts::{AccountId, Email, NewAccount, Role};
use crate::domain::audit::Kind;
use crate::domain::devices::DeviceName;
use crate::domain::factors::drafts::Owner;
use crate::domain::factors::notices::record;
use crate::domain::factors::passkeys::ceremonies::{Created, For};
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::factors::{FactorKind, passkeys};
use crate::domain::limits::proofs;
use crate::domain::links::LinkToken;
use crate::domain::logins::{First, Proof};
use crate::domain::newcomers;
use crate::domain::sessions::Keep;
use crate::flows::passkey_answers::{self, Answer};
use crate::flows::registration::{self, open_account};
use crate::flows::session_start::{self, Started};
use crate::flows::{browsers, recovery_codes};

/// The passkey that a browser has just made, and what is said of whoever has it.
#[derive(Clone, Copy)]
pub struct Made<'a> {
    pub answer: Answer<'a>,
    /// What it is called.
    pub name: &'a DeviceName,
    /// That of the page it was made on.
    pub language: Language,
}

/// Ends registration without a password: takes the link, makes the account with the passkey that
/// the browser has just made for it, and signs in. Its recovery codes are the only other way in.
pub async fn by_link(
    db: &Db,
    party: Option<&RelyingParty>,
    token: &Secret,
    made: Made<'_>,
) -> Result<Started, AppError> {
    passkey_answers::may_be_added(db)?;
    let Some(email) = newcomers::peek_typed(db, &token.0).await? else {
        return Err(registration::refuse_link(db).await);
    };
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let created = passkey_answers::created(db, party, &For::SignUp(&token), made.answer)?;
    let mut tx = db.begin_recorded().await?;
    newcomers::take(&mut tx, &token).await?;
    open(db, tx, &created, without_password(&created, email, true, Role::Member), made).await
}

/// As [`by_link`], for installations that gave up checking addresses: an address that is taken is
/// told.
pub async fn at_once(db: &Db, party: Option<&RelyingParty>, email: Email, made: Made<'_>) -> Result<Started, AppError> {
    let created = passkey_answers::created(db, party, &For::Register(&email), made.answer)?;
    newcomers::may_begin_at_once(db, &email).await?;
    let mut tx = db.begin_recorded().await?;
    proofs::begin_account(&mut tx).await?;
    open(db, tx, &created, without_password(&created, email, false, Role::Member), made).await
}

/// Whether an account can be made with nothing but an address and a passkey.
pub fn is_possible_at_once(db: &Db) -> Result<(), AppError> {
    let registration = &db.config().registration;
    if registration.mode != RegistrationMode::Open {
        return Err(AppError::RegistrationClosed);
    }
    if registration.verify_email {
        return Err(AppError::Forbidden);
    }
    passkey_answers::may_be_added(db)
}

async fn open(db: &Db, mut tx: Tx, created: &Created, new: NewAccount, made: Made<'_>) -> Result<Started, AppError> {
    let account = open_account(db, &mut tx, &new, made.language).await?;
    let started = begin(&mut tx, account, created, made.name).await?;
    tx.commit().await?;
    Ok(started)
}

/// The account that `created` was made for.
pub fn without_password(created: &Created, email: Email, email_verified: bool, role: Role) -> NewAccount {
    NewAccount { id: Some(created.account), email, email_verified, username: None, password: None, role }
}

/// Gives `account` its first way in and signs its owner in, in the transaction that made it or took
/// the link to it. Writes no letter about the new factor: with a password nobody gets one either,
/// who has just made an account or opened the operator's link to theirs.
pub async fn begin(tx: &mut Tx, account: AccountId, created: &Created, name: &DeviceName) -> Result<Started, AppError> {
    passkeys::add(tx, account, created, name).await?;
    record(tx, account, Kind::SecondFactorAdded, Some(FactorKind::Passkey)).await?;
    let proof = Proof::after_link(account, First::Passkey);
    let started = session_start::in_browser(tx, &proof, Keep::Ordinary).await?;
    recovery_codes::make(tx, Owner::session(account, started.handle())).await?;
    browsers::get_known(tx, &started).await?;
    Ok(started)
}
