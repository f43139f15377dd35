//! Accounts that begin with a passkey, or must get one before they are let in.

use crate::each_database;
use crate::passkeys::{first, passkeys, send, without_password};
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in};
use crate::second_factor::{CODES, codes_shown};
use crate::soft_key::{SoftKey, ask, ask_for, asked};
use crate::world::World;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const PAGE: &str = "/account/passkeys";
const STEP: &str = "/sign-in/second-factor";
const LONG: Duration = Duration::from_secs(660);

each_database! {
    async fn an_account_with_a_passkey_and_no_password_lives_by_it(world: World) {
        let (mut ada, mut key) = without_password(&world, EMAIL).await;
        let codes = codes_shown(&mut ada).await;
        assert_eq!(codes.len(), 10);
        ada.get("/account").await.shows("None: you sign in with a passkey");
        let mut other = world.browser();
        key.sign_in(&mut other).await.goes_to("/account/profile");
        let refused = [("identifier", EMAIL), ("password", PASSWORD)];
        world.browser().call("/form/sign-in", &refused).await.is(401, "wrong_credentials");

        world.advance(LONG);
        ada.get("/account/passkeys?add").await.leads_to("/confirm?then=/account/passkeys%3Fadd");
        let page = ada.get("/confirm?then=/account/passkeys%3Fadd").await;
        page.shows("Use a passkey").shows("Your passkey");
        assert!(!page.body.contains("name=\"password\""), "{}", page.in_full());
        let before = ada.clone();
        key.answer(&mut ada, "confirm", "/form/confirm-with-passkey").await.goes_to("/account/profile");
        assert!(!is_signed_in(&mut before.clone()).await, "the session has a new id");

        let id = first(&mut ada).await;
        ada.get(&format!("{PAGE}?remove={id}")).await.shows("the only way to sign in");
        ada.call("/form/remove-passkey", &[("passkey", &id)]).await.is(409, "last_way_in");
        ada.get("/account/password").await.shows("Set a password");
        ada.submit("/form/change-password", &[("new_password", NEW_PASSWORD)]).await.leads_to("/account/password?changed");
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to(STEP);
        ada.submit("/form/remove-passkey", &[("passkey", &id)]).await.leads_to("/account/passkeys?removed");
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/account");
    }

    async fn where_addresses_are_not_checked_an_account_is_made_with_a_passkey_at_once(world: World) {
        world.browser().call("/form/register-with-passkey", &[("email", EMAIL)]).await.is(403, "forbidden");
        ask_for(&mut world.browser(), "register", "", EMAIL).await.is(403, "forbidden");
        assert!(!world.browser().get("/register").await.body.contains("data-passkey"), "it comes behind the link");
        let world = world.with(&[("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false")]).await;
        let mut browser = world.browser();
        browser.get("/register").await.shows("Create a passkey instead").shows("data-act=\"register\"").shows("data-also=\"email\"");
        ask_for(&mut browser, "register", "", "nonsense").await.is(422, "invalid_email");
        let asked = asked(&ask_for(&mut browser, "register", "", EMAIL).await);
        assert_eq!(asked.options["user"]["name"], EMAIL);
        let mut key = SoftKey::new(&world);
        let credential = key.create(&asked).await;
        let send = async |email: &str| {
            let fields = [("email", email), ("challenge", &asked.challenge), ("credential", &credential)];
            world.browser().call("/form/register-with-passkey", &fields).await
        };
        send("eve@example.org").await.is(403, "passkey_refused");
        let (one, other) = tokio::join!(send(EMAIL), send(EMAIL));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{}\n{}", one.in_full(), other.in_full());
        assert_eq!(if one.status == 200 { one } else { other }.location(), CODES);
        assert_eq!(world.texts("SELECT email || COALESCE(password_hash, '') FROM accounts").await, [EMAIL]);
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE email_verified_at IS NULL").await, 1);
        key.sign_in(&mut world.browser()).await.goes_to("/account/profile");
        ask_for(&mut world.browser(), "register", "", EMAIL).await.is(409, "email_taken");
        for settings in [("DOORWARD__REGISTRATION__MODE", "closed"), ("DOORWARD__SECOND_FACTOR__ALLOWED", "totp")] {
            let node = world.another(&[("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false"), settings]).await.unwrap();
            let mut browser = node.browser();
            assert!(!browser.get("/register").await.body.contains("data-passkey"));
            let refused = ask_for(&mut browser, "register", "", "eve@example.org").await;
            assert_eq!(refused.status, 403, "{}", refused.in_full());
        }
    }

    async fn whoever_must_have_a_second_factor_may_enrol_a_passkey(world: World) {
        let _ = world.register(EMAIL).await;
        let world = world.with(&[("DOORWARD__SECOND_FACTOR__POLICY", "everyone")]).await;
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/sign-in/enrol");
        browser.get("/sign-in/enrol").await.shows("With a passkey").shows("id=\"enrol-totp\"");
        let mut key = SoftKey::new(&world);
        let asked = ask(&mut browser, "enrol", "").await;
        let credential = key.create(&asked).await;
        let mut other = world.browser();
        sign_in(&mut other, EMAIL, PASSWORD).await.leads_to("/sign-in/enrol");
        send(&mut other, "/form/enrol-passkey", &asked, &credential).await.is(403, "passkey_refused");
        assert!(!is_signed_in(&mut browser).await);
        send(&mut browser, "/form/enrol-passkey", &asked, &credential).await.goes_to(CODES);
        assert_eq!(codes_shown(&mut browser).await.len(), 10);
        let late = ask(&mut other, "enrol", "").await;
        let credential = SoftKey::new(&world).create(&late).await;
        send(&mut other, "/form/enrol-passkey", &late, &credential).await.goes_to("/sign-in?too-late");
        assert_eq!(passkeys(&world).await, 1, "the account had a factor by then");
        assert!(!is_signed_in(&mut other).await);

        let id = first(&mut browser).await;
        browser.get(&format!("{PAGE}?remove={id}")).await.shows("this site asks for a second factor");
        browser.call("/form/remove-passkey", &[("passkey", &id)]).await.is(409, "last_second_factor");
        key.sign_in(&mut world.browser()).await.goes_to("/account/profile");
    }
}
