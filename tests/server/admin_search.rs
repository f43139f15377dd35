//! Finding people, whatever their number.

use crate::admin::{administrator, link};
use crate::admin_guard::id_of;
use crate::browser::Answer;
use crate::database::Engine;
use crate::each_database;
use crate::world::World;
use doorward::domain::accounts::{self, Email, NewAccount, Role, Username};
use doorward::domain::directory::{self, Among, Filter, Place, State};
use std::time::{Duration, Instant};

async fn add(world: &World, email: &str, username: &str, name: &str) {
    let app = world.app();
    let username = Username::parse(username).unwrap();
    let new = NewAccount {
        id: None,
        email: Email::parse(email).unwrap(),
        email_verified: true,
        username: Some(username),
        password: None,
        role: Role::Member,
    };
    let mut tx = app.db.begin().await.unwrap();
    accounts::create(&mut tx, &app.vault, &app.randomness, &new, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let name = name.replace('\'', "''");
    world.change(&format!("UPDATE accounts SET display_name = '{name}' WHERE email = '{email}'")).await;
    world.advance(Duration::from_millis(1));
}

/// Adds so many, all of this domain.
async fn add_many(world: &World, count: usize, domain: &str) {
    let (id, hash) = match world.engine() {
        Engine::Sqlite => (
            "unhex(printf('%012x', 1772366400000 + i) || '7' || printf('%03x', i % 4096) || '8' || printf('%015x', i))",
            "printf('%06d', (i * 7919) % 1000000)",
        ),
        Engine::Postgres => (
            "CAST(lpad(to_hex(1772366400000 + i), 12, '0') || '7' || lpad(to_hex(i % 4096), 3, '0') || '8' || lpad(to_hex(i), 15, '0') AS UUID)",
            "lpad(CAST((i * 7919) % 1000000 AS TEXT), 6, '0')",
        ),
    };
    let first = "CASE i % 8 WHEN 0 THEN 'Ada' WHEN 1 THEN 'Grace' WHEN 2 THEN 'Linus' WHEN 3 THEN 'Barbara' WHEN 4 THEN 'Edsger' WHEN 5 THEN 'Margaret' WHEN 6 THEN 'Radia' ELSE 'Tim' END";
    let number = match world.engine() {
        Engine::Sqlite => "i",
        Engine::Postgres => "CAST(i AS BIGINT)",
    };
    let numbers = match world.engine() {
        Engine::Sqlite => {
            format!("WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count})")
        }
        Engine::Postgres => {
            format!("WITH numbers (i) AS (SELECT CAST(g AS BIGINT) FROM generate_series(1, {count}) g)")
        }
    };
    let into = "INSERT INTO accounts (id, email, username, display_name, password_hash, role, created_at)";
    let statement = match world.engine() {
        Engine::Sqlite => format!(
            "{into} {numbers} SELECT {id}, lower({first}) || '.' || {hash} || '-' || i || '@{domain}', 'user-' || {hash} || '-' || i, {first} || ' N' || {hash}, 'x', 'member', 1772366400000000 + {number} FROM numbers"
        ),
        Engine::Postgres => format!(
            "{numbers} {into} SELECT {id}, lower({first}) || '.' || {hash} || '-' || i || '@{domain}', 'user-' || {hash} || '-' || i, {first} || ' N' || {hash}, 'x', 'member', 1772366400000000 + {number} FROM numbers"
        ),
    };
    assert_eq!(world.change(&statement).await, count as u64);
}

/// The mail addresses that the page lists.
fn listed(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.in_full());
    page.body
        .split("class=\"item-heading\">")
        .skip(1)
        .map(|part| part.split('<').next().unwrap().to_owned())
        .filter(|text| text.contains('@'))
        .collect()
}

fn asking(text: &str) -> String {
    format!("/admin/users?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("text", text).finish())
}

each_database! {
    async fn people_are_found_by_any_part_of_what_they_are_called(world: World) {
        let mut rick = administrator(&world).await;
        world.advance(Duration::from_secs(1));
        add(&world, "ada.lovelace@example.org", "countess", "Ada Lovelace").await;
        add(&world, "oezge@example.com", "ozge-1", "Özge Yılmaz").await;
        add(&world, "wei@example.com", "wang-wei", "王伟").await;
        add(&world, "o.hara@example.com", "o_hara", "Maureen O'Hara \"100%\" * (AND)").await;
        let (ada, ozge, wei, ohara) = ("ada.lovelace@example.org", "oezge@example.com", "wei@example.com", "o.hara@example.com");
        let id = id_of(&world, ada).await;
        for (text, expected) in [
            ("lovelace", vec![ada]), ("OVELAC", vec![ada]), ("ountes", vec![ada]), ("da love", vec![ada]), ("ada.love", vec![ada]),
            ("özge", vec![ozge]), ("ÖZGE", vec![ozge]), ("yılm", vec![ozge]), ("王伟", vec![wei]), ("王", vec![wei]),
            ("o'h", vec![ohara]), ("\"100%\"", vec![ohara]), ("* (and)", vec![ohara]), ("o_h", vec![ohara]), ("%", vec![ohara]), ("_", vec![ohara]),
            ("example.com", vec![ohara, wei, ozge]), (&id, vec![ada]), (&id[..13], vec![ada]), (&id.replace('-', "").to_uppercase(), vec![ada]),
            ("nobody at all", vec![]), ("\" OR \"", vec![]), ("a\" OR 1=1 --", vec![]), ("lovelace\ncountess", vec![]), ("%%%", vec![]), ("NEAR(", vec![]),
            (" lovelace ", vec![ada]), ("deadbeef", vec![]),
        ] {
            assert_eq!(listed(&rick.browser.get(&asking(text)).await), expected, "{text}");
        }
        rick.browser.get(&asking("nobody at all")).await.shows("Nobody matches");
        rick.browser.get("/admin/users?text=a%00b").await.shows("Enter a part of a name").shows("aria-invalid=\"true\"");
    }

    async fn the_index_follows_what_people_are_called_and_who_is_there(world: World) {
        let mut rick = administrator(&world).await;
        // Past what is looked through without the index.
        add(&world, "ada@example.org", "countess", "Ada Lovelace").await;
        add_many(&world, 1500, "many.example").await;
        assert_eq!(listed(&rick.browser.get(&asking("lovelace")).await), ["ada@example.org"]);
        world.change("UPDATE accounts SET display_name = 'Ada Byron' WHERE email = 'ada@example.org'").await;
        assert_eq!(listed(&rick.browser.get(&asking("lovelace")).await), [""; 0]);
        assert_eq!(listed(&rick.browser.get(&asking("byron")).await), ["ada@example.org"]);
        world.change("UPDATE accounts SET email = 'king@example.org' WHERE email = 'ada@example.org'").await;
        assert_eq!(listed(&rick.browser.get(&asking("king@")).await), ["king@example.org"]);
        assert_eq!(listed(&rick.browser.get(&asking("ada@example")).await), [""; 0]);
        world.change("DELETE FROM accounts WHERE email = 'king@example.org'").await;
        assert_eq!(listed(&rick.browser.get(&asking("byron")).await), [""; 0]);
        if world.engine() == Engine::Sqlite {
            world.change("INSERT INTO account_search (account_search) VALUES ('integrity-check')").await;
            assert_eq!(world.number("SELECT COUNT(*) FROM account_numbers").await, 1501);
        }
    }

    async fn states_and_roles_filter_and_pages_hold_everybody_once(world: World) {
        let mut rick = administrator(&world).await;
        add_many(&world, 120, "many.example").await;
        world.change("UPDATE accounts SET disabled_at = 1 WHERE email LIKE 'ada.%'").await;
        world.change("UPDATE accounts SET frozen_at = 1 WHERE email LIKE 'grace.%'").await;
        world.change("UPDATE accounts SET role = 'support' WHERE email LIKE 'tim.%'").await;
        for (query, expected) in [
            ("", 121), ("?state=disabled", 15), ("?state=locked", 15), ("?state=active", 91), ("?state=factor-reset", 0), ("?role=support", 15),
            ("?role=admin", 1), ("?role=staff", 16), ("?role=member", 105), ("?text=many.example", 120), ("?text=ada&state=disabled", 15),
            ("?text=ada&state=active", 0), ("?text=many.example&role=staff&state=active", 15), ("?state=nonsense&role=nonsense", 121),
        ] {
            let mut page = rick.browser.get(&format!("/admin/users{query}")).await;
            assert_eq!(link(&page, "Newer"), None);
            let mut pages = vec![listed(&page)];
            while let Some(older) = link(&page, "Older") {
                page = rick.browser.get(&older).await;
                pages.push(listed(&page));
            }
            let all: std::collections::HashSet<&String> = pages.iter().flatten().collect();
            assert_eq!((all.len(), pages.iter().map(Vec::len).sum::<usize>()), (expected, expected), "{query}");
            for expected in pages.iter().rev().skip(1) {
                page = rick.browser.get(&link(&page, "Newer").unwrap()).await;
                assert_eq!(listed(&page), *expected, "{query}");
            }
        }
    }

    /// For docs/performance.md with a million: `DOORWARD_TEST_ACCOUNTS=1000000 … a_part_of_a_name
    /// -- --nocapture`.
    async fn a_part_of_a_name_among_very_many_is_found_at_once(world: World) {
        let count = std::env::var("DOORWARD_TEST_ACCOUNTS").map_or(5000, |count| count.parse().unwrap());
        let mut rick = administrator(&world).await;
        add(&world, "needle@example.org", "needle-haystack", "Quentin Zebulon").await;
        let begun = Instant::now();
        add_many(&world, count, "many.example").await;
        println!("{:?}: {count} accounts added in {:?}", world.engine(), begun.elapsed());
        if world.engine() == Engine::Postgres {
            world.change("VACUUM ANALYZE accounts").await;
        }
        let db = &world.app().db;
        let text = |text: &str| Filter { text: Some(text.parse().unwrap()), ..Filter::default() };
        for (what, filter) in [
            ("newest", Filter::default()), ("zebulon", text("zebulon")), ("edle-hay", text("edle-hay")), ("nothing: qqqzzz", text("qqqzzz")),
            ("some: 123456", text("123456")), ("half of all in another order: margaret", text("margaret")), ("all: many.example", text("many.example")),
            ("short: zq", text("zq")), ("active zebulon", Filter { state: Some(State::Active), ..text("zebulon") }),
            ("disabled, none", Filter { state: Some(State::Disabled), ..Filter::default() }),
            ("all, disabled", Filter { state: Some(State::Disabled), ..text("many.example") }),
            ("admins", Filter { among: Some(Among::Only(Role::Admin)), ..Filter::default() }), ("id", text("019cac77")),
        ] {
            let mut times = Vec::new();
            let mut count = 0;
            for _ in 0..15 {
                let begun = Instant::now();
                count = directory::page(db, &filter, Place::Newest, 50).await.unwrap().rows.len();
                times.push(begun.elapsed());
            }
            times.sort();
            println!("{:?}: {what}: {count} in {:?} (slowest {:?})", world.engine(), times[7], times[14]);
            assert!(times[7] < Duration::from_millis(250), "{what}");
        }
        for path in ["/admin", "/admin/users", "/admin/users?text=zebulon"] {
            let begun = Instant::now();
            assert_eq!(rick.browser.get(path).await.status, 200);
            println!("{:?}: {path} in {:?}", world.engine(), begun.elapsed());
        }
    }
}
