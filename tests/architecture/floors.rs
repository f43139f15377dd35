//! The rules: which floor may import which, and what the lower ones may not name at all.

use crate::allowed::Allowed;
use crate::circles;
use crate::house::{Arrow, Named, PROGRAM, room_of};
use std::collections::{BTreeMap, BTreeSet};

/// The floors with their height, lowest first. Those of one height know nothing of each other.
const FLOORS: [(&str, u8); 8] =
    [("base", 0), ("domain", 1), ("flows", 2), ("request", 3), ("pages", 4), ("api", 4), ("proxies", 4), ("run", 5)];
/// From here up a floor answers requests: it may know Leptos and axum, and show what `ui` is made
/// of.
const ANSWERS: u8 = 3;
/// Pieces of pages that know nothing of authentication. They stand beside the floors.
const UI: &str = "ui";
/// All that `ui` knows.
const WORDS: &str = "base::words";

/// Crates that are about requests and pages, by how their names begin.
const OF_REQUESTS: [&str; 4] = ["axum", "leptos", "server_fn", "tower"];
/// What of `http` is about requests too; statuses and names of headers are not.
const OF_HTTP: [&str; 4] = ["Request", "Response", "request", "response"];
/// The one thing in such a crate that is about no request: the id of a session as tower-sessions
/// makes it, 128 random bits and their text form, of which the hash is stored. Records and stores
/// of that crate stay out, or sessions would be kept in a second way.
const OF_NO_REQUEST: [&str; 3] = ["tower_sessions_core", "session", "Id"];

/// What the rules say of all imports together.
pub struct Verdict {
    /// One text for each thing to mend.
    pub faults: Vec<String>,
    /// How many imports the allow list lets through.
    pub let_through: usize,
}

/// Holds every import to the rules, but for those that the allow list has.
pub fn judge(arrows: &[Arrow], allowed: &[Allowed]) -> Verdict {
    let mut verdict = Verdict { faults: unsorted(allowed), let_through: 0 };
    let mut used = BTreeSet::new();
    let mut level: BTreeMap<&str, Vec<&Arrow>> = BTreeMap::new();
    for arrow in arrows {
        let (from, to) = ends(arrow);
        let entry = allowed.iter().find(|entry| entry.from == from && entry.to == to);
        match fault(arrow) {
            Some(_) if entry.is_some() => {
                used.insert((from, to));
                verdict.let_through += 1;
            }
            Some(fault) => verdict.faults.push(fault),
            None if is_within_floor(arrow) => level.entry(&arrow.from[0]).or_default().push(arrow),
            None => {}
        }
    }
    for (floor, arrows) in level {
        let is_allowed = |arrow: &&Arrow| allowed.iter().any(|entry| (entry.from, entry.to) == borrowed(&ends(arrow)));
        let (listed, free): (Vec<&Arrow>, Vec<&Arrow>) = arrows.into_iter().partition(is_allowed);
        verdict.faults.extend(circles::all(&free).iter().map(|circle| circles::told(floor, circle)));
        // One that closes no circle with the free ones needs no entry.
        let needed = listed.iter().filter(|arrow| circles::closes(&free, arrow));
        for arrow in needed {
            verdict.let_through += 1;
            used.insert(ends(arrow));
        }
    }
    verdict.faults.extend(allowed.iter().filter(|entry| !used.contains(&owned(entry))).map(stale));
    verdict
}

fn unsorted(allowed: &[Allowed]) -> Vec<String> {
    let is_wrong = |pair: &&[Allowed]| (pair[0].from, pair[0].to) >= (pair[1].from, pair[1].to);
    let told = |pair: &[Allowed]| {
        format!("The allow list is sorted and names an arrow once: look at {} -> {}.", pair[1].from, pair[1].to)
    };
    allowed.windows(2).filter(is_wrong).map(told).collect()
}

fn stale(entry: &Allowed) -> String {
    let Allowed { from, to, .. } = entry;
    format!("tests/architecture/allowed.rs lets {from} import {to}, and nothing needs that any more: delete the line.")
}

fn owned(entry: &Allowed) -> (String, String) {
    (entry.from.to_owned(), entry.to.to_owned())
}

fn borrowed((from, to): &(String, String)) -> (&str, &str) {
    (from, to)
}

/// The rooms at both ends, as the allow list names them; a crate stands for itself.
pub fn ends(arrow: &Arrow) -> (String, String) {
    let to = match &arrow.to {
        Named::Ours { module, .. } => room_of(module),
        Named::Foreign(path) if path[0] == "http" => path.iter().take(2).cloned().collect::<Vec<_>>().join("::"),
        Named::Foreign(path) => path[0].clone(),
    };
    (room_of(&arrow.from), to)
}

fn is_within_floor(arrow: &Arrow) -> bool {
    match &arrow.to {
        Named::Ours { module, .. } => !arrow.from.is_empty() && arrow.from.first() == module.first(),
        Named::Foreign(_) => false,
    }
}

/// What is wrong with one import by itself, and what to do about it.
fn fault(arrow: &Arrow) -> Option<String> {
    let here = arrow.from.first().filter(|first| *first != PROGRAM)?;
    let (what, rule) = match &arrow.to {
        Named::Foreign(path) => (path.join("::"), foreign_fault(here, path)?),
        Named::Ours { module, path } => (path.join("::"), own_fault(here, module)?),
    };
    Some(format!("{}:{} imports {what}: {rule}", arrow.file, arrow.line))
}

fn own_fault(here: &str, module: &[String]) -> Option<String> {
    let Some(there) = module.first() else {
        return Some("the root only lists the floors. Put it on one of them.".to_owned());
    };
    if here == there {
        return None;
    }
    if here == UI {
        let is_known = room_of(module) == WORDS;
        return (!is_known).then(|| "ui knows words alone. Take what it shows as a property.".to_owned());
    }
    let Some(own) = height(here) else {
        return Some(format!("{here} is no floor. Move it onto one (tests/architecture/floors.rs)."));
    };
    if there == UI {
        return (own < ANSWERS).then(|| format!("{here} shows no pages. Let the page that asks show it."));
    }
    match height(there) {
        None => Some(format!("{there} is no floor. Move it onto one (tests/architecture/floors.rs).")),
        Some(other) if other > own => Some(format!("{here} is below {there}. Pass in what it needs.")),
        Some(other) if other == own => {
            Some(format!("{here} and {there} don't import each other. Move what both need to a floor below."))
        }
        Some(_) => None,
    }
}

fn foreign_fault(here: &str, path: &[String]) -> Option<String> {
    let is_low = height(here).is_some_and(|own| own < ANSWERS);
    let is_of_requests = OF_REQUESTS.iter().any(|start| path[0].starts_with(start))
        && path.iter().take(OF_NO_REQUEST.len()).ne(&OF_NO_REQUEST);
    let is_of_http = path[0] == "http" && path.get(1).is_some_and(|name| OF_HTTP.contains(&name.as_str()));
    (is_low && (is_of_requests || is_of_http)).then(|| format!("{here} knows no request. Pass in what it needs of it."))
}

fn height(floor: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == floor).map(|(_, height)| *height)
}
