//! How whoever sent a request reads: decided once for each. The account's own choice comes first,
//! then what was chosen in this browser, then what the browser asks for, then the operator's.

mod accept_language;

use super::app::App;
use super::visitor::{self, Visitor};
use crate::base::words::bundles::Language;
use crate::base::words::reader::Reader;
use crate::domain::accounts::Reading;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use leptos::prelude::{Owner, provide_context};
use leptos::reactive::computed::ScopedFuture;

/// Who sent a request, as far as its headers say; with what the account has chosen, if somebody is
/// signed in.
pub fn of(app: &App, headers: &HeaderMap, account: Option<&Reading>) -> Reader {
    let asked = || {
        let chosen = visitor::cookie(headers, visitor::LANGUAGE_COOKIE).and_then(Language::known);
        chosen.unwrap_or_else(|| accept_language::best(headers, app.config.site.language))
    };
    Reader::with(account.and_then(Reading::language), account.and_then(Reading::zone), asked)
}

/// Middleware, within that which finds out who is visiting: decides how they read, for all that
/// answers them. Left in the answer too, for the layers around it.
pub async fn resolve(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().and_then(Visitor::cookie_holder).cloned();
    let account = visitor.as_ref().map(|person| &person.account.reading);
    let reader = of(&app, request.headers(), account);
    request.extensions_mut().insert(reader.clone());
    let owner = Owner::new();
    owner.with(|| provide_context(reader.clone()));
    let mut response = owner.with(|| ScopedFuture::new(next.run(request))).await;
    label(&mut response, &reader);
    response.extensions_mut().insert(reader);
    response
}

/// Says which language an answer is in.
pub fn label(response: &mut Response, reader: &Reader) {
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(reader.language.tag()));
}
