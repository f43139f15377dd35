//! The measurements behind the rows. What is compared is measured in turn, A B A B, and each round gives a ratio of its
//! own, of which the median counts: a machine that is slower for a while is slower for both.

use crate::Failure;
use crate::bare::{self, BareServer, CHECK, Hashing, ROW};
use crate::client::{Answer, Connection};
use crate::load::{Rounds, Target, median, p99};
use crate::seed;
use crate::subject::{Doorward, Home, is_known, is_signed_in};
use crate::table::{Budget, Row, Unit};
use std::sync::Arc;
use std::time::Duration;

pub const PEOPLE: usize = 5;
const STARTS: usize = 5;
const ROUNDS: usize = 9;
/// Of one side in one round.
const SPAN: Duration = Duration::from_millis(1500);
/// How long a process is left alone before its memory is read: startup work and background tasks are over.
const SETTLE: Duration = Duration::from_secs(3);
/// Below the default queue of the hasher, so that nobody is told to try again.
const SIGN_IN_CONNECTIONS: usize = 16;
const CHECK_CONNECTIONS: usize = 16;
/// Different cookies in one load, spread over all sessions.
const COOKIES: usize = 20_000;

/// The bytes of the bodies as they go over the wire to a browser that takes brotli.
pub async fn first_view(home: &Home) -> Result<[Row; 2], Failure> {
    let mut connection = Connection::open(home.addr).await?;
    let page = connection.ask(&home.get("/sign-in", &[])).await?;
    let html = String::from_utf8(page.body)?;
    let mut sizes = Vec::new();
    let asset = |suffix: &str| linked(&html, suffix).ok_or_else(|| format!("the sign-in page names no {suffix} file"));
    for path in ["/sign-in", asset(".css")?, asset(".js")?, asset(".wasm")?] {
        let answer = connection.ask(&home.get(path, &[("Accept-Encoding", "br")])).await?;
        if answer.status != 200 || answer.header("content-encoding") != Some("br") {
            return Err(format!("{path} is not served as brotli: status {}", answer.status).into());
        }
        sizes.push(kilobytes(&answer));
    }
    let [html, css, js, wasm] = sizes[..] else { return Err("four files were asked for".into()) };
    Ok([
        Row {
            what: "sign-in page, first view, brotli: HTML + CSS, enough to sign in",
            unit: Unit::Kilobytes,
            budget: Budget::AtMost(14.0),
            measured: html + css,
            made_of: format!("HTML {html:.1} + CSS {css:.1}"),
        },
        Row {
            what: "the same with JS + WASM",
            unit: Unit::Kilobytes,
            budget: Budget::AtMost(150.0),
            measured: html + css + js + wasm,
            made_of: format!("JS {js:.1} + WASM {wasm:.1}"),
        },
    ])
}

/// The first address in quotes that ends like this.
fn linked<'a>(html: &'a str, suffix: &str) -> Option<&'a str> {
    html.split(['"', '\'']).find(|part| part.starts_with('/') && part.ends_with(suffix))
}

fn kilobytes(answer: &Answer<'_>) -> f64 {
    answer.body.len() as f64 / 1000.0
}

pub async fn idle_memory(server: &Doorward) -> Result<Row, Failure> {
    tokio::time::sleep(SETTLE).await;
    Ok(Row {
        what: "idle resident memory after start",
        unit: Unit::Megabytes,
        budget: Budget::AtMost(25.0),
        measured: server.resident_bytes()? / 1e6,
        made_of: format!("{} s after the start, nothing asked", SETTLE.as_secs()),
    })
}

/// Stored sessions alone cost nothing, so one in five is used once before the memory is read.
pub async fn memory_with_sessions(home: &Home, server: &Doorward, sessions: usize) -> Result<Row, Failure> {
    let target = checks(home, server, sessions);
    let used = target.requests.len();
    let mut connection = Connection::open(server.addr).await?;
    for request in target.requests.iter() {
        if !is_known(&connection.ask(request).await?) {
            return Err("a stored session was not known".into());
        }
    }
    drop(connection);
    tokio::time::sleep(SETTLE).await;
    Ok(Row {
        what: "the same with 100,000 sessions stored",
        unit: Unit::Megabytes,
        budget: Budget::AtMost(35.0),
        measured: server.resident_bytes()? / 1e6,
        made_of: format!("{used} of them used once"),
    })
}

/// Leaves the last of the servers running.
pub async fn start_time(home: &Home) -> Result<(Doorward, Row), Failure> {
    let mut took = Vec::new();
    for _ in 1..STARTS {
        let (server, until_ready) = home.start().await?;
        took.push(until_ready);
        server.stop()?;
    }
    let (server, until_ready) = home.start().await?;
    took.push(until_ready);
    let row = Row {
        what: "start to first answer, existing database",
        unit: Unit::Milliseconds,
        budget: Budget::AtMost(300.0),
        measured: median(took.iter().map(|took| took.as_secs_f64() * 1000.0).collect()),
        made_of: format!("{STARTS} starts, slowest {:.0} ms", took.iter().max().map_or(0, Duration::as_millis)),
    };
    Ok((server, row))
}

pub async fn sign_ins(home: &Home, server: &Doorward, hashing: &Hashing) -> Result<Row, Failure> {
    let target = sign_in_target(home, server).await?;
    target.throughput(SIGN_IN_CONNECTIONS, Duration::from_millis(500)).await?;
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        let bare = bare::hashes_per_second(hashing, SPAN).await?;
        rounds.add(target.throughput(SIGN_IN_CONNECTIONS, SPAN).await?, bare);
    }
    Ok(Row {
        what: "password sign-ins a second, against the bare Argon2 rate of the same threads",
        unit: Unit::Percent,
        budget: Budget::AtLeast(90.0),
        measured: rounds.ratio() * 100.0,
        made_of: rounds.per_second(),
    })
}

pub async fn session_checks(
    home: &Home,
    server: &Doorward,
    other: &BareServer,
    sessions: usize,
) -> Result<Row, Failure> {
    let doorward = checks(home, server, sessions);
    let bare = Target { server: other.addr, ..doorward.clone() };
    let rounds = in_turn(&doorward, &bare).await?;
    Ok(Row {
        what: "session checks a second (`GET /api/v1/me` with a cookie, read from the database each time), against a \
               bare axum handler",
        unit: Unit::Percent,
        budget: Budget::AtLeast(20.0),
        measured: rounds.ratio() * 100.0,
        made_of: rounds.per_second(),
    })
}

/// What is left for a session check if everything but the query cost nothing.
pub async fn rows_read(home: &Home, other: &BareServer) -> Result<Row, Failure> {
    let bare = |path| Target { server: other.addr, requests: Arc::new(vec![home.get(path, &[])]), is_right: is_known };
    let rounds = in_turn(&bare(ROW), &bare(CHECK)).await?;
    Ok(Row {
        what: "a bare axum handler that reads one row through sqlx, against one that reads none",
        unit: Unit::Percent,
        budget: Budget::Reference,
        measured: rounds.ratio() * 100.0,
        made_of: rounds.per_second(),
    })
}

/// In each round Doorward and the bare server are asked quietly, then both while people sign in to Doorward: what the flood costs
/// whoever only shares the machine is the second row.
pub async fn checks_in_a_flood(
    home: &Home,
    server: &Doorward,
    other: &BareServer,
    sessions: usize,
) -> Result<[Row; 2], Failure> {
    let target = checks(home, server, sessions);
    let bare = Target { server: other.addr, ..target.clone() };
    let flood = sign_in_target(home, server).await?;
    let (mut rounds, mut bare_rounds) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        let quiet = p99(target.latencies(8, 400, SPAN).await?);
        let bare_quiet = p99(bare.latencies(8, 400, SPAN).await?);
        let flooding = tokio::spawn({
            let flood = flood.clone();
            async move { flood.throughput(SIGN_IN_CONNECTIONS, 2 * SPAN + Duration::from_millis(800)).await }
        });
        tokio::time::sleep(Duration::from_millis(400)).await;
        rounds.add(p99(target.latencies(8, 400, SPAN).await?), quiet);
        bare_rounds.add(p99(bare.latencies(8, 400, SPAN).await?), bare_quiet);
        flooding.await??;
    }
    let row = |what, budget, rounds: &Rounds| {
        let (flooded, quiet) = rounds.medians();
        let made_of = format!("{flooded:.2} ms against {quiet:.2} ms, 400 checks a second");
        Row { what, unit: Unit::Times, budget, measured: rounds.ratio(), made_of }
    };
    Ok([
        row("p99 of a session check during a flood of sign-ins, against the quiet p99", Budget::AtMost(3.0), &rounds),
        row(
            "the same of a bare axum handler in another process, while Doorward is flooded",
            Budget::Reference,
            &bare_rounds,
        ),
    ])
}

/// One server with a million sessions and one with a thousand, both running.
pub async fn checks_among_many(
    many: (&Home, &Doorward, usize),
    few: (&Home, &Doorward, usize),
) -> Result<Row, Failure> {
    let many = checks(many.0, many.1, many.2);
    let few = checks(few.0, few.1, few.2);
    let rounds = in_turn(&many, &few).await?;
    Ok(Row {
        what: "session checks a second with 1,000,000 stored sessions, against 1,000",
        unit: Unit::Times,
        budget: Budget::AtLeast(0.9),
        measured: rounds.ratio(),
        made_of: rounds.per_second(),
    })
}

async fn in_turn(one: &Target, other: &Target) -> Result<Rounds, Failure> {
    for target in [one, other] {
        target.throughput(CHECK_CONNECTIONS, Duration::from_millis(500)).await?;
    }
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        let first = one.throughput(CHECK_CONNECTIONS, SPAN).await?;
        rounds.add(first, other.throughput(CHECK_CONNECTIONS, SPAN).await?);
    }
    Ok(rounds)
}

/// Checks of sessions spread over all that are stored, in an order that follows nothing in the database.
fn checks(home: &Home, server: &Doorward, sessions: usize) -> Target {
    let step = (sessions / COOKIES).max(1);
    let requests = (0..sessions)
        .step_by(step)
        .map(|number| {
            let cookie = format!("__Host-doorward={}", seed::cookie(number));
            home.get(CHECK, &[("Cookie", &cookie), ("User-Agent", seed::AGENT)])
        })
        .collect();
    Target { server: server.addr, requests: Arc::new(requests), is_right: is_known }
}

/// People who sign in from a browser that they used before: a first sign-in there gives it the cookie it is recognised by.
async fn sign_in_target(home: &Home, server: &Doorward) -> Result<Target, Failure> {
    let mut requests = Vec::new();
    let mut connection = Connection::open(server.addr).await?;
    for person in 0..PEOPLE {
        let first = connection.ask(&home.sign_in(person, "")).await?;
        let device = first.cookie("__Host-doorward-device").ok_or("a sign-in gave no device cookie")?.to_owned();
        requests.push(home.sign_in(person, &device));
    }
    Ok(Target { server: server.addr, requests: Arc::new(requests), is_right: is_signed_in })
}
