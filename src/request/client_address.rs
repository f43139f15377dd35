//! Who is asking: the client's address, decided once per request and believed everywhere after.

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    middleware::{self, Next},
};
use http::{Extensions, HeaderMap, Uri, header, uri::Authority};
use ipnet::IpNet;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// Headers by which a proxy shows itself, besides all that begin with `x-forwarded-`.
const FORWARDING: [&str; 8] = [
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-original-forwarded-for",
    "cf-connecting-ip",
    "true-client-ip",
    "fastly-client-ip",
];

/// The address of the person's machine, as far as it can be trusted. IPv4-mapped IPv6 is written as
/// IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl fmt::Display for ClientAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What the connection says about the client. A request extension of every request behind
/// [`client_address`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Unspecified (`0.0.0.0`) when the request came without a connection, which only tests do.
    pub address: ClientAddress,
    /// The other end of the TCP connection: the client itself or the last proxy.
    pub peer: Option<IpAddr>,
    /// A header that only proxies add came along, believed or not.
    pub forwarded: bool,
    /// The host asked for, lower case, without port. `None` when it is missing, malformed or given
    /// twice. Never taken from a forwarding header: links are made from the configured public URL.
    pub host: Option<String>,
}

/// Adds [`Client`] (and [`ClientAddress`] alone) to the extensions of every request.
///
/// `X-Forwarded-For` counts only when the peer is in `trusted_proxies`. It is read from the right,
/// where the nearest proxy wrote, past proxies that are trusted too; the first other address is the
/// client. What stands further left was sent by that client, who may write anything (ASVS 4.1.3).
pub fn client_address<S>(router: Router<S>, trusted_proxies: Vec<IpNet>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let trusted: Arc<[IpNet]> = trusted_proxies.into();
    router.layer(middleware::from_fn(move |mut request: Request, next: Next| {
        let client = decide(request.headers(), request.uri(), request.extensions(), &trusted);
        request.extensions_mut().insert(client.address);
        request.extensions_mut().insert(client);
        next.run(request)
    }))
}

fn decide(headers: &HeaderMap, uri: &Uri, extensions: &Extensions, trusted: &[IpNet]) -> Client {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let forwarded =
        headers.keys().any(|name| name.as_str().starts_with("x-forwarded-") || FORWARDING.contains(&name.as_str()));
    let address = match peer {
        Some(peer) => nearest_untrusted(peer, headers, trusted),
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    };
    Client { address: ClientAddress(address), peer, forwarded, host: host(headers, uri) }
}

fn nearest_untrusted(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut nearest = peer;
    // Several header lines are one list, in order (RFC 9110, 5.3).
    let lines: Vec<&[u8]> = headers.get_all(X_FORWARDED_FOR).iter().map(|line| line.as_bytes()).collect();
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')) {
        if !is_trusted(&nearest) {
            break;
        }
        match entry_address(entry) {
            Some(address) => nearest = address,
            None => break,
        }
    }
    nearest
}

/// The addresses that proxies name, and whoever stood before them: nearest last, whatever they are
/// worth.
pub fn named(headers: &HeaderMap) -> impl Iterator<Item = IpAddr> + '_ {
    let lines = headers.get_all(X_FORWARDED_FOR).iter().map(|line| line.as_bytes());
    lines.flat_map(|line| line.split(|byte| *byte == b',')).filter_map(entry_address)
}

/// An address with or without port; IPv6 also in brackets, and with the zone that it had on the
/// machine that wrote it, which says nothing anywhere else. Some proxies quote it, as `Forwarded`
/// has it (RFC 7239 §6).
fn entry_address(entry: &[u8]) -> Option<IpAddr> {
    let entry = std::str::from_utf8(entry).ok()?.trim();
    let entry = entry.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(entry).trim();
    let entry = &*without_zone(entry)?;
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let address = bare.parse::<IpAddr>().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|socket| socket.ip()))?;
    Some(address.to_canonical())
}

/// `[fe80::1%eth0]:443` as `[fe80::1]:443`; none where the zone is no zone.
fn without_zone(entry: &str) -> Option<Cow<'_, str>> {
    let Some((before, zone)) = entry.split_once('%') else { return Some(entry.into()) };
    let (zone, after) = zone.split_at(zone.find(']').unwrap_or(zone.len()));
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'~' | b'%');
    (!zone.is_empty() && zone.bytes().all(fits) && before.contains(':')).then(|| format!("{before}{after}").into())
}

fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let mut lines = headers.get_all(header::HOST).iter();
    let line = match (lines.next(), lines.next()) {
        (_, Some(_)) => return None,
        (line, None) => line,
    };
    let from_line = || line.and_then(|line| Authority::try_from(line.as_bytes()).ok());
    // HTTP/2 and absolute-form requests name the host in the target, which then rules (RFC 9112,
    // 3.2.2).
    let authority = uri.authority().cloned().or_else(from_line)?;
    let host = authority.host().to_ascii_lowercase();
    (!host.is_empty() && !authority.as_str().contains('@')).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Extension, body::Body, routing::get};
    use tower::ServiceExt;

    const PROXIES: [&str; 3] = ["10.0.0.0/8", "127.0.0.1/32", "fd00::/8"];

    async fn client(peer: Option<&str>, headers: &[(&str, &str)]) -> Client {
        let show = |Extension(client): Extension<Client>, Extension(alone): Extension<ClientAddress>| async move {
            assert_eq!(client.address, alone);
            Extension(client)
        };
        let trusted = PROXIES.iter().map(|net| net.parse().unwrap()).collect();
        let app = client_address(Router::new().route("/", get(show)), trusted);
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 50_000)));
        }
        app.oneshot(request).await.unwrap().extensions().get::<Client>().cloned().unwrap()
    }

    async fn address(peer: &str, forwarded_for: &[&str]) -> String {
        let headers: Vec<_> = forwarded_for.iter().map(|value| (X_FORWARDED_FOR, *value)).collect();
        client(Some(peer), &headers).await.address.to_string()
    }

    #[tokio::test]
    async fn a_stranger_cannot_claim_another_address() {
        assert_eq!(address("203.0.113.9", &["198.51.100.1"]).await, "203.0.113.9");
    }

    #[tokio::test]
    async fn a_trusted_proxy_is_believed_about_the_last_hop_only() {
        assert_eq!(address("10.0.0.1", &["198.51.100.1"]).await, "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["6.6.6.6, 198.51.100.1"]).await, "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["127.0.0.1, 198.51.100.1"]).await, "198.51.100.1");
    }

    #[tokio::test]
    async fn trusted_hops_on_the_way_are_passed_over() {
        assert_eq!(address("127.0.0.1", &["6.6.6.6, 198.51.100.1, 10.1.2.3"]).await, "198.51.100.1");
        assert_eq!(address("127.0.0.1", &["10.9.9.9, 10.1.2.3"]).await, "10.9.9.9");
    }

    #[tokio::test]
    async fn several_header_lines_are_one_list() {
        assert_eq!(address("10.0.0.1", &["6.6.6.6", "198.51.100.1, 10.0.0.2"]).await, "198.51.100.1");
    }

    #[tokio::test]
    async fn a_malformed_entry_ends_the_walk_at_the_last_good_one() {
        assert_eq!(address("10.0.0.1", &["198.51.100.1, unknown, 10.0.0.2"]).await, "10.0.0.2");
        assert_eq!(address("10.0.0.1", &["198.51.100.1, "]).await, "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["_hidden"]).await, "10.0.0.1");
        assert_eq!(address("10.0.0.1", &[]).await, "10.0.0.1");
    }

    #[tokio::test]
    async fn ports_and_brackets_are_understood() {
        assert_eq!(address("10.0.0.1", &["198.51.100.1:4711"]).await, "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["[2001:db8::7]:4711"]).await, "2001:db8::7");
        assert_eq!(address("10.0.0.1", &["[2001:db8::7]"]).await, "2001:db8::7");
        assert_eq!(address("fd00::1", &["2001:db8::7"]).await, "2001:db8::7");
    }

    #[tokio::test]
    async fn quotes_and_zones_are_understood() {
        for (entry, read) in [
            ("\"198.51.100.1\"", "198.51.100.1"),
            ("\"198.51.100.1:4711\"", "198.51.100.1"),
            ("\"[2001:db8::7]:4711\"", "2001:db8::7"),
            (" \" [2001:db8::7] \" ", "2001:db8::7"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%eth0.2]", "fe80::1"),
            ("[fe80::1%25en1]:443", "fe80::1"),
            ("\"[fe80::1%3]:443\"", "fe80::1"),
            ("::ffff:198.51.100.1%1", "198.51.100.1"),
            // No address: the walk ends at the proxy.
            ("\"198.51.100.1", "10.0.0.1"),
            ("\"\"", "10.0.0.1"),
            ("fe80::1%", "10.0.0.1"),
            ("fe80::1%eth 0", "10.0.0.1"),
            ("[fe80::1%eth0]x", "10.0.0.1"),
            ("[fe80::1%eth0]:", "10.0.0.1"),
            ("198.51.100.1%eth0", "10.0.0.1"),
            ("%eth0", "10.0.0.1"),
        ] {
            assert_eq!(address("10.0.0.1", &[entry]).await, read, "{entry}");
        }
        assert_eq!(address("10.0.0.1", &["6.6.6.6, \"[2001:db8::7]:1\", 10.0.0.2:80"]).await, "2001:db8::7");
    }

    #[tokio::test]
    async fn ipv4_in_ipv6_is_the_same_address() {
        assert_eq!(address("::ffff:203.0.113.9", &["198.51.100.1"]).await, "203.0.113.9");
        assert_eq!(address("::ffff:10.0.0.1", &["::ffff:198.51.100.1"]).await, "198.51.100.1");
    }

    #[tokio::test]
    async fn the_forwarded_header_is_not_believed_even_from_a_trusted_proxy() {
        let client =
            client(Some("10.0.0.1"), &[("forwarded", "for=198.51.100.1"), ("x-real-ip", "198.51.100.2")]).await;
        assert_eq!(client.address.to_string(), "10.0.0.1");
        assert!(client.forwarded);
    }

    #[tokio::test]
    async fn any_forwarding_header_is_noticed() {
        for name in ["forwarded", "x-forwarded-for", "x-forwarded-host", "X-Forwarded-Anything", "via", "x-real-ip"] {
            assert!(client(Some("127.0.0.1"), &[(name, "x")]).await.forwarded, "{name}");
        }
        assert!(!client(Some("127.0.0.1"), &[("accept", "text/html")]).await.forwarded);
    }

    #[tokio::test]
    async fn the_host_asked_for_is_read_from_one_host_header_only() {
        let host = async |headers: &[(&str, &str)]| client(None, headers).await.host;
        assert_eq!(host(&[("host", "LocalHost:3000")]).await.as_deref(), Some("localhost"));
        assert_eq!(host(&[("host", "[::1]:3000")]).await.as_deref(), Some("[::1]"));
        assert_eq!(host(&[("host", "localhost"), ("host", "evil.example")]).await, None);
        assert_eq!(host(&[("host", "localhost@evil.example")]).await, None);
        assert_eq!(host(&[("x-forwarded-host", "localhost")]).await, None);
    }

    #[tokio::test]
    async fn without_a_connection_the_address_is_unspecified() {
        let client = client(None, &[(X_FORWARDED_FOR, "198.51.100.1")]).await;
        assert_eq!((client.address.to_string().as_str(), client.peer), ("0.0.0.0", None));
    }
}
