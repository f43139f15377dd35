//! Another e-mail address: `/account/profile`, `/verify-email`, and what the address before can do.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::freezes::catch_up;
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in, token_of};
use crate::program::run_beside;
use crate::second_factor::protected;
use crate::soft_key::SoftKey;
use crate::world::World;
use std::time::Duration;

const OLD: &str = "ada@example.org";
const NEW: &str = "ada@new.example";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn ask(browser: &mut Browser, email: &str) -> Answer {
    browser.submit("/form/change-email", &[("email", email)]).await
}

/// The link that `to` got for agreeing.
async fn link_to(world: &World, to: &str) -> String {
    world.mailed_link(to, "/verify-email").await
}

async fn agree(world: &World, link: &str) -> Answer {
    world.browser().call("/form/confirm-email", &[("token", &token_of(link))]).await
}

/// Ada, whose address was changed; the link that her address before got.
async fn changed(world: &World) -> (Browser, String) {
    let mut ada = world.register(OLD).await.browser;
    ask(&mut ada, NEW).await.leads_to("/account/profile?email-sent");
    let link = link_to(world, NEW).await;
    agree(world, &link).await.goes_to("/verify-email?changed");
    (ada, world.mailed_link(OLD, "/was-it-you").await)
}

async fn emails(world: &World) -> Vec<String> {
    world.texts("SELECT email FROM accounts ORDER BY email").await
}

async fn reset(world: &World, token: &str, password: &str) -> Answer {
    world.browser().call("/form/reset-password", &[("token", token), ("new_password", password)]).await
}

async fn hold(world: &World, link: &str) -> Answer {
    world.browser().call("/form/was-it-you", &[("token", &token_of(link))]).await
}

each_database! {
    async fn the_new_address_agrees_before_anything_changes_and_the_old_one_is_told(world: World) {
        let ada = world.register(OLD).await;
        let mut browser = ada.signed_in().await;
        let mut other = ada.signed_in().await;
        browser.get("/account/profile").await.shows(OLD).shows("name=\"email\"");
        ask(&mut browser, " ADA@New.example ").await.leads_to("/account/profile?email-sent");
        browser.get("/account/profile?email-sent").await.shows("Check the mail");
        let letter = world.letter(NEW).await;
        let link = letter.links.iter().find(|link| link.contains("token=")).unwrap().replace("http://localhost:3000", "");
        for _ in 0..3 {
            let page = world.browser().get(&link).await;
            page.shows(NEW).shows("Use this address");
            assert!(page.status == 200 && page.cookies.is_empty() && !page.body.contains(OLD), "{}", page.in_full());
        }
        assert_eq!(emails(&world).await, [OLD], "a mail scanner that opens it changes nothing");
        let password = "SELECT COALESCE(password_hash, '') FROM accounts";
        let before = world.texts(password).await;

        let mut phone = world.browser();
        phone.get(&link).await;
        phone.submit("/form/confirm-email", &[("token", &token_of(&link))]).await.leads_to("/verify-email?changed");
        assert!(phone.cookie().is_none(), "a link signs nobody in");
        phone.get("/verify-email?changed").await.shows("is changed");
        assert_eq!(emails(&world).await, [NEW]);
        assert_eq!(world.texts(password).await, before);
        assert!(is_signed_in(&mut browser).await && is_signed_in(&mut other).await);
        browser.get("/account/activity").await.shows(&format!("from {OLD} to {NEW}"));

        let told = world.letter(OLD).await;
        assert!(told.subject.contains("was changed") && told.text.contains("Firefox on Linux"), "{}", told.text);
        assert!(!told.text.contains(NEW), "whoever has the old mailbox need not learn the new address");
        assert_eq!(world.browser().get(&link).await.status, 410, "used");
        agree(&world, &link).await.is(410, "link_expired");

        world.advance(MINUTE);
        let answer = sign_in(&mut world.browser(), OLD, PASSWORD).await;
        assert!(answer.location().starts_with("/sign-in?__path"));
        sign_in(&mut world.browser(), NEW, PASSWORD).await.leads_to("/account");
        let mut stranger = world.browser();
        stranger.submit("/form/register", &[("email", OLD)]).await.leads_to("/register?sent");
        world.mailed_link(OLD, "/verify-email").await;
    }

    async fn in_the_browser_that_is_signed_in_the_link_leads_back_to_the_profile(world: World) {
        let mut ada = world.register(OLD).await.browser;
        ask(&mut ada, NEW).await.leads_to("/account/profile?email-sent");
        let link = link_to(&world, NEW).await;
        ada.get(&link).await.shows("Use this address");
        ada.submit("/form/confirm-email", &[("token", &token_of(&link))]).await.leads_to("/account/profile?email-changed");
        ada.get("/account/profile?email-changed").await.shows(NEW).shows("is changed");
    }

    async fn an_address_that_somebody_has_is_answered_alike_and_only_its_owner_learns_it(world: World) {
        world.register("eve@example.org").await;
        let mut answers = Vec::new();
        for (who, email) in [(OLD, "eve@example.org"), ("bob@example.org", "nobody@example.org")] {
            let mut browser = world.register(who).await.browser;
            let mails = world.number("SELECT COUNT(*) FROM mails").await;
            let links = world.number("SELECT COUNT(*) FROM links").await;
            let request = browser.posting("/form/change-email", &[("email", email)], "application/json");
            answers.push(browser.send(request).await.in_full());
            assert_eq!(world.number("SELECT COUNT(*) FROM mails").await, mails + 1);
            assert_eq!(world.number("SELECT COUNT(*) FROM links").await, links + 1, "made for both, sent to one");
        }
        assert_eq!(answers[0], answers[1]);
        let letter = world.letter("eve@example.org").await;
        assert!(letter.subject.contains("already") && !letter.text.contains("token="), "{}", letter.text);
        assert!(world.letter("nobody@example.org").await.text.contains("token="));
    }

    async fn a_new_link_voids_the_older_one_and_nobody_elses(world: World) {
        let mut ada = world.register(OLD).await.browser;
        let mut eve = world.register("eve@example.org").await.browser;
        ask(&mut ada, "typo@new.example").await.leads_to("/account/profile?email-sent");
        let typo = link_to(&world, "typo@new.example").await;
        ask(&mut ada, NEW).await.leads_to("/account/profile?email-sent");
        let newer = link_to(&world, NEW).await;
        ask(&mut eve, NEW).await.leads_to("/account/profile?email-sent");
        let eves = link_to(&world, NEW).await;
        agree(&world, &typo).await.is(410, "link_expired");
        agree(&world, &newer).await.goes_to("/verify-email?changed");
        // The mailbox's owner may know that the address has an account by now.
        agree(&world, &eves).await.is(409, "email_taken");
        let mut browser = world.browser();
        browser.get(&eves).await;
        let answer = browser.submit("/form/confirm-email", &[("token", &token_of(&eves))]).await;
        browser.get(answer.location()).await.shows("There is an account with this e-mail already");
        assert_eq!(emails(&world).await, [NEW, "eve@example.org"]);
    }

    async fn a_link_is_good_for_an_hour_and_until_the_account_changes_in_other_ways(world: World) {
        let mut ada = world.register(OLD).await.browser;
        ask(&mut ada, NEW).await;
        let late = link_to(&world, NEW).await;
        world.advance(Duration::from_secs(3600));
        agree(&world, &late).await.is(410, "link_expired");
        ada = world.register("bob@example.org").await.browser;
        ask(&mut ada, NEW).await.leads_to("/account/profile?email-sent");
        let before = link_to(&world, NEW).await;
        crate::person::change_password(&mut ada, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        agree(&world, &before).await.is(410, "link_expired");
        for statement in ["UPDATE accounts SET frozen_at = 1", "UPDATE accounts SET disabled_at = 1"] {
            ask(&mut ada, NEW).await.leads_to("/account/profile?email-sent");
            let link = link_to(&world, NEW).await;
            world.change(statement).await;
            agree(&world, &link).await.is(410, "link_expired");
            world.change("UPDATE accounts SET frozen_at = NULL, disabled_at = NULL").await;
        }
        assert_eq!(emails(&world).await, [OLD, "bob@example.org"]);
    }

    async fn of_many_who_agree_at_once_one_does(world: World) {
        let mut ada = world.register(OLD).await.browser;
        ask(&mut ada, NEW).await;
        let link = link_to(&world, NEW).await;
        let answers = futures_util::future::join_all((0..8).map(|_| agree(&world, &link))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 410)));
        assert_eq!(world.audit_kinds().await.iter().filter(|kind| *kind == "email_changed").count(), 1);
    }

    async fn of_two_accounts_that_want_one_address_at_once_one_gets_it(world: World) {
        let mut links = Vec::new();
        for who in [OLD, "bob@example.org"] {
            let mut browser = world.register(who).await.browser;
            ask(&mut browser, NEW).await.leads_to("/account/profile?email-sent");
            links.push(link_to(&world, NEW).await);
        }
        let (one, other) = tokio::join!(agree(&world, &links[0]), agree(&world, &links[1]));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(emails(&world).await.iter().filter(|email| *email == NEW).count(), 1);
    }

    async fn what_went_to_the_address_before_lets_nobody_in_any_more(world: World) {
        let mut ada = world.register(OLD).await.browser;
        let token = world.forgot_password(OLD).await;
        ask(&mut ada, NEW).await;
        agree(&world, &link_to(&world, NEW).await).await.goes_to("/verify-email?changed");
        reset(&world, &token, NEW_PASSWORD).await.is(410, "link_expired");
        world.mailed_link(OLD, "/was-it-you").await;
        world.browser().submit("/form/forgot-password", &[("email", OLD)]).await.leads_to("/forgot-password?sent");
        assert_eq!(world.unread_count(OLD).await, 0, "nobody has that address");
        world.forgot_password(NEW).await;
    }

    async fn a_passkey_goes_on_to_work(world: World) {
        let mut ada = world.register(OLD).await.browser;
        let mut key = SoftKey::new(&world);
        key.add(&mut ada).await;
        world.letters().await;
        world.unread_count(OLD).await;
        ask(&mut ada, NEW).await.leads_to("/account/profile?email-sent");
        agree(&world, &link_to(&world, NEW).await).await.goes_to("/verify-email?changed");
        world.advance(MINUTE);
        let mut browser = world.browser();
        key.sign_in(&mut browser).await;
        assert!(is_signed_in(&mut browser).await);
    }

    async fn who_was_not_asked_lately_who_they_are_is_asked_first(world: World) {
        let mut ada = world.register(OLD).await.browser;
        world.advance(11 * MINUTE);
        let page = ada.get("/account/profile").await;
        assert!(page.status == 200 && !page.body.contains("name=\"email\""), "{}", page.body);
        ada.get("/account/profile?email").await.leads_to("/confirm?then=/account/profile%3Femail");
        ask(&mut ada, NEW).await.leads_to("/confirm?then=/account/profile%3Femail");
        assert_eq!(world.unread_count(NEW).await, 0);
        let fields = [("password", PASSWORD), ("then", "/account/profile?email")];
        ada.submit("/form/confirm", &fields).await.leads_to("/account/profile?email");
        ada.get("/account/profile?email").await.shows("name=\"email\"");
        ask(&mut ada, NEW).await.leads_to("/account/profile?email-sent");
    }

    async fn the_password_alone_does_not_do_where_there_is_a_second_factor(world: World) {
        protected(&world, OLD).await;
        world.change("UPDATE sessions SET method = 'password'").await;
        let account = world.newest_account().await;
        let (mut browser, _) = world.started(account, doorward::domain::sessions::Keep::Ordinary).await;
        ask(&mut browser, NEW).await.leads_to("/confirm?then=/account/profile%3Femail");
        browser.get("/confirm?then=/account/profile%3Femail").await.shows("name=\"code\"");
        assert_eq!(world.unread_count(NEW).await, 0);
    }

    async fn nonsense_and_the_same_address_are_refused_and_nobody_is_mailed_without_end(world: World) {
        let mut ada = world.register(OLD).await.browser;
        for (email, status, code) in [("", 422, "invalid_email"), ("a@b@c", 422, "invalid_email"), (OLD, 409, "email_unchanged")] {
            ada.call("/form/change-email", &[("email", email)]).await.is(status, code);
        }
        ada.call("/form/change-email", &[("email", "eve@example.org\r\nBcc: all@example.org")]).await.is(422, "invalid_email");
        for number in 0..5 {
            ask(&mut ada, &format!("stranger{number}@new.example")).await.leads_to("/account/profile?email-sent");
        }
        ada.call("/form/change-email", &[("email", NEW)]).await.is(429, "email_changes_too_many");
        world.advance(DAY);
        let mut ada = world.browser();
        sign_in(&mut ada, OLD, PASSWORD).await.leads_to("/account");
        ask(&mut ada, NEW).await.leads_to("/account/profile?email-sent");
    }

    async fn links_lead_to_the_public_url_whatever_host_was_asked_for(world: World) {
        let mut ada = world.register(OLD).await.browser;
        let mut request = ada.posting("/form/change-email", &[("email", NEW)], "text/html");
        for (name, value) in [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example;proto=https")] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        assert_eq!(ada.send(request).await.status, 303);
        let letter = world.letter(NEW).await;
        assert!(!letter.links.is_empty() && letter.links.iter().all(|link| link.starts_with("http://localhost:3000/")), "{:?}", letter.links);
    }

    async fn who_never_confirmed_their_address_does_so_with_the_same_link(world: World) {
        let world = world.with(&[("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false")]).await;
        let mut ada = world.browser();
        ada.submit("/form/register", &[("email", OLD), ("new_password", PASSWORD)]).await.leads_to("/account");
        ada.get("/account/profile").await.shows("Not confirmed").shows("Send me a link");
        ask(&mut ada, OLD).await.leads_to("/account/profile?email-sent");
        let older = link_to(&world, OLD).await;
        ask(&mut ada, OLD).await.leads_to("/account/profile?email-sent");
        let link = link_to(&world, OLD).await;
        agree(&world, &older).await.is(410, "link_expired");
        // In the browser that is signed in: elsewhere it takes the account over (`taking_back.rs`).
        ada.call("/form/confirm-email", &[("token", &token_of(&link))]).await.goes_to("/account/profile?email-confirmed");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE email_verified_at IS NOT NULL").await, 1);
        assert_eq!(world.unread_count(OLD).await, 0, "there is nobody to tell");
        ada.call("/form/change-email", &[("email", OLD)]).await.is(409, "email_unchanged");
    }

    async fn the_address_before_keeps_everybody_out_for_a_week_and_gets_nobody_in(world: World) {
        let (mut thief, lock) = changed(&world).await;
        let page = world.browser().get(&lock).await;
        page.shows("The e-mail was changed").shows("lock my account");
        assert!(page.status == 200 && !page.body.contains(NEW), "{}", page.body);
        assert!(is_signed_in(&mut thief).await, "looking changes nothing");
        let thiefs = world.forgot_password(NEW).await;
        let answer = hold(&world, &lock).await;
        answer.goes_to("/was-it-you?held");
        assert!(answer.cookies.is_empty());
        world.browser().get("/was-it-you?held").await.shows("The account is locked");
        assert!(!is_signed_in(&mut thief).await);
        hold(&world, &lock).await.is(410, "link_expired");
        assert!(world.letter(OLD).await.text.contains("nobody gets in"));
        assert!(world.letter(NEW).await.text.contains("nobody gets in"));

        reset(&world, &thiefs, NEW_PASSWORD).await.is(410, "link_expired");
        for email in [NEW, OLD] {
            world.browser().submit("/form/forgot-password", &[("email", email)]).await.leads_to("/forgot-password?sent");
            assert_eq!(world.unread_count(email).await, 0, "no link while it is held");
        }
        world.advance(7 * DAY - MINUTE);
        for password in [PASSWORD, NEW_PASSWORD] {
            assert!(sign_in(&mut world.browser(), NEW, password).await.cookies.is_empty());
        }
        world.advance(MINUTE);
        assert!(sign_in(&mut world.browser(), NEW, PASSWORD).await.cookies.is_empty(), "it takes a new password");
        let token = world.forgot_password(NEW).await;
        assert_eq!(reset(&world, &token, NEW_PASSWORD).await.status, 200);
        sign_in(&mut world.browser(), NEW, NEW_PASSWORD).await.leads_to("/account");
    }

    async fn a_reset_under_way_does_not_slip_past_the_hold(world: World) {
        let (_, lock) = changed(&world).await;
        let token = world.forgot_password(NEW).await;
        let app = world.app();
        // As one whose page and hash came before the hold, and whose write comes after it.
        let (held, refused) = tokio::join!(hold(&world, &lock), reset(&world, &token, NEW_PASSWORD));
        held.goes_to("/was-it-you?held");
        let _ = refused;
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE frozen_at IS NOT NULL AND freeze_holds_until IS NOT NULL").await, 1);
        let mut tx = app.db.begin_recorded().await.unwrap();
        let account = world.newest_account().await;
        let ended = doorward::flows::freezes::end_by_new_password(&mut tx, account).await;
        assert_eq!(ended, Err(doorward::base::error::AppError::LinkExpired));
    }

    async fn a_locked_account_can_be_held_too_and_the_link_lives_a_week(world: World) {
        let (_, lock) = changed(&world).await;
        world.change("UPDATE accounts SET frozen_at = 1").await;
        hold(&world, &lock).await.goes_to("/was-it-you?held");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE freeze_holds_until IS NOT NULL").await, 1);
        world.change("UPDATE accounts SET frozen_at = NULL, freeze_holds_until = NULL").await;
        let mut ada = world.browser();
        sign_in(&mut ada, NEW, PASSWORD).await.leads_to("/account");
        ask(&mut ada, "ada@third.example").await.leads_to("/account/profile?email-sent");
        world.unread_count(NEW).await;
        agree(&world, &link_to(&world, "ada@third.example").await).await.goes_to("/verify-email?changed");
        let late = world.mailed_link(NEW, "/was-it-you").await;
        world.advance(7 * DAY);
        hold(&world, &late).await.is(410, "link_expired");
        assert_eq!(world.browser().get(&late).await.status, 410);
    }

    async fn the_operator_gives_the_account_back_and_its_owner_chooses_a_new_password(world: World) {
        catch_up(&world);
        let (_, lock) = changed(&world).await;
        assert!(run_beside(&world, &["user", "unlock", NEW, "--email", OLD]).await.with(1).err.contains("not locked"));
        hold(&world, &lock).await.goes_to("/was-it-you?held");
        assert!(run_beside(&world, &["user", "show", NEW]).await.with(0).out.contains("not even a new password"));
        world.letter(OLD).await;
        let given = run_beside(&world, &["user", "unlock", NEW, "--email", OLD]).await;
        assert!(given.with(0).out.contains(OLD), "{given:?}");
        catch_up(&world);
        assert_eq!(emails(&world).await, [OLD]);
        assert!(world.letter(OLD).await.text.contains("/forgot-password"));
        assert!(sign_in(&mut world.browser(), OLD, PASSWORD).await.cookies.is_empty(), "the thief knows the password");
        let token = world.forgot_password(OLD).await;
        assert_eq!(reset(&world, &token, NEW_PASSWORD).await.status, 200);
        sign_in(&mut world.browser(), OLD, NEW_PASSWORD).await.leads_to("/account");
        run_beside(&world, &["audit", "verify"]).await.with(0);
    }
}
