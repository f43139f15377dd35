//! Browsers in which the password alone signs in, because their owner said so there.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in, sign_in, token_of};
use crate::second_factor::{CODES, code, key_shown, protected, turn_on};
use crate::soft_key::SoftKey;
use crate::world::World;
use doorward::domain::factors::totp::Key;
use doorward::run::tasks::tidy;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const STEP: &str = "/sign-in/second-factor";
const SESSIONS: &str = "/account/sessions";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Signs in with the password and a code, and says whether the browser is to be trusted.
async fn sign_in_with_code(world: &World, browser: &mut Browser, email: &str, key: &Key, trust: bool) -> Answer {
    world.advance(MINUTE);
    sign_in(browser, email, PASSWORD).await.leads_to(STEP);
    let code = code(world, key);
    let fields = [("code", code.as_str()), ("trust", "on")];
    let answer = browser.submit("/form/second-factor", &fields[..if trust { 2 } else { 1 }]).await;
    answer.leads_to("/account");
    answer
}

/// A new browser that `email` trusts and is signed out in.
async fn trusted(world: &World, email: &str, key: &Key) -> Browser {
    let mut browser = world.browser();
    sign_in_with_code(world, &mut browser, email, key, true).await;
    browser.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
    browser
}

/// Whether the password alone signs in; signs out again.
async fn is_trusted(browser: &mut Browser, email: &str, password: &str) -> bool {
    let answer = sign_in(browser, email, password).await;
    match answer.location() {
        "/account" => {
            browser.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
            true
        }
        STEP => {
            let session = answer.cookies.iter().find(|cookie| cookie.starts_with("__Host-doorward="));
            assert_eq!(session, None, "nobody is a bit signed in");
            false
        }
        other => panic!("{other}: {}", answer.in_full()),
    }
}

async fn count(world: &World, kind: &str) -> usize {
    world.audit_kinds().await.iter().filter(|found| *found == kind).count()
}

/// The values of the hidden fields of all that can be stopped.
async fn listed(browser: &mut Browser) -> Vec<String> {
    let page = browser.get(SESSIONS).await;
    assert_eq!(page.status, 200, "{}", page.in_full());
    let values = page.body.split("name=\"browser\" value=\"").skip(1);
    values.map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
}

/// The handle of the first session that the page offers to end.
async fn other_session(browser: &mut Browser) -> String {
    let page = browser.get(SESSIONS).await;
    page.body.split("name=\"session\" value=\"").nth(1).unwrap().split_once('"').unwrap().0.to_owned()
}

each_database! {
    async fn a_trusted_browser_signs_in_by_the_password_alone_until_its_time_is_over(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(STEP);
        browser.get(STEP).await.shows("Trust this browser for 30 days").shows("name=\"trust\"");
        sign_in_with_code(&world, &mut browser, EMAIL, &key, true).await;
        for _ in 0..2 {
            browser.submit("/form/sign-out", &[]).await;
            sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/account");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE method = 'password_and_trusted_browser'").await, 2);
        let activity = browser.get("/account/activity").await;
        activity.shows("Signed in with a password, in a browser that you trust").shows("A browser was trusted");
        browser.get(SESSIONS).await.shows("in a browser that you trust");
        assert_ne!(sign_in(&mut world.browser(), EMAIL, PASSWORD).await.location(), "/account", "another browser");
        browser.submit("/form/sign-out", &[]).await;
        assert_ne!(sign_in(&mut browser, EMAIL, NEW_PASSWORD).await.location(), "/account", "it is no first factor");
        world.advance(30 * DAY - Duration::from_secs(1));
        assert!(is_trusted(&mut browser, EMAIL, PASSWORD).await, "to the last moment");
        world.advance(Duration::from_secs(1));
        assert!(!is_trusted(&mut browser, EMAIL, PASSWORD).await);
        tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 0);
    }

    async fn a_browser_is_trusted_only_when_its_owner_says_so_and_never_on_a_shared_computer(world: World) {
        let (_, key, codes) = protected(&world, EMAIL).await;
        let mut browser = world.browser();
        sign_in_with_code(&world, &mut browser, EMAIL, &key, false).await;
        assert!(!is_trusted(&mut browser, EMAIL, PASSWORD).await);
        let mut shared = world.browser();
        let fields = [("identifier", EMAIL), ("password", PASSWORD), ("shared", "on")];
        shared.submit("/form/sign-in", &fields).await.leads_to(STEP);
        assert!(!shared.get(STEP).await.body.contains("name=\"trust\""));
        shared.submit("/form/second-factor", &[("code", &codes[0]), ("trust", "on")]).await.leads_to("/account");
        shared.submit("/form/sign-out", &[]).await;
        assert!(!is_trusted(&mut shared, EMAIL, PASSWORD).await);
        // Said of a browser that is trusted, it is not signed in to by the password alone.
        trusted(&world, EMAIL, &key).await.submit("/form/sign-in", &fields).await.leads_to(STEP);
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 1);
        assert_eq!(count(&world, "browser_trusted").await, 1);
    }

    async fn a_wrong_code_trusts_nothing(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        world.advance(MINUTE);
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(STEP);
        browser.call("/form/second-factor", &[("code", "no code"), ("trust", "on")]).await.is(422, "wrong_code");
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 0);
        let right = code(&world, &key);
        browser.submit("/form/second-factor", &[("code", &right)]).await.leads_to("/account");
        assert!(!is_trusted(&mut browser, EMAIL, PASSWORD).await);
    }

    async fn the_operator_decides_for_how_long_and_ends_what_was_given(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let browser = trusted(&world, EMAIL, &key).await;
        world.advance(2 * DAY);
        for (days, trusted) in [("90", true), ("2", false), ("3", true), ("0", false), ("30", true)] {
            let node = world.another(&[("DOORWARD__SECOND_FACTOR__TRUST_DAYS", days)]).await.unwrap();
            assert_eq!(is_trusted(&mut browser.at(&node.router), EMAIL, PASSWORD).await, trusted, "{days}");
        }
        let longer = world.another(&[("DOORWARD__SECOND_FACTOR__TRUST_DAYS", "90")]).await.unwrap();
        world.advance(28 * DAY);
        assert!(!is_trusted(&mut browser.at(&longer.router), EMAIL, PASSWORD).await, "longer is not for what was given before");
        let world = world.with(&[("DOORWARD__SECOND_FACTOR__TRUST_DAYS", "0")]).await;
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(STEP);
        assert!(!browser.get(STEP).await.body.contains("name=\"trust\""));
        sign_in_with_code(&world, &mut browser, EMAIL, &key, true).await;
        assert!(!is_trusted(&mut browser, EMAIL, PASSWORD).await);
        assert_eq!(count(&world, "browser_trusted").await, 1);
    }

    async fn a_cookie_copied_before_the_browser_was_trusted_is_worth_nothing(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let mut browser = world.browser();
        sign_in_with_code(&world, &mut browser, EMAIL, &key, false).await;
        let copied = browser.device();
        sign_in_with_code(&world, &mut browser, EMAIL, &key, true).await;
        assert!(!copied.is_empty() && browser.device() != copied && browser.device().len() == copied.len());
        assert_eq!(world.notices(EMAIL).await.len(), 1, "it is the same browser as before");
        let mut thief = world.browser();
        thief.plant_device(&copied);
        assert!(!is_trusted(&mut thief, EMAIL, PASSWORD).await);
        browser.submit("/form/sign-out", &[]).await;
        assert!(is_trusted(&mut browser, EMAIL, PASSWORD).await);
        assert_eq!(world.notices(EMAIL).await.len(), 0);
    }

    async fn nobody_elses_cookie_and_no_made_up_one_spares_a_factor(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let (_, eves_key, _) = protected(&world, "eve@example.org").await;
        let eves = trusted(&world, "eve@example.org", &eves_key).await;
        let adas = trusted(&world, EMAIL, &key).await;
        for (email, planted) in [(EMAIL, eves.device()), ("eve@example.org", adas.device()), (EMAIL, "A".repeat(32)), (EMAIL, String::new())] {
            let mut browser = world.browser();
            browser.plant_device(&planted);
            assert!(!is_trusted(&mut browser, email, PASSWORD).await, "{email} {planted}");
        }
        // One browser may be trusted by two people, each for themselves.
        let mut both = adas;
        sign_in_with_code(&world, &mut both, "eve@example.org", &eves_key, true).await;
        assert!(is_trusted(&mut both, EMAIL, PASSWORD).await && is_trusted(&mut both, "eve@example.org", PASSWORD).await);
    }

    async fn trust_is_never_looked_at_where_there_is_no_second_factor(world: World) {
        let ada = world.register(EMAIL).await;
        let now = world.app().clock.now().0;
        world.change(&format!("INSERT INTO trusted_browsers (device_id, account_id, user_agent, created_at, expires_at) SELECT id, account_id, '', {now}, {now} + 1000000000 FROM devices")).await;
        sign_in(&mut ada.browser.clone(), EMAIL, PASSWORD).await.leads_to("/account");
        assert_eq!(world.texts("SELECT DISTINCT method FROM sessions ORDER BY 1").await, ["mail_link", "password"]);
    }

    async fn signing_out_and_ending_the_session_keep_the_trust(world: World) {
        let (mut ada, key, _) = protected(&world, EMAIL).await;
        let mut browser = world.browser();
        sign_in_with_code(&world, &mut browser, EMAIL, &key, true).await;
        let handle = other_session(&mut ada).await;
        ada.submit("/form/end-session", &[("session", &handle)]).await.leads_to("/account/sessions?ended=1");
        assert!(!is_signed_in(&mut browser).await);
        assert!(is_trusted(&mut browser, EMAIL, PASSWORD).await);
    }

    async fn a_new_password_ends_all_trust_here_too(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let (mut here, mut there) = (trusted(&world, EMAIL, &key).await, trusted(&world, EMAIL, &key).await);
        sign_in(&mut here, EMAIL, PASSWORD).await.leads_to("/account");
        change_password(&mut here, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        for browser in [&mut here, &mut there] {
            assert!(!is_trusted(browser, EMAIL, NEW_PASSWORD).await);
        }
        // And so does one that is set by mail.
        let (_, key, _) = protected(&world, "eve@example.org").await;
        let mut browser = trusted(&world, "eve@example.org", &key).await;
        world.letter("eve@example.org").await;
        let token = world.forgot_password("eve@example.org").await;
        browser.submit("/form/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).await;
        assert!(!is_trusted(&mut browser, "eve@example.org", NEW_PASSWORD).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 0);
    }

    async fn any_change_of_the_factors_ends_all_trust(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let mut here = world.browser();
        let mut soft = SoftKey::new(&world);
        for change in ["another app", "new codes", "a passkey", "one passkey less", "one app less"] {
            let mut there = trusted(&world, EMAIL, &key).await;
            sign_in_with_code(&world, &mut here, EMAIL, &key, true).await;
            match change {
                "another app" => {
                    let another = key_shown(&mut here).await;
                    turn_on(&world, &mut here, &another).await.leads_to("/account/second-factor?on");
                }
                "new codes" => {
                    here.submit("/form/make-recovery-codes", &[]).await.leads_to(CODES);
                }
                "a passkey" => {
                    soft.add(&mut here).await.leads_to("/account/passkeys?added");
                }
                "one passkey less" => {
                    let page = here.get("/account/passkeys").await;
                    let id = page.body.split_once("?name=").unwrap().1.split_once('"').unwrap().0.to_owned();
                    here.submit("/form/remove-passkey", &[("passkey", &id)]).await.leads_to("/account/passkeys?removed");
                }
                _ => {
                    let page = here.get("/account/second-factor").await;
                    let mut ids = page.body.split("?name=").skip(1).map(|rest| rest.split_once('"').unwrap().0);
                    let id = ids.next().unwrap().to_owned();
                    here.submit("/form/turn-off-totp", &[("authenticator", &id)]).await.leads_to("/account/second-factor?turned-off");
                }
            }
            let stored = world.number("SELECT COUNT(*) FROM trusted_browsers").await;
            assert_eq!(stored, 0, "{change}");
            assert!(!is_trusted(&mut there, EMAIL, PASSWORD).await && !is_trusted(&mut here, EMAIL, PASSWORD).await, "{change}");
        }
    }

    async fn what_was_somebody_else_ends_all_trust(world: World) {
        let (mut ada, key, _) = protected(&world, EMAIL).await;
        // Long before: a newer one would go with what was somebody else's.
        world.change("UPDATE totp_authenticators SET created_at = 1").await;
        let mut kept = trusted(&world, EMAIL, &key).await;
        world.notices(EMAIL).await;
        let mut stranger = world.browser();
        sign_in_with_code(&world, &mut stranger, EMAIL, &key, true).await;
        let link = world.notices(EMAIL).await.remove(0).links.remove(0);
        assert_eq!(world.browser().call("/form/was-it-you", &[("token", &token_of(&link))]).await.status, 200);
        assert!(!is_trusted(&mut stranger, EMAIL, PASSWORD).await && !is_trusted(&mut kept, EMAIL, PASSWORD).await);
        sign_in_with_code(&world, &mut kept, EMAIL, &key, true).await;
        sign_in_with_code(&world, &mut stranger, EMAIL, &key, false).await;
        let handle = other_session(&mut ada).await;
        ada.submit("/form/end-session", &[("session", &handle), ("not_me", "on")]).await.leads_to("/account/password?not-me");
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 0);
        // Even if it was one of this browser, which had forgotten it.
        sign_in_with_code(&world, &mut kept, EMAIL, &key, true).await;
        kept.restart();
        sign_in(&mut kept, EMAIL, PASSWORD).await.leads_to("/account");
        let handle = other_session(&mut kept).await;
        kept.submit("/form/end-session", &[("session", &handle), ("not_me", "on")]).await.leads_to("/account/password?not-me");
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 0);
    }

    async fn trust_is_listed_with_a_session_or_without_and_stopped_one_by_one(world: World) {
        let (mut ada, key, _) = protected(&world, EMAIL).await;
        assert!(listed(&mut ada).await.is_empty() && !ada.get(SESSIONS).await.body.contains("Browsers you trust"));
        let mut phone = trusted(&world, EMAIL, &key).await;
        sign_in_with_code(&world, &mut ada, EMAIL, &key, true).await;
        let page = ada.get(SESSIONS).await;
        page.shows("Browsers you trust").shows("Stop trusting").shows("ends").shows("31 March 2026");
        let both = listed(&mut ada).await;
        assert_eq!(both.len(), 2);
        let (_, section) = page.body.split_once("Browsers you trust").unwrap();
        assert_eq!(section.matches("This device").count(), 1, "{section}");
        let (mut eve, ..) = protected(&world, "eve@example.org").await;
        assert!(listed(&mut eve).await.is_empty());
        eve.submit("/form/stop-trusting", &[("browser", &both[0])]).await.leads_to("/account/sessions?not-trusted");
        assert_eq!((listed(&mut ada).await.len(), count(&world, "browser_trust_stopped").await), (2, 0));
        for odd in ["", "x", "00000000-0000-0000-0000-00000000000g"] {
            ada.call("/form/stop-trusting", &[("browser", odd)]).await.is(400, "bad_request");
        }
        // The one trusted last comes first; long after the last proof too, since it only takes
        // away.
        world.advance(20 * MINUTE);
        for _ in 0..2 {
            ada.submit("/form/stop-trusting", &[("browser", &both[1])]).await.leads_to("/account/sessions?not-trusted");
        }
        ada.get("/account/sessions?not-trusted").await.shows("no longer trusted");
        assert_eq!((listed(&mut ada).await, count(&world, "browser_trust_stopped").await), (vec![both[0].clone()], 1));
        assert!(is_signed_in(&mut ada).await && !is_trusted(&mut phone, EMAIL, PASSWORD).await);
        ada.get("/account/activity").await.shows("A browser is no longer trusted");
        ada.submit("/form/sign-out", &[]).await;
        assert!(is_trusted(&mut ada, EMAIL, PASSWORD).await);
    }

    async fn signing_out_everywhere_else_ends_the_trust_everywhere_else(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let (mut here, mut there) = (trusted(&world, EMAIL, &key).await, trusted(&world, EMAIL, &key).await);
        sign_in(&mut here, EMAIL, PASSWORD).await.leads_to("/account");
        for _ in 0..2 {
            let answer = here.submit("/form/end-other-sessions", &[]).await;
            assert!(answer.location().starts_with("/account/sessions?ended="), "{}", answer.in_full());
        }
        assert_eq!(count(&world, "browser_trust_stopped").await, 1);
        here.submit("/form/sign-out", &[]).await;
        assert!(is_trusted(&mut here, EMAIL, PASSWORD).await && !is_trusted(&mut there, EMAIL, PASSWORD).await);
    }

    async fn trust_given_by_a_clock_that_was_ahead_is_none_once_it_is_set_right(world: World) {
        let (_, key, codes) = protected(&world, EMAIL).await;
        world.advance(10 * DAY);
        let mut browser = trusted(&world, EMAIL, &key).await;
        world.turn_back(4 * MINUTE);
        assert!(is_trusted(&mut browser, EMAIL, PASSWORD).await, "as far as clocks may differ");
        world.turn_back(10 * DAY - 5 * MINUTE);
        assert!(!is_trusted(&mut browser, EMAIL, PASSWORD).await);
        let mut ada = world.browser();
        sign_in(&mut ada, EMAIL, PASSWORD).await.leads_to(STEP);
        ada.submit("/form/second-factor", &[("code", &codes[0])]).await.leads_to("/account");
        assert!(listed(&mut ada).await.is_empty());
    }

    async fn nobody_gets_past_a_revocation_or_a_new_password_that_comes_at_the_same_time(world: World) {
        let (mut ada, key, _) = protected(&world, EMAIL).await;
        let mut let_in = 0;
        for round in 0..12 {
            let browser = trusted(&world, EMAIL, &key).await;
            world.advance(MINUTE);
            let id = listed(&mut ada).await.remove(0);
            let sign_ins = (0..4).map(|number| {
                let mut browser = browser.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(number * 10)).await;
                    sign_in(&mut browser, EMAIL, PASSWORD).await.location().to_owned()
                })
            });
            let mut sign_ins: Vec<_> = sign_ins.collect();
            if round % 2 == 0 {
                assert_eq!(sign_ins.remove(0).await.unwrap(), "/account", "it comes before");
                let_in += 1;
            } else {
                tokio::time::sleep(Duration::from_millis(round * 10)).await;
            }
            ada.submit("/form/stop-trusting", &[("browser", &id)]).await.leads_to("/account/sessions?not-trusted");
            for sign_in in sign_ins {
                let to = sign_in.await.unwrap();
                assert!(to == "/account" || to == STEP, "{to}");
                let_in += usize::from(to == "/account");
            }
            assert!(!is_trusted(&mut browser.clone(), EMAIL, PASSWORD).await);
        }
        let late = "SELECT COUNT(*) FROM audit_entries e WHERE e.kind = 'signed_in' AND e.details LIKE '%password_and_trusted_browser%' AND (SELECT b.kind FROM audit_entries b WHERE b.kind LIKE 'browser_trust%' AND b.sequence < e.sequence ORDER BY b.sequence DESC LIMIT 1) <> 'browser_trusted'";
        assert_eq!(world.number(late).await, 0);
        let all = world.number("SELECT COUNT(*) FROM sessions WHERE method = 'password_and_trusted_browser'").await;
        assert_eq!(all, let_in as i64);

        let browser = trusted(&world, EMAIL, &key).await;
        world.advance(MINUTE);
        let sign_ins: Vec<_> = (0..6)
            .map(|_| {
                let mut browser = browser.clone();
                tokio::spawn(async move { sign_in(&mut browser, EMAIL, PASSWORD).await })
            })
            .collect();
        change_password(&mut ada, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        for sign_in in sign_ins {
            sign_in.await.unwrap();
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE method = 'password_and_trusted_browser' AND ended_at IS NULL").await, 0);
        assert!(!is_trusted(&mut browser.clone(), EMAIL, NEW_PASSWORD).await);
    }
}
