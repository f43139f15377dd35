//! A sign-in that waits, and everything else that could be called in its place: no stage is
//! skipped.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::enrolment::{ENROL, EVERYONE};
use crate::forms::{all, with_a_session};
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in};
use crate::second_factor::{CODES, code, key_shown_on, protected};
use crate::soft_key::{SoftKey, ask_in_full};
use crate::world::World;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const STEP: &str = "/sign-in/second-factor";
const MINUTE: Duration = Duration::from_secs(60);
const ACTS: [&str; 8] = ["sign-in", "second-factor", "confirm", "add", "enrol", "sign-up", "register", "set-up"];

/// What somebody would have gained.
async fn gains(world: &World) -> Vec<String> {
    let mut rows = Vec::new();
    for query in [
        "SELECT email || display_name || username || role || COALESCE(password_hash, '') FROM accounts ORDER BY email",
        "SELECT CAST(started_at AS TEXT) || method || COALESCE(end_reason, '') FROM sessions ORDER BY 1",
        "SELECT CAST(created_at AS TEXT) || CAST(COALESCE(last_used_at, 0) AS TEXT) FROM totp_authenticators ORDER BY 1",
        "SELECT CAST(created_at AS TEXT) || CAST(COALESCE(last_used_at, 0) AS TEXT) FROM passkeys ORDER BY 1",
        "SELECT CAST(created_at AS TEXT) || CAST(COALESCE(used_at, 0) AS TEXT) FROM recovery_codes ORDER BY 1",
        "SELECT CAST(COUNT(*) AS TEXT) FROM trusted_browsers",
    ] {
        rows.extend(world.texts(query).await);
    }
    rows
}

/// Calls everything but `forward`, with all that could be asked for and a right `code`, and asserts
/// that nothing comes of it.
async fn assert_no_stage_is_skipped(world: &World, waiting: &Browser, forward: &str, code: &str) {
    let before = gains(world).await;
    let fields = [
        ("email", EMAIL),
        ("identifier", EMAIL),
        ("password", PASSWORD),
        ("new_password", NEW_PASSWORD),
        ("display_name", "Eve"),
        ("username", "eve-name"),
        ("code", code),
        ("trust", "on"),
        ("challenge", "x"),
        ("credential", "{}"),
        ("then", "/account"),
    ];
    for path in all().into_iter().filter(|path| *path != forward) {
        for scripted in [true, false] {
            let mut browser = waiting.clone();
            let answer = if scripted { browser.call(path, &fields).await } else { browser.submit(path, &fields).await };
            assert_no_session(path, &answer);
            assert!(!is_signed_in(&mut browser).await, "{path}");
            if scripted && with_a_session().contains(&path) {
                answer.is(401, "sign_in_required");
            }
        }
        assert_eq!(gains(world).await, before, "{path}");
    }
    assert!(!is_signed_in(&mut waiting.clone()).await);
}

#[track_caller]
fn assert_no_session(path: &str, answer: &Answer) {
    let session = answer.cookies.iter().find(|cookie| cookie.starts_with("__Host-doorward=") && !cookie.contains("=;"));
    assert_eq!(session, None, "{path}");
}

/// Which acts a passkey is asked for; all others lead away or are refused.
async fn assert_asked_for(waiting: &Browser, expected: &[&str]) {
    for act in ACTS {
        let answer = ask_in_full(&mut waiting.clone(), act, "").await;
        let asked = answer.status == 200 && answer.location().is_empty();
        assert_eq!(asked, expected.contains(&act), "{act}: {}", answer.in_full());
    }
}

each_database! {
    async fn while_the_second_factor_is_waited_for_nothing_else_goes_on(world: World) {
        let (mut owner, key, _) = protected(&world, EMAIL).await;
        SoftKey::new(&world).add(&mut owner).await.leads_to("/account/passkeys?added");
        world.advance(MINUTE);
        let mut waiting = world.browser();
        sign_in(&mut waiting, EMAIL, PASSWORD).await.leads_to(STEP);
        let right = code(&world, &key);
        assert_no_stage_is_skipped(&world, &waiting, "/form/second-factor", &right).await;
        assert_asked_for(&waiting, &["sign-in", "second-factor"]).await;
        waiting.submit("/form/second-factor", &[("code", &right)]).await.leads_to("/account");
        assert!(is_signed_in(&mut waiting).await);
    }

    async fn while_one_is_to_be_set_up_nothing_else_goes_on(world: World) {
        world.register(EMAIL).await;
        let world = world.with(&[EVERYONE]).await;
        let mut waiting = world.browser();
        sign_in(&mut waiting, EMAIL, PASSWORD).await.leads_to(ENROL);
        let key = key_shown_on(&mut waiting, ENROL).await;
        let right = code(&world, &key);
        assert_no_stage_is_skipped(&world, &waiting, "/form/enrol-totp", &right).await;
        assert_asked_for(&waiting, &["sign-in", "enrol"]).await;
        waiting.submit("/form/enrol-totp", &[("code", &right)]).await.leads_to(CODES);
    }

    async fn what_was_set_up_elsewhere_meanwhile_is_not_shown_to_a_sign_in_that_was_to_set_one_up(world: World) {
        let mut owner = world.register(EMAIL).await.browser;
        let strict = world.another(&[EVERYONE]).await.unwrap();
        let mut waiting = strict.browser();
        sign_in(&mut waiting, EMAIL, PASSWORD).await.leads_to(ENROL);
        let key = crate::second_factor::key_shown(&mut owner).await;
        crate::second_factor::turn_on(&world, &mut owner, &key).await.leads_to(CODES);
        SoftKey::new(&world).add(&mut owner).await.leads_to("/account/passkeys?added");
        world.advance(MINUTE);
        let answer = waiting.call("/form/second-factor", &[("code", &code(&world, &key))]).await;
        assert_eq!((answer.status, answer.location()), (200, ENROL), "{}", answer.in_full());
        assert_no_session("/form/second-factor", &answer);
        let asked = ask_in_full(&mut waiting, "second-factor", "").await;
        assert_eq!((asked.status, asked.location()), (200, "/sign-in?too-late"), "{}", asked.in_full());
        waiting.get(ENROL).await.shows("Sign in again");
        assert!(!is_signed_in(&mut waiting).await);
    }
}
