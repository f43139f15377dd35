//! What is told by which clock.
#![allow(clippy::unwrap_used)]

use super::*;

const MOMENT: i64 = 1_795_442_700_999_999;

fn told(tag: &str, zone: &str, micros: i64) -> String {
    let language = Language::known(tag).unwrap();
    let zone = Zone::named(zone).unwrap();
    Reader { language, zone, ..Reader::default() }.moment(micros).0
}

#[test]
fn a_moment_reads_well_and_one_beyond_the_calendar_is_nothing() {
    let (moment, nothing) = (|micros| Reader::default().moment(micros), Default::default());
    let (exact, machine) = moment(MOMENT);
    assert_eq!((exact.as_str(), machine.as_str()), ("23 November 2026, 14:05 UTC", "2026-11-23T14:05:00Z"));
    assert_eq!(moment(i64::MAX), nothing);
    assert_eq!(moment(i64::MIN), nothing);
    assert_eq!(moment(-1).1, "1969-12-31T23:59:59Z");
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
