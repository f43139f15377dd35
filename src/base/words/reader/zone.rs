//! Time zones, by the names that IANA gives them. They are compiled in: a container seldom has any.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::fmt;

/// Where somebody's clock is. UTC if they have not said.
#[derive(Clone)]
pub struct Zone(TimeZone);

/// A moment by the clock of a [`Zone`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    pub year: i16,
    pub month: i8,
    pub day: i8,
    pub hour: i8,
    pub minute: i8,
    /// Such as `CET`; where the zone has no letters for it, such as `UTC+05:30`.
    pub zone: String,
}

impl Zone {
    /// None if there is no zone of that name: one that was stored may be gone in a later version.
    pub fn named(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// As IANA spells it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The names to choose from, sorted: places, and UTC. What else the database has is kept for
    /// old programs.
    pub fn names() -> Vec<String> {
        const PLACES: [&str; 10] = [
            "Africa/",
            "America/",
            "Antarctica/",
            "Arctic/",
            "Asia/",
            "Atlantic/",
            "Australia/",
            "Europe/",
            "Indian/",
            "Pacific/",
        ];
        let database = TimeZoneDatabase::bundled();
        let names = database.available().map(|name| name.as_str().to_owned());
        let mut names: Vec<String> =
            names.filter(|name| name == "UTC" || PLACES.iter().any(|place| name.starts_with(place))).collect();
        names.sort_unstable();
        names
    }

    /// None for a moment that no calendar holds. `micros` counts from the Unix epoch.
    pub fn local(&self, micros: i64) -> Option<Local> {
        let moment = Timestamp::from_second(micros.div_euclid(1_000_000)).ok()?;
        let local = self.0.to_datetime(moment);
        let info = self.0.to_offset_info(moment);
        let letters = info.abbreviation().to_owned();
        let zone = if letters.starts_with(['+', '-']) { by_offset(info.offset().seconds()) } else { letters };
        let (year, month, day) = (local.year(), local.month(), local.day());
        Some(Local { year, month, day, hour: local.hour(), minute: local.minute(), zone })
    }
}

fn by_offset(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
    format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
