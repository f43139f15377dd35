//! A small mail server on this machine: as much of RFC 5321, 3207 and 4954 as a client meets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto};

/// How it behaves; by default in clear, without sign-in, taking everything.
#[derive(Clone, Default)]
pub struct Manners {
    pub offers_starttls: bool,
    pub begins_with_tls: bool,
    pub offers_auth: bool,
    /// Answers to the first recipients; after these it takes any.
    pub refusals: Vec<&'static str>,
    /// Answer to each mail, once it is there, in place of taking it.
    pub refuses_mails: Option<&'static str>,
    /// Answer to each sender, in place of taking it.
    pub refuses_senders: Option<&'static str>,
    /// Answer to each password, in place of taking it.
    pub refuses_passwords: Option<&'static str>,
    /// Says nothing more after taking a recipient.
    pub falls_silent: bool,
}

pub struct Peer {
    pub port: u16,
    /// Its own certificate for `localhost`, PEM.
    pub certificate: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    /// Each line of a client, `tls ` before those that came encrypted; not the mails themselves.
    commands: Mutex<Vec<String>>,
    mails: Mutex<Vec<String>>,
    refusals: Mutex<VecDeque<&'static str>>,
}

impl Peer {
    pub async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let tls = TlsAcceptor::from(Arc::new(tls));
        let seen = Arc::new(Seen { refusals: Mutex::new(manners.refusals.clone().into()), ..Seen::default() });
        tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(attend(stream, tls.clone(), manners.clone(), Arc::clone(&seen)));
                }
            }
        });
        Self { port, certificate: made.cert.pem(), seen }
    }

    pub fn commands(&self) -> Vec<String> {
        self.seen.commands.lock().unwrap().clone()
    }

    pub fn mails(&self) -> Vec<String> {
        self.seen.mails.lock().unwrap().clone()
    }
}

/// A client that does not like the certificate just goes: its errors are no errors of the test.
async fn attend(stream: TcpStream, tls: TlsAcceptor, manners: Manners, seen: Arc<Seen>) -> Option<()> {
    if manners.begins_with_tls {
        let mut stream = BufReader::new(tls.accept(stream).await.ok()?);
        say(&mut stream, "220 localhost").await?;
        return converse(&mut stream, &manners, &seen, true).await.map(|_| ());
    }
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 localhost").await?;
    if let Next::Tls = converse(&mut stream, &manners, &seen, false).await? {
        let mut stream = BufReader::new(tls.accept(stream.into_inner()).await.ok()?);
        converse(&mut stream, &manners, &seen, true).await?;
    }
    Some(())
}

enum Next {
    Tls,
    End,
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    manners: &Manners,
    seen: &Seen,
    encrypted: bool,
) -> Option<Next> {
    loop {
        let line = hear(stream).await?;
        seen.commands.lock().unwrap().push(format!("{}{line}", if encrypted { "tls " } else { "" }));
        match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => {
                if manners.offers_starttls && !encrypted {
                    say(stream, "250-STARTTLS").await?;
                }
                if manners.offers_auth {
                    say(stream, "250-AUTH PLAIN").await?;
                }
                say(stream, "250 8BITMIME").await?;
            }
            "STARTTLS" if manners.offers_starttls => {
                say(stream, "220 go ahead").await?;
                return Some(Next::Tls);
            }
            "RCPT" => {
                let refusal = seen.refusals.lock().unwrap().pop_front();
                say(stream, refusal.unwrap_or("250 ok")).await?;
            }
            "DATA" if manners.falls_silent => std::future::pending().await,
            "DATA" => {
                say(stream, "354 go ahead").await?;
                let mail = hear_mail(stream).await?;
                if let Some(refusal) = manners.refuses_mails {
                    say(stream, refusal).await?;
                    continue;
                }
                seen.mails.lock().unwrap().push(mail);
                say(stream, "250 taken").await?;
            }
            "AUTH" => say(stream, manners.refuses_passwords.unwrap_or("235 welcome")).await?,
            "MAIL" => say(stream, manners.refuses_senders.unwrap_or("250 ok")).await?,
            "RSET" | "NOOP" => say(stream, "250 ok").await?,
            "QUIT" => {
                say(stream, "221 bye").await?;
                return Some(Next::End);
            }
            _ => say(stream, "502 what").await?,
        }
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> Option<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

async fn hear<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    match stream.read_line(&mut line).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim_end().to_owned()),
    }
}

async fn hear_mail<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut mail = String::new();
    loop {
        match hear(stream).await?.as_str() {
            "." => return Some(mail),
            line => mail = mail + line + "\n",
        }
    }
}
