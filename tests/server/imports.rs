//! `doorward import-users`, `doorward user export`, and how people sign in who came that way.

use crate::admin::administrator;
use crate::admin_guard::id_of;
use crate::audit::is_whole;
use crate::caller::{ME, TOKEN};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, change_password, is_signed_in, sign_in};
use crate::program::{Program, run_beside};
use crate::world::World;
use doorward::base::clock::{Clock, SystemClock};
use doorward::domain::accounts::{self, Email, NewAccount, Role};
use doorward::flows::imports::{self, NotImported, Options, Report};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Shorter than any password that may be chosen here.
pub const OLD_PASSWORD: &str = "hunter2";
pub const SCRYPT: &str = "scrypt:1024:8:1$LKBd7LfXPgjoOWhg$e5485e750cc6b39a0e22b640931cb9078c90a5e636c079b722fefedcade525a1c1ac5bbf4037a5d88795f566d3ef235f08f7b9abf3310c134bedf04da58238ec";
const PBKDF2: &str =
    "pbkdf2:sha256:1000$SHCBogR8NoiC8H8h$703f7d036e08e566c2845fb8895199c56321a91a61853cecd9b54e02c47d2025";
/// Of eighty times x.
const BCRYPT: &str = "$2b$04$kmg9qWg8AcVJR6tSxhuaWemmjMzkHjMGKki9PBIzrZGfVjDUmY4Wi";
/// Of a password nobody knows; two tries at a time took 2.1 GB and both cores for half a minute.
const DEAR: &str = "$argon2id$v=19$m=1048576,t=20,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
const HEADER: &str = "email,username,password_hash,display_name,email_verified\n";
const ALL_OR_NOTHING: Options = Options { dry_run: false, continue_on_error: false };
const CONTINUE: Options = Options { dry_run: false, continue_on_error: true };
const HASHES: &str = "SELECT COALESCE(password_hash, '') FROM accounts ORDER BY username";

async fn import(world: &World, lines: &str, options: Options) -> Report {
    imports::import(&world.app().db, format!("{HEADER}{lines}").as_bytes(), options).await.unwrap()
}

/// Ada by address, Eve by username alone; both with the same old password.
async fn ada_and_eve(world: &World) {
    let lines = format!("ada@example.org,,{SCRYPT},Ada Lovelace,true\n,eve,{PBKDF2},,\n");
    assert_eq!(import(world, &lines, ALL_OR_NOTHING).await.imported, 2);
}

async fn refused(world: &World, identifier: &str, password: &str) {
    let fields = [("identifier", identifier), ("password", password)];
    world.browser().call("/form/sign-in", &fields).await.is(401, "wrong_credentials");
}

async fn count(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM accounts").await
}

each_database! {
    async fn whoever_has_no_address_is_named_by_username_to_administrators(world: World) {
        let mut rick = administrator(&world).await.browser;
        ada_and_eve(&world).await;
        let mut eve = world.browser();
        sign_in(&mut eve, "eve", OLD_PASSWORD).await.leads_to("/account");
        run_beside(&world, &["group", "add", "team", "eve"]).await.with(0);
        let id = id_of(&world, "eve").await;
        let one = format!("/admin/users/{id}");
        for page in ["/admin/users", &one, &format!("{one}?act=disable"), "/admin/sessions", "/admin/sessions?who=eve", "/admin/activity"] {
            let page = rick.get(page).await;
            assert!(!page.shows("eve").body.contains("no-address"), "{}", page.body);
        }
        rick.submit("/form/admin-end-sessions", &[("who", "eve")]).await.leads_to("/admin/sessions?who=eve&ended=1");
        sign_in(&mut eve, "eve", OLD_PASSWORD).await;
        world.advance(SystemClock.now().since(world.clock.now()));
        for command in [&["group", "list"][..], &["group", "list", "--json"], &["session", "list"], &["session", "list", "--json"], &["user", "disable", "eve"]] {
            let printed = run_beside(&world, command).await;
            assert!(!printed.with(0).out.contains("no-address"), "{}", printed.out);
        }
    }

    async fn an_imported_person_signs_in_with_the_old_password_and_is_upgraded_unseen(world: World) {
        ada_and_eve(&world).await;
        for (identifier, imported) in [("Ada@example.org", SCRYPT), ("EVE", PBKDF2)] {
            refused(&world, identifier, NEW_PASSWORD).await;
            assert!(world.texts(HASHES).await.contains(&imported.to_owned()), "a refused sign-in changes nothing");
            let mut browser = world.browser();
            sign_in(&mut browser, identifier, OLD_PASSWORD).await.leads_to("/account");
            assert!(is_signed_in(&mut browser).await);
            assert!(!world.texts(HASHES).await.contains(&imported.to_owned()), "{identifier} has a hash of ours");
            sign_in(&mut world.browser(), identifier, OLD_PASSWORD).await.leads_to("/account");
        }
        assert!(world.texts(HASHES).await.iter().all(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")));
        assert!(world.letters().await.iter().all(|letter| !letter.to.contains(".invalid")), "nobody without an address is written to");
    }

    async fn of_many_sign_ins_at_once_with_an_imported_hash_each_succeeds(world: World) {
        ada_and_eve(&world).await;
        let mut browsers: Vec<_> = (0..6).map(|_| world.browser()).collect();
        let all = browsers.iter_mut().map(|browser| sign_in(browser, "ada@example.org", OLD_PASSWORD));
        for answer in futures_util::future::join_all(all).await {
            answer.leads_to("/account");
        }
    }

    async fn programs_sign_in_with_an_imported_password_too(world: World) {
        ada_and_eve(&world).await;
        let mut caller = world.caller();
        let wrong = json!({ "identifier": "eve", "password": PASSWORD });
        assert_eq!(caller.post(TOKEN, wrong).await.status, 401);
        assert_eq!(caller.sign_in(json!({ "identifier": "eve", "password": OLD_PASSWORD })).await.status, 200);
        let me = caller.get(ME).await.json();
        assert_eq!((&me["username"], &me["email"], &me["email_verified"]), (&json!("eve"), &Value::Null, &json!(false)));
    }

    async fn an_imported_hash_confirms_and_is_changed_like_any_other(world: World) {
        let person = world.register("ada@example.org").await;
        world.change(&format!("UPDATE accounts SET password_hash = '{SCRYPT}'")).await;
        let mut browser = person.browser;
        world.advance(Duration::from_secs(660));
        browser.call("/form/confirm", &[("password", PASSWORD)]).await.is(403, "wrong_password");
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'confirmation_failed'").await, 1);
        browser.submit("/form/confirm", &[("password", OLD_PASSWORD), ("then", "/account/password")]).await.leads_to("/account/password");
        let fields = [("password", PASSWORD), ("new_password", NEW_PASSWORD)];
        browser.call("/form/change-password", &fields).await.is(403, "wrong_password");
        assert_eq!(world.texts(HASHES).await, [SCRYPT]);
        change_password(&mut browser, OLD_PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert!(world.texts(HASHES).await[0].starts_with("$argon2id$"));
    }

    async fn what_bcrypt_never_read_does_not_become_the_password(world: World) {
        import(&world, &format!("ada@example.org,,{BCRYPT},,\n"), ALL_OR_NOTHING).await;
        let mistyped = format!("{}y", "x".repeat(79));
        sign_in(&mut world.browser(), "ada@example.org", &mistyped).await.leads_to("/account");
        assert_eq!(world.texts(HASHES).await, [BCRYPT]);
        sign_in(&mut world.browser(), "ada@example.org", &"x".repeat(72)).await.leads_to("/account");
        assert_ne!(world.texts(HASHES).await, [BCRYPT], "all of this was read");
    }

    async fn whoever_forgot_the_old_password_resets_it_by_mail(world: World) {
        import(&world, &format!("ada@example.org,,{SCRYPT},,true\nada2@example.org,,,,\n"), ALL_OR_NOTHING).await;
        for email in ["ada@example.org", "ada2@example.org"] {
            let token = world.forgot_password(email).await;
            let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
            world.browser().submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
            sign_in(&mut world.browser(), email, NEW_PASSWORD).await.leads_to("/account");
        }
        refused(&world, "ada@example.org", OLD_PASSWORD).await;
    }

    async fn a_person_without_an_address_sees_none_and_is_written_to_by_nobody(world: World) {
        ada_and_eve(&world).await;
        let mut browser = world.browser();
        sign_in(&mut browser, "eve", OLD_PASSWORD).await.leads_to("/account");
        for page in ["/account", "/account/password", "/account/profile", "/account/delete", "/account/sessions", "/account/activity"] {
            let shown = browser.get(page).await;
            assert!(shown.status == 200 && !shown.body.contains(".invalid"), "{page}");
        }
        let data = browser.submit("/account/data", &[]).await;
        assert!(data.status == 200 && data.body.contains("\"email\"") && !data.body.contains(".invalid"), "{}", data.in_full());
        change_password(&mut browser, OLD_PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert!(world.number("SELECT COUNT(*) FROM mails").await > 0, "the same rows as for everybody");
        assert!(world.letters().await.iter().all(|letter| !letter.to.contains(".invalid")));
    }

    async fn with_a_fault_in_any_line_nothing_is_imported(world: World) {
        for email in ["eve@example.org", "zoe@example.org"] {
            world.register(email).await;
        }
        let usernames = world.texts("SELECT username FROM accounts ORDER BY email").await;
        let [eve, zoe] = usernames.as_slice() else { panic!("{usernames:?}") };
        world.change("INSERT INTO used_usernames (username, account_id, first_used_at) SELECT 'former', id, 0 FROM accounts WHERE email = 'eve@example.org'").await;
        let entries = is_whole(&world).await;
        let lines = format!(
            "ada@example.org,ada,{SCRYPT},,\nEVE@example.org,,,,\na@example.org,former,,,\nb@example.org,{zoe},,,\n,{eve},{SCRYPT},,\nc@example.org,,hunter2,,\n"
        );
        for options in [ALL_OR_NOTHING, Options { dry_run: true, ..ALL_OR_NOTHING }] {
            let report = import(&world, &lines, options).await;
            let refused = report.refused.iter().map(|refusal| (refusal.line, refusal.reason.split(' ').next().unwrap()));
            assert_eq!(refused.collect::<Vec<_>>(), [(3, "the"), (4, "username:"), (5, "username:"), (6, "the"), (7, "password_hash:")]);
            assert_eq!((report.lines, report.imported, count(&world).await, is_whole(&world).await), (6, 0, 2, entries));
        }
        let dry = import(&world, &lines, Options { dry_run: true, ..CONTINUE }).await;
        assert_eq!((dry.imported, dry.already_there, count(&world).await), (1, vec![3, 6], 2));
    }

    async fn with_continue_on_error_a_mended_file_can_be_given_again(world: World) {
        let first = import(&world, &format!("ada@example.org,ada,{SCRYPT},Ada,true\neve@example.org,e,,,\n,mallory,{PBKDF2},,\n"), CONTINUE).await;
        assert_eq!((first.imported, first.refused.len(), count(&world).await), (2, 1, 2));
        sign_in(&mut world.browser(), "ada", OLD_PASSWORD).await.leads_to("/account");
        let upgraded = world.texts("SELECT password_hash FROM accounts WHERE username = 'ada'").await;
        let again = import(&world, &format!("ada@example.org,ada,{SCRYPT},Other,true\neve@example.org,eve,,,\n,mallory,{PBKDF2},,\n"), CONTINUE).await;
        assert_eq!((again.imported, &again.already_there, again.refused.len()), (1, &vec![2, 4], 0));
        assert_eq!(world.texts("SELECT password_hash FROM accounts WHERE username = 'ada'").await, upgraded, "nothing of theirs changed");
        assert_eq!(world.texts("SELECT display_name FROM accounts ORDER BY username").await, ["Ada", "eve", "mallory"]);
        is_whole(&world).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'accounts_imported'").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'account_created' AND account_id IS NOT NULL").await, 3);
    }

    async fn somebody_who_registers_meanwhile_keeps_their_address_and_nothing_is_imported(world: World) {
        let app = world.app();
        let new = NewAccount {
            id: None,
            email: Email::parse("person399@example.org").unwrap(),
            email_verified: true,
            username: None,
            password: None,
            role: Role::Member,
        };
        let mut tx = app.db.begin().await.unwrap();
        accounts::create(&mut tx, &app.vault, &app.randomness, &new, app.clock.now()).await.unwrap();
        let lines: String = (0..400).map(|person| format!("person{person}@example.org,,,,\n")).collect();
        let registering = async {
            // The import sees nothing of it when it looks who is there, and waits for it when it
            // writes.
            tokio::time::sleep(Duration::from_millis(500)).await;
            tx.commit().await.unwrap();
        };
        let file = format!("{HEADER}{lines}");
        let (imported, ()) = futures_util::join!(imports::import(&app.db, file.as_bytes(), ALL_OR_NOTHING), registering);
        assert!(matches!(imported, Err(NotImported::Overtaken)), "{imported:?}");
        assert_eq!((count(&world).await, is_whole(&world).await), (1, 0));
        assert_eq!(world.number("SELECT COUNT(*) FROM used_usernames").await, 1);
    }

    async fn a_hundred_thousand_lines_with_faults_among_them_take_less_than_a_minute(world: World) {
        let hashes = [SCRYPT, PBKDF2, BCRYPT, ""];
        let mut lines = String::new();
        for person in 0..100_000 {
            let hash = if person % 10_000 == 77 { "5f4dcc3b5aa765d61d8327deb882cf99" } else { hashes[person % 4] };
            let email = if person % 10_000 == 78 { "no address".to_owned() } else { format!("person{person}@example.org") };
            let username = if person % 2 == 0 { format!("person-{person}") } else { String::new() };
            lines.push_str(&format!("{email},{username},{hash},\"Person, {person}\",t\n"));
        }
        let begun = Instant::now();
        let refused = import(&world, &lines, ALL_OR_NOTHING).await;
        let expected: Vec<usize> = (0..10).flat_map(|ten| [ten * 10_000 + 79, ten * 10_000 + 80]).collect();
        assert_eq!(refused.refused.iter().map(|refusal| refusal.line).collect::<Vec<_>>(), expected);
        assert_eq!(count(&world).await, 0);
        let report = import(&world, &lines, CONTINUE).await;
        assert_eq!((report.lines, report.imported, report.refused.len()), (100_000, 99_980, 20));
        let took = begun.elapsed();
        println!("100,000 lines, refused once and imported once: {took:?}");
        assert!(took < Duration::from_secs(60), "{took:?}");
        assert_eq!((count(&world).await, is_whole(&world).await), (99_980, 99_980 + 50));
        let usernames = "SELECT COUNT(*) FROM accounts a JOIN used_usernames u ON u.username = a.username AND u.account_id = a.id";
        assert_eq!(world.number(usernames).await, 99_980);
        sign_in(&mut world.browser(), "person-0", OLD_PASSWORD).await.leads_to("/account");
    }

    async fn names_that_nobody_has_cost_what_imported_ones_cost_until_their_owners_have_signed_in(world: World) {
        let (app, name) = (world.app(), [7; 32]);
        let look = async || app.passwords.stand_ins.look(&app.db, app.passwords.hasher.today()).await.unwrap();
        look().await;
        assert!(app.passwords.stand_ins.of(&name).is_none(), "nobody is there");
        world.register("grace@example.org").await;
        look().await;
        assert!(app.passwords.stand_ins.of(&[0; 32]).is_none(), "only hashes of ours");
        ada_and_eve(&world).await;
        look().await;
        assert_eq!(app.passwords.stand_ins.of(&[0; 32]).unwrap().as_str(), PBKDF2, "two of three names, and this one is among them");
        assert!(app.passwords.stand_ins.of(&[0xff; 32]).is_none());
        // The other half of those that have one. Nothing that stands in is ever right, for
        // whomever.
        assert_eq!(app.passwords.stand_ins.of(&[0x80; 32]).unwrap().as_str(), SCRYPT);
        for stranger in ["one@example.org", "two@example.org", "three@example.org", "four"] {
            refused(&world, stranger, OLD_PASSWORD).await;
        }
        for identifier in ["ada@example.org", "eve"] {
            sign_in(&mut world.browser(), identifier, OLD_PASSWORD).await.leads_to("/account");
        }
        look().await;
        assert!(app.passwords.stand_ins.of(&[0; 32]).is_none(), "all are upgraded");
    }

    async fn a_hash_that_costs_more_than_a_sign_in_may_is_named_by_its_line_and_not_imported(world: World) {
        let dry_run = Options { dry_run: true, ..CONTINUE };
        let mut lines = format!("ada@example.org,,{SCRYPT},,true\neve@example.org,,\"{DEAR}\",,true\n");
        for (number, hash) in [
            "scrypt:131072:16:1$salt$e5485e750cc6b39a0e22b640931cb9078c90a5e636c079b722fefedcade525a1c1ac5bbf4037a5d88795f566d3ef235f08f7b9abf3310c134bedf04da58238ec",
            "pbkdf2:sha256:2500001$salt$703f7d036e08e566c2845fb8895199c56321a91a61853cecd9b54e02c47d2025",
            "$2b$15$kmg9qWg8AcVJR6tSxhuaWemmjMzkHjMGKki9PBIzrZGfVjDUmY4Wi",
        ]
        .into_iter()
        .enumerate()
        {
            lines.push_str(&format!("zoe{number}@example.org,,{hash},,true\n"));
        }
        for options in [dry_run, CONTINUE] {
            let report = import(&world, &lines, options).await;
            let refused: Vec<_> = report.refused.iter().map(|refusal| (refusal.line, refusal.reason.to_string())).collect();
            assert_eq!((report.imported, refused.iter().map(|(line, _)| *line).collect()), (1, vec![3, 4, 5, 6]), "{refused:?}");
            assert!(refused.iter().all(|(_, reason)| reason.contains("costs more than a sign-in may")), "{refused:?}");
        }
        assert_eq!(count(&world).await, 1);
    }

    async fn a_hash_above_the_cap_that_is_there_already_costs_what_any_other_does_and_its_owner_gets_in_by_mail(world: World) {
        let mut ada = world.register("ada@example.org").await.browser;
        world.register("own@example.org").await;
        world.change(&format!("UPDATE accounts SET password_hash = '{DEAR}' WHERE email = 'ada@example.org'")).await;
        let app = world.app();
        app.passwords.stand_ins.look(&app.db, app.passwords.hasher.today()).await.unwrap();
        assert!(app.passwords.stand_ins.of(&[0; 32]).is_none(), "it stands in for nobody");
        let parameters = &app.config.password;
        let one_hash = u64::from(parameters.memory_kib) * u64::from(parameters.iterations);
        for name in ["ada@example.org", "own@example.org", "nobody@example.org", "somebody"] {
            let before = app.passwords.hasher.work_done();
            refused(&world, name, OLD_PASSWORD).await;
            assert_eq!(app.passwords.hasher.work_done() - before, one_hash, "{name}");
        }
        // Asked for once more in her session, it is as wrong.
        let before = app.passwords.hasher.work_done();
        ada.call("/form/confirm", &[("password", OLD_PASSWORD)]).await.is(403, "wrong_password");
        assert_eq!(app.passwords.hasher.work_done() - before, one_hash);
        // Of the foreign hashes beside it each still stands in, for as large a share of names as
        // there are people with one.
        import(&world, &format!("eve@example.org,,{SCRYPT},,true\n"), ALL_OR_NOTHING).await;
        app.passwords.stand_ins.look(&app.db, app.passwords.hasher.today()).await.unwrap();
        assert_eq!(app.passwords.stand_ins.of(&[0; 32]).unwrap().as_str(), SCRYPT);
        assert_eq!(app.passwords.stand_ins.of(&[0x54; 32]).unwrap().as_str(), SCRYPT, "one of three");
        assert!(app.passwords.stand_ins.of(&[0x56; 32]).is_none());
        let token = world.forgot_password("ada@example.org").await;
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
        world.browser().submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
        sign_in(&mut world.browser(), "ada@example.org", NEW_PASSWORD).await.leads_to("/account");
    }

    async fn a_wrong_password_is_never_answered_sooner_for_an_imported_hash(world: World) {
        ada_and_eve(&world).await;
        world.register("own@example.org").await;
        for _ in 0..5 {
            let mut fastest = [Duration::MAX; 3];
            for _ in 0..20 {
                for (name, fastest) in ["nobody@example.org", "own@example.org", "eve"].into_iter().zip(&mut fastest) {
                    let begun = Instant::now();
                    sign_in(&mut world.browser(), name, NEW_PASSWORD).await;
                    *fastest = begun.elapsed().min(*fastest);
                }
            }
            // The cheapest foreign hash there is here, besides the whole of an own one.
            if fastest[2] > fastest[0].max(fastest[1]).mul_f64(0.95) {
                return;
            }
        }
        panic!("an imported hash is told from others");
    }
}

#[test]
fn an_operator_imports_exports_and_imports_again() {
    let program = Program::new();
    let file = program.folder().join("users.csv");
    let lines = format!(
        "ada@example.org,ada,{SCRYPT},\"Lovelace, Ada\",true\n,eve,{PBKDF2},,\nzoe@example.org,zoe,,Zo\u{eb},\n=1+1@example.org,pat,,\"=HYPERLINK(\"\"https://evil.example\"\")\",\n"
    );
    std::fs::write(&file, format!("{HEADER}{lines}mallory@example.org,root,,,\n")).unwrap();

    let refused = program.run(&["import-users", "users.csv"]);
    assert!(refused.with(1).err.contains("line 6: username: nobody may be called so"), "{refused:?}");
    assert!(refused.err.contains("1 of 5 lines is refused, so nothing was imported"), "{refused:?}");
    assert_eq!(program.run(&["user", "list"]).with(0).out, "");
    let dry: Value = serde_json::from_str(
        &program.run(&["import-users", "--dry-run", "--continue-on-error", "--json", "users.csv"]).with(1).out,
    )
    .unwrap();
    assert_eq!((&dry["imported"], &dry["refused"][0]["line"], &dry["dry_run"]), (&json!(4), &json!(6), &json!(true)));
    assert_eq!(
        program.run(&["import-users", "--continue-on-error", "users.csv"]).with(1).out,
        "5 lines: 4 imported, 0 there already, 1 refused\n"
    );
    std::fs::write(&file, format!("{HEADER}{lines}mallory@example.org,,,,\n")).unwrap();
    assert_eq!(
        program.run(&["import-users", "--continue-on-error", "users.csv"]).with(0).out,
        "5 lines: 1 imported, 4 there already, 0 refused\n"
    );
    program.run(&["import-users", "users.csv"]).with(1);
    program.run(&["import-users", "none.csv"]).with(1);
    program.run(&["import-users"]).with(2);

    let without = program.run(&["user", "export"]);
    assert!(without.with(0).out.starts_with("email,username,display_name,email_verified\r\n"), "{without:?}");
    assert!(!without.out.contains("scrypt") && !without.out.contains(".invalid"), "{without:?}");
    let csv = program.run(&["user", "export", "--with-password-hashes"]);
    assert!(csv.with(0).out.contains(SCRYPT) && csv.out.contains("\"Lovelace, Ada\""), "{csv:?}");
    // A spreadsheet that opens the file takes neither the address nor the name for a formula.
    assert!(csv.out.contains("\n'=1+1@example.org,") && csv.out.contains(",\"'=HYPERLINK("), "{csv:?}");
    let jsonl = program.run(&["user", "export", "--with-password-hashes", "--format", "jsonl"]);
    let trail = program.run(&["audit", "export"]);
    assert_eq!(trail.with(0).out.matches("accounts_exported").count(), 3);
    assert_eq!(trail.out.matches("with_password_hashes").count(), 2);
    assert!(program.run(&["audit", "verify"]).with(0).out.starts_with("whole"));

    for exported in [csv.out, jsonl.with(0).out.clone()] {
        let other = Program::new();
        let imported = other.run_with(&["import-users", "-"], &exported);
        assert_eq!(imported.with(0).out, "5 lines: 5 imported, 0 there already, 0 refused\n", "{imported:?}");
        let again = other.run(&["user", "export", "--with-password-hashes", "--format", "jsonl"]);
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&again.with(0).out), sorted(&jsonl.out));
    }
}

/// The figures in each cell of the row for `format`, in the table of what a hash may cost.
fn cap_in_the_guide(format: &str) -> Vec<Vec<u64>> {
    let guide = std::fs::read_to_string("docs/guides/import.md").unwrap();
    let (_, table) = guide.split_once("| format | memory | time |").expect("docs/guides/import.md has the cap");
    let row = table.lines().find_map(|line| line.trim().strip_prefix(&format!("| {format} |")).map(str::to_owned));
    let row = row.unwrap_or_else(|| panic!("docs/guides/import.md does not say what {format} may cost"));
    let digits = |cell: &str| -> Vec<u64> {
        let figures = cell.split(|letter: char| !letter.is_ascii_digit() && letter != ',');
        figures.filter_map(|figure| figure.replace(',', "").parse().ok()).collect()
    };
    row.trim_end_matches('|').split('|').map(digits).collect()
}

#[test]
fn the_guide_says_what_a_hash_may_cost_and_the_import_keeps_to_it() {
    const HASHED: &str = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let (argon2, scrypt) = (cap_in_the_guide("Argon2"), cap_in_the_guide("scrypt"));
    let (memory, passes) = (argon2[0][0], argon2[1][0] / argon2[0][0]);
    let (mib, work) = (*scrypt[0].last().unwrap(), *scrypt[1].last().unwrap());
    let (iterations, cost) = (cap_in_the_guide("PBKDF2")[1][0], cap_in_the_guide("bcrypt")[1][0]);
    let argon2 = |memory: u64, passes: u64| format!("\"$argon2id$v=19$m={memory},t={passes},p=1${HASHED}\"");
    // With r = 8, 128 MiB are N = 131072.
    let scrypt = |mib: u64, p: u64| format!("scrypt:{}:8:{p}$salt${}", mib * 1024, "00".repeat(64));
    let pbkdf2 = |iterations: u64| format!("pbkdf2:sha256:{iterations}$salt${}", "00".repeat(32));
    let bcrypt = |cost: u64| format!("$2b${cost:02}$kmg9qWg8AcVJR6tSxhuaWemmjMzkHjMGKki9PBIzrZGfVjDUmY4Wi");
    let taken = [argon2(memory, passes), scrypt(mib, work / mib), pbkdf2(iterations), bcrypt(cost)];
    let above = [
        argon2(memory + 1, 1),
        argon2(memory, passes + 1),
        scrypt(mib * 2, 1),
        scrypt(mib, work / mib + 1),
        pbkdf2(iterations + 1),
        bcrypt(cost + 1),
    ];
    let lines: String = taken
        .iter()
        .chain(&above)
        .enumerate()
        .map(|(number, hash)| format!("person{number}@example.org,,{hash},,\n"))
        .collect();
    let told = Program::new()
        .run_with(&["import-users", "--dry-run", "--continue-on-error", "--json", "-"], &format!("{HEADER}{lines}"));
    let told: Value = serde_json::from_str(&told.with(1).out).unwrap();
    let refused: Vec<u64> =
        told["refused"].as_array().unwrap().iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(refused, [6, 7, 8, 9, 10, 11], "{told}");
}
