//! Becoming somebody here: the address first, the password behind the link that went there, so that nobody can prepare
//! an account for somebody else's address.

use crate::base::config::{MailTransport, RegistrationMode};
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::reader::Reader;
use crate::base::words::{word, word_with};
use crate::domain::accounts::{self, AccountId, Email, NewAccount, Role};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::FactorKind;
use crate::domain::factors::policy::{self, Asked};
use crate::domain::limits::{Door, mails, proofs};
use crate::domain::links::{self, Link, LinkToken, Purpose};
use crate::domain::logins::{First, Login};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::newcomers;
use crate::domain::sessions::Keep;
use crate::pages::email_change::{self, AgreedPage, ConsentPage};
use crate::pages::passkeys::{Act, CreateAccountWithPasskey, RegisterWithPasskey, SignUpWithPasskey, can_be_added};
use crate::pages::password_strength::meter;
use crate::pages::providers::{ProviderButtons, StartProvider};
use crate::pages::sign_in::{Next, proceed};
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::{asked, query, refusal};
use crate::request::visitor;
use crate::ui::{Field, Form, FrontDoor, Hidden, LinkButton, PasswordField, PrimaryButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Sends a link to `email`, or to somebody known a mail that says so. The answer and the work are the same for both. Either leads to
/// `then` in the end: whoever asked may be somebody else than whoever reads the mail, so it is one of the places of [`Then`] here too.
#[server(prefix = "/form", endpoint = "register")]
pub async fn register(
    #[server(default)] email: String,
    #[server(default)] new_password: Secret,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let then = Then::parse(&then);
    if app.config.registration.mode != RegistrationMode::Open {
        return Err(AppError::RegistrationClosed);
    }
    let email = Email::parse(&email)?;
    newcomers::may_register(&app.config.registration, &email)?;
    if !app.config.registration.verify_email {
        return register_at_once(&app, email, &new_password, then).await;
    }
    let sent = then.through("/register?sent");
    if mails::is_withheld(&app, mails::Asked { door: Door::Register, to: &email, meant: true, known: None }).await? {
        redirect(&sent);
        return Ok(());
    }
    let known = accounts::find_by_email(&app.db, &email).await?;
    let mut tx = app.db.begin_recorded().await?;
    if !mails::may_be_written(&app, &mut tx, Door::Register, &email).await? {
        redirect(&sent);
        return Ok(());
    }
    let about = Link { email: Some(email.clone()), ..Link::default() };
    // Made for known addresses too, though never sent: so that both cost the same (ASVS 6.3.8).
    let token = links::create(&mut tx, Purpose::VerifyEmail, &about, links::MAIL_LIFETIME).await?;
    let site = &app.config.site.name;
    let letter = match &known {
        None => {
            let page = format!("/verify-email?token={}", token.to_text().as_str());
            let link = app.link(&then.through(&page));
            Recipient::stranger(&app, &email).letter(|to| letters::verify_email(to, site, &link))
        }
        Some(known) => {
            let [sign_in, reset] = [then.sign_in_path(), then.through("/forgot-password")].map(|path| app.link(&path));
            Recipient::owner(&app, known).letter(|to| letters::already_registered(to, site, &sign_in, &reset))
        }
    };
    mail::queue(&mut tx, &letter).await?;
    let unknown = known.is_none().then(|| app.vault.unknown_identifier(email.as_str()));
    let details = Details { unknown_identifier: unknown, ..visitor::details() };
    let event = Event { kind: Kind::RegistrationAsked, account: known.map(|account| account.id), details };
    audit::record(&mut tx, &event).await?;
    tx.commit().await?;
    redirect(&sent);
    Ok(())
}

/// For installations that gave up checking addresses: one form, and an address that is taken is told.
async fn register_at_once(app: &App, email: Email, new_password: &Secret, then: Then) -> Result<(), AppError> {
    newcomers::may_begin_at_once(app, &email).await?;
    let newcomer = Asked::newcomer(Role::Member);
    let password = app.new_password(new_password, minimum_of(app, newcomer), &[email.as_str()]).await?;
    let mut tx = app.db.begin_recorded().await?;
    proofs::begin_account(app, &mut tx).await?;
    let new = NewAccount {
        id: None,
        email,
        email_verified: false,
        username: None,
        password: Some(password),
        role: newcomer.role,
    };
    let account = open_account(app, &mut tx, &new).await?;
    let next = let_in(app, &mut tx, account, First::Password, newcomer, &[], then).await?;
    tx.commit().await?;
    next.lead();
    Ok(())
}

/// Ends registration: takes the link, makes the account, signs in and leads to `then`.
#[server(prefix = "/form", endpoint = "create-account")]
pub async fn create_account(
    #[server(default)] token: Secret,
    #[server(default)] new_password: Secret,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let Some(email) = newcomers::peek_typed(&app, &token.0).await? else {
        if LinkToken::parse(&token.0).is_some() && visitor::began_by_link(&app) {
            redirect(&Then::parse(&then).path());
            return Ok(());
        }
        return Err(proofs::note_refused(&app, Door::Link, AppError::LinkExpired).await);
    };
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let newcomer = Asked::newcomer(Role::Member);
    let password = app.new_password(&new_password, minimum_of(&app, newcomer), &[email.as_str()]).await?;

    let mut tx = app.db.begin_recorded().await?;
    // Of two posts at once only one takes it; the other finds no link, and neither makes a second account.
    newcomers::take(&mut tx, &token).await?;
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
    let next = let_in(&app, &mut tx, account, First::MailLink, newcomer, &[], Then::parse(&then)).await?;
    tx.commit().await?;
    next.lead();
    Ok(())
}

/// The fewest characters of the password that somebody without a second factor chooses.
pub fn minimum_of(app: &App, asked: Asked) -> u16 {
    policy::password_minimum(&app.config, asked, false, app.clock.now())
}

/// Goes on to `then` with whoever made an account just now, or gave theirs its first password.
pub async fn let_in(
    app: &App,
    tx: &mut Tx,
    account: AccountId,
    first: First,
    asked: Asked,
    factors: &[FactorKind],
    then: Then,
) -> Result<Next, AppError> {
    let demand = policy::demand(&app.config.second_factor, asked, !factors.is_empty(), app.clock.now());
    let login = Login::after_link(account, first, factors, demand);
    proceed(app, tx, login, demand, Keep::Ordinary, then).await
}

/// Makes the account and its audit entry.
pub async fn open_account(app: &App, tx: &mut Tx, new: &NewAccount) -> Result<AccountId, AppError> {
    let now = app.clock.now();
    let account = accounts::create(tx, &app.vault, &app.randomness, new, now).await?;
    if !new.email_verified && new.role == Role::Member {
        accounts::note_unproven(tx, account).await?;
    }
    accounts::note_first_language(tx, account, Reader::current().language).await?;
    let event = Event { kind: Kind::AccountCreated, account: Some(account), details: visitor::details() };
    audit::record(tx, &event).await?;
    Ok(account)
}

#[component]
pub fn RegisterPage() -> impl IntoView {
    let Ok(app) = App::current() else { return ().into_any() };
    let then = where_next();
    if asked("sent") {
        return view! { <CheckYourMail then /> }.into_any();
    }
    let (sign_in, path) = (then.sign_in_path(), then.path().into_owned());
    let (title, text) = match app.config.registration.mode {
        RegistrationMode::Open => (word("register-title"), String::new()),
        RegistrationMode::Invite => (word("register-invited-title"), word("register-invited-text")),
        RegistrationMode::Closed => (word("register-closed-title"), word("register-closed-text")),
    };
    if app.config.registration.mode != RegistrationMode::Open {
        return view! {
            <FrontDoor title lead=move || text>
                <LinkButton href=sign_in>{word("back-to-sign-in")}</LinkButton>
            </FrontDoor>
        }
        .into_any();
    }
    let domains = app.config.registration.allowed_domains.join(", ");
    let domains = (!domains.is_empty()).then(|| word_with("register-domains", &[("domains", domains)]));
    let at_once = !app.config.registration.verify_email;
    let minimum = minimum_of(&app, Asked::newcomer(Role::Member));
    view! {
        <FrontDoor
            title
            lead=move || if at_once { word("register-text-at-once") } else { word("register-text") }
            below=move || view! { <p>{word("register-known")} " " <a href=sign_in>{word("register-known-link")}</a></p> }
            keeps="register"
        >
            <Form id="register" action=Register::PATH error={refusal::<Register>()}>
                <Hidden name="then" value=path />
                <Field
                    name="email"
                    label=word("field-email")
                    kind="email"
                    autocomplete="email"
                    max_length=254
                    autofocus=true
                    help=domains.unwrap_or_default()
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
                            then=then.clone()
                            also="email"
                        />
                    }
                })}
            <ProviderButtons then=then.clone() error={refusal::<StartProvider>()} />
        </FrontDoor>
    }
    .into_any()
}

/// Where the page's address says that the person wants to go in the end.
pub fn where_next() -> Then {
    Then::parse(&query("then").unwrap_or_default())
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
fn CheckYourMail(then: Then) -> impl IntoView {
    let (sign_in, again) = (then.sign_in_path(), then.through("/register"));
    view! {
        <FrontDoor
            title=word("check-mail-title")
            lead=|| word("check-mail-text")
            below=move || view! { <p><a href=sign_in>{word("back-to-sign-in")}</a></p> }
        >
            <p class="quiet">{word("check-mail-none")}</p>
            <DevelopmentMailboxHint />
            <LinkButton href=again>{word("check-mail-again")}</LinkButton>
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
    if asked("changed") || asked("confirmed") || asked("yours") {
        return view! { <AgreedPage /> }.into_any();
    }
    let typed = query("token").unwrap_or_default();
    let then = where_next();
    let error = refusal::<CreateAccount>().map(|error| error.above_a_form_without("email"));
    let page = async move {
        let app = App::current()?;
        let Some(email) = newcomers::peek_typed(&app, &typed).await? else {
            let page = match email_change::asked_by(&app, &typed).await? {
                Some(consent) => view! { <ConsentPage consent token=typed /> }.into_any(),
                None if LinkToken::parse(&typed).is_some() && visitor::began_by_link(&app) => {
                    lead_to(&then.path());
                    ().into_any()
                }
                None => view! { <LinkExpired again="/register" typed then /> }.into_any(),
            };
            return Ok::<_, AppError>(page);
        };
        let minimum = minimum_of(&app, Asked::newcomer(Role::Member));
        let (token, path) = (typed.clone(), then.path().into_owned());
        let lead = word_with("verify-email-text", &[("email", email.to_string())]);
        Ok(view! {
            <FrontDoor title=word("verify-email-title") lead=move || lead>
                <Form id="create-account" action=CreateAccount::PATH error>
                    <Hidden name="token" value=typed.clone() />
                    <Hidden name="then" value=path />
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
                                then=then.clone()
                            />
                        }
                    })}
            </FrontDoor>
        }
        .into_any())
    };
    crate::request::document::loaded(page)
}

/// What stands behind a link that is unknown, used, voided or too old; `typed` is what came of it. Cut off by a mail
/// program, or without its token for any other reason, it may still be good: then it is not called dead.
#[component]
pub fn LinkExpired(again: &'static str, typed: String, #[prop(optional)] then: Then) -> impl IntoView {
    let (sign_in, again) = (then.sign_in_path(), then.through(again));
    let whole = LinkToken::parse(&typed).is_some();
    crate::request::document::set_status(if whole { http::StatusCode::GONE } else { http::StatusCode::NOT_FOUND });
    let (title, text) = if whole {
        (word("link-expired-title"), word("link-expired-text"))
    } else {
        (word("link-incomplete-title"), word("link-incomplete-text"))
    };
    view! {
        <FrontDoor
            title
            lead=move || text
            below=move || view! { <p><a href=sign_in>{word("back-to-sign-in")}</a></p> }
        >
            <LinkButton href=again primary=true>{word("link-expired-again")}</LinkButton>
        </FrontDoor>
    }
}
