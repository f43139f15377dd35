//! The languages, and the Fluent bundle of each: read once from the texts compiled into the binary.
//! `build.rs` finds the folders.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

/// File name and text of each Fluent file of each language, by its tag.
type Texts = &'static [(&'static str, &'static [(&'static str, &'static str)])];
const TEXTS: Texts = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// The one that all others are held to, and that stands in where one lacks words.
const MODEL: &str = "en";

static BUNDLES: LazyLock<Vec<FluentBundle<FluentResource>>> =
    LazyLock::new(|| TEXTS.iter().map(|(tag, files)| bundle(tag, files)).collect());

/// A language that people can be spoken to in: one of the folders of `locales/`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Language(usize);

impl Language {
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TEXTS.len()).map(Self)
    }

    /// By the name of its folder, whatever its case.
    pub fn known(tag: &str) -> Option<Self> {
        TEXTS.iter().position(|(known, _)| known.eq_ignore_ascii_case(tag)).map(Self)
    }

    /// BCP 47, as the folder is called: `de`, `pt-BR`.
    pub fn tag(self) -> &'static str {
        TEXTS.get(self.0).map_or(MODEL, |(tag, _)| tag)
    }

    /// In the language itself.
    pub fn name(self) -> String {
        render(self, "language-name", &[])
    }

    /// `ltr` or `rtl`, for the attribute `dir`.
    pub fn direction(self) -> &'static str {
        if render(self, "language-direction", &[]) == "rtl" { "rtl" } else { "ltr" }
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::known(MODEL).unwrap_or(Self(0))
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = || Self::all().map(Self::tag).collect::<Vec<_>>().join(", ");
        Self::known(text).ok_or_else(|| format!("must be one of the languages that are there: {}", known()))
    }
}

fn bundle(tag: &str, files: &[(&str, &str)]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
    // The marks guard right-to-left names inside left-to-right text, but they end up in mail
    // subjects, page titles and copied text; names are set apart by markup instead.
    bundle.set_use_isolating(false);
    for (file, text) in files {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(usable, mistakes)| {
            tracing::error!(tag, file, ?mistakes, "unreadable entries in a Fluent file");
            usable
        });
        if let Err(mistakes) = bundle.add_resource(resource) {
            tracing::error!(tag, file, ?mistakes, "a Fluent key is defined twice");
        }
    }
    let separator = format_in(&bundle, "number-separator", &[]).map(|(text, _)| text).unwrap_or_default();
    // `NUMBER($count)` parts thousands; a bare `$count` does not, since a year or somebody's name
    // may be all digits.
    let function = bundle.add_function("NUMBER", move |values, _| match values.first() {
        Some(FluentValue::Number(number)) => grouped(&number.as_string(), &separator).into(),
        Some(other) => other.clone(),
        None => FluentValue::Error,
    });
    if let Err(error) = function {
        tracing::error!(tag, %error, "numbers are not grouped");
    }
    bundle
}

fn grouped(digits: &str, separator: &str) -> String {
    let whole = digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !whole {
        return digits.to_owned();
    }
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// The words for `key`. An unknown key or variable is a mistake of ours that the tests below find;
/// should one get through, the page still comes, with English words or the key in place of them,
/// and the log says so.
pub fn render(language: Language, key: &'static str, values: &[(&'static str, String)]) -> String {
    let (text, mistakes) = try_render(language, key, values);
    if mistakes.is_empty() {
        return text;
    }
    tracing::error!(%language, key, ?mistakes, "words that can't be put together");
    match Language::default() {
        model if model != language => try_render(model, key, values).0,
        _ => text,
    }
}

/// The words for `key`, in which a name may stand as it is stored, if there are any and if `values`
/// are all that they name.
pub fn render_if_any(language: Language, key: &str, values: &[(&'static str, String)]) -> Option<String> {
    let (text, mistakes) = format_in(BUNDLES.get(language.0)?, &key.replace('_', "-"), values)?;
    mistakes.is_empty().then_some(text)
}

fn try_render(language: Language, key: &str, values: &[(&'static str, String)]) -> (String, Vec<String>) {
    BUNDLES
        .get(language.0)
        .and_then(|bundle| format_in(bundle, key, values))
        .unwrap_or_else(|| (key.to_owned(), vec!["no such key".to_owned()]))
}

fn format_in(
    bundle: &FluentBundle<FluentResource>,
    key: &str,
    values: &[(&'static str, String)],
) -> Option<(String, Vec<String>)> {
    let pattern = bundle.get_message(key)?.value()?;
    let arguments: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, fluent_value(value))).collect();
    let mut mistakes = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut mistakes).into_owned();
    Some((text, mistakes.iter().map(ToString::to_string).collect()))
}

/// Only what reads the same as a number is one: "007", "1e3" and "Infinity" may be somebody's name.
fn fluent_value(text: &str) -> FluentValue<'_> {
    let plain_number =
        text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 15 && (text == "0" || !text.starts_with('0'));
    if plain_number { FluentValue::try_number(text) } else { text.into() }
}

#[cfg(test)]
pub mod tests;
