//! How long the audit trail says whom an entry is about, from where and why.

use crate::admin::administrator;
use crate::admin_guard::id_of;
use crate::audit::{some_history, verdict};
use crate::database::Engine;
use crate::each_database;
use crate::person::{PASSWORD, sign_in};
use crate::program::run_beside;
use crate::world::{World, eventually};
use doorward::domain::accounts;
use doorward::domain::audit::retention::erase_old;
use doorward::domain::audit::{self, Details, Event, Kind, Verdict, many};
use doorward::flows::deletions;
use doorward::request::app::App;
use std::time::Duration;

const TICK: Duration = Duration::from_micros(1);
const DAY: Duration = Duration::from_secs(24 * 3600);
const HELD: &str = "account_id IS NOT NULL OR salt IS NOT NULL OR details IS NOT NULL";

/// How many entries still hold something personal.
async fn held(world: &World) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM audit_entries WHERE {HELD}")).await
}

/// What is proved by the chain alone, oldest first.
async fn bones(world: &World) -> Vec<String> {
    let mac = if world.engine() == Engine::Sqlite { "hex(mac)" } else { "encode(mac, 'hex')" };
    world
        .texts(&format!(
            "SELECT sequence || ' ' || at || ' ' || kind || ' ' || {mac} FROM audit_entries ORDER BY sequence"
        ))
        .await
}

/// Adds `count` sign-ins of whoever has this address, as of now.
async fn add(world: &World, email: &str, count: usize) {
    let app = world.app();
    let account = accounts::find_by_identifier(&app.db, email).await.unwrap().unwrap().id;
    let details = Details { address: Some("192.0.2.7".to_owned()), ..Details::default() };
    let events = vec![Event { kind: Kind::SignedIn, account: Some(account), details }; count];
    let mut tx = app.db.begin_recorded().await.unwrap();
    many::record_all(&mut tx, &events).await.unwrap();
    tx.commit().await.unwrap();
}

/// As the background does it once a minute, until nothing is left.
async fn erase_all(app: &App) -> u64 {
    let mut erased = 0;
    loop {
        match erase_old(&app.db).await.unwrap() {
            0 => return erased,
            some => erased += some,
        }
    }
}

each_database! {
    async fn details_go_when_their_days_are_over_and_the_trail_stays_whole(world: World) {
        some_history(&world).await;
        let (entries, before) = (held(&world).await, bones(&world).await);
        let Verdict::Whole { head, .. } = verdict(&world).await else { panic!() };
        world.advance(365 * DAY);
        assert_eq!(erase_old(&world.app().db).await.unwrap(), 0, "at the border");
        assert_eq!(held(&world).await, entries);
        world.advance(TICK);
        assert_eq!(erase_old(&world.app().db).await.unwrap(), u64::try_from(entries).unwrap());
        assert_eq!((held(&world).await, bones(&world).await), (0, before));
        assert_eq!(verdict(&world).await, Verdict::Whole { entries, erased: entries, head });
        assert_eq!(erase_old(&world.app().db).await.unwrap(), 0, "once more");

        sign_in(&mut world.browser(), "ada@example.org", crate::person::NEW_PASSWORD).await.leads_to("/account");
        assert_eq!(held(&world).await, 1, "what comes after is told as ever");
        assert!(matches!(verdict(&world).await, Verdict::Whole { erased, .. } if erased == entries));
        let exported = audit::export(&world.app().db, 0).await.unwrap();
        let (last, erased) = exported.split_last().unwrap();
        assert!(erased.iter().all(|entry| entry.account.is_none() && entry.details.is_none() && !entry.kind.is_empty()));
        assert!(last.account.is_some() && last.details.is_some());
        let proof = run_beside(&world, &["audit", "verify"]).await;
        assert!(proof.with(0).out.contains(&format!("{entries} of them with erased details")), "{}", proof.out);
        assert_eq!(run_beside(&world, &["audit", "export"]).await.with(0).out.lines().count(), exported.len());
    }

    async fn younger_entries_stay_and_people_read_how_far_back_theirs_go(world: World) {
        let world = world.with(&[("DOORWARD__AUDIT__KEEP_DAYS", "30")]).await;
        let mut ada = world.register("ada@example.org").await;
        world.advance(20 * DAY);
        sign_in(&mut ada.browser, "ada@example.org", PASSWORD).await.leads_to("/account");
        let page = ada.browser.get("/account/activity").await;
        page.shows("What happened on your account in the last 30 days").shows("The account was made");
        world.advance(11 * DAY);
        let young = held(&world).await - i64::try_from(erase_old(&world.app().db).await.unwrap()).unwrap();
        assert!(young > 0 && held(&world).await == young);
        sign_in(&mut ada.browser, "ada@example.org", PASSWORD).await.leads_to("/account");
        let page = ada.browser.get("/account/activity").await;
        page.shows("Signed in with a password");
        assert!(!page.body.contains("The account was made"), "{}", page.body);
        let files = [ada.browser.get("/account/activity.json").await, ada.browser.get("/account/activity.csv").await];
        for file in files {
            assert!(file.body.contains("signed_in") && !file.body.contains("account_created"), "{}", file.body);
        }
        let all = ada.browser.submit("/account/data", &[]).await;
        assert!(all.status == 200 && !all.body.contains("account_created"), "{}", all.in_full());
        assert!(matches!(verdict(&world).await, Verdict::Whole { .. }));
    }

    async fn without_an_end_everything_stays(world: World) {
        let world = world.with(&[("DOORWARD__AUDIT__KEEP_DAYS", "0")]).await;
        let mut ada = world.register("ada@example.org").await;
        let entries = held(&world).await;
        world.advance(9 * 365 * DAY);
        assert_eq!(erase_old(&world.app().db).await.unwrap(), 0);
        assert_eq!(held(&world).await, entries);
        sign_in(&mut ada.browser, "ada@example.org", PASSWORD).await.leads_to("/account");
        ada.browser.get("/account/activity").await.shows("What happened on your account, and from where").shows("The account was made");
    }

    async fn letters_in_the_data_folder_and_their_rows_go_after_their_days(world: World) {
        let world = world.with(&[("DOORWARD__MAIL__KEEP_DAYS", "7")]).await;
        world.browser().submit("/form/register", &[("email", "ada@example.org")]).await.leads_to("/register?sent");
        assert_eq!(world.letters().await.len(), 1);
        world.advance(7 * DAY + TICK);
        eventually("the letter goes", async || {
            world.app().outbox.wake();
            let files = std::fs::read_dir(world.app().mail_folder()).unwrap().count();
            files == 0 && world.number("SELECT COUNT(*) FROM mails").await == 0
        })
        .await;
    }

    async fn two_nodes_erase_at_once_while_people_sign_in_and_nobody_is_refused(world: World) {
        let ada = world.register("ada@example.org").await;
        add(&world, "ada@example.org", 3_000).await;
        let old = held(&world).await;
        world.advance(366 * DAY);
        let node = world.another(&[]).await.unwrap();
        let mut people = tokio::task::JoinSet::new();
        for number in 0..6 {
            let mut browser = if number % 2 == 0 { world.browser() } else { node.browser() };
            let email = ada.email.clone();
            people.spawn(async move {
                let answer = browser.call("/form/sign-in", &[("identifier", &email), ("password", PASSWORD)]).await;
                assert_eq!(answer.status, 200, "{}", answer.in_full());
                browser.call("/form/sign-out", &[]).await;
            });
        }
        let (one, other) = tokio::join!(erase_all(world.app()), erase_all(&node.app));
        while let Some(done) = people.join_next().await {
            done.unwrap();
        }
        // Of those that one node had under way the other takes none: what is left then, the next
        // minute brings.
        let erased = one + other + erase_all(world.app()).await;
        assert_eq!(erased, u64::try_from(old).unwrap(), "each once");
        assert_eq!(world.number(&format!("SELECT COUNT(*) FROM audit_entries WHERE kind = 'signed_in' AND ({HELD})")).await, 6);
        assert!(matches!(verdict(&world).await, Verdict::Whole { .. }));
    }

    async fn an_account_is_deleted_while_its_old_entries_are_erased(world: World) {
        let mut ada = world.register("ada@example.org").await;
        add(&world, "ada@example.org", 3_000).await;
        world.advance(366 * DAY);
        sign_in(&mut ada.browser, "ada@example.org", PASSWORD).await.leads_to("/account");
        ada.browser.submit("/form/delete-account", &[]).await.leads_to("/sign-in?deletion");
        world.advance(8 * DAY);
        let (deleted, _) = tokio::join!(deletions::finish_due(&world.app().db), erase_all(world.app()));
        deleted.unwrap();
        erase_all(world.app()).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE account_id IS NOT NULL").await, 0);
        assert!(matches!(verdict(&world).await, Verdict::Whole { .. }));
    }

    async fn what_is_broken_off_goes_on_the_next_time(world: World) {
        world.register("ada@example.org").await;
        add(&world, "ada@example.org", 2_000).await;
        let old = held(&world).await;
        world.advance(366 * DAY);
        // At moments in and between its transactions, as when the process is killed.
        for milliseconds in [0, 1, 3, 7, 12, 20, 35] {
            let _ = tokio::time::timeout(Duration::from_millis(milliseconds), erase_old(&world.app().db)).await;
            let halves = "(salt IS NULL) <> (details IS NULL) OR (salt IS NULL AND account_id IS NOT NULL)";
            assert_eq!(world.number(&format!("SELECT COUNT(*) FROM audit_entries WHERE {halves}")).await, 0);
            assert!(matches!(verdict(&world).await, Verdict::Whole { .. }));
        }
        erase_all(world.app()).await;
        assert_eq!(held(&world).await, 0);
        assert!(matches!(verdict(&world).await, Verdict::Whole { erased, .. } if erased == old));
    }

    async fn an_administrator_reads_what_is_left_without_gaps(world: World) {
        let mut rick = administrator(&world).await;
        world.register("eve@example.org").await;
        let id = id_of(&world, "eve@example.org").await;
        let fields = [("account", id.as_str()), ("group", "team")];
        rick.browser.submit("/form/admin-add-to-group", &fields).await.leads_to(&format!("/admin/users/{id}?done=add_to_group"));
        rick.browser.get("/admin/activity").await.shows("Put into the group team").shows("<p>By");
        world.advance(366 * DAY);
        erase_all(world.app()).await;
        sign_in(&mut rick.browser, &rick.email, PASSWORD).await.leads_to("/account");
        let page = rick.browser.get("/admin/activity").await;
        page.shows("Put into a group").shows("Details erased").shows("rick@example.org");
        for gone in ["team", "eve@example.org", "<p>By", "<p>To"] {
            assert!(!page.body.contains(gone), "{gone} in {}", page.body);
        }
        rick.browser.get("/admin/activity?who=eve@example.org").await.shows("Nothing matches");
        rick.browser.get(&format!("/admin/users/{id}")).await.shows("eve@example.org");
    }
}
