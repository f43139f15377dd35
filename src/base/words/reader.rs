//! How somebody reads: in which language, and by which clock. Decided once for each request and each letter.
//!
//! The account's own choice comes first, then what was chosen in this browser, then what the browser asks for, then the operator's.

mod accept_language;
mod zone;

pub use zone::Zone;

use crate::base::words::bundles::Language;
use crate::base::words::word_with;
use crate::domain::accounts::Reading;
use crate::request::app::App;
use crate::request::visitor::{self, Visitor};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use leptos::prelude::{Owner, provide_context, use_context};
use leptos::reactive::computed::ScopedFuture;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// How whoever gets a page, an answer or a letter reads it.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub language: Language,
    /// Whether their account has chosen it, so that nothing else can.
    pub own_language: bool,
    /// UTC where nobody has chosen one: a browser tells its own zone to scripts alone.
    pub zone: Zone,
    pub own_zone: bool,
}

impl Reader {
    /// The reader of what is being made. English and UTC where nobody in particular is: the command line, the API for programs.
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }

    /// Who sent a request, as far as its headers say; with what the account has chosen, if somebody is signed in.
    pub fn of_request(app: &App, headers: &HeaderMap, account: Option<&Reading>) -> Self {
        let asked = || {
            let chosen = visitor::cookie(headers, visitor::LANGUAGE_COOKIE).and_then(Language::known);
            chosen.unwrap_or_else(|| accept_language::best(headers, app.config.site.language))
        };
        Self::with(account, asked)
    }

    /// Who owns an account, when they are written to: whoever made the request may be somebody else.
    pub fn of_account(app: &App, account: &Reading) -> Self {
        let asked = || {
            let current = || use_context::<Self>().map_or(app.config.site.language, |reader| reader.language);
            account.first_language().unwrap_or_else(current)
        };
        Self::with(Some(account), asked)
    }

    fn with(account: Option<&Reading>, otherwise: impl FnOnce() -> Language) -> Self {
        let language = account.and_then(Reading::language);
        let zone = account.and_then(Reading::zone);
        Self {
            own_language: language.is_some(),
            language: language.unwrap_or_else(otherwise),
            own_zone: zone.is_some(),
            zone: zone.unwrap_or_default(),
        }
    }

    /// Runs `make`, whose words are for this reader.
    pub fn told<T>(&self, make: impl FnOnce() -> T) -> T {
        let owner = Owner::new();
        owner.with(|| {
            provide_context(self.clone());
            make()
        })
    }
}

/// Middleware, within that which finds out who is visiting: decides how they read, for all that answers them. Left in the answer too, for
/// the layers around it.
pub async fn resolve(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().and_then(Visitor::cookie_holder).cloned();
    let account = visitor.as_ref().map(|person| &person.account.reading);
    let reader = Reader::of_request(&app, request.headers(), account);
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

/// See [`crate::base::words::moment`].
pub fn moment(micros: i64) -> Option<(String, String)> {
    let machine = OffsetDateTime::from_unix_timestamp(micros.div_euclid(1_000_000)).ok()?.format(&Rfc3339).ok()?;
    let local = Reader::current().zone.local(micros)?;
    let (day, month, year) = (local.day.to_string(), local.month.to_string(), local.year.to_string());
    let (hour, minute) = (format!("{:02}", local.hour), format!("{:02}", local.minute));
    let exact = word_with(
        "moment",
        &[("day", day), ("month", month), ("year", year), ("hour", hour), ("minute", minute), ("zone", local.zone)],
    );
    Some((exact, machine))
}

#[cfg(test)]
mod tests;
