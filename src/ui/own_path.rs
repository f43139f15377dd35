//! Which addresses lead to a page of this site: the one check of both halves, asked before an
//! address is followed or printed as a link, wherever it came from.

/// Whether `address` is a path of this site (RFC 3986 `path-absolute`, perhaps with a query and a
/// fragment), and stays one for whatever reads it otherwise than a browser does.
///
/// To browsers `//host` and `/\host` lead to another site, and so does `/`, a tab and `/host`: they
/// drop tabs and line ends (WHATWG URL §4.4). Proxies and frameworks decode a path once more or
/// walk its dots, and would send on to what those spell. So each segment is plain: not empty, not
/// of dots alone, and without an encoded slash, backslash, dot, percent sign or control character.
pub fn is_own_path(address: &str) -> bool {
    let (path, _) = address.split_at(address.find(['?', '#']).unwrap_or(address.len()));
    let Some(below) = path.strip_prefix('/') else { return false };
    // A path may end in a slash.
    let below = below.strip_suffix('/').unwrap_or(below);
    address.bytes().all(|byte| byte.is_ascii_graphic()) && (path == "/" || below.split('/').all(is_plain))
}

/// `address` if it [is a path of this site](is_own_path), else the path that leads everybody where
/// they belong.
pub fn own_or_home(address: &str) -> &str {
    if is_own_path(address) { address } else { "/" }
}

fn is_plain(segment: &str) -> bool {
    let mut parts = segment.split('%');
    let plain = parts.next().is_some_and(|first| !first.contains('\\')) && segment.bytes().any(|byte| byte != b'.');
    // What follows each percent sign.
    plain && parts.all(|rest| encodes_no_syntax(rest) && !rest.contains('\\'))
}

fn encodes_no_syntax(rest: &str) -> bool {
    let byte = rest.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    byte.is_some_and(|byte| byte >= b' ' && !matches!(byte, b'/' | b'\\' | b'.' | b'%' | 0x7f))
}

#[cfg(feature = "ssr")]
#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;
    use url::Url;

    #[test]
    fn pages_of_this_site_are_followed_and_other_sites_are_not() {
        for own in [
            "/",
            "/account",
            "/account/",
            "/account/sessions?end=others",
            "/.well-known/jwks.json",
            "/sign-in?then=/auth/hand-over%3Fto%3DAb-_9#x",
            "/admin/sessions?who=%2F%2Fevil.example%0D%0ASet-Cookie%3A+a%3Db",
            "/b%C3%BCro/...x",
            "/?//evil.example",
        ] {
            assert!(is_own_path(own), "{own}");
            assert_eq!(own_or_home(own), own);
        }
        for other in [
            "",
            "account",
            "?then=x",
            "#x",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "\t//evil.example",
            "/\n/evil.example",
            "/\r\n/evil.example",
            " //evil.example",
            "/%2fevil.example",
            "/%2F%2Fevil.example",
            "/%5cevil.example",
            "/%09/evil.example",
            "/%0a/evil.example",
            "/%252fevil.example",
            "/./\\evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/%2e//evil.example",
            "/%2e%2e/%2f/evil.example",
            "/account//evil.example",
            "/account/..//evil.example",
            "/account\\..\\\\evil.example",
            "/account%",
            "/account%2",
            "/account%+1",
            "/account%zz",
            "/a b",
            "/b\u{fc}ro",
            "/\u{2044}evil.example",
            "/account?a\tb",
            "/account?a\r\nSet-Cookie: a=b",
            "https://evil.example/account",
            "https:/account",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            assert!(!is_own_path(other), "{other:?}");
            assert_eq!(own_or_home(other), "/");
        }
    }

    /// What addresses that lead elsewhere are made of.
    const PIECES: &[&str] = &[
        "/",
        "/",
        "/",
        "\\",
        "\t",
        "\n",
        "\r",
        " ",
        "\0",
        "\u{b}",
        "\u{a0}",
        "\u{2028}",
        "\u{ff0f}",
        ".",
        "..",
        "%2e",
        "%2E",
        "%2f",
        "%2F",
        "%5c",
        "%5C",
        "%09",
        "%0a",
        "%00",
        "%20",
        "%25",
        "%252f",
        "%255c",
        "%",
        "%c3%bc",
        ":",
        "@",
        "?",
        "#",
        "evil.example",
        "account",
        "x",
        "https:",
        "http:",
        "javascript:",
        "data:",
        "file:",
        "blob:",
        ";",
        "&",
        "=",
        "[",
        "]",
        "u:p@",
    ];

    fn addresses() -> impl Strategy<Value = String> {
        let pieces =
            proptest::collection::vec(proptest::sample::select(PIECES), 0..10).prop_map(|pieces| pieces.concat());
        prop_oneof![4 => pieces.clone().prop_map(|rest| format!("/{rest}")), 2 => pieces, 1 => any::<String>()]
    }

    /// As a browser resolves it on each of these pages, where it must stay at their origin.
    fn stays(address: &str) -> Result<(), TestCaseError> {
        for base in [
            "https://id.example/",
            "https://id.example:8443/account/sessions?x#y",
            "http://localhost:3000//evil.example/x",
        ] {
            let base = Url::parse(base).unwrap();
            let resolved = base.join(address);
            prop_assert!(
                resolved.as_ref().is_ok_and(|url| url.origin() == base.origin()),
                "{address:?} at {base}: {resolved:?}"
            );
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_followed_stays_here_however_often_it_is_decoded(address in addresses()) {
            if is_own_path(&address) {
                stays(&address)?;
                let mut path = address.split(['?', '#']).next().unwrap_or_default().to_owned();
                for _ in 0..3 {
                    stays(&path)?;
                    path = percent_decode_str(&path).decode_utf8_lossy().into_owned();
                }
                // And so does the path that it resolves to, which a script on that page reads from
                // its location.
                let resolved = Url::parse("https://id.example/").unwrap().join(&address).unwrap();
                prop_assert!(is_own_path(resolved.path()), "{address:?} becomes {}", resolved.path());
            }
            stays(own_or_home(&address))?;
        }

        #[test]
        fn the_path_of_any_page_is_followed_as_it_is_or_not_at_all(address in addresses()) {
            if let Ok(page) = Url::parse("https://id.example/").unwrap().join(&address) {
                stays(own_or_home(page.path()))?;
                stays(own_or_home(&format!("{}?{}", page.path(), page.query().unwrap_or_default())))?;
            }
        }
    }
}
