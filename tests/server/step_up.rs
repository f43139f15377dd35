//! What changes the way in to an account, from a session in which its second factor was never
//! shown: the password alone takes nothing apart.

use crate::browser::Browser;
use crate::each_database;
use crate::person::{PASSWORD, is_signed_in, sign_in};
use crate::second_factor::{CODES, code, codes_shown, first_app, key_shown, protected, turn_on};
use crate::soft_key::{SoftKey, ask, ask_in_full};
use crate::world::World;
use doorward::domain::factors::totp::Key;
use doorward::domain::logins::Method;
use doorward::domain::sessions::Keep;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const STEP: &str = "/sign-in/second-factor";
const TOTP: &str = "/account/second-factor/totp";
const MINUTE: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(660);

/// A browser that Ada trusts, signed in to just now with the password alone.
async fn in_trusted_browser(world: &World, key: &Key) -> Browser {
    let mut browser = world.browser();
    world.advance(MINUTE);
    sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(STEP);
    let code = code(world, key);
    browser.submit("/form/second-factor", &[("code", &code), ("trust", "on")]).await.leads_to("/account");
    browser.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
    sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/account");
    browser
}

/// Everything that signs in to the account, as it is stored.
async fn ways_in(world: &World) -> Vec<String> {
    let mut rows = Vec::new();
    for query in [
        "SELECT CAST(created_at AS TEXT) FROM totp_authenticators ORDER BY 1",
        "SELECT CAST(created_at AS TEXT) FROM passkeys ORDER BY 1",
        "SELECT CAST(COUNT(*) AS TEXT) || CAST(MIN(created_at) AS TEXT) FROM recovery_codes WHERE used_at IS NULL",
        "SELECT COALESCE(password_hash, '') FROM accounts ORDER BY 1",
        "SELECT CAST(COUNT(*) AS TEXT) FROM factor_drafts WHERE kind = 'totp'",
        "SELECT CAST(COUNT(*) AS TEXT) FROM personal_tokens",
    ] {
        rows.extend(world.texts(query).await);
    }
    rows
}

/// Asserts that `browser` changes nothing about the ways in and is led to the page that asks for
/// the factor.
async fn assert_nothing_changes(world: &World, browser: &mut Browser) {
    let before = ways_in(world).await;
    let app = first_app(browser).await;
    let passkeys = browser.get("/account/passkeys").await.body;
    let passkey = passkeys.split_once("?name=").unwrap().1.split_once('"').unwrap().0;
    let (off, remove) = (format!("/account/second-factor?off={app}"), format!("/account/passkeys?remove={passkey}"));
    for page in [TOTP, CODES, "/account/passkeys?add", "/account/tokens?add", off.as_str(), remove.as_str()] {
        let confirm = format!("/confirm?then={}", page.replace('?', "%3F").replace('=', "%3D"));
        let answer = browser.get(page).await;
        answer.leads_to(&confirm);
        assert!(!answer.body.contains("<form") && !answer.body.contains("otpauth"), "{page}: {}", answer.body);
        let asked = browser.get(&confirm).await;
        asked.shows("Show it once").shows("name=\"code\"").shows("Use a passkey");
        assert!(asked.status == 200 && !asked.body.contains("name=\"password\""), "{page}: {}", asked.in_full());
    }
    for (form, fields) in [
        ("/form/turn-on-totp", vec![("code", "000000")]),
        ("/form/turn-off-totp", vec![("authenticator", app.as_str())]),
        ("/form/make-recovery-codes", vec![]),
        ("/form/add-passkey", vec![("challenge", "x"), ("credential", "x")]),
        ("/form/remove-passkey", vec![("passkey", passkey)]),
    ] {
        let answer = browser.call(form, &fields).await;
        assert!(answer.location().starts_with("/confirm?then="), "{form}: {}", answer.in_full());
    }
    ask_in_full(browser, "add", "").await.goes_to("/confirm?then=/account/passkeys%3Fadd");
    assert_eq!(ways_in(world).await, before);
}

each_database! {
    async fn a_factor_shown_in_a_session_that_began_without_a_password_tells_none(world: World) {
        let (mut ada, key, mut codes) = protected(&world, EMAIL).await;
        let mut passkey = SoftKey::new(&world);
        passkey.add(&mut ada).await.leads_to("/account/passkeys?added");
        let account = world.newest_account().await;
        for first in ["provider", "mail_link", "set_up_link"] {
            for kind in ["totp", "recovery_code", "passkey"] {
                world.advance(MINUTE);
                world.change("DELETE FROM sessions").await;
                let (mut browser, _) = world.started(account, Keep::Ordinary).await;
                world.change(&format!("UPDATE sessions SET method = '{first}'")).await;
                match kind {
                    "totp" => browser.call("/form/confirm-with-code", &[("code", &code(&world, &key))]).await,
                    "passkey" => passkey.answer(&mut browser, "confirm", "/form/confirm-with-passkey").await,
                    _ => browser.call("/form/confirm-with-code", &[("code", &codes.remove(0))]).await,
                };
                let stored = world.texts("SELECT method FROM sessions").await;
                assert_eq!(stored, [format!("{first}_{kind}")]);
                let (amr, acr) = Method::parse(&stored[0]).unwrap().in_claims();
                assert!(!amr.contains(&"pwd") && amr.contains(&"mfa") && acr == "2", "{amr:?}");
            }
        }
    }

    async fn the_password_alone_changes_no_factor_in_a_trusted_browser(world: World) {
        let (mut owner, key, _) = protected(&world, EMAIL).await;
        SoftKey::new(&world).add(&mut owner).await.leads_to("/account/passkeys?added");
        let mut browser = in_trusted_browser(&world, &key).await;
        assert_nothing_changes(&world, &mut browser).await;
        // Giving the password once more shows nothing new.
        world.advance(LONG);
        let page = browser.get(TOTP).await;
        page.leads_to(&format!("/confirm?then={TOTP}"));
        browser.get(page.location()).await.shows("name=\"password\"");
        browser.submit("/form/confirm", &[("password", PASSWORD), ("then", TOTP)]).await.leads_to(TOTP);
        assert_nothing_changes(&world, &mut browser).await;
        // What only takes away, or is no way in, goes on as before.
        assert_eq!(browser.get("/account/sessions?end=others").await.status, 200);
        assert_eq!(browser.get("/account/second-factor").await.status, 200);
    }

    async fn nor_in_a_session_from_before_there_was_a_factor(world: World) {
        let ada = world.register(EMAIL).await;
        let (mut here, mut there) = ada.signed_in_twice().await;
        let key = key_shown(&mut here).await;
        let prepared = key_shown(&mut there).await;
        turn_on(&world, &mut here, &key).await.leads_to(CODES);
        SoftKey::new(&world).add(&mut here).await.leads_to("/account/passkeys?added");
        assert_nothing_changes(&world, &mut there).await;
        there.call("/form/turn-on-totp", &[("code", &code(&world, &prepared))]).await.goes_to(&format!("/confirm?then={TOTP}"));
        assert_eq!(world.number("SELECT COUNT(*) FROM totp_authenticators").await, 1);
    }

    async fn of_ten_sessions_that_turn_on_the_first_factor_at_once_one_does(world: World) {
        let ada = world.register(EMAIL).await;
        let mut prepared = Vec::new();
        for _ in 0..10 {
            let mut browser = ada.signed_in().await;
            let key = key_shown(&mut browser).await;
            prepared.push((browser, code(&world, &key)));
        }
        let sent = prepared.into_iter().map(|(mut browser, code)| {
            tokio::spawn(async move { browser.call("/form/turn-on-totp", &[("code", &code)]).await })
        });
        let mut turned_on = 0;
        for answer in futures_util::future::join_all(sent.collect::<Vec<_>>()).await {
            let answer = answer.unwrap();
            let refused = answer.code() == "confirmation_required" || answer.location().starts_with("/confirm?");
            assert!(refused || answer.location() == CODES, "{}", answer.in_full());
            turned_on += usize::from(!refused);
        }
        assert_eq!((turned_on, world.number("SELECT COUNT(*) FROM totp_authenticators").await), (1, 1));
    }

    async fn a_code_is_what_is_missing_and_the_session_has_shown_it_from_then_on(world: World) {
        let (_, key, codes) = protected(&world, EMAIL).await;
        let mut browser = in_trusted_browser(&world, &key).await;
        let before = browser.clone();
        world.advance(MINUTE);
        // Without script; a wrong one first.
        let fields = |code: &str| [("code".to_owned(), code.to_owned()), ("then".to_owned(), TOTP.to_owned())];
        browser.get(&format!("/confirm?then={TOTP}")).await;
        let wrong = browser.submit("/form/confirm-with-code", &[("code", "no code"), ("then", TOTP)]).await;
        browser.get(wrong.location()).await.shows("That code is not right").shows("aria-invalid");
        assert!(is_signed_in(&mut browser).await);
        let right = fields(&code(&world, &key));
        let right: Vec<_> = right.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.submit("/form/confirm-with-code", &right).await.leads_to(TOTP);
        assert!(!is_signed_in(&mut before.clone()).await, "the session has a new id");
        let another = key_shown(&mut browser).await;
        turn_on(&world, &mut browser, &another).await.leads_to("/account/second-factor?on");
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE method = 'password_and_trusted_browser'").await, 0);
        browser.get("/account").await.shows("Signed in with a password and an authenticator app");
        browser.get("/account/activity").await.shows("Confirmed with a code of an authenticator app");
        // Later one proof is enough (ASVS 7.5.2).
        world.advance(LONG);
        browser.get(TOTP).await.leads_to(&format!("/confirm?then={TOTP}"));
        browser.submit("/form/confirm", &[("password", PASSWORD), ("then", TOTP)]).await.leads_to(TOTP);
        assert_eq!(browser.get(TOTP).await.status, 200);
        browser.get("/account/activity").await.shows("Confirmed with the password");
        drop(codes);
    }

    async fn a_recovery_code_or_a_passkey_does_as_well(world: World) {
        let (mut owner, key, codes) = protected(&world, EMAIL).await;
        let mut soft = SoftKey::new(&world);
        soft.add(&mut owner).await.leads_to("/account/passkeys?added");
        let mut one = in_trusted_browser(&world, &key).await;
        world.unread_count(EMAIL).await;
        one.call("/form/confirm-with-code", &[("code", &codes[0]), ("then", CODES)]).await.goes_to(CODES);
        assert!(world.letter(EMAIL).await.subject.contains("recovery code"), "it is written about");
        assert_eq!(one.get(CODES).await.status, 200);
        one.call("/form/confirm-with-code", &[("code", &codes[0]), ("then", CODES)]).await;
        one.get("/account/activity").await.shows("Confirmed with a recovery code");
        let mut other = in_trusted_browser(&world, &key).await;
        soft.answer(&mut other, "confirm", "/form/confirm-with-passkey").await.goes_to("/account/profile");
        other.get("/account").await.shows("Signed in with a password and a passkey");
        other.get("/account/activity").await.shows("Confirmed with a passkey");
        assert_eq!(other.get("/account/passkeys?add").await.status, 200);
        let asked = ask(&mut other, "add", "").await;
        assert!(!asked.challenge.is_empty());
    }

    async fn a_code_does_not_stand_in_for_a_password_that_was_given_long_ago(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let mut browser = in_trusted_browser(&world, &key).await;
        world.advance(LONG);
        let answer = browser.call("/form/confirm-with-code", &[("code", &code(&world, &key)), ("then", TOTP)]).await;
        answer.goes_to(&format!("/confirm?then={TOTP}"));
        browser.get(answer.location()).await.shows("name=\"password\"");
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE method = 'password_and_trusted_browser' AND ended_at IS NULL").await, 1);
        assert!(!world.audit_kinds().await.contains(&"session_confirmed".to_owned()));
        // Nor is one looked at where nothing is asked for.
        let mut eve = world.register("eve@example.org").await.browser;
        eve.call("/form/confirm-with-code", &[("code", "000000"), ("then", TOTP)]).await.goes_to(TOTP);
        eve.get(&format!("/confirm?then={TOTP}")).await.leads_to(TOTP);
        assert_eq!(world.number("SELECT COUNT(*) FROM factor_failures WHERE failures > 0").await, 0);
    }

    async fn guessing_at_the_confirmation_is_counted_with_guessing_at_the_sign_in(world: World) {
        let ada = world.register(EMAIL).await;
        let (mut here, mut there) = ada.signed_in_twice().await;
        let key = key_shown(&mut here).await;
        turn_on(&world, &mut here, &key).await.leads_to(CODES);
        world.unread_count(EMAIL).await;
        let mut thief = world.browser();
        sign_in(&mut thief, EMAIL, PASSWORD).await.leads_to(STEP);
        for _ in 0..2 {
            thief.call("/form/second-factor", &[("code", "no code")]).await.is(422, "wrong_code");
        }
        there.call("/form/confirm-with-code", &[("code", " ")]).await.is(422, "code_missing");
        for _ in 0..3 {
            there.call("/form/confirm-with-code", &[("code", "no code")]).await.is(422, "wrong_code");
        }
        world.letter(EMAIL).await.text.find("several wrong codes").unwrap();
        world.advance(Duration::from_secs(30));
        let right = code(&world, &key);
        there.call("/form/confirm-with-code", &[("code", &right)]).await.is(429, "codes_too_fast");
        thief.call("/form/second-factor", &[("code", &right)]).await.is(429, "codes_too_fast");
        // In a browser that is known they are counted for it alone.
        let mut known = in_trusted_browser(&world, &key).await;
        known.call("/form/confirm-with-code", &[("code", "no code")]).await.is(422, "wrong_code");
        assert_eq!((world.number("SELECT failures FROM device_failures").await, world.number("SELECT COALESCE(MAX(failures), 0) FROM factor_failures").await), (1, 0));
        world.advance(MINUTE);
        known.call("/form/confirm-with-code", &[("code", &code(&world, &key)), ("then", TOTP)]).await.goes_to(TOTP);
    }

    async fn of_fifty_confirmations_with_one_code_one_counts(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let browser = in_trusted_browser(&world, &key).await;
        world.advance(MINUTE);
        let right = code(&world, &key);
        let sent = (0..50).map(|_| {
            let (mut browser, right) = (browser.clone(), right.clone());
            tokio::spawn(async move { browser.call("/form/confirm-with-code", &[("code", &right), ("then", TOTP)]).await.cookies.len() })
        });
        let given = futures_util::future::join_all(sent.collect::<Vec<_>>()).await;
        assert_eq!(given.into_iter().map(Result::unwrap).sum::<usize>(), 1, "one new id");
        assert_eq!(world.audit_kinds().await.iter().filter(|kind| *kind == "session_confirmed").count(), 1);
    }

    async fn the_browser_that_confirmed_with_a_factor_is_a_known_one(world: World) {
        let ada = world.register(EMAIL).await;
        let (mut here, mut there) = ada.signed_in_twice().await;
        let key = key_shown(&mut here).await;
        turn_on(&world, &mut here, &key).await.leads_to(CODES);
        let codes = codes_shown(&mut here).await;
        there.call("/form/confirm-with-code", &[("code", &codes[0]), ("then", TOTP)]).await.goes_to(TOTP);
        let mut thief = world.browser();
        sign_in(&mut thief, EMAIL, PASSWORD).await.leads_to(STEP);
        for _ in 0..5 {
            thief.call("/form/second-factor", &[("code", "no code")]).await.is(422, "wrong_code");
        }
        there.submit("/form/sign-out", &[]).await;
        sign_in(&mut there, EMAIL, PASSWORD).await.leads_to(STEP);
        there.call("/form/second-factor", &[("code", &codes[1])]).await.goes_to("/account");
    }

    async fn a_thief_of_the_cookie_does_not_get_past_the_doubt_with_a_code(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let browser = in_trusted_browser(&world, &key).await;
        world.advance(MINUTE);
        let mut thief = browser.taken_to(crate::browser::CHROME);
        thief.call("/form/confirm-with-code", &[("code", &code(&world, &key)), ("then", TOTP)]).await.is(403, "confirmation_required");
    }
}
