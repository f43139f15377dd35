//! `doorward backup` and `doorward restore`, beside servers that are busy, and killed in the
//! middle.

use crate::audit::is_whole;
use crate::backups::{accounts_in, back_up, other, restore};
use crate::each_database;
use crate::passkeys::{send, with_passkey};
use crate::person::{PASSWORD, is_signed_in, sign_in};
use crate::program::{Program, command_beside, run_beside};
use crate::soft_key::ask;
use crate::world::World;
use doorward::domain::audit;
use doorward::flows::imports::{self, Options};
use std::cell::Cell;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

const ADA: &str = "ada@example.org";
/// Accounts that one import of the load makes, all or none.
const TOGETHER: i64 = 40;

fn people(prefix: &str, count: i64) -> String {
    let lines: String = (0..count).map(|person| format!("{prefix}-{person}@example.org\n")).collect();
    format!("email\n{lines}")
}

async fn import(world: &World, prefix: &str, count: i64) {
    let options = Options { dry_run: false, continue_on_error: false };
    let report = imports::import(&world.app().db, people(prefix, count).as_bytes(), options).await.unwrap();
    assert_eq!(i64::try_from(report.imported).unwrap(), count);
}

/// Signs in, renames itself and signs out, over and over. Whoever is told to come back later does.
async fn come_and_go(world: &World, email: &str, done: &Cell<bool>) {
    let username = email.split('@').next().unwrap();
    for round in 0.. {
        if done.get() {
            return;
        }
        let mut browser = world.browser();
        if sign_in(&mut browser, email, PASSWORD).await.location() != "/account" {
            continue;
        }
        let name = format!("Round {round}");
        browser.submit("/form/save-profile", &[("display_name", &name), ("username", username)]).await;
        if round % 2 == 0 {
            browser.submit("/form/sign-out", &[]).await;
        }
    }
}

/// What was written together is there together, and what was written before is as it was written.
async fn is_one_moment_of(restored: &World, world: &World, before: i64) -> i64 {
    is_whole(restored).await;
    let number = async |query: &str| restored.number(query).await;
    let trail = "SELECT COUNT(*) FROM audit_entries WHERE kind =";
    let ended = number("SELECT COUNT(*) FROM sessions WHERE end_reason = 'restored'").await;
    let came_back = number(&format!("{trail} 'session_ended' AND details LIKE '%restored%'")).await;
    assert_eq!(ended, came_back, "each has its entry");
    assert_eq!(number("SELECT COUNT(*) FROM sessions").await, number(&format!("{trail} 'signed_in'")).await);
    let signed_out = number(&format!("{trail} 'signed_out'")).await;
    assert_eq!(number("SELECT COUNT(*) FROM sessions WHERE end_reason = 'signed_out'").await, signed_out);
    let imported = number("SELECT COUNT(*) FROM accounts WHERE email LIKE 'load-%'").await;
    assert_eq!(imported % TOGETHER, 0, "an import is whole or not there");
    assert_eq!(imported / TOGETHER, number(&format!("{trail} 'accounts_imported'")).await);
    let renamed =
        "SELECT COUNT(*) FROM accounts a JOIN used_usernames u ON u.username = a.username AND u.account_id = a.id";
    assert_eq!(number(renamed).await, accounts_in(restored).await);

    let (mut after, mut same) = (0, 0);
    // The entries of the source up to the moment of the backup, which lies before those of the
    // restore.
    let held = number("SELECT COUNT(*) FROM audit_entries").await - ended - 1;
    while same < held {
        let (ours, theirs) = (
            audit::export(&restored.app().db, after).await.unwrap(),
            audit::export(&world.app().db, after).await.unwrap(),
        );
        for (ours, theirs) in ours.iter().zip(&theirs).take(usize::try_from(held - same).unwrap()) {
            assert_eq!((ours.sequence, &ours.mac, &ours.details), (theirs.sequence, &theirs.mac, &theirs.details));
            (after, same) = (ours.sequence, same + 1);
        }
    }
    assert!(held > before, "others went on: {before} entries before, {held} now");
    held
}

each_database! {
    async fn backups_under_load_each_hold_one_moment_and_are_restored(world: World) {
        for email in ["ada@example.org", "bob@example.org"] {
            let mut browser = world.register(email).await.browser;
            let fields = [("display_name", "Somebody"), ("username", email.split('@').next().unwrap())];
            browser.submit("/form/save-profile", &fields).await.leads_to("/account/profile?saved");
        }
        let (done, mut files) = (Cell::new(false), Vec::new());
        let importing = async {
            let mut round = 0;
            while !done.get() {
                import(&world, &format!("load-{round}"), TOGETHER).await;
                round += 1;
            }
        };
        let backing_up = async {
            for round in 0..4 {
                // By turns in this process, and as an operator does.
                files.push(if round % 2 == 0 {
                    back_up(&world).await
                } else {
                    let path = world.database.folder.path().join(format!("{round}.backup"));
                    run_beside(&world, &["backup", path.to_str().unwrap()]).await.with(0);
                    std::fs::read(path).unwrap()
                });
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            }
            done.set(true);
        };
        futures_util::join!(importing, come_and_go(&world, "ada@example.org", &done), come_and_go(&world, "bob@example.org", &done), backing_up);
        let mut before = 0;
        for (round, file) in files.iter().enumerate() {
            let engine = if round == 0 { other(world.engine()) } else { world.engine() };
            let Some(to) = world.empty_copy(engine, &[]).await else { continue };
            restore(&to, file, false).await.unwrap();
            before = is_one_moment_of(&to, &world, before).await;
            sign_in(&mut to.browser(), ADA, PASSWORD).await.leads_to("/account");
            to.letters().await;
        }
    }

    async fn a_running_server_refuses_every_session_once_its_data_was_replaced(world: World) {
        let ada = world.register(ADA).await;
        let file = world.database.folder.path().join("now.backup");
        let file = file.to_str().unwrap();
        world.letters().await;
        let written = run_beside(&world, &["backup", file]).await;
        assert!(written.with(0).out.contains("accounts: 1, sessions: 1,") && written.err.contains("secret key is not in it"), "{written:?}");
        let mut bob = world.register("bob@example.org").await.browser;
        world.letters().await;
        let refused = run_beside(&world, &["restore", file]).await;
        assert!(refused.with(1).err.contains("--replace"), "{refused:?}");
        assert!(is_signed_in(&mut ada.browser.clone()).await && is_signed_in(&mut bob).await);
        let restored = run_beside(&world, &["restore", "--replace", file]).await;
        assert!(restored.with(0).out.contains("accounts: 1, sessions: 1,") && restored.out.contains("The audit trail is whole"), "{restored:?}");
        let mut back = ada.browser.clone();
        assert!(!is_signed_in(&mut back).await && !is_signed_in(&mut bob).await);
        back.get("/sign-in").await.shows("restored from a backup");
        sign_in(&mut back, ADA, PASSWORD).await.leads_to("/account");
        assert_eq!(world.browser().get("/.well-known/jwks.json").await.status, 200);
        world.letters().await;
    }

    async fn the_data_of_a_busy_server_is_replaced_too(world: World) {
        for email in ["ada@example.org", "bob@example.org"] {
            world.register(email).await;
        }
        let path = world.database.folder.path().join("busy.backup");
        std::fs::write(&path, back_up(&world).await).unwrap();
        let done = Cell::new(false);
        let replacing = async {
            for _ in 0..3 {
                run_beside(&world, &["restore", "--replace", path.to_str().unwrap()]).await.with(0);
                let entries = "SELECT COUNT(*) FROM audit_entries WHERE kind = 'backup_restored' AND account_id IS NULL";
                assert_eq!(world.number(entries).await, 1, "those before are replaced with the rest");
            }
            done.set(true);
        };
        let busy = || come_and_go(&world, "ada@example.org", &done);
        futures_util::join!(busy(), busy(), come_and_go(&world, "bob@example.org", &done), replacing);
        is_whole(&world).await;
        sign_in(&mut world.browser(), ADA, PASSWORD).await.leads_to("/account");
        world.letters().await;
    }

    async fn an_answer_of_a_passkey_that_was_taken_is_not_taken_again_after_a_restore(world: World) {
        let (_, mut key) = with_passkey(&world, ADA).await;
        let file = back_up(&world).await;
        let mut browser = world.browser();
        let asked = ask(&mut browser, "sign-in", "").await;
        let credential = key.sign(&asked).await;
        let form = "/form/sign-in-with-passkey";
        assert_eq!(send(&mut browser, form, &asked, &credential).await.status, 200);
        restore(&world, &file, true).await.unwrap();
        assert_ne!(send(&mut world.browser(), form, &asked, &credential).await.status, 200);
        assert_eq!(key.sign_in(&mut world.browser()).await.status, 200, "the passkey itself works");
    }

    async fn a_restore_that_is_killed_in_the_middle_leaves_the_database_empty(world: World) {
        import(&world, "many", 20_000).await;
        let file = back_up(&world).await;
        let Some(to) = world.empty_copy(world.engine(), &[]).await else { return };
        let mut child = command_beside(&to, &["restore", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let most = file[..file.len() * 9 / 10].to_vec();
        let input = tokio::task::spawn_blocking(move || {
            // All of it but what is in the pipe was read by then.
            input.write_all(&most).unwrap();
            input
        }).await.unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        drop(input);
        assert_eq!(accounts_in(&to).await, 0);
        assert_eq!(to.number("SELECT COUNT(*) FROM used_usernames").await, 0);
        restore(&to, &file, false).await.unwrap();
        assert_eq!(accounts_in(&to).await, 20_000);
        is_whole(&to).await;
    }
}

#[tokio::test]
async fn an_operator_backs_up_and_restores_elsewhere() {
    let program = Program::new();
    assert!(program.run(&["backup", "early.backup"]).with(1).err.contains("there is no database"));
    program.run_with(&["user", "create", "--email", ADA, "--admin"], PASSWORD).with(0);
    let file = program.folder().join("doorward.backup");
    let written = program.run(&["backup", "doorward.backup"]);
    assert!(written.with(0).out.ends_with("\naccounts: 1, sessions: 0, audit entries: 1\n"), "{written:?}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let first = std::fs::read(&file).unwrap();
    assert!(program.run(&["backup", "doorward.backup"]).with(1).err.contains("--overwrite"));
    assert_eq!(std::fs::read(&file).unwrap(), first, "left as it was");
    program.run(&["backup", "--overwrite", "doorward.backup"]).with(0);
    program.run(&["backup", "nowhere/doorward.backup"]).with(1);
    program.run(&["backup"]).with(2);
    program.run(&["restore"]).with(2);
    let names: Vec<_> = std::fs::read_dir(program.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".new")), "{names:?}");

    let elsewhere = Program::new();
    let from = file.to_str().unwrap();
    let without = elsewhere.run(&["restore", from]);
    assert!(without.with(1).err.contains("there is no secret key at"), "{without:?}");
    assert!(!elsewhere.data_dir().exists(), "nothing was made");
    std::fs::create_dir(elsewhere.data_dir()).unwrap();
    let key = elsewhere.data_dir().join("secret.key");
    std::fs::write(&key, "0".repeat(64)).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let foreign = elsewhere.run(&["restore", from]);
    assert!(foreign.with(1).err.contains("another secret key"), "{foreign:?}");
    assert!(!elsewhere.data_dir().join("doorward.db").exists(), "nothing is bound to the wrong key");
    std::fs::copy(program.data_dir().join("secret.key"), &key).unwrap();
    assert!(elsewhere.run(&["restore", "none.backup"]).with(1).err.contains("none.backup can't be read"));

    let restored = elsewhere.run(&["restore", from]);
    assert!(restored.with(0).out.contains("\naccounts: 1, sessions: 0, audit entries: 1\n"), "{restored:?}");
    assert!(
        restored.out.contains("(SQLite)") && restored.out.contains("The audit trail is whole: 2 entries"),
        "{restored:?}"
    );
    elsewhere.run(&["audit", "verify"]).with(0);
    let server = elsewhere.serve().await;
    let fields = [("identifier", ADA), ("password", PASSWORD)];
    assert!(server.post("/form/sign-in", &fields).await.unwrap().session().is_some());
    assert!(!elsewhere.data_dir().join("set-up-link.txt").exists(), "there is an administrator");

    // Through pipes, as where it is encrypted on the way.
    let piped = program.command(&["backup", "-"]).output().unwrap();
    assert!(piped.status.success() && !piped.stdout.is_empty());
    drop(server);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let nowhere = program.command(&["backup", "-"]).stdout(full).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1), "{nowhere:?}");
    let mut child = elsewhere.command(&["restore", "--replace", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&piped.stdout).unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
}
