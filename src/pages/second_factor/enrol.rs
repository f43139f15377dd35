//! A sign-in of somebody who must have a second factor and has none: they set one up before they
//! are let in.

use super::totp::{Steps, shown_to};
use crate::base::config::AllowedFactor;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::Account;
use crate::domain::devices::DeviceName;
use crate::domain::factors::drafts::Owner;
use crate::domain::factors::{self, policy};
use crate::domain::pending::PendingToken;
use crate::flows::enrolment::{self, Done};
use crate::flows::passkey_answers::Answer;
use crate::pages::passkey_challenge::{Act, PasskeyAnswer, can_be_added};
use crate::pages::passkeys::name_or_browser;
use crate::pages::pieces::landing::lead_to_codes;
use crate::pages::pieces::too_late::{TooLate, begin_anew};
use crate::request::app::App;
use crate::request::page_query::refusal;
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::words::word;
use crate::ui::{Form, FrontDoor, Notice, NoticeKind, PrimaryButton, SubmitButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Turns on the authenticator app that this waiting sign-in was shown a key for, and starts the
/// session; leads to the recovery codes and from there to where it was to lead. A sign-in that
/// waits no more leads back to its beginning.
#[server(prefix = "/form", endpoint = "enrol-totp")]
pub async fn enrol_totp(
    #[server(default)] code: Secret,
    #[server(default)] device_name: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let Some((token, account)) = waiting_for_enrolment(&app).await? else {
        begin_anew(&Then::default());
        return Ok(());
    };
    let name = DeviceName::parse(&device_name)?;
    lead(enrolment::with_app(&app.db, &token, &account, &code, &name).await?);
    Ok(())
}

/// As [`enrol_totp`], with a passkey that the browser has just made.
#[server(prefix = "/form", endpoint = "enrol-passkey")]
pub async fn enrol_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
) -> Result<(), Refused> {
    let app = App::current()?;
    let Some((token, account)) = waiting_for_enrolment(&app).await? else {
        begin_anew(&Then::default());
        return Ok(());
    };
    let (party, name) = (app.relying_party.as_ref(), name_or_browser(&app, "")?);
    let answer = Answer { challenge: &challenge, credential: &credential };
    lead(enrolment::with_passkey(&app.db, party, (&token, &account), answer, &name).await?);
    Ok(())
}

fn lead(done: Done) {
    match done {
        Done::SignedIn(started, then) => {
            visitor::take_pending();
            lead_to_codes(started, &then);
        }
        Done::Over => begin_anew(&Then::default()),
    }
}

/// The sign-in of this browser that waits for its account to get a second factor, if there is one.
async fn waiting_for_enrolment(app: &App) -> Result<Option<(PendingToken, Account)>, sqlx::Error> {
    let Some(token) = visitor::pending_token() else { return Ok(None) };
    Ok(enrolment::waiting(&app.db, &token).await?.map(|account| (token, account)))
}

#[component]
pub fn EnrolPage() -> impl IntoView {
    let error = refusal::<EnrolTotp>();
    let page = async move {
        let app = App::current()?;
        let Some((token, account)) = waiting_for_enrolment(&app).await? else {
            return Ok::<_, AppError>(view! { <TooLate /> }.into_any());
        };
        if !factors::of(&app.db, account.id).await?.is_empty() {
            return Ok(view! { <TooLate /> }.into_any());
        }
        let rules = &app.config.second_factor;
        let why = if policy::covers(rules, account.role) { word("enrol-policy") } else { word("enrol-password") };
        let shown = if policy::allows(rules, AllowedFactor::Totp) {
            Some(shown_to(&app, &account, Owner::pending(account.id, &token)).await?)
        } else {
            None
        };
        Ok(view! {
            <FrontDoor
                title=word("enrol-title")
                lead=|| word("enrol-text")
                below=|| view! { <p><a href="/sign-in">{word("second-factor-again")}</a></p> }
                wide=true
            >
                <Notice kind=NoticeKind::Info>{why}</Notice>
                {can_be_added().then(|| view! { <WithPasskey filled=shown.is_none() /> })}
                {shown
                    .map(|shown| {
                        view! {
                            <Form id="enrol-totp" action=EnrolTotp::PATH error>
                                <h2>{word("totp-heading")}</h2>
                                <Steps shown />
                                <div class="links">
                                    <PrimaryButton>{word("totp-button")}</PrimaryButton>
                                </div>
                            </Form>
                        }
                    })}
            </FrontDoor>
        }
        .into_any())
    };
    crate::request::document::loaded(page)
}

/// `filled`: it is all that can be set up.
#[component]
fn WithPasskey(filled: bool) -> impl IntoView {
    view! {
        <Form id="enrol-passkey" action=EnrolPasskey::PATH error={refusal::<EnrolPasskey>()}>
            <h2>{word("enrol-passkey-heading")}</h2>
            <p class="quiet">{word("passkeys-none-text")}</p>
            <PasskeyAnswer act=Act::Enrol>
                <SubmitButton filled=filled>{word("passkey-add-button")}</SubmitButton>
            </PasskeyAnswer>
        </Form>
    }
}
