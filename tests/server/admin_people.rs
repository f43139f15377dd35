//! What administrators do to other people's accounts, who is told, and what is written down.

use crate::admin::administrator;
use crate::admin_guard::{id_of, with_role};
use crate::database::Engine;
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, Person, is_signed_in, sign_in, token_of};
use crate::second_factor::protected;
use crate::world::World;
use doorward::base::error::AppError;
use doorward::domain::accounts::{self, AccountId, Role};
use doorward::domain::audit::{self, By, Verdict};
use doorward::flows::roles;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// Rick, who administers; and Eve, with her id.
async fn rick_and_eve(world: &World) -> (Person, Person, String) {
    let rick = administrator(world).await;
    let eve = world.register("eve@example.org").await;
    let id = id_of(world, "eve@example.org").await;
    (rick, eve, id)
}

async fn act(who: &mut Person, act: &str, fields: &[(&str, &str)], name: &str) {
    let id = fields.iter().find(|(key, _)| *key == "account").unwrap().1.to_owned();
    let answer = who.browser.submit(&format!("/form/admin-{act}"), fields).await;
    answer.leads_to(&format!("/admin/users/{id}?{name}"));
    assert_eq!(who.browser.get(answer.location()).await.status, 200);
}

each_database! {
    async fn a_disabled_person_is_out_at_the_next_request_on_every_node_until_enabled(world: World) {
        let (mut rick, mut eve, id) = rick_and_eve(&world).await;
        let node = world.another(&[]).await.unwrap();
        let token = world.forgot_password("eve@example.org").await;
        rick.browser.get(&format!("/admin/users/{id}?act=disable")).await.shows("signed out everywhere at once").shows("action=\"/form/admin-disable\"");
        assert!(is_signed_in(&mut eve.browser).await, "asking does nothing");
        act(&mut rick, "disable", &[("account", &id)], "done=disable").await;
        assert!(!is_signed_in(&mut eve.browser.at(&node.router)).await);
        eve.browser.get("/sign-in").await.shows("an administrator disabled the account");
        sign_in(&mut eve.browser, &eve.email, PASSWORD).await;
        assert!(!is_signed_in(&mut eve.browser).await);
        eve.browser.call("/form/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).await.is(410, "link_expired");
        let letter = world.letter("eve@example.org").await;
        assert!(letter.subject.contains("disabled") && !letter.text.contains("rick"), "{}", letter.text);
        act(&mut rick, "disable", &[("account", &id)], "undone=disable").await;
        assert_eq!(world.unread_count("eve@example.org").await, 0);
        rick.browser.get(&format!("/admin/users/{id}")).await.shows("Enable account");
        act(&mut rick, "enable", &[("account", &id)], "done=enable").await;
        assert!(world.letter("eve@example.org").await.subject.contains("enabled again"));
        sign_in(&mut eve.browser, &eve.email, PASSWORD).await.leads_to("/account");
        let page = eve.browser.get("/account/activity").await;
        page.shows("The account was disabled by an administrator").shows("The account was enabled again");
        assert!(!page.body.contains("rick"), "she is not told who");
    }

    async fn a_new_password_is_started_by_a_link_that_its_owner_alone_gets(world: World) {
        let (mut rick, mut eve, id) = rick_and_eve(&world).await;
        let older = world.forgot_password("eve@example.org").await;
        act(&mut rick, "reset-password", &[("account", &id)], "done=reset_password").await;
        let letter = world.letter("eve@example.org").await;
        let token = token_of(letter.links.iter().find(|link| link.contains("/reset-password?")).unwrap());
        assert!(letter.text.contains("An administrator"), "{}", letter.text);
        for path in ["", "?done=reset_password"] {
            assert!(!rick.browser.get(&format!("/admin/users/{id}{path}")).await.body.contains(&token));
        }
        assert!(is_signed_in(&mut eve.browser).await, "nothing has changed yet");
        let mut browser = world.browser();
        browser.call("/form/reset-password", &[("token", &older), ("new_password", NEW_PASSWORD)]).await.is(410, "link_expired");
        browser.submit("/form/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).await.leads_to("/sign-in?password-reset");
        sign_in(&mut browser, "eve@example.org", NEW_PASSWORD).await.leads_to("/account");
    }

    async fn an_account_that_its_owner_locked_is_unlocked(world: World) {
        let (mut rick, eve, id) = rick_and_eve(&world).await;
        world.change("UPDATE accounts SET frozen_at = 1 WHERE email = 'eve@example.org'").await;
        rick.browser.get("/admin/users?state=locked").await.shows("eve@example.org").shows("Locked by its owner");
        rick.browser.get("/admin").await.shows("1 account is locked by its owner");
        act(&mut rick, "unlock", &[("account", &id)], "done=unlock").await;
        assert!(world.letter("eve@example.org").await.subject.contains("unlocked"));
        sign_in(&mut world.browser(), &eve.email, PASSWORD).await.leads_to("/account");
        act(&mut rick, "unlock", &[("account", &id)], "undone=unlock").await;
    }

    async fn second_factors_are_removed_after_the_waiting_time_and_not_before(world: World) {
        let mut rick = administrator(&world).await;
        let (_, _, _) = protected(&world, "ann@example.org").await;
        world.unread_count("ann@example.org").await;
        let id = id_of(&world, "ann@example.org").await;
        let apps = async || world.number("SELECT COUNT(*) FROM totp_authenticators").await;
        rick.browser.get(&format!("/admin/users/{id}?act=reset_factors")).await.shows("in 24 hours");
        act(&mut rick, "reset-factors", &[("account", &id)], "done=reset_factors").await;
        assert!(world.letter("ann@example.org").await.subject.contains("going to be removed"));
        act(&mut rick, "reset-factors", &[("account", &id)], "undone=reset_factors").await;
        rick.browser.get("/admin").await.shows("1 person’s second factors are about to be removed");
        rick.browser.get("/admin/users?state=factor-reset").await.shows("ann@example.org");
        assert_eq!(apps().await, 1);
        act(&mut rick, "keep-factors", &[("account", &id)], "done=keep_factors").await;
        assert!(world.letter("ann@example.org").await.subject.contains("stays"));
        act(&mut rick, "reset-factors", &[("account", &id)], "done=reset_factors").await;
        world.advance(24 * HOUR);
        assert_eq!(doorward::flows::factor_resets::finish_due(&world.app().db).await.unwrap(), 1);
        assert_eq!(apps().await, 0);
        let eve = world.register("eve@example.org").await;
        let none = id_of(&world, &eve.email).await;
        rick.browser.submit("/form/confirm", &[("password", PASSWORD)]).await;
        let mut rick = Person { browser: rick.signed_in().await, ..rick };
        act(&mut rick, "reset-factors", &[("account", &none)], "undone=reset_factors").await;
    }

    async fn groups_and_roles_are_in_force_at_the_next_request(world: World) {
        let (mut rick, mut eve, id) = rick_and_eve(&world).await;
        act(&mut rick, "add-to-group", &[("account", &id), ("group", "team")], "done=add_to_group").await;
        act(&mut rick, "add-to-group", &[("account", &id), ("group", "team")], "undone=add_to_group").await;
        rick.browser.get(&format!("/admin/users/{id}")).await.shows("act=remove_from_group&amp;group=team");
        assert_eq!(world.texts("SELECT group_name FROM group_members").await, ["team"]);
        rick.browser.get(&format!("/admin/users/{id}?act=add_to_group&group=No+Name")).await.shows("Enter the name of a group").shows("value=\"No Name\"");
        rick.browser.call("/form/admin-add-to-group", &[("account", &id), ("group", "No Name")]).await.is(422, "invalid_group");
        act(&mut rick, "remove-from-group", &[("account", &id), ("group", "team")], "done=remove_from_group").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM group_members").await, 0);
        assert_eq!(eve.browser.get("/admin").await.status, 404);
        act(&mut rick, "set-role", &[("account", &id), ("role", "support")], "done=set_role").await;
        let letter = world.letter("eve@example.org").await;
        assert!(letter.text.contains("help people back"), "{}", letter.text);
        eve.browser.get("/admin").await.shows("Needs attention");
        act(&mut rick, "set-role", &[("account", &id), ("role", "member")], "done=set_role").await;
        assert_eq!(eve.browser.get("/admin").await.status, 404);
        for (fields, status, code) in [
            (vec![("account", id.as_str()), ("role", "root")], 400, "bad_request"),
            (vec![("account", "x"), ("role", "admin")], 400, "bad_request"),
            (vec![("account", "01890000-0000-7000-8000-000000000000"), ("role", "admin")], 404, "not_found"),
            (vec![], 400, "bad_request"),
        ] {
            rick.browser.call("/form/admin-set-role", &fields).await.is(status, code);
        }
    }

    async fn the_last_administrator_stays_one_whatever_is_tried(world: World) {
        let mut rick = administrator(&world).await;
        let id = id_of(&world, &rick.email).await;
        for (act, name) in [("set-role", "set_role&role=member"), ("disable", "disable")] {
            rick.browser.get(&format!("/admin/users/{id}?act={name}")).await.shows("This is your own account");
            rick.browser.call(&format!("/form/admin-{act}"), &[("account", &id), ("role", "member")]).await.is(409, "last_administrator");
        }
        with_role(&world, "sue@example.org", Role::Support).await;
        let ann = with_role(&world, "ann@example.org", Role::Admin).await;
        for (statement, undo) in [("disabled_at = 1", "disabled_at = NULL"), ("frozen_at = 1", "frozen_at = NULL")] {
            world.change(&format!("UPDATE accounts SET {statement} WHERE email = '{}'", ann.email)).await;
            rick.browser.call("/form/admin-set-role", &[("account", &id), ("role", "support")]).await.is(409, "last_administrator");
            world.change(&format!("UPDATE accounts SET {undo} WHERE email = '{}'", ann.email)).await;
        }
        // Only he could: somebody else can, from now on.
        rick.browser.submit("/form/admin-set-role", &[("account", &id), ("role", "member")]).await;
        assert_eq!(rick.browser.get("/admin").await.status, 404);
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE role = 'admin'").await, 1);
        // The way out, for whoever has the command line: it is the same function.
        let app = world.app();
        let mut tx = app.db.begin_recorded().await.unwrap();
        let of = |email: &'static str| async move { accounts::find_by_identifier(&app.db, email).await.unwrap().unwrap().id };
        let last = of("ann@example.org").await;
        assert_eq!(roles::set(&mut tx, last, Role::Member, By::CommandLine).await, Err(AppError::LastAdministrator));
        assert!(roles::set(&mut tx, AccountId(id.parse().unwrap()), Role::Admin, By::CommandLine).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn of_two_administrators_who_take_the_role_from_each_other_at_once_one_stays(world: World) {
        let mut rick = administrator(&world).await;
        let mut ann = with_role(&world, "ann@example.org", Role::Admin).await;
        let (ricks, anns) = (id_of(&world, &rick.email).await, id_of(&world, &ann.email).await);
        let node = world.another(&[]).await.unwrap();
        for round in 0..6 {
            let path = if round % 2 == 0 { "/form/admin-set-role" } else { "/form/admin-disable" };
            let (mut first, mut second) = (rick.browser.clone(), ann.browser.at(&node.router));
            let (to_ann, to_rick) = ([("account", anns.as_str()), ("role", "member")], [("account", ricks.as_str()), ("role", "support")]);
            let (one, other) = tokio::join!(first.call(path, &to_ann), second.call(path, &to_rick));
            let done = [&one, &other].iter().filter(|answer| answer.location().contains("?done=")).count();
            assert_eq!(done, 1, "{} {}", one.in_full(), other.in_full());
            assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE role = 'admin' AND disabled_at IS NULL").await, 1);
            world.change("UPDATE accounts SET role = 'admin', disabled_at = NULL").await;
            (rick.browser, ann.browser) = (rick.signed_in().await, ann.signed_in().await);
        }
    }

    async fn every_act_is_written_down_with_who_did_it_and_neither_names_the_other(world: World) {
        let (mut rick, _, id) = rick_and_eve(&world).await;
        for (name, more) in [("disable", ""), ("enable", ""), ("reset-password", ""), ("set-role", "support"), ("add-to-group", ""), ("remove-from-group", "")] {
            rick.browser.submit(&format!("/form/admin-{name}"), &[("account", &id), ("role", more), ("group", "team")]).await;
        }
        let ricks = id_of(&world, "rick@example.org").await;
        let details = world.texts("SELECT details FROM audit_entries WHERE kind = 'admin_acted' OR details LIKE '%administrator%'").await;
        assert_eq!(details.len(), 12, "{details:?}");
        for told in &details {
            assert!(!told.contains("eve") && !told.contains("rick") && !told.contains(&id) && !told.contains(&ricks), "{told}");
        }
        assert!(matches!(audit::verify(&world.app().db, &world.app().vault).await.unwrap(), Verdict::Whole { .. }));
        for path in ["/admin/activity?kind=administration".to_owned(), format!("/admin/users/{id}"), "/admin/activity?who=eve@example.org&kind=account".to_owned()] {
            let page = rick.browser.get(&path).await;
            page.shows("The account was disabled by an administrator").shows("<p>By").shows(&format!("href=\"/admin/users/{ricks}\">rick@example.org"));
        }
        let page = rick.browser.get("/admin/activity?who=rick@example.org&kind=administration").await;
        page.shows("Another account was disabled").shows("<p>To").shows(&format!("href=\"/admin/users/{id}\">eve@example.org"));
        rick.browser.get("/account/activity").await.shows("The role of an account was changed, as an administrator");
        rick.browser.get("/admin/activity?kind=refused").await.shows("Nothing matches");
        rick.browser.get("/admin/activity?who=nobody@example.org").await.shows("Nobody here has this address").shows("aria-invalid=\"true\"");
        let failed = sign_in(&mut world.browser(), "eve@example.org", "not the password at all").await;
        assert!(failed.location().contains("__err"));
        sign_in(&mut world.browser(), "ghost@example.org", "not the password at all").await;
        let page = rick.browser.get("/admin/activity?kind=refused&time=day").await;
        page.shows("wrong password").shows("Nobody who has an account");
        assert!(!page.body.contains("ghost"), "what nobody is called is never shown");
        rick.browser.get("/admin").await.shows("2 in 24 hours, 2 in 7 days").shows("Open sessions");
    }

    async fn the_trail_is_paged_in_both_directions_and_by_kind(world: World) {
        let (mut rick, ..) = rick_and_eve(&world).await;
        let eve = accounts::find_by_identifier(&world.app().db, "eve@example.org").await.unwrap().unwrap().id;
        let app = world.app();
        let mut tx = app.db.begin_recorded().await.unwrap();
        for number in 0..130 {
            let kind = if number % 2 == 0 { audit::Kind::SignedIn } else { audit::Kind::ProfileChanged };
            let event = audit::Event { kind, account: Some(eve), details: audit::Details::default() };
            audit::record(&mut tx, &event).await.unwrap();
        }
        tx.commit().await.unwrap();
        for (query, least) in [("?who=eve@example.org", 130), ("?kind=signed-in", 65), ("", 130), ("?kind=signed-in&who=eve@example.org&time=day", 65)] {
            let mut page = rick.browser.get(&format!("/admin/activity{query}")).await;
            let (mut pages, mut count) = (1, page.body.matches("<time").count());
            while let Some(older) = crate::admin::link(&page, "Older") {
                page = rick.browser.get(&older).await;
                (pages, count) = (pages + 1, count + page.body.matches("<time").count());
            }
            assert!(count >= least && count < least + 12 && pages == count.div_ceil(50), "{query}: {count} on {pages}");
            while let Some(newer) = crate::admin::link(&page, "Newer") {
                page = rick.browser.get(&newer).await;
                pages -= 1;
            }
            assert_eq!(pages, 1, "{query}");
        }
    }

    async fn a_persons_page_tells_everything_and_lets_nobody_in(world: World) {
        let (mut rick, mut eve, id) = rick_and_eve(&world).await;
        let hostile = "</title><img src=x onerror=alert(1)>\"'&";
        world.change(&format!("UPDATE accounts SET display_name = '{}' WHERE email = 'eve@example.org'", hostile.replace('\'', "''"))).await;
        eve.browser.submit("/form/make-token", &[("token_name", "backup"), ("scope_profile", "on"), ("days", "30")]).await;
        world.browser().submit("/form/forgot-password", &[("email", "eve@example.org")]).await.leads_to("/forgot-password?sent");
        let page = rick.browser.get(&format!("/admin/users/{id}")).await;
        page.shows("eve@example.org").shows(&id).shows("Firefox on Linux").shows("None is turned on").shows("&lt;img");
        page.shows("Signed in on 1 device").shows("In no group").shows("Active");
        assert!(!page.body.contains("<img"), "{}", page.body);
        let hex = |column: &str, table: &str| match world.engine() {
            Engine::Sqlite => format!("SELECT lower(hex({column})) FROM {table}"),
            Engine::Postgres => format!("SELECT encode({column}, 'hex') FROM {table}"),
        };
        let mut secrets = world.texts("SELECT password_hash FROM accounts WHERE password_hash IS NOT NULL").await;
        for (column, table) in [("session_key", "sessions"), ("token_hash", "links"), ("token_hash", "devices")] {
            secrets.extend(world.texts(&hex(column, table)).await);
        }
        secrets.push(eve.browser.session());
        for path in [format!("/admin/users/{id}"), "/admin/users".to_owned(), "/admin/activity".to_owned(), "/admin".to_owned()] {
            let body = rick.browser.get(&path).await.body.to_lowercase();
            for secret in &secrets {
                assert!(!body.contains(&secret.to_lowercase()), "{path}: {secret}");
            }
        }
    }
}

#[test]
fn the_command_line_does_the_same_and_is_the_way_out() {
    let program = crate::program::Program::new();
    let password = format!("{PASSWORD}\n");
    for (email, admin) in [("ada@example.org", true), ("eve@example.org", false)] {
        let admin = if admin { &["--admin"][..] } else { &[] };
        program.run_with(&[&["user", "create", "--email", email], admin].concat(), &password).with(0);
    }
    for last in [&["user", "disable", "ada@example.org"][..], &["user", "set-role", "ada@example.org", "member"]] {
        assert!(program.run(last).with(1).err.contains("Nobody else could administer"), "{last:?}");
    }
    program.run(&["user", "set-role", "eve@example.org", "root"]).with(2);
    program.run(&["user", "set-role", "nobody@example.org", "admin"]).with(1);
    assert!(program.run(&["user", "grant-admin", "eve@example.org"]).with(0).out.contains("role admin"));
    assert!(program.run(&["user", "grant-admin", "eve@example.org"]).with(0).out.contains("already"));
    program.run(&["user", "set-role", "ada@example.org", "support"]).with(0);
    program.run(&["user", "disable", "ada@example.org"]).with(0);
    program.run(&["user", "disable", "ada@example.org"]).with(1);
    let shown = program.run(&["user", "show", "ada@example.org"]);
    assert!(shown.with(0).out.contains("support  disabled"), "{shown:?}");
    program.run(&["user", "enable", "ada@example.org"]).with(0);
    program.run(&["user", "enable", "ada@example.org"]).with(1);
    assert!(program.run(&["audit", "verify"]).with(0).out.starts_with("whole: "));
}
