//! Forward-auth: a reverse proxy asks, before it lets a request through to an app, whether it may
//! and who it is from.
//!
//! `GET /auth/forward` answers 200 with the person in `Remote-*` headers, 401 or 403. With
//! `?mode=redirect`, where the answer reaches the browser, a person is led to sign in and back.
//! [`hand_over`] says how a session comes to the app's host.

mod answer;
pub mod hand_over;
pub mod leave;
mod original;
mod own_pages;
pub mod rules;

pub use crate::base::normal_path::{Ambiguous, NormalPath, Unclear};
pub use original::{Original, Site};

use crate::base::config::forward_auth::Require;
use crate::base::error::AppError;
use crate::base::header_text;
use crate::base::names::GroupName;
use crate::base::paths::Then;
use crate::domain::groups;
use crate::domain::sessions::apps::{self, AppToken, AtApp};
use crate::flows::acting::Person;
use crate::request::app::{App, PATIENCE};
use crate::request::client_address::{self, Client, ClientAddress};
use crate::request::reader;
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::request::visitor::Visitor;
use crate::ui::words::told_to;
use answer::Answer;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use hand_over::{Begun, BrowserToken};
use http::{Extensions, HeaderMap, HeaderValue, header};
use rules::{Asking, Decision};
use std::net::IpAddr;
use std::sync::Arc;

/// Where proxies ask.
pub const PATH: &str = "/auth/forward";
/// What an app's host has of ours, below this: never the app's own, whatever the rules say.
pub const OWN: &str = "/.doorward";
/// Of the session, at an app's host.
pub const APP_COOKIE: &str = "__Host-doorward-app";
/// Of a browser that is on its way to sign in, at an app's host.
pub const BROWSER_COOKIE: &str = "__Host-doorward-start";

/// What kind of answer the proxy can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// A status alone (nginx `auth_request`).
    Plain,
    /// Whatever it is but 200, the browser gets it as it stands.
    Redirect,
}

impl Mode {
    fn asked(query: &str) -> Self {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let redirect = pairs.any(|(key, value)| key == "mode" && value == "redirect");
        if redirect { Self::Redirect } else { Self::Plain }
    }
}

/// Somebody who is signed in and asks the app for something.
#[derive(Debug)]
struct Known {
    person: Arc<Person>,
    groups: Vec<GroupName>,
    /// Whether a second factor was shown, by the time the cookie was made.
    second_factor: bool,
}

/// `GET /auth/forward`.
pub async fn answer(app: App, request: Request) -> Response {
    let https = app.config.server.public_url.is_https();
    let mut answer = decided(app, request).await;
    if https {
        // The browser takes it for the app's answer. About the hosts below the app's it is not for
        // us to say anything.
        let alone = HeaderValue::from_static("max-age=63072000");
        answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, alone);
    }
    answer
}

async fn decided(app: App, request: Request) -> Response {
    let (headers, extensions) = (request.headers(), request.extensions());
    let mode = Mode::asked(request.uri().query().unwrap_or_default());
    if !is_trusted(&app, extensions) {
        tracing::warn!("refused to answer somebody who is not in server.trusted_proxies as a proxy");
        return Answer::Refused("only reverse proxies that are named in server.trusted_proxies are answered")
            .into_response();
    }
    let original = match Original::read(headers) {
        Ok(original) => original,
        Err(why) => {
            tracing::warn!(%why, "refused a proxy's question");
            return Answer::Refused("the request is not described as it has to be").into_response();
        }
    };
    let asked = AppRequest { app: &app, headers, extensions, original, mode };
    match tokio::time::timeout(PATIENCE, asked.answer()).await {
        Ok(Ok(answer)) => told_to(&reader::of(&app, headers, None), || answer.into_response()),
        // Without the database nobody can be told from anybody. Proxies let nothing through on 503.
        Ok(Err(error)) => Refused(error).into_response(),
        Err(_) => Refused(AppError::Unavailable).into_response(),
    }
}

/// Whether what the request says of another one counts.
fn is_trusted(app: &App, extensions: &Extensions) -> bool {
    let peer = extensions.get::<Client>().and_then(|client| client.peer);
    peer.is_some_and(|peer| app.config.server.trusted_proxies.iter().any(|net| net.contains(&peer)))
}

/// A proxy's question.
struct AppRequest<'a> {
    app: &'a App,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
    original: Original,
    mode: Mode,
}

impl AppRequest<'_> {
    async fn answer(&self) -> Result<Answer, AppError> {
        if self.is_own_page() {
            return self.own_page().await;
        }
        let known = self.known().await?;
        let asking = known.as_ref().map_or(Asking::Stranger, |known| Asking::Member(&known.groups));
        let rules = &self.app.config.forward_auth.rules;
        let decision = rules::decide(rules, &self.original, self.address(), asking);
        let site = self.original.site.host();
        match (decision, known) {
            (Decision::Rule(_, Require::Nothing), known) => Ok(Answer::Pass(known)),
            (Decision::Rule(_, Require::Session), Some(known)) => Ok(Answer::Pass(Some(known))),
            (Decision::Rule(_, Require::SecondFactor), Some(known)) if known.second_factor => {
                Ok(Answer::Pass(Some(known)))
            }
            (Decision::Rule(_, Require::SecondFactor), Some(_)) => Ok(self.sign_in(true, Answer::Denied)),
            (Decision::Rule(_, require @ (Require::Session | Require::SecondFactor)), None) => {
                Ok(self.sign_in(require == Require::SecondFactor, Answer::SignInFirst))
            }
            (Decision::Rule(_, Require::Denied) | Decision::NoRule, known) => {
                let account = known.map(|known| known.person.account.id.0);
                tracing::info!(?decision, site, ?account, "forward-auth denied a request");
                Ok(self.denied(account.is_some()))
            }
            (Decision::Ambiguous(_) | Decision::NoAddress(_), known) => {
                tracing::warn!(?decision, site, "forward-auth denied a request that it can't decide on");
                Ok(self.denied(known.is_some()))
            }
        }
    }

    fn denied(&self, known: bool) -> Answer {
        match self.mode {
            Mode::Plain => Answer::Denied,
            Mode::Redirect => Answer::DeniedPage { known },
        }
    }

    /// The client, as [`client_address`] decided it; none if the proxy does not name it, and all
    /// that is known is the proxy.
    fn address(&self) -> Option<IpAddr> {
        let ClientAddress(decided) = self.extensions.get::<Client>()?.address;
        client_address::named(self.headers).any(|named| named == decided).then_some(decided)
    }

    /// At the public URL itself the session's own cookie counts; anywhere else only that of the
    /// host that was asked for.
    async fn known(&self) -> Result<Option<Known>, AppError> {
        let app = self.app;
        let found = if self.is_at_home() {
            let visitor = visitor::of_cookie(app, self.headers, self.extensions).await?;
            visitor.person().cloned().map(|person| (person.session.has_second_factor(), person))
        } else {
            self.at_app().await?
        };
        let Some((second_factor, person)) = found else { return Ok(None) };
        let groups = groups::of(&app.db, person.account.id).await?;
        Ok(Some(Known { person, groups, second_factor }))
    }

    fn is_at_home(&self) -> bool {
        self.original.site.origin() == self.app.config.server.public_url.origin()
    }

    async fn at_app(&self) -> Result<Option<(bool, Arc<Person>)>, AppError> {
        let app = self.app;
        let token = visitor::cookie(self.headers, APP_COOKIE).and_then(AppToken::parse);
        let Some(token) = token else { return Ok(None) };
        let found = apps::resolve(&app.db, &token, &self.original.site.origin(), app.clock.now()).await?;
        let Some(AtApp { session, account, second_factor }) = found else { return Ok(None) };
        let mut visit = app.db.visit().clone();
        if self.address().is_none() {
            visit.origin.address.clone_from(&session.seen_address);
        }
        let visitor = visitor::of_session(&app.db.visited_by(visit), Person { account, session }).await?;
        // Both: what the session lost since counts too.
        Ok(match visitor {
            Visitor::SignedIn(person) => Some((second_factor && person.session.has_second_factor(), person)),
            Visitor::Doubted(..) | Visitor::Anonymous => None,
        })
    }

    /// Leads whoever looks at a page to sign in, `strong`: with a second factor; `otherwise` is for
    /// all others.
    fn sign_in(&self, strong: bool, otherwise: Answer) -> Answer {
        if self.mode == Mode::Plain || !self.is_a_page() {
            return otherwise;
        }
        let home = self.is_at_home();
        let named = home || rules::is_named(&self.app.config.forward_auth.rules, &self.original);
        if !named || !self.original.site.is_secure() {
            let site = self.original.site.host();
            tracing::warn!(site, named, "nobody can be signed in at a host that no rule names, or over http");
            return Answer::DeniedPage { known: false };
        }
        if self.original.site.is_dotted() {
            // What is kept there is not sent where rules name it.
            return Answer::Go { location: format!("{}{}", self.original.site.origin(), self.original.uri) };
        }
        // The same for all its tabs, which may be on their way at once.
        let browser = visitor::cookie(self.headers, BROWSER_COOKIE).and_then(BrowserToken::parse);
        let browser = browser.unwrap_or_else(|| BrowserToken::new(&self.app.randomness));
        let begun = Begun::new(&self.original, &browser, self.app.clock.now());
        match begun.seal(&self.app.vault, strong) {
            Some(hand_over) => {
                let location = self.app.link(&Then::App(hand_over).sign_in_path());
                Answer::SignIn { location, browser: (!home).then_some(browser) }
            }
            None => Answer::DeniedPage { known: false },
        }
    }

    /// Whether a person looks at what comes, as against a script or a picture. Browsers say so;
    /// others are taken at their word.
    fn is_a_page(&self) -> bool {
        if let Some(mode) = self.headers.get("sec-fetch-mode") {
            return mode == "navigate";
        }
        let accept = self.headers.get(header::ACCEPT).map(header_text::of);
        let accepts = accept.is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"));
        self.original.method.opens_pages() && accepts && !self.headers.contains_key("x-requested-with")
    }
}
