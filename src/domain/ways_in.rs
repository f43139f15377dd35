//! The ways into an account, and how many of each were taken away from somebody else who was in it.
//! Letters and the activity tell of them; [`crate::flows::taking_back`] says what becomes of each.

use crate::base::words::reader::Reader;
use std::collections::BTreeMap;
use strum::VariantArray;

/// A way in. In the order in which they are taken away and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WayIn {
    /// Replaced behind a mailed link, which asks for the factors that stay.
    Password,
    Passkeys,
    AuthenticatorApps,
    RecoveryCodes,
    AccessTokens,
    /// Sign-ins at other services that open it.
    Connections,
    /// Of browsers, apps behind a proxy and programs: their cookies, codes and refresh tokens are
    /// worth nothing without one.
    Sessions,
    /// Those that it is recognised in, which spare its owner a letter.
    KnownBrowsers,
    /// Those in which the password alone signs in.
    TrustedBrowsers,
    /// Links in letters: to a new password, to another address that waits for its consent. Not
    /// those that only take access away.
    MailedLinks,
    /// Sign-ins that wait for a second factor.
    WaitingSignIns,
    /// What is shown to one session while it is set up: keys of apps, codes, tokens.
    Drafts,
    /// The removal of all second factors that waits.
    FactorRemoval,
}

impl WayIn {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether its owner has to know, to set it up again or to see what somebody did. The end of
    /// sessions has entries of its own.
    pub fn is_told(self) -> bool {
        self.is_factor() || matches!(self, Self::AccessTokens | Self::Connections)
    }

    /// Whether it is what its owner proves themselves with besides the password.
    pub fn is_factor(self) -> bool {
        matches!(self, Self::Passkeys | Self::AuthenticatorApps | Self::RecoveryCodes)
    }

    fn in_words(self, reader: &Reader, count: u64) -> String {
        let count = [("count", count.to_string())];
        match self {
            Self::Passkeys => reader.word_with("taken-passkeys", &count),
            Self::AuthenticatorApps => reader.word_with("taken-apps", &count),
            Self::RecoveryCodes => reader.word("taken-recovery-codes"),
            Self::AccessTokens => reader.word_with("taken-tokens", &count),
            Self::Connections => reader.word_with("taken-connections", &count),
            other => other.name().to_owned(),
        }
    }
}

/// What was taken away, and how much of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    ways: Vec<(WayIn, u64)>,
}

impl Taken {
    pub fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }

    /// Counts what its owner has to know of.
    pub fn add(&mut self, way: WayIn, count: u64) {
        if count > 0 && way.is_told() {
            self.ways.push((way, count));
        }
    }

    pub fn has_factors(&self) -> bool {
        self.ways.iter().any(|(way, _)| way.is_factor())
    }

    /// As an entry of the trail counts them.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.ways.iter().map(|(way, count)| (way.name().to_owned(), *count)).collect()
    }

    /// In words, as a list: how many of each.
    fn in_words(&self, reader: &Reader) -> String {
        let each = self.ways.iter().map(|(way, count)| way.in_words(reader, *count));
        each.collect::<Vec<_>>().join(", ")
    }

    /// [`Self::in_words`] of what an entry of the trail counts.
    pub fn told(reader: &Reader, counts: &BTreeMap<String, u64>) -> String {
        let count = |way: WayIn| counts.get(way.name()).map(|count| (way, *count));
        Self { ways: WayIn::ALL.iter().copied().filter_map(count).collect() }.in_words(reader)
    }

    /// One of each, for the tests of what is written.
    #[cfg(test)]
    pub fn of_each() -> Self {
        Self { ways: WayIn::ALL.iter().filter(|way| way.is_told()).map(|way| (*way, 1)).collect() }
    }

    /// A paragraph for a letter; none where nothing went.
    pub fn paragraph(&self, reader: &Reader) -> Option<String> {
        (!self.is_empty()).then(|| reader.word_with("mail-taken-back", &[("list", self.in_words(reader))]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_counts_is_told_as_the_letter_told_it() {
        let taken = Taken::of_each();
        let reader = Reader::default();
        assert_eq!(Taken::told(&reader, &taken.counts()), taken.in_words(&reader));
    }

    #[test]
    fn only_what_went_and_its_owner_has_to_know_is_counted() {
        let mut taken = Taken::default();
        taken.add(WayIn::Passkeys, 0);
        taken.add(WayIn::Sessions, 3);
        assert_eq!(taken, Taken::default());
        taken.add(WayIn::AccessTokens, 2);
        assert!(!taken.is_empty() && !taken.has_factors());
    }
}
