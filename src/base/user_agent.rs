//! A browser in words, from its User-Agent.

use crate::base::words::reader::Reader;

/// Whether the browser says that it is on a telephone.
pub fn is_phone(user_agent: &str) -> bool {
    matches!(
        family(user_agent).1,
        Some("iPhone" | "Android" | "iPod" | "BlackBerry" | "BlackBerry10" | "Windows Phone OS")
    )
}

/// "Firefox on Linux", in the words of `reader`; whatever can't be recognised is "an unknown
/// browser".
pub fn describe(reader: &Reader, user_agent: &str) -> String {
    match family(user_agent) {
        (Some(browser), Some(system)) => {
            reader.word_with("device-browser-on", &[("browser", browser.to_owned()), ("system", system.to_owned())])
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => reader.word("device-unknown"),
    }
}

/// Browser and system without their versions, as far as they are known; for a program, its name.
pub fn family(user_agent: &str) -> (Option<&str>, Option<&str>) {
    const PROGRAM: &str = "HTTP Library";
    let parsed = woothee::parser::Parser::new().parse(user_agent);
    let browser = parsed.as_ref().and_then(|parsed| known(parsed.name)).filter(|name| *name != PROGRAM);
    let system = parsed.as_ref().and_then(|parsed| known(parsed.os)).map(|system| match system {
        // Told apart by the parser by their versions alone.
        system if system.starts_with("Windows") => "Windows",
        "Mac OSX" => "macOS",
        system => system,
    });
    let program = || user_agent.split(['/', ' ']).next().filter(|name| is_plain(name));
    (browser.or_else(program), system)
}

fn known(text: &str) -> Option<&str> {
    (!text.is_empty() && text != woothee::woothee::VALUE_UNKNOWN).then_some(text)
}

/// Whoever sends a User-Agent chooses its words, and an owner reads them, in letters too, where a
/// name with dots becomes a link. Every browser calls itself Mozilla, and some that are none.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=40).contains(&name.len()) && name.bytes().all(plain) && name != "Mozilla"
}
