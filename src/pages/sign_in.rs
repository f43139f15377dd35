//! Signing in with a password, and signing out.

use crate::base::config::RegistrationMode;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::{how_long, word, word_with};
use crate::domain::accounts;
use crate::domain::factors::policy::Demand;
use crate::domain::limits::Door;
use crate::domain::logins::Login;
use crate::domain::pending::{self, Pending, PendingToken, Stage};
use crate::domain::sessions::end::Ended;
use crate::domain::sessions::{EndReason, Keep};
use crate::flows::password_sign_in::{self, Begun};
use crate::pages::passkeys::{Act, PasskeyAnswer, SignInWithPasskey, are_offered};
use crate::pages::providers::{ProviderButtons, StartProvider};
use crate::request::app::App;
use crate::request::page_query::{asked, query, refusal};
use crate::request::under_way::still_awaited;
use crate::request::visitor::{self, Started, Visitor};
use crate::ui::{
    CheckBox, Field, Form, FrontDoor, Hidden, LinkButton, Notice, NoticeKind, PasswordField, PrimaryButton, QuietButton,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use std::borrow::Cow;

/// Signs the visitor in and leads to `then`. Refused with `WrongCredentials` whatever was wrong, after one hash each time; what was not
/// filled in is said without one, since that is about nobody.
#[server(prefix = "/form", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] identifier: String,
    #[server(default)] password: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] shared: Option<String>,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    if identifier.trim().is_empty() {
        return Err(AppError::IdentifierMissing);
    }
    if password.0.is_empty() {
        return Err(AppError::CurrentPasswordMissing);
    }
    let keep = Keep::chosen(shared.is_some(), remember.is_some());
    let Begun { tx, login, demand, permit, .. } =
        password_sign_in::begin(&app, Door::SignIn, &identifier, &password).await?;
    let next = after_password(&app, tx, login, demand, keep, Then::parse(&then)).await;
    permit.unless_done(&app, next).await?.lead();
    Ok(())
}

async fn after_password(
    app: &App,
    mut tx: Tx,
    login: Login,
    demand: Demand,
    keep: Keep,
    then: Then,
) -> Result<Next, AppError> {
    let login = match then.asks_for_second_factor() {
        true => login,
        false => visitor::spare_second_factor(app, &mut tx, login, keep).await?,
    };
    let next = proceed(app, &mut tx, login, demand, keep, then).await?;
    tx.commit().await?;
    Ok(next)
}

/// Where a login leads, once its transaction is committed.
#[must_use = "nobody is led anywhere before `lead`"]
pub enum Next {
    SignedIn(Started, Then),
    Waits(PendingToken, Stage),
}

/// Goes on from what was proved, in the transaction that proved it: starts the session, or begins to wait for what is missing.
/// Every way in ends here.
pub async fn proceed(
    app: &App,
    tx: &mut Tx,
    login: Login,
    demand: Demand,
    keep: Keep,
    then: Then,
) -> Result<Next, AppError> {
    let now = app.clock.now();
    let (stage, first) = match login {
        Login::Complete(proof) => {
            if let Demand::Soon(_) = demand {
                accounts::note_second_factor_asked(tx, proof.account(), now).await?;
            }
            return Ok(Next::SignedIn(visitor::start_session(app, tx, &proof, keep).await?, then));
        }
        Login::NeedsSecondFactor(first) => (Stage::SecondFactor, first),
        Login::NeedsEnrolment(first) => (Stage::Enrolment, first),
    };
    still_awaited()?;
    let pending = Pending { stage, first, keep, then };
    Ok(Next::Waits(pending::start(tx, &pending).await?, stage))
}

impl Next {
    pub fn lead(self) {
        redirect(&self.give());
    }

    /// Gives the browser its cookie; where to go from here.
    pub fn give(self) -> Cow<'static, str> {
        match self {
            Self::SignedIn(started, then) => {
                let kept = started.keeps_account() && !matches!(then, Then::App(_));
                started.give();
                if kept { "/account?kept".into() } else { then.path() }
            }
            Self::Waits(token, stage) => {
                visitor::give_pending(&token, stage);
                stage.page().into()
            }
        }
    }
}

/// The end of every sign-in, after the commit.
pub fn finish(started: Started, then: Then) {
    Next::SignedIn(started, then).lead();
}

/// Ends the session in use. Always succeeds for the visitor: there is nothing left to sign out of.
#[server(prefix = "/form", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    let app = App::current()?;
    visitor::sign_out(&app).await?;
    redirect("/sign-in?signed-out");
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
    match ended.reason {
        EndReason::Idle => word_with("ended-idle", &[("time", how_long(ended.idle))]),
        EndReason::Expired => word("ended-expired"),
        EndReason::PasswordChanged | EndReason::PasswordReset => word("ended-password"),
        EndReason::TooMany => word("ended-too-many"),
        EndReason::EndedByOwner | EndReason::NotMe | EndReason::RefreshTokenReused | EndReason::TokenRevoked => {
            word("ended-by-owner")
        }
        EndReason::AccountLocked => word("ended-locked"),
        EndReason::AccountDisabled => word("ended-disabled"),
        EndReason::FactorsReset => word("ended-factors-reset"),
        EndReason::EndedByAdmin => word("ended-by-admin"),
        EndReason::SecondFactorRequired => word("ended-second-factor"),
        EndReason::DeletionAsked => word("ended-deletion"),
        EndReason::Restored => word("ended-restored"),
        EndReason::UserAgentChanged | EndReason::NetworkChanged => word("ended-changed"),
        EndReason::SignedOut | EndReason::Replaced => word("sign-in-after-sign-out"),
    }
}

#[component]
pub fn SignOutPage() -> impl IntoView {
    if Visitor::current().cookie_holder().is_none() {
        return view! {
            <FrontDoor title=word("sign-out-title") lead=|| word("sign-in-after-sign-out")>
                <LinkButton href="/sign-in" primary=true>
                    {word("sign-in-button")}
                </LinkButton>
            </FrontDoor>
        }
        .into_any();
    }
    view! {
        <FrontDoor title=word("sign-out-title") lead=|| word("sign-out-text")>
            <Form id="sign-out" action=SignOut::PATH error={refusal::<SignOut>()}>
                <PrimaryButton>{word("sign-out-button")}</PrimaryButton>
            </Form>
            <LinkButton href="/account">{word("sign-out-stay")}</LinkButton>
        </FrontDoor>
    }
    .into_any()
}
