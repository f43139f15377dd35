//! `doorward group …`, and what `check-config --try` says of rules.

use crate::each_database;
use crate::forward_auth::RULES;
use crate::program::{Program, run_beside};
use crate::world::World;
use doorward::base::clock::{Clock, SystemClock};

const EMAIL: &str = "ada@example.org";

each_database! {
    async fn groups_are_made_listed_and_left(world: World) {
        world.advance(SystemClock.now().since(world.clock.now()));
        let mut ada = world.register(EMAIL).await;
        world.register("bob@example.org").await;
        let id = world.texts(match world.engine() {
            crate::database::Engine::Sqlite => "SELECT lower(hex(id)) FROM accounts WHERE email = 'ada@example.org'",
            crate::database::Engine::Postgres => "SELECT replace(CAST(id AS TEXT), '-', '') FROM accounts WHERE email = 'ada@example.org'",
        }).await.remove(0);
        for (group, who) in [("staff", EMAIL), ("admins", EMAIL), ("staff", "bob@example.org")] {
            run_beside(&world, &["group", "add", group, who]).await.with(0);
        }
        let again = run_beside(&world, &["group", "add", "staff", EMAIL]).await;
        assert!(again.with(0).out.contains("before"));
        let listed = run_beside(&world, &["group", "list", "--json"]).await;
        let lines: Vec<serde_json::Value> = listed.with(0).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<_> = lines.iter().map(|line| (line["group"].as_str().unwrap(), line["email"].as_str().unwrap())).collect();
        assert_eq!(told, [("admins", EMAIL), ("staff", EMAIL), ("staff", "bob@example.org")]);
        assert_eq!(lines[0]["id"].as_str().unwrap().replace('-', ""), id);
        let of_bob = run_beside(&world, &["group", "list", "--user", "bob@example.org"]).await;
        assert!(of_bob.with(0).out.starts_with("staff  bob@example.org  bob-"), "{of_bob:?}");
        assert_eq!(of_bob.out.lines().count(), 1);
        run_beside(&world, &["group", "remove", "staff", EMAIL]).await.with(0);
        run_beside(&world, &["group", "remove", "staff", EMAIL]).await.with(1);
        for (arguments, status) in [
            (&["group", "add", "staff", "nobody@example.org"][..], 1),
            (&["group", "list", "--user", "nobody@example.org"], 1),
            (&["group", "add", "Staff", EMAIL], 2),
            (&["group", "add", "a,b", EMAIL], 2),
            (&["group", "add", "staff"], 2),
            (&["group"], 2),
        ] {
            run_beside(&world, arguments).await.with(status);
        }
        let kinds = world.audit_kinds().await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "group_added").count(), 3);
        assert_eq!(kinds.iter().filter(|kind| *kind == "group_removed").count(), 1);
        ada.browser.get("/account/activity").await.shows("You were put into the group admins").shows("You were taken out of the group staff");
        run_beside(&world, &["audit", "verify"]).await.with(0);
    }

    async fn nobody_is_in_more_groups_than_a_header_holds(world: World) {
        world.advance(SystemClock.now().since(world.clock.now()));
        world.register(EMAIL).await;
        let (id, names) = ("(SELECT id FROM accounts)", (0..64).map(|at| format!("('g{at}', 1)")).collect::<Vec<_>>());
        world.change(&format!("INSERT INTO group_members (group_name, account_id, added_at) SELECT name, {id}, one FROM (WITH given (name, one) AS (VALUES {}) SELECT name, one FROM given) AS given", names.join(", "))).await;
        let refused = run_beside(&world, &["group", "add", "one-more", EMAIL]).await;
        assert!(refused.with(1).err.contains("so many groups"), "{refused:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM group_members").await, 64);
    }
}

#[test]
fn a_request_can_be_tried_without_asking_it() {
    let program = Program::new();
    std::fs::write(program.folder().join("Leptos.toml"), RULES).unwrap();
    let tried = |arguments: &[&str]| program.run(&[&["check-config", "--try"], arguments].concat());
    for (url, lines) in [
        (
            "https://app.example.org/notes",
            &["as: a stranger", "rule 5 (Leptos.toml:30)", "requires session", "answer: 401"][..],
        ),
        (
            "https://app.example.org/public/x?y",
            &[
                "rule 1 (Leptos.toml:8), which matches hosts app.example.org; methods GET; paths /public, and requires nothing",
                "answer: 200, let through",
            ],
        ),
        ("https://app.example.org/closed", &["rule 4", "answer: 403, denied"]),
        (
            "https://app.example.org/public/..%2fclosed",
            &["decided by: no rule: the path has a segment . or ..", "answer: 403"],
        ),
        (
            "https://app.example.org/public/x%2fclosed",
            &[
                "path as rules see it: /public, and something below it",
                "decided by: no rule: the path has an encoded slash",
                "with unclear_paths",
                "answer: 403",
            ],
        ),
        ("https://other.example.org/", &["no rule, for none matches", "answer: 403"]),
        ("https://x.example.org/near", &["rule 7", "--from", "answer: 403"]),
        (
            "https://x.example.org/anywhere",
            &["rule 8", "but: nobody can be signed in at this host, because no rule names it"],
        ),
        ("http://app.example.org/", &["rule 5", "but: over http nobody"]),
    ] {
        let told = tried(&["GET", url]);
        for line in lines {
            assert!(told.with(0).out.contains(line), "{url}: no {line:?} in {told:?}");
        }
    }
    let near = tried(&["GET", "https://x.example.org/near", "--from", "10.1.2.3"]);
    assert!(near.with(0).out.contains("answer: 200"), "{near:?}");
    for wrong in [
        &["GET"][..],
        &["get", "https://app.example.org/"],
        &["GET", "/x"],
        &["GET", "https://app.example.org/", "--from", "here"],
    ] {
        tried(wrong).with(2);
    }
    program.run(&["check-config", "--as", EMAIL]).with(2);
    tried(&["GET", "https://app.example.org/", "--as", EMAIL]).with(1);

    program.run_with(&["user", "create", "--email", EMAIL], crate::person::PASSWORD).with(0);
    tried(&["GET", "https://app.example.org/", "--as", "nobody@example.org"]).with(1);
    for (group, url, lines) in [
        ("", "https://app.example.org/staff", &["in no group", "rule 4", "answer: 403"][..]),
        ("staff", "https://app.example.org/staff", &["in staff", "rule 3", "answer: 200"]),
        ("", "https://app.example.org/secret", &["rule 2", "requires second_factor", "answer: 403", "there is none"]),
        ("", "https://app.example.org/notes", &["rule 5", "answer: 200"]),
    ] {
        if !group.is_empty() {
            program.run(&["group", "add", group, EMAIL]).with(0);
        }
        let told = tried(&["GET", url, "--as", EMAIL]);
        for line in lines {
            assert!(told.with(0).out.contains(line), "{url}: no {line:?} in {told:?}");
        }
    }
    let all = program.run(&["check-config"]);
    assert!(all.with(0).out.contains("forward_auth.rules[1].paths = /public  (Leptos.toml:10)"), "{all:?}");
}
