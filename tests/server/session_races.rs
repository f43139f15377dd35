//! Requests under way while their session ends: none revives it, none gives its browser a cookie
//! back, none does anything.

use crate::browser::{Answer, Browser, send};
use crate::each_database;
use crate::lifetimes::{comes_through, doors};
use crate::person::{NEW_PASSWORD, PASSWORD};
use crate::sessions::held_up;
use crate::world::{World, eventually};
use doorward::domain::audit::Details;
use doorward::domain::sessions::{EndReason, Keep, SessionHandle};
use doorward::flows::session_ends;
use doorward::run::tasks::tidy;
use std::time::Duration;
use strum::VariantArray;
use tokio::task::JoinHandle;

const MINUTE: Duration = Duration::from_secs(60);
/// Of one browser, all at once.
const REQUESTS: usize = 100;
/// What they ask for, in turn.
const ASKED: [&str; 4] = ["/account", "/form/stay-signed-in", "/account/state", "/account/profile"];

/// One of many requests of `browser`, sent and not waited for.
fn under_way(browser: &Browser, path: &'static str) -> JoinHandle<Answer> {
    let mut copy = browser.clone();
    tokio::spawn(
        async move { if path.starts_with("/form/") { copy.call(path, &[]).await } else { copy.get(path).await } },
    )
}

/// Ways to end a session that somebody else is using.
#[derive(Clone, Copy, Debug, VariantArray)]
enum Way {
    SignOut,
    ByOwner,
    NotMe,
    EverywhereElse,
    ByAdmin,
    Idle,
}

impl Way {
    async fn end(self, world: &World, owner: &mut Browser, victim: &Browser, handle: SessionHandle) {
        let name = handle.0.to_string();
        match self {
            Self::SignOut => {
                victim.clone().submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
            }
            Self::ByOwner => {
                owner.submit("/form/end-session", &[("session", &name)]).await.leads_to("/account/sessions?ended=1");
            }
            Self::NotMe => {
                let fields = [("session", name.as_str()), ("not_me", "on")];
                owner.submit("/form/end-session", &fields).await.leads_to("/account/password?not-me");
            }
            Self::EverywhereElse => {
                let answer = owner.submit("/form/end-other-sessions", &[]).await;
                assert!(answer.location().starts_with("/account/sessions?ended="), "{}", answer.in_full());
            }
            Self::ByAdmin => {
                let (app, account) = (world.app(), world.newest_account().await);
                let mut tx = app.db.begin_recorded().await.unwrap();
                assert!(
                    session_ends::one(&mut tx, account, handle, EndReason::EndedByAdmin, Details::of_visitor())
                        .await
                        .unwrap()
                );
                tx.commit().await.unwrap();
            }
            Self::Idle => {
                world.advance(61 * MINUTE);
                tidy(world.app(), false).await.unwrap();
            }
        }
    }
}

each_database! {
    async fn a_sign_out_among_a_hundred_requests_of_its_session_is_the_last_word(world: World) {
        world.register("ada@example.org").await;
        let account = world.newest_account().await;
        let mut let_in = 0;
        // First, last, and in the middle of them.
        for at in [0, 20, 40, 60, 80, REQUESTS] {
            let (mut browser, handle) = world.started(account, Keep::Ordinary).await;
            // Each of them would now note that the session was used.
            world.advance(2 * MINUTE);
            let ask = |number: usize| under_way(&browser, ASKED[number % ASKED.len()]);
            let mut requests: Vec<_> = (0..at).map(ask).collect();
            let sign_out = under_way(&browser, "/form/sign-out");
            requests.extend((at..REQUESTS).map(ask));
            let answer = sign_out.await.unwrap();
            assert_eq!(answer.cookies, ["__Host-doorward=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"]);
            // Whoever comes from now on comes too late, while some of the others are still being
            // answered.
            for late in futures_util::future::join_all((0..ASKED.len()).map(ask)).await {
                assert!(matches!(late.unwrap().status, 303 | 401));
            }
            for request in requests {
                let answer = request.await.unwrap();
                assert!(answer.cookies.is_empty() && answer.header("clear-site-data").is_empty(), "{}", answer.in_full());
                assert!(matches!(answer.status, 200 | 303 | 401), "{}", answer.in_full());
                let_in += usize::from(answer.status == 200);
            }
            for door in doors() {
                assert!(!comes_through(&mut browser, door).await, "{door}");
            }
            let now = world.app().clock.now().0;
            let ended = format!("SELECT COUNT(*) FROM sessions WHERE ended_at = {now} AND end_reason = 'signed_out' AND last_seen_at <= ended_at");
            assert_eq!(world.number(&ended).await, 1);
            let entries = format!("SELECT COUNT(*) FROM audit_entries WHERE kind IN ('signed_out', 'session_ended') AND details LIKE '%{}%'", handle.0);
            assert_eq!(world.number(&entries).await, 1);
        }
        assert!(let_in > 0, "none of them came before the sign-out: there was no race");
    }

    async fn a_form_held_back_while_its_session_ends_in_any_way_is_refused_and_changes_nothing(world: World) {
        world.register("ada@example.org").await;
        let account = world.newest_account().await;
        let unchanged = world.texts("SELECT display_name || username || password_hash FROM accounts").await;
        let forms = [
            ("/form/save-profile", "display_name=Thief&username=thief-name".to_owned()),
            ("/form/confirm", format!("password={}", PASSWORD.replace(' ', "+"))),
            ("/form/change-password", format!("password={}&new_password={}", PASSWORD.replace(' ', "+"), NEW_PASSWORD.replace(' ', "+"))),
        ];
        for way in Way::VARIANTS {
            for (path, text) in &forms {
                let (victim, handle) = world.started(account, Keep::Ordinary).await;
                let (mut owner, _) = world.started(account, Keep::Remembered).await;
                let (late, rest) = held_up(&victim, path, text.clone().leak());
                let router = world.node.router.clone();
                let under_way = tokio::spawn(async move { send(&router, late).await });
                eventually("the request is under way", async || rest.is_awaited()).await;
                way.end(&world, &mut owner, &victim, handle).await;
                rest.send();
                let answer = under_way.await.unwrap();
                assert_eq!((answer.status, answer.code().as_str()), (401, "sign_in_required"), "{way:?} {path}: {}", answer.in_full());
                assert!(answer.cookies.is_empty(), "{way:?} {path}");
                assert!(!comes_through(&mut victim.clone(), "/account").await, "{way:?} {path}");
            }
        }
        assert_eq!(world.texts("SELECT display_name || username || password_hash FROM accounts").await, unchanged);
    }
}
