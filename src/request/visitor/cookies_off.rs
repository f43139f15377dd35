//! A browser that keeps no cookies, so that nobody who signs in there is known at the next page.
//!
//! Most say of themselves that they come from a form that gives a cookie (`Referer`). To a browser
//! that does not, and that sent none of our cookies with the form either, the next address is given
//! with [`GIVEN`] in it; whoever comes there with a cookie is led on to the address itself at once,
//! so it stays nowhere.

use super::cookies;
use crate::base::header_text;
use crate::request::app::App;
use crate::request::cross_site::NoReferer;
use crate::ui::own_path::is_own_path;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Method, Uri, header};
use leptos::prelude::{use_context, with_context};

/// The pages from whose forms somebody comes who has just signed in, or gone half the way.
const DOORS: [&str; 5] = ["/sign-in", "/sign-in/second-factor", "/sign-in/enrol", "/verify-email", "/set-up"];

/// In the query of an address: that the browser has just been given a cookie, perhaps its first.
const GIVEN: &str = "cookie-given";

/// Whether the request being answered shows that this browser keeps no cookies: see
/// [`came_without_cookies`].
pub fn keeps_no_cookies() -> bool {
    let origin = use_context::<App>().map(|app| app.config.server.public_url.origin().to_owned());
    origin.is_some_and(|origin| {
        with_context(|parts: &Parts| came_without_cookies(&parts.headers, &parts.uri, &origin)).unwrap_or(false)
    })
}

/// Whether somebody comes from a form that gives a cookie, on a page of `origin`, without a single
/// cookie of ours. A browser that keeps them brings one from there; none is given only to find that
/// out, and nothing is noted. Whoever cleared their cookies between two pages looks the same, so
/// what is said of it is said as a possibility.
pub fn came_without_cookies(headers: &HeaderMap, uri: &Uri, origin: &str) -> bool {
    let referer = headers.get(header::REFERER).map(header_text::of);
    let page =
        referer.as_deref().and_then(|line| line.strip_prefix(origin)).and_then(|page| page.split(['?', '#']).next());
    let from_a_door = page.is_some_and(|page| DOORS.contains(&page));
    (from_a_door || (is_marked(uri) && is_led(headers))) && !cookies::any(headers)
}

/// Whether a browser sent a form without a word about its page and without any cookie of ours: only
/// at the next page can it be told whether it keeps one. A program says as little and is led where
/// everybody is; every browser says what it wants the answer for (Fetch Metadata).
pub fn says_nothing(headers: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<NoReferer>().is_some() && headers.contains_key("sec-fetch-dest") && !cookies::any(headers)
}

/// Whether the address says that a cookie was given.
fn is_marked(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|pair| pair == GIVEN))
}

/// Not typed, nor a link of another site: browsers that keep `Referer` to themselves say that much.
fn is_led(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

/// Where somebody is told that cookies are needed, who came to `uri` without any.
pub fn sign_in_page(uri: &Uri) -> &'static str {
    if is_marked(uri) { "/sign-in?no-cookies&cookie-given" } else { "/sign-in?no-cookies" }
}

/// The address itself, for whoever kept the cookie that they were given.
pub fn led_on(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let is_page = matches!(*method, Method::GET | Method::HEAD);
    unmarked(uri).filter(|_| is_page && cookies::any(headers))
}

/// The address without [`GIVEN`]; none if it was not there.
fn unmarked(uri: &Uri) -> Option<String> {
    let rest: Vec<&str> = uri.query().filter(|_| is_marked(uri))?.split('&').filter(|pair| *pair != GIVEN).collect();
    let address = if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), rest.join("&")) };
    is_own_path(&address).then_some(address)
}

/// Puts [`GIVEN`] into the address that `answer` leads to, if it gives the cookie of somebody who
/// is in, or half the way.
pub fn mark(answer: &mut HeaderMap) {
    let gives = |name: &str| {
        answer.get_all(header::SET_COOKIE).iter().any(|line| {
            let value = line.as_bytes().strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
            value.is_some_and(|value| !value.starts_with(b";"))
        })
    };
    if !gives(cookies::SESSION) && !gives(cookies::PENDING) {
        return;
    }
    let Some(address) = answer.get(header::LOCATION).map(header_text::of) else { return };
    let and = if address.contains('?') { '&' } else { '?' };
    if let Ok(marked) = HeaderValue::from_str(&format!("{address}{and}{GIVEN}")) {
        answer.insert(header::LOCATION, marked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://id.example";

    fn came(referer: &str, cookie: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::REFERER, referer.parse().unwrap());
        if !cookie.is_empty() {
            headers.insert(header::COOKIE, cookie.parse().unwrap());
        }
        came_without_cookies(&headers, &Uri::from_static("/account"), ORIGIN)
    }

    #[test]
    fn only_who_comes_from_a_sign_in_here_without_any_cookie_of_ours_may_keep_none() {
        assert!(came("https://id.example/sign-in", ""));
        assert!(came("https://id.example/sign-in?then=/account/profile", "theme=dark"));
        assert!(came("https://id.example/verify-email?token=x", "theme=__Host-doorward"));
        for (referer, cookie) in [
            ("https://id.example/sign-in", "a=b; __Host-doorward=x"),
            ("https://id.example/sign-in", "__Host-doorward-device=x"),
            ("https://id.example/register", ""),
            ("https://id.example/account", ""),
            ("https://id.example.evil.example/sign-in", ""),
            ("https://evil.example/sign-in", ""),
            ("https://id.example/sign-in/other", ""),
            ("", ""),
        ] {
            assert!(!came(referer, cookie), "{referer} {cookie}");
        }
        let nowhere = came_without_cookies(&HeaderMap::new(), &Uri::from_static("/account"), ORIGIN);
        assert!(!nowhere, "no word about where somebody comes from");
    }

    #[test]
    fn an_address_that_says_so_counts_for_whoever_was_led_there_without_any_cookie() {
        let came = |address: &'static str, site: Option<&'static str>, cookie: Option<&'static str>| {
            let lines =
                site.map(|site| ("sec-fetch-site", site)).into_iter().chain(cookie.map(|line| ("cookie", line)));
            let headers = lines.map(|(name, line)| (name.parse().unwrap(), HeaderValue::from_static(line))).collect();
            came_without_cookies(&headers, &Uri::from_static(address), ORIGIN)
        };
        for site in [Some("same-origin"), None] {
            assert!(came("/account?cookie-given", site, None));
            assert!(came("/account?kept&cookie-given", site, Some("theme=dark")));
            assert!(!came("/account?cookie-given", site, Some("__Host-doorward-device=x")));
            assert!(!came("/account?cookie-given=1", site, None));
            assert!(!came("/account", site, None));
        }
        for site in ["none", "cross-site", "same-site"] {
            assert!(!came("/account?cookie-given", Some(site), None), "{site}");
        }
    }

    #[test]
    fn what_is_taken_out_of_an_address_leaves_the_rest_as_it_was_and_leads_nobody_away() {
        for (address, plain) in [
            ("/account?cookie-given", Some("/account")),
            ("/account?kept&cookie-given", Some("/account?kept")),
            ("/auth/hand-over?to=a%2Bb-_&cookie-given&x", Some("/auth/hand-over?to=a%2Bb-_&x")),
            ("/account", None),
            ("/account?cookie-givens", None),
            ("//evil.example/?cookie-given", None),
            ("/%2F/evil.example/?cookie-given", None),
        ] {
            assert_eq!(unmarked(&address.parse().unwrap()).as_deref(), plain, "{address}");
        }
    }

    #[test]
    fn only_an_answer_that_lets_somebody_in_says_that_it_gives_a_cookie() {
        let led_to = |cookie: &'static str, address: &'static str| {
            let mut answer = HeaderMap::new();
            answer.append(header::SET_COOKIE, HeaderValue::from_static("__Host-doorward-device=a; Path=/"));
            answer.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
            answer.insert(header::LOCATION, HeaderValue::from_static(address));
            mark(&mut answer);
            answer[header::LOCATION].to_str().unwrap().to_owned()
        };
        let (session, waits) = ("__Host-doorward=a; Path=/", "__Host-doorward-pending=a; Path=/");
        assert_eq!(led_to(session, "/account"), "/account?cookie-given");
        assert_eq!(led_to(session, "/account?kept"), "/account?kept&cookie-given");
        assert_eq!(led_to(waits, "/sign-in/second-factor"), "/sign-in/second-factor?cookie-given");
        for cookie in ["__Host-doorward=; Path=/; Max-Age=0", "__Host-doorward-typed=a; Path=/"] {
            assert_eq!(led_to(cookie, "/sign-in?signed-out"), "/sign-in?signed-out");
        }
    }
}
