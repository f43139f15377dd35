//! `doorward session …` beside a running server.

use crate::browser::{Browser, CHROME};
use crate::database::Engine;
use crate::each_database;
use crate::person::{Person, is_signed_in, sign_in};
use crate::program::{Ended, Program, command_beside, run_beside};
use crate::world::World;
use doorward::base::clock::{Clock, SystemClock};
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The program keeps real time, so the world has to as well.
fn keep_real_time(world: &World) {
    world.advance(SystemClock.now().since(world.clock.now()));
}

/// Ada twice, Bob once: each with a browser and an address of its own.
async fn three_sessions(world: &World) -> [Browser; 3] {
    keep_real_time(world);
    let (ada, bob) = (world.register("ada@example.org").await, world.register("bob@example.org").await);
    world.change("UPDATE sessions SET ended_at = 1, end_reason = 'signed_out'").await;
    let firefox = ada.browser.user_agent.clone();
    let chrome = signed_in_at(&ada, "192.0.2.1", CHROME).await;
    // One after the other, as a list has them.
    world.advance(Duration::from_millis(2));
    let other = signed_in_at(&ada, "2001:db8::7", &firefox).await;
    world.advance(Duration::from_millis(2));
    [chrome, other, signed_in_at(&bob, "192.0.2.12", &firefox).await]
}

async fn signed_in_at(person: &Person, address: &str, user_agent: &str) -> Browser {
    let mut browser = person.browser.another();
    (browser.address, browser.user_agent) = (address.parse().unwrap(), user_agent.to_owned());
    sign_in(&mut browser, &person.email, &person.password).await.leads_to("/account");
    browser
}

async fn listed(world: &World, arguments: &[&str]) -> Vec<Value> {
    let ended = run_beside(world, &[&["session", "list", "--json"], arguments].concat()).await;
    ended.with(0).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Which of the browsers are let in.
async fn let_in<const N: usize>(browsers: &mut [Browser; N]) -> [bool; N] {
    let mut let_in = [false; N];
    for (browser, let_in) in browsers.iter_mut().zip(&mut let_in) {
        *let_in = is_signed_in(browser).await;
    }
    let_in
}

each_database! {
    async fn whoever_is_ended_by_name_is_refused_at_the_next_request_on_every_node_and_nobody_else_is(world: World) {
        let mut browsers = three_sessions(&world).await;
        let node = world.another(&[]).await.unwrap();
        let before = world.audit_kinds().await.len();
        let ended = run_beside(&world, &["session", "end", "--user", "ADA@example.org"]).await;
        assert_eq!((ended.with(0).out.lines().count(), ended.err.contains("ended 2 sessions")), (2, true), "{ended:?}");
        assert!(ended.out.lines().all(|line| line.starts_with("ended ") && line.contains("ada@example.org")), "{ended:?}");
        for router in [&world.node.router, &node.router] {
            assert_eq!(let_in(&mut browsers.clone().map(|browser| browser.at(router))).await, [false, false, true]);
        }
        browsers[0].get("/sign-in").await.shows("administrator");
        assert_eq!(world.audit_kinds().await[before..], ["session_ended"; 2]);
        let details = world.texts("SELECT details FROM audit_entries ORDER BY sequence DESC LIMIT 2").await;
        for details in details {
            let details: Value = serde_json::from_str(&details).unwrap();
            assert_eq!((&details["reason"], &details["by"]), (&"ended_by_admin".into(), &"command_line".into()));
            assert!(details["address"].is_null() && details["device"].is_null(), "{details}");
        }
        run_beside(&world, &["audit", "verify"]).await.with(0);
        let again = run_beside(&world, &["session", "end", "--user", "ada@example.org"]).await;
        assert!(again.with(0).out.is_empty() && again.err.contains("ended 0 sessions"), "{again:?}");
    }

    async fn one_session_is_ended_by_its_id_once(world: World) {
        let mut browsers = three_sessions(&world).await;
        let id = listed(&world, &["--user", "bob@example.org"]).await[0]["id"].as_str().unwrap().to_owned();
        assert!(run_beside(&world, &["session", "end", &id]).await.with(0).out.contains(&id));
        assert_eq!(let_in(&mut browsers).await, [true, true, false]);
        for none in [id.as_str(), "01890000-0000-7000-8000-000000000000", "nonsense"] {
            let refused = run_beside(&world, &["session", "end", none]).await;
            assert!(refused.with(1).err.contains("no open session with this id"), "{refused:?}");
        }
    }

    async fn sessions_are_found_by_person_address_device_and_age(world: World) {
        let mut browsers = three_sessions(&world).await;
        let username = world.texts("SELECT username FROM accounts WHERE email = 'bob@example.org'").await.remove(0);
        world.advance(Duration::from_secs(120));
        browsers[2].address = "198.51.100.9".parse().unwrap();
        assert!(is_signed_in(&mut browsers[2]).await, "used from elsewhere, which is noted");
        // Newest sign-in first.
        let (chrome, firefox, bob) = ("Chrome on Windows", "Firefox on Linux", "bob@example.org");
        for (arguments, expected) in [
            (&[][..], &[bob, firefox, chrome][..]),
            (&["--user", "ada@example.org"], &[firefox, chrome]),
            (&["--user", &username], &[bob]),
            (&["--address", "192.0.2.1"], &[chrome]),
            (&["--address", "192.0.2.0/24"], &[bob, chrome]),
            (&["--address", "198.51"], &[bob]),
            (&["--address", "2001:db8"], &[firefox]),
            (&["--device", "chrome"], &[chrome]),
            (&["--device", "FIREFOX on"], &[bob, firefox]),
            (&["--device", "safari"], &[]),
            (&["--device", "%"], &[]),
            (&["--older-than", "1h"], &[]),
            (&["--user", "ada@example.org", "--device", "windows", "--address", "192.0.2"], &[chrome]),
            (&["--user", &username, "--device", "windows"], &[]),
        ] {
            let found = listed(&world, arguments).await;
            let shown: Vec<&str> = found
                .iter()
                .map(|line| if line["email"] == bob { bob } else { line["device"].as_str().unwrap() })
                .collect();
            assert_eq!(shown, expected, "{arguments:?}");
        }
        world.change(&format!("UPDATE sessions SET started_at = started_at - {}, address = '203.0.113.5' WHERE seen_user_agent LIKE '%Chrome%'", (2 * DAY).as_micros())).await;
        assert_eq!(listed(&world, &["--older-than", "1d"]).await.len(), 1);
        assert_eq!(listed(&world, &["--address", "203.0.113.5"]).await[0]["sign_in_address"], "203.0.113.5");
        run_beside(&world, &["session", "end", "--older-than", "1d"]).await.with(0);
        assert_eq!(let_in(&mut browsers).await, [false, true, true]);
        run_beside(&world, &["session", "end", "--device", "linux", "--address", "2001:db8::/32"]).await.with(0);
        assert_eq!(let_in(&mut browsers).await, [false, false, true]);
    }

    async fn a_list_tells_what_an_operator_needs_and_nothing_that_lets_anybody_in(world: World) {
        let browsers = three_sessions(&world).await;
        let (json, text) = (run_beside(&world, &["session", "list", "--json"]).await, run_beside(&world, &["session", "list"]).await);
        for output in [&json.with(0).out, &text.with(0).out] {
            assert_eq!(output.lines().count(), 3);
            for part in ["ada@example.org", "Chrome on Windows", "192.0.2.12"] {
                assert!(output.contains(part), "{part} in {output}");
            }
        }
        let keys = match world.engine() {
            Engine::Sqlite => world.texts("SELECT lower(hex(session_key)) FROM sessions").await,
            Engine::Postgres => world.texts("SELECT encode(session_key, 'hex') FROM sessions").await,
        };
        for secret in browsers.iter().map(Browser::session).chain(keys) {
            assert!(!json.out.contains(&secret) && !text.out.contains(&secret), "{secret}");
        }
        let names = ["account", "address", "device", "device_name", "email", "ends_at", "id", "last_seen_at", "method", "remembered", "shared", "sign_in_address", "started_at", "user_agent", "username"];
        let line: Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
        let mut given: Vec<_> = line.as_object().unwrap().keys().collect();
        given.sort_unstable();
        assert_eq!(given, names);
    }

    async fn a_server_full_of_sessions_is_listed_whole_and_emptied_in_parts(world: World) {
        keep_real_time(&world);
        world.register("ada@example.org").await;
        world.add_sessions("ada@example.org", 1_234).await;
        let ids: std::collections::HashSet<String> = listed(&world, &[]).await.iter().map(|line| line["id"].to_string()).collect();
        assert_eq!((ids.len(), listed(&world, &["--address", "192.0.2.1"]).await.len()), (1_235, 1_234));
        // Whoever reads only the first lines is no reason to stop halfway.
        let mut command = command_beside(&world, &["session", "end", "--all"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        assert!(tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap().success());
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'session_ended'").await, 1_235);
        run_beside(&world, &["audit", "verify"]).await.with(0);
    }
}

#[test]
fn the_exit_status_tells_done_from_not_found_and_from_wrong_usage() {
    let program = Program::new();
    for wrong in [
        &["session"][..],
        &["session", "end"],
        &["session", "end", "--all", "--user", "ada@example.org"],
        &["session", "end", "01890000-0000-7000-8000-000000000000", "--all"],
        &["session", "end", "01890000-0000-7000-8000-000000000000", "--device", "x"],
        &["session", "list", "--address", "everywhere"],
        &["session", "list", "--older-than", "soon"],
        &["session", "end", "--device", " "],
        &["session", "list", "--all"],
    ] {
        assert!(!program.run(wrong).with(2).err.is_empty(), "{wrong:?}");
    }
    for without in [&["session", "list"][..], &["session", "end", "--all"]] {
        let refused: Ended = program.run(without);
        assert!(refused.with(1).err.contains("there is no database at"), "{refused:?}");
    }
    assert!(!program.data_dir().exists(), "nothing was made");
    program.run(&["migrate"]).with(0);
    assert_eq!(program.run(&["session", "list"]).with(0).out, "");
    program.run(&["session", "end", "--all"]).with(0);
    for command in ["list", "end"] {
        let refused = program.run(&["session", command, "--user", "nobody@example.org"]);
        assert!(refused.with(1).err.contains("nobody has this address or username"), "{refused:?}");
    }
}
