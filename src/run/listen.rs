//! The listening sockets: plain http or https, the redirect from http to https, limits against slow
//! or greedy clients, and an orderly end.

mod capacity;
mod certificate;
mod redirect;
mod signals;
#[cfg(test)]
mod tests;

use std::{
    future::{Future, Ready, pending, ready},
    io::{self, ErrorKind},
    net::SocketAddr,
    time::Duration,
};

use axum::{Router, extract::connect_info::IntoMakeServiceWithConnectInfo};
use axum_server::{
    Handle, Server,
    accept::{Accept, DefaultAcceptor, TcpConfigAcceptor, TcpKeepaliveConfig, TcpSocketConfig},
    tls_rustls::RustlsAcceptor,
};
use tokio::net::{TcpListener, TcpSocket};

use crate::run::listen::capacity::{Bounded, Held, Peer, Places};
pub use crate::run::listen::capacity::{connection_limit, raise_descriptor_limit};
use certificate::Certificate;
pub use certificate::{CertificateError, TlsFiles};
pub use signals::{Stop, stop_signal};

/// Where and how to listen.
#[derive(Clone, Debug)]
pub struct ListenSettings {
    pub addr: SocketAddr,
    /// https on `addr` when given, else plain http.
    pub tls: Option<TlsFiles>,
    /// A second, plain http socket that only sends browsers to `public_origin`.
    pub redirect_addr: Option<SocketAddr>,
    /// `https://id.example`, without a slash at the end.
    pub public_origin: String,
    /// How long requests under way may take to finish after the shutdown began.
    pub shutdown_timeout: Duration,
    /// How many connections may be open at once, at least 8; an eighth of them at `redirect_addr`
    /// when there is one.
    pub connections: usize,
}

/// The addresses that were bound; they tell the ports where the settings said port 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    pub addr: SocketAddr,
    pub redirect_addr: Option<SocketAddr>,
}

/// Why listening did not begin or ended early.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("cannot listen on {addr}: {source}{}", bind_advice(.source))]
    Bind { addr: SocketAddr, source: io::Error },
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("the listener stopped: {0}")]
    Serve(#[source] io::Error),
}

fn bind_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::AddrInUse => ". Another program listens there: end it, or set server.addr to a free port",
        ErrorKind::PermissionDenied => {
            ". Ports below 1024 are for privileged programs: set server.addr to a higher port, or grant CAP_NET_BIND_SERVICE"
        }
        ErrorKind::AddrNotAvailable => ". This machine has no such address: set server.addr to one of its own",
        _ => "",
    }
}

/// What a client may take its time with.
#[derive(Clone, Copy, Debug)]
struct Timeouts {
    /// From the first byte of a request's headers to the last, and how long a connection may idle
    /// between requests.
    headers: Duration,
    /// The TLS handshake.
    handshake: Duration,
    /// From the connection (after the TLS handshake) to the end of the first request's headers, in
    /// any HTTP version.
    first_request: Duration,
    /// How long a connection must be silent before it can lose its place to one that waits; a sixth
    /// of it if it never spoke.
    silence: Duration,
    /// Between two looks at the certificate files.
    certificate: Duration,
}

const TIMEOUTS: Timeouts = Timeouts {
    headers: Duration::from_secs(10),
    handshake: Duration::from_secs(5),
    first_request: Duration::from_secs(10),
    silence: capacity::SILENCE,
    certificate: Duration::from_secs(10),
};

/// Bytes of a request's headers. Room for some cookies of other services on the same host, none for
/// filling memory.
const LONGEST_HEADERS: u32 = 32 * 1024;

/// Connections that may wait in the kernel until they are accepted; it cuts this to its own
/// `somaxconn`.
const WAITING: u32 = 4096;

/// Streams of one HTTP/2 connection. The limits on resets (CVE-2023-44487, RUSTSEC-2024-0003) are
/// hyper's.
const STREAMS: u32 = 128;

/// Serves `router` until `shutdown` completes, then refuses new connections and lets requests under
/// way finish, up to the settings' timeout. Handlers find the TCP peer in
/// `ConnectInfo<SocketAddr>`. `bound` is called once, when all sockets are open and the certificate
/// is loaded.
///
/// A certificate whose files change is loaded within ten seconds; if the new pair does not work,
/// the old one stays.
///
/// # Errors
/// When an address cannot be bound or the certificate cannot be loaded.
pub async fn serve(
    router: Router,
    settings: ListenSettings,
    bound: impl FnOnce(Bound),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ListenError> {
    serve_within(router, settings, TIMEOUTS, bound, shutdown).await
}

async fn serve_within(
    router: Router,
    settings: ListenSettings,
    timeouts: Timeouts,
    bound: impl FnOnce(Bound),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ListenError> {
    let certificate = settings.tls.map(Certificate::load).transpose()?;
    let listener = bind(settings.addr)?;
    let redirect_listener = match settings.redirect_addr {
        Some(addr) => Some(bind(addr)?),
        None => None,
    };
    bound(Bound {
        addr: listener.local_addr().map_err(ListenError::Serve)?,
        redirect_addr: redirect_listener
            .as_ref()
            .map(TcpListener::local_addr)
            .transpose()
            .map_err(ListenError::Serve)?,
    });

    let handle = Handle::new();
    let redirect_handle = Handle::new();
    // Apart, so that a flood at one door does not close the other.
    let at_redirect = if redirect_listener.is_some() { settings.connections / 8 } else { 0 };
    let main = server(listener, settings.connections - at_redirect, handle.clone(), timeouts);
    let acceptor = certificate
        .as_ref()
        .map(|certificate| RustlsAcceptor::new(certificate.config()).handshake_timeout(timeouts.handshake));
    let service = with_peer(router);
    let answering = async move {
        match acceptor {
            Some(acceptor) => main.acceptor(acceptor.acceptor(socket_options())).serve(service).await,
            None => main.acceptor(socket_options()).serve(service).await,
        }
    };
    let to_https = with_peer(redirect::to_https(&settings.public_origin));
    let redirecting = async {
        match redirect_listener {
            Some(listener) => {
                let server = server(listener, at_redirect, redirect_handle.clone(), timeouts);
                server.acceptor(socket_options()).serve(to_https).await
            }
            None => Ok(()),
        }
    };
    let mut serving = Box::pin(async { tokio::try_join!(answering, redirecting) });

    tokio::select! {
        result = &mut serving => return result.map(drop).map_err(ListenError::Serve),
        () = keep_fresh(certificate, timeouts.certificate) => {}
        () = shutdown => {}
    }
    handle.graceful_shutdown(Some(settings.shutdown_timeout));
    redirect_handle.graceful_shutdown(Some(settings.shutdown_timeout));
    serving.await.map(drop).map_err(ListenError::Serve)
}

fn bind(addr: SocketAddr) -> Result<TcpListener, ListenError> {
    let listen = || {
        let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // What an earlier process left in TIME_WAIT must not hold up a restart.
        socket.set_reuseaddr(true)?;
        socket.bind(addr)?;
        socket.listen(WAITING)
    };
    listen().map_err(|source| ListenError::Bind { addr, source })
}

fn with_peer(router: Router) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router.into_make_service_with_connect_info::<SocketAddr>()
}

/// Sets what each accepted socket needs.
#[derive(Clone, Debug)]
struct SocketOptions(TcpConfigAcceptor);

fn socket_options() -> SocketOptions {
    // Keep-alive probes find the clients that vanished without a word while we were answering them.
    let keepalive =
        TcpKeepaliveConfig::new().time(Duration::from_secs(60)).interval(Duration::from_secs(15)).retries(4);
    SocketOptions(TcpConfigAcceptor::new(TcpSocketConfig::new().nodelay(true).keepalive(keepalive)))
}

impl<S> Accept<Held, S> for SocketOptions {
    type Stream = Held;
    type Service = S;
    type Future = Ready<io::Result<(Held, S)>>;

    fn accept(&self, held: Held, service: S) -> Self::Future {
        ready(
            held.map_stream(|stream| self.0.accept(stream, ()).into_inner().map(|(stream, ())| stream))
                .map(|held| (held, service)),
        )
    }
}

fn server(
    listener: TcpListener,
    connections: usize,
    handle: Handle<Peer>,
    timeouts: Timeouts,
) -> Server<Peer, DefaultAcceptor> {
    let places = Places::new(connections, timeouts.silence);
    let mut server = Server::from_listener(Bounded { listener, places })
        .handle(handle)
        .first_request_timeout(timeouts.first_request)
        .accept_error_handler(|peer: Option<&Peer>, error| match peer {
            // Anybody can cause these (a port scan, a wrong certificate): not worth a line each.
            Some(Peer(peer)) => tracing::debug!(%peer, %error, "a connection ended before its first request"),
            None => tracing::warn!(%error, "cannot accept connections"),
        });
    let builder = server.http_builder();
    builder.http1().header_read_timeout(timeouts.headers).max_buf_size(LONGEST_HEADERS as usize);
    builder
        .http2()
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(LONGEST_HEADERS)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(10));
    server
}

async fn keep_fresh(certificate: Option<Certificate>, every: Duration) {
    match certificate {
        Some(certificate) => certificate.keep_fresh(every).await,
        None => pending().await,
    }
}
