//! A new password: by a link for whoever forgot theirs, or by the old one for whoever is signed in.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::Email;
use crate::flows::password_changes::{self, is_protected, minimum_for};
use crate::flows::{password_resets, taking_back};
use crate::pages::account::AccountPage;
use crate::pages::pieces::mailed_link::{DevelopmentMailboxHint, LinkExpired};
use crate::pages::pieces::new_password::{NewPasswordField, OwnerOfPassword};
use crate::pages::pieces::step_up::{is_led_to_confirm, must_confirm};
use crate::request::app::App;
use crate::request::page_query::{asked, query, refusal, was_done, where_next};
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use crate::ui::words::word;
use crate::ui::{
    Field, Form, FrontDoor, Hidden, LinkButton, Notice, NoticeKind, PasswordField, PrimaryButton, Section,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Sends a reset link to `email` if somebody has it. The answer is the same if nobody has.
#[server(prefix = "/form", endpoint = "forgot-password")]
pub async fn forgot_password(#[server(default)] email: String, #[server(default)] then: String) -> Result<(), Refused> {
    let app = App::current()?;
    let (then, email) = (Then::parse(&then), Email::parse(&email)?);
    password_resets::ask(&app.db, &email, &then).await?;
    redirect(&then.through("/forgot-password?sent"));
    Ok(())
}

/// Sets a new password by a mailed link; leads to the sign-in.
#[server(prefix = "/form", endpoint = "reset-password")]
pub async fn reset_password(
    #[server(default)] token: Secret,
    #[server(default)] new_password: Secret,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let browser = password_resets::by_link(&app.db, &app.passwords, &token, &new_password).await?;
    if let Some(browser) = browser {
        visitor::give_device(&browser);
    }
    redirect(&Then::parse(&then).through("/sign-in?password-reset"));
    Ok(())
}

/// Changes the password of whoever is signed in, or sets their first one if they were asked lately
/// who they are.
#[server(prefix = "/form", endpoint = "change-password")]
pub async fn change_password(
    #[server(default)] password: Secret,
    #[server(default)] new_password: Secret,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if person.account.password_hash.is_none() && is_led_to_confirm(&app, &person, Then::Password).await? {
        return Ok(());
    }
    let started = password_changes::change(&app.db, &app.passwords, &person, &password, &new_password).await?;
    visitor::give(started);
    redirect("/account/password?changed");
    Ok(())
}

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let then = where_next();
    let sign_in = then.sign_in_path();
    if asked("sent") {
        return view! {
            <FrontDoor title=word("check-mail-title") lead=|| word("forgot-password-sent")>
                <p class="quiet">{word("check-mail-none")}</p>
                <DevelopmentMailboxHint />
                <LinkButton href=sign_in>{word("back-to-sign-in")}</LinkButton>
            </FrontDoor>
        }
        .into_any();
    }
    view! {
        <FrontDoor
            title=word("forgot-password-title")
            lead=|| word("forgot-password-text")
            below=move || view! { <p><a href=sign_in>{word("back-to-sign-in")}</a></p> }
            keeps="forgot-password"
        >
            {was_done("locked")
                .then(|| view! { <Notice kind=NoticeKind::Success until_refused=true>{word("forgot-password-locked")}</Notice> })}
            {was_done("ended")
                .then(|| view! { <Notice kind=NoticeKind::Success until_refused=true>{word("forgot-password-ended")}</Notice> })}
            <Form id="forgot-password" action=ForgotPassword::PATH error={refusal::<ForgotPassword>()}>
                <Hidden name="then" value=then.path() />
                <Field
                    name="email"
                    label=word("field-email")
                    kind="email"
                    autocomplete="email"
                    max_length=254
                    autofocus=true
                />
                <PrimaryButton>{word("continue-button")}</PrimaryButton>
            </Form>
        </FrontDoor>
    }
    .into_any()
}

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let typed = query("token").unwrap_or_default();
    let (then, error) = (where_next(), refusal::<ResetPassword>());
    let page = async move {
        let app = App::current()?;
        let Some(account) = password_resets::account_behind(&app.db, &typed).await? else {
            return Ok::<_, AppError>(view! { <LinkExpired again="/forgot-password" typed then /> }.into_any());
        };
        let protected = taking_back::keeps_a_factor(&app.db, &account, app.clock.now()).await?;
        let minimum = minimum_for(&app.db, &account, protected);
        Ok(view! {
            <FrontDoor title=word("reset-password-title") lead=|| word("reset-password-text")>
                <Form id="reset-password" action=ResetPassword::PATH error>
                    <Hidden name="token" value=typed />
                    <Hidden name="then" value=then.path() />
                    <OwnerOfPassword name=account.signs_in_as().to_owned() />
                    <NewPasswordField minimum autofocus=true />
                    <PrimaryButton>{word("save-button")}</PrimaryButton>
                </Form>
            </FrontDoor>
        }
        .into_any())
    };
    crate::request::document::loaded(page)
}

#[component]
pub fn ChangePasswordPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    let has_one = person.account.password_hash.is_some();
    let (heading, text) = if has_one {
        (word("password-change-heading"), word("password-change-text"))
    } else {
        (word("password-set-heading"), word("password-set-text"))
    };
    let error = refusal::<ChangePassword>();
    let page = async move {
        if !has_one && must_confirm(&app, &person, Then::Password).await? {
            return Ok(().into_any());
        }
        let minimum = minimum_for(&app.db, &person.account, is_protected(&app.db, &person).await?);
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("password-title") lead=|| word("password-text") current=Then::Password>
                    {was_done("changed")
                        .then(|| view! { <Notice kind=NoticeKind::Success until_refused=true>{word("password-changed")}</Notice> })}
                    {asked("not-me")
                        .then(|| view! { <Notice kind=NoticeKind::Warning>{word("password-not-me")}</Notice> })}
                    <Section heading text>
                        <Form id="change-password" action=ChangePassword::PATH error>
                            <OwnerOfPassword name=person.account.signs_in_as().to_owned() />
                            {has_one.then(|| view! { <CurrentPassword /> })}
                            <NewPasswordField minimum />
                            <PrimaryButton>{word("save-button")}</PrimaryButton>
                        </Form>
                    </Section>
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

#[component]
fn CurrentPassword() -> impl IntoView {
    view! {
        <PasswordField name="password" label=word("field-current-password") autocomplete="current-password" />
    }
}
