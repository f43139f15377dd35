//! A database that is new, newer, damaged, somebody else's, or gone.

use crate::database::{Database, Engine};
use crate::each_database;
use crate::person::{PASSWORD, is_signed_in, sign_in};
use crate::world::{World, eventually, open};
use doorward::base::db::OpenError;
use doorward::base::vault::KeyError;
use doorward::domain::accounts;
use doorward::run::start::StartError;
use sqlx::{AssertSqlSafe, Executor};
use std::time::{Duration, Instant};

/// Not the one that the test's data folder holds.
const KEY: &str = "8f3a1c5e7b920d64f1a2b3c4d5e60718293a4b5c6d7e8f90a1b2c3d4e5f60711";

each_database! {
    async fn several_nodes_start_on_one_new_database_at_once(world: World) {
        let Some(fresh) = Database::fresh(world.engine()).await else { return };
        let settings = [("DOORWARD__SERVER__SECRET_KEY", KEY)];
        let nodes = tokio::join!(
            open(&fresh, world.clock.clone(), &settings), open(&fresh, world.clock.clone(), &settings), open(&fresh, world.clock.clone(), &settings),
        );
        for node in [nodes.0, nodes.1, nodes.2] {
            node.unwrap().db.ping().await.unwrap();
        }
    }

    async fn an_older_program_refuses_a_newer_database(world: World) {
        let bytes = if world.engine() == Engine::Sqlite { "x'00'" } else { "'\\x00'::bytea" };
        world.change(&format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'tomorrow', TRUE, {bytes}, 0)"
        )).await;
        let error = world.another(&[]).await.err().expect("it starts");
        assert!(matches!(error, StartError::Database(OpenError::Newer(9999))), "{error:?}");
        assert!(error.to_string().contains("newer"), "{error}");
    }

    async fn another_secret_key_opens_nothing(world: World) {
        let error = world.another(&[("DOORWARD__SERVER__SECRET_KEY", KEY)]).await.err().expect("it starts");
        assert!(matches!(error, StartError::Key(KeyError::Foreign)), "{error:?}");
        world.another(&[]).await.unwrap();
    }

    async fn what_was_acknowledged_is_there_after_a_restart(world: World) {
        let ada = world.register("ada@example.org").await;
        let node = world.another(&[]).await.unwrap();
        assert!(is_signed_in(&mut ada.browser.at(&node.router)).await);
        sign_in(&mut node.browser(), &ada.email, PASSWORD).await.leads_to("/account");
    }

    async fn a_write_has_one_time_which_is_after_whatever_it_waited_for(world: World) {
        let (db, clock) = (&world.app().db, &world.app().clock);
        let first = db.begin_recorded().await.unwrap();
        let began = clock.now();
        let waiting = tokio::spawn({
            let db = db.clone();
            async move { db.begin_recorded().await.unwrap() }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.advance(Duration::from_secs(1));
        assert_eq!(first.now(), began);
        assert!(!waiting.is_finished());
        first.commit().await.unwrap();
        assert_eq!(waiting.await.unwrap().now(), clock.now());
    }

    async fn everybody_is_listed_in_the_order_they_came(world: World) {
        for email in ["zoe@example.org", "ada@example.org"] {
            world.register(email).await;
            world.advance(Duration::from_secs(1));
        }
        let listed = accounts::list(&world.app().db, 0).await.unwrap();
        assert_eq!(listed.iter().map(|account| account.email.as_str()).collect::<Vec<_>>(), ["zoe@example.org", "ada@example.org"]);
        assert!(accounts::list(&world.app().db, 1).await.unwrap().is_empty());
    }

    async fn ready_means_that_the_database_answers(world: World) {
        assert_eq!(world.browser().get("/readyz").await.status, 200);
        assert_eq!(world.browser().get("/healthz").await.status, 200);
        world.app().db.close().await;
        assert_eq!(world.browser().get("/readyz").await.status, 503);
        assert_eq!(world.browser().get("/healthz").await.status, 200);
    }

    async fn without_its_database_nobody_is_let_in_and_everybody_is_told_to_come_back(world: World) {
        let ada = world.register("ada@example.org").await;
        world.app().db.close().await;
        answers_unavailable(&world, &ada.browser).await;
    }
}

/// Each door, with and without a session, while there is no database.
async fn answers_unavailable(world: &World, signed_in: &crate::browser::Browser) {
    let begun = Instant::now();
    let mut browser = signed_in.clone();
    let page = browser.get("/account").await;
    assert_eq!(page.status, 503, "{}", page.in_full());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!((page.header("retry-after"), page.header("cache-control")), ("5", "no-store"));
    assert!(page.header("content-security-policy").contains("default-src 'none'") && page.cookies.is_empty());
    for (path, fields) in [
        ("/form/sign-in", &[("identifier", "ada@example.org"), ("password", PASSWORD)][..]),
        ("/form/register", &[("email", "eve@example.org")]),
        ("/form/forgot-password", &[("email", "ada@example.org")]),
    ] {
        let begun = Instant::now();
        let answer = world.browser().call(path, fields).await;
        answer.is(503, "unavailable");
        assert_eq!((answer.header("retry-after"), answer.cookies.len()), ("5", 0), "{path}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{path} {:?}", begun.elapsed());
    }
    browser.call("/form/sign-out", &[]).await.is(503, "unavailable");
    assert!(browser.cookie().is_some(), "a session that was not ended keeps its cookie");
    assert_eq!(world.browser().get("/readyz").await.status, 503);
}

#[tokio::test]
async fn a_file_that_is_no_database_stops_the_start_and_says_so() {
    for content in [&b"this is no database, whatever its name says. ".repeat(200)[..], &[0xff; 8192]] {
        let database = Database::fresh(Engine::Sqlite).await.unwrap();
        let data = database.folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::write(data.join("doorward.db"), content).unwrap();
        let error = open(&database, std::sync::Arc::default(), &[]).await.err().expect("it starts");
        assert!(matches!(error, StartError::Database(OpenError::Damaged(..))), "{error:?}");
        assert!(error.to_string().contains("doorward.db") && error.to_string().contains("backup"), "{error}");
        assert_eq!(std::fs::read(data.join("doorward.db")).unwrap(), content, "left as it was");
    }
}

#[test]
fn a_database_file_with_damaged_pages_stops_the_start() {
    crate::world::tell(Engine::Sqlite, async |world: World| {
        world.register("ada@example.org").await;
        world.number("PRAGMA wal_checkpoint(TRUNCATE)").await;
        world.app().db.close().await;
        let file = world.data_dir().join("doorward.db");
        let mut bytes = std::fs::read(&file).unwrap();
        let from = bytes.len() / 4;
        bytes[from..from * 3].fill(0x5a);
        std::fs::write(&file, bytes).unwrap();
        let error = world.another(&[]).await.err().expect("it starts");
        assert!(matches!(error, StartError::Database(OpenError::Damaged(..))), "{error:?}");
    });
}

#[test]
fn a_secret_key_that_was_lost_stops_the_start_instead_of_making_another() {
    crate::world::tell(Engine::Sqlite, async |world: World| {
        std::fs::remove_file(world.data_dir().join("secret.key")).unwrap();
        let error = world.another(&[]).await.err().expect("it starts");
        assert!(matches!(error, StartError::Key(KeyError::Foreign)), "{error:?}");
    });
}

mod a_database_that_goes_away_is_missed_within_two_seconds_and_found_again {
    use super::*;

    #[test]
    fn postgres() {
        crate::world::tell(Engine::Postgres, async |world: World| {
            let ada = world.register("ada@example.org").await;
            world.letters().await;
            let (mut server, name) = world.database.server().await;
            let away = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
            let back = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true");
            let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            server.execute(AssertSqlSafe(away)).await.unwrap();
            server.execute(AssertSqlSafe(cut)).await.unwrap();
            answers_unavailable(&world, &ada.browser).await;
            server.execute(AssertSqlSafe(back)).await.unwrap();
            eventually("it is ready again", async || world.browser().get("/readyz").await.status == 200).await;
            assert!(is_signed_in(&mut ada.browser.clone()).await);
            sign_in(&mut world.browser(), &ada.email, PASSWORD).await.leads_to("/account");
        });
    }
}

mod a_database_that_hangs_is_given_up_within_two_seconds {
    use super::*;

    #[test]
    fn sqlite() {
        crate::world::tell(Engine::Sqlite, async |world: World| {
            let ada = world.register("ada@example.org").await;
            world.letters().await;
            // Another process, a backup tool say, that keeps the write lock.
            let file = world.data_dir().join("doorward.db");
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let mut other = sqlx::ConnectOptions::connect(&options).await.unwrap();
            other.execute("BEGIN EXCLUSIVE").await.unwrap();
            for path in ["/form/forgot-password", "/form/register"] {
                let begun = Instant::now();
                world.browser().call(path, &[("email", "eve@example.org")]).await.is(503, "unavailable");
                assert!(begun.elapsed() < Duration::from_millis(2100), "{path} {:?}", begun.elapsed());
            }
            world.advance(Duration::from_secs(120));
            let begun = Instant::now();
            // Reading goes on, and whose session it is can be told; only its last use is not noted.
            assert_eq!(ada.browser.clone().get("/account").await.status, 200);
            assert!(begun.elapsed() < Duration::from_millis(2100), "{:?}", begun.elapsed());
            other.execute("ROLLBACK").await.unwrap();
            assert!(is_signed_in(&mut ada.browser.clone()).await);
        });
    }

    #[test]
    fn postgres() {
        crate::world::tell(Engine::Postgres, async |world: World| {
            let ada = world.register("ada@example.org").await;
            world.letters().await;
            let doorward::base::db::Pools::Postgres(pool) = world.app().db.pools() else { panic!() };
            let mut transaction = pool.begin().await.unwrap();
            transaction.execute("LOCK TABLE accounts, sessions, audit_head IN ACCESS EXCLUSIVE MODE").await.unwrap();
            for (path, fields) in [
                ("/form/sign-in", &[("identifier", "ada@example.org"), ("password", PASSWORD)][..]),
                ("/form/forgot-password", &[("email", "ada@example.org")]),
            ] {
                let begun = Instant::now();
                world.browser().call(path, fields).await.is(503, "unavailable");
                assert!(begun.elapsed() < Duration::from_millis(2500), "{path} {:?}", begun.elapsed());
            }
            let begun = Instant::now();
            assert_eq!(ada.browser.clone().get("/account").await.status, 503);
            assert!(begun.elapsed() < Duration::from_millis(2100), "{:?}", begun.elapsed());
            transaction.rollback().await.unwrap();
            assert!(is_signed_in(&mut ada.browser.clone()).await);
        });
    }
}
