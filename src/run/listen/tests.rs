use super::*;
use axum::{extract::ConnectInfo, routing::get};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    fs,
    io::{Read, Write},
    path::Path,
    sync::Arc,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

const LOOPBACK: &str = "127.0.0.1:0";
const QUICK: Timeouts =
    Timeouts { headers: Duration::from_millis(300), first_request: Duration::from_millis(300), ..TIMEOUTS };

/// A server of its own for one test.
struct Running {
    bound: Bound,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), ListenError>>,
    /// Told when a slow request reached its handler.
    arrived: Arc<Notify>,
}

fn settings() -> ListenSettings {
    ListenSettings {
        addr: LOOPBACK.parse().unwrap(),
        tls: None,
        redirect_addr: None,
        public_origin: "https://id.example".to_owned(),
        shutdown_timeout: Duration::from_secs(5),
        connections: 100,
    }
}

fn router(arrived: &Arc<Notify>) -> Router {
    let (slow, never) = (Arc::clone(arrived), Arc::clone(arrived));
    let slow = async move || {
        slow.notify_one();
        sleep(Duration::from_millis(600)).await;
        "finished"
    };
    let never = async move || {
        never.notify_one();
        pending::<()>().await
    };
    Router::new()
        .route("/peer", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()))
        .route("/slow", get(slow))
        .route("/never", get(never))
}

async fn start(settings: ListenSettings, timeouts: Timeouts) -> Running {
    let (tell, told) = oneshot::channel();
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { stopped.await.unwrap_or_default() };
    let arrived = Arc::new(Notify::new());
    let router = router(&arrived);
    let ended = tokio::spawn(async move {
        serve_within(router, settings, timeouts, |bound| tell.send(bound).unwrap(), shutdown).await
    });
    Running { bound: told.await.unwrap(), stop, ended, arrived }
}

async fn send(addr: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// All that comes until the server closes; empty if it just does.
async fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.expect("the server closes");
    String::from_utf8(answer).unwrap()
}

async fn ask(addr: SocketAddr, method: &str, path: &str) -> String {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    answer(send(addr, &request).await).await
}

#[tokio::test]
async fn plain_http_is_answered_and_the_peer_is_known() {
    let running = start(settings(), TIMEOUTS).await;
    let answer = ask(running.bound.addr, "GET", "/peer").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"), "{answer}");
    running.stop.send(()).unwrap();
    running.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_address_in_use_is_named_with_what_to_do() {
    let running = start(settings(), TIMEOUTS).await;
    let taken = ListenSettings { addr: running.bound.addr, ..settings() };
    let error = serve(Router::new(), taken, |_| (), pending()).await.unwrap_err().to_string();
    assert!(error.contains(&running.bound.addr.to_string()) && error.contains("set server.addr"), "{error}");
}

#[tokio::test]
async fn shutting_down_waits_for_the_request_under_way_and_takes_no_other() {
    let running = start(settings(), TIMEOUTS).await;
    let slow = send(running.bound.addr, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    running.arrived.notified().await;
    running.stop.send(()).unwrap();
    while TcpStream::connect(running.bound.addr).await.is_ok() {
        assert!(!running.ended.is_finished(), "the listener closes before the end");
        sleep(Duration::from_millis(5)).await;
    }
    assert!(!running.ended.is_finished(), "the slow request is waited for");
    assert!(answer(slow).await.ends_with("finished"));
    timeout(Duration::from_secs(2), running.ended).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn shutting_down_gives_up_on_a_request_that_does_not_end() {
    let short = Duration::from_millis(200);
    let running = start(ListenSettings { shutdown_timeout: short, ..settings() }, TIMEOUTS).await;
    let never = send(running.bound.addr, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n").await;
    running.arrived.notified().await;
    let begun = Instant::now();
    running.stop.send(()).unwrap();
    timeout(Duration::from_secs(3), running.ended).await.unwrap().unwrap().unwrap();
    assert!(begun.elapsed() >= short);
    assert_eq!(answer(never).await, "");
}

#[tokio::test]
async fn a_client_that_dawdles_over_its_headers_is_cut_off() {
    let running = start(settings(), QUICK).await;
    let begun = Instant::now();
    let slow = send(running.bound.addr, "GET /peer HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
    let silent = send(running.bound.addr, "").await;
    assert!(!answer(slow).await.contains("200 OK"));
    assert_eq!(answer(silent).await, "");
    assert!(begun.elapsed() < Duration::from_secs(3));
}

const FEW: usize = 8;

#[tokio::test]
async fn more_silent_connections_than_there_are_places_keep_nobody_out() {
    let patient = Timeouts { silence: Duration::from_millis(200), ..TIMEOUTS };
    let running = start(ListenSettings { connections: FEW, ..settings() }, patient).await;
    let mut silent = Vec::new();
    for _ in 0..5 * FEW {
        silent.push(send(running.bound.addr, "").await);
    }
    let begun = Instant::now();
    assert!(ask(running.bound.addr, "GET", "/peer").await.contains("200 OK"));
    assert!(begun.elapsed() < TIMEOUTS.headers / 2, "{:?}", begun.elapsed());
    assert_eq!(answer(silent.remove(0)).await, "", "who was silent longest has lost their place");
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_waits_for_one() {
    let running = start(ListenSettings { connections: FEW, ..settings() }, TIMEOUTS).await;
    let mut working = Vec::new();
    for _ in 0..FEW {
        working.push(send(running.bound.addr, "GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await);
    }
    let begun = Instant::now();
    assert!(ask(running.bound.addr, "GET", "/peer").await.contains("200 OK"));
    assert!(begun.elapsed() > Duration::from_millis(300), "it was answered beside {FEW} others: {:?}", begun.elapsed());
    for slow in working {
        assert!(answer(slow).await.ends_with("finished"), "nobody who is answered loses their place");
    }
}

#[tokio::test]
async fn headers_that_are_too_long_are_refused() {
    let running = start(settings(), TIMEOUTS).await;
    let long = "x".repeat(LONGEST_HEADERS as usize + 1);
    let refused = send(running.bound.addr, &format!("GET /peer HTTP/1.1\r\nHost: a\r\nX-Long: {long}\r\n\r\n")).await;
    assert!(answer(refused).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn plain_http_is_sent_to_https_at_the_public_origin_and_takes_no_password() {
    let redirecting = ListenSettings { redirect_addr: Some(LOOPBACK.parse().unwrap()), ..settings() };
    let running = start(redirecting, TIMEOUTS).await;
    let addr = running.bound.redirect_addr.unwrap();
    for (path, location) in [
        ("/sign-in?then=%2Faccount", "https://id.example/sign-in?then=%2Faccount"),
        ("//evil.example/x", "https://id.example//evil.example/x"),
        ("http://evil.example/y", "https://id.example/y"),
    ] {
        let answer = ask(addr, "GET", path).await;
        assert!(answer.starts_with("HTTP/1.1 308"), "{answer}");
        assert!(answer.contains(&format!("location: {location}\r\n")), "{answer}");
        assert!(answer.contains("x-content-type-options: nosniff") && !answer.contains("strict-transport-security"));
    }
    assert!(ask(addr, "HEAD", "/").await.starts_with("HTTP/1.1 308"));
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = ask(addr, method, "/form/sign-in").await;
        assert!(answer.starts_with("HTTP/1.1 403") && !answer.contains("location:"), "{answer}");
    }
    running.stop.send(()).unwrap();
    running.ended.await.unwrap().unwrap();
}

/// A new self-signed certificate in `folder`; its DER is what a client must trust to accept it.
fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    CertificateDer::from_pem_slice(made.cert.pem().as_bytes()).unwrap()
}

fn tls_files(folder: &TempDir) -> TlsFiles {
    TlsFiles { cert: folder.path().join("cert.pem"), key: folder.path().join("key.pem") }
}

/// The certificate the server shows, the protocol agreed on, and the answer; an error when it is
/// not `trusted`.
async fn ask_tls(
    addr: SocketAddr,
    trusted: CertificateDer<'static>,
    versions: &'static [&'static rustls::SupportedProtocolVersion],
    alpn: &'static [u8],
) -> io::Result<(String, String)> {
    tokio::task::spawn_blocking(move || {
        let mut roots = RootCertStore::empty();
        roots.add(trusted).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![alpn.to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(connection, std::net::TcpStream::connect(addr)?);
        stream.conn.complete_io(&mut stream.sock)?;
        let agreed = String::from_utf8_lossy(stream.conn.alpn_protocol().unwrap_or_default()).into_owned();
        if agreed == "h2" {
            return Ok((agreed, String::new()));
        }
        stream.write_all(b"GET /peer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok((agreed, answer))
    })
    .await
    .unwrap()
}

const BOTH: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];
const OLDER: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS12];

async fn shows(addr: SocketAddr, certificate: &CertificateDer<'static>) -> bool {
    ask_tls(addr, certificate.clone(), BOTH, b"http/1.1").await.is_ok()
}

#[tokio::test]
async fn https_is_answered_in_both_versions_of_http_and_of_tls() {
    let folder = TempDir::new().unwrap();
    let certificate = write_certificate(folder.path());
    let running = start(ListenSettings { tls: Some(tls_files(&folder)), ..settings() }, TIMEOUTS).await;
    let addr = running.bound.addr;
    for versions in [BOTH, OLDER] {
        let (agreed, answer) = ask_tls(addr, certificate.clone(), versions, b"http/1.1").await.unwrap();
        assert_eq!(agreed, "http/1.1");
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"), "{answer}");
    }
    assert_eq!(ask_tls(addr, certificate, BOTH, b"h2").await.unwrap().0, "h2");
    running.stop.send(()).unwrap();
    running.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_renewed_certificate_is_loaded_and_a_broken_one_is_not() {
    let folder = TempDir::new().unwrap();
    let first = write_certificate(folder.path());
    let watching = Timeouts { certificate: Duration::from_millis(20), ..TIMEOUTS };
    let running = start(ListenSettings { tls: Some(tls_files(&folder)), ..settings() }, watching).await;
    let addr = running.bound.addr;
    assert!(shows(addr, &first).await);

    fs::write(folder.path().join("cert.pem"), "not a certificate").unwrap();
    sleep(Duration::from_millis(200)).await;
    assert!(shows(addr, &first).await, "the old certificate stays");

    let second = write_certificate(folder.path());
    let begun = Instant::now();
    while !shows(addr, &second).await {
        assert!(begun.elapsed() < Duration::from_secs(5), "the new certificate is loaded");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(!shows(addr, &first).await);
}

#[tokio::test]
async fn a_certificate_that_does_not_work_stops_the_start_and_is_named() {
    let folder = TempDir::new().unwrap();
    let files = tls_files(&folder);
    let refusal = |files: TlsFiles| async {
        let refused = serve(Router::new(), ListenSettings { tls: Some(files), ..settings() }, |_| (), pending()).await;
        refused.unwrap_err().to_string()
    };
    assert!(refusal(files.clone()).await.contains("cert.pem"), "missing");
    write_certificate(folder.path());
    fs::write(&files.key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    assert!(refusal(files.clone()).await.contains("cannot be used"), "the key of another certificate");
    fs::write(&files.key, "nothing").unwrap();
    let error = refusal(files).await;
    assert!(error.contains("key.pem") && error.contains("no private key"), "{error}");
}
