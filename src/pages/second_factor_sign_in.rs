//! The second step of a sign-in, where the account has a second factor.

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::{word, word_with};
use crate::domain::accounts;
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::{self, FactorKind};
use crate::domain::logins::First;
use crate::domain::pending::{self, Pending, PendingToken, Stage};
use crate::pages::passkeys::{self, Act, PasskeyAnswer};
use crate::pages::second_factor::take_code;
use crate::pages::sign_in::finish;
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::refusal;
use crate::request::visitor::{self, Visitor};
use crate::ui::{CheckBox, CodeField, Form, FrontDoor, LinkButton, SubmitButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Takes a code of the account whose password this browser gave within the last ten minutes, and starts the session. Of two requests
/// with one code exactly one succeeds. With `trust` the password alone is enough in this browser for a while. A sign-in that waits no
/// more leads back to its beginning.
#[server(prefix = "/form", endpoint = "second-factor")]
pub async fn second_factor(
    #[server(default)] code: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), AppError> {
    let app = App::current()?;
    let now = app.clock.now();
    // Read before the write begins: whoever holds one connection and asks for another waits for all who do the same.
    let Some((token, waiting)) = waiting(&app).await? else { return Ok(()) };
    let then = &waiting.then;
    let Some(account) = accounts::find(&app.db, waiting.first.account()).await? else { return begin_anew(then) };
    let mut tx = app.db.begin_recorded().await?;
    let Some(pending) = pending::find_in(&mut tx, &token, now).await? else { return begin_anew(then) };
    let known = visitor::known_device(&mut tx, account.id).await?;
    let taken = take_code(&app, tx, &account, known, &code.0).await;
    let (tx, kind) = taken.map_err(|refusal| factors::refusal_of(&code.0, refusal))?;
    let_in(&app, tx, &token, pending, kind, trust.is_some()).await?;
    Ok(())
}

/// As [`second_factor`], with a passkey of the account instead of a code.
#[server(prefix = "/form", endpoint = "second-factor-passkey")]
pub async fn second_factor_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), AppError> {
    let app = App::current()?;
    let Some((token, waiting)) = waiting(&app).await? else { return Ok(()) };
    let answered = passkeys::check(&app, &For::SecondFactor(&token), &challenge, &credential).await?;
    let mut tx = app.db.begin_recorded().await?;
    let now = app.clock.now();
    let Some(pending) = pending::find_in(&mut tx, &token, now).await? else { return begin_anew(&waiting.then) };
    if answered.account() != pending.first.account() {
        return Err(AppError::PasskeyRefused);
    }
    passkeys::use_up(&app, &mut tx, answered).await?;
    let_in(&app, tx, &token, pending, FactorKind::Passkey, trust.is_some()).await
}

/// The sign-in of this browser that waits for its second factor. Where there is none, or it waits for something else, the visitor is
/// led there.
async fn waiting(app: &App) -> Result<Option<(PendingToken, Pending)>, sqlx::Error> {
    let waiting = match visitor::pending_token() {
        Some(token) => pending::find(&app.db, &token, app.clock.now()).await?.map(|waiting| (token, waiting)),
        None => None,
    };
    match waiting {
        Some((_, waiting)) if waiting.stage == Stage::Enrolment => redirect(waiting.stage.page()),
        Some(waiting) => return Ok(Some(waiting)),
        None => lead_to_the_beginning(&Then::default()),
    }
    Ok(None)
}

/// Uses the sign-in up, now that a factor of this `kind` was, and starts the session; all of it is in `tx`, which is committed.
async fn let_in(
    app: &App,
    mut tx: Tx,
    token: &PendingToken,
    pending: Pending,
    kind: FactorKind,
    trust: bool,
) -> Result<(), AppError> {
    pending::take(&mut tx, token).await?;
    // Trusting a browser is about the password there.
    let trust = trust && pending.first.is_password();
    let proof = pending.first.after_second_factor(kind);
    let mut started = visitor::start_session(app, &mut tx, &proof, pending.keep).await?;
    if trust {
        visitor::trust_browser(app, &mut tx, &mut started).await?;
    }
    tx.commit().await?;
    visitor::take_pending();
    finish(started, pending.then);
    Ok(())
}

/// The sign-in waits no more, or never began in this browser. Of two posts of one code the other one may have signed in here: the
/// beginning leads whoever is signed in on to `then`.
pub fn begin_anew(then: &Then) -> Result<(), AppError> {
    lead_to_the_beginning(then);
    Ok(())
}

/// The cookie stays, of no use: without any the browser would look there like one that keeps none.
fn lead_to_the_beginning(then: &Then) {
    redirect(&then.through("/sign-in?too-late"));
}

#[component]
pub fn SecondFactorSignInPage() -> impl IntoView {
    let page = async move {
        let app = App::current()?;
        let pending = match visitor::pending_token() {
            Some(token) => pending::find(&app.db, &token, app.clock.now()).await?,
            None => None,
        };
        let Some(pending) = pending else { return Ok::<_, AppError>(view! { <TooLate /> }.into_any()) };
        if pending.stage == Stage::Enrolment {
            lead_to(pending.stage.page());
            return Ok(().into_any());
        }
        let kinds = factors::of(&app.db, pending.first.account()).await?;
        let may_trust = pending.first.is_password() && visitor::may_trust(&app, pending.keep);
        let trust = may_trust.then_some(app.config.second_factor.trust_days);
        let text = match pending.first.first() {
            First::Provider | First::ProviderWithSecondFactor => word("second-factor-text-provider"),
            First::MailLink | First::SetUpLink => word("second-factor-text-link"),
            First::Password | First::PasswordOnTrustedBrowser | First::Passkey => word("second-factor-text"),
        };
        Ok(view! {
            <FrontDoor
                title=word("second-factor-title")
                lead=move || text
                below=|| view! { <p><a href="/sign-in">{word("second-factor-again")}</a></p> }
            >
                <Steps kinds trust />
            </FrontDoor>
        }
        .into_any())
    };
    crate::request::document::loaded(page)
}

/// What the account has, the one used last first; only that one has the filled button. `trust` is for how many days this browser can
/// be trusted, if it can.
#[component]
fn Steps(kinds: Vec<FactorKind>, trust: Option<u16>) -> impl IntoView {
    let passkey_first = kinds.first() == Some(&FactorKind::Passkey);
    let help = code_help(&kinds);
    // One box for both: it stands with the code, which works without script.
    let alone = if help.is_none() { trust } else { None };
    let passkey = kinds.contains(&FactorKind::Passkey);
    let passkey = passkey.then(|| view! { <ByPasskey first=passkey_first trust=alone /> });
    let code = help.map(|help| view! { <ByCode help first=!passkey_first trust /> });
    if passkey_first { view! { {passkey} {code} }.into_any() } else { view! { {code} {passkey} }.into_any() }
}

/// Which codes an account with these has; none if there are none.
pub fn code_help(kinds: &[FactorKind]) -> Option<String> {
    match (kinds.contains(&FactorKind::Totp), kinds.contains(&FactorKind::RecoveryCode)) {
        (true, true) => Some(word("second-factor-help")),
        (true, false) => Some(word("second-factor-help-app")),
        (false, true) => Some(word("second-factor-help-recovery")),
        (false, false) => None,
    }
}

#[component]
fn ByCode(help: String, first: bool, trust: Option<u16>) -> impl IntoView {
    view! {
        <Form id="second-factor" action=SecondFactor::PATH error={refusal::<SecondFactor>()}>
            <CodeField name="code" label=word("field-code") help autofocus=first />
            {trust.map(|days| view! { <TrustBox days /> })}
            <SubmitButton filled=first>{word("sign-in-button")}</SubmitButton>
        </Form>
    }
}

#[component]
fn ByPasskey(first: bool, trust: Option<u16>) -> impl IntoView {
    let error = refusal::<SecondFactorPasskey>();
    view! {
        <Form id="second-factor-passkey" action=SecondFactorPasskey::PATH error also="trust">
            <PasskeyAnswer act=Act::SecondFactor>
                {trust.map(|days| view! { <TrustBox days /> })}
                <SubmitButton filled=first>{word("passkey-use-button")}</SubmitButton>
            </PasskeyAnswer>
        </Form>
    }
}

#[component]
fn TrustBox(days: u16) -> impl IntoView {
    let label = word_with("field-trust", &[("days", days.to_string())]);
    view! { <CheckBox name="trust" label help=word("field-trust-help") /> }
}
/// The sign-in waits no more: there is only its beginning. It is finished where somebody is signed in, so they go on.
#[component]
pub fn TooLate() -> impl IntoView {
    if Visitor::current().person().is_some() {
        lead_to(Then::default().page());
        return ().into_any();
    }
    let lead = if visitor::keeps_no_cookies() { word("cookies-needed") } else { word("second-factor-late-text") };
    view! {
        <FrontDoor title=word("second-factor-late-title") lead=move || lead>
            <LinkButton href="/sign-in" primary=true>
                {word("sign-in-button")}
            </LinkButton>
        </FrontDoor>
    }
    .into_any()
}
