//! Becoming somebody here: the address first, the password behind the link that went there, so that
//! nobody can prepare an account for somebody else's address.

use crate::base::config::RegistrationMode;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{Email, Role};
use crate::domain::factors::policy::Asked;
use crate::domain::links::LinkToken;
use crate::domain::newcomers;
use crate::flows::registration::{self, Done, minimum_for};
use crate::pages::email_change::{self, AgreedPage, ConsentPage};
use crate::pages::passkey_challenge::{Act, can_be_added};
use crate::pages::passkeys::{CreateAccountWithPasskey, RegisterWithPasskey, SignUpWithPasskey};
use crate::pages::pieces::landing;
use crate::pages::pieces::mailed_link::{DevelopmentMailboxHint, LinkExpired};
use crate::pages::pieces::new_password::{NewPasswordField, OwnerOfPassword};
use crate::pages::providers::{ProviderButtons, StartProvider};
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::{asked, query, refusal, where_next};
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::words::{reader, word, word_with};
use crate::ui::{Field, Form, FrontDoor, Hidden, LinkButton, PrimaryButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Sends a link to `email`, or to somebody known a mail that says so, with the same answer; or
/// makes the account at once, for installations that gave up checking addresses. Either leads to
/// `then` in the end.
#[server(prefix = "/form", endpoint = "register")]
pub async fn register(
    #[server(default)] email: String,
    #[server(default)] new_password: Secret,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let then = Then::parse(&then);
    let rules = &app.config.registration;
    if rules.mode != RegistrationMode::Open {
        return Err(AppError::RegistrationClosed.into());
    }
    let email = Email::parse(&email)?;
    newcomers::may_register(rules, &email)?;
    if rules.verify_email {
        registration::ask(&app.db, &email, &then).await?;
        redirect(&then.through("/register?sent"));
    } else {
        let (chosen, language) = ((email, &new_password), reader().language);
        landing::lead(registration::at_once(&app.db, &app.passwords, chosen, language, then).await?);
    }
    Ok(())
}

/// Ends registration: makes the account, signs in and leads to `then`.
#[server(prefix = "/form", endpoint = "create-account")]
pub async fn create_account(
    #[server(default)] token: Secret,
    #[server(default)] new_password: Secret,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let (chosen, then) = ((&token, &new_password), Then::parse(&then));
    let language = reader().language;
    match registration::by_link(&app.db, &app.passwords, chosen, language, then.clone()).await? {
        Done::Begun(next) => landing::lead(next),
        Done::NoLink if LinkToken::parse(&token.0).is_some() && visitor::began_by_link(&app) => redirect(&then.path()),
        Done::NoLink => return Err(registration::refuse_link(&app.db).await.into()),
    }
    Ok(())
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
    let minimum = minimum_for(&app.db, Asked::newcomer(Role::Member));
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
        let Some(email) = newcomers::peek_typed(&app.db, &typed).await? else {
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
        let minimum = minimum_for(&app.db, Asked::newcomer(Role::Member));
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
