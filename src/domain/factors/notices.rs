//! What is noted and written to people when their second factors change, are used up or guessed at.

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::domain::accounts::{Account, AccountId};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::KnownDevice;
use crate::domain::factors::{self, FactorKind, failures, recovery_codes};
use crate::domain::mail::letters::{self, FactorNews, Occasion};
use crate::domain::mail::{self, Recipient};
use crate::flows::freezes;
use crate::request::app::App;
use crate::request::visitor;

/// Adds an entry about `account` to the trail; `factor` is the kind of second factor it is about, where there are several.
pub async fn record(
    tx: &mut Tx,
    account: AccountId,
    kind: Kind,
    factor: Option<FactorKind>,
) -> Result<(), sqlx::Error> {
    let details = Details { reason: factor.map(|factor| factor.name().to_owned()), ..visitor::details() };
    let event = Event { kind, account: Some(account), details };
    audit::record(tx, &event).await
}

/// Queues a letter to the owner of `account`, who hears of it even if somebody else did it (ASVS 6.3.7). Its link shows the entry that
/// was recorded last, so [`record`] comes first.
pub async fn tell(app: &App, tx: &mut Tx, account: &Account, news: FactorNews) -> Result<(), AppError> {
    let now = app.clock.now();
    let occasion = Occasion::of(&visitor::origin(), now);
    let lock = freezes::link(app, tx, account.id).await?;
    let letter = Recipient::owner(app, account)
        .letter(|to| letters::second_factor(to, &app.config.site.name, &occasion, news, &lock));
    mail::queue(tx, &letter).await?;
    Ok(())
}

/// Takes a code as [`factors::check`] does, in a recorded `tx`, and notes what came of it. Gives `tx` back for what a right one lets happen;
/// a refusal is committed here, since it counts.
pub async fn take_code(
    app: &App,
    mut tx: Tx,
    account: &Account,
    known: Option<KnownDevice>,
    typed: &str,
) -> Result<(Tx, FactorKind), AppError> {
    if typed.trim().is_empty() {
        // No try: nothing was guessed. What came before it in the same transaction holds, such as that the password was right.
        tx.commit().await?;
        return Err(AppError::WrongCode);
    }
    let checked = factors::check(&mut tx, &app.vault, account.id, known, typed, app.clock.now()).await?;
    match checked.or_refusal() {
        Ok(kind) => {
            note_right(app, &mut tx, account, kind).await?;
            Ok((tx, kind))
        }
        Err(refusal) => {
            if refusal == AppError::WrongCode {
                note_wrong(app, &mut tx, account, known).await?;
            }
            tx.commit().await?;
            Err(refusal)
        }
    }
}

/// After a code was right: a recovery code is noted and written about, since its owner must not run out of them unawares.
async fn note_right(app: &App, tx: &mut Tx, account: &Account, kind: FactorKind) -> Result<(), AppError> {
    if kind == FactorKind::RecoveryCode {
        record(tx, account.id, Kind::RecoveryCodeUsed, None).await?;
        let left = recovery_codes::left_after(tx, account.id).await?;
        tell(app, tx, account, FactorNews::CodeUsed(left)).await?;
    }
    Ok(())
}

/// After a code was wrong, but not for one that has to wait, or anybody could fill the trail. One letter when the waits
/// begin, for the account or for a `known` browser.
async fn note_wrong(app: &App, tx: &mut Tx, account: &Account, known: Option<KnownDevice>) -> Result<(), AppError> {
    record(tx, account.id, Kind::CodeRefused, None).await?;
    if failures::in_a_row(tx, account.id, known).await? == failures::FREE {
        tell(app, tx, account, FactorNews::WrongCodes).await?;
    }
    Ok(())
}
