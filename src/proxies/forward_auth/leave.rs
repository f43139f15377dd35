//! The page on which somebody who is signed in goes on to the app that they came from.

use super::hand_over::{self, Begun};
use super::{Original, own_pages, rules};
use crate::base::error::AppError;
use crate::base::paths::{HandOver, Then};
use crate::domain::factors;
use crate::domain::limits::proofs;
use crate::flows::acting::Person;
use crate::request::refused::Refused;
use crate::request::visitor::Visitor;
use crate::request::{app::App, document, headers};
use axum::Extension;
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, Uri, header};

/// `GET /auth/hand-over`. [`crate::request::visitor::resolve`] has led everybody who is not signed
/// in to sign in first.
///
/// It goes on by a page and not by a redirect: behind a form, browsers apply `form-action` to where
/// redirects lead.
pub async fn leave(app: App, Extension(visitor): Extension<Visitor>, uri: Uri) -> Response {
    let then = Then::parse(&uri.to_string());
    match (&then, visitor.person()) {
        (Then::App(hand_over), Some(person)) => match way_on(&app, person, &then, hand_over).await {
            Ok(Way::Here(path)) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
            Ok(Way::Away { href, host }) => leaving(&app, href, host),
            Err(error) => Refused(error).into_response(),
        },
        (_, Some(_)) => Refused(AppError::NotFound).into_response(),
        (_, None) => Refused(AppError::SignInRequired).into_response(),
    }
}

enum Way {
    /// An address of our own.
    Here(String),
    Away {
        href: String,
        host: String,
    },
}

async fn way_on(app: &App, person: &Person, then: &Then, hand_over: &HandOver) -> Result<Way, AppError> {
    let begun = Begun::open(&app.vault, hand_over.sealed()).ok_or(AppError::NotFound)?;
    let original = Original::of_url("GET", &begun.page()).ok_or(AppError::NotFound)?;
    if then.asks_for_second_factor() && !person.session.has_second_factor() {
        let none = factors::of(&app.db, person.account.id).await?.is_empty();
        let set_up = || format!("{}?app", Then::SecondFactor.page());
        return Ok(Way::Here(if none { set_up() } else { then.sign_in_again_path() }));
    }
    if begun.origin == app.config.server.public_url.origin() {
        return Ok(Way::Here(begun.page()));
    }
    // The rules may have changed since.
    if !rules::is_named(&app.config.forward_auth.rules, &original) {
        return Err(AppError::NotFound);
    }
    let host = original.site.host().to_owned();
    let now = app.clock.now();
    if !begun.is_fresh(now) {
        // The browser's cookie there is gone. From that page it comes back at once, with another.
        return Ok(Way::Away { href: begun.page(), host });
    }
    proofs::may_act(&app.db, person.session.handle).await?;
    let mut tx = app.db.begin().await?;
    proofs::begin_act(&mut tx, person.session.handle).await?;
    let code = hand_over::give(&mut tx, &app.randomness, &person.session, hand_over, now).await?;
    tx.commit().await?;
    let href = format!("{}{}?code={}", begun.origin, own_pages::CALLBACK, code.to_text().as_str());
    Ok(Way::Away { href, host })
}

fn leaving(app: &App, href: String, host: String) -> Response {
    let document = document::leaving_page(&app.leptos, &app.config.site.name, href, host);
    ([(header::CONTENT_SECURITY_POLICY, headers::page_policy("", None))], Html(document)).into_response()
}
