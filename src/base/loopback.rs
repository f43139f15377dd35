//! Whether a name leads nowhere but to this machine.

use std::net::IpAddr;

/// Names and addresses that never leave this machine: 127.0.0.0/8, `::1` (in brackets or not), and
/// `localhost` with the names below it (RFC 6761).
pub fn is_loopback_host(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => {
            let host = host.to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for host in ["localhost", "LocalHost", "door.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "::1"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in
            ["", "example.org", "localhost.example.org", "10.0.0.1", "0.0.0.0", "notlocalhost", "[::2]", "[localhost]"]
        {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
