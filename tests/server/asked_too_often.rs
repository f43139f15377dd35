//! Letters, links, tokens and other services: asked for too often, and never told whose they are.

use crate::caller::ME;
use crate::each_database;
use crate::limits::{ADA, HOUR, MINUTE, from, limited, wait};
use crate::person::{NEW_PASSWORD, PASSWORD};
use crate::providers::with_peer;
use crate::world::World;
use doorward::base::token_text::{self, TokenKind};

const NOBODY: &str = "nobody@example.org";
const FORGOT: &str = "/form/forgot-password";
const REGISTER: &str = "/form/register";

/// All letters to `email` so far, also those that say the same.
pub async fn sent(world: &World, email: &str) -> usize {
    world.letters().await.iter().filter(|letter| letter.to == email).count()
}

async fn ask(world: &World, form: &str, address: &str, email: &str) -> String {
    from(world, address).call(form, &[("email", email)]).await.in_full()
}

each_database! {
    async fn one_address_is_written_to_so_often_and_whoever_asks_is_answered_alike(world: World) {
        let world = limited(world, &[]).await;
        world.register(ADA).await;
        world.advance(HOUR);
        let mut answers = Vec::new();
        for number in 0..8 {
            answers.push(ask(&world, FORGOT, &format!("203.0.113.{number}"), ADA).await);
            answers.push(ask(&world, FORGOT, &format!("203.0.113.{number}"), NOBODY).await);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:#?}");
        assert_eq!((world.unread_count(ADA).await, world.unread_count(NOBODY).await), (5, 0));
        // What is asked for at another door is counted there.
        for number in 0..7 {
            ask(&world, REGISTER, &format!("203.0.113.{number}"), ADA).await;
        }
        assert_eq!(sent(&world, ADA).await, 1 + 5 + 5);
        world.advance(12 * MINUTE);
        for (form, more) in [(FORGOT, 1), (REGISTER, 2)] {
            ask(&world, form, "203.0.113.9", ADA).await;
            assert_eq!(sent(&world, ADA).await, 11 + more, "{form}");
        }
    }

    async fn a_link_goes_on_to_work_when_no_other_is_sent(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__MAILS_PER_ADDRESS", "1")]).await;
        world.register(ADA).await;
        let token = world.forgot_password(ADA).await;
        ask(&world, FORGOT, "203.0.113.1", ADA).await;
        assert_eq!(world.unread_count(ADA).await, 0);
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
        world.browser().submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
    }

    async fn one_network_has_so_many_letters_and_a_flood_of_one_kind_leaves_the_other(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__MAILS_PER_NETWORK", "3"), ("DOORWARD__LIMITS__MAILS_IN_ALL", "6")]).await;
        world.register(ADA).await;
        for number in 0..5 {
            ask(&world, REGISTER, "203.0.113.1", &format!("a{number}@example.org")).await;
        }
        let sent = async || {
            let mut to: Vec<String> = world.letters().await.into_iter().map(|letter| letter.to).collect();
            to.retain(|to| to != ADA);
            to.len()
        };
        assert_eq!(sent().await, 3, "from one network");
        for number in 0..5 {
            ask(&world, REGISTER, &format!("198.51.100.{number}"), &format!("b{number}@example.org")).await;
        }
        assert_eq!(sent().await, 5, "in all, with Ada's own");
        world.forgot_password(ADA).await;
    }

    async fn accounts_that_are_made_at_once_are_limited_by_network(world: World) {
        let settings = [("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false"), ("DOORWARD__LIMITS__MAILS_PER_NETWORK", "2")];
        let world = limited(world, &settings).await;
        for (number, waits) in [None, None, Some(30)].into_iter().enumerate() {
            let email = format!("a{number}@example.org");
            let answer = from(&world, "203.0.113.1").call(REGISTER, &[("email", &email), ("new_password", PASSWORD)]).await;
            assert_eq!(wait(&answer), waits, "{}", answer.in_full());
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 2);
    }

    async fn links_tokens_and_passkeys_that_are_made_up_are_slowed_door_by_door_and_right_ones_are_not(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "3")]).await;
        let ada = world.register(ADA).await;
        let right = world.forgot_password(ADA).await;
        let made_up = "7".repeat(right.len());
        let fields = [("token", made_up.as_str()), ("new_password", NEW_PASSWORD)];
        for form in ["/form/reset-password", "/form/create-account", "/form/reset-password"] {
            world.browser().call(form, &fields).await.is(410, "link_expired");
        }
        for form in ["/form/reset-password", "/form/create-account"] {
            assert_eq!(wait(&world.browser().call(form, &fields).await), Some(20), "{form}");
        }
        let caller = world.caller().with(&token_text::write(TokenKind::Personal, &[7; 32]));
        for status in [401, 401, 401, 429] {
            let refused = caller.get(ME).await;
            assert_eq!(refused.status, status, "{}", refused.in_full());
        }
        let junk = [("challenge", "x"), ("credential", "y")];
        for waits in [None, None, None, Some(20)] {
            assert_eq!(wait(&world.browser().call("/form/sign-in-with-passkey", &junk).await), waits);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'passkey_refused'").await, 3);
        // Passwords, and what is right, have nothing to do with it.
        world.browser().call("/form/sign-in", &[("identifier", ADA), ("password", PASSWORD)]).await.goes_to("/account");
        let fields = [("token", right.as_str()), ("new_password", NEW_PASSWORD)];
        ada.browser.another().call("/form/reset-password", &fields).await.goes_to("/sign-in?password-reset");
    }

    async fn sign_ins_that_go_elsewhere_are_limited_by_network(world: World) {
        let (world, _peer) = with_peer(world, &[("DOORWARD__LIMITS__PROVIDER_STARTS", "3")]).await;
        for waits in [None, None, None, Some(20)] {
            let answer = from(&world, "203.0.113.1").call("/form/start-provider", &[("provider", "peer")]).await;
            assert_eq!(wait(&answer), waits, "{}", answer.in_full());
        }
        let elsewhere = from(&world, "198.51.100.1").call("/form/start-provider", &[("provider", "peer")]).await;
        assert_eq!(wait(&elsewhere), None);
        assert_eq!(world.number("SELECT COUNT(*) FROM provider_attempts").await, 4);
    }
}
