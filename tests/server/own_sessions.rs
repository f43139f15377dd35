//! The page of one's own sessions: what it shows, and that nobody ends or names another's.

use crate::browser::{Answer, Browser, CHROME};
use crate::each_database;
use crate::person::{Person, is_signed_in};
use crate::world::World;
use doorward::domain::accounts::AccountId;
use doorward::domain::sessions::list;
use http::Request;
use std::time::Duration;

const PAGE: &str = "/account/sessions";
const MINUTE: Duration = Duration::from_secs(60);

/// The handle of the session started last.
async fn newest(world: &World) -> String {
    let mut handles = handles(world).await;
    handles.pop().unwrap()
}

/// Of every live session, oldest first.
async fn handles(world: &World) -> Vec<String> {
    let ids: Vec<AccountId> = match world.app().db.pools() {
        doorward::base::db::Pools::Sqlite { writer, .. } => {
            sqlx::query_scalar("SELECT id FROM accounts").fetch_all(writer).await.unwrap()
        }
        doorward::base::db::Pools::Postgres(pool) => {
            sqlx::query_scalar("SELECT id FROM accounts").fetch_all(pool).await.unwrap()
        }
    };
    let mut all = Vec::new();
    for id in ids {
        for listed in list::of_account(&world.app().db, id, world.app().clock.now()).await.unwrap() {
            all.push((listed.session.started_at, listed.session.handle.0.to_string()));
        }
    }
    all.sort_unstable();
    all.into_iter().map(|(_, handle)| handle).collect()
}

/// Another browser, signed in a second later.
async fn later(world: &World, ada: &Person) -> Browser {
    world.advance(Duration::from_secs(1));
    ada.signed_in().await
}

async fn end(browser: &mut Browser, handle: &str) -> Answer {
    browser.get(PAGE).await;
    browser.submit("/form/end-session", &[("session", handle)]).await
}

/// What an open page asks by itself.
async fn state(browser: &mut Browser) -> Answer {
    let request =
        Request::get("/account/state?version").header("doorward-watching", "1").header("accept", "application/json");
    browser.send(request.body(axum::body::Body::empty()).unwrap()).await
}

fn left(answer: &Answer) -> i64 {
    let state: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    state["left"].as_i64().unwrap()
}

each_database! {
    async fn each_place_is_shown_with_device_address_method_and_times_and_this_one_is_marked(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut laptop = ada.signed_in().await;
        let mut phone = ada.browser.another().taken_to(CHROME);
        phone.address = "192.0.2.7".parse().unwrap();
        crate::person::sign_in(&mut phone, &ada.email, &ada.password).await.leads_to("/account");
        let page = laptop.get(PAGE).await;
        page.shows("Chrome on Windows").shows("192.0.2.7").shows("Active now").shows("in 1 hour").shows("You are signed in at 2 other places");
        let (here, rest) = page.body.split_once("Everywhere else").unwrap();
        assert!(here.contains("Firefox on Linux") && here.contains("This device") && !here.contains("Chrome"), "{here}");
        assert_eq!(rest.matches(">End session<").count(), 2, "one a row");
        for secret in [laptop.session(), phone.session()] {
            assert!(!page.body.contains(&secret));
        }
    }

    async fn a_place_is_told_where_the_operator_has_a_file_of_them(world: World) {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/places.mmdb");
        let world = world.with(&[("DOORWARD__SESSION__PLACE_FILE", file)]).await;
        let mut ada = world.register("ada@example.org").await.browser;
        ada.address = "192.0.2.9".parse().unwrap();
        world.advance(2 * MINUTE);
        ada.get(PAGE).await.shows("Reykjavík, Iceland · 192.0.2.9");
    }

    async fn ending_one_is_felt_at_its_next_request_and_nowhere_else(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut here = ada.signed_in().await;
        let mut there = later(&world, &ada).await;
        let handle = newest(&world).await;
        let mut third = later(&world, &ada).await;
        end(&mut here, &handle).await.leads_to("/account/sessions?ended=1");
        assert!(!is_signed_in(&mut there).await);
        assert!(is_signed_in(&mut here).await && is_signed_in(&mut third).await);
        there.get("/account/profile").await.leads_to("/sign-in?then=/account/profile");
        there.get("/sign-in").await.shows("ended from another device");
        end(&mut here, &handle).await.leads_to("/account/sessions?ended=0");
        let ends = world.texts("SELECT details FROM audit_entries WHERE kind = 'session_ended'").await;
        assert!(ends.len() == 1 && ends[0].contains("ended_by_owner") && ends[0].contains(&handle), "{ends:?}");
    }

    async fn signing_out_everywhere_else_leaves_this_one_alone(world: World) {
        let ada = world.register("ada@example.org").await;
        let eve = world.register("eve@example.org").await;
        let mut others = vec![ada.browser.clone()];
        for _ in 0..3 {
            others.push(later(&world, &ada).await);
        }
        let mut here = later(&world, &ada).await;
        here.submit("/form/end-other-sessions", &[]).await.leads_to("/account/sessions?ended=4");
        for other in &mut others {
            assert!(!is_signed_in(other).await);
        }
        assert!(is_signed_in(&mut here).await && is_signed_in(&mut eve.browser.clone()).await);
        here.get("/account/sessions?ended=4").await.shows("4 sessions are ended").shows("signed in nowhere else");
    }

    async fn ending_needs_a_recent_proof_and_what_was_to_be_ended_is_asked_again_after_it(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut there = later(&world, &ada).await;
        let handle = newest(&world).await;
        let mut here = later(&world, &ada).await;
        world.advance(11 * MINUTE);
        let confirm = format!("/confirm?then=/account/sessions%3Fend%3D{handle}");
        end(&mut here, &handle).await.leads_to(&confirm);
        here.submit("/form/end-other-sessions", &[]).await.leads_to("/confirm?then=/account/sessions%3Fend%3Dothers");
        assert!(is_signed_in(&mut there).await);
        let page = here.get(PAGE).await;
        assert!(!page.body.contains("/form/end-session") && page.body.contains("action=\"/confirm\""), "asked before the form is shown");
        let question = format!("{PAGE}?end={handle}");
        let page = here.get(&question).await;
        assert!(!page.body.contains("End this session?"), "not before the proof");
        let before = here.session();
        here.submit("/form/confirm", &[("password", &ada.password), ("then", &question)]).await.leads_to(&question);
        assert_ne!(here.session(), before);
        here.get(&question).await.shows("End this session?").shows("/form/end-session");
        end(&mut here, &handle).await.leads_to("/account/sessions?ended=1");
        assert!(!is_signed_in(&mut there).await);
    }

    async fn what_was_not_me_ends_and_leads_to_a_new_password(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut thief = later(&world, &ada).await;
        let handle = newest(&world).await;
        let mut here = later(&world, &ada).await;
        here.submit("/form/end-session", &[("session", &handle), ("not_me", "on")]).await.leads_to("/account/password?not-me");
        assert!(!is_signed_in(&mut thief).await);
        here.get("/account/password?not-me").await.shows("choose a new one now");
        assert_eq!(world.texts("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL").await, ["not_me"]);
    }

    async fn a_session_that_this_browser_forgot_is_ended_alone_and_its_device_kept(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = later(&world, &ada).await;
        let handle = newest(&world).await;
        browser.restart();
        world.advance(Duration::from_secs(1));
        crate::person::sign_in(&mut browser, &ada.email, &ada.password).await.leads_to("/account");
        let fields = [("session", handle.as_str()), ("not_me", "on")];
        browser.submit("/form/end-session", &fields).await.leads_to("/account/password?not-me");
        assert!(is_signed_in(&mut browser).await);
        assert_eq!(world.texts("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL").await, ["not_me"]);
        assert_eq!(world.number("SELECT COUNT(*) FROM devices").await, 2);
    }

    async fn the_session_that_began_just_now_is_never_the_one_too_many(world: World) {
        let world = world.with(&[("DOORWARD__SESSION__MAX_PER_USER", "2")]).await;
        let ada = world.register("ada@example.org").await;
        world.advance(5 * MINUTE);
        for _ in 0..2 {
            ada.signed_in().await;
        }
        // As on a node whose clock is behind.
        world.turn_back(2 * MINUTE);
        assert!(is_signed_in(&mut ada.signed_in().await).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, 2);
    }

    async fn nobody_ends_names_or_sees_another_persons_session(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let handle = newest(&world).await;
        let mut eve = world.register("eve@example.org").await.browser;
        end(&mut eve, &handle).await.leads_to("/account/sessions?ended=0");
        eve.call("/form/name-device", &[("session", &handle), ("device_name", "Mine")]).await.is(404, "not_found");
        assert!(!eve.get(&format!("{PAGE}?end={handle}")).await.body.contains("End this session?"));
        assert!(is_signed_in(&mut ada.browser).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM devices WHERE name IS NOT NULL").await, 0);
        for nonsense in ["", "x", "00000000-0000-0000-0000-000000000000\0", "%00"] {
            eve.call("/form/end-session", &[("session", nonsense)]).await.is(400, "bad_request");
        }
    }

    async fn a_device_keeps_its_name_from_sign_in_to_sign_in(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.browser.clone();
        let handle = newest(&world).await;
        let name = |name: &'static str| [("session", handle.clone()), ("device_name", name.to_owned())];
        for bad in ["x\u{202e}y", "a name that is far longer than anybody needs it", "line\nbreak"] {
            let fields = name(bad);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
            browser.call("/form/name-device", &fields).await.is(422, "invalid_device_name");
        }
        browser.submit("/form/name-device", &[("session", &handle), ("device_name", "Work <laptop>")]).await.leads_to("/account/sessions?named");
        browser.submit("/form/sign-out", &[]).await;
        crate::person::sign_in(&mut browser, &ada.email, &ada.password).await.leads_to("/account");
        browser.get(PAGE).await.shows("Work &lt;laptop&gt;");
        let handle = newest(&world).await;
        browser.submit("/form/name-device", &[("session", &handle), ("device_name", " ")]).await;
        assert!(!browser.get(PAGE).await.body.contains("Work"));
    }

    async fn fifty_sign_ins_at_once_at_the_limit_leave_exactly_the_limit(world: World) {
        let world = world.with(&[("DOORWARD__SESSION__MAX_PER_USER", "5"), ("DOORWARD__PASSWORD__QUEUE", "100")]).await;
        let ada = world.register("ada@example.org").await;
        for _ in 0..4 {
            later(&world, &ada).await;
        }
        let sign_ins = (0..50).map(|_| {
            let (mut browser, email, password) = (world.browser(), ada.email.clone(), ada.password.clone());
            tokio::spawn(async move { crate::person::sign_in(&mut browser, &email, &password).await.status })
        });
        for done in futures_util::future::join_all(sign_ins).await {
            assert_eq!(done.unwrap(), 303);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, 5);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE end_reason = 'too_many'").await, 50);
        ada.browser.clone().get("/account").await.leads_to("/sign-in");
        ada.browser.clone().get("/sign-in").await.shows("more places than one account may use");
    }

    async fn an_open_page_learns_of_changes_without_lengthening_the_session(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut here = ada.signed_in().await;
        let version = |answer: &Answer| serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()["version"].clone();
        let before = state(&mut here).await;
        assert!(here.get(PAGE).await.body.contains(&format!("data-version={}", version(&before))));
        assert_eq!(before.header("cache-control"), "no-store");
        let mut there = later(&world, &ada).await;
        let after = state(&mut here).await;
        assert_ne!(version(&before), version(&after));
        there.submit("/form/sign-out", &[]).await;
        assert_eq!(version(&before), version(&state(&mut here).await));
        // It asks every few minutes, and the session is idle all the same.
        for minutes in [10, 20, 30, 40, 50] {
            world.advance(10 * MINUTE);
            assert_eq!(left(&state(&mut here).await) / 60_000, 59 - minutes, "{minutes}");
        }
        here.call("/form/stay-signed-in", &[]).await;
        assert_eq!(left(&state(&mut here).await) / 60_000, 60, "a person was there");
        world.advance(61 * MINUTE);
        state(&mut here).await.is(401, "sign_in_required");
        here.get("/account/profile").await.leads_to("/sign-in?then=/account/profile");
        here.get("/sign-in?then=/account/profile").await.shows("was not used for an hour");
    }

    async fn a_shared_computer_is_reminded_idle_soon_and_never_recognised(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = world.browser();
        let fields = [("identifier", ada.email.as_str()), ("password", &ada.password), ("shared", "on"), ("remember", "on")];
        let answer = browser.submit("/form/sign-in", &fields).await;
        assert_eq!(answer.cookies.len(), 1, "no device cookie: {:?}", answer.cookies);
        assert_eq!(browser.cookie().unwrap().max_age, None, "ends with the browser, whatever else was ticked");
        browser.get("/account").await.shows("Sign out when you are done");
        assert!(browser.get(PAGE).await.shows("shared computer").body.matches("?name=").count() == 1, "the other one can be named");
        world.advance(14 * MINUTE);
        assert!(is_signed_in(&mut browser).await);
        world.advance(15 * MINUTE);
        assert!(!is_signed_in(&mut browser).await);
        browser.get("/sign-in").await.shows("not used for 15 minutes");
    }

    async fn five_hundred_sessions_are_paged_and_found(world: World) {
        let world = world.with(&[("DOORWARD__SESSION__MAX_PER_USER", "500")]).await;
        let ada = world.register("ada@example.org").await;
        let mut here = ada.signed_in().await;
        let copy = "INSERT INTO sessions (handle, session_key, account_id, method, started_at, confirmed_at, last_seen_at, idle_micros, expires_at, remembered, address, user_agent, seen_address, seen_user_agent)";
        let numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 498)";
        let (handle, key) = match world.engine() {
            crate::database::Engine::Sqlite => ("randomblob(16)", "randomblob(32)"),
            crate::database::Engine::Postgres => ("gen_random_uuid()", "decode(md5(CAST(n AS TEXT)) || md5(CAST(-n AS TEXT)), 'hex')"),
        };
        world.change(&format!("{copy} {numbers} SELECT {handle}, {key}, a.id, 'password', 1772366400000000, 0, 1772366400000000 - n, 3600000000, 1772409600000000, remembered_no, '198.51.100.' || CAST(n % 250 AS TEXT), '', '198.51.100.' || CAST(n % 250 AS TEXT), 'okhttp/4' FROM numbers, accounts a, (SELECT (1 = 0) AS remembered_no) AS x")).await;
        let page = here.get(PAGE).await;
        page.shows("499 other places").shows("Older");
        assert_eq!(page.body.matches(">End session<").count(), 20);
        let last = here.get("/account/sessions?page=25").await;
        assert_eq!(last.body.matches(">End session<").count(), 19);
        assert!(last.body.contains("Newer") && !last.body.contains(">Older<"));
        assert_eq!(here.get("/account/sessions?page=99999999999").await.status, 200);
        let found = here.get("/account/sessions?find=198.51.100.249").await;
        assert_eq!(found.body.matches(">End session<").count(), 1, "of 498, numbered up to 249 and on from 0 to 248");
        here.get("/account/sessions?find=%22%3E%3Cscript%3E").await.shows("Nothing matches").shows("&quot;&gt;&lt;script&gt;");
    }
}
