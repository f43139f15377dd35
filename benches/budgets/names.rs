//! Whether the time of an answer tells that somebody has a name (ASVS 6.3.8): the same form is sent for names that people have and for
//! names that nobody has, and the two distributions of times are held against each other.

use crate::Failure;
use crate::client::Connection;
use crate::load::median;
use crate::subject::{Doorward, Home};
use crate::table::{Budget, Row, Unit};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Names of each side, each asked once: what a list of addresses is tried with.
pub const NAMES: usize = 1_000;
/// Asked before anything counts.
const WARM_UP: usize = 50;
/// What an answer leaves to be done (a letter to send) is over before the next one is asked for.
const PAUSE: Duration = Duration::from_millis(15);
/// Two samples of one distribution are further apart than this once in a thousand times: 1.95 · √(2/n), in percent.
const APART: f64 = 8.72;

/// One form, and how it is sent for a name.
struct Door {
    what: &'static str,
    path: &'static str,
    body: fn(&str) -> String,
}

const DOORS: [Door; 3] = [
    Door {
        what: "time of a wrong password at /sign-in, for names that people have against names that nobody has: greatest distance \
               of the two distributions",
        path: "/form/sign-in",
        body: |name| format!("identifier={name}&password=certainly+not+the+right+one&then="),
    },
    Door {
        what: "the same at /forgot-password",
        path: "/form/forgot-password",
        body: |name| format!("email={name}&then="),
    },
    Door {
        what: "the same at /register",
        path: "/form/register",
        body: |name| format!("email={name}&new_password=&then="),
    },
];

/// A hash as Werkzeug makes it, of nothing: somebody who came from another application and did not sign in yet. It takes several times as
/// long as one of ours.
const IMPORTED: &str = "scrypt:32768:8:1$Kq5v0Yd2mXw8RzTb$0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Those who have the names. One in four came from another application.
pub fn people(own: &str) -> impl Iterator<Item = (String, &str)> {
    (0..NAMES).map(move |number| (known(number), if number % 4 == 0 { IMPORTED } else { own }))
}

/// One row for each door. `home` must have the accounts of [`people`].
pub async fn rows(home: &Home, server: &Doorward) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for door in &DOORS {
        let (known, unknown) = times(home, server, door).await?;
        rows.push(Row {
            what: door.what,
            unit: Unit::Percent,
            budget: Budget::AtMost(APART),
            measured: distance(&known, &unknown) * 100.0,
            made_of: format!(
                "medians {:.2} ms against {:.2} ms, {NAMES} names each",
                median(known.clone()),
                median(unknown.clone())
            ),
        });
    }
    Ok(rows)
}

fn known(number: usize) -> String {
    format!("known{number}@example.test")
}

fn unknown(number: usize) -> String {
    format!("other{number}@example.test")
}

/// In milliseconds. Chance says in which order names are asked, so that what one answer leaves behind falls on either kind alike; the
/// answers must be the same.
async fn times(home: &Home, server: &Doorward, door: &Door) -> Result<(Vec<f64>, Vec<f64>), Failure> {
    let mut connection = Connection::open(server.addr).await?;
    for number in 0..WARM_UP {
        ask(&mut connection, home, door, &format!("warm{number}@example.test")).await?;
    }
    let (mut of_known, mut of_unknown) = (Vec::with_capacity(NAMES), Vec::with_capacity(NAMES));
    let mut names: Vec<_> = (0..NAMES).flat_map(|number| [(true, known(number)), (false, unknown(number))]).collect();
    names.sort_by_cached_key(|(_, name)| Sha256::digest(format!("{} {name}", door.path)));
    let mut answers = BTreeSet::new();
    for (is_known, name) in names {
        let (answer, took) = ask(&mut connection, home, door, &name).await?;
        answers.insert(answer);
        if is_known { &mut of_known } else { &mut of_unknown }.push(took.as_secs_f64() * 1000.0);
    }
    if answers.len() > 1 {
        return Err(format!("{} does not answer all names alike: {answers:?}", door.path).into());
    }
    Ok((of_known, of_unknown))
}

/// Status and page of the answer, and how long it took.
async fn ask(
    connection: &mut Connection,
    home: &Home,
    door: &Door,
    name: &str,
) -> Result<((u16, String), Duration), Failure> {
    let request = home.post(door.path, &(door.body)(&name.replace('@', "%40")), "");
    tokio::time::sleep(PAUSE).await;
    let begin = Instant::now();
    let answer = connection.ask(&request).await?;
    let took = begin.elapsed();
    let page = answer.header("location").and_then(|page| page.split('&').next()).unwrap_or_default();
    if answer.status != 303 || page.contains("/account") {
        return Err(format!("{} answers {} {page:?}", door.path, answer.status).into());
    }
    Ok(((answer.status, page.to_owned()), took))
}

/// The two-sample Kolmogorov-Smirnov statistic, 0 to 1. Whoever guesses by one time, at the best threshold there is, is right in
/// (1 + distance) / 2 of all cases.
fn distance(one: &[f64], other: &[f64]) -> f64 {
    let below =
        |times: &[f64], time: f64| times.iter().filter(|other| **other <= time).count() as f64 / times.len() as f64;
    one.iter().chain(other).map(|time| (below(one, *time) - below(other, *time)).abs()).fold(0.0, f64::max)
}
