//! Behind the operator's one-use link: the first admin of the installation, or the first password
//! or passkey of an account that the operator made.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::Role;
use crate::domain::factors::policy::Asked;
use crate::domain::links::{self, LinkToken, Purpose};
use crate::flows;
use crate::flows::passkey_answers::Answer;
use crate::flows::passkey_sign_up::Made;
use crate::flows::registration::minimum_for;
use crate::flows::set_up::{Done, has_way_in, owner_of};
use crate::pages::passkey_challenge::{Act, can_be_added};
use crate::pages::passkeys::{SignUpWithPasskey, name_or_browser};
use crate::pages::pieces::landing;
use crate::pages::pieces::new_password::{NewPasswordField, OwnerOfPassword};
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::{query, refusal};
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::words::{reader, word, word_with};
use crate::ui::{Field, Form, FrontDoor, Hidden, LinkButton, PrimaryButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Takes the operator's link, makes the admin or sets the account's first password, and signs in.
#[server(prefix = "/form", endpoint = "set-up")]
pub async fn set_up(
    #[server(default)] token: Secret,
    #[server(default)] email: String,
    #[server(default)] new_password: Secret,
) -> Result<(), Refused> {
    let app = App::current()?;
    let (chosen, language) = ((email.as_str(), &new_password), reader().language);
    match flows::set_up::with_password(&app.db, &app.passwords, &token, chosen, language).await? {
        Done::Begun(next) => landing::lead(next),
        // Of two posts of one link the other one was the first, and whoever sent both is in.
        Done::NoLink if LinkToken::parse(&token.0).is_some() && visitor::began_by_link(&app) => {
            redirect(Then::default().page());
        }
        Done::NoLink => return Err(AppError::LinkExpired.into()),
    }
    Ok(())
}

/// As [`set_up`], with a passkey that the browser has just made instead of a password; leads to the
/// recovery codes.
#[server(prefix = "/form", endpoint = "set-up-with-passkey")]
pub async fn set_up_with_passkey(
    #[server(default)] token: Secret,
    #[server(default)] email: String,
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
) -> Result<(), Refused> {
    let app = App::current()?;
    let answer = Answer { challenge: &challenge, credential: &credential };
    let made = Made { answer, name: &name_or_browser(&app, "")?, language: reader().language };
    let party = app.relying_party.as_ref();
    let started = flows::set_up::with_passkey(&app.db, party, (&token, &email), made).await?;
    landing::lead_to_codes(started, &Then::default());
    Ok(())
}

#[component]
pub fn SetUpPage() -> impl IntoView {
    let typed = query("token").unwrap_or_default();
    let error = refusal::<SetUp>();
    let page = async move {
        let app = App::current()?;
        let link = links::peek_typed(&app.db, Purpose::SetUp, &typed, app.clock.now()).await?;
        let Some(link) = link else {
            if LinkToken::parse(&typed).is_some() && visitor::began_by_link(&app) {
                lead_to(Then::default().page());
                return Ok(().into_any());
            }
            return Ok::<_, AppError>(view! { <Closed /> }.into_any());
        };
        let site = app.config.site.name.clone();
        let account = owner_of(&app.db, &link).await?;
        let minimum = minimum_for(&app.db, account.as_ref().map_or(Asked::newcomer(Role::Admin), Asked::from));
        let with_passkey = can_be_added()
            && match &account {
                Some(owner) => !has_way_in(&app.db, owner).await?,
                None => true,
            };
        let owner = account.map(|account| account.email);
        let token = typed.clone();
        let of_an_account = owner.is_some();
        let (title, lead) = match &owner {
            Some(email) => {
                (word("set-up-title-account"), word_with("set-up-text-account", &[("email", email.to_string())]))
            }
            None => (word_with("set-up-title", &[("site", site)]), word("set-up-text")),
        };
        Ok(view! {
            <FrontDoor title lead=move || lead keeps="set-up">
                <Form id="set-up" action=SetUp::PATH error>
                    <Hidden name="token" value=typed />
                    {match owner {
                        Some(email) => view! { <OwnerOfPassword name=email.to_string() /> }.into_any(),
                        None => view! {
                            <Field
                                name="email"
                                label=word("field-email")
                                kind="email"
                                autocomplete="email"
                                max_length=254
                                autofocus=true
                            />
                        }
                            .into_any(),
                    }}
                    <NewPasswordField minimum autofocus=of_an_account />
                    <PrimaryButton>{word("create-account-button")}</PrimaryButton>
                </Form>
                {with_passkey
                    .then(|| {
                        let also = if of_an_account { "" } else { "email" };
                        view! {
                            <SignUpWithPasskey
                                id="set-up-with-passkey"
                                action=SetUpWithPasskey::PATH
                                act=Act::SetUp
                                error={refusal::<SetUpWithPasskey>()}
                                token=Some(token)
                                also
                            />
                        }
                    })}
            </FrontDoor>
        }
        .into_any())
    };
    crate::request::document::loaded(page)
}

/// The link is used or too old, or there never was one.
#[component]
fn Closed() -> impl IntoView {
    crate::request::document::set_status(http::StatusCode::GONE);
    view! {
        <FrontDoor title=word("link-expired-title") lead=|| word("set-up-closed-text")>
            <LinkButton href="/sign-in">{word("back-to-sign-in")}</LinkButton>
        </FrontDoor>
    }
}
