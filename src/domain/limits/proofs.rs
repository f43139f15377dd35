//! What can't be guessed (passkeys, links, tokens) and what somebody may begin without proving
//! anything. Nothing here keeps anybody out who brings the right thing: what is right is never
//! counted and never asked about. It keeps floods from filling tables and the trail.
//!
//! Each door has a counter of its own, so that one forgotten script with an old token makes nobody
//! at its network wait at another door. Somebody who is signed in is counted by their account
//! instead, wherever they are.

use super::counters::{self, Key};
use super::rules::Kind;
use super::{Door, counted_network, look, refused};
use crate::base::db::{Db, Given, Tx};
use crate::base::error::AppError;
use crate::base::metrics::Count;
use crate::domain::sessions::SessionHandle;

/// Whoever is counted by `kind` at `door`; none of a network that is excepted.
fn key(given: &impl Given, door: Door, kind: Kind) -> Option<Key> {
    let who = match given.visit().holder {
        Some(person) => format!("{} account {}", door.name(), person.account.0),
        None => format!("{} {}", door.name(), counted_network(given)?.to_text()),
    };
    Some(Key::of(given.vault(), kind, who.as_bytes()))
}

/// `TooManyTries` if too much was refused at `door` that came from this network. Only where looking
/// costs more than asking this: what is right would be refused with it. Where it costs little, look
/// first and [`note_refused`].
pub async fn may_be_looked_at(db: &Db, door: Door) -> Result<(), AppError> {
    match key(db, door, Kind::Proofs) {
        Some(key) => look(db, door, key, false).await,
        None => Ok(()),
    }
}

/// Counts what was refused; gives `refusal`, or `TooManyTries` if there was too much of it. Writes
/// nothing then.
pub async fn note_refused(db: &Db, door: Door, refusal: AppError) -> AppError {
    match note(db, door).await {
        Ok(()) => refusal,
        Err(other) => other,
    }
}

async fn note(db: &Db, door: Door) -> Result<(), AppError> {
    db.count(Count::Failed(door.name()));
    let Some(key) = key(db, door, Kind::Proofs) else { return Ok(()) };
    look(db, door, key, false).await?;
    let mut tx = db.begin().await?;
    take(&mut tx, door, key).await?;
    Ok(tx.commit().await?)
}

/// As [`note_refused`], for a refusal that stands in the trail besides: begins the recorded write
/// that counts it and is to note it. `TooManyTries` if there was too much; nothing may be noted
/// then.
pub async fn begin_refused(db: &Db, door: Door) -> Result<Tx, AppError> {
    db.count(Count::Failed(door.name()));
    let key = key(db, door, Kind::Proofs);
    if let Some(key) = key {
        look(db, door, key, false).await?;
    }
    let mut tx = db.begin_recorded().await?;
    if let Some(key) = key {
        take(&mut tx, door, key).await?;
    }
    Ok(tx)
}

/// `TooManyTries` where [`begin_at_provider`] would say so: asked before anything else is done for
/// it.
pub async fn may_begin_at_provider(db: &Db) -> Result<(), AppError> {
    match key(db, Door::Provider, Kind::ProviderStarts) {
        Some(key) => look(db, Door::Provider, key, false).await,
        None => Ok(()),
    }
}

/// `TooOften` where [`begin_act`] would say so: asked before the write begins, which keeps others
/// waiting.
pub async fn may_act(db: &Db, session: SessionHandle) -> Result<(), AppError> {
    look(db, Door::Session, of_session(db, Kind::Acts, session), false).await.map_err(too_often)
}

/// Counts what is done in `session`, in the transaction that does it. For each session alone:
/// whoever took over one of an account's must not keep its owner from what they do in another, and
/// least of all from ending it.
pub async fn begin_act(tx: &mut Tx, session: SessionHandle) -> Result<(), AppError> {
    take(tx, Door::Session, of_session(tx, Kind::Acts, session)).await.map_err(too_often)
}

/// Counts what changes the ways in to an account and is written about to its owner. Never done
/// without the letter, so refused beyond.
pub async fn begin_change(tx: &mut Tx, session: SessionHandle) -> Result<(), AppError> {
    take(tx, Door::Session, of_session(tx, Kind::Changes, session)).await.map_err(too_often)
}

fn of_session(given: &impl Given, kind: Kind, session: SessionHandle) -> Key {
    Key::of(given.vault(), kind, session.0.as_bytes())
}

fn too_often(error: AppError) -> AppError {
    match error {
        AppError::TooManyTries { minutes } => AppError::TooOften { minutes },
        other => other,
    }
}

/// Counts a sign-in that goes to another service, in the transaction that begins it.
pub async fn begin_at_provider(tx: &mut Tx) -> Result<(), AppError> {
    match key(tx, Door::Provider, Kind::ProviderStarts) {
        Some(key) => take(tx, Door::Provider, key).await,
        None => Ok(()),
    }
}

/// `TooManyTries` where [`begin_account`] would say so: asked before anything is hashed for it.
pub async fn may_begin_account(db: &Db) -> Result<(), AppError> {
    match newcomers_of_network(db) {
        Some(key) => look(db, Door::Register, key, false).await,
        None => Ok(()),
    }
}

/// Counts an account that is made without a letter, in the transaction that makes it.
pub async fn begin_account(tx: &mut Tx) -> Result<(), AppError> {
    match newcomers_of_network(tx) {
        Some(key) => take(tx, Door::Register, key).await,
        None => Ok(()),
    }
}

/// By network, whoever is signed in: an account made here would bring another counter.
fn newcomers_of_network(given: &impl Given) -> Option<Key> {
    let network = format!("account {}", counted_network(given)?.to_text());
    Some(Key::of(given.vault(), Kind::MailNetwork, network.as_bytes()))
}

async fn take(tx: &mut Tx, door: Door, key: Key) -> Result<(), AppError> {
    let config = tx.config();
    let now = tx.now();
    let rule = key.kind.rule(&config.limits, false);
    let count = counters::take(tx, key, now).await?.count(rule, now);
    if let Some(wait) = rule.wait(count, now) {
        return Err(refused(tx, door, wait));
    }
    counters::put(tx, key, rule.counted(count, now)).await?;
    Ok(())
}
