//! Holds the sources and the Fluent files together: each reads the other and neither may be ahead.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::*;
use crate::base::error::AppError;
use crate::base::words::reader::Reader;

pub type Keys = BTreeMap<String, BTreeSet<String>>;

fn files(language: Language) -> &'static [(&'static str, &'static str)] {
    TEXTS[language.0].1
}

/// Every key of the model with the variables its text names.
pub fn keys() -> Keys {
    files(Language::default()).iter().flat_map(|(_, text)| keys_of(text)).collect()
}

/// Every key with the variables its text names, read from the file itself.
fn keys_of(text: &str) -> Keys {
    let mut keys = Keys::new();
    let mut current = None;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            let key = line.split(" =").next().unwrap().to_owned();
            keys.insert(key.clone(), BTreeSet::new());
            current = Some(key);
        }
        for variable in line.split('$').skip(1) {
            let name = variable.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap();
            keys.get_mut(current.as_ref().unwrap()).unwrap().insert(name.to_owned());
        }
    }
    keys
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("base/words/bundles/tests.rs")
        {
            found.push(path);
        }
    }
    found
}

/// Each source file below `src/` with its text.
fn texts() -> Vec<(PathBuf, String)> {
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")))
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(&path).unwrap()))
        .collect()
}

/// What follows each call of a function; `password(` is none of `word(`, nor is where it is
/// declared.
fn calls<'a>(text: &'a str, function: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(function)
        .filter(|(at, _)| {
            let before = &text[..*at];
            let within_a_name = before.ends_with(|last: char| last.is_ascii_alphanumeric() || last == '_');
            !within_a_name && !before.ends_with("fn ")
        })
        .map(|(at, _)| &text[at + function.len()..])
}

/// Functions that hand a key on to `word_with`: their first argument is `key: &'static str`.
fn helpers(text: &str) -> impl Iterator<Item = &str> {
    let hands_on = text.contains("word_with(key,");
    let declared = text.match_indices("(key: &'static str").filter(move |_| hands_on).map(|(at, _)| &text[..at]);
    declared.filter_map(|before| before.rsplit_once("fn ")).map(|(_, name)| name)
}

/// The string literal a text begins with, after white space.
fn literal(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix('"')?.split('"').next()
}

/// What stands between the bracket a text begins with and its partner.
fn bracketed(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' if depth == 1 => return &text[1..at],
            b']' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// Every `word("key")` and `word_with("key", &[("variable", …)])` in the sources, as key and
/// variables. The list of variables may be made elsewhere (`word_with("key", &values)`, or by a
/// helper): then it is `None`.
fn uses() -> Vec<(PathBuf, String, Option<BTreeSet<String>>)> {
    let mut uses = Vec::new();
    for (path, text) in texts() {
        for after in calls(&text, "word(") {
            uses.extend(literal(after).map(|key| (path.clone(), key.to_owned(), Some(BTreeSet::new()))));
        }
        for after in calls(&text, "word_with(") {
            let Some(key) = literal(after) else { continue };
            let values = after.split_once(',').map_or("", |(_, values)| values).trim_start().trim_start_matches('&');
            let names = values.starts_with('[').then(|| {
                let items = bracketed(values);
                items.split('(').filter_map(literal).map(ToOwned::to_owned).collect()
            });
            uses.push((path.clone(), key.to_owned(), names));
        }
        for helper in helpers(&text).filter(|name| !["word", "word_with", "render"].contains(name)) {
            let helped = format!("{helper}(");
            uses.extend(calls(&text, &helped).filter_map(literal).map(|key| (path.clone(), key.to_owned(), None)));
        }
    }
    uses
}

#[test]
fn the_fluent_files_can_be_read_whole_and_define_each_key_once() {
    for language in Language::all() {
        let mut bundle = FluentBundle::new_concurrent(vec![language.tag().parse().unwrap()]);
        for (file, text) in files(language) {
            let resource = FluentResource::try_new((*text).to_owned()).map_err(|(_, mistakes)| mistakes).expect(file);
            bundle.add_resource(resource).expect(file);
        }
    }
}

#[test]
fn every_folder_is_compiled_in_with_all_its_files() {
    let names = |folder: &Path| -> BTreeSet<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/locales"));
    assert_eq!(names(root), Language::all().map(|language| language.tag().to_owned()).collect());
    for language in Language::all() {
        let compiled_in: BTreeSet<_> = files(language).iter().map(|(file, _)| (*file).to_owned()).collect();
        assert_eq!(names(&root.join(language.tag())), compiled_in, "a file that is no .ftl, in {language}");
    }
}

/// A language is whole or not at all: the same files, in them the same keys, in these the same
/// variables.
#[test]
fn every_language_says_what_the_model_says() {
    let model = files(Language::default());
    for language in Language::all() {
        let names = |files: &[(&str, &str)]| files.iter().map(|(file, _)| (*file).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(names(files(language)), names(model), "files of {language}");
        for ((file, text), (_, model)) in files(language).iter().zip(model) {
            let (keys, model) = (keys_of(text), keys_of(model));
            let missing: Vec<_> = model.keys().filter(|key| !keys.contains_key(*key)).collect();
            let unknown: Vec<_> = keys.keys().filter(|key| !model.contains_key(*key)).collect();
            assert!(
                missing.is_empty() && unknown.is_empty(),
                "{language}/{file}: {missing:?} missing, {unknown:?} unknown"
            );
            for (key, variables) in keys {
                assert_eq!(variables, model[&key], "variables of {key} in {language}/{file}");
            }
        }
    }
}

/// Plural forms that a language does not have would never be seen; those it has and lacks here fall
/// to "other", which may be right.
#[test]
fn every_language_has_its_name_its_direction_and_a_tag_that_browsers_know() {
    for language in Language::all() {
        assert!(!language.name().is_empty() && language.name() != "language-name");
        let direction = render(language, "language-direction", &[]);
        assert!(direction == "ltr" || direction == "rtl", "{language}: {direction}");
        assert_eq!(
            BUNDLES[language.0].locales[0].to_string(),
            language.tag(),
            "the folder is not called as browsers call the language"
        );
    }
    assert_eq!(Language::known("DE").map(Language::name).as_deref(), Some("Deutsch"));
    assert_eq!(Language::known("tlh"), None);
    assert!("tlh".parse::<Language>().unwrap_err().contains("de, en"));
}

#[test]
fn no_source_asks_for_words_that_are_missing() {
    let keys = keys();
    let missing: Vec<_> = uses().into_iter().filter(|(_, key, _)| !keys.contains_key(key)).collect();
    assert!(missing.is_empty(), "no such key in locales/en: {missing:#?}");
}

/// A key that waits in a table, or is put together on the way, could be wrong without a test that
/// finds it.
#[test]
fn every_call_names_its_words_itself() {
    // They hand on the key that they are called with.
    const WRAPPERS: [&str; 3] = ["ui/words.rs", "base/words/reader.rs", "domain/mail/recipient.rs"];
    for (path, text) in texts().into_iter().filter(|(path, _)| !WRAPPERS.iter().any(|wrapper| path.ends_with(wrapper)))
    {
        for after in calls(&text, "word(").chain(calls(&text, "word_with(")).filter(|after| literal(after).is_none()) {
            let handed_on = after.starts_with("key,") && helpers(&text).next().is_some();
            // `made_keys` holds these to the enum.
            let of_an_error = after.starts_with("self.word_key(),") && path.ends_with("base/error.rs");
            assert!(handed_on || of_an_error, "no key in {}: {:?}", path.display(), after.lines().next());
        }
    }
}

/// Words whose keys are made of names are left to the tests that hold them to these names.
#[test]
fn no_words_are_kept_that_no_source_uses() {
    let texts = texts();
    let quoted: BTreeSet<&str> = texts.iter().flat_map(|(_, text)| text.split('"')).collect();
    let holders = ["made_keys::exactly(", "made_keys::among("];
    let made: BTreeSet<&str> = texts
        .iter()
        .flat_map(|(_, text)| holders.into_iter().flat_map(|holder| calls(text, holder)))
        .filter_map(literal)
        .collect();
    let is_used = |key: &str| quoted.contains(key) || made.iter().any(|prefix| key.starts_with(prefix));
    let unused: Vec<_> = keys().into_keys().filter(|key| !is_used(key)).collect();
    assert!(unused.is_empty(), "in locales/en, but in no source: {unused:#?}");
}

#[test]
fn every_use_gives_exactly_the_variables_its_words_name() {
    let keys = keys();
    for (path, key, given) in uses() {
        if let (Some(named), Some(given)) = (keys.get(&key), given) {
            assert_eq!(*named, given, "variables of {key} in {}", path.display());
        }
    }
}

/// Some letters go to strangers, and others to the owner of an account that a thief is in. Mail
/// programs make links of whatever looks like one, so no letter holds a name, or any other text
/// that somebody chose: these are the site's, the operator's, figures, or a list of kinds of ways
/// in with how many there were.
#[test]
fn no_letter_holds_a_text_that_somebody_chose() {
    const HARMLESS: [&str; 11] =
        ["site", "when", "due", "until", "made", "left", "list", "device", "address", "was", "provider"];
    let letters: Vec<_> = keys().into_iter().filter(|(key, _)| key.starts_with("mail-")).collect();
    assert!(letters.len() > 100, "{} keys", letters.len());
    for (key, variables) in letters {
        let chosen: Vec<_> = variables.iter().filter(|variable| !HARMLESS.contains(&variable.as_str())).collect();
        assert!(chosen.is_empty(), "{key}: {chosen:?}");
    }
}

#[test]
fn every_key_can_be_rendered_with_its_variables() {
    for (language, (key, variables)) in
        Language::all().flat_map(|language| keys().into_iter().map(move |key| (language, key)))
    {
        for value in ["0", "1", "2", "60", "Ada"] {
            let values: Vec<(&'static str, String)> =
                variables.iter().map(|name| (&*name.clone().leak(), value.to_owned())).collect();
            let (text, mistakes) = try_render(language, &key, &values);
            assert!(mistakes.is_empty(), "{language}: {key}: {mistakes:?}");
            assert!(!text.trim().is_empty() && !text.contains(['{', '}']), "{language}: {key}: {text}");
        }
    }
}

#[test]
fn every_error_has_its_words() {
    for error in AppError::each() {
        let numbers = [("minimum", "15".to_owned()), ("time", "15 minutes".to_owned())];
        let (text, mistakes) = try_render(Language::default(), error.word_key(), &numbers);
        assert!(mistakes.is_empty(), "{error:?}: {mistakes:?}");
        assert_eq!(
            error.in_words(&Reader::default()),
            text,
            "{error:?} gives its words another value than the test does"
        );
    }
}

#[test]
fn a_missing_variable_and_an_unknown_key_are_mistakes() {
    assert!(!try_render(Language::default(), "field-new-password-help", &[]).1.is_empty());
    assert!(!try_render(Language::default(), "no-such-words", &[]).1.is_empty());
}

#[test]
fn counts_choose_their_plural_and_names_stay_as_they_are() {
    let [english, german] = ["en", "de"].map(|tag| Language::known(tag).unwrap());
    let days = |language, count: &str| render(language, "when-days", &[("count", count.to_owned())]);
    assert_eq!((days(english, "1").as_str(), days(english, "3").as_str()), ("yesterday", "3 days ago"));
    assert_eq!((days(german, "1").as_str(), days(german, "3").as_str()), ("gestern", "vor 3 Tagen"));
    for name in ["007", "1e3", "Infinity", "NaN", "-0", "", "12345678901234567890"] {
        let greeting = render(english, "overview-greeting", &[("name", name.to_owned())]);
        assert_eq!(greeting, format!("Signed in as {name}"));
    }
}

#[test]
fn a_time_is_told_as_people_say_it_in_each_language() {
    let told = |tag, seconds| {
        let reader = Reader { language: Language::known(tag).unwrap(), ..Reader::default() };
        reader.how_long(std::time::Duration::from_secs(seconds))
    };
    const HOUR: u64 = 3600;
    const DAY: u64 = 24 * HOUR;
    for (seconds, english, german) in [
        (0, "a minute", "eine Minute"),
        (61, "2 minutes", "2 Minuten"),
        (900, "15 minutes", "15 Minuten"),
        (HOUR, "an hour", "eine Stunde"),
        (5400, "an hour and 30 minutes", "eine Stunde und 30 Minuten"),
        (DAY, "24 hours", "24 Stunden"),
        (10_080 * 60, "7 days", "7 Tage"),
        (2 * DAY + HOUR, "2 days and an hour", "2 Tage und eine Stunde"),
        (3 * DAY - 1, "3 days", "3 Tage"),
    ] {
        assert_eq!((told("en", seconds).as_str(), told("de", seconds).as_str()), (english, german));
    }
}

#[test]
fn large_counts_are_parted_as_each_language_does() {
    let ends = |tag, count: &str| {
        render(Language::known(tag).unwrap(), "admin-end-all-heading", &[("count", count.to_owned())])
    };
    assert_eq!(ends("en", "1"), "1 session ends");
    assert_eq!(ends("en", "999"), "999 sessions end");
    assert_eq!(ends("en", "1000000"), "1,000,000 sessions end");
    assert_eq!(ends("de", "12345"), "12.345 Sitzungen enden");
}

#[test]
fn the_words_keep_the_rules_of_the_house() {
    for (file, text) in Language::all().flat_map(files) {
        let shouted: Vec<_> = text
            .lines()
            .filter(|line| !line.starts_with('#') && (line.contains('!') || line.to_lowercase().contains("oops")))
            .collect();
        assert!(shouted.is_empty(), "{file}: {shouted:?}");
    }
    for (file, text) in files(Language::default()) {
        for said in ["log in", "login", "Log in", "Login", "log out"] {
            assert!(!text.contains(said), "{file} says “{said}”: it is “sign in” and “sign out” here");
        }
    }
}

#[test]
fn german_says_the_same_word_for_the_same_thing() {
    for (file, text) in files(Language::known("de").unwrap()) {
        for said in [
            "einloggen",
            "eingeloggt",
            "Einloggen",
            "ausloggen",
            "Login",
            "Session",
            "Kennwort",
            "Du ",
            " du ",
            " dein",
            "Emails",
            "\"{",
        ] {
            let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#') && line.contains(said)).collect();
            assert!(lines.is_empty(), "{file} says “{said}”: {lines:?}");
        }
    }
}
