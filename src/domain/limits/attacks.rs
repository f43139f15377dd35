//! Whether somebody is trying many names or passwords: far more tries fail than usual, wherever
//! they come from, or one network goes on beyond its limit. Each try alone looks like anybody's.
//!
//! No password is kept, so one password over many names and many passwords over many names look
//! alike; what is told is how many names, networks and doors there are.

use super::counters::{self, Key};
use super::rules::{DAY, HOUR, Kind};
use super::{Door, counted_network};
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::metrics::Count;
use crate::domain::audit::{self, Details, Event};
use std::time::Duration;
use uuid::Uuid;

/// An attack is over when nothing went beyond the limits for so long.
pub const QUIET: Duration = Duration::from_secs(900);
/// Failures are far more than usual when they are so many times those of an average hour.
pub const TIMES_USUAL: i64 = 5;
/// What is usual is the average of so long.
const USUAL_OF: Duration = Duration::from_secs(7 * 24 * 3600);
/// A try is counted for its name before it is hashed, and for all when it was wrong.
const HASHED_IN: Duration = Duration::from_secs(10);
/// Names and networks are counted anew at most this often: with very many it is work.
const RECOUNT_EVERY: Duration = Duration::from_secs(10);
const HOURS_KEPT: Duration = Duration::from_secs(28 * 24 * 3600);
const ATTACKS_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Attacks listed at most.
const LISTED: i64 = 100;

/// What somebody seems to be doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One network went on beyond its limit.
    OneNetwork,
    /// Several networks, and about as many names or more: a list of stolen passwords, or a few
    /// passwords over all names.
    ManyNames,
    /// Several networks at a few names.
    FewNames,
}

/// An attack as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attack {
    pub began_at: UnixMicros,
    /// When something last went beyond the limits.
    pub last_at: UnixMicros,
    /// Wrong tries that were looked at; those that had to wait are not among them.
    pub failures: i64,
    /// Different names and networks among them. Not counted for one network.
    pub names: i64,
    pub networks: i64,
    pub doors: Vec<Door>,
    pub shape: Shape,
    pub is_under_way: bool,
}

/// How much fails at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressure {
    /// Failed tries in this hour of the clock and the one before.
    pub failures: i64,
    /// Failed tries in an average hour of the last seven days.
    pub usual_an_hour: i64,
    /// Whether fewer tries are let through because of an attack.
    pub strict: bool,
}

/// Whether fewer tries are let through: somebody attacks from more than one network.
pub(super) async fn is_under_way(db: &Db, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const UNDER_WAY: &str = "SELECT COUNT(*) \
        FROM attacks \
        WHERE network_hash IS NULL AND last_at > $1 AND last_at <= $2";
    let attacks: i64 = read!(db, |pool| sqlx::query_scalar(UNDER_WAY)
        .bind(now.before(QUIET))
        // By a clock that was ahead it would go on for as long.
        .bind(now.after(crate::base::clock::CLOCK_TOLERANCE))
        .fetch_one(pool)
        .await)?;
    Ok(attacks > 0)
}

/// How many are under way, of either kind.
pub async fn count_under_way(db: &Db, now: UnixMicros) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM attacks WHERE last_at > $1";
    read!(db, |pool| sqlx::query_scalar(COUNT).bind(now.before(QUIET)).fetch_one(pool).await)
}

#[derive(sqlx::FromRow)]
struct Row {
    one_network: i64,
    began_at: UnixMicros,
    last_at: UnixMicros,
    failures: i64,
    names: i64,
    networks: i64,
    doors: String,
}

/// Those of the last 90 days, the one that went on last first, at most 100.
pub async fn lately(db: &Db, now: UnixMicros) -> Result<Vec<Attack>, sqlx::Error> {
    const LATELY: &str = "SELECT CAST(CASE WHEN network_hash IS NULL THEN 0 ELSE 1 \
            END AS BIGINT) AS one_network, began_at, last_at, failures, names, \
            networks, doors \
        FROM attacks \
        WHERE last_at > $1 \
        ORDER BY last_at DESC, id DESC \
        LIMIT $2";
    let since = now.before(ATTACKS_KEPT);
    let rows: Vec<Row> = read!(db, |pool| sqlx::query_as(LATELY).bind(since).bind(LISTED).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|row| row.read(now)).collect())
}

impl Row {
    fn read(self, now: UnixMicros) -> Attack {
        let Self { one_network, began_at, last_at, failures, names, networks, doors } = self;
        let shape = match one_network {
            0 if names >= networks / 2 => Shape::ManyNames,
            0 => Shape::FewNames,
            _ => Shape::OneNetwork,
        };
        let doors = doors.split(' ').filter_map(Door::parse).collect();
        let is_under_way = last_at > now.before(QUIET);
        Attack { began_at, last_at, failures, names, networks, doors, shape, is_under_way }
    }
}

pub async fn pressure(db: &Db, now: UnixMicros) -> Result<Pressure, sqlx::Error> {
    let (failures, week): (i64, i64) = read!(db, |pool| sqlx::query_as(SUMS)
        .bind(hour(now) - 1)
        .bind(hour(now) - hours(USUAL_OF))
        .fetch_one(pool)
        .await)?;
    let strict = is_under_way(db, now).await?;
    Ok(Pressure { failures, usual_an_hour: week / hours(USUAL_OF), strict })
}

/// Failures since the hour `$1`, and from `$2` to it. `SUM` of BIGINT is no BIGINT on PostgreSQL.
const SUMS: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN hour >= $1 THEN failures ELSE 0 END), \
        0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN hour < $1 THEN failures ELSE 0 \
        END), 0) AS BIGINT) \
    FROM failed_tries \
    WHERE hour >= $2";

fn hour(now: UnixMicros) -> i64 {
    now.seconds().div_euclid(hours_in_seconds(HOUR))
}

fn hours_in_seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

fn hours(span: Duration) -> i64 {
    hours_in_seconds(span) / hours_in_seconds(HOUR)
}

/// Counts a wrong try at `door`, in the recorded transaction that notes it. `beyond`: the network
/// that has used all it may.
pub(super) async fn note_failure(tx: &mut Tx, door: Door, beyond: Option<Key>) -> Result<(), AppError> {
    let now = tx.now();
    if let Some(network) = counted_network(tx) {
        let around = network.neighbourhood().to_text();
        add(tx, Key::of(tx.vault(), Kind::Neighbourhood, around.as_bytes())).await?;
    }
    add_to_hour(tx, door, now).await?;
    tx.count_once_committed(Count::Failed(door.name()));
    if let Some(network) = beyond {
        note(tx, door, Some(network), now, 0).await?;
    }
    let begun = add(tx, Key::of(tx.vault(), Kind::Everything, b"")).await?;
    if let Some((since, failures)) = begun
        && is_unusual(tx, now).await?
    {
        note(tx, door, None, since, failures).await?;
    }
    Ok(())
}

/// Counts one more; if that is all there may be, gives since when and how many there were.
async fn add(tx: &mut Tx, key: Key) -> Result<Option<(UnixMicros, i64)>, sqlx::Error> {
    let config = tx.config();
    let now = tx.now();
    let rule = key.kind.rule(&config.limits, false);
    let before = counters::take(tx, key, now).await?.count(rule, now);
    let mut counted = rule.counted(before, now);
    // Of all tries together it is kept when they began to come faster than they drain.
    if key.kind == Kind::Everything && counted.failures > 1 {
        counted.last_at = before.last_at.max(now.before(DAY)).min(now);
    }
    counters::put(tx, key, counted).await?;
    Ok(rule.wait(counted, now).map(|_| (counted.last_at.max(now.before(HOUR)), counted.failures)))
}

async fn add_to_hour(tx: &mut Tx, door: Door, now: UnixMicros) -> Result<(), sqlx::Error> {
    const ADD: &str = "INSERT INTO failed_tries (hour, door, failures) \
        VALUES ($1, $2, 1) \
        ON CONFLICT (hour, door) DO UPDATE SET failures = failed_tries.failures + 1";
    on!(tx, |connection| sqlx::query(ADD).bind(hour(now)).bind(door.name()).execute(connection).await.map(|_| ()))
}

/// Whether more fails than on other days: a large installation has a large number of people who
/// mistype.
async fn is_unusual(tx: &mut Tx, now: UnixMicros) -> Result<bool, sqlx::Error> {
    let (failures, week): (i64, i64) = on!(tx, |connection| sqlx::query_as(SUMS)
        .bind(hour(now) - 1)
        .bind(hour(now) - hours(USUAL_OF))
        .fetch_one(connection)
        .await)?;
    Ok(failures > week / hours(USUAL_OF) * TIMES_USUAL)
}

#[derive(sqlx::FromRow)]
struct UnderWay {
    id: Uuid,
    began_at: UnixMicros,
    doors: String,
    counted_at: UnixMicros,
}

/// Goes on with the attack that is under way, or begins one, which is recorded. Recorded
/// transactions pass one after the other, so there is never a second one beside it.
async fn note(tx: &mut Tx, door: Door, network: Option<Key>, since: UnixMicros, failures: i64) -> Result<(), AppError> {
    const FIND: &str = "SELECT id, began_at, doors, counted_at \
        FROM attacks \
        WHERE COALESCE(network_hash, $1) = $1 AND (network_hash IS NULL) = $2 AND last_at > $3 \
        ORDER BY last_at DESC \
        LIMIT 1";
    let now = tx.now();
    let hash = network.map_or([0; 32], |network| network.hash);
    let found: Option<UnderWay> = on!(tx, |connection| sqlx::query_as(FIND)
        .bind(&hash[..])
        .bind(network.is_none())
        .bind(now.before(QUIET))
        .fetch_optional(connection)
        .await)?;
    match found {
        Some(attack) => Ok(go_on(tx, &attack, door, network.is_some(), now).await?),
        None => begin(tx, door, network, since, failures).await,
    }
}

async fn go_on(
    tx: &mut Tx,
    attack: &UnderWay,
    door: Door,
    one_network: bool,
    now: UnixMicros,
) -> Result<(), sqlx::Error> {
    const GO_ON: &str = "UPDATE attacks \
        SET last_at = $2, failures = failures + 1, doors = $3 \
        WHERE id = $1";
    const COUNTED: &str = "UPDATE attacks \
        SET names = $2, networks = $3, counted_at = $4 \
        WHERE id = $1";
    let mut doors = attack.doors.clone();
    if !doors.split(' ').any(|name| name == door.name()) {
        doors = format!("{doors} {}", door.name());
    }
    on!(tx, |connection| sqlx::query(GO_ON)
        .bind(attack.id)
        .bind(now)
        .bind(&doors)
        .execute(&mut *connection)
        .await
        .map(|_| ()))?;
    if !one_network && now.since(attack.counted_at) >= RECOUNT_EVERY {
        let names = counters::failing(tx, Kind::Name, attack.began_at.before(HASHED_IN)).await?;
        let networks = counters::failing(tx, Kind::Network, attack.began_at.before(HASHED_IN)).await?;
        on!(tx, |connection| sqlx::query(COUNTED)
            .bind(attack.id)
            .bind(names)
            .bind(networks)
            .bind(now)
            .execute(&mut *connection)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

async fn begin(
    tx: &mut Tx,
    door: Door,
    network: Option<Key>,
    since: UnixMicros,
    failures: i64,
) -> Result<(), AppError> {
    const BEGIN: &str = "INSERT INTO attacks (id, network_hash, began_at, last_at, failures, \
            names, networks, doors, counted_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $4)";
    let config = tx.config();
    let now = tx.now();
    let (failures, names, networks) = match network {
        Some(_) => (i64::from(config.limits.network_failures), 0, 1),
        None => {
            let names = counters::failing(tx, Kind::Name, since.before(HASHED_IN)).await?;
            (failures, names, counters::failing(tx, Kind::Network, since.before(HASHED_IN)).await?)
        }
    };
    let id = tx.randomness().id(now);
    on!(tx, |connection| sqlx::query(BEGIN)
        .bind(id)
        .bind(network.map(|network| network.hash.to_vec()))
        .bind(since)
        .bind(now)
        .bind(failures)
        .bind(names)
        .bind(networks)
        .bind(door.name())
        .execute(connection)
        .await
        .map(|_| ()))?;
    let count = u64::try_from(failures).ok();
    let details = match network {
        // Whose network it is may be looked up; of an attack from many, each failed sign-in says
        // where it came from.
        Some(_) => Details {
            reason: Some("network".to_owned()),
            count,
            address: Some(tx.origin().address.clone()),
            ..Details::default()
        },
        None => Details { reason: Some("everywhere".to_owned()), count, ..Details::default() },
    };
    tracing::warn!(
        names,
        networks,
        failures,
        door = door.name(),
        "more sign-ins fail than usual: somebody seems to be guessing"
    );
    let event = Event { kind: audit::Kind::AttackNoticed, account: None, details };
    Ok(audit::record(tx, &event).await?)
}

/// Removes what is too old to be told; gives how much.
pub async fn remove_old(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const HOURS: &str = "DELETE FROM failed_tries WHERE hour < $1";
    const ATTACKS: &str = "DELETE FROM attacks WHERE last_at < $1";
    Ok(on!(tx, |connection| {
        let hours = sqlx::query(HOURS).bind(hour(now) - hours(HOURS_KEPT)).execute(&mut *connection).await?;
        let attacks = sqlx::query(ATTACKS).bind(now.before(ATTACKS_KEPT)).execute(&mut *connection).await?;
        hours.rows_affected() + attacks.rows_affected()
    }))
}
