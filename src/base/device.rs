//! A browser in words, from its User-Agent.

use crate::base::words::{word, word_with};
use crate::domain::sessions::change::family;

/// Whether the browser says that it is on a telephone.
pub fn is_phone(user_agent: &str) -> bool {
    matches!(
        family(user_agent).1,
        Some("iPhone" | "Android" | "iPod" | "BlackBerry" | "BlackBerry10" | "Windows Phone OS")
    )
}

/// "Firefox on Linux"; whatever can't be recognised is "an unknown browser".
pub fn describe(user_agent: &str) -> String {
    match family(user_agent) {
        (Some(browser), Some(system)) => {
            word_with("device-browser-on", &[("browser", browser.to_owned()), ("system", system.to_owned())])
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => word("device-unknown"),
    }
}
