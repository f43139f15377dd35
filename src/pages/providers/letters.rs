//! What is noted and written to people when a sign-in at another service is linked to their account, or no more.

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::domain::accounts::{Account, AccountId};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::mail;
use crate::domain::mail::Recipient;
use crate::domain::mail::letters::{ConnectionNews, Occasion, connection};
use crate::flows::freezes;
use crate::request::app::App;
use crate::request::visitor;

/// Adds an entry about what was done with a sign-in at the service that people call `provider`.
pub async fn record(
    tx: &mut Tx,
    account: Option<AccountId>,
    kind: Kind,
    provider: &str,
    reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    let details =
        Details { reason: reason.map(str::to_owned), provider: Some(provider.to_owned()), ..visitor::details() };
    let event = Event { kind, account, details };
    audit::record(tx, &event).await
}

/// Queues a letter to the owner, who hears of it even if somebody else did it (ASVS 6.3.7). Its link shows the entry that was recorded
/// last, so [`record`] comes first.
pub async fn tell(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    provider: &str,
    news: ConnectionNews,
) -> Result<(), AppError> {
    let now = app.clock.now();
    let occasion = Occasion::of(&visitor::origin(), now);
    let lock = freezes::link(app, tx, account.id).await?;
    let letter = Recipient::owner(app, account)
        .letter(|to| connection(to, &app.config.site.name, &occasion, provider, news, &lock));
    mail::queue(tx, &letter).await?;
    Ok(())
}
