//! Passkeys: as the whole sign-in, as the second step, and as the only thing an account has.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in, sign_in, token_of};
use crate::second_factor::{CODES, code, codes_shown, protected};
use crate::soft_key::{Asked, SoftKey, ask, ask_in_full};
use crate::world::World;
use doorward::domain::factors::passkeys as stored;
use doorward::run::tasks::tidy;
use serde_json::{Value, json};
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const PAGE: &str = "/account/passkeys";
const STEP: &str = "/sign-in/second-factor";
const SIGN_IN: &str = "/form/sign-in-with-passkey";
const MINUTE: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(660);

/// Somebody with a password and a passkey.
pub async fn with_passkey(world: &World, email: &str) -> (Browser, SoftKey) {
    let mut browser = world.register(email).await.browser;
    let mut key = SoftKey::new(world);
    key.add(&mut browser).await.leads_to(CODES);
    browser.submit("/form/recovery-codes-saved", &[]).await;
    (browser, key)
}

/// Somebody who never had a password.
pub async fn without_password(world: &World, email: &str) -> (Browser, SoftKey) {
    let mut browser = world.browser();
    browser.submit("/form/register", &[("email", email)]).await.leads_to("/register?sent");
    let link = world.mailed_link(email, "/verify-email").await;
    browser.get(&link).await.shows("Create a passkey instead");
    let token = token_of(&link);
    let mut key = SoftKey::new(world);
    let asked = ask(&mut browser, "sign-up", &token).await;
    let credential = key.create(&asked).await;
    let fields = [("token", token.as_str()), ("challenge", &asked.challenge), ("credential", &credential)];
    browser.submit("/form/create-account-with-passkey", &fields).await.leads_to(CODES);
    (browser, key)
}

pub async fn passkeys(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM passkeys").await
}

pub async fn send(browser: &mut Browser, form: &str, asked: &Asked, credential: &str) -> Answer {
    browser.call(form, &[("challenge", &asked.challenge), ("credential", credential)]).await
}

/// The id of the passkey that the page lists first.
pub async fn first(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await;
    let (_, rest) = page.body.split_once("?name=").unwrap_or_else(|| panic!("{}", page.in_full()));
    rest.split('"').next().unwrap().to_owned()
}

each_database! {
    async fn a_passkey_is_added_and_signs_in_with_nothing_else(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        ada.get(PAGE).await.shows("No passkey yet");
        ada.get("/account/passkeys?add").await.shows("data-passkey=\"create\"").shows("recovery codes right after");
        let before = ada.clone();
        let mut key = SoftKey::new(&world);
        key.add(&mut ada).await.leads_to(CODES);
        assert!(!is_signed_in(&mut before.clone()).await, "the session has a new id");
        assert_eq!(codes_shown(&mut ada).await.len(), 10);
        world.letter(EMAIL).await.subject.contains("passkey").then_some(()).unwrap();
        ada.get(PAGE).await.shows("Synced: your password manager").shows("?name=");
        ada.get("/account").await.shows("On: a passkey, 10 recovery codes left");

        let mut other = world.browser();
        other.get("/sign-in").await.shows("autocomplete=\"username webauthn\"").shows("data-autofill").shows("Sign in with a passkey");
        key.sign_in(&mut other).await.goes_to("/account/profile");
        assert!(is_signed_in(&mut other).await);
        assert_eq!(world.texts("SELECT method FROM sessions ORDER BY started_at DESC, method DESC").await.iter().filter(|method| *method == "passkey").count(), 1);
        other.get("/account/activity").await.shows("Signed in with a passkey").shows("A passkey was added");
        other.get(PAGE).await.shows("used");
    }

    async fn after_the_password_a_passkey_is_the_second_step(world: World) {
        let (_, mut key) = with_passkey(&world, EMAIL).await;
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(STEP);
        assert!(!is_signed_in(&mut browser).await);
        browser.get(STEP).await.shows("Use a passkey").shows("One of your recovery codes");
        key.answer(&mut browser, "second-factor", "/form/second-factor-passkey").await.goes_to("/account");
        assert!(is_signed_in(&mut browser).await);
        browser.get("/account/activity").await.shows("Signed in with a password and a passkey");
        assert!(ask_in_full(&mut browser, "second-factor", "").await.location().contains("too-late"), "it waits no more");
    }

    async fn the_second_step_begins_with_what_was_used_last(world: World) {
        let (mut ada, app, codes) = protected(&world, EMAIL).await;
        let mut key = SoftKey::new(&world);
        key.add(&mut ada).await.leads_to("/account/passkeys?added");
        let offered = async || {
            let mut browser = world.browser();
            world.advance(MINUTE);
            sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(STEP);
            let page = browser.get(STEP).await.body;
            let at = |form: &str| page.find(&format!("id=\"{form}\"")).unwrap();
            let (code, passkey) = (at("second-factor"), at("second-factor-passkey"));
            // Only the first has the filled button.
            let first = &page[code.min(passkey)..code.max(passkey)];
            assert!(first.contains("button primary") && !page[code.max(passkey)..].contains("button primary"), "{page}");
            (browser, if passkey < code { "a passkey" } else { "a code" })
        };
        let (mut browser, first) = offered().await;
        assert_eq!(first, "a code", "the app made the code that turned it on");
        key.answer(&mut browser, "second-factor", "/form/second-factor-passkey").await.goes_to("/account");
        let (mut browser, first) = offered().await;
        assert_eq!(first, "a passkey");
        browser.call("/form/second-factor", &[("code", &code(&world, &app))]).await.goes_to("/account");
        let (_, first) = offered().await;
        assert_eq!(first, "a code");
        // A passkey that signs in by itself was used too.
        key.sign_in(&mut world.browser()).await.goes_to("/account/profile");
        let (mut browser, first) = offered().await;
        assert_eq!(first, "a passkey");
        browser.call("/form/second-factor", &[("code", &codes[0])]).await.goes_to("/account");
        assert_eq!(offered().await.1, "a code");
    }

    async fn somebody_elses_passkey_is_no_second_step(world: World) {
        let (_, _) = with_passkey(&world, EMAIL).await;
        let (_, mut eves) = with_passkey(&world, "eve@example.org").await;
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(STEP);
        let mut asked = ask(&mut browser, "second-factor", "").await;
        // Her authenticator is asked for whatever it has.
        asked.options["allowCredentials"] = serde_json::json!([]);
        let credential = eves.sign(&asked).await;
        send(&mut browser, "/form/second-factor-passkey", &asked, &credential).await.is(403, "passkey_refused");
        assert!(!is_signed_in(&mut browser).await);
    }

    async fn an_answer_that_is_not_quite_right_is_refused_the_same_way(world: World) {
        let (mut ada, key) = with_passkey(&world, EMAIL).await;
        let mut browser = world.browser();
        let refused = async |browser: &mut Browser, asked: &Asked, credential: &str| {
            let answer = send(browser, SIGN_IN, asked, credential).await;
            answer.is(403, "passkey_refused");
            assert!(answer.cookies.is_empty(), "{}", answer.in_full());
        };

        let mut elsewhere = SoftKey { origin: "http://localhost:9".to_owned(), ..key.clone() };
        let asked = ask(&mut browser, "sign-in", "").await;
        let credential = elsewhere.sign(&asked).await;
        refused(&mut browser, &asked, &credential).await;

        let mut careless = SoftKey { verifies: false, ..key.clone() };
        let credential = careless.sign(&asked).await;
        refused(&mut browser, &asked, &credential).await;

        let mut right = key.clone();
        let credential = right.sign(&asked).await;
        for (changed, by) in [("\"signature\":\"MEU", "\"signature\":\"MEQ"), ("\"signature\":\"MEQ", "\"signature\":\"MEU"), ("\"signature\":\"MEY", "\"signature\":\"MEU"), ("{", "[")] {
            if credential.contains(changed) {
                refused(&mut browser, &asked, &credential.replacen(changed, by, 1)).await;
            }
        }
        for nothing in ["", "null", "{}", "\u{0}", &"a".repeat(20_000)] {
            refused(&mut browser, &asked, nothing).await;
        }
        for challenge in ["", "AAAA", &asked.challenge[1..], &"A".repeat(25_000)] {
            let forged = Asked { options: asked.options.clone(), challenge: challenge.to_owned() };
            refused(&mut browser, &forged, &credential).await;
        }
        let for_another_act = ask(&mut ada, "confirm", "").await;
        let confirming = key.clone().sign(&for_another_act).await;
        refused(&mut browser, &for_another_act, &confirming).await;

        let mut unknown = SoftKey::new(&world);
        let mut eve = world.register("eve@example.org").await.browser;
        let adding = ask(&mut eve, "add", "").await;
        unknown.create(&adding).await;
        let credential = unknown.sign(&asked).await;
        refused(&mut browser, &asked, &credential).await;

        world.advance(10 * MINUTE);
        let late = right.sign(&asked).await;
        refused(&mut browser, &asked, &late).await;
        world.turn_back(20 * MINUTE);
        refused(&mut browser, &asked, &late).await;
        world.advance(10 * MINUTE);
        assert!(!is_signed_in(&mut browser).await);
        assert!(world.audit_kinds().await.contains(&"passkey_refused".to_owned()));
        right.sign_in(&mut browser).await.goes_to("/account/profile");
    }

    async fn hints_in_shapes_of_their_own_spoil_no_answer(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        let odd = |credential: &str, transports: Value, extensions: Value| {
            let mut answer: Value = serde_json::from_str(credential).unwrap();
            answer["response"]["transports"] = transports;
            answer["clientExtensionResults"] = extensions;
            answer.to_string()
        };
        let mut last = None;
        for (transports, extensions) in [
            (json!(["usb", "by pigeon"]), json!({ "credProps": { "rk": true }, "prf": { "enabled": false } })),
            (json!("usb"), json!({})),
            (json!([7, null]), json!(null)),
            (json!({}), json!({ "credProps": true, "appid": "no" })),
            (json!(null), json!("none")),
        ] {
            let (mut key, before) = (SoftKey::new(&world), passkeys(&world).await);
            let asked = ask(&mut ada, "add", "").await;
            let credential = odd(&key.create(&asked).await, transports.clone(), extensions.clone());
            let answer = send(&mut ada, "/form/add-passkey", &asked, &credential).await;
            assert_eq!((answer.status, passkeys(&world).await), (200, before + 1), "{credential}: {}", answer.in_full());
            let mut browser = world.browser();
            let asked = ask(&mut browser, "sign-in", "").await;
            let credential = odd(&key.sign(&asked).await, transports, extensions);
            send(&mut browser, SIGN_IN, &asked, &credential).await.goes_to("/account");
            last = Some(key);
        }
        // What is signed is held to all the same.
        let (mut browser, mut key) = (world.browser(), last.unwrap());
        let asked = ask(&mut browser, "sign-in", "").await;
        let mut answer: Value = serde_json::from_str(&key.sign(&asked).await).unwrap();
        answer["clientExtensionResults"] = json!("none");
        answer["response"]["signature"] = json!("AAAA");
        send(&mut browser, SIGN_IN, &asked, &answer.to_string()).await.is(403, "passkey_refused");
    }

    async fn of_fifty_requests_with_one_answer_one_signs_in(world: World) {
        let (_, mut key) = with_passkey(&world, EMAIL).await;
        let mut browser = world.browser();
        let asked = ask(&mut browser, "sign-in", "").await;
        let credential = key.sign(&asked).await;
        let mut at_once = Vec::new();
        for _ in 0..50 {
            let (mut browser, challenge, credential) = (browser.clone(), asked.challenge.clone(), credential.clone());
            at_once.push(tokio::spawn(async move {
                browser.call(SIGN_IN, &[("challenge", &challenge), ("credential", &credential)]).await
            }));
        }
        let mut signed_in = 0;
        for answer in at_once {
            signed_in += usize::from(!answer.await.unwrap().cookies.is_empty());
        }
        assert_eq!(signed_in, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE method = 'passkey'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM used_challenges").await, 2, "one more for adding it");
        world.advance(20 * MINUTE);
        tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM used_challenges").await, 0);
        send(&mut browser, SIGN_IN, &asked, &credential).await.is(403, "passkey_refused");
    }

    async fn a_counter_that_goes_back_is_refused_and_its_owner_sees_it(world: World) {
        let (_, mut key) = with_passkey(&world, EMAIL).await;
        let copy = key.clone();
        key.sign_in(&mut world.browser()).await.goes_to("/account/profile");
        key.sign_in(&mut world.browser()).await.goes_to("/account/profile");
        copy.clone().sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        let mut browser = world.browser();
        key.sign_in(&mut browser).await.goes_to("/account/profile");
        browser.get("/account/activity").await.shows("somebody may have copied it");
    }

    async fn a_removed_passkey_is_refused_and_the_last_takes_the_recovery_codes_with_it(world: World) {
        let (mut ada, mut key) = with_passkey(&world, EMAIL).await;
        let id = first(&mut ada).await;
        let mut eve = world.register("eve@example.org").await.browser;
        eve.call("/form/remove-passkey", &[("passkey", &id)]).await.is(404, "not_found");
        eve.call("/form/name-passkey", &[("passkey", &id), ("device_name", "Mine")]).await.is(404, "not_found");
        ada.submit("/form/name-passkey", &[("passkey", &id), ("device_name", "Work laptop")]).await.leads_to("/account/passkeys?named");
        ada.get(&format!("{PAGE}?remove={id}")).await.shows("Remove “Work laptop”?").shows("last second factor");
        world.unread_count(EMAIL).await;
        ada.submit("/form/remove-passkey", &[("passkey", &id)]).await.leads_to("/account/passkeys?removed");
        assert!(world.letter(EMAIL).await.subject.contains("turned off"));
        assert_eq!(passkeys(&world).await + world.number("SELECT COUNT(*) FROM recovery_codes").await, 0);
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        sign_in(&mut world.browser(), EMAIL, PASSWORD).await.leads_to("/account");
    }

    async fn a_first_password_needs_a_confirmation_of_late(world: World) {
        let (mut ada, _) = without_password(&world, EMAIL).await;
        world.advance(LONG);
        ada.call("/form/change-password", &[("new_password", NEW_PASSWORD)]).await.goes_to("/confirm?then=/account/password");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE password_hash IS NOT NULL").await, 0);
    }

    async fn a_reset_password_does_not_spare_the_passkey_and_a_recovery_code_stands_in_for_it(world: World) {
        let (mut ada, _) = without_password(&world, EMAIL).await;
        let codes = codes_shown(&mut ada).await;
        world.unread_count(EMAIL).await;
        let token = world.forgot_password(EMAIL).await;
        world.browser().submit("/form/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).await.leads_to("/sign-in?password-reset");
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, NEW_PASSWORD).await.leads_to(STEP);
        assert!(!is_signed_in(&mut browser).await);
        browser.submit("/form/second-factor", &[("code", &codes[3])]).await.leads_to("/account");
    }

    async fn of_two_removals_at_once_one_leaves_a_way_in(world: World) {
        let (mut ada, _) = without_password(&world, EMAIL).await;
        SoftKey::new(&world).add(&mut ada).await.leads_to("/account/passkeys?added");
        let account = world.newest_account().await;
        let ids: Vec<String> = stored::list(&world.app().db, account).await.unwrap().iter().map(|passkey| passkey.id.0.to_string()).collect();
        assert_eq!(ids.len(), 2);
        let (mut one, mut other) = (ada.clone(), ada.clone());
        let (first, second) = ([("passkey", ids[0].as_str())], [("passkey", ids[1].as_str())]);
        let (one, other) =
            tokio::join!(one.call("/form/remove-passkey", &first), other.call("/form/remove-passkey", &second));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{}\n{}", one.in_full(), other.in_full());
        assert_eq!(passkeys(&world).await, 1);
    }

    async fn a_passkey_is_added_once_and_to_one_account(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        let mut key = SoftKey::new(&world);
        let asked = ask(&mut ada, "add", "").await;
        let credential = key.create(&asked).await;
        let mut eve = world.register("eve@example.org").await.browser;
        send(&mut eve, "/form/add-passkey", &asked, &credential).await.is(403, "passkey_refused");
        let (mut one, mut other) = (ada.clone(), ada.clone());
        let (one, other) = tokio::join!(
            send(&mut one, "/form/add-passkey", &asked, &credential),
            send(&mut other, "/form/add-passkey", &asked, &credential),
        );
        // Whoever comes a moment later is refused, or is asked for the passkey that there is by
        // then.
        let added = |answer: &&Answer| answer.status == 200 && !answer.location().starts_with("/confirm");
        assert_eq!([&one, &other].into_iter().filter(added).count(), 1, "{}\n{}", one.in_full(), other.in_full());
        assert_eq!(passkeys(&world).await, 1);
        let again = ask(&mut world.browser(), "sign-in", "").await;
        assert_eq!(again.options["allowCredentials"], serde_json::json!([]), "nobody learns who has which");
    }

    async fn what_has_a_passkey_already_is_left_out_and_more_than_twenty_are_not_taken(world: World) {
        let (mut ada, key) = with_passkey(&world, EMAIL).await;
        let asked = ask(&mut ada, "add", "").await;
        let excluded = asked.options["excludeCredentials"].as_array().unwrap();
        assert_eq!(excluded.len(), 1);
        assert!(key.passkey.is_some());
        assert_eq!((asked.options["authenticatorSelection"]["residentKey"].as_str(), asked.options["authenticatorSelection"]["userVerification"].as_str()), (Some("required"), Some("required")));
        for _ in 1..20 {
            SoftKey::new(&world).add(&mut ada).await.leads_to("/account/passkeys?added");
        }
        ask_in_full(&mut ada, "add", "").await.is(409, "too_many_passkeys");
        assert_eq!(passkeys(&world).await, 20);
    }

    async fn adding_and_removing_need_a_confirmation_of_late(world: World) {
        let (mut ada, mut key) = with_passkey(&world, EMAIL).await;
        let id = first(&mut ada).await;
        let asked = ask(&mut ada, "add", "").await;
        let credential = SoftKey::new(&world).create(&asked).await;
        world.advance(LONG);
        ask_in_full(&mut ada, "add", "").await.goes_to("/confirm?then=/account/passkeys%3Fadd");
        send(&mut ada, "/form/add-passkey", &asked, &credential).await.goes_to("/confirm?then=/account/passkeys%3Fadd");
        let answer = ada.call("/form/remove-passkey", &[("passkey", &id)]).await;
        answer.goes_to(&format!("/confirm?then=/account/passkeys%3Fremove%3D{id}"));
        assert_eq!(passkeys(&world).await, 1);
        key.answer(&mut ada, "confirm", "/form/confirm-with-passkey").await.goes_to("/account/profile");
        ada.get("/account/activity").await.shows("Confirmed");
    }

    async fn letters_about_passkeys_have_links_of_their_own_that_tell_of_it_and_lock_the_account(world: World) {
        let (mut ada, _) = with_passkey(&world, EMAIL).await;
        let mut links = vec![(world.mailed_link(EMAIL, "/was-it-you").await, "A passkey was added")];
        SoftKey::new(&world).add(&mut ada).await.leads_to("/account/passkeys?added");
        links.push((world.mailed_link(EMAIL, "/was-it-you").await, "A passkey was added"));
        for removed in ["A passkey was removed", "A passkey was removed"] {
            let id = first(&mut ada).await;
            ada.submit("/form/remove-passkey", &[("passkey", &id)]).await.leads_to("/account/passkeys?removed");
            links.push((world.mailed_link(EMAIL, "/was-it-you").await, removed));
        }
        for (link, what) in &links {
            world.browser().get(link).await.shows(what).shows("lock my account");
        }
        world.browser().call("/form/was-it-you", &[("token", &token_of(&links[3].0))]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE frozen_at IS NOT NULL").await, 1);
        assert!(!is_signed_in(&mut ada).await);
    }

    async fn a_disabled_or_locked_account_is_closed_to_its_passkey(world: World) {
        let (_, mut key) = with_passkey(&world, EMAIL).await;
        for closed in ["disabled_at = 1", "disabled_at = NULL, frozen_at = 1"] {
            world.change(&format!("UPDATE accounts SET {closed}")).await;
            key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        }
        world.change("UPDATE accounts SET frozen_at = NULL").await;
        key.sign_in(&mut world.browser()).await.goes_to("/account/profile");
    }

    async fn a_passkey_that_is_not_allowed_is_not_added_and_goes_on_where_it_is(world: World) {
        let (_, mut key) = with_passkey(&world, EMAIL).await;
        let world = world.with(&[("DOORWARD__SECOND_FACTOR__ALLOWED", "totp")]).await;
        let mut browser = world.browser();
        key.sign_in(&mut browser).await.goes_to("/account/profile");
        ask_in_full(&mut browser, "add", "").await.is(403, "forbidden");
        assert!(!browser.get(PAGE).await.body.contains("?add"));
        let mut eve = world.browser();
        eve.submit("/form/register", &[("email", "eve@example.org")]).await.leads_to("/register?sent");
        let link = world.mailed_link("eve@example.org", "/verify-email").await;
        assert!(!eve.get(&link).await.body.contains("data-passkey"));
    }

    async fn with_the_last_passkey_goes_a_password_that_is_too_short_to_stand_alone(world: World) {
        let (mut ada, _) = with_passkey(&world, EMAIL).await;
        change_password(&mut ada, PASSWORD, "kq7vm2xw").await.leads_to("/account/password?changed");
        let id = first(&mut ada).await;
        ada.get(&format!("{PAGE}?remove={id}")).await.shows("name=\"new_password\"");
        ada.call("/form/remove-passkey", &[("passkey", &id)]).await.is(422, "password_missing");
        ada.call("/form/remove-passkey", &[("passkey", &id), ("new_password", "kq7vm2xw9")]).await.is(422, "password_too_short");
        ada.submit("/form/remove-passkey", &[("passkey", &id), ("new_password", NEW_PASSWORD)]).await.leads_to("/account/passkeys?removed");
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/account");
    }
}
