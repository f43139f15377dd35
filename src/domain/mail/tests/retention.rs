//! What is left of mails, and for how long.

use super::*;
use crate::domain::mail::TransportSettings;
use crate::domain::mail::transport::file_name;
use std::os::unix::fs::symlink;
use std::path::Path;
use uuid::Uuid;

const TICK: Duration = Duration::from_micros(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An outbox that keeps for `keep`, on connections of its own.
async fn keeping(world: &World, keep: Option<Duration>) -> Outbox {
    let transport = Transport::new(settings(TransportSettings::Files { folder: world.mail_folder() })).unwrap();
    let clock: Arc<dyn Clock> = Arc::<HeldClock>::clone(&world.clock);
    let db = world.opened_again().await;
    let kept = Kept { keep, folder: world.mail_folder() };
    Outbox::new(db, world.vault.clone(), clock, world.randomness.clone(), transport, kept)
}

fn write(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, "something").unwrap();
    path
}

#[tokio::test]
async fn finished_rows_go_when_their_days_are_over_and_waiting_ones_stay() {
    on_each_database(async |world: World| {
        let outbox = world.outbox();
        world.queue().await;
        world.clock.move_by(DAY / 2);
        assert_eq!(send_due(&outbox).await, 1);
        // Half a day later, as when it was sent: that counts, not when it was queued.
        world.clock.move_by(WEEK);
        assert_eq!(outbox.sweep(world.clock.now()).await.unwrap(), 0, "at the border");
        world.queue().await;
        assert_eq!(outbox.sweep(world.clock.now().after(TICK)).await.unwrap(), 1);
        world.clock.move_by(WEEK * 9);
        assert_eq!(outbox.sweep(world.clock.now()).await.unwrap(), 0);
        assert!(world.row().await.sealed.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_was_given_up_goes_by_when_it_was_queued() {
    on_each_database(async |world: World| {
        let outbox = world.outbox();
        world.queue().await;
        world.change("UPDATE mails SET sealed = NULL, next_attempt_at = NULL").await;
        world.clock.move_by(WEEK);
        assert_eq!(outbox.sweep(world.clock.now()).await.unwrap(), 0);
        world.clock.move_by(TICK);
        assert_eq!(outbox.sweep(world.clock.now()).await.unwrap(), 1);
        assert!(world.rows().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn more_rows_than_one_transaction_takes_go_one_after_the_other_on_two_nodes_at_once() {
    on_each_database(async |world: World| {
        let all = usize::try_from(crate::domain::mail::retention::ROWS).unwrap() * 2 + 5;
        let mut tx = world.db.begin().await.unwrap();
        for _ in 0..all {
            queue(&mut tx, &letter()).await.unwrap();
        }
        tx.commit().await.unwrap();
        world.change("UPDATE mails SET sealed = NULL, next_attempt_at = NULL, sent_at = created_at").await;
        world.clock.move_by(WEEK * 2);
        let (one, other) = (keeping(&world, Some(WEEK)).await, keeping(&world, Some(WEEK)).await);
        let mut removed = 0;
        while !world.rows().await.is_empty() {
            let now = world.clock.now();
            let (some, more) = tokio::join!(one.sweep(now), other.sweep(now));
            removed += some.unwrap() + more.unwrap();
        }
        assert_eq!(removed, u64::try_from(all).unwrap());
    })
    .await;
}

#[tokio::test]
async fn without_an_end_rows_and_files_stay() {
    on_each_database(async |world: World| {
        let outbox = keeping(&world, None).await;
        world.queue().await;
        assert_eq!(send_due(&outbox).await, 1);
        world.clock.move_by(WEEK * 1000);
        let now = world.clock.now();
        assert_eq!((outbox.sweep(now).await.unwrap(), outbox.sweep_files(now).await.unwrap()), (0, 0));
        assert_eq!((world.rows().await.len(), world.files().len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn old_files_go_and_nothing_else_in_the_folder() {
    on_each_database(async |world: World| {
        let outbox = world.outbox();
        assert_eq!(outbox.sweep_files(world.clock.now()).await.unwrap(), 0, "without a folder");
        world.queue().await;
        assert_eq!(send_due(&outbox).await, 1);
        let [sent] = world.files().try_into().unwrap();
        let folder = world.mail_folder();
        let queued = world.clock.now();
        let ours = |at: UnixMicros| file_name(at, Uuid::from_u128(7));
        let half_written = write(&folder, &ours(queued).replace(".eml", ".part"));
        let young = write(&folder, &ours(queued.after(TICK)));
        let id = Uuid::from_u128(7);
        let others = [
            "notes.eml".to_owned(),
            format!("{}-{id}.eml", queued.0 % 1000),
            format!("+{:015}-{id}.eml", 1),
            format!("{}.bak", ours(queued)),
            ours(queued).to_uppercase(),
            ours(queued).replace(".eml", ""),
            ours(queued).replace(".eml", ".eml.part"),
        ];
        let others = others.map(|name| write(&folder, &name));
        // Called as ours are: a link to a file elsewhere, and a folder.
        let elsewhere = write(world.folder.path(), "elsewhere");
        let linked = folder.join(file_name(queued, Uuid::from_u128(8)));
        symlink(&elsewhere, &linked).unwrap();
        let inner = folder.join(file_name(queued, Uuid::from_u128(9)));
        std::fs::create_dir(&inner).unwrap();

        assert_eq!(outbox.sweep_files(queued.after(WEEK)).await.unwrap(), 0, "at the border");
        assert_eq!(outbox.sweep_files(queued.after(WEEK).after(TICK)).await.unwrap(), 2);
        assert!(!sent.exists() && !half_written.exists());
        for kept in others.iter().chain([&young, &elsewhere, &linked, &inner]) {
            assert!(kept.symlink_metadata().is_ok(), "{} is gone", kept.display());
        }
        assert_eq!(outbox.sweep_files(queued.after(WEEK).after(TICK)).await.unwrap(), 0, "once more");
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_from_a_folder_that_is_a_link() {
    let world_of = async |world: World| {
        let outbox = world.outbox();
        let elsewhere = world.folder.path().join("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, world.mail_folder()).unwrap();
        world.queue().await;
        assert_eq!(send_due(&outbox).await, 1);
        world.clock.move_by(WEEK * 2);
        outbox.sweep_files(world.clock.now()).await.unwrap_err();
        assert_eq!(world.files().len(), 1);
    };
    on_each_database(world_of).await;
}

#[tokio::test]
async fn the_worker_removes_what_is_old_and_sends_what_waits() {
    on_each_database(async |world: World| {
        let outbox = world.outbox();
        world.queue().await;
        assert_eq!(send_due(&outbox).await, 1);
        let old = world.files();
        world.clock.move_by(WEEK * 2);
        world.queue().await;
        let done = async || {
            while world.files().len() != 1 || world.files() == old || world.row().await.sent_at.is_none() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Duration::from_secs(5)
        };
        tokio::time::timeout(Duration::from_secs(20), outbox.run(done())).await.expect("old goes, new is sent");
    })
    .await;
}
