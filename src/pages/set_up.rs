//! Behind the operator's one-use link: the first admin of the installation, or the first password or passkey of an account
//! that the operator made.

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::passwords::NewPassword;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::{word, word_with};
use crate::domain::accounts::{self, Account, AccountId, Email, NewAccount, Role};
use crate::domain::audit::{self, Event, Kind};
use crate::domain::factors;
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::policy::Asked;
use crate::domain::limits::{Door, proofs};
use crate::domain::links::{self, Link, LinkToken, Purpose};
use crate::domain::logins::First;
use crate::domain::sessions::EndReason;
use crate::domain::set_up_links::withdraw;
use crate::pages::passkeys::{
    Act, SignUpWithPasskey, begin, can_be_added, created_for, may_be_added, without_password,
};
use crate::pages::registration::{NewPasswordField, OwnerOfPassword, let_in, minimum_of, open_account};
use crate::pages::second_factor::lead_to_codes;
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::{query, refusal};
use crate::request::visitor;
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
) -> Result<(), AppError> {
    let app = App::current()?;
    let now = app.clock.now();
    let (token, link) = match link_behind(&app, &token).await {
        // Of two posts of one link the other one was the first, and whoever sent both is in.
        Err(AppError::LinkExpired) if LinkToken::parse(&token.0).is_some() && visitor::began_by_link(&app) => {
            redirect(Then::default().page());
            return Ok(());
        }
        found => found?,
    };
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
            let new = NewAccount {
                id: None,
                email,
                email_verified: false,
                username: None,
                password: Some(password),
                role: Role::Admin,
            };
            open_first_admin(&app, &mut tx, &new).await?
        }
    };
    let next = let_in(&app, &mut tx, account, First::SetUpLink, asked, &factors, Then::default()).await?;
    tx.commit().await?;
    if link.account_id.is_none() {
        withdraw(&app);
    }
    next.lead();
    Ok(())
}

/// The operator's link with this token, which is not used up yet. One that was made up is counted.
async fn link_behind(app: &App, typed: &Secret) -> Result<(LinkToken, Link), AppError> {
    let link = links::peek_typed(&app.db, Purpose::SetUp, &typed.0, app.clock.now()).await?;
    match LinkToken::parse(&typed.0).zip(link) {
        Some(found) => Ok(found),
        None => Err(proofs::note_refused(app, Door::Link, AppError::LinkExpired).await),
    }
}

/// Whom an account begins for behind the operator's link.
pub enum Beginner {
    FirstAdmin(Email),
    /// One that the operator made, and that nobody has got into yet.
    Account(Box<Account>),
}

/// Who may begin with a passkey behind the link with this token. Not whoever has a way in already, which the link does not replace.
pub async fn behind_link(app: &App, token: &Secret, email: &str) -> Result<(LinkToken, Beginner), AppError> {
    let (token, link) = link_behind(app, token).await?;
    may_be_added(app)?;
    let beginner = match owner_of(app, &link).await? {
        Some(owner) if has_way_in(app, &owner).await? => return Err(AppError::Forbidden),
        Some(owner) => Beginner::Account(Box::new(owner)),
        None => Beginner::FirstAdmin(Email::parse(email)?),
    };
    Ok((token, beginner))
}

async fn has_way_in(app: &App, owner: &Account) -> Result<bool, sqlx::Error> {
    Ok(owner.password_hash.is_some() || !factors::of(&app.db, owner.id).await?.is_empty())
}

/// As [`set_up`], with a passkey that the browser has just made instead of a password; leads to the recovery codes.
#[server(prefix = "/form", endpoint = "set-up-with-passkey")]
pub async fn set_up_with_passkey(
    #[server(default)] token: Secret,
    #[server(default)] email: String,
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let (token, beginner) = behind_link(&app, &token, &email).await?;
    let created = created_for(&app, &For::SetUp(&token), &challenge, &credential)?;
    let mut tx = app.db.begin_recorded().await?;
    links::take(&mut tx, Purpose::SetUp, &token, app.clock.now()).await?.ok_or(AppError::LinkExpired)?;
    let (account, first_admin) = match beginner {
        Beginner::Account(owner) => {
            if created.account != owner.id {
                return Err(AppError::PasskeyRefused);
            }
            // A way in that was set up meanwhile: the link is none around it. Without one there are no sessions to end either.
            if factors::any_in(&mut tx, owner.id).await? || !accounts::still_has_none(&mut tx, owner.id).await? {
                return Err(AppError::LinkExpired);
            }
            links::void_of_account(&mut tx, owner.id).await?;
            (owner.id, false)
        }
        Beginner::FirstAdmin(email) => {
            let new = without_password(&created, email, false, Role::Admin);
            (open_first_admin(&app, &mut tx, &new).await?, true)
        }
    };
    let started = begin(&app, &mut tx, account, &created).await?;
    tx.commit().await?;
    if first_admin {
        withdraw(&app);
    }
    lead_to_codes(started, &Then::default());
    Ok(())
}

/// Two nodes that start at once leave a link each; the second must not make a second admin.
async fn open_first_admin(app: &App, tx: &mut Tx, new: &NewAccount) -> Result<AccountId, AppError> {
    if accounts::any_admin_in(tx).await? {
        return Err(AppError::LinkExpired);
    }
    links::void_of_nobody(tx, Purpose::SetUp).await?;
    open_account(app, tx, new).await
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
    Ok(audit::record(tx, &event).await?)
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
        let account = owner_of(&app, &link).await?;
        let minimum = minimum_of(&app, account.as_ref().map_or(Asked::newcomer(Role::Admin), Asked::from));
        let with_passkey = can_be_added()
            && match &account {
                Some(owner) => !has_way_in(&app, owner).await?,
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
