//! The administration: who may see it, and what ending other people's sessions does.

use crate::browser::{Answer, Browser, CHROME, send};
use crate::database::Engine;
use crate::each_database;
use crate::person::{Person, is_signed_in, sign_in};
use crate::sessions::held_up;
use crate::world::{World, eventually};
use doorward::domain::audit::{self, Verdict};
use serde_json::Value;
use std::time::Duration;

const PAGE: &str = "/admin/sessions";
const END_ONE: &str = "/form/admin-end-session";
const END_MANY: &str = "/form/admin-end-sessions";
const MINUTE: Duration = Duration::from_secs(60);

/// Rick, who administers, just signed in.
pub async fn administrator(world: &World) -> Person {
    let rick = world.register("rick@example.org").await;
    world.change("UPDATE accounts SET role = 'admin'").await;
    rick
}

/// Rick, and Eve in one browser beside the one she registered with.
async fn rick_and_eve(world: &World) -> (Person, Person, Browser) {
    let rick = administrator(world).await;
    let eve = world.register("eve@example.org").await;
    let browser = eve.signed_in().await;
    (rick, eve, browser)
}

async fn live(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await
}

/// The ids of the sessions that the page has a button for.
fn buttons(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.in_full());
    let value = |part: &str| part.split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    page.body.split("name=\"session\"").skip(1).map(value).collect()
}

/// Where the link called `name` leads, if there is one.
pub fn link(page: &Answer, name: &str) -> Option<String> {
    let (before, _) = page.body.split_once(&format!("\">{name}</a>"))?;
    let (_, link) = before.rsplit_once("<a ").unwrap();
    Some(link.split_once("href=\"").unwrap().1.split('"').next().unwrap().replace("&amp;", "&"))
}

/// One of Eve's, as the page lists them.
async fn one_of_eve(rick: &mut Browser) -> String {
    buttons(&rick.get(&format!("{PAGE}?who=eve@example.org")).await).remove(0)
}

pub async fn details_of_last(world: &World, kind: &str) -> Value {
    let query = format!("SELECT details FROM audit_entries WHERE kind = '{kind}' ORDER BY sequence DESC LIMIT 1");
    serde_json::from_str(&world.texts(&query).await[0]).unwrap()
}

each_database! {
    async fn nobody_but_an_administrator_who_just_confirmed_ends_anything(world: World) {
        let (mut rick, mut eve, _) = rick_and_eve(&world).await;
        let demoted = rick.signed_in().await;
        let id = one_of_eve(&mut rick.browser).await;
        let acts = [(END_ONE, vec![("session", id.as_str())]), (END_MANY, vec![("who", "eve@example.org")]), (END_MANY, vec![("all", "everybody")])];
        let before = live(&world).await;
        for (path, fields) in &acts {
            world.browser().call(path, fields).await.is(401, "sign_in_required");
            eve.browser.call(path, fields).await.is(404, "not_found");
        }
        world.advance(10 * MINUTE);
        let asked = rick.browser.submit(END_MANY, &[("all", "everybody")]).await;
        asked.leads_to("/confirm?then=/admin/sessions");
        for (path, fields) in &acts {
            let asked = rick.browser.call(path, fields).await;
            let filter = if fields[0].0 == "who" { "%3Fwho%3Deve%2540example.org" } else { "" };
            let confirm = format!("/confirm?then=/admin/sessions{filter}");
            assert_eq!((asked.location(), asked.body.contains("ended")), (confirm.as_str(), false), "{path}");
        }
        rick.browser.submit("/form/confirm", &[("password", &rick.password), ("then", PAGE)]).await.leads_to(PAGE);
        world.change("UPDATE accounts SET role = 'member'").await;
        for (path, fields) in &acts {
            for browser in [&rick.browser, &demoted] {
                browser.clone().call(path, fields).await.is(404, "not_found");
            }
        }
        assert_eq!(live(&world).await, before);
        assert!(!world.audit_kinds().await.contains(&"session_ended".to_owned()));
        world.change("UPDATE accounts SET role = 'admin' WHERE email = 'rick@example.org'").await;
        for (path, fields) in &acts {
            assert!(rick.browser.submit(path, fields).await.location().contains("ended="), "{path}");
        }
        assert_eq!(live(&world).await, 1, "his own, which is spared");
    }

    async fn whoever_loses_the_role_or_the_session_while_the_form_is_on_its_way_ends_nothing(world: World) {
        let (rick, _, _) = rick_and_eve(&world).await;
        world.advance(MINUTE);
        let signed_out = rick.signed_in().await;
        for (browser, statement, status, code) in [
            (&rick.browser, "UPDATE accounts SET role = 'member'", 404, "not_found"),
            (&signed_out, "UPDATE sessions SET ended_at = 1, end_reason = 'signed_out' WHERE started_at = (SELECT MAX(started_at) FROM sessions)", 401, "sign_in_required"),
        ] {
            world.change("UPDATE accounts SET role = 'admin' WHERE email = 'rick@example.org'").await;
            let (late, rest) = held_up(browser, END_MANY, "who=eve%40example.org");
            let router = world.node.router.clone();
            let under_way = tokio::spawn(async move { send(&router, late).await });
            eventually("the request is under way", async || rest.is_awaited()).await;
            world.change(statement).await;
            rest.send();
            under_way.await.unwrap().is(status, code);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'session_ended'").await, 0);
    }

    async fn the_administration_is_there_for_administrators_alone(world: World) {
        let (mut rick, mut eve, _) = rick_and_eve(&world).await;
        for path in ["/admin", "/admin/", PAGE, "/admin/sessions?end=all", "/admin/nothing", "/admin/./sessions"] {
            let then = if path.contains("sessions") { PAGE } else { "/admin" };
            world.browser().get(path).await.leads_to(&format!("/sign-in?then={then}"));
            let (none, nowhere) = (eve.browser.get(path).await, eve.browser.get("/nowhere").await);
            assert_eq!((none.status, none.body.contains("Page not found")), (404, true), "{path}");
            assert_eq!(without_nonce(&none), without_nonce(&nowhere), "{path}");
        }
        rick.browser.get("/admin/").await.leads_to("/admin");
        rick.browser.get(PAGE).await.shows("Who is signed in where").shows("eve@example.org");
        assert_eq!(rick.browser.get("/admin/nothing").await.status, 404);
        rick.browser.get("/account").await.shows("Administration");
        assert!(!eve.browser.get("/account").await.body.contains("/admin"));
        // What leads there after a sign-in is the same for everybody.
        for person in [&rick, &eve] {
            let mut browser = world.browser();
            let fields = [("identifier", person.email.as_str()), ("password", &person.password), ("then", PAGE)];
            browser.submit("/form/sign-in", &fields).await.leads_to(PAGE);
        }
        world.change("UPDATE accounts SET role = 'member'").await;
        assert_eq!(rick.browser.get(PAGE).await.status, 404, "at the next request");
    }

    async fn an_administrator_confirms_before_the_page_is_shown(world: World) {
        let (mut rick, mut eve, _) = rick_and_eve(&world).await;
        world.advance(10 * MINUTE);
        let filter = "%3Fwho%3Deve%2540example.org%26before%3D7";
        for (path, kept) in [(PAGE, ""), ("/admin/sessions?end=all", ""), ("/admin/sessions?who=eve@example.org&before=7", filter), ("/admin/nothing", "")] {
            let page = if path.contains("sessions") { PAGE } else { "/admin" };
            rick.browser.get(path).await.leads_to(&format!("/confirm?then={page}{kept}"));
            assert_eq!(eve.browser.get(path).await.status, 404, "{path}");
        }
        rick.browser.get("/confirm?then=/admin/sessions").await.shows("value=\"/admin/sessions\"");
        let found = "/admin/sessions?who=eve%40example.org&before=7";
        rick.browser.get(&format!("/confirm?then=/admin/sessions{filter}")).await.shows("value=\"/admin/sessions?who=eve%40example.org&amp;before=7\"");
        rick.browser.submit("/form/confirm", &[("password", &rick.password), ("then", found)]).await.leads_to(found);
        rick.browser.get(PAGE).await.shows("eve@example.org");
        // A taken cookie sees nothing.
        rick.browser.taken_to(CHROME).get(PAGE).await.leads_to("/confirm?then=/admin/sessions");
    }

    async fn one_session_is_ended_on_every_node_and_its_owner_is_told_by_whom_but_not_from_where(world: World) {
        let (mut rick, mut eve, mut other) = rick_and_eve(&world).await;
        let node = world.another(&[]).await.unwrap();
        rick.browser.address = "127.0.0.99".parse().unwrap();
        let page = rick.browser.get("/admin/sessions?who=eve@example.org&age=any").await;
        let [newest, _] = buttons(&page).try_into().unwrap();
        let fields = [("session", newest.as_str()), ("page", "who=eve%40example.org")];
        let answer = rick.browser.submit(END_ONE, &fields).await;
        answer.leads_to("/admin/sessions?who=eve%40example.org&ended=1");
        rick.browser.get(answer.location()).await.shows("1 session is ended");
        assert_eq!(live(&world).await, 2);
        // On a clock that stands still either of the two may be the newer one.
        let alive = [is_signed_in(&mut eve.browser.at(&node.router)).await, is_signed_in(&mut other.at(&node.router)).await];
        assert_eq!(alive.iter().filter(|alive| **alive).count(), 1);
        let (kept, gone) = if alive[0] { (&mut eve.browser, &mut other) } else { (&mut other, &mut eve.browser) };
        gone.get("/sign-in").await.shows("administrator");
        kept.get("/account/activity").await.shows("A session was ended by an administrator");
        let details = details_of_last(&world, "session_ended").await;
        assert_eq!((&details["by"], &details["session"]), (&"administrator".into(), &newest.clone().into()));
        assert!(!details.to_string().contains("127.0.0.99") && details["device"].is_null(), "{details}");
        let act = details_of_last(&world, "admin_ended_sessions").await;
        assert_eq!((&act["count"], &act["address"]), (&1.into(), &"127.0.0.99".into()));
        assert!(!act.to_string().contains(&newest) && !act.to_string().contains("eve"), "{act}");
        rick.browser.get("/account/activity").await.shows("You ended 1 session as an administrator");
        // Pressed twice.
        rick.browser.submit(END_ONE, &fields).await.leads_to("/admin/sessions?who=eve%40example.org&ended=0");
        rick.browser.get("/admin/sessions?ended=0").await.shows("over already");
    }

    async fn one_persons_sessions_are_ended_and_nobody_elses(world: World) {
        let (mut rick, mut eve, mut other) = rick_and_eve(&world).await;
        let mut bob = world.register("bob@example.org").await;
        let page = rick.browser.get("/admin/sessions?who=EVE@example.org&device=firefox").await;
        page.shows("End all of this person").shows("eve@example.org is signed out on every device");
        assert!(!rick.browser.get(PAGE).await.body.contains("End all of this person"));
        let answer = rick.browser.submit(END_MANY, &[("who", "eve@example.org")]).await;
        answer.leads_to("/admin/sessions?who=eve%40example.org&ended=2");
        assert!(!is_signed_in(&mut eve.browser).await && !is_signed_in(&mut other).await);
        assert!(is_signed_in(&mut bob.browser).await && is_signed_in(&mut rick.browser).await);
        rick.browser.get(answer.location()).await.shows("2 sessions are ended").shows("Nothing matches");
        sign_in(&mut eve.browser, &eve.email, &eve.password).await.leads_to("/account");
        // His own, from here: all but the one in use.
        let mut elsewhere = rick.signed_in().await;
        rick.browser.get("/admin/sessions?who=rick@example.org").await.shows("The session you are using now stays open");
        rick.browser.submit(END_MANY, &[("who", "rick@example.org")]).await;
        assert!(!is_signed_in(&mut elsewhere).await && is_signed_in(&mut rick.browser).await);
    }

    async fn everybodys_sessions_are_ended_in_parts_but_the_one_it_is_done_from(world: World) {
        let (mut rick, mut eve, mut other) = rick_and_eve(&world).await;
        world.add_sessions("eve@example.org", 450).await;
        let page = rick.browser.get("/admin/sessions?end=all").await;
        page.shows("452 sessions end").shows("Only the session you are using now, in Firefox on Linux, stays open");
        assert_eq!(live(&world).await, 453, "asking ends nothing");
        let answer = rick.browser.submit(END_MANY, &[("all", "everybody")]).await;
        answer.leads_to("/admin/sessions?ended=452");
        rick.browser.get(answer.location()).await.shows("1 session is open, yours");
        assert!(!is_signed_in(&mut eve.browser).await && !is_signed_in(&mut other).await);
        assert_eq!(live(&world).await, 1);
        let kinds = world.audit_kinds().await;
        let of = |kind: &str| kinds.iter().filter(|other| *other == kind).count();
        assert_eq!((of("session_ended"), of("admin_ended_sessions")), (452, 3));
        assert!(matches!(audit::verify(&world.app().db, &world.app().vault).await.unwrap(), Verdict::Whole { .. }));
    }

    async fn a_form_without_sense_ends_nothing(world: World) {
        let (mut rick, _, _) = rick_and_eve(&world).await;
        let before = live(&world).await;
        for (path, fields, status, code) in [
            (END_ONE, &[][..], 400, "bad_request"),
            (END_ONE, &[("session", "nonsense")], 400, "bad_request"),
            (END_MANY, &[], 400, "bad_request"),
            (END_MANY, &[("who", "")], 400, "bad_request"),
            (END_MANY, &[("all", "yes")], 400, "bad_request"),
            (END_MANY, &[("who", "eve@example.org"), ("all", "everybody")], 400, "bad_request"),
            (END_MANY, &[("who", "nobody@example.org")], 404, "not_found"),
            (END_MANY, &[("who", "%")], 404, "not_found"),
        ] {
            rick.browser.call(path, fields).await.is(status, code);
        }
        let id = "01890000-0000-7000-8000-000000000000";
        for (page, back) in [("//evil.example", ""), ("who=a&x=//evil.example", "who=a&"), ("before=x&age=day", "age=day&")] {
            let answer = rick.browser.submit(END_ONE, &[("session", id), ("page", page)]).await;
            answer.leads_to(&format!("/admin/sessions?{back}ended=0"));
        }
        assert_eq!(live(&world).await, before);
    }

    async fn sessions_are_found_by_person_address_device_and_age(world: World) {
        let mut rick = administrator(&world).await;
        let eve = world.register("eve@example.org").await;
        let mut phone = eve.browser.another();
        (phone.address, phone.user_agent) = ("192.0.2.7".parse().unwrap(), CHROME.to_owned());
        sign_in(&mut phone, &eve.email, &eve.password).await.leads_to("/account");
        let username = world.texts("SELECT username FROM accounts WHERE email = 'eve@example.org'").await.remove(0);
        for (query, others) in [
            ("", 2), ("?who=eve@example.org", 2), (&format!("?who={username}"), 2), ("?who=rick@example.org", 0),
            ("?address=192.0.2.7", 1), ("?address=192.0.2.0/24", 1), ("?address=192.0", 1), ("?address=192.0.2.70", 0),
            ("?device=chrome", 1), ("?device=firefox&who=eve@example.org", 1), ("?device=chrome&address=127.0.0.1", 0),
            ("?age=hour", 0), ("?age=week", 0), ("?age=nonsense", 2),
        ] {
            assert_eq!(buttons(&rick.browser.get(&format!("{PAGE}{query}")).await).len(), others, "{query}");
        }
        let page = rick.browser.get("/admin/sessions?address=192.0.2.7").await;
        page.shows("Chrome on Windows").shows("192.0.2.7").shows(&username).shows("value=\"192.0.2.7\"");
        rick.browser.get("/admin/sessions?who=rick@example.org").await.shows("Your session");
        rick.browser.get("/admin/sessions?device=nothing").await.shows("Nothing matches");
        for (query, words) in [("who=nobody", "Nobody here has this address"), ("address=everywhere", "Enter an address such as"), (&format!("device={}", "x".repeat(200)), "Enter a part of")] {
            let page = rick.browser.get(&format!("{PAGE}?{query}")).await;
            page.shows(words).shows("aria-invalid=\"true\"");
            assert_eq!(buttons(&page).len(), 0, "{query}");
        }
        world.change(&format!("UPDATE sessions SET started_at = started_at - {} WHERE seen_user_agent LIKE '%Chrome%'", (121 * MINUTE).as_micros())).await;
        assert_eq!(buttons(&rick.browser.get("/admin/sessions?age=hour").await).len(), 1);
    }

    async fn a_place_is_told_where_the_operator_has_a_file_of_them(world: World) {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/places.mmdb");
        let world = world.with(&[("DOORWARD__SESSION__PLACE_FILE", file)]).await;
        let mut rick = administrator(&world).await.browser;
        rick.address = "192.0.2.9".parse().unwrap();
        world.advance(2 * MINUTE);
        rick.get(PAGE).await.shows("Reykjavík, Iceland").shows("192.0.2.9").shows("at first 127.0.0.1");
    }

    async fn pages_hold_each_session_once_in_both_directions_and_keep_the_filter(world: World) {
        let (mut rick, _, _) = rick_and_eve(&world).await;
        world.add_sessions("eve@example.org", 119).await;
        for query in ["?who=eve@example.org", "?who=eve@example.org&device=", "?address=192.0.2.1"] {
            let mut page = rick.browser.get(&format!("{PAGE}{query}")).await;
            assert_eq!(link(&page, "Newer"), None);
            let mut pages = vec![buttons(&page)];
            while let Some(older) = link(&page, "Older") {
                assert!(older.contains("who=eve%40example.org") || older.contains("address=192.0.2.1"), "{older}");
                page = rick.browser.get(&older).await;
                pages.push(buttons(&page));
            }
            let all: std::collections::HashSet<&String> = pages.iter().flatten().collect();
            let expected = if query.contains("who") { 121 } else { 119 };
            assert_eq!((all.len(), pages.iter().map(Vec::len).sum::<usize>(), pages.len()), (expected, expected, 3), "{query}");
            for expected in pages.iter().rev().skip(1) {
                page = rick.browser.get(&link(&page, "Newer").unwrap()).await;
                assert_eq!(buttons(&page), *expected, "{query}");
            }
            assert_eq!(link(&page, "Newer"), None, "the first page again");
        }
    }

    async fn a_filter_that_meets_nothing_looks_through_very_many_in_parts(world: World) {
        let (mut rick, _, _) = rick_and_eve(&world).await;
        world.add_sessions("eve@example.org", 10_100).await;
        let page = rick.browser.get("/admin/sessions?address=198.51.100.1").await;
        page.shows("Nothing found so far");
        let page = rick.browser.get(&link(&page, "Older").unwrap()).await;
        page.shows("Nothing matches");
        assert_eq!(link(&page, "Older"), None);
    }

    async fn what_people_and_links_say_stays_text_and_nothing_shown_lets_anybody_in(world: World) {
        let (mut rick, _, other) = rick_and_eve(&world).await;
        let hostile = "<img src=x onerror=alert(1)>\"'&";
        world.change(&format!("UPDATE devices SET name = '{}'", hostile.replace('\'', "''"))).await;
        world.change("UPDATE sessions SET seen_user_agent = '<script>alert(2)</script>' WHERE account_id = (SELECT id FROM accounts WHERE email = 'eve@example.org')").await;
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("who", "eve@example.org"), ("device", "\"><script>alert(3)</script>"), ("ended", "<script>alert(4)</script>"), ("before", "\"><script>")])
            .finish();
        for path in [PAGE.to_owned(), format!("{PAGE}?{query}")] {
            let page = rick.browser.get(&path).await;
            assert_eq!(page.status, 200);
            assert!(!page.body.contains("<img") && !page.body.contains("<script>alert"), "{}", page.body);
        }
        let page = rick.browser.get(PAGE).await;
        page.shows("&lt;img").shows("an unknown browser");
        let keys = match world.engine() {
            Engine::Sqlite => world.texts("SELECT lower(hex(session_key)) FROM sessions").await,
            Engine::Postgres => world.texts("SELECT encode(session_key, 'hex') FROM sessions").await,
        };
        for secret in keys.into_iter().chain([other.session(), rick.browser.session()]) {
            assert!(!page.body.to_lowercase().contains(&secret.to_lowercase()), "{secret}");
        }
    }
}

/// The page but for what differs between any two answers, and between any two addresses.
pub fn without_nonce(answer: &Answer) -> Vec<String> {
    answer.body.split('<').filter(|part| !part.contains("nonce")).map(str::to_owned).collect()
}
