//! How a letter leaves: to a mail server by SMTP, or as a file for development.

use crate::base::clock::UnixMicros;
use crate::base::loopback::is_loopback_host;
use crate::domain::mail::Letter;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::authentication::Credentials as SmtpCredentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::fmt;
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The longest that one mail may take, whatever the settings; [`super::outbox`] relies on it.
pub(super) const LONGEST_SENDING: Duration = Duration::from_secs(4 * 60);

/// How mail is sent, as plain values; the configuration's `[mail]` maps onto it.
#[derive(Clone, Debug)]
pub struct MailSettings {
    pub from: Mailbox,
    /// The public URL's host, without a port: stands in `Message-ID` and in the greeting to the
    /// mail server.
    pub public_host: String,
    pub transport: TransportSettings,
}

#[derive(Clone, Debug)]
pub enum TransportSettings {
    /// One `.eml` file for each mail in this folder, which is made when it is missing.
    Files {
        folder: PathBuf,
    },
    Smtp(SmtpSettings),
}

#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// A name or an address; an IPv6 address with or without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub credentials: Option<Credentials>,
    /// Certificates (PEM) that are trusted besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// How long connecting may take; a whole mail may take four times as long, at most 4 minutes.
    pub timeout: Duration,
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Begins in clear and must turn to TLS before anything is sent (RFC 3207). Never "if offered":
    /// whoever sits in between would just not offer it.
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// Not at all; only to a mail server on this machine.
    None,
}

/// What the mail server asks for.
#[derive(Clone)]
pub struct Credentials {
    pub username: String,
    pub password: Zeroizing<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// Why mail can't be set up; said to the operator at start.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error(
        "mail to {0} must be encrypted: only a mail server on this machine (127.0.0.1, ::1, localhost) may be reached without TLS, since mails hold links that let people in"
    )]
    ClearText(String),
    #[error("TLS to the mail server can't be set up: {0}")]
    Tls(lettre::transport::smtp::Error),
    #[error("mail.ca_file {0} can't be read: {1}")]
    CaFile(PathBuf, std::io::Error),
    #[error("mail.ca_file {0} holds no certificate in PEM")]
    NoCertificate(PathBuf),
}

/// Why one mail was not sent. Never says to whom nor what the server answered in words: servers
/// repeat the address.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("the letter can't be put into the shape of a mail")]
    Unmailable,
    #[error("the mail server refused it with the status {status}")]
    Refused { status: u16, for_good: bool },
    #[error("the mail server says that there is no such recipient (status {status})")]
    NoSuchRecipient { status: u16 },
    #[error("the mail server's answer can't be understood")]
    Gibberish,
    #[error("the mail server took too long")]
    TimedOut,
    #[error("the mail server can't be reached: {0}")]
    Unreachable(String),
    #[error("the mail file can't be written: {0}")]
    File(#[from] std::io::Error),
}

impl SendError {
    /// Whether trying again is likely to end the same way: the server answered 5yz (RFC 5321
    /// §4.2.1), or the letter is at fault.
    pub(super) fn is_for_good(&self) -> bool {
        matches!(self, Self::Unmailable | Self::NoSuchRecipient { .. } | Self::Refused { for_good: true, .. })
    }
}

/// Sends letters; made once at start.
#[derive(Debug)]
pub struct Transport {
    from: Mailbox,
    public_host: String,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Files { folder: PathBuf },
    Smtp { client: AsyncSmtpTransport<Tokio1Executor>, limit: Duration },
}

impl Transport {
    pub fn new(settings: MailSettings) -> Result<Self, SetUpError> {
        let own = match &settings.transport {
            TransportSettings::Smtp(SmtpSettings { ca_file: Some(file), .. }) => certificates_in(file)?,
            TransportSettings::Smtp(_) | TransportSettings::Files { .. } => Vec::new(),
        };
        Self::with_tls(settings, |host| {
            let trust = TlsParameters::builder(host.to_owned());
            own.into_iter().fold(trust, |trust, certificate| trust.add_root_certificate(certificate)).build()
        })
    }

    /// `tls` gives the trust in the server called like its argument; a test trusts a certificate of
    /// its own.
    pub(super) fn with_tls(
        settings: MailSettings,
        tls: impl FnOnce(&str) -> Result<TlsParameters, lettre::transport::smtp::Error>,
    ) -> Result<Self, SetUpError> {
        let way = match settings.transport {
            TransportSettings::Files { folder } => Way::Files { folder },
            TransportSettings::Smtp(smtp) => Way::Smtp {
                limit: smtp.timeout.saturating_mul(4).min(LONGEST_SENDING),
                client: client(smtp, &settings.public_host, tls)?,
            },
        };
        Ok(Self { from: settings.from, public_host: settings.public_host, way })
    }

    /// Sends `letter`, which is the row `id`. `queued_at` and `id` name the file, so that one sent
    /// again replaces itself.
    pub(super) async fn send(
        &self,
        letter: &Letter,
        id: Uuid,
        queued_at: UnixMicros,
        now: UnixMicros,
    ) -> Result<(), SendError> {
        let message = self.message(letter, id, now)?;
        match &self.way {
            Way::Files { folder } => {
                let path = folder.join(file_name(queued_at, id));
                let bytes = Zeroizing::new(message.formatted());
                tokio::task::spawn_blocking(move || write_whole(&path, &bytes))
                    .await
                    .map_err(std::io::Error::other)??;
                Ok(())
            }
            // lettre's own timeout covers only the connecting: a server that falls silent later
            // would hold us for ever.
            Way::Smtp { client, limit } => match tokio::time::timeout(*limit, client.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(told_safely(&error)),
                Err(_) => Err(SendError::TimedOut),
            },
        }
    }

    fn message(&self, letter: &Letter, id: Uuid, now: UnixMicros) -> Result<Message, SendError> {
        if !is_mailable(letter) {
            return Err(SendError::Unmailable);
        }
        let to: Address = letter.to.parse().map_err(|_| SendError::Unmailable)?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.as_str())
            .date(date(now))
            // The same for a mail sent twice, so that mail programs show it once.
            .message_id(Some(format!("<{id}@{}>", self.public_host)))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(letter.text.to_string(), letter.html.to_string()))
            .map_err(|_| SendError::Unmailable)
    }
}

fn certificates_in(file: &Path) -> Result<Vec<Certificate>, SetUpError> {
    const BEGINNING: &str = "-----BEGIN CERTIFICATE-----";
    let text = std::fs::read_to_string(file).map_err(|error| SetUpError::CaFile(file.to_owned(), error))?;
    // Each by itself: lettre takes the rest of a file that it can't read for the end of it.
    let parts = text.split(BEGINNING).skip(1).map(|part| format!("{BEGINNING}{part}"));
    let read = parts.map(|part| Certificate::from_pem(part.as_bytes())).collect::<Result<Vec<_>, _>>();
    read.ok().filter(|all| !all.is_empty()).ok_or_else(|| SetUpError::NoCertificate(file.to_owned()))
}

/// Whether the letter fits into headers as it is. A line break in an address or subject would begin
/// a header of the sender's choosing; lettre encodes it away, but a letter that holds one is wrong
/// in the first place.
pub(super) fn is_mailable(letter: &Letter) -> bool {
    let one_line = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    one_line(&letter.to) && letter.to.is_ascii() && one_line(&letter.subject) && letter.to.parse::<Address>().is_ok()
}

/// `<micros>-<id>.eml`: micros of the queueing in 16 digits, so that names sort by time.
pub(super) fn file_name(queued_at: UnixMicros, id: Uuid) -> String {
    format!("{:016}-{id}.eml", queued_at.0)
}

/// Asks automatic answerers to keep still (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn date(now: UnixMicros) -> SystemTime {
    // The header has four digits for the year; lettre panics beyond.
    const LAST_OF_9999: u64 = 253_402_300_799_000_000;
    UNIX_EPOCH + Duration::from_micros(u64::try_from(now.0).unwrap_or(0).min(LAST_OF_9999))
}

fn client(
    smtp: SmtpSettings,
    public_host: &str,
    tls: impl FnOnce(&str) -> Result<TlsParameters, lettre::transport::smtp::Error>,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, SetUpError> {
    let host = smtp.host.trim_start_matches('[').trim_end_matches(']');
    let tls = match smtp.security {
        Security::Starttls => Tls::Required(tls(host).map_err(SetUpError::Tls)?),
        Security::Tls => Tls::Wrapper(tls(host).map_err(SetUpError::Tls)?),
        Security::None if is_loopback_host(host) => Tls::None,
        Security::None => return Err(SetUpError::ClearText(host.to_owned())),
    };
    // One connection a mail, lettre's pool left out: it takes a connection back in the middle of a
    // conversation when a sending is given up, and the late answer would then count for the next
    // mail.
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(smtp.timeout))
        .hello_name(hello_name(public_host));
    if let Some(credentials) = smtp.credentials {
        builder = builder.credentials(SmtpCredentials::new(credentials.username, credentials.password.to_string()));
    }
    Ok(builder.build())
}

fn hello_name(public_host: &str) -> ClientId {
    match public_host.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain(public_host.to_owned()),
    }
}

fn told_safely(error: &lettre::transport::smtp::Error) -> SendError {
    if let Some(status) = error.status() {
        let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        if error.is_permanent() && is_about_the_recipient(&words) {
            return SendError::NoSuchRecipient { status: status.into() };
        }
        SendError::Refused { status: status.into(), for_good: error.is_permanent() }
    } else if error.is_response() {
        SendError::Gibberish
    } else if error.is_timeout() {
        SendError::TimedOut
    } else {
        SendError::Unreachable(error.to_string())
    }
}

/// Whether a permanent refusal says that the address leads nowhere, by its enhanced status (RFC
/// 3463 §3.2, RFC 2034): no such mailbox or domain, a misshapen address, a mailbox that has moved,
/// a domain that takes no mail (RFC 7505). Neither the three digits nor the command that was
/// answered tell that: `550` in answer to `RCPT` also says that the password is missing ("relay not
/// permitted") or that the sender is not liked, which many servers only say there and an operator
/// can mend.
fn is_about_the_recipient(words: &str) -> bool {
    const ADDRESS: [&str; 5] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"];
    words.split([' ', '\r', '\n']).next().is_some_and(|status| ADDRESS.contains(&status))
}

/// Writes a file that is there as a whole or not at all, for its owner alone: it holds links that
/// let people in.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let temporary = path.with_extension("part");
    // One left over by a crash may have any mode.
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}
