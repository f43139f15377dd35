//! What people are shown of the audit trail, and what they can take away of it.

use crate::browser::{Answer, Browser, SESSION, send};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, sign_in};
use crate::world::World;
use axum::body::Body;
use axum::extract::ConnectInfo;
use futures_util::StreamExt;
use http::{Request, header};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tower::ServiceExt;

const PAGE: &str = "/account/activity";
const JSON: &str = "/account/activity.json";
const CSV: &str = "/account/activity.csv";
const DAY: Duration = Duration::from_secs(24 * 3600);
const HOSTILE: &str = "=HYPERLINK(\"https://evil.example\",\"\")<script>alert(1)</script>";

/// The sentences on the page, newest first.
fn sentences(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.in_full());
    let list = answer.body.split("<ul class=\"items\">").nth(1).map_or("", |rest| rest.split("</ul>").next().unwrap());
    list.split("item-heading\">").skip(1).map(|item| item.split('<').next().unwrap().trim().to_owned()).collect()
}

/// Where the button called `name` leads, if there is one.
fn link(answer: &Answer, name: &str) -> Option<String> {
    let (before, _) = answer.body.split_once(&format!("\">{name}</a>"))?;
    let (_, link) = before.rsplit_once("<a ").unwrap();
    Some(link.split_once("href=\"").unwrap().1.split('"').next().unwrap().replace("&amp;", "&"))
}

/// The values of `field` in the exported trail, newest first.
async fn exported(browser: &mut Browser, field: &str) -> Vec<Value> {
    let entries: Vec<Value> = serde_json::from_str(&browser.get(JSON).await.body).unwrap();
    entries.iter().map(|entry| entry[field].clone()).collect()
}

/// A sign-in from another place, with a wrong password and this User-Agent.
async fn attack(world: &World, identifier: &str, user_agent: &str) {
    let mut browser = world.browser();
    let fields = [("identifier", identifier), ("password", NEW_PASSWORD)];
    let mut request = browser.posting("/form/sign-in", &fields, "application/json");
    request.headers_mut().insert(header::USER_AGENT, user_agent.parse().unwrap());
    browser.send(request).await.is(401, "wrong_credentials");
}

/// Adds `count` entries of `kind` to everybody's trail, as old as the oldest entry. The chain
/// breaks.
async fn add(world: &World, count: usize, kind: &str) {
    let added = world
        .change(&format!(
            "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {count}) \
             INSERT INTO audit_entries (sequence, at, kind, account_id, salt, details, commitment, mac) \
             SELECT (SELECT MAX(sequence) FROM audit_entries) + number, at, '{kind}', accounts.id, salt, '{{}}', commitment, mac \
             FROM numbers, accounts, audit_entries WHERE sequence = 1"
        ))
        .await;
    assert_eq!(added, count as u64);
    world.change("UPDATE audit_head SET sequence = (SELECT MAX(sequence) FROM audit_entries)").await;
}

each_database! {
    async fn nobody_sees_activity_without_signing_in(world: World) {
        let mut ada = world.register("ada@example.org").await;
        world.browser().get(PAGE).await.leads_to("/sign-in?then=/account/activity");
        for file in [JSON, CSV, "/account/./activity.json"] {
            world.browser().get(file).await.leads_to("/sign-in");
        }
        let mut old = ada.browser.clone();
        ada.browser.submit("/form/sign-out", &[]).await;
        for path in [PAGE, JSON, CSV] {
            let answer = old.get(path).await;
            assert_eq!((answer.status, answer.body.as_str()), (303, ""), "{path}");
        }
    }

    async fn each_person_sees_their_own_entries_and_who_tried_to_be_them(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let mut eve = world.register("eve@example.org").await;
        attack(&world, "ada@example.org", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0").await;
        attack(&world, "nobody@example.org", "Mozilla/5.0").await;
        let page = ada.browser.get(PAGE).await;
        assert_eq!(sentences(&page), ["A sign-in with a wrong password was refused", "Signed in with a link in a mail", "The account was made"]);
        page.shows(" · Firefox on Windows · 127.0.0.1").shows(" · Firefox on Linux · 127.0.0.1");
        assert_eq!(page.body.matches("Nobody got in").count(), 1);
        let page = eve.browser.get(PAGE).await;
        assert_eq!(sentences(&page), ["Signed in with a link in a mail", "The account was made"]);
        assert!(!page.body.contains("Nobody got in") && !page.body.contains("Windows"));
        assert_eq!(exported(&mut ada.browser, "kind").await, ["sign_in_failed", "signed_in", "account_created"]);
        assert_eq!(exported(&mut eve.browser, "kind").await, ["signed_in", "account_created"]);
    }

    async fn the_session_in_use_is_marked_and_an_ended_one_says_why(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let _other = ada.signed_in().await;
        let page = ada.browser.get(PAGE).await;
        assert_eq!(page.body.matches(">This session<").count(), 1);
        let (_, after) = page.body.split_once("Signed in with a link in a mail").unwrap();
        assert!(after.split("</p>").next().unwrap().contains("This session"), "{}", page.body);
        change_password(&mut ada.browser, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        let page = ada.browser.get(PAGE).await;
        assert_eq!(sentences(&page)[..2], ["A session was ended: the password was changed", "The password was changed"]);
    }

    async fn a_filter_shows_its_kinds_and_its_time_and_a_strange_one_everything(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in().await;
        browser.submit("/form/sign-out", &[]).await;
        world.advance(8 * DAY);
        sign_in(&mut ada.browser, &ada.email, PASSWORD).await.leads_to("/account");
        let mut shown = async |query: &str| sentences(&ada.browser.get(&format!("{PAGE}?{query}")).await);
        let (password, link) = ("Signed in with a password", "Signed in with a link in a mail");
        assert_eq!(shown("kind=sign-ins").await, [password, password, link]);
        assert_eq!(shown("kind=sessions").await, ["Signed out"]);
        assert_eq!(shown("kind=account").await, ["The account was made"]);
        for week in ["time=day", "time=week", "time=week&kind=everything", "kind=sign-ins&time=day"] {
            assert_eq!(shown(week).await, [password], "{week}");
        }
        for all in ["time=month", "", "kind=everything&time=any", "kind='%00&time=-1&before=x&after=", "before=&kind=Sessions"] {
            assert_eq!(shown(all).await.len(), 5, "{all}");
        }
        assert_eq!(shown("kind=sessions&time=day").await, [""; 0]);
        ada.browser.get("/account/activity?kind=sessions&time=day").await.shows("Nothing matches").shows("value=\"sessions\" selected");
    }

    async fn an_account_without_entries_is_told_so(world: World) {
        let mut ada = world.register("ada@example.org").await;
        world.change("UPDATE audit_entries SET account_id = NULL, salt = NULL, details = NULL").await;
        ada.browser.get(PAGE).await.shows("Nothing yet");
        assert_eq!(exported(&mut ada.browser, "kind").await.len(), 0);
        let csv = ada.browser.get(CSV).await.body;
        assert_eq!(csv, "time,kind,reason,description,device,user_agent,address,session,was,is,done,by,count,provider\r\n");
    }

    async fn pages_hold_each_entry_once_in_both_directions_and_keep_the_filter(world: World) {
        let mut ada = world.register("ada@example.org").await;
        add(&world, 30, "signed_out").await;
        add(&world, 1, "profile_changed").await;
        add(&world, 30, "signed_out").await;
        for (query, all) in [("", 63), ("?kind=sessions", 60), ("?time=month&kind=sessions", 60)] {
            let mut page = ada.browser.get(&format!("{PAGE}{query}")).await;
            assert_eq!(link(&page, "Newer"), None);
            let mut pages = vec![sentences(&page)];
            while let Some(older) = link(&page, "Older") {
                assert!(query.is_empty() || older.contains("kind=sessions"), "{older}");
                page = ada.browser.get(&older).await;
                pages.push(sentences(&page));
            }
            assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, all - 50], "{query}");
            for expected in pages.iter().rev().skip(1) {
                page = ada.browser.get(&link(&page, "Newer").unwrap()).await;
                assert_eq!(sentences(&page), *expected, "{query}");
            }
            assert_eq!(link(&page, "Newer"), None, "the first page again");
        }
    }

    async fn a_long_trail_is_looked_through_in_parts(world: World) {
        let mut ada = world.register("ada@example.org").await;
        add(&world, 10_100, "signed_out").await;
        let page = ada.browser.get("/account/activity?kind=account").await;
        page.shows("Nothing found so far");
        let page = ada.browser.get(&link(&page, "Older").unwrap()).await;
        assert_eq!((sentences(&page), link(&page, "Older")), (vec!["The account was made".to_owned()], None));
        let page = ada.browser.get(&link(&page, "Newer").unwrap()).await;
        page.shows("Nothing found so far");
        // All of it is too old: that is known without looking through all of it.
        world.advance(8 * DAY);
        sign_in(&mut ada.browser, &ada.email, PASSWORD).await.leads_to("/account");
        let page = ada.browser.get("/account/activity?kind=account&time=week").await;
        page.shows("Nothing matches");
        assert_eq!(link(&page, "Older"), None);
    }

    async fn what_an_attacker_calls_their_browser_stays_text(world: World) {
        let mut ada = world.register("ada@example.org").await;
        attack(&world, &ada.email, HOSTILE).await;
        let page = ada.browser.get(PAGE).await;
        assert!(!page.body.contains("alert(1)") && !page.body.contains("HYPERLINK"), "{}", page.body);
        page.shows("an unknown browser");
        assert_eq!(exported(&mut ada.browser, "user_agent").await[0], HOSTILE);
        let csv = ada.browser.get(CSV).await.body;
        let record = csv.lines().nth(1).unwrap();
        let cell = format!(",\"'{}\",", HOSTILE.replace('"', "\"\""));
        assert!(record.contains(&cell), "{record}");
    }

    async fn the_whole_trail_is_exported_in_both_forms(world: World) {
        let mut ada = world.register("ada@example.org").await;
        attack(&world, "nobody@example.org", "Mozilla/5.0").await;
        add(&world, 2_300, "signed_out").await;
        let json = ada.browser.get(JSON).await;
        let csv = ada.browser.get(CSV).await;
        for (answer, kind, file) in [(&json, "application/json", "activity.json"), (&csv, "text/csv; charset=utf-8; header=present", "activity.csv")] {
            assert_eq!((answer.status, answer.header("content-type"), answer.header("cache-control")), (200, kind, "no-store"));
            assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{file}\""));
            for secret in ["unknown_identifier", "salt", "mac", "commitment", "sequence", "account_id"] {
                assert!(!answer.body.contains(&format!("\"{secret}\"")) && !answer.body.contains(&format!(",{secret}")), "{secret} in {file}");
            }
        }
        let entries: Vec<Value> = serde_json::from_str(&json.body).unwrap();
        assert_eq!((entries.len(), csv.body.lines().count()), (2_302, 2_303));
        let mut names: Vec<&str> = entries[0].as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["address", "by", "count", "description", "device", "done", "is", "kind", "provider", "reason", "session", "time", "user_agent", "was"]);
        let signed_in = &entries[2_300];
        assert_eq!(signed_in["time"], "2026-03-01T12:00:00Z");
        assert_eq!((&signed_in["kind"], &signed_in["reason"]), (&"signed_in".into(), &"mail_link".into()));
        assert_eq!((&signed_in["device"], &signed_in["address"]), (&"Firefox on Linux".into(), &"127.0.0.1".into()));
        assert_eq!(world.texts("SELECT kind FROM audit_entries WHERE account_id IS NULL ORDER BY sequence").await, ["registration_asked", "sign_in_failed"]);
    }

    async fn an_export_under_way_is_broken_off_when_its_session_ends(world: World) {
        let mut ada = world.register("ada@example.org").await;
        add(&world, 3_000, "signed_out").await;
        let mut request = Request::get(JSON).header(header::COOKIE, format!("{SESSION}={}", ada.browser.session())).body(Body::empty()).unwrap();
        request.headers_mut().insert(header::USER_AGENT, ada.browser.user_agent.parse().unwrap());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000))));
        let answer = world.node.router.clone().oneshot(request).await.unwrap();
        let mut parts = answer.into_body().into_data_stream();
        assert!(parts.next().await.unwrap().unwrap().starts_with(b"["));
        ada.browser.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
        let rest: Vec<_> = parts.collect().await;
        assert!(rest.iter().any(Result::is_err), "a part passes for the whole");
        assert!(rest.len() < 3, "{} more parts", rest.len());
    }

    async fn a_file_is_not_posted_for(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut request = ada.browser.posting(JSON, &[], "application/json");
        request.headers_mut().insert(header::COOKIE, format!("{SESSION}={}", ada.browser.session()).parse().unwrap());
        let answer = send(&world.node.router, request).await;
        assert_eq!((answer.status, answer.code().as_str()), (405, "not_found"));
    }
}
