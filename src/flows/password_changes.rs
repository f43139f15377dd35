//! Another password for whoever is signed in, by the old one; or their first, if they were asked
//! lately who they are. What was begun with the old one is void, their other sessions end, and this
//! one gets a new id.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::passwords::{NewPassword, Passwords, StoredHash};
use crate::base::secret::Secret;
use crate::domain::accounts::{self, Account};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::{self, policy};
use crate::domain::limits::{Permit, proofs};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::sessions::EndReason;
use crate::domain::ways_in::Taken;
use crate::domain::{devices, links, pending};
use crate::flows::acting::{self, Person};
use crate::flows::session_start::{self, Started};
use crate::flows::{new_passwords, password_checks, session_ends};

/// Puts `new` in the place of the password that is `current`, or of none, where what is asked for
/// by [`acting::missing`] was shown.
pub async fn change(
    db: &Db,
    passwords: &Passwords,
    person: &Person,
    current: &Secret,
    new: &Secret,
) -> Result<Started, AppError> {
    if person.account.password_hash.is_none() {
        return replace(db, passwords, person, None, new).await;
    }
    let (stored, permit) = password_checks::confirm(db, passwords, person, current).await?;
    let changed = replace(db, passwords, person, Some((&stored, &permit)), new).await;
    // The password that there is was right: whoever looks for a good new one must not be kept
    // waiting for it.
    permit.unless_done(db, changed).await
}

/// In place of the password that was `shown`, as it is stored; of none, where there is none.
async fn replace(
    db: &Db,
    passwords: &Passwords,
    person: &Person,
    shown: Option<(&StoredHash, &Permit)>,
    typed: &Secret,
) -> Result<Started, AppError> {
    let account = &person.account;
    let minimum = minimum_for(db, account, is_protected(db, person).await?);
    let new = choose(passwords, account, minimum, typed).await?;
    let mut tx = match shown {
        Some(_) => db.begin_recorded().await?,
        None => acting::begin_change(db, person).await?,
    };
    if shown.is_some() {
        proofs::begin_change(&mut tx, person.session.handle).await?;
    }
    let as_before = match shown {
        Some((stored, _)) => accounts::still_has(&mut tx, account.id, stored, stored).await?,
        None => accounts::still_has_none(&mut tx, account.id).await?,
    };
    if !as_before {
        return Err(AppError::WrongPassword);
    }
    if let Some((_, permit)) = shown {
        permit.was_right(&mut tx).await?;
    }
    let started = put_in_force(&mut tx, person, &new).await?;
    tx.commit().await?;
    Ok(started)
}

/// Sets the new password of whoever is signed in, and tells them.
pub async fn put_in_force(tx: &mut Tx, person: &Person, new: &NewPassword) -> Result<Started, AppError> {
    let (account, now) = (&person.account, tx.now());
    new_passwords::set(tx, account.id, new, now).await?;
    links::void_of_account(tx, account.id).await?;
    pending::void_of_account(tx, account.id).await?;
    audit::record(tx, &Event::about(account.id, Kind::PasswordChanged, Details::of_visitor())).await?;
    let (kept, reason) = (Some(person.session.handle), EndReason::PasswordChanged);
    session_ends::all(tx, account.id, kept, reason, Details::of_visitor()).await?;
    devices::forget_all(tx, account.id, person.session.device_id).await?;
    let started = session_start::cycle(tx, &person.session, account.id).await?;
    tell(tx, account, &Taken::default()).await?;
    Ok(started)
}

/// A new password of `account`, with at least `minimum` characters.
pub async fn choose(
    passwords: &Passwords,
    account: &Account,
    minimum: u16,
    typed: &Secret,
) -> Result<NewPassword, AppError> {
    let person = [account.email.as_str(), account.username.as_str(), account.display_name.as_str()];
    passwords.choose(typed, minimum, &person).await
}

/// The fewest characters of a new password of `account`. `protected`: it has a second factor.
pub fn minimum_for(db: &Db, account: &Account, protected: bool) -> u16 {
    policy::password_minimum(db.config(), account.into(), protected, db.now())
}

/// Whether the person has a second factor and proved it in this session: one that did not would end
/// with a password too short to stand alone.
pub async fn is_protected(db: &Db, person: &Person) -> Result<bool, sqlx::Error> {
    Ok(person.session.has_second_factor() && !factors::of(db, person.account.id).await?.is_empty())
}

/// The owner hears of it even if somebody else did it (ASVS 6.3.7), and what was `taken` away with
/// it.
pub async fn tell(tx: &mut Tx, account: &Account, taken: &Taken) -> Result<(), AppError> {
    let config = tx.config();
    let occasion = letters::Occasion::of(tx.origin(), tx.now());
    let again = config.link("/forgot-password");
    let letter = Recipient::owner(tx, account)
        .letter(|to| letters::password_changed(to, &config.site.name, &occasion, taken, &again));
    mail::queue(tx, &letter).await?;
    Ok(())
}
