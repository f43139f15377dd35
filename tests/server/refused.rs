//! Requests that no page and no form answers: each is told in words, to people and to programs.

use crate::browser::{Answer, Browser, send};
use crate::database::Engine;
use crate::each_database;
use crate::person::NEW_PASSWORD;
use crate::world::World;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::routing::post;
use doorward::base::error::AppError;
use doorward::base::paths::page_of_form;
use doorward::request::refused::Message;
use doorward::run::router::in_layers;
use http::{Request, StatusCode, header};

const HTML: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
const JSON: &str = "application/json";

/// The layers with routes behind them that fail without a word.
fn failing(world: &World) -> Router {
    async fn panics() -> StatusCode {
        panic!("a panic of the test's own")
    }
    let routes = Router::new()
        .route("/form/register", post(panics))
        // As the layer that gives a slow request up.
        .route("/form/forgot-password", post(async || StatusCode::SERVICE_UNAVAILABLE))
        .route("/form/sign-in", post(async || StatusCode::REQUEST_TIMEOUT));
    in_layers(world.app(), routes, Router::new()).unwrap()
}

/// As it comes over the wire.
fn with_length(mut request: Request<Body>) -> Request<Body> {
    let length = HttpBody::size_hint(request.body()).exact().unwrap();
    request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    request
}

fn of_another_site(browser: &Browser, path: &str, accept: &str) -> Request<Body> {
    let mut request = browser.posting(path, &[], accept);
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    request.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    request.headers_mut().insert(header::REFERER, "https://evil.example/".parse().unwrap());
    request
}

#[track_caller]
fn is_our_page(answer: &Answer, error: AppError, back: &str) {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let words = error.message().replace('&', "&amp;");
    answer
        .shows(&words)
        .shows(&format!("href=\"{back}\" class=\"button\""))
        .shows("class=\"brand\"")
        .shows("Lighthouse");
    assert!(answer.header("content-security-policy").contains("style-src 'self'"), "{}", answer.in_full());
    assert!(!answer.header("x-request-id").is_empty() || error == AppError::Internal, "{}", answer.in_full());
}

each_database! {
    async fn whatever_refuses_a_form_says_so_in_words(world: World) {
        if world.engine() == Engine::Postgres {
            return; // No database is asked.
        }
        let world = world.with(&[("DOORWARD__SITE__NAME", "Lighthouse")]).await;
        let browser = world.browser();
        let long = [("password", &"x".repeat(40_000)[..])];
        let failing = failing(&world);
        for accept in [HTML, JSON] {
            for (router, request, status, error) in [
                (&failing, browser.posting("/form/register", &[], accept), 500, AppError::Internal),
                (&failing, browser.posting("/form/forgot-password", &[], accept), 503, AppError::Unavailable),
                (&failing, browser.posting("/form/sign-in", &[], accept), 408, AppError::Unavailable),
                (&world.node.router, with_length(browser.posting("/form/sign-in", &long, accept)), 413, AppError::TooLarge),
                (&world.node.router, of_another_site(&browser, "/form/register", accept), 403, AppError::Forbidden),
                (&world.node.router, Request::get("/form/register").header(header::ACCEPT, accept).body(Body::empty()).unwrap(), 405, AppError::NotFound),
            ] {
                let path = request.uri().path().to_owned();
                let answer = send(router, request).await;
                assert_eq!(answer.status, status, "{path}: {}", answer.in_full());
                let wait = error.retry_after_seconds().map(|seconds| seconds.to_string()).unwrap_or_default();
                assert_eq!(answer.header("retry-after"), wait, "{path}");
                assert_eq!(answer.header("x-content-type-options"), "nosniff");
                if accept == HTML {
                    is_our_page(&answer, error, page_of_form(&path));
                } else {
                    let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
                    assert_eq!((&told["message"], &told["field"]), (&error.message().into(), &error.field().into()));
                    assert_eq!(told["code"], serde_json::to_value(error).unwrap()["code"]);
                }
            }
        }
    }

    async fn without_a_database_who_tries_again_goes_to_the_form_with_all_that_stood_in_its_address(world: World) {
        let world = world.with(&[("DOORWARD__SITE__NAME", "Lighthouse")]).await;
        let ada = world.register("ada@example.org").await;
        let token = world.forgot_password(&ada.email).await;
        let page = format!("/reset-password?token={token}");
        let mut browser = ada.browser.another();
        browser.plant(&ada.browser.session());
        browser.get(&page).await;
        world.app().db.close().await;
        let fields = [("token", token.as_str()), ("new_password", NEW_PASSWORD)];
        let answer = browser.submit("/form/reset-password", &fields).await;
        assert_eq!(answer.status, 503);
        is_our_page(&answer, AppError::Unavailable, &page);
        let mut silent = browser.posting("/form/reset-password", &fields, HTML);
        silent.headers_mut().remove(header::REFERER);
        is_our_page(&browser.send(silent).await, AppError::Unavailable, &page);
        is_our_page(&browser.get("/account").await, AppError::Unavailable, "");
    }

    async fn a_refused_password_comes_back_to_its_link_without_a_referer_too(world: World) {
        let ada = world.register("ada@example.org").await;
        let token = world.forgot_password(&ada.email).await;
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", "eve@example.org")]).await;
        let link = world.mailed_link("eve@example.org", "/verify-email").await;
        for (path, token, error) in [
            ("/form/reset-password", token, AppError::PasswordMissing),
            ("/form/create-account", crate::person::token_of(&link), AppError::PasswordMissing),
        ] {
            let mut request = browser.posting(path, &[("token", &token), ("new_password", "")], HTML);
            request.headers_mut().remove(header::REFERER);
            let answer = browser.send(request).await;
            assert!(answer.location().starts_with(&format!("{}?token={token}&", page_of_form(path))), "{}", answer.in_full());
            let page = browser.get(answer.location()).await;
            assert_eq!(page.status, 200);
            page.shows(&error.message()).shows(&token);
        }
    }
}
