//! Refresh tokens: used once, with a moment's grace, and the end of the session where one is in two hands.

use crate::caller::{Caller, ME, REFRESH};
use crate::each_database;
use crate::person::PASSWORD;
use crate::world::World;
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
        // The successor was used, so whoever comes with the old one is late, however short a time it has been.
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
        let digits = first.refresh.strip_prefix("doorward_refresh_").unwrap();
        let forged = data_encoding::HEXLOWER.decode(&digits.as_bytes()[..32]).unwrap();
        let forged = doorward::server::token_text::write(doorward::server::token_text::TokenKind::Refresh, &[forged, vec![7; 32]].concat());
        world.caller().post(REFRESH, json!({ "refresh_token": *forged })).await.is(401, "invalid_grant");
        world.caller().post(crate::caller::REVOKE, json!({ "token": *forged })).await;
        assert_eq!(first.get(ME).await.status, 200);
        assert_eq!(first.refresh().await.status, 200);
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
        let secret = &first.refresh["doorward_refresh_".len() + 32..first.refresh.len() - 8];
        let column = match world.engine() {
            crate::database::Engine::Sqlite => "lower(hex(current_hash))",
            crate::database::Engine::Postgres => "encode(current_hash, 'hex')",
        };
        let stored = world.texts(&format!("SELECT {column} FROM refresh_tokens")).await;
        assert_eq!(stored.len(), 1);
        assert_ne!(stored[0], secret);
        let mut thief = first.clone();
        thief.refresh = first.refresh.replace(secret, &stored[0]);
        thief.refresh().await.is(401, "invalid_grant");
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
