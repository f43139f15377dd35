//! A browser in words, from its User-Agent.

use crate::words::{word, word_with};

/// "Firefox on Linux"; whatever can't be recognised is "an unknown browser".
pub fn describe(user_agent: &str) -> String {
    let Some(parsed) = woothee::parser::Parser::new().parse(user_agent) else { return word("device-unknown") };
    let known = |name: &str| !name.is_empty() && name != woothee::woothee::VALUE_UNKNOWN;
    match (known(parsed.name), known(parsed.os)) {
        (true, true) => {
            word_with("device-browser-on", &[("browser", parsed.name.to_owned()), ("system", system(parsed.os))])
        }
        (true, false) => parsed.name.to_owned(),
        (false, true) => system(parsed.os),
        (false, false) => word("device-unknown"),
    }
}

/// The parser names Windows by its version and Apple's systems in its own spelling.
fn system(name: &str) -> String {
    match name {
        "Mac OSX" => "macOS".to_owned(),
        "iPhone" | "iPad" | "iPod" | "Android" | "Linux" => name.to_owned(),
        name if name.starts_with("Windows") => "Windows".to_owned(),
        name => name.to_owned(),
    }
}
