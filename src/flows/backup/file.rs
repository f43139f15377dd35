//! What a backup looks like: JSON lines in gzip.
//!
//! The first line is the [`Header`]. Then comes, table by table, a line with its name and the names
//! of its columns, and a line for each row: an array in the order of the columns. Then a line that
//! counts the rows, and one with the MAC over all bytes before it, under a key that is not in the
//! file. Uncompressed a backup can be read by a person, and by nobody written or changed.

use super::NotRestored;
use super::tables::{Column, Of};
use crate::base::clock::UnixMicros;
use crate::base::vault::{BackupMac, Vault, hex, unhex};
use data_encoding::BASE64;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use uuid::Uuid;

/// Raised when an older Doorward would misunderstand a newer file.
pub const FORMAT: u64 = 1;
/// Of a row. Whoever feeds us a file must not fill the memory with one line.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// How many rows of each table.
pub type Counts = BTreeMap<String, u64>;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub doorward_backup: u64,
    /// Of the Doorward that wrote it.
    pub version: String,
    /// The newest migration of the database.
    pub schema: i64,
    /// For people: any database takes it.
    pub engine: String,
    pub made_at: UnixMicros,
    /// Hexadecimal; [`Vault::backup_key_check`].
    pub key_check: String,
}

/// What stands in one column of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
    Boolean(Option<bool>),
}

impl Value {
    fn to_json(&self) -> Json {
        match self {
            Self::Integer(value) => json!(value),
            Self::Text(value) => json!(value),
            Self::Blob(value) => value.as_ref().map_or(Json::Null, |bytes| BASE64.encode(bytes).into()),
            Self::Uuid(value) => json!(value),
            Self::Boolean(value) => json!(value),
        }
    }

    /// None for what can't stand in such a column.
    fn from_json(of: Of, json: Json) -> Option<Self> {
        Some(match (of, json) {
            (Of::Integer, Json::Null) => Self::Integer(None),
            (Of::Text, Json::Null) => Self::Text(None),
            (Of::Blob, Json::Null) => Self::Blob(None),
            (Of::Uuid, Json::Null) => Self::Uuid(None),
            (Of::Boolean, Json::Null) => Self::Boolean(None),
            (Of::Integer, Json::Number(number)) => Self::Integer(Some(number.as_i64()?)),
            (Of::Text, Json::String(text)) => Self::Text(Some(text)),
            (Of::Blob, Json::String(text)) => Self::Blob(Some(BASE64.decode(text.as_bytes()).ok()?)),
            (Of::Uuid, Json::String(text)) => Self::Uuid(Some(text.parse().ok()?)),
            (Of::Boolean, Json::Bool(value)) => Self::Boolean(Some(value)),
            _ => return None,
        })
    }
}

/// Writes a backup line by line.
pub struct Writer<W: Write> {
    output: GzEncoder<W>,
    mac: BackupMac,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub fn begin(output: W, vault: &Vault, header: &Header) -> std::io::Result<Self> {
        let output = GzEncoder::new(output, Compression::fast());
        let mut writer = Self { output, mac: vault.backup_mac(), line: Vec::new() };
        writer.line(header)?;
        Ok(writer)
    }

    pub fn table(&mut self, name: &str, columns: &[Column]) -> std::io::Result<()> {
        let columns: Vec<&str> = columns.iter().map(|column| column.name).collect();
        self.line(&json!({ "table": name, "columns": columns }))
    }

    pub fn row(&mut self, values: &[Value]) -> std::io::Result<()> {
        let values: Vec<Json> = values.iter().map(Value::to_json).collect();
        self.line(&values)
    }

    /// Closes the file, and gives back what it was written to.
    pub fn finish(mut self, counts: &Counts) -> std::io::Result<W> {
        self.line(&json!({ "rows": counts }))?;
        let mac = self.mac.clone().finish();
        self.line(&json!({ "mac": hex(&mac) }))?;
        self.output.finish()
    }

    fn line(&mut self, content: &impl Serialize) -> std::io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, content)?;
        self.line.push(b'\n');
        self.mac.update(&self.line);
        self.output.write_all(&self.line)
    }
}

/// What follows the header, in the order in which it comes.
#[derive(Debug)]
pub enum Line {
    Table {
        name: String,
        columns: Vec<String>,
    },
    Row(Vec<Json>),
    /// The end, after which nothing came, and everything before it is as it was written.
    End(Counts),
}

/// Reads a backup line by line. What it gives is what somebody sent until [`Line::End`] came:
/// nothing may be done with it before that can't be undone.
pub struct Reader<R: Read> {
    input: BufReader<MultiGzDecoder<R>>,
    mac: BackupMac,
    header: Header,
    number: u64,
    line: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Table { table: String, columns: Vec<String> },
    Rows { rows: Counts },
}

#[derive(Deserialize)]
struct Mac {
    mac: String,
}

impl<R: Read> Reader<R> {
    /// Reads the header, and refuses what is no backup, a newer format, or one that was made with
    /// another secret key.
    pub fn open(input: R, vault: &Vault) -> Result<Self, NotRestored> {
        // A header of another format, as far as all of them are alike.
        #[derive(Deserialize)]
        struct AnyHeader {
            doorward_backup: u64,
        }
        let mut input = BufReader::new(MultiGzDecoder::new(input));
        let mut line = Vec::new();
        match read_line(&mut input, &mut line) {
            Err(NotRestored::Altered(_)) | Ok(false) => return Err(NotRestored::NoBackup),
            Ok(true) if !line.starts_with(b"{") => return Err(NotRestored::NoBackup),
            read => read?,
        };
        let AnyHeader { doorward_backup } = serde_json::from_slice(&line).map_err(|_| NotRestored::NoBackup)?;
        if doorward_backup > FORMAT {
            return Err(NotRestored::NewerFormat(doorward_backup));
        }
        let header: Header = serde_json::from_slice(&line).map_err(|_| NotRestored::Altered(1))?;
        if unhex(&header.key_check) != Some(vault.backup_key_check()) {
            return Err(NotRestored::ForeignKey);
        }
        let mut mac = vault.backup_mac();
        mac.update(&line);
        Ok(Self { input, mac, header, number: 1, line })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What comes next.
    pub fn read(&mut self) -> Result<Line, NotRestored> {
        self.advance()?;
        self.mac.update(&self.line);
        if self.line.first() == Some(&b'[') {
            return Ok(Line::Row(self.parsed()?));
        }
        match self.parsed()? {
            Told::Table { table: name, columns } => Ok(Line::Table { name, columns }),
            Told::Rows { rows } => {
                let mac = self.mac.clone();
                self.advance()?;
                let Mac { mac: expected } = self.parsed()?;
                let expected = unhex(&expected).ok_or_else(|| self.altered())?;
                if !mac.is(&expected) {
                    return Err(NotRestored::Altered(self.number));
                }
                if read_line(&mut self.input, &mut self.line).map_err(|error| error.at(self.number + 1))? {
                    return Err(NotRestored::Altered(self.number + 1));
                }
                Ok(Line::End(rows))
            }
        }
    }

    /// The line that was read last is not one that we wrote.
    pub fn altered(&self) -> NotRestored {
        NotRestored::Altered(self.number)
    }

    /// The values of a [`Line::Row`] that has these columns.
    pub fn values(&self, columns: &[Column], row: Vec<Json>) -> Result<Vec<Value>, NotRestored> {
        if row.len() != columns.len() {
            return Err(self.altered());
        }
        let value = |(column, json): (&Column, Json)| Value::from_json(column.of, json);
        columns.iter().zip(row).map(value).collect::<Option<_>>().ok_or_else(|| self.altered())
    }

    fn advance(&mut self) -> Result<(), NotRestored> {
        self.number += 1;
        match read_line(&mut self.input, &mut self.line).map_err(|error| error.at(self.number))? {
            true => Ok(()),
            false => Err(NotRestored::CutOff),
        }
    }

    fn parsed<T: for<'a> Deserialize<'a>>(&self) -> Result<T, NotRestored> {
        serde_json::from_slice(&self.line).map_err(|_| self.altered())
    }
}

impl NotRestored {
    /// Says which line it was.
    fn at(self, line: u64) -> Self {
        if let Self::Altered(_) = self { Self::Altered(line) } else { self }
    }
}

/// The next line with its end; false where there is none.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool, NotRestored> {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    line.clear();
    match input.take(LONGEST_LINE).read_until(b'\n', line) {
        Ok(0) => Ok(false),
        Ok(_) if line.ends_with(b"\n") => Ok(true),
        Ok(read) if read as u64 == LONGEST_LINE => Err(NotRestored::Altered(0)),
        Ok(_) => Err(NotRestored::CutOff),
        Err(error) if error.kind() == UnexpectedEof => Err(NotRestored::CutOff),
        // As the decoder says that something can't be.
        Err(error) if matches!(error.kind(), InvalidData | InvalidInput) => Err(NotRestored::Altered(0)),
        Err(error) => Err(NotRestored::Unreadable(error)),
    }
}
