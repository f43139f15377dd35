#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::{Duration, Instant};

use argon2::Version;

use super::*;

const SALT: [u8; 16] = *b"sixteen bytes ok";

/// Small enough to be quick, and not the defaults, so that a test can tell which were used.
fn quick() -> HashSettings {
    HashSettings { memory_kib: 64, iterations: 1, parallelism: 1, threads: 2, queue: 64 }
}

fn parse(typed: &str) -> PlainPassword {
    PlainPassword::parse(typed.to_owned()).unwrap()
}

async fn checks(hasher: &Hasher, typed: &str, stored: &StoredHash) -> Verified {
    hasher.verify(&parse(typed), Some(stored.clone())).await.unwrap()
}

/// Argon2 1.3 reference implementation, test.c: Argon2id, "password", "somesalt".
const REFERENCE: &str = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

#[tokio::test]
async fn a_hash_of_the_reference_implementation_is_right_for_its_password_alone() {
    let hasher = Hasher::start(&quick()).unwrap();
    let stored = StoredHash::from_stored(REFERENCE.to_owned());
    assert_eq!(checks(&hasher, "password", &stored).await, Verified::Right);
    assert_eq!(checks(&hasher, "Password", &stored).await, Verified::Wrong);
}

#[test]
fn argon2id_gives_the_answer_of_rfc_9106() {
    let params = argon2::ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(argon2::AssociatedData::new(&[4; 12]).unwrap())
        .build()
        .unwrap();
    let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut tag = [0; 32];
    argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
    let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

#[tokio::test]
async fn a_stored_hash_names_its_parameters_and_differs_with_the_salt() {
    let hasher = Hasher::start(&quick()).unwrap();
    let one = hasher.hash(&parse("correct horse battery"), SALT).await.unwrap();
    let other = hasher.hash(&parse("correct horse battery"), [7; 16]).await.unwrap();
    assert!(one.as_str().starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", one.as_str());
    assert!(one.as_str().starts_with(hasher.today()), "{}", hasher.today());
    assert_ne!(one.as_str(), other.as_str());
    assert_eq!(checks(&hasher, "correct horse battery", &one).await, Verified::Right);
    assert_eq!(checks(&hasher, "correct horse batterz", &one).await, Verified::Wrong);
}

#[tokio::test]
async fn an_accent_typed_either_way_gives_the_same_password() {
    let hasher = Hasher::start(&quick()).unwrap();
    let stored = hasher.hash(&parse("cafe\u{301} au lait, deux"), SALT).await.unwrap();
    assert_eq!(checks(&hasher, "caf\u{e9} au lait, deux", &stored).await, Verified::Right);
    assert_eq!(checks(&hasher, "cafe\u{301} au lait, deux", &stored).await, Verified::Right);
    assert_eq!(checks(&hasher, "cafe au lait, deux", &stored).await, Verified::Wrong);
}

#[tokio::test]
async fn a_password_imported_unnormalised_is_right_as_typed_and_wants_to_be_stored_anew() {
    let hasher = Hasher::start(&quick()).unwrap();
    let mut worker = Worker { current: Params::new(64, 1, 1, None).unwrap(), memory: Vec::new(), work: Arc::default() };
    let stored = worker.hash("cafe\u{301}", &SALT).unwrap();
    assert_eq!(checks(&hasher, "cafe\u{301}", &stored).await, Verified::RightButOutdated);
}

#[tokio::test]
async fn every_character_of_a_long_password_counts() {
    let hasher = Hasher::start(&quick()).unwrap();
    for typed in ["🔑".repeat(128), "x".repeat(1024)] {
        let stored = hasher.hash(&parse(&typed), SALT).await.unwrap();
        assert_eq!(checks(&hasher, &typed, &stored).await, Verified::Right);
        let shorter: String = typed.chars().skip(1).collect();
        assert_eq!(checks(&hasher, &shorter, &stored).await, Verified::Wrong);
        // bcrypt would stop reading at byte 72.
        let other: String = typed.chars().enumerate().map(|(at, c)| if at == 72 { 'o' } else { c }).collect();
        assert_eq!(checks(&hasher, &other, &stored).await, Verified::Wrong);
    }
}

#[tokio::test]
async fn what_only_costs_time_is_never_right() {
    let hasher = Hasher::start(&quick()).unwrap();
    let stored = hasher.hash(&parse("correct horse battery"), SALT).await.unwrap();
    assert_eq!(hasher.pretend(&parse("correct horse battery"), Some(stored)).await.unwrap(), Verified::Wrong);
}

#[tokio::test]
async fn nobody_is_ever_right_and_neither_is_a_hash_that_cannot_be_checked() {
    let hasher = Hasher::start(&quick()).unwrap();
    assert_eq!(hasher.verify(&parse("nobody's account"), None).await.unwrap(), Verified::Wrong);
    let unusable = [
        "",
        "!",
        "password",
        "$argon2id$",
        "$argon2id$v=19$m=64,t=1,p=1",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$argon2id$v=99$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=2097152,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=21,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=8,t=1,p=16777215$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ];
    for stored in unusable {
        let stored = StoredHash::from_stored(stored.to_owned());
        assert_eq!(checks(&hasher, "password", &stored).await, Verified::Wrong, "{}", stored.as_str());
    }
}

#[tokio::test]
async fn a_hash_with_less_than_todays_parameters_is_right_but_outdated() {
    let yesterday = Hasher::start(&quick()).unwrap();
    let stored = yesterday.hash(&parse("correct horse battery"), SALT).await.unwrap();
    for grown in [HashSettings { memory_kib: 128, ..quick() }, HashSettings { iterations: 2, ..quick() }] {
        let today = Hasher::start(&grown).unwrap();
        assert_eq!(checks(&today, "correct horse battery", &stored).await, Verified::RightButOutdated);
        assert_eq!(checks(&today, "wrong horse battery", &stored).await, Verified::Wrong);
    }
}

#[tokio::test]
async fn a_full_queue_answers_busy_at_once_and_an_abandoned_place_is_free_again() {
    // One hash of this takes long enough to hold the only thread during the test.
    let slow = HashSettings { memory_kib: 65_536, iterations: 6, threads: 1, queue: 2, ..quick() };
    let hasher = Arc::new(Hasher::start(&slow).unwrap());
    let ask = |hasher: &Arc<Hasher>| {
        let hasher = Arc::clone(hasher);
        tokio::spawn(async move { hasher.verify(&parse("somebody"), None).await })
    };
    let running = ask(&hasher);
    tokio::time::sleep(Duration::from_millis(30)).await;
    let waiting = [ask(&hasher), ask(&hasher)];
    tokio::task::yield_now().await;

    let asked = Instant::now();
    assert_eq!(hasher.verify(&parse("one too many"), None).await, Err(HashRefused::Busy));
    assert!(asked.elapsed() < Duration::from_millis(50), "{:?}", asked.elapsed());

    for client in waiting {
        client.abort();
        assert!(client.await.unwrap_err().is_cancelled());
    }
    assert_eq!(hasher.verify(&parse("somebody"), None).await, Ok(Verified::Wrong));
    assert_eq!(running.await.unwrap(), Ok(Verified::Wrong));
}

#[tokio::test]
async fn dropping_the_hasher_ends_its_threads() {
    let hasher = Hasher::start(&quick()).unwrap();
    assert_eq!(hasher.verify(&parse("somebody"), None).await, Ok(Verified::Wrong));
    let queue = Arc::downgrade(&hasher.queue);
    drop(hasher);
    // Each thread holds the queue until it ends.
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        while queue.upgrade().is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(ended.await.is_ok());
}

#[test]
fn parameters_out_of_range_stop_the_start() {
    let refused = |settings| Hasher::start(&settings).err();
    assert!(matches!(refused(HashSettings { iterations: 0, ..quick() }), Some(HasherNotStarted::Parameters(_))));
    assert!(matches!(refused(HashSettings { memory_kib: 7, ..quick() }), Some(HasherNotStarted::Parameters(_))));
    let large = HashSettings { memory_kib: 131_073, ..quick() };
    assert!(matches!(refused(large), Some(HasherNotStarted::AboveCap(AboveCap::Memory))));
    let long = HashSettings { memory_kib: 131_072, iterations: 21, ..quick() };
    assert!(matches!(refused(long), Some(HasherNotStarted::AboveCap(AboveCap::Time))));
}

/// Resident memory of this process in KiB.
#[cfg(target_os = "linux")]
fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// In a process of its own: what the tests beside it take and keep, up to twice as much in one run,
/// is not the hasher's.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_hasher_gives_its_memory_back() {
    const ALONE: &str = "DOORWARD_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let itself = std::env::current_exe().unwrap();
        let (_, module) = module_path!().split_once("::").unwrap();
        let name = format!("{module}::an_idle_hasher_gives_its_memory_back");
        let run = std::process::Command::new(itself).args(["--exact", &name]).env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let large = HashSettings { memory_kib: 131_072, iterations: 1, threads: 1, ..quick() };
    let hasher = Hasher::start(&large).unwrap();
    let before = resident_kib();
    for _ in 0..2 {
        assert_eq!(hasher.verify(&parse("somebody"), None).await, Ok(Verified::Wrong));
    }
    // A niced thread on a busy machine may be late; one that keeps its memory is late for ever.
    let given_back = tokio::time::timeout(Duration::from_secs(60), async {
        while resident_kib() > before + 65_536 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(given_back.await.is_ok(), "{} KiB before, {} KiB now", before, resident_kib());
}

/// Prints the rate beside that of bare Argon2 on as many threads (`--nocapture`); how near it comes
/// depends on what else the machine does, so that only the answers are asserted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_checks_at_once_all_get_their_own_answer() {
    const CHECKS: usize = 24;
    let settings = HashSettings { threads: 2, queue: CHECKS, ..HashSettings::default() };
    let bare = Instant::now();
    thread::scope(|scope| {
        for _ in 0..settings.threads {
            scope.spawn(|| {
                for _ in 0..CHECKS / settings.threads {
                    Argon2::default().hash_password_into(b"somebody", &SALT, &mut [0; 32]).unwrap();
                }
            });
        }
    });
    let bare = bare.elapsed();

    let hasher = Arc::new(Hasher::start(&settings).unwrap());
    let stored = hasher.hash(&parse("password of person 0"), SALT).await.unwrap();
    let started = Instant::now();
    let clients: Vec<_> = (0..CHECKS)
        .map(|person| {
            let (hasher, stored) = (Arc::clone(&hasher), stored.clone());
            tokio::spawn(
                async move { hasher.verify(&parse(&format!("password of person {person}")), Some(stored)).await },
            )
        })
        .collect();
    for (person, client) in clients.into_iter().enumerate() {
        let expected = if person == 0 { Verified::Right } else { Verified::Wrong };
        assert_eq!(client.await.unwrap(), Ok(expected), "{person}");
    }
    println!("{CHECKS} checks in {:?}, bare Argon2 {bare:?}", started.elapsed());
}
