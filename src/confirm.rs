//! Confirming who is there, before something that a passer-by at an unlocked screen, or whoever took a cookie, must not do.

use crate::account::AccountPage;
use crate::device;
use crate::error::AppError;
use crate::passkeys::{self, Act, PasskeyAnswer};
use crate::paths::{Then, path_asking};
use crate::providers::{Choices, ConfirmWithProvider};
use crate::refusal::{query, refusal};
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts;
use crate::server::audit::{self, Details, Event, Kind};
use crate::server::factors::passkeys as stored;
use crate::server::factors::passkeys::ceremonies::For;
use crate::server::passwords::{PlainPassword, Verified};
use crate::server::providers::{Provider, identities};
use crate::server::sessions::change::Change;
use crate::server::visitor::{self, Person, Visitor};
use crate::sign_in::SignOut;
use crate::ui::{
    Form, FrontDoor, Hidden, LinkButton, Notice, NoticeKind, PasswordField, PlainButton, PrimaryButton, QuietButton,
    Section,
};
use crate::words::{word, word_with};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use std::sync::Arc;

/// Takes the password of whoever is signed in, gives their session a new id (ASVS 7.2.4) and leads to `then`.
#[server(prefix = "/form", endpoint = "confirm")]
pub async fn confirm(#[server(default)] password: Secret, #[server(default)] then: String) -> Result<(), AppError> {
    let app = App::current()?;
    let person = Visitor::current().cookie_holder().cloned().ok_or(AppError::SignInRequired)?;
    let account = &person.account;
    let password = PlainPassword::parse(password.0.clone()).map_err(|_| AppError::WrongPassword)?;
    let stored = account.password_hash.clone();
    let verified = app.hasher.verify(&password, stored.clone()).await?;
    let (Verified::Right | Verified::RightButOutdated, Some(stored)) = (verified, stored) else {
        note_failure(&app, &person).await?;
        return Err(AppError::WrongPassword);
    };
    let now = app.clock.now();
    let mut tx = app.db.begin_recorded().await?;
    if !accounts::still_has(&mut tx, account.id, &stored, &stored).await? {
        return Err(AppError::WrongPassword);
    }
    let started = visitor::cycle_session(&app, &mut tx, &person).await?;
    audit::record(&mut tx, &app.vault, &app.randomness, &event(&person, Kind::SessionConfirmed), now).await?;
    tx.commit().await?;
    started.give();
    redirect(&path_asking(&then));
    Ok(())
}

/// As [`confirm`], with a passkey of whoever is signed in instead of the password.
#[server(prefix = "/form", endpoint = "confirm-with-passkey")]
pub async fn confirm_with_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = Visitor::current().cookie_holder().cloned().ok_or(AppError::SignInRequired)?;
    let answered = passkeys::check(&app, &For::Confirm(person.session.handle), &challenge, &credential).await?;
    if answered.account() != person.account.id {
        return Err(AppError::PasskeyRefused);
    }
    let mut tx = app.db.begin_recorded().await?;
    passkeys::use_up(&app, &mut tx, answered).await?;
    let started = visitor::cycle_session(&app, &mut tx, &person).await?;
    let event = event(&person, Kind::SessionConfirmed);
    audit::record(&mut tx, &app.vault, &app.randomness, &event, app.clock.now()).await?;
    tx.commit().await?;
    started.give();
    redirect(&path_asking(&then));
    Ok(())
}

/// Somebody who is signed in gave a wrong password: perhaps a passer-by who guesses.
pub async fn note_failure(app: &App, person: &Person) -> Result<(), sqlx::Error> {
    let mut tx = app.db.begin_recorded().await?;
    let event = event(person, Kind::ConfirmationFailed);
    audit::record(&mut tx, &app.vault, &app.randomness, &event, app.clock.now()).await?;
    tx.commit().await
}

fn event(person: &Person, kind: Kind) -> Event {
    let details = Details { session: Some(person.session.handle.0.to_string()), ..visitor::details() };
    Event { kind, account: Some(person.account.id), details }
}

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let typed = query("then").unwrap_or_default();
    let (then, path) = (Then::parse(&typed), path_asking(&typed));
    let visitor = Visitor::current();
    let page = async move {
        let app = App::current()?;
        let (passkeys, providers) = match visitor.cookie_holder() {
            Some(person) => (
                !stored::credential_ids(&app.db, person.account.id).await?.is_empty(),
                providers_of(&app, person).await?,
            ),
            None => (false, Vec::new()),
        };
        Ok::<_, AppError>(match visitor {
            Visitor::SignedIn(person) => {
                let password = person.account.password_hash.is_some();
                let heading = if password { word("confirm-heading") } else { word("confirm-heading-other") };
                view! {
                    <AccountPage title=word("confirm-title") lead=|| word("confirm-text") current=then>
                        <Section heading>
                            <ConfirmForms person path passkeys providers />
                        </Section>
                    </AccountPage>
                }
                .into_any()
            }
            // Whoever holds this cookie may be a thief: they see no more of the account than its name.
            Visitor::Doubted(person, change) => {
                view! { <DoubtedPage person change path passkeys providers /> }.into_any()
            }
            // The gate before this page leads everybody else to the sign-in.
            Visitor::Anonymous => ().into_any(),
        })
    };
    crate::page::loaded(page)
}

#[component]
fn DoubtedPage(
    person: Arc<Person>,
    change: Change,
    path: String,
    passkeys: bool,
    providers: Vec<Arc<Provider>>,
) -> impl IntoView {
    let origin = visitor::origin();
    let text = match change {
        Change::UserAgent => word_with(
            "confirm-user-agent",
            // Not which browser it was: a thief would only have to say that name.
            &[("is", device::describe(&origin.user_agent))],
        ),
        Change::Network => word("confirm-network"),
    };
    view! {
        <FrontDoor
            title=word("confirm-title")
            below=|| view! {
                <Form id="sign-out" action=SignOut::PATH>
                    <PlainButton>{word("sign-out-button")}</PlainButton>
                </Form>
            }
        >
            <Notice kind=NoticeKind::Warning>{text}</Notice>
            <ConfirmForms person path passkeys providers />
        </FrontDoor>
    }
}

#[component]
fn ConfirmForms(person: Arc<Person>, path: String, passkeys: bool, providers: Vec<Arc<Provider>>) -> impl IntoView {
    let password = person.account.password_hash.is_some();
    let nothing = !password && !passkeys && providers.is_empty();
    view! {
        <p>{word_with("confirm-as", &[("email", person.account.email.to_string())])}</p>
        {password.then(|| view! { <ByPassword person path=path.clone() /> })}
        {passkeys.then(|| view! { <ByPasskey path=path.clone() only=!password /> })}
        {(!providers.is_empty()).then(|| view! { <ByProvider path providers /> })}
        {nothing.then(|| view! { <NothingToConfirmWith /> })}
    }
}

/// The services that open the account and can be asked to have their people sign in once more.
async fn providers_of(app: &App, person: &Person) -> Result<Vec<Arc<Provider>>, sqlx::Error> {
    let mut providers: Vec<Arc<Provider>> = Vec::new();
    for connection in identities::list(&app.db, person.account.id).await? {
        let provider = app.providers.of_issuer(&connection.issuer, &connection.provider);
        if let Some(provider) = provider.filter(|provider| provider.asks_again())
            && !providers.iter().any(|known| known.name == provider.name)
        {
            providers.push(provider.clone());
        }
    }
    Ok(providers)
}

#[component]
fn ByProvider(path: String, providers: Vec<Arc<Provider>>) -> impl IntoView {
    view! {
        <Form id="confirm-with-provider" action=ConfirmWithProvider::PATH error={refusal::<ConfirmWithProvider>()}>
            <Hidden name="then" value=path />
            <Choices providers />
        </Form>
    }
}

/// The service that opens the account does not ask anybody twice.
#[component]
fn NothingToConfirmWith() -> impl IntoView {
    view! {
        <p>{word("confirm-elsewhere")}</p>
        <LinkButton href="/forgot-password">{word("password-set-link")}</LinkButton>
        <LinkButton href="/sign-out">{word("sign-out-button")}</LinkButton>
    }
}

#[component]
fn ByPassword(person: Arc<Person>, path: String) -> impl IntoView {
    let email = person.account.email.to_string();
    view! {
        <Form id="confirm" action=Confirm::PATH error={refusal::<Confirm>()}>
            <Hidden name="then" value=path />
            // A password manager offers the right password, and screen readers skip it.
            <input type="text" name="username" value=email autocomplete="username" hidden />
            <PasswordField
                name="password"
                label=word("field-password")
                autocomplete="current-password"
                autofocus=true
                aside=|| view! { <a href="/forgot-password">{word("sign-in-forgot")}</a> }
            />
            <PrimaryButton>{word("continue-button")}</PrimaryButton>
        </Form>
    }
}

#[component]
fn ByPasskey(path: String, only: bool) -> impl IntoView {
    let button = word("passkey-use-button");
    view! {
        <Form id="confirm-with-passkey" action=ConfirmWithPasskey::PATH error={refusal::<ConfirmWithPasskey>()}>
            <Hidden name="then" value=path />
            <PasskeyAnswer act=Act::Confirm>
                {if only {
                    view! { <PrimaryButton>{button}</PrimaryButton> }.into_any()
                } else {
                    view! { <QuietButton>{button}</QuietButton> }.into_any()
                }}
            </PasskeyAnswer>
        </Form>
    }
}
