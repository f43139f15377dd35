//! The TLS certificate and its key: loading, and reloading when a renewal replaces the files.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum_server::tls_rustls::RustlsConfig;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    version::{TLS12, TLS13},
};
use zeroize::Zeroizing;

/// PEM files: the certificate with its chain, and its private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Why a certificate cannot be used. Names files, never their contents.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} holds no certificate in PEM form", path.display())]
    NoCertificate { path: PathBuf },
    #[error("{} holds no private key in PEM form", path.display())]
    NoKey { path: PathBuf },
    #[error("{} and its key cannot be used: {source}", path.display())]
    Rejected { path: PathBuf, source: rustls::Error },
}

/// A certificate in use.
pub(super) struct Certificate {
    files: TlsFiles,
    config: RustlsConfig,
    seen: Option<[Stamp; 2]>,
}

/// What changes when a file is written or replaced. A renewal may also move a symbolic link: the
/// target counts.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
}

impl Certificate {
    pub(super) fn load(files: TlsFiles) -> Result<Self, CertificateError> {
        // Before reading: a change in between is then seen at the next look.
        let seen = stamps(&files);
        let config = RustlsConfig::from_config(Arc::new(load(&files)?));
        Ok(Self { files, config, seen })
    }

    /// Shares this certificate with a listener: what is loaded later counts there too.
    pub(super) fn config(&self) -> RustlsConfig {
        self.config.clone()
    }

    /// Looks at the files for ever. Polling also works on network and container file systems that
    /// report no changes.
    pub(super) async fn keep_fresh(mut self, every: Duration) {
        let mut looks = tokio::time::interval(every);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let looking = tokio::task::spawn_blocking(move || {
                self.look();
                self
            });
            match looking.await {
                Ok(certificate) => self = certificate,
                Err(error) => {
                    tracing::error!(%error, "the TLS certificate is no longer watched for renewal: restart to load a new one");
                    return std::future::pending().await;
                }
            }
        }
    }

    /// A renewal writes two files, one after the other: in between they do not fit and the old pair
    /// stays. A pair that failed is tried again when a file changes, so it is logged once and not
    /// at each look.
    fn look(&mut self) {
        let now = stamps(&self.files);
        if now == self.seen {
            return;
        }
        self.seen = now;
        match load(&self.files) {
            Ok(config) => {
                self.config.reload_from_config(Arc::new(config));
                tracing::info!(certificate = %self.files.cert.display(), "loaded the renewed TLS certificate");
            }
            Err(error) => tracing::error!(%error, "kept the old TLS certificate: the new one does not work"),
        }
    }
}

fn stamps(files: &TlsFiles) -> Option<[Stamp; 2]> {
    Some([stamp(&files.cert)?, stamp(&files.key)?])
}

fn stamp(path: &Path) -> Option<Stamp> {
    let file = fs::metadata(path).ok()?;
    let modified = (file.mtime(), file.mtime_nsec());
    Some(Stamp { device: file.dev(), inode: file.ino(), length: file.len(), modified })
}

fn load(files: &TlsFiles) -> Result<ServerConfig, CertificateError> {
    let chain = CertificateDer::pem_slice_iter(&read(&files.cert)?)
        .collect::<Result<Vec<_>, pem::Error>>()
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| CertificateError::NoCertificate { path: files.cert.clone() })?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?)
        .map_err(|_| CertificateError::NoKey { path: files.key.clone() })?;
    let rejected = |source| CertificateError::Rejected { path: files.cert.clone(), source };
    // The provider is named here rather than installed for the process, so nothing depends on who
    // came first.
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(rejected)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(rejected)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    fs::read(path).map(Zeroizing::new).map_err(|source| CertificateError::Unreadable { path: path.to_owned(), source })
}
