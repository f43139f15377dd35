//! Which network addresses a provider may be at. A name is looked up by us, and what it leads to is
//! the operator's choice no more: a provider that is taken over, or whose name is pointed elsewhere
//! for a moment, must not make this server knock at its own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is called, as the operator allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// What everybody on the internet can reach.
    Public,
    /// Private networks and this machine too; never link-local addresses, where clouds keep the
    /// credentials of a machine.
    PrivateToo,
}

impl Reach {
    pub fn allows(self, address: IpAddr) -> bool {
        let address = embedded(address);
        match self {
            Self::Public => is_public(address),
            Self::PrivateToo => is_public(address) || is_private(address),
        }
    }
}

/// The IPv4 address that an IPv6 one only wraps: whoever translates it would lead there.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(address) = address else { return address };
    let bytes = address.octets();
    let last = || Ipv4Addr::new(bytes[12], bytes[13], bytes[14], bytes[15]);
    match address.segments() {
        // Mapped, and the well-known prefix of NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => last().into(),
        // 6to4 (RFC 3056).
        [0x2002, ..] => Ipv4Addr::new(bytes[2], bytes[3], bytes[4], bytes[5]).into(),
        _ => address.into(),
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By the special-purpose registry of IANA (RFC 6890).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    !matches!(
        (first, second, third),
        (0 | 10 | 127 | 224.., _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

/// Of what is given out to the world (2000::/3), all but what is for tunnels, documentation and
/// measuring.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0..=0x01ff, ..] | [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let shared = matches!(address.octets(), [100, 64..=127, ..]);
            address.is_private() || address.is_loopback() || shared
        }
        // fd00:ec2::/32 is where one cloud keeps its metadata.
        IpAddr::V6(address) => {
            let metadata = matches!(address.segments(), [0xfd00, 0x0ec2, ..]);
            address.is_loopback() || (address.is_unique_local() && !metadata)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_world_can_reach_is_public() {
        for public in [
            "8.8.8.8",
            "140.82.121.4",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "2606:50c0:8000::153",
            "2a00:1450:4001::1",
            "2002:808:808::1",
        ] {
            assert!(Reach::Public.allows(public.parse().unwrap()), "{public}");
        }
        for hidden in [
            "0.0.0.0",
            "10.0.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fd00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2002:a9fe:a9fe::1",
            "2001::1",
            "2001:db8::1",
            "100::1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(!Reach::Public.allows(hidden.parse().unwrap()), "{hidden}");
        }
    }

    #[test]
    fn what_clouds_keep_their_credentials_at_is_never_reached() {
        for private in
            ["10.0.0.1", "127.0.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12::1", "::ffff:127.0.0.1", "8.8.8.8"]
        {
            assert!(Reach::PrivateToo.allows(private.parse().unwrap()), "{private}");
        }
        for never in [
            "169.254.169.254",
            "0.0.0.0",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "224.0.0.1",
            "255.255.255.255",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
        ] {
            assert!(!Reach::PrivateToo.allows(never.parse().unwrap()), "{never}");
        }
    }
}
