//! The cookies: the session's, and the one by which a browser is recognised. Both are `__Host-`:
//! only this host can set them, for every path, and only over TLS (or on localhost); no sibling can
//! plant one.

use crate::base::one_use_token::OneUseToken;
use crate::base::words::bundles::Language;
use crate::domain::devices::{self, DeviceTokens};
use crate::domain::pending::{PendingToken, Stage};
use crate::domain::providers::attempts;
use crate::domain::sessions::SessionToken;
use http::{HeaderMap, HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::time::Duration;

pub const SESSION: &str = "__Host-doorward";
pub const DEVICE: &str = "__Host-doorward-device";
/// Of a sign-in that waits for its second factor, or for one to be set up.
pub const PENDING: &str = "__Host-doorward-pending";
/// Of sign-ins that went to a provider: see [`crate::domain::providers::attempts`].
pub const PROVIDER: &str = "__Host-doorward-provider";
/// Chosen in this browser, by somebody who need not have an account.
pub const LANGUAGE: &str = "__Host-doorward-language";

/// Of what was typed into a form, on its way to where it is asked for again: see
/// [`crate::request::typed`].
pub const TYPED: &str = "__Host-doorward-typed";

/// How long a browser keeps the language chosen in it.
const LANGUAGE_KEPT: Duration = Duration::from_secs(365 * 24 * 3600);
const A_DAY: Duration = Duration::from_secs(24 * 3600);

/// The session id that the browser sent.
pub fn session_token(headers: &HeaderMap) -> Option<SessionToken> {
    SessionToken::parse(only(headers, SESSION)?)
}

/// By what the browser may be recognised.
pub fn device_tokens(headers: &HeaderMap) -> DeviceTokens {
    only(headers, DEVICE).map(DeviceTokens::parse).unwrap_or_default()
}

/// The sign-in that the browser has begun.
pub fn pending_token(headers: &HeaderMap) -> Option<PendingToken> {
    PendingToken::parse(only(headers, PENDING)?)
}

/// What binds sign-ins at a provider to the browser.
pub fn provider_token(headers: &HeaderMap) -> Option<OneUseToken> {
    OneUseToken::parse(only(headers, PROVIDER)?)
}

/// The cookie's value. Sent twice (a cookie tossed by a sibling host): none. Read as bytes: those
/// of other apps beside it hold what they want to, and sites cut none of it off from us.
pub(crate) fn only<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut found = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(wanted.as_bytes())?.strip_prefix(b"="));
    match (found.next(), found.next()) {
        (Some(value), None) => std::str::from_utf8(value).ok(),
        _ => None,
    }
}

/// Whether the browser sent any cookie of ours, whatever it holds.
pub fn any(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.any(|pair| pair.trim_ascii_start().starts_with(SESSION.as_bytes()))
}

/// Gives the session's cookie; without `lifetime` it ends with the browser.
pub fn give_session(token: SessionToken, lifetime: Option<Duration>) {
    append(SESSION, &token.to_text(), lifetime);
}

/// It outlives what it stands for: a browser that has dropped it looks like one that keeps no
/// cookies, and would be told that of a sign-in that waited too long.
pub fn give_pending(token: &PendingToken, stage: Stage) {
    append(PENDING, &token.to_text(), Some(stage.lifetime() + A_DAY));
}

pub fn give_language(language: Language) {
    append(LANGUAGE, language.tag(), Some(LANGUAGE_KEPT));
}

pub fn give_provider(token: &OneUseToken) {
    append(PROVIDER, &token.to_text(), Some(attempts::LIFETIME));
}

/// The sign-in is over, one way or the other.
pub fn take_pending() {
    append(PENDING, "", Some(Duration::ZERO));
}

pub fn give_device(tokens: &DeviceTokens) {
    append(DEVICE, &tokens.to_text(), Some(devices::KEPT));
}

/// Takes the session's cookie away. Only the answer to a sign-out does: sent by any other, a late
/// answer to the old id would wipe the new one.
pub fn take_session() {
    append(SESSION, "", Some(Duration::ZERO));
}

/// What sets a cookie; without a lifetime it ends with the browser. Names begin with `__Host-`:
/// siblings can neither plant nor read it.
pub(crate) fn written(name: &str, value: &str, lifetime: Option<Duration>) -> Option<HeaderValue> {
    let max_age = lifetime.map(|left| format!("; Max-Age={}", left.as_secs())).unwrap_or_default();
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{max_age}")).ok()
}

fn append(name: &str, value: &str, lifetime: Option<Duration>) {
    match (use_context::<ResponseOptions>(), written(name, value, lifetime)) {
        (Some(response), Some(value)) => response.append_header(header::SET_COOKIE, value),
        _ => tracing::error!("a cookie could not be set: no response is being made"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(lines: &[&str]) -> HeaderMap {
        bytes(&lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>())
    }

    fn bytes(lines: &[&[u8]]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_bytes(line).unwrap())).collect()
    }

    #[test]
    fn what_other_apps_wrote_beside_it_hides_no_cookie() {
        const TOKEN: &[u8] = b"__Host-doorward=AAAAAAAAAAAAAAAAAAAAAA";
        for beside in [
            &b"name=M\xc3\xbcller"[..],
            b"name=M\xfcller",
            b"\xff\xfe",
            b"\xff=\xff",
            b"=",
            b"",
            b"a=\"b",
            b"x\t=\x80 ",
        ] {
            for line in [[beside, b"; ", TOKEN].concat(), [TOKEN, b";", beside].concat()] {
                assert!(session_token(&bytes(&[&line])).is_some(), "{}", line.escape_ascii());
                assert!(session_token(&bytes(&[&line, TOKEN])).is_none(), "sent twice: {}", line.escape_ascii());
            }
            assert!(session_token(&bytes(&[beside, TOKEN])).is_some());
        }
        for bad in [&b"__Host-doorward=AAAAAAAAAAAAAAAAAAAAA\xff"[..], b"\xff__Host-doorward=AAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(session_token(&bytes(&[bad])).is_none());
        }
        let twice = [TOKEN, b"; __Host-doorward=\xff"].concat();
        assert!(session_token(&bytes(&[&twice])).is_none(), "sent twice, once as something else");
    }

    #[test]
    fn a_session_cookie_is_read_only_when_it_is_sent_once_and_whole() {
        const TOKEN: &str = "__Host-doorward=AAAAAAAAAAAAAAAAAAAAAA";
        assert!(session_token(&cookies(&[TOKEN])).is_some());
        assert!(session_token(&cookies(&["theme=dark; __Host-doorward=AAAAAAAAAAAAAAAAAAAAAA"])).is_some());
        assert!(session_token(&cookies(&[TOKEN, TOKEN])).is_none(), "sent twice");
        for bad in [
            "__HOST-doorward=AAAAAAAAAAAAAAAAAAAAAA",
            "__Host-doorward=AAAAAAAAAAAAAAAAAAAAAB",
            "__Host-doorward=AAAAAAAAAAAAAAAAAAAAA",
            "__Host-doorward=\"AAAAAAAAAAAAAAAAAAAAAA\"",
            "__Host-doorward=",
            "__Host-doorward",
            "__Host-doorward=AAAAAAAAAAAAAAAAAAAAAA; __Host-doorward=BBBBBBBBBBBBBBBBBBBBBA",
        ] {
            assert!(session_token(&cookies(&[bad])).is_none(), "{bad}");
        }
    }
}
