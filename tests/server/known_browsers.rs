//! Wrong codes where the account's second factor was shown before, and everywhere else: neither
//! makes the other wait.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{PASSWORD, sign_in};
use crate::second_factor::{code, protected, turn_on};
use crate::world::World;
use doorward::domain::factors::totp::Key;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const STEP: &str = "/sign-in/second-factor";
const MINUTE: Duration = Duration::from_secs(60);

/// As far as the password brings anybody.
async fn halfway(browser: &mut Browser, email: &str) {
    sign_in(browser, email, PASSWORD).await.leads_to(STEP);
}

async fn give(browser: &mut Browser, code: &str) -> Answer {
    browser.call("/form/second-factor", &[("code", code)]).await
}

/// Wrong codes until the waits begin; the browser has to have said the password.
async fn guess_until_waiting(browser: &mut Browser) {
    for _ in 0..5 {
        give(browser, "no code").await.is(422, "wrong_code");
    }
    give(browser, "no code").await.is(429, "codes_too_fast");
}

/// Signs in with a code; the browser is known from then on.
async fn show_factor(world: &World, browser: &mut Browser, email: &str, key: &Key) {
    world.advance(MINUTE);
    halfway(browser, email).await;
    let answer = give(browser, &code(world, key)).await;
    assert_eq!((answer.status, answer.location()), (200, "/account"), "{}", answer.in_full());
}

each_database! {
    async fn whoever_guesses_elsewhere_does_not_make_a_known_browser_wait(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let mut ada = world.browser();
        show_factor(&world, &mut ada, EMAIL, &key).await;
        let mut thief = world.browser();
        halfway(&mut thief, EMAIL).await;
        guess_until_waiting(&mut thief).await;
        show_factor(&world, &mut ada, EMAIL, &key).await;
        // That did not give the thief anything: the next one counts on.
        halfway(&mut thief, EMAIL).await;
        give(&mut thief, "no code").await.is(422, "wrong_code");
        give(&mut thief, "no code").await.is(429, "codes_too_fast");
        let mut unknown = world.browser();
        halfway(&mut unknown, EMAIL).await;
        give(&mut unknown, &code(&world, &key)).await.is(429, "codes_too_fast");
        // A slip of the owner's own has the same rule.
        halfway(&mut ada, EMAIL).await;
        guess_until_waiting(&mut ada).await;
        show_factor(&world, &mut ada, EMAIL, &key).await;
        halfway(&mut ada, EMAIL).await;
        guess_until_waiting(&mut ada).await;
    }

    async fn a_thief_with_the_cookie_of_a_known_browser_has_its_tries_and_no_others(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let mut ada = world.browser();
        show_factor(&world, &mut ada, EMAIL, &key).await;
        world.unread_count(EMAIL).await;
        let mut thief = world.browser();
        thief.plant_device(&ada.device());
        halfway(&mut thief, EMAIL).await;
        guess_until_waiting(&mut thief).await;
        world.letter(EMAIL).await.text.find("several wrong codes").unwrap();
        halfway(&mut ada, EMAIL).await;
        give(&mut ada, &code(&world, &key)).await.is(429, "codes_too_fast");
        let node = world.another(&[]).await.unwrap();
        give(&mut thief.at(&node.router), "no code").await.is(429, "codes_too_fast");
        world.advance(MINUTE);
        let mut unknown = world.browser();
        halfway(&mut unknown, EMAIL).await;
        guess_until_waiting(&mut unknown).await;
        world.letter(EMAIL).await.text.find("several wrong codes").unwrap();
        assert_eq!(world.texts("SELECT CAST(failures AS TEXT) FROM device_failures UNION ALL SELECT CAST(failures AS TEXT) FROM factor_failures").await, ["5", "5"]);
        for minutes in [0, 2, 4] {
            world.advance(minutes * MINUTE);
            give(&mut thief, "no code").await.is(422, "wrong_code");
            give(&mut thief, "no code").await.is(429, "codes_too_fast");
        }
    }

    async fn a_cookie_that_never_showed_a_factor_of_this_account_counts_for_the_account(world: World) {
        let ada = world.register(EMAIL).await;
        // Of somebody who knew the password before there was a second factor.
        let mut before = ada.signed_in().await;
        let mut owner = ada.signed_in().await;
        let key = crate::second_factor::key_shown(&mut owner).await;
        turn_on(&world, &mut owner, &key).await;
        let (_, eves_key, _) = protected(&world, "eve@example.org").await;
        let mut eves = world.browser();
        show_factor(&world, &mut eves, "eve@example.org", &eves_key).await;
        for wrong in [before.device(), eves.device(), "A".repeat(32), String::new()] {
            let mut thief = world.browser();
            thief.plant_device(&wrong);
            halfway(&mut thief, EMAIL).await;
            give(&mut thief, "no code").await.is(422, "wrong_code");
        }
        halfway(&mut before, EMAIL).await;
        give(&mut before, "no code").await.is(422, "wrong_code");
        for browser in [&mut before, &mut eves] {
            halfway(browser, EMAIL).await;
            give(browser, "no code").await.is(429, "codes_too_fast");
        }
        assert_eq!((world.number("SELECT failures FROM factor_failures").await, world.number("SELECT COUNT(*) FROM device_failures").await), (5, 0));
        // The one in which the factor was turned on has shown it there and then.
        show_factor(&world, &mut owner, EMAIL, &key).await;
    }

    async fn the_browser_in_which_a_sign_in_ended_with_a_new_factor_is_known(world: World) {
        let ada = world.register(EMAIL).await;
        let world = world.with(&[crate::enrolment::EVERYONE]).await;
        let mut owner = ada.browser.at(&world.node.router);
        sign_in(&mut owner, EMAIL, PASSWORD).await.leads_to(crate::enrolment::ENROL);
        let key = crate::enrolment::enrol(&world, &mut owner).await;
        owner.submit("/form/sign-out", &[]).await;
        let mut thief = world.browser();
        halfway(&mut thief, EMAIL).await;
        guess_until_waiting(&mut thief).await;
        world.advance(Duration::from_secs(30));
        halfway(&mut owner, EMAIL).await;
        let answer = give(&mut owner, &code(&world, &key)).await;
        assert_eq!((answer.status, answer.location()), (200, "/account"), "{}", answer.in_full());
    }

    async fn so_is_the_browser_in_which_an_account_was_made_with_a_passkey_or_enrolled_one(world: World) {
        let (mut eve, _) = crate::passkeys::without_password(&world, "eve@example.org").await;
        let codes = crate::second_factor::codes_shown(&mut eve).await;
        world.unread_count("eve@example.org").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM devices WHERE proved_at IS NOT NULL").await, 1);
        eve.submit("/form/change-password", &[("new_password", PASSWORD)]).await.leads_to("/account/password?changed");
        let mut thief = world.browser();
        halfway(&mut thief, "eve@example.org").await;
        guess_until_waiting(&mut thief).await;
        eve.submit("/form/sign-out", &[]).await;
        halfway(&mut eve, "eve@example.org").await;
        assert_eq!(give(&mut eve, &codes[0]).await.location(), "/account");

        world.register(EMAIL).await;
        let world = world.with(&[crate::enrolment::EVERYONE]).await;
        let mut ada = world.browser();
        sign_in(&mut ada, EMAIL, PASSWORD).await.leads_to(crate::enrolment::ENROL);
        let asked = crate::soft_key::ask(&mut ada, "enrol", "").await;
        let credential = crate::soft_key::SoftKey::new(&world).create(&asked).await;
        ada.submit("/form/enrol-passkey", &[("challenge", &asked.challenge), ("credential", &credential)]).await;
        let proved = "SELECT COUNT(*) FROM devices d JOIN accounts a ON a.id = d.account_id WHERE a.email = 'ada@example.org' AND d.proved_at IS NOT NULL";
        assert_eq!(world.number(proved).await, 1);
    }

    async fn asking_makes_no_browser_known_and_takes_none_over(world: World) {
        let (_, _, _) = protected(&world, EMAIL).await;
        let devices = world.texts("SELECT CAST(last_seen_at AS TEXT) FROM devices").await;
        let mut thief = world.browser();
        thief.plant_device(&"A".repeat(32));
        world.advance(MINUTE);
        halfway(&mut thief, EMAIL).await;
        let answer = give(&mut thief, "no code").await;
        assert!(answer.cookies.is_empty(), "{:?}", answer.cookies);
        assert_eq!(world.texts("SELECT CAST(last_seen_at AS TEXT) FROM devices").await, devices);
    }

    async fn fifty_wrong_codes_at_once_from_a_known_browser_are_five_tries(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        let mut ada = world.browser();
        show_factor(&world, &mut ada, EMAIL, &key).await;
        halfway(&mut ada, EMAIL).await;
        let sent = (0..50).map(|_| {
            let mut browser = ada.clone();
            tokio::spawn(async move { give(&mut browser, "no code").await.code() })
        });
        let codes = futures_util::future::join_all(sent.collect::<Vec<_>>()).await;
        let wrong = codes.into_iter().filter(|code| code.as_ref().unwrap() == "wrong_code").count();
        assert_eq!((wrong, world.number("SELECT failures FROM device_failures").await), (5, 5));
        assert_eq!(world.number("SELECT COALESCE(MAX(failures), 0) FROM factor_failures").await, 0);
    }

    async fn a_change_of_the_factors_makes_every_browser_an_unknown_one(world: World) {
        let (mut owner, key, _) = protected(&world, EMAIL).await;
        let mut known = world.browser();
        show_factor(&world, &mut known, EMAIL, &key).await;
        owner.submit("/form/make-recovery-codes", &[]).await.leads_to(crate::second_factor::CODES);
        assert_eq!(world.number("SELECT COUNT(*) FROM devices WHERE proved_at IS NOT NULL").await, 0);
        let mut thief = world.browser();
        halfway(&mut thief, EMAIL).await;
        guess_until_waiting(&mut thief).await;
        halfway(&mut known, EMAIL).await;
        give(&mut known, &code(&world, &key)).await.is(429, "codes_too_fast");
        show_factor(&world, &mut known, EMAIL, &key).await;
        halfway(&mut thief, EMAIL).await;
        guess_until_waiting(&mut thief).await;
        show_factor(&world, &mut known, EMAIL, &key).await;
    }
}
