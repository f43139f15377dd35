//! A sign-in with a second factor: what the password alone opens, which is nothing, and what ends
//! the wait.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in};
use crate::second_factor::{code, protected};
use crate::world::World;
use doorward::run::tasks::tidy;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);
const STEP: &str = "/sign-in/second-factor";

/// A new browser that has said the password, and waits.
async fn waiting(world: &World) -> Browser {
    let mut browser = world.browser();
    let fields = [("identifier", EMAIL), ("password", PASSWORD), ("remember", "on"), ("then", "/account/profile")];
    let answer = browser.submit("/form/sign-in", &fields).await;
    answer.leads_to(STEP);
    assert!(
        answer.cookies.len() == 1 && answer.cookies[0].starts_with("__Host-doorward-pending="),
        "{:?}",
        answer.cookies
    );
    // Ten minutes, and a day in which the browser can still show that it keeps cookies.
    assert!(
        answer.cookies[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=87000"),
        "{:?}",
        answer.cookies
    );
    browser
}

async fn give(browser: &mut Browser, code: &str) -> Answer {
    browser.call("/form/second-factor", &[("code", code)]).await
}

each_database! {
    async fn a_password_and_a_code_sign_in_and_lead_where_the_person_wanted_to_go(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let mut browser = waiting(&world).await;
        browser.get(STEP).await.shows("One more step").shows("autocomplete=\"one-time-code\"");
        browser.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account/profile");
        assert!(is_signed_in(&mut browser).await);
        assert_eq!(browser.cookie().unwrap().max_age, Some(30 * 24 * 3600), "remembered, as was asked for with the password");
        assert_eq!(world.texts("SELECT method FROM sessions ORDER BY started_at, method DESC").await.last().unwrap(), "password_totp");
        browser.get("/account").await.shows("Signed in with a password and an authenticator app");
        browser.get(STEP).await.leads_to("/account");
    }

    async fn a_recovery_code_does_too_once(world: World) {
        let (_, _, codes) = protected(&world, EMAIL).await;
        let mut browser = waiting(&world).await;
        browser.submit("/form/second-factor", &[("code", &codes[0].to_lowercase())]).await.leads_to("/account/profile");
        assert!(is_signed_in(&mut browser).await);
        give(&mut waiting(&world).await, &codes[0]).await.is(422, "wrong_recovery_code");
        browser.get("/account/activity").await.shows("Signed in with a password and a recovery code");
    }

    async fn the_password_alone_opens_no_door(world: World) {
        let (_, _, _) = protected(&world, EMAIL).await;
        let mut browser = waiting(&world).await;
        let before = world.texts("SELECT display_name || username || password_hash FROM accounts").await;
        for path in ["/account", "/account/profile", "/account/second-factor", "/account/sessions", "/admin/sessions", "/confirm"] {
            let answer = browser.get(path).await;
            assert!(answer.status == 303 && answer.location().starts_with("/sign-in"), "{path}: {}", answer.in_full());
        }
        for path in crate::forms::with_a_session() {
            let fields = [("password", PASSWORD), ("new_password", NEW_PASSWORD), ("display_name", "Eve"), ("username", "eve-name"), ("code", "000000")];
            browser.call(path, &fields).await.is(401, "sign_in_required");
        }
        assert_eq!(world.texts("SELECT display_name || username || password_hash FROM accounts").await, before);
    }

    async fn a_wrong_code_lets_nobody_in_and_the_wait_goes_on(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let mut browser = waiting(&world).await;
        let right = code(&world, &key);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for typed in ["", wrong, "not a code", "\u{0}"] {
            let answer = give(&mut browser, typed).await;
            assert!(answer.status >= 400 && answer.status < 500 && answer.cookies.is_empty(), "{typed:?}: {}", answer.in_full());
        }
        assert!(!is_signed_in(&mut browser).await);
        give(&mut browser, &right).await.goes_to("/account/profile");
        assert!(world.audit_kinds().await.contains(&"code_refused".to_owned()));
    }

    async fn of_fifty_requests_with_one_code_one_signs_in(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let right = code(&world, &key);
        let mut at_once = Vec::new();
        let waiting = waiting(&world).await;
        for _ in 0..50 {
            let (mut browser, right) = (waiting.clone(), right.clone());
            at_once.push(tokio::spawn(async move { give(&mut browser, &right).await }));
        }
        let mut signed_in = 0;
        for answer in at_once {
            let answer = answer.await.unwrap();
            signed_in += usize::from(answer.cookies.iter().any(|cookie| cookie.starts_with("__Host-doorward=") && !cookie.contains("=;")));
        }
        assert_eq!(signed_in, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE method = 'password_totp'").await, 1);
    }

    async fn of_two_posts_of_one_code_both_end_where_the_first_one_led(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let waiting = waiting(&world).await;
        let right = code(&world, &key);
        let (mut one, mut other) = (waiting.clone(), waiting);
        let fields = [("code", right.as_str())];
        let (a, b) = tokio::join!(one.submit("/form/second-factor", &fields), other.submit("/form/second-factor", &fields));
        let (mut winner, loser) = if a.location() == "/account/profile" { (one, b) } else { (other, a) };
        // One that came wholly after the other finds nothing that still says where it was to lead.
        let (late, on) = match loser.location() {
            "/sign-in?too-late" => ("/sign-in?too-late", "/account"),
            _ => ("/sign-in?too-late&then=/account/profile", "/account/profile"),
        };
        loser.leads_to(late);
        // The cookies are one browser's.
        winner.get(late).await.leads_to(on);
        winner.get(STEP).await.leads_to("/account");
    }

    async fn of_fifty_sign_ins_that_wait_and_one_code_one_signs_in(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let right = code(&world, &key);
        let mut all = Vec::new();
        for _ in 0..50 {
            all.push(waiting(&world).await);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM pending_logins").await, 50);
        let at_once = all.into_iter().map(|mut browser| {
            let right = right.clone();
            tokio::spawn(async move { (give(&mut browser, &right).await, browser) })
        });
        let mut signed_in = 0;
        for answered in futures_util::future::join_all(at_once.collect::<Vec<_>>()).await {
            let (answer, mut browser) = answered.unwrap();
            let right = answer.status == 200;
            assert!(right || ["wrong_code", "codes_too_fast"].contains(&answer.code().as_str()), "{}", answer.in_full());
            assert_eq!(is_signed_in(&mut browser).await, right);
            signed_in += usize::from(right);
        }
        assert_eq!(signed_in, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE method = 'password_totp'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM pending_logins").await, 49);
    }

    async fn the_wait_ends_after_ten_minutes_and_with_the_password(world: World) {
        let (mut ada, key, _) = protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let mut late = waiting(&world).await;
        world.advance(10 * MINUTE);
        give(&mut late, &code(&world, &key)).await.goes_to("/sign-in?too-late");
        assert!(!is_signed_in(&mut late).await);
        late.get(STEP).await.shows("Sign in again");
        let mut thief = waiting(&world).await;
        ada.submit("/form/change-password", &[("password", PASSWORD), ("new_password", NEW_PASSWORD)]).await.leads_to("/account/password?changed");
        world.advance(MINUTE);
        give(&mut thief, &code(&world, &key)).await.goes_to("/sign-in?too-late");
        assert!(!is_signed_in(&mut thief).await);
        world.advance(20 * MINUTE);
        tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM pending_logins").await, 0);
    }

    async fn a_reset_password_still_needs_the_second_factor(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        // The one that tells of the new factor.
        world.letter(EMAIL).await;
        let token = world.forgot_password(EMAIL).await;
        world.browser().submit("/form/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).await.leads_to("/sign-in?password-reset");
        world.advance(MINUTE);
        let mut browser = world.browser();
        browser.submit("/form/sign-in", &[("identifier", EMAIL), ("password", NEW_PASSWORD)]).await.leads_to(STEP);
        browser.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account");
    }

    async fn a_made_up_or_anothers_wait_is_none(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let right = code(&world, &key);
        give(&mut world.browser(), &right).await.goes_to("/sign-in?too-late");
        let mut eve = world.register("eve@example.org").await.browser;
        give(&mut eve, &right).await.goes_to("/sign-in?too-late");
        world.browser().get(STEP).await.shows("Sign in again");
    }
}
