//! Second factors removed for somebody who has lost them: announced, after a wait, and stopped by
//! their owner until the end of it.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::freezes::{EMAIL, catch_up, link, not_me};
use crate::limits::{limited, wait};
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in, sign_in};
use crate::program::run_beside;
use crate::second_factor::{code, protected};
use crate::world::World;
use doorward::domain::audit::By;
use doorward::domain::factors::totp::Key;
use doorward::flows::factor_resets::{self, Start, Stop};
use doorward::run::tasks::tidy;
use serde_json::Value;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const WAIT: Duration = Duration::from_secs(24 * 3600);

async fn start(world: &World) -> Start {
    let app = world.app();
    let account = world.newest_account().await;
    let mut tx = app.db.begin_recorded().await.unwrap();
    let started = factor_resets::start(&mut tx, account, By::Administrator).await.unwrap();
    tx.commit().await.unwrap();
    started
}

/// Ada with an app, whose removal was started; the link that stops it.
async fn waiting(world: &World) -> (Browser, Key, String) {
    let (ada, key, _) = protected(world, EMAIL).await;
    // The one that tells of the new factor.
    world.letter(EMAIL).await;
    assert!(matches!(start(world).await, Start::Started(_)));
    let link = link(world).await;
    (ada, key, link)
}

async fn apps(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM totp_authenticators").await
}

/// How often each was noted: started, stopped, done.
async fn noted(world: &World) -> [usize; 3] {
    let kinds = world.audit_kinds().await;
    ["factor_reset_started", "factor_reset_stopped", "factor_reset_done"]
        .map(|wanted| kinds.iter().filter(|kind| *kind == wanted).count())
}

#[track_caller]
fn is_stopped(answer: &Answer) {
    assert_eq!((answer.status, answer.location()), (200, "/was-it-you?stopped"), "{}", answer.in_full());
    assert!(answer.cookies.is_empty(), "{:?}", answer.cookies);
}

each_database! {
    async fn nothing_is_weaker_until_it_is_due_and_then_the_password_alone_signs_in(world: World) {
        let (ada, key, link) = waiting(&world).await;
        world.advance(WAIT - MINUTE);
        tidy(world.app(), false).await.unwrap();
        assert_eq!(apps(&world).await, 1);
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        browser.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account");
        let mut halfway = world.browser();
        sign_in(&mut halfway, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        world.notices(EMAIL).await;

        world.advance(MINUTE);
        tidy(world.app(), false).await.unwrap();
        assert_eq!((apps(&world).await, noted(&world).await), (0, [1, 0, 1]));
        for rows in ["recovery_codes", "devices", "pending_logins", "factor_resets"] {
            assert_eq!(world.number(&format!("SELECT COUNT(*) FROM {rows}")).await, 0, "{rows}");
        }
        for mut session in [ada, browser.clone()] {
            assert!(!is_signed_in(&mut session).await);
        }
        browser.get("/sign-in").await.shows("the second factor of the account was removed");
        let letter = world.letter(EMAIL).await;
        assert!(letter.subject.starts_with("Your second factor at Doorward was removed"), "{}", letter.subject);
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/account");
        browser.get("/account/activity").await.shows("All second factors were removed").shows("An administrator was asked to remove the second factors");

        let closed = world.browser().get(&link).await;
        assert_eq!(closed.status, 410);
        closed.shows("it was stopped, or it has happened");
        not_me(&world, &link).await.is(410, "link_expired");
        let lock = letter.links.iter().find(|link| link.contains("/was-it-you")).unwrap();
        world.browser().get(lock.strip_prefix("http://localhost:3000").unwrap()).await.shows("All second factors were removed");
        assert_eq!(not_me(&world, lock).await.location(), "/forgot-password?locked");
        assert!(!is_signed_in(&mut browser).await);
    }

    async fn the_letter_stops_it_and_looking_at_it_does_not(world: World) {
        let (mut ada, _, link) = waiting(&world).await;
        for _ in 0..2 {
            let page = world.browser().get(&link).await;
            page.shows("Your second factor is going to be removed").shows("tomorrow").shows(">Stop it</button>");
            assert!(!page.body.contains(EMAIL), "{}", page.body);
        }
        assert_eq!(noted(&world).await, [1, 0, 0]);
        is_stopped(&not_me(&world, &link).await);
        world.browser().get("/was-it-you?stopped").await.shows("It is stopped");
        let letter = world.letter(EMAIL).await;
        assert!(letter.subject.contains("stays") && letter.text.contains("This wasn’t me"), "{}", letter.text);
        let lock = letter.links.iter().find(|link| link.contains("/was-it-you?token=")).unwrap();
        let page = world.browser().get(lock.strip_prefix("http://localhost:3000").unwrap()).await;
        page.shows("The removal of the second factors was stopped").shows("lock my account");
        world.advance(WAIT);
        tidy(world.app(), false).await.unwrap();
        assert_eq!((apps(&world).await, noted(&world).await), (1, [1, 1, 0]));
        assert!(!is_signed_in(&mut ada).await, "its time was over, not more");
        not_me(&world, &link).await.is(410, "link_expired");
    }

    async fn a_link_with_nothing_left_to_stop_is_refused_and_counted_like_one_that_is_made_up(world: World) {
        let (_, _, link) = waiting(&world).await;
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "3")]).await;
        let (app, account) = (world.app(), world.newest_account().await);
        let mut tx = app.db.begin_recorded().await.unwrap();
        assert!(factor_resets::stop(&mut tx, account, Stop::By(By::Administrator)).await.unwrap());
        tx.commit().await.unwrap();
        for waits in [None, None, None, Some(20)] {
            let answer = not_me(&world, &link).await;
            assert_eq!(wait(&answer), waits, "{}", answer.in_full());
            assert!(waits.is_some() || answer.status == 410, "{}", answer.in_full());
            world.browser().get(&link).await.shows("it was stopped, or it has happened");
        }
        assert_eq!(noted(&world).await, [1, 1, 0]);
    }

    async fn whoever_is_signed_in_sees_it_and_stops_it(world: World) {
        let (mut ada, key, _) = waiting(&world).await;
        let eve = protected(&world, "eve@example.org").await.0;
        for mut browser in [eve, world.browser()] {
            assert!(browser.call("/form/stop-factor-reset", &[]).await.status >= 400);
        }
        assert_eq!(noted(&world).await, [1, 0, 0], "nobody else's session stops it");
        world.advance(30 * MINUTE);
        let page = ada.get("/account").await;
        page.shows("An administrator was asked to remove your second factor").shows("tomorrow").shows(">Stop it</button>");
        ada.call("/form/stop-factor-reset", &[]).await.is(422, "wrong_code");
        let now = code(&world, &key);
        ada.call("/form/stop-factor-reset", &[("code", &now)]).await.is(403, "stop_needs_letter");
        // As one that its owner has had for longer than the letter about it can be answered.
        world.change("UPDATE totp_authenticators SET created_at = created_at - 604800000001").await;
        ada.submit("/form/stop-factor-reset", &[("code", &now)]).await.leads_to("/account?reset-stopped");
        let page = ada.get("/account?reset-stopped").await;
        page.shows("The removal is stopped");
        assert!(!page.body.contains(">Stop it</button>"));
        ada.call("/form/stop-factor-reset", &[]).await.is(404, "not_found");
        ada.get("/account/activity").await.shows("was stopped by somebody signed in");
    }

    async fn a_thief_who_changes_the_password_does_not_void_the_link(world: World) {
        let (mut thief, _, link) = waiting(&world).await;
        change_password(&mut thief, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        is_stopped(&not_me(&world, &link).await);
    }

    async fn a_second_start_changes_nothing_and_a_new_one_voids_the_link_of_the_old(world: World) {
        let (mut ada, _, link) = waiting(&world).await;
        let Start::Running(running) = start(&world).await else { panic!() };
        world.advance(HOUR);
        assert_eq!(start(&world).await, Start::Running(running), "it does not begin anew");
        assert_eq!((world.unread_count(EMAIL).await, noted(&world).await), (0, [1, 0, 0]));
        sign_in(&mut ada, EMAIL, PASSWORD).await;
        is_stopped(&not_me(&world, &link).await);
        world.letter(EMAIL).await;
        assert!(matches!(start(&world).await, Start::Started(_)));
        let newer = crate::freezes::link(&world).await;
        assert_ne!(link, newer);
        not_me(&world, &link).await.is(410, "link_expired");
        is_stopped(&not_me(&world, &newer).await);
    }

    async fn it_goes_with_the_last_factor_that_its_owner_turns_off(world: World) {
        let (mut ada, ..) = waiting(&world).await;
        let page = ada.get("/account/second-factor").await;
        let id = page.body.split_once("?name=").unwrap().1.split_once('"').unwrap().0.to_owned();
        ada.submit("/form/turn-off-totp", &[("authenticator", &id)]).await.leads_to("/account/second-factor?turned-off");
        assert_eq!(world.number("SELECT COUNT(*) FROM factor_resets").await, 0);
        assert!(is_signed_in(&mut ada).await);
    }

    async fn a_clock_that_is_put_back_only_lengthens_the_wait(world: World) {
        let (_, _, link) = waiting(&world).await;
        world.advance(WAIT - MINUTE);
        world.turn_back(HOUR);
        world.advance(2 * MINUTE);
        tidy(world.app(), true).await.unwrap();
        assert_eq!(apps(&world).await, 1);
        is_stopped(&not_me(&world, &link).await);
        // Started by a clock that was a year ahead: it waits, can be stopped, and be started anew.
        world.advance(365 * WAIT);
        start(&world).await;
        world.turn_back(365 * WAIT);
        world.advance(2 * WAIT);
        tidy(world.app(), true).await.unwrap();
        assert_eq!((apps(&world).await, noted(&world).await), (1, [2, 1, 0]));
        let app = world.app();
        let mut tx = app.db.begin_recorded().await.unwrap();
        let stop = factor_resets::Stop::By(By::Administrator);
        assert!(factor_resets::stop(&mut tx, world.newest_account().await, stop).await.unwrap());
        tx.commit().await.unwrap();
        start(&world).await;
        world.advance(WAIT);
        tidy(world.app(), false).await.unwrap();
        assert_eq!((apps(&world).await, noted(&world).await), (0, [3, 2, 1]));
    }

    async fn of_several_nodes_one_does_it(world: World) {
        waiting(&world).await;
        let node = world.another(&[]).await.unwrap();
        world.advance(WAIT);
        let nodes = [world.app(), &node.app, world.app(), &node.app].map(|app| &app.db);
        let done = futures_util::future::join_all(nodes.map(factor_resets::finish_due)).await;
        assert_eq!(done.into_iter().map(Result::unwrap).sum::<usize>(), 1);
        assert_eq!((noted(&world).await, world.unread_count(EMAIL).await), ([1, 0, 1], 1));
    }

    async fn stopped_at_the_moment_it_is_due_it_is_either_stopped_or_done(world: World) {
        let (_, _, mut link) = waiting(&world).await;
        let (mut stopped, mut rounds) = (0, 0);
        loop {
            rounds += 1;
            world.advance(WAIT);
            let (done, answer) =
                tokio::join!(factor_resets::finish_due(&world.app().db), not_me(&world, &link));
            let done = done.unwrap();
            let is_stopped = answer.location() == "/was-it-you?stopped";
            assert_eq!((done, is_stopped), if is_stopped { (0, true) } else { (1, false) }, "{}", answer.in_full());
            stopped += usize::from(is_stopped);
            assert_eq!((apps(&world).await == 1, noted(&world).await[1..] == [stopped, done]), (is_stopped, true));
            if done == 1 || rounds == 6 {
                break;
            }
            world.letter(EMAIL).await;
            start(&world).await;
            link = crate::freezes::link(&world).await;
        }
    }

    async fn killed_at_any_point_it_has_happened_whole_or_not_at_all_and_happens_then(world: World) {
        let (mut ada, ..) = waiting(&world).await;
        world.change("UPDATE sessions SET expires_at = expires_at * 2, idle_micros = idle_micros * 1000").await;
        world.advance(WAIT);
        for polls in 1.. {
            // As many steps as it is let take; dropped in the middle of one, as a killed process
            // leaves it.
            let finished = {
                let mut due = pin!(factor_resets::finish_due(&world.app().db));
                let mut left = polls;
                std::future::poll_fn(|context| {
                    if left == 0 {
                        return Poll::Ready(None);
                    }
                    left -= 1;
                    due.as_mut().poll(context).map(Some)
                })
                .await
            };
            let (apps, noted) = (apps(&world).await, noted(&world).await);
            let removed = apps == 0;
            assert_eq!(noted, [1, 0, usize::from(removed)], "after {polls} steps");
            assert_eq!(world.number("SELECT COUNT(*) FROM factor_resets").await, i64::from(!removed));
            assert_eq!(is_signed_in(&mut ada).await, !removed);
            if finished.is_some() || removed {
                break;
            }
        }
        tidy(world.app(), false).await.unwrap();
        assert_eq!((apps(&world).await, noted(&world).await, world.unread_count(EMAIL).await), (0, [1, 0, 1], 1));
    }

    async fn where_any_write_fails_nothing_has_happened_and_it_is_done_once_all_succeed(world: World) {
        waiting(&world).await;
        world.advance(WAIT);
        for table in ["totp_authenticators", "recovery_codes", "factor_drafts", "devices", "pending_logins", "links", "mails"] {
            world.change(&format!("ALTER TABLE {table} RENAME TO gone")).await;
            factor_resets::finish_due(&world.app().db).await.unwrap_err();
            world.change(&format!("ALTER TABLE gone RENAME TO {table}")).await;
            assert_eq!((apps(&world).await, noted(&world).await), (1, [1, 0, 0]), "{table}");
            assert_eq!(world.number("SELECT COUNT(*) FROM factor_resets").await, 1, "{table}");
            assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, 1, "{table}");
        }
        tidy(world.app(), false).await.unwrap();
        assert_eq!((apps(&world).await, noted(&world).await, world.unread_count(EMAIL).await), (0, [1, 0, 1], 1));
    }

    async fn an_operator_starts_looks_at_and_stops_it_and_the_server_does_the_rest(world: World) {
        let world = world.with(&[("DOORWARD__SECOND_FACTOR__RECOVERY_WAIT", "1h")]).await;
        catch_up(&world);
        protected(&world, EMAIL).await;
        world.letter(EMAIL).await;
        let shown = async || -> Value {
            serde_json::from_str(&run_beside(&world, &["user", "show", EMAIL, "--json"]).await.with(0).out).unwrap()
        };
        let before = shown().await;
        assert_eq!((&before["second_factors"], &before["second_factor_reset"]), (&serde_json::json!(["totp", "recovery_code"]), &Value::Null));
        assert_eq!((&before["state"], &before["recovery_codes_left"]), (&"active".into(), &10.into()));

        let reset = ["user", "reset-second-factor", EMAIL];
        assert!(run_beside(&world, &[&reset[..], &["--cancel"]].concat()).await.with(1).err.contains("waits"));
        let started = run_beside(&world, &reset).await;
        assert!(started.with(0).out.contains("removed on"), "{started:?}");
        assert!(run_beside(&world, &reset).await.with(1).err.contains("under way already"));
        assert!(run_beside(&world, &["user", "show", EMAIL]).await.with(0).out.contains("removed on"));
        assert_eq!(shown().await["second_factor_reset"]["started_by"], "command_line");
        catch_up(&world);
        assert!(world.letter(EMAIL).await.subject.contains("is going to be removed"));
        run_beside(&world, &[&reset[..], &["--cancel"]].concat()).await.with(0);
        assert_eq!(shown().await["second_factor_reset"], Value::Null);

        for refused in [&["user", "reset-second-factor", "nobody@example.org"][..], &["user", "show", "nobody"]] {
            assert!(run_beside(&world, refused).await.with(1).err.contains("nobody has this"));
        }
        run_beside(&world, &["user", "reset-second-factor"]).await.with(2);
        run_beside(&world, &["user", "reset-second-factor", EMAIL, "--now"]).await.with(2);
        let details = world.texts("SELECT details FROM audit_entries WHERE kind LIKE 'factor_reset%'").await;
        assert_eq!(details, ["{\"by\":\"command_line\"}"; 2]);

        start(&world).await;
        tidy(world.app(), false).await.unwrap();
        assert_eq!(apps(&world).await, 1);
        world.advance(Duration::from_secs(3600));
        tidy(world.app(), false).await.unwrap();
        assert_eq!(apps(&world).await, 0, "once the wait that the operator chose is over");
        assert!(run_beside(&world, &["user", "show", EMAIL]).await.with(0).out.contains("no second factor"));
        catch_up(&world);
        world.register("eve@example.org").await;
        assert!(run_beside(&world, &["user", "reset-second-factor", "eve@example.org"]).await.with(1).err.contains("no second factor"));
        run_beside(&world, &["audit", "verify"]).await.with(0);
    }
}
