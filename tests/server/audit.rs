//! What the audit trail tells, and that it shows when somebody tampered with it.

use crate::database::Engine;
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, sign_in};
use crate::world::World;
use doorward::domain::audit::{self, Verdict};
use std::time::Duration;

pub async fn verdict(world: &World) -> Verdict {
    let verified = audit::verify(&world.app().db, &world.app().vault);
    tokio::time::timeout(Duration::from_secs(20), verified).await.expect("verifying ends").unwrap()
}

/// Proves it, and gives how many entries it has.
pub async fn is_whole(world: &World) -> i64 {
    match verdict(world).await {
        Verdict::Whole { entries, .. } => entries,
        broken => panic!("{broken:?}"),
    }
}

/// A trail of some ten entries.
pub async fn some_history(world: &World) {
    let mut ada = world.register("ada@example.org").await;
    let browser = ada.signed_in().await;
    sign_in(&mut world.browser(), "nobody@example.org", PASSWORD).await;
    sign_in(&mut world.browser(), "ada@example.org", NEW_PASSWORD).await;
    change_password(&mut ada.browser, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
    drop(browser);
}

/// A copy of the first entry, with another number and everything else the same.
fn copied_to(sequence: &str) -> String {
    format!(
        "INSERT INTO audit_entries (sequence, at, kind, account_id, salt, details, commitment, mac) SELECT {sequence}, at, kind, account_id, salt, details, commitment, mac FROM audit_entries WHERE sequence = 1"
    )
}

each_database! {
    async fn each_flow_writes_its_entries(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let mut other = ada.signed_in().await;
        sign_in(&mut world.browser(), &ada.email, NEW_PASSWORD).await;
        sign_in(&mut world.browser(), "nobody@example.org", NEW_PASSWORD).await;
        ada.browser.call("/form/save-profile", &[("display_name", "Ada"), ("username", "ada.l")]).await;
        change_password(&mut other, PASSWORD, NEW_PASSWORD).await;
        let token = world.browser().submit("/form/forgot-password", &[("email", "nobody@example.org")]).await;
        token.leads_to("/forgot-password?sent");
        assert!(world.letter("ada@example.org").await.text.contains("changed"));
        let token = world.forgot_password("ada@example.org").await;
        world.browser().call("/form/reset-password", &[("token", &token), ("new_password", PASSWORD)]).await;
        let mut last = ada.signed_in().await;
        last.submit("/form/sign-out", &[]).await;
        assert_eq!(world.audit_kinds().await, [
            "registration_asked", "account_created", "signed_in", "signed_in", "sign_in_failed", "sign_in_failed", "profile_changed",
            "password_changed", "session_ended", "password_reset_asked", "password_reset_asked", "password_reset", "session_ended",
            "signed_in", "signed_out",
        ]);
        let reasons = world.texts("SELECT details FROM audit_entries WHERE kind IN ('sign_in_failed', 'session_ended') ORDER BY sequence").await;
        for (details, reason) in reasons.iter().zip(["wrong_password", "unknown_person", "password_changed", "password_reset"]) {
            assert!(details.contains(&format!("\"reason\":\"{reason}\"")), "{details}");
            assert!(details.contains("\"address\":\"127.0.0.1\"") && details.contains("Firefox/140.0"), "{details}");
        }
        assert!(matches!(verdict(&world).await, Verdict::Whole { entries: 15, erased: 0, .. }));
    }

    async fn a_trail_that_nobody_touched_is_whole(world: World) {
        assert!(matches!(verdict(&world).await, Verdict::Whole { entries: 0, .. }));
        some_history(&world).await;
        let entries = world.number("SELECT COUNT(*) FROM audit_entries").await;
        assert!(entries >= 8, "{entries}");
        let Verdict::Whole { entries: found, head, .. } = verdict(&world).await else { panic!() };
        assert_eq!((found, head.len()), (entries, 64));
    }

    async fn every_way_to_tamper_with_the_trail_is_found(world: World) {
        some_history(&world).await;
        let last = world.number("SELECT MAX(sequence) FROM audit_entries").await;
        let nobody = if world.engine() == Engine::Sqlite { "x'00000000000000000000000000000001'" } else { "'00000000-0000-0000-0000-000000000001'" };
        let bytes = if world.engine() == Engine::Sqlite { "x'00'" } else { "'\\x00'::bytea" };
        let ways: Vec<Vec<String>> = vec![
            vec!["UPDATE audit_entries SET at = at + 1 WHERE sequence = 3".to_owned()],
            vec!["UPDATE audit_entries SET kind = 'signed_out' WHERE sequence = 3".to_owned()],
            vec!["UPDATE audit_entries SET details = '{}' WHERE sequence = 3".to_owned()],
            vec![format!("UPDATE audit_entries SET account_id = {nobody} WHERE sequence = 3")],
            vec![format!("UPDATE audit_entries SET salt = {bytes} WHERE sequence = 3")],
            vec![format!("UPDATE audit_entries SET commitment = {bytes} WHERE sequence = 3")],
            vec![format!("UPDATE audit_entries SET mac = {bytes} WHERE sequence = 3")],
            vec!["UPDATE audit_entries SET details = NULL WHERE sequence = 3".to_owned()],
            vec!["UPDATE audit_entries SET salt = NULL WHERE sequence = 3".to_owned()],
            vec![format!("UPDATE audit_entries SET salt = NULL, details = NULL, account_id = {nobody} WHERE sequence = 3")],
            vec!["DELETE FROM audit_entries WHERE sequence = 1".to_owned()],
            vec!["DELETE FROM audit_entries WHERE sequence = 3".to_owned()],
            vec!["DELETE FROM audit_entries WHERE sequence = 3".to_owned(), format!("UPDATE audit_entries SET sequence = 3 WHERE sequence = {last}")],
            vec![
                "UPDATE audit_entries SET sequence = 1000 WHERE sequence = 3".to_owned(),
                "UPDATE audit_entries SET sequence = 3 WHERE sequence = 4".to_owned(),
                "UPDATE audit_entries SET sequence = 4 WHERE sequence = 1000".to_owned(),
            ],
            vec![format!("DELETE FROM audit_entries WHERE sequence = {last}")],
            vec![format!("DELETE FROM audit_entries WHERE sequence > {last} - 3")],
            vec!["DELETE FROM audit_entries".to_owned()],
            vec![format!("DELETE FROM audit_entries WHERE sequence = {last}"), copied_to(&format!("{last} + 1"))],
            vec![copied_to(&format!("{last} + 1"))],
            vec![copied_to("0")],
            vec![copied_to("-7")],
            vec!["UPDATE audit_head SET sequence = sequence - 1".to_owned()],
            vec!["UPDATE audit_head SET sequence = 0".to_owned()],
            vec!["DELETE FROM audit_head".to_owned()],
        ];
        for table in ["audit_entries", "audit_head"] {
            world.change(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        for way in &ways {
            for statement in way {
                assert!(world.change(statement).await > 0, "{statement}");
            }
            assert!(matches!(verdict(&world).await, Verdict::Broken { .. }), "{way:?}");
            for table in ["audit_entries", "audit_head"] {
                world.change(&format!("DELETE FROM {table}")).await;
                world.change(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
            }
            assert!(matches!(verdict(&world).await, Verdict::Whole { .. }), "put back after {way:?}");
        }
    }

    async fn details_can_be_erased_and_the_trail_stays_whole(world: World) {
        some_history(&world).await;
        let erased = world.change("UPDATE audit_entries SET salt = NULL, account_id = NULL, details = NULL WHERE sequence % 2 = 0").await;
        let Verdict::Whole { erased: found, .. } = verdict(&world).await else { panic!("{:?}", verdict(&world).await) };
        assert_eq!(u64::try_from(found).unwrap(), erased);
    }

    async fn a_trail_written_by_many_at_once_is_whole(world: World) {
        let ada = world.register("ada@example.org").await;
        let node = world.another(&[]).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let mut browser = if number % 2 == 0 { world.browser() } else { node.browser() };
            let email = ada.email.clone();
            tasks.spawn(async move {
                let password = if number % 3 == 0 { NEW_PASSWORD } else { PASSWORD };
                let answer = browser.call("/form/sign-in", &[("identifier", &email), ("password", password)]).await;
                assert_eq!(answer.status, if number % 3 == 0 { 401 } else { 200 }, "{}", answer.in_full());
                browser.call("/form/sign-out", &[]).await;
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        assert!(matches!(verdict(&world).await, Verdict::Whole { .. }));
        let kinds = world.audit_kinds().await;
        let count = |wanted: &str| kinds.iter().filter(|kind| *kind == wanted).count();
        assert_eq!((count("sign_in_failed"), count("signed_out")), (3, 5));
        assert_eq!(count("signed_in"), 6, "Ada's registration is one");
    }

    async fn the_trail_is_exported_as_it_was_written(world: World) {
        some_history(&world).await;
        let entries = audit::export(&world.app().db, 0).await.unwrap();
        assert_eq!(entries.iter().map(|entry| entry.kind.clone()).collect::<Vec<_>>(), world.audit_kinds().await);
        let Verdict::Whole { head, .. } = verdict(&world).await else { panic!() };
        assert_eq!(entries.last().unwrap().mac, head);
        let after = audit::export(&world.app().db, entries[2].sequence).await.unwrap();
        assert_eq!(after.len(), entries.len() - 3);
    }
}
