//! What proxies and apps send that is not as plain as a page: WebSockets, paths that servers read
//! differently, hosts with a dot.

use crate::browser::Answer;
use crate::each_database;
use crate::forward_auth::{EMAIL, PAGE, PUBLIC, RULES, ada, asks, away, enter, guarded, lets_in, opens, question};
use crate::person::PASSWORD;
use crate::program::Program;
use crate::world::World;
use doorward::base::clock::Clock;

const GIT: &str = r#"
[[forward_auth.rules]]
hosts = ["git.example.org"]
paths = ["/admin"]
require = "denied"

[[forward_auth.rules]]
hosts = ["git.example.org"]
paths = ["/api/v4"]
unclear_paths = true
require = "session"

[[forward_auth.rules]]
hosts = ["git.example.org"]
require = "session"
"#;

#[track_caller]
fn tells(answer: &Answer, email: &str, verified: &str) {
    lets_in(answer);
    let headers = &answer.headers;
    for (name, value) in [("remote-email", email), ("remote-email-verified", verified)] {
        assert_eq!(headers.get_all(name).iter().collect::<Vec<_>>(), [value], "{name}");
    }
}

each_database! {
    async fn a_websocket_is_asked_about_like_any_other_request(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        let ask = |proto: &str, mode: &str| {
            let mut request = question("GET", PAGE, mode);
            request.headers_mut().insert("x-forwarded-proto", proto.parse().unwrap());
            request.headers_mut().remove("accept");
            request.headers_mut().insert("sec-fetch-mode", "websocket".parse().unwrap());
            request
        };
        for proto in ["wss", "https, https", "wss,https"] {
            lets_in(&app.send(ask(proto, "")).await);
            for mode in ["", "?mode=redirect"] {
                assert_eq!(world.browser().send(ask(proto, mode)).await.status, 401, "{proto}: no sign-in page for a script");
            }
        }
        // Over http nobody is signed in, whatever that is called.
        for proto in ["ws", "http", "http,ws"] {
            assert_eq!(app.send(ask(proto, "")).await.status, 401, "{proto}");
        }
        for proto in ["https,http", "ftp", "WSS", ""] {
            assert_eq!(app.send(ask(proto, "")).await.status, 403, "{proto}");
        }
    }

    async fn a_rule_may_take_paths_that_servers_read_differently(world: World) {
        const PROJECT: &str = "https://git.example.org/api/v4/projects/group%2Fproject?x=%2F";
        let world = world.with_file(&format!("{RULES}{GIT}"), &[]).await;
        let mut ada = world.register(EMAIL).await;
        let mut git = enter(&world, &mut ada.browser, PROJECT).await;
        for path in ["/api/v4/projects/group%2Fproject", "/api/v4//x", "/api/v4/x;y", "/api/v4/x%3Fy/z.", "/api/v4/x%20"] {
            let url = format!("https://git.example.org{path}");
            lets_in(&asks(&mut git, &url).await);
            lets_in(&opens(&mut git, &url).await);
            let mut stranger = world.browser();
            assert_eq!(asks(&mut stranger, &url).await.status, 401, "{path}");
            away(&opens(&mut stranger, &url).await);
        }
        for path in [
            "/group%2Fproject", "/x//y", "//admin", "/admin;x", "/admin.", "/admin%20/x", "/admin%3fx", "/admin%23", "/%2e/admin", "/api//v4/x",
            "/api/v4/..%2f..%2fadmin", "/api/v4/%2e%2e/x", "/api/v4/..;/x", "/api/v4/x%5c..%5cy", "/api/v4/%252fx", "/api/v4/x%2f%00",
        ] {
            for answer in [asks(&mut git, &format!("https://git.example.org{path}")).await, asks(&mut world.browser(), &format!("https://git.example.org{path}")).await] {
                assert_eq!(answer.status, 403, "{path}");
            }
        }
        // What is ours stays ours, and where no rule takes such paths they are denied.
        assert_eq!(opens(&mut git, "https://git.example.org/.doorward/x%2Fy").await.status, 404);
        for path in ["/public%3Fx", "/public%23", "/public.", "/public%20/x", "/public/x..", "/public/%20"] {
            assert_eq!(asks(&mut world.browser(), &format!("https://app.example.org{path}")).await.status, 403, "{path}");
        }
    }

    async fn a_host_with_a_dot_at_its_end_is_the_host(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        let dotted = PAGE.replace("app.example.org", "app.example.org.");
        lets_in(&asks(&mut app, &dotted).await);
        assert_eq!(asks(&mut app, "https://app.example.org./closed").await.status, 403);
        assert_eq!(asks(&mut app, "https://other.example.org./notes").await.status, 403);
        // To browsers it is another site, where no cookie of the host is sent: a stranger goes on
        // without the dot, and signs in there.
        let mut stranger = world.browser();
        let there = opens(&mut stranger, &dotted).await;
        assert_eq!((there.status, there.header("location"), there.cookies.len()), (302, PAGE, 0), "{}", there.in_full());
        away(&opens(&mut stranger, PAGE).await);
        let home = opens(&mut world.browser(), &format!("{PUBLIC}/files").replace("localhost", "localhost.")).await;
        assert_eq!((home.status, home.header("location")), (302, "http://localhost:3000/files"));
    }

    async fn an_address_that_nobody_confirmed_is_no_address_to_apps(world: World) {
        let world = world.with_file(RULES, &[("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false")]).await;
        let mut door = world.browser();
        let fields = [("email", EMAIL), ("new_password", PASSWORD)];
        door.submit("/form/register", &fields).await.leads_to("/account");
        let mut app = enter(&world, &mut door, PAGE).await;
        tells(&asks(&mut app, PAGE).await, "", "false");
        let now = world.clock.now().0;
        world.change(&format!("UPDATE accounts SET email_verified_at = {now}")).await;
        tells(&asks(&mut app, PAGE).await, EMAIL, "true");
        let stranger = asks(&mut world.browser(), "https://app.example.org/public/x").await;
        assert_eq!((stranger.status, stranger.headers.get("remote-email-verified").unwrap().as_bytes()), (200, &b""[..]));
    }
}

#[test]
fn a_path_that_servers_read_differently_can_be_tried() {
    let program = Program::new();
    std::fs::write(program.folder().join("Leptos.toml"), format!("{RULES}{GIT}")).unwrap();
    let url = "https://git.example.org/api/v4/projects/group%2Fproject";
    let told = program.run(&["check-config", "--try", "GET", url]);
    for line in [
        "path as rules see it: /api/v4/projects, and something below it",
        "rule 11",
        "paths /api/v4; unclear_paths true",
        "answer: 401",
    ] {
        assert!(told.with(0).out.contains(line), "no {line:?} in {told:?}");
    }
}
