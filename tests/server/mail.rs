//! Mail that can't be sent yet.

use crate::each_database;
use crate::person::token_of;
use crate::world::{World, eventually};
use std::time::Duration;

/// A mail server that nobody runs.
const NOBODY: [(&str, &str); 5] = [
    ("DOORWARD__SERVER__PUBLIC_URL", "https://id.example.org"),
    ("DOORWARD__MAIL__TRANSPORT", "smtp"),
    ("DOORWARD__MAIL__HOST", "127.0.0.1"),
    ("DOORWARD__MAIL__PORT", "9"),
    ("DOORWARD__MAIL__FROM", "door@example.org"),
];

async fn tried(world: &World, times: i64) {
    eventually("the mail was tried and put off", async || {
        world.app().outbox.wake();
        // The claim itself puts it off by minutes; a failure leaves it waiting for longer or
        // shorter than that.
        let ready = format!("SELECT COUNT(*) FROM mails WHERE attempts = {times} AND sealed IS NOT NULL AND next_attempt_at - {} < 60000000",
            doorward::base::clock::Clock::now(&*world.clock).0);
        world.number(&ready).await == 1
    })
    .await;
}

each_database! {
    async fn a_mail_that_the_server_did_not_take_arrives_once_it_does(world: World) {
        let world = world.with(&NOBODY).await;
        world.browser().submit("/form/register", &[("email", "ada@example.org")]).await;
        tried(&world, 1).await;
        let world = world.with(&[]).await;
        world.advance(Duration::from_secs(60));
        let letter = world.letter("ada@example.org").await;
        let token = token_of(letter.links.iter().find(|link| link.contains("token=")).unwrap());
        assert_eq!(world.browser().get(&format!("/verify-email?token={token}")).await.status, 200);
        assert_eq!(world.number("SELECT COUNT(*) FROM mails WHERE sent_at IS NOT NULL").await, 1);
    }

    async fn a_mail_that_nobody_takes_for_a_day_is_given_up_and_wiped(world: World) {
        let world = world.with(&NOBODY).await;
        world.browser().submit("/form/register", &[("email", "ada@example.org")]).await;
        tried(&world, 1).await;
        world.advance(Duration::from_secs(24 * 3600));
        eventually("it is given up", async || {
            world.app().outbox.wake();
            world.number("SELECT COUNT(*) FROM mails WHERE sealed IS NULL AND next_attempt_at IS NULL AND sent_at IS NULL").await == 1
        })
        .await;
    }
}
