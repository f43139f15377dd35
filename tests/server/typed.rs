//! What was typed into a form comes back where it is asked for again, and nowhere else.

use crate::admin::administrator;
use crate::browser::{Answer, Browser, TYPED};
use crate::each_database;
use crate::person::{PASSWORD, sign_in};
use crate::world::World;
use std::time::Duration;

/// Longer than the time within which nobody is asked again who they are.
const A_WHILE: Duration = Duration::from_secs(11 * 60);
const WRONG: &str = "not the password at all";

fn is_filled_in(answer: &Answer, value: &str) -> bool {
    answer.body.contains(&format!("value=\"{value}\""))
}

/// Goes where the answer leads, as browsers do.
async fn follow(browser: &mut Browser, answer: &Answer) -> Answer {
    assert_eq!(answer.status, 303, "{}", answer.in_full());
    browser.get(answer.location()).await
}

each_database! {
    async fn a_wrong_password_without_script_leaves_the_name_and_says_nothing_of_the_sign_out_before(world: World) {
        let mut browser = world.register("ada@example.org").await.browser;
        browser.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
        browser.get("/sign-in?signed-out").await.shows("You are signed out.");
        let fields = [("identifier", "ada@example.org"), ("password", WRONG), ("shared", "on")];
        let answer = browser.submit("/form/sign-in", &fields).await;
        assert!(!answer.location().contains("ada"), "addresses stand in logs: {}", answer.location());
        assert!(!browser.holds(TYPED).unwrap().contains("ada"), "sealed");
        let page = follow(&mut browser, &answer).await;
        page.shows("do not belong together");
        assert!(is_filled_in(&page, "ada@example.org"), "{}", page.body);
        assert!(!page.body.contains("You are signed out.") && !page.body.contains(WRONG), "{}", page.body);
        assert_eq!(page.body.matches(" checked").count(), 1, "and so is what was ticked: {}", page.body);
        assert_eq!(browser.holds(TYPED), None, "it is given back once");
        assert!(!is_filled_in(&browser.get("/sign-in").await, "ada@example.org"));
    }

    async fn every_form_that_is_refused_without_script_comes_back_filled_in(world: World) {
        let mut browser = world.browser();
        for (page, form, typed) in [("/register", "/form/register", "ada@@example.org"), ("/forgot-password", "/form/forgot-password", "ada.example.org")] {
            browser.get(page).await;
            let answer = browser.submit(form, &[("email", typed)]).await;
            assert!(is_filled_in(&follow(&mut browser, &answer).await, typed), "{page}");
        }
        let mut ada = world.register("ada@example.org").await.browser;
        ada.get("/account/profile").await;
        let answer = ada.submit("/form/save-profile", &[("display_name", "Countess"), ("username", "a@b")]).await;
        let page = follow(&mut ada, &answer).await;
        assert!(is_filled_in(&page, "Countess") && is_filled_in(&page, "a@b"), "{}", page.body);
    }

    async fn a_new_address_survives_the_question_who_is_there(world: World) {
        let mut ada = world.register("ada@example.org").await.browser;
        for scripted in [false, true] {
            world.advance(A_WHILE);
            ada.get("/account/profile").await;
            let fields = [("email", "countess@example.org")];
            let answer = if scripted { ada.call("/form/change-email", &fields).await } else { ada.submit("/form/change-email", &fields).await };
            assert!(answer.location() == "/confirm?then=/account/profile%3Femail", "{}", answer.in_full());
            assert!(!is_filled_in(&ada.get(answer.location()).await, "countess@example.org"));
            let answer = ada.submit("/form/confirm", &[("password", WRONG), ("then", "/account/profile?email")]).await;
            follow(&mut ada, &answer).await.shows("not your current password");
            ada.submit("/form/confirm", &[("password", PASSWORD), ("then", "/account/profile?email")]).await.leads_to("/account/profile?email");
            assert!(is_filled_in(&ada.get("/account/profile?email").await, "countess@example.org"), "scripted: {scripted}");
        }
    }

    async fn an_invitation_survives_it_too(world: World) {
        let mut rick = administrator(&world).await.browser;
        world.advance(A_WHILE);
        let answer = rick.submit("/form/admin-invite", &[("email", "eve@example.org")]).await;
        answer.leads_to("/confirm?then=/admin/invitations");
        let fields = [("password", PASSWORD), ("then", "/admin/invitations")];
        rick.submit("/form/confirm", &fields).await.leads_to("/admin/invitations");
        assert!(is_filled_in(&rick.get("/admin/invitations").await, "eve@example.org"));
        assert_eq!(world.number("SELECT COUNT(*) FROM invitations").await, 0, "nothing was done on the way");
    }

    async fn what_a_token_is_for_survives_it_as_it_was_ticked(world: World) {
        let mut ada = world.register("ada@example.org").await.browser;
        ada.get("/account/tokens?add").await.shows("name=\"scope_profile\"");
        world.advance(A_WHILE);
        let fields = [("token_name", "Backup"), ("days", "7"), ("scope_sessions", "on")];
        let answer = ada.submit("/form/make-token", &fields).await;
        answer.leads_to("/confirm?then=/account/tokens%3Fadd");
        ada.submit("/form/confirm", &[("password", PASSWORD), ("then", "/account/tokens?add")]).await.leads_to("/account/tokens?add");
        let page = ada.get("/account/tokens?add").await;
        assert!(is_filled_in(&page, "Backup"), "{}", page.body);
        page.shows("<option value=\"7\" selected");
        let box_of = |name: &str| page.body.split_once(&format!("name=\"{name}\"")).unwrap().1.split_once('>').unwrap().0.contains("checked");
        assert!(box_of("scope_sessions") && !box_of("scope_profile"), "{}", page.body);
    }

    async fn the_name_survives_a_change_of_language(world: World) {
        let mut browser = world.browser();
        for (page, name) in [("/sign-in", "identifier"), ("/register", "email"), ("/forgot-password", "email")] {
            let id = page.trim_start_matches('/');
            browser.get(page).await.shows(&format!("form=\"{id}\"")).shows("formaction=\"/form/choose-language\"");
            let fields = [(name, "ada@example.org"), ("password", WRONG), ("then", "/account"), ("language", "de")];
            let answer = browser.submit("/form/choose-language", &fields).await;
            let german = follow(&mut browser, &answer).await;
            german.shows("<html lang=\"de\"");
            assert!(is_filled_in(&german, "ada@example.org") && !german.body.contains(WRONG), "{page}");
            // As our script asks: it is answered without a page, and then shows it anew.
            let fields = [(name, "eve@example.org"), ("language", "en")];
            assert_eq!(browser.call("/form/choose-language", &fields).await.status, 200);
            assert!(is_filled_in(&browser.get(page).await, "eve@example.org"), "{page}");
        }
    }

    async fn it_is_given_to_its_own_page_and_session_alone(world: World) {
        world.register("eve@example.org").await;
        let mut browser = world.register("ada@example.org").await.browser;
        world.advance(A_WHILE);
        browser.get("/account/profile").await;
        browser.submit("/form/change-email", &[("email", "countess@example.org")]).await;
        let kept = browser.holds(TYPED).unwrap();
        browser.submit("/form/sign-out", &[]).await;
        sign_in(&mut browser, "eve@example.org", PASSWORD).await.leads_to("/account");
        browser.plant_as(TYPED, Some(&kept));
        let page = browser.get("/account/profile").await;
        assert!(page.status == 200 && !page.body.contains("countess@example.org"), "the next person at that computer");
        let mut other = world.browser();
        other.get("/register").await;
        other.submit("/form/register", &[("email", "ada@@example.org")]).await;
        assert!(!is_filled_in(&other.get("/forgot-password").await, "ada@@example.org"), "another page");
        assert!(is_filled_in(&other.get("/register").await, "ada@@example.org"));
        for made_up in ["", "x", "AAAA", &"A".repeat(3000), &kept[1..]] {
            other.plant_as(TYPED, Some(made_up));
            assert_eq!(other.get("/register").await.status, 200);
        }
    }
}
