//! `/set-up`: the operator's one-use link.

use crate::browser::Browser;
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, token_of};
use crate::second_factor::{CODES, codes_shown};
use crate::soft_key::{Asked, SoftKey, ask_for, asked};
use crate::world::World;
use doorward::domain::accounts::{self, Email, NewAccount, Role};
use doorward::domain::links::{self, Link, Purpose};
use doorward::domain::set_up_links;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The link that waits for the operator, as path and query.
async fn offered(world: &World) -> String {
    set_up_links::offer(&world.app().db).await.unwrap();
    let link = std::fs::read_to_string(set_up_links::link_file(&world.app().config)).unwrap();
    link.trim().strip_prefix("http://localhost:3000").expect("the public URL").to_owned()
}

each_database! {
    async fn whoever_opens_the_waiting_link_becomes_the_first_admin(world: World) {
        let link = offered(&world).await;
        let mode = std::fs::metadata(set_up_links::link_file(&world.app().config)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let mut operator = world.browser();
        for _ in 0..2 {
            assert_eq!(operator.get(&link).await.status, 200);
        }
        let token = token_of(&link);
        operator.call("/form/set-up", &[("token", &token), ("email", "nonsense"), ("new_password", PASSWORD)]).await.is(422, "invalid_email");
        operator.call("/form/set-up", &[("token", &token), ("email", "root@example.org"), ("new_password", "short")]).await
            .is(422, "password_too_short");
        let fields = [("token", token.as_str()), ("email", "root@example.org"), ("new_password", PASSWORD)];
        operator.submit("/form/set-up", &fields).await.leads_to("/account");
        assert!(is_signed_in(&mut operator).await);
        assert_eq!(world.texts("SELECT role FROM accounts").await, ["admin"]);
        assert!(!set_up_links::link_file(&world.app().config).exists());
        world.browser().call("/form/set-up", &fields).await.is(410, "link_expired");
        assert_eq!(world.browser().get(&link).await.status, 410);
        set_up_links::offer(&world.app().db).await.unwrap();
        assert!(!set_up_links::link_file(&world.app().config).exists(), "there is an admin");
        assert_eq!(world.audit_kinds().await, ["account_created", "signed_in"]);
    }

    async fn the_first_admin_may_begin_with_a_passkey_and_no_password(world: World) {
        let link = offered(&world).await;
        let token = token_of(&link);
        let mut operator = world.browser();
        operator.get(&link).await.shows("Create a passkey instead").shows("data-act=\"set-up\"").shows("data-also=\"email\"");
        ask_for(&mut operator, "set-up", &token, "nonsense").await.is(422, "invalid_email");
        ask_for(&mut operator, "set-up", "", "root@example.org").await.is(410, "link_expired");
        let mut key = SoftKey::new(&world);
        let asked = asked(&ask_for(&mut operator, "set-up", &token, "root@example.org").await);
        assert_eq!(asked.options["user"]["name"], "root@example.org");
        let credential = key.create(&asked).await;
        let fields = [("token", token.as_str()), ("email", "root@example.org"), ("challenge", &asked.challenge), ("credential", &credential)];
        world.browser().call("/form/register-with-passkey", &fields[1..]).await.is(403, "forbidden");
        let (mut one, mut other) = (operator.clone(), operator.clone());
        let (a, b) = tokio::join!(one.call("/form/set-up-with-passkey", &fields), other.call("/form/set-up-with-passkey", &fields));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410], "{}\n{}", a.in_full(), b.in_full());
        assert_eq!(world.texts("SELECT role || COALESCE(password_hash, '') FROM accounts").await, ["admin"]);
        assert!(!set_up_links::link_file(&world.app().config).exists());
        let mut admin = if a.status == 200 { one } else { other };
        assert_eq!(codes_shown(&mut admin).await.len(), 10);
        assert_eq!(world.letters().await.len(), 0, "nothing is told of what its owner does that moment");
        assert_eq!(key.sign_in(&mut world.browser()).await.status, 200);
        assert_eq!(world.audit_kinds().await[..4], ["account_created", "second_factor_added", "signed_in", "recovery_codes_made"]);
    }

    async fn so_may_whoever_the_operator_made_an_account_for_and_the_link_is_no_way_around_what_they_have(world: World) {
        let new = NewAccount { id: None, email: Email::parse("ada@example.org").unwrap(), email_verified: true, username: None, password: None, role: Role::Member };
        let link_to = async |account| {
            let app = world.app();
            let mut tx = app.db.begin().await.unwrap();
            let about = Link { account_id: Some(account), ..Link::default() };
            let token = links::create(&mut tx, Purpose::SetUp, &about, DAY).await.unwrap();
            tx.commit().await.unwrap();
            token.to_text().to_string()
        };
        let mut tx = world.app().db.begin().await.unwrap();
        let account = accounts::create(&mut tx, &world.app().vault, &world.app().randomness, &new, world.app().clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let (older, mut key) = (link_to(account).await, SoftKey::new(&world));
        let of_older = asked(&ask_for(&mut world.browser(), "set-up", &older, "").await);
        let credential = key.clone().create(&of_older).await;
        let token = link_to(account).await;
        let send = async |browser: &mut Browser, token: &str, asked: &Asked, credential: &str| {
            let fields = [("token", token), ("challenge", &asked.challenge), ("credential", credential)];
            browser.call("/form/set-up-with-passkey", &fields).await
        };
        send(&mut world.browser(), &older, &of_older, &credential).await.is(410, "link_expired");
        send(&mut world.browser(), &token, &of_older, &credential).await.is(403, "passkey_refused");
        let mut ada = world.browser();
        ada.get(&format!("/set-up?token={token}")).await.shows("Create a passkey instead");
        let asked = asked(&ask_for(&mut ada, "set-up", &token, "eve@example.org").await);
        assert_eq!(asked.options["user"]["name"], "ada@example.org");
        let credential = key.create(&asked).await;
        assert_eq!(send(&mut ada, &token, &asked, &credential).await.location(), CODES);
        assert!(is_signed_in(&mut ada).await);
        assert_eq!(key.sign_in(&mut world.browser()).await.status, 200);
        send(&mut world.browser(), &token, &asked, &credential).await.is(410, "link_expired");
        // One that the operator makes for somebody who has a way in sets a password and adds no
        // passkey.
        let again = link_to(account).await;
        assert!(!world.browser().get(&format!("/set-up?token={again}")).await.body.contains("data-passkey"));
        ask_for(&mut world.browser(), "set-up", &again, "").await.is(403, "forbidden");
        let fields = [("token", again.as_str()), ("new_password", PASSWORD)];
        world.browser().submit("/form/set-up", &fields).await.leads_to("/sign-in/second-factor");
    }

    async fn of_two_who_open_the_waiting_link_at_once_one_becomes_admin(world: World) {
        let token = token_of(&offered(&world).await);
        let (mut one, mut other) = (world.browser(), world.browser());
        let fields = |email| [("token", token.as_str()), ("email", email), ("new_password", PASSWORD)];
        let (first, second) = (fields("one@example.org"), fields("other@example.org"));
        let (a, b) = tokio::join!(one.call("/form/set-up", &first), other.call("/form/set-up", &second));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410]);
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 1);
    }

    async fn each_start_leaves_a_new_link_and_the_older_ones_are_void(world: World) {
        let older = offered(&world).await;
        let newer = offered(&world).await;
        assert_eq!(world.browser().get(&older).await.status, 410);
        assert_eq!(world.browser().get(&newer).await.status, 200);
        world.advance(Duration::from_secs(7 * 24 * 3600));
        assert_eq!(world.browser().get(&newer).await.status, 410);
    }

    async fn the_link_that_waits_ends_when_an_admin_is_made_another_way(world: World) {
        let link = offered(&world).await;
        set_up_links::withdraw_all(&world.app().db).await.unwrap();
        assert_eq!(world.browser().get(&link).await.status, 410);
        assert!(!set_up_links::link_file(&world.app().config).exists());
    }

    async fn an_address_that_has_an_account_keeps_the_link_good(world: World) {
        world.register("ada@example.org").await;
        let token = token_of(&offered(&world).await);
        let fields = |email| [("token", token.as_str()), ("email", email), ("new_password", NEW_PASSWORD)];
        world.browser().call("/form/set-up", &fields("ada@example.org")).await.is(409, "email_taken");
        assert_eq!(world.texts("SELECT role FROM accounts").await, ["member"]);
        assert_eq!(world.browser().call("/form/set-up", &fields("root@example.org")).await.status, 200);
    }
}
