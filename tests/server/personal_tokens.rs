//! Personal access tokens, from the page that makes them to the last request with one; and
//! introspection, which asks with one.

use crate::browser::{Answer, Browser};
use crate::caller::{Caller, INTROSPECT, ME, REVOKE, SESSIONS};
use crate::each_database;
use crate::enrolment::EVERYONE;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password};
use crate::second_factor::protected;
use crate::world::World;
use axum::body::Body;
use http::{Request, header};
use serde_json::json;
use std::time::Duration;

const ADA: &str = "ada@example.org";
const PAGE: &str = "/account/tokens";
const DAY: Duration = Duration::from_secs(24 * 3600);
const PROFILE: (&str, &str) = ("scope_profile", "on");

async fn make(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("token_name", "Backup script"), ("days", "30")];
    all.extend(fields);
    browser.submit("/form/make-token", &all).await
}

/// The token that the page shows, once.
async fn shown(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await;
    let from = page.body.find("doorward_pat_").unwrap_or_else(|| panic!("{}", page.in_full()));
    page.body[from..].split('<').next().unwrap().trim().to_owned()
}

pub async fn with_token(world: &World, browser: &mut Browser, fields: &[(&str, &str)]) -> Caller {
    make(browser, fields).await.leads_to(PAGE);
    let token = shown(browser).await;
    browser.submit("/form/token-saved", &[]).await.leads_to("/account/tokens?saved");
    world.caller().with(&token)
}

/// The id of the token that the page lists first.
async fn listed(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await;
    let after = page.body.split_once("name=\"revoke\" value=\"").unwrap_or_else(|| panic!("{}", page.in_full())).1;
    after.split('"').next().unwrap().to_owned()
}

/// A program that may ask about tokens, of an administrator.
pub async fn verifier(world: &World) -> Caller {
    let mut root = world.register("root@example.org").await.browser;
    world.change("UPDATE accounts SET role = 'admin' WHERE email = 'root@example.org'").await;
    with_token(world, &mut root, &[("scope_introspect", "on")]).await
}

pub async fn introspected(verifier: &Caller, token: &str) -> serde_json::Value {
    let form = Request::post(INTROSPECT)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("token={token}")))
        .unwrap();
    let answer = verifier.send(form).await;
    assert_eq!(answer.status, 200, "{}", answer.in_full());
    answer.json()
}

each_database! {
    async fn a_token_is_made_shown_once_used_and_revoked(world: World) {
        let mut ada = world.register(ADA).await.browser;
        ada.get(PAGE).await.shows("You have none");
        ada.get("/account/tokens?add").await.shows("Backup script").shows("30 days");
        let caller = with_token(&world, &mut ada, &[PROFILE]).await;
        let letter = world.letter(ADA).await;
        assert!(letter.subject.starts_with("A personal access token was made"), "{}", letter.subject);
        let page = ada.get(PAGE).await;
        assert!(!page.body.contains("doorward_pat_"), "shown once");
        page.shows("Backup script").shows("Not used yet").shows("Read your name and e-mail");

        let me = caller.get(ME).await.json();
        assert_eq!((&me["email"], &me["session"], &me["scope"]), (&json!(ADA), &json!(null), &json!("profile")));
        caller.get(SESSIONS).await.is(403, "insufficient_scope");
        caller.delete(SESSIONS).await.is(403, "insufficient_scope");
        ada.get(PAGE).await.shows("Last used").shows("127.0.0.1");

        let id = listed(&mut ada).await;
        ada.get(&format!("{PAGE}?revoke={id}")).await.shows("Revoke “Backup script”?");
        assert_eq!(caller.get(ME).await.status, 200, "asking changes nothing");
        ada.submit("/form/revoke-token", &[("token", &id)]).await.leads_to("/account/tokens?revoked");
        caller.get(ME).await.is(401, "invalid_token");
        ada.get("/account/activity").await.shows("A personal access token was made").shows("A personal access token was revoked");
    }

    async fn it_ends_with_its_time_with_a_new_password_and_with_the_account(world: World) {
        let person = world.register(ADA).await;
        let mut ada = person.browser.clone();
        let caller = with_token(&world, &mut ada, &[PROFILE]).await;
        for column in ["disabled_at", "frozen_at"] {
            world.change(&format!("UPDATE accounts SET {column} = 1")).await;
            caller.get(ME).await.is(401, "invalid_token");
            world.change(&format!("UPDATE accounts SET {column} = NULL")).await;
            assert_eq!(caller.get(ME).await.status, 200);
        }
        world.advance(30 * DAY - Duration::from_micros(1));
        assert_eq!(caller.get(ME).await.status, 200);
        world.advance(Duration::from_micros(1));
        caller.get(ME).await.is(401, "invalid_token");

        let mut ada = person.signed_in().await;
        let caller = with_token(&world, &mut ada, &[PROFILE]).await;
        assert_eq!(caller.get(ME).await.status, 200);
        change_password(&mut ada, PASSWORD, NEW_PASSWORD).await;
        caller.get(ME).await.is(401, "invalid_token");
        ada.get(PAGE).await.shows("You have none");
    }

    async fn one_of_a_closed_account_can_be_given_back_and_is_gone_when_it_opens_again(world: World) {
        for (number, column) in ["disabled_at", "frozen_at", "deletion_due_at"].into_iter().enumerate() {
            let email = format!("ada{number}@example.org");
            let mut ada = world.register(&email).await.browser;
            let caller = with_token(&world, &mut ada, &[PROFILE]).await;
            let token = caller.access.clone();
            world.change(&format!("UPDATE accounts SET {column} = 9000000000000000 WHERE email = '{email}'")).await;
            let answer = world.caller().post(REVOKE, json!({ "token": token })).await;
            assert_eq!(answer.status, 200, "{}", answer.in_full());
            world.change(&format!("UPDATE accounts SET {column} = NULL")).await;
            caller.get(ME).await.is(401, "invalid_token");
            assert_eq!(world.audit_kinds().await.iter().filter(|kind| *kind == "token_revoked").count(), number + 1);
        }
    }

    async fn making_one_needs_a_recent_proof_a_name_and_a_use(world: World) {
        let mut ada = world.register(ADA).await.browser;
        ada.call("/form/make-token", &[("token_name", "x"), ("days", "30")]).await.is(422, "token_without_use");
        ada.call("/form/make-token", &[("token_name", " "), ("days", "30"), PROFILE]).await.is(422, "invalid_token_name");
        let long = "x".repeat(41);
        ada.call("/form/make-token", &[("token_name", &long), ("days", "30"), PROFILE]).await.is(422, "invalid_token_name");
        ada.call("/form/make-token", &[("token_name", "x"), ("days", "36500"), PROFILE]).await.is(400, "bad_request");
        ada.call("/form/make-token", &[("token_name", "x"), ("days", "30"), ("scope_introspect", "on")]).await.is(422, "token_without_use");
        assert_eq!(world.number("SELECT COUNT(*) FROM personal_tokens").await, 0);
        world.advance(Duration::from_secs(660));
        make(&mut ada, &[PROFILE]).await.leads_to("/confirm?then=/account/tokens%3Fadd");
        ada.get("/account/tokens?add").await.leads_to("/confirm?then=/account/tokens%3Fadd");
        assert_eq!(world.number("SELECT COUNT(*) FROM personal_tokens").await, 0);
    }

    async fn nobody_revokes_anothers_and_another_session_is_not_shown_it(world: World) {
        let person = world.register(ADA).await;
        let mut ada = person.browser.clone();
        make(&mut ada, &[PROFILE]).await.leads_to(PAGE);
        let mut elsewhere = person.signed_in().await;
        assert!(!elsewhere.get(PAGE).await.body.contains("doorward_pat_"));
        let caller = world.caller().with(&shown(&mut ada).await);
        let id = listed(&mut elsewhere).await;
        let mut eve = world.register("eve@example.org").await.browser;
        eve.submit("/form/revoke-token", &[("token", &id)]).await.leads_to("/account/tokens?revoked");
        assert_eq!(caller.get(ME).await.status, 200);
    }

    async fn it_ends_sessions_in_no_way_and_can_be_given_back(world: World) {
        let mut ada = world.register(ADA).await.browser;
        let caller = with_token(&world, &mut ada, &[PROFILE, ("scope_sessions", "on")]).await;
        assert_eq!(caller.get(SESSIONS).await.json()["sessions"].as_array().unwrap().len(), 1);
        caller.delete(SESSIONS).await.is(403, "insufficient_scope");
        assert_eq!(caller.post(REVOKE, json!({ "token": caller.access })).await.status, 200);
        caller.get(ME).await.is(401, "invalid_token");
    }

    async fn one_made_with_a_single_factor_is_worth_nothing_where_two_are_asked_for(world: World) {
        let mut ada = world.register(ADA).await.browser;
        let single = with_token(&world, &mut ada, &[PROFILE]).await;
        let (mut bob, ..) = protected(&world, "bob@example.org").await;
        let double = with_token(&world, &mut bob, &[PROFILE]).await;
        let world = world.with(&[EVERYONE]).await;
        single.at(&world.node).get(ME).await.is(401, "invalid_token");
        assert_eq!(double.at(&world.node).get(ME).await.status, 200);
    }

    async fn a_verifier_asks_about_tokens_and_is_told_the_truth_at_once(world: World) {
        world.register(ADA).await;
        let verifier = verifier(&world).await;
        let mut ada = world.signed_in_caller(ADA, PASSWORD).await;
        let told = introspected(&verifier, &ada.access).await;
        assert_eq!((&told["active"], &told["token_type"], &told["client_id"]), (&json!(true), &json!("Bearer"), &json!("doorward")));
        assert_eq!((&told["acr"], &told["aud"]), (&json!("1"), &json!("http://localhost:3000/api/v1")));
        let old = ada.refresh.clone();
        assert_eq!(introspected(&verifier, &old).await["token_type"], "refresh_token");
        assert_eq!(introspected(&verifier, &verifier.access).await["token_type"], "personal");
        ada.refresh().await;
        let nothing = json!({ "active": false });
        assert_eq!(introspected(&verifier, &old).await, nothing, "used up");
        ada.post(REVOKE, json!({ "token": ada.access })).await;
        for token in [&ada.access, &ada.refresh, "x", "", "doorward_pat_0"] {
            assert_eq!(introspected(&verifier, token).await, nothing);
        }
        let another = world.signed_in_caller(ADA, PASSWORD).await;
        another.send(crate::caller::posting(INTROSPECT, json!({ "token": "x" }))).await.is(403, "insufficient_scope");
        world.caller().post(INTROSPECT, json!({ "token": "x" })).await.is(401, "credential_missing");
        world.change("UPDATE accounts SET role = 'member'").await;
        verifier.send(crate::caller::posting(INTROSPECT, json!({ "token": "x" }))).await.is(401, "invalid_token");
    }

    async fn an_account_has_so_many_and_no_more(world: World) {
        let mut ada = world.register(ADA).await.browser;
        for number in 0..50 {
            // More than one session may change within an hour.
            if number == 25 {
                ada = world.browser();
                crate::person::sign_in(&mut ada, ADA, PASSWORD).await.leads_to("/account");
            }
            make(&mut ada, &[PROFILE]).await.leads_to(PAGE);
        }
        ada.call("/form/make-token", &[("token_name", "x"), ("days", "30"), PROFILE]).await.is(409, "too_many_tokens");
    }
}
