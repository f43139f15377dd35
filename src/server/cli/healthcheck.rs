//! `doorward healthcheck`: for containers and service managers.

use super::Failure;
use crate::server::config::Config;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the server of this configuration for `/readyz`.
pub async fn run(config: &Config) -> Result<(), Failure> {
    let addr = reachable(config.server.addr);
    let status = tokio::time::timeout(PATIENCE, probe(addr))
        .await
        .map_err(|_| format!("the server at {addr} does not answer"))?
        .map_err(|error| format!("the server at {addr} can't be asked: {error}"))?;
    match status {
        200 => {
            println!("ready");
            Ok(())
        }
        status => Err(format!("the server at {addr} is not ready (status {status})").into()),
    }
}

/// A server that listens on every address is asked on this machine's own.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

/// The status of `/readyz`.
async fn probe(addr: SocketAddr) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer).await?;
    let status = answer
        .strip_prefix(b"HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|digits| std::str::from_utf8(digits).ok());
    status.and_then(|digits| digits.parse().ok()).ok_or_else(|| std::io::Error::other("the answer is not HTTP"))
}
