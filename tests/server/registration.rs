//! `/register`, `/verify-email`.

use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in, token_of};
use crate::world::World;
use doorward::base::clock::Randomness;
use doorward::base::error::AppError;
use doorward::domain::accounts::{self, Email, NewAccount, Role};
use doorward::request::refused::Message;
use std::time::Duration;

each_database! {
    async fn a_person_registers_and_is_signed_in(world: World) {
        let mut ada = world.register("ada@example.org").await;
        ada.browser.get("/account").await.shows("ada@example.org");
    }

    async fn known_and_unknown_addresses_are_answered_alike(world: World) {
        world.register("known@example.org").await;
        for accept in ["text/html", "application/json"] {
            let mut answers = Vec::new();
            for email in ["known@example.org", "other@example.org"] {
                let mut browser = world.browser();
                let request = browser.posting("/form/register", &[("email", email)], accept);
                let answer = browser.send(request).await;
                answers.push(format!("{} {:?}", answer.in_full(), answer.cookies));
            }
            assert_eq!(answers[0], answers[1]);
        }
    }

    async fn the_owner_of_a_known_address_is_told_by_mail_only(world: World) {
        world.register("ada@example.org").await;
        world.browser().submit("/form/register", &[("email", "ADA@example.org")]).await.leads_to("/register?sent");
        let letter = world.letter("ada@example.org").await;
        assert!(letter.text.contains("already"), "{}", letter.text);
        assert!(!letter.links.iter().any(|link| link.contains("token")), "{}", letter.text);
    }

    async fn opening_the_link_uses_nothing_up(world: World) {
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", "ada@example.org")]).await;
        let link = world.mailed_link("ada@example.org", "/verify-email").await;
        for _ in 0..3 {
            let page = world.browser().get(&link).await;
            assert_eq!(page.status, 200);
            page.shows("ada@example.org");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 0);
        let token = token_of(&link);
        browser.submit("/form/create-account", &[("token", &token), ("new_password", PASSWORD)]).await.leads_to("/account");
        assert_eq!(world.browser().get(&link).await.status, 410, "used");
        let again = [("token", token.as_str()), ("new_password", PASSWORD)];
        world.browser().call("/form/create-account", &again).await.is(410, "link_expired");
        browser.call("/form/create-account", &again).await.goes_to("/account");
    }

    async fn two_posts_of_one_link_at_once_make_one_account(world: World) {
        world.browser().submit("/form/register", &[("email", "ada@example.org")]).await;
        let token = token_of(&world.mailed_link("ada@example.org", "/verify-email").await);
        let (mut one, mut other) = (world.browser(), world.browser());
        let (first, second) = ([("token", token.as_str()), ("new_password", PASSWORD)], [("token", token.as_str()), ("new_password", NEW_PASSWORD)]);
        let (a, b) = tokio::join!(one.call("/form/create-account", &first), other.call("/form/create-account", &second));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410]);
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions").await, 1);
        let kinds = world.audit_kinds().await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "account_created").count(), 1);
        assert!(is_signed_in(if a.status == 200 { &mut one } else { &mut other }).await);
    }

    async fn a_link_is_good_for_an_hour(world: World) {
        world.browser().submit("/form/register", &[("email", "ada@example.org")]).await;
        let link = world.mailed_link("ada@example.org", "/verify-email").await;
        world.advance(Duration::from_secs(3599));
        assert_eq!(world.browser().get(&link).await.status, 200);
        world.advance(Duration::from_secs(1));
        assert_eq!(world.browser().get(&link).await.status, 410);
        let fields = [("token", token_of(&link)), ("new_password", PASSWORD.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        world.browser().call("/form/create-account", &fields).await.is(410, "link_expired");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 0);
    }

    async fn a_new_link_voids_the_older_one(world: World) {
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", "ada@example.org")]).await;
        let older = world.mailed_link("ada@example.org", "/verify-email").await;
        browser.submit("/form/register", &[("email", "Ada@Example.org")]).await;
        let newer = world.mailed_link("ada@example.org", "/verify-email").await;
        assert_eq!(browser.get(&older).await.status, 410);
        assert_eq!(browser.get(&newer).await.status, 200);
        browser.submit("/form/register", &[("email", "eve@example.org")]).await;
        assert_eq!(browser.get(&newer).await.status, 200, "somebody else's link voids nothing");
    }

    async fn who_holds_a_link_is_told_when_the_address_has_an_account_since(world: World) {
        world.browser().submit("/form/register", &[("email", "ada@example.org")]).await;
        let link = world.mailed_link("ada@example.org", "/verify-email").await;
        let made = NewAccount {
            id: None, email: Email::parse("ada@example.org").unwrap(), email_verified: true, username: None, password: None, role: Role::Member,
        };
        create(&world, &Randomness::system(), &made).await.unwrap();
        let token = token_of(&link);
        let fields = [("token", token.as_str()), ("new_password", PASSWORD)];
        world.browser().call("/form/create-account", &fields).await.is(409, "email_taken");
        let mut browser = world.browser();
        browser.get(&link).await;
        let answer = browser.submit("/form/create-account", &fields).await;
        let page = browser.get(answer.location()).await;
        page.shows(&format!("<span>{}</span>", AppError::EmailTaken.message()));
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 1);
    }

    async fn a_random_username_that_somebody_has_is_followed_by_another(world: World) {
        let with = |email: &str| NewAccount {
            id: None, email: Email::parse(email).unwrap(), email_verified: true, username: None, password: None, role: Role::Member,
        };
        // The same number whenever eight bytes are asked for; all else, such as ids, comes as it
        // always does.
        let repeating = Randomness::from_source(|bytes| match bytes {
            eight if eight.len() == 8 => eight.copy_from_slice(&12_345_678_901_234_u64.to_be_bytes()),
            other => other.copy_from_slice(&Randomness::system().bytes::<64>()[..other.len()]),
        });
        for number in 0..8 {
            create(&world, &repeating, &with(&format!("ada@example{number}.org"))).await.unwrap();
        }
        let names = world.texts("SELECT username FROM accounts ORDER BY LENGTH(username)").await;
        assert_eq!(names[0], "ada-901234");
        assert_eq!(names[7], "ada-2345678901234");
        assert_eq!(create(&world, &repeating, &with("ada@example8.org")).await, Err(AppError::Internal));
        assert_eq!(create(&world, &Randomness::system(), &with("ada@example0.org")).await, Err(AppError::EmailTaken));
    }

    async fn a_refused_password_says_why_and_leaves_the_link_good(world: World) {
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", "ada.lovelace@example.org")]).await;
        let token = token_of(&world.mailed_link("ada.lovelace@example.org", "/verify-email").await);
        let long = "x".repeat(1025);
        for (password, status, code) in [
            ("", 422, "password_missing"),
            ("fourteen chars", 422, "password_too_short"),
            ("passwordpassword", 422, "password_common"),
            ("ada.lovelace@example.org", 422, "password_personal"),
            ("doorward-doorward", 422, "password_personal"),
            (long.as_str(), 422, "password_too_long"),
            ("seven tall ships\0sail at dawn", 400, "bad_request"),
        ] {
            let answer = browser.call("/form/create-account", &[("token", &token), ("new_password", password)]).await;
            answer.is(status, code);
            assert!(answer.cookies.is_empty());
        }
        let longest = "å ship 🚢".repeat(85);
        assert!((1000..=1024).contains(&longest.len()), "{}", longest.len());
        let answer = browser.call("/form/create-account", &[("token", &token), ("new_password", &longest)]).await;
        assert_eq!(answer.status, 200, "{}", answer.in_full());
        let mut elsewhere = world.browser();
        sign_in(&mut elsewhere, "ada.lovelace@example.org", &longest).await.leads_to("/account");
        let cut: String = longest.chars().take(longest.chars().count() - 1).collect();
        assert_ne!(sign_in(&mut world.browser(), "ada.lovelace@example.org", &cut).await.location(), "/account");
    }

    async fn hostile_addresses_are_refused_and_get_no_mail(world: World) {
        for email in [
            "", "ada", "@example.org", "ada@", "ada\0@example.org", "ada@example.org\r\nBcc: eve@example.org", "ada@[127.0.0.1]",
            "ada@exa\u{200b}mple.org,eve@example.org", "ada@example.org,eve@example.org", "<ada@example.org>", "аda@example.org",
        ] {
            world.browser().call("/form/register", &[("email", email)]).await.is(422, "invalid_email");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM mails").await, 0);
    }

    async fn without_checked_addresses_registration_takes_one_form_and_tells_what_is_taken(world: World) {
        let world = world.with(&[("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false")]).await;
        let mut browser = world.browser();
        browser.get("/register").await.shows("name=\"new_password\"");
        let fields = [("email", "ada@example.org"), ("new_password", PASSWORD)];
        browser.submit("/form/register", &fields).await.leads_to("/account");
        assert!(is_signed_in(&mut browser).await);
        world.browser().call("/form/register", &fields).await.is(409, "email_taken");
        world.browser().call("/form/register", &[("email", "eve@example.org")]).await.is(422, "password_missing");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE email_verified_at IS NOT NULL").await, 0);
        assert!(world.letters().await.is_empty());
    }

    async fn closed_registration_is_closed(world: World) {
        let world = world.with(&[("DOORWARD__REGISTRATION__MODE", "closed")]).await;
        assert!(!world.browser().get("/register").await.body.contains("<form id=\"register\""));
        for email in ["ada@example.org", "nonsense"] {
            world.browser().call("/form/register", &[("email", email)]).await.is(403, "registration_closed");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM mails").await, 0);
    }
}

async fn create(world: &World, randomness: &Randomness, new: &NewAccount) -> Result<(), AppError> {
    let mut tx = world.app().db.begin_recorded().await.unwrap();
    accounts::create(&mut tx, &world.app().vault, randomness, new, world.app().clock.now()).await?;
    tx.commit().await.unwrap();
    Ok(())
}
