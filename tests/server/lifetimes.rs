//! The first moment at which a session lets nobody in any more, at each door that it opens.

use crate::browser::Browser;
use crate::each_database;
use crate::forms;
use crate::world::World;
use doorward::base::paths::Then;
use doorward::domain::accounts::AccountId;
use doorward::domain::sessions::Keep;
use doorward::request::visitor::STATE_PATH;
use std::time::Duration;

/// The shortest time there is.
const MOMENT: Duration = Duration::from_micros(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Idle and absolute, as `docs/operations.md` promises them.
const LIFETIMES: [(Keep, Duration, Duration); 3] = [
    (Keep::Ordinary, HOUR, Duration::from_secs(12 * 3600)),
    (Keep::Remembered, Duration::from_secs(7 * 24 * 3600), Duration::from_secs(30 * 24 * 3600)),
    (Keep::Shared, Duration::from_secs(15 * 60), Duration::from_secs(12 * 3600)),
];

/// Everything that opens for a session alone: pages, files, what a page asks by itself, and server
/// functions.
pub fn doors() -> Vec<&'static str> {
    let mut doors: Vec<&str> = Then::fixed().map(|then| then.page()).collect();
    doors.dedup();
    doors.extend(["/confirm", "/account/activity.json", "/account/activity.csv", STATE_PATH]);
    doors.extend(forms::with_a_session());
    doors
}

/// Whether `browser` comes through; a form that is refused for what was typed has let it in.
pub async fn comes_through(browser: &mut Browser, door: &str) -> bool {
    let answer = if door.starts_with("/form/") { browser.call(door, &[]).await } else { browser.get(door).await };
    assert!(answer.status < 500, "{door}: {}", answer.in_full());
    match answer.status {
        401 => false,
        303 if answer.location().starts_with("/confirm") => true,
        303 => {
            assert!(answer.location().starts_with("/sign-in"), "{door}: {}", answer.in_full());
            false
        }
        _ => true,
    }
}

/// Somebody for whom all of them open.
async fn administrator(world: &World) -> AccountId {
    world.register("ada@example.org").await;
    world.change("UPDATE accounts SET role = 'admin'").await;
    world.newest_account().await
}

/// A session for each door, and one more for it.
async fn two_for_each(world: &World, account: AccountId, keep: Keep) -> Vec<(&'static str, Browser, Browser)> {
    let mut all = Vec::new();
    for door in doors() {
        all.push((door, world.started(account, keep).await.0, world.started(account, keep).await.0));
    }
    all
}

/// The last moment is now: one of each pair comes through its door, and a moment later the other
/// does not.
async fn are_over_in_a_moment(world: &World, sessions: Vec<(&'static str, Browser, Browser)>, what: &str) {
    let mut late = Vec::new();
    for (door, mut in_time, unused) in sessions {
        assert!(comes_through(&mut in_time, door).await, "{what}: the last moment, {door}");
        late.push((door, unused));
    }
    world.advance(MOMENT);
    for (door, mut unused) in late {
        assert!(!comes_through(&mut unused, door).await, "{what}: a moment late, {door}");
    }
}

each_database! {
    async fn each_door_is_open_to_the_last_moment_of_the_idle_time_and_shut_from_then_on(world: World) {
        let account = administrator(&world).await;
        for (keep, idle, _) in LIFETIMES {
            let sessions = two_for_each(&world, account, keep).await;
            world.advance(idle - MOMENT);
            are_over_in_a_moment(&world, sessions, &format!("{keep:?}, idle")).await;
        }
    }

    async fn each_door_is_shut_at_the_end_of_the_absolute_time_however_the_session_was_used(world: World) {
        let account = administrator(&world).await;
        for (keep, idle, absolute) in LIFETIMES {
            let sessions = two_for_each(&world, account, keep).await;
            world.advance(absolute - idle / 2);
            // As if each had been used all the time until now.
            let now = world.app().clock.now().0;
            world.change(&format!("UPDATE sessions SET last_seen_at = {now} WHERE ended_at IS NULL")).await;
            world.advance(idle / 2 - MOMENT);
            are_over_in_a_moment(&world, sessions, &format!("{keep:?}, absolute")).await;
        }
    }

    async fn a_session_of_each_kind_is_told_and_given_exactly_its_lifetimes(world: World) {
        let account = administrator(&world).await;
        for (keep, idle, absolute) in LIFETIMES {
            let mut browser = world.started(account, keep).await.0;
            let told: serde_json::Value = serde_json::from_str(&browser.get(STATE_PATH).await.body).unwrap();
            let (left, longest) = (told["left"].as_u64().unwrap(), told["longest"].as_u64().unwrap());
            assert_eq!((u128::from(left), u128::from(longest)), (idle.as_millis(), absolute.as_millis()), "{keep:?}");
            // Used a minute before it would be idle, it has the whole idle time again, but for what
            // the absolute time leaves.
            world.advance(idle - MINUTE);
            assert!(comes_through(&mut browser, "/account").await);
            world.advance(idle - MOMENT);
            assert!(comes_through(&mut browser, "/account").await);
        }
    }

    async fn each_page_behind_a_sign_in_offers_the_way_out(world: World) {
        let account = administrator(&world).await;
        let mut stale = world.started(account, Keep::Remembered).await.0;
        // So late that /confirm has something to ask, and other pages ask to go there first.
        world.advance(HOUR);
        let mut fresh = world.started(account, Keep::Remembered).await.0;
        for page in doors().into_iter().filter(|door| !door.starts_with("/form/") && !door.contains('.') && *door != STATE_PATH) {
            let browser = if page == "/confirm" { &mut stale } else { &mut fresh };
            let answer = browser.get(page).await;
            assert_eq!(answer.status, 200, "{page}");
            answer.shows("action=\"/form/sign-out\"").shows(">Sign out<");
        }
    }

    async fn the_operator_decides_how_long_each_kind_lasts(world: World) {
        let world = world.with(&[
            ("DOORWARD__SESSION__IDLE_TIMEOUT", "10m"), ("DOORWARD__SESSION__ABSOLUTE_TIMEOUT", "20m"),
            ("DOORWARD__SESSION__SHARED_IDLE", "5m"), ("DOORWARD__SESSION__REMEMBER_IDLE", "1d"),
            ("DOORWARD__SESSION__REMEMBER_ABSOLUTE", "2d"),
        ]).await;
        let account = administrator(&world).await;
        let lifetimes = [
            (Keep::Ordinary, 10 * MINUTE, 20 * MINUTE), (Keep::Shared, 5 * MINUTE, 20 * MINUTE), (Keep::Remembered, DAY, 2 * DAY),
        ];
        for (keep, idle, absolute) in lifetimes {
            let (mut used, mut unused) = (world.started(account, keep).await.0, world.started(account, keep).await.0);
            world.advance(idle - MOMENT);
            assert!(comes_through(&mut used, "/account").await, "{keep:?}");
            world.advance(MOMENT);
            assert!(!comes_through(&mut unused, "/account").await, "{keep:?}");
            // In use, up to its absolute time.
            let mut gone = idle;
            while gone + idle / 2 < absolute {
                world.advance(idle / 2);
                gone += idle / 2;
                assert!(comes_through(&mut used, "/account").await, "{keep:?} after {gone:?}");
            }
            world.advance(absolute - gone);
            assert!(!comes_through(&mut used, "/account").await, "{keep:?}");
        }
    }
}
