//! In which language people are spoken to, and by which clock.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{PASSWORD, token_of};
use crate::world::World;
use axum::body::Body;
use doorward::domain::accounts;
use doorward::domain::audit::By;
use doorward::flows::factor_resets;
use http::{Request, header};
use std::time::Duration;

const COOKIE: &str = "__Host-doorward-language";

/// A page, as a browser gets it that asks for `languages`.
async fn page_in(browser: &mut Browser, path: &str, languages: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT, "text/html").header("sec-fetch-site", "none");
    browser.send(request.header(header::ACCEPT_LANGUAGE, languages).body(Body::empty()).unwrap()).await
}

/// A form, sent by a browser that asks for `languages`.
async fn send_in(browser: &mut Browser, path: &str, fields: &[(&str, &str)], accept: &str, languages: &str) -> Answer {
    let mut request = browser.posting(path, fields, accept);
    request.headers_mut().insert(header::ACCEPT_LANGUAGE, languages.parse().unwrap());
    browser.send(request).await
}

fn is_in(answer: &Answer, tag: &str) {
    answer.shows(&format!("<html lang=\"{tag}\" dir=\"ltr\""));
    assert_eq!(answer.headers[header::CONTENT_LANGUAGE], tag);
}

async fn profile(browser: &mut Browser, language: &str, time_zone: &str) -> Answer {
    let fields =
        [("display_name", "Ada"), ("username", "ada.lovelace"), ("language", language), ("time_zone", time_zone)];
    browser.submit("/form/save-profile", &fields).await
}

each_database! {
    async fn a_page_is_in_the_language_that_the_browser_asks_for(world: World) {
        let mut browser = world.browser();
        let page = page_in(&mut browser, "/sign-in", "de-AT,de;q=0.9,en;q=0.5").await;
        is_in(&page, "de");
        page.shows("<h1>Anmelden</h1>");
        let varies: Vec<_> = page.headers.get_all(header::VARY).iter().map(|line| line.to_str().unwrap()).collect();
        assert!(varies.contains(&"Accept-Language"), "{varies:?}");
        assert!(page.cookies.is_empty(), "nothing was chosen");
        let page = page_in(&mut browser, "/sign-in", "fr").await;
        is_in(&page, "en");
        page.shows("<h1>Sign in</h1>");
        is_in(&browser.get("/sign-in").await, "en");
    }

    async fn nothing_in_that_header_upsets_a_page(world: World) {
        let long = format!("de;q=0.5,{}", "x-".repeat(4000));
        let many = "fr,".repeat(2000) + "de";
        for languages in ["", ",;,;q=", "*", "de;q=NaN", "\u{7}", "<script>", &long, &many] {
            let Ok(value) = header::HeaderValue::from_str(languages) else { continue };
            let request = Request::get("/sign-in").header(header::ACCEPT_LANGUAGE, value).body(Body::empty()).unwrap();
            let page = world.browser().send(request).await;
            assert_eq!(page.status, 200, "{languages:.40}");
            is_in(&page, "en");
        }
        let bytes = header::HeaderValue::from_bytes(b"de\xff\xfe").unwrap();
        let request = Request::get("/sign-in").header(header::ACCEPT_LANGUAGE, bytes).body(Body::empty()).unwrap();
        is_in(&world.browser().send(request).await, "en");
    }

    async fn without_a_wish_it_is_the_operators(world: World) {
        let world = world.with(&[("DOORWARD__SITE__LANGUAGE", "de")]).await;
        is_in(&world.browser().get("/sign-in").await, "de");
        is_in(&page_in(&mut world.browser(), "/sign-in", "en").await, "en");
    }

    async fn whoever_is_not_signed_in_chooses_below_the_page(world: World) {
        let mut browser = world.browser();
        browser.get("/register?then=/account/sessions").await.shows("lang=\"de\"");
        let answer = browser.submit("/form/choose-language", &[("language", "de")]).await;
        assert!(answer.location().ends_with("/register?then=%2Faccount%2Fsessions"), "{}", answer.location());
        assert_eq!(browser.holds(COOKIE).as_deref(), Some("de"));
        is_in(&page_in(&mut browser, "/register", "en").await, "de");
        browser.restart();
        is_in(&page_in(&mut browser, "/register", "en").await, "de");
        assert_eq!(browser.call("/form/choose-language", &[("language", "en")]).await.status, 200);
        is_in(&page_in(&mut browser, "/register", "de").await, "en");
        for unknown in ["tlh", "", "../de", "de\r\nset-cookie: x=y"] {
            browser.call("/form/choose-language", &[("language", unknown)]).await.is(400, "bad_request");
            assert_eq!(browser.holds(COOKIE).as_deref(), Some("en"));
        }
        browser.plant_as(COOKIE, Some("tlh"));
        is_in(&page_in(&mut browser, "/register", "de").await, "de");
    }

    async fn a_refusal_is_told_in_the_language_of_its_page(world: World) {
        let fields = [("identifier", "nobody@example.org"), ("password", "not the password")];
        let mut browser = world.browser();
        let answer = send_in(&mut browser, "/form/sign-in", &fields, "application/json", "de").await;
        answer.is(401, "wrong_credentials");
        assert!(answer.body.contains("passen nicht zusammen"), "{}", answer.body);
        let answer = send_in(&mut browser, "/form/sign-in", &fields, "application/json", "en").await;
        assert!(answer.body.contains("do not belong together"), "{}", answer.body);
        // What no form answers: layers around them all.
        let mut request = browser.posting("/form/sign-in", &fields, "text/html");
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        request.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
        request.headers_mut().insert(header::ACCEPT_LANGUAGE, "de".parse().unwrap());
        let page = browser.send(request).await;
        assert_eq!(page.status, 403);
        is_in(&page, "de");
        page.shows("Mit diesem Konto dürfen Sie das nicht tun.");
        let missing = page_in(&mut browser, "/no-such-page", "de").await;
        is_in(&missing, "de");
        missing.shows("Seite nicht gefunden");
    }

    async fn programs_are_answered_in_english(world: World) {
        let request = Request::get("/api/v1/me").header(header::ACCEPT_LANGUAGE, "de").body(Body::empty()).unwrap();
        let answer = world.browser().send(request).await;
        assert_eq!(answer.status, 401);
        assert!(answer.body.contains("Send an access token"), "{}", answer.body);
    }

    async fn the_accounts_choice_comes_before_all_others(world: World) {
        let mut ada = world.register("ada@example.org").await;
        is_in(&page_in(&mut ada.browser, "/account/profile", "de").await, "de");
        profile(&mut ada.browser, "de", "Europe/Berlin").await.leads_to("/account/profile?saved");
        let page = page_in(&mut ada.browser, "/account/profile", "en").await;
        is_in(&page, "de");
        page.shows("<option value=\"Europe/Berlin\" selected");
        page.shows("<option value=\"de\" selected");
        // A form of before, or of somebody else's making, says nothing of it: then it stays.
        ada.browser.submit("/form/save-profile", &[("display_name", "Ada"), ("username", "ada.lovelace")]).await;
        is_in(&page_in(&mut ada.browser, "/account", "en").await, "de");
        // Times by the clock in Berlin, an hour ahead of UTC in March.
        page_in(&mut ada.browser, "/account", "en").await.shows("1. März 2026, 13:00 Uhr MEZ");
        assert_eq!(world.texts("SELECT language FROM accounts").await, ["de"]);
        profile(&mut ada.browser, "browser", "browser").await.leads_to("/account/profile?saved");
        let page = page_in(&mut ada.browser, "/account", "en").await;
        is_in(&page, "en");
        page.shows("1 March 2026, 12:00 UTC");
    }

    async fn what_no_form_offers_is_refused_and_changes_nothing(world: World) {
        let mut ada = world.register("ada@example.org").await;
        for (language, zone) in [("tlh", "browser"), ("de", "Mars/Olympus_Mons"), ("de", "../../etc/passwd"), ("de\0", "UTC")] {
            let fields = [("display_name", "Ada"), ("username", "ada.lovelace"), ("language", language), ("time_zone", zone)];
            ada.browser.call("/form/save-profile", &fields).await.is(400, "bad_request");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE language IS NOT NULL OR time_zone IS NOT NULL").await, 0);
    }

    async fn letters_are_in_the_language_of_whoever_gets_them(world: World) {
        let mut browser = world.browser();
        send_in(&mut browser, "/form/register", &[("email", "ada@example.org")], "text/html", "de").await.leads_to("/register?sent");
        let letter = world.letter("ada@example.org").await;
        assert_eq!(letter.subject, "Schließen Sie Ihre Registrierung bei Doorward ab");
        let token = token_of(letter.links.iter().find(|link| link.contains("token=")).unwrap());
        let fields = [("token", token.as_str()), ("new_password", PASSWORD)];
        send_in(&mut browser, "/form/create-account", &fields, "text/html", "de").await.leads_to("/account");
        // Somebody else asks, in English: the letter goes to its owner, who registered in German.
        let mut eve = world.browser();
        send_in(&mut eve, "/form/forgot-password", &[("email", "ada@example.org")], "text/html", "en").await;
        assert_eq!(world.letter("ada@example.org").await.subject, "Wählen Sie ein neues Passwort für Doorward");
        send_in(&mut eve, "/form/register", &[("email", "ada@example.org")], "text/html", "en").await;
        assert_eq!(world.letter("ada@example.org").await.subject, "Sie haben schon ein Konto bei Doorward");
        // What the owner chooses comes before.
        profile(&mut browser, "en", "Asia/Kolkata").await.leads_to("/account/profile?saved");
        send_in(&mut eve, "/form/forgot-password", &[("email", "ada@example.org")], "text/html", "de").await;
        assert_eq!(world.letter("ada@example.org").await.subject, "Choose a new password for Doorward");
        // A sign-in from an unknown browser, in German, told to its owner in English and by the
        // clock in Kolkata.
        world.notices("ada@example.org").await;
        let fields = [("identifier", "ada@example.org"), ("password", PASSWORD)];
        send_in(&mut eve, "/form/sign-in", &fields, "text/html", "de").await.leads_to("/account");
        let notices = world.notices("ada@example.org").await;
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].subject, "New sign-in to Doorward");
        assert!(notices[0].text.contains("1 March 2026, 17:30 IST, from Firefox on Linux"), "{}", notices[0].text);
    }

    async fn a_letter_that_no_request_causes_has_a_language_too(world: World) {
        let mut browser = world.browser();
        send_in(&mut browser, "/form/register", &[("email", "ada@example.org")], "text/html", "de").await;
        let letter = world.letter("ada@example.org").await;
        let token = token_of(letter.links.iter().find(|link| link.contains("token=")).unwrap());
        let fields = [("token", token.as_str()), ("new_password", PASSWORD)];
        send_in(&mut browser, "/form/create-account", &fields, "text/html", "de").await.leads_to("/account");
        let account = accounts::find_by_identifier(&world.app().db, "ada@example.org").await.unwrap().unwrap();
        let mut tx = world.app().db.begin_recorded().await.unwrap();
        factor_resets::start(&mut tx, account.id, By::CommandLine).await.unwrap();
        tx.commit().await.unwrap();
        let started = world.letter("ada@example.org").await;
        assert_eq!(started.subject, "Ihr zweiter Faktor bei Doorward wird entfernt");
        assert!(started.text.contains("Das geschieht am 2. März 2026, 12:00 Uhr UTC."), "{}", started.text);
        world.advance(Duration::from_secs(24 * 3600));
        assert_eq!(factor_resets::finish_due(&world.app().db).await, Ok(1));
        assert_eq!(world.letter("ada@example.org").await.subject, "Ihr zweiter Faktor bei Doorward wurde entfernt");
    }
}
