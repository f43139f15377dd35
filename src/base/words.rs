//! Every word a person reads, by its key. The words live in `locales/` (Fluent) and are put together on the server, in the language of
//! the [`Reader`] whose page, answer or letter is being made; English where there is none, as on the command line.
//!
//! Components are compiled for both halves, so these functions are too; in the browser they give an empty text,
//! which nobody sees: a page comes rendered from the server and an island gets its words in the HTML.

#[cfg(feature = "ssr")]
pub mod bundles;
#[cfg(feature = "ssr")]
pub mod reader;

use std::time::Duration;

#[cfg(feature = "ssr")]
use bundles::Language;
#[cfg(feature = "ssr")]
use reader::Reader;

/// The words for `key`, which must have no variables.
#[cfg(feature = "ssr")]
pub fn word(key: &'static str) -> String {
    bundles::render(Reader::current().language, key, &[])
}

/// The words for `key` with its variables filled in. A value made of digits only counts as a number (plurals).
#[cfg(feature = "ssr")]
pub fn word_with(key: &'static str, values: &[(&'static str, String)]) -> String {
    bundles::render(Reader::current().language, key, values)
}

/// `(exact, machine)`: a moment as a person reads it ("23 November 2026, 14:05 UTC"), in the reader's time zone, and as RFC 3339 has it.
/// `micros` counts from the Unix epoch; a moment no calendar holds gives two empty texts.
#[cfg(feature = "ssr")]
pub fn moment(micros: i64) -> (String, String) {
    reader::moment(micros).unwrap_or_default()
}

/// How long something lasts, as people say it: "15 minutes", "an hour and 30 minutes", "7 days". Part of a minute counts as one, so that
/// nobody who is told to wait comes too soon; from two days on, part of an hour does.
#[cfg(feature = "ssr")]
pub fn how_long(span: Duration) -> String {
    const HOUR: u64 = 60;
    const DAY: u64 = 24 * HOUR;
    let minutes = span.as_secs().div_ceil(60).max(1);
    let (days, rest) = if minutes < 2 * DAY { (0, minutes) } else { (minutes / DAY, minutes % DAY) };
    let (hours, minutes) = if days == 0 { (rest / HOUR, rest % HOUR) } else { (rest.div_ceil(HOUR), 0) };
    let (days, hours) = if hours == 24 && days > 0 { (days + 1, 0) } else { (days, hours) };
    let mut parts = [("span-days", days), ("span-hours", hours), ("span-minutes", minutes)]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| word_with(key, &[("count", count.to_string())]));
    match (parts.next(), parts.next()) {
        (Some(first), Some(second)) => word_with("span-both", &[("first", first), ("second", second)]),
        (first, _) => first.unwrap_or_default(),
    }
}

/// The `lang` and `dir` of a document.
#[cfg(feature = "ssr")]
pub fn language() -> (&'static str, &'static str) {
    let language = Reader::current().language;
    (language.tag(), language.direction())
}

/// Whether the browser is to tell times in its own zone.
#[cfg(feature = "ssr")]
pub fn browser_zone() -> bool {
    !Reader::current().own_zone
}

/// `(tag, name, current)` of each language that the reader can choose here; none where their account has chosen one.
#[cfg(feature = "ssr")]
pub fn languages() -> Vec<(&'static str, String, bool)> {
    let reader = Reader::current();
    if reader.own_language {
        return Vec::new();
    }
    Language::all().map(|language| (language.tag(), language.name(), language == reader.language)).collect()
}

#[cfg(not(feature = "ssr"))]
pub fn word(_: &'static str) -> String {
    String::new()
}

#[cfg(not(feature = "ssr"))]
pub fn word_with(_: &'static str, _: &[(&'static str, String)]) -> String {
    String::new()
}

#[cfg(not(feature = "ssr"))]
pub fn moment(_: i64) -> (String, String) {
    (String::new(), String::new())
}

#[cfg(not(feature = "ssr"))]
pub fn how_long(_: Duration) -> String {
    String::new()
}

#[cfg(not(feature = "ssr"))]
pub fn languages() -> Vec<(&'static str, String, bool)> {
    Vec::new()
}
