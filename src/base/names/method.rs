//! How an app is asked.

use std::fmt;
use std::str::FromStr;

/// A method as it is compared: capitals, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method(String);

impl FromStr for Method {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        if text.is_empty() || text.len() > 40 || !text.bytes().all(fits) {
            return Err("is no method: they are written in capitals, such as GET");
        }
        Ok(Self(text.to_owned()))
    }
}

impl Method {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a browser that opens a page sends it.
    pub fn opens_pages(&self) -> bool {
        matches!(self.0.as_str(), "GET" | "HEAD")
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
