//! What somebody calls their authenticator apps and passkeys.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::audit::Kind;
use crate::domain::devices::DeviceName;
use crate::domain::factors::notices::record;
use crate::domain::factors::passkeys::{self, PasskeyId};
use crate::domain::factors::totp::{self, AuthenticatorId};
use crate::flows::acting::{self, Person};

/// Gives one of the person's authenticator apps a name; an empty one takes it away.
pub async fn name_app(db: &Db, person: &Person, app: AuthenticatorId, name: &DeviceName) -> Result<(), AppError> {
    let mut tx = acting::begin(db, person).await?;
    let named = totp::name(&mut tx, person.account.id, app, name).await?;
    finish(tx, person, named).await
}

/// As [`name_app`], of a passkey.
pub async fn name_passkey(db: &Db, person: &Person, passkey: PasskeyId, name: &DeviceName) -> Result<(), AppError> {
    let mut tx = acting::begin(db, person).await?;
    let named = passkeys::name(&mut tx, person.account.id, passkey, name).await?;
    finish(tx, person, named).await
}

async fn finish(mut tx: Tx, person: &Person, named: bool) -> Result<(), AppError> {
    if !named {
        return Err(AppError::NotFound);
    }
    record(&mut tx, person.account.id, Kind::SecondFactorNamed, None).await?;
    Ok(tx.commit().await?)
}
