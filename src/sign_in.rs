//! Signing in with a password, and signing out.

use crate::error::AppError;
use crate::passkeys::{Act, PasskeyAnswer, SignInWithPasskey, are_offered};
use crate::paths::Then;
use crate::providers::{ProviderButtons, StartProvider};
use crate::refusal::{asked, query, refusal};
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts::{self, Account, AccountId};
use crate::server::audit::{self, Details, Event, Kind};
use crate::server::db::Tx;
use crate::server::factors;
use crate::server::factors::policy::{self, Demand};
use crate::server::logins::{Login, Refused};
use crate::server::passwords::{PlainPassword, Verified};
use crate::server::pending::{self, Pending, PendingToken, Stage};
use crate::server::sessions::end::Ended;
use crate::server::sessions::{EndReason, Keep};
use crate::server::visitor::{self, Started, Visitor};
use crate::ui::{
    CheckBox, Field, Form, FrontDoor, Hidden, LinkButton, Notice, NoticeKind, PasswordField, PrimaryButton, QuietButton,
};
use crate::words::{word, word_with};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use std::borrow::Cow;

/// Signs the visitor in and leads to `then`. Refused with `WrongCredentials` whatever was wrong, after one hash each time.
#[server(prefix = "/form", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] identifier: String,
    #[server(default)] password: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] shared: Option<String>,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let keep = Keep::chosen(shared.is_some(), remember.is_some());
    // Empty or over-long: refused before anything is hashed, which tells nothing since no account is asked.
    let password = PlainPassword::parse(password.0.clone()).map_err(|_| AppError::WrongCredentials)?;
    let account = accounts::find_by_identifier(&app.db, &identifier).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let verified = app.hasher.verify(&password, stored.clone()).await?;

    let factors = factors::of(&app.db, account.as_ref().map_or(AccountId::NOBODY, |account| account.id)).await?;
    let demand = account.as_ref().map_or(Demand::Nothing, |account| {
        policy::demand(&app.config.second_factor, account.into(), !factors.is_empty(), app.clock.now())
    });
    let (login, stored) = match (Login::after_password(account.as_ref(), verified, &factors, demand), stored) {
        (Ok(login), Some(stored)) => (login, stored),
        (login, _) => {
            let refused = login.err().unwrap_or(Refused::WrongPassword);
            note_failure(&app, account.as_ref(), &identifier, refused).await?;
            return Err(AppError::WrongCredentials);
        }
    };
    let new_hash = match verified {
        Verified::RightButOutdated => app.hasher.hash(&password, app.randomness.bytes()).await?,
        Verified::Right | Verified::Wrong => stored.clone(),
    };
    let mut tx = app.db.begin_recorded().await?;
    if !accounts::still_has(&mut tx, login.account(), &stored, &new_hash).await? {
        return Err(AppError::WrongCredentials);
    }
    // Turned on while the password was hashed: whoever did so expects to be asked for it from then on.
    let protected_since = factors.is_empty() && factors::any_in(&mut tx, login.account()).await?;
    let login = if protected_since { login.now_with_second_factor() } else { login };
    let login = visitor::spare_second_factor(&app, &mut tx, login, keep).await?;
    let next = proceed(&app, &mut tx, login, demand, keep, Then::parse(&then)).await?;
    tx.commit().await?;
    next.lead(&app);
    Ok(())
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
    let pending = Pending { stage, first, keep, then };
    Ok(Next::Waits(pending::start(tx, &app.randomness, &pending, now).await?, stage))
}

impl Next {
    pub fn lead(self, app: &App) {
        redirect(&self.give(app));
    }

    /// Gives the browser its cookie; where to go from here.
    pub fn give(self, app: &App) -> Cow<'static, str> {
        match self {
            Self::SignedIn(started, then) => {
                if started.has_letter() {
                    app.outbox.wake();
                }
                started.give();
                then.path()
            }
            Self::Waits(token, stage) => {
                visitor::give_pending(&token, stage);
                stage.page().into()
            }
        }
    }
}

/// The end of every sign-in, after the commit.
pub fn finish(app: &App, started: Started, then: Then) {
    Next::SignedIn(started, then).lead(app);
}

async fn note_failure(
    app: &App,
    account: Option<&Account>,
    identifier: &str,
    refused: Refused,
) -> Result<(), sqlx::Error> {
    // Kept only as a keyed hash: people type their password into this field.
    let unknown = account.is_none().then(|| app.vault.unknown_identifier(&identifier.trim().to_lowercase()));
    let details =
        Details { reason: Some(refused.name().to_owned()), unknown_identifier: unknown, ..visitor::details() };
    let event = Event { kind: Kind::SignInFailed, account: account.map(|account| account.id), details };
    let mut tx = app.db.begin_recorded().await?;
    audit::record(&mut tx, &app.vault, &app.randomness, &event, app.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(reason = refused.name(), "a sign-in was refused");
    Ok(())
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
    let minutes = App::current().map_or(0, |app| app.config.session.shared_idle.as_std().as_secs() / 60);
    let shared_help = word_with("field-shared-help", &[("minutes", minutes.to_string())]);
    let notice = if let Some(error) = refusal::<StartProvider>() {
        // Come back from another service: above everything else, or it would not be seen.
        Some((NoticeKind::Danger, error.message))
    } else if asked("signed-out") {
        Some((NoticeKind::Success, word("sign-in-after-sign-out")))
    } else if asked("password-reset") {
        Some((NoticeKind::Success, word("sign-in-after-reset")))
    } else if asked("too-late") {
        Some((NoticeKind::Info, word("sign-in-too-late")))
    } else if let Some(ended) = visitor::ended() {
        Some((NoticeKind::Info, why_ended(ended)))
    } else if typed_then.is_some() {
        Some((NoticeKind::Info, word("sign-in-first")))
    } else {
        None
    };
    view! {
        <FrontDoor
            title=word("sign-in-title")
            below=|| view! { <p>{word("sign-in-new")} " " <a href="/register">{word("sign-in-new-link")}</a></p> }
        >
            {notice.map(|(kind, text)| view! { <Notice kind>{text}</Notice> })}
            <Form id="sign-in" action=SignIn::PATH error={refusal::<SignIn>()}>
                <Hidden name="then" value=then.path() />
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
                    aside=|| view! { <a href="/forgot-password">{word("sign-in-forgot")}</a> }
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
                            <Hidden name="then" value=then.path() />
                            <PasskeyAnswer act=Act::SignIn autofill=true>
                                <QuietButton>{word("passkey-sign-in-button")}</QuietButton>
                            </PasskeyAnswer>
                        </Form>
                    }
                })}
            <ProviderButtons then />
        </FrontDoor>
    }
}

/// Why the session is over that this browser still holds the cookie of.
fn why_ended(ended: Ended) -> String {
    match ended.reason {
        EndReason::Idle => word_with("ended-idle", &[("minutes", (ended.idle.as_secs() / 60).to_string())]),
        EndReason::Expired => word("ended-expired"),
        EndReason::PasswordChanged | EndReason::PasswordReset => word("ended-password"),
        EndReason::TooMany => word("ended-too-many"),
        EndReason::EndedByOwner | EndReason::NotMe => word("ended-by-owner"),
        EndReason::AccountLocked => word("ended-locked"),
        EndReason::FactorsReset => word("ended-factors-reset"),
        EndReason::EndedByAdmin => word("ended-by-admin"),
        EndReason::SecondFactorRequired => word("ended-second-factor"),
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
