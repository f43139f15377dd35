//! Backups that are refused: cut off, altered, of another key, or of a Doorward that this one does
//! not understand. And that every table is known to them.

use crate::audit::is_whole;
use crate::backups::{accounts_in, back_up, lines, restore};
use crate::database::Engine;
use crate::each_database;
use crate::person::{PASSWORD, sign_in};
use crate::second_factor::protected;
use crate::world::World;
use doorward::base::clock::Randomness;
use doorward::base::vault::{SecretKey, Vault, hex};
use doorward::flows::backup::tables::{Column, Content, Of, TABLES, Table};
use doorward::flows::backup::{NotRestored, Reader};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

const ADA: &str = "ada@example.org";

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

fn unpacked(file: &[u8]) -> std::io::Result<String> {
    let mut text = String::new();
    MultiGzDecoder::new(file).read_to_string(&mut text)?;
    Ok(text)
}

fn joined(lines: &[String]) -> Vec<u8> {
    packed(&lines.iter().map(|line| format!("{line}\n")).collect::<String>())
}

/// As whoever has the key would write it: with counts and a MAC that fit these lines, which are
/// without them.
fn signed(world: &World, lines: &[String]) -> Vec<u8> {
    let (mut counts, mut table) = (serde_json::Map::new(), String::new());
    for line in &lines[1..] {
        if line.starts_with('[') {
            counts[&table] = (counts[&table].as_u64().unwrap() + 1).into();
        } else {
            table = serde_json::from_str::<Value>(line).unwrap()["table"].as_str().unwrap().to_owned();
            counts.insert(table.clone(), 0.into());
        }
    }
    let mut all = lines.to_vec();
    all.push(json!({ "rows": counts }).to_string());
    let mut mac = world.app().vault.backup_mac();
    all.iter().for_each(|line| mac.update(format!("{line}\n").as_bytes()));
    all.push(json!({ "mac": hex(&mac.finish()) }).to_string());
    joined(&all)
}

/// A backup without its last two lines, its first with `change` made.
fn headed(file: &[u8], change: impl Fn(&mut Value)) -> Vec<String> {
    let mut lines = lines(file);
    lines.truncate(lines.len() - 2);
    let mut header: Value = serde_json::from_str(&lines[0]).unwrap();
    change(&mut header);
    lines[0] = header.to_string();
    lines
}

async fn refused(world: &World, file: &[u8]) -> NotRestored {
    let refused = restore(world, file, false).await.expect_err("it is refused");
    assert_eq!(accounts_in(world).await, 0, "{refused}");
    assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries").await, 0, "{refused}");
    refused
}

each_database! {
    async fn a_file_that_is_not_as_it_was_written_leaves_the_database_empty(world: World) {
        protected(&world, ADA).await;
        let file = back_up(&world).await;
        let Some(to) = world.empty_copy(world.engine(), &[]).await else { return };
        let whole = lines(&file);
        for length in 0..whole.len() {
            let error = refused(&to, &joined(&whole[..length])).await;
            assert!(matches!(error, NotRestored::CutOff | NotRestored::NoBackup), "{length} lines: {error:?}");
            assert_eq!(length == 0, matches!(error, NotRestored::NoBackup), "{length} lines: {error:?}");
        }
        for length in (0..file.len()).step_by(97).chain([file.len() - 1]) {
            let error = refused(&to, &file[..length]).await;
            assert!(matches!(error, NotRestored::CutOff | NotRestored::NoBackup | NotRestored::Altered(_)), "{length} bytes: {error:?}");
        }
        let text = whole.join("\n") + "\n";
        let at_rows: Vec<usize> = whole.iter().enumerate().filter(|(_, line)| line.starts_with('[')).map(|(at, _)| at).collect();
        let mut altered: Vec<Vec<String>> = Vec::new();
        for row in &at_rows {
            let mut without = whole.clone();
            without.remove(*row);
            altered.push(without);
        }
        let mut twice = whole.clone();
        twice.insert(at_rows[0], whole[at_rows[0]].clone());
        let mut swapped = whole.clone();
        let entries = at_rows.len() - 3;
        swapped.swap(at_rows[entries], at_rows[entries - 1]);
        let mut more = whole.clone();
        more.push("[]".to_owned());
        let mut longer = whole.clone();
        longer.extend(whole.clone());
        altered.extend([twice, swapped, more, longer]);
        for (from, to) in [("ada@example.org", "eve@example.org"), ("\"member\"", "\"admin\""), ("\"made_at\":1", "\"made_at\":2"), ("\"rows\":{\"accounts\":1", "\"rows\":{\"accounts\":2")] {
            assert!(text.contains(from), "{from}");
            altered.push(text.replace(from, to).lines().map(str::to_owned).collect());
        }
        for lines in &altered {
            let error = refused(&to, &joined(lines)).await;
            assert!(matches!(error, NotRestored::Altered(_) | NotRestored::Unstorable(..)), "{error:?}");
        }
        // In the compressed bytes, behind gzip's own header, of which nothing counts.
        for at in (10..file.len()).step_by(61) {
            let mut bytes = file.clone();
            bytes[at] ^= 1;
            // About one bit in thirty thousand makes no difference to what comes out (the same
            // bytes, copied from another place).
            if unpacked(&bytes).is_ok_and(|now| now == text) {
                continue;
            }
            refused(&to, &bytes).await;
        }
        let mut with_more = file.clone();
        with_more.extend(b"and more");
        refused(&to, &with_more).await;
        restore(&to, &file, false).await.unwrap();
        is_whole(&to).await;
    }

    async fn what_is_no_backup_is_told_apart(world: World) {
        for content in [&b""[..], b"hello", b"SQLite format 3\0", &packed(""), &packed("hello\n"), &packed("{}\n"), &packed("[1]\n"), &[0xff; 100]] {
            let error = refused(&world, content).await;
            assert!(matches!(error, NotRestored::NoBackup | NotRestored::CutOff), "{error:?}");
        }
        // A line that never ends fills no memory.
        assert!(matches!(refused(&world, &packed(&"x".repeat(20 * 1024 * 1024))).await, NotRestored::NoBackup));
    }

    async fn another_secret_key_is_told_apart_from_a_damaged_file(world: World) {
        let file = back_up(&world).await;
        let other = Vault::new(&SecretKey::from_bytes([7; 32]), Randomness::system());
        let error = Reader::open(&file[..], &other).err().unwrap();
        assert!(matches!(error, NotRestored::ForeignKey) && error.to_string().contains("secret_key_file"), "{error:?}");
        // Nor does it help to say that it was this key.
        let claiming = headed(&file, |header| header["key_check"] = hex(&other.backup_key_check()).into());
        let claiming = joined(&claiming);
        let mut backup = Reader::open(&claiming[..], &other).unwrap();
        while backup.read().is_ok() {}
        assert!(matches!(backup.read(), Err(NotRestored::CutOff)));
    }

    async fn a_newer_format_or_schema_is_refused_and_says_what_to_do(world: World) {
        world.register(ADA).await;
        let file = back_up(&world).await;
        let Some(to) = world.empty_copy(world.engine(), &[]).await else { return };
        let newer = headed(&file, |header| *header = json!({ "doorward_backup": 2, "whatever": "else" }));
        let error = refused(&to, &signed(&world, &newer)).await;
        assert!(matches!(error, NotRestored::NewerFormat(2)) && error.to_string().contains("newer Doorward"), "{error:?}");
        let newer = headed(&file, |header| header["schema"] = 9999.into());
        let error = refused(&to, &signed(&world, &newer)).await;
        assert!(matches!(error, NotRestored::NewerSchema(9999, _)) && error.to_string().contains("newer Doorward"), "{error:?}");
        let older = headed(&file, |header| header["schema"] = 16.into());
        assert!(matches!(refused(&to, &signed(&world, &older)).await, NotRestored::OlderSchema(16)));
        for (from, into) in [("\"table\":\"accounts\"", "\"table\":\"castles\""), ("\"display_name\",", "\"display_name, email\","), ("\"table\":\"identities\"", "\"table\":\"sessions\"")] {
            let unknown: Vec<String> = headed(&file, |_| ()).iter().map(|line| line.replace(from, into)).collect();
            assert!(matches!(refused(&to, &signed(&world, &unknown)).await, NotRestored::Altered(_)), "{into}");
        }
    }

    async fn an_older_schema_is_restored_where_columns_were_only_added(world: World) {
        world.register(ADA).await;
        // Nothing said then whether somebody had proved their address.
        world.change("UPDATE accounts SET email_verified_at = NULL").await;
        let file = back_up(&world).await;
        let Some(to) = world.empty_copy(world.engine(), &[]).await else { return };
        // As of migration 17: people had no languages, and there were no invitations.
        let mut older = headed(&file, |header| header["schema"] = 17.into());
        let table = older.iter().position(|line| line.contains("\"table\":\"accounts\"")).unwrap();
        older[table] = older[table].replace(",\"language\",\"first_language\",\"time_zone\"", "");
        let mut row: Vec<Value> = serde_json::from_str(&older[table + 1]).unwrap();
        row.truncate(row.len() - 3);
        older[table + 1] = Value::from(row).to_string();
        older.retain(|line| !line.contains("\"table\":\"invitations\""));
        restore(&to, &signed(&world, &older), false).await.unwrap();
        assert_eq!(to.number("SELECT COUNT(*) FROM accounts WHERE language IS NULL AND time_zone IS NULL").await, 1);
        assert_eq!(to.number("SELECT COUNT(*) FROM accounts WHERE unproven").await, 1, "as a migration would have noted");
        sign_in(&mut to.browser(), ADA, PASSWORD).await.leads_to("/account");
    }

    async fn a_database_with_data_in_it_is_left_alone_unless_it_is_said(world: World) {
        world.register(ADA).await;
        let file = back_up(&world).await;
        let Some(to) = world.empty_copy(world.engine(), &[]).await else { return };
        to.register("eve@example.org").await;
        let error = restore(&to, &file, false).await.err().unwrap();
        assert!(matches!(error, NotRestored::NotEmpty("accounts")) && error.to_string().contains("--replace"), "{error:?}");
        assert_eq!(to.texts("SELECT email FROM accounts").await, ["eve@example.org"]);
        // Not even when it is said, if the file is not whole.
        assert!(matches!(restore(&to, &file[..file.len() - 20], true).await, Err(NotRestored::CutOff | NotRestored::Altered(_))));
        sign_in(&mut to.browser(), "eve@example.org", PASSWORD).await.leads_to("/account");
        restore(&to, &file, true).await.unwrap();
        assert_eq!(to.texts("SELECT email FROM accounts").await, [ADA]);
        sign_in(&mut to.browser(), ADA, PASSWORD).await.leads_to("/account");
        is_whole(&to).await;
    }

    /// A migration that adds a table or a column fails here until backups know it.
    async fn each_table_is_known_to_backups(world: World) {
        let query = match world.engine() {
            Engine::Sqlite => "SELECT l.name || ' ' || c.name || ' ' || lower(c.type) || ' ' || CASE c.\"notnull\" WHEN 0 THEN 'null' ELSE 'not' END FROM pragma_table_list l JOIN pragma_table_info(l.name) c WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
            Engine::Postgres => "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || CASE is_nullable WHEN 'YES' THEN 'null' ELSE 'not' END FROM information_schema.columns WHERE table_schema = current_schema() AND is_generated = 'NEVER' AND table_name NOT LIKE '\\_sqlx%'",
        };
        let mut real: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for column in world.texts(query).await {
            let (table, column) = column.split_once(' ').unwrap();
            real.entry(table.to_owned()).or_default().insert(column.to_owned());
        }
        assert!(real.len() > 25, "{real:?}");
        for (table, columns) in &real {
            let known = TABLES.iter().find(|known| known.name == table);
            let known = known.unwrap_or_else(|| panic!("{table} is not in flows/backup/tables.rs"));
            if matches!(known.content, Content::Kept(_)) {
                assert_eq!(&expected(known, world.engine()), columns, "{table} in flows/backup/tables.rs");
            }
        }
        for table in TABLES {
            match table.content {
                Content::OfDatabase { why } => assert!(!why.is_empty()),
                Content::LeftOut { why } => assert!(!why.is_empty() && real.contains_key(table.name), "{}", table.name),
                Content::Kept(_) => assert!(real.contains_key(table.name), "{}", table.name),
            }
        }
    }
}

/// The columns as the engine names them.
fn expected(table: &Table, engine: Engine) -> BTreeSet<String> {
    let kind = |of| match (engine, of) {
        (Engine::Sqlite, Of::Integer | Of::Boolean) => "integer",
        (Engine::Sqlite, Of::Blob | Of::Uuid) => "blob",
        (_, Of::Text) => "text",
        (Engine::Postgres, Of::Integer) => "bigint",
        (Engine::Postgres, Of::Boolean) => "boolean",
        (Engine::Postgres, Of::Blob) => "bytea",
        (Engine::Postgres, Of::Uuid) => "uuid",
    };
    let column = |column: &Column| {
        format!("{} {} {}", column.name, kind(column.of), if column.nullable { "null" } else { "not" })
    };
    table.columns().iter().map(column).collect()
}
