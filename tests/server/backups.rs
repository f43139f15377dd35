//! What a backup holds, what it is after a restore, and what a restore ends.

use crate::audit::is_whole;
use crate::browser::Browser;
use crate::caller::{Caller, ME};
use crate::database::Engine;
use crate::each_database;
use crate::imports::{OLD_PASSWORD, SCRYPT};
use crate::oidc_peer::{Peer, who};
use crate::passkeys::{with_passkey, without_password};
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, sign_in};
use crate::providers::{come_by, with_peer};
use crate::second_factor::{code, protected};
use crate::soft_key::SoftKey;
use crate::world::World;
use doorward::base::clock::Clock;
use doorward::domain::accounts::{self, Email};
use doorward::domain::audit::{self, By};
use doorward::domain::factors::totp::Key;
use doorward::domain::invitations::{self, Inviter};
use doorward::domain::{groups, signing_keys};
use doorward::flows::backup::{self, NotRestored, Reader, Restored};
use doorward::flows::factor_resets;
use doorward::flows::imports::{self, Options};
use doorward::run::tasks;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);
const STEP: &str = "/sign-in/second-factor";
const ADA: &str = "ada@example.org";

pub fn other(engine: Engine) -> Engine {
    match engine {
        Engine::Sqlite => Engine::Postgres,
        Engine::Postgres => Engine::Sqlite,
    }
}

pub async fn back_up(world: &World) -> Vec<u8> {
    backup::write(&world.app().db, Vec::new()).await.unwrap().output
}

pub async fn restore(world: &World, file: &[u8], replace: bool) -> Result<Restored, NotRestored> {
    backup::restore(&world.app().db, Reader::open(file, &world.app().vault)?, replace).await
}

/// The lines of a backup.
pub fn lines(file: &[u8]) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The rows of each table.
fn rows(file: &[u8]) -> BTreeMap<String, BTreeSet<String>> {
    let (mut rows, mut table) = (BTreeMap::<String, BTreeSet<String>>::new(), String::new());
    for line in lines(file) {
        if line.starts_with('[') {
            assert!(rows.get_mut(&table).unwrap().insert(line), "no row is there twice");
        } else if let Some(name) = serde_json::from_str::<Value>(&line).unwrap()["table"].as_str() {
            table = name.to_owned();
            rows.insert(table.clone(), BTreeSet::new());
        }
    }
    rows
}

pub async fn accounts_in(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM accounts").await
}

/// People with one of everything that signs in, and what they hold.
struct People {
    ada: Browser,
    key: Key,
    codes: Vec<String>,
    trusted: Browser,
    script: Caller,
    program: Caller,
    reset_token: String,
    pat: SoftKey,
    kim: SoftKey,
    peer: Peer,
}

async fn account(world: &World, email: &str) -> accounts::AccountId {
    accounts::find_by_email(&world.app().db, &Email::parse(email).unwrap()).await.unwrap().unwrap().id
}

impl People {
    async fn of(world: &World, peer: Peer) -> Self {
        let app = world.app();
        // Somebody who left: what stays of them must stay gone.
        let mut gone = world.register("gone@example.org").await.browser;
        gone.submit("/form/delete-account", &[]).await.leads_to("/sign-in?deletion");
        world.advance(8 * DAY);
        tasks::tidy(app, false).await.unwrap();

        let (mut ada, key, codes) = protected(world, ADA).await;
        let fields = [("display_name", "Özge \"王\" \\ 🙂"), ("username", "countess")];
        ada.submit("/form/save-profile", &fields).await.leads_to("/account/profile?saved");
        let script = crate::personal_tokens::with_token(world, &mut ada, &[("scope_profile", "on")]).await;
        let mut trusted = world.browser();
        world.advance(MINUTE);
        sign_in(&mut trusted, ADA, PASSWORD).await.leads_to(STEP);
        let fields = [("code", code(world, &key)), ("trust", "on".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        trusted.submit("/form/second-factor", &fields).await.leads_to("/account");

        let (_, pat) = with_passkey(world, "pat@example.org").await;
        let (_, kim) = without_password(world, "kim@example.org").await;
        come_by(&peer, &mut world.browser(), who("gil", "gil@example.org")).await.leads_to("/account");
        for email in ["bob@example.org", "dora@example.org", "lou@example.org", "leaving@example.org"] {
            world.register(email).await;
        }
        let program = world.signed_in_caller("bob@example.org", PASSWORD).await;
        let reset_token = world.forgot_password("bob@example.org").await;
        let file = format!("email,username,password_hash\neve@example.org,eve,{SCRYPT}\n");
        imports::import(&app.db, file.as_bytes(), Options { dry_run: false, continue_on_error: false }).await.unwrap();

        let of_ada = account(world, ADA).await;
        let mut tx = app.db.begin_recorded().await.unwrap();
        groups::add(&mut tx, &"staff".parse().unwrap(), of_ada, By::CommandLine).await.unwrap();
        tx.commit().await.unwrap();
        let now = world.clock.now().0;
        for (change, email) in [
            (format!("disabled_at = {now}"), "dora@example.org"),
            (format!("frozen_at = {now}"), "lou@example.org"),
            ("role = 'admin'".to_owned(), ADA),
        ] {
            assert_eq!(world.change(&format!("UPDATE accounts SET {change} WHERE email = '{email}'")).await, 1);
        }
        // Wrong tries, which are counted.
        sign_in(&mut world.browser(), "bob@example.org", NEW_PASSWORD).await;
        let mut leaving = world.browser();
        sign_in(&mut leaving, "leaving@example.org", PASSWORD).await.leads_to("/account");
        leaving.submit("/form/delete-account", &[]).await.leads_to("/sign-in?deletion");
        world.letters().await;
        Self { ada, key, codes, trusted, script, program, reset_token, pat, kim, peer }
    }

    /// Of what they held when the backup was made, nothing opens anything in `world`.
    async fn hold_nothing(&self, world: &World) {
        for browser in [&self.ada, &self.trusted] {
            let mut browser = browser.at(&world.node.router);
            assert!(!is_signed_in(&mut browser).await);
            browser.get("/sign-in").await.shows("restored from a backup");
            // Trusted no more.
            sign_in(&mut browser, ADA, PASSWORD).await.leads_to(STEP);
        }
        for program in [&self.script, &self.program] {
            assert_eq!(program.at(&world.node).get(ME).await.status, 401);
        }
        assert_ne!(self.program.at(&world.node).refresh().await.status, 200);
        let fields = [("token", self.reset_token.as_str()), ("new_password", NEW_PASSWORD)];
        assert_eq!(world.browser().call("/form/reset-password", &fields).await.status, 410);
        let mut browser = world.browser();
        sign_in(&mut browser, ADA, PASSWORD).await.leads_to(STEP);
        browser.call("/form/second-factor", &[("code", &self.codes[0])]).await.is(422, "wrong_recovery_code");
    }

    async fn sign_in(&mut self, world: &World) {
        world.advance(2 * MINUTE);
        for (name, password) in [("bob@example.org", PASSWORD), ("eve", OLD_PASSWORD)] {
            sign_in(&mut world.browser(), name, password).await.leads_to("/account");
            world
                .browser()
                .call("/form/sign-in", &[("identifier", name), ("password", NEW_PASSWORD)])
                .await
                .is(401, "wrong_credentials");
        }
        for shut in ["dora@example.org", "lou@example.org", "gone@example.org"] {
            let fields = [("identifier", shut), ("password", PASSWORD)];
            world.browser().call("/form/sign-in", &fields).await.is(401, "wrong_credentials");
        }
        let mut ada = world.browser();
        sign_in(&mut ada, "countess", PASSWORD).await.leads_to(STEP);
        ada.submit("/form/second-factor", &[("code", &code(world, &self.key))]).await.leads_to("/account");
        let activity = ada.get("/account/activity").await;
        activity.shows("The recovery codes were ended").shows("An access token was ended: the service was restored");
        activity.shows("A session was ended: the service was restored from a backup");
        // Both engines find people by what they make of the rows themselves.
        for part in ["zge", "王", "countess", "da@exam"] {
            let text = url::form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
            ada.get(&format!("/admin/users?text={text}")).await.shows(ADA);
        }
        ada.get("/admin/activity").await.shows("The service was restored from a backup of 9 March 2026");
        for key in [&mut self.pat, &mut self.kim] {
            let mut browser = world.browser();
            assert_eq!(key.sign_in(&mut browser).await.status, 200);
            assert!(is_signed_in(&mut browser).await);
        }
        let before = accounts_in(world).await;
        let mut gil = world.browser();
        come_by(&self.peer, &mut gil, who("gil", "gil@example.org")).await.leads_to("/account");
        assert_eq!(accounts_in(world).await, before, "no second account");
        assert_eq!(world.texts("SELECT group_name FROM group_members").await, ["staff"]);
        world.signed_in_caller("bob@example.org", PASSWORD).await.get(ME).await.is_ok();
        world.letters().await;
    }
}

impl crate::browser::Answer {
    #[track_caller]
    fn is_ok(&self) {
        assert_eq!(self.status, 200, "{}", self.in_full());
    }
}

/// What nothing of ends with a restore.
const UNCHANGED: [&str; 11] = [
    "accounts",
    "used_usernames",
    "former_usernames",
    "devices",
    "passkeys",
    "identities",
    "group_members",
    "factor_failures",
    "device_failures",
    "limit_counters",
    "failed_tries",
];

each_database! {
    /// The whole way there and back.
    async fn everybody_signs_in_after_a_move_to_the_other_database_and_back(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let settings = peer.settings("peer");
        let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let mut people = People::of(&world, peer).await;
        let (mut file, mut from) = (back_up(&world).await, world);
        let keys = signing_keys::published(&from.app().db).await.unwrap();
        for engine in [other(from.engine()), from.engine()] {
            let Some(to) = from.empty_copy(engine, &settings).await else { return };
            let restored = restore(&to, &file, false).await.unwrap();
            assert_eq!(restored.rows["accounts"], u64::try_from(accounts_in(&to).await).unwrap());
            let (before, after) = (rows(&file), rows(&back_up(&to).await));
            for table in UNCHANGED {
                // But for the day on which an account is going to be deleted.
                let of = |rows: &BTreeMap<String, BTreeSet<String>>| {
                    rows[table].iter().filter(|row| !row.contains("leaving@example.org")).cloned().collect::<BTreeSet<_>>()
                };
                assert_eq!(of(&before), of(&after), "{table}");
                assert_eq!(before[table].len(), after[table].len(), "{table}");
            }
            assert!(UNCHANGED[..7].iter().all(|table| !before[*table].is_empty()), "there was something to compare");
            assert!(before["audit_entries"].is_subset(&after["audit_entries"]), "the trail goes on where it was");
            let new = signing_keys::published(&to.app().db).await.unwrap();
            assert!(new.len() == 1 && keys.iter().all(|key| key.kid != new[0].kid), "no key comes back");
            is_whole(&to).await;
            people.hold_nothing(&to).await;
            people.sign_in(&to).await;
            is_whole(&to).await;
            (file, from) = (back_up(&to).await, to);
        }
    }

    async fn a_code_that_was_used_since_does_not_work_again(world: World) {
        let (_, key, _) = protected(&world, ADA).await;
        world.advance(MINUTE);
        let file = back_up(&world).await;
        let enter = async || {
            let mut browser = world.browser();
            sign_in(&mut browser, ADA, PASSWORD).await.leads_to(STEP);
            browser.call("/form/second-factor", &[("code", &code(&world, &key))]).await.status
        };
        assert_eq!(enter().await, 200);
        restore(&world, &file, true).await.unwrap();
        assert_eq!(enter().await, 422);
        world.advance(Duration::from_secs(30));
        assert_eq!(enter().await, 422, "nor the one of the next step, which a fast clock has shown before");
        world.advance(Duration::from_secs(30));
        assert_eq!(enter().await, 200);
    }

    async fn what_waits_for_others_ends_and_is_counted(world: World) {
        let (mut ada, ..) = protected(&world, ADA).await;
        crate::personal_tokens::with_token(&world, &mut ada, &[("scope_profile", "on")]).await;
        let app = world.app();
        let of_ada = account(&world, ADA).await;
        let mut tx = app.db.begin_recorded().await.unwrap();
        factor_resets::start(&mut tx, of_ada, By::CommandLine).await.unwrap();
        let email = Email::parse("new@example.org").unwrap();
        invitations::invite(&mut tx, &email, Inviter::CommandLine, audit::Details::default()).await.unwrap();
        tx.commit().await.unwrap();
        let file = back_up(&world).await;
        world.advance(DAY);
        let ended = restore(&world, &file, true).await.unwrap().ended;
        assert_eq!((ended.sessions, ended.access_tokens, ended.recovery_codes), (1, 1, 1));
        assert_eq!((ended.invitations, ended.factor_resets, ended.deletions), (1, 1, 0));
        for table in ["invitations", "factor_resets", "personal_tokens", "links", "mails", "trusted_browsers", "app_sessions", "refresh_tokens"] {
            assert_eq!(world.number(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        tasks::tidy(app, false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM totp_authenticators").await, 1, "its removal was stopped");
        let told = world.texts("SELECT details FROM audit_entries WHERE kind = 'backup_restored' AND account_id IS NULL").await;
        let told: Value = serde_json::from_str(&told[0]).unwrap();
        assert_eq!((&told["was"], &told["counts"]["accounts"], &told["counts"]["sessions"]), (&"2026-03-01T12:00:00Z".into(), &1.into(), &1.into()));
        let entries = is_whole(&world).await;
        // Once more: nothing is left to be ended, and it is told again.
        let again = restore(&world, &back_up(&world).await, true).await.unwrap().ended;
        assert_eq!((again.sessions, again.recovery_codes), (0, 0));
        assert_eq!(is_whole(&world).await, entries + 1);
    }

    async fn an_account_that_was_to_be_deleted_waits_its_full_week_again(world: World) {
        let mut ada = world.register(ADA).await.browser;
        world.register("bob@example.org").await;
        ada.submit("/form/delete-account", &[]).await.leads_to("/sign-in?deletion");
        world.letter(ADA).await;
        let file = back_up(&world).await;
        // She thought better of it, which the backup does not know.
        sign_in(&mut world.browser(), ADA, PASSWORD).await.leads_to("/account?kept");
        world.letter(ADA).await;
        world.advance(30 * DAY);
        assert_eq!(restore(&world, &file, true).await.unwrap().ended.deletions, 1);
        let letter = world.letter(ADA).await;
        assert!(letter.text.contains("restored from a backup of 1 March 2026") && letter.text.contains("7 April 2026"), "{}", letter.text);
        world.advance(7 * DAY - MINUTE);
        tasks::tidy(world.app(), false).await.unwrap();
        assert_eq!(accounts_in(&world).await, 2);
        sign_in(&mut world.browser(), ADA, PASSWORD).await.leads_to("/account?kept");
        world.advance(7 * DAY);
        tasks::tidy(world.app(), false).await.unwrap();
        assert_eq!(accounts_in(&world).await, 2);
    }

    async fn nothing_in_a_backup_lets_anybody_in(world: World) {
        let (mut ada, key, codes) = protected(&world, ADA).await;
        let script = crate::personal_tokens::with_token(&world, &mut ada, &[("scope_profile", "on")]).await;
        world.unread_count(ADA).await;
        let token = world.forgot_password(ADA).await;
        let text = lines(&back_up(&world).await).join("\n");
        let secret_key = std::fs::read_to_string(world.data_dir().join("secret.key")).unwrap();
        let seed = crate::second_factor::seed(&key);
        let device = ada.device();
        for secret in [secret_key.trim(), PASSWORD, &seed, &codes[0], &codes[0].replace('-', ""), &script.access, &token, &ada.session(), &device] {
            assert!(secret.len() > 15 && !text.contains(secret), "{secret}");
        }
    }
}
