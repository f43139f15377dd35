//! Which new passwords are refused, and the meter that advises on the rest.
//!
//! Length, and not being among the first guesses: nothing else (NIST SP 800-63B-4, ASVS 6.2.1 to
//! 6.2.12). No rule asks for digits or capitals; they make people write `Password1!`, which is
//! refused here.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{PasswordRefused, PlainPassword, common, obvious};

/// What a new password is held to, beyond what no password may be.
#[derive(Clone, Debug)]
pub struct PasswordRules {
    /// In Unicode code points, after NFC. 15 where the password is the only factor, 8 where a
    /// second one is required.
    pub minimum: usize,
    /// Names an attacker of this very service tries: product, site, host (ASVS 6.1.2).
    pub context: Vec<String>,
}

impl PasswordRules {
    /// The same with another `minimum`.
    pub fn at_least(&self, minimum: u16) -> Self {
        Self { minimum: usize::from(minimum), ..self.clone() }
    }
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { minimum: 15, context: vec!["doorward".to_owned()] }
    }
}

/// Whether `password` may become `person`'s password; `person` is their e-mail, username, display
/// name, as far as there are any.
///
/// Always the whole password is compared, letter case ignored: a name or a common word inside a
/// longer one harms nothing.
///
/// # Errors
/// The first of [`PasswordRefused::TooShort`], [`Personal`](PasswordRefused::Personal) and
/// [`Common`](PasswordRefused::Common) that applies.
pub fn check_new(password: &PlainPassword, rules: &PasswordRules, person: &[&str]) -> Result<(), PasswordRefused> {
    let nfc = password.to_hashed_form();
    if nfc.chars().count() < rules.minimum {
        return Err(PasswordRefused::TooShort { minimum: rules.minimum });
    }
    let lower = Zeroizing::new(nfc.to_lowercase());
    let names = person.iter().copied().chain(rules.context.iter().map(String::as_str));
    if is_made_of(&lower, &words_of(names)) {
        return Err(PasswordRefused::Personal);
    }
    if common::contains(&lower) || obvious::is_obvious(&lower) {
        return Err(PasswordRefused::Common);
    }
    Ok(())
}

/// The ways a name is typed as a password: whole, without spaces, and each part. Longest first.
fn words_of<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    /// Shorter parts ("de", "io") would be found in anything.
    const SHORTEST: usize = 3;
    let mut words = Vec::new();
    for name in names {
        let name: String = name.nfc().collect::<String>().to_lowercase();
        let joined: String = name.split_whitespace().collect();
        words.extend(name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
        words.extend(name.split(|c: char| c == '@' || c.is_whitespace()).map(str::to_owned));
        words.extend([joined, name]);
    }
    words.retain(|word| word.chars().count() >= SHORTEST);
    words.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    words.dedup();
    words
}

/// Nothing but these words, in any number and order, and padding: "ada@example.org2026",
/// "doorward-doorward".
fn is_made_of(password: &str, words: &[String]) -> bool {
    let mut rest = Zeroizing::new(password.to_owned());
    for word in words {
        if rest.contains(word.as_str()) {
            // A space, so that what stood left and right of it doesn't run together into something
            // new.
            rest = Zeroizing::new(rest.replace(word.as_str(), " "));
        }
    }
    *rest != password && obvious::is_padding(&rest)
}

/// A meter's reading, for advice only: what is refused is [`check_new`]'s affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// 0 (guessed at once) to 4 (more than 10¹⁰ guesses), as zxcvbn counts.
    pub score: u8,
}

/// Estimates how many guesses `password` withstands; `person` as for [`check_new`].
pub fn strength(password: &str, person: &[&str]) -> Strength {
    /// The estimate's time grows faster than the length; a hundred characters are beyond guessing
    /// or a repetition.
    const LONGEST: usize = 100;
    let end = password.char_indices().nth(LONGEST).map_or(password.len(), |(end, _)| end);
    let words = words_of(person.iter().copied());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let score = zxcvbn::zxcvbn(password.get(..end).unwrap_or(password), &words).score();
    Strength { score: score.into() }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
