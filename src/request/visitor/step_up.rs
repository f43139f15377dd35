//! What somebody who is signed in shows once more before they change what signs in to their account: its second factors, passkeys,
//! recovery codes, access tokens, sign-ins at other services, a first password, and where its mail goes; or before they leave.
//!
//! Where the account has a second factor, one has to have been shown in the session itself. Otherwise the password alone could take
//! apart what is asked for besides it: in a browser that is trusted, or in a session from before there was a second factor.

use super::{Person, begin, begin_uncounted, is_recent};
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts::Account;
use crate::domain::factors::{self, FactorKind};
use crate::domain::limits::proofs;
use crate::request::app::App;

/// What is missing before somebody may change what signs in to their account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    Nothing,
    /// The password or a passkey: the last proof was too long ago.
    RecentProof,
    /// One of these, which the account has: none was shown in this session.
    SecondFactor(Vec<FactorKind>),
}

/// What the person has to show before a change of what signs in to their account (ASVS 7.5.1). One thing after the other: whoever
/// proved too long ago who they are does so first.
pub async fn missing(app: &App, person: &Person) -> Result<Missing, sqlx::Error> {
    if !is_recent(app, person) {
        return Ok(Missing::RecentProof);
    }
    if person.session.has_second_factor() {
        return Ok(Missing::Nothing);
    }
    let factors = factors::of(&app.db, person.account.id).await?;
    Ok(if factors.is_empty() { Missing::Nothing } else { Missing::SecondFactor(factors) })
}

/// Begins what changes the way in to the person's account. Whatever [`missing`] said may have changed on the way here: the session may
/// be over, or a second factor may have been turned on in another.
pub async fn begin_change(app: &App, person: &Person) -> Result<Tx, AppError> {
    let mut tx = begin(app, person).await?;
    is_proved(app, &mut tx, person).await?;
    proofs::begin_change(app, &mut tx, person.session.handle).await?;
    Ok(tx)
}

/// As [`begin_change`], for what is done to others, and is not counted.
pub async fn begin_administering(app: &App, person: &Person) -> Result<Tx, AppError> {
    let mut tx = begin_uncounted(app, person).await?;
    is_proved(app, &mut tx, person).await?;
    Ok(tx)
}

async fn is_proved(app: &App, tx: &mut Tx, person: &Person) -> Result<(), AppError> {
    if !is_recent(app, person) {
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
        Then::Totp
        | Then::RecoveryCodes
        | Then::AddPasskey
        | Then::RemovePasskey(_)
        | Then::TurnOff(_)
        | Then::AddToken
        | Then::LinkConnection(_)
        | Then::Unlink(_)
        // A mailbox is a way to a new password; and whoever leaves, or takes everything along, is as little a passer-by.
        | Then::ChangeEmail
        | Then::DownloadData
        | Then::DeleteAccount
        // What is done there may change the way in to other accounts.
        | Then::Admin
        | Then::AdminUsers
        | Then::AdminUser(_)
        | Then::AdminSessions
        | Then::AdminAttacks
        | Then::AdminInvitations
        | Then::AdminActivity => true,
        // A password that is there is asked for by the form itself.
        Then::Password => account.password_hash.is_none(),
        Then::Account
        | Then::Profile
        | Then::Sessions
        | Then::EndSession(_)
        | Then::EndOthers
        | Then::SecondFactor
        | Then::Passkeys
        | Then::Tokens
        | Then::Connections
        | Then::Activity
        | Then::App(_) => false,
    }
}
