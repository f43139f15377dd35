//! Figures for the operator's monitoring.

use crate::browser::{Answer, send};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, sign_in};
use crate::program::{Program, get, run_beside};
use crate::world::World;
use axum::body::Body;
use doorward::base::clock::{Clock, SystemClock};
use doorward::run::metrics::router;
use doorward::run::tasks::tidy;
use http::Request;
use std::net::TcpListener;
use std::time::Duration;

async fn scrape(world: &World) -> Answer {
    send(&router(world.app()), Request::get("/metrics").body(Body::empty()).unwrap()).await
}

/// The value of a series, as it is written.
fn value<'a>(answer: &'a Answer, series: &str) -> &'a str {
    assert_eq!(answer.status, 200, "{}", answer.in_full());
    let line = answer.body.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in {}", answer.body))
}

fn ended(reason: &str) -> String {
    format!("doorward_sessions_ended_total{{reason=\"{reason}\"}}")
}

each_database! {
    async fn sessions_are_counted_where_they_begin_and_end(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut laptop, mut phone) = ada.signed_in_twice().await;
        let mut idle = ada.signed_in().await;
        sign_in(&mut idle, &ada.email, "not the password at all").await;
        laptop.submit("/form/sign-out", &[]).await;
        sign_in(&mut phone, &ada.email, &ada.password).await.leads_to("/account");
        world.advance(Duration::from_secs(3600));
        let mut admin = ada.signed_in_remembered().await;
        tidy(world.app(), false).await.unwrap();
        world.change("UPDATE accounts SET role = 'admin'").await;
        ada.signed_in_twice().await;
        admin.submit("/form/admin-end-sessions", &[("who", &ada.email)]).await.leads_to("/admin/sessions?who=ada%40example.org&ended=2");
        let page = scrape(&world).await;
        for (series, expected) in [
            ("doorward_sessions_open", "1"),
            ("doorward_sessions_started_total{method=\"password\"}", "7"),
            ("doorward_sessions_started_total{method=\"mail_link\"}", "1"),
            ("doorward_sessions_started_total{method=\"set_up_link\"}", "0"),
            (&ended("signed_out"), "1"),
            (&ended("replaced"), "1"),
            (&ended("idle"), "3"),
            (&ended("ended_by_admin"), "2"),
            (&ended("password_changed"), "0"),
        ] {
            assert_eq!(value(&page, series), expected, "{series}");
        }
        assert_eq!(page.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
        assert!(page.body.ends_with("# EOF\n"), "{}", page.body);
        for personal in ["ada", "127.0.0.1", "Firefox"] {
            assert!(!page.body.contains(personal), "{personal} in {}", page.body);
        }
    }

    async fn what_is_undone_is_not_counted(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut laptop, _) = ada.signed_in_twice().await;
        world.letters().await;
        // The last thing that a password change writes.
        world.change("ALTER TABLE mails RENAME TO gone").await;
        assert!(change_password(&mut laptop, &ada.password, NEW_PASSWORD).await.location().contains("__err="));
        world.change("ALTER TABLE gone RENAME TO mails").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NOT NULL").await, 0);
        assert_eq!(value(&scrape(&world).await, &ended("password_changed")), "0");
        change_password(&mut laptop, &ada.password, NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert_eq!(value(&scrape(&world).await, &ended("password_changed")), "2");
    }

    async fn open_sessions_are_those_of_every_node_and_counted_only_now_and_then(world: World) {
        let node = world.another(&[]).await.unwrap();
        world.register("ada@example.org").await;
        let elsewhere = send(&router(&node.app), Request::get("/metrics").body(Body::empty()).unwrap()).await;
        assert_eq!(value(&elsewhere, "doorward_sessions_open"), "1");
        assert_eq!(value(&elsewhere, "doorward_sessions_started_total{method=\"mail_link\"}"), "0", "it began on the other");
        assert_eq!(value(&scrape(&world).await, "doorward_sessions_open"), "1");
        world.add_sessions("ada@example.org", 3).await;
        assert_eq!(value(&scrape(&world).await, "doorward_sessions_open"), "1", "asked within ten seconds");
    }

    async fn without_the_database_no_old_number_passes_for_a_new_one(world: World) {
        world.app().db.close().await;
        let page = scrape(&world).await;
        assert_eq!((page.status, page.body.as_str()), (503, ""));
    }

    async fn the_public_listener_has_no_metrics_and_theirs_has_nothing_else(world: World) {
        let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(send(&world.node.router, get("/metrics")).await.status, 404);
        let metrics = router(world.app());
        for path in ["/", "/sign-in", "/account", "/healthz", "/metrics/", "/form/sign-in"] {
            assert_eq!(send(&metrics, get(path)).await.status, 404, "{path}");
        }
        let post = Request::post("/metrics").body(Body::from("x")).unwrap();
        assert_eq!(send(&metrics, post).await.status, 405);
    }

    async fn what_the_command_line_ends_is_open_no_more(world: World) {
        world.advance(SystemClock.now().since(world.clock.now()));
        let ada = world.register("ada@example.org").await;
        ada.signed_in().await;
        run_beside(&world, &["session", "end", "--all"]).await.with(0);
        let page = scrape(&world).await;
        assert_eq!((value(&page, "doorward_sessions_open"), value(&page, &ended("ended_by_admin"))), ("0", "0"));
    }
}

#[tokio::test]
async fn the_program_serves_metrics_where_it_is_told_to_and_only_there() {
    let mut program = Program::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = free.local_addr().unwrap();
    program.settings.push(("DOORWARD__METRICS__ADDR".to_owned(), addr.to_string()));
    let refused = program.run(&["serve"]);
    assert!(refused.with(1).err.contains(&format!("metrics.addr: cannot listen on {addr}")), "{refused:?}");
    assert!(!refused.out.contains("Doorward is at"), "nobody was served: {refused:?}");
    drop(free);
    program.run_with(&["user", "create", "--email", "ada@example.org"], PASSWORD).with(0);
    let server = program.serve().await;
    server.post("/form/sign-in", &[("identifier", "ada@example.org"), ("password", PASSWORD)]).await.unwrap();
    assert_eq!(server.get("/metrics", "").await.unwrap().status, 404);
    let page = get(addr, "/metrics", "").await.unwrap();
    assert_eq!(page.status, 200);
    assert!(page.body.contains("doorward_sessions_open 1\n"), "{page:?}");
    assert!(page.body.contains("doorward_sessions_started_total{method=\"password\"} 1\n"), "{page:?}");
    assert_eq!(get(addr, "/sign-in", "").await.unwrap().status, 404);
}
