//! JSON lines: one object a line.

use super::lines::{Fields, Line, NAMES};
use serde_json::{Map, Value};

/// Far more than the fields can hold; keeps one line from being a file of its own.
const MAXIMUM_BYTES: usize = 64 * 1024;

pub fn read(file: &[u8]) -> Vec<Line> {
    let lines = file.split(|byte| *byte == b'\n').enumerate();
    // Files that were put together begin with a byte order mark in the middle as well.
    let lines = lines.map(|(at, line)| (at, line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)));
    let filled = lines.filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace));
    filled.map(|(at, line)| Line { number: at + 1, fields: of_line(line) }).collect()
}

fn of_line(line: &[u8]) -> Result<Fields, String> {
    if line.len() > MAXIMUM_BYTES {
        return Err("it has more than 65,536 bytes".to_owned());
    }
    let text = std::str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?;
    // What serde_json says of a fault may repeat what stands there.
    let object: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("no JSON object (column {})", error.column()))?;
    let mut fields = Fields::default();
    for (name, value) in object {
        let Some(field) = fields.named(&name) else {
            return Err(format!("it has a field that is not known; known are {}", NAMES.join(", ")));
        };
        *field = match value {
            Value::Null => None,
            Value::String(text) => Some(text),
            Value::Bool(truth) if name == "email_verified" => Some(truth.to_string()),
            Value::Number(number) if name == "email_verified" => Some(number.to_string()),
            _ => return Err(format!("{name}: not text")),
        };
    }
    Ok(fields)
}
