//! Pages that say what is so.

use crate::admin::administrator;
use crate::admin_guard::with_role;
use crate::browser::Answer;
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, token_of};
use crate::second_factor::{key_shown, protected, turn_on};
use crate::world::World;
use doorward::domain::accounts::Role;
use doorward::domain::set_up_links;
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What a page says after `label`, without its markup, up to the end of that line.
fn told_after(page: &Answer, label: &str) -> String {
    let (_, rest) = page.body.split_once(label).unwrap_or_else(|| panic!("no {label:?} in {}", page.in_full()));
    let line = rest.split("</dd>").next().unwrap().split("</p>").next().unwrap();
    let words = line.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect::<String>();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

each_database! {
    async fn the_overview_and_the_sessions_page_tell_the_same_end_of_the_session(world: World) {
        let ada = world.register(EMAIL).await;
        let mut shared = world.browser();
        let fields = [("identifier", EMAIL), ("password", PASSWORD), ("shared", "on")];
        shared.submit("/form/sign-in", &fields).await.leads_to("/account");
        for (mut browser, soon, latest) in [(ada.browser.clone(), "in 1 hour", "in 12 hours"), (shared, "in 15 minutes", "in 12 hours")] {
            let overview = told_after(&browser.get("/account").await, "Ends by itself");
            assert_eq!(told_after(&browser.get("/account/sessions").await, "Ends by itself"), overview);
            assert!(overview.starts_with(soon), "{overview}");
            assert!(overview.contains(&format!("without use, or at the latest {latest}")), "{overview}");
        }
    }

    async fn a_session_that_lasts_days_is_told_in_days(world: World) {
        let ada = world.register(EMAIL).await;
        let mut browser = ada.signed_in_remembered().await;
        world.advance(8 * DAY);
        browser.get("/account").await.leads_to("/sign-in");
        browser.get("/sign-in").await.shows("was not used for 7 days");
    }

    async fn an_empty_sign_in_is_told_what_is_missing_and_counts_as_no_try(world: World) {
        world.register(EMAIL).await;
        let counters = "SELECT COUNT(*) FROM limit_counters";
        let counted = world.number(counters).await;
        let mut browser = world.browser();
        for (identifier, password, code) in
            [("", "", "identifier_missing"), (" ", PASSWORD, "identifier_missing"), (EMAIL, "", "current_password_missing"), ("nobody", "", "current_password_missing")]
        {
            let before = world.app().passwords.hasher.work_done();
            let fields = [("identifier", identifier), ("password", password)];
            browser.call("/form/sign-in", &fields).await.is(422, code);
            assert_eq!(world.app().passwords.hasher.work_done(), before);
        }
        assert!(!world.audit_kinds().await.contains(&"sign_in_failed".to_owned()));
        assert_eq!(world.number(counters).await, counted);
        let answer = browser.submit("/form/sign-in", &[]).await;
        browser.get(answer.location()).await.shows("Enter your e-mail or username.");
    }

    async fn an_empty_current_password_is_told_too(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        ada.call("/form/confirm", &[("password", "")]).await.is(422, "current_password_missing");
        ada.call("/form/change-password", &[("password", ""), ("new_password", NEW_PASSWORD)]).await.is(422, "current_password_missing");
        assert!(!world.audit_kinds().await.contains(&"confirmation_failed".to_owned()));
    }

    async fn a_mistyped_recovery_code_is_not_told_to_wait_for_the_next(world: World) {
        let (_, _, codes) = protected(&world, EMAIL).await;
        let mut browser = world.browser();
        crate::person::sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
        let mistyped = codes[0].chars().rev().collect::<String>();
        for typed in [mistyped.as_str(), &codes[0][1..], &format!("{}U", codes[0]), &codes[0][..15]] {
            let answer = browser.call("/form/second-factor", &[("code", typed)]).await;
            answer.is(422, "wrong_recovery_code");
            assert!(!answer.body.contains("next one"), "{}", answer.body);
        }
        browser.call("/form/second-factor", &[("code", " ")]).await.is(422, "code_missing");
        browser.call("/form/second-factor", &[("code", "000000")]).await.is(422, "wrong_code");
        // Each was a try; the next waits.
        world.advance(2 * MINUTE);
        browser.submit("/form/second-factor", &[("code", &codes[0])]).await.leads_to("/account");
    }

    async fn only_where_anybody_may_register_the_sign_in_offers_an_account(world: World) {
        world.browser().get("/sign-in").await.shows("Create an account").shows("href=\"/register\"");
        for (mode, said) in [("invite", true), ("closed", false)] {
            let node = world.another(&[("DOORWARD__REGISTRATION__MODE", mode)]).await.unwrap();
            let page = node.browser().get("/sign-in").await;
            assert_eq!(page.status, 200);
            assert!(!page.body.contains("Create an account") && !page.body.contains("/register"), "{mode}");
            assert_eq!(page.body.contains("Accounts are made by invitation"), said, "{mode}");
        }
    }

    async fn whoever_sets_the_service_up_is_not_told_of_an_administrator(world: World) {
        let world = world.with(&[("DOORWARD__SECOND_FACTOR__POLICY", "everyone")]).await;
        set_up_links::offer(&world.app().db).await.unwrap();
        let link = std::fs::read_to_string(set_up_links::link_file(&world.app().config)).unwrap();
        let fields = [("token", token_of(link.trim())), ("email", "root@example.org".to_owned()), ("new_password", PASSWORD.to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut operator = world.browser();
        operator.submit("/form/set-up", &fields).await.leads_to("/sign-in/enrol");
        let page = operator.get("/sign-in/enrol").await;
        page.shows("This site asks for a second step at sign-in");
        assert!(!page.body.contains("administrator"), "{}", page.body);
    }

    async fn a_link_to_the_download_of_ones_data_leads_to_its_form(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        ada.get("/account/data").await.leads_to("/account/profile?download");
        ada.get("/account/profile?download").await.shows("action=\"/account/data\"");
        world.browser().get("/account/data").await.leads_to("/sign-in?then=/account/profile%3Fdownload");
        assert!(!world.audit_kinds().await.contains(&"data_downloaded".to_owned()));
    }

    async fn show_people_shows_those_that_it_is_about(world: World) {
        let mut rick = administrator(&world).await;
        let mut careful = with_role(&world, "careful@example.org", Role::Support).await;
        let key = key_shown(&mut careful.browser).await;
        turn_on(&world, &mut careful.browser, &key).await;
        with_role(&world, "careless@example.org", Role::Support).await;
        with_role(&world, "gone@example.org", Role::Support).await;
        world.change("UPDATE accounts SET disabled_at = 1 WHERE email = 'gone@example.org'").await;
        world.register("member@example.org").await;
        let page = rick.browser.get("/admin").await;
        page.shows("href=\"/admin/users?state=unprotected&amp;role=staff\"");
        let people = rick.browser.get("/admin/users?state=unprotected&role=staff").await;
        people.shows("careless@example.org").shows("Without a second factor");
        for other in ["careful@example.org", "gone@example.org", "member@example.org"] {
            assert!(!people.body.contains(other), "{other}");
        }
    }
}
