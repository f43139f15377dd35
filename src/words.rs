//! Every word a person reads, by its key. The words live in `locales/` (Fluent) and are put together on the server.
//!
//! Components are compiled for both halves, so these functions are too; in the browser they give an empty text,
//! which nobody sees: a page comes rendered from the server and an island gets its words in the HTML.

#[cfg(feature = "ssr")]
use crate::server::words;

/// The words for `key`, which must have no variables.
#[cfg(feature = "ssr")]
pub fn word(key: &'static str) -> String {
    words::render(key, &[])
}

/// The words for `key` with its variables filled in. A value made of digits only counts as a number (plurals).
#[cfg(feature = "ssr")]
pub fn word_with(key: &'static str, values: &[(&'static str, String)]) -> String {
    words::render(key, values)
}

/// `(exact, machine)`: a moment as a person reads it ("23 November 2026, 14:05 UTC") and as RFC 3339 has it.
/// `micros` counts from the Unix epoch; a moment no calendar holds gives two empty texts.
#[cfg(feature = "ssr")]
pub fn moment(micros: i64) -> (String, String) {
    words::moment(micros).unwrap_or_default()
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
