//! Passwords that are too short to stand alone, beside a second factor.

use crate::browser::Browser;
use crate::each_database;
use crate::enrolment::{ENROL, EVERYONE, enrol};
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in, sign_in, token_of};
use crate::program::Program;
use crate::second_factor::{code, first_app, protected};
use crate::world::World;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const SHORT: &str = "kq7vm2xw";
const MINUTE: Duration = Duration::from_secs(60);
const STANDS: &str = "SELECT COUNT(*) FROM accounts WHERE password_stands_alone";

/// Ada, with a second factor and a short password.
async fn short(world: &World) -> (Browser, doorward::domain::factors::totp::Key) {
    let (mut ada, key, _) = protected(world, EMAIL).await;
    ada.get("/account/password").await.shows("minlength=\"8\"").shows("8 characters");
    change_password(&mut ada, PASSWORD, SHORT).await.leads_to("/account/password?changed");
    assert_eq!(world.number(&format!("{STANDS} AND email = '{EMAIL}'")).await, 0);
    (ada, key)
}

async fn too_short(browser: &mut Browser, path: &str, fields: &[(&str, &str)], minimum: u16) {
    let answer = browser.call(path, fields).await;
    answer.is(422, "password_too_short").shows(&format!("at least {minimum} characters"));
}

each_database! {
    async fn eight_characters_will_do_beside_a_second_factor_and_not_without(world: World) {
        let mut eve = world.register("eve@example.org").await.browser;
        eve.get("/account/password").await.shows("minlength=\"15\"").shows("15 characters");
        too_short(&mut eve, "/form/change-password", &[("password", PASSWORD), ("new_password", SHORT)], 15).await;
        let (mut ada, key) = short(&world).await;
        too_short(&mut ada, "/form/change-password", &[("password", SHORT), ("new_password", "kq7vm2x")], 8).await;
        assert!(is_signed_in(&mut ada).await);
        world.advance(MINUTE);
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, SHORT).await.leads_to("/sign-in/second-factor");
        browser.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account");
        change_password(&mut browser, SHORT, NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert_eq!(world.number(STANDS).await, 2);
    }

    async fn a_session_without_the_second_factor_takes_no_short_password(world: World) {
        let ada = world.register(EMAIL).await;
        let (mut here, mut there) = ada.signed_in_twice().await;
        let key = crate::second_factor::key_shown(&mut here).await;
        crate::second_factor::turn_on(&world, &mut here, &key).await;
        there.get("/account/password").await.shows("minlength=\"15\"");
        too_short(&mut there, "/form/change-password", &[("password", PASSWORD), ("new_password", SHORT)], 15).await;
    }

    async fn a_reset_states_and_takes_what_holds_for_the_person(world: World) {
        world.register("eve@example.org").await;
        let token = world.forgot_password("eve@example.org").await;
        world.browser().get(&format!("/reset-password?token={token}")).await.shows("minlength=\"15\"");
        too_short(&mut world.browser(), "/form/reset-password", &[("token", &token), ("new_password", SHORT)], 15).await;
        protected(&world, EMAIL).await;
        world.unread_count(EMAIL).await;
        let token = world.forgot_password(EMAIL).await;
        world.browser().get(&format!("/reset-password?token={token}")).await.shows("minlength=\"8\"");
        let fields = [("token", token.as_str()), ("new_password", SHORT)];
        world.browser().submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
        assert_eq!(world.number(STANDS).await, 1);
    }

    async fn turning_the_last_one_off_takes_a_longer_password_with_it(world: World) {
        let (mut ada, _) = short(&world).await;
        let other = ada.clone();
        let (mut elsewhere, _) = world.started(world.newest_account().await, doorward::domain::sessions::Keep::Ordinary).await;
        world.change("UPDATE sessions SET method = 'password_totp'").await;
        let id = first_app(&mut ada).await;
        let question = ada.get(&format!("/account/second-factor?off={id}")).await;
        question.shows("too short for that").shows("name=\"new_password\"").shows("minlength=\"15\"");
        ada.call("/form/turn-off-totp", &[("authenticator", &id)]).await.is(422, "password_missing");
        too_short(&mut ada, "/form/turn-off-totp", &[("authenticator", &id), ("new_password", "kq7vm2xwkq7vm2")], 15).await;
        let refused = ada.submit("/form/turn-off-totp", &[("authenticator", &id), ("new_password", SHORT)]).await;
        ada.get(refused.location()).await.shows("Use at least 15 characters");
        assert_eq!(world.number("SELECT COUNT(*) FROM totp_authenticators").await, 1);
        assert!(is_signed_in(&mut elsewhere).await);
        world.unread_count(EMAIL).await;
        world.advance(MINUTE);

        let fields = [("authenticator", id.as_str()), ("new_password", NEW_PASSWORD)];
        ada.submit("/form/turn-off-totp", &fields).await.leads_to("/account/second-factor?turned-off");
        assert!(is_signed_in(&mut ada).await && !is_signed_in(&mut elsewhere).await);
        assert!(!is_signed_in(&mut other.clone()).await, "the session has a new id");
        assert_eq!(world.number(STANDS).await, 1);
        assert_eq!(world.unread_count(EMAIL).await, 2, "about the password and about the second factor");
        let kinds = world.audit_kinds().await;
        assert_eq!(kinds[kinds.len() - 3..], ["password_changed", "session_ended", "second_factor_removed"]);
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/account");
    }

    async fn one_of_several_is_turned_off_without_a_new_password(world: World) {
        let (mut ada, _) = short(&world).await;
        let id = first_app(&mut ada).await;
        let key = crate::second_factor::key_shown(&mut ada).await;
        crate::second_factor::turn_on(&world, &mut ada, &key).await;
        assert!(!ada.get(&format!("/account/second-factor?off={id}")).await.body.contains("new_password"));
        ada.submit("/form/turn-off-totp", &[("authenticator", &id)]).await.leads_to("/account/second-factor?turned-off");
        assert_eq!(world.number(STANDS).await, 0);
    }

    async fn newcomers_choose_a_short_one_where_they_are_not_let_in_without_a_second_factor(world: World) {
        let world = world.with(&[EVERYONE]).await;
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", EMAIL)]).await.leads_to("/register?sent");
        let token = token_of(&world.mailed_link(EMAIL, "/verify-email").await);
        browser.get(&format!("/verify-email?token={token}")).await.shows("minlength=\"8\"");
        browser.submit("/form/create-account", &[("token", &token), ("new_password", SHORT)]).await.leads_to(ENROL);

        // The operator asks nobody any more, and this password still opens nothing alone.
        let world = world.with(&[]).await;
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, SHORT).await.leads_to(ENROL);
        browser.get(ENROL).await.shows("Your password is too short to be all that is asked for");
        enrol(&world, &mut browser).await;
        assert!(is_signed_in(&mut browser).await);
        world.letters().await;
        let grace = world.with(&[EVERYONE, ("DOORWARD__SECOND_FACTOR__GRACE_DAYS", "7")]).await;
        let mut late = grace.browser();
        late.submit("/form/register", &[("email", "eve@example.org")]).await;
        let token = token_of(&grace.mailed_link("eve@example.org", "/verify-email").await);
        late.get(&format!("/verify-email?token={token}")).await.shows("minlength=\"15\"");
    }

    async fn a_higher_minimum_changes_nothing_for_passwords_there_are(world: World) {
        world.register(EMAIL).await;
        let world = world.with(&[("DOORWARD__PASSWORD__MINIMUM", "64")]).await;
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/account");
        assert_eq!(world.number(STANDS).await, 1);
        too_short(&mut browser, "/form/change-password", &[("password", PASSWORD), ("new_password", NEW_PASSWORD)], 64).await;
    }

    async fn the_meter_judges_by_what_the_field_asks_for(world: World) {
        let mut browser = world.browser();
        let judge = async |browser: &mut Browser, minimum: &str| {
            browser.call("/form/password-strength", &[("new_password", SHORT), ("minimum", minimum)]).await.body
        };
        assert!(judge(&mut browser, "15").await.contains("Use at least 15 characters"));
        assert!(!judge(&mut browser, "8").await.contains("Use at least"));
        let without = browser.call("/form/password-strength", &[("new_password", SHORT)]).await;
        without.shows("Use at least 15 characters");
    }

    async fn the_meter_speaks_the_language_of_the_page(world: World) {
        let mut browser = world.browser();
        let judged = async |browser: &mut Browser, password: &str| {
            let mut request = browser.posting("/form/password-strength", &[("new_password", password)], "application/json");
            request.headers_mut().insert("accept-language", "de".parse().unwrap());
            browser.send(request).await.body
        };
        let refused = judged(&mut browser, SHORT).await;
        assert!(refused.contains("mindestens 15 Zeichen"), "{refused}");
        let strong = judged(&mut browser, "correct horse battery staple nine").await;
        assert!(strong.contains("Ein starkes Passwort."), "{strong}");
    }
}

#[test]
fn the_operator_gives_an_admin_a_short_password_where_admins_must_have_a_second_factor() {
    let mut program = Program::new();
    program.settings.push(("DOORWARD__SECOND_FACTOR__POLICY".to_owned(), "admins".to_owned()));
    let made = program.run_with(&["user", "create", "--email", "admin@example.org", "--admin"], SHORT);
    made.with(0);
    let refused = program.run_with(&["user", "create", "--email", "member@example.org"], SHORT);
    assert!(refused.with(1).err.contains("at least 15 characters"), "{refused:?}");
}
