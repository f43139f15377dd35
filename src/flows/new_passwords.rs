//! New passwords, whoever sets them and however.

use crate::base::clock::UnixMicros;
use crate::base::db::Tx;
use crate::base::passwords::NewPassword;
use crate::domain::accounts::{self, AccountId};
use crate::domain::personal_tokens;

/// Sets a new password of `account`, and ends all its personal access tokens: whoever has to
/// replace a password does not know who made which of them. The caller ends the other sessions in
/// the same transaction.
pub async fn set(tx: &mut Tx, account: AccountId, new: &NewPassword, now: UnixMicros) -> Result<(), sqlx::Error> {
    personal_tokens::end_all(tx, account).await?;
    accounts::store_password(tx, account, new, now).await
}
