//! Who somebody is at a provider, and whose account that opens. An identity is the pair of issuer
//! and subject and nothing else: an e-mail address changes hands, and one provider could claim
//! another's (ASVS 6.8.1, 10.3.3).

use super::Claimed;
use crate::base::clock::UnixMicros;
use crate::base::db::{self, Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::names::ProviderName;
use crate::domain::accounts::AccountId;
use crate::domain::factor_kind::{Demand, FactorKind};
use crate::domain::logins::{Login, Proof};
use std::str::FromStr;
use uuid::Uuid;

/// Identities of one account: more are nobody's.
pub const MOST: usize = 20;

/// Names one link between an account and an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct ConnectionId(pub Uuid);

impl FromStr for ConnectionId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// One as its owner sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Connection {
    pub id: ConnectionId,
    pub issuer: String,
    /// The name of the provider when it was linked.
    pub provider: String,
    /// As the provider said it last; nothing is decided by it.
    pub email: Option<String>,
    pub display_name: Option<String>,
    pub created_at: UnixMicros,
    pub last_used_at: Option<UnixMicros>,
}

/// The account's identities, oldest first.
pub async fn list(db: &Db, account: AccountId) -> Result<Vec<Connection>, sqlx::Error> {
    read!(db, |pool| sqlx::query_as(LIST).bind(account).fetch_all(pool).await)
}

/// [`list`] as the transaction sees it.
pub async fn list_in(tx: &mut Tx, account: AccountId) -> Result<Vec<Connection>, sqlx::Error> {
    on!(tx, |connection| sqlx::query_as(LIST).bind(account).fetch_all(connection).await)
}

const LIST: &str = "SELECT id, issuer, provider, email, display_name, created_at, last_used_at \
    FROM identities \
    WHERE account_id = $1 \
    ORDER BY created_at, id";

/// Whose it is.
pub async fn owner(db: &Db, claimed: &Claimed) -> Result<Option<AccountId>, sqlx::Error> {
    const OWNER: &str = "SELECT account_id FROM identities WHERE issuer = $1 AND subject = $2";
    read!(db, |pool| sqlx::query_scalar(OWNER).bind(&claimed.issuer).bind(&claimed.subject).fetch_optional(pool).await)
}

/// Gives the identity to `account`. `ConnectionTaken`: it is somebody's already, perhaps this
/// one's.
pub async fn add(tx: &mut Tx, account: AccountId, provider: ProviderName, claimed: &Claimed) -> Result<(), AppError> {
    const ADD: &str = "INSERT INTO identities (id, account_id, issuer, subject, provider, email, \
            display_name, created_at, last_used_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let now = tx.now();
    if list_in(tx, account).await?.len() >= MOST {
        return Err(AppError::TooManyConnections);
    }
    let id = ConnectionId(tx.randomness().id(now));
    let added = on!(tx, |connection| sqlx::query(ADD)
        .bind(id)
        .bind(account)
        .bind(&claimed.issuer)
        .bind(&claimed.subject)
        .bind(provider.as_str())
        .bind(claimed.email.as_ref().map(|email| email.as_str()))
        .bind(&claimed.name)
        .bind(now)
        .bind(now)
        .execute(connection)
        .await
        .map(|_| ()));
    match added {
        Err(error) if db::is_unique_violation(&error) => Err(AppError::ConnectionTaken),
        other => Ok(other?),
    }
}

/// An identity that was shown, in the transaction of what it lets happen. Only [`note_use`] makes
/// one.
#[derive(Debug)]
pub struct Shown {
    account: AccountId,
    second_factor: bool,
}

impl Shown {
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Whether the provider asked for a second factor, and the operator takes its word for it.
    pub fn has_second_factor(&self) -> bool {
        self.second_factor
    }

    /// The sign-in that goes on from here: one factor was shown, unless the operator takes the
    /// provider's word for a second. `factors`: those of the account. `demand`: what is asked of it
    /// if it has none.
    pub fn login(&self, returning: bool, factors: &[FactorKind], demand: Demand) -> Login {
        if self.second_factor {
            return Login::Complete(Proof::after_provider_with_second_factor(self.account, returning));
        }
        Login::after_provider(self.account, returning, factors, demand)
    }
}

/// Notes that the identity was used, if it is still `account`'s and the account still in use.
pub async fn note_use(
    tx: &mut Tx,
    account: AccountId,
    claimed: &Claimed,
    now: UnixMicros,
) -> Result<Option<Shown>, sqlx::Error> {
    const USE: &str = "UPDATE identities \
        SET last_used_at = $4, email = $5, display_name = $6 \
        WHERE issuer = $1 AND subject = $2 AND account_id = $3 \
            AND EXISTS (SELECT 1 FROM accounts WHERE accounts.id = identities.account_id \
            AND accounts.disabled_at IS NULL AND accounts.frozen_at IS NULL)";
    let used = on!(tx, |connection| sqlx::query(USE)
        .bind(&claimed.issuer)
        .bind(&claimed.subject)
        .bind(account)
        .bind(now)
        .bind(claimed.email.as_ref().map(|email| email.as_str()))
        .bind(&claimed.name)
        .execute(connection)
        .await?
        .rows_affected());
    Ok((used == 1).then_some(Shown { account, second_factor: claimed.second_factor }))
}

/// Takes one of its identities from `account`; false if it has none of this name.
pub async fn remove(tx: &mut Tx, account: AccountId, id: ConnectionId) -> Result<bool, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM identities WHERE id = $1 AND account_id = $2";
    let removed =
        on!(tx, |connection| sqlx::query(REMOVE).bind(id).bind(account).execute(connection).await?.rows_affected());
    Ok(removed == 1)
}

/// Takes all of them; gives how many.
pub async fn remove_all(tx: &mut Tx, account: AccountId) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM identities WHERE account_id = $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(account).execute(connection).await.map(|done| done.rows_affected()))
}
