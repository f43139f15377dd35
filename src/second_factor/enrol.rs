//! A sign-in of somebody who must have a second factor and has none: they set one up before they are let in.

use super::recovery_codes::make;
use super::totp::{Steps, confirm_app, shown_to};
use crate::error::AppError;
use crate::paths::Then;
use crate::refusal::refusal;
use crate::second_factor_sign_in::{TooLate, begin_anew};
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts::{self, Account};
use crate::server::config::AllowedFactor;
use crate::server::devices::DeviceName;
use crate::server::factors::drafts::Owner;
use crate::server::factors::{self, FactorKind, policy};
use crate::server::pending::{self, PendingToken, Stage};
use crate::server::visitor;
use crate::sign_in::finish;
use crate::ui::{Form, FrontDoor, Notice, NoticeKind, PrimaryButton};
use crate::words::word;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Turns on the authenticator app that this waiting sign-in was shown a key for, uses the sign-in up and starts the session, all at
/// once; leads to the recovery codes. A sign-in that waits no more, or whose account got a second factor meanwhile, leads back to its
/// beginning: that one is asked for then.
#[server(prefix = "/form", endpoint = "enrol-totp")]
pub async fn enrol_totp(
    #[server(default)] code: Secret,
    #[server(default)] device_name: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let Some((token, account)) = waiting(&app).await? else { return begin_anew() };
    let name = DeviceName::parse(&device_name)?;
    let mut tx = app.db.begin_recorded().await?;
    let pending = pending::find_in(&mut tx, &token, app.clock.now()).await?;
    let Some(pending) = pending.filter(|pending| pending.stage == Stage::Enrolment) else { return begin_anew() };
    if factors::any_in(&mut tx, account.id).await? {
        pending::take(&mut tx, &token).await?;
        tx.commit().await?;
        return begin_anew();
    }
    confirm_app(&app, &mut tx, &account, Owner::pending(account.id, &token), &code, &name).await?;
    pending::take(&mut tx, &token).await?;
    let proof = pending.first.after_code(FactorKind::Totp);
    let started = visitor::start_session(&app, &mut tx, &proof, pending.keep).await?;
    make(&app, &mut tx, &account, Owner::session(account.id, started.handle())).await?;
    tx.commit().await?;
    app.outbox.wake();
    visitor::take_pending();
    finish(&app, started, Then::RecoveryCodes);
    Ok(())
}

/// The sign-in of this browser that waits for its account to get a second factor, if there is one.
async fn waiting(app: &App) -> Result<Option<(PendingToken, Account)>, sqlx::Error> {
    let Some(token) = visitor::pending_token() else { return Ok(None) };
    let pending = pending::find(&app.db, &token, app.clock.now()).await?;
    let Some(pending) = pending.filter(|pending| pending.stage == Stage::Enrolment) else { return Ok(None) };
    Ok(accounts::find(&app.db, pending.first.account()).await?.map(|account| (token, account)))
}

#[component]
pub fn EnrolPage() -> impl IntoView {
    let error = refusal::<EnrolTotp>();
    let page = async move {
        let app = App::current()?;
        let Some((token, account)) = waiting(&app).await? else {
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
    crate::page::loaded(page)
}
