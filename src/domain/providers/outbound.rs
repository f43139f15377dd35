//! Every call to a provider: with limits of time and size, without following redirects, and only to
//! addresses that it may be at.

use super::addresses::Reach;
use http::{StatusCode, header};
use oauth2::{HttpRequest, HttpResponse};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::{Host, Url};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Of a whole call. A sign-in makes up to four of them.
const TIMEOUT: Duration = Duration::from_secs(5);
/// No answer of a provider is longer; the key set of the largest takes a tenth.
const LARGEST: usize = 256 * 1024;
/// Calls under way at once: somebody who begins very many sign-ins at a slow provider must not use
/// up the connections of this server.
const AT_ONCE: usize = 32;

/// Why a call brought nothing. Told to the operator in the log, never to the visitor.
#[derive(Debug, thiserror::Error)]
pub enum CallFailed {
    #[error("{0} is no address that may be called: https is needed, and an address that the configuration allows")]
    NotAllowed(String),
    #[error("too many calls are under way")]
    TooMany,
    #[error("it does not answer as it should: {0}")]
    Network(String),
    #[error("it answers with status {0}")]
    Status(StatusCode),
    #[error("its answer is longer than {LARGEST} bytes")]
    TooLarge,
    #[error("its answer can't be read: {0}")]
    Unreadable(serde_json::Error),
}

/// What calls the providers of one reach.
#[derive(Clone, Debug)]
pub struct Outbound {
    client: reqwest::Client,
    reach: Reach,
    turns: Arc<Semaphore>,
}

/// Why no provider can be called at all.
#[derive(Debug, thiserror::Error)]
pub enum NoClient {
    #[error("the TLS settings for providers can't be made: {0}")]
    Tls(#[from] rustls::Error),
    #[error("the client for providers can't be made: {0}")]
    Client(#[from] reqwest::Error),
}

impl Outbound {
    pub fn new(reach: Reach) -> Result<Self, NoClient> {
        let client = reqwest::Client::builder()
            .use_preconfigured_tls(tls()?)
            .dns_resolver(Arc::new(Checked(reach)))
            .redirect(Policy::none())
            // A proxy would look the name up again, and might be led elsewhere.
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(2)
            .user_agent(concat!("Doorward/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, reach, turns: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Whether `url` may be called at all, before its name is looked up.
    pub fn may_call(&self, url: &Url) -> bool {
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return false,
        };
        let in_clear =
            self.reach == Reach::PrivateToo && url.host_str().is_some_and(crate::base::loopback::is_loopback_host);
        (url.scheme() == "https" || (url.scheme() == "http" && in_clear))
            && literal.is_none_or(|address| self.reach.allows(address))
    }

    /// Sends what the OAuth library asks and gives the whole answer, whatever its status.
    pub async fn call(&self, request: HttpRequest) -> Result<HttpResponse, CallFailed> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        // Its address is all that can be wrong with it.
        let request = reqwest::Request::try_from(request).map_err(|_| CallFailed::NotAllowed(host))?;
        self.send(request).await
    }

    /// Asks for a JSON document.
    pub async fn document<T: DeserializeOwned>(&self, url: &Url, bearer: Option<&str>) -> Result<T, CallFailed> {
        let mut request = self.client.get(url.clone()).header(header::ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        let answer = self.send(request.build().map_err(network)?).await?;
        if answer.status() != StatusCode::OK {
            return Err(CallFailed::Status(answer.status()));
        }
        serde_json::from_slice(answer.body()).map_err(CallFailed::Unreadable)
    }

    async fn send(&self, request: reqwest::Request) -> Result<HttpResponse, CallFailed> {
        if !self.may_call(request.url()) {
            return Err(CallFailed::NotAllowed(request.url().host_str().unwrap_or_default().to_owned()));
        }
        let _turn = self.turns.try_acquire().map_err(|_| CallFailed::TooMany)?;
        let mut answer = self.client.execute(request).await.map_err(network)?;
        let mut body = Vec::new();
        // Counted as it comes: its length is only what it says.
        while let Some(chunk) = answer.chunk().await.map_err(network)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(CallFailed::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = HttpResponse::new(body);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }
}

/// Without the address, whose query may hold a code.
fn network(error: reqwest::Error) -> CallFailed {
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(deeper) = source {
        reason = format!("{reason}: {deeper}");
        source = deeper.source();
    }
    CallFailed::Network(reason)
}

fn tls() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate of this system can't be read");
    }
    let (_, ignored) = roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        tracing::error!(ignored, "this system has no certificates to trust: no provider can be reached over https");
    }
    // The provider of cryptography is named here rather than installed for the process, so nothing
    // depends on who came first.
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Looks names up and leaves out what must not be called. The connection is made to what is given
/// here and to nothing else, so a name that leads elsewhere a moment later changes nothing.
struct Checked(Reach);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(format!("{} has no address that may be called", name.as_str()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_called_and_in_clear_only_this_machine_where_that_is_allowed() {
        let url = |text: &str| Url::parse(text).unwrap();
        let (public, private) = (Outbound::new(Reach::Public).unwrap(), Outbound::new(Reach::PrivateToo).unwrap());
        for good in ["https://login.example.org/token", "https://8.8.8.8/"] {
            assert!(public.may_call(&url(good)) && private.may_call(&url(good)), "{good}");
        }
        for bad in [
            "http://login.example.org/",
            "ftp://login.example.org/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "https://169.254.169.254/",
            "https://[fe80::1]/",
        ] {
            assert!(!public.may_call(&url(bad)) && !private.may_call(&url(bad)), "{bad}");
        }
        for private_only in [
            "http://localhost:4000/",
            "http://127.0.0.1/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
        ] {
            assert!(!public.may_call(&url(private_only)) && private.may_call(&url(private_only)), "{private_only}");
        }
        assert!(!private.may_call(&url("http://10.0.0.1/")));
    }

    #[tokio::test]
    async fn a_name_that_leads_into_this_machine_is_not_called() {
        let public = Outbound::new(Reach::Public).unwrap();
        let refused = public.document::<serde_json::Value>(&Url::parse("https://localhost:1/").unwrap(), None).await;
        let reason = refused.unwrap_err().to_string();
        assert!(reason.contains("has no address that may be called"), "{reason}");
    }
}
