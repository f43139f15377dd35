//! Whoever gets an account, or a new password, on the way to an app or a page ends there.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::enrolment::{ENROL, EVERYONE};
use crate::forward_auth::{EMAIL, PAGE, RULES, away, guarded, lets_in, onward, opens, then_of};
use crate::oidc_peer::{Peer, who};
use crate::person::{NEW_PASSWORD, PASSWORD, token_of};
use crate::providers::leave;
use crate::second_factor::{CODES, code, key_shown_on};
use crate::soft_key::{SoftKey, ask, ask_for, asked};
use crate::world::World;
use doorward::base::paths::Then;

/// A browser that an app has led to the sign-in page, and the path there.
async fn turned_away(world: &World) -> (Browser, String) {
    let mut browser = world.browser();
    let sign_in_page = away(&opens(&mut browser, PAGE).await);
    (browser, sign_in_page)
}

/// Where the first link to `page` leads.
#[track_caller]
fn link_to(answer: &Answer, page: &str) -> String {
    let (_, rest) = answer.body.split_once(&format!("href=\"{page}")).unwrap_or_else(|| panic!("{}", answer.in_full()));
    format!("{page}{}", rest.split_once('"').unwrap().0).replace("&amp;", "&")
}

/// What each form on the page leads to in the end; the same for all.
#[track_caller]
fn then_on(answer: &Answer) -> String {
    let mut all: Vec<_> = answer.body.split("name=\"then\" value=\"").skip(1).collect();
    all.iter_mut().for_each(|rest| *rest = rest.split_once('"').unwrap().0);
    all.dedup();
    assert_eq!(all.len(), 1, "{}", answer.in_full());
    all[0].replace("&amp;", "&")
}

/// From the page that goes on to the app, until the app lets in.
async fn arrives(browser: &mut Browser, then: &str) {
    let callback = onward(&browser.get(then).await);
    let back = opens(browser, &callback).await;
    assert_eq!((back.status, back.header("location")), (302, PAGE), "{}", back.in_full());
    lets_in(&opens(browser, PAGE).await);
}

each_database! {
    async fn a_newcomer_registers_on_the_way_to_an_app_and_ends_there(world: World) {
        let world = guarded(world).await;
        let (mut browser, sign_in_page) = turned_away(&world).await;
        let then = then_of(&sign_in_page);
        let register = link_to(&browser.get(&sign_in_page).await, "/register");
        let page = browser.get(&register).await;
        assert_eq!(then_on(&page), then);
        assert_eq!(then_of(&link_to(&page, "/sign-in")), then);

        let refused = browser.submit("/form/register", &[("email", "nonsense"), ("then", &then)]).await;
        assert_eq!(then_on(&browser.get(refused.location()).await), then, "an error does not lose it");
        let sent = browser.submit("/form/register", &[("email", EMAIL), ("then", &then)]).await;
        let page = browser.get(sent.location()).await;
        page.shows("Check your mail");
        for again in ["/register", "/sign-in"] {
            assert_eq!(then_of(&link_to(&page, again)), then, "{again}");
        }

        let link = world.mailed_link(EMAIL, "/verify-email").await;
        let page = browser.get(&link).await;
        assert_eq!(then_on(&page), then);
        let token = token_of(&link);
        let fields = [("token", token.as_str()), ("new_password", PASSWORD), ("then", &then)];
        browser.submit("/form/create-account", &fields).await.leads_to(&then);
        arrives(&mut browser, &then).await;
        browser.get(&link).await.leads_to(&then);
        let page = world.browser().get(&link).await;
        assert_eq!((page.status, then_of(&link_to(&page, "/register"))), (410, then), "used");
    }

    async fn who_had_an_account_after_all_is_mailed_the_way_on(world: World) {
        let world = guarded(world).await;
        world.register(EMAIL).await;
        let (mut browser, sign_in_page) = turned_away(&world).await;
        let then = then_of(&sign_in_page);
        browser.submit("/form/register", &[("email", EMAIL), ("then", &then)]).await;
        let letter = world.letter(EMAIL).await;
        let ways: Vec<String> = letter.links.iter().filter(|link| link.contains("then=")).map(|link| then_of(link)).collect();
        assert_eq!(ways, [then.clone(), then.clone()], "{}", letter.text);
        let fields = [("identifier", EMAIL), ("password", PASSWORD), ("then", &then)];
        browser.submit("/form/sign-in", &fields).await.leads_to(&then);
        arrives(&mut browser, &then).await;
    }

    async fn who_forgot_their_password_on_the_way_to_an_app_ends_there(world: World) {
        let world = guarded(world).await;
        world.register(EMAIL).await;
        let (mut browser, sign_in_page) = turned_away(&world).await;
        let then = then_of(&sign_in_page);
        let forgot = link_to(&browser.get(&sign_in_page).await, "/forgot-password");
        let page = browser.get(&forgot).await;
        assert_eq!((then_on(&page), then_of(&link_to(&page, "/sign-in"))), (then.clone(), then.clone()));
        let sent = browser.submit("/form/forgot-password", &[("email", EMAIL), ("then", &then)]).await;
        let page = browser.get(sent.location()).await;
        assert_eq!(then_of(&link_to(page.shows("Check your mail"), "/sign-in")), then);

        let link = world.mailed_link(EMAIL, "/reset-password").await;
        assert_eq!(then_on(&browser.get(&link).await), then);
        let token = token_of(&link);
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD), ("then", &then)];
        let answer = browser.submit("/form/reset-password", &fields).await;
        let page = browser.get(answer.location()).await;
        assert_eq!(then_on(page.shows("Your password is changed")), then);
        let fields = [("identifier", EMAIL), ("password", NEW_PASSWORD), ("then", &then)];
        browser.submit("/form/sign-in", &fields).await.leads_to(&then);
        arrives(&mut browser, &then).await;
    }

    async fn who_registers_with_a_passkey_saves_the_codes_and_ends_at_the_app(world: World) {
        let world = guarded(world).await;
        let (mut browser, sign_in_page) = turned_away(&world).await;
        let then = then_of(&sign_in_page);
        browser.submit("/form/register", &[("email", EMAIL), ("then", &then)]).await;
        let link = world.mailed_link(EMAIL, "/verify-email").await;
        let token = token_of(&link);
        assert_eq!(then_on(browser.get(&link).await.shows("create-account-with-passkey")), then);
        let asked = ask(&mut browser, "sign-up", &token).await;
        let credential = SoftKey::new(&world).create(&asked).await;
        let fields = [("token", token.as_str()), ("challenge", &asked.challenge), ("credential", &credential), ("then", &then)];
        let codes = browser.submit("/form/create-account-with-passkey", &fields).await.location().to_owned();
        assert_eq!((codes.split('?').next().unwrap(), then_of(&codes)), (CODES, then.clone()));
        assert_eq!(then_on(&browser.get(&codes).await), then);
        browser.submit("/form/recovery-codes-saved", &[("then", &then)]).await.leads_to(&then);
        arrives(&mut browser, &then).await;
    }

    async fn where_addresses_are_not_checked_a_newcomer_ends_at_the_app_at_once(world: World) {
        let world = world.with_file(RULES, &[("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false")]).await;
        let (mut browser, sign_in_page) = turned_away(&world).await;
        let then = then_of(&sign_in_page);
        let page = browser.get(&link_to(&browser.clone().get(&sign_in_page).await, "/register")).await;
        assert_eq!(then_on(page.shows("register-with-passkey")), then);
        let fields = [("email", EMAIL), ("new_password", PASSWORD), ("then", &then)];
        browser.submit("/form/register", &fields).await.leads_to(&then);
        arrives(&mut browser, &then).await;

        let (mut browser, sign_in_page) = turned_away(&world).await;
        let then = then_of(&sign_in_page);
        let asked = asked(&ask_for(&mut browser, "register", "", "eve@example.org").await);
        let credential = SoftKey::new(&world).create(&asked).await;
        let fields = [("email", "eve@example.org"), ("challenge", &asked.challenge), ("credential", &credential), ("then", &then)];
        let answer = browser.submit("/form/register-with-passkey", &fields).await;
        assert_eq!(then_of(answer.location()), then);
    }

    async fn who_must_set_up_a_second_factor_first_ends_at_the_app(world: World) {
        let world = world.with_file(RULES, &[EVERYONE]).await;
        let (mut browser, sign_in_page) = turned_away(&world).await;
        let then = then_of(&sign_in_page);
        browser.submit("/form/register", &[("email", EMAIL), ("then", &then)]).await;
        let token = token_of(&world.mailed_link(EMAIL, "/verify-email").await);
        let fields = [("token", token.as_str()), ("new_password", PASSWORD), ("then", &then)];
        browser.submit("/form/create-account", &fields).await.leads_to(ENROL);
        let key = key_shown_on(&mut browser, ENROL).await;
        let answer = browser.submit("/form/enrol-totp", &[("code", &code(&world, &key))]).await;
        assert_eq!((then_of(answer.location()), then_on(&browser.get(answer.location()).await)), (then.clone(), then.clone()));
        browser.submit("/form/recovery-codes-saved", &[("then", &then)]).await.leads_to(&then);
        arrives(&mut browser, &then).await;
    }

    async fn who_begins_with_another_service_ends_at_the_app(world: World) {
        let peer = Peer::start(world.clock.clone()).await;
        let settings = peer.settings("peer");
        let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let world = world.with_file(RULES, &settings).await;
        let (mut browser, sign_in_page) = turned_away(&world).await;
        let register = link_to(&browser.get(&sign_in_page).await, "/register");
        let then = then_on(&browser.get(&register).await);
        assert_eq!(then, then_of(&sign_in_page));
        let address = leave(&mut browser, "/form/start-provider", &[("provider", "peer"), ("then", &then)]).await;
        browser.get(&peer.agree(&address, who("1", EMAIL))).await.leads_to(&then);
        arrives(&mut browser, &then).await;
    }

    async fn no_letter_and_no_page_leads_to_a_place_that_is_not_ours(world: World) {
        world.register("known@example.org").await;
        for hostile in ["https://evil.example/", "//evil.example", "/auth/hand-over?to=https://evil.example", "/form/sign-out", "javascript:alert(1)"] {
            let mut browser = world.browser();
            browser.submit("/form/register", &[("email", EMAIL), ("then", hostile)]).await.leads_to("/register?sent");
            browser.submit("/form/register", &[("email", "known@example.org"), ("then", hostile)]).await.leads_to("/register?sent");
            browser.submit("/form/forgot-password", &[("email", "known@example.org"), ("then", hostile)]).await.leads_to("/forgot-password?sent");
            for letter in world.letters().await {
                assert!(!letter.text.contains("then=") && !letter.text.contains("evil"), "{hostile}: {}", letter.text);
            }
            let encoded: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
            for page in ["/register", "/forgot-password", "/register?sent&", "/sign-in?password-reset&"] {
                let separator = if page.contains('?') { "" } else { "?" };
                let page = browser.get(&format!("{page}{separator}then={encoded}")).await;
                assert!(!page.body.contains("evil") && !page.body.contains("then="), "{hostile}: {}", page.in_full());
            }
        }
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", "new@example.org")]).await;
        let token = token_of(&world.mailed_link("new@example.org", "/verify-email").await);
        let fields = [("token", token.as_str()), ("new_password", PASSWORD), ("then", "//evil.example")];
        browser.submit("/form/create-account", &fields).await.leads_to("/account");
        browser.submit("/form/recovery-codes-saved", &[("then", "//evil.example")]).await.leads_to("/account/second-factor?saved");
    }

    async fn a_form_that_says_nothing_of_where_it_stood_keeps_the_way(world: World) {
        let browser = world.browser();
        let then = Then::Sessions.path();
        for (form, page) in [("/form/register", "/register"), ("/form/forgot-password", "/forgot-password"), ("/form/sign-in", "/sign-in")] {
            let mut request = browser.posting(form, &[("email", "nonsense"), ("then", &then)], "text/html");
            request.headers_mut().remove("referer");
            let answer = browser.clone().send(request).await;
            assert_eq!((answer.status, answer.location().split('?').next().unwrap()), (303, page), "{}", answer.in_full());
            assert_eq!(then_of(answer.location()), then, "{form}");
        }
    }
}
