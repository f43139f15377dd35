use super::*;
use crate::domain::mail::mailbox::{list, read};

#[tokio::test]
async fn mails_written_as_files_are_listed_newest_first_and_open_with_their_links() {
    on_each_database(async |world: World| {
        world.queue().await;
        world.clock.move_by(Duration::from_secs(1));
        world.queue().await;
        world.clock.move_by(Duration::from_secs(1));
        assert_eq!(send_due(&world.outbox()).await, 2);
        let listed = list(&world.mail_folder()).await;
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0].at, listed[1].at.after(Duration::from_secs(1)));
        assert_eq!((listed[0].to.as_str(), listed[0].subject.as_str()), (TO, SUBJECT));
        let opened = read(&world.mail_folder(), &listed[0].file).await.unwrap();
        assert_eq!((opened.to.as_str(), opened.from.as_str()), (TO, "doorward@example.org"));
        assert_eq!((opened.subject.as_str(), opened.at), (SUBJECT, listed[0].at));
        assert_eq!(opened.text.replace("\r\n", "\n"), *letter().text);
        assert_eq!(opened.links, [LINK]);
        assert!(!format!("{opened:?}").contains(LINK));
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_was_never_written_to_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    assert!(list(&folder.path().join("mail")).await.is_empty());
}

#[tokio::test]
async fn names_that_lead_elsewhere_open_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("mail");
    std::fs::create_dir(&inner).unwrap();
    let mail = "From: a@example.org\r\nTo: b@example.org\r\nSubject: s\r\n\r\ntext\r\n";
    let good = "1795000000000000-0190a5c0-0000-7000-8000-000000000000.eml";
    for name in [good, "secret.key", "secret.eml"] {
        std::fs::write(folder.path().join(name), mail).unwrap();
        std::fs::write(inner.join(name), mail).unwrap();
    }
    assert!(read(&inner, good).await.is_some());
    let upper = good.to_uppercase().replace(".EML", ".eml").replace("0190A5C0", "0190A5C1");
    for name in [
        "",
        ".",
        "..",
        "secret.key",
        "secret.eml",
        "../secret.eml",
        &format!("../{good}"),
        &format!("./{good}"),
        &format!("{good}\0"),
        &format!("/{good}"),
        &format!("+{good}"),
        &format!("0{good}"),
        &upper,
        &inner.join(good).display().to_string(),
    ] {
        assert!(read(&inner, name).await.is_none(), "{name:?}");
    }
    assert_eq!(list(&inner).await.len(), 1);
}

#[tokio::test]
async fn a_file_that_is_no_mail_of_ours_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let name = "1795000000000000-0190a5c0-0000-7000-8000-000000000000.eml";
    std::fs::write(folder.path().join(name), vec![b'a'; 2 * 1024 * 1024]).unwrap();
    assert!(list(folder.path()).await.is_empty());
    assert!(read(folder.path(), name).await.is_none());
}
