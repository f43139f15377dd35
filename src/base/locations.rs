//! Where a network address lies, as far as a file in MaxMind's format knows (GeoLite2, DB-IP and
//! others offer them). Nothing leaves this machine for it.

use maxminddb::{MaxMindDbError, Reader, geoip2};
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The file's contents, or none where the operator has none.
pub struct Places(Option<Reader<Vec<u8>>>);

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Places").field(&self.0.is_some()).finish()
    }
}

/// Why the start is refused.
#[derive(Debug, thiserror::Error)]
#[error("session.place_file: {0} is no readable file in MaxMind's format: {1}")]
pub struct PlacesError(PathBuf, MaxMindDbError);

impl Places {
    /// Reads the whole file: it is held in memory, as large as it is.
    pub fn open(file: Option<&Path>) -> Result<Self, PlacesError> {
        let open = |path: &Path| Reader::open_readfile(path).map_err(|error| PlacesError(path.to_owned(), error));
        file.map(open).transpose().map(Self)
    }

    /// "Reykjavík, Iceland", or what of it is known.
    pub fn of(&self, address: &str) -> Option<String> {
        let address: IpAddr = address.parse().ok()?;
        let found = self.0.as_ref()?.lookup(address.to_canonical()).ok()?.decode::<geoip2::City<'_>>().ok()??;
        let names = [found.city.names.english, found.country.names.english];
        let known: Vec<&str> = names.into_iter().flatten().collect();
        (!known.is_empty()).then(|| known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with the Python package mmdb-writer: 192.0.2.0/24 and 2001:db8:1::/48 are a city,
    /// 198.51.100.0/24 is a country.
    fn places() -> Places {
        Places::open(Some(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/places.mmdb"))).unwrap()
    }

    #[test]
    fn an_address_lies_where_the_file_says() {
        for (address, place) in [
            ("192.0.2.77", Some("Reykjavík, Iceland")),
            ("::ffff:192.0.2.77", Some("Reykjavík, Iceland")),
            ("2001:db8:1::9", Some("Reykjavík, Iceland")),
            ("198.51.100.1", Some("New Zealand")),
            ("127.0.0.1", None),
            ("2001:db8:2::9", None),
            ("", None),
            ("not an address", None),
        ] {
            assert_eq!(places().of(address).as_deref(), place, "{address}");
        }
        assert_eq!(Places::open(None).unwrap().of("192.0.2.77"), None);
    }

    #[test]
    fn what_is_no_such_file_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("places.mmdb");
        assert!(Places::open(Some(&file)).unwrap_err().to_string().contains("places.mmdb"));
        std::fs::write(&file, "no database").unwrap();
        assert!(Places::open(Some(&file)).unwrap_err().to_string().contains("places.mmdb"));
    }
}
