//! `GET /auth/forward` as proxies ask it, and the way to an app's host and back.

use crate::browser::{Answer, Browser, CHROME, send};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, Person, change_password, is_signed_in};
use crate::program::run_beside;
use crate::world::World;
use axum::body::Body;
use doorward::base::clock::{Clock, SystemClock};
use http::{Request, StatusCode};
use std::time::Duration;

pub const RULES: &str = r#"
[server]
trusted_proxies = ["127.0.0.1"]

[forward_auth]
enabled = true

[[forward_auth.rules]]
hosts = ["app.example.org"]
paths = ["/public"]
methods = ["GET"]
require = "nothing"

[[forward_auth.rules]]
hosts = ["app.example.org"]
paths = ["/secret"]
require = "second_factor"

[[forward_auth.rules]]
hosts = ["app.example.org"]
paths = ["/staff"]
groups = ["staff", "admins"]
require = "session"

[[forward_auth.rules]]
hosts = ["app.example.org"]
paths = ["/staff", "/closed"]
require = "denied"

[[forward_auth.rules]]
hosts = ["app.example.org", "localhost:3000", "app.localhost"]
require = "session"

[[forward_auth.rules]]
hosts = ["wiki.example.org"]
require = "session"

[[forward_auth.rules]]
paths = ["/near"]
networks = ["10.1.0.0/16", "2001:db8::/32"]
require = "nothing"

[[forward_auth.rules]]
paths = ["/anywhere"]
require = "session"

[[forward_auth.rules]]
paths = ["/here"]
networks = ["127.0.0.0/8"]
require = "nothing"
"#;
pub const APP: &str = "__Host-doorward-app";
pub const START: &str = "__Host-doorward-start";
pub const PAGE: &str = "https://app.example.org/notes?page=2&q=a%20b";
pub const PUBLIC: &str = "http://localhost:3000";
pub const EMAIL: &str = "ada@example.org";

pub async fn guarded(world: World) -> World {
    world.with_file(RULES, &[]).await
}

/// What a proxy asks when a browser opens `url`.
pub fn question(method: &str, url: &str, mode: &str) -> Request<Body> {
    let (proto, rest) = url.split_once("://").unwrap();
    let at = rest.find('/').unwrap();
    Request::get(format!("/auth/forward{mode}"))
        .header("x-forwarded-method", method)
        .header("x-forwarded-proto", proto)
        .header("x-forwarded-host", &rest[..at])
        .header("x-forwarded-uri", &rest[at..])
        .header("x-forwarded-for", "127.0.0.1")
        .header("accept", "text/html,*/*;q=0.8")
        .body(Body::empty())
        .unwrap()
}

/// nginx: a status alone.
pub async fn asks(app: &mut Browser, url: &str) -> Answer {
    app.send(question("GET", url, "")).await
}

/// Caddy, Traefik, HAProxy: the browser gets the answer.
pub async fn opens(app: &mut Browser, url: &str) -> Answer {
    app.send(question("GET", url, "?mode=redirect")).await
}

/// The sign-in page that it is led to, as a path.
#[track_caller]
pub fn away(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{}", answer.in_full());
    let path = answer.header("location").strip_prefix(PUBLIC).unwrap().to_owned();
    assert!(path.starts_with("/sign-in?then=/auth/hand-over%3F"), "{path}");
    path
}

/// Where the sign-in page leads afterwards.
pub fn then_of(path: &str) -> String {
    let (_, query) = path.split_once('?').unwrap();
    url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "then").unwrap().1.into_owned()
}

/// Where the page that leaves for an app leads.
#[track_caller]
pub fn onward(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.in_full());
    let (_, rest) = answer.body.split_once("content=\"0; url=").unwrap_or_else(|| panic!("{}", answer.in_full()));
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

/// Goes to an app with a browser that is signed in at `door`, up to the address with the code.
pub async fn code_for(app: &mut Browser, door: &mut Browser, url: &str) -> String {
    let sign_in = away(&opens(app, url).await);
    let answer = door.get(&sign_in).await;
    answer.leads_to(&then_of(&sign_in));
    let callback = onward(&door.get(&then_of(&sign_in)).await);
    let origin = &url[..url.find("://").unwrap() + 3 + url.split_once("://").unwrap().1.find('/').unwrap()];
    assert!(callback.starts_with(&format!("{origin}/.doorward/callback?code=")), "{callback}");
    callback
}

/// A browser at the host of `url`, let in there by the session of `door`.
pub async fn enter(world: &World, door: &mut Browser, url: &str) -> Browser {
    let mut app = world.browser();
    let callback = code_for(&mut app, door, url).await;
    let back = opens(&mut app, &callback).await;
    assert_eq!((back.status, back.header("location")), (302, url), "{}", back.in_full());
    app
}

/// Ada, and her browser at the app.
pub async fn ada(world: &World) -> (Person, Browser) {
    let mut ada = world.register(EMAIL).await;
    let app = enter(world, &mut ada.browser, PAGE).await;
    (ada, app)
}

#[track_caller]
pub fn lets_in(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.in_full());
    assert!(!answer.header("remote-id").is_empty(), "{}", answer.in_full());
}

each_database! {
    async fn what_no_rule_matches_or_one_denies_is_denied_to_everybody(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        for url in ["https://other.example.org/", "https://app.example.org/closed", "https://app.example.org/closed/x", "https://app.example.org/staff"] {
            assert_eq!(asks(&mut app, url).await.status, 403, "{url}");
            let page = opens(&mut app, url).await;
            page.shows("No entry");
            assert_eq!(page.body.contains("href=\"/.doorward/sign-out\""), url.starts_with("https://app."), "{url}: who is known can leave");
            assert_eq!(page.status, 403);
        }
        let mut stranger = world.browser();
        for (url, status) in [("https://other.example.org/", 403), ("https://app.example.org/closed", 403), ("https://app.example.org/staff", 401), ("https://app.example.org/closedx", 401)] {
            assert_eq!(asks(&mut stranger, url).await.status, status, "{url}");
        }
    }

    async fn a_rule_that_asks_for_nothing_lets_strangers_through_with_empty_headers(world: World) {
        let world = guarded(world).await;
        let answer = asks(&mut world.browser(), "https://app.example.org/public/x").await;
        assert_eq!(answer.status, 200);
        for name in ["remote-id", "remote-user", "remote-email", "remote-email-verified", "remote-name", "remote-groups"] {
            assert_eq!(answer.headers.get(name).map(|value| value.as_bytes()), Some(&b""[..]), "{name}");
        }
        let (_, mut app) = ada(&world).await;
        lets_in(&asks(&mut app, "https://app.example.org/public/x").await);
        let mut posting = world.browser();
        assert_eq!(posting.send(question("POST", "https://app.example.org/public/x", "")).await.status, 401, "only GET is public");
    }

    async fn whoever_is_no_trusted_proxy_is_refused_whatever_they_send(world: World) {
        let world = guarded(world).await;
        let (_, app) = ada(&world).await;
        for (url, mode) in [(PAGE, ""), (PAGE, "?mode=redirect"), ("https://app.example.org/public", "")] {
            let mut stranger = app.clone();
            stranger.address = "203.0.113.7".parse().unwrap();
            let mut request = question("GET", url, mode);
            request.headers_mut().insert("remote-user", "admin".parse().unwrap());
            let answer = stranger.send(request).await;
            assert_eq!((answer.status, answer.header("remote-user"), answer.header("location")), (403, "", ""), "{mode}");
        }
        let mut app = app;
        let mut request = question("GET", PAGE, "");
        request.headers_mut().insert("remote-user", "admin".parse().unwrap());
        let answer = app.send(request).await;
        lets_in(&answer);
        assert_ne!(answer.header("remote-user"), "admin");
    }

    async fn a_request_that_is_not_described_as_it_must_be_is_refused(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        for name in ["x-forwarded-method", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-uri"] {
            let mut missing = question("GET", PAGE, "");
            missing.headers_mut().remove(name);
            assert_eq!(app.send(missing).await.status, 403, "without {name}");
            let mut doubled = question("GET", PAGE, "");
            let value = doubled.headers()[name].clone();
            doubled.headers_mut().append(http::HeaderName::from_static(name), value);
            assert_eq!(app.send(doubled).await.status, 403, "{name} twice");
        }
        let nginx = Request::get("/auth/forward").header("x-original-url", PAGE).header("x-original-method", "GET");
        lets_in(&app.send(nginx.body(Body::empty()).unwrap()).await);
        let smuggled = Request::get("/auth/forward").header("x-original-url", "https://app.example.org/closed").header("x-original-method", "GET").header("x-forwarded-uri", "/public");
        assert_eq!(app.send(smuggled.body(Body::empty()).unwrap()).await.status, 403);
        let mut smuggled = question("GET", "https://app.example.org/closed", "");
        smuggled.headers_mut().insert("x-original-url", "https://app.example.org/public".parse().unwrap());
        assert_eq!(app.send(smuggled).await.status, 403);
        let post = Request::post("/auth/forward").body(Body::empty()).unwrap();
        assert_eq!(app.send(post).await.status, 405);
    }

    async fn a_path_that_servers_read_differently_is_denied(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        for path in ["/public/../closed", "/public/%2e%2e/closed", "/public/..%2fclosed", "//closed", "/public//x", "/public/..;/closed", "/public/%252e%252e/closed", "/public\\..\\closed", "/public/.", "/public%00"] {
            let url = format!("https://app.example.org{path}");
            for answer in [asks(&mut app, &url).await, opens(&mut app, &url).await, asks(&mut world.browser(), &url).await] {
                assert_eq!(answer.status, 403, "{path}");
            }
        }
        for path in ["/%63losed", "/%63%6Cosed", "/clo%73ed/", "/closed?x=/../public"] {
            assert_eq!(asks(&mut app, &format!("https://app.example.org{path}")).await.status, 403, "{path} is /closed");
        }
        assert_eq!(asks(&mut world.browser(), "https://app.example.org/%70ublic/?x=..%2f").await.status, 200);
    }

    async fn networks_are_those_of_the_client_and_an_unknown_one_is_none(world: World) {
        let world = guarded(world).await;
        let ask = async |path: &str, address: Option<&str>| {
            let mut request = question("GET", &format!("https://any.example.org{path}"), "");
            request.headers_mut().remove("x-forwarded-for");
            if let Some(address) = address {
                request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
            }
            world.browser().send(request).await.status
        };
        for (address, status) in [(Some("10.1.2.3"), 200), (Some("2001:db8::7"), 200), (Some("::ffff:10.1.2.3"), 200), (Some("10.2.0.1"), 403), (Some("10.1.2.3, 10.2.0.1"), 403), (None, 403)] {
            assert_eq!(ask("/near", address).await, status, "{address:?}");
        }
        for (address, status) in [(Some("127.0.0.1"), 200), (Some("unknown"), 403), (Some(""), 403), (Some("10.1.2.3, unknown"), 403), (None, 403)] {
            assert_eq!(ask("/here", address).await, status, "{address:?}: the proxy's own address is nobody's");
        }
    }

    async fn a_proxy_that_names_no_client_makes_nobody_come_from_elsewhere(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        for address in [None, Some("unknown")] {
            let mut request = question("GET", PAGE, "");
            request.headers_mut().remove("x-forwarded-for");
            if let Some(address) = address {
                request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
            }
            app.address = "127.0.0.1".parse().unwrap();
            lets_in(&app.send(request).await);
        }
        let mut moved = question("GET", PAGE, "");
        moved.headers_mut().insert("x-forwarded-for", "198.51.100.7".parse().unwrap());
        lets_in(&app.send(moved).await);
        let changes = world.audit_kinds().await.into_iter().filter(|kind| kind == "session_changed").count();
        assert_eq!(changes, 1, "the move is noted, the silence is not");
    }

    async fn a_session_that_is_over_is_over_at_the_app_at_once(world: World) {
        let world = guarded(world).await;
        world.advance(SystemClock.now().since(world.clock.now()));
        let (mut ada, mut app) = ada(&world).await;
        ada.browser.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
        assert_eq!(asks(&mut app, PAGE).await.status, 401, "signed out");
        away(&opens(&mut app, PAGE).await);

        let mut door = ada.signed_in().await;
        let mut app = enter(&world, &mut door, PAGE).await;
        run_beside(&world, &["session", "end", "--all"]).await.with(0);
        assert_eq!(asks(&mut app, PAGE).await.status, 401, "ended by the operator");

        let mut door = ada.signed_in().await;
        let mut app = enter(&world, &mut door, PAGE).await;
        let now = world.clock.now().0;
        for column in ["disabled_at", "frozen_at"] {
            world.change(&format!("UPDATE accounts SET {column} = {now}")).await;
            assert_eq!(asks(&mut app, PAGE).await.status, 401, "{column}");
            world.change(&format!("UPDATE accounts SET {column} = NULL")).await;
            lets_in(&asks(&mut app, PAGE).await);
        }
        let mut other = ada.signed_in().await;
        change_password(&mut other, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert_eq!(asks(&mut app, PAGE).await.status, 401, "the password was changed elsewhere");
    }

    async fn using_an_app_is_using_the_session(world: World) {
        let world = guarded(world).await;
        let (mut ada, mut app) = ada(&world).await;
        for _ in 0..4 {
            world.advance(Duration::from_secs(40 * 60));
            lets_in(&asks(&mut app, PAGE).await);
        }
        assert!(is_signed_in(&mut ada.browser).await, "it was in use all the time");
        world.advance(Duration::from_secs(3601));
        assert_eq!(asks(&mut app, PAGE).await.status, 401);
        world.advance(Duration::from_secs(24 * 3600));
        assert_eq!(asks(&mut app, PAGE).await.status, 401);
    }

    async fn the_door_s_own_cookie_counts_at_the_door_s_own_host_alone(world: World) {
        let world = guarded(world).await;
        let (ada, app) = ada(&world).await;
        let mut door = ada.browser.clone();
        lets_in(&asks(&mut door, "http://localhost:3000/files").await);
        assert_eq!(asks(&mut door, PAGE).await.status, 401);
        assert_eq!(asks(&mut app.clone(), "http://localhost:3000/files").await.status, 401);
        let mut planted = world.browser();
        planted.plant_as(APP, Some(&door.session()));
        assert_eq!(asks(&mut planted, PAGE).await.status, 401);
        let mut planted = world.browser();
        planted.plant(&app.holds(APP).unwrap());
        assert!(!is_signed_in(&mut planted).await);
        let mut stranger = world.browser();
        let sign_in_page = away(&opens(&mut stranger, "http://localhost:3000/files?a=1").await);
        assert_eq!(stranger.holds(START), None);
        let then = then_of(&sign_in_page);
        door.get(&then).await.leads_to("/files?a=1");
    }

    async fn somebody_with_another_browser_s_cookie_is_let_in_nowhere(world: World) {
        let world = guarded(world).await;
        let (_, app) = ada(&world).await;
        let mut stolen = app.taken_to(CHROME);
        assert_eq!(asks(&mut stolen, PAGE).await.status, 401, "another browser, and nobody confirmed it");
        let twice = format!("{APP}={0}; {APP}={0}", app.holds(APP).unwrap());
        let mut request = question("GET", PAGE, "");
        request.headers_mut().insert("cookie", twice.parse().unwrap());
        assert_eq!(send(&world.node.router, request).await.status, 401, "a cookie sent twice");
    }

    async fn a_policy_that_asks_for_more_ends_it_at_apps_too(world: World) {
        let world = guarded(world).await;
        let (_, app) = ada(&world).await;
        let world = world.with_file(RULES, &[("DOORWARD__SECOND_FACTOR__POLICY", "everyone")]).await;
        let mut app = app.at(&world.node.router);
        assert_eq!(asks(&mut app, PAGE).await.status, 401);
        assert_eq!(world.texts("SELECT end_reason FROM sessions").await, ["second_factor_required"]);
    }

    async fn members_of_a_group_get_where_others_do_not_from_their_next_request(world: World) {
        const STAFF: &str = "https://app.example.org/staff/plan";
        let world = guarded(world).await;
        world.advance(SystemClock.now().since(world.clock.now()));
        let (_, mut app) = ada(&world).await;
        assert_eq!(asks(&mut app, STAFF).await.status, 403);
        for group in ["staff", "readers"] {
            run_beside(&world, &["group", "add", group, EMAIL]).await.with(0);
        }
        let answer = asks(&mut app, STAFF).await;
        lets_in(&answer);
        assert_eq!(answer.header("remote-groups"), "readers,staff");
        run_beside(&world, &["group", "remove", "staff", EMAIL]).await.with(0);
        assert_eq!(asks(&mut app, STAFF).await.status, 403);
        assert_eq!(asks(&mut app, PAGE).await.header("remote-groups"), "readers");
    }

    async fn a_name_in_any_script_travels_safely(world: World) {
        let world = guarded(world).await;
        let (mut ada, mut app) = ada(&world).await;
        ada.browser.submit("/form/save-profile", &[("display_name", "Zoë 100%"), ("username", "zoe")]).await;
        let answer = asks(&mut app, PAGE).await;
        assert_eq!(answer.header("remote-name"), "Zo%C3%AB 100%25");
        assert_eq!(answer.header("remote-user"), "zoe");
    }

    async fn without_the_database_nobody_is_let_through(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        world.app().db.close().await;
        for answer in [asks(&mut app, PAGE).await, opens(&mut app, PAGE).await] {
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        }
    }

    async fn where_it_is_not_enabled_there_is_nothing_to_ask(world: World) {
        let mut browser = world.browser();
        assert_eq!(browser.send(question("GET", PAGE, "")).await.status, 404);
        let ada = world.register(EMAIL).await;
        let mut door = ada.browser.clone();
        assert_eq!(door.get("/auth/hand-over?to=AAAA").await.status, 404);
    }
}
