//! Who guesses passwords has to wait, whatever the name and wherever they are, and nobody else has
//! to.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in};
use crate::program::run_beside;
use crate::world::World;
use doorward::base::clock::{Clock, SystemClock};
use doorward::run::tasks;
use http::Request;
use serde_json::Value;
use std::net::IpAddr;
use std::time::Duration;

pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3600);
pub const ADA: &str = "ada@example.org";
const NOBODY: &str = "nobody@example.org";
const FREE: usize = 5;

/// The limits as they are when nobody sets any.
pub const USUAL: [(&str, &str); 7] = [
    ("DOORWARD__LIMITS__FREE_TRIES", "5"),
    ("DOORWARD__LIMITS__NETWORK_FAILURES", "30"),
    ("DOORWARD__LIMITS__FAILURES_IN_ALL", "300"),
    ("DOORWARD__LIMITS__MAILS_PER_ADDRESS", "5"),
    ("DOORWARD__LIMITS__MAILS_PER_NETWORK", "30"),
    ("DOORWARD__LIMITS__MAILS_IN_ALL", "1000"),
    ("DOORWARD__LIMITS__PROVIDER_STARTS", "300"),
];

/// This world with the usual limits, but for `more`.
pub async fn limited(world: World, more: &[(&str, &str)]) -> World {
    world.with(&[&USUAL[..], more].concat()).await
}

/// A browser that was never here, somewhere else.
pub fn from(world: &World, address: &str) -> Browser {
    world.browser().at_address(address.parse().unwrap())
}

pub async fn try_at(browser: &mut Browser, name: &str, password: &str) -> Answer {
    browser.call("/form/sign-in", &[("identifier", name), ("password", password)]).await
}

/// A stranger at a network of their own, who is wrong.
pub async fn guess(world: &World, address: &str, name: &str) -> Answer {
    try_at(&mut from(world, address), name, NEW_PASSWORD).await
}

/// All free tries of `name`, from as many networks.
async fn use_up(world: &World, name: &str) {
    for number in 1..=FREE {
        guess(world, &format!("203.0.113.{number}"), name).await.is(401, "wrong_credentials");
    }
}

/// How many minutes are to be waited; none if the try was looked at.
pub fn wait(answer: &Answer) -> Option<u64> {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if answer.code() != "too_many_tries" {
        return None;
    }
    let minutes = body["minutes"].as_u64().unwrap();
    assert_eq!((answer.status, answer.header("retry-after").parse().ok()), (429, Some(minutes * 60)));
    Some(minutes)
}

/// What it is answered to have guessed at `name` in every way, through waits that grow and run out.
async fn answered(world: &World, name: &str) -> Vec<String> {
    let mut answers = Vec::new();
    for number in 0..10 {
        let mut browser = from(world, &format!("198.51.100.{}", 10 + number));
        for password in [NEW_PASSWORD, ""] {
            answers.push(try_at(&mut browser, name, password).await.in_full());
            answers.push(sign_in(&mut browser, name, password).await.in_full());
        }
        let page = browser
            .get(browser.another().submit("/form/sign-in", &[("identifier", name), ("password", "x")]).await.location())
            .await;
        answers.push(format!("{} {}", page.status, page.body.contains("Wait ")));
        world.advance(MINUTE * 3);
    }
    answers
}

each_database! {
    async fn a_name_that_nobody_has_is_slowed_like_one_that_somebody_has(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        world.change("UPDATE accounts SET disabled_at = NULL").await;
        let username = world.texts("SELECT username FROM accounts").await.remove(0);
        let known = answered(&world, ADA).await;
        assert!(known.iter().any(|answer| answer.starts_with("429")), "{known:#?}");
        world.advance(25 * HOUR);
        for name in [NOBODY, &username, "nobody", "disabled"] {
            assert_eq!(answered(&world, name).await, known, "{name}");
            world.advance(25 * HOUR);
        }
    }

    async fn waits_double_and_end_and_a_right_password_is_not_told_from_a_wrong_one(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        use_up(&world, ADA).await;
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            let wrong = guess(&world, "203.0.113.77", ADA).await;
            let right = try_at(&mut from(&world, "203.0.113.77"), ADA, PASSWORD).await;
            assert_eq!((wait(&wrong), wrong.in_full()), (Some(minutes), right.in_full()));
            assert!(right.cookies.is_empty());
            world.advance(MINUTE * u32::try_from(minutes).unwrap() - Duration::from_secs(1));
            assert_eq!(wait(&guess(&world, "203.0.113.78", ADA).await), Some(1), "the last second");
            world.advance(Duration::from_secs(1));
            guess(&world, "203.0.113.79", ADA).await.is(401, "wrong_credentials");
        }
        world.advance(HOUR);
        try_at(&mut from(&world, "203.0.113.80"), ADA, PASSWORD).await.goes_to("/account");
        // Others see nothing of that: they wait as long as they would if nobody had this name.
        world.advance(Duration::from_secs(1));
        guess(&world, "203.0.113.81", ADA).await.is(401, "wrong_credentials");
        assert_eq!(wait(&guess(&world, "203.0.113.81", ADA).await), Some(60));
        // Waiting tries are no entries: nobody fills the trail by them.
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'sign_in_failed'").await, 5 + 8 + 1);
        world.advance(24 * HOUR);
        for _ in 0..FREE {
            guess(&world, "203.0.113.82", ADA).await.is(401, "wrong_credentials");
        }
    }

    async fn all_names_of_an_account_share_its_tries_and_nobody_sees_that_they_belong_together(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        let username = world.texts("SELECT username FROM accounts").await.remove(0);
        use_up(&world, ADA).await;
        let strange = guess(&world, "198.51.100.9", "somebody-else").await;
        let right = try_at(&mut from(&world, "198.51.100.8"), &username.to_uppercase(), PASSWORD).await;
        assert_eq!(right.in_full(), strange.in_full(), "answered like any wrong password");
        let reasons = world.texts("SELECT details FROM audit_entries WHERE kind = 'sign_in_failed' ORDER BY sequence DESC").await;
        assert!(reasons[0].contains("too_many_tries"), "its owner reads why: {}", reasons[0]);
        for _ in 0..FREE - 1 {
            guess(&world, "198.51.100.7", &username).await.is(401, "wrong_credentials");
        }
        assert_eq!(wait(&guess(&world, "198.51.100.6", &username).await), Some(1));
        world.advance(HOUR);
        try_at(&mut from(&world, "198.51.100.5"), &username, PASSWORD).await.goes_to("/account");
    }

    async fn whoever_is_known_comes_in_whatever_strangers_do(world: World) {
        let world = limited(world, &[]).await;
        let ada = world.register(ADA).await;
        let eve = world.register("eve@example.org").await;
        use_up(&world, ADA).await;
        assert_eq!(wait(&guess(&world, "203.0.113.9", ADA).await), Some(1));
        let mut known = ada.browser.clone();
        known.submit("/form/sign-out", &[]).await;
        assert!(!is_signed_in(&mut known).await);
        try_at(&mut known, ADA, PASSWORD).await.goes_to("/account");
        // Its own mistakes count there alone, and a right password takes them back.
        for round in 0..2 {
            for _ in 0..FREE - 1 {
                try_at(&mut known, ADA, NEW_PASSWORD).await.is(401, "wrong_credentials");
            }
            if round == 0 {
                try_at(&mut known, ADA, PASSWORD).await.goes_to("/account");
            }
        }
        try_at(&mut known, ADA, NEW_PASSWORD).await.is(401, "wrong_credentials");
        assert_eq!(wait(&try_at(&mut known, ADA, PASSWORD).await), Some(1), "a thief of the cookie has these tries and no others");
        // A browser that knows somebody else is a stranger here, and a cookie that was made up is
        // none.
        assert_eq!(wait(&try_at(&mut eve.browser.clone(), ADA, PASSWORD).await), Some(1));
        let mut forged = world.browser();
        forged.plant_device(&"A".repeat(32));
        assert_eq!(wait(&try_at(&mut forged, ADA, PASSWORD).await), Some(1));
    }

    async fn a_new_password_by_mail_ends_the_wait_of_its_owner_and_of_nobody_else(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        use_up(&world, ADA).await;
        let token = world.forgot_password(ADA).await;
        let mut browser = world.browser();
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
        browser.submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
        assert!(!is_signed_in(&mut browser).await, "the link signs nobody in");
        assert_eq!(wait(&try_at(&mut world.browser(), ADA, NEW_PASSWORD).await), Some(1));
        try_at(&mut browser, ADA, NEW_PASSWORD).await.goes_to("/account");
    }

    async fn one_network_has_so_many_wrong_tries_whatever_the_names(world: World) {
        let world = limited(world, &[]).await;
        let ada = world.register(ADA).await;
        let bob = world.register("bob@example.org").await;
        for number in 0..30 {
            guess(&world, "127.0.0.1", &format!("name{number}@example.org")).await.is(401, "wrong_credentials");
        }
        // People at the same address: whoever is known there does not wait, others wait for one try
        // every two minutes.
        try_at(&mut ada.browser.clone(), ADA, PASSWORD).await.goes_to("/account");
        assert_eq!(wait(&try_at(&mut world.browser(), "bob@example.org", PASSWORD).await), Some(2));
        try_at(&mut from(&world, "127.0.1.1"), "bob@example.org", PASSWORD).await.goes_to("/account");
        world.advance(2 * MINUTE);
        try_at(&mut world.browser(), "bob@example.org", PASSWORD).await.goes_to("/account");
        drop(bob);
        // It was right, so it took nobody's place.
        guess(&world, "127.0.0.1", "another@example.org").await.is(401, "wrong_credentials");
        assert_eq!(wait(&guess(&world, "127.0.0.1", "one-more@example.org").await), Some(2));
        let told = world.texts("SELECT details FROM audit_entries WHERE kind = 'attack_noticed'").await;
        assert!(told.len() == 1 && told[0].contains("127.0.0.1") && told[0].contains("\"network\""), "{told:?}");
    }

    async fn networks_can_be_exempt_and_names_are_slowed_there_all_the_same(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__EXEMPT_NETWORKS", "192.0.2.0/24")]).await;
        for number in 0..40 {
            guess(&world, "192.0.2.7", &format!("name{number}@example.org")).await.is(401, "wrong_credentials");
        }
        for _ in 0..FREE {
            guess(&world, "192.0.2.7", NOBODY).await.is(401, "wrong_credentials");
        }
        assert_eq!(wait(&guess(&world, "192.0.2.7", NOBODY).await), Some(1));
    }

    async fn addresses_of_one_customer_are_one_network_and_hosters_are_watched_too(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "4")]).await;
        for number in 0..4 {
            guess(&world, &format!("2001:db8:1:2:{number}::1"), &format!("a{number}@example.org")).await.is(401, "wrong_credentials");
        }
        assert!(wait(&guess(&world, "2001:db8:1:2:ffff::1", NOBODY).await).is_some());
        // Another /64 of the same /48, until ten times as many have failed there.
        for number in 0..36 {
            guess(&world, &format!("2001:db8:1:{:x}::1", 16 + number), &format!("b{number}@example.org")).await.is(401, "wrong_credentials");
        }
        assert!(wait(&guess(&world, "2001:db8:1:ffff::1", NOBODY).await).is_some());
        guess(&world, "2001:db8:2::1", NOBODY).await.is(401, "wrong_credentials");
    }

    async fn a_forged_forwarding_header_is_worth_nothing(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "4")]).await;
        let forged = async |number: usize| {
            let mut browser = world.browser();
            let name = format!("name{number}@example.org");
            let fields = [("identifier", name.as_str()), ("password", NEW_PASSWORD)];
            let mut request = browser.posting("/form/sign-in", &fields, "application/json");
            request.headers_mut().insert("x-forwarded-for", format!("203.0.113.{number}").parse().unwrap());
            request.headers_mut().insert("forwarded", format!("for=203.0.113.{number}").parse().unwrap());
            browser.send(request).await
        };
        for number in 0..4 {
            forged(number).await.is(401, "wrong_credentials");
        }
        assert!(wait(&forged(5).await).is_some());
        guess(&world, "203.0.113.5", NOBODY).await.is(401, "wrong_credentials");
    }

    async fn of_fifty_at_once_no_more_are_looked_at_than_of_fifty_one_after_the_other(world: World) {
        let world = limited(world, &[("DOORWARD__PASSWORD__QUEUE", "1000")]).await;
        world.register(ADA).await;
        for (name, password) in [(NOBODY, NEW_PASSWORD), (ADA, NEW_PASSWORD)] {
            let guesses = (0..50).map(|number| {
                let mut browser = from(&world, &format!("203.0.113.{number}"));
                async move { try_at(&mut browser, name, password).await }
            });
            let answers = futures_util::future::join_all(guesses).await;
            let looked_at = answers.iter().filter(|answer| wait(answer).is_none()).count();
            assert_eq!(looked_at, FREE, "{name}");
        }
        // From one network at many names.
        let guesses = (0..50).map(|number| {
            let (mut browser, name) = (from(&world, "192.0.2.1"), format!("name{number}@example.org"));
            async move { try_at(&mut browser, &name, NEW_PASSWORD).await }
        });
        let answers = futures_util::future::join_all(guesses).await;
        assert_eq!(answers.iter().filter(|answer| wait(answer).is_none()).count(), 30);
    }

    async fn counters_hold_on_every_node_and_after_a_restart(world: World) {
        let world = limited(world, &[]).await;
        let other = world.another(&USUAL).await.unwrap();
        for number in 0..FREE {
            let node = if number % 2 == 0 { &world.node } else { &other };
            try_at(&mut node.browser(), NOBODY, NEW_PASSWORD).await.is(401, "wrong_credentials");
        }
        assert_eq!(wait(&try_at(&mut other.browser(), NOBODY, NEW_PASSWORD).await), Some(1));
        drop(other);
        let world = limited(world, &[]).await;
        assert_eq!(wait(&guess(&world, "203.0.113.1", NOBODY).await), Some(1));
    }

    async fn a_clock_that_jumps_makes_nobody_wait_longer_than_the_longest_wait(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "6")]).await;
        let address = "203.0.113.9";
        world.advance(1000 * 24 * HOUR);
        for _ in 0..FREE {
            guess(&world, address, NOBODY).await.is(401, "wrong_credentials");
        }
        guess(&world, address, "another@example.org").await.is(401, "wrong_credentials");
        world.turn_back(1000 * 24 * HOUR);
        // What the wrong clock counted keeps nobody waiting, but what was wrong before is not
        // forgotten.
        guess(&world, address, NOBODY).await.is(401, "wrong_credentials");
        assert_eq!(wait(&guess(&world, "203.0.113.8", NOBODY).await), Some(2));
        for number in 0..5 {
            guess(&world, address, &format!("name{number}@example.org")).await.is(401, "wrong_credentials");
        }
        assert_eq!(wait(&guess(&world, address, "third@example.org").await), Some(10));
        // Set back by less than clocks differ, a wait is not longer than it was.
        world.turn_back(4 * MINUTE);
        assert_eq!(wait(&guess(&world, "203.0.113.8", NOBODY).await), Some(2));
        assert_eq!(wait(&guess(&world, address, "third@example.org").await), Some(10));
    }

    async fn programs_that_are_right_are_never_slowed_and_those_that_guess_are_told_for_how_long(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        let mut program = world.caller();
        for _ in 0..40 {
            assert_eq!(program.sign_in(serde_json::json!({ "identifier": ADA, "password": PASSWORD })).await.status, 200);
        }
        let guess = serde_json::json!({ "identifier": ADA, "password": NEW_PASSWORD });
        for _ in 0..FREE {
            program.sign_in(guess.clone()).await.is(401, "wrong_credentials");
        }
        let slowed = program.sign_in(guess).await;
        slowed.is(429, "too_many_tries");
        assert_eq!((slowed.header("retry-after"), slowed.header("content-type")), ("60", "application/problem+json"));
        let basic = Request::post("/api/v1/token").header("authorization", crate::caller::basic(ADA, PASSWORD));
        let slowed = world.caller().send(basic.header("content-length", "0").body(axum::body::Body::empty()).unwrap()).await;
        slowed.is(429, "too_many_tries");
    }

    async fn whoever_sits_at_somebody_elses_session_guesses_no_more_than_a_stranger(world: World) {
        let world = limited(world, &[]).await;
        let ada = world.register(ADA).await;
        let mut elsewhere = ada.signed_in().await;
        let mut browser = ada.browser.clone();
        for form in ["/form/confirm", "/form/confirm", "/form/change-password", "/form/confirm", "/form/change-password"] {
            browser.call(form, &[("password", NEW_PASSWORD), ("new_password", "eleven grey geese fly north")]).await.is(403, "wrong_password");
        }
        for form in ["/form/confirm", "/form/change-password"] {
            let fields = [("password", PASSWORD), ("new_password", "eleven grey geese fly north")];
            assert_eq!(wait(&browser.call(form, &fields).await), Some(1), "{form}");
        }
        // Signing in there again is no way around it.
        assert_eq!(wait(&try_at(&mut browser, ADA, PASSWORD).await), Some(1));
        elsewhere.call("/form/confirm", &[("password", PASSWORD)]).await.goes_to("/account");
        world.advance(MINUTE);
        browser.call("/form/confirm", &[("password", PASSWORD)]).await.goes_to("/account");
        browser.call("/form/confirm", &[("password", NEW_PASSWORD)]).await.is(403, "wrong_password");
    }

    async fn the_operator_takes_the_tries_of_strangers_away(world: World) {
        let world = limited(world, &[]).await;
        world.advance(SystemClock.now().since(world.clock.now()));
        world.register(ADA).await;
        assert!(run_beside(&world, &["user", "unlock", ADA]).await.with(1).err.contains("nobody has to wait"));
        use_up(&world, ADA).await;
        assert!(run_beside(&world, &["user", "unlock", ADA]).await.with(0).out.contains("forgotten"));
        sign_in(&mut world.browser(), ADA, PASSWORD).await.leads_to("/account");
    }

    async fn nobody_reads_in_the_database_whose_names_were_tried_and_old_counters_go(world: World) {
        let world = limited(world, &[]).await;
        guess(&world, "203.0.113.5", NOBODY).await.is(401, "wrong_credentials");
        guess(&world, "203.0.113.5", "my secret password").await.is(401, "wrong_credentials");
        let counters = "SELECT COUNT(*) FROM limit_counters";
        assert_eq!(world.number(counters).await, 4 + 1 + 1 + 1, "two names, the network, the one around it, and all");
        let hashes = match world.engine() {
            crate::database::Engine::Sqlite => "SELECT kind || hex(key_hash) FROM limit_counters",
            crate::database::Engine::Postgres => "SELECT kind || encode(key_hash, 'escape') FROM limit_counters",
        };
        for row in world.texts(hashes).await {
            assert!(!row.contains("203.0.113") && !row.contains("nobody@") && !row.contains("secret"), "{row}");
        }
        world.advance(23 * HOUR);
        tasks::tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number(counters).await, 7);
        world.advance(2 * HOUR);
        tasks::tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number(counters).await, 0);
        world.advance(29 * 24 * HOUR);
        tasks::tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM failed_tries").await, 0);
    }

    async fn a_server_that_is_too_busy_to_look_counts_no_try(world: World) {
        let world = limited(world, &[("DOORWARD__PASSWORD__THREADS", "1"), ("DOORWARD__PASSWORD__QUEUE", "1")]).await;
        let flood = (0..5).map(|number| {
            let mut browser = from(&world, &format!("203.0.113.{number}"));
            async move { try_at(&mut browser, NOBODY, NEW_PASSWORD).await }
        });
        let answers = futures_util::future::join_all(flood).await;
        let busy = answers.iter().filter(|answer| answer.status == 503).count();
        assert!(busy > 0, "nobody had to come back");
        for _ in 0..busy {
            guess(&world, "203.0.113.9", NOBODY).await.is(401, "wrong_credentials");
        }
        assert!(wait(&guess(&world, "203.0.113.9", NOBODY).await).is_some());
    }
}

/// Addresses of `count` different networks, no two of them neighbours.
pub fn addresses(count: u32) -> impl Iterator<Item = IpAddr> {
    (0..count).map(|number| IpAddr::from((0x0b00_0001 + number * 0x0001_0000).to_be_bytes()))
}
