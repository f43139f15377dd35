//! The way from an app to the sign-in page and back to the app's host.

use crate::browser::{Browser, CHROME, SESSION};
use crate::each_database;
use crate::forward_auth::{
    APP, EMAIL, PAGE, RULES, START, ada, asks, away, code_for, enter, guarded, lets_in, onward, opens, question,
    then_of,
};
use crate::person::{PASSWORD, sign_in};
use crate::second_factor::{code, key_shown, protected, turn_on};
use crate::world::World;
use doorward::base::paths::Then;
use doorward::run::tasks::tidy;
use std::time::Duration;

each_database! {
    async fn a_person_is_led_to_sign_in_and_back_to_the_very_page(world: World) {
        let world = guarded(world).await;
        let ada = world.register(EMAIL).await;
        let (mut app, mut door) = (world.browser(), world.browser());
        assert_eq!(asks(&mut app, PAGE).await.status, 401);
        let sign_in_page = away(&opens(&mut app, PAGE).await);
        assert_eq!(app.holds(START).unwrap().len(), 64);
        let then = then_of(&sign_in_page);
        for hidden in ["app.example.org", "notes", "page=2"] {
            assert!(!sign_in_page.contains(hidden), "{sign_in_page}");
        }
        door.get(&sign_in_page).await.shows("Sign in to see that page.").shows(&then.replace('&', "&amp;"));
        let fields = [("identifier", EMAIL), ("password", ada.password.as_str()), ("then", then.as_str())];
        door.submit("/form/sign-in", &fields).await.leads_to(&then);
        let leaving = door.get(&then).await;
        leaving.shows("On to app.example.org");
        assert_eq!(leaving.header("location"), "", "form-action would block a redirect to another host after a form");
        let callback = onward(&leaving);
        let back = opens(&mut app, &callback).await;
        assert_eq!((back.status, back.header("location")), (302, PAGE));
        assert_eq!(back.cookies.len(), 1);
        let in_app = asks(&mut app, PAGE).await;
        let id = world.newest_account().await.0.to_string();
        let username = world.texts("SELECT username FROM accounts").await.remove(0);
        let name = world.texts("SELECT display_name FROM accounts").await.remove(0);
        assert_eq!(in_app.status, 200);
        for (name, value) in [("remote-id", &*id), ("remote-user", &username), ("remote-email", EMAIL), ("remote-email-verified", "true"), ("remote-name", &name), ("remote-groups", "")] {
            let values: Vec<_> = in_app.headers.get_all(name).iter().collect();
            assert_eq!(values, [value], "{name}");
        }
        assert_eq!(in_app.header("cache-control"), "no-store");
        lets_in(&opens(&mut app, PAGE).await);
        assert_ne!(app.holds(APP), door.holds(SESSION));
        assert!(world.audit_kinds().await.contains(&"app_entered".to_owned()));
        door.get("/account/activity").await.shows("Went on to https://app.example.org");
    }

    async fn without_a_second_question_whoever_is_signed_in_gets_to_another_app(world: World) {
        let world = guarded(world).await;
        let (mut ada, app) = ada(&world).await;
        let mut wiki = enter(&world, &mut ada.browser, "https://wiki.example.org/").await;
        lets_in(&asks(&mut wiki, "https://wiki.example.org/x").await);
        assert_ne!(wiki.holds(APP), app.holds(APP));
        for (browser, url) in [(&wiki, PAGE), (&app, "https://wiki.example.org/"), (&app, "http://app.example.org/"), (&app, "https://app.example.org:8443/")] {
            assert_eq!(asks(&mut browser.clone(), url).await.status, 401, "{url}");
        }
    }

    async fn of_a_very_long_address_what_was_asked_there_is_left_behind(world: World) {
        let world = guarded(world).await;
        let mut ada = world.register(EMAIL).await;
        let long = "x".repeat(3000);
        for (asked, page) in [
            (format!("https://app.example.org/a?q={long}"), "https://app.example.org/a"),
            (format!("https://app.example.org/{long}"), "https://app.example.org/"),
        ] {
            let mut app = world.browser();
            let answer = opens(&mut app, &asked).await;
            let head: usize = answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
            assert!(head < 4096, "nginx takes no more: {head}");
            let then = then_of(&away(&answer));
            assert_eq!(opens(&mut app, &onward(&ada.browser.get(&then).await)).await.header("location"), page);
            lets_in(&asks(&mut app, &asked).await);
        }
        let mut app = world.browser();
        let answer = opens(&mut app, &format!("https://app.example.org/a?q={}", "x".repeat(1450))).await;
        let head: usize = answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        assert!(head < 4096, "nginx takes no more: {head}");
    }

    async fn a_code_works_once_for_one_host_and_one_browser_and_for_a_minute(world: World) {
        let world = guarded(world).await;
        let (mut ada, _) = ada(&world).await;
        let refused = async |browser: &mut Browser, callback: &str, why: &str| {
            let answer = opens(browser, callback).await;
            answer.shows("This sign-in was used before, took too long, or was begun in another browser.");
            assert_eq!((answer.status, answer.cookies.len(), answer.header("location")), (403, 0, ""), "{why}");
        };
        let mut app = world.browser();
        let callback = code_for(&mut app, &mut ada.browser, PAGE).await;
        assert_eq!(opens(&mut app, &callback).await.status, 302);
        refused(&mut app, &callback, "a second time").await;
        lets_in(&asks(&mut app, PAGE).await);

        let mut app = world.browser();
        let callback = code_for(&mut app, &mut ada.browser, PAGE).await;
        let mut thief = world.browser();
        away(&opens(&mut thief, PAGE).await);
        refused(&mut thief, &callback, "in another browser").await;
        refused(&mut app, &callback, "after a thief tried it").await;

        let callback = code_for(&mut app, &mut ada.browser, PAGE).await;
        let elsewhere = callback.replace("app.example.org", "wiki.example.org");
        refused(&mut app, &elsewhere, "at another host").await;
        refused(&mut app, &callback, "after another host had it").await;

        let callback = code_for(&mut app, &mut ada.browser, PAGE).await;
        world.advance(Duration::from_secs(60));
        refused(&mut app, &callback, "after a minute").await;

        for made_up in [String::new(), "x".to_owned(), "0".repeat(64), "A".repeat(64)] {
            refused(&mut app, &format!("https://app.example.org/.doorward/callback?code={made_up}"), &made_up).await;
        }
        refused(&mut app, "https://app.example.org/.doorward/callback", "without a code").await;
        let callback = code_for(&mut app, &mut ada.browser, PAGE).await;
        refused(&mut app, &callback.replace("https", "http"), "over http").await;

        let texts = world.texts("SELECT begun FROM hand_overs").await.join(" ");
        assert!(!texts.contains("example"), "{texts}");
        world.advance(Duration::from_secs(61));
        tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM hand_overs").await, 0);
    }

    async fn of_one_code_sent_twice_at_once_one_lets_in(world: World) {
        let world = guarded(world).await;
        let (mut ada, _) = ada(&world).await;
        let mut app = world.browser();
        let callback = code_for(&mut app, &mut ada.browser, PAGE).await;
        let (mut first, mut second) = (app.clone(), app.clone());
        let (first, second) = tokio::join!(opens(&mut first, &callback), opens(&mut second, &callback));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [302, 403]);
    }

    async fn two_tabs_may_be_on_their_way_at_once(world: World) {
        let world = guarded(world).await;
        let (mut ada, _) = ada(&world).await;
        let mut app = world.browser();
        let (one, other) = (code_for(&mut app, &mut ada.browser, PAGE).await, code_for(&mut app, &mut ada.browser, "https://app.example.org/b").await);
        for (callback, page) in [(other, "https://app.example.org/b"), (one, PAGE)] {
            assert_eq!(opens(&mut app, &callback).await.header("location"), page);
            lets_in(&asks(&mut app, page).await);
        }
    }

    async fn nobody_is_signed_in_at_hosts_that_no_rule_names_or_over_http(world: World) {
        let world = guarded(world).await;
        let mut app = world.browser();
        for url in ["https://evil.example/anywhere", "http://app.example.org/"] {
            assert_eq!(asks(&mut app, url).await.status, 401);
            let answer = opens(&mut app, url).await;
            assert_eq!((answer.status, answer.header("location"), answer.cookies.len()), (403, "", 0), "{url}");
        }
        away(&opens(&mut app, "http://app.localhost/").await);
        away(&opens(&mut app, "https://app.example.org:8443/x").await);
    }

    async fn only_somebody_who_looks_at_a_page_is_led_away(world: World) {
        let world = guarded(world).await;
        for (method, name, value, status) in [
            ("GET", "accept", "application/json", 401),
            ("GET", "accept", "*/*", 302),
            ("GET", "x-requested-with", "XMLHttpRequest", 401),
            ("GET", "sec-fetch-mode", "cors", 401),
            ("GET", "sec-fetch-mode", "navigate", 302),
            ("POST", "sec-fetch-mode", "navigate", 302),
            ("POST", "accept", "text/html", 401),
            ("HEAD", "accept", "text/html", 302),
        ] {
            let mut request = question(method, PAGE, "?mode=redirect");
            request.headers_mut().insert(http::HeaderName::from_static(name), value.parse().unwrap());
            assert_eq!(world.browser().send(request).await.status, status, "{method} {name}: {value}");
        }
        let mut plain = question("GET", PAGE, "?mode=redirect");
        plain.headers_mut().remove("accept");
        assert_eq!(world.browser().send(plain).await.status, 302);
    }

    async fn a_second_factor_is_asked_for_where_a_rule_requires_it(world: World) {
        const SECRET: &str = "https://app.example.org/secret?x=1";
        let world = guarded(world).await;
        let (mut ada, mut app) = ada(&world).await;
        assert_eq!(asks(&mut app, SECRET).await.status, 403, "signed in, but with a password alone");
        let then = then_of(&away(&opens(&mut app, SECRET).await));
        ada.browser.get(&then).await.leads_to("/account/second-factor?app");
        ada.browser.get("/account/second-factor?app").await.shows("The app that you came from asks for a second factor.");
        let key = key_shown(&mut ada.browser).await;
        turn_on(&world, &mut ada.browser, &key).await;
        assert_eq!(asks(&mut app, SECRET).await.status, 403, "a cookie does not get stronger with its session");
        let mut strong = app.clone();
        let callback = code_for(&mut strong, &mut ada.browser, SECRET).await;
        assert_eq!(opens(&mut strong, &callback).await.header("location"), SECRET);
        lets_in(&asks(&mut strong, SECRET).await);
        assert_eq!(asks(&mut app, SECRET).await.status, 403, "whoever stole the one before gains nothing");
        lets_in(&asks(&mut app, PAGE).await);
    }

    async fn a_trusted_browser_is_asked_for_the_second_factor_where_a_rule_requires_it(world: World) {
        const SECRET: &str = "https://app.example.org/secret";
        let world = guarded(world).await;
        let (_, key, _) = protected(&world, EMAIL).await;
        let mut door = world.browser();
        world.advance(Duration::from_secs(60));
        sign_in(&mut door, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        door.submit("/form/second-factor", &[("code", &code(&world, &key)), ("trust", "on")]).await.leads_to("/account");
        door.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
        sign_in(&mut door, EMAIL, PASSWORD).await.leads_to("/account");

        let mut app = enter(&world, &mut door, PAGE).await;
        assert_eq!(asks(&mut app, SECRET).await.status, 403);
        let then = then_of(&away(&opens(&mut app, SECRET).await));
        let again = door.get(&then).await;
        assert_eq!(again.status, 303);
        let sign_in_page = again.location().to_owned();
        assert!(sign_in_page.ends_with("&again"), "{sign_in_page}");
        door.get(&sign_in_page).await.shows("That page asks for your second factor.");
        let fields = [("identifier", EMAIL), ("password", PASSWORD), ("then", then.as_str())];
        door.submit("/form/sign-in", &fields).await.leads_to("/sign-in/second-factor");
        world.advance(Duration::from_secs(60));
        door.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to(&then);
        let callback = onward(&door.get(&then).await);
        assert_eq!(opens(&mut app, &callback).await.header("location"), SECRET);
        lets_in(&asks(&mut app, SECRET).await);
        door.get(&sign_in_page).await.leads_to(&then);
    }

    async fn the_app_s_own_pages_of_ours_are_never_the_app_s(world: World) {
        let world = guarded(world).await;
        let (_, mut app) = ada(&world).await;
        for path in ["/.doorward/callback", "/.doorward/sign-out", "/.doorward", "/.doorward/x", "/%2edoorward/x"] {
            assert_eq!(asks(&mut app, &format!("https://app.example.org{path}")).await.status, 401, "{path}");
        }
        let out = opens(&mut app, "https://app.example.org/.doorward/sign-out").await;
        assert_eq!((out.status, out.header("location")), (302, "http://localhost:3000/sign-out"));
        assert_eq!(opens(&mut app, "https://app.example.org/.doorward/x").await.status, 404);
    }

    async fn a_way_back_that_was_made_up_or_changed_leads_nowhere(world: World) {
        let world = guarded(world).await;
        let (ada, mut app) = ada(&world).await;
        let mut door = ada.browser.clone();
        app.plant_as(APP, None);
        let then = then_of(&away(&opens(&mut app, PAGE).await));
        let (start, end) = then.split_at(then.len() - 1);
        let other = if end == "A" { "B" } else { "A" };
        for made_up in [format!("{start}{other}"), start.to_owned(), "/auth/hand-over?to=AAAA".to_owned(), "/auth/hand-over?to=https://evil.example/".to_owned(), "/auth/hand-over".to_owned()] {
            let answer = door.get(&made_up).await;
            assert_eq!((answer.status, answer.header("location")), (404, ""), "{made_up}");
        }
        world.browser().get(&then).await.leads_to(&Then::parse(&then).sign_in_path());
        // Left open for so long that the browser's cookie at the app is gone.
        world.advance(Duration::from_secs(3600));
        let mut door = ada.signed_in().await;
        assert_eq!(onward(&door.get(&then).await), PAGE);
        let world = world.with_file(&RULES.replace("\"app.example.org\"", "\"new.example.org\""), &[]).await;
        let mut door = door.at(&world.node.router);
        assert_eq!(door.get(&then).await.status, 404, "no rule names the host any more");
    }

    async fn whoever_is_doubted_confirms_who_they_are_on_the_way(world: World) {
        let world = guarded(world).await;
        let ada = world.register(EMAIL).await;
        let mut door = ada.browser.taken_to(CHROME);
        let mut app = world.browser();
        let sign_in_page = away(&opens(&mut app, PAGE).await);
        let then = then_of(&sign_in_page);
        let confirm = Then::parse(&then).confirm_path();
        door.get(&sign_in_page).await.leads_to(&confirm);
        door.get(&then).await.leads_to(&confirm);
        door.submit("/form/confirm", &[("password", PASSWORD), ("then", &then)]).await.leads_to(&then);
        let callback = onward(&door.get(&then).await);
        assert_eq!(opens(&mut app.taken_to(CHROME), &callback).await.header("location"), PAGE);
    }
}
