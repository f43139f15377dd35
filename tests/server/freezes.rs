//! "This wasn't me" in the letters about second factors: it locks the account, and how its owner
//! gets in again.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in, sign_in, token_of};
use crate::program::run_beside;
use crate::second_factor::{code, protected};
use crate::world::World;
use doorward::base::clock::{Clock, SystemClock};
use doorward::domain::audit::By;
use doorward::flows::factor_resets;
use std::time::Duration;

pub const EMAIL: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Sends the form behind a link to `/was-it-you`, from a browser that was never here.
pub async fn not_me(world: &World, link: &str) -> Answer {
    world.browser().call("/form/was-it-you", &[("token", &token_of(link))]).await
}

#[track_caller]
fn is_locked(answer: &Answer) {
    assert_eq!((answer.status, answer.location()), (200, "/forgot-password?locked"), "{}", answer.in_full());
    assert!(answer.cookies.is_empty(), "{:?}", answer.cookies);
}

/// The program keeps real time: what it did lies ahead of a world that does not.
pub fn catch_up(world: &World) {
    world.advance(SystemClock.now().since(world.clock.now()));
}

/// The link in the one new letter to Ada.
pub async fn link(world: &World) -> String {
    world.mailed_link(EMAIL, "/was-it-you").await
}

async fn reset(world: &World, token: &str) -> Answer {
    world.browser().submit("/form/reset-password", &[("token", token), ("new_password", NEW_PASSWORD)]).await
}

/// A browser that has given the password and is asked for the code.
async fn halfway(world: &World) -> Browser {
    let mut browser = world.browser();
    sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
    browser
}

/// The link in the letter about wrong codes.
async fn guessed(world: &World) -> String {
    let mut guesser = halfway(world).await;
    for _ in 0..5 {
        guesser.call("/form/second-factor", &[("code", "000000")]).await.is(422, "wrong_code");
    }
    link(world).await
}

each_database! {
    async fn the_link_in_a_letter_shows_what_happened_and_its_button_locks_everybody_out(world: World) {
        let (mut ada, key, _) = protected(&world, EMAIL).await;
        let link = link(&world).await;
        for _ in 0..2 {
            let page = world.browser().get(&link).await;
            page.shows("An authenticator app was turned on").shows("Firefox on Linux").shows("127.0.0.1").shows("lock my account");
            assert!(page.status == 200 && !page.body.contains(EMAIL) && page.cookies.is_empty(), "{}", page.in_full());
        }
        assert!(is_signed_in(&mut ada).await, "looking changes nothing");

        let node = world.another(&[]).await.unwrap();
        is_locked(&not_me(&world, &link).await);
        assert!(!is_signed_in(&mut ada.at(&node.router)).await);
        ada.get("/sign-in").await.shows("the account was locked");
        world.browser().get("/forgot-password?locked").await.shows("Your account is locked");
        assert_eq!(world.number("SELECT COUNT(*) FROM devices").await, 0);
        let letter = world.letter(EMAIL).await;
        assert!(letter.subject.starts_with("Your account at Doorward is locked") && letter.text.contains("/forgot-password"), "{}", letter.text);
        assert!(!letter.text.contains("token="), "{}", letter.text);

        not_me(&world, &link).await.is(410, "link_expired");
        assert_eq!(world.browser().get(&link).await.status, 410);
        world.advance(MINUTE);
        let refused = sign_in(&mut world.browser(), EMAIL, PASSWORD).await;
        assert!(refused.location().starts_with("/sign-in?__path"), "{}", refused.location());
        drop(key);
        let kinds = world.audit_kinds().await;
        assert_eq!(kinds[kinds.len() - 4..], ["account_locked", "session_ended", "taken_back", "sign_in_failed"]);
        assert_eq!(world.texts("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL").await, ["account_locked"]);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'sign_in_failed' AND details LIKE '%account_locked%'").await, 1);
    }

    async fn each_letter_about_second_factors_has_a_link_of_its_own_that_tells_of_it(world: World) {
        let (mut ada, _, codes) = protected(&world, EMAIL).await;
        let mut links = vec![(link(&world).await, "An authenticator app was turned on")];
        halfway(&world).await.submit("/form/second-factor", &[("code", &codes[0])]).await.leads_to("/account");
        links.push((link(&world).await, "A recovery code was used"));
        let mut guesser = halfway(&world).await;
        for _ in 0..5 {
            guesser.call("/form/second-factor", &[("code", "000000")]).await.is(422, "wrong_code");
        }
        links.push((link(&world).await, "whoever sent it knew the password"));
        ada.submit("/form/make-recovery-codes", &[]).await;
        links.push((link(&world).await, "New recovery codes were made"));
        let page = ada.get("/account/second-factor").await;
        let id = page.body.split_once("?name=").unwrap().1.split_once('"').unwrap().0.to_owned();
        ada.submit("/form/turn-off-totp", &[("authenticator", &id)]).await.leads_to("/account/second-factor?turned-off");
        links.push((link(&world).await, "An authenticator app was turned off"));
        for (link, what) in &links {
            world.browser().get(link).await.shows(what).shows("lock my account");
        }
        is_locked(&not_me(&world, &links[0].0).await);
        let page = world.browser().get(&links[4].0).await;
        page.shows("The account is locked");
        assert!(!page.body.contains("/form/was-it-you"), "there is nothing to lock any more: {}", page.body);
    }

    async fn a_locked_account_lets_nobody_go_on_with_what_they_began_before(world: World) {
        let (ada, key, codes) = protected(&world, EMAIL).await;
        let lock = link(&world).await;
        let reset_token = world.forgot_password(EMAIL).await;
        let mut thief = halfway(&world).await;
        is_locked(&not_me(&world, &lock).await);
        world.advance(MINUTE);
        for code in [code(&world, &key), codes[0].clone()] {
            let answer = thief.call("/form/second-factor", &[("code", &code)]).await;
            assert_eq!((answer.status, answer.location()), (200, "/sign-in?too-late"), "{}", answer.in_full());
        }
        reset(&world, &reset_token).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE frozen_at IS NULL").await, 0, "a link of before is void");
        for path in crate::forms::with_a_session() {
            ada.clone().call(path, &[("password", PASSWORD), ("new_password", NEW_PASSWORD)]).await.is(401, "sign_in_required");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM pending_logins").await, 0);
    }

    async fn no_sign_in_under_way_slips_past_the_lock(world: World) {
        let ada = world.register(EMAIL).await;
        let mut phone = ada.signed_in().await;
        let (_, rest) = tokio::join!(
            async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                world.change("UPDATE accounts SET frozen_at = 1").await;
            },
            async {
                let mut browsers: Vec<Browser> = (0..4).map(|_| world.browser()).collect();
                for browser in &mut browsers {
                    sign_in(browser, EMAIL, PASSWORD).await;
                }
                browsers
            }
        );
        assert!(!is_signed_in(&mut phone).await, "even a session that was not ended is refused");
        for mut browser in rest {
            assert!(browser.cookie().is_none() || !is_signed_in(&mut browser).await);
        }
        assert!(sign_in(&mut world.browser(), EMAIL, PASSWORD).await.cookies.is_empty());
    }

    async fn a_new_password_behind_a_mailed_link_unlocks_and_the_second_factor_is_still_asked_for(world: World) {
        let (_, key, _) = protected(&world, EMAIL).await;
        link(&world).await;
        world.advance(8 * DAY);
        is_locked(&not_me(&world, &guessed(&world).await).await);
        world.letter(EMAIL).await;
        let token = world.forgot_password(EMAIL).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE frozen_at IS NULL").await, 0, "asking is not enough");
        reset(&world, &token).await.leads_to("/sign-in?password-reset");
        world.advance(MINUTE);
        let mut ada = world.browser();
        sign_in(&mut ada, EMAIL, NEW_PASSWORD).await.leads_to("/sign-in/second-factor");
        ada.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account");
        ada.get("/account/activity").await.shows("The account was locked with the link in a letter").shows("The account was unlocked by a new password");
    }

    async fn whoever_changes_the_password_voids_none_of_these_links(world: World) {
        let (mut thief, ..) = protected(&world, EMAIL).await;
        let link = link(&world).await;
        change_password(&mut thief, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        is_locked(&not_me(&world, &link).await);
        assert!(!is_signed_in(&mut thief).await);
        assert!(sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.cookies.is_empty());
    }

    async fn the_link_is_good_for_a_week_and_once_even_if_sent_many_times_at_once(world: World) {
        let (mut ada, ..) = protected(&world, EMAIL).await;
        let first = link(&world).await;
        world.advance(7 * DAY);
        not_me(&world, &first).await.is(410, "link_expired");
        ada.submit("/form/sign-out", &[]).await;
        world.advance(MINUTE);
        let mut guesser = halfway(&world).await;
        for _ in 0..5 {
            guesser.call("/form/second-factor", &[("code", "000000")]).await;
        }
        let link = link(&world).await;
        let answers = futures_util::future::join_all((0..8).map(|_| not_me(&world, &link))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(world.audit_kinds().await.iter().filter(|kind| *kind == "account_locked").count(), 1);
    }

    async fn locking_stops_the_removal_of_second_factors_that_waits(world: World) {
        protected(&world, EMAIL).await;
        link(&world).await;
        world.advance(8 * DAY);
        let lock = guessed(&world).await;
        let app = world.app();
        let mut tx = app.db.begin_recorded().await.unwrap();
        factor_resets::start(&mut tx, world.newest_account().await, By::Administrator).await.unwrap();
        tx.commit().await.unwrap();
        is_locked(&not_me(&world, &lock).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM factor_resets").await, 0);
        world.advance(2 * DAY);
        doorward::run::tasks::tidy(app, false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM totp_authenticators").await, 1);
    }

    async fn the_operator_unlocks_and_sees_who_is_locked(world: World) {
        catch_up(&world);
        protected(&world, EMAIL).await;
        assert!(run_beside(&world, &["user", "unlock", EMAIL]).await.with(1).err.contains("not locked"));
        is_locked(&not_me(&world, &link(&world).await).await);
        world.letter(EMAIL).await;
        assert!(run_beside(&world, &["user", "show", "ADA@example.org"]).await.with(0).out.contains("  locked"));
        assert!(run_beside(&world, &["user", "list"]).await.with(0).out.contains("  locked"));
        let unlocked = run_beside(&world, &["user", "unlock", EMAIL]).await;
        assert!(unlocked.with(0).out.contains(EMAIL) && unlocked.err.contains("same as before"), "{unlocked:?}");
        catch_up(&world);
        assert!(world.letter(EMAIL).await.subject.starts_with("Your account at Doorward is unlocked"));
        // The app was added a moment ago, and the letter about it was answered.
        sign_in(&mut world.browser(), EMAIL, PASSWORD).await.leads_to("/account");
        let details = world.texts("SELECT details FROM audit_entries WHERE kind = 'account_unlocked'").await;
        assert_eq!(details, ["{\"by\":\"command_line\"}"]);
        assert!(run_beside(&world, &["user", "unlock", "nobody@example.org"]).await.with(1).err.contains("nobody"));
        run_beside(&world, &["user", "unlock"]).await.with(2);
        run_beside(&world, &["audit", "verify"]).await.with(0);
    }
}
