//! Requests whose senders leave before the answer: what was begun is carried through, and nothing
//! is given to nobody.

use crate::browser::Browser;
use crate::each_database;
use crate::limits::{ADA, MINUTE, from, guess, limited, try_at, wait};
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in, token_of};
use crate::second_factor::{code, protected};
use crate::world::{World, eventually};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::post;
use doorward::domain::limits::{self, Door};
use doorward::request::under_way::{UnderWay, carried_through};
use doorward::run::router::in_layers;
use http::{Request, header};
use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tower::ServiceExt;

const SIGN_IN: &str = "/form/sign-in";
/// Long enough to leave in the middle of it.
const SLOW: [(&str, &str); 2] = [("DOORWARD__PASSWORD__ITERATIONS", "5"), ("DOORWARD__PASSWORD__MEMORY_KIB", "65536")];

/// Sends a form as the browser's script does and closes the connection as soon as `begun`; then
/// what was begun comes to its end.
async fn leave_once(
    world: &World,
    browser: &Browser,
    path: &str,
    fields: &[(&str, &str)],
    begun: impl AsyncFn() -> bool,
) {
    let mut request = browser.posting(path, fields, "application/json");
    let cookies = ["__Host-doorward", "__Host-doorward-device", "__Host-doorward-pending"];
    let cookies = cookies.iter().filter_map(|name| browser.holds(name).map(|value| format!("{name}={value}")));
    let cookies: Vec<String> = cookies.collect();
    if !cookies.is_empty() {
        request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
    }
    let headers = request.headers_mut();
    headers.insert(header::HOST, "localhost:3000".parse().unwrap());
    headers.insert(header::USER_AGENT, browser.user_agent.parse().unwrap());
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(browser.address, 50_000)));
    let answered = world.node.router.clone().oneshot(request);
    tokio::select! {
        // First, so that it has come.
        biased;
        answer = answered => panic!("answered before it was left: {:?}", answer.unwrap().status()),
        () = eventually("it has begun", begun) => {}
    }
    world.app().under_way.all_done().await;
}

/// [`leave_once`] while a password is hashed.
async fn leave_while_hashing(world: &World, browser: &Browser, path: &str, fields: &[(&str, &str)]) {
    let hashing = async || world.number("SELECT COALESCE(MAX(under_way), 0) FROM limit_counters").await > 0;
    leave_once(world, browser, path, fields, hashing).await;
}

/// [`leave_once`] as soon as it has come.
async fn leave_at_once(world: &World, browser: &Browser, path: &str, fields: &[(&str, &str)]) {
    leave_once(world, browser, path, fields, async || true).await;
}

async fn panics() -> &'static str {
    panic!("on purpose")
}

fn somewhere(number: usize) -> IpAddr {
    format!("203.0.113.{}", 1 + number).parse().unwrap()
}

each_database! {
    async fn a_right_password_whose_sender_leaves_is_not_counted_and_starts_no_session_that_nobody_holds(world: World) {
        let world = limited(world, &SLOW).await;
        world.register(ADA).await;
        let sessions = world.number("SELECT COUNT(*) FROM sessions").await;
        for number in 0..6 {
            let browser = world.browser().at_address(somewhere(number));
            leave_while_hashing(&world, &browser, SIGN_IN, &[("identifier", ADA), ("password", PASSWORD)]).await;
        }
        assert_eq!(world.number("SELECT MAX(failures + under_way + under_way_before) FROM limit_counters WHERE kind IN ('name', 'account', 'network')").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions").await, sessions);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'sign_in_failed'").await, 0);
        try_at(&mut from(&world, "198.51.100.1"), ADA, PASSWORD).await.goes_to("/account");
    }

    async fn nothing_is_gained_by_hanging_up(world: World) {
        let world = limited(world, &SLOW).await;
        world.register(ADA).await;
        for number in 0..5 {
            let browser = world.browser().at_address(somewhere(number));
            leave_while_hashing(&world, &browser, SIGN_IN, &[("identifier", ADA), ("password", NEW_PASSWORD)]).await;
        }
        assert_eq!(wait(&guess(&world, "198.51.100.1", ADA).await), Some(1));
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'sign_in_failed'").await, 5, "its owner reads of each");
    }

    async fn a_try_that_nobody_settles_counts_at_first_and_runs_out_within_a_minute(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        let account = Some(world.newest_account().await);
        // As a server leaves them that is killed while it hashes.
        let unsettled = async || drop(limits::before_password(&world.app().db, Door::SignIn, ADA, account).await.unwrap());
        for half in [0, 1, 5, 20, 29] {
            world.advance(Duration::from_secs(half));
            unsettled().await;
        }
        assert!(wait(&guess(&world, "198.51.100.1", ADA).await).is_some(), "of fifty at once five are looked at");
        world.advance(MINUTE);
        for _ in 0..4 {
            guess(&world, "198.51.100.1", ADA).await.is(401, "wrong_credentials");
        }
        try_at(&mut from(&world, "198.51.100.2"), ADA, PASSWORD).await.goes_to("/account");
        // What is wrong counts on, and begins no other wait when one of these runs out beside it.
        for _ in 0..2 {
            guess(&world, "198.51.100.1", ADA).await;
        }
        world.advance(2 * MINUTE);
        unsettled().await;
        assert!(wait(&guess(&world, "198.51.100.1", ADA).await).is_some());
        world.advance(MINUTE);
        try_at(&mut from(&world, "198.51.100.2"), ADA, PASSWORD).await.goes_to("/account");
        assert_eq!(world.number("SELECT MAX(failures) FROM limit_counters WHERE kind = 'name'").await, 5);
    }

    async fn a_network_is_rid_of_unsettled_tries_as_well_though_others_go_on_there(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "4")]).await;
        world.register(ADA).await;
        for number in 0..4 {
            // Outside a request they all come from one unknown network.
            let name = format!("name{number}@example.org");
            drop(limits::before_password(&world.app().db, Door::SignIn, &name, None).await.unwrap());
        }
        let another = async |name: &str| limits::before_password(&world.app().db, Door::SignIn, name, None).await.is_ok();
        assert!(!another("one-more@example.org").await);
        world.advance(Duration::from_secs(31));
        assert!(!another("one-more@example.org").await);
        world.advance(Duration::from_secs(30));
        for number in 0..4 {
            assert!(another(&format!("another{number}@example.org")).await);
        }
        assert!(!another("one-more@example.org").await, "and no more than that");
    }

    async fn of_two_presses_the_second_has_the_link(world: World) {
        let world = limited(world, &SLOW).await;
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", ADA)]).await.leads_to("/register?sent");
        let token = token_of(&world.mailed_link(ADA, "/verify-email").await);
        let fields = [("token", token.as_str()), ("new_password", PASSWORD)];
        leave_at_once(&world, &browser, "/form/create-account", &fields).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 0);
        browser.submit("/form/create-account", &fields).await.leads_to("/account");
        let token = world.forgot_password(ADA).await;
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
        leave_at_once(&world, &browser, "/form/reset-password", &fields).await;
        browser.submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
    }

    async fn of_two_presses_the_second_agrees_to_be_the_address(world: World) {
        let new = "ada@example.com";
        let mut ada = world.register(ADA).await.browser;
        ada.submit("/form/change-email", &[("email", new)]).await;
        let token = token_of(&world.mailed_link(new, "/verify-email").await);
        leave_at_once(&world, &ada, "/form/confirm-email", &[("token", &token)]).await;
        assert_eq!(world.texts("SELECT email FROM accounts").await, [ADA], "nothing was done for nobody");
        ada.submit("/form/confirm-email", &[("token", &token)]).await.leads_to("/account/profile?email-changed");
        assert_eq!(world.texts("SELECT email FROM accounts").await, [new]);
    }

    async fn of_two_presses_the_second_has_the_code_and_the_sign_in_that_waits(world: World) {
        let (_, key, _) = protected(&world, ADA).await;
        world.advance(MINUTE);
        let mut browser = world.browser();
        sign_in(&mut browser, ADA, PASSWORD).await.leads_to("/sign-in/second-factor");
        let code = code(&world, &key);
        leave_at_once(&world, &browser, "/form/second-factor", &[("code", &code)]).await;
        browser.submit("/form/second-factor", &[("code", &code)]).await.leads_to("/account");
    }

    async fn of_two_presses_the_second_changes_the_password_and_keeps_the_session(world: World) {
        let world = limited(world, &SLOW).await;
        let mut ada = world.register(ADA).await.browser;
        let fields = [("password", PASSWORD), ("new_password", NEW_PASSWORD)];
        leave_while_hashing(&world, &ada, "/form/change-password", &fields).await;
        assert!(is_signed_in(&mut ada).await, "nobody has another cookie of it");
        ada.submit("/form/change-password", &fields).await.leads_to("/account/password?changed");
        assert!(is_signed_in(&mut ada).await);
    }

    async fn what_takes_access_away_is_done_whether_or_not_its_sender_waits_for_it(world: World) {
        let ada = world.register(ADA).await;
        let mut other = ada.signed_in().await;
        leave_at_once(&world, &ada.browser, "/form/end-other-sessions", &[]).await;
        assert!(!is_signed_in(&mut other).await);
        let mut browser = ada.browser.clone();
        assert!(is_signed_in(&mut browser).await);
        leave_at_once(&world, &browser, "/form/sign-out", &[]).await;
        assert!(!is_signed_in(&mut browser).await);
    }

    async fn a_panic_is_answered_and_a_request_whose_body_never_comes_begins_nothing(world: World) {
        let (under_way, begun) = (UnderWay::default(), Arc::new(AtomicUsize::new(0)));
        let counted = begun.clone();
        let people = Router::new().route("/panic", post(panics)).route(
            "/count",
            post(async move |_: String| counted.fetch_add(1, Ordering::SeqCst).to_string()),
        );
        let router = in_layers(world.app(), carried_through(people, &under_way), Router::new()).unwrap();
        let ask = async |path: &str, body: Body| {
            let mut request = Request::post(path).header(header::HOST, "localhost:3000").body(body).unwrap();
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
            router.clone().oneshot(request).await.unwrap().status().as_u16()
        };
        assert_eq!(ask("/panic", Body::empty()).await, 500);
        assert_eq!(ask("/count", Body::from("whole")).await, 200);
        let too_long = futures_util::stream::iter((0..40).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024])));
        assert_eq!(ask("/count", Body::from_stream(too_long)).await, 413);
        let never = futures_util::stream::once(pending::<Result<Vec<u8>, std::io::Error>>());
        let stalled = tokio::time::timeout(Duration::from_millis(50), ask("/count", Body::from_stream(never))).await;
        assert!(stalled.is_err());
        under_way.all_done().await;
        assert_eq!(begun.load(Ordering::SeqCst), 1);
    }
}
