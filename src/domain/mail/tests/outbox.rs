use super::*;
use crate::domain::mail::{QueueError, pretend_to_queue};
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;
use tokio::sync::oneshot;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Sending as files fails while a file stands where the folder should be.
fn block(world: &World) {
    std::fs::write(world.mail_folder(), "in the way").unwrap();
}

fn unblock(world: &World) {
    std::fs::remove_file(world.mail_folder()).unwrap();
}

#[tokio::test]
async fn a_waiting_mail_shows_neither_link_nor_address_nor_subject() {
    on_each_database(async |world: World| {
        world.queue().await;
        let sealed = world.row().await.sealed.unwrap();
        for secret in [LINK, "0123456789abcdef", TO, SUBJECT] {
            assert!(!holds(&sealed, secret), "{secret}");
        }
        assert!(!format!("{:?}", letter()).contains(LINK));
    })
    .await;
}

#[tokio::test]
async fn a_letter_to_nobody_goes_the_way_of_the_others_and_reaches_nobody() {
    on_each_database(async |world: World| {
        world.queue().await;
        let mut tx = world.db.begin().await.unwrap();
        pretend_to_queue(&mut tx, &letter()).await.unwrap();
        tx.commit().await.unwrap();
        let rows = world.rows().await;
        let told_apart =
            |row: &Row| (row.sealed.as_ref().map(Vec::len), row.next_attempt_at, row.attempts, row.sent_at);
        assert_eq!(told_apart(&rows[0]), told_apart(&rows[1]), "waiting");
        assert_eq!(send_due(&world.outbox()).await, 2);
        let rows = world.rows().await;
        assert!(rows.iter().all(|row| row.sent_at.is_some()));
        assert_eq!(told_apart(&rows[0]), told_apart(&rows[1]), "done");
        assert_eq!(world.files().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_letter_to_nobody_takes_as_long_as_the_last_one_to_somebody() {
    on_each_database(async |world: World| {
        const LONG: Duration = Duration::from_millis(300);
        let outbox = world.outbox();
        outbox.last_sending.store(u64::try_from(LONG.as_micros()).unwrap(), std::sync::atomic::Ordering::Relaxed);
        let mut tx = world.db.begin().await.unwrap();
        pretend_to_queue(&mut tx, &letter()).await.unwrap();
        tx.commit().await.unwrap();
        let begun = Instant::now();
        assert_eq!(send_due(&outbox).await, 1);
        assert!(begun.elapsed() >= LONG);
        world.queue().await;
        assert_eq!(send_due(&outbox).await, 1);
        assert_ne!(outbox.last_sending.load(std::sync::atomic::Ordering::Relaxed), 300_000, "it is measured anew");
    })
    .await;
}

#[tokio::test]
async fn a_letter_in_an_undone_transaction_is_never_sent() {
    on_each_database(async |world: World| {
        let mut tx = world.db.begin().await.unwrap();
        queue(&mut tx, &letter()).await.unwrap();
        drop(tx);
        assert_eq!(send_due(&world.outbox()).await, 0);
        assert!(world.rows().await.is_empty() && world.files().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_sent_mail_is_wiped_and_lies_in_a_file_for_its_owner_alone() {
    on_each_database(async |world: World| {
        world.queue().await;
        assert_eq!(send_due(&world.outbox()).await, 1);
        let row = world.row().await;
        assert!(row.sealed.is_none() && row.next_attempt_at.is_none());
        assert_eq!((row.attempts, row.sent_at), (1, Some(world.clock.now())));
        let [file] = world.files().try_into().unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(world.mail_folder()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(send_due(&world.outbox()).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_fails_is_sent_later_after_growing_waits() {
    on_each_database(async |world: World| {
        let outbox = world.outbox();
        block(&world);
        world.queue().await;
        for seconds in [30, 120, 600, 1800, 3600, 3600] {
            assert_eq!(send_due(&outbox).await, 1);
            let wait = world.row().await.next_attempt_at.unwrap().since(world.clock.now());
            let least = Duration::from_secs(seconds);
            assert!(wait >= least && wait <= least + least / 5, "{wait:?} after a wait of {least:?} was due");
            world.clock.move_by(wait - Duration::from_micros(1));
            assert_eq!(send_due(&outbox).await, 0);
            world.clock.move_by(Duration::from_micros(1));
        }
        unblock(&world);
        assert_eq!(send_due(&outbox).await, 1);
        let row = world.row().await;
        assert_eq!((row.attempts, row.sealed, row.sent_at.is_some()), (7, None, true));
        assert_eq!(world.files().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_can_not_be_sent_for_a_day_is_given_up_and_wiped() {
    on_each_database(async |world: World| {
        let outbox = world.outbox();
        block(&world);
        world.queue().await;
        let mut hours = 0;
        while world.row().await.sealed.is_some() {
            assert!(hours < 30, "it is never given up");
            send_due(&outbox).await;
            world.clock.move_by(HOUR + HOUR / 4);
            hours += 1;
        }
        assert!(hours >= 20, "given up after {hours} attempts");
        let row = world.row().await;
        assert!(row.next_attempt_at.is_none() && row.sent_at.is_none());
        unblock(&world);
        assert_eq!(send_due(&outbox).await, 0);
    })
    .await;
}

#[tokio::test]
async fn two_nodes_at_once_claim_each_mail_once() {
    on_each_database(async |world: World| {
        let nodes = [world.outbox(), world.second_outbox().await];
        for _ in 0..20 {
            world.queue().await;
        }
        let mut claims = 0;
        // A node that finds its choice just taken looks again at its next turn.
        for _ in 0..40 {
            let (one, other) = tokio::join!(nodes[0].claim(), nodes[1].claim());
            claims += usize::from(one.unwrap().is_some()) + usize::from(other.unwrap().is_some());
        }
        assert_eq!(claims, 20);
        assert!(world.rows().await.iter().all(|row| row.attempts == 1));
    })
    .await;
}

#[tokio::test]
async fn a_mail_whose_node_died_is_sent_when_its_lease_is_over() {
    on_each_database(async |world: World| {
        world.queue().await;
        let outbox = world.outbox();
        drop(outbox.claim().await.unwrap().unwrap());
        world.clock.move_by(MINUTE * 4);
        assert_eq!(send_due(&outbox).await, 0);
        world.clock.move_by(MINUTE);
        assert_eq!(send_due(&outbox).await, 1);
        assert_eq!(world.files().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_sent_twice_after_a_crash_is_one_file() {
    on_each_database(async |world: World| {
        world.queue().await;
        let outbox = world.outbox();
        let mail = outbox.claim().await.unwrap().unwrap();
        outbox.deliver(&mail).await.unwrap();
        world.clock.move_by(MINUTE * 6);
        assert_eq!(send_due(&outbox).await, 1);
        assert_eq!(world.files().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_node_that_comes_back_late_does_not_undo_what_another_noted() {
    on_each_database(async |world: World| {
        world.queue().await;
        block(&world);
        let (late, other) = (world.outbox(), world.second_outbox().await);
        let mail = late.claim().await.unwrap().unwrap();
        world.clock.move_by(MINUTE * 6);
        assert_eq!(send_due(&other).await, 1);
        let noted = world.row().await.next_attempt_at;
        late.attempt(mail, std::future::pending()).await;
        assert_eq!(world.row().await.next_attempt_at, noted);
        unblock(&world);
        world.clock.move_by(MINUTE * 3);
        assert_eq!(send_due(&other).await, 1);
        assert!(world.row().await.sent_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_mail_whose_sealed_bytes_were_changed_is_given_up_unsent() {
    on_each_database(async |world: World| {
        world.queue().await;
        world.queue().await;
        // Both rows get the same bytes: at most the one they were sealed for may open.
        world.change("UPDATE mails SET sealed = (SELECT sealed FROM mails ORDER BY id LIMIT 1)").await;
        assert_eq!(send_due(&world.outbox()).await, 2);
        let rows = world.rows().await;
        assert!(rows.iter().all(|row| row.sealed.is_none() && row.next_attempt_at.is_none()));
        assert_eq!(rows.iter().filter(|row| row.sent_at.is_some()).count(), 1);
        assert_eq!(world.files().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_would_begin_another_header_is_refused() {
    on_each_database(async |world: World| {
        let outbox = world.outbox();
        let broken = [
            Letter { to: format!("{TO}\r\nBcc: eve@example.org"), ..letter() },
            Letter { to: format!("{TO}, eve@example.org"), ..letter() },
            Letter { to: String::new(), ..letter() },
            Letter { subject: "Hello\r\nBcc: eve@example.org".to_owned(), ..letter() },
            Letter { subject: "Hello\nBcc: eve@example.org".to_owned(), ..letter() },
            Letter { subject: "Hello\0".to_owned(), ..letter() },
        ];
        for letter in broken {
            let mut tx = world.db.begin().await.unwrap();
            let refused = queue(&mut tx, &letter).await;
            assert!(matches!(refused, Err(QueueError::Unmailable)), "{:?} {:?}", letter.to, letter.subject);
        }
        assert_eq!(send_due(&outbox).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_worker_sends_at_once_what_is_committed_and_ends_when_asked() {
    on_each_database(async |world: World| {
        let outbox = world.outbox();
        let (stop, stopped) = oneshot::channel::<Duration>();
        let running = tokio::spawn(Arc::clone(&outbox).run(async move { stopped.await.unwrap_or_default() }));
        // By now it has looked once, found nothing and gone to sleep for 5 s.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let queued = Instant::now();
        world.queue().await;
        while world.row().await.sent_at.is_none() {
            assert!(queued.elapsed() < Duration::from_secs(3), "it was not woken");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.send(Duration::from_secs(2)).unwrap();
        tokio::time::timeout(Duration::from_secs(3), running).await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn letters_wake_the_outbox_once_after_their_commit_and_not_when_they_are_undone() {
    on_each_database(async |world: World| {
        let woken = async || tokio::time::timeout(Duration::from_millis(50), world.db.letters()).await.is_ok();
        let mut tx = world.db.begin().await.unwrap();
        queue(&mut tx, &letter()).await.unwrap();
        drop(tx);
        assert!(!woken().await, "nothing is there to send");
        let mut tx = world.db.begin().await.unwrap();
        queue(&mut tx, &letter()).await.unwrap();
        pretend_to_queue(&mut tx, &letter()).await.unwrap();
        assert!(!woken().await, "nobody could read them yet");
        tx.commit().await.unwrap();
        assert!(woken().await);
        assert!(!woken().await, "once for both");
        let mut tx = world.db.begin().await.unwrap();
        pretend_to_queue(&mut tx, &letter()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(woken().await, "one that nobody gets can't be told from the others");
        world.db.begin().await.unwrap().commit().await.unwrap();
        assert!(!woken().await, "there was none");
    })
    .await;
}
