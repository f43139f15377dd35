//! Behind the operator's one-use link: the first admin of the installation, or the first password of an account that
//! the operator made.

use crate::error::AppError;
use crate::refusal::{query, refusal};
use crate::registration::{NewPasswordField, OwnerOfPassword, hash_new_password, open_account};
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts::{self, Email, NewAccount, Role};
use crate::server::audit::{self, Event, Kind};
use crate::server::db::Tx;
use crate::server::links::{self, Link, LinkToken, Purpose};
use crate::server::logins::{Method, Proof};
use crate::server::passwords::StoredHash;
use crate::server::sessions::{EndReason, Keep};
use crate::server::set_up::withdraw;
use crate::server::visitor;
use crate::ui::{Field, Form, FrontDoor, Hidden, LinkButton, PrimaryButton};
use crate::words::{word, word_with};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Takes the operator's link, makes the admin or sets the account's first password, and signs in.
#[server(prefix = "/form", endpoint = "set-up")]
pub async fn set_up(
    #[server(default)] token: Secret,
    #[server(default)] email: String,
    #[server(default)] new_password: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let now = app.clock.now();
    let link = links::peek(&app.db, Purpose::SetUp, &token, now).await?.ok_or(AppError::LinkExpired)?;
    let email = email_of(&app, &link, &email).await?;
    let hash = hash_new_password(&app, &new_password, &email).await?;

    let mut tx = app.db.begin_recorded().await?;
    let link = links::take(&mut tx, Purpose::SetUp, &token, now).await?.ok_or(AppError::LinkExpired)?;
    let account = match link.account_id {
        Some(account) => {
            set_first_password(&app, &mut tx, account, &hash).await?;
            account
        }
        None => {
            // Two nodes that start at once leave a link each; the second must not make a second admin.
            if accounts::any_admin_in(&mut tx).await? {
                return Err(AppError::LinkExpired);
            }
            links::void_of_nobody(&mut tx, Purpose::SetUp).await?;
            let new = NewAccount {
                id: None,
                email,
                email_verified: false,
                username: None,
                password_hash: Some(hash),
                role: Role::Admin,
            };
            open_account(&app, &mut tx, &new).await?
        }
    };
    let proof = Proof::after_link(account, Method::SetUpLink);
    let started = visitor::start_session(&app, &mut tx, &proof, Keep::Ordinary).await?;
    tx.commit().await?;
    if link.account_id.is_none() {
        withdraw(&app);
    }
    started.give();
    redirect("/account");
    Ok(())
}

async fn email_of(app: &App, link: &Link, typed: &str) -> Result<Email, AppError> {
    match link.account_id {
        None => Email::parse(typed),
        Some(id) => {
            let account = accounts::find(&app.db, id).await?.filter(|account| account.disabled_at.is_none());
            Ok(account.ok_or(AppError::LinkExpired)?.email)
        }
    }
}

async fn set_first_password(
    app: &App,
    tx: &mut Tx,
    account: accounts::AccountId,
    hash: &StoredHash,
) -> Result<(), AppError> {
    let now = app.clock.now();
    accounts::set_password(tx, account, hash, now).await?;
    links::void_of_account(tx, account).await?;
    visitor::end_sessions(app, tx, account, None, EndReason::PasswordReset).await?;
    let event = Event { kind: Kind::PasswordChanged, account: Some(account), details: visitor::details() };
    Ok(audit::record(tx, &app.vault, &app.randomness, &event, now).await?)
}

#[component]
pub fn SetUpPage() -> impl IntoView {
    let typed = query("token").unwrap_or_default();
    let error = refusal::<SetUp>();
    let page = async move {
        let app = App::current()?;
        let link = links::peek_typed(&app.db, Purpose::SetUp, &typed, app.clock.now()).await?;
        let Some(link) = link else { return Ok::<_, AppError>(view! { <Closed /> }.into_any()) };
        let minimum = app.config.password.minimum;
        let site = app.config.site.name.clone();
        let owner = match link.account_id {
            Some(_) => Some(email_of(&app, &link, "").await?),
            None => None,
        };
        let of_an_account = owner.is_some();
        let (title, lead) = match &owner {
            Some(email) => {
                (word("set-up-title-account"), word_with("set-up-text-account", &[("email", email.to_string())]))
            }
            None => (word_with("set-up-title", &[("site", site)]), word("set-up-text")),
        };
        Ok(view! {
            <FrontDoor title lead=move || lead>
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
            </FrontDoor>
        }
        .into_any())
    };
    crate::page::loaded(page)
}

/// The link is used or too old, or there never was one.
#[component]
fn Closed() -> impl IntoView {
    crate::page::set_status(http::StatusCode::GONE);
    view! {
        <FrontDoor title=word("link-expired-title") lead=|| word("set-up-closed-text")>
            <LinkButton href="/sign-in">{word("back-to-sign-in")}</LinkButton>
        </FrontDoor>
    }
}
