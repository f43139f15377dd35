//! Behind the operator's one-use link: the first admin of the installation, or the first password of an account that
//! the operator made.

use crate::error::AppError;
use crate::refusal::{query, refusal};
use crate::registration::{NewPasswordField, OwnerOfPassword, let_in, minimum_of, open_account};
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts::{self, Account, AccountId, Email, NewAccount, Role};
use crate::server::audit::{self, Event, Kind};
use crate::server::db::Tx;
use crate::server::factors;
use crate::server::factors::policy::Asked;
use crate::server::links::{self, Link, LinkToken, Purpose};
use crate::server::logins::Method;
use crate::server::passwords::NewPassword;
use crate::server::sessions::EndReason;
use crate::server::set_up::withdraw;
use crate::server::visitor;
use crate::ui::{Field, Form, FrontDoor, Hidden, LinkButton, PrimaryButton};
use crate::words::{word, word_with};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

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
    let owner = owner_of(&app, &link).await?;
    let email = owner.as_ref().map_or_else(|| Email::parse(&email), |owner| Ok(owner.email.clone()))?;
    let asked = owner.as_ref().map_or(Asked::newcomer(Role::Admin), Asked::from);
    let factors = factors::of(&app.db, owner.as_ref().map_or(AccountId::NOBODY, |owner| owner.id)).await?;
    let password = app.new_password(&new_password, minimum_of(&app, asked), &[email.as_str()]).await?;

    let mut tx = app.db.begin_recorded().await?;
    let link = links::take(&mut tx, Purpose::SetUp, &token, now).await?.ok_or(AppError::LinkExpired)?;
    let account = match link.account_id {
        Some(account) => {
            set_first_password(&app, &mut tx, account, &password).await?;
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
                password: Some(password),
                role: Role::Admin,
            };
            open_account(&app, &mut tx, &new).await?
        }
    };
    let next = let_in(&app, &mut tx, account, Method::SetUpLink, asked, &factors).await?;
    tx.commit().await?;
    if link.account_id.is_none() {
        withdraw(&app);
    }
    next.lead(&app);
    Ok(())
}

/// Whose first password the link sets; none for the one that makes the first admin.
async fn owner_of(app: &App, link: &Link) -> Result<Option<Account>, AppError> {
    let Some(id) = link.account_id else { return Ok(None) };
    let account = accounts::find(&app.db, id).await?.filter(|account| account.disabled_at.is_none());
    Ok(Some(account.ok_or(AppError::LinkExpired)?))
}

async fn set_first_password(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    password: &NewPassword,
) -> Result<(), AppError> {
    let now = app.clock.now();
    accounts::set_password(tx, account, password, now).await?;
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
        let site = app.config.site.name.clone();
        let account = owner_of(&app, &link).await?;
        let minimum = minimum_of(&app, account.as_ref().map_or(Asked::newcomer(Role::Admin), Asked::from));
        let owner = account.map(|account| account.email);
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
