//! Hashes made by the real Werkzeug, Django, bcrypt, argon2-cffi and passlib, in this run.

use crate::peers::python;
use doorward::base::passwords::{HashSettings, Hasher, NotTaken, PlainPassword, StoredHash, Verified};
use serde::Deserialize;
use std::collections::HashSet;

#[derive(Deserialize)]
struct Made {
    format: String,
    password: String,
    hash: String,
}

fn cheap() -> Hasher {
    Hasher::start(&HashSettings { memory_kib: 64, iterations: 1, ..HashSettings::default() }).unwrap()
}

/// By every format, for each of `passwords`.
fn made(passwords: &[&str]) -> Option<Vec<Made>> {
    let lines = python("end2end/interop/hashes.py", &[], &passwords.join("\n"))?;
    let made: Vec<Made> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let formats: HashSet<&str> = made.iter().map(|made| made.format.as_str()).collect();
    assert_eq!((formats.len(), made.len()), (28, 28 * passwords.len()));
    Some(made)
}

async fn checked(hasher: &Hasher, password: &str, hash: &StoredHash) -> Verified {
    hasher.verify(&PlainPassword::parse(password.to_owned()).unwrap(), Some(hash.clone())).await.unwrap()
}

#[tokio::test]
async fn hashes_of_the_real_libraries_are_right_for_their_password_alone() {
    // Far from ASCII, and not in NFC: what was typed into the old application is tried first.
    let Some(made) = made(&["hunter2", "pa\u{308}ssw\u{f6}rd \u{1f511}"]) else { return };
    let hasher = cheap();
    for Made { format, password, hash } in &made {
        let hash = StoredHash::import(hash).unwrap_or_else(|refused| panic!("{format}: {refused}"));
        // In NFC an Argon2id with more than today's memory stays as it is.
        let stays = hash.as_str().contains("argon2id$") && password == "hunter2";
        let right = if stays { Verified::Right } else { Verified::RightButOutdated };
        assert_eq!(checked(&hasher, password, &hash).await, right, "{format}");
        for wrong in [&password[1..], &format!("{password} "), "Hunter2"] {
            assert_eq!(checked(&hasher, wrong, &hash).await, Verified::Wrong, "{format} {wrong:?}");
        }
    }
}

#[tokio::test]
async fn a_long_password_counts_as_far_as_its_library_read_it() {
    let long = format!("{}, and what comes after byte 72", "x".repeat(72));
    let Some(made) = made(&[&long]) else { return };
    let hasher = cheap();
    for Made { format, hash, .. } in &made {
        let hash = StoredHash::import(hash).unwrap();
        let cut = ["bcrypt 2a", "bcrypt 2b", "bcrypt 2y", "django bcrypt", "passlib bcrypt"].contains(&format.as_str());
        // Not stored anew: what bcrypt never read may be mistyped.
        let right =
            if cut || hash.as_str().contains("argon2id$") { Verified::Right } else { Verified::RightButOutdated };
        assert_eq!(checked(&hasher, &long, &hash).await, right, "{format}");
        let other = format!("{}, and something else", "x".repeat(72));
        assert_eq!(checked(&hasher, &other, &hash).await, if cut { right } else { Verified::Wrong }, "{format}");
        assert_eq!(checked(&hasher, &long[1..], &hash).await, Verified::Wrong, "{format}");
    }
}

#[tokio::test]
async fn a_hash_that_lost_or_changed_a_character_is_refused_or_wrong() {
    let Some(made) = made(&["correct horse"]) else { return };
    let hasher = cheap();
    for Made { format, password, hash } in &made {
        for cut in 1..4 {
            let shorter = StoredHash::import(&hash[..hash.len() - cut]);
            assert!(
                !matches!(shorter, Ok(hash) if checked(&hasher, password, &hash).await != Verified::Wrong),
                "{format}"
            );
        }
        // In the middle of the hash itself, where every bit counts.
        let at = hash.len() - 12;
        let other = if hash.as_bytes()[at] == b'1' { "2" } else { "1" };
        let changed = format!("{}{other}{}", &hash[..at], &hash[at + 1..]);
        if let Ok(hash) = StoredHash::import(&changed) {
            assert_eq!(checked(&hasher, password, &hash).await, Verified::Wrong, "{format}");
        }
        assert!(matches!(StoredHash::import(&format!(" {hash}")), Err(NotTaken::Unknown)), "{format}");
    }
}
