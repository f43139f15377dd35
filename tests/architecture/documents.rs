//! That no document sends its reader to a file that is somewhere else by now.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

const FLOORS: [&str; 9] = ["run", "pages", "api", "proxies", "request", "flows", "domain", "base", "ui"];

/// The files and folders of `src/` that `text` names between backticks, as `src/flows/sign_in.rs`
/// or `flows/sign_in.rs`.
fn named(text: &str) -> impl Iterator<Item = PathBuf> {
    text.split('`').skip(1).step_by(2).filter_map(|quoted| {
        let path = quoted.split("::").next().unwrap_or_default();
        let below_src = path.strip_prefix("src/").unwrap_or(path);
        let (floor, rest) = below_src.split_once('/')?;
        let is_path = !rest.contains([' ', '*', '{']) && (rest.ends_with(".rs") || rest.ends_with('/'));
        (FLOORS.contains(&floor) && is_path).then(|| Path::new("src").join(below_src))
    })
}

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("docs")];
    found.extend(["README.md", "ARCHITECTURE.md"].map(|name| root.join(name)));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn whatever_file_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    let mut missing = Vec::new();
    for document in documents() {
        for path in named(&read_to_string(&document).unwrap()) {
            count += 1;
            if !root.join(&path).exists() {
                missing.push(format!("{} names {}", document.display(), path.display()));
            }
        }
    }
    assert!(count > 50, "{count} files are named");
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_path_is_found_by_its_floor() {
    let text = "`src/flows/sign_in.rs`, `base/config/`, `domain/factors/failures.rs::a_year`, `docs/api.md`, `a/b`, `/sign-in`";
    let found: Vec<_> = named(text).collect();
    let expected = ["src/flows/sign_in.rs", "src/base/config/", "src/domain/factors/failures.rs"].map(PathBuf::from);
    assert_eq!(found, expected);
}
