//! The house has floors: `run` > `pages`, `api`, `proxies` > `request` > `flows` > `domain` >
//! `base`, and `ui` beside them. Nothing imports upward, and no rooms of a floor import each other
//! in a circle. ARCHITECTURE.md tells what each floor is for.
//!
//! The test reads the files, not the library: every `use` and every path in the code, those inside
//! macros included. What code that only tests run names is left out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod allowed;
mod circles;
mod documents;
mod floors;
mod house;
mod names;
mod syntax;

mod made_up;

use allowed::ALLOWED;
use house::{House, Named, Sources};
use std::path::Path;
use std::sync::LazyLock;

static SOURCES: LazyLock<Sources> = LazyLock::new(sources);
static HOUSE: LazyLock<House> = LazyLock::new(|| House::read(&SOURCES));

#[test]
fn every_file_is_read_and_belongs_to_a_module() {
    assert!(HOUSE.unread.is_empty(), "\n{}", HOUSE.unread.join("\n"));
    assert_eq!(HOUSE.files_read, SOURCES.len());
    // A reader that finds nothing would find no fault either.
    assert!(SOURCES.len() > 200, "only {} files", SOURCES.len());
    let arrows = HOUSE.arrows().iter().filter(|arrow| matches!(arrow.to, Named::Ours { .. })).count();
    assert!(arrows > 2000, "only {arrows} imports of another room");
}

#[test]
fn no_floor_imports_a_higher_one_and_no_rooms_stand_in_a_circle() {
    let verdict = floors::judge(&HOUSE.arrows(), ALLOWED);
    println!("{} imports are allowed by {} entries", verdict.let_through, ALLOWED.len());
    let (faults, count) = (verdict.faults.join("\n"), verdict.faults.len());
    assert!(verdict.faults.is_empty(), "{count} to mend (tests/architecture/floors.rs has the rules):\n{faults}");
}

#[test]
fn whatever_is_allowed_has_its_reason() {
    for entry in ALLOWED {
        assert!(!entry.why.is_empty(), "{} -> {} is allowed for no reason", entry.from, entry.to);
    }
}

fn sources() -> Sources {
    let mut sources = Sources::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                sources.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    sources
}
