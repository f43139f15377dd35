//! Letters that strangers ask for: registration, a forgotten password. Whoever asks is always answered alike; beyond the limits no letter
//! is written, no link is made, and the links of before go on to work.

use super::counters::{self, Key};
use super::rules::Kind;
use super::{Door, count, counted_network};
use crate::server::App;
use crate::server::accounts::Email;
use crate::server::db::Tx;

/// Whether a letter to `email` may be written; counts it, in the transaction that queues it. The same for an address that nobody has.
pub async fn may_be_written(app: &App, tx: &mut Tx, door: Door, email: &Email) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    let keys = keys(app, door, email);
    let mut counts = Vec::with_capacity(keys.len());
    for key in keys {
        let rule = key.kind.rule(&app.config.limits, false);
        let before = counters::take(tx, key, now).await?;
        if rule.wait(before, now).is_some() {
            withheld(app, door, key.kind);
            return Ok(false);
        }
        counts.push((key, rule, before));
    }
    for (key, rule, before) in counts {
        count(tx, key, rule, before, now).await?;
    }
    Ok(true)
}

/// Whether [`may_be_written`] would say no: asked before the write begins, which keeps others waiting. Says it of an address that nobody
/// has as well.
pub async fn is_withheld(app: &App, door: Door, email: &Email) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    for key in keys(app, door, email) {
        let count = counters::look(&app.db, key).await?;
        if count.is_some_and(|count| key.kind.rule(&app.config.limits, false).wait(count, now).is_some()) {
            withheld(app, door, key.kind);
            return Ok(true);
        }
    }
    Ok(false)
}

fn keys(app: &App, door: Door, email: &Email) -> Vec<Key> {
    let network = counted_network(app).map(|network| format!("{} {}", door.name(), network.to_text()));
    let keys = [
        Some(Key::of(&app.vault, Kind::MailAddress, email.as_str().as_bytes())),
        network.map(|network| Key::of(&app.vault, Kind::MailNetwork, network.as_bytes())),
        // A flood of registrations must not keep anybody from a new password.
        Some(Key::of(&app.vault, Kind::MailEverything, door.name().as_bytes())),
    ];
    keys.into_iter().flatten().collect()
}

fn withheld(app: &App, door: Door, limit: Kind) {
    app.metrics.withheld_at(door).inc();
    tracing::info!(door = door.name(), limit = limit.name(), "a letter is not written: too many were asked for");
}
