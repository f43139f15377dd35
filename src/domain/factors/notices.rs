//! What is noted and written to people when their second factors change, are used up or guessed at.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::accounts::{Account, AccountId};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::KnownDevice;
use crate::domain::factors::{self, FactorKind, failures, recovery_codes};
use crate::domain::links;
use crate::domain::mail::letters::{self, FactorNews, Occasion};
use crate::domain::mail::{self, Recipient};

/// Adds an entry about `account` to the trail; `factor` is the kind of second factor it is about,
/// where there are several.
pub async fn record(
    tx: &mut Tx,
    account: AccountId,
    kind: Kind,
    factor: Option<FactorKind>,
) -> Result<(), sqlx::Error> {
    let details = Details { reason: factor.map(|factor| factor.name().to_owned()), ..Details::of_visitor() };
    let event = Event { kind, account: Some(account), details };
    audit::record(tx, &event).await
}

/// Queues a letter to the owner of `account`, who hears of it even if somebody else did it (ASVS
/// 6.3.7). Its link shows the entry that was recorded last, so [`record`] comes first.
pub async fn tell(tx: &mut Tx, account: &Account, news: FactorNews) -> Result<(), AppError> {
    let config = tx.config();
    let now = tx.now();
    let occasion = Occasion::of(tx.origin(), now);
    let lock = config.link(&links::page_that_locks(tx, account.id).await?);
    let letter = Recipient::owner(tx, account)
        .letter(|to| letters::second_factor(to, &config.site.name, &occasion, news, &lock));
    mail::queue(tx, &letter).await?;
    Ok(())
}

/// Takes a code as [`factors::check`] does, in a recorded `tx`, and notes what came of it. Gives
/// `tx` back for what a right one lets happen; a refusal is committed here, since it counts.
pub async fn take_code(
    db: &Db,
    mut tx: Tx,
    account: &Account,
    known: Option<KnownDevice>,
    typed: &str,
) -> Result<(Tx, FactorKind), AppError> {
    let now = db.now();
    if typed.trim().is_empty() {
        // No try: nothing was guessed. What came before it in the same transaction holds, such as
        // that the password was right.
        tx.commit().await?;
        return Err(AppError::WrongCode);
    }
    let checked = factors::check(&mut tx, db.vault(), account.id, known, typed, now).await?;
    match checked.or_refusal() {
        Ok(kind) => {
            note_right(&mut tx, account, kind).await?;
            Ok((tx, kind))
        }
        Err(refusal) => {
            if refusal == AppError::WrongCode {
                note_wrong(&mut tx, account, known).await?;
            }
            tx.commit().await?;
            Err(refusal)
        }
    }
}

/// After a code was right: a recovery code is noted and written about, since its owner must not run
/// out of them unawares.
async fn note_right(tx: &mut Tx, account: &Account, kind: FactorKind) -> Result<(), AppError> {
    if kind == FactorKind::RecoveryCode {
        record(tx, account.id, Kind::RecoveryCodeUsed, None).await?;
        let left = recovery_codes::left_after(tx, account.id).await?;
        tell(tx, account, FactorNews::CodeUsed(left)).await?;
    }
    Ok(())
}

/// After a code was wrong, but not for one that has to wait, or anybody could fill the trail. One
/// letter when the waits begin, for the account or for a `known` browser.
async fn note_wrong(tx: &mut Tx, account: &Account, known: Option<KnownDevice>) -> Result<(), AppError> {
    record(tx, account.id, Kind::CodeRefused, None).await?;
    if failures::in_a_row(tx, account.id, known).await? == failures::FREE {
        tell(tx, account, FactorNews::WrongCodes).await?;
    }
    Ok(())
}
