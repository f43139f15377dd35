//! Circles of rooms within a floor.

use crate::floors::ends;
use crate::house::{Arrow, Named};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// For each tangle (rooms that all reach each other) its shortest circle, arrow by arrow.
pub fn all<'a>(arrows: &[&'a Arrow]) -> Vec<Vec<&'a Arrow>> {
    let graph = Graph::of(arrows);
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut circles = Vec::new();
    for room in graph.next.keys() {
        if told.contains(room.as_str()) || graph.way(room, room).is_none() {
            continue;
        }
        let tangle: Vec<&str> = graph.tangle_of(room);
        let shortest = tangle.iter().filter_map(|room| graph.way(room, room)).min_by_key(Vec::len);
        circles.extend(shortest);
        told.extend(tangle);
    }
    circles
}

/// Whether an arrow closes a circle with the others.
pub fn closes(others: &[&Arrow], arrow: &Arrow) -> bool {
    let (from, to) = ends(arrow);
    Graph::of(others).way(&to, &from).is_some()
}

pub fn told(floor: &str, circle: &[&Arrow]) -> String {
    let line = |arrow: &&Arrow| match &arrow.to {
        Named::Ours { path, .. } => format!("\n  {}:{} imports {}", arrow.file, arrow.line, path.join("::")),
        Named::Foreign(_) => String::new(),
    };
    let lines: String = circle.iter().map(line).collect();
    format!("rooms of {floor} import each other in a circle. Move what both need below them, or pass it in.{lines}")
}

/// Which room imports which, with one import for each.
struct Graph<'a> {
    next: BTreeMap<String, BTreeMap<String, &'a Arrow>>,
}

impl<'a> Graph<'a> {
    fn of(arrows: &[&'a Arrow]) -> Graph<'a> {
        let mut next: BTreeMap<String, BTreeMap<String, &'a Arrow>> = BTreeMap::new();
        for arrow in arrows {
            let (from, to) = ends(arrow);
            next.entry(from).or_default().entry(to).or_insert(arrow);
        }
        Graph { next }
    }

    /// The fewest arrows from one room to another, at least one.
    fn way(&self, from: &str, to: &str) -> Option<Vec<&'a Arrow>> {
        let mut ahead: VecDeque<(&str, Vec<&'a Arrow>)> = VecDeque::from([(from, Vec::new())]);
        let mut seen = BTreeSet::new();
        while let Some((room, way)) = ahead.pop_front() {
            for (next, arrow) in self.next.get(room).into_iter().flatten() {
                let longer = [way.as_slice(), &[*arrow]].concat();
                if next == to {
                    return Some(longer);
                }
                if seen.insert(next) {
                    ahead.push_back((next, longer));
                }
            }
        }
        None
    }

    fn tangle_of(&self, room: &str) -> Vec<&str> {
        let mutual = |other: &&String| self.way(room, other).is_some() && self.way(other, room).is_some();
        self.next.keys().filter(mutual).map(String::as_str).collect()
    }
}
