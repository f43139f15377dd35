//! Signing in with another service: the buttons, the way there, and what is said on the way back.
//!
//! `/providers/NAME/start` begins nothing when it is opened: a page elsewhere that sends a browser
//! there signs nobody in (ASVS 7.6.2). A form of ours begins the attempt, and the page then leads
//! on by itself: `form-action 'self'` lets no form lead to another site.

mod acts;
mod callback;

pub use acts::{
    ConfirmWithProvider, LinkProvider, StartProvider, UnlinkProvider, confirm_with_provider, link_provider,
    start_provider, unlink_provider,
};
pub use callback::ProviderCallbackPage;

use crate::base::error::AppError;
use crate::base::one_use_token::OneUseToken;
use crate::base::paths::Then;
use crate::domain::providers::Provider;
use crate::domain::providers::attempts::{self, Secrets};
use crate::flows::provider_attempts::freshness;
use crate::request::app::App;
use crate::request::document::NotFoundPage;
use crate::request::page_query::{asked, query, refusal};
use crate::request::refused::Message;
use crate::request::visitor;
use crate::ui::words::{word, word_with};
use crate::ui::{ChoiceButton, Form, FormError, FrontDoor, Hidden, LinkButton, PrimaryButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Meta;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;

/// The provider in the page's address.
fn asked_for(app: &App) -> Option<Arc<Provider>> {
    let name = use_params_map().get_untracked().get("name").unwrap_or_default();
    app.providers.named(&name).cloned()
}

/// A button for each provider, on the pages where people who are not signed in begin. Nothing where
/// there is none.
#[component]
pub fn ProviderButtons(
    then: Then,
    /// What was wrong, where the page does not say it elsewhere.
    #[prop(optional_no_strip)]
    error: Option<FormError>,
) -> impl IntoView {
    let providers: Vec<_> = App::current().map(|app| app.providers.all().cloned().collect()).unwrap_or_default();
    if providers.is_empty() {
        return ().into_any();
    }
    view! {
        <Form
            id="start-provider"
            action=StartProvider::PATH
            error
            also="remember shared"
        >
            <Hidden name="then" value=then.path() />
            <Choices providers />
        </Form>
    }
    .into_any()
}

/// Which of the providers it is to be.
#[component]
pub fn Choices(providers: Vec<Arc<Provider>>) -> impl IntoView {
    let button = |provider: Arc<Provider>| {
        let label = word_with("provider-button", &[("provider", provider.label.clone())]);
        view! {
            <ChoiceButton name="provider" value=provider.name.to_string()>
                {label}
            </ChoiceButton>
        }
    };
    providers.into_iter().map(button).collect_view()
}

/// Asks before it goes to the provider; then goes there.
#[component]
pub fn ProviderStartPage() -> impl IntoView {
    let Ok(app) = App::current() else { return ().into_any() };
    let Some(provider) = asked_for(&app) else { return view! { <NotFoundPage /> }.into_any() };
    if let Some(state) = query("state") {
        return view! { <Leaving provider state /> }.into_any();
    }
    if asked("known") {
        return view! { <KnownAddress provider /> }.into_any();
    }
    let then = Then::parse(&query("then").unwrap_or_default());
    let values = [("provider", provider.label.clone())];
    let (title, text, button) = (
        word_with("provider-start-title", &values),
        word_with("provider-start-text", &values),
        word_with("provider-button", &values),
    );
    view! {
        <FrontDoor
            title
            lead=move || text
            below=|| view! { <p><a href="/sign-in">{word("back-to-sign-in")}</a></p> }
        >
            <Form id="start-provider" action=StartProvider::PATH error={refusal::<StartProvider>()}>
                <Hidden name="then" value=then.path() />
                <Hidden name="provider" value=provider.name.to_string() />
                <PrimaryButton>{button}</PrimaryButton>
            </Form>
        </FrontDoor>
    }
    .into_any()
}

/// On the way to the provider, for an attempt that this browser began.
#[component]
fn Leaving(provider: Arc<Provider>, state: String) -> impl IntoView {
    let browser = visitor::provider_token();
    let page = async move {
        let app = App::current()?;
        let now = app.clock.now();
        let (Some(browser), Some(state)) = (browser, OneUseToken::parse(&state)) else {
            return Ok(view! { <Over /> }.into_any());
        };
        let secrets = Secrets { browser: &browser, state: &state };
        let attempt = match attempts::find(&app.db, &secrets, now).await? {
            Some(stored) if stored.attempt.provider == provider.name => stored.attempt,
            _ => return Ok::<_, AppError>(view! { <Over /> }.into_any()),
        };
        let address = provider.authorization_url(&secrets, freshness(&attempt), now).await;
        let address = address.map_err(|_| AppError::ProviderUnavailable)?.to_string();
        let values = [("provider", provider.label.clone())];
        let (title, link) = (word_with("provider-leaving-title", &values), word_with("provider-leaving-link", &values));
        Ok(view! {
            <Meta http_equiv="refresh" content=format!("0;url={address}") />
            <FrontDoor title lead=|| word("provider-leaving-text")>
                <LinkButton href=address primary=true>
                    {link}
                </LinkButton>
            </FrontDoor>
        }
        .into_any())
    };
    crate::request::document::loaded(page)
}

/// The attempt is none of this browser, or not any more.
#[component]
fn Over() -> impl IntoView {
    crate::request::document::set_status(AppError::ProviderAttemptOver.status());
    view! {
        <FrontDoor title=word("second-factor-late-title") lead=|| AppError::ProviderAttemptOver.message()>
            <LinkButton href="/sign-in" primary=true>
                {word("sign-in-button")}
            </LinkButton>
        </FrontDoor>
    }
}

/// For whoever came back with an address that has an account already: it is not theirs by that, but
/// they can show that it is.
#[component]
fn KnownAddress(provider: Arc<Provider>) -> impl IntoView {
    let values = [("provider", provider.label.clone())];
    let (title, text) = (word("provider-known-title"), word_with("provider-known-text", &values));
    view! {
        <FrontDoor
            title
            lead=move || text
            below=|| view! { <p><a href="/forgot-password">{word("sign-in-forgot")}</a></p> }
        >
            <p>{word_with("provider-known-then", &values)}</p>
            <LinkButton href=Then::LinkConnection(provider.name).sign_in_path() primary=true>
                {word("provider-known-link")}
            </LinkButton>
        </FrontDoor>
    }
}
