//! How somebody reads: in which language, and by which clock. Decided once for each request and
//! each letter.
//!
//! The account's own choice comes first, then what was chosen in this browser, then what the
//! browser asks for, then the operator's.

mod zone;

pub use zone::Zone;

use crate::base::words::bundles::{self, Language};
use crate::base::words::machine;
use std::time::Duration;

/// How whoever gets a page, an answer or a letter reads it. By default in English and by UTC, as on
/// the command line.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub language: Language,
    /// Whether their account has chosen it, so that nothing else can.
    pub own_language: bool,
    /// UTC where nobody has chosen one: a browser tells its own zone to scripts alone.
    pub zone: Zone,
    pub own_zone: bool,
}

impl Reader {
    /// With what an account has chosen, if anything; `otherwise` says in which language if it has
    /// chosen none.
    pub fn with(language: Option<Language>, zone: Option<Zone>, otherwise: impl FnOnce() -> Language) -> Self {
        Self {
            own_language: language.is_some(),
            language: language.unwrap_or_else(otherwise),
            own_zone: zone.is_some(),
            zone: zone.unwrap_or_default(),
        }
    }

    /// The words for `key`, which must have no variables.
    pub fn word(&self, key: &'static str) -> String {
        bundles::render(self.language, key, &[])
    }

    /// The words for `key` with its variables filled in. A value made of digits only counts as a
    /// number (plurals).
    pub fn word_with(&self, key: &'static str, values: &[(&'static str, String)]) -> String {
        bundles::render(self.language, key, values)
    }

    /// The words for a `key` that is made of a stored name; none if there are none, or if they name
    /// a variable that is not among `values`. What is stored may be of a version that knows more
    /// than this one. `made_keys` holds such words to the names there are.
    pub fn word_if_any(&self, key: &str, values: &[(&'static str, String)]) -> Option<String> {
        bundles::render_if_any(self.language, key, values)
    }

    /// `(exact, machine)`: a moment as a person reads it ("23 November 2026, 14:05 UTC"), in the
    /// reader's time zone, and as RFC 3339 has it. `micros` counts from the Unix epoch; a moment no
    /// calendar holds gives two empty texts.
    pub fn moment(&self, micros: i64) -> (String, String) {
        self.exact(micros).zip(machine(micros)).unwrap_or_default()
    }

    fn exact(&self, micros: i64) -> Option<String> {
        let local = self.zone.local(micros)?;
        let (day, month, year) = (local.day.to_string(), local.month.to_string(), local.year.to_string());
        let (hour, minute) = (format!("{:02}", local.hour), format!("{:02}", local.minute));
        Some(self.word_with(
            "moment",
            &[("day", day), ("month", month), ("year", year), ("hour", hour), ("minute", minute), ("zone", local.zone)],
        ))
    }

    /// How long something lasts, as people say it: "15 minutes", "an hour and 30 minutes", "7
    /// days". Part of a minute counts as one, so that nobody who is told to wait comes too soon;
    /// from two days on, part of an hour does.
    pub fn how_long(&self, span: Duration) -> String {
        const HOUR: u64 = 60;
        const DAY: u64 = 24 * HOUR;
        let minutes = span.as_secs().div_ceil(60).max(1);
        let (days, rest) = if minutes < 2 * DAY { (0, minutes) } else { (minutes / DAY, minutes % DAY) };
        let (hours, minutes) = if days == 0 { (rest / HOUR, rest % HOUR) } else { (rest.div_ceil(HOUR), 0) };
        let (days, hours) = if hours == 24 && days > 0 { (days + 1, 0) } else { (days, hours) };
        let mut parts = [("span-days", days), ("span-hours", hours), ("span-minutes", minutes)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(key, count)| self.word_with(key, &[("count", count.to_string())]));
        match (parts.next(), parts.next()) {
            (Some(first), Some(second)) => self.word_with("span-both", &[("first", first), ("second", second)]),
            (first, _) => first.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
