//! The name that passkeys are bound to, and what becomes of them without it.

use crate::each_database;
use crate::passkeys::{passkeys, with_passkey, without_password};
use crate::person::{PASSWORD, sign_in, token_of};
use crate::second_factor::{code, protected};
use crate::soft_key::{SoftKey, ask_in_full};
use crate::world::World;
use doorward::run::start::StartError;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const PAGE: &str = "/account/passkeys";
const STEP: &str = "/sign-in/second-factor";
const MINUTE: Duration = Duration::from_secs(60);

each_database! {
    async fn under_another_name_the_start_is_refused_until_the_operator_gives_the_passkeys_up(world: World) {
        let (_, _) = with_passkey(&world, EMAIL).await;
        let (_, _) = without_password(&world, "eve@example.org").await;
        let moved = ("DOORWARD__SERVER__PUBLIC_URL", "http://id.localhost:3000");
        let Err(StartError::Passkeys(error)) = world.another(&[moved]).await.map(|_| ()) else { panic!("it started") };
        assert!(error.to_string().contains("2 passkeys for \"localhost\"") && error.to_string().contains("void_passkeys_of"), "{error}");
        assert!(world.another(&[moved, ("DOORWARD__SECOND_FACTOR__VOID_PASSKEYS_OF", "other.example")]).await.is_err());
        assert_eq!(passkeys(&world).await, 2);

        world.unread_count(EMAIL).await;
        let world = world.with(&[moved, ("DOORWARD__SECOND_FACTOR__VOID_PASSKEYS_OF", "localhost")]).await;
        assert_eq!(passkeys(&world).await + world.number("SELECT COUNT(*) FROM recovery_codes").await, 0);
        assert!(world.letter(EMAIL).await.subject.contains("no longer work"));
        assert!(world.audit_kinds().await.ends_with(&["second_factor_removed".to_owned(), "second_factor_removed".to_owned()]));
        sign_in(&mut world.browser(), EMAIL, PASSWORD).await.leads_to("/account");
    }

    async fn passkeys_that_are_given_up_end_trust_where_another_factor_is_left_and_the_letter_locks_the_account(world: World) {
        let (mut ada, app, _) = protected(&world, EMAIL).await;
        SoftKey::new(&world).add(&mut ada).await.leads_to("/account/passkeys?added");
        let mut trusted = world.browser();
        world.advance(MINUTE);
        sign_in(&mut trusted, EMAIL, PASSWORD).await.leads_to(STEP);
        trusted.submit("/form/second-factor", &[("code", &code(&world, &app)), ("trust", "on")]).await.leads_to("/account");
        world.unread_count(EMAIL).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 1);
        let moved = ("DOORWARD__SERVER__PUBLIC_URL", "http://id.localhost:3000");
        let world = world.with(&[moved, ("DOORWARD__SECOND_FACTOR__VOID_PASSKEYS_OF", "localhost")]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM devices WHERE proved_at IS NOT NULL").await, 0);
        assert_eq!((passkeys(&world).await, world.number("SELECT COUNT(*) FROM totp_authenticators").await), (0, 1));
        let mut elsewhere = world.browser();
        elsewhere.plant_device(&trusted.device());
        assert!(sign_in(&mut elsewhere, EMAIL, PASSWORD).await.location().ends_with(STEP));
        let lock = world.mailed_link(EMAIL, "/was-it-you").await;
        world.browser().get(&lock).await.shows("A passkey was removed").shows("lock my account");
        world.browser().call("/form/was-it-you", &[("token", &token_of(&lock))]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE frozen_at IS NOT NULL").await, 1);
    }

    async fn where_the_address_is_no_name_nothing_offers_passkeys(world: World) {
        let world = world.with(&[("DOORWARD__SERVER__PUBLIC_URL", "http://127.0.0.1:3000")]).await;
        let mut browser = world.browser();
        assert!(!browser.get("/sign-in").await.body.contains("data-passkey"));
        ask_in_full(&mut browser, "sign-in", "").await.is(404, "not_found");
        assert_eq!(browser.get("/.well-known/passkey-endpoints").await.status, 404);
        let mut ada = world.register(EMAIL).await.browser;
        ada.get(PAGE).await.shows("Passkeys can’t be used here");
    }

    async fn password_managers_find_the_page(world: World) {
        let answer = world.browser().get("/.well-known/passkey-endpoints").await;
        let found: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let origin = world.app().config.server.public_url.origin();
        assert_eq!(found["manage"], format!("{origin}/account/passkeys"));
        assert_eq!(found["enroll"], format!("{origin}/account/passkeys?add"));
    }
}
