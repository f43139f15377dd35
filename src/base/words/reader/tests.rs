//! Who is told what in which language and by which clock.
#![allow(clippy::unwrap_used)]

use super::*;
use http::HeaderName;
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
    accept_language::best(&headers, default).tag()
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
        assert_eq!(accept_language::best(&headers, english()).tag(), "en", "{line}");
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

fn stored(language: Option<&str>, first: Option<&str>, zone: Option<&str>) -> Reading {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Reading { language: owned(language), first_language: owned(first), time_zone: owned(zone) }
}

#[test]
fn what_this_version_does_not_know_is_not_chosen() {
    let gone = stored(Some("tlh"), Some("tlh"), Some("Mars/Olympus_Mons"));
    assert_eq!((gone.language(), gone.first_language(), gone.zone().is_none()), (None, None, true));
    let known = stored(Some("de"), None, Some("Europe/Berlin"));
    assert_eq!((known.language(), known.zone().unwrap().name()), (Some(german()), "Europe/Berlin"));
}

const MOMENT: i64 = 1_795_442_700_999_999;

fn told(tag: &str, zone: &str, micros: i64) -> String {
    let language = Language::known(tag).unwrap();
    let zone = Zone::named(zone).unwrap();
    Reader { language, zone, ..Reader::default() }.told(|| moment(micros).unwrap().0)
}

#[test]
fn a_moment_reads_well_and_one_beyond_the_calendar_is_nothing() {
    let (exact, machine) = moment(MOMENT).unwrap();
    assert_eq!((exact.as_str(), machine.as_str()), ("23 November 2026, 14:05 UTC", "2026-11-23T14:05:00Z"));
    assert_eq!(moment(i64::MAX), None);
    assert_eq!(moment(i64::MIN), None);
    assert_eq!(moment(-1).unwrap().1, "1969-12-31T23:59:59Z");
}

#[test]
fn a_moment_is_told_by_the_readers_clock_which_is_named() {
    const HALF_A_YEAR: i64 = 182 * 86_400 * 1_000_000;
    assert_eq!(told("en", "Europe/Berlin", MOMENT), "23 November 2026, 15:05 CET");
    assert_eq!(told("de", "Europe/Berlin", MOMENT), "23. November 2026, 15:05 Uhr MEZ");
    assert_eq!(told("de", "Europe/Berlin", MOMENT + HALF_A_YEAR), "24. Mai 2027, 16:05 Uhr MESZ");
    assert_eq!(told("en", "Asia/Kolkata", MOMENT), "23 November 2026, 19:35 IST");
    assert_eq!(told("en", "Asia/Dubai", MOMENT), "23 November 2026, 18:05 UTC+04:00");
    assert_eq!(told("en", "America/Sao_Paulo", MOMENT), "23 November 2026, 11:05 UTC-03:00");
    assert_eq!(told("en", "Pacific/Kiritimati", MOMENT), "24 November 2026, 04:05 UTC+14:00");
    assert_eq!(told("en", "America/Los_Angeles", 0), "31 December 1969, 16:00 PST");
}

#[test]
fn every_zone_that_can_be_chosen_can_be_stored_and_told() {
    let names = Zone::names();
    assert!(names.len() > 300 && names.iter().any(|name| name == "UTC"), "{}", names.len());
    for name in names {
        let zone = Zone::named(&name).unwrap();
        assert!(Zone::named(zone.name()).is_some(), "{name} is stored as {}", zone.name());
        assert!(zone.local(MOMENT).is_some(), "{name}");
    }
    assert!(Zone::named("").is_none() && Zone::named("Europe/Atlantis").is_none());
    assert!(Zone::named("../../etc/passwd").is_none());
}

#[test]
fn words_within_words_are_for_the_one_they_are_told() {
    let german = Reader { language: german(), ..Reader::default() };
    let (inner, after) = german.told(|| {
        let inner = Reader::default().told(|| crate::base::words::word("sign-in-title"));
        (inner, crate::base::words::word("sign-in-title"))
    });
    assert_eq!((inner.as_str(), after.as_str()), ("Sign in", "Anmelden"));
    assert_eq!(crate::base::words::word("sign-in-title"), "Sign in", "outside of both");
}
