//! Who may make an account: by a link that confirmed the address, or by an invitation, as
//! `registration.mode` has it.

use crate::base::config::{RegistrationConfig, RegistrationMode};
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::accounts::{self, Email};
use crate::domain::invitations;
use crate::domain::limits::{Door, proofs};
use crate::domain::links::{self, LinkToken, Purpose};

/// Whether anybody with `email` may make an account. Says nothing of who has one: the same for all
/// addresses of a domain.
pub fn may_register(registration: &RegistrationConfig, email: &Email) -> Result<(), AppError> {
    if registration.mode != RegistrationMode::Open {
        return Err(AppError::RegistrationClosed);
    }
    let domains = &registration.allowed_domains;
    if domains.is_empty() || domains.iter().any(|domain| domain == email.domain()) {
        Ok(())
    } else {
        Err(AppError::EmailDomain)
    }
}

/// Whether an account may be made for `email` where addresses are not confirmed, before anything is
/// hashed or written for it. Whether somebody has the address is told there
/// ([`AppError::EmailTaken`]), so each such answer is counted, and beyond the limit of a network
/// none is given: or whoever asks with a list would learn who of it has an account.
pub async fn may_begin_at_once(db: &Db, email: &Email) -> Result<(), AppError> {
    proofs::may_be_looked_at(db, Door::Register).await?;
    proofs::may_begin_account(db).await?;
    if accounts::find_by_email(db, email).await?.is_some() {
        return Err(proofs::note_refused(db, Door::Register, AppError::EmailTaken).await);
    }
    Ok(())
}

/// Whose address the link confirms, of somebody who may make an account with it today: the rules
/// may have changed since it was sent. An invited address may be of any domain.
pub async fn peek(db: &Db, token: &LinkToken) -> Result<Option<Email>, AppError> {
    let config = db.config();
    let now = db.now();
    if config.registration.mode == RegistrationMode::Closed {
        return Ok(None);
    }
    if let Some(invited) = invitations::peek(db, token, now).await? {
        return Ok(Some(invited));
    }
    let confirmed = links::peek(db, Purpose::VerifyEmail, token, now).await?.and_then(|link| link.email);
    Ok(confirmed.filter(|email| may_register(&config.registration, email).is_ok()))
}

/// [`peek`] with what stands in a page's address.
pub async fn peek_typed(db: &Db, typed: &str) -> Result<Option<Email>, AppError> {
    match LinkToken::parse(typed) {
        Some(token) => peek(db, &token).await,
        None => Ok(None),
    }
}

/// Uses up the link that [`peek`] showed. Of two posts at once, one: the other finds no link.
pub async fn take(tx: &mut Tx, token: &LinkToken) -> Result<(), AppError> {
    let now = tx.now();
    if invitations::take(tx, token, now).await?.is_some() {
        return Ok(());
    }
    links::take(tx, Purpose::VerifyEmail, token, now).await?.map(|_| ()).ok_or(AppError::LinkExpired)
}

/// Whether somebody whose address another service confirmed may make an account: whoever was
/// invited, and whoever could register.
pub async fn may_begin(tx: &mut Tx, email: &Email, email_verified: bool) -> Result<(), AppError> {
    let config = tx.config();
    let (registration, now) = (&config.registration, tx.now());
    let invited =
        registration.mode != RegistrationMode::Closed && email_verified && invitations::take_of(tx, email, now).await?;
    if invited { Ok(()) } else { may_register(registration, email) }
}
