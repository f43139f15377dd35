//! Each limit from both sides: whoever uses it up is slowed, and somebody who did nothing wrong, at
//! the same time, is not.

use crate::asked_too_often::sent;
use crate::browser::Browser;
use crate::caller::ME;
use crate::each_database;
use crate::limits::{ADA, MINUTE, USUAL, addresses, from, limited, try_at, wait};
use crate::oidc_peer::who;
use crate::passkeys::with_passkey;
use crate::person::{NEW_PASSWORD, PASSWORD, token_of};
use crate::providers::{begin, come_by, says, with_peer};
use crate::second_factor::protected;
use crate::world::World;
use doorward::base::error::AppError;
use doorward::base::passwords::PlainPassword;
use doorward::base::token_text::{self, TokenKind};
use doorward::domain::limits::proofs;
use doorward::domain::limits::rules::{ACTS, CHANGES};
use doorward::domain::sessions::Keep;
use serde_json::json;
use std::net::IpAddr;
use std::time::Duration;

const REGISTER: &str = "/form/register";
const FORGOT: &str = "/form/forgot-password";
const CHANGE: &str = "/form/change-password";
const LONG_ENOUGH: &str = "eleven grey geese fly north";

/// Asks for a letter to `email`, somewhere; what it is answered.
async fn ask(world: &World, form: &str, address: IpAddr, email: &str) -> String {
    world.browser().at_address(address).call(form, &[("email", email)]).await.in_full()
}

/// Rows that a letter leaves behind, and entries in the trail.
async fn rows(world: &World) -> [i64; 3] {
    let mut rows = [0; 3];
    for (count, table) in rows.iter_mut().zip(["links", "mails", "audit_entries"]) {
        *count = world.number(&format!("SELECT COUNT(*) FROM {table}")).await;
    }
    rows
}

/// What one more request for a letter to `email` adds to [`rows`].
async fn adds(world: &World, email: &str, address: IpAddr) -> ([i64; 3], String) {
    let before = rows(world).await;
    let answer = ask(world, FORGOT, address, email).await;
    let after = rows(world).await;
    ([0, 1, 2].map(|table| after[table] - before[table]), answer)
}

async fn change(browser: &mut Browser, password: &str, new: &str) -> crate::browser::Answer {
    browser.call(CHANGE, &[("password", password), ("new_password", new)]).await
}

each_database! {
    async fn who_asks_to_register_with_somebodys_address_uses_up_none_of_their_reset_letters(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        world.advance(60 * MINUTE);
        for address in addresses(8) {
            ask(&world, REGISTER, address, ADA).await;
        }
        assert_eq!(sent(&world, ADA).await, 1 + 5, "the stranger is slowed");
        world.unread_count(ADA).await;
        world.forgot_password(ADA).await;
    }

    async fn letters_that_are_never_sent_silence_nobody(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__MAILS_IN_ALL", "6")]).await;
        world.register(ADA).await;
        world.register("eve@example.org").await;
        world.advance(60 * MINUTE);
        world.change("UPDATE accounts SET disabled_at = 1 WHERE email = 'eve@example.org'").await;
        for (number, address) in addresses(20).enumerate() {
            ask(&world, FORGOT, address, &format!("nobody{number}@example.org")).await;
            ask(&world, FORGOT, address, "eve@example.org").await;
        }
        world.forgot_password(ADA).await;
    }

    async fn one_neighbourhood_leaves_others_half_of_all_letters(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__MAILS_IN_ALL", "20"), ("DOORWARD__LIMITS__MAILS_PER_NETWORK", "3")]).await;
        let mut to = Vec::new();
        for number in 0..40 {
            to.push(format!("a{number}@example.org"));
            ask(&world, REGISTER, format!("2001:db8:1:{number:x}::1").parse().unwrap(), &to[number]).await;
        }
        let sent = world.letters().await.len();
        assert_eq!(sent, 10, "the neighbourhood has its half");
        world.register(ADA).await;
        // The same for new passwords, of people there are.
        for number in 0..8 {
            let address: IpAddr = format!("2001:db8:1:{number:x}::2").parse().unwrap();
            ask(&world, FORGOT, address, ADA).await;
        }
        assert_eq!(world.unread_count(ADA).await, 5);
    }

    async fn when_all_letters_are_used_up_nobody_sees_who_has_an_account_and_known_browsers_still_get_theirs(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__MAILS_IN_ALL", "4")]).await;
        let ada = world.register(ADA).await;
        let eve = world.register("eve@example.org").await;
        world.advance(60 * MINUTE);
        for address in addresses(5) {
            ask(&world, FORGOT, address, "eve@example.org").await;
        }
        assert_eq!(world.unread_count("eve@example.org").await, 4, "whoever asks for them is slowed");
        let mut elsewhere = addresses(40).skip(10);
        let (known, answer) = adds(&world, ADA, elsewhere.next().unwrap()).await;
        let unknown = adds(&world, "nobody@example.org", elsewhere.next().unwrap()).await;
        assert_eq!((known, &answer), (unknown.0, &unknown.1), "no link, no mail and no entry for either");
        assert_eq!(known, [0, 0, 0]);
        assert_eq!(world.unread_count(ADA).await, 0);
        // Where its owner was before, nobody else uses anything up; and no more is written there
        // than anywhere.
        let mut known = ada.browser.at_address(elsewhere.next().unwrap());
        for _ in 0..7 {
            known.call(FORGOT, &[("email", ADA)]).await.goes_to("/forgot-password?sent");
        }
        assert_eq!(world.unread_count(ADA).await, 5);
        // A browser that knows somebody else is a stranger here.
        eve.browser.at_address(elsewhere.next().unwrap()).call(FORGOT, &[("email", ADA)]).await;
        assert_eq!(world.unread_count(ADA).await, 0);
    }

    async fn a_letter_that_is_withheld_in_silence_leaves_the_link_of_before(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__MAILS_IN_ALL", "4")]).await;
        world.register(ADA).await;
        world.register("eve@example.org").await;
        world.advance(60 * MINUTE);
        let token = world.forgot_password(ADA).await;
        for address in addresses(4) {
            ask(&world, FORGOT, address, "eve@example.org").await;
        }
        ask(&world, FORGOT, addresses(9).last().unwrap(), ADA).await;
        assert_eq!(world.unread_count(ADA).await, 0);
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
        world.browser().call("/form/reset-password", &fields).await.goes_to("/sign-in?password-reset");
    }

    async fn at_a_network_that_used_up_its_letters_a_known_browser_gets_one(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__MAILS_PER_NETWORK", "2")]).await;
        let ada = world.register(ADA).await;
        world.register("bob@example.org").await;
        world.advance(60 * MINUTE);
        for number in 0..3 {
            ask(&world, FORGOT, ada.browser.address, &format!("nobody{number}@example.org")).await;
        }
        ask(&world, FORGOT, ada.browser.address, "bob@example.org").await;
        assert_eq!(world.unread_count("bob@example.org").await, 0, "in a new browser there one waits with the network");
        ada.browser.clone().call(FORGOT, &[("email", ADA)]).await.goes_to("/forgot-password?sent");
        let link = world.mailed_link(ADA, "/reset-password").await;
        assert!(!token_of(&link).is_empty());
    }

    async fn who_looks_for_a_good_new_password_is_not_kept_waiting_and_who_guesses_the_old_one_is(world: World) {
        let world = limited(world, &[]).await;
        let mut ada = world.register(ADA).await.browser;
        for _ in 0..4 {
            change(&mut ada, NEW_PASSWORD, LONG_ENOUGH).await.is(403, "wrong_password");
        }
        for refused in ["short", "", "123456789012345", "ada@example.org ada@example.org", "short"] {
            let answer = change(&mut ada, PASSWORD, refused).await;
            assert!((400..429).contains(&answer.status) && answer.code() != "wrong_password", "{}", answer.in_full());
        }
        change(&mut ada, NEW_PASSWORD, LONG_ENOUGH).await.is(403, "wrong_password");
        assert_eq!(wait(&change(&mut ada, PASSWORD, LONG_ENOUGH).await), Some(1), "five wrong ones are five");
        world.advance(MINUTE);
        change(&mut ada, PASSWORD, LONG_ENOUGH).await.goes_to("/account/password?changed");
    }

    async fn a_right_password_is_given_back_when_the_session_that_gives_it_has_to_rest(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        let (mut browser, session) = world.started(world.newest_account().await, Keep::Ordinary).await;
        let app = world.app();
        let mut tx = app.db.begin().await.unwrap();
        for _ in 0..CHANGES {
            proofs::begin_change(&mut tx, session).await.unwrap();
        }
        for _ in 0..ACTS {
            proofs::begin_act(&mut tx, session).await.unwrap();
        }
        tx.commit().await.unwrap();
        for _ in 0..6 {
            change(&mut browser, PASSWORD, LONG_ENOUGH).await.is(429, "too_often");
            browser.call("/form/confirm", &[("password", PASSWORD)]).await.is(429, "too_often");
        }
        let counted = "SELECT MAX(failures + under_way + under_way_before) FROM limit_counters WHERE kind = 'session'";
        assert_eq!(world.number(counted).await, 0);
        for _ in 0..5 {
            change(&mut browser, NEW_PASSWORD, LONG_ENOUGH).await.is(403, "wrong_password");
        }
        assert_eq!(wait(&change(&mut browser, PASSWORD, LONG_ENOUGH).await), Some(1), "who guesses is kept waiting as before");
    }

    async fn a_right_password_beside_an_empty_code_is_not_counted(world: World) {
        let (_, _, _) = protected(&world, ADA).await;
        let world = limited(world, &[]).await;
        for _ in 0..7 {
            let fields = json!({ "identifier": ADA, "password": PASSWORD, "code": " " });
            world.caller().sign_in(fields).await.is(401, "wrong_code");
        }
        assert_eq!(world.number("SELECT MAX(failures + under_way) FROM limit_counters WHERE kind = 'name'").await, 0);
    }

    async fn a_right_password_is_not_counted_when_there_is_no_room_to_hash_it_anew(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        let settings = [("DOORWARD__PASSWORD__ITERATIONS", "3"), ("DOORWARD__PASSWORD__THREADS", "1"), ("DOORWARD__PASSWORD__QUEUE", "1")];
        let world = limited(world, &settings).await;
        let outdated = world.texts("SELECT password_hash FROM accounts").await;
        let app = world.app().clone();
        // Others who take every place in the queue as soon as it is free.
        let others = tokio::spawn(async move {
            let password = PlainPassword::parse(NEW_PASSWORD.to_owned()).unwrap();
            let one = async || loop {
                let _ = app.passwords.hasher.verify(&password, None).await;
                tokio::task::yield_now().await;
            };
            tokio::join!(one(), one(), one(), one(), one(), one())
        });
        let as_before = format!("UPDATE accounts SET password_hash = '{}'", outdated[0]);
        let (mut signed_in, mut kept) = (0, 0);
        // Whether there is room right after the first hash is up to chance.
        while kept == 0 && signed_in < 50 {
            let answer = try_at(&mut world.browser(), ADA, PASSWORD).await;
            if answer.status == 503 {
                answer.is(503, "too_busy");
                tokio::time::sleep(Duration::from_millis(1)).await;
                continue;
            }
            answer.goes_to("/account");
            signed_in += 1;
            kept += usize::from(world.texts("SELECT password_hash FROM accounts").await == outdated);
            world.change(&as_before).await;
        }
        others.abort();
        assert!(kept > 0, "there was always room");
        assert_eq!(world.number("SELECT MAX(failures) FROM limit_counters WHERE kind IN ('name', 'account', 'network')").await, 0);
        try_at(&mut world.browser(), ADA, PASSWORD).await.goes_to("/account");
    }

    async fn junk_at_one_door_makes_nobody_wait_at_another_and_a_right_passkey_is_taken_whatever_came(world: World) {
        let world = limited(world, &[]).await;
        let (ada, mut key) = with_passkey(&world, ADA).await;
        let script = world.caller().with(&token_text::write(TokenKind::Personal, &[7; 32]));
        let made_up = "7".repeat(64);
        let links = [("token", made_up.as_str()), ("new_password", NEW_PASSWORD)];
        let junk = [("challenge", "x"), ("credential", "y")];
        let at = |browser: Browser| browser.at_address(ada.address);
        for number in 0..40 {
            let statuses = [
                script.get(ME).await.status,
                at(world.browser()).call("/form/reset-password", &links).await.status,
                at(world.browser()).call("/form/sign-in-with-passkey", &junk).await.status,
            ];
            let expected = if number < 30 { [401, 410, 403] } else { [429; 3] };
            assert_eq!(statuses, expected, "{number}");
        }
        let noted = "SELECT COUNT(*) FROM audit_entries WHERE kind = 'passkey_refused'";
        assert_eq!(world.number(noted).await, 30, "a flood fills no trail");
        assert_eq!(key.sign_in(&mut at(world.browser())).await.status, 200);
        at(world.browser()).call("/form/sign-in-with-passkey", &junk).await.is(429, "too_many_tries");
        at(world.browser()).call("/form/forgot-password", &[("email", ADA)]).await.goes_to("/forgot-password?sent");
        // Somebody who is signed in is counted by their account, wherever they are.
        ada.clone().call("/form/confirm-with-passkey", &junk).await.is(403, "passkey_refused");
    }

    async fn made_up_answers_of_a_provider_are_counted_and_a_right_one_is_taken_whatever_came(world: World) {
        let (world, peer) = with_peer(world, &USUAL).await;
        let junk = format!("/providers/peer/callback?code=x&state={}", "7".repeat(64));
        let mut stranger = from(&world, "127.0.0.1");
        begin(&mut stranger).await;
        let over = stranger.get(&junk).await;
        says(&mut stranger, &over, AppError::ProviderAttemptOver).await;
        for number in 1..40 {
            let answer = stranger.get(&junk).await;
            assert_eq!(answer.location() == over.location(), number < 30, "{number}: {}", answer.in_full());
        }
        let mut ada = from(&world, "127.0.0.1");
        come_by(&peer, &mut ada, who("ada", ADA)).await.leads_to("/account");
    }

    async fn at_a_network_that_sends_too_many_away_whoever_is_signed_in_still_goes_to_other_services(world: World) {
        let (world, _peer) = with_peer(world, &[("DOORWARD__LIMITS__PROVIDER_STARTS", "2")]).await;
        let mut ada = world.register(ADA).await.browser;
        for waits in [None, None, Some(30)] {
            let answer = from(&world, "127.0.0.1").call("/form/start-provider", &[("provider", "peer")]).await;
            assert_eq!(wait(&answer), waits, "{}", answer.in_full());
        }
        for waits in [None, None, Some(30)] {
            assert_eq!(wait(&ada.call("/form/link-provider", &[("provider", "peer")]).await), waits);
        }
    }
}
