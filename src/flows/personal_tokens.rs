//! Personal access tokens: made and shown to one session until they are saved, and revoked.

use crate::base::db::Db;
use crate::base::error::AppError;
use crate::domain::audit::Kind;
use crate::domain::factors::drafts::{self, Draft};
use crate::domain::factors::notices::tell;
use crate::domain::mail::letters::FactorNews;
use crate::domain::personal_tokens::{self, NewToken, PersonalTokenId};
use crate::flows::acting::{self, Person};

/// Makes a token that is then shown to this session, and to it alone, until it is saved. Its owner
/// is written to.
pub async fn make(db: &Db, person: &Person, new: &NewToken<'_>) -> Result<(), AppError> {
    let account = person.account.id;
    let mut tx = acting::begin_change(db, person).await?;
    let token = personal_tokens::create(&mut tx, account, new).await?;
    drafts::keep(&mut tx, person.draft_owner(), Draft::PersonalToken, token.to_text().as_bytes()).await?;
    personal_tokens::record(&mut tx, account, Kind::TokenCreated, new.name).await?;
    tell(&mut tx, &person.account, FactorNews::TokenMade).await?;
    Ok(tx.commit().await?)
}

/// The person has saved it: it is not shown again.
pub async fn saved(db: &Db, person: &Person) -> Result<(), AppError> {
    let mut tx = db.begin().await?;
    // Wiped before it leaves this line: nobody asks for it any more.
    drop(drafts::take(&mut tx, person.draft_owner(), Draft::PersonalToken).await?);
    Ok(tx.commit().await?)
}

/// Revokes one of the person's; the next request with it is refused. Needs no recent proof, since
/// it only takes rights away.
pub async fn revoke(db: &Db, person: &Person, token: PersonalTokenId) -> Result<(), AppError> {
    let account = person.account.id;
    let mut tx = acting::begin(db, person).await?;
    if let Some(name) = personal_tokens::end(&mut tx, account, token).await? {
        personal_tokens::record(&mut tx, account, Kind::TokenRevoked, &name).await?;
    }
    Ok(tx.commit().await?)
}
