//! Sign-ins at other services that open an account: what is noted and written to its owner when one
//! is linked, and taking one away.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::accounts::{Account, AccountId};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::passkeys;
use crate::domain::mail::letters::{self, ConnectionNews, Occasion};
use crate::domain::mail::{self, Recipient};
use crate::domain::providers::Providers;
use crate::domain::providers::identities::{self, Connection, ConnectionId};
use crate::domain::{links, pending};
use crate::flows::acting::{self, Person};

/// Takes one from the person's account. Refused for the last way in.
pub async fn unlink(db: &Db, providers: &Providers, person: &Person, id: ConnectionId) -> Result<(), AppError> {
    let account = &person.account;
    let mut tx = acting::begin_change(db, person).await?;
    let all = identities::list_in(&mut tx, account.id).await?;
    let Some(connection) = all.iter().find(|connection| connection.id == id) else { return Err(AppError::NotFound) };
    let others = all.iter().filter(|other| other.id != id);
    if ways_in(providers, account, passkeys::count(&mut tx, account.id).await?, others) == 0 {
        return Err(AppError::LastWayIn);
    }
    identities::remove(&mut tx, account.id, id).await?;
    // A sign-in begun with it may wait for a second factor.
    pending::void_of_account(&mut tx, account.id).await?;
    let label = label_of(providers, connection);
    record(&mut tx, Some(account.id), Kind::ProviderUnlinked, &label, None).await?;
    tell(&mut tx, account, &label, ConnectionNews::Unlinked).await?;
    Ok(tx.commit().await?)
}

/// What people call the service; of one that is no longer configured, its address.
pub fn label_of(providers: &Providers, connection: &Connection) -> String {
    let provider = providers.of_issuer(&connection.issuer, &connection.provider);
    provider.map_or_else(|| connection.issuer.clone(), |provider| provider.label.clone())
}

/// In how many ways somebody can sign in to the account. A sign-in at a service that is no longer
/// configured is none.
pub fn ways_in<'a>(
    providers: &Providers,
    account: &Account,
    passkeys: i64,
    connections: impl IntoIterator<Item = &'a Connection>,
) -> usize {
    let served = |connection: &&Connection| providers.of_issuer(&connection.issuer, "").is_some();
    usize::from(account.password_hash.is_some())
        + usize::try_from(passkeys).unwrap_or(0)
        + connections.into_iter().filter(served).count()
}

/// Whether nobody could sign in to the account any more without its one passkey.
pub fn is_last_way_in(providers: &Providers, account: &Account, passkeys: i64, connections: &[Connection]) -> bool {
    ways_in(providers, account, passkeys.saturating_sub(1), connections) == 0
}

/// Adds an entry about what was done with a sign-in at the service that people call `provider`.
pub async fn record(
    tx: &mut Tx,
    account: Option<AccountId>,
    kind: Kind,
    provider: &str,
    reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    let details =
        Details { reason: reason.map(str::to_owned), provider: Some(provider.to_owned()), ..Details::of_visitor() };
    audit::record(tx, &Event { kind, account, details }).await
}

/// Queues a letter to the owner, who hears of it even if somebody else did it (ASVS 6.3.7). Its
/// link shows the entry that was recorded last, so [`record`] comes first.
pub async fn tell(tx: &mut Tx, account: &Account, provider: &str, news: ConnectionNews) -> Result<(), AppError> {
    let config = tx.config();
    let occasion = Occasion::of(tx.origin(), tx.now());
    let lock = config.link(&links::page_that_locks(tx, account.id).await?);
    let letter = Recipient::owner(tx, account)
        .letter(|to| letters::connection(to, &config.site.name, &occasion, provider, news, &lock));
    mail::queue(tx, &letter).await?;
    Ok(())
}
