//! A browser that keeps no cookies: it is told so, and one that keeps them is told nothing of it.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{PASSWORD, sign_in};
use crate::second_factor::protected;
use crate::world::World;
use axum::body::Body;
use http::{Request, header};
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const NEEDED: &str = "allow cookies for this site";
const STEP: &str = "/sign-in/second-factor";

/// The next page of a browser that comes from `from`.
async fn get_from(browser: &mut Browser, from: &str, path: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
    let request = request.header(header::REFERER, format!("{}{from}", browser.origin)).body(Body::empty()).unwrap();
    browser.send(request).await
}

/// The next page of a browser that does not say from where it comes.
async fn get_led(browser: &mut Browser, path: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
    browser.send(request.body(Body::empty()).unwrap()).await
}

/// Its way in, of which it does not say either on which page it stands.
async fn send_unnamed(browser: &mut Browser, accept: &str, fields: &[(&str, &str)]) -> Answer {
    let mut request = browser.posting("/form/sign-in", fields, accept);
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().insert("sec-fetch-dest", "document".parse().unwrap());
    browser.send(request).await
}

each_database! {
    async fn whoever_signs_in_without_cookies_is_told_that_they_are_needed(world: World) {
        world.register(EMAIL).await;
        for (page, wanted, told) in [
            ("/sign-in", "/account", "/sign-in?no-cookies"),
            ("/sign-in?then=/account/profile", "/account/profile", "/sign-in?no-cookies&then=/account/profile"),
        ] {
            let fields = [("identifier", EMAIL), ("password", PASSWORD), ("then", wanted)];
            world.browser().submit("/form/sign-in", &fields).await.leads_to(wanted);
            // What it was given is gone.
            get_from(&mut world.browser(), page, wanted).await.leads_to(told);
            get_from(&mut world.browser(), page, told).await.shows(NEEDED).shows("<h1>Sign in</h1>");
        }
    }

    async fn so_is_whoever_needs_a_second_step(world: World) {
        protected(&world, EMAIL).await;
        sign_in(&mut world.browser(), EMAIL, PASSWORD).await.leads_to(STEP);
        let page = get_from(&mut world.browser(), "/sign-in", STEP).await;
        page.shows(NEEDED);
        assert!(!page.body.contains("too long ago"), "{}", page.body);
        world.browser().submit("/form/second-factor", &[("code", "000000")]).await.leads_to("/sign-in?too-late");
        let page = get_from(&mut world.browser(), STEP, "/sign-in?too-late").await;
        page.shows(NEEDED);
        assert!(!page.body.contains("too long ago"), "{}", page.body);
    }

    async fn so_is_whoever_keeps_to_themselves_where_they_come_from(world: World) {
        world.register(EMAIL).await;
        for (wanted, marked, told) in [
            ("/account", "/account?cookie-given", "/sign-in?no-cookies&cookie-given"),
            ("/account/profile", "/account/profile?cookie-given", "/sign-in?no-cookies&cookie-given&then=/account/profile"),
        ] {
            let mut kept = world.browser();
            let fields = [("identifier", EMAIL), ("password", PASSWORD), ("then", wanted)];
            send_unnamed(&mut kept, "text/html", &fields).await.leads_to(marked);
            send_unnamed(&mut world.browser(), "application/json", &fields).await.goes_to(marked);
            // What it was given is gone.
            get_led(&mut world.browser(), marked).await.leads_to(told);
            get_led(&mut world.browser(), told).await.shows(NEEDED).shows("<h1>Sign in</h1>");
            assert!(!world.browser().get(told).await.body.contains(NEEDED), "whoever types that address");
            // What it was given came along: nothing of it stays in the address.
            get_led(&mut kept, marked).await.leads_to(wanted);
            assert_eq!(get_led(&mut kept, wanted).await.status, 200);
            kept.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
            send_unnamed(&mut kept, "text/html", &fields).await.leads_to(wanted);
        }
    }

    async fn a_program_that_says_nothing_of_itself_is_led_where_everybody_is(world: World) {
        world.register(EMAIL).await;
        let mut program = world.browser();
        let mut request = program.posting("/form/sign-in", &[("identifier", EMAIL), ("password", PASSWORD)], "text/html");
        request.headers_mut().remove(header::REFERER);
        program.send(request).await.leads_to("/account");
    }

    async fn so_is_whoever_needs_a_second_step_and_says_nothing_either(world: World) {
        protected(&world, EMAIL).await;
        let mut kept = world.browser();
        let marked = "/sign-in/second-factor?cookie-given";
        send_unnamed(&mut kept, "text/html", &[("identifier", EMAIL), ("password", PASSWORD)]).await.leads_to(marked);
        get_led(&mut world.browser(), marked).await.shows(NEEDED);
        get_led(&mut kept, marked).await.leads_to(STEP);
        kept.get(STEP).await.shows("name=\"code\"");
    }

    async fn whoever_waits_too_long_for_the_second_step_is_told_that_and_nothing_of_cookies(world: World) {
        protected(&world, EMAIL).await;
        let mut browser = world.browser();
        let waited = Duration::from_secs(3 * 3600);
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(STEP);
        world.advance(waited);
        browser.drop_what_ran_out(waited);
        browser.submit("/form/second-factor", &[("code", "000000")]).await.leads_to("/sign-in?too-late");
        for (from, path) in [("/sign-in", STEP), (STEP, "/sign-in?too-late")] {
            let page = get_from(&mut browser, from, path).await;
            page.shows("too long ago");
            assert!(!page.body.contains(NEEDED), "{path}: {}", page.body);
        }
    }

    async fn nobody_whose_browser_keeps_cookies_is_told_so(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        ada.submit("/form/sign-out", &[]).await.leads_to("/sign-in?signed-out");
        // Known by its device cookie, and comes from the sign-in page as if it had just signed in.
        get_from(&mut ada, "/sign-in", "/account").await.leads_to("/sign-in");
        for path in ["/sign-in?no-cookies", "/sign-in?too-late"] {
            assert!(!get_from(&mut ada, "/sign-in", path).await.body.contains(NEEDED), "{path}");
            assert!(!world.browser().get(path).await.body.contains(NEEDED), "whoever types that address: {path}");
        }
        // A first visit, from elsewhere or by a link of ours.
        world.browser().get("/account").await.leads_to("/sign-in");
        for from in ["/", "/register", "/forgot-password", "/sign-out"] {
            get_from(&mut world.browser(), from, "/account").await.leads_to("/sign-in");
        }
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/account");
        assert_eq!(get_from(&mut browser, "/sign-in", "/account").await.status, 200);
    }
}
