//! What a group is called.

use std::fmt;
use std::str::FromStr;

const LONGEST: usize = 32;

/// What a group is called: `a-z 0-9 - _ .`, beginning with a letter or digit, so that a comma can
/// stand between two of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct GroupName(String);

impl FromStr for GroupName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.');
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !begins || text.len() > LONGEST || !text.bytes().all(fits) {
            return Err(
                "is no name of a group: up to 32 lower-case letters, digits, -, _ and ., a letter or digit first",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl GroupName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_a_plain_name() {
        for name in ["admins", "team-1", "a", "0", "a.b_c", &"a".repeat(32)] {
            assert_eq!(name.parse::<GroupName>().unwrap().as_str(), name);
        }
        for name in ["", "Admins", "a b", "a,b", "-a", ".a", "_a", "grüppe", "a\r\nb", "a\0", &"a".repeat(33)] {
            assert!(name.parse::<GroupName>().is_err(), "{name:?}");
        }
    }
}
