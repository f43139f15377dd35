//! What was typed into a form, on its way to the page that asks for it again (WCAG 2.2, 3.3.7):
//! after a refusal without script, by way of `/confirm`, and when another language is chosen.
//!
//! It travels in a cookie, sealed to its page and to the session it was typed in, and is gone once
//! the page has it. Never in an address, which logs keep; and never a password, a code or a token.

use super::cross_site::FORMS;
use super::visitor::{self, TYPED_COOKIE, Visitor};
use crate::base::error::AppError;
use crate::base::header_text;
use crate::base::paths::CHOOSE_LANGUAGE;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::ui::Typed;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use http::{Extensions, HeaderMap, Method, StatusCode, header};
use std::time::Duration;
use url::form_urlencoded::{Serializer, parse};

/// The fields that are kept: none that lets anybody in.
const KEPT: [&str; 13] = [
    "identifier",
    "remember",
    "shared",
    "email",
    "display_name",
    "username",
    "time_zone",
    "device_name",
    "token_name",
    "days",
    "scope_profile",
    "scope_sessions",
    "scope_introspect",
];
/// In bytes, as a form sends them; browsers take cookies of 4,096.
const LONGEST: usize = 2048;
/// Time to confirm who one is.
const LIFETIME: Duration = Duration::from_secs(600);

/// Middleware, within that which finds out who is visiting: keeps what was typed where its page is
/// going to ask again, and gives it back there.
pub async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    match *request.method() {
        Method::GET => give_back(&app, request, next).await,
        Method::POST if request.uri().path().starts_with(FORMS) => take_along(&app, request, next).await,
        _ => next.run(request).await,
    }
}

async fn give_back(app: &App, mut request: Request, next: Next) -> Response {
    let Some(sealed) = visitor::cookie(request.headers(), TYPED_COOKIE) else { return next.run(request).await };
    let place = place(request.uri().path(), request.extensions());
    let Some(typed) = open(app, &place, sealed) else { return next.run(request).await };
    request.extensions_mut().insert(typed);
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK {
        give_cookie(&mut response, "", Duration::ZERO);
    }
    response
}

async fn take_along(app: &App, request: Request, next: Next) -> Response {
    let Some(page) = page_of(request.headers()) else { return next.run(request).await };
    let place = place(&page, request.extensions());
    let chooses_language = request.uri().path() == CHOOSE_LANGUAGE;
    let (parts, body) = request.into_parts();
    // Its length is bounded by a layer around this one.
    let Ok(form) = to_bytes(body, usize::MAX).await else { return Refused(AppError::TooLarge).into_response() };
    let typed = kept(&form);
    let mut response = next.run(Request::from_parts(parts, Body::from(form))).await;
    let comes_back = (chooses_language && !response.status().is_client_error()) || is_asked_again(&response);
    if comes_back && let Some(sealed) = typed.and_then(|typed| seal(app, &place, &typed)) {
        give_cookie(&mut response, &sealed, LIFETIME);
    }
    response
}

/// The path of the page that the form stands on: a layer around this one has put it there.
fn page_of(headers: &HeaderMap) -> Option<String> {
    let referer = header_text::of(headers.get(header::REFERER)?);
    Some(url::Url::parse(&referer).ok()?.path().to_owned())
}

/// For which page, and for whom: on a computer that others use the next person gets nothing of it.
fn place(page: &str, extensions: &Extensions) -> Vec<u8> {
    let visitor = extensions.get::<Visitor>().and_then(Visitor::cookie_holder);
    let session = visitor.map(|person| person.session.handle.0.into_bytes()).unwrap_or_default();
    [&session[..], page.as_bytes()].concat()
}

/// A plain form that was refused, and whatever leads to the page that asks who is there.
fn is_asked_again(response: &Response) -> bool {
    let location = response.headers().get(header::LOCATION).map(header_text::of);
    location.is_some_and(|location| location.starts_with("/confirm?") || location.contains("__err="))
}

/// What of a form is kept; none if there is nothing, or more than a cookie holds.
fn kept(form: &[u8]) -> Option<Typed> {
    let fields = parse(form).into_owned().filter(|(name, value)| KEPT.contains(&name.as_str()) && !value.is_empty());
    let fields: Vec<(String, String)> = fields.collect();
    let length: usize = fields.iter().map(|(name, value)| name.len() + 3 * value.len()).sum();
    (!fields.is_empty() && length <= LONGEST).then(|| Typed::new(fields))
}

fn seal(app: &App, place: &[u8], typed: &Typed) -> Option<String> {
    let fields = Serializer::new(String::new()).extend_pairs(typed.fields()).finish();
    let sealed = app.vault.seal_typed(place, fields.as_bytes()).ok()?;
    Some(BASE64URL_NOPAD.encode(&sealed))
}

fn open(app: &App, place: &[u8], sealed: &str) -> Option<Typed> {
    let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
    kept(&app.vault.open_typed(place, &sealed).ok()?)
}

fn give_cookie(response: &mut Response, value: &str, lifetime: Duration) {
    if let Some(cookie) = visitor::set_cookie(TYPED_COOKIE, value, Some(lifetime)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_form_nothing_is_kept_that_lets_anybody_in() {
        let form = b"identifier=ada%40example.org&password=p&new_password=n&code=123456&token=t&credential=c&challenge=h&shared=on&then=%2Faccount";
        let typed = kept(form).unwrap();
        let names: Vec<&str> = typed.fields().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["identifier", "shared"]);
    }

    #[test]
    fn nothing_and_too_much_are_not_kept() {
        assert!(kept(b"").is_none() && kept(b"identifier=&password=p").is_none());
        assert!(kept(format!("identifier={}", "x".repeat(LONGEST)).as_bytes()).is_none());
        assert!(kept(b"\xff\xfe=%%%&identifier").is_none());
    }
}
