//! Who may see and do what in the administration. Everything here is read from the list of its
//! functions, so that none can be forgotten.

use crate::admin::{administrator, without_nonce};
use crate::browser::{Browser, send};
use crate::each_database;
use crate::forms::all;
use crate::person::{PASSWORD, Person, sign_in};
use crate::second_factor::protected;
use crate::sessions::held_up;
use crate::world::{World, eventually};
use doorward::domain::accounts::Role;
use doorward::flows::administration::{ACTS, FUNCTIONS, allows};
use doorward::pages::app;
use leptos_axum::generate_route_list;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// The paths of all acts.
fn acts() -> Vec<&'static str> {
    FUNCTIONS.iter().map(|function| function.path).filter(|path| path.starts_with(ACTS)).collect()
}

/// What would make each act do something to the account.
fn fields(account: &str) -> [(&'static str, &str); 8] {
    [
        ("account", account),
        ("role", "support"),
        ("group", "team"),
        ("session", account),
        ("who", "eve@example.org"),
        ("all", ""),
        ("email", "new@example.org"),
        ("invitation", account),
    ]
}

/// Everything that an act could have changed.
async fn everything(world: &World) -> Vec<String> {
    let mut rows = Vec::new();
    for query in [
        "SELECT email || role || CAST(COALESCE(disabled_at, 0) AS TEXT) || CAST(COALESCE(frozen_at, 0) AS TEXT) FROM accounts ORDER BY email",
        "SELECT COALESCE(end_reason, '') FROM sessions WHERE account_id = (SELECT id FROM accounts WHERE email = 'eve@example.org') ORDER BY started_at",
        "SELECT group_name FROM group_members",
        "SELECT purpose FROM links ORDER BY 1",
        "SELECT started_by FROM factor_resets",
        "SELECT email FROM invitations",
        "SELECT kind FROM audit_entries WHERE details LIKE '%administrator%' OR kind LIKE 'admin%'",
    ] {
        rows.extend(world.texts(query).await);
    }
    rows
}

pub async fn id_of(world: &World, email: &str) -> String {
    let db = &world.app().db;
    let found = doorward::domain::accounts::find_by_identifier(db, email).await.unwrap();
    found.unwrap().id.0.to_string()
}

/// Somebody with this role, just signed in.
pub async fn with_role(world: &World, email: &str, role: Role) -> Person {
    let person = world.register(email).await;
    world.change(&format!("UPDATE accounts SET role = '{}' WHERE email = '{email}'", role.name())).await;
    person
}

#[test]
fn every_page_and_every_act_is_in_the_list_and_nothing_else() {
    let mut listed: Vec<&str> = FUNCTIONS.iter().map(|function| function.path).collect();
    let routes = generate_route_list(app::App);
    let pages = routes.iter().map(|route| route.path()).filter(|path| path.starts_with("/admin"));
    let mut there: Vec<String> = pages.map(|path| path.replace("{id}", ":id")).collect();
    there.extend(all().into_iter().filter(|path| path.contains("admin")).map(str::to_owned));
    listed.sort_unstable();
    there.sort_unstable();
    assert_eq!(listed, there);
}

/// docs/admin.md tells of each function who may.
#[test]
fn the_guide_has_the_same_list() {
    let guide = include_str!("../../docs/admin.md");
    let told: Vec<&str> = guide.lines().filter(|line| line.starts_with("| ") && line.ends_with(" | yes |")).collect();
    let listed: Vec<String> = FUNCTIONS
        .iter()
        .map(|function| {
            let support = if function.least == Role::Support { "yes" } else { "" };
            format!("| {} | {support} | yes |", function.called)
        })
        .collect();
    assert_eq!(told, listed);
}

each_database! {
    async fn every_act_is_refused_to_whoever_the_list_does_not_name(world: World) {
        let _rick = administrator(&world).await;
        world.register("eve@example.org").await;
        let mut member = world.register("mem@example.org").await.browser;
        let mut support = with_role(&world, "sue@example.org", Role::Support).await.browser;
        let mut disabled = with_role(&world, "dis@example.org", Role::Admin).await.browser;
        let mut locked = with_role(&world, "loc@example.org", Role::Admin).await.browser;
        world.change("UPDATE accounts SET disabled_at = 1 WHERE email = 'dis@example.org'").await;
        world.change("UPDATE accounts SET frozen_at = 1 WHERE email = 'loc@example.org'").await;
        let eve = id_of(&world, "eve@example.org").await;
        let before = everything(&world).await;
        for path in acts() {
            for browser in [&mut world.browser(), &mut disabled, &mut locked] {
                browser.call(path, &fields(&eve)).await.is(401, "sign_in_required");
            }
            member.call(path, &fields(&eve)).await.is(404, "not_found");
            member.call(path, &[]).await.is(404, "not_found");
            if !allows(Role::Support, path) {
                support.call(path, &fields(&eve)).await.is(404, "not_found");
            }
            assert_eq!(everything(&world).await, before, "{path}");
        }
        member.call("/form/admin-nothing", &fields(&eve)).await.is(404, "not_found");
    }

    async fn an_administrator_shows_a_recent_proof_and_a_second_factor_before_any_act(world: World) {
        let mut rick = administrator(&world).await;
        let (mut ann, ..) = protected(&world, "ann@example.org").await;
        world.change("UPDATE accounts SET role = 'admin' WHERE email = 'ann@example.org'").await;
        world.register("eve@example.org").await;
        let eve = id_of(&world, "eve@example.org").await;
        // She has a second factor, and this session was begun before.
        world.change("UPDATE sessions SET method = 'password' WHERE account_id = (SELECT id FROM accounts WHERE email = 'ann@example.org')").await;
        let before = everything(&world).await;
        for path in acts() {
            let answer = ann.call(path, &fields(&eve)).await;
            assert!(answer.location().starts_with("/confirm?then=/admin/"), "{path}: {}", answer.in_full());
        }
        ann.get("/confirm?then=/admin/users").await.shows("name=\"code\"");
        world.advance(10 * MINUTE);
        for path in acts() {
            for scripted in [true, false] {
                let browser = &mut rick.browser;
                let answer = if scripted { browser.call(path, &fields(&eve)).await } else { browser.submit(path, &fields(&eve)).await };
                assert!(answer.location().starts_with("/confirm?then=/admin/"), "{path}: {}", answer.in_full());
            }
        }
        assert_eq!(everything(&world).await, before);
        // Where the policy asks for a second factor, nobody without one has a session to act from.
        let strict = world.another(&[("DOORWARD__SECOND_FACTOR__POLICY", "admins"), ("DOORWARD__SECOND_FACTOR__GRACE_DAYS", "0")]).await.unwrap();
        let mut sue = with_role(&world, "sue@example.org", Role::Support).await.browser.at(&strict.router);
        let mut rick = rick.browser.at(&strict.router);
        for path in acts() {
            rick.call(path, &fields(&eve)).await.is(401, "sign_in_required");
            sue.call(path, &fields(&eve)).await.is(401, "sign_in_required");
        }
        assert_eq!(everything(&world).await.len(), before.len() + 1, "Sue is there, and nothing else is new");
    }

    async fn whoever_loses_the_role_while_the_form_is_on_its_way_does_nothing(world: World) {
        let rick = administrator(&world).await;
        world.register("eve@example.org").await;
        let eve = id_of(&world, "eve@example.org").await;
        let before = everything(&world).await.len();
        for path in acts().into_iter().filter(|path| !path.contains("end-session")) {
            world.change("UPDATE accounts SET role = 'admin' WHERE email = 'rick@example.org'").await;
            let body: &'static str = format!("account={eve}&role=support&group=team&email=new%40example.org&invitation={eve}").leak();
            let (late, rest) = held_up(&rick.browser, path, body);
            let router = world.node.router.clone();
            let under_way = tokio::spawn(async move { send(&router, late).await });
            eventually("the request is under way", async || rest.is_awaited()).await;
            world.change("UPDATE accounts SET role = 'member' WHERE email = 'rick@example.org'").await;
            rest.send();
            under_way.await.unwrap().is(404, "not_found");
        }
        assert_eq!(everything(&world).await.len(), before);
    }

    async fn support_helps_members_and_nobody_who_administers(world: World) {
        let _rick = administrator(&world).await;
        let mut sue = with_role(&world, "sue@example.org", Role::Support).await;
        with_role(&world, "sid@example.org", Role::Support).await;
        world.register("eve@example.org").await;
        let before = everything(&world).await;
        for of in ["rick@example.org", "sid@example.org", "sue@example.org"] {
            let id = id_of(&world, of).await;
            for path in acts().into_iter().filter(|path| allows(Role::Support, path)) {
                sue.browser.call(path, &fields(&id)).await.is(403, "forbidden");
            }
            let page = sue.browser.get(&format!("/admin/users/{id}")).await;
            page.shows(of);
            assert!(!page.body.contains("?act="), "{}", page.body);
        }
        assert_eq!(everything(&world).await, before);
        let eve = id_of(&world, "eve@example.org").await;
        let page = sue.browser.get(&format!("/admin/users/{eve}")).await;
        page.shows("Send password link");
        for not in ["Disable account", "Change role", "add_to_group"] {
            assert!(!page.body.contains(not), "{not}");
        }
        let here = format!("/admin/users/{eve}?done=reset_password");
        sue.browser.submit("/form/admin-reset-password", &[("account", &eve)]).await.leads_to(&here);
        let sessions = sue.browser.get("/admin/sessions").await;
        sessions.shows("eve@example.org");
        assert!(!sessions.body.contains("End session") && !sessions.body.contains("End every session"), "{}", sessions.body);
        assert_eq!(sue.browser.get("/admin/sessions?end=all").await.status, 404);
    }

    async fn to_members_no_page_is_there_and_to_support_all_are(world: World) {
        administrator(&world).await;
        let mut sue = with_role(&world, "sue@example.org", Role::Support).await.browser;
        let mut eve = world.register("eve@example.org").await.browser;
        let id = id_of(&world, "eve@example.org").await;
        let nowhere = eve.get("/nowhere").await;
        let pages = FUNCTIONS.iter().filter(|function| !function.path.starts_with(ACTS));
        for path in pages.map(|function| function.path.replace(":id", &id)) {
            let none = eve.get(&path).await;
            assert_eq!((none.status, without_nonce(&none)), (404, without_nonce(&nowhere)), "{path}");
            assert_eq!(sue.get(&path).await.status, 200, "{path}");
            let asked = format!("/confirm?then={path}");
            assert!(world.browser().get(&path).await.location().starts_with("/sign-in"), "{path}");
            world.advance(10 * MINUTE);
            sue.get(&path).await.leads_to(&asked);
            assert_eq!(eve.get(&path).await.status, 404, "{path}");
            sue.submit("/form/confirm", &[("password", PASSWORD), ("then", &path)]).await.leads_to(&path);
        }
        assert_eq!(sue.get("/admin/users/nobody").await.status, 404);
        assert_eq!(sue.get("/admin/users/01890000-0000-7000-8000-000000000000").await.status, 404);
        sue.get("/account").await.shows("href=\"/admin\"");
        let mut again: Browser = world.browser();
        sign_in(&mut again, "eve@example.org", PASSWORD).await.leads_to("/account");
        assert!(!again.get("/account").await.body.contains("/admin"));
    }
}
