//! Which of a file's stored forms a client gets (RFC 9110, 12.5.3).

use crate::base::header_text;
use http::{HeaderMap, header};

/// A form in which a file is stored, best first: at equal preference of the client the smaller one
/// is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    pub(super) const COMPRESSED: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// The token in `Content-Encoding`; nothing for the plain form.
    pub(super) fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What cargo-leptos' `--precompress` appends to the file's name.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    fn is_named(self, token: &str) -> bool {
        match self {
            Self::Brotli => token.eq_ignore_ascii_case("br"),
            Self::Gzip => token.eq_ignore_ascii_case("gzip") || token.eq_ignore_ascii_case("x-gzip"),
            Self::Identity => token.eq_ignore_ascii_case("identity"),
        }
    }
}

/// The encodings the client accepts, the one to prefer first. The plain form is always among them:
/// a client that refuses it and accepts no form we have gets it all the same, which the RFC prefers
/// to an error.
pub(super) fn accepted(headers: &HeaderMap) -> Vec<Encoding> {
    let lines: Vec<_> = header_text::lines(headers, header::ACCEPT_ENCODING).collect();
    let listed: Vec<(&str, u16)> = lines.iter().flat_map(|line| line.split(',')).filter_map(token_and_weight).collect();
    let weight = |encoding: Encoding| {
        let named = listed.iter().find(|(token, _)| encoding.is_named(token));
        let any = listed.iter().find(|(token, _)| *token == "*");
        match (named.or(any), encoding) {
            (Some((_, weight)), _) => *weight,
            // Not mentioned: acceptable, but less than anything the client asked for.
            (None, Encoding::Identity) => 1,
            (None, _) => 0,
        }
    };
    let mut accepted: Vec<Encoding> =
        Encoding::COMPRESSED.into_iter().filter(|encoding| weight(*encoding) > 0).chain([Encoding::Identity]).collect();
    accepted.sort_by_key(|encoding| std::cmp::Reverse(weight(*encoding)));
    accepted
}

/// One list element: the coding, and its weight in thousandths. A malformed weight counts as "not
/// acceptable".
fn token_and_weight(element: &str) -> Option<(&str, u16)> {
    let mut parts = element.split(';').map(str::trim);
    let token = parts.next().filter(|token| !token.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((token, weight.map_or(1000, thousandths)))
}

fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "0" => format!("{fraction:0<3}").parse().unwrap_or(0),
        "1" => 1000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Encoding::{Brotli, Gzip, Identity};
    use http::HeaderValue;

    fn order(lines: &[&'static str]) -> Vec<Encoding> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
        }
        accepted(&headers)
    }

    #[test]
    fn the_smallest_form_wins_where_the_client_likes_them_alike() {
        assert_eq!(order(&["gzip, deflate, br, zstd"]), [Brotli, Gzip, Identity]);
        assert_eq!(order(&["gzip", "br"]), [Brotli, Gzip, Identity]);
        assert_eq!(order(&["*"]), [Brotli, Gzip, Identity]);
    }

    #[test]
    fn weights_are_respected() {
        assert_eq!(order(&["br;q=0.5, gzip;q=0.8"]), [Gzip, Brotli, Identity]);
        assert_eq!(order(&["br;q=0, gzip"]), [Gzip, Identity]);
        assert_eq!(order(&["*, br;q=0"]), [Gzip, Identity]);
        assert_eq!(order(&["identity, gzip;q=0.5"]), [Identity, Gzip]);
        assert_eq!(order(&["gzip;q=0.001"]), [Gzip, Identity]);
        assert_eq!(order(&["X-GZIP ; q=1.000"]), [Gzip, Identity]);
    }

    #[test]
    fn without_a_wish_the_plain_form_is_sent() {
        assert_eq!(order(&[]), [Identity]);
        assert_eq!(order(&["", " , "]), [Identity]);
        assert_eq!(order(&["zstd"]), [Identity]);
        assert_eq!(order(&["identity;q=0"]), [Identity]);
    }

    #[test]
    fn nonsense_is_no_wish() {
        assert_eq!(order(&["br;q=2, gzip;q=-1"]), [Identity]);
        assert_eq!(order(&["br;q=abc, gzip;q=0.12345"]), [Identity]);
        assert_eq!(order(&["br;q="]), [Identity]);
    }
}
