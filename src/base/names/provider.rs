//! What a provider is called in addresses, variables and the database.

use std::fmt;
use std::str::FromStr;

const LONGEST: usize = 32;

/// 1 to 32 of `a-z 0-9 - _`, so that it stands in `[providers.NAME]`, in addresses and in
/// variables, where `__` separates. Small enough to be copied.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderName {
    letters: [u8; LONGEST],
    length: usize,
}

/// What was typed can be no provider's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name here is 1 to 32 of a-z, 0-9, - and single _, beginning with a letter or digit")]
pub struct NoName;

impl ProviderName {
    pub fn as_str(&self) -> &str {
        // Only ASCII was taken.
        std::str::from_utf8(&self.letters[..self.length]).unwrap_or_default()
    }
}

impl FromStr for ProviderName {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let plain = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let mut letters = [0; LONGEST];
        match letters.get_mut(..text.len()) {
            Some(room) if plain && begins && !text.contains("__") => room.copy_from_slice(text.as_bytes()),
            _ => return Err(NoName),
        }
        Ok(Self { letters, length: text.len() })
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProviderName({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_that_needs_no_encoding_anywhere() {
        for name in ["google", "a", "our-idp_2", &"x".repeat(32)] {
            assert_eq!(name.parse::<ProviderName>().unwrap().as_str(), name);
        }
        for other in ["", "Google", "a/b", "..", "ü", "a b", "_a", "-a", "a__b", &"x".repeat(33)] {
            assert_eq!(other.parse::<ProviderName>(), Err(NoName), "{other:?}");
        }
    }
}
