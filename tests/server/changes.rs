//! A session that is suddenly used from elsewhere, and what its user must do then.

use crate::browser::{Browser, CHROME};
use crate::each_database;
use crate::person::{Person, is_signed_in};
use crate::world::World;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// The cookie of `browser` in the hands of somebody with another browser.
fn stolen(browser: &Browser) -> Browser {
    browser.taken_to(CHROME)
}

async fn confirm(browser: &mut Browser, password: &str, then: &str) -> crate::browser::Answer {
    browser.submit("/form/confirm", &[("password", password), ("then", then)]).await
}

/// What the trail says of changes: what was done, oldest first.
async fn changes_told(world: &World) -> Vec<String> {
    let details =
        world.texts("SELECT details FROM audit_entries WHERE kind = 'session_changed' ORDER BY sequence").await;
    let done = |details: &String| {
        let details: serde_json::Value = serde_json::from_str(details).unwrap();
        assert_ne!(details["was"], details["is"]);
        format!("{} {}", details["reason"].as_str().unwrap(), details["done"].as_str().unwrap())
    };
    details.iter().map(done).collect()
}

async fn with(world: World, settings: &[(&str, &str)]) -> (World, Person) {
    let world = world.with(settings).await;
    let ada = world.register("ada@example.org").await;
    (world, ada)
}

each_database! {
    async fn whoever_takes_a_cookie_to_another_browser_is_stopped_at_the_password_and_the_owner_goes_on(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut owner = ada.signed_in().await;
        let mut thief = stolen(&owner);
        thief.get("/account/profile").await.leads_to("/confirm?then=/account/profile");
        let page = thief.get("/confirm?then=/account/profile").await;
        page.shows("Chrome on Windows").shows(&ada.email);
        assert!(!page.body.contains("Firefox"), "a thief would only have to say that name");
        assert!(!page.body.contains("/account/password"), "no way on but the password");
        let rename = [("display_name", "Thief"), ("username", "thief-name")];
        thief.call("/form/save-profile", &rename).await.is(403, "confirmation_required");
        confirm(&mut thief, "not the password at all", "/account").await;
        thief.get("/account").await.leads_to("/confirm?then=/account");
        assert!(is_signed_in(&mut owner).await);
        assert_eq!(changes_told(&world).await, ["user_agent confirm"], "told once");
        assert_eq!(world.texts("SELECT display_name FROM accounts").await, ["ada"]);
        assert!(world.audit_kinds().await.contains(&"confirmation_failed".to_owned()));
    }

    async fn whoever_only_changed_their_browser_says_the_password_and_goes_on_under_a_new_id(world: World) {
        let ada = world.register("ada@example.org").await;
        let before = ada.signed_in().await;
        let mut after = stolen(&before);
        after.get("/account/profile").await.leads_to("/confirm?then=/account/profile");
        confirm(&mut after, &ada.password, "/account/profile").await.leads_to("/account/profile");
        assert_ne!(after.session(), before.session());
        assert!(is_signed_in(&mut after).await && !is_signed_in(&mut before.clone()).await);
        // And what left meanwhile is the new one.
        let mut back = after.taken_to(&before.user_agent);
        back.get("/account").await.leads_to("/confirm?then=/account");
        assert_eq!(changes_told(&world).await, ["user_agent confirm", "user_agent confirm"]);
    }

    async fn whoever_tries_which_browser_the_owner_has_ends_the_session_before_long(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut owner = ada.signed_in().await;
        for (tried, name) in ["curl", "okhttp", "wget", "python-requests", "axios"].iter().enumerate() {
            for _ in 0..3 {
                let to = if tried < 4 { "/confirm?then=/account" } else { "/sign-in" };
                owner.taken_to(&format!("{name}/1.0")).get("/account").await.leads_to(to);
            }
        }
        assert!(!is_signed_in(&mut owner).await);
        assert_eq!(changes_told(&world).await.len(), 6, "five, and the end");
    }

    async fn whoever_changes_their_browser_with_each_request_fills_no_trail(world: World) {
        let (world, ada) = with(world, &[("DOORWARD__SESSION__USER_AGENT_CHANGE", "note")]).await;
        let browser = ada.signed_in().await;
        world.advance(2 * MINUTE);
        for name in ["curl", "okhttp", "curl", "okhttp", "curl"] {
            assert!(is_signed_in(&mut browser.taken_to(&format!("{name}/1.0"))).await);
        }
        assert_eq!(changes_told(&world).await, ["user_agent note"]);
        world.advance(2 * MINUTE);
        let mut moved = browser.taken_to("wget/1.0");
        moved.address = "192.0.2.1".parse().unwrap();
        assert!(is_signed_in(&mut moved).await);
        assert_eq!(changes_told(&world).await[1..], ["user_agent note", "network note"], "both are told");
    }

    async fn a_thief_right_after_the_owner_is_noted_all_the_same(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut owner = ada.signed_in().await;
        world.advance(2 * MINUTE);
        assert!(is_signed_in(&mut owner).await);
        let mut thief = owner.clone();
        thief.address = "192.0.2.1".parse().unwrap();
        assert!(is_signed_in(&mut thief).await);
        assert_eq!(changes_told(&world).await, ["network note"]);
    }

    async fn a_doubted_visitor_can_still_sign_out(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut owner = ada.signed_in().await;
        let mut elsewhere = stolen(&owner);
        elsewhere.get("/sign-out").await.shows("Sign out");
        elsewhere.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
        assert!(!is_signed_in(&mut owner).await);
    }

    async fn another_browser_ends_the_session_where_the_operator_wants_that(world: World) {
        let (world, ada) = with(world, &[("DOORWARD__SESSION__USER_AGENT_CHANGE", "end")]).await;
        let mut owner = ada.signed_in().await;
        stolen(&owner).get("/account").await.leads_to("/sign-in");
        assert!(!is_signed_in(&mut owner).await);
        owner.get("/sign-in").await.shows("suddenly used from elsewhere");
        assert_eq!(changes_told(&world).await, ["user_agent end"]);
        assert_eq!(world.texts("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL").await, ["user_agent_changed"]);
    }

    async fn another_browser_is_only_noted_where_the_operator_wants_that(world: World) {
        let (world, ada) = with(world, &[("DOORWARD__SESSION__USER_AGENT_CHANGE", "note")]).await;
        let browser = ada.signed_in().await;
        let mut other = stolen(&browser);
        assert!(is_signed_in(&mut other).await && is_signed_in(&mut other).await);
        assert_eq!(changes_told(&world).await, ["user_agent note"]);
    }

    async fn a_newer_version_of_the_same_browser_is_no_change(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in().await;
        browser.user_agent = browser.user_agent.replace("140", "141");
        assert!(is_signed_in(&mut browser).await);
        assert!(changes_told(&world).await.is_empty());
    }

    async fn another_network_is_noted_at_most_once_a_minute_and_the_same_one_never(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut phone = ada.signed_in().await;
        for (address, expected) in [("127.0.0.77", 0), ("192.0.2.1", 1), ("192.0.2.200", 1), ("2001:db8:1::1", 2), ("2001:db8:1:9::7", 2)] {
            world.advance(2 * MINUTE);
            phone.address = address.parse().unwrap();
            assert!(is_signed_in(&mut phone).await, "{address}");
            assert_eq!(changes_told(&world).await.len(), expected, "{address}");
        }
        for address in ["192.0.2.1", "2001:db8:1::1", "192.0.2.1"] {
            phone.address = address.parse().unwrap();
            assert!(is_signed_in(&mut phone).await);
        }
        assert_eq!(changes_told(&world).await, ["network note"; 3], "of the last three one");
    }

    async fn another_network_ends_or_confirms_where_the_operator_wants_that(world: World) {
        let (world, ada) = with(world, &[("DOORWARD__SESSION__NETWORK_CHANGE", "confirm")]).await;
        let mut browser = ada.signed_in().await;
        browser.address = "192.0.2.1".parse().unwrap();
        browser.get("/account").await.leads_to("/confirm?then=/account");
        confirm(&mut browser, &ada.password, "/account").await.leads_to("/account");
        assert!(is_signed_in(&mut browser).await);
        let world = world.with(&[("DOORWARD__SESSION__NETWORK_CHANGE", "end")]).await;
        let mut browser = browser.at(&world.node.router);
        browser.address = "198.51.100.1".parse().unwrap();
        browser.get("/account").await.leads_to("/sign-in");
        assert_eq!(world.texts("SELECT end_reason FROM sessions WHERE end_reason LIKE '%changed'").await, ["network_changed"]);
    }

    async fn a_confirmation_needs_the_right_password_and_leads_only_to_our_pages(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in().await;
        world.advance(11 * MINUTE);
        browser.get("/confirm?then=/account/profile").await.shows("Confirm that it is you");
        let before = browser.session();
        browser.call("/form/confirm", &[("password", "wrong wrong wrong wrong")]).await.is(403, "wrong_password");
        assert_eq!(browser.session(), before);
        confirm(&mut browser, &ada.password, "//evil.example").await.leads_to("/account");
        assert_ne!(browser.session(), before, "a new id at each proof (ASVS 7.2.4)");
        browser.get("/confirm?then=/account/profile").await.leads_to("/account/profile");
        assert!(world.audit_kinds().await.ends_with(&["confirmation_failed".to_owned(), "session_confirmed".to_owned()]));
    }
}
