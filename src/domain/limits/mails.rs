//! Letters that strangers ask for: registration, a forgotten password. Whoever asks is always
//! answered alike; beyond the limits no letter is written, no link is made, and the links of before
//! go on to work.
//!
//! An address has a counter for each door, so nobody uses up somebody's reset letters by asking for
//! something else in their name, and so has a browser that its account knows. A network and the one
//! around it are counted whatever comes of it, or what they are answered would tell who has an
//! account. In all, only letters that are written count: those that are pretended silence nobody.

use super::counters::{self, Key};
use super::network::Network;
use super::rules::Kind;
use super::{Door, counted_network};
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Given, Tx};
use crate::base::metrics::Count;
use crate::domain::accounts::Email;
use crate::domain::devices::DeviceId;

/// A letter that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub door: Door,
    pub to: &'a Email,
    /// Whether there is anybody to write to; else it would be pretended.
    pub meant: bool,
    /// The browser that asks, where it is one that the account behind the address knows.
    pub known: Option<DeviceId>,
}

/// What is to be done about it. Whether there is somebody to write to makes no difference in time:
/// [`Writing::Pretend`] is all that [`Writing::Write`] is, but for the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    Write,
    /// As for an address that nobody has.
    Pretend,
    /// Too many were asked for, to whomever: nothing.
    Withhold,
}

/// Whether a letter to `email` may be written, that goes to whoever has that address, known here or
/// not; counts it, in the transaction that queues it.
pub async fn may_be_written(tx: &mut Tx, door: Door, email: &Email) -> Result<bool, sqlx::Error> {
    let asked = Asked { door, to: email, meant: true, known: None };
    Ok(decide(tx, asked).await? == Writing::Write)
}

/// Whether no letter would be written: asked before the write begins, which keeps others waiting.
/// Says it of an address that nobody has as well.
pub async fn is_withheld(db: &Db, asked: Asked<'_>) -> Result<bool, sqlx::Error> {
    let config = db.config();
    let now = db.now();
    let in_all = asked.known.is_none().then(|| of_all(db, asked.door));
    for key in keys(db, asked).into_iter().chain(in_all) {
        let rule = key.kind.rule(&config.limits, false);
        let stored = counters::look(db, key).await?;
        if stored.is_some_and(|stored| rule.wait(stored.count(rule, now), now).is_some()) {
            withheld(db, asked.door, key.kind);
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is to be done about a letter; counts it, in the transaction that queues it.
pub async fn decide(tx: &mut Tx, asked: Asked<'_>) -> Result<Writing, sqlx::Error> {
    let config = tx.config();
    let now = tx.now();
    let mut counts = Vec::with_capacity(3);
    for key in keys(tx, asked) {
        let rule = key.kind.rule(&config.limits, false);
        let count = counters::take(tx, key, now).await?.count(rule, now);
        if rule.wait(count, now).is_some() {
            withheld(tx, asked.door, key.kind);
            return Ok(Writing::Withhold);
        }
        counts.push((key, rule.counted(count, now)));
    }
    for (key, counted) in counts {
        counters::put(tx, key, counted).await?;
    }
    // Strangers can't use up what a known browser is counted by, so it needs no part of what there
    // is for all.
    let fits = asked.known.is_some() || in_all(tx, asked, now).await?;
    Ok(if asked.meant && fits { Writing::Write } else { Writing::Pretend })
}

/// By what a letter is counted that may be pretended.
fn keys(given: &impl Given, asked: Asked<'_>) -> Vec<Key> {
    let door = asked.door.name();
    let key = |kind, what: &str| Key::of(given.vault(), kind, format!("{door} {what}").as_bytes());
    if let Some(device) = asked.known {
        return vec![key(Kind::MailDevice, &device.0.to_string())];
    }
    let mut keys = vec![key(Kind::MailAddress, asked.to.as_str())];
    if let Some(network) = counted_network(given) {
        let of = |kind, network: Network| key(kind, &network.to_text());
        keys.extend([of(Kind::MailNetwork, network), of(Kind::MailNeighbourhood, network.neighbourhood())]);
    }
    keys
}

/// Whether one more fits in what is written in all; the same statements for a letter that is only
/// pretended, which is not counted.
async fn in_all(tx: &mut Tx, asked: Asked<'_>, now: UnixMicros) -> Result<bool, sqlx::Error> {
    let config = tx.config();
    let key = of_all(tx, asked.door);
    let rule = key.kind.rule(&config.limits, false);
    let count = counters::take(tx, key, now).await?.count(rule, now);
    let fits = rule.wait(count, now).is_none();
    let counted = if fits && asked.meant { rule.counted(count, now) } else { count };
    counters::put(tx, key, counted).await?;
    if asked.meant && !fits {
        withheld(tx, asked.door, key.kind);
    }
    Ok(fits)
}

/// A flood of registrations must not keep anybody from a new password.
fn of_all(given: &impl Given, door: Door) -> Key {
    Key::of(given.vault(), Kind::MailEverything, door.name().as_bytes())
}

fn withheld(given: &impl Given, door: Door, limit: Kind) {
    given.count(Count::Withheld(door.name()));
    tracing::info!(door = door.name(), limit = limit.name(), "a letter is not written: too many were asked for");
}
