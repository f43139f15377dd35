//! Taking a second factor away: not the last way in, nor the last factor where the policy asks for
//! one. The recovery codes go with the last one, and a password that is too short to stand alone is
//! replaced with it.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::passwords::{NewPassword, Passwords};
use crate::base::secret::Secret;
use crate::domain::accounts::{self, Account};
use crate::domain::audit::Kind;
use crate::domain::factors::notices::{record, tell};
use crate::domain::factors::passkeys::{self, PasskeyId};
use crate::domain::factors::totp::AuthenticatorId;
use crate::domain::factors::{self, FactorKind, Removed, policy};
use crate::domain::mail::letters::FactorNews;
use crate::domain::providers::{Providers, identities};
use crate::flows::acting::{self, Person};
use crate::flows::session_start::Started;
use crate::flows::{connections, password_changes};

/// Turns one of the person's authenticator apps off (ASVS 7.5.1). Gives the session its new id, if
/// it got one.
pub async fn remove_app(
    db: &Db,
    passwords: &Passwords,
    person: &Person,
    app: AuthenticatorId,
    new_password: &Secret,
) -> Result<Option<Started>, AppError> {
    let longer = longer_password(db, passwords, &person.account, new_password).await?;
    let mut tx = acting::begin_change(db, person).await?;
    let removed = factors::remove_totp(&mut tx, person.account.id, app).await?;
    let started = finish(&mut tx, person, FactorKind::Totp, removed, longer).await?;
    tx.commit().await?;
    Ok(started)
}

/// As [`remove_app`], of a passkey.
pub async fn remove_passkey(
    db: &Db,
    (passwords, providers): (&Passwords, &Providers),
    person: &Person,
    passkey: PasskeyId,
    new_password: &Secret,
) -> Result<Option<Started>, AppError> {
    let account = person.account.id;
    let longer = longer_password(db, passwords, &person.account, new_password).await?;
    let mut tx = acting::begin_change(db, person).await?;
    let connected = identities::list_in(&mut tx, account).await?;
    let passkeys = passkeys::count(&mut tx, account).await?;
    if connections::is_last_way_in(providers, &person.account, passkeys, &connected) {
        return Err(AppError::LastWayIn);
    }
    let removed = factors::remove_passkey(&mut tx, account, passkey).await?;
    let started = finish(&mut tx, person, FactorKind::Passkey, removed, longer).await?;
    tx.commit().await?;
    Ok(started)
}

/// The password that is to stand alone once the last factor is gone, where the one of `account` is
/// too short to. Done before any transaction: a hash takes long.
async fn longer_password(
    db: &Db,
    passwords: &Passwords,
    account: &Account,
    typed: &Secret,
) -> Result<Option<NewPassword>, AppError> {
    if account.password_stands_alone || typed.0.is_empty() {
        return Ok(None);
    }
    password_changes::choose(passwords, account, db.config().password.minimum, typed).await.map(Some)
}

/// After a factor was removed in the same transaction: refuses it where the policy asks for one,
/// puts `longer` in force where the old password can't stand alone, notes it, and writes to the
/// person.
async fn finish(
    tx: &mut Tx,
    person: &Person,
    kind: FactorKind,
    removed: Removed,
    longer: Option<NewPassword>,
) -> Result<Option<Started>, AppError> {
    let account = &person.account;
    let mut started = None;
    let news = match removed {
        Removed::Nothing => return Err(AppError::NotFound),
        Removed::One if kind == FactorKind::Passkey => FactorNews::PasskeyRemoved,
        Removed::One => FactorNews::Removed,
        Removed::Last if policy::covers(&tx.config().second_factor, account.role) => {
            return Err(AppError::LastSecondFactor);
        }
        Removed::Last => {
            if !accounts::password_stands_alone_in(tx, account.id).await? {
                let longer = longer.ok_or(AppError::PasswordMissing)?;
                started = Some(password_changes::put_in_force(tx, person, &longer).await?);
            }
            FactorNews::Off
        }
    };
    record(tx, account.id, Kind::SecondFactorRemoved, Some(kind)).await?;
    tell(tx, account, news).await?;
    Ok(started)
}
