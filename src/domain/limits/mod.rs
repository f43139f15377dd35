//! How often somebody may try, at every door where something can be guessed or sent. What it all
//! comes to stands in `docs/abuse.md` (ASVS 6.1.1, 6.3.1).
//!
//! A try is counted before anything is hashed, and taken back if it was right: of fifty at once no
//! more are looked at than of fifty one after the other. One that nobody settles, since its server
//! was killed, runs out within a minute. Counters are in the database, so they hold on every node
//! and after a restart, and stand under keyed hashes.
//!
//! Names are counted as they are typed, whether or not anybody has them, so that waiting tells
//! nothing. All names of one account count together as well, but in silence: where that counter
//! alone says no, the answer is the one to a wrong password, after the same hash. A browser that
//! its account knows is counted alone ([`Kind::Device`]), whatever strangers do. No right password
//! shortens the wait of strangers: by that they would see that the account exists, and when its
//! owner is there.

pub mod attacks;
mod counters;
pub mod explain;
pub mod mails;
pub mod network;
pub mod proofs;
pub mod rules;

use crate::base::db::{Db, Given, Tx};
use crate::base::error::AppError;
use crate::base::metrics::Count;
use crate::domain::accounts::{self, AccountId};
use crate::domain::devices;
use crate::domain::sessions::Session;
use counters::{Begun, Key};
use network::Network;
use rules::{Kind, Rule};
use std::time::Duration;
use strum::VariantArray;

pub use counters::remove_old;

/// Where somebody tries. The names are stored, and label figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Door {
    SignIn,
    /// Programs that sign in.
    Token,
    /// Somebody who is signed in gives their password once more.
    Confirm,
    Passkey,
    PersonalToken,
    RefreshToken,
    /// What stands in a link of a letter.
    Link,
    Register,
    ForgotPassword,
    /// On the way to another service.
    Provider,
    /// What somebody does who is signed in.
    Session,
}

impl Door {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|door| door.name() == name)
    }
}

/// A try that was counted and may go on. What comes of it is said by [`Permit::was_right`],
/// [`Permit::was_wrong`] or [`Permit::was_not_looked_at`]; one that is dropped counts for up to a
/// minute. Nothing is gained by hanging up: whoever does is waited for no more, but what they sent
/// is looked at to its end (`under_way.rs`).
#[derive(Debug)]
#[must_use = "a try that was right and is not given back keeps its owner waiting for a minute"]
pub struct Permit {
    door: Door,
    taken: Vec<Taken>,
    silenced: bool,
}

#[derive(Clone, Copy, Debug)]
struct Taken {
    key: Key,
    rule: Rule,
    begun: Begun,
}

/// Counts a password that is given for the name `typed`, which is the one of `account` if anybody
/// has it. `TooManyTries`, whoever that is.
pub async fn before_password(db: &Db, door: Door, typed: &str, account: Option<AccountId>) -> Result<Permit, AppError> {
    let now = db.now();
    let name = accounts::name_as_stored(typed);
    // Asked for nobody too: what is compared here must not show in how long it takes.
    let known = devices::familiar(db, account.unwrap_or(AccountId::NOBODY), &db.visit().device).await?;
    if let Some(device) = known {
        let key = Key::of(db.vault(), Kind::Device, device.0.as_bytes());
        return begin(db, door, &[key], None, false).await;
    }
    let strict = attacks::is_under_way(db, now).await?;
    let mut told = vec![Key::of(db.vault(), Kind::Name, name.as_bytes())];
    let all_names = match account {
        Some(account) => Key::of(db.vault(), Kind::Account, account.0.as_bytes()),
        None => Key::of(db.vault(), Kind::Account, name.as_bytes()),
    };
    if let Some(network) = counted_network(db) {
        told.push(Key::of(db.vault(), Kind::Network, network.to_text().as_bytes()));
        look_around(db, door, network, strict).await?;
    }
    begin(db, door, &told, Some(all_names), strict).await
}

/// Counts a password that whoever uses this session gives once more: for the browser it began in,
/// or for the session itself. Nobody gets another counter without signing in.
pub async fn before_confirmation(db: &Db, session: &Session) -> Result<Permit, AppError> {
    let key = match session.device_id {
        Some(device) => Key::of(db.vault(), Kind::Device, device.0.as_bytes()),
        None => Key::of(db.vault(), Kind::Session, session.handle.0.as_bytes()),
    };
    begin(db, Door::Confirm, &[key], None, false).await
}

/// The network that the request comes from, unless the operator has excepted it.
fn counted_network(given: &impl Given) -> Option<Network> {
    let config = given.config();
    let network = Network::of_text(&given.visit().origin.address);
    let excepted = config.limits.exempt_networks.iter().any(|block| block.contains(&network.address()));
    (!excepted).then_some(network)
}

/// Only looked at here, and counted once a try was wrong: a row that half of all people share
/// should not be locked by each of them.
async fn look_around(db: &Db, door: Door, network: Network, strict: bool) -> Result<(), AppError> {
    let around = network.neighbourhood().to_text();
    look(db, door, Key::of(db.vault(), Kind::Neighbourhood, around.as_bytes()), strict).await
}

async fn look(db: &Db, door: Door, key: Key, strict: bool) -> Result<(), AppError> {
    let config = db.config();
    let now = db.now();
    let rule = key.kind.rule(&config.limits, strict);
    let wait = counters::look(db, key).await?.and_then(|stored| rule.wait(stored.count(rule, now), now));
    wait.map_or(Ok(()), |wait| Err(refused(db, door, wait)))
}

/// Counts one try for each of `told`, and for `silent`, which is never told of; nothing where one
/// of `told` has to wait.
async fn begin(db: &Db, door: Door, told: &[Key], silent: Option<Key>, strict: bool) -> Result<Permit, AppError> {
    let config = db.config();
    // A flood of tries that have to wait anyway writes nothing.
    for key in told {
        look(db, door, *key, strict).await?;
    }
    let mut tx = db.begin().await?;
    let now = tx.now();
    let mut taken = Vec::with_capacity(3);
    let mut silenced = false;
    // Always in this order, so that no two wait for each other: names, the account, the network.
    let (first, rest) = told.split_at(told.len().min(1));
    for key in first.iter().chain(&silent).chain(rest) {
        let rule = key.kind.rule(&config.limits, strict);
        let stored = counters::take(&mut tx, *key, now).await?;
        if let Some(wait) = rule.wait(stored.count(rule, now), now) {
            if Some(*key) != silent {
                return Err(refused(db, door, wait));
            }
            silenced = true;
            continue;
        }
        let begun = counters::begin(&mut tx, *key, rule, &stored, now).await?;
        taken.push(Taken { key: *key, rule, begun });
    }
    tx.commit().await?;
    Ok(Permit { door, taken, silenced })
}

fn refused(given: &impl Given, door: Door, wait: Duration) -> AppError {
    given.count(Count::Refused(door.name()));
    tracing::info!(door = door.name(), seconds = wait.as_secs(), "a try has to wait");
    let minutes = wait.as_secs().div_ceil(60).max(1);
    AppError::TooManyTries { minutes: u16::try_from(minutes).unwrap_or(u16::MAX) }
}

impl Permit {
    /// Nothing that is shown may be taken, though nobody is told so.
    pub fn is_silenced(&self) -> bool {
        self.silenced
    }

    /// In the transaction of what the right password lets happen. Whoever holds the permit keeps it
    /// until that is committed, for [`Self::unless_done`].
    pub async fn was_right(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        for Taken { key, begun, .. } in &self.taken {
            match key.kind {
                // Its owner is back, and strangers are not counted here.
                Kind::Device | Kind::Session => {
                    counters::forget(tx, *key).await?;
                }
                _ => counters::give_back(tx, *key, *begun).await?,
            }
        }
        Ok(())
    }

    /// `outcome` of what a right password was to let happen. Where it was refused its transaction
    /// is undone, and [`Self::was_right`] with it: the try is given back here, or it would keep its
    /// owner waiting. Not for a refusal that is committed: it would be given back twice, and the
    /// second time that of somebody else.
    pub async fn unless_done<T, E: From<AppError>>(self, db: &Db, outcome: Result<T, E>) -> Result<T, E> {
        if outcome.is_err() {
            self.was_not_looked_at(db).await?;
        }
        outcome
    }

    /// In the recorded transaction that notes the failure.
    pub async fn was_wrong(self, tx: &mut Tx) -> Result<(), AppError> {
        let config = tx.config();
        let now = tx.now();
        for Taken { key, rule, begun } in &self.taken {
            counters::settle(tx, *key, *rule, *begun, now).await?;
        }
        // By what is usual: while an attack is under way, every network has used up its few.
        let most = i64::from(config.limits.network_failures);
        let beyond = self.taken.iter().find(|taken| taken.key.kind == Kind::Network && taken.begun.failures >= most);
        attacks::note_failure(tx, self.door, beyond.map(|taken| taken.key)).await
    }

    /// The try came to nothing for another reason, which is told by something else: the server is
    /// busy, or the password was right and what was sent beside it was not.
    pub async fn was_not_looked_at(self, db: &Db) -> Result<(), AppError> {
        let mut tx = db.begin().await?;
        for Taken { key, begun, .. } in self.taken {
            counters::give_back(&mut tx, key, begun).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Forgets the tries of strangers that were counted for `account`, which has these names; gives how
/// many counters there were.
pub async fn forget(tx: &mut Tx, account: AccountId, names: &[&str]) -> Result<u64, sqlx::Error> {
    let mut forgotten = 0;
    for name in names {
        forgotten += counters::forget(tx, Key::of(tx.vault(), Kind::Name, name.as_bytes())).await?;
    }
    Ok(forgotten + counters::forget(tx, Key::of(tx.vault(), Kind::Account, account.0.as_bytes())).await?)
}
