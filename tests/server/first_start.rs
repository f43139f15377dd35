//! An empty database is begun with once. Later it is one whose data is gone.

use crate::database::{Database, Engine};
use crate::each_database;
use crate::program::Program;
use crate::world::{Manual, World, open};
use doorward::base::clock::Randomness;
use doorward::base::config::Config;
use doorward::flows::first_start::Emptied;
use doorward::request::assets::Assets;
use doorward::run::start::{self, StartError};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const BY_VARIABLE: [(&str, &str); 1] = [("DOORWARD__SERVER__SECRET_KEY", KEY)];

/// The data is gone: another database, in the place of the one that there was.
async fn emptied(database: &Database) -> Database {
    let data = database.folder.path().join("data");
    if database.engine == Engine::Sqlite {
        for name in ["doorward.db", "doorward.db-wal", "doorward.db-shm"] {
            let _ = fs::remove_file(data.join(name));
        }
    }
    Database::fresh_in(database.engine, database.folder.clone()).await.unwrap()
}

#[track_caller]
fn is_refused<T>(opened: Result<T, StartError>, words: &str) {
    let Err(refused @ StartError::Emptied(_)) = opened else { panic!("it started") };
    assert!(refused.to_string().contains(words), "{refused}");
}

each_database! {
    async fn a_database_that_has_lost_its_data_is_not_begun_anew(world: World) {
        let clock: Arc<Manual> = world.clock.clone();
        for settings in [&[][..], &BY_VARIABLE] {
            let Some(first) = Database::fresh(world.engine()).await else { return };
            // Neither key nor database, or a key that was given: the first start, and every one
            // after it.
            for _ in 0..2 {
                open(&first, clock.clone(), settings).await.unwrap().db.close().await;
            }
            let gone = emptied(&first).await;
            // However often it is tried.
            for _ in 0..2 {
                is_refused(open(&gone, clock.clone(), settings).await.map(|_| ()), "key-check");
            }
            // What a restore is for.
            let mut all: Vec<(String, String)> = gone.settings();
            all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            let file = gone.folder.path().join("Doorward.toml");
            let config = || Config::load(Some(&file), all.clone().into_iter()).unwrap();
            start::open_to_restore(config(), clock.clone(), Randomness::system()).await.unwrap().db.close().await;
            start::open(config(), Assets::none(), clock.clone(), Randomness::system()).await.unwrap().db.close().await;
            // Or whoever means it says so.
            let gone = emptied(&gone).await;
            is_refused(open(&gone, clock.clone(), settings).await.map(|_| ()), "To begin anew, remove that file");
            fs::remove_file(gone.folder.path().join("data/key-check")).unwrap();
            open(&gone, clock.clone(), settings).await.unwrap().db.close().await;
        }
    }

    async fn a_key_that_lies_ready_is_no_sign_of_a_database(world: World) {
        let Some(new) = Database::fresh(world.engine()).await else { return };
        let data = new.folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::copy(world.data_dir().join("secret.key"), data.join("secret.key")).unwrap();
        open(&new, world.clock.clone(), &[]).await.unwrap().db.close().await;
        // Another key, and with it another beginning.
        let other = emptied(&new).await;
        open(&other, world.clock.clone(), &BY_VARIABLE).await.unwrap().db.close().await;
    }
}

#[tokio::test]
async fn an_empty_file_beside_a_secret_key_stops_the_start_with_words() {
    let program = Program::new();
    program.run_with(&["user", "create", "--email", "ada@example.org"], "seven tall ships sail at dawn").with(0);
    let data = program.folder().join("data");
    let database = data.join("doorward.db");
    // As of an installation from before there were marks.
    fs::remove_file(data.join("key-check")).unwrap();
    for name in ["doorward.db-wal", "doorward.db-shm"] {
        let _ = fs::remove_file(data.join(name));
    }
    fs::write(&database, "").unwrap();
    for command in [&["user", "list"][..], &["serve"], &["audit", "verify"], &["user", "list"]] {
        let refused = program.run(command);
        assert!(refused.with(1).err.contains("is empty, and there is a secret key already"), "{refused:?}");
        assert_eq!(fs::metadata(&database).unwrap().len(), 0, "and it is left as it is");
    }
    let key = data.join("secret.key");
    let words = Emptied::File(database.clone(), key.clone()).to_string();
    assert!(words.contains(&*key.to_string_lossy()) && words.contains("doorward restore"), "{words}");
    // The first start, killed before there was a key, and a key that was given.
    fs::remove_file(&key).unwrap();
    program.run(&["user", "list"]).with(0);
    assert!(Path::new(&key).exists());
}
