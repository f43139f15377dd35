//! Nobody is led off this site: not by the path of a page, not by where a form says that it came
//! from, and by no way of asking.

use crate::browser::{Answer, Browser, send};
use crate::each_database;
use crate::world::World;
use axum::body::{Body, HttpBody};
use doorward::ui::own_path::is_own_path;
use http::{Method, Request, header};

const ORIGIN: &str = "http://localhost:3000";
const LANGUAGE: &str = "/form/choose-language";
const HTML: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";

/// Pages of ours, whose paths lead elsewhere when they are followed as they stand, or once they are
/// decoded or tidied.
const PATHS: [&str; 8] = [
    "//evil.example/sign-in",
    "///evil.example/sign-in",
    "/%2f/evil.example/",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/.//evil.example/x",
    "/account/..//evil.example",
];

/// Wherever a page may lead.
fn links(answer: &Answer) -> Vec<String> {
    let attributes = ["href=\"", "action=\"", "formaction=\"", "url="];
    let found = attributes.into_iter().flat_map(|attribute| answer.body.split(attribute).skip(1));
    found.map(|rest| rest.split(['"', '\'']).next().unwrap_or_default().replace("&amp;", "&")).collect()
}

#[track_caller]
fn leads_nowhere_else(answer: &Answer, what: &str) {
    for link in links(answer) {
        let own = link.strip_prefix(ORIGIN).unwrap_or(&link);
        assert!(own.is_empty() || own.starts_with('#') || is_own_path(own), "{what}: {link} in {}", answer.in_full());
    }
    let location = answer.header("location");
    assert!(location.is_empty() || is_own_path(answer.location()), "{what}: {location}");
}

fn with_referer(mut request: Request<Body>, referer: &str) -> Request<Body> {
    request.headers_mut().insert(header::REFERER, referer.parse().unwrap());
    request
}

/// A form that is too long, as it comes over the wire.
fn too_long(browser: &Browser, referer: &str) -> Request<Body> {
    let mut request = browser.posting(LANGUAGE, &[("language", &"x".repeat(40_000))], HTML);
    let length = HttpBody::size_hint(request.body()).exact().unwrap();
    request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    with_referer(request, referer)
}

each_database! {
    async fn a_page_whose_path_looks_like_another_site_leads_to_none(world: World) {
        let mut browser = world.browser();
        for path in PATHS {
            let page = browser.get(path).await;
            assert!([303, 404].contains(&page.status), "{path}: {}", page.in_full());
            leads_nowhere_else(&page, path);
            let referer = format!("{ORIGIN}{path}");
            // Without script: back to where the form stood, told by the browser.
            let back = browser.send(with_referer(browser.posting(LANGUAGE, &[("language", "de")], HTML), &referer)).await;
            assert_eq!(back.status, 303, "{path}");
            leads_nowhere_else(&back, path);
            // Refused before anybody read it: 413, and a language that there is not.
            let large = browser.send(too_long(&browser, &referer)).await;
            assert_eq!(large.status, 413, "{path}");
            leads_nowhere_else(&large, path);
            large.shows("href=\"/sign-in\"");
            let odd = browser.send(with_referer(browser.posting(LANGUAGE, &[("language", "xx")], HTML), &referer)).await;
            leads_nowhere_else(&odd, path);
            // By script it is told where to go by nobody but itself.
            let told = browser.send(with_referer(browser.posting(LANGUAGE, &[("language", "en")], "application/json"), &referer)).await;
            leads_nowhere_else(&told, path);
        }
        // A page that is none is still come back to, and so is one with an odd name.
        for (own, back) in [("/no-such-page?x=1", "/no-such-page?x=1"), ("/b%C3%BCro/", "/b%C3%BCro/")] {
            let request = browser.posting(LANGUAGE, &[("language", "de")], HTML);
            let answer = browser.send(with_referer(request, &format!("{ORIGIN}{own}"))).await;
            // leptos_axum writes a query that is empty.
            assert_eq!((answer.status, answer.location().trim_end_matches('?')), (303, back));
        }
    }

    async fn a_referer_with_bytes_that_nobody_encoded_is_still_a_page_of_ours(world: World) {
        let mut browser = world.browser();
        let mut request = browser.posting(LANGUAGE, &[("language", "de")], HTML);
        let referer = [ORIGIN.as_bytes(), b"/sign-in?x=M\xc3\xbcller"].concat();
        request.headers_mut().insert(header::REFERER, http::HeaderValue::from_bytes(&referer).unwrap());
        let answer = browser.send(request).await;
        assert_eq!((answer.status, answer.location()), (303, "/sign-in?x=M%C3%BCller"));
    }

    async fn no_way_of_asking_breaks_anything(world: World) {
        let world = crate::forward_auth::guarded(world).await;
        let methods = ["CONNECT", "TRACE", "OPTIONS", "HEAD", "GET", "PUT", "PATCH", "DELETE", "POST", "PROPFIND", "QUERY", "PURGE", "X"];
        let targets = [
            "/", "/sign-in", "/account", "/no-such-page", "/form/sign-in", "/form/choose-language", "/api/v1/me", "/api/v1/token", "/api/v1/no",
            "/auth/forward", "/auth/hand-over", "/healthz", "/.well-known/jwks.json", "/pkg/x.css", "//", "*", "evil.example:443",
            "http://evil.example", "http://evil.example/sign-in", "http://evil.example//x", "/?", "/%00", "/%ff", "/sign-in?then=//evil.example",
        ];
        for method in methods {
            // Nothing can be read in the answer of a program to HEAD.
            for target in targets.into_iter().filter(|target| method != "HEAD" || !target.starts_with("/api")) {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let request = Request::builder().method(&method).uri(target).header(header::ACCEPT, HTML).body(Body::empty()).unwrap();
                let answer = send(&world.node.router, request).await;
                assert!(answer.status < 500, "{method} {target}: {}", answer.in_full());
                leads_nowhere_else(&answer, target);
                if ["CONNECT", "TRACE"].contains(&method.as_str()) {
                    assert_eq!(answer.status, 405, "{method} {target}");
                    assert!(!answer.header("allow").is_empty() && !answer.body.is_empty(), "{}", answer.in_full());
                }
            }
        }
    }
}
