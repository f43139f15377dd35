//! Signing in with a password.

use crate::base::config::RegistrationMode;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::sessions::Keep;
use crate::domain::sessions::end::Ended;
use crate::flows;
use crate::pages::passkey_challenge::{Act, PasskeyAnswer, are_offered};
use crate::pages::passkeys::SignInWithPasskey;
use crate::pages::pieces::landing;
use crate::pages::providers::{ProviderButtons, StartProvider};
use crate::request::app::App;
use crate::request::page_query::{asked, query, refusal};
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::words::{how_long, word, word_if_any, word_with};
use crate::ui::{
    CheckBox, Field, Form, FrontDoor, Hidden, Notice, NoticeKind, PasswordField, PrimaryButton, QuietButton,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Signs the visitor in and leads to `then`. Refused with `WrongCredentials` whatever was wrong,
/// after one hash each time; what was not filled in is said without one, since that is about
/// nobody.
#[server(prefix = "/form", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] identifier: String,
    #[server(default)] password: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] shared: Option<String>,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    if identifier.trim().is_empty() {
        return Err(AppError::IdentifierMissing.into());
    }
    if password.0.is_empty() {
        return Err(AppError::CurrentPasswordMissing.into());
    }
    let keep = Keep::chosen(shared.is_some(), remember.is_some());
    let (named, then) = ((identifier.as_str(), &password), Then::parse(&then));
    landing::lead(flows::sign_in::with_password(&app.db, &app.passwords, named, keep, then).await?);
    Ok(())
}

#[component]
pub fn SignInPage() -> impl IntoView {
    let typed_then = query("then");
    let then = Then::parse(typed_then.as_deref().unwrap_or_default());
    let Ok(app) = App::current() else { return ().into_any() };
    let shared_help = word_with("field-shared-help", &[("time", how_long(app.config.session.shared_idle.as_std()))]);
    let notice = what_came_before(&then, typed_then.is_some());
    let path = then.path().into_owned();
    let same_path = path.clone();
    let (register, forgot) = (then.through("/register"), then.through("/forgot-password"));
    let mode = app.config.registration.mode;
    view! {
        <FrontDoor
            title=word("sign-in-title")
            below=move || view! { <Newcomers mode register /> }
            keeps="sign-in"
        >
            {notice.map(|(kind, text)| view! { <Notice kind until_refused=true>{text}</Notice> })}
            <Form id="sign-in" action=SignIn::PATH error={refusal::<SignIn>()}>
                <Hidden name="then" value=path />
                <Field
                    name="identifier"
                    label=word("field-identifier")
                    autocomplete="username webauthn"
                    max_length=254
                    autofocus=true
                />
                <PasswordField
                    name="password"
                    label=word("field-password")
                    autocomplete="current-password"
                    aside=move || view! { <a href=forgot>{word("sign-in-forgot")}</a> }
                />
                <CheckBox name="remember" label=word("field-remember") help=word("field-remember-help") excludes="shared" />
                <CheckBox name="shared" label=word("field-shared") help=shared_help excludes="remember" />
                <PrimaryButton>{word("sign-in-button")}</PrimaryButton>
            </Form>
            {are_offered()
                .then(|| {
                    view! {
                        <Form
                            id="passkey-sign-in"
                            action=SignInWithPasskey::PATH
                            error={refusal::<SignInWithPasskey>()}
                            also="remember shared"
                        >
                            <Hidden name="then" value=same_path />
                            <PasskeyAnswer act=Act::SignIn autofill=true>
                                <QuietButton>{word("passkey-sign-in-button")}</QuietButton>
                            </PasskeyAnswer>
                        </Form>
                    }
                })}
            <ProviderButtons then />
        </FrontDoor>
    }
    .into_any()
}

/// What led here, above the form. Nothing once it was sent and refused: then that is what counts.
fn what_came_before(then: &Then, wanted: bool) -> Option<(NoticeKind, String)> {
    if let Some(error) = refusal::<StartProvider>() {
        // Come back from another service: above everything else, or it would not be seen.
        return Some((NoticeKind::Danger, error.message));
    }
    if refusal::<SignIn>().is_some() || refusal::<SignInWithPasskey>().is_some() {
        return None;
    }
    if visitor::keeps_no_cookies() && (asked("no-cookies") || asked("too-late")) {
        return Some((NoticeKind::Warning, word("cookies-needed")));
    }
    if asked("signed-out") {
        Some((NoticeKind::Success, word("sign-in-after-sign-out")))
    } else if asked("password-reset") {
        Some((NoticeKind::Success, word("sign-in-after-reset")))
    } else if asked("deletion") {
        Some((NoticeKind::Success, word("sign-in-after-deletion")))
    } else if asked("too-late") {
        Some((NoticeKind::Info, word("sign-in-too-late")))
    } else if let Some(ended) = visitor::ended() {
        Some((NoticeKind::Info, why_ended(ended)))
    } else if then.asks_for_second_factor() {
        Some((NoticeKind::Info, word("sign-in-strong")))
    } else if wanted {
        Some((NoticeKind::Info, word("sign-in-first")))
    } else {
        None
    }
}

/// The way to an account, as far as there is one for whoever has none.
#[component]
fn Newcomers(mode: RegistrationMode, register: String) -> impl IntoView {
    match mode {
        RegistrationMode::Open => {
            Some(view! { <p>{word("sign-in-new")} " " <a href=register>{word("sign-in-new-link")}</a></p> }.into_any())
        }
        RegistrationMode::Invite => Some(view! { <p>{word("sign-in-by-invitation")}</p> }.into_any()),
        RegistrationMode::Closed => None,
    }
}

/// Why the session is over that this browser still holds the cookie of.
fn why_ended(ended: Ended) -> String {
    word_if_any(&format!("session-over-{}", ended.reason.name()), &[("time", how_long(ended.idle))]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::base::words::made_keys;
    use crate::domain::sessions::EndReason;

    #[test]
    fn whoever_comes_back_to_a_session_that_is_over_is_told_why() {
        made_keys::exactly("session-over-", EndReason::ALL.iter().map(|reason| (reason.name(), &["time"] as &[&str])));
    }
}
