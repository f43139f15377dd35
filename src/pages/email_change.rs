//! Another e-mail address: asked for on the profile, agreed to behind a link that only the new
//! address gets.

use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{self, Account, Email};
use crate::domain::links::{self, Purpose};
use crate::flows::email_changes::{self, Agreed};
use crate::pages::pieces::step_up::is_led_to_confirm;
use crate::request::app::App;
use crate::request::page_query::{asked, refusal, was_done};
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::words::{word, word_with};
use crate::ui::{
    Badge, Fact, Facts, Field, Form, FormError, FrontDoor, Hidden, LinkButton, Notice, NoticeKind, PrimaryButton,
    QuietButton, Section, SubmitButton,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Sends a link to `email`; nothing changes before it is used. The answer is the same if somebody
/// else has the address. Asks first for what [`crate::flows::acting::missing`] says.
#[server(prefix = "/form", endpoint = "change-email")]
pub async fn change_email(#[server(default)] email: String) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if is_led_to_confirm(&app, &person, Then::ChangeEmail).await? {
        return Ok(());
    }
    let email = Email::parse(&email)?;
    email_changes::ask(&app.db, &person, &email).await?;
    redirect("/account/profile?email-sent");
    Ok(())
}

/// Takes the link: the account has the address it went to. In whatever browser it was opened, and
/// signs nobody in.
#[server(prefix = "/form", endpoint = "confirm-email")]
pub async fn confirm_email(#[server(default)] token: Secret) -> Result<(), Refused> {
    let app = App::current()?;
    let (account, agreed) = email_changes::agree(&app.db, &token.0).await?;
    redirect(match (app.db.visit().signed_in_to(account).is_some(), agreed) {
        (true, Agreed::Changed) => "/account/profile?email-changed",
        (true, Agreed::Confirmed) => "/account/profile?email-confirmed",
        (false, Agreed::Changed) => "/verify-email?changed",
        (false, Agreed::Confirmed) => "/verify-email?confirmed",
        (_, Agreed::TakenOver) => "/verify-email?yours",
    });
    Ok(())
}

/// What was done just now, for the profile.
pub fn done() -> Option<String> {
    if was_done("email-sent") {
        Some(word("email-sent"))
    } else if was_done("email-changed") {
        Some(word("email-changed"))
    } else if was_done("email-confirmed") {
        Some(word("email-confirmed"))
    } else {
        None
    }
}

/// On the profile: the address, and the form for another one.
#[component]
pub fn EmailSection(
    account: Account,
    /// Whether the person may change it now; else the way there.
    may_change: bool,
    /// Whether it is all there is on the page.
    alone: bool,
) -> impl IntoView {
    let email = account.email.known().map(str::to_owned);
    let confirmed = account.email_verified_at.is_some();
    let shown = email.clone().unwrap_or_else(|| word("overview-email-none"));
    // Somebody who was imported without an address has none to confirm.
    let unconfirmed = email.filter(|_| !confirmed);
    let badge = match (confirmed, &unconfirmed) {
        (true, _) => Some(view! { <Badge good=true>{word("overview-email-confirmed")}</Badge> }.into_any()),
        (false, Some(_)) => Some(view! { <Badge>{word("email-unconfirmed")}</Badge> }.into_any()),
        (false, None) => None,
    };
    view! {
        <Section heading=word("email-heading") text=word("email-text")>
            <Facts>
                <Fact label=word("overview-email")>
                    {shown} " "
                    {badge}
                </Fact>
            </Facts>
            {if may_change {
                view! { <NewAddress unconfirmed alone /> }.into_any()
            } else {
                view! { <LinkButton href=Then::ChangeEmail.path()>{word("email-change-button")}</LinkButton> }
                    .into_any()
            }}
        </Section>
    }
}

#[component]
fn NewAddress(#[prop(optional_no_strip)] unconfirmed: Option<String>, alone: bool) -> impl IntoView {
    let error = refusal::<ChangeEmail>();
    view! {
        {unconfirmed
            .map(|own| {
                view! {
                    <Form id="confirm-own-email" action=ChangeEmail::PATH>
                        <Hidden name="email" value=own />
                        <QuietButton>{word("email-confirm-button")}</QuietButton>
                    </Form>
                }
            })}
        <Form id="change-email" action=ChangeEmail::PATH error>
            <Field
                name="email"
                label=word("field-new-email")
                help=word("field-new-email-help")
                kind="email"
                autocomplete="email"
                max_length=254
                autofocus=alone
            />
            <div class="links">
                <SubmitButton filled=alone>{word("email-change-button")}</SubmitButton>
                {alone
                    .then(|| view! { <LinkButton href=Then::Profile.page()>{word("email-keep")}</LinkButton> })}
            </div>
        </Form>
    }
}

/// What a link to the new address is about.
pub struct Consent {
    email: Email,
    username: String,
    /// Whether it is the first proof of an address of the account, given in a browser that is not
    /// signed in to it.
    takes_over: bool,
}

/// What the link agrees to, if `typed` is one and still good.
pub async fn asked_by(app: &App, typed: &str) -> Result<Option<Consent>, sqlx::Error> {
    let link = links::peek_typed(&app.db, Purpose::ChangeEmail, typed, app.clock.now()).await?;
    let Some((account, email)) = link.and_then(|link| link.account_id.zip(link.email)) else { return Ok(None) };
    let account = accounts::find(&app.db, account).await?;
    Ok(account.map(|account| Consent {
        email,
        username: account.username.as_str().to_owned(),
        takes_over: account.unproven && app.db.visit().signed_in_to(account.id).is_none(),
    }))
}

/// Behind the link: says whose account it is about, and changes nothing before the form is posted.
#[component]
pub fn ConsentPage(consent: Consent, token: String) -> impl IntoView {
    let error: Option<FormError> = refusal::<ConfirmEmail>().map(|error| error.above_a_form_without("email"));
    let takes_over = consent.takes_over;
    let lead = word_with("email-consent-text", &[("email", consent.email.to_string()), ("username", consent.username)]);
    view! {
        <FrontDoor title=word("email-consent-title") lead=move || lead>
            <Form id="confirm-email" action=ConfirmEmail::PATH error>
                <Hidden name="token" value=token />
                {takes_over
                    .then(|| {
                        view! { <Notice kind=NoticeKind::Warning>{word("email-consent-first-proof")}</Notice> }
                    })}
                <p>{word("email-consent-not-you")}</p>
                <PrimaryButton>{word("email-consent-button")}</PrimaryButton>
            </Form>
        </FrontDoor>
    }
}

/// After it was posted in a browser that is not signed in to the account. Says nothing that the
/// link did not.
#[component]
pub fn AgreedPage() -> impl IntoView {
    if asked("yours") {
        return view! {
            <FrontDoor title=word("email-agreed-title") lead=|| word("email-yours")>
                <LinkButton href="/forgot-password" primary=true>
                    {word("was-it-you-password")}
                </LinkButton>
            </FrontDoor>
        }
        .into_any();
    }
    let text = if asked("changed") { word("email-changed") } else { word("email-confirmed") };
    view! {
        <FrontDoor title=word("email-agreed-title") lead=move || text>
            <LinkButton href="/account" primary=true>
                {word("email-agreed-link")}
            </LinkButton>
        </FrontDoor>
    }
    .into_any()
}
