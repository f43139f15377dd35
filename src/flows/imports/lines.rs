//! A file, taken apart into lines of five fields.

use super::json_lines;
use crate::base::{cells, unicode};

/// The fields of a line, as they stand in the file.
#[derive(Debug, Default)]
pub struct Fields {
    pub email: Option<String>,
    pub username: Option<String>,
    pub password_hash: Option<String>,
    pub display_name: Option<String>,
    pub email_verified: Option<String>,
}

/// Their names, in the order in which they are asked for.
pub const NAMES: [&str; 5] = ["email", "username", "password_hash", "display_name", "email_verified"];

impl Fields {
    /// The field called `name`.
    pub fn named(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "email" => &mut self.email,
            "username" => &mut self.username,
            "password_hash" => &mut self.password_hash,
            "display_name" => &mut self.display_name,
            "email_verified" => &mut self.email_verified,
            _ => return None,
        })
    }
}

/// One line: where it begins, counted from 1, and what stands in it or why it can't be read.
#[derive(Debug)]
pub struct Line {
    pub number: usize,
    pub fields: Result<Fields, String>,
}

/// Why a file is no list of accounts.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the file is empty")]
    Empty,
    #[error("the file is in UTF-16: save it as UTF-8")]
    Utf16,
    #[error("the file is one JSON array: write one object a line instead (jq -c '.[]')")]
    JsonArray,
    #[error(
        "line 1 has to name the columns, separated by commas: email, username, password_hash, display_name, email_verified"
    )]
    NoHeader,
    #[error(
        "line 1 names a column that is not known: {0}. Known are email, username, password_hash, display_name, email_verified"
    )]
    UnknownColumn(String),
    #[error("line 1 names the column {0} twice")]
    ColumnTwice(String),
    #[error("line 1 names neither a column email nor a column username")]
    NobodyNamed,
}

/// Takes CSV (RFC 4180, the first line names the columns) or JSON lines apart; a byte order mark is
/// passed over.
///
/// # Errors
/// What can't be either. A line that can't be read is no error: it says so itself.
pub fn read(file: &[u8]) -> Result<Vec<Line>, Unreadable> {
    if file.starts_with(b"\xff\xfe") || file.starts_with(b"\xfe\xff") {
        return Err(Unreadable::Utf16);
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    match file.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Unreadable::Empty),
        Some(b'[') => Err(Unreadable::JsonArray),
        Some(b'{') => Ok(json_lines::read(file)),
        Some(_) => read_csv(file),
    }
}

fn read_csv(file: &[u8]) -> Result<Vec<Line>, Unreadable> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let columns = columns(reader.byte_headers().map_err(|_| Unreadable::NoHeader)?)?;
    let mut lines = Vec::new();
    let mut record = csv::ByteRecord::new();
    let (mut number, mut counted) = (1, 0);
    // Reading from memory can't fail, and a record of any length is taken.
    while reader.read_byte_record(&mut record).map_err(|_| Unreadable::NoHeader)? {
        // Spreadsheets write the rows below the last one as well.
        if record.iter().all(|field| std::str::from_utf8(field).is_ok_and(|text| unicode::trim(text).is_empty())) {
            continue;
        }
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(counted);
        // The reader ends a record at a CR and begins the next one with the LF, or with empty
        // lines: its own count stays behind.
        let skipped = file.get(start..).unwrap_or_default().iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let start = start + skipped;
        number += line_breaks(file.get(counted..start).unwrap_or_default());
        counted = start;
        lines.push(Line { number, fields: of_record(&record, &columns) });
    }
    Ok(lines)
}

/// LF, CRLF, or CR alone.
fn line_breaks(text: &[u8]) -> usize {
    let alone = |at: usize| text.get(at) == Some(&b'\r') && text.get(at + 1) != Some(&b'\n');
    (0..text.len()).filter(|at| text.get(*at) == Some(&b'\n') || alone(*at)).count()
}

fn columns(header: &csv::ByteRecord) -> Result<Vec<String>, Unreadable> {
    let mut columns: Vec<String> = Vec::with_capacity(header.len());
    for name in header {
        let name = std::str::from_utf8(name).map_err(|_| Unreadable::NoHeader)?;
        let name = unicode::trim(name).to_ascii_lowercase();
        if !NAMES.contains(&name.as_str()) {
            let separated_otherwise = header.len() == 1 && name.contains([';', '\t', '|']);
            let shown = || name.chars().filter(|letter| !letter.is_control()).take(40).collect();
            return Err(if separated_otherwise || name.is_empty() {
                Unreadable::NoHeader
            } else {
                Unreadable::UnknownColumn(shown())
            });
        }
        if columns.contains(&name) {
            return Err(Unreadable::ColumnTwice(name));
        }
        columns.push(name);
    }
    if !columns.iter().any(|name| name == "email" || name == "username") {
        return Err(Unreadable::NobodyNamed);
    }
    Ok(columns)
}

fn of_record(record: &csv::ByteRecord, columns: &[String]) -> Result<Fields, String> {
    if record.len() != columns.len() {
        return Err(format!("it has {} fields, and line 1 names {}", record.len(), columns.len()));
    }
    let mut fields = Fields::default();
    for (name, value) in columns.iter().zip(record) {
        let value = std::str::from_utf8(value).map_err(|_| format!("{name}: not UTF-8"))?;
        if value.contains(['\n', '\r']) {
            return Err(format!("{name}: a line break (is a quotation mark missing?)"));
        }
        if let Some(field) = fields.named(name) {
            *field = Some(cells::unguarded(value).to_owned());
        }
    }
    Ok(fields)
}
