//! The keys that access tokens are signed with: how they come and go, and what verifiers are shown.

use crate::browser::{Answer, Browser};
use crate::caller::{Caller, ME};
use crate::database::Database;
use crate::each_database;
use crate::person::PASSWORD;
use crate::program::run_beside;
use crate::world::{Node, World, open};
use axum::body::Body;
use data_encoding::BASE64URL_NOPAD;
use doorward::base::clock::Clock;
use doorward::domain::signing_keys::{self, Rotation, SigningKey, State};
use doorward::request::app::App;
use doorward::run::tasks::tidy;
use http::Request;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use serde_json::json;
use std::time::Duration;

const PATH: &str = "/.well-known/jwks.json";
const SECRET: &str = "8f3a1c5e7b920d64f1a2b3c4d5e60718293a4b5c6d7e8f90a1b2c3d4e5f60711";
const ADA: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MESSAGE: &[u8] = b"what a token says";

/// What was signed, as a verifier holds it.
struct Signed {
    kid: String,
    signature: Signature,
}

async fn sign(app: &App) -> Signed {
    let key = signing_keys::signing(&app.db).await.unwrap();
    Signed { kid: key.kid, signature: Signature::from_slice(&key.private.sign(MESSAGE).unwrap()).unwrap() }
}

/// The key set, read as a verifier reads it.
async fn key_set(browser: &mut Browser) -> Vec<serde_json::Value> {
    let answer = browser.get(PATH).await;
    assert_eq!(answer.status, 200, "{}", answer.in_full());
    let set: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    set["keys"].as_array().unwrap().clone()
}

/// Whether somebody who knows the public key set alone accepts `signed`.
async fn is_accepted(browser: &mut Browser, signed: &Signed) -> bool {
    let keys = key_set(browser).await;
    let Some(key) = keys.iter().find(|key| key["kid"] == signed.kid.as_str()) else { return false };
    let coordinate = |name: &str| BASE64URL_NOPAD.decode(key[name].as_str().unwrap().as_bytes()).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    VerifyingKey::from_sec1_bytes(&point).unwrap().verify(MESSAGE, &signed.signature).is_ok()
}

/// The algorithms of the keys that verifiers are shown.
async fn published(node: &Node) -> Vec<String> {
    let keys = signing_keys::published(&node.app.db).await.unwrap();
    keys.iter().map(|key| key.private.algorithm().to_string()).collect()
}

/// A program that has just got a token.
async fn issued(node: &Node) -> Caller {
    let mut caller = Caller::new(node);
    assert_eq!(caller.sign_in(json!({ "identifier": ADA, "password": PASSWORD })).await.status, 200);
    assert_eq!(caller.get(ME).await.status, 200, "our own endpoints take what was just signed");
    caller
}

fn alg_of(caller: &Caller) -> String {
    let header = BASE64URL_NOPAD.decode(caller.access.split('.').next().unwrap().as_bytes()).unwrap();
    serde_json::from_slice::<serde_json::Value>(&header).unwrap()["alg"].as_str().unwrap().to_owned()
}

async fn states(app: &App) -> Vec<State> {
    signing_keys::published(&app.db).await.unwrap().into_iter().map(|key| key.state).collect()
}

async fn rotate(app: &App) -> Rotation {
    signing_keys::rotate(&app.db).await.unwrap()
}

async fn with_header(browser: &mut Browser, request: http::request::Builder, name: &str, value: &str) -> Answer {
    browser.send(request.header(name, value).body(Body::empty()).unwrap()).await
}

each_database! {
    async fn verifiers_find_the_public_part_of_the_key_and_nothing_else(world: World) {
        let mut browser = world.browser();
        let answer = browser.get(PATH).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwk-set+json"));
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(answer.header("access-control-allow-credentials").is_empty() && answer.cookies.is_empty());
        let keys = key_set(&mut browser).await;
        assert_eq!(keys.len(), 1);
        let members: Vec<&str> = keys[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["crv", "kty", "x", "y", "kid", "alg", "use"]);
        for (name, value) in [("kty", "EC"), ("crv", "P-256"), ("alg", "ES256"), ("use", "sig")] {
            assert_eq!(keys[0][name], value);
        }
        assert!(is_accepted(&mut browser, &sign(world.app()).await).await);
        let head = with_header(&mut browser, Request::head(PATH), "accept", "*/*").await;
        assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", answer.header("etag")));
    }

    async fn whoever_has_the_key_set_is_not_sent_it_again_until_it_changes(world: World) {
        let mut browser = world.browser();
        let tag = browser.get(PATH).await.header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let answer = with_header(&mut browser, Request::get(PATH), "if-none-match", &known).await;
            assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{known}");
            assert_eq!((answer.header("etag"), answer.header("cache-control")), (tag.as_str(), "public, max-age=300"));
        }
        rotate(world.app()).await;
        let answer = with_header(&mut browser, Request::get(PATH), "if-none-match", &tag).await;
        assert_eq!((answer.status, answer.header("etag") == tag), (200, false));
    }

    async fn nodes_that_start_at_once_make_one_key(world: World) {
        let Some(fresh) = Database::fresh(world.engine()).await else { return };
        let settings = [("DOORWARD__SERVER__SECRET_KEY", SECRET)];
        let nodes = tokio::join!(
            open(&fresh, world.clock.clone(), &settings), open(&fresh, world.clock.clone(), &settings), open(&fresh, world.clock.clone(), &settings),
        );
        let nodes = [nodes.0.unwrap(), nodes.1.unwrap(), nodes.2.unwrap()];
        let kid = signing_keys::signing(&nodes[0].db).await.unwrap().kid;
        for node in &nodes {
            assert_eq!(states(node).await, [State::Signing]);
            assert_eq!(signing_keys::signing(&node.db).await.unwrap().kid, kid);
        }
    }

    async fn nodes_that_find_at_once_that_a_key_is_due_make_one(world: World) {
        let (other, third) = (world.another(&[]).await.unwrap(), world.another(&[]).await.unwrap());
        let (a, b, c) = (world.app(), &other.app, &third.app);
        for round in 0..5 {
            world.change("DELETE FROM signing_keys").await;
            let (first, second, third) = tokio::join!(signing_keys::make_first(&a.db), signing_keys::make_first(&b.db), signing_keys::make_first(&c.db));
            first.and(second).and(third).unwrap();
            assert_eq!(states(b).await, [State::Signing], "round {round}");
            world.advance(89 * DAY);
            let (first, second, third) = tokio::join!(signing_keys::keep(&a.db), signing_keys::keep(&b.db), signing_keys::keep(&c.db));
            first.and(second).and(third).unwrap();
            assert_eq!(states(c).await, [State::Signing, State::Announced], "round {round}");
        }
    }

    async fn what_a_key_signed_is_accepted_before_during_and_after_its_rotation(world: World) {
        let mut verifier = world.browser();
        let first = sign(world.app()).await;
        world.advance(89 * DAY - Duration::from_secs(60));
        tidy(world.app(), false).await.unwrap();
        assert_eq!(states(world.app()).await, [State::Signing]);
        world.advance(Duration::from_secs(60));
        tidy(world.app(), false).await.unwrap();
        assert_eq!(states(world.app()).await, [State::Signing, State::Announced]);
        let announced = key_set(&mut verifier).await[1]["kid"].clone();
        assert_eq!(sign(world.app()).await.kid, first.kid, "a key that not every verifier knows signs nothing");
        world.advance(DAY);
        let second = sign(world.app()).await;
        assert_eq!(announced, second.kid.as_str());
        let last = Duration::from_secs(1);
        world.advance(DAY - last);
        tidy(world.app(), false).await.unwrap();
        assert!(is_accepted(&mut verifier, &first).await && is_accepted(&mut verifier, &second).await);
        world.advance(last);
        tidy(world.app(), false).await.unwrap();
        assert!(!is_accepted(&mut verifier, &first).await && is_accepted(&mut verifier, &second).await);
        assert_eq!(states(world.app()).await, [State::Signing]);
        assert!(world.audit_kinds().await.is_empty(), "nobody did anything");
    }

    async fn another_algorithm_takes_over_like_another_key_and_tokens_of_both_count_meanwhile(world: World) {
        const ALGORITHM: &str = "DOORWARD__TOKENS__ALGORITHM";
        world.register(ADA).await;
        let mut before = "ES256";
        for algorithm in ["RS256", "EdDSA"] {
            let changed = world.another(&[(ALGORITHM, algorithm)]).await.unwrap();
            for _ in 0..2 {
                signing_keys::keep(&changed.app.db).await.unwrap();
                assert_eq!(published(&changed).await, [before, algorithm], "announced once");
            }
            world.advance(DAY - MINUTE);
            let last = issued(&changed).await;
            assert_eq!(alg_of(&last), before, "not every verifier knows the new one");
            world.advance(MINUTE);
            assert_eq!(alg_of(&issued(&changed).await), algorithm);
            signing_keys::keep(&changed.app.db).await.unwrap();
            for node in [&changed, &world.node] {
                assert_eq!(last.at(node).get(ME).await.status, 200);
                assert_eq!(issued(&changed).await.at(node).get(ME).await.status, 200, "configured before the change or after");
            }
            world.advance(DAY);
            signing_keys::keep(&changed.app.db).await.unwrap();
            assert_eq!(published(&changed).await, [algorithm]);
            before = algorithm;
        }
    }

    async fn a_key_stored_as_one_of_another_algorithm_is_none(world: World) {
        for claimed in ["EdDSA", "RS256", "none"] {
            world.change(&format!("UPDATE signing_keys SET algorithm = '{claimed}'")).await;
            assert!(signing_keys::signing(&world.app().db).await.is_err(), "{claimed}");
        }
        world.change("UPDATE signing_keys SET algorithm = 'ES256'").await;
        assert!(signing_keys::signing(&world.app().db).await.is_ok());
    }

    async fn keys_made_by_a_clock_that_was_ahead_count_from_now_once_it_is_set_right(world: World) {
        let mut verifier = world.browser();
        let before = sign(world.app()).await;
        world.advance(3650 * DAY);
        tidy(world.app(), false).await.unwrap();
        world.advance(2 * DAY);
        tidy(world.app(), false).await.unwrap();
        let ahead = sign(world.app()).await;
        assert_ne!(before.kid, ahead.kid);
        world.turn_back(3652 * DAY);
        assert!(is_accepted(&mut verifier, &sign(world.app()).await).await, "it can sign meanwhile");
        for _ in 0..2 {
            tidy(world.app(), true).await.unwrap();
        }
        let now = world.clock.now();
        let keys = signing_keys::published(&world.app().db).await.unwrap();
        assert!(keys.iter().all(|key| key.created_at <= now && key.signs_from <= now.after(DAY)), "{keys:?}");
        world.advance(91 * DAY);
        tidy(world.app(), false).await.unwrap();
        world.advance(DAY);
        assert_ne!(sign(world.app()).await.kid, ahead.kid, "rotation goes on");
    }

    async fn a_small_step_of_the_clock_changes_nothing(world: World) {
        let signed = sign(world.app()).await;
        world.turn_back(Duration::from_secs(240));
        tidy(world.app(), true).await.unwrap();
        assert_eq!(sign(world.app()).await.kid, signed.kid);
        assert_eq!(states(world.app()).await, [State::Signing]);
    }

    async fn an_operator_rotates_ahead_of_time_and_the_trail_says_so(world: World) {
        let app = world.app();
        let first = sign(app).await;
        let Rotation::Made { kid, signs_from } = rotate(app).await else { panic!("one waits") };
        assert_eq!(signs_from, world.clock.now().after(DAY));
        assert_eq!(rotate(app).await, Rotation::UnderWay { kid: kid.clone(), signs_from });
        assert_eq!(world.audit_kinds().await, ["signing_keys_rotated"]);
        assert_eq!(sign(app).await.kid, first.kid);
        world.advance(DAY);
        assert_eq!(sign(app).await.kid, kid);
        world.advance(DAY);
        tidy(app, false).await.unwrap();
        assert_eq!(states(app).await, [State::Signing]);
        world.advance(87 * DAY);
        tidy(app, false).await.unwrap();
        assert_eq!(states(app).await.len(), 1, "its ninety days begin with it");
        world.advance(DAY);
        tidy(app, false).await.unwrap();
        assert_eq!(states(app).await.len(), 2);
    }

    async fn keys_that_may_be_known_to_others_are_taken_away_at_once(world: World) {
        let (app, mut verifier) = (world.app(), world.browser());
        let stolen = sign(app).await;
        rotate(app).await;
        let kid = signing_keys::revoke(&app.db).await.unwrap();
        assert!(!is_accepted(&mut verifier, &stolen).await);
        let signed = sign(app).await;
        assert_eq!((signed.kid == kid, states(app).await), (true, vec![State::Signing]));
        assert!(is_accepted(&mut verifier, &signed).await);
        assert_eq!(world.texts("SELECT details FROM audit_entries ORDER BY sequence").await[1], r#"{"reason":"revoked","by":"command_line"}"#);
    }

    async fn whoever_can_write_to_the_database_gets_no_key_published(world: World) {
        let Some(elsewhere) = Database::fresh(world.engine()).await else { return };
        let other = open(&elsewhere, world.clock.clone(), &[("DOORWARD__SERVER__SECRET_KEY", SECRET)]).await.unwrap();
        let foreign = sign(&other).await;
        let mut verifier = world.browser();
        world.change(&format!("UPDATE signing_keys SET kid = '{}'", foreign.kid)).await;
        assert!(key_set(&mut verifier).await.is_empty(), "a key under another name");
        assert!(signing_keys::signing(&world.app().db).await.is_err());
        // With no key to sign with, one is made: at the next start, or a minute later.
        tidy(world.app(), false).await.unwrap();
        assert!(is_accepted(&mut verifier, &sign(world.app()).await).await);
        assert!(!is_accepted(&mut verifier, &foreign).await);
    }

    async fn an_operator_lists_and_rotates_from_the_command_line(world: World) {
        let SigningKey { kid, .. } = signing_keys::signing(&world.app().db).await.unwrap();
        let listed = run_beside(&world, &["keys", "list", "--json"]).await;
        let line: serde_json::Value = serde_json::from_str(listed.with(0).out.trim()).unwrap();
        assert_eq!((&line["kid"], &line["algorithm"], &line["state"]), (&kid.as_str().into(), &"ES256".into(), &"signing".into()));
        assert_eq!(line["signs_from"], world.clock.now().0);
        assert!(line["retired_at"].is_null() && line["removed_at"].is_null(), "{line}");
        let made = run_beside(&world, &["keys", "rotate"]).await;
        assert!(made.with(0).out.contains("signs from"), "{made:?}");
        let refused = run_beside(&world, &["keys", "rotate"]).await;
        assert!(refused.with(1).err.contains("the next key was made before"), "{refused:?}");
        let listed = run_beside(&world, &["keys", "list"]).await;
        let lines: Vec<&str> = listed.with(0).out.lines().collect();
        assert!(lines.len() == 2 && lines[0].contains(&kid) && lines[1].contains("signs from"), "{lines:?}");
        run_beside(&world, &["keys", "rotate", "--revoke"]).await.with(0);
        let listed = run_beside(&world, &["keys", "list"]).await;
        assert!(listed.with(0).out.lines().count() == 1 && !listed.out.contains(&kid), "{listed:?}");
        run_beside(&world, &["keys"]).await.with(2);
        run_beside(&world, &["audit", "verify"]).await.with(0);
        assert_eq!(world.audit_kinds().await, ["signing_keys_rotated", "signing_keys_rotated"]);
    }

    async fn without_the_database_verifiers_are_told_to_come_back(world: World) {
        world.app().db.close().await;
        let answer = world.browser().get(PATH).await;
        assert_eq!((answer.status, answer.header("cache-control")), (503, "no-store"));
    }
}
