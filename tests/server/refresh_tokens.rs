//! Refresh tokens: used once, with a moment's grace, and the end of the session where one is in two
//! hands.

use crate::caller::{Caller, ME, REFRESH, REVOKE};
use crate::each_database;
use crate::limits::limited;
use crate::person::PASSWORD;
use crate::personal_tokens::{introspected, verifier};
use crate::world::World;
use data_encoding::HEXLOWER;
use doorward::base::token_text::{self, TokenKind};
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

const ADA: &str = "ada@example.org";
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn caller(world: &World) -> Caller {
    world.register(ADA).await;
    world.signed_in_caller(ADA, PASSWORD).await
}

/// Presents `token` as a copy of the program would.
async fn present(caller: &Caller, token: &str) -> Caller {
    let mut copy = caller.clone();
    copy.refresh = token.to_owned();
    copy.refresh().await;
    copy
}

async fn reasons(world: &World) -> Vec<String> {
    world.texts("SELECT end_reason FROM sessions WHERE program AND end_reason IS NOT NULL").await
}

/// The bytes of a token: its session, its number, its secret, its tag.
fn bytes_of(token: &str) -> Vec<u8> {
    let digits = token.strip_prefix("doorward_refresh_").unwrap();
    HEXLOWER.decode(&digits.as_bytes()[..digits.len() - 8]).unwrap()
}

fn text_of(bytes: &[u8]) -> String {
    token_text::write(TokenKind::Refresh, bytes).to_string()
}

/// As it would have been given out by a version that knew no tags.
fn untagged(token: &str) -> String {
    let bytes = bytes_of(token);
    text_of(&[&bytes[..16], &bytes[24..56]].concat())
}

/// Two that somebody made up who knows the session of `token`: in the form of today, and in that of
/// before.
fn made_up(token: &str) -> [String; 2] {
    let mut bytes = bytes_of(token);
    bytes[24..].fill(7);
    [text_of(&bytes), untagged(&text_of(&bytes))]
}

async fn answers_at(world: &World, path: &str, field: &str, token: &str) -> crate::browser::Answer {
    let answer = world.caller().post(path, json!({ field: token })).await;
    assert_ne!(answer.status, 503, "{path}: {}", answer.in_full());
    answer
}

each_database! {
    async fn within_ten_seconds_the_same_successor_is_given_again_until_it_is_used(world: World) {
        let mut first = caller(&world).await;
        let old = first.refresh.clone();
        assert_eq!(first.refresh().await.status, 200);
        world.advance(Duration::from_secs(10));
        let second = present(&first, &old).await;
        assert_eq!(second.refresh, first.refresh, "two windows of one program go on with one token");
        assert_eq!(second.get(ME).await.status, 200);
        let current = first.refresh.clone();
        assert_eq!(first.refresh().await.status, 200);
        assert_ne!(first.refresh, current);
        // The successor was used, so whoever comes with the old one is late, however short a time
        // it has been.
        let mut late = first.clone();
        late.refresh = old;
        late.refresh().await.is(401, "invalid_grant");
        first.get(ME).await.is(401, "invalid_token");
        first.refresh().await.is(401, "invalid_grant");
        assert_eq!(reasons(&world).await, ["refresh_token_reused"]);
    }

    async fn a_token_that_comes_again_later_ends_the_session_and_its_owner_reads_of_it(world: World) {
        let mut first = caller(&world).await;
        let old = first.refresh.clone();
        assert_eq!(first.refresh().await.status, 200);
        world.advance(Duration::from_millis(10_001));
        let mut thief = first.clone();
        thief.refresh = old;
        thief.refresh().await.is(401, "invalid_grant");
        first.get(ME).await.is(401, "invalid_token");
        first.refresh().await.is(401, "invalid_grant");
        let mut ada = world.browser();
        crate::person::sign_in(&mut ada, ADA, PASSWORD).await.leads_to("/account");
        ada.get("/account/activity").await.shows("a refresh token was used twice");
    }

    async fn of_fifty_who_present_one_token_at_once_all_go_on_with_the_same(world: World) {
        let first = caller(&world).await;
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let mut copy = first.clone();
            all.spawn(async move {
                let answer = copy.refresh().await;
                (answer.status, copy.refresh)
            });
        }
        let all = all.join_all().await;
        assert!(all.iter().all(|(status, token)| *status == 200 && *token == all[0].1), "{:?}", all.iter().map(|(status, _)| status).collect::<Vec<_>>());
        assert_eq!(world.number("SELECT rotations FROM refresh_tokens").await, 1);
        let mut one = first.clone();
        one.refresh = all[0].1.clone();
        assert_eq!(one.refresh().await.status, 200);
    }

    async fn a_token_that_somebody_wrote_down_ends_nothing(world: World) {
        let mut first = caller(&world).await;
        first.refresh().await;
        for forged in made_up(&first.refresh) {
            world.caller().post(REFRESH, json!({ "refresh_token": forged })).await.is(401, "invalid_grant");
            world.caller().post(REVOKE, json!({ "token": forged })).await;
            assert_eq!(first.get(ME).await.status, 200);
        }
        assert_eq!(first.refresh().await.status, 200);
    }

    async fn made_up_tokens_are_counted_and_told_while_nothing_can_be_written(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "4")]).await;
        let mut first = caller(&world).await;
        let used = first.refresh.clone();
        assert_eq!(first.refresh().await.status, 200);
        for forged in made_up(&first.refresh) {
            answers_at(&world, REFRESH, "refresh_token", &forged).await.is(401, "invalid_grant");
            assert_eq!(answers_at(&world, REVOKE, "token", &forged).await.status, 200);
        }
        let verifier = verifier(&world).await;
        for forged in made_up(&first.refresh) {
            assert_eq!(introspected(&verifier, &forged).await, json!({ "active": false }));
        }
        let writing = world.app().db.begin_recorded().await.unwrap();
        for forged in made_up(&first.refresh) {
            for (path, field) in [(REFRESH, "refresh_token"), (REVOKE, "token")] {
                let answer = answers_at(&world, path, field, &forged).await;
                assert_eq!(answer.is(429, "too_many_tries").header("retry-after"), "900");
            }
        }
        drop(writing);
        // What was given out is never kept waiting, whatever was made up at the same network; and
        // what was used is known as that.
        assert_eq!(first.refresh().await.status, 200);
        world.advance(Duration::from_secs(11));
        present(&first, &used).await;
        assert_eq!(reasons(&world).await, ["refresh_token_reused"]);
        for over in [&used, &first.refresh] {
            answers_at(&world, REFRESH, "refresh_token", over).await.is(401, "invalid_grant");
            assert_eq!(answers_at(&world, REVOKE, "token", over).await.status, 200, "it is worth nothing already");
        }
    }

    async fn a_token_is_known_as_used_however_long_ago_that_was(world: World) {
        let mut first = caller(&world).await;
        let old = first.refresh.clone();
        for _ in 0..3 {
            assert_eq!(first.refresh().await.status, 200);
        }
        // As many as a program that refreshes once a minute has had after a month.
        world.change("UPDATE refresh_tokens SET rotations = 43200").await;
        world.advance(Duration::from_secs(11));
        present(&first, &old).await;
        first.get(ME).await.is(401, "invalid_token");
        assert_eq!(reasons(&world).await, ["refresh_token_reused"]);
    }

    async fn a_token_from_before_there_were_tags_goes_on(world: World) {
        let mut first = caller(&world).await;
        let given = first.refresh.clone();
        first.refresh = untagged(&given);
        assert_eq!(first.refresh().await.status, 200);
        assert_eq!(bytes_of(&first.refresh).len(), 72, "and gives one of today's");
        let again = present(&first, &untagged(&given)).await;
        assert_eq!(again.refresh, first.refresh, "within the grace");
        assert_eq!(first.refresh().await.status, 200);
        assert_eq!(first.refresh().await.status, 200);
        // Older than the two that the row holds: it may as well have been made up, and ends
        // nothing.
        present(&first, &untagged(&given)).await;
        assert_eq!(first.get(ME).await.status, 200);
        let before = untagged(&first.refresh);
        assert_eq!(first.refresh().await.status, 200);
        world.advance(Duration::from_secs(11));
        present(&first, &before).await;
        assert_eq!(reasons(&world).await, ["refresh_token_reused"], "the one before is known");
    }

    async fn no_token_is_made_for_an_audience_that_was_taken_out_of_the_configuration(world: World) {
        let audience = "https://shop.example.org";
        let world = world.with(&[("DOORWARD__TOKENS__AUDIENCES", audience)]).await;
        world.register(ADA).await;
        let verifier = verifier(&world).await;
        let mut shop = world.caller();
        let wanted = json!({ "identifier": ADA, "password": PASSWORD, "audience": audience });
        assert_eq!(shop.sign_in(wanted).await.status, 200);
        let without = world.another(&[]).await.unwrap();
        let mut there = shop.at(&without);
        there.refresh().await.is(401, "invalid_grant");
        assert_eq!(introspected(&verifier.at(&without), &shop.refresh).await, json!({ "active": false }));
        // It was not used up: where the audience still is, its program goes on.
        assert_eq!(shop.refresh().await.status, 200);
    }

    async fn a_program_signs_in_again_after_a_week_without_use_and_after_a_month_in_any_case(world: World) {
        let mut idle = caller(&world).await;
        let mut busy = world.signed_in_caller(ADA, PASSWORD).await;
        for _ in 0..4 {
            world.advance(7 * DAY - Duration::from_micros(1));
            assert_eq!(busy.refresh().await.status, 200);
        }
        idle.refresh().await.is(401, "invalid_grant");
        world.advance(DAY);
        assert_eq!(busy.refresh().await.status, 200);
        world.advance(DAY - Duration::from_secs(60));
        let answer = busy.refresh().await;
        assert!(answer.json()["expires_in"].as_i64().unwrap() <= 61, "no token outlives its session");
        world.advance(Duration::from_secs(61));
        busy.refresh().await.is(401, "invalid_grant");
        busy.get(ME).await.is(401, "invalid_token");
    }

    async fn a_copy_of_the_database_refreshes_nothing(world: World) {
        let first = caller(&world).await;
        let secret = HEXLOWER.encode(&bytes_of(&first.refresh)[24..56]);
        let column = match world.engine() {
            crate::database::Engine::Sqlite => "lower(hex(current_hash))",
            crate::database::Engine::Postgres => "encode(current_hash, 'hex')",
        };
        let stored = world.texts(&format!("SELECT {column} FROM refresh_tokens")).await;
        assert_eq!(stored.len(), 1);
        assert_ne!(stored[0], secret);
        let mut thief = first.clone();
        thief.refresh = first.refresh.replace(&secret, &stored[0]);
        assert_ne!(thief.refresh, first.refresh);
        thief.refresh().await.is(401, "invalid_grant");
        let mut bytes = bytes_of(&first.refresh);
        bytes[24..56].copy_from_slice(&HEXLOWER.decode(stored[0].as_bytes()).unwrap());
        for forged in [text_of(&bytes), untagged(&text_of(&bytes))] {
            thief.refresh = forged;
            thief.refresh().await.is(401, "invalid_grant");
        }
    }

    async fn a_clock_that_was_ahead_gives_nobody_more_grace(world: World) {
        let mut first = caller(&world).await;
        let old = first.refresh.clone();
        world.advance(3600 * Duration::from_secs(1));
        assert_eq!(first.refresh().await.status, 200);
        world.turn_back(3600 * Duration::from_secs(1));
        let mut thief = first.clone();
        thief.refresh = old;
        thief.refresh().await.is(401, "invalid_grant");
    }
}
