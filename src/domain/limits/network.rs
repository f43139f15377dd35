//! Where tries come from, as far as one person can choose it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv4 address, or a /64 of IPv6: any customer may use all addresses of theirs, one after the
/// other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpAddr);

impl Network {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            IpAddr::V6(address) => Self(cut(address, 64).into()),
        }
    }

    /// Of an address as sessions and audit entries keep it; an unknown one is a network like any
    /// other.
    pub fn of_text(address: &str) -> Self {
        Self::of(address.parse().unwrap_or(Ipv4Addr::UNSPECIFIED.into()))
    }

    /// The /24 or /48 around it: what a hoster rents out by the piece.
    pub fn neighbourhood(self) -> Self {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Self(Ipv4Addr::new(a, b, c, 0).into())
            }
            IpAddr::V6(address) => Self(cut(address, 48).into()),
        }
    }

    pub fn address(self) -> IpAddr {
        self.0
    }

    pub fn to_text(self) -> String {
        self.0.to_string()
    }
}

fn cut(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_is_one_network() {
        let network = |text: &str| Network::of_text(text).to_text();
        assert_eq!(network("198.51.100.7"), "198.51.100.7");
        assert_eq!(network("::ffff:198.51.100.7"), "198.51.100.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2:ffff::"), "2001:db8:1:2::");
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
        assert_eq!(Network::of_text("198.51.100.7").neighbourhood().to_text(), "198.51.100.0");
        assert_eq!(Network::of_text("2001:db8:1:2::9").neighbourhood().to_text(), "2001:db8:1::");
        assert_eq!(network(""), "0.0.0.0");
    }
}
