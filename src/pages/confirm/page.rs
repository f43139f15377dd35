//! The page that asks who is there: for the password or a passkey, and where that is not enough,
//! for a second factor.

use super::{Confirm, ConfirmWithCode, ConfirmWithPasskey};
use crate::base::error::AppError;
use crate::base::paths::{Then, path_asking};
use crate::base::user_agent;
use crate::domain::factors::{FactorKind, passkeys as stored};
use crate::domain::providers::{Provider, identities};
use crate::domain::sessions::change::Change;
use crate::flows::acting::{self, Missing, Person};
use crate::pages::account::AccountPage;
use crate::pages::passkey_challenge::{Act, PasskeyAnswer};
use crate::pages::pieces::factors::code_help;
use crate::pages::providers::{Choices, ConfirmWithProvider};
use crate::pages::sign_out::SignOut;
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::{query, refusal};
use crate::request::visitor::Visitor;
use crate::ui::words::{reader, word, word_with};
use crate::ui::{
    CodeField, Form, FrontDoor, Hidden, LinkButton, Notice, NoticeKind, PasswordField, PlainButton, PrimaryButton,
    Section, SubmitButton,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::sync::Arc;

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
                let missing = if acting::changes_way_in(&then, &person.account) {
                    acting::missing(&app.db, &person).await?
                } else {
                    Missing::RecentProof
                };
                match missing {
                    Missing::Nothing => {
                        lead_to(&path);
                        ().into_any()
                    }
                    Missing::RecentProof => view! {
                        <AccountPage title=word("confirm-title") lead=|| word("confirm-text") current=then>
                            <Section heading=heading_for(&person, passkeys && providers.is_empty())>
                                <ConfirmForms person path passkeys providers />
                            </Section>
                        </AccountPage>
                    }
                    .into_any(),
                    Missing::SecondFactor(kinds) => view! {
                        <AccountPage title=word("confirm-title") lead=|| word("confirm-factor-text") current=then>
                            <Section heading=word("confirm-factor-heading")>
                                <FactorForms person path kinds />
                            </Section>
                        </AccountPage>
                    }
                    .into_any(),
                }
            }
            // Whoever holds this cookie may be a thief: they see no more of the account than its
            // name.
            Visitor::Doubted(person, change) => {
                let user_agent = app.db.origin().user_agent.clone();
                view! { <DoubtedPage person change user_agent path passkeys providers /> }.into_any()
            }
            // The gate before this page leads everybody else to the sign-in.
            Visitor::Anonymous => ().into_any(),
        })
    };
    crate::request::document::loaded(page)
}

/// What is asked for first.
fn heading_for(person: &Person, by_passkey_alone: bool) -> String {
    match (person.account.password_hash.is_some(), by_passkey_alone) {
        (true, _) => word("confirm-heading"),
        (false, true) => word("confirm-heading-passkey"),
        (false, false) => word("confirm-heading-other"),
    }
}

#[component]
fn DoubtedPage(
    person: Arc<Person>,
    change: Change,
    user_agent: String,
    path: String,
    passkeys: bool,
    providers: Vec<Arc<Provider>>,
) -> impl IntoView {
    let text = match change {
        Change::UserAgent => word_with(
            "confirm-user-agent",
            // Not which browser it was: a thief would only have to say that name.
            &[("is", user_agent::describe(&reader(), &user_agent))],
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
        <p>{word_with("confirm-as", &[("email", person.account.signs_in_as().to_owned())])}</p>
        {password.then(|| view! { <ByPassword person path=path.clone() /> })}
        {passkeys.then(|| view! { <ByPasskey path=path.clone() filled=!password /> })}
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

/// What the account has, the one used last first.
#[component]
fn FactorForms(person: Arc<Person>, path: String, kinds: Vec<FactorKind>) -> impl IntoView {
    let passkey_first = kinds.first() == Some(&FactorKind::Passkey);
    let passkey = kinds.contains(&FactorKind::Passkey);
    let passkey = passkey.then(|| view! { <ByPasskey path=path.clone() filled=passkey_first /> });
    let code = code_help(&kinds).map(|help| view! { <ByCode path help first=!passkey_first /> });
    view! {
        <p>{word_with("confirm-as", &[("email", person.account.signs_in_as().to_owned())])}</p>
        {if passkey_first { view! { {passkey} {code} }.into_any() } else { view! { {code} {passkey} }.into_any() }}
    }
}

#[component]
fn ByCode(path: String, help: String, first: bool) -> impl IntoView {
    view! {
        <Form id="confirm-with-code" action=ConfirmWithCode::PATH error={refusal::<ConfirmWithCode>()}>
            <Hidden name="then" value=path />
            <CodeField name="code" label=word("field-code") help autofocus=first />
            <SubmitButton filled=first>{word("continue-button")}</SubmitButton>
        </Form>
    }
}

#[component]
fn ByPassword(person: Arc<Person>, path: String) -> impl IntoView {
    let email = person.account.signs_in_as().to_owned();
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

/// `filled`: it comes first.
#[component]
fn ByPasskey(path: String, filled: bool) -> impl IntoView {
    view! {
        <Form id="confirm-with-passkey" action=ConfirmWithPasskey::PATH error={refusal::<ConfirmWithPasskey>()}>
            <Hidden name="then" value=path />
            <PasskeyAnswer act=Act::Confirm>
                <SubmitButton filled=filled>{word("passkey-use-button")}</SubmitButton>
            </PasskeyAnswer>
        </Form>
    }
}
