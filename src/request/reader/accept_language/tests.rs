//! Which language is spoken to whoever asks for several.
#![allow(clippy::unwrap_used)]

use super::*;
use http::{HeaderName, HeaderValue};
use proptest::prelude::*;

fn german() -> Language {
    Language::known("de").unwrap()
}

fn english() -> Language {
    Language::known("en").unwrap()
}

fn asked(lines: &[&str], default: Language) -> &'static str {
    let name = || HeaderName::from_static("accept-language");
    let headers: HeaderMap = lines.iter().map(|line| (name(), line.parse().unwrap())).collect();
    best(&headers, default).tag()
}

#[test]
fn the_most_welcome_language_that_is_there_is_spoken() {
    for (line, spoken) in [
        ("de", "de"),
        ("DE-at", "de"),
        ("de-AT-1996", "de"),
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.5, de;q=0.51", "de"),
        ("de;q=0.5, en", "en"),
        ("fr-CH, fr;q=0.9, de;q=0.7, *;q=0.5", "de"),
        ("de, en", "de"),
        ("en, de", "en"),
        ("de ; q = 0.9 , en ; q=0.1", "de"),
        ("de-x-private", "de"),
        ("de;Q=1.000", "de"),
    ] {
        assert_eq!(asked(&[line], english()), spoken, "{line}");
    }
    assert_eq!(asked(&["fr", "de;q=0.5"], english()), "de", "two header lines are one list");
}

#[test]
fn what_nobody_asked_for_is_the_operators() {
    for line in ["", "*", "fr", "fr, *;q=0.1", "den", "d", "german", "e", "de;q=0", "de;q=0.000, fr"] {
        assert_eq!(asked(&[line], english()), "en", "{line}");
    }
    assert_eq!(asked(&[], german()), "de");
    assert_eq!(asked(&["fr"], german()), "de");
    assert_eq!(asked(&["de;q=0, *"], german()), "en", "refused, and any other is as good");
}

#[test]
fn what_is_no_list_of_languages_is_passed_over() {
    for line in [
        "de;q=2",
        "de;q=1.001",
        "de;q=0.1234",
        "de;q=-1",
        "de;q",
        "de;q=",
        "de;level=1",
        "de;q=1;q=1",
        "de_DE",
        "../de",
        "de\u{e9}",
    ] {
        let name = HeaderName::from_static("accept-language");
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_bytes(line.as_bytes()).unwrap())]);
        assert_eq!(best(&headers, english()).tag(), "en", "{line}");
    }
    let late = format!("{}de", "fr,".repeat(31));
    assert_eq!(asked(&[&late], english()), "de");
    let later = format!("{}de", "fr,".repeat(32));
    assert_eq!(asked(&[&later], english()), "en", "beyond what is looked at");
    assert_eq!(asked(&[&format!("de,{}", "x".repeat(100_000))], english()), "en");
}

proptest! {
    #[test]
    fn no_header_upsets_it(line in "[ -~]{0,200}") {
        asked(&[&line], english());
    }
}
