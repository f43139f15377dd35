//! `/account/data`: everything about the person, for them alone.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{PASSWORD, is_signed_in};
use crate::second_factor::{key_shown, seed, turn_on};
use crate::soft_key::SoftKey;
use crate::world::World;
use axum::body::Body;
use http::{Request, header};
use serde_json::Value;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const PATH: &str = "/account/data";
const ASKS: &str = "/confirm?then=/account/profile%3Fdownload";

async fn download(browser: &mut Browser) -> Answer {
    browser.submit(PATH, &[]).await
}

#[track_caller]
fn whole(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.in_full());
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"my-data.json\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

each_database! {
    async fn a_person_gets_everything_about_them_and_nothing_that_lets_anybody_in(world: World) {
        world.register("eve@example.org").await;
        let mut ada = world.register(EMAIL).await.browser;
        for username in ["countess", "enchantress"] {
            ada.submit("/form/save-profile", &[("display_name", "Ada \"{}\" L"), ("username", username)]).await.leads_to("/account/profile?saved");
        }
        SoftKey::new(&world).add(&mut ada).await;
        let key = key_shown(&mut ada).await;
        turn_on(&world, &mut ada, &key).await;
        let script = crate::personal_tokens::with_token(&world, &mut ada, &[("scope_profile", "on")]).await;
        ada.get("/account/profile?download").await.shows("Download").shows("Nothing in it lets anybody in");

        let answer = download(&mut ada).await;
        let data = whole(&answer);
        assert_eq!((&data["format"], &data["service"]), (&1.into(), &"http://localhost:3000".into()));
        let account = &data["account"];
        assert_eq!((&account["email"], &account["username"], &account["role"]), (&EMAIL.into(), &"enchantress".into(), &"member".into()));
        assert_eq!(account["usernames_ever"].as_array().unwrap().len(), 3);
        assert_eq!(account["display_name"], "Ada \"{}\" L");
        assert_eq!(account["created_at"], "2026-03-01T12:00:00Z");
        for (field, count) in [("passkeys", 1), ("access_tokens", 1), ("devices", 1), ("sessions", 1), ("connections", 0), ("groups", 0)] {
            assert_eq!(data[field].as_array().unwrap().len(), count, "{field}");
        }
        assert_eq!(data["second_factors"]["authenticator_apps"].as_array().unwrap().len(), 1);
        assert_eq!(data["second_factors"]["recovery_codes_left"], 10);
        assert_eq!(data["sessions"][0]["device"], "Firefox on Linux");
        let activity = data["activity"].as_array().unwrap();
        assert_eq!(activity[0]["kind"], "data_downloaded", "and it is noted");
        assert_eq!(activity[0]["address"], ada.address.to_string(), "with the place it was done from");
        assert!(activity.iter().any(|entry| entry["kind"] == "account_created"));

        assert!(!answer.body.contains("eve@"));
        let hash = world.texts("SELECT password_hash FROM accounts WHERE email LIKE 'ada%'").await.remove(0);
        for secret in [hash.as_str(), &seed(&key), &ada.session(), &ada.device(), &script.access] {
            assert!(!secret.is_empty() && !answer.body.contains(secret), "{secret}");
        }
        let sealed: Vec<String> = world.texts("SELECT credential FROM passkeys").await;
        assert!(!answer.body.contains(&sealed[0]));
    }

    async fn a_long_activity_comes_whole(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        let (app, account) = (world.app(), world.newest_account().await);
        let mut tx = app.db.begin_recorded().await.unwrap();
        for _ in 0..2500 {
            use doorward::domain::audit::{Details, Event, Kind, record};
            let event = Event { kind: Kind::SignedIn, account: Some(account), details: Details::default() };
            record(&mut tx, &event).await.unwrap();
        }
        tx.commit().await.unwrap();
        let data = whole(&download(&mut ada).await);
        assert!(data["activity"].as_array().unwrap().len() > 2500);
    }

    async fn it_is_no_link_and_asks_who_is_there(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        ada.get(PATH).await.leads_to("/account/profile?download");
        download(&mut world.browser()).await.leads_to("/sign-in?then=/account/profile%3Fdownload");
        world.advance(Duration::from_secs(660));
        ada.get("/account/profile?download").await.leads_to(ASKS);
        download(&mut ada).await.leads_to(ASKS);
        assert!(!world.audit_kinds().await.contains(&"data_downloaded".to_owned()));
        ada.submit("/form/confirm", &[("password", PASSWORD), ("then", "/account/profile?download")]).await.leads_to("/account/profile?download");
        whole(&download(&mut ada).await);
    }

    async fn no_other_site_has_it_sent(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        let request = Request::post(PATH)
            .header(header::ORIGIN, "https://evil.example")
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty())
            .unwrap();
        assert_eq!(ada.send(request).await.status, 403);
        assert!(is_signed_in(&mut ada).await);
        assert!(!world.audit_kinds().await.contains(&"data_downloaded".to_owned()));
    }
}
