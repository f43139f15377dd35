//! `doorward healthcheck`: for containers and service managers.

use super::Failure;
use crate::base::config::Config;
use crate::base::output::say;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the server of this configuration for `/readyz`.
pub async fn run(config: &Config) -> Result<(), Failure> {
    let addr = reachable(config.server.addr);
    let status = tokio::time::timeout(PATIENCE, probe(addr, config.server.tls_cert.as_deref()))
        .await
        .map_err(|_| format!("the server at {addr} does not answer"))?
        .map_err(|error| format!("the server at {addr} can't be asked: {error}"))?;
    match status {
        200 => {
            say!("ready")?;
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
async fn probe(addr: SocketAddr, certificate: Option<&Path>) -> std::io::Result<u16> {
    let stream = TcpStream::connect(addr).await?;
    let Some(certificate) = certificate else { return ask(stream).await };
    let expected = CertificateDer::from_pem_file(certificate).map_err(std::io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(OnlyOurs { expected, algorithms: provider.signature_verification_algorithms });
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let name = ServerName::from(addr.ip());
    ask(TlsConnector::from(Arc::new(client)).connect(name, stream).await?).await
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<u16> {
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    // A server that ends without closing TLS properly has still answered.
    let read = stream.take(4096).read_to_end(&mut answer).await;
    let status = answer.strip_prefix(b"HTTP/1.1 ").and_then(|rest| rest.get(..3));
    let status = status.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| digits.parse().ok());
    match (status, read) {
        (Some(status), _) => Ok(status),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => Err(std::io::Error::other("the answer is not HTTP")),
    }
}

/// Trusts the certificate in the configured file and no other: stricter than a check against authorities, and it works
/// for one that was made for another name than this machine's address.
#[derive(Debug)]
struct OnlyOurs {
    expected: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for OnlyOurs {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *end_entity == self.expected {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
