//! What can't be guessed (passkeys, links, tokens) and what somebody may begin without proving anything. Nothing here keeps anybody out
//! who brings the right thing: what is right is never counted and never asked about. It keeps floods from filling tables and the trail.
//!
//! Each door has a counter of its own, so that one forgotten script with an old token makes nobody at its network wait at another door.
//! Somebody who is signed in is counted by their account instead, wherever they are.

use super::counters::{self, Key};
use super::rules::Kind;
use super::{Door, counted_network, look, refused};
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::domain::sessions::SessionHandle;
use crate::request::app::App;
use crate::request::visitor::Visitor;

/// Whoever is counted by `kind` at `door`; none of a network that is excepted.
fn key(app: &App, door: Door, kind: Kind) -> Option<Key> {
    let who = match Visitor::current().cookie_holder() {
        Some(person) => format!("{} account {}", door.name(), person.account.id.0),
        None => format!("{} {}", door.name(), counted_network(app)?.to_text()),
    };
    Some(Key::of(&app.vault, kind, who.as_bytes()))
}

/// `TooManyTries` if too much was refused at `door` that came from this network. Only where looking costs more than asking this: what is
/// right would be refused with it. Where it costs little, look first and [`note_refused`].
pub async fn may_be_looked_at(app: &App, door: Door) -> Result<(), AppError> {
    match key(app, door, Kind::Proofs) {
        Some(key) => look(app, door, key, false).await,
        None => Ok(()),
    }
}

/// Counts what was refused; gives `refusal`, or `TooManyTries` if there was too much of it. Writes nothing then.
pub async fn note_refused(app: &App, door: Door, refusal: AppError) -> AppError {
    match note(app, door).await {
        Ok(()) => refusal,
        Err(other) => other,
    }
}

async fn note(app: &App, door: Door) -> Result<(), AppError> {
    app.metrics.failed_at(door).inc();
    let Some(key) = key(app, door, Kind::Proofs) else { return Ok(()) };
    look(app, door, key, false).await?;
    let mut tx = app.db.begin().await?;
    take(app, &mut tx, door, key).await?;
    Ok(tx.commit().await?)
}

/// As [`note_refused`], for a refusal that stands in the trail besides: begins the recorded write that counts it and is to note it.
/// `TooManyTries` if there was too much; nothing may be noted then.
pub async fn begin_refused(app: &App, door: Door) -> Result<Tx, AppError> {
    app.metrics.failed_at(door).inc();
    let key = key(app, door, Kind::Proofs);
    if let Some(key) = key {
        look(app, door, key, false).await?;
    }
    let mut tx = app.db.begin_recorded().await?;
    if let Some(key) = key {
        take(app, &mut tx, door, key).await?;
    }
    Ok(tx)
}

/// `TooManyTries` where [`begin_at_provider`] would say so: asked before anything else is done for it.
pub async fn may_begin_at_provider(app: &App) -> Result<(), AppError> {
    match key(app, Door::Provider, Kind::ProviderStarts) {
        Some(key) => look(app, Door::Provider, key, false).await,
        None => Ok(()),
    }
}

/// `TooOften` where [`begin_act`] would say so: asked before the write begins, which keeps others waiting.
pub async fn may_act(app: &App, session: SessionHandle) -> Result<(), AppError> {
    look(app, Door::Session, of_session(app, Kind::Acts, session), false).await.map_err(too_often)
}

/// Counts what is done in `session`, in the transaction that does it. For each session alone: whoever took over one of an account's must not
/// keep its owner from what they do in another, and least of all from ending it.
pub async fn begin_act(app: &App, tx: &mut Tx, session: SessionHandle) -> Result<(), AppError> {
    take(app, tx, Door::Session, of_session(app, Kind::Acts, session)).await.map_err(too_often)
}

/// Counts what changes the ways in to an account and is written about to its owner. Never done without the letter, so refused beyond.
pub async fn begin_change(app: &App, tx: &mut Tx, session: SessionHandle) -> Result<(), AppError> {
    take(app, tx, Door::Session, of_session(app, Kind::Changes, session)).await.map_err(too_often)
}

fn of_session(app: &App, kind: Kind, session: SessionHandle) -> Key {
    Key::of(&app.vault, kind, session.0.as_bytes())
}

fn too_often(error: AppError) -> AppError {
    match error {
        AppError::TooManyTries { minutes } => AppError::TooOften { minutes },
        other => other,
    }
}

/// Counts a sign-in that goes to another service, in the transaction that begins it.
pub async fn begin_at_provider(app: &App, tx: &mut Tx) -> Result<(), AppError> {
    match key(app, Door::Provider, Kind::ProviderStarts) {
        Some(key) => take(app, tx, Door::Provider, key).await,
        None => Ok(()),
    }
}

/// `TooManyTries` where [`begin_account`] would say so: asked before anything is hashed for it.
pub async fn may_begin_account(app: &App) -> Result<(), AppError> {
    match newcomers_of_network(app) {
        Some(key) => look(app, Door::Register, key, false).await,
        None => Ok(()),
    }
}

/// Counts an account that is made without a letter, in the transaction that makes it.
pub async fn begin_account(app: &App, tx: &mut Tx) -> Result<(), AppError> {
    match newcomers_of_network(app) {
        Some(key) => take(app, tx, Door::Register, key).await,
        None => Ok(()),
    }
}

/// By network, whoever is signed in: an account made here would bring another counter.
fn newcomers_of_network(app: &App) -> Option<Key> {
    let network = format!("account {}", counted_network(app)?.to_text());
    Some(Key::of(&app.vault, Kind::MailNetwork, network.as_bytes()))
}

async fn take(app: &App, tx: &mut Tx, door: Door, key: Key) -> Result<(), AppError> {
    let (rule, now) = (key.kind.rule(&app.config.limits, false), app.clock.now());
    let count = counters::take(tx, key, now).await?.count(rule, now);
    if let Some(wait) = rule.wait(count, now) {
        return Err(refused(app, door, wait));
    }
    counters::put(tx, key, rule.counted(count, now)).await?;
    Ok(())
}
