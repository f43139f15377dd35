//! `/forgot-password`, `/reset-password`, `/account/password`.

use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in, sign_in};
use crate::world::World;
use std::time::Duration;

const THIRD_PASSWORD: &str = "four grey herons wait in rain";

async fn reset(world: &World, token: &str, password: &str) -> crate::browser::Answer {
    world.browser().call("/form/reset-password", &[("token", token), ("new_password", password)]).await
}

each_database! {
    async fn who_forgot_their_password_sets_a_new_one_by_mail_and_is_signed_out_everywhere(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut one, mut two) = ada.signed_in_twice().await;
        let mut eve = world.register("eve@example.org").await;
        let token = world.forgot_password("ada@example.org").await;
        let mut browser = world.browser();
        browser.get(&format!("/reset-password?token={token}")).await.shows("ada@example.org");
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
        browser.submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
        assert_eq!(browser.cookie(), None, "a link in a mail signs nobody in");
        for browser in [&mut one, &mut two, &mut ada.browser.clone()] {
            assert!(!is_signed_in(browser).await);
        }
        assert!(is_signed_in(&mut eve.browser).await, "somebody else's sessions stay");
        assert_ne!(sign_in(&mut browser, "ada@example.org", PASSWORD).await.location(), "/account");
        sign_in(&mut browser, "ada@example.org", NEW_PASSWORD).await.leads_to("/account");
        let letter = world.letter("ada@example.org").await;
        assert!(letter.text.contains("Firefox") && !letter.text.contains("token"), "{}", letter.text);
    }

    async fn known_unknown_and_disabled_addresses_are_answered_alike(world: World) {
        world.register("known@example.org").await;
        world.register("disabled@example.org").await;
        world.change("UPDATE accounts SET disabled_at = 1 WHERE email = 'disabled@example.org'").await;
        for accept in ["text/html", "application/json"] {
            let mut answers = Vec::new();
            for email in ["known@example.org", "other@example.org", "disabled@example.org"] {
                let mut browser = world.browser();
                let request = browser.posting("/form/forgot-password", &[("email", email)], accept);
                answers.push(browser.send(request).await.in_full());
            }
            answers.dedup();
            assert_eq!(answers.len(), 1, "{answers:#?}");
        }
        let letters = world.letters().await;
        assert!(!letters.iter().any(|letter| letter.to == "other@example.org"));
        let reset = |letter: &&doorward::domain::mail::mailbox::Opened| letter.text.contains("/reset-password");
        assert!(letters.iter().filter(reset).all(|letter| letter.to == "known@example.org"));
    }

    async fn a_reset_link_works_once_for_an_hour_and_until_the_next_one(world: World) {
        world.register("ada@example.org").await;
        let older = world.forgot_password("ada@example.org").await;
        let newer = world.forgot_password("ada@example.org").await;
        reset(&world, &older, NEW_PASSWORD).await.is(410, "link_expired");
        assert_eq!(world.browser().get(&format!("/reset-password?token={older}")).await.status, 410);
        for _ in 0..2 {
            assert_eq!(world.browser().get(&format!("/reset-password?token={newer}")).await.status, 200);
        }
        assert_eq!(reset(&world, &newer, NEW_PASSWORD).await.status, 200);
        reset(&world, &newer, THIRD_PASSWORD).await.is(410, "link_expired");
        world.letters().await;
        let late = { world.letter("ada@example.org").await; world.forgot_password("ada@example.org").await };
        world.advance(Duration::from_secs(3600));
        reset(&world, &late, THIRD_PASSWORD).await.is(410, "link_expired");
        sign_in(&mut world.browser(), "ada@example.org", NEW_PASSWORD).await.leads_to("/account");
    }

    async fn what_follows_for_an_address_without_an_account_is_what_follows_for_one_with(world: World) {
        world.register("ada@example.org").await;
        let before = world.letters().await.len();
        let mut sizes = Vec::new();
        for email in ["ada@example.org", "eve@example.org"] {
            world.advance(Duration::from_secs(1));
            world.browser().submit("/form/forgot-password", &[("email", email)]).await.leads_to("/forgot-password?sent");
            world.letters().await;
            sizes.push(world.number("SELECT COUNT(*) FROM mails WHERE attempts = 1 AND sent_at IS NOT NULL AND sealed IS NULL").await);
        }
        assert_eq!(sizes[1] - sizes[0], 1, "it was claimed, and noted as sent");
        assert_eq!(world.letters().await.len(), before + 1, "nobody got it");
    }

    async fn of_two_resets_by_one_link_at_once_one_holds(world: World) {
        world.register("ada@example.org").await;
        let token = world.forgot_password("ada@example.org").await;
        let (one, other) = tokio::join!(reset(&world, &token, NEW_PASSWORD), reset(&world, &token, THIRD_PASSWORD));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410]);
        let (held, lost) = if one.status == 200 { (NEW_PASSWORD, THIRD_PASSWORD) } else { (THIRD_PASSWORD, NEW_PASSWORD) };
        sign_in(&mut world.browser(), "ada@example.org", held).await.leads_to("/account");
        assert_ne!(sign_in(&mut world.browser(), "ada@example.org", lost).await.location(), "/account");
    }

    async fn a_link_is_good_for_nothing_but_what_it_was_made_for(world: World) {
        world.register("ada@example.org").await;
        let reset_token = world.forgot_password("ada@example.org").await;
        world.browser().submit("/form/register", &[("email", "new@example.org")]).await;
        let verify = crate::person::token_of(&world.mailed_link("new@example.org", "/verify-email").await);
        for (path, token) in [
            ("/form/create-account", &reset_token), ("/form/set-up", &reset_token), ("/form/reset-password", &verify), ("/form/set-up", &verify),
        ] {
            let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD), ("email", "eve@example.org")];
            world.browser().call(path, &fields).await.is(410, "link_expired");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 1);
    }

    async fn made_up_tokens_are_refused_in_every_shape(world: World) {
        world.register("ada@example.org").await;
        let token = world.forgot_password("ada@example.org").await;
        let shapes = [
            String::new(), "0".repeat(64), token[..63].to_owned(), format!("{token}0"), token.to_uppercase(), format!(" {token}"),
            "é".repeat(32), "\0".repeat(64), format!("{token}' OR '1'='1"), "f".repeat(20_000),
        ];
        for shape in shapes.iter().filter(|shape| **shape != token) {
            let fields = [("token", shape.as_str()), ("new_password", NEW_PASSWORD)];
            for path in ["/form/reset-password", "/form/create-account", "/form/set-up"] {
                world.browser().call(path, &fields).await.is(410, "link_expired");
            }
        }
        assert_eq!(reset(&world, &token, NEW_PASSWORD).await.status, 200);
    }

    async fn links_lead_to_the_public_url_whatever_host_was_asked_for(world: World) {
        world.register("ada@example.org").await;
        let mut browser = world.browser();
        let mut request = browser.posting("/form/forgot-password", &[("email", "ada@example.org")], "text/html");
        for (name, value) in [
            ("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example;proto=https"),
            ("x-forwarded-proto", "https"), ("x-forwarded-for", "203.0.113.9"),
        ] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        assert_eq!(browser.send(request).await.status, 303);
        let letter = world.letter("ada@example.org").await;
        assert!(letter.links.iter().all(|link| link.starts_with("http://localhost:3000/")), "{:?}", letter.links);
        let details = world.texts("SELECT details FROM audit_entries WHERE kind = 'password_reset_asked'").await;
        assert!(details[0].contains("\"127.0.0.1\""), "nobody's word is taken for the address: {details:?}");
    }

    async fn a_password_change_ends_all_other_sessions_and_keeps_this_one_under_a_new_id(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut here, mut there) = ada.signed_in_twice().await;
        let mut before = here.clone();
        let reset_token = world.forgot_password("ada@example.org").await;
        let answer = change_password(&mut here, PASSWORD, NEW_PASSWORD).await;
        answer.leads_to("/account/password?changed");
        assert_ne!(here.session(), before.session());
        assert!(is_signed_in(&mut here).await);
        for browser in [&mut there, &mut before, &mut ada.browser.clone()] {
            assert!(!is_signed_in(browser).await);
        }
        reset(&world, &reset_token, THIRD_PASSWORD).await.is(410, "link_expired");
        assert!(world.letter("ada@example.org").await.text.contains("password"));
        assert_ne!(sign_in(&mut world.browser(), "ada@example.org", PASSWORD).await.location(), "/account");
        sign_in(&mut world.browser(), "ada@example.org", NEW_PASSWORD).await.leads_to("/account");
    }

    async fn a_password_change_needs_the_current_password(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let long = "x".repeat(1025);
        for (wrong, status, code) in [
            ("", 422, "current_password_missing"),
            (NEW_PASSWORD, 403, "wrong_password"),
            ("nul\0in the middle of it", 403, "wrong_password"),
            (long.as_str(), 403, "wrong_password"),
        ] {
            let fields = [("password", wrong), ("new_password", NEW_PASSWORD)];
            let answer = ada.browser.call("/form/change-password", &fields).await;
            answer.is(status, code);
            assert!(answer.cookies.is_empty());
        }
        let kinds = world.audit_kinds().await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "confirmation_failed").count(), 1, "what was no password at all is none");
        for (new, code) in [
            ("", "password_missing"), ("fourteen chars", "password_too_short"), ("passwordpassword", "password_common"),
            ("ada@example.org", "password_personal"), (long.as_str(), "password_too_long"),
        ] {
            ada.browser.call("/form/change-password", &[("password", PASSWORD), ("new_password", new)]).await.is(422, code);
        }
        assert!(is_signed_in(&mut ada.browser).await);
        sign_in(&mut world.browser(), "ada@example.org", PASSWORD).await.leads_to("/account");
    }

    async fn of_two_password_changes_at_once_one_holds(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut one, mut other) = ada.signed_in_twice().await;
        let (a, b) = tokio::join!(
            change_password(&mut one, PASSWORD, NEW_PASSWORD),
            change_password(&mut other, PASSWORD, THIRD_PASSWORD),
        );
        let changed = [&a, &b].map(|answer| answer.location() == "/account/password?changed");
        assert_ne!(changed[0], changed[1], "{} {}", a.location(), b.location());
        assert_eq!([is_signed_in(&mut one).await, is_signed_in(&mut other).await], changed);
    }

    async fn signing_out_while_the_password_is_changed_deadlocks_nobody(world: World) {
        let ada = world.register("ada@example.org").await;
        for round in 0..6 {
            let (from, to) = if round % 2 == 0 { (PASSWORD, NEW_PASSWORD) } else { (NEW_PASSWORD, PASSWORD) };
            let mut changing = ada.browser.another();
            sign_in(&mut changing, &ada.email, from).await.leads_to("/account");
            let mut leaving = ada.browser.another();
            sign_in(&mut leaving, &ada.email, from).await.leads_to("/account");
            let held = hold_the_audit_trail(&world).await;
            let (changed, left, ()) = tokio::join!(
                change_password(&mut changing, from, to),
                async {
                    waiting(&world, 1).await;
                    leaving.call("/form/sign-out", &[]).await
                },
                async {
                    waiting(&world, 2).await;
                    held.release().await;
                },
            );
            assert_eq!((changed.location(), left.status), ("/account/password?changed", 200));
        }
    }
}

/// A writer that has the head of the audit trail while others wait for it. Only PostgreSQL lets
/// several wait within their transactions; SQLite's queue before they begin.
async fn hold_the_audit_trail(world: &World) -> Held {
    use doorward::base::db::Pools;
    match world.app().db.pools() {
        Pools::Sqlite { .. } => Held(None),
        Pools::Postgres(pool) => {
            let mut transaction = pool.begin().await.unwrap();
            sqlx::query("UPDATE audit_head SET sequence = sequence").execute(&mut *transaction).await.unwrap();
            Held(Some(transaction))
        }
    }
}

struct Held(Option<sqlx::Transaction<'static, sqlx::Postgres>>);

impl Held {
    async fn release(self) {
        if let Some(transaction) = self.0 {
            transaction.rollback().await.unwrap();
        }
    }
}

/// Until `count` connections wait for a lock.
async fn waiting(world: &World, count: i64) {
    if world.engine() == crate::database::Engine::Postgres {
        crate::world::eventually("others wait for the audit trail", async || {
            let waiting =
                "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
            world.number(waiting).await >= count
        })
        .await;
    }
}
