//! The visitor's whole trail as one file. docs/activity.md says what its fields mean; they are
//! kept.

use crate::base::cells::guarded;
use crate::base::error::AppError;
use crate::base::user_agent;
use crate::domain::accounts::AccountId;
use crate::domain::audit::activity::{Entry, part};
use crate::domain::sessions::{self, SessionHandle};
use crate::flows::acting::Person;
use crate::pages::wording::sentence;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor::Visitor;
use crate::ui::words::{moment, reader};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, try_unfold};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

pub const JSON: &str = "/account/activity.json";
pub const CSV: &str = "/account/activity.csv";

/// `GET /account/activity.json`: an array of objects, newest first.
pub async fn json(app: App, visitor: Extension<Visitor>) -> Response {
    answer(app, &visitor, Format::Json).await
}

/// `GET /account/activity.csv`: the same with a line an entry (RFC 4180), the first with the names.
pub async fn csv(app: App, visitor: Extension<Visitor>) -> Response {
    answer(app, &visitor, Format::Csv).await
}

/// One entry as exported. What is not named here is not told: nothing of the chain, and no hash of
/// what somebody typed.
#[derive(Debug, Serialize)]
struct Line {
    time: String,
    kind: String,
    reason: Option<String>,
    description: String,
    device: Option<String>,
    user_agent: Option<String>,
    address: Option<String>,
    session: Option<String>,
    was: Option<String>,
    is: Option<String>,
    done: Option<String>,
    by: Option<String>,
    count: Option<u64>,
    provider: Option<String>,
}

impl From<Entry> for Line {
    fn from(entry: Entry) -> Self {
        let details = entry.details;
        Self {
            time: moment(entry.at.0).1,
            description: sentence(&entry.kind, &details),
            kind: entry.kind,
            reason: details.reason,
            device: details.device.as_deref().map(|agent| user_agent::describe(&reader(), agent)),
            user_agent: details.device,
            address: details.address,
            session: details.session,
            was: details.was,
            is: details.is,
            done: details.done,
            by: details.by,
            count: details.count,
            provider: details.provider,
        }
    }
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Csv,
}

async fn answer(app: App, visitor: &Visitor, format: Format) -> Response {
    // `visitor::resolve` has led everybody else away before.
    let Some(person) = visitor.person() else { return StatusCode::FORBIDDEN.into_response() };
    let rest = match parts(app, person, format).await {
        Ok(rest) => rest,
        Err(error) => return Refused(error).into_response(),
    };
    let (kind, file) = match format {
        Format::Json => ("application/json", "attachment; filename=\"activity.json\""),
        Format::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"activity.csv\""),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(file)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Body::from_stream(rest)).into_response()
}

/// The person's whole trail as the parts of a JSON array, each read when it is asked for.
pub async fn in_parts(
    app: App,
    person: &Person,
) -> Result<impl Stream<Item = Result<Bytes, PartError>> + Send + use<>, AppError> {
    parts(app, person, Format::Json).await
}

async fn parts(
    app: App,
    person: &Person,
    format: Format,
) -> Result<impl Stream<Item = Result<Bytes, PartError>> + Send + use<>, AppError> {
    let mut trail = Trail {
        account: person.account.id,
        session: person.session.handle,
        before: i64::MAX,
        next: Next::Begin,
        format,
        app,
    };
    // The first part is made before the answer begins, so that a database that is gone is told with
    // a status.
    let first = match trail.part().await {
        Ok(first) => first,
        Err(PartError::Database(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "an export could not be begun");
            return Err(AppError::Internal);
        }
    };
    Ok(try_unfold((Some(first), trail), async |(ready, mut trail)| {
        let part = match ready {
            Some(part) => part,
            None => trail.part().await.inspect_err(|error| tracing::warn!(%error, "an export was broken off"))?,
        };
        Ok::<_, PartError>(part.map(|bytes| (bytes, (None, trail))))
    }))
}

/// Why an export ends before its end. The connection is then broken off, so that nobody takes a
/// part for the whole.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
    #[error("its session was ended")]
    SessionEnded,
    #[error("an entry can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("an entry can't be written as CSV: {0}")]
    Csv(#[from] csv::Error),
}

/// A trail being read part by part, each when the one before was sent: whatever its length, one
/// part is held in memory.
struct Trail {
    app: App,
    account: AccountId,
    session: SessionHandle,
    format: Format,
    before: i64,
    next: Next,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Begin,
    GoOn,
    Done,
}

impl Trail {
    /// The next bytes of the file; none when it is whole.
    async fn part(&mut self) -> Result<Option<Bytes>, PartError> {
        if self.next == Next::Done {
            return Ok(None);
        }
        // Whoever reads slowly keeps the answer open for as long as they like; an ended session is
        // told nothing more.
        if !sessions::is_still_live(&self.app.db, self.session, self.app.clock.now()).await? {
            return Err(PartError::SessionEnded);
        }
        let entries = part(&self.app.db, self.account, self.before).await?;
        let is_first = self.next == Next::Begin;
        let is_last = entries.last().map(|entry| self.before = entry.sequence).is_none();
        self.next = if is_last { Next::Done } else { Next::GoOn };
        let lines: Vec<Line> = entries.into_iter().map(Line::from).collect();
        let bytes = match self.format {
            Format::Json => json_part(&lines, is_first, is_last)?,
            Format::Csv => csv_part(&lines, is_first)?,
        };
        Ok(Some(Bytes::from(bytes)))
    }
}

fn json_part(lines: &[Line], is_first: bool, is_last: bool) -> Result<Vec<u8>, PartError> {
    let mut bytes = if is_first { b"[".to_vec() } else { Vec::new() };
    for (at, line) in lines.iter().enumerate() {
        bytes.extend_from_slice(if is_first && at == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut bytes, line)?;
    }
    if is_last {
        bytes.extend_from_slice(b"\n]\n");
    }
    Ok(bytes)
}

fn optional(text: &Option<String>) -> String {
    guarded(text.as_deref().unwrap_or_default())
}

fn csv_part(lines: &[Line], is_first: bool) -> Result<Vec<u8>, PartError> {
    const NAMES: [&str; 14] = [
        "time",
        "kind",
        "reason",
        "description",
        "device",
        "user_agent",
        "address",
        "session",
        "was",
        "is",
        "done",
        "by",
        "count",
        "provider",
    ];
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    if is_first {
        writer.write_record(NAMES)?;
    }
    for line in lines {
        writer.write_record([
            line.time.clone(),
            guarded(&line.kind),
            optional(&line.reason),
            guarded(&line.description),
            optional(&line.device),
            optional(&line.user_agent),
            optional(&line.address),
            optional(&line.session),
            optional(&line.was),
            optional(&line.is),
            optional(&line.done),
            optional(&line.by),
            line.count.map(|count| count.to_string()).unwrap_or_default(),
            optional(&line.provider),
        ])?;
    }
    Ok(writer.into_inner().map_err(|error| ::csv::Error::from(error.into_error()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(user_agent: &str) -> Line {
        Line {
            time: "2026-03-01T12:00:00Z".to_owned(),
            kind: "signed_in".to_owned(),
            reason: None,
            description: "Signed in".to_owned(),
            device: None,
            user_agent: Some(user_agent.to_owned()),
            address: None,
            session: None,
            was: None,
            is: None,
            done: None,
            by: None,
            count: None,
            provider: None,
        }
    }

    #[test]
    fn no_cell_can_be_taken_for_a_formula_or_for_two_cells() {
        for hostile in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "  =1",
            "\u{a0}=1",
            "＝1",
            "a\",=1,\"",
            "a\r\n=1,2",
        ] {
            let bytes = csv_part(&[line(hostile)], true).unwrap();
            let mut reader = ::csv::Reader::from_reader(&bytes[..]);
            let records: Vec<::csv::StringRecord> = reader.records().map(|record| record.unwrap()).collect();
            assert_eq!((records.len(), records[0].len()), (1, 14), "{hostile:?}");
            let cell = records[0].get(5).unwrap();
            assert!(cell == format!("'{hostile}") || (cell == hostile && hostile.starts_with('a')), "{cell:?}");
        }
    }

    #[test]
    fn the_parts_of_a_file_make_one_array_whatever_their_number() {
        for lengths in [&[0][..], &[1, 0], &[2, 3, 0]] {
            let mut bytes = Vec::new();
            for (at, length) in lengths.iter().enumerate() {
                let lines: Vec<Line> = (0..*length).map(|_| line("<script>\"\\")).collect();
                bytes.extend(json_part(&lines, at == 0, *length == 0).unwrap());
            }
            let read: Vec<serde_json::Value> = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(read.len(), lengths.iter().sum::<usize>());
        }
    }
}
