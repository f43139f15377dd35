//! For tests: words whose keys are made of the names of an enum, so that no source holds a key
//! whole. Whoever makes keys has a test that calls [`exactly`] or [`among`]; the test of all
//! sources leaves those words to it.
#![allow(clippy::unwrap_used)]

use super::bundles::tests::keys;
use std::collections::BTreeMap;

/// A name, as it is stored or as a key has it, and the variables that its words may name.
pub type Made<'a> = (&'a str, &'a [&'a str]);

/// Fails unless there are words for each of these names, and none beside them: their keys are
/// `prefix` and a name.
#[track_caller]
pub fn exactly<'a>(prefix: &str, made: impl IntoIterator<Item = Made<'a>>) {
    let made = keys_of(prefix, made);
    let known = keys();
    let missing: Vec<_> = made.keys().filter(|key| !known.contains_key(*key)).collect();
    assert!(missing.is_empty(), "no words in locales/: {missing:#?}");
    hold(prefix, &made);
}

/// Fails if there are words for anything else than some of these names.
#[track_caller]
pub fn among<'a>(prefix: &str, made: impl IntoIterator<Item = Made<'a>>) {
    hold(prefix, &keys_of(prefix, made));
}

fn keys_of<'a>(prefix: &str, made: impl IntoIterator<Item = Made<'a>>) -> BTreeMap<String, &'a [&'a str]> {
    made.into_iter().map(|(name, variables)| (format!("{prefix}{name}").replace('_', "-"), variables)).collect()
}

#[track_caller]
fn hold(prefix: &str, made: &BTreeMap<String, &[&str]>) {
    for (key, named) in keys().into_iter().filter(|(key, _)| key.starts_with(prefix)) {
        let Some(given) = made.get(&key) else { panic!("in locales/, but nothing is called so: {key}") };
        let lacking: Vec<_> = named.iter().filter(|variable| !given.contains(&variable.as_str())).collect();
        assert!(lacking.is_empty(), "{key} is given no {lacking:?}");
    }
}
