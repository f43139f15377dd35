//! Words for whoever gets the page or the answer that is being made: the [`Reader`] in the Leptos
//! context, which `request::reader` puts there for each request. English and UTC where there is
//! none, as for programs.
//!
//! Components are compiled for both halves, so these functions are too; in the browser they give an
//! empty text, which nobody sees: a page comes rendered from the server and an island gets its
//! words in the HTML.

#[cfg(feature = "ssr")]
pub use server::*;

#[cfg(feature = "ssr")]
mod server {
    use crate::base::words::bundles::Language;
    use crate::base::words::reader::Reader;
    use leptos::prelude::{Owner, provide_context, use_context};
    use std::time::Duration;

    /// None where nobody in particular reads.
    pub fn known_reader() -> Option<Reader> {
        use_context()
    }

    pub fn reader() -> Reader {
        known_reader().unwrap_or_default()
    }

    /// Runs `make`, whose words are for `reader`.
    pub fn told_to<T>(reader: &Reader, make: impl FnOnce() -> T) -> T {
        let owner = Owner::new();
        owner.with(|| {
            provide_context(reader.clone());
            make()
        })
    }

    /// See [`Reader::word`].
    pub fn word(key: &'static str) -> String {
        reader().word(key)
    }

    /// See [`Reader::word_with`].
    pub fn word_with(key: &'static str, values: &[(&'static str, String)]) -> String {
        reader().word_with(key, values)
    }

    /// See [`Reader::word_if_any`].
    pub fn word_if_any(key: &str, values: &[(&'static str, String)]) -> Option<String> {
        reader().word_if_any(key, values)
    }

    /// See [`Reader::moment`].
    pub fn moment(micros: i64) -> (String, String) {
        reader().moment(micros)
    }

    /// See [`Reader::how_long`].
    pub fn how_long(span: Duration) -> String {
        reader().how_long(span)
    }

    /// The `lang` and `dir` of a document.
    pub fn language() -> (&'static str, &'static str) {
        let language = reader().language;
        (language.tag(), language.direction())
    }

    /// Whether the browser is to tell times in its own zone.
    pub fn browser_zone() -> bool {
        !reader().own_zone
    }

    /// `(tag, name, current)` of each language that the reader can choose here; none where their
    /// account has chosen one.
    pub fn languages() -> Vec<(&'static str, String, bool)> {
        let reader = reader();
        if reader.own_language {
            return Vec::new();
        }
        Language::all().map(|language| (language.tag(), language.name(), language == reader.language)).collect()
    }
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
pub fn languages() -> Vec<(&'static str, String, bool)> {
    Vec::new()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::base::words::bundles::Language;
    use crate::base::words::reader::Reader;

    #[test]
    fn words_within_words_are_for_the_one_they_are_told() {
        let german = Reader { language: Language::known("de").unwrap(), ..Reader::default() };
        let (inner, after) = told_to(&german, || {
            let inner = told_to(&Reader::default(), || word("sign-in-title"));
            (inner, word("sign-in-title"))
        });
        assert_eq!((inner.as_str(), after.as_str()), ("Sign in", "Anmelden"));
        assert_eq!(word("sign-in-title"), "Sign in", "outside of both");
    }
}
