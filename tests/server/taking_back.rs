//! An owner takes their account back from somebody who was in it: what the thief added opens
//! nothing, what was there before stays.

use crate::admin::administrator;
use crate::admin_guard::{id_of, with_role};
use crate::browser::{Answer, Browser};
use crate::caller::ME;
use crate::database::Engine;
use crate::each_database;
use crate::freezes::{EMAIL, catch_up, link, not_me};
use crate::person::{NEW_PASSWORD, PASSWORD, Person, change_password, is_signed_in, sign_in, token_of};
use crate::personal_tokens::with_token;
use crate::program::run_beside;
use crate::second_factor::{code, key_shown, protected, turn_on};
use crate::soft_key::SoftKey;
use crate::world::World;
use doorward::base::clock::Clock;
use doorward::domain::accounts::Role;
use doorward::domain::audit::By;
use doorward::domain::sessions::Keep;
use doorward::domain::ways_in::WayIn;
use doorward::flows::factor_resets;
use std::time::Duration;

const NEW: &str = "thief@evil.example";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);
const UNCHECKED: (&str, &str) = ("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false");

/// Another browser, in which somebody who knows the password has signed in.
async fn thief(world: &World) -> Browser {
    let mut thief = world.browser();
    sign_in(&mut thief, EMAIL, PASSWORD).await.leads_to("/account");
    thief
}

/// With a passkey, the first second factor of the account.
async fn thief_with_passkey(world: &World) -> (Browser, SoftKey) {
    let (mut thief, mut key) = (thief(world).await, SoftKey::new(world));
    key.add(&mut thief).await.leads_to("/account/second-factor/recovery-codes");
    (thief, key)
}

/// Sets a new password by the link in a letter that is asked for now, in `browser`.
async fn reset_in(world: &World, browser: &mut Browser) -> Answer {
    let token = world.forgot_password(EMAIL).await;
    browser.submit("/form/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).await
}

async fn reset(world: &World) {
    reset_in(world, &mut world.browser()).await.leads_to("/sign-in?password-reset");
}

async fn locked(world: &World, link: &str) {
    assert_eq!(not_me(world, link).await.location(), "/forgot-password?locked");
}

async fn count(world: &World, table: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM {table}")).await
}

/// Sends wrong codes until its owner is written to; gives the link in that letter.
async fn wrong_codes(world: &World) -> String {
    let mut guesser = world.browser();
    sign_in(&mut guesser, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
    for _ in 0..5 {
        guesser.call("/form/second-factor", &[("code", "000000")]).await.is(422, "wrong_code");
    }
    link(world).await
}

async fn start_removal(world: &World) {
    let app = world.app();
    let mut tx = app.db.begin_recorded().await.unwrap();
    factor_resets::start(&mut tx, world.newest_account().await, By::Administrator).await.unwrap();
    tx.commit().await.unwrap();
}

/// Makes an account of an address that nobody proved.
async fn unproven(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.submit("/form/register", &[("email", EMAIL), ("new_password", PASSWORD)]).await.leads_to("/account");
    browser
}

/// Asks for a link that confirms the account's own address, in `browser`; gives its token.
async fn own_address(world: &World, browser: &mut Browser) -> String {
    browser.submit("/form/change-email", &[("email", EMAIL)]).await.leads_to("/account/profile?email-sent");
    token_of(&world.mailed_link(EMAIL, "/verify-email").await)
}

/// What the one session is called in forms that is so.
async fn session_that(world: &World, condition: &str) -> String {
    let handle = match world.engine() {
        Engine::Sqlite => {
            "lower(substr(hex(handle), 1, 8) || '-' || substr(hex(handle), 9, 4) || '-' || substr(hex(handle), 13, 4) || '-' \
             || substr(hex(handle), 17, 4) || '-' || substr(hex(handle), 21))"
        }
        Engine::Postgres => "handle::text",
    };
    let found = world.texts(&format!("SELECT {handle} FROM sessions WHERE {condition}")).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

/// What a thief could go on with of each way in.
fn usable(way: WayIn) -> &'static str {
    match way {
        WayIn::Password => "SELECT COUNT(*) FROM accounts WHERE frozen_at IS NULL AND password_hash IS NOT NULL",
        WayIn::Passkeys => "SELECT COUNT(*) FROM passkeys",
        WayIn::AuthenticatorApps => "SELECT COUNT(*) FROM totp_authenticators",
        WayIn::RecoveryCodes => "SELECT COUNT(*) FROM recovery_codes WHERE used_at IS NULL",
        WayIn::AccessTokens => "SELECT COUNT(*) FROM personal_tokens",
        WayIn::Connections => "SELECT COUNT(*) FROM identities",
        WayIn::Sessions => "SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL",
        WayIn::KnownBrowsers => "SELECT COUNT(*) FROM devices",
        WayIn::TrustedBrowsers => "SELECT COUNT(*) FROM trusted_browsers",
        WayIn::MailedLinks => "SELECT COUNT(*) FROM links WHERE purpose IN ('reset_password', 'change_email')",
        WayIn::WaitingSignIns => "SELECT COUNT(*) FROM pending_logins",
        WayIn::Drafts => "SELECT COUNT(*) FROM factor_drafts",
        WayIn::FactorRemoval => "SELECT COUNT(*) FROM factor_resets",
    }
}

each_database! {
    async fn the_passkey_of_a_thief_opens_nothing_once_its_owner_has_locked_the_account_and_has_a_new_password(world: World) {
        world.register(EMAIL).await;
        let (mut thief, mut key) = thief_with_passkey(&world).await;
        locked(&world, &link(&world).await).await;
        let letter = world.letter(EMAIL).await;
        assert!(letter.text.contains("1 passkey, the recovery codes") && !letter.text.contains("token="), "{}", letter.text);
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        reset(&world).await;
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        assert!(!is_signed_in(&mut thief).await);
        let mut ada = world.browser();
        sign_in(&mut ada, EMAIL, NEW_PASSWORD).await.leads_to("/account");
        ada.get("/account/activity").await.shows("Taken away, since it was not certain to be the owner’s: 1 passkey, the recovery codes");
        for table in ["passkeys", "recovery_codes", "factor_drafts"] {
            assert_eq!(count(&world, table).await, 0, "{table}");
        }
    }

    async fn either_letter_undoes_both_factors_that_a_thief_added_one_with_the_other(world: World) {
        world.register(EMAIL).await;
        let (mut thief, mut key) = thief_with_passkey(&world).await;
        link(&world).await;
        world.advance(3 * DAY);
        assert_eq!(key.sign_in(&mut thief).await.status, 200);
        let app = key_shown(&mut thief).await;
        turn_on(&world, &mut thief, &app).await.leads_to("/account/second-factor?on");
        let later = link(&world).await;
        // As long as the letter about the first could still be answered.
        world.advance(4 * DAY - MINUTE);
        locked(&world, &later).await;
        assert!(world.letter(EMAIL).await.text.contains("1 passkey, 1 authenticator app"));
        reset(&world).await;
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/account");
    }

    async fn a_factor_of_eight_days_stays_when_a_letter_of_six_is_answered_and_one_of_six_goes(world: World) {
        let (mut ada, app, codes) = protected(&world, EMAIL).await;
        link(&world).await;
        world.advance(2 * DAY);
        sign_in(&mut ada, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        ada.submit("/form/second-factor", &[("code", &code(&world, &app))]).await.leads_to("/account");
        let mut key = SoftKey::new(&world);
        key.add(&mut ada).await.leads_to("/account/passkeys?added");
        let lock = link(&world).await;
        world.advance(6 * DAY);
        world.browser().get(&lock).await.shows("added in the last seven days");
        locked(&world, &lock).await;
        let letter = world.letter(EMAIL).await;
        assert!(letter.text.contains("1 passkey") && !letter.text.contains("authenticator app"), "{}", letter.text);
        reset(&world).await;
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        sign_in(&mut ada, EMAIL, NEW_PASSWORD).await.leads_to("/sign-in/second-factor");
        ada.submit("/form/second-factor", &[("code", &code(&world, &app))]).await.leads_to("/account");
        assert_eq!(count(&world, "recovery_codes WHERE used_at IS NULL").await, codes.len() as i64);
    }

    async fn what_was_added_since_goes_however_long_ago_that_was(world: World) {
        world.register(EMAIL).await;
        world.advance(DAY);
        let mut thief = world.browser();
        let remembered = [("identifier", EMAIL), ("password", PASSWORD), ("remember", "on")];
        thief.submit("/form/sign-in", &remembered).await.leads_to("/account");
        let mut key = SoftKey::new(&world);
        key.add(&mut thief).await.leads_to("/account/second-factor/recovery-codes");
        for _ in 0..3 {
            world.advance(6 * DAY);
            assert!(is_signed_in(&mut thief).await);
        }
        let (mut ada, _) = world.started(world.newest_account().await, Keep::Ordinary).await;
        let thiefs = session_that(&world, "remembered").await;
        ada.submit("/form/end-session", &[("session", &thiefs), ("not_me", "on")]).await.leads_to("/account/password?not-me");
        world.unread_count(EMAIL).await;
        reset(&world).await;
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/account");
    }

    async fn whoever_reads_the_mail_takes_no_second_factor_away_that_was_there_long_before(world: World) {
        let (_, key, codes) = protected(&world, EMAIL).await;
        link(&world).await;
        world.advance(8 * DAY);
        let lock = wrong_codes(&world).await;
        world.advance(6 * DAY);
        locked(&world, &lock).await;
        let letter = world.letter(EMAIL).await;
        assert!(!letter.text.contains("Taken away"), "{}", letter.text);
        reset(&world).await;
        let mut ada = world.browser();
        sign_in(&mut ada, EMAIL, NEW_PASSWORD).await.leads_to("/sign-in/second-factor");
        ada.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account");
        sign_in(&mut ada, EMAIL, NEW_PASSWORD).await;
        assert_eq!(count(&world, "recovery_codes WHERE used_at IS NULL").await, codes.len() as i64);
    }

    async fn letters_answered_week_after_week_take_no_factor_away_that_stayed_at_the_first(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        link(&world).await;
        world.advance(8 * DAY);
        for _ in 0..4 {
            let mut stranger = world.browser();
            sign_in(&mut stranger, EMAIL, PASSWORD).await;
            stranger.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account");
            let notice = world.notices(EMAIL).await.remove(0);
            let link = notice.links.iter().find(|link| link.contains("/was-it-you?")).unwrap();
            assert_eq!(not_me(&world, link).await.location(), "/forgot-password?ended");
            world.advance(6 * DAY);
        }
        reset(&world).await;
        assert_eq!((count(&world, "totp_authenticators").await, count(&world, "recovery_codes").await), (1, 10));
    }

    async fn whatever_way_in_there_is_the_lock_shuts_it(world: World) {
        let ada = world.register(EMAIL).await;
        let mut thief = ada.signed_in().await;
        world.change(&format!("INSERT INTO identities (id, account_id, issuer, subject, provider, created_at) SELECT id, id, 'https://idp.example', 'thief', 'peer', {} FROM accounts", world.clock.now().0)).await;
        with_token(&world, &mut thief, &[("scope_profile", "on")]).await;
        SoftKey::new(&world).add(&mut thief).await;
        let key = key_shown(&mut thief).await;
        turn_on(&world, &mut thief, &key).await.leads_to("/account/second-factor?on");
        let letters = world.letters().await;
        let mut about = letters.iter().filter(|letter| letter.subject.starts_with("Second factor turned on"));
        let lock = about.next_back().unwrap().links.iter().find(|link| link.contains("/was-it-you?")).unwrap().clone();
        key_shown(&mut thief).await;
        thief.submit("/form/change-email", &[("email", NEW)]).await.leads_to("/account/profile?email-sent");
        sign_in(&mut world.browser(), EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        world.change(&format!("INSERT INTO trusted_browsers (device_id, account_id, user_agent, created_at, expires_at) SELECT id, account_id, '', {now}, {now} + 1 FROM devices", now = world.clock.now().0)).await;
        start_removal(&world).await;
        for way in WayIn::ALL {
            assert!(world.number(usable(*way)).await > 0, "{way:?} is not opened, so nothing is tested");
        }
        locked(&world, &lock).await;
        for way in WayIn::ALL {
            assert_eq!(world.number(usable(*way)).await, 0, "{way:?}");
        }
    }

    async fn what_a_thief_adds_between_not_me_and_the_new_password_goes_with_that(world: World) {
        world.register(EMAIL).await;
        let (_, mut first) = thief_with_passkey(&world).await;
        link(&world).await;
        let notice = world.notices(EMAIL).await.remove(0);
        let link_of = |notice: &doorward::domain::mail::mailbox::Opened| notice.links.iter().find(|link| link.contains("/was-it-you?")).unwrap().clone();
        assert_eq!(not_me(&world, &link_of(&notice)).await.location(), "/forgot-password?ended");
        assert!(world.letter(EMAIL).await.text.contains("1 passkey"));
        first.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        // The password is still the one that the thief knows.
        let (_, mut second) = thief_with_passkey(&world).await;
        link(&world).await;
        let mut ada = world.browser();
        reset_in(&world, &mut ada).await.leads_to("/sign-in?password-reset");
        assert!(world.letter(EMAIL).await.text.contains("1 passkey"), "the letter says what went");
        second.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        sign_in(&mut ada, EMAIL, NEW_PASSWORD).await.leads_to("/account");
        assert_eq!(count(&world, "accounts WHERE disowned_at IS NULL AND disowned_since IS NULL").await, 1);
    }

    async fn a_thief_who_has_gone_again_is_disowned_all_the_same(world: World) {
        world.register(EMAIL).await;
        let (mut thief, mut key) = thief_with_passkey(&world).await;
        link(&world).await;
        thief.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
        let notice = world.notices(EMAIL).await.remove(0);
        let link = notice.links.iter().find(|link| link.contains("/was-it-you?")).unwrap();
        let page = world.browser().get(link.strip_prefix("http://localhost:3000").unwrap()).await;
        page.shows("Not signed in any more").shows("It was not me").shows("action=\"/form/was-it-you\"");
        assert_eq!(not_me(&world, link).await.location(), "/forgot-password?ended");
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
    }

    async fn a_new_password_long_after_takes_nothing_away(world: World) {
        world.register(EMAIL).await;
        thief(&world).await;
        let notice = world.notices(EMAIL).await.remove(0);
        let link = notice.links.iter().find(|link| link.contains("/was-it-you?")).unwrap();
        not_me(&world, link).await;
        let mut ada = thief(&world).await;
        change_password(&mut ada, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        world.letter(EMAIL).await;
        let key = key_shown(&mut ada).await;
        turn_on(&world, &mut ada, &key).await.leads_to("/account/second-factor/recovery-codes");
        world.unread_count(EMAIL).await;
        world.advance(7 * DAY);
        reset(&world).await;
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/sign-in/second-factor");
    }

    async fn nobody_who_is_signed_in_takes_a_factor_away_with_not_me_and_without_showing_one(world: World) {
        let (ada, ..) = protected(&world, EMAIL).await;
        let handle = session_that(&world, "ended_at IS NULL").await;
        let account = world.newest_account().await;
        let (mut weak, _) = world.started(account, Keep::Ordinary).await;
        let fields = [("session", handle.as_str()), ("not_me", "on")];
        weak.submit("/form/end-session", &fields).await.leads_to("/account/password?not-me");
        assert!(!is_signed_in(&mut ada.clone()).await, "access is taken away at once");
        assert_eq!((count(&world, "totp_authenticators").await, count(&world, "recovery_codes").await), (1, 10));
        assert_eq!(count(&world, "accounts WHERE disowned_at IS NOT NULL").await, 1, "and the rest waits for a new password");
    }

    async fn an_address_that_was_changed_after_the_letter_is_no_proof_of_the_owner(world: World) {
        world.register(EMAIL).await;
        let (mut thief, mut key) = thief_with_passkey(&world).await;
        let lock = link(&world).await;
        thief.submit("/form/change-email", &[("email", NEW)]).await.leads_to("/account/profile?email-sent");
        let agreed = token_of(&world.mailed_link(NEW, "/verify-email").await);
        thief.submit("/form/confirm-email", &[("token", &agreed)]).await.leads_to("/account/profile?email-changed");
        world.letter(EMAIL).await;
        let answer = not_me(&world, &lock).await;
        assert_eq!((answer.status, answer.location()), (200, "/was-it-you?held"), "{}", answer.in_full());
        assert!(world.letter(EMAIL).await.text.contains("nobody gets in"));
        assert!(world.letter(NEW).await.text.contains("1 passkey"));
        world.browser().submit("/form/forgot-password", &[("email", NEW)]).await.leads_to("/forgot-password?sent");
        assert_eq!(world.unread_count(NEW).await, 0, "the thief's mailbox gets no new password");
        catch_up(&world);
        run_beside(&world, &["user", "unlock", NEW, "--email", EMAIL]).await.with(0);
        catch_up(&world);
        world.letter(EMAIL).await;
        reset(&world).await;
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/account");
    }

    async fn an_account_locked_before_it_was_remembered_is_taken_back_all_the_same(world: World) {
        world.register(EMAIL).await;
        let (_, mut key) = thief_with_passkey(&world).await;
        world.unread_count(EMAIL).await;
        world.change(&format!("UPDATE accounts SET frozen_at = {}", world.clock.now().0)).await;
        world.advance(30 * DAY);
        reset(&world).await;
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/account");
    }

    async fn the_passkey_of_a_thief_does_not_keep_second_factors_from_being_removed(world: World) {
        world.register(EMAIL).await;
        let (mut thief, _) = thief_with_passkey(&world).await;
        let codes = crate::second_factor::codes_shown(&mut thief).await;
        let app = key_shown(&mut thief).await;
        turn_on(&world, &mut thief, &app).await.leads_to("/account/second-factor?on");
        world.unread_count(EMAIL).await;
        start_removal(&world).await;
        let stop = link(&world).await;
        for typed in ["", "000000"] {
            thief.call("/form/stop-factor-reset", &[("code", typed)]).await.is(422, "wrong_code");
        }
        world.advance(MINUTE);
        for typed in [code(&world, &app), codes[0].clone()] {
            thief.call("/form/stop-factor-reset", &[("code", &typed)]).await.is(403, "stop_needs_letter");
        }
        assert_eq!(count(&world, "recovery_codes WHERE used_at IS NOT NULL").await, 0, "what stops nothing is not used up");
        assert_eq!(count(&world, "factor_resets").await, 1);
        assert_eq!(not_me(&world, &stop).await.location(), "/was-it-you?stopped");
    }

    async fn whoever_proves_the_address_first_has_the_account_alone(world: World) {
        let world = world.with(&[UNCHECKED]).await;
        let mut attacker = unproven(&world).await;
        let mut key = SoftKey::new(&world);
        key.add(&mut attacker).await;
        let caller = with_token(&world, &mut attacker, &[("scope_profile", "on")]).await;
        world.change(&format!("INSERT INTO identities (id, account_id, issuer, subject, provider, created_at) SELECT id, id, 'https://idp.example', 'attacker', 'peer', {} FROM accounts", world.clock.now().0)).await;
        world.unread_count(EMAIL).await;
        world.advance(60 * DAY);
        // As long as it takes the victim to come.
        let token = world.forgot_password(EMAIL).await;
        let short = [("token", token.as_str()), ("new_password", "kq7vm2xw")];
        world.browser().call("/form/reset-password", &short).await.is(422, "password_too_short");
        reset(&world).await;
        assert!(world.letter(EMAIL).await.text.contains("1 passkey"));
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        caller.get(ME).await.is(401, "invalid_token");
        assert!(!is_signed_in(&mut attacker).await);
        for table in ["passkeys", "recovery_codes", "identities", "personal_tokens"] {
            assert_eq!(count(&world, table).await, 0, "{table}");
        }
        let mut victim = world.browser();
        sign_in(&mut victim, EMAIL, NEW_PASSWORD).await.leads_to("/account");
        // From now on it is theirs, and mail alone takes nothing away.
        let app = key_shown(&mut victim).await;
        turn_on(&world, &mut victim, &app).await.leads_to("/account/second-factor/recovery-codes");
        world.unread_count(EMAIL).await;
        reset(&world).await;
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/sign-in/second-factor");
    }

    async fn whoever_confirms_the_address_elsewhere_is_told_and_gets_the_account_without_its_password(world: World) {
        let world = world.with(&[UNCHECKED]).await;
        let mut attacker = unproven(&world).await;
        let mut key = SoftKey::new(&world);
        key.add(&mut attacker).await;
        world.unread_count(EMAIL).await;
        let token = own_address(&world, &mut attacker).await;
        let mut victim = world.browser();
        victim.get(&format!("/verify-email?token={token}")).await.shows("the account is yours alone");
        assert!(is_signed_in(&mut attacker).await, "looking changes nothing");
        victim.submit("/form/confirm-email", &[("token", &token)]).await.leads_to("/verify-email?yours");
        victim.get("/verify-email?yours").await.shows("everything that was set up before is removed");
        assert!(!is_signed_in(&mut attacker).await);
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        let refused = sign_in(&mut world.browser(), EMAIL, PASSWORD).await;
        assert!(refused.location().starts_with("/sign-in?__path"), "{}", refused.location());
        reset(&world).await;
        sign_in(&mut victim, EMAIL, NEW_PASSWORD).await.leads_to("/account");
    }

    async fn whoever_confirms_or_resets_in_their_own_session_keeps_what_they_set_up(world: World) {
        let world = world.with(&[UNCHECKED]).await;
        let mut ada = unproven(&world).await;
        let mut key = SoftKey::new(&world);
        key.add(&mut ada).await;
        world.unread_count(EMAIL).await;
        let token = own_address(&world, &mut ada).await;
        let page = ada.get(&format!("/verify-email?token={token}")).await;
        assert!(!page.body.contains("the account is yours alone"), "{}", page.body);
        ada.submit("/form/confirm-email", &[("token", &token)]).await.leads_to("/account/profile?email-confirmed");
        assert!(is_signed_in(&mut ada).await);
        assert_eq!(key.sign_in(&mut world.browser()).await.status, 200);
        world.change("UPDATE accounts SET unproven = (email = 'ada@example.org'), email_verified_at = NULL").await;
        reset_in(&world, &mut ada).await.leads_to("/sign-in?password-reset");
        assert_eq!(key.sign_in(&mut world.browser()).await.status, 200);
        assert_eq!(count(&world, "accounts WHERE unproven").await, 0);
    }

    async fn whoever_agrees_to_be_the_address_of_an_account_that_proved_none_has_it_alone_too(world: World) {
        let world = world.with(&[UNCHECKED]).await;
        let mut attacker = unproven(&world).await;
        let mut key = SoftKey::new(&world);
        key.add(&mut attacker).await;
        attacker.submit("/form/change-email", &[("email", "victim@example.org")]).await.leads_to("/account/profile?email-sent");
        let token = token_of(&world.mailed_link("victim@example.org", "/verify-email").await);
        world.browser().submit("/form/confirm-email", &[("token", &token)]).await.leads_to("/verify-email?yours");
        assert!(!is_signed_in(&mut attacker).await);
        key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
        assert_eq!(count(&world, "accounts WHERE password_hash IS NULL").await, 1);
    }

    async fn the_operators_people_are_vouched_for(world: World) {
        let lines = "email,username,password_hash,display_name,email_verified\nada@example.org,,,Ada,false\n";
        doorward::flows::imports::import(&world.app().db, lines.as_bytes(), doorward::flows::imports::Options { dry_run: false, continue_on_error: false }).await.unwrap();
        reset(&world).await;
        world.change("UPDATE accounts SET email_verified_at = NULL").await;
        let mut ada = world.browser();
        sign_in(&mut ada, EMAIL, NEW_PASSWORD).await.leads_to("/account");
        let app = key_shown(&mut ada).await;
        turn_on(&world, &mut ada, &app).await.leads_to("/account/second-factor/recovery-codes");
        world.unread_count(EMAIL).await;
        reset(&world).await;
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/sign-in/second-factor");
    }

    async fn support_sees_a_hold_and_can_not_end_it(world: World) {
        let (mut rick, mut sue) = (administrator(&world).await, with_role(&world, "sue@example.org", Role::Support).await);
        world.register(EMAIL).await;
        let id = id_of(&world, EMAIL).await;
        let until = world.clock.now().0 + 3_600_000_000;
        world.change(&format!("UPDATE accounts SET frozen_at = 1, freeze_holds_until = {until} WHERE email = '{EMAIL}'")).await;
        let act = async |who: &mut Person| who.browser.call("/form/admin-unlock", &[("account", &id)]).await;
        let page = sue.browser.get(&format!("/admin/users/{id}")).await;
        page.shows("Lock ends").shows("Only an administrator can unlock it");
        assert!(!page.body.contains("act=unlock"), "{}", page.body);
        act(&mut sue).await.is(403, "forbidden");
        assert_eq!(count(&world, "accounts WHERE frozen_at IS NOT NULL").await, 1);
        rick.browser.get(&format!("/admin/users/{id}")).await.shows("Lock ends").shows("act=unlock");
        assert_eq!(act(&mut rick).await.status, 200);
        assert_eq!(count(&world, "accounts WHERE frozen_at IS NOT NULL").await, 0);
        // A lock without a hold is theirs to end, as before.
        world.change(&format!("UPDATE accounts SET frozen_at = 1 WHERE email = '{EMAIL}'")).await;
        sue.browser.get(&format!("/admin/users/{id}")).await.shows("act=unlock");
        assert_eq!(act(&mut sue).await.status, 200);
    }

    async fn the_right_passkey_of_a_closed_account_is_noted(world: World) {
        world.register(EMAIL).await;
        let (_, mut key) = thief_with_passkey(&world).await;
        for (column, reason) in [("disabled_at", "account_disabled"), ("frozen_at", "account_locked")] {
            world.change("UPDATE accounts SET disabled_at = NULL").await;
            world.change(&format!("UPDATE accounts SET {column} = 1")).await;
            key.sign_in(&mut world.browser()).await.is(403, "passkey_refused");
            let noted = world.number(&format!("SELECT COUNT(*) FROM audit_entries WHERE kind = 'sign_in_failed' AND account_id IS NOT NULL AND details LIKE '%{reason}%'")).await;
            assert_eq!(noted, 1, "{reason}");
        }
    }

    async fn the_overview_says_first_what_is_wrong_and_that_all_is_set_only_when_it_is(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        ada.submit("/form/save-profile", &[("display_name", "Ada Lovelace"), ("username", "ada-lovelace")]).await;
        let all_set = "All set.";
        let page = ada.get("/account").await;
        page.shows("Turn on a second factor");
        assert!(!page.body.contains(all_set));
        let key = key_shown(&mut ada).await;
        turn_on(&world, &mut ada, &key).await;
        ada.get("/account").await.shows(all_set);
        for (statement, said) in [
            ("UPDATE recovery_codes SET used_at = 1 WHERE code_hash = (SELECT code_hash FROM recovery_codes ORDER BY code_hash LIMIT 1)", "A recovery code was used"),
            ("UPDATE accounts SET email_verified_at = NULL", "Confirm your e-mail"),
            ("DELETE FROM recovery_codes WHERE used_at IS NULL", "Make new recovery codes"),
            ("UPDATE accounts SET disowned_at = password_changed_at", "Change your password now"),
        ] {
            assert!(world.change(statement).await > 0);
            let page = ada.get("/account").await;
            page.shows(said);
            assert!(!page.body.contains(all_set), "{said}");
        }
        let page = ada.get("/account").await.body;
        let at = |text: &str| page.find(text).unwrap();
        let order = ["Change your password now", "A recovery code was used", "Confirm your e-mail", "Make new recovery codes"];
        assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])) && at(order[3]) < at("What protects your account"), "the worst first");
        change_password(&mut ada, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        world.change("UPDATE accounts SET password_changed_at = password_changed_at + 1").await;
        assert!(!ada.get("/account").await.body.contains("Change your password now"));
    }

    async fn after_that_was_not_me_the_activity_does_not_say_that_nobody_got_in(world: World) {
        let ada = world.register(EMAIL).await;
        let mut browser = ada.signed_in().await;
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await;
        browser.get("/account/activity").await.shows("Nobody got in with a refused sign-in");
        world.notices(EMAIL).await;
        thief(&world).await;
        let notice = world.notices(EMAIL).await.remove(0);
        let link = notice.links.iter().find(|link| link.contains("/was-it-you?")).unwrap();
        not_me(&world, link).await;
        let page = browser.get("/account/activity").await;
        page.shows("Somebody else was in your account");
        assert!(!page.body.contains("Nobody got in"), "{}", page.body);
    }
}
