//! The API as a program meets it: signing in, going on, being refused, and the end.

use crate::browser::send;
use crate::caller::{ME, REFRESH, REVOKE, SESSIONS, TOKEN, basic, posting};
use crate::each_database;
use crate::enrolment::EVERYONE;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in};
use crate::second_factor::{code, protected};
use crate::world::World;
use axum::body::Body;
use data_encoding::BASE64URL_NOPAD;
use http::{Method, Request, header};
use serde_json::{Value, json};
use std::time::Duration;

const ADA: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);

/// What an access token says, without verifying it.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}

fn credentials() -> Value {
    json!({ "identifier": ADA, "password": PASSWORD })
}

each_database! {
    async fn a_program_signs_in_asks_who_it_is_and_goes_on(world: World) {
        world.register(ADA).await;
        let mut caller = world.caller();
        let answer = caller.sign_in(credentials()).await;
        let body = answer.json();
        assert_eq!(answer.status, 200);
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert_eq!(body["scope"], "profile sessions:read sessions:end");
        assert_eq!(body["refresh_expires_in"], 30 * 24 * 3600);
        assert!(answer.cookies.is_empty() && answer.header("cache-control") == "no-store", "{}", answer.in_full());

        let me = caller.get(ME).await.json();
        let said = claims(&caller.access);
        assert_eq!((&me["id"], &me["email"], &me["role"]), (&said["sub"], &json!(ADA), &json!("member")));
        assert_eq!((&me["session"]["id"], &me["session"]["amr"]), (&said["sid"], &json!(["pwd"])));
        assert_eq!((&said["iss"], &said["aud"]), (&json!("http://localhost:3000"), &json!("http://localhost:3000/api/v1")));
        assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 600);
        assert_eq!(said["iat"].as_i64().unwrap() - said["nbf"].as_i64().unwrap(), 60, "for clocks that are behind");

        world.advance(11 * MINUTE);
        caller.get(ME).await.is(401, "invalid_token");
        let before = caller.clone();
        assert_eq!(caller.refresh().await.status, 200);
        assert_ne!((&before.access, &before.refresh), (&caller.access, &caller.refresh));
        assert_eq!(caller.get(ME).await.status, 200);
        assert_eq!(claims(&caller.access)["sid"], said["sid"], "the same session");
    }

    async fn name_and_password_may_come_by_http_basic(world: World) {
        world.register(ADA).await;
        let by = async |line: String, body: Option<Value>| {
            let mut request = match body {
                Some(body) => posting(TOKEN, body),
                None => Request::post(TOKEN).body(Body::empty()).unwrap(),
            };
            request.headers_mut().insert(header::AUTHORIZATION, line.parse().unwrap());
            world.caller().send(request).await
        };
        assert_eq!(by(basic(ADA, PASSWORD), None).await.status, 200);
        let narrow = by(basic(ADA, PASSWORD), Some(json!({ "scope": "profile" }))).await;
        assert_eq!((narrow.status, &narrow.json()["scope"]), (200, &json!("profile")));
        let wrong = by(basic(ADA, "not the password"), None).await;
        wrong.is(401, "wrong_credentials");
        assert!(wrong.header("www-authenticate").starts_with("Bearer"), "a browser asks its person for a password at Basic");
        by(basic(ADA, PASSWORD), Some(credentials())).await.is(400, "malformed");
        for line in ["Basic", "Basic !", "Basic YQ==", "Digest x", "Basic /w=="] {
            by(line.to_owned(), None).await.is(400, "malformed");
        }
    }

    async fn a_refused_sign_in_is_told_alike_whoever_it_was_about(world: World) {
        world.register(ADA).await;
        world.register("disabled@example.org").await;
        world.change("UPDATE accounts SET disabled_at = 1 WHERE email = 'disabled@example.org'").await;
        let mut told = Vec::new();
        for (identifier, password) in [(ADA, "wrong"), ("nobody@example.org", PASSWORD), ("disabled@example.org", PASSWORD), ("", ""), (ADA, "")] {
            let answer = world.caller().post(TOKEN, json!({ "identifier": identifier, "password": password })).await;
            answer.is(401, "wrong_credentials");
            let mut body = answer.json();
            body["instance"] = Value::Null;
            told.push(body);
        }
        assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
        assert_eq!(world.audit_kinds().await.iter().filter(|kind| *kind == "sign_in_failed").count(), 3);
    }

    async fn a_second_factor_is_asked_for_after_the_password_and_counted(world: World) {
        let (_, key, codes) = protected(&world, ADA).await;
        world.advance(MINUTE);
        let answer = world.caller().post(TOKEN, credentials()).await;
        answer.is(401, "second_factor_required");
        assert_eq!(answer.json()["factors"], json!(["totp", "recovery_code"]));
        assert_eq!(answer.json()["type"], "urn:doorward:problem:second_factor_required");
        world.caller().post(TOKEN, json!({ "identifier": ADA, "password": "wrong" })).await.is(401, "wrong_credentials");

        let with = |code: &str| json!({ "identifier": ADA, "password": PASSWORD, "code": code });
        let (mut caller, now) = (world.caller(), code(&world, &key));
        assert_eq!(caller.sign_in(with(&now)).await.status, 200);
        let said = claims(&caller.access);
        assert_eq!((&said["amr"], &said["acr"]), (&json!(["pwd", "otp", "mfa"]), &json!("2")));
        world.caller().post(TOKEN, with(&now)).await.is(401, "wrong_code");
        assert_eq!(world.caller().sign_in(with(&codes[0])).await.status, 200, "a recovery code");
        for _ in 0..5 {
            world.caller().post(TOKEN, with("000000")).await.is(401, "wrong_code");
        }
        let late = world.caller().post(TOKEN, with(&codes[1])).await;
        late.is(429, "codes_too_fast");
        assert_eq!((late.header("retry-after"), &late.json()["retry_after"]), ("60", &json!(60)));
    }

    async fn nobody_comes_in_who_must_set_up_a_second_factor_first(world: World) {
        world.register(ADA).await;
        let mut before = world.signed_in_caller(ADA, PASSWORD).await;
        let world = world.with(&[EVERYONE]).await;
        world.caller().post(TOKEN, credentials()).await.is(403, "second_factor_enrolment_required");
        before = before.at(&world.node);
        before.get(ME).await.is(401, "invalid_token");
        before.refresh().await.is(401, "invalid_grant");
    }

    async fn what_ends_a_session_ends_its_tokens_at_the_next_request_on_every_node(world: World) {
        let ada = world.register(ADA).await;
        let another = world.another(&[]).await.unwrap();
        let mut ends: Vec<(&str, &str)> = vec![
            ("disabled", "UPDATE accounts SET disabled_at = 1"),
            ("locked", "UPDATE accounts SET frozen_at = 1"),
            ("ended", "UPDATE sessions SET ended_at = 1, end_reason = 'ended_by_admin' WHERE ended_at IS NULL"),
        ];
        for (what, statement) in ends.drain(..) {
            let mut caller = world.signed_in_caller(ADA, PASSWORD).await;
            assert_eq!(caller.at(&another).get(ME).await.status, 200);
            world.change(statement).await;
            let mut elsewhere = caller.at(&another);
            elsewhere.get(ME).await.is(401, "invalid_token");
            elsewhere.refresh().await.is(401, "invalid_grant");
            caller.refresh().await.is(401, "invalid_grant");
            world.change("UPDATE accounts SET disabled_at = NULL, frozen_at = NULL").await;
            assert!(what == "ended" || caller.refresh().await.status == 200, "{what}: only for as long");
        }
        let caller = world.signed_in_caller(ADA, PASSWORD).await;
        change_password(&mut ada.signed_in().await, PASSWORD, NEW_PASSWORD).await;
        caller.get(ME).await.is(401, "invalid_token");
    }

    async fn sessions_are_listed_and_ended_one_by_one_or_all(world: World) {
        let ada = world.register(ADA).await;
        let (mut phone, mut laptop) = ada.signed_in_twice().await;
        let (caller, other) = (world.signed_in_caller(ADA, PASSWORD).await, world.signed_in_caller(ADA, PASSWORD).await);
        let listed = caller.get(SESSIONS).await.json();
        let listed = listed["sessions"].as_array().unwrap().clone();
        assert_eq!(listed.len(), 5);
        let own: Vec<&Value> = listed.iter().filter(|one| one["current"] == true).collect();
        assert_eq!((own.len(), &own[0]["kind"], &own[0]["device"]), (1, &json!("program"), &json!("shop-sync")));
        let of_other = claims(&other.access)["sid"].as_str().unwrap().to_owned();
        assert_eq!(caller.delete(&format!("{SESSIONS}/{of_other}")).await.status, 204);
        other.get(ME).await.is(401, "invalid_token");
        caller.delete(&format!("{SESSIONS}/{of_other}")).await.is(404, "not_found");
        for unknown in ["0", "01890a5d-ac96-774b-bcce-b302099a8057", "%00", "..%2f"] {
            caller.delete(&format!("{SESSIONS}/{unknown}")).await.is(404, "not_found");
        }
        let answer = caller.delete(SESSIONS).await;
        assert_eq!((answer.status, &answer.json()["ended"]), (200, &json!(3)));
        assert!(!is_signed_in(&mut phone).await && !is_signed_in(&mut laptop).await);
        assert_eq!(caller.get(ME).await.status, 200);
        world.advance(11 * MINUTE);
        let mut caller = caller;
        assert_eq!(caller.refresh().await.status, 200);
        caller.delete(SESSIONS).await.is(403, "confirmation_required");
    }

    async fn nobody_sees_or_ends_anothers_sessions(world: World) {
        let (ada, eve) = (world.register(ADA).await, world.register("eve@example.org").await);
        let caller = world.signed_in_caller(ADA, PASSWORD).await;
        let eves = world.signed_in_caller(&eve.email, PASSWORD).await;
        let of_ada = claims(&caller.access)["sid"].as_str().unwrap().to_owned();
        eves.delete(&format!("{SESSIONS}/{of_ada}")).await.is(404, "not_found");
        assert!(!eves.get(SESSIONS).await.body.contains(&of_ada));
        assert_eq!(eves.delete(SESSIONS).await.status, 200);
        assert_eq!(caller.get(ME).await.status, 200);
        assert!(is_signed_in(&mut ada.browser.clone()).await);
    }

    async fn signing_out_everywhere_else_in_a_browser_ends_programs_too(world: World) {
        let ada = world.register(ADA).await;
        let caller = world.signed_in_caller(ADA, PASSWORD).await;
        let mut browser = ada.browser.clone();
        browser.get("/account/sessions").await.shows("shop-sync");
        browser.submit("/form/end-other-sessions", &[]).await.leads_to("/account/sessions?ended=1");
        caller.get(ME).await.is(401, "invalid_token");
    }

    async fn a_browser_calls_with_its_cookie_and_no_other_site_does_in_its_name(world: World) {
        let mut ada = world.register(ADA).await.browser;
        let get = |path: &str, site: &str, origin: Option<&str>, method: Method| {
            let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", site);
            if let Some(origin) = origin {
                request = request.header(header::ORIGIN, origin);
            }
            request.body(Body::empty()).unwrap()
        };
        let me = ada.send(get(ME, "same-origin", None, Method::GET)).await;
        assert_eq!((me.status, &me.json()["email"]), (200, &json!(ADA)));
        for (site, origin) in [("cross-site", Some("https://evil.example")), ("same-site", Some("http://app.localhost:3000")), ("cross-site", None)] {
            ada.send(get(SESSIONS, site, origin, Method::DELETE)).await.is(403, "forbidden");
        }
        assert_eq!(ada.send(get(SESSIONS, "same-origin", Some("http://localhost:3000"), Method::DELETE)).await.status, 200);
        assert!(is_signed_in(&mut ada).await);
    }

    async fn beside_a_token_no_cookie_counts(world: World) {
        let mut ada = world.register(ADA).await.browser;
        world.register("eve@example.org").await;
        let eve = world.signed_in_caller("eve@example.org", PASSWORD).await;
        let with = |line: &str| Request::get(ME).header(header::AUTHORIZATION, line).body(Body::empty()).unwrap();
        let answer = ada.send(with(&format!("Bearer {}", eve.access))).await;
        assert_eq!(answer.json()["email"], "eve@example.org");
        for line in ["Bearer x", "Bearer ", "Bearer", "bearer a.b.c", "", "Basic eA=="] {
            let answer = ada.send(with(line)).await;
            assert_eq!(answer.status, 401, "{line}: {}", answer.in_full());
        }
        let twice = Request::get(ME)
            .header(header::AUTHORIZATION, format!("Bearer {}", eve.access))
            .header(header::AUTHORIZATION, format!("Bearer {}", eve.access));
        ada.send(twice.body(Body::empty()).unwrap()).await.is(401, "invalid_token");
    }

    async fn hostile_tokens_are_refused_and_break_nothing(world: World) {
        world.register(ADA).await;
        let caller = world.signed_in_caller(ADA, PASSWORD).await;
        let parts: Vec<&str> = caller.access.split('.').collect();
        let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let header = |alg: &str, typ: &str| part(json!({ "alg": alg, "typ": typ, "kid": "x" }));
        let mut longer = claims(&caller.access);
        longer["exp"] = json!(9_999_999_999_i64);
        let tokens = [
            format!("{}.{}.", header("none", "at+jwt"), parts[1]),
            format!("{}.{}.{}", header("HS256", "at+jwt"), parts[1], parts[2]),
            format!("{}.{}.{}", header("ES256", "JWT"), parts[1], parts[2]),
            format!("{}.{}.{}", parts[0], part(longer), parts[2]),
            format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)),
            format!("{}.{}.{}", parts[0], parts[1], ""),
            format!("{}.{}", parts[0], parts[1]),
            caller.access.repeat(4),
            "x".repeat(20_000),
            "..".to_owned(),
            caller.refresh.clone(),
            format!("doorward_pat_{}", "0".repeat(72)),
        ];
        for token in tokens {
            caller.with(&token).get(ME).await.is(401, "invalid_token");
        }
        let odd = Request::get(ME).header(header::AUTHORIZATION, &b"Bearer \xff"[..]).body(Body::empty()).unwrap();
        world.caller().send(odd).await.is(401, "invalid_token");
        assert_eq!(caller.get(ME).await.status, 200);
    }

    async fn a_token_is_for_whom_it_names_and_has_what_was_asked_for(world: World) {
        let world = world.with(&[("DOORWARD__TOKENS__AUDIENCES", "https://shop.example.org")]).await;
        world.register(ADA).await;
        let ask = async |audience: &str, scope: Option<&str>| {
            let mut body = credentials();
            body["audience"] = json!(audience);
            if let Some(scope) = scope {
                body["scope"] = json!(scope);
            }
            let mut caller = world.caller();
            (caller.sign_in(body).await, caller)
        };
        let (answer, mut shop) = ask("https://shop.example.org", None).await;
        assert_eq!((answer.status, &answer.json()["scope"]), (200, &json!("profile")));
        assert_eq!(claims(&shop.access)["aud"], "https://shop.example.org");
        shop.get(ME).await.is(401, "invalid_token");
        assert_eq!(shop.refresh().await.status, 200);
        assert_eq!(claims(&shop.access)["aud"], "https://shop.example.org", "no other by refreshing");

        let (answer, narrow) = ask("http://localhost:3000/api/v1", Some("sessions:read")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(narrow.get(SESSIONS).await.status, 200);
        let refused = narrow.get(ME).await;
        refused.is(403, "insufficient_scope");
        assert_eq!(refused.json()["scope"], "profile");
        narrow.delete(SESSIONS).await.is(403, "insufficient_scope");
        ask("https://other.example.org", None).await.0.is(400, "unknown_audience");
        for scope in ["", "admin", "tokens:introspect", "profile,sessions:read"] {
            ask("http://localhost:3000/api/v1", Some(scope)).await.0.is(400, "invalid_scope");
        }
        ask("https://shop.example.org", Some("sessions:end")).await.0.is(400, "invalid_scope");
    }

    async fn what_is_no_request_is_told_as_a_problem_and_repeats_nothing(world: World) {
        let raw = async |kind: &str, body: &str| {
            let request = Request::post(TOKEN).header(header::CONTENT_TYPE, kind).body(Body::from(body.to_owned())).unwrap();
            world.caller().send(request).await
        };
        raw("text/plain", "{}").await.is(415, "unsupported_media_type");
        raw("application/x-www-form-urlencoded", "identifier=a&password=b").await.is(415, "unsupported_media_type");
        for body in ["", "{", "[]", "null", "{\"identifier\": 1}", "{\"password\": [\"canary\"]}", "\u{0}"] {
            let answer = raw("application/json", body).await;
            answer.is(400, "malformed");
            assert!(!answer.body.contains("canary"));
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.json()["instance"], format!("urn:uuid:{}", answer.header("x-request-id")));
        }
        raw("application/json", &format!("{{\"identifier\": \"{}\"}}", "a".repeat(40_000))).await.is(413, "too_large");
        raw("application/json", "{\"identifier\": \"a\\u0000\", \"password\": \"a\\u0000b\"}").await.is(401, "wrong_credentials");
        for (method, path, status, code) in [
            (Method::GET, TOKEN, 405, "method_not_allowed"),
            (Method::PUT, ME, 405, "method_not_allowed"),
            (Method::GET, "/api/v1/nothing", 404, "not_found"),
            (Method::GET, ME, 401, "credential_missing"),
        ] {
            let request = Request::builder().method(method).uri(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
            let answer = send(&world.node.router, request).await;
            answer.is(status, code);
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        }
    }

    async fn pages_of_configured_origins_may_call_with_a_token_and_never_with_a_cookie(world: World) {
        let world = world.with(&[("DOORWARD__TOKENS__CORS_ORIGINS", "https://app.example.org")]).await;
        let mut ada = world.register(ADA).await.browser;
        let caller = world.signed_in_caller(ADA, PASSWORD).await;
        let from = |origin: &str, method: Method, path: &str| {
            Request::builder().method(method).uri(path).header(header::ORIGIN, origin).header("sec-fetch-site", "cross-site")
        };
        let preflight = from("https://app.example.org", Method::OPTIONS, SESSIONS)
            .header("access-control-request-method", "DELETE")
            .header("access-control-request-headers", "authorization");
        let answer = send(&world.node.router, preflight.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, "https://app.example.org"));
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let listed = caller.send(from("https://app.example.org", Method::GET, SESSIONS).body(Body::empty()).unwrap()).await;
        assert_eq!((listed.status, listed.header("access-control-allow-origin")), (200, "https://app.example.org"));
        let ended = caller.send(from("https://app.example.org", Method::DELETE, SESSIONS).body(Body::empty()).unwrap()).await;
        assert_eq!(ended.status, 200, "{}", ended.in_full());
        let foreign = caller.send(from("https://evil.example", Method::GET, ME).body(Body::empty()).unwrap()).await;
        assert_eq!(foreign.header("access-control-allow-origin"), "");

        ada.submit("/form/sign-in", &[("identifier", ADA), ("password", PASSWORD)]).await.leads_to("/account");
        ada.send(from("https://app.example.org", Method::DELETE, SESSIONS).body(Body::empty()).unwrap()).await.is(403, "forbidden");
        let page = ada.send(from("https://app.example.org", Method::GET, "/account").body(Body::empty()).unwrap()).await;
        assert_eq!(page.header("access-control-allow-origin"), "", "nothing but the API");
    }

    async fn a_program_gives_back_what_it_has(world: World) {
        world.register(ADA).await;
        for access in [true, false] {
            let mut caller = world.signed_in_caller(ADA, PASSWORD).await;
            let token = if access { caller.access.clone() } else { caller.refresh.clone() };
            assert_eq!(caller.post(REVOKE, json!({ "token": token })).await.status, 200);
            caller.get(ME).await.is(401, "invalid_token");
            caller.refresh().await.is(401, "invalid_grant");
        }
        let mut caller = world.signed_in_caller(ADA, PASSWORD).await;
        let old = caller.refresh.clone();
        assert_eq!(caller.refresh().await.status, 200);
        let form = Request::post(REVOKE)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("token={old}&token_type_hint=refresh_token")))
            .unwrap();
        assert_eq!(caller.with("").send(form).await.status, 200, "as RFC 7009 has it, and an old one too");
        caller.get(ME).await.is(401, "invalid_token");
        for nothing in ["", "x", "doorward_refresh_"] {
            assert_eq!(world.caller().post(REVOKE, json!({ "token": nothing })).await.status, 200, "{nothing}");
        }
        world.caller().post(REFRESH, json!({ "refresh_token": "x" })).await.is(401, "invalid_grant");
        world.caller().post(REFRESH, json!({})).await.is(400, "malformed");
    }

    async fn a_program_that_signs_in_often_signs_nobody_else_out(world: World) {
        let world = world.with(&[("DOORWARD__SESSION__MAX_PER_USER", "3")]).await;
        let mut ada = world.register(ADA).await.browser;
        let first = world.signed_in_caller(ADA, PASSWORD).await;
        for _ in 0..3 {
            world.advance(Duration::from_secs(1));
            world.signed_in_caller(ADA, PASSWORD).await;
        }
        first.get(ME).await.is(401, "invalid_token");
        assert!(is_signed_in(&mut ada).await);
        assert_eq!(world.notices(ADA).await.len(), 1, "the first sign-in of a program is told, and no other");
    }
}
