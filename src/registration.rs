//! Becoming somebody here: the address first, the password behind the link that went there, so that nobody can prepare
//! an account for somebody else's address.

use crate::error::AppError;
use crate::passkeys::{Act, CreateAccountWithPasskey, RegisterWithPasskey, SignUpWithPasskey, can_be_added};
use crate::password_strength::meter;
use crate::paths::Then;
use crate::providers::{ProviderButtons, StartProvider};
use crate::refusal::{asked, query, refusal};
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts::{self, AccountId, Email, NewAccount, Role};
use crate::server::audit::{self, Details, Event, Kind};
use crate::server::config::{MailTransport, RegistrationMode};
use crate::server::db::Tx;
use crate::server::factors::FactorKind;
use crate::server::factors::policy::{self, Asked};
use crate::server::links::{self, Link, LinkToken, Purpose};
use crate::server::logins::{Login, Method};
use crate::server::mail::{self, Recipient, letters};
use crate::server::reader::Reader;
use crate::server::sessions::Keep;
use crate::server::visitor;
use crate::sign_in::{Next, proceed};
use crate::ui::{Field, Form, FrontDoor, Hidden, LinkButton, PasswordField, PrimaryButton};
use crate::words::{word, word_with};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Sends a link to `email`, or to somebody known a mail that says so. The answer and the work are the same for both.
#[server(prefix = "/form", endpoint = "register")]
pub async fn register(
    #[server(default)] email: String,
    #[server(default)] new_password: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    if app.config.registration.mode != RegistrationMode::Open {
        return Err(AppError::RegistrationClosed);
    }
    let email = Email::parse(&email)?;
    if !app.config.registration.verify_email {
        return register_at_once(&app, email, &new_password).await;
    }
    let known = accounts::find_by_email(&app.db, &email).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin_recorded().await?;
    let about = Link { email: Some(email.clone()), ..Link::default() };
    // Made for known addresses too, though never sent: so that both cost the same (ASVS 6.3.8).
    let token =
        links::create(&mut tx, &app.randomness, Purpose::VerifyEmail, &about, links::MAIL_LIFETIME, now).await?;
    let site = &app.config.site.name;
    let letter = match &known {
        None => {
            let link = app.link(&format!("/verify-email?token={}", token.to_text().as_str()));
            Recipient::stranger(&app, &email).letter(|to| letters::verify_email(to, site, &link))
        }
        Some(known) => {
            let (sign_in, again) = (app.link("/sign-in"), app.link("/forgot-password"));
            Recipient::owner(&app, known).letter(|to| letters::already_registered(to, site, &sign_in, &again))
        }
    };
    mail::queue(&mut tx, &app.vault, &app.randomness, &letter, now).await?;
    let unknown = known.is_none().then(|| app.vault.unknown_identifier(email.as_str()));
    let details = Details { unknown_identifier: unknown, ..visitor::details() };
    let event = Event { kind: Kind::RegistrationAsked, account: known.map(|account| account.id), details };
    audit::record(&mut tx, &app.vault, &app.randomness, &event, now).await?;
    tx.commit().await?;
    app.outbox.wake();
    redirect("/register?sent");
    Ok(())
}

/// For installations that gave up checking addresses: one form, and an address that is taken is told.
async fn register_at_once(app: &App, email: Email, new_password: &Secret) -> Result<(), AppError> {
    let newcomer = Asked::newcomer(Role::Member);
    let password = app.new_password(new_password, minimum_of(app, newcomer), &[email.as_str()]).await?;
    let mut tx = app.db.begin_recorded().await?;
    let new = NewAccount {
        id: None,
        email,
        email_verified: false,
        username: None,
        password: Some(password),
        role: newcomer.role,
    };
    let account = open_account(app, &mut tx, &new).await?;
    let next = let_in(app, &mut tx, account, Method::Password, newcomer, &[]).await?;
    tx.commit().await?;
    next.lead(app);
    Ok(())
}

/// Ends registration: takes the link, makes the account, signs in.
#[server(prefix = "/form", endpoint = "create-account")]
pub async fn create_account(
    #[server(default)] token: Secret,
    #[server(default)] new_password: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let link = links::peek(&app.db, Purpose::VerifyEmail, &token, app.clock.now()).await?;
    let email = link.and_then(|link| link.email).ok_or(AppError::LinkExpired)?;
    let newcomer = Asked::newcomer(Role::Member);
    let password = app.new_password(&new_password, minimum_of(&app, newcomer), &[email.as_str()]).await?;

    let mut tx = app.db.begin_recorded().await?;
    // Of two posts at once only one takes it; the other finds no link, and neither makes a second account.
    links::take(&mut tx, Purpose::VerifyEmail, &token, app.clock.now()).await?.ok_or(AppError::LinkExpired)?;
    let new = NewAccount {
        id: None,
        email,
        email_verified: true,
        username: None,
        password: Some(password),
        role: newcomer.role,
    };
    // Whoever holds the link may be told that the address has an account since: it is theirs.
    let account = open_account(&app, &mut tx, &new).await?;
    let next = let_in(&app, &mut tx, account, Method::MailLink, newcomer, &[]).await?;
    tx.commit().await?;
    next.lead(&app);
    Ok(())
}

/// The fewest characters of the password that somebody without a second factor chooses.
pub fn minimum_of(app: &App, asked: Asked) -> u16 {
    policy::password_minimum(&app.config, asked, false, app.clock.now())
}

/// Goes on with whoever made an account just now, or gave theirs its first password.
pub async fn let_in(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    method: Method,
    asked: Asked,
    factors: &[FactorKind],
) -> Result<Next, AppError> {
    let demand = policy::demand(&app.config.second_factor, asked, !factors.is_empty(), app.clock.now());
    let login = Login::after_link(account, method, factors, demand);
    proceed(app, tx, login, demand, Keep::Ordinary, Then::default()).await
}

/// Makes the account and its audit entry.
pub async fn open_account(app: &App, tx: &mut Tx, new: &NewAccount) -> Result<AccountId, AppError> {
    let now = app.clock.now();
    let account = accounts::create(tx, &app.randomness, new, now).await?;
    accounts::note_first_language(tx, account, Reader::current().language).await?;
    let event = Event { kind: Kind::AccountCreated, account: Some(account), details: visitor::details() };
    audit::record(tx, &app.vault, &app.randomness, &event, now).await?;
    Ok(account)
}

#[component]
pub fn RegisterPage() -> impl IntoView {
    let Ok(app) = App::current() else { return ().into_any() };
    if asked("sent") {
        return view! { <CheckYourMail /> }.into_any();
    }
    if app.config.registration.mode != RegistrationMode::Open {
        return view! {
            <FrontDoor title=word("register-closed-title") lead=|| word("register-closed-text")>
                <LinkButton href="/sign-in">{word("back-to-sign-in")}</LinkButton>
            </FrontDoor>
        }
        .into_any();
    }
    let at_once = !app.config.registration.verify_email;
    let minimum = minimum_of(&app, Asked::newcomer(Role::Member));
    view! {
        <FrontDoor
            title=word("register-title")
            lead=move || if at_once { word("register-text-at-once") } else { word("register-text") }
            below=|| view! { <p>{word("register-known")} " " <a href="/sign-in">{word("register-known-link")}</a></p> }
        >
            <Form id="register" action=Register::PATH error={refusal::<Register>()}>
                <Field
                    name="email"
                    label=word("field-email")
                    kind="email"
                    autocomplete="email"
                    max_length=254
                    autofocus=true
                />
                {at_once.then(|| view! { <NewPasswordField minimum /> })}
                <PrimaryButton>
                    {if at_once { word("create-account-button") } else { word("register-button") }}
                </PrimaryButton>
            </Form>
            {(at_once && can_be_added())
                .then(|| {
                    view! {
                        <SignUpWithPasskey
                            id="register-with-passkey"
                            action=RegisterWithPasskey::PATH
                            act=Act::Register
                            error={refusal::<RegisterWithPasskey>()}
                            token=None
                            also="email"
                        />
                    }
                })}
            <ProviderButtons then=Then::default() error={refusal::<StartProvider>()} />
        </FrontDoor>
    }
    .into_any()
}

/// The field for a new password, with its rule.
#[component]
pub fn NewPasswordField(minimum: u16, #[prop(optional)] autofocus: bool) -> impl IntoView {
    view! {
        <PasswordField
            name="new_password"
            label=word("field-new-password")
            autocomplete="new-password"
            min_length=minimum
            help=word_with("field-new-password-help", &[("minimum", minimum.to_string())])
            autofocus
            meter=meter()
        />
    }
}

/// Tells password managers whose password is being made; nobody sees it and the server does not read it.
#[component]
pub fn OwnerOfPassword(name: String) -> impl IntoView {
    view! { <input type="text" name="username" autocomplete="username" value=name readonly hidden /> }
}

/// The same for every address, so that it tells nobody who has an account.
#[component]
fn CheckYourMail() -> impl IntoView {
    view! {
        <FrontDoor
            title=word("check-mail-title")
            lead=|| word("check-mail-text")
            below=|| view! { <p><a href="/sign-in">{word("back-to-sign-in")}</a></p> }
        >
            <p class="quiet">{word("check-mail-none")}</p>
            <DevelopmentMailboxHint />
            <LinkButton href="/register">{word("check-mail-again")}</LinkButton>
        </FrontDoor>
    }
}

/// Where mail goes while there is no mail server.
#[component]
pub fn DevelopmentMailboxHint() -> impl IntoView {
    let shown = App::current().is_ok_and(|app| {
        app.config.mail.transport == MailTransport::File && app.config.server.public_url.is_loopback()
    });
    shown.then(|| {
        view! { <p class="quiet">{word("check-mail-dev")} " " <a href="/dev/mail">{word("check-mail-dev-link")}</a></p> }
    })
}

#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    let typed = query("token").unwrap_or_default();
    let error = refusal::<CreateAccount>().map(|error| error.above_a_form_without("email"));
    let page = async move {
        let app = App::current()?;
        let link = links::peek_typed(&app.db, Purpose::VerifyEmail, &typed, app.clock.now()).await?;
        let Some(email) = link.and_then(|link| link.email) else {
            return Ok::<_, AppError>(view! { <LinkExpired again="/register" typed /> }.into_any());
        };
        let minimum = minimum_of(&app, Asked::newcomer(Role::Member));
        let token = typed.clone();
        let lead = word_with("verify-email-text", &[("email", email.to_string())]);
        Ok(view! {
            <FrontDoor title=word("verify-email-title") lead=move || lead>
                <Form id="create-account" action=CreateAccount::PATH error>
                    <Hidden name="token" value=typed.clone() />
                    <OwnerOfPassword name=email.to_string() />
                    <NewPasswordField minimum autofocus=true />
                    <PrimaryButton>{word("create-account-button")}</PrimaryButton>
                </Form>
                {can_be_added()
                    .then(|| {
                        view! {
                            <SignUpWithPasskey
                                id="create-account-with-passkey"
                                action=CreateAccountWithPasskey::PATH
                                act=Act::SignUp
                                error={refusal::<CreateAccountWithPasskey>()}
                                token=Some(token)
                            />
                        }
                    })}
            </FrontDoor>
        }
        .into_any())
    };
    crate::page::loaded(page)
}

/// What stands behind a link that is unknown, used, voided or too old; `typed` is what came of it. Cut off by a mail
/// program, or without its token for any other reason, it may still be good: then it is not called dead.
#[component]
pub fn LinkExpired(again: &'static str, typed: String) -> impl IntoView {
    let whole = LinkToken::parse(&typed).is_some();
    crate::page::set_status(if whole { http::StatusCode::GONE } else { http::StatusCode::NOT_FOUND });
    let (title, text) = if whole {
        (word("link-expired-title"), word("link-expired-text"))
    } else {
        (word("link-incomplete-title"), word("link-incomplete-text"))
    };
    view! {
        <FrontDoor
            title
            lead=move || text
            below=|| view! { <p><a href="/sign-in">{word("back-to-sign-in")}</a></p> }
        >
            <LinkButton href=again primary=true>{word("link-expired-again")}</LinkButton>
        </FrontDoor>
    }
}
