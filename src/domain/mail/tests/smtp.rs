use super::smtp_peer::{Manners, Peer};
use super::*;
use crate::domain::mail::transport::{Credentials, Security, SendError, SetUpError, SmtpSettings};
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use mail_parser::MessageParser;
use std::io::Write;
use std::sync::Mutex;
use std::time::Instant;
use uuid::Uuid;

const PASSWORD: &str = "canary of the mail server";

pub(super) fn smtp(peer: &Peer, security: Security) -> SmtpSettings {
    let credentials = Credentials { username: "doorward".to_owned(), password: Zeroizing::new(PASSWORD.to_owned()) };
    SmtpSettings {
        host: "localhost".to_owned(),
        port: peer.port,
        security,
        credentials: (security != Security::None).then_some(credentials),
        ca_file: None,
        timeout: Duration::from_secs(5),
    }
}

pub(super) fn plain(peer: &Peer) -> Transport {
    Transport::new(settings(TransportSettings::Smtp(smtp(peer, Security::None)))).unwrap()
}

/// Trusts the peer's own certificate and no other.
pub(super) fn trusting(peer: &Peer, security: Security) -> Transport {
    Transport::with_tls(settings(TransportSettings::Smtp(smtp(peer, security))), |host| {
        let certificate = Certificate::from_pem(peer.certificate.as_bytes()).unwrap();
        TlsParameters::builder(host.to_owned()).add_root_certificate(certificate).build()
    })
    .unwrap()
}

async fn send(transport: &Transport) -> Result<(), SendError> {
    let now = UnixMicros(1_795_000_000_000_000);
    transport.send(&letter(), Uuid::nil(), now, now).await
}

#[tokio::test]
async fn a_letter_arrives_whole_with_the_headers_of_an_automatic_mail() {
    let peer = Peer::start(Manners::default()).await;
    send(&plain(&peer)).await.unwrap();
    assert!(peer.commands().iter().any(|line| line == "MAIL FROM:<doorward@example.org>"), "{:?}", peer.commands());
    assert!(peer.commands().iter().any(|line| line == "RCPT TO:<ada@example.org>"));
    assert!(peer.commands().iter().any(|line| line == "EHLO id.example.org"));
    let [mail] = peer.mails().try_into().unwrap();
    let parsed = MessageParser::default().parse(mail.as_bytes()).unwrap();
    assert_eq!(parsed.subject(), Some(SUBJECT));
    assert_eq!(parsed.date().unwrap().to_timestamp(), 1_795_000_000);
    assert_eq!(parsed.message_id(), Some("00000000-0000-0000-0000-000000000000@id.example.org"));
    assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!(parsed.header_raw("MIME-Version").map(str::trim), Some("1.0"));
    assert!(mail.contains("multipart/alternative"));
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), *letter().text);
    assert_eq!(parsed.body_html(0).unwrap().trim_end(), *letter().html);
}

#[tokio::test]
async fn with_starttls_mail_and_password_travel_encrypted() {
    let manners = Manners { offers_starttls: true, offers_auth: true, ..Manners::default() };
    let peer = Peer::start(manners).await;
    send(&trusting(&peer, Security::Starttls)).await.unwrap();
    assert_eq!(peer.mails().len(), 1);
    let commands = peer.commands();
    let clear: Vec<_> = commands.iter().filter(|line| !line.starts_with("tls ")).collect();
    assert_eq!(clear, ["EHLO id.example.org", "STARTTLS"]);
    assert!(commands.iter().any(|line| line.starts_with("tls AUTH PLAIN ")));
}

#[tokio::test]
async fn a_certificate_of_the_operators_own_is_trusted_if_it_is_in_the_file_and_a_file_without_one_is_refused() {
    let manners = Manners { offers_starttls: true, offers_auth: true, ..Manners::default() };
    let peer = Peer::start(manners).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let with = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let smtp = SmtpSettings { ca_file: Some(file.clone()), ..smtp(&peer, Security::Starttls) };
        Transport::new(settings(TransportSettings::Smtp(smtp)))
    };
    send(&with(&format!("some words\n{}", peer.certificate)).unwrap()).await.unwrap();
    assert_eq!(peer.mails().len(), 1);
    let other = Peer::start(Manners::default()).await;
    send(&with(&other.certificate).unwrap()).await.unwrap_err();
    assert_eq!(peer.mails().len(), 1);
    for nothing in ["", "no certificate"] {
        assert!(matches!(with(nothing), Err(SetUpError::NoCertificate(_))), "{nothing:?}");
    }
    let damaged = with("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert!(matches!(damaged, Err(SetUpError::Tls(_))), "{damaged:?}");
    std::fs::remove_file(&file).unwrap();
    let smtp = SmtpSettings { ca_file: Some(file), ..smtp(&peer, Security::Starttls) };
    assert!(matches!(Transport::new(settings(TransportSettings::Smtp(smtp))), Err(SetUpError::CaFile(..))));
}

#[tokio::test]
async fn with_tls_from_the_first_byte_mail_arrives() {
    let manners = Manners { begins_with_tls: true, offers_auth: true, ..Manners::default() };
    let peer = Peer::start(manners).await;
    send(&trusting(&peer, Security::Tls)).await.unwrap();
    assert_eq!(peer.mails().len(), 1);
    assert!(peer.commands().iter().all(|line| line.starts_with("tls ")));
}

#[tokio::test]
async fn a_server_that_does_not_offer_starttls_gets_neither_mail_nor_password() {
    let peer = Peer::start(Manners { offers_auth: true, ..Manners::default() }).await;
    assert!(send(&trusting(&peer, Security::Starttls)).await.is_err());
    assert!(peer.mails().is_empty());
    let further =
        peer.commands().into_iter().filter(|line| !line.starts_with("EHLO") && line != "STARTTLS" && line != "QUIT");
    assert_eq!(further.collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test]
async fn a_server_with_a_certificate_nobody_vouches_for_gets_neither_mail_nor_password() {
    for (security, manners) in [
        (Security::Starttls, Manners { offers_starttls: true, offers_auth: true, ..Manners::default() }),
        (Security::Tls, Manners { begins_with_tls: true, offers_auth: true, ..Manners::default() }),
    ] {
        let peer = Peer::start(manners).await;
        let transport = Transport::new(settings(TransportSettings::Smtp(smtp(&peer, security)))).unwrap();
        assert!(matches!(send(&transport).await, Err(SendError::Unreachable(_))));
        assert!(peer.mails().is_empty());
        assert!(!peer.commands().iter().any(|line| line.contains("AUTH") || line.contains("MAIL")));
    }
}

#[test]
fn clear_text_to_another_machine_is_refused_at_start() {
    for host in ["mail.example.org", "192.0.2.1", "localhost.example.org", "[2001:db8::1]"] {
        let smtp = SmtpSettings {
            host: host.to_owned(),
            port: 25,
            security: Security::None,
            credentials: None,
            ca_file: None,
            timeout: Duration::from_secs(5),
        };
        assert!(matches!(Transport::new(settings(TransportSettings::Smtp(smtp))), Err(SetUpError::ClearText(_))));
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left_after_four_times_the_timeout() {
    let peer = Peer::start(Manners { falls_silent: true, ..Manners::default() }).await;
    let smtp = SmtpSettings { timeout: Duration::from_millis(200), ..smtp(&peer, Security::None) };
    let transport = Transport::new(settings(TransportSettings::Smtp(smtp))).unwrap();
    let began = Instant::now();
    assert!(matches!(send(&transport).await, Err(SendError::TimedOut)));
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_mail_refused_for_now_is_sent_later() {
    on_each_database(async |world: World| {
        let peer = Peer::start(Manners { refusals: vec!["451 later"], ..Manners::default() }).await;
        let outbox = world.outbox_with(plain(&peer));
        world.queue().await;
        assert_eq!(send_due(&outbox).await, 1);
        assert!(peer.mails().is_empty() && world.row().await.sealed.is_some());
        world.clock.move_by(Duration::from_secs(60));
        assert_eq!(send_due(&outbox).await, 1);
        assert!(world.row().await.sealed.is_none());
        assert_eq!(peer.mails().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_refused_for_good_is_given_up_within_the_hour() {
    on_each_database(async |world: World| {
        let peer = Peer::start(Manners { refusals: vec!["550 no such mailbox"; 50], ..Manners::default() }).await;
        let outbox = world.outbox_with(plain(&peer));
        world.queue().await;
        let queued_at = world.clock.now();
        while let Some(due) = world.row().await.next_attempt_at {
            world.clock.move_by(due.since(world.clock.now()));
            assert!(world.clock.now().since(queued_at) < Duration::from_secs(3600), "it goes on");
            assert_eq!(send_due(&outbox).await, 1);
        }
        let row = world.row().await;
        assert_eq!((row.attempts, row.sealed, row.sent_at), (5, None, None));
    })
    .await;
}

#[tokio::test]
async fn two_nodes_under_way_send_each_mail_once() {
    on_each_database(async |world: World| {
        let peer = Peer::start(Manners::default()).await;
        for _ in 0..12 {
            world.queue().await;
        }
        let nodes = [world.outbox_with(plain(&peer)), world.outbox_with(plain(&peer))];
        let until_sent = async || {
            while world.rows().await.iter().any(|row| row.sent_at.is_none()) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Duration::from_secs(5)
        };
        let [one, other] = nodes;
        tokio::time::timeout(Duration::from_secs(30), async {
            tokio::join!(one.run(until_sent()), other.run(until_sent()));
        })
        .await
        .unwrap();
        assert_eq!(peer.mails().len(), 12);
        assert!(world.rows().await.iter().all(|row| row.attempts == 1));
    })
    .await;
}

#[tokio::test]
async fn a_mail_under_way_when_the_server_stops_waits_for_the_next_start() {
    on_each_database(async |world: World| {
        let peer = Peer::start(Manners { falls_silent: true, ..Manners::default() }).await;
        let outbox = world.outbox_with(plain(&peer));
        world.queue().await;
        let begun = Instant::now();
        let under_way = async || {
            while peer.commands().iter().all(|command| !command.starts_with("RCPT")) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Duration::from_millis(300)
        };
        tokio::time::timeout(Duration::from_secs(10), outbox.run(under_way())).await.expect("it ends in time");
        assert!(begun.elapsed() >= Duration::from_millis(300), "it was given its time");
        let row = world.row().await;
        assert!(row.sealed.is_some() && row.sent_at.is_none() && row.attempts == 1, "{row:?}");
        // Due at once, without waiting for the lease of a node that is gone.
        let willing = Peer::start(Manners::default()).await;
        assert_eq!(send_due(&world.outbox_with(plain(&willing))).await, 1);
        assert_eq!(willing.mails().len(), 1);
    })
    .await;
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_names_the_mail_and_nothing_that_is_in_it() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(Location::Sqlite(folder.path().join("doorward.sqlite")), folder).await;
    // Servers like to repeat the address in their answer.
    let peer = Peer::start(Manners { refusals: vec!["550 <ada@example.org> unknown"], ..Manners::default() }).await;
    let outbox = world.outbox_with(plain(&peer));
    world.queue().await;
    assert_eq!(send_due(&outbox).await, 1);
    world.clock.move_by(Duration::from_secs(60));
    assert_eq!(send_due(&outbox).await, 1);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.contains("it will be tried again") && text.contains("550") && text.contains("a mail was sent"),
        "{text}"
    );
    for secret in [TO, "ada@", SUBJECT, LINK, "0123456789abcdef"] {
        assert!(!text.contains(secret), "{secret} is in the log:\n{text}");
    }
}

#[test]
fn settings_do_not_show_the_password() {
    let smtp = SmtpSettings {
        host: "localhost".to_owned(),
        port: 25,
        security: Security::Tls,
        credentials: Some(Credentials {
            username: "doorward".to_owned(),
            password: Zeroizing::new(PASSWORD.to_owned()),
        }),
        ca_file: None,
        timeout: Duration::from_secs(5),
    };
    assert!(!format!("{:?}", settings(TransportSettings::Smtp(smtp.clone()))).contains(PASSWORD));
    let transport = Transport::new(settings(TransportSettings::Smtp(smtp))).unwrap();
    assert!(!format!("{transport:?}").contains(PASSWORD));
}
