//! `/set-up`: the operator's one-use link.

use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, is_signed_in, token_of};
use crate::world::World;
use doorward::server::set_up;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

/// The link that waits for the operator, as path and query.
async fn offered(world: &World) -> String {
    set_up::offer(world.app()).await.unwrap();
    let link = std::fs::read_to_string(set_up::link_file(world.app())).unwrap();
    link.trim().strip_prefix("http://localhost:3000").expect("the public URL").to_owned()
}

each_database! {
    async fn whoever_opens_the_waiting_link_becomes_the_first_admin(world: World) {
        let link = offered(&world).await;
        let mode = std::fs::metadata(set_up::link_file(world.app())).unwrap().permissions().mode() & 0o777;
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
        assert!(!set_up::link_file(world.app()).exists());
        world.browser().call("/form/set-up", &fields).await.is(410, "link_expired");
        assert_eq!(world.browser().get(&link).await.status, 410);
        set_up::offer(world.app()).await.unwrap();
        assert!(!set_up::link_file(world.app()).exists(), "there is an admin");
        assert_eq!(world.audit_kinds().await, ["account_created", "signed_in"]);
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
        set_up::withdraw_all(world.app()).await.unwrap();
        assert_eq!(world.browser().get(&link).await.status, 410);
        assert!(!set_up::link_file(world.app()).exists());
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
