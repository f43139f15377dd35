//! `/account/delete`: leaving, coming back within the week, and what is left afterwards.

use crate::browser::{Answer, Browser};
use crate::caller::ME;
use crate::database::Engine;
use crate::each_database;
use crate::person::{PASSWORD, is_signed_in, sign_in, token_of};
use crate::program::run_beside;
use crate::soft_key::SoftKey;
use crate::world::World;
use doorward::domain::{audit, groups};
use doorward::flows::deletions;
use doorward::run::tasks;
use std::time::Duration;

const EMAIL: &str = "ada.lovelace@example.org";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn delete(browser: &mut Browser) -> Answer {
    browser.submit("/form/delete-account", &[]).await
}

async fn accounts(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM accounts").await
}

async fn tidy(world: &World) {
    tasks::tidy(world.app(), false).await.unwrap();
}

/// Every table of ours and its columns, so that one that is added later is looked at too.
async fn columns(world: &World) -> Vec<(String, String)> {
    let query = match world.engine() {
        Engine::Sqlite => {
            "SELECT m.name || ' ' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\'"
        }
        Engine::Postgres => {
            "SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'"
        }
    };
    let columns = world.texts(query).await;
    columns
        .iter()
        .map(|column| column.split_once(' ').map(|(table, column)| (table.to_owned(), column.to_owned())).unwrap())
        .collect()
}

/// Where in the whole database something of this `text` stands.
async fn holding(world: &World, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column) in columns(world).await {
        let as_text = match world.engine() {
            Engine::Sqlite => format!("(CAST({column} AS TEXT) LIKE '%{text}%' OR hex({column}) LIKE '%{text}%')"),
            Engine::Postgres => format!(
                "(CAST({column} AS TEXT) ILIKE '%{text}%' OR REPLACE(CAST({column} AS TEXT), '-', '') ILIKE '%{text}%')"
            ),
        };
        if world.number(&format!("SELECT COUNT(*) FROM {table} WHERE {as_text}")).await > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

/// Ada with one of everything.
async fn with_everything(world: &World) -> Browser {
    // Later than others: ids are in the order of time.
    world.advance(MINUTE);
    let mut ada = world.register(EMAIL).await.browser;
    let fields = [("display_name", "Ada Lovelace"), ("username", "countess")];
    ada.submit("/form/save-profile", &fields).await.leads_to("/account/profile?saved");
    SoftKey::new(world).add(&mut ada).await;
    let key = crate::second_factor::key_shown(&mut ada).await;
    crate::second_factor::turn_on(world, &mut ada, &key).await;
    ada.submit("/form/make-token", &[("token_name", "Backup of Lovelace"), ("scope_profile", "on"), ("days", "30")])
        .await;
    ada.submit("/form/change-email", &[("email", "lovelace@new.example")])
        .await
        .leads_to("/account/profile?email-sent");
    let (app, account) = (world.app(), world.newest_account().await);
    let mut tx = app.db.begin_recorded().await.unwrap();
    groups::add(&mut tx, &"admins".parse().unwrap(), account, doorward::domain::audit::By::CommandLine).await.unwrap();
    tx.commit().await.unwrap();
    world.browser().submit("/form/forgot-password", &[("email", EMAIL)]).await.leads_to("/forgot-password?sent");
    world.advance(MINUTE);
    sign_in(&mut world.browser(), EMAIL, "not the password at all").await;
    ada
}

each_database! {
    async fn the_page_says_what_happens_and_the_button_signs_out_everywhere(world: World) {
        let ada = world.register(EMAIL).await;
        let (mut here, mut there) = ada.signed_in_twice().await;
        let username = world.texts("SELECT username FROM accounts").await.remove(0);
        let page = here.get("/account/delete").await;
        page.shows("8 March 2026").shows(&username).shows(EMAIL).shows("Delete account");
        assert!(is_signed_in(&mut here).await, "looking changes nothing");
        delete(&mut here).await.leads_to("/sign-in?deletion");
        here.get("/sign-in?deletion").await.shows("To keep it, sign in before then");
        assert!(!is_signed_in(&mut here).await && !is_signed_in(&mut there).await);
        there.get("/sign-in").await.shows("the account is going to be deleted");
        let letter = world.letter(EMAIL).await;
        assert!(letter.text.contains("8 March 2026") && letter.text.contains("/sign-in") && letter.text.contains("/was-it-you"), "{}", letter.text);
        world.advance(7 * DAY - MINUTE);
        tidy(&world).await;
        assert_eq!(accounts(&world).await, 1);
    }

    async fn signing_in_keeps_the_account_and_says_so(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        delete(&mut ada).await.leads_to("/sign-in?deletion");
        world.letter(EMAIL).await;
        world.advance(3 * DAY);
        let mut back = world.browser();
        assert!(sign_in(&mut back, EMAIL, "not the password at all").await.cookies.is_empty());
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE deletion_due_at IS NOT NULL").await, 1);
        sign_in(&mut back, EMAIL, PASSWORD).await.leads_to("/account?kept");
        back.get("/account?kept").await.shows("You signed in, so it stays");
        assert!(world.letter(EMAIL).await.subject.contains("stays"));
        world.advance(30 * DAY);
        tidy(&world).await;
        assert_eq!(accounts(&world).await, 1);
        back = world.browser();
        sign_in(&mut back, EMAIL, PASSWORD).await.leads_to("/account");
        back.get("/account/activity").await.shows("somebody signed in").shows("The account was asked to be deleted");
    }

    async fn a_passkey_and_a_second_factor_keep_it_too_and_half_a_sign_in_does_not(world: World) {
        let (mut ada, key, _) = crate::second_factor::protected(&world, EMAIL).await;
        let mut passkey = SoftKey::new(&world);
        passkey.add(&mut ada).await;
        delete(&mut ada).await.leads_to("/sign-in?deletion");
        world.advance(MINUTE);
        let mut back = world.browser();
        sign_in(&mut back, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE deletion_due_at IS NOT NULL").await, 1);
        back.submit("/form/second-factor", &[("code", &crate::second_factor::code(&world, &key))]).await.leads_to("/account?kept");
        delete(&mut back).await.leads_to("/sign-in?deletion");
        world.advance(MINUTE);
        let mut other = world.browser();
        passkey.sign_in(&mut other).await;
        assert!(is_signed_in(&mut other).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE deletion_due_at IS NOT NULL").await, 0);
    }

    async fn programs_are_refused_meanwhile_and_keep_nothing(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        let script = crate::personal_tokens::with_token(&world, &mut ada, &[("scope_profile", "on")]).await;
        let program = world.signed_in_caller(EMAIL, PASSWORD).await;
        for caller in [&script, &program] {
            assert_eq!(caller.get(ME).await.status, 200);
        }
        delete(&mut ada).await.leads_to("/sign-in?deletion");
        for caller in [&script, &program] {
            assert_eq!(caller.get(ME).await.status, 401);
        }
        assert_eq!(program.clone().refresh().await.status, 401);
        let again = world.caller().sign_in(serde_json::json!({ "identifier": EMAIL, "password": PASSWORD })).await;
        assert_eq!(again.status, 401, "{}", again.in_full());
        let counted = "SELECT MAX(failures + under_way + under_way_before) FROM limit_counters WHERE kind IN ('name', 'account', 'network')";
        assert_eq!(world.number(counted).await, 0, "a program that asks by itself keeps its owner waiting nowhere");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE deletion_due_at IS NOT NULL").await, 1);
        sign_in(&mut world.browser(), EMAIL, PASSWORD).await.leads_to("/account?kept");
        assert_eq!(script.get(ME).await.status, 200, "as it was");
    }

    async fn in_the_end_nothing_in_the_database_tells_of_the_person_and_the_trail_is_whole(world: World) {
        let mut eve = world.register("eve@example.org").await.browser;
        let mut ada = with_everything(&world).await;
        let id = world.newest_account().await.0.simple().to_string();
        assert!(!holding(&world, &id).await.is_empty());
        for text in ["ovelace", "countess"] {
            assert!(holding(&world, text).await.len() > 1, "{text}: {:?}", holding(&world, text).await);
        }
        let entries = world.number("SELECT COUNT(*) FROM audit_entries").await;
        delete(&mut ada).await.leads_to("/sign-in?deletion");
        world.advance(7 * DAY);
        tidy(&world).await;
        assert_eq!(accounts(&world).await, 1);
        world.letters().await;
        for text in ["ovelace", "countess", id.as_str()] {
            assert_eq!(holding(&world, text).await, Vec::<String>::new(), "{text}");
        }
        let letter = world.letters().await.into_iter().find(|letter| letter.to == EMAIL).unwrap();
        assert!(letter.subject.contains("was deleted"), "the last letter: {}", letter.subject);

        assert!(world.number("SELECT COUNT(*) FROM audit_entries").await > entries, "what happened stays");
        let audit::Verdict::Whole { erased, .. } = audit::verify(&world.app().db, &world.app().vault).await.unwrap() else { panic!("the trail is broken") };
        assert!(erased > 10, "{erased}");
        assert!(world.audit_kinds().await.contains(&"account_deleted".to_owned()));
        eve = { world.advance(MINUTE); drop(eve); world.browser() };
        sign_in(&mut eve, "eve@example.org", PASSWORD).await.leads_to("/account");
        eve.get("/account/activity").await.shows("Signed in with a password");
        run_beside(&world, &["audit", "verify"]).await.with(0);
    }

    async fn nobody_is_given_the_username_and_the_address_begins_anew(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        for username in ["countess", "enchantress"] {
            ada.submit("/form/save-profile", &[("display_name", "Ada"), ("username", username)]).await.leads_to("/account/profile?saved");
        }
        delete(&mut ada).await.leads_to("/sign-in?deletion");
        world.advance(7 * DAY);
        tidy(&world).await;
        assert!(sign_in(&mut world.browser(), EMAIL, PASSWORD).await.cookies.is_empty());
        world.unread_count(EMAIL).await;
        let mut again = world.register(EMAIL).await.browser;
        for username in ["countess", "Enchantress"] {
            again.call("/form/save-profile", &[("display_name", "Ada"), ("username", username)]).await.is(409, "username_taken");
        }
        let activity = again.get("/account/activity").await;
        assert!(!activity.body.contains("asked to be deleted"), "it begins empty");
    }

    async fn who_locks_the_account_stops_its_removal(world: World) {
        let mut thief = world.register(EMAIL).await.browser;
        delete(&mut thief).await.leads_to("/sign-in?deletion");
        let lock = world.mailed_link(EMAIL, "/was-it-you").await;
        world.browser().get(&lock).await.shows("asked to be deleted").shows("lock my account");
        world.browser().submit("/form/was-it-you", &[("token", &token_of(&lock))]).await.leads_to("/forgot-password?locked");
        world.advance(8 * DAY);
        tidy(&world).await;
        assert_eq!(accounts(&world).await, 1);
        assert_eq!(world.texts("SELECT details FROM audit_entries WHERE kind = 'deletion_stopped'").await.iter().filter(|details| details.contains("account_locked")).count(), 1);
    }

    async fn who_was_not_asked_lately_who_they_are_is_asked_first(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        world.advance(11 * MINUTE);
        ada.get("/account/delete").await.leads_to("/confirm?then=/account/delete");
        delete(&mut ada).await.leads_to("/confirm?then=/account/delete");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE deletion_due_at IS NOT NULL").await, 0);
        ada.submit("/form/confirm", &[("password", PASSWORD), ("then", "/account/delete")]).await.leads_to("/account/delete");
        delete(&mut ada).await.leads_to("/sign-in?deletion");
    }

    async fn the_last_administrator_stays(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        let mut eve = world.register("eve@example.org").await.browser;
        world.change("UPDATE accounts SET role = 'admin' WHERE email LIKE 'ada%'").await;
        ada.get("/account/delete").await.shows("Nobody else could administer this service then");
        ada.call("/form/delete-account", &[]).await.is(409, "last_administrator");
        world.change("UPDATE accounts SET role = 'admin'").await;
        let (one, other) = tokio::join!(ada.call("/form/delete-account", &[]), eve.call("/form/delete-account", &[]));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "of two at once one stays");
        // The one who stays is disabled meanwhile.
        world.change("UPDATE accounts SET disabled_at = 1 WHERE deletion_due_at IS NULL").await;
        world.advance(7 * DAY);
        tidy(&world).await;
        assert_eq!(accounts(&world).await, 2);
        let stopped = world.texts("SELECT details FROM audit_entries WHERE kind = 'deletion_stopped'").await;
        assert_eq!(stopped, ["{\"reason\":\"last_admin\"}"]);
    }

    async fn a_removal_that_breaks_off_has_not_begun_and_is_done_once_by_many(world: World) {
        let mut ada = with_everything(&world).await;
        delete(&mut ada).await.leads_to("/sign-in?deletion");
        world.advance(7 * DAY);
        world.letters().await;
        let tables = ["accounts", "sessions", "passkeys", "totp_authenticators", "personal_tokens", "used_usernames", "audit_entries", "mails"];
        let mut before = Vec::new();
        for table in tables {
            before.push(world.number(&format!("SELECT COUNT(*) FROM {table}")).await);
        }
        // Its last step fails, as when the disk is full or the process is killed there.
        let (block, unblock) = match world.engine() {
            Engine::Sqlite => ("CREATE TRIGGER no_mail BEFORE INSERT ON mails BEGIN SELECT RAISE(ABORT, 'no'); END", "DROP TRIGGER no_mail"),
            Engine::Postgres => ("ALTER TABLE mails ADD CONSTRAINT no_mail CHECK (attempts <> 0) NOT VALID", "ALTER TABLE mails DROP CONSTRAINT no_mail"),
        };
        world.change(block).await;
        deletions::finish_due(&world.app().db).await.unwrap_err();
        for (table, count) in tables.iter().zip(before) {
            assert_eq!(world.number(&format!("SELECT COUNT(*) FROM {table}")).await, count, "{table}");
        }
        world.change(unblock).await;
        let node = world.another(&[]).await.unwrap();
        let (one, other) = tokio::join!(deletions::finish_due(&world.app().db), deletions::finish_due(&node.app.db));
        assert_eq!(one.unwrap() + other.unwrap(), 1);
        assert_eq!(accounts(&world).await, 0);
    }

    async fn a_sign_in_and_the_removal_at_once_leave_a_whole_account_or_none(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        delete(&mut ada).await.leads_to("/sign-in?deletion");
        world.advance(7 * DAY);
        let mut back = world.browser();
        let (removed, _) = tokio::join!(deletions::finish_due(&world.app().db), sign_in(&mut back, EMAIL, PASSWORD));
        let left = accounts(&world).await;
        assert_eq!(left, 1 - i64::try_from(removed.unwrap()).unwrap());
        assert_eq!(back.cookie().is_some(), left == 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, left);
    }
}
