//! `/sign-in`, `/sign-out`.

use crate::browser::Browser;
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in, sign_in};
use crate::world::World;
use std::time::Duration;

/// The names of the accounts that no sign-in may tell apart, beside one that can sign in
/// (`ada@example.org`).
const STRANGERS: [&str; 5] =
    ["nobody@example.org", "nobody", "disabled@example.org", "locked@example.org", "without@example.org"];

/// Ada, somebody disabled, somebody who locked the account, and somebody who never set a password.
async fn people(world: &World) {
    for email in ["ada@example.org", "disabled@example.org", "locked@example.org", "without@example.org"] {
        world.register(email).await;
    }
    world.change("UPDATE accounts SET disabled_at = 1 WHERE email = 'disabled@example.org'").await;
    world.change("UPDATE accounts SET frozen_at = 1 WHERE email = 'locked@example.org'").await;
    world.change("UPDATE accounts SET password_hash = NULL WHERE email = 'without@example.org'").await;
}

each_database! {
    async fn a_person_signs_in_by_address_in_any_letter_case_and_by_username(world: World) {
        world.register("ada@example.org").await;
        let username = world.texts("SELECT username FROM accounts").await.remove(0);
        for identifier in ["ada@example.org", " ADA@Example.ORG ", &username, &username.to_uppercase()] {
            let mut browser = world.browser();
            sign_in(&mut browser, identifier, PASSWORD).await.leads_to("/account");
            assert!(is_signed_in(&mut browser).await, "{identifier}");
        }
    }

    async fn every_refused_sign_in_is_answered_alike(world: World) {
        people(&world).await;
        for accept in ["text/html", "application/json"] {
            let mut answers = Vec::new();
            let tries = STRANGERS.map(|name| (name, PASSWORD)).into_iter().chain([("ada@example.org", NEW_PASSWORD)]);
            for (identifier, password) in tries {
                let mut browser = world.browser();
                let fields = [("identifier", identifier), ("password", password), ("remember", "on")];
                let request = browser.posting("/form/sign-in", &fields, accept);
                let answer = browser.send(request).await;
                assert!(answer.cookies.is_empty(), "{identifier}");
                answers.push(answer.in_full());
            }
            answers.dedup();
            assert_eq!(answers.len(), 1, "{answers:#?}");
        }
    }

    async fn a_refused_sign_in_costs_one_hash_whoever_it_was_about(world: World) {
        people(&world).await;
        let parameters = &world.app().config.password;
        let one_hash = u64::from(parameters.memory_kib) * u64::from(parameters.iterations);
        // The second is hashed as it was typed and in NFC.
        for (password, hashes) in [(NEW_PASSWORD, 1), ("nine sma\u{30a}ll boats", 2)] {
            for name in [&["ada@example.org"][..], &STRANGERS].concat() {
                let before = world.app().passwords.hasher.work_done();
                let answer = world.browser().call("/form/sign-in", &[("identifier", name), ("password", password)]).await;
                answer.is(401, "wrong_credentials");
                assert_eq!(world.app().passwords.hasher.work_done() - before, hashes * one_hash, "{name}");
            }
        }
    }

    async fn a_flood_of_sign_ins_is_asked_to_come_back_and_then_let_in(world: World) {
        let world = world.with(&[("DOORWARD__PASSWORD__THREADS", "1"), ("DOORWARD__PASSWORD__QUEUE", "1")]).await;
        world.register("ada@example.org").await;
        let flood = (0..12).map(|number| {
            let (mut browser, known) = (world.browser(), number % 2 == 0);
            async move {
                let identifier = if known { "ada@example.org" } else { "nobody@example.org" };
                browser.call("/form/sign-in", &[("identifier", identifier), ("password", "not the one of anybody")]).await
            }
        });
        let answers = futures_util::future::join_all(flood).await;
        let (busy, tried): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 503);
        assert!(!busy.is_empty() && !tried.is_empty(), "{} busy, {} tried", busy.len(), tried.len());
        for answer in &busy {
            answer.is(503, "too_busy");
            assert_eq!((answer.header("retry-after"), answer.cookies.len()), ("2", 0));
        }
        for answer in &tried {
            answer.is(401, "wrong_credentials");
        }
        let failures = world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'sign_in_failed'").await;
        assert_eq!(failures, i64::try_from(tried.len()).unwrap(), "who was not tried did not fail");
        sign_in(&mut world.browser(), "ada@example.org", PASSWORD).await.leads_to("/account");
    }

    async fn a_planted_session_id_is_never_taken_over(world: World) {
        let ada = world.register("ada@example.org").await;
        let eve = world.register("eve@example.org").await;
        for planted in ["AAAAAAAAAAAAAAAAAAAAAA".to_owned(), eve.browser.session()] {
            let mut browser = world.browser();
            browser.plant(&planted);
            sign_in(&mut browser, &ada.email, &ada.password).await.leads_to("/account");
            assert_ne!(browser.session(), planted);
            browser.get("/account").await.shows("ada@example.org");
            let mut attacker = world.browser();
            attacker.plant(&planted);
            assert!(!attacker.get("/account").await.body.contains("ada@example.org"));
        }
    }

    async fn signing_in_again_takes_a_new_id_and_ends_the_session_before(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.browser.clone();
        let mut before = browser.clone();
        sign_in(&mut browser, &ada.email, &ada.password).await.leads_to("/account");
        assert_ne!(browser.session(), before.session());
        assert!(!is_signed_in(&mut before).await);
        let ended = world.texts("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL").await;
        assert_eq!(ended, ["replaced"]);
    }

    async fn a_password_opens_in_both_ways_to_write_its_accents(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let (composed, decomposed) = ("le café est tout près", "le cafe\u{301} est tout pre\u{300}s");
        for (set, other) in [(composed, decomposed), (decomposed, composed)] {
            change_password(&mut ada.browser, &ada.password, set).await.leads_to("/account/password?changed");
            ada.password = set.to_owned();
            for typed in [set, other] {
                sign_in(&mut world.browser(), &ada.email, typed).await.leads_to("/account");
            }
            for typed in [set.to_uppercase(), set.replace('é', "e"), format!("{set} "), format!(" {set}")] {
                if typed != set {
                    assert_ne!(sign_in(&mut world.browser(), &ada.email, &typed).await.location(), "/account", "{typed:?}");
                }
            }
        }
    }

    async fn after_signing_in_a_person_is_where_they_wanted_to_go_and_never_elsewhere(world: World) {
        let ada = world.register("ada@example.org").await;
        let asked = world.browser().get("/account/password").await;
        asked.leads_to("/sign-in?then=/account/password");
        world.browser().get(asked.location()).await.shows("value=\"/account/password\"");
        for (then, location) in [
            ("/account/password", "/account/password"), ("/account/profile", "/account/profile"), ("", "/account"),
            ("//evil.example", "/account"), ("/\\evil.example", "/account"), ("https://evil.example/account", "/account"),
            ("https:evil.example", "/account"), ("javascript:alert(1)", "/account"), ("/account/password\r\nSet-Cookie: a=b", "/account"),
            ("\t//evil.example", "/account"), ("/account/../sign-out", "/account"), ("%2F%2Fevil.example", "/account"),
            ("http://localhost:3000@evil.example", "/account"), ("/account/password#@evil.example", "/account"),
        ] {
            let mut browser = world.browser();
            let page = browser.get(&format!("/sign-in?{}", encoded(&[("then", then)]))).await;
            assert!(!page.body.contains("evil.example"), "{then:?}");
            let fields = [("identifier", ada.email.as_str()), ("password", PASSWORD), ("then", then)];
            browser.submit("/form/sign-in", &fields).await.leads_to(location);
            let scripted = browser.another().call("/form/sign-in", &fields).await;
            assert_eq!((scripted.status, scripted.location()), (200, location), "{then:?}");
        }
    }

    async fn only_a_remembered_session_outlives_the_browser(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut plain, mut kept) = (ada.signed_in().await, ada.signed_in_remembered().await);
        assert_eq!(plain.cookie().unwrap().max_age, None);
        assert_eq!(kept.cookie().unwrap().max_age, Some(30 * 24 * 3600));
        plain.restart();
        kept.restart();
        assert!(!is_signed_in(&mut plain).await && is_signed_in(&mut kept).await);
    }

    async fn the_session_cookie_is_exactly_as_promised(world: World) {
        let ada = world.register("ada@example.org").await;
        let answer = sign_in(&mut world.browser(), &ada.email, &ada.password).await;
        let [cookie, device] = &answer.cookies[..] else { panic!("{:?}", answer.cookies) };
        let (name_and_value, attributes) = device.split_once("; ").unwrap();
        let value = name_and_value.strip_prefix("__Host-doorward-device=").unwrap();
        assert!(value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{value}");
        assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=34560000");
        let (name_and_value, attributes) = cookie.split_once("; ").unwrap();
        let value = name_and_value.strip_prefix("__Host-doorward=").unwrap();
        assert!(value.len() == 22 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{value}");
        assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax");
    }

    async fn who_signs_out_is_out_and_leaves_nothing_in_the_browser(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let mut stolen = ada.browser.clone();
        ada.browser.get("/sign-out").await;
        assert!(is_signed_in(&mut ada.browser).await, "asking ends nothing");
        let answer = ada.browser.submit("/form/sign-out", &[]).await;
        answer.leads_to("/sign-in?signed-out");
        assert_eq!(answer.cookies, ["__Host-doorward=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"]);
        assert!(answer.header("clear-site-data").contains("\"cache\""));
        assert_eq!(ada.browser.cookie(), None);
        assert!(!is_signed_in(&mut stolen).await, "ended on the server too");
        ada.browser.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
    }

    async fn an_account_disabled_or_changed_while_its_password_is_hashed_is_not_signed_in(world: World) {
        let ada = world.register("ada@example.org").await;
        let signing_in = async {
            let mut browsers: Vec<Browser> = (0..4).map(|_| world.browser()).collect();
            let mut answers = Vec::new();
            for browser in &mut browsers {
                answers.push(sign_in(browser, &ada.email, &ada.password).await.location().to_owned());
            }
            answers
        };
        let disabling = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            world.change("UPDATE accounts SET disabled_at = 1").await;
            world.number("SELECT COUNT(*) FROM sessions").await
        };
        let (answers, sessions_then) = tokio::join!(signing_in, disabling);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions").await, sessions_then, "{answers:?}");
        assert!(!is_signed_in(&mut ada.browser.clone()).await);
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
