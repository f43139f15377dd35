//! How somebody reads: in which language, and by which clock. Decided once for each request and each letter.
//!
//! The account's own choice comes first, then what was chosen in this browser, then what the browser asks for, then the operator's.

mod zone;

pub use zone::Zone;

use crate::base::words::bundles::Language;
use crate::base::words::word_with;
use leptos::prelude::{Owner, provide_context, use_context};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// How whoever gets a page, an answer or a letter reads it.
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
    /// The reader of what is being made. English and UTC where nobody in particular is: the command line, the API for programs.
    pub fn current() -> Self {
        Self::known().unwrap_or_default()
    }

    /// None where nobody in particular is.
    pub fn known() -> Option<Self> {
        use_context()
    }

    /// With what an account has chosen, if anything; `otherwise` says in which language if it has chosen none.
    pub fn with(language: Option<Language>, zone: Option<Zone>, otherwise: impl FnOnce() -> Language) -> Self {
        Self {
            own_language: language.is_some(),
            language: language.unwrap_or_else(otherwise),
            own_zone: zone.is_some(),
            zone: zone.unwrap_or_default(),
        }
    }

    /// Runs `make`, whose words are for this reader.
    pub fn told<T>(&self, make: impl FnOnce() -> T) -> T {
        let owner = Owner::new();
        owner.with(|| {
            provide_context(self.clone());
            make()
        })
    }
}

/// See [`crate::base::words::moment`].
pub fn moment(micros: i64) -> Option<(String, String)> {
    let machine = OffsetDateTime::from_unix_timestamp(micros.div_euclid(1_000_000)).ok()?.format(&Rfc3339).ok()?;
    let local = Reader::current().zone.local(micros)?;
    let (day, month, year) = (local.day.to_string(), local.month.to_string(), local.year.to_string());
    let (hour, minute) = (format!("{:02}", local.hour), format!("{:02}", local.minute));
    let exact = word_with(
        "moment",
        &[("day", day), ("month", month), ("year", year), ("hour", hour), ("minute", minute), ("zone", local.zone)],
    );
    Some((exact, machine))
}

#[cfg(test)]
mod tests;
