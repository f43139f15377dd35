//! A form that is sent twice: whoever was let in by the first post is led on by the second.

use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, sign_in, token_of};
use crate::world::World;
use doorward::domain::set_up_links;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";

/// The link that ends a registration of `email`, and its token.
async fn mailed(world: &World, email: &str) -> (String, String) {
    world.browser().submit("/form/register", &[("email", email)]).await.leads_to("/register?sent");
    let link = world.mailed_link(email, "/verify-email").await;
    let token = token_of(&link);
    (link, token)
}

each_database! {
    async fn of_two_posts_that_end_a_registration_both_end_where_the_first_one_led(world: World) {
        let (link, token) = mailed(&world, EMAIL).await;
        let mut browser = world.browser();
        browser.get(&link).await;
        let mut same = browser.clone();
        let fields = [("token", token.as_str()), ("new_password", PASSWORD), ("then", "/account/profile")];
        let (a, b) = tokio::join!(browser.submit("/form/create-account", &fields), same.submit("/form/create-account", &fields));
        let (mut winner, loser) = if a.location() == "/account/profile" { (browser, b) } else { (same, a) };
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 1);
        // The cookies are one browser's.
        let next = winner.get(loser.location()).await;
        next.leads_to("/account");
        assert_eq!(winner.get(next.location()).await.status, 200);
        // Another tab, later on; and back in the history.
        winner.call("/form/create-account", &fields).await.goes_to("/account/profile");
        winner.get(&link).await.leads_to("/account");
    }

    async fn nobody_else_is_led_on_by_a_used_link(world: World) {
        let (link, token) = mailed(&world, EMAIL).await;
        let fields = [("token", token.as_str()), ("new_password", PASSWORD)];
        let mut ada = world.browser();
        ada.submit("/form/create-account", &fields).await.leads_to("/account");
        world.browser().call("/form/create-account", &fields).await.is(410, "link_expired");
        assert_eq!(world.browser().get(&link).await.status, 410);
        let mut elsewhere = world.browser();
        sign_in(&mut elsewhere, EMAIL, PASSWORD).await.leads_to("/account");
        assert_eq!(elsewhere.get(&link).await.status, 410, "signed in, but not by a link");
        world.advance(Duration::from_secs(15 * 60));
        assert_eq!(ada.get(&link).await.status, 410, "a quarter of an hour later");
    }

    async fn the_operators_link_leads_on_too(world: World) {
        set_up_links::offer(&world.app().db).await.unwrap();
        let link = std::fs::read_to_string(set_up_links::link_file(&world.app().config)).unwrap();
        let link = link.trim().strip_prefix("http://localhost:3000").unwrap().to_owned();
        let token = token_of(&link);
        let fields = [("token", token.as_str()), ("email", "root@example.org"), ("new_password", PASSWORD)];
        let mut operator = world.browser();
        operator.submit("/form/set-up", &fields).await.leads_to("/account");
        operator.submit("/form/set-up", &fields).await.leads_to("/account");
        operator.get(&link).await.leads_to("/account");
        assert_eq!(world.browser().get(&link).await.status, 410);
    }

    async fn of_two_posts_of_one_new_password_both_say_that_it_is_changed(world: World) {
        world.register(EMAIL).await;
        let token = world.forgot_password(EMAIL).await;
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
        let (mut one, mut other) = (world.browser(), world.browser());
        let (a, b) = tokio::join!(one.submit("/form/reset-password", &fields), other.submit("/form/reset-password", &fields));
        a.leads_to("/sign-in?password-reset");
        b.leads_to("/sign-in?password-reset");
        assert_eq!(world.audit_kinds().await.iter().filter(|kind| *kind == "password_reset").count(), 1);
        sign_in(&mut world.browser(), EMAIL, NEW_PASSWORD).await.leads_to("/account");
        world.browser().call("/form/reset-password", &fields).await.is(410, "link_expired");
    }
}
