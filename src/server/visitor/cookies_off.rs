//! A browser that keeps no cookies, so that nobody who signs in there is known at the next page.

use super::cookies;
use crate::server::{App, header_text};
use http::request::Parts;
use http::{HeaderMap, header};
use leptos::prelude::use_context;

/// The pages from whose forms somebody comes who has just signed in, or gone half the way.
const DOORS: [&str; 5] = ["/sign-in", "/sign-in/second-factor", "/sign-in/enrol", "/verify-email", "/set-up"];

/// Whether the request being answered shows that this browser keeps no cookies: see [`came_without_cookies`].
pub fn keeps_no_cookies() -> bool {
    let origin = use_context::<App>().map(|app| app.config.server.public_url.origin().to_owned());
    use_context::<Parts>().zip(origin).is_some_and(|(parts, origin)| came_without_cookies(&parts.headers, &origin))
}

/// Whether somebody comes from a form that gives a cookie, on a page of `origin`, without a single cookie of ours. A browser that keeps
/// them brings one from there; none is given only to find that out, and nothing is noted. Whoever cleared their cookies between two pages
/// looks the same, so what is said of it is said as a possibility.
pub fn came_without_cookies(headers: &HeaderMap, origin: &str) -> bool {
    let referer = headers.get(header::REFERER).map(header_text::of);
    let page =
        referer.as_deref().and_then(|line| line.strip_prefix(origin)).and_then(|page| page.split(['?', '#']).next());
    page.is_some_and(|page| DOORS.contains(&page)) && !cookies::any(headers)
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
        came_without_cookies(&headers, ORIGIN)
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
        assert!(!came_without_cookies(&HeaderMap::new(), ORIGIN), "no word about where somebody comes from");
    }
}
