//! Header fields as text. Their bytes are whatever somebody sent (RFC 9110 §5.5):
//! `HeaderValue::to_str` refuses a whole line for one byte that is not ASCII, and whoever takes
//! that for an absent header does not see what stands beside it.

use http::{HeaderMap, HeaderName, HeaderValue};
use std::borrow::Cow;

/// A field's value; what is not UTF-8 in it is replaced, so it is like no word that means anything.
pub fn of(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

/// The values of each line of a field.
pub fn lines(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = Cow<'_, str>> {
    headers.get_all(name).iter().map(of)
}

/// A value to be kept and shown: its printable ASCII, at most `most` of it. Anything else could
/// write lines of its own into logs and terminals, or turn the direction of what is read after it.
pub fn printable(value: &HeaderValue, most: usize) -> String {
    value.as_bytes().iter().filter(|byte| matches!(byte, b' '..=b'~')).take(most).copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn one_byte_that_is_not_ascii_leaves_the_rest_of_a_line_readable() {
        let value = HeaderValue::from_bytes(b"a=M\xc3\xbcller; b=\xff; c=d\t").unwrap();
        assert_eq!(of(&value), "a=M\u{fc}ller; b=\u{fffd}; c=d\t");
        assert_eq!(printable(&value, 100), "a=Mller; b=; c=d");
        assert_eq!(printable(&value, 3), "a=M");
    }

    /// The one way to lose a whole header is not used again.
    #[test]
    fn no_header_is_read_by_a_function_that_refuses_it_for_one_byte() {
        fn sources(folder: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    sources(&path, found);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                // Tests follow what they test.
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let of_a_header = |line: &&str| line.contains(".to_str()") && !line.contains("file");
                found.extend(code.lines().filter(of_a_header).map(|line| format!("{}: {line}", path.display())));
            }
        }
        let mut found = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        found.retain(|line| {
            !line.contains("/tests") && !line.contains("src/domain/mail/") && !line.contains("header_text.rs")
        });
        assert!(found.is_empty(), "{found:#?}");
    }
}
