//! What every answer carries, whatever it is about.

use crate::browser::{Answer, send};
use crate::each_database;
use crate::world::World;
use axum::body::Body;
use http::Request;

#[track_caller]
fn is_guarded(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.header(name), value, "{what}");
    }
    let policy = answer.header("content-security-policy");
    for directive in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(directive), "{what}: {policy}");
    }
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'),
        "{what}: {policy}"
    );
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    assert!(!answer.header("cache-control").is_empty(), "{what}");
    assert_eq!(answer.header("server"), "", "{what}");
    assert_eq!(answer.header("access-control-allow-origin"), "", "{what}");
}

const PAGES: [&str; 8] = [
    "/sign-in",
    "/register",
    "/forgot-password",
    "/sign-out",
    "/verify-email?token=x",
    "/reset-password",
    "/set-up",
    "/none",
];

each_database! {
    async fn every_answer_carries_the_security_headers(world: World) {
        let mut ada = world.register("ada@example.org").await;
        for path in PAGES {
            is_guarded(&world.browser().get(path).await, path);
        }
        for path in ["/account", "/account/profile", "/account/password", "/account/activity", "/account/activity.json", "/account/activity.csv", "/", "/sign-in"] {
            is_guarded(&ada.browser.get(path).await, path);
            is_guarded(&world.browser().get(path).await, path);
        }
        for path in ["/healthz", "/readyz", "/.well-known/change-password", "/pkg/none.js", "/favicon.svg", "/account/x.css", "/%00", "/%ff"] {
            is_guarded(&world.browser().get(path).await, path);
        }
        let mut browser = world.browser();
        is_guarded(browser.get("/form/sign-in").await.is(405, ""), "405");
        is_guarded(&browser.submit("/form/sign-in", &[]).await, "a refused form");
        is_guarded(browser.call("/form/sign-in", &[]).await.is(422, "identifier_missing"), "a refused call");
        is_guarded(&browser.submit("/form/none", &[]).await, "an unknown form");
        is_guarded(&browser.submit("/sign-in", &[]).await, "a page that is posted to");
        let mut foreign = browser.posting("/form/sign-in", &[], "text/html");
        foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        foreign.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
        let answer = browser.send(foreign).await;
        assert_eq!(answer.status, 403);
        is_guarded(&answer, "403");
        let large = Request::post("/form/sign-in").header("content-length", 1_000_000).body(Body::from("x")).unwrap();
        let answer = send(&world.node.router, large).await;
        assert_eq!(answer.status, 413);
        is_guarded(&answer, "413");
        is_guarded(&ada.browser.submit("/form/sign-out", &[]).await, "sign-out");
    }

    async fn each_page_has_a_nonce_of_its_own_and_no_script_without_it(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let mut nonces = std::collections::HashSet::new();
        for path in ["/sign-in", "/sign-in", "/register", "/account", "/account/password", "/none"] {
            let page = ada.browser.another().at(&world.node.router).get(path).await;
            let page = if page.status == 303 { ada.browser.get(path).await } else { page };
            let policy = page.header("content-security-policy").to_owned();
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
            assert!(nonce.len() >= 22, "{path}: {policy}");
            for script in page.body.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap();
                assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{tag}>");
            }
            assert!(!page.body.contains(" onclick=") && !page.body.contains("javascript:") && !page.body.contains(" style="), "{path}");
            assert!(nonces.insert(nonce.to_owned()), "{path} repeats a nonce");
        }
    }

    async fn nothing_about_a_visitor_may_be_stored(world: World) {
        let mut ada = world.register("ada@example.org").await;
        for path in ["/account", "/account/profile", "/account/password", "/account/x.css", "/sign-in", "/", "/sign-out"] {
            for answer in [ada.browser.get(path).await, world.browser().get(path).await] {
                assert_eq!(answer.header("cache-control"), "no-store", "{path}");
                let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap().to_lowercase()).collect();
                assert!(vary.join(",").contains("cookie"), "{path} {vary:?}");
                assert_eq!(answer.header("etag"), "", "{path}");
            }
        }
    }

    async fn an_https_site_asks_for_https_from_then_on_and_a_local_one_does_not(world: World) {
        assert_eq!(world.browser().get("/sign-in").await.header("strict-transport-security"), "");
        let world = world.with(&[
            ("DOORWARD__SERVER__PUBLIC_URL", "https://id.example.org"), ("DOORWARD__MAIL__TRANSPORT", "smtp"),
            ("DOORWARD__MAIL__HOST", "mail.example.org"), ("DOORWARD__MAIL__FROM", "door@example.org"),
        ]).await;
        for path in ["/sign-in", "/none", "/healthz", "/form/sign-in", "/account", "/pkg/none.css"] {
            let answer = world.browser().get(path).await;
            assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{path}");
        }
        assert_eq!(world.browser().get("/dev/mail").await.status, 404);
    }

    async fn pages_that_need_a_session_lead_to_sign_in_however_they_are_spelled(world: World) {
        let ada = world.register("ada@example.org").await;
        for path in [
            "/account", "/account/", "/account/profile", "/account/password", "/account/none", "//account", "/account//profile",
            "/%61ccount", "/account%2Fprofile", "/./account", "/x/../account", "/ACCOUNT", "/account;x", "/account?a=b", "/account%00",
        ] {
            let answer = world.browser().get(path).await;
            assert!(matches!(answer.status, 303 | 404 | 400), "{path}: {}", answer.status);
            if answer.status == 303 {
                assert!(answer.location().starts_with("/sign-in"), "{path}: {}", answer.location());
            }
            assert!(!answer.body.contains(&ada.email));
        }
    }

    async fn the_development_mailbox_is_open_to_this_machine_alone(world: World) {
        world.register("ada@example.org").await;
        assert_eq!(world.browser().get("/dev/mail").await.status, 200);
        for (name, value) in [
            ("host", "evil.example"), ("host", "10.0.0.1:3000"), ("x-forwarded-for", "127.0.0.1"), ("forwarded", "for=127.0.0.1"),
            ("via", "1.1 proxy"), ("x-real-ip", "127.0.0.1"),
        ] {
            let request = Request::get("/dev/mail").header(name, value).body(Body::empty()).unwrap();
            assert_eq!(send(&world.node.router, request).await.status, 404, "{name}: {value}");
        }
    }
}
