//! Codes as proofs: what counts, once, and how often somebody may be wrong.

use crate::each_database;
use crate::world::World;
use doorward::base::clock::UnixMicros;
use doorward::base::config::TotpAlgorithm;
use doorward::domain::accounts::{self, AccountId, Email};
use doorward::domain::devices::DeviceName;
use doorward::domain::factors::notices;
use doorward::domain::factors::recovery_codes::{self, RecoveryCodes};
use doorward::domain::factors::totp::{self, Confirmed, Key, Parameters, Stands};
use doorward::domain::factors::{self, Checked, FactorKind, Removed};
use std::time::Duration;

const STEP: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);
const RIGHT: Checked = Checked::Right(FactorKind::Totp);

async fn account(world: &World, email: &str) -> AccountId {
    world.register(email).await;
    accounts::find_by_email(&world.app().db, &Email::parse(email).unwrap()).await.unwrap().unwrap().id
}

fn now(world: &World) -> UnixMicros {
    world.app().clock.now()
}

/// The code that an app with `key` shows now.
fn shown(world: &World, key: &Key) -> String {
    key.code(now(world)).unwrap().to_string()
}

/// Adds an authenticator whose first code was of three steps ago.
async fn add(world: &World, account: AccountId, parameters: Parameters) -> Key {
    let app = world.app();
    let key = Key::new(&app.randomness, parameters);
    let Stands::Now(step) = key.judge(&shown(world, &key), now(world)) else { panic!() };
    let confirmed = Confirmed { key: &key, name: &DeviceName::parse("Phone").unwrap(), step: step - 3 };
    let mut tx = app.db.begin_recorded().await.unwrap();
    totp::add(&mut tx, account, confirmed).await.unwrap();
    tx.commit().await.unwrap();
    key
}

const USUAL: Parameters = Parameters { algorithm: TotpAlgorithm::Sha1, digits: 6, period: 30 };

async fn make_codes(world: &World, account: AccountId) -> Vec<String> {
    let app = world.app();
    let codes = RecoveryCodes::new(&app.randomness);
    let mut tx = app.db.begin_recorded().await.unwrap();
    recovery_codes::replace(&mut tx, account, &codes, now(world)).await.unwrap();
    tx.commit().await.unwrap();
    codes.texts().iter().map(|text| text.to_string()).collect()
}

async fn check(world: &World, account: AccountId, typed: &str) -> Checked {
    let app = world.app();
    let mut tx = app.db.begin_recorded().await.unwrap();
    let checked = factors::check(&mut tx, &app.vault, account, None, typed, now(world)).await.unwrap();
    tx.commit().await.unwrap();
    checked
}

/// The same code in 50 requests at once; gives what became of each.
async fn check_in_parallel(world: &World, account: AccountId, typed: &str) -> Vec<Checked> {
    let (app, now) = (world.app(), now(world));
    let requests = (0..50).map(|_| async {
        loop {
            // With this many at once some wait too long for their turn, as a busy server's would,
            // and try again.
            let Ok(mut tx) = app.db.begin_recorded().await else { continue };
            let checked = factors::check(&mut tx, &app.vault, account, None, typed, now).await.unwrap();
            tx.commit().await.unwrap();
            return checked;
        }
    });
    futures_util::future::join_all(requests).await
}

async fn kinds(world: &World, account: AccountId) -> Vec<FactorKind> {
    factors::of(&world.app().db, account).await.unwrap()
}

each_database! {
    async fn one_code_sent_by_fifty_requests_at_once_succeeds_once(world: World) {
        let ada = account(&world, "ada@example.org").await;
        let key = add(&world, ada, USUAL).await;
        let checked = check_in_parallel(&world, ada, &shown(&world, &key)).await;
        assert_eq!(checked.iter().filter(|checked| **checked == RIGHT).count(), 1, "{checked:?}");
    }

    async fn one_recovery_code_sent_by_fifty_requests_at_once_succeeds_once_and_the_others_stay_good(world: World) {
        let ada = account(&world, "ada@example.org").await;
        add(&world, ada, USUAL).await;
        let codes = make_codes(&world, ada).await;
        let checked = check_in_parallel(&world, ada, &codes[0]).await;
        let right = Checked::Right(FactorKind::RecoveryCode);
        assert_eq!(checked.iter().filter(|checked| **checked == right).count(), 1, "{checked:?}");
        assert_eq!(factors::recovery_codes_left(&world.app().db, ada).await.unwrap(), 9);
        world.advance(120 * MINUTE);
        assert_eq!(check(&world, ada, &codes[1].to_lowercase().replace('-', " ")).await, right);
        assert_eq!(check(&world, ada, &codes[1]).await, Checked::Wrong);
    }

    async fn a_code_is_not_taken_twice_and_no_older_one_after_it_however_the_clock_moves(world: World) {
        let ada = account(&world, "ada@example.org").await;
        let key = add(&world, ada, USUAL).await;
        let (first, before) = (shown(&world, &key), key.code(now(&world).before(STEP)).unwrap());
        let next = key.code(now(&world).after(STEP)).unwrap();
        assert_eq!(check(&world, ada, &first).await, RIGHT);
        for used in [&first, before.as_str()] {
            assert_eq!(check(&world, ada, used).await, Checked::Wrong);
        }
        assert_eq!(check(&world, ada, &next).await, RIGHT, "a clock may be one step ahead");
        for back in [Duration::ZERO, STEP, 60 * MINUTE] {
            world.turn_back(back);
            assert_eq!(check(&world, ada, &shown(&world, &key)).await, Checked::Wrong, "{back:?} back");
        }
        world.advance(62 * MINUTE);
        assert_eq!(check(&world, ada, &shown(&world, &key)).await, RIGHT);
    }

    async fn codes_of_two_steps_ago_and_of_two_ahead_are_refused(world: World) {
        let ada = account(&world, "ada@example.org").await;
        let key = add(&world, ada, USUAL).await;
        for off in [key.code(now(&world).before(2 * STEP)), key.code(now(&world).after(2 * STEP))] {
            assert_eq!(check(&world, ada, &off.unwrap()).await, Checked::Wrong);
        }
    }

    async fn any_of_several_authenticators_will_do_each_with_its_own_ways(world: World) {
        let ada = account(&world, "ada@example.org").await;
        let ways = [USUAL, Parameters { algorithm: TotpAlgorithm::Sha256, digits: 8, period: 60 }, Parameters { algorithm: TotpAlgorithm::Sha512, ..USUAL }];
        let mut keys = Vec::new();
        for way in ways {
            keys.push(add(&world, ada, way).await);
        }
        for key in &keys {
            assert_eq!(check(&world, ada, &shown(&world, key)).await, RIGHT);
            assert_eq!(check(&world, ada, &shown(&world, key)).await, Checked::Wrong);
        }
        let eve = account(&world, "eve@example.org").await;
        add(&world, eve, USUAL).await;
        world.advance(MINUTE);
        assert_eq!(check(&world, eve, &shown(&world, &keys[0])).await, Checked::Wrong, "another's");
    }

    async fn a_seed_put_into_another_row_or_account_opens_nothing(world: World) {
        let ada = account(&world, "ada@example.org").await;
        let eve = account(&world, "eve@example.org").await;
        let (key, evil) = (add(&world, ada, USUAL).await, add(&world, eve, USUAL).await);
        let eves = "(SELECT sealed FROM totp_authenticators WHERE account_id = (SELECT id FROM accounts WHERE email = 'eve@example.org'))";
        world.change(&format!("UPDATE totp_authenticators SET sealed = {eves}")).await;
        assert_eq!(check(&world, ada, &shown(&world, &evil)).await, Checked::Wrong);
        assert_eq!(check(&world, ada, &shown(&world, &key)).await, Checked::Wrong);
        assert_eq!(check(&world, eve, &shown(&world, &evil)).await, RIGHT);
        world.change("UPDATE totp_authenticators SET account_id = (SELECT id FROM accounts WHERE email = 'ada@example.org')").await;
        world.advance(MINUTE);
        assert_eq!(check(&world, ada, &shown(&world, &evil)).await, Checked::Wrong, "moved to another account");
    }

    async fn after_five_wrong_codes_each_waits_longer_and_a_right_one_ends_it(world: World) {
        let ada = account(&world, "ada@example.org").await;
        let key = add(&world, ada, USUAL).await;
        for wrong in ["000000", "not a code", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "12", &"9".repeat(4000)] {
            assert_eq!(check(&world, ada, wrong).await, Checked::Wrong);
        }
        for minutes in [1, 2, 4, 8] {
            let wait = MINUTE * minutes;
            assert_eq!(check(&world, ada, &shown(&world, &key)).await, Checked::Wait(wait), "not even a right one");
            world.advance(wait - Duration::from_secs(1));
            assert_eq!(check(&world, ada, &shown(&world, &key)).await, Checked::Wait(Duration::from_secs(1)));
            world.advance(Duration::from_secs(1));
            assert_eq!(check(&world, ada, "000000").await, Checked::Wrong);
        }
        let node = world.another(&[]).await.unwrap();
        let mut tx = node.app.db.begin_recorded().await.unwrap();
        let elsewhere = factors::check(&mut tx, &node.app.vault, ada, None, "000000", now(&world)).await.unwrap();
        assert_eq!(elsewhere, Checked::Wait(16 * MINUTE), "on another node, or after a restart");
        drop(tx);
        world.advance(16 * MINUTE);
        assert_eq!(check(&world, ada, &shown(&world, &key)).await, RIGHT);
        assert_eq!(check(&world, ada, "000000").await, Checked::Wrong);
        world.advance(STEP);
        assert_eq!(check(&world, ada, &shown(&world, &key)).await, RIGHT, "it begins anew");
    }

    async fn a_clock_that_was_ahead_makes_nobody_wait_longer(world: World) {
        let ada = account(&world, "ada@example.org").await;
        let key = add(&world, ada, USUAL).await;
        world.advance(1000 * MINUTE);
        for _ in 0..5 {
            check(&world, ada, "000000").await;
        }
        world.turn_back(1000 * MINUTE);
        assert_eq!(check(&world, ada, "000000").await, Checked::Wait(MINUTE));
        world.advance(MINUTE);
        assert_eq!(check(&world, ada, &shown(&world, &key)).await, RIGHT);
    }

    async fn fifty_wrong_codes_at_once_are_five_tries(world: World) {
        let ada = account(&world, "ada@example.org").await;
        add(&world, ada, USUAL).await;
        let checked = check_in_parallel(&world, ada, "000000").await;
        assert_eq!(checked.iter().filter(|checked| **checked == Checked::Wrong).count(), 5);
        assert_eq!(world.number("SELECT failures FROM factor_failures").await, 5);
    }

    async fn factors_are_told_last_used_first_and_recovery_codes_never_alone(world: World) {
        let ada = account(&world, "ada@example.org").await;
        let (db, account) = (&world.app().db, ada);
        let codes = make_codes(&world, ada).await;
        assert_eq!(kinds(&world, ada).await, []);
        let key = add(&world, ada, USUAL).await;
        assert_eq!(kinds(&world, ada).await, [FactorKind::Totp, FactorKind::RecoveryCode]);
        world.advance(MINUTE);
        check(&world, ada, &codes[0]).await;
        assert_eq!(kinds(&world, ada).await, [FactorKind::RecoveryCode, FactorKind::Totp]);
        world.advance(MINUTE);
        check(&world, ada, &shown(&world, &key)).await;
        assert_eq!(kinds(&world, ada).await, [FactorKind::Totp, FactorKind::RecoveryCode]);
        for code in &codes[1..] {
            check(&world, ada, code).await;
        }
        assert_eq!(kinds(&world, ada).await, [FactorKind::Totp]);
        add(&world, ada, USUAL).await;
        let apps = totp::list(db, account).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(factors::remove_totp(&mut tx, ada, apps[0].id).await.unwrap(), Removed::One);
        assert_eq!(factors::remove_totp(&mut tx, ada, apps[0].id).await.unwrap(), Removed::Nothing);
        assert_eq!(factors::remove_totp(&mut tx, ada, apps[1].id).await.unwrap(), Removed::Last);
        tx.commit().await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM recovery_codes").await, 0);
    }

    async fn wrong_codes_are_noted_each_and_written_about_once_and_a_used_recovery_code_always(world: World) {
        let ada = account(&world, "ada@example.org").await;
        add(&world, ada, USUAL).await;
        let codes = make_codes(&world, ada).await;
        let app = world.app();
        let person = accounts::find(&app.db, ada).await.unwrap().unwrap();
        let told = async |typed: &str| {
            let tx = app.db.begin_recorded().await.unwrap();
            if let Ok((tx, _)) = notices::take_code(&app.db, tx, &person, None, typed).await {
                tx.commit().await.unwrap();
            }
        };
        for _ in 0..8 {
            told("000000").await;
        }
        world.letter(person.email.as_str()).await.text.find("several wrong codes").unwrap();
        for minutes in [1, 2, 4] {
            world.advance(MINUTE * minutes);
            told("000000").await;
        }
        assert_eq!(world.unread_count(person.email.as_str()).await, 0, "once");
        world.advance(8 * MINUTE);
        told(&codes[0]).await;
        world.letter(person.email.as_str()).await.text.find("You have 9 left").unwrap();
        let kinds = world.audit_kinds().await;
        let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
        assert_eq!((count("code_refused"), count("recovery_code_used")), (8, 1), "those that had to wait are not noted");
    }

    async fn removing_all_leaves_nothing_and_others_alone(world: World) {
        let (ada, eve) = (account(&world, "ada@example.org").await, account(&world, "eve@example.org").await);
        for account in [ada, eve] {
            add(&world, account, USUAL).await;
            add(&world, account, USUAL).await;
            make_codes(&world, account).await;
            check(&world, account, "000000").await;
        }
        let mut tx = world.app().db.begin().await.unwrap();
        assert_eq!(factors::remove_all(&mut tx, ada).await.unwrap(), 2);
        assert_eq!(factors::remove_all(&mut tx, ada).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!((kinds(&world, ada).await.len(), kinds(&world, eve).await.len()), (0, 2));
        for (table, left) in [("totp_authenticators", 2), ("recovery_codes", 10), ("factor_failures", 1)] {
            assert_eq!(world.number(&format!("SELECT COUNT(*) FROM {table}")).await, left, "{table}");
        }
    }
}
