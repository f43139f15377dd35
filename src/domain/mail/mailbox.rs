//! Reads mails that were written as files, for the development mailbox page.

use crate::base::clock::UnixMicros;
use crate::domain::mail::transport::file_name;
use mail_parser::{Address, Message, MessageParser};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The newest mails shown.
const SHOWN: usize = 100;
/// The end of the name that a file has while it is written.
const PART: &str = ".part";
/// Ours have a few KB; a larger file is not one of ours.
const LARGEST_BYTES: u64 = 1024 * 1024;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What [`read`] takes.
    pub file: String,
    pub to: String,
    pub subject: String,
    /// When it was queued.
    pub at: UnixMicros,
}

/// One mail, opened. Its Debug is redacted: the links let people in.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    pub to: String,
    pub from: String,
    pub subject: String,
    pub at: UnixMicros,
    pub text: String,
    /// The `http` and `https` addresses in the text, in order, each once.
    pub links: Vec<String>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened(..)")
    }
}

/// The newest 100 mails in `folder`, newest first; none when there is no such folder.
pub async fn list(folder: &Path) -> Vec<Summary> {
    off_the_runtime(folder.to_owned(), |folder| list_now(&folder)).await.unwrap_or_default()
}

/// The mail in `file`; none when the name is not one that [`list`] gives, or it is gone.
pub async fn read(folder: &Path, file: &str) -> Option<Opened> {
    let file = MailFile::parse(file)?;
    off_the_runtime(folder.to_owned(), move |folder| open_now(&folder, &file)).await.flatten()
}

async fn off_the_runtime<T: Send + 'static>(
    folder: PathBuf,
    work: impl FnOnce(PathBuf) -> T + Send + 'static,
) -> Option<T> {
    tokio::task::spawn_blocking(move || work(folder)).await.ok()
}

/// A name that [`file_name`] made. Nothing else reaches the file system, so no name leads out of
/// the folder.
pub(super) struct MailFile {
    name: String,
    /// When it was queued.
    pub(super) at: UnixMicros,
}

impl MailFile {
    fn parse(name: &str) -> Option<Self> {
        let (micros, id) = name.strip_suffix(".eml")?.split_once('-')?;
        let at = UnixMicros(micros.parse().ok()?);
        let id = Uuid::try_parse(id).ok()?;
        (file_name(at, id) == name).then(|| Self { name: name.to_owned(), at })
    }

    /// The file that `name` is, or was to become: one that a crash left half written is called
    /// `.part`.
    pub(super) fn written_as(name: &str) -> Option<Self> {
        match name.strip_suffix(PART) {
            Some(stem) => Self::parse(&format!("{stem}.eml")),
            None => Self::parse(name),
        }
    }
}

fn list_now(folder: &Path) -> Vec<Summary> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<MailFile> =
        entries.filter_map(Result::ok).filter_map(|entry| MailFile::parse(entry.file_name().to_str()?)).collect();
    files.sort_unstable_by(|one, other| (other.at, &other.name).cmp(&(one.at, &one.name)));
    files.truncate(SHOWN);
    files
        .into_iter()
        .filter_map(|file| {
            let bytes = bytes_of(folder, &file)?;
            let message = MessageParser::default().parse(bytes.as_slice())?;
            Some(Summary { to: address(message.to()), subject: subject(&message), at: file.at, file: file.name })
        })
        .collect()
}

fn open_now(folder: &Path, file: &MailFile) -> Option<Opened> {
    let bytes = bytes_of(folder, file)?;
    let message = MessageParser::default().parse(bytes.as_slice())?;
    let text = message.body_text(0)?.into_owned();
    Some(Opened {
        to: address(message.to()),
        from: address(message.from()),
        subject: subject(&message),
        at: file.at,
        links: links(&text),
        text,
    })
}

fn bytes_of(folder: &Path, file: &MailFile) -> Option<Zeroizing<Vec<u8>>> {
    let opened = std::fs::File::open(folder.join(&file.name)).ok()?;
    let mut bytes = Zeroizing::new(Vec::new());
    let length = opened.take(LARGEST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (length as u64 <= LARGEST_BYTES).then_some(bytes)
}

fn subject(message: &Message<'_>) -> String {
    message.subject().unwrap_or_default().to_owned()
}

fn address(address: Option<&Address<'_>>) -> String {
    address.and_then(Address::first).and_then(|first| first.address()).unwrap_or_default().to_owned()
}

fn links(text: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for part in text.split_whitespace().filter(|part| part.starts_with("https://") || part.starts_with("http://")) {
        if !links.iter().any(|link| link == part) {
            links.push(part.to_owned());
        }
    }
    links
}
