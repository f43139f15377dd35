//! The second step of a sign-in, where the account has a second factor.

use crate::base::error::AppError;
use crate::base::secret::Secret;
use crate::domain::factors::{self, FactorKind};
use crate::domain::logins::First;
use crate::domain::pending::{self, Stage};
use crate::flows::browsers;
use crate::flows::passkey_answers::Answer;
use crate::flows::second_factor_sign_in::{self, Done};
use crate::flows::sign_in::Next;
use crate::pages::passkey_challenge::{Act, PasskeyAnswer};
use crate::pages::pieces::factors::code_help;
use crate::pages::pieces::landing;
use crate::pages::pieces::too_late::{TooLate, begin_anew};
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::refusal;
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::words::{word, word_with};
use crate::ui::{CheckBox, CodeField, Form, FrontDoor, SubmitButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Takes a code, and starts the session. With `trust` the password alone is enough in this browser
/// for a while.
#[server(prefix = "/form", endpoint = "second-factor")]
pub async fn second_factor(
    #[server(default)] code: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), Refused> {
    let app = App::current()?;
    let token = visitor::pending_token();
    lead(second_factor_sign_in::with_code(&app.db, token.as_ref(), &code, trust.is_some()).await?);
    Ok(())
}

/// As [`second_factor`], with a passkey of the account instead of a code.
#[server(prefix = "/form", endpoint = "second-factor-passkey")]
pub async fn second_factor_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] trust: Option<String>,
) -> Result<(), Refused> {
    let app = App::current()?;
    let (token, party) = (visitor::pending_token(), app.relying_party.as_ref());
    let answer = Answer { challenge: &challenge, credential: &credential };
    lead(second_factor_sign_in::with_passkey(&app.db, party, token.as_ref(), answer, trust.is_some()).await?);
    Ok(())
}

fn lead(done: Done) {
    match done {
        Done::SignedIn(started, then) => {
            visitor::take_pending();
            landing::lead(Next::SignedIn(started, then));
        }
        Done::Over(then) => begin_anew(&then),
        Done::WaitsFor(stage) => redirect(stage.page()),
    }
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
        let may_trust = pending.first.is_password() && browsers::may_be_trusted(&app.db, pending.keep);
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

/// What the account has, the one used last first; only that one has the filled button. `trust` is
/// for how many days this browser can be trusted, if it can.
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
