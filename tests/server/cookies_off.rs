//! A browser that keeps no cookies: it is told so, and one that keeps them is told nothing of it.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{PASSWORD, sign_in};
use crate::second_factor::protected;
use crate::world::World;
use axum::body::Body;
use http::{Request, header};

const EMAIL: &str = "ada@example.org";
const NEEDED: &str = "allow cookies for this site";
const STEP: &str = "/sign-in/second-factor";

/// The next page of a browser that comes from `from`.
async fn get_from(browser: &mut Browser, from: &str, path: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
    let request = request.header(header::REFERER, format!("{}{from}", browser.origin)).body(Body::empty()).unwrap();
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
