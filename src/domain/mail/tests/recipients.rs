//! Which refusals are the end of a mail at once, and which leave time to mend something.

use super::smtp::{plain, trusting};
use super::smtp_peer::{Manners, Peer};
use super::*;
use crate::domain::mail::transport::{Security, SendError};

/// One attempt at a mail; whether it was given up after that.
async fn is_given_up(world: &World, outbox: &Outbox, case: &str) -> bool {
    world.change("DELETE FROM mails").await;
    world.queue().await;
    assert_eq!(send_due(outbox).await, 1, "{case}");
    let row = world.row().await;
    assert_eq!((row.attempts, row.sent_at), (1, None), "{case}");
    assert_eq!(row.sealed.is_none(), row.next_attempt_at.is_none(), "{case}");
    row.sealed.is_none()
}

#[tokio::test]
async fn a_mail_to_an_address_that_leads_nowhere_is_given_up_at_once() {
    on_each_database(async |world: World| {
        for refusal in [
            "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown",
            "550-5.1.1 The account that you tried to reach does not exist.\r\n550 5.1.1 See the manual.",
            "550 5.1.2 <ada@example.org>: Recipient address rejected: Domain not found",
            "553 5.1.3 misshapen",
            "551 5.1.6 moved to eve@example.org",
            "556 5.1.10 takes no mail",
        ] {
            let peer = Peer::start(Manners { refusals: vec![refusal], ..Manners::default() }).await;
            assert!(is_given_up(&world, &world.outbox_with(plain(&peer)), refusal).await, "{refusal}");
            assert!(peer.mails().is_empty());
        }
        let after_data = Manners { refuses_mails: Some("550 5.1.1 no such user"), ..Manners::default() };
        let peer = Peer::start(after_data).await;
        assert!(is_given_up(&world, &world.outbox_with(plain(&peer)), "after DATA").await);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_that_an_operator_may_mend_is_tried_again() {
    on_each_database(async |world: World| {
        for refusal in [
            "550 relay not permitted",
            "550 no such mailbox",
            "550",
            "554 5.7.1 <ada@example.org>: Relay access denied",
            "530 5.7.0 Authentication required",
            "550 5.1.8 <doorward@example.org>: Sender address rejected: Domain not found",
            "550 5.1.7 sender",
            "552 5.2.2 mailbox full",
            "550 5.2.1 too many mails",
            "550 5.1.11 no status that we know",
            "550 said 5.1.1 in its words",
            "450 4.1.1 not now",
            // Two that contradict each other: not the last word.
            "450 5.1.1 not now",
        ] {
            let peer = Peer::start(Manners { refusals: vec![refusal], ..Manners::default() }).await;
            assert!(!is_given_up(&world, &world.outbox_with(plain(&peer)), refusal).await, "{refusal}");
        }
        for manners in [
            Manners { refuses_mails: Some("554 5.7.1 looks like spam"), ..Manners::default() },
            Manners { refuses_senders: Some("550 5.7.1 not from here"), ..Manners::default() },
        ] {
            let peer = Peer::start(manners).await;
            assert!(!is_given_up(&world, &world.outbox_with(plain(&peer)), "sender or content").await);
        }
        let refuses_passwords = Some("535 5.7.8 Authentication credentials invalid");
        let manners = Manners { offers_starttls: true, offers_auth: true, refuses_passwords, ..Manners::default() };
        let peer = Peer::start(manners).await;
        assert!(!is_given_up(&world, &world.outbox_with(trusting(&peer, Security::Starttls)), "password").await);
        assert!(peer.commands().iter().any(|line| line.starts_with("tls AUTH")));
    })
    .await;
}

#[test]
fn what_is_logged_of_a_recipient_that_is_not_there_does_not_name_it() {
    let error = SendError::NoSuchRecipient { status: 550 };
    assert_eq!(error.to_string(), "the mail server says that there is no such recipient (status 550)");
}
