//! Leaving for good. The account waits first, and signing in keeps it.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::flows::deletions::{self, WAIT};
use crate::flows::{acting, roles};
use crate::pages::account::AccountPage;
use crate::pages::pieces::step_up::{is_led_to_confirm, must_confirm};
use crate::request::app::App;
use crate::request::page_query::refusal;
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use crate::ui::words::{moment, word, word_with};
use crate::ui::{DangerButton, Form, FormError, LinkButton, Section};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Has the account of whoever is signed in removed after the wait, and signs them out everywhere.
/// Asks first for what [`acting::missing`] says.
#[server(prefix = "/form", endpoint = "delete-account")]
pub async fn delete_account() -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if is_led_to_confirm(&app, &person, Then::DeleteAccount).await? {
        return Ok(());
    }
    let mut tx = acting::begin_change(&app.db, &person).await?;
    deletions::ask(&mut tx, &person).await?;
    tx.commit().await?;
    redirect("/sign-in?deletion");
    Ok(())
}

#[component]
pub fn DeleteAccountPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    let error = refusal::<DeleteAccount>();
    let page = async move {
        if must_confirm(&app, &person, Then::DeleteAccount).await? {
            return Ok(().into_any());
        }
        let account = &person.account;
        let last = roles::is_last_administrator(&app.db, account).await?;
        let email = account.email.known().map(str::to_owned);
        let username = account.username.as_str().to_owned();
        let due = moment(app.clock.now().after(WAIT).0).0;
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("delete-title") lead=|| word("delete-text") current=Then::Profile>
                    {if last {
                        view! { <LastAdmin /> }.into_any()
                    } else {
                        view! { <Question email username due error /> }.into_any()
                    }}
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

#[component]
fn LastAdmin() -> impl IntoView {
    view! {
        <Section heading=word("delete-heading") text=word("error-last-administrator")>
            <LinkButton href=Then::Profile.page()>{word("delete-keep")}</LinkButton>
        </Section>
    }
}

#[component]
fn Question(
    /// None of somebody who was imported without an address.
    #[prop(optional_no_strip)]
    email: Option<String>,
    username: String,
    due: String,
    #[prop(optional_no_strip)] error: Option<FormError>,
) -> impl IntoView {
    let values = [("username", username), ("due", due)];
    let again = email.map(|email| word_with("delete-again", &[("email", email)]));
    view! {
        <Section heading=word("delete-heading")>
            <div class="prose">
                <p>{word("delete-now")}</p>
                <p>{word_with("delete-wait", &values)}</p>
                <p>{word("delete-then")}</p>
                <p>{word_with("delete-names", &values)} {again.map(|again| format!(" {again}"))}</p>
                <p>{word("delete-apps")}</p>
            </div>
            <Form id="delete-account" action=DeleteAccount::PATH error>
                <div class="links">
                    <DangerButton>{word("delete-button")}</DangerButton>
                    <LinkButton href=Then::Profile.page()>{word("delete-keep")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}

/// On the profile: the way there.
#[component]
pub fn DeleteSection() -> impl IntoView {
    view! {
        <Section
            heading=word("delete-heading")
            text=word("delete-section-text")
            action=|| view! { <LinkButton href=Then::DeleteAccount.page()>{word("delete-button")}</LinkButton> }
        >
            ""
        </Section>
    }
}
