//! What each door costs: what was made up is told before anything is written for it, and every kind
//! of row and letter has a bound.

use crate::browser::{Answer, Browser};
use crate::caller::{INTROSPECT, ME, REFRESH, REVOKE, SESSIONS, TOKEN};
use crate::limits::{ADA, from, limited};
use crate::passkeys::without_password;
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in};
use crate::providers::{begin, with_peer};
use crate::second_factor::{code, protected};
use crate::soft_key::{SoftKey, ask_for, asked};
use crate::world::World;
use crate::{each_database, forms};
use doorward::api;
use doorward::base::token_text::{self, TokenKind};
use doorward::flows::backup::tables::TABLES;
use doorward::run::tasks;
use futures_util::future::join_all;
use http::Method;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const REFUSED: &str = "SELECT COUNT(*) FROM audit_entries WHERE kind = 'passkey_refused'";
/// Answered as fast as anything is, on a machine that does a lot besides.
const SOON: Duration = Duration::from_secs(3);

/// Those that are neither forms nor of the API, as `router.rs` has them; pages are one row, but for
/// those that do something.
const OTHERS: [&str; 15] = [
    "GET any other page",
    "GET /providers/{name}/callback",
    "GET /account/second-factor/totp",
    "GET /account/state",
    "GET /account/second-factor/recovery-codes.txt",
    "GET /account/activity.json",
    "GET /account/activity.csv",
    "POST /account/data",
    "GET /auth/hand-over",
    "GET /auth/forward",
    "GET /healthz",
    "GET /readyz",
    "GET /.well-known/…",
    "GET files",
    "GET /api/v1/openapi.json",
];

fn document() -> &'static str {
    include_str!("../../docs/abuse.md")
}

/// The rows of the table below `heading`, each with what it says besides.
fn rows(heading: &str) -> Vec<(String, Vec<String>)> {
    let below = document().split_once(heading).unwrap_or_else(|| panic!("docs/abuse.md has no {heading}")).1;
    let section = below.split("\n## ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with("| `"));
    let cells =
        |line: &str| -> Vec<String> { line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect() };
    let mut rows = Vec::new();
    for line in lines {
        let mut cells = cells(line);
        let names = cells.remove(0);
        rows.extend(names.split(", ").map(|name| (name.trim_matches('`').to_owned(), cells.clone())));
    }
    rows
}

/// As the document has them: method and path.
fn doors() -> BTreeSet<String> {
    let mut doors: BTreeSet<String> = forms::all().into_iter().map(|path| format!("POST {path}")).collect();
    for (path, item) in &api::description().paths.paths {
        for (method, operation) in [("GET", &item.get), ("POST", &item.post), ("DELETE", &item.delete)] {
            if operation.is_some() {
                doors.insert(format!("{method} {}{path}", api::PATH));
            }
        }
        assert!(item.put.is_none() && item.patch.is_none(), "{path}");
    }
    doors.extend(OTHERS.map(str::to_owned));
    doors
}

fn is_whole(heading: &str, expected: &BTreeSet<String>, columns: usize) {
    let rows = rows(heading);
    let named: BTreeSet<String> = rows.iter().map(|(name, _)| name.clone()).collect();
    let missing: Vec<_> = expected.difference(&named).collect();
    let unknown: Vec<_> = named.difference(expected).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "{heading}: missing {missing:#?}, unknown {unknown:#?}");
    assert_eq!(rows.len(), named.len(), "{heading}: each once");
    for (name, says) in rows {
        assert!(says.len() == columns && says.iter().all(|cell| cell.len() >= 4), "{heading}: {name} says {says:?}");
    }
}

#[test]
fn the_table_of_what_doors_cost_has_every_door() {
    is_whole("## What each door costs", &doors(), 2);
    // A route that is added stands in the list above, and so in the table.
    let routes = |source: &str| source.matches(".route(").count();
    assert_eq!(routes(include_str!("../../src/run/router.rs")), 9, "see OTHERS");
    assert_eq!(routes(include_str!("../../src/api/well_known.rs")), 5);
    assert_eq!(routes(include_str!("../../src/api/mod.rs")), 1);
}

#[test]
fn the_table_of_what_can_pile_up_has_every_table_of_the_database() {
    let tables = TABLES.iter().map(|table| table.name.to_owned()).collect();
    is_whole("## What can pile up", &tables, 1);
}

/// In the form of a token, so that it is looked for; one in no such form is refused before.
const WELL_FORMED: &str = "7777777777777777777777777777777777777777777777777777777777777777";
/// Something made up, as it is sent to each door that is open to everybody.
const MADE_UP: [(&str, &str); 12] = [
    ("act", "sign-in"),
    ("challenge", "x"),
    ("credential", "y"),
    ("code", "000000"),
    ("email", "ada@example.org"),
    ("identifier", "ada@example.org"),
    ("language", "en"),
    ("new_password", NEW_PASSWORD),
    ("password", NEW_PASSWORD),
    ("provider", "peer"),
    ("then", "/account"),
    ("token", WELL_FORMED),
];

/// What a stranger is answered at each door. `left` is a browser that went to a provider and has
/// not come back.
async fn knock(world: &World, left: &mut Browser) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for path in forms::for_everybody() {
        let asked = tokio::time::timeout(SOON, from(world, "203.0.113.1").call(path, &MADE_UP)).await;
        answers.push(((*path).to_owned(), asked.unwrap_or_else(|_| panic!("{path} waits"))));
    }
    let refresh = token_text::write(TokenKind::Refresh, &[7; 72]);
    let personal = token_text::write(TokenKind::Personal, &[7; 32]);
    for (path, body) in [
        (TOKEN, json!({ "identifier": ADA, "password": NEW_PASSWORD })),
        (REFRESH, json!({ "refresh_token": *refresh })),
        (REVOKE, json!({ "token": *refresh })),
        (REVOKE, json!({ "token": *personal })),
        (REVOKE, json!({ "token": "a.b.c" })),
        (INTROSPECT, json!({ "token": *refresh })),
    ] {
        let caller = world.caller();
        let asked = tokio::time::timeout(SOON, caller.post(path, body)).await;
        answers.push((path.to_owned(), asked.unwrap_or_else(|_| panic!("{path} waits"))));
    }
    for token in [personal.as_str(), "a.b.c"] {
        for (method, path) in [(Method::GET, ME), (Method::GET, SESSIONS), (Method::DELETE, SESSIONS)] {
            let caller = world.caller().with(token);
            let asked =
                async { if method == Method::GET { caller.get(path).await } else { caller.delete(path).await } };
            let asked = tokio::time::timeout(SOON, asked).await;
            answers.push((format!("{method} {path}"), asked.unwrap_or_else(|_| panic!("{method} {path} waits"))));
        }
    }
    let back = format!("/providers/peer/callback?code=x&state={WELL_FORMED}");
    let asked = tokio::time::timeout(SOON, left.get(&back)).await;
    answers.push((back, asked.expect("the callback waits")));
    answers
}

/// As few tries as can be.
const STRICT: [(&str, &str); 4] = [
    ("DOORWARD__LIMITS__FREE_TRIES", "1"),
    ("DOORWARD__LIMITS__NETWORK_FAILURES", "3"),
    ("DOORWARD__LIMITS__MAILS_PER_ADDRESS", "1"),
    ("DOORWARD__LIMITS__PROVIDER_STARTS", "3"),
];
const AT_ONCE: (&str, &str) = ("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false");

each_database! {
    async fn what_strangers_make_up_is_told_while_nothing_can_be_written(world: World) {
        world.register(ADA).await;
        let mut world = world;
        for settings in [STRICT.to_vec(), [&STRICT[..], &[AT_ONCE]].concat()] {
            world.advance(2 * 60 * MINUTE);
            let (strict, _peer) = with_peer(world, &settings).await;
            world = strict;
            let mut left = world.browser();
            begin(&mut left).await;
            // Until all that is counted is used up.
            for _ in 0..5 {
                knock(&world, &mut left).await;
            }
            let entries = "SELECT COUNT(*) FROM audit_entries";
            let before = world.number(entries).await;
            let writing = world.app().db.begin_recorded().await.unwrap();
            for (door, answer) in knock(&world, &mut left).await {
                assert!(answer.status < 500, "{door}: {}", answer.in_full());
            }
            drop(writing);
            assert_eq!(world.number(entries).await, before, "and nothing was");
        }
    }

    async fn links_that_were_made_up_are_counted_at_every_door(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "3")]).await;
        for (number, (form, field)) in [
            ("/form/was-it-you", ("then", "x")),
            ("/form/confirm-email", ("then", "x")),
            ("/form/create-account-with-passkey", ("challenge", "x")),
            ("/form/set-up", ("email", ADA)),
            ("/form/set-up-with-passkey", ("email", ADA)),
        ]
        .into_iter()
        .enumerate()
        {
            let mut stranger = from(&world, &format!("203.0.113.{number}"));
            for made_up in [WELL_FORMED, &"8".repeat(64), "x"] {
                stranger.call(form, &[("token", made_up), field]).await.is(410, "link_expired");
            }
            stranger.call(form, &[("token", WELL_FORMED), field]).await.is(429, "too_many_tries");
        }
    }

    async fn a_link_that_is_right_works_whatever_was_made_up_at_its_network(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "1")]).await;
        let mut ada = world.register(ADA).await.browser;
        ada.submit("/form/change-email", &[("email", "new@example.org")]).await.leads_to("/account/profile?email-sent");
        let token = crate::person::token_of(&world.mailed_link("new@example.org", "/verify-email").await);
        let mut stranger = world.browser();
        for form in ["/form/confirm-email", "/form/was-it-you"] {
            stranger.call(form, &[("token", WELL_FORMED)]).await;
            stranger.call(form, &[("token", WELL_FORMED)]).await.is(429, "too_many_tries");
        }
        stranger.call("/form/confirm-email", &[("token", &token)]).await.goes_to("/verify-email?changed");
        let token = crate::person::token_of(&world.mailed_link(ADA, "/was-it-you").await);
        stranger.call("/form/was-it-you", &[("token", &token)]).await.goes_to("/was-it-you?held");
    }

    async fn answers_of_passkeys_that_were_made_up_fill_no_trail(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "5")]).await;
        let (_, mut key) = without_password(&world, ADA).await;
        let junk = [("challenge", "x"), ("credential", "y")];
        let all = (0..40).map(|_| {
            let mut stranger = world.browser();
            async move { stranger.call("/form/sign-in-with-passkey", &junk).await.status }
        });
        let statuses = join_all(all).await;
        assert_eq!(statuses.iter().filter(|status| **status == 403).count(), 5, "{statuses:?}");
        assert!(statuses.iter().all(|status| [403, 429].contains(status)), "{statuses:?}");
        assert_eq!(world.number(REFUSED).await, 5, "as many as may be counted, of however many at once");
        // What is right is looked at all the same.
        key.sign_in(&mut world.browser()).await.goes_to("/account/profile");
    }

    async fn whoever_is_signed_in_fills_no_trail_with_passkeys_that_were_made_up(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "5")]).await;
        let (mut ada, mut key) = without_password(&world, ADA).await;
        let junk = [("challenge", "x"), ("credential", "y")];
        for number in 0..40 {
            let refused = ada.call("/form/confirm-with-passkey", &junk).await;
            refused.is(if number < 5 { 403 } else { 429 }, if number < 5 { "passkey_refused" } else { "too_many_tries" });
        }
        assert_eq!(world.number(REFUSED).await, 5);
        key.answer(&mut ada, "confirm", "/form/confirm-with-passkey").await.goes_to("/account/profile");
    }

    async fn a_sign_in_that_waits_fills_no_trail_with_passkeys_that_were_made_up(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "5")]).await;
        let (_, mut key) = crate::passkeys::with_passkey(&world, ADA).await;
        let mut browser = world.browser();
        sign_in(&mut browser, ADA, PASSWORD).await.leads_to("/sign-in/second-factor");
        let junk = [("challenge", "x"), ("credential", "y")];
        for _ in 0..40 {
            browser.call("/form/second-factor-passkey", &junk).await;
        }
        assert_eq!(world.number(REFUSED).await, 5);
        key.answer(&mut browser, "second-factor", "/form/second-factor-passkey").await.goes_to("/account");
        assert!(is_signed_in(&mut browser).await);
    }

    async fn whether_an_address_is_taken_is_told_so_often_and_no_more(world: World) {
        let world = limited(world, &[AT_ONCE, ("DOORWARD__LIMITS__NETWORK_FAILURES", "3")]).await;
        world.browser().call("/form/register", &[("email", ADA), ("new_password", PASSWORD)]).await.goes_to("/account");
        let mut stranger = from(&world, "203.0.113.1");
        ask_for(&mut stranger, "register", "", ADA).await.is(409, "email_taken");
        let before = world.app().passwords.hasher.work_done();
        for _ in 0..2 {
            let fields = [("email", ADA), ("new_password", NEW_PASSWORD)];
            stranger.call("/form/register", &fields).await.is(409, "email_taken");
        }
        for email in [ADA, "nobody@example.org"] {
            ask_for(&mut stranger, "register", "", email).await.is(429, "too_many_tries");
            let fields = [("email", email), ("new_password", NEW_PASSWORD)];
            stranger.call("/form/register", &fields).await.is(429, "too_many_tries");
        }
        assert_eq!(world.app().passwords.hasher.work_done(), before, "before anything is hashed");
        // Elsewhere nobody waits for that.
        ask_for(&mut from(&world, "198.51.100.1"), "register", "", "eve@example.org").await;
        world.advance(20 * MINUTE);
        ask_for(&mut stranger, "register", "", ADA).await.is(409, "email_taken");
    }

    async fn accounts_that_are_made_at_once_are_counted_before_anything_is_hashed_and_with_passkeys_too(world: World) {
        let world = limited(world, &[AT_ONCE, ("DOORWARD__LIMITS__MAILS_PER_NETWORK", "2")]).await;
        let mut prepared = Vec::new();
        for email in ["one@example.org", "two@example.org"] {
            let mut browser = world.browser();
            let asked = asked(&ask_for(&mut browser, "register", "", email).await);
            let credential = SoftKey::new(&world).create(&asked).await;
            prepared.push((browser, email, asked, credential));
        }
        let mut statuses = Vec::new();
        for (browser, email, asked, credential) in &mut prepared {
            let fields = [("email", *email), ("challenge", &asked.challenge), ("credential", credential)];
            statuses.push(browser.call("/form/register-with-passkey", &fields).await.status);
            let fields = [("email", "three@example.org"), ("new_password", PASSWORD)];
            statuses.push(world.browser().call("/form/register", &fields).await.status);
        }
        assert_eq!(statuses, [200, 200, 429, 429]);
        let before = world.app().passwords.hasher.work_done();
        let fields = [("email", "four@example.org"), ("new_password", PASSWORD)];
        world.browser().call("/form/register", &fields).await.is(429, "too_many_tries");
        ask_for(&mut world.browser(), "register", "", "five@example.org").await.is(429, "too_many_tries");
        assert_eq!(world.app().passwords.hasher.work_done(), before);
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 2);
    }

    async fn one_session_has_so_many_letters_written_and_no_other_has_to_wait_for_it(world: World) {
        let (mut ada, key, _) = protected(&world, ADA).await;
        world.unread_count(ADA).await;
        let mut made = 0;
        let refused = loop {
            let answer = ada.call("/form/make-recovery-codes", &[]).await;
            if answer.status != 200 {
                break answer;
            }
            made += 1;
            assert!(made < 60, "sixty letters");
        };
        assert_eq!(refused.is(429, "too_often").header("retry-after"), "120");
        assert_eq!((made, world.unread_count(ADA).await), (29, 29), "one was for the app that was turned on");
        world.advance(MINUTE / 2);
        let mut other = world.browser();
        sign_in(&mut other, ADA, PASSWORD).await.leads_to("/sign-in/second-factor");
        other.call("/form/second-factor", &[("code", &code(&world, &key))]).await.goes_to("/account");
        other.call("/form/make-recovery-codes", &[]).await.goes_to("/account/second-factor/recovery-codes");
        ada.call("/form/make-recovery-codes", &[]).await.is(429, "too_often");
        world.advance(2 * MINUTE);
        ada.call("/form/make-recovery-codes", &[]).await.goes_to("/account/second-factor/recovery-codes");
    }

    async fn one_session_fills_the_trail_so_far_and_no_further(world: World) {
        let (mut ada, mut other) = (world.register(ADA).await.browser, world.browser());
        sign_in(&mut other, ADA, PASSWORD).await.leads_to("/account");
        let username = world.texts("SELECT username FROM accounts").await.remove(0);
        let fields = [("display_name", "Ada"), ("username", username.as_str())];
        for _ in 0..300 {
            ada.call("/form/save-profile", &fields).await.goes_to("/account/profile?saved");
        }
        let entries = world.number("SELECT COUNT(*) FROM audit_entries").await;
        ada.call("/form/save-profile", &fields).await.is(429, "too_often");
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries").await, entries);
        // The owner ends it from another session, whatever was done in it.
        other.call("/form/end-other-sessions", &[]).await.goes_to("/account/sessions?ended=1");
        assert!(!is_signed_in(&mut ada).await);
    }

    async fn of_the_sessions_of_an_account_so_many_are_kept(world: World) {
        world.register(ADA).await;
        world.add_sessions(ADA, 1300).await;
        let now = "(SELECT MAX(started_at) FROM sessions)";
        for (ends, kept) in [(1000, 1000), (300, 1000)] {
            let some = format!("SELECT handle FROM sessions WHERE address = '192.0.2.1' AND ended_at IS NULL LIMIT {ends}");
            world.change(&format!("UPDATE sessions SET ended_at = {now}, end_reason = 'replaced' WHERE handle IN ({some})")).await;
            tasks::tidy(world.app(), false).await.unwrap();
            assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NOT NULL").await, kept);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, 1, "those that are open stay");
    }
}
