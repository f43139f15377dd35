//! A sign-in that waits until a second factor is set up: what it opens, which is nothing, and what
//! ends the wait.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in, token_of};
use crate::second_factor::{CODES, code, codes_shown, key_shown_on, seed};
use crate::world::World;
use doorward::domain::factors::totp::Key;
use doorward::run::tasks::tidy;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);
pub const ENROL: &str = "/sign-in/enrol";
pub const EVERYONE: (&str, &str) = ("DOORWARD__SECOND_FACTOR__POLICY", "everyone");

/// Ada, who has no second factor, once everybody must have one.
async fn asked_for(world: World) -> World {
    world.register(EMAIL).await;
    world.with(&[EVERYONE]).await
}

/// A new browser that has said the password, and waits.
async fn waiting(world: &World) -> Browser {
    let mut browser = world.browser();
    let fields = [("identifier", EMAIL), ("password", PASSWORD), ("remember", "on"), ("then", "/account/profile")];
    browser.submit("/form/sign-in", &fields).await.leads_to(ENROL);
    browser
}

/// Sets up the app that a waiting browser is shown a key for.
pub async fn enrol(world: &World, browser: &mut Browser) -> Key {
    let key = key_shown_on(browser, ENROL).await;
    let code = code(world, &key);
    let answer = browser.submit("/form/enrol-totp", &[("code", &code), ("device_name", "Phone")]).await;
    // And from there to where the sign-in was to lead.
    assert_eq!((answer.status, answer.location().split('?').next()), (303, Some(CODES)), "{}", answer.in_full());
    key
}

async fn give(browser: &mut Browser, code: &str) -> Answer {
    browser.call("/form/enrol-totp", &[("code", code)]).await
}

each_database! {
    async fn whoever_has_no_second_factor_sets_one_up_before_being_let_in(world: World) {
        let world = asked_for(world).await;
        let mut browser = world.browser();
        let answer = sign_in(&mut browser, EMAIL, PASSWORD).await;
        answer.leads_to(ENROL);
        assert_eq!(answer.cookies.len(), 1, "{:?}", answer.cookies);
        assert!(answer.cookies[0].starts_with("__Host-doorward-pending=") && answer.cookies[0].ends_with("; Max-Age=88200"), "{:?}", answer.cookies);
        let page = browser.get(ENROL).await;
        page.shows("This site asks for a second step at sign-in").shows("class=\"qr\"").shows("otpauth://totp/").shows(">Turn on</button>");
        assert_eq!(page.header("cache-control"), "no-store");

        let key = enrol(&world, &mut browser).await;
        assert!(is_signed_in(&mut browser).await);
        assert_eq!(codes_shown(&mut browser).await.len(), 10);
        browser.submit("/form/recovery-codes-saved", &[]).await.leads_to("/account/second-factor?saved");
        browser.get("/account/second-factor").await.shows("Phone");
        browser.get(ENROL).await.leads_to("/account");
        assert_eq!(world.texts("SELECT method FROM sessions ORDER BY started_at, method").await, ["mail_link", "password_totp"]);
        assert_eq!(world.number("SELECT COUNT(*) FROM pending_logins").await, 0);
        let kinds = world.audit_kinds().await;
        assert_eq!(kinds[kinds.len() - 3..], ["second_factor_added", "signed_in", "recovery_codes_made"]);
        assert!(world.letter(EMAIL).await.subject.starts_with("Second factor turned on"));
        assert_eq!(world.notices(EMAIL).await.len(), 1, "of the new browser");

        world.advance(MINUTE);
        let mut again = world.browser();
        sign_in(&mut again, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        again.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account");
    }

    async fn what_was_said_with_the_password_holds_for_the_session(world: World) {
        let world = asked_for(world).await;
        let mut browser = waiting(&world).await;
        enrol(&world, &mut browser).await;
        assert_eq!(browser.cookie().unwrap().max_age, Some(30 * 24 * 3600), "remembered");
    }

    async fn nobody_is_a_bit_signed_in_meanwhile(world: World) {
        let world = asked_for(world).await;
        let mut browser = waiting(&world).await;
        let rows = "SELECT display_name || username || password_hash FROM accounts";
        let before = world.texts(rows).await;
        for path in ["/account", "/account/profile", "/account/second-factor", "/account/second-factor/totp", CODES, "/account/sessions", "/admin/sessions", "/confirm"] {
            let answer = browser.get(path).await;
            assert!(answer.status == 303 && answer.location().starts_with("/sign-in"), "{path}: {}", answer.in_full());
        }
        let key = key_shown_on(&mut browser, ENROL).await;
        let right = code(&world, &key);
        for path in crate::forms::with_a_session() {
            let fields = [("password", PASSWORD), ("new_password", NEW_PASSWORD), ("display_name", "Eve"), ("username", "eve-name"), ("code", right.as_str())];
            browser.call(path, &fields).await.is(401, "sign_in_required");
        }
        browser.call("/form/second-factor", &[("code", &right)]).await.goes_to(ENROL);
        browser.get("/sign-in/second-factor").await.leads_to(ENROL);
        assert_eq!(world.texts(rows).await, before);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM totp_authenticators").await, 0);
        assert!(!world.audit_kinds().await.contains(&"code_refused".to_owned()));
    }

    async fn a_wrong_code_lets_nobody_in_and_the_same_key_stays_good(world: World) {
        let world = asked_for(world).await;
        let mut browser = waiting(&world).await;
        let key = key_shown_on(&mut browser, ENROL).await;
        let right = code(&world, &key);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for (typed, told) in [("", "code_missing"), (wrong, "wrong_code"), ("not a code", "wrong_code")] {
            give(&mut browser, typed).await.is(422, told);
        }
        let refused = browser.submit("/form/enrol-totp", &[("code", wrong)]).await;
        browser.get(refused.location()).await.shows("That code is not right").shows("aria-invalid");
        assert_eq!(seed(&key_shown_on(&mut browser, ENROL).await), seed(&key));
        assert!(!is_signed_in(&mut browser).await);
        give(&mut browser, &right).await.goes_to(&format!("{CODES}?then=/account/profile"));
    }

    async fn of_many_requests_with_one_code_one_signs_in(world: World) {
        let world = asked_for(world).await;
        let mut browser = waiting(&world).await;
        let key = key_shown_on(&mut browser, ENROL).await;
        let right = code(&world, &key);
        let mut at_once = Vec::new();
        for _ in 0..20 {
            let (mut browser, right) = (browser.clone(), right.clone());
            at_once.push(tokio::spawn(async move { give(&mut browser, &right).await }));
        }
        let mut signed_in = 0;
        for answer in at_once {
            let answer = answer.await.unwrap();
            signed_in += usize::from(answer.cookies.iter().any(|cookie| cookie.starts_with("__Host-doorward=") && !cookie.contains("=;")));
        }
        assert_eq!(signed_in, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM totp_authenticators").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE method = 'password_totp'").await, 1);
    }

    async fn an_account_that_got_a_second_factor_meanwhile_needs_that_one(world: World) {
        let world = asked_for(world).await;
        let (mut thief, mut ada) = (waiting(&world).await, waiting(&world).await);
        let known_to_the_thief = key_shown_on(&mut thief, ENROL).await;
        enrol(&world, &mut ada).await;
        thief.get(ENROL).await.shows("Sign in again");
        give(&mut thief, &code(&world, &known_to_the_thief)).await.goes_to("/sign-in?too-late");
        assert!(!is_signed_in(&mut thief).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM pending_logins").await, 0, "it is used up");
        sign_in(&mut thief, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
    }

    async fn a_key_that_another_sign_in_was_shown_is_confirmed_by_nobody_else(world: World) {
        let world = asked_for(world).await;
        let (mut thief, mut ada) = (waiting(&world).await, waiting(&world).await);
        let theirs = key_shown_on(&mut thief, ENROL).await;
        assert_ne!(seed(&key_shown_on(&mut ada, ENROL).await), seed(&theirs));
        give(&mut ada, &code(&world, &theirs)).await.is(422, "wrong_code");
    }

    async fn the_wait_ends_after_half_an_hour_and_with_the_password(world: World) {
        let world = asked_for(world).await;
        let mut late = waiting(&world).await;
        let key = key_shown_on(&mut late, ENROL).await;
        world.advance(30 * MINUTE);
        give(&mut late, &code(&world, &key)).await.goes_to("/sign-in?too-late");
        late.get("/sign-in?too-late").await.shows("begun too long ago");
        late.get(ENROL).await.shows("Sign in again");
        let mut thief = waiting(&world).await;
        let key = key_shown_on(&mut thief, ENROL).await;
        let token = world.forgot_password(EMAIL).await;
        world.browser().submit("/form/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).await.leads_to("/sign-in?password-reset");
        give(&mut thief, &code(&world, &key)).await.goes_to("/sign-in?too-late");
        assert!(!is_signed_in(&mut thief).await);
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to(ENROL);
        world.advance(61 * MINUTE);
        tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT (SELECT COUNT(*) FROM pending_logins) + (SELECT COUNT(*) FROM factor_drafts)").await, 0);
    }

    async fn a_made_up_wait_or_one_for_a_code_is_none(world: World) {
        give(&mut world.browser(), "000000").await.goes_to("/sign-in?too-late");
        world.browser().get(ENROL).await.shows("Sign in again");
        let (_, key, _) = crate::second_factor::protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        browser.get(ENROL).await.shows("Sign in again");
        give(&mut browser, &code(&world, &key)).await.goes_to("/sign-in?too-late");
        assert!(!is_signed_in(&mut browser).await);
    }

    async fn whoever_registers_is_led_there_straight_away(world: World) {
        let world = world.with(&[EVERYONE]).await;
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", EMAIL)]).await.leads_to("/register?sent");
        let token = token_of(&world.mailed_link(EMAIL, "/verify-email").await);
        browser.submit("/form/create-account", &[("token", &token), ("new_password", PASSWORD)]).await.leads_to(ENROL);
        assert!(!is_signed_in(&mut browser).await);
        enrol(&world, &mut browser).await;
        assert!(is_signed_in(&mut browser).await);
        assert!(world.notices(EMAIL).await.is_empty(), "nobody is told of their own first sign-in");
    }

    async fn a_policy_that_allows_no_apps_offers_none(world: World) {
        let world = world.with(&[("DOORWARD__SECOND_FACTOR__ALLOWED", "passkey")]).await;
        let mut ada = world.register(EMAIL).await.browser;
        ada.get("/account/second-factor/totp").await.leads_to("/account/second-factor");
        assert!(!ada.get("/account/second-factor").await.body.contains("Set up an authenticator app"));
        ada.call("/form/turn-on-totp", &[("code", "000000")]).await.is(403, "forbidden");
    }
}
