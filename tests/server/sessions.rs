//! How long a session lasts, and that an ended one lets nobody in.

use crate::browser::{Browser, SESSION, send};
use crate::each_database;
use crate::person::{NEW_PASSWORD, change_password, is_signed_in};
use crate::world::World;
use axum::body::Body;
use doorward::run::tasks::tidy;
use futures_util::stream::poll_fn;
use http::{HeaderValue, Request, header};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Whether `browser` is still let in after being used every `step` until `span` is over.
async fn lasts(world: &World, browser: &mut Browser, step: Duration, span: Duration) -> bool {
    let mut gone = Duration::ZERO;
    while gone + step <= span {
        world.advance(step);
        gone += step;
        if !is_signed_in(browser).await {
            return false;
        }
    }
    world.advance(span - gone);
    is_signed_in(browser).await
}

each_database! {
    async fn an_unused_session_ends_after_an_hour_and_a_remembered_one_after_a_week(world: World) {
        let ada = world.register("ada@example.org").await;
        let second = Duration::from_secs(1);
        for (remembered, idle) in [(false, HOUR), (true, 7 * DAY)] {
            let (mut used, mut unused) = if remembered {
                (ada.signed_in_remembered().await, ada.signed_in_remembered().await)
            } else {
                ada.signed_in_twice().await
            };
            world.advance(idle - second);
            assert!(is_signed_in(&mut used).await, "just in time");
            world.advance(second);
            assert!(!is_signed_in(&mut unused).await, "a second late");
            assert!(is_signed_in(&mut used).await, "used meanwhile");
        }
    }

    async fn a_session_in_use_ends_after_twelve_hours_and_a_remembered_one_after_thirty_days(world: World) {
        let ada = world.register("ada@example.org").await;
        for (remembered, step, absolute) in [(false, 50 * MINUTE, 12 * HOUR), (true, 6 * DAY, 30 * DAY)] {
            let mut browser = if remembered { ada.signed_in_remembered().await } else { ada.signed_in().await };
            assert!(lasts(&world, &mut browser, step, absolute - MINUTE).await);
            world.advance(MINUTE);
            assert!(!is_signed_in(&mut browser).await);
        }
    }

    async fn a_password_change_does_not_lengthen_the_session(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let mut kept = ada.signed_in_remembered().await;
        assert!(lasts(&world, &mut kept, 6 * DAY, 29 * DAY).await);
        change_password(&mut kept, &ada.password, NEW_PASSWORD).await.leads_to("/account/password?changed");
        ada.password = NEW_PASSWORD.to_owned();
        assert_eq!(kept.cookie().unwrap().max_age, Some(24 * 3600), "the cookie ends with the session");
        world.advance(DAY);
        assert!(!is_signed_in(&mut kept).await);
    }

    async fn the_oldest_of_more_sessions_than_anybody_needs_are_ended(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut first = ada.signed_in().await;
        for _ in 0..99 {
            world.advance(Duration::from_secs(1));
            ada.signed_in().await;
        }
        let mut last = ada.signed_in().await;
        assert!(!is_signed_in(&mut first).await && is_signed_in(&mut last).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, 100);
    }

    async fn a_clock_that_goes_back_revives_no_session_that_was_ended(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut idle, mut signed_out) = ada.signed_in_twice().await;
        let mut stolen = signed_out.clone();
        signed_out.submit("/form/sign-out", &[]).await;
        world.advance(2 * HOUR);
        tidy(world.app(), false).await.unwrap();
        world.turn_back(5 * HOUR);
        assert!(!is_signed_in(&mut idle).await && !is_signed_in(&mut stolen).await);
    }

    async fn what_expired_is_ended_in_the_background_with_an_entry_each(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut kept = ada.signed_in_remembered().await;
        for _ in 0..2 {
            ada.signed_in().await;
        }
        let before = world.audit_kinds().await.len();
        world.advance(HOUR);
        tidy(world.app(), false).await.unwrap();
        tidy(world.app(), false).await.unwrap();
        assert_eq!(world.audit_kinds().await[before..], ["session_ended"; 3]);
        let details = world.texts("SELECT details FROM audit_entries WHERE kind = 'session_ended'").await;
        assert!(details.iter().all(|details| details.contains("\"reason\":\"idle\"")), "{details:?}");
        assert!(is_signed_in(&mut kept).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE end_reason = 'idle'").await, 3);
        world.advance(30 * DAY + MINUTE);
        tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE end_reason = 'idle'").await, 1, "only the last one is news");
        assert_eq!(world.number("SELECT COUNT(*) FROM links").await, 0);
    }

    async fn a_session_knows_which_of_its_two_times_was_over_and_when(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut used = ada.signed_in().await;
        assert!(lasts(&world, &mut used, 50 * MINUTE, 11 * HOUR + 50 * MINUTE).await);
        world.advance(HOUR);
        tidy(world.app(), false).await.unwrap();
        // The one that registered was idle after an hour, the other one twelve hours old.
        let ends = world.texts("SELECT end_reason || ' ' || CAST((ended_at - started_at) / 60000000 AS TEXT) FROM sessions ORDER BY end_reason").await;
        assert_eq!(ends, ["expired 720", "idle 60"]);
    }

    async fn a_session_or_link_made_while_the_clock_was_ahead_is_worth_nothing_once_it_is_set_right(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut before = ada.signed_in_remembered().await;
        world.advance(3 * DAY);
        let mut during = ada.signed_in_remembered().await;
        world.browser().submit("/form/forgot-password", &[("email", &ada.email)]).await;
        let link = world.mailed_link(&ada.email, "/reset-password").await;
        assert!(is_signed_in(&mut before).await && is_signed_in(&mut during).await);
        world.turn_back(3 * DAY - MINUTE);
        assert!(!is_signed_in(&mut during).await);
        assert!(!world.browser().get(&link).await.body.contains("new_password"));
        // The one that was only used meanwhile goes on, and is idle a week after its next use, not
        // ten days after.
        assert!(is_signed_in(&mut before).await);
        world.advance(7 * DAY);
        assert!(!is_signed_in(&mut before).await);
    }

    async fn the_idle_time_of_a_session_last_used_in_the_future_begins_when_the_clock_is_set_right(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in_remembered().await;
        world.advance(6 * DAY);
        assert!(is_signed_in(&mut browser).await);
        world.turn_back(6 * DAY);
        tidy(world.app(), true).await.unwrap();
        world.advance(7 * DAY);
        assert!(!is_signed_in(&mut browser).await);
    }

    async fn what_ended_on_one_node_is_refused_on_another_at_its_next_request(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut laptop, phone) = ada.signed_in_twice().await;
        let node = world.another(&[]).await.unwrap();
        let mut phone = phone.at(&node.router);
        assert!(is_signed_in(&mut phone).await);
        change_password(&mut laptop, &ada.password, NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert!(!is_signed_in(&mut phone).await);
        assert!(is_signed_in(&mut laptop.at(&node.router)).await);
        let mut copy = laptop.at(&node.router);
        laptop.submit("/form/sign-out", &[]).await;
        assert!(!is_signed_in(&mut copy).await);
        let mut other = ada.browser.another();
        crate::person::sign_in(&mut other, &ada.email, NEW_PASSWORD).await.leads_to("/account");
        world.change("UPDATE accounts SET disabled_at = 1").await;
        assert!(!is_signed_in(&mut other.at(&node.router)).await, "disabled");
    }

    async fn a_request_under_way_with_the_old_id_neither_revives_it_nor_touches_the_new_cookie(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in().await;
        let old = browser.clone();
        world.advance(2 * MINUTE);
        // Let in with the old id, and held up in the middle of its form.
        let (late, rest) = held_up(&old, "/form/save-profile", "display_name=Late&username=late-name");
        let router = world.node.router.clone();
        let under_way = tokio::spawn(async move { send(&router, late).await });
        crate::world::eventually("the request is under way", async || rest.is_awaited()).await;
        change_password(&mut browser, &ada.password, NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert_ne!(browser.session(), old.session());
        rest.send();
        let answer = under_way.await.unwrap();
        assert!(answer.cookies.is_empty(), "{:?}", answer.cookies);
        assert_eq!(answer.header("clear-site-data"), "");
        assert_eq!(world.texts("SELECT display_name FROM accounts").await, ["ada"], "the old id has lost its rights");
        // And one that comes late altogether.
        let mut late = old.clone();
        let answer = late.get("/account").await;
        assert_eq!((answer.status, answer.cookies.len()), (303, 0));
        let answer = late.call("/form/save-profile", &[("display_name", "Later"), ("username", "later-name")]).await;
        answer.is(401, "sign_in_required");
        assert!(answer.cookies.is_empty());
        assert!(!is_signed_in(&mut old.clone()).await && is_signed_in(&mut browser).await);
    }

    async fn a_form_held_back_until_its_session_was_ended_changes_nothing(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut owner, thief) = ada.signed_in_twice().await;
        let (late, rest) = held_up(&thief, "/form/save-profile", "display_name=Thief&username=thief-name");
        let router = world.node.router.clone();
        let under_way = tokio::spawn(async move { send(&router, late).await });
        crate::world::eventually("the request is under way", async || rest.is_awaited()).await;
        change_password(&mut owner, &ada.password, NEW_PASSWORD).await.leads_to("/account/password?changed");
        rest.send();
        under_way.await.unwrap().is(401, "sign_in_required");
        assert_eq!(world.texts("SELECT display_name FROM accounts").await, ["ada"]);
    }

    async fn cookies_that_are_no_session_are_nobody_and_break_nothing(world: World) {
        let ada = world.register("ada@example.org").await;
        let id = ada.browser.session();
        let mut values: Vec<Vec<u8>> = Vec::new();
        for at in 0..id.len() {
            for bit in 0..8 {
                let mut flipped = id.clone().into_bytes();
                flipped[at] ^= 1 << bit;
                values.push([format!("{SESSION}=").as_bytes(), &flipped].concat());
            }
            values.push(format!("{SESSION}={}", &id[..at]).into_bytes());
        }
        values.push(format!("{SESSION}={id}; {SESSION}={id}").into_bytes());
        values.push(format!("{SESSION}={id}; a=b; {SESSION}=AAAAAAAAAAAAAAAAAAAAAA").into_bytes());
        values.push(format!("__HOST-doorward={id}").into_bytes());
        values.push(format!("doorward={id}").into_bytes());
        values.push(format!("{SESSION}=\"{id}\"").into_bytes());
        values.push(format!("{SESSION}={id}=").into_bytes());
        values.push(format!("{SESSION}={}", "A".repeat(8192)).into_bytes());
        values.push([format!("{SESSION}=").as_bytes(), b"\xf0\x9f\x92\xa9\xff"].concat());
        values.push(format!("{SESSION}={id}' OR '1'='1").into_bytes());
        values.push(b"=;;;=".to_vec());
        for value in values {
            let Ok(cookie) = HeaderValue::from_bytes(&value) else { continue };
            let mut request = Request::get("/account").body(Body::empty()).unwrap();
            request.headers_mut().insert(header::COOKIE, cookie);
            let answer = send(&world.node.router, request).await;
            assert_eq!((answer.status, answer.location()), (303, "/sign-in"), "{}", String::from_utf8_lossy(&value));
            assert!(answer.cookies.is_empty());
        }
        assert!(is_signed_in(&mut ada.browser.clone()).await, "the test's own cookie is good");
    }

    async fn a_session_cookie_in_two_headers_is_nobody(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut request = Request::get("/account").body(Body::empty()).unwrap();
        for _ in 0..2 {
            let cookie = format!("{SESSION}={}", ada.browser.session());
            request.headers_mut().append(header::COOKIE, cookie.parse().unwrap());
        }
        assert_eq!(send(&world.node.router, request).await.status, 303);
    }
}

/// The end of a form that was not sent yet.
pub struct Rest {
    text: &'static str,
    sender: mpsc::UnboundedSender<Result<&'static str, std::io::Error>>,
    awaited: Arc<AtomicBool>,
}

impl Rest {
    /// Whether the server asked for it: all that comes before reading the form is decided then.
    pub fn is_awaited(&self) -> bool {
        self.awaited.load(Ordering::SeqCst)
    }

    pub fn send(self) {
        self.sender.send(Ok(self.text)).unwrap();
    }
}

/// A form of `browser` whose body comes only when told.
pub fn held_up(browser: &Browser, path: &str, text: &'static str) -> (Request<Body>, Rest) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let awaited = Arc::new(AtomicBool::new(false));
    let seen = awaited.clone();
    let body = Body::from_stream(poll_fn(move |context| {
        seen.store(true, Ordering::SeqCst);
        receiver.poll_recv(context)
    }));
    let (mut parts, _) = browser.posting(path, &[], "application/json").into_parts();
    parts.headers.insert(header::COOKIE, format!("{SESSION}={}", browser.session()).parse().unwrap());
    (Request::from_parts(parts, body), Rest { text, sender, awaited })
}
