//! The way back from a provider.

use super::acts::{ConfirmWithProvider, LinkProvider, StartProvider};
use crate::base::error::AppError;
use crate::base::one_use_token::OneUseToken;
use crate::base::paths::Then;
use crate::domain::providers::AuthorizationCode;
use crate::domain::providers::attempts::{Attempt, Purpose};
use crate::flows::provider_returns::{self, Done, Here, Outcome, Returned};
use crate::pages::pieces::landing;
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use crate::ui::words::reader;
use http::Method;
use http::request::Parts;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_router::hooks::use_params_map;

#[component]
pub fn ProviderCallbackPage() -> impl IntoView {
    let name = use_params_map().get_untracked().get("name").unwrap_or_default();
    let returned = returned();
    let (visitor, language) = (Visitor::current(), reader().language);
    let page = async move {
        let app = App::current()?;
        if let Some(returned) = returned {
            let here = Here {
                signed_in: visitor.person().map(AsRef::as_ref),
                holder: visitor.cookie_holder().map(AsRef::as_ref),
                language,
            };
            let done = provider_returns::take(&app.db, &app.providers, &name, returned, here).await?;
            lead_to(&onward(done));
        }
        Ok::<_, AppError>(().into_any())
    };
    crate::request::document::loaded(page)
}

/// Where the visitor goes on, with the cookies that they have from now on.
fn onward(done: Done) -> String {
    match done {
        Done::LetIn(next) => landing::give(next).into_owned(),
        Done::KnownAddress(name) => format!("/providers/{name}/start?known"),
        Done::ToConfirm(then) => then.confirm_path(),
        Done::Linked => "/account/connections?linked".to_owned(),
        Done::Confirmed(started, then) => {
            visitor::give(started);
            then.path().into_owned()
        }
        Done::Over(error) => over(error),
        Done::Back(attempt, error) => back(&attempt, error),
    }
}

/// What the address brings back. None for a request that only asks what the page would be.
fn returned() -> Option<Returned> {
    let parts = use_context::<Parts>().filter(|parts| parts.method == Method::GET)?;
    let query = parts.uri.query().unwrap_or_default();
    let once = |wanted: &str| {
        let mut found = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((_, value)), None) => Ok(Some(value.into_owned())),
            // RFC 6749, 3.1: no parameter comes twice.
            _ => Err(()),
        }
    };
    let (outcome, issuer) = match (once("code"), once("error"), once("iss")) {
        (Ok(Some(code)), Ok(None), Ok(issuer)) if !code.is_empty() => {
            (Outcome::Code(AuthorizationCode::new(code)), issuer)
        }
        (Ok(None), Ok(Some(error)), Ok(issuer)) => (Outcome::No(error), issuer),
        _ => (Outcome::Nonsense, None),
    };
    let state = once("state").ok().flatten().and_then(|state| OneUseToken::parse(&state));
    Some(Returned { browser: visitor::provider_token(), state, issuer, outcome })
}

/// The attempt is unknown, used up, too old or of another browser.
fn over(error: AppError) -> String {
    let signed_in = Visitor::current().person().is_some();
    let (page, form) =
        if signed_in { (Then::Connections.page(), LinkProvider::PATH) } else { ("/sign-in", StartProvider::PATH) };
    with_error(page, form, error)
}

/// The page on which the attempt began, with what went wrong.
fn back(attempt: &Attempt, error: AppError) -> String {
    match attempt.purpose {
        Purpose::SignIn => with_error(&attempt.then.sign_in_path(), StartProvider::PATH, error),
        Purpose::Link(_) => with_error(Then::Connections.page(), LinkProvider::PATH, error),
        Purpose::Confirm(_) => with_error(&attempt.then.confirm_path(), ConfirmWithProvider::PATH, error),
    }
}

/// As the form itself would come back that was refused: see [`crate::request::page_query::refusal`].
fn with_error(page: &str, form: &str, error: AppError) -> String {
    const HERE: &str = "http://localhost";
    let refused: ServerFnUrlError<Refused> = ServerFnUrlError::new(form, Refused(error));
    match refused.to_url(&format!("{HERE}{page}")) {
        Ok(url) => url.as_str().trim_start_matches(HERE).to_owned(),
        Err(_) => page.to_owned(),
    }
}
