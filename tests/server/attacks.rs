//! Many names, many addresses, few tries each: noticed, slowed, and shown.

use crate::each_database;
use crate::limits::{ADA, HOUR, MINUTE, addresses, from, guess, limited, try_at, wait};
use crate::person::{NEW_PASSWORD, PASSWORD, sign_in};
use crate::world::World;
use axum::body::Body;
use doorward::base::clock::Clock;
use doorward::domain::limits::Door;
use doorward::domain::limits::attacks::{self, Shape};
use doorward::run::metrics;
use doorward::run::tasks;
use http::Request;

const PAGE: &str = "/admin/attacks";

/// One wrong password from each of `count` addresses, each at a name of its own; gives how many
/// were looked at.
async fn spray(world: &World, count: u32, round: u32) -> usize {
    let mut looked_at = 0;
    let tries: Vec<_> = addresses(count).enumerate().collect();
    for few in tries.chunks(5) {
        let tries = few.iter().map(|(number, address)| {
            let mut browser = world.browser().at_address(*address);
            let name = format!("person{}@example.org", (number + 7 * round as usize) % count as usize);
            async move { try_at(&mut browser, &name, "summer2026summer").await }
        });
        let answers = futures_util::future::join_all(tries).await;
        looked_at += answers.iter().filter(|answer| wait(answer).is_none()).count();
    }
    looked_at
}

each_database! {
    async fn spraying_by_five_hundred_addresses_is_noticed_slowed_and_shown(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__NETWORK_FAILURES", "10"), ("DOORWARD__PASSWORD__QUEUE", "1000")]).await;
        let ada = world.register(ADA).await;
        world.register("bob@example.org").await;
        let (app, now) = (world.app(), world.clock.now());
        assert!(attacks::lately(&app.db, now).await.unwrap().is_empty());
        assert_eq!(spray(&world, 500, 0).await, 500, "each of them looks like anybody");
        let (pressure, attack) = (attacks::pressure(&app.db, now).await.unwrap(), attacks::lately(&app.db, now).await.unwrap());
        assert!(pressure.strict && pressure.failures == 500 && pressure.usual_an_hour == 0, "{pressure:?}");
        let [attack] = &attack[..] else { panic!("{attack:?}") };
        assert!(attack.is_under_way && attack.shape == Shape::ManyNames && attack.doors == [Door::SignIn], "{attack:?}");
        assert!(attack.failures == 500 && attack.names >= 300 && attack.networks >= 300, "{attack:?}");
        // Each address had ten an hour; now it has one.
        for round in 1..4 {
            assert_eq!(spray(&world, 500, round).await, 0);
        }
        // A person is let in meanwhile, from a network that did nothing wrong and in a browser that
        // nobody knows; and one that is known wherever it is.
        try_at(&mut from(&world, "192.0.2.1"), "bob@example.org", PASSWORD).await.goes_to("/account");
        let mut known = ada.browser.at_address(addresses(1).next().unwrap());
        try_at(&mut known, ADA, PASSWORD).await.goes_to("/account");

        let told = world.texts("SELECT details FROM audit_entries WHERE kind = 'attack_noticed'").await;
        assert!(told.len() == 1 && told[0].contains("everywhere") && told[0].contains("\"count\":300"), "{told:?}");
        let page = crate::browser::send(&metrics::router(app), Request::get("/metrics").body(Body::empty()).unwrap()).await;
        for line in ["doorward_tries_failed_total{door=\"sign_in\"} 500", "doorward_tries_refused_total{door=\"sign_in\"} 1500", "doorward_attacks_under_way 1"] {
            page.shows(line);
        }
        // It ends, and things are as they were.
        world.advance(HOUR);
        assert!(!attacks::pressure(&app.db, world.clock.now()).await.unwrap().strict);
        let attack = attacks::lately(&app.db, world.clock.now()).await.unwrap().remove(0);
        assert!(!attack.is_under_way, "{attack:?}");
        for _ in 0..4 {
            guess(&world, "11.0.0.1", "person1@example.org").await.is(401, "wrong_credentials");
        }
        world.advance(91 * 24 * HOUR);
        tasks::tidy(app, false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM attacks").await, 0);
    }

    async fn what_fails_on_other_days_too_is_no_attack(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__FAILURES_IN_ALL", "20"), ("DOORWARD__PASSWORD__QUEUE", "1000")]).await;
        let hour = world.clock.now().seconds() / 3600;
        // Ten an hour for a week: fifty and more are unusual.
        for before in 2..=168 {
            world.change(&format!("INSERT INTO failed_tries (hour, door, failures) VALUES ({}, 'sign_in', 10)", hour - before)).await;
        }
        spray(&world, 49, 0).await;
        let db = &world.app().db;
        assert_eq!(attacks::pressure(db, world.clock.now()).await.unwrap().usual_an_hour, 9);
        assert!(attacks::lately(db, world.clock.now()).await.unwrap().len() == 1, "45 are five times nine");
        world.change("DELETE FROM attacks").await;
        world.change("UPDATE failed_tries SET failures = 20 WHERE failures = 10").await;
        spray(&world, 20, 1).await;
        assert!(attacks::lately(db, world.clock.now()).await.unwrap().is_empty());
    }

    async fn few_names_and_one_network_are_told_from_many(world: World) {
        let settings = [("DOORWARD__LIMITS__FAILURES_IN_ALL", "10"), ("DOORWARD__LIMITS__NETWORK_FAILURES", "8"), ("DOORWARD__LIMITS__FREE_TRIES", "100")];
        let world = limited(world, &settings).await;
        for address in addresses(14) {
            guess(&world, &address.to_string(), "ada").await;
        }
        let seen = async || attacks::lately(&world.app().db, world.clock.now()).await.unwrap();
        assert_eq!(seen().await.iter().map(|attack| attack.shape).collect::<Vec<_>>(), [Shape::FewNames]);
        world.advance(2 * HOUR);
        for number in 0..9 {
            guess(&world, "192.0.2.9", &format!("name{number}")).await;
        }
        let [newest, _] = &seen().await[..] else { panic!("{:?}", seen().await) };
        assert!(newest.shape == Shape::OneNetwork && newest.networks == 1 && newest.failures == 8 && newest.is_under_way, "{newest:?}");
        // A network alone makes nobody else wait.
        assert!(!attacks::pressure(&world.app().db, world.clock.now()).await.unwrap().strict);
        world.advance(16 * MINUTE);
        assert!(seen().await.iter().all(|attack| !attack.is_under_way));
    }

    async fn administrators_see_it_and_nobody_else_does(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__FAILURES_IN_ALL", "10")]).await;
        let mut rick = world.register("rick@example.org").await.browser;
        assert_eq!(rick.get(PAGE).await.status, 404);
        world.change("UPDATE accounts SET role = 'admin'").await;
        rick.get(PAGE).await.shows("Nothing unusual").shows("0 tries failed");
        for address in addresses(12) {
            guess(&world, &address.to_string(), &format!("name{address}")).await.is(401, "wrong_credentials");
        }
        let page = rick.get(PAGE).await;
        for words in ["Guesses at many names", "Under way", "Tried: the sign-in page", "at 10 names, from 10 networks", "is under way. Networks have a tenth"] {
            page.shows(words);
        }
        world.browser().get(PAGE).await.leads_to("/sign-in?then=/admin/attacks");
        world.advance(11 * MINUTE);
        rick.get(PAGE).await.leads_to("/confirm?then=/admin/attacks");
    }

    async fn a_name_has_fewer_free_tries_while_an_attack_is_under_way(world: World) {
        let world = limited(world, &[("DOORWARD__LIMITS__FAILURES_IN_ALL", "10")]).await;
        for address in addresses(10) {
            guess(&world, &address.to_string(), &format!("name{address}")).await.is(401, "wrong_credentials");
        }
        for address in ["192.0.2.1", "198.51.100.1"] {
            guess(&world, address, "grace@example.org").await.is(401, "wrong_credentials");
        }
        assert_eq!(wait(&guess(&world, "203.0.113.1", "grace@example.org").await), Some(1));
        let page = sign_in(&mut from(&world, "203.0.113.2"), "grace@example.org", NEW_PASSWORD).await;
        from(&world, "203.0.113.2").get(page.location()).await.shows("Too many tries have failed");
    }
}
