//! Headers as they come: other apps write cookies of their own, and nobody promised ASCII.

use crate::browser::{SESSION, send};
use crate::caller::ME;
use crate::each_database;
use crate::forward_auth::{PAGE, ada, asks, guarded, lets_in, question};
use crate::person::{PASSWORD, is_signed_in, sign_in};
use crate::world::World;
use axum::body::Body;
use http::{HeaderValue, Request, header};

fn bytes(value: &[u8]) -> HeaderValue {
    HeaderValue::from_bytes(value).unwrap()
}

each_database! {
    async fn a_cookie_of_another_app_signs_nobody_out(world: World) {
        let world = guarded(world).await;
        let (mut ada, mut app) = ada(&world).await;
        // Sorted before and behind ours.
        for name in ["A-name", "name"] {
            ada.browser.plant_as(name, Some("Müller"));
            app.plant_as(name, Some("Müller"));
        }
        assert!(is_signed_in(&mut ada.browser).await);
        lets_in(&asks(&mut app, PAGE).await);
        let session = format!("{SESSION}={}", ada.browser.session());
        for beside in [&b"name=M\xfcller"[..], b"\xff", b"\xc3=\xa9"] {
            for line in [[beside, b"; ", session.as_bytes()].concat(), [session.as_bytes(), b"; ", beside].concat()] {
                let page = Request::get("/account").header(header::COOKIE, bytes(&line)).body(Body::empty()).unwrap();
                assert_eq!(send(&world.node.router, page).await.status, 200, "{}", line.escape_ascii());
                let me = Request::get(ME).header(header::COOKIE, bytes(&line)).body(Body::empty()).unwrap();
                assert_eq!(send(&world.node.router, me).await.status, 200, "{}", line.escape_ascii());
            }
        }
        // The browser is known, its language is, and what it begins goes on.
        ada.browser.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
        ada.browser.submit("/form/choose-language", &[("language", "de")]).await;
        ada.browser.get("/sign-in").await.shows("lang=\"de\"");
        let before = world.number("SELECT COUNT(*) FROM devices").await;
        sign_in(&mut ada.browser, "ada@example.org", PASSWORD).await.leads_to("/account");
        assert_eq!(world.number("SELECT COUNT(*) FROM devices").await, before);
    }

    async fn one_odd_byte_hides_no_header(world: World) {
        let world = guarded(world).await;
        let router = &world.node.router;
        let page = |name: &'static str, value: &[u8]| Request::get("/sign-in").header(name, bytes(value)).body(Body::empty()).unwrap();
        send(router, page("accept-language", b"\xff, de-DE;q=0.9, m\xfc;q=0.8")).await.shows("lang=\"de\"");
        send(router, page("accept-language", b"fr, \xc3\xa9;q=0.9, de;q=0.1")).await.shows("lang=\"de\"");

        let missing = |name: &'static str, value: &[u8]| Request::post("/no-such-page").header("origin", "https://evil.example").header(name, bytes(value)).body(Body::empty()).unwrap();
        send(router, missing("accept", b"application/json, x/\xff")).await.is(403, "forbidden");

        let mut browser = world.browser();
        world.register("eve@example.org").await;
        let mut request = browser.posting("/form/sign-in", &[("identifier", "eve@example.org"), ("password", PASSWORD)], "text/html");
        request.headers_mut().insert(header::USER_AGENT, bytes(b"M\xc3\xbcllers \x80Browser/1.0 \xe2\x80\xaeevil"));
        browser.send(request).await.leads_to("/account");
        let devices = world.texts("SELECT user_agent FROM sessions").await;
        assert!(devices.contains(&"Mllers Browser/1.0 evil".to_owned()), "{devices:?}");

        let me = |value: &[u8]| Request::get(ME).header(header::AUTHORIZATION, bytes(value)).body(Body::empty()).unwrap();
        send(router, me(b"Negotiate \xff\xfe")).await.is(401, "credential_missing");
        send(router, me(b"Bearer \xff\xfe")).await.is(401, "invalid_token");
        send(router, me(b"\xff")).await.is(401, "invalid_token");
        let token = |value: &[u8]| Request::post("/api/v1/token").header(header::AUTHORIZATION, bytes(value)).body(Body::empty()).unwrap();
        send(router, token(b"Basic \xff")).await.is(400, "malformed");
        let mut twice = token(b"Basic ZXZlQGV4YW1wbGUub3JnOng=");
        twice.headers_mut().append(header::AUTHORIZATION, bytes(b"Basic eDp4"));
        send(router, twice).await.is(400, "malformed");
    }

    async fn a_proxy_s_odd_bytes_hide_nothing_either(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        let mut raw = question("GET", "https://app.example.org/notes", "");
        raw.headers_mut().insert("x-forwarded-uri", bytes(b"/notes?name=M\xc3\xbcller"));
        lets_in(&app.send(raw).await);
        let mut raw = question("GET", "https://app.example.org/notes", "");
        raw.headers_mut().insert("x-forwarded-uri", bytes(b"/n\xc3\xb6tes"));
        assert_eq!(app.send(raw).await.status, 403, "servers read such a path in more than one way");
        // Whoever is asked for a script gets no page, however the rest of what is accepted is
        // written.
        let mut script = question("GET", "https://app.example.org/notes", "?mode=redirect");
        script.headers_mut().insert("accept", bytes(b"application/json, x/\xff"));
        assert_eq!(world.browser().send(script).await.status, 401);
        let mut script = question("GET", "https://app.example.org/notes", "?mode=redirect");
        script.headers_mut().insert("x-requested-with", bytes(b"\xff"));
        assert_eq!(world.browser().send(script).await.status, 401);
    }
}
