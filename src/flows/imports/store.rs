//! Who is there already, and the writing.

use super::judge::Candidate;
use super::{NotImported, Options};
use crate::base::db::{Db, Tx};
use crate::base::vault::Vault;
use crate::domain::accounts::bulk::{self, ADDED, ASKED, Arrival, Taken};
use crate::domain::accounts::{AccountId, Email, Username};
use crate::domain::audit::many::record_all;
use crate::domain::audit::{By, Details, Event, Kind};
use std::collections::HashSet;

/// Accounts in one transaction where each may stand by itself: a running server waits no longer
/// than for that.
const AT_ONCE: usize = 2_000;
/// How often usernames are made anew that turn out to be somebody's. They have six random digits.
const MOST_ROUNDS: usize = 20;

/// How a candidate stands to the accounts that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    New,
    /// The address has an account; without an address, the username has.
    AlreadyThere,
    /// Another account has, or had, the username.
    UsernameTaken,
}

impl Standing {
    pub fn reason(self) -> &'static str {
        match self {
            Self::New | Self::AlreadyThere => {
                "the account is there already (with --continue-on-error such lines are passed over)"
            }
            Self::UsernameTaken => "username: another account has it, or had it once",
        }
    }
}

/// What the database knows of some candidates.
pub struct Known(Taken);

pub async fn known(db: &Db, vault: &Vault, candidates: &[Candidate]) -> Result<Known, sqlx::Error> {
    let emails: Vec<&str> = candidates.iter().filter_map(|one| one.email.as_ref()).map(Email::as_str).collect();
    let usernames: Vec<&str> =
        candidates.iter().filter_map(|one| one.username.as_ref()).map(Username::as_str).collect();
    bulk::taken(db, vault, &emails, &usernames).await.map(Known)
}

impl Known {
    pub fn of(&self, candidate: &Candidate) -> Standing {
        let Taken { emails, usernames, used_usernames } = &self.0;
        let username = candidate.username.as_ref().map(Username::as_str);
        let there = match &candidate.email {
            Some(email) => emails.contains(email.as_str()),
            None => username.is_some_and(|username| usernames.contains(username)),
        };
        match there {
            true => Standing::AlreadyThere,
            false if username.is_some_and(|username| used_usernames.contains(username)) => Standing::UsernameTaken,
            false => Standing::New,
        }
    }
}

/// Gives an id to each, and a username to those that have none.
pub async fn with_usernames(db: &Db, candidates: Vec<Candidate>) -> Result<Vec<Arrival>, NotImported> {
    let now = db.now();
    let mut used: HashSet<String> =
        candidates.iter().filter_map(|one| one.username.as_ref()).map(|name| name.as_str().to_owned()).collect();
    let mut made: Vec<Option<Username>> = vec![None; candidates.len()];
    let mut missing: Vec<usize> =
        candidates.iter().enumerate().filter(|(_, one)| one.username.is_none()).map(|(at, _)| at).collect();
    for _ in 0..MOST_ROUNDS {
        let mut again = Vec::new();
        for chunk in missing.chunks(ASKED) {
            let proposed: Vec<(usize, Username)> = chunk
                .iter()
                .filter_map(|at| candidates.get(*at)?.email.as_ref().map(|email| (*at, email)))
                .map(|(at, email)| (at, bulk::any_username(email, db.randomness())))
                .collect();
            let names: Vec<&str> = proposed.iter().map(|(_, name)| name.as_str()).collect();
            let taken = bulk::taken(db, db.vault(), &[], &names).await?.used_usernames;
            for (at, name) in proposed {
                let free = !taken.contains(name.as_str()) && used.insert(name.as_str().to_owned());
                match made.get_mut(at).filter(|_| free) {
                    Some(place) => *place = Some(name),
                    None => again.push(at),
                }
            }
        }
        missing = again;
        if missing.is_empty() {
            break;
        }
    }
    let arrivals = candidates.into_iter().zip(made).map(|(candidate, made)| {
        let Candidate { email, email_verified, username, display_name, password_hash, .. } = candidate;
        let username = username.or(made)?;
        let id = AccountId(db.randomness().id(now));
        Some(Arrival { id, email, email_verified, username, display_name, password_hash })
    });
    arrivals.collect::<Option<_>>().ok_or(NotImported::Overtaken)
}

/// Adds `arrivals`: all at once, or a part after the other where each may stand by itself.
pub async fn write(db: &Db, arrivals: &[Arrival], options: Options) -> Result<(), NotImported> {
    let now = db.now();
    let at_once = if options.continue_on_error { AT_ONCE } else { arrivals.len() };
    for part in arrivals.chunks(at_once.max(1)) {
        let mut tx = db.begin().await?;
        for rows in part.chunks(ADDED) {
            if !bulk::add(&mut tx, rows, now).await? {
                return Err(NotImported::Overtaken);
            }
        }
        record(&mut tx, part).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// An entry for each account, as for one that is made by itself, and one with their number. The
/// head of the trail is taken only now: on PostgreSQL nobody waits for it while the accounts are
/// written, and their rows are known to nobody else yet.
async fn record(tx: &mut Tx, part: &[Arrival]) -> Result<(), sqlx::Error> {
    let by = Some(By::CommandLine.name().to_owned());
    let details = Details { reason: Some("import".to_owned()), by: by.clone(), ..Details::default() };
    let mut events: Vec<Event> = part
        .iter()
        .map(|arrival| Event { kind: Kind::AccountCreated, account: Some(arrival.id), details: details.clone() })
        .collect();
    let details = Details { by, count: u64::try_from(part.len()).ok(), ..Details::default() };
    events.push(Event { kind: Kind::AccountsImported, account: None, details });
    record_all(tx, &events).await
}
