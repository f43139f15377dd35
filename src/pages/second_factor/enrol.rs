//! A sign-in of somebody who must have a second factor and has none: they set one up before they are let in.

use super::recovery_codes::{lead_to_codes, make_codes};
use super::totp::{Steps, confirm_app, shown_to};
use super::{record, tell};
use crate::base::config::AllowedFactor;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::word;
use crate::domain::accounts::{self, Account};
use crate::domain::audit::Kind;
use crate::domain::devices::DeviceName;
use crate::domain::factors::drafts::Owner;
use crate::domain::factors::passkeys;
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::{self, FactorKind, policy};
use crate::domain::mail::letters::FactorNews;
use crate::domain::pending::{self, Pending, PendingToken, Stage};
use crate::pages::passkeys::{Act, PasskeyAnswer, can_be_added, check_created, may_be_added, name_or_device};
use crate::pages::second_factor_sign_in::{TooLate, begin_anew};
use crate::request::app::App;
use crate::request::page_query::refusal;
use crate::request::visitor::{self, Started};
use crate::ui::{Form, FrontDoor, Notice, NoticeKind, PrimaryButton, SubmitButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Turns on the authenticator app that this waiting sign-in was shown a key for, uses the sign-in up and starts the session, all at
/// once; leads to the recovery codes and from there to where it was to lead. A sign-in that waits no more, or whose account got a second factor meanwhile, leads back to its
/// beginning: that one is asked for then.
#[server(prefix = "/form", endpoint = "enrol-totp")]
pub async fn enrol_totp(
    #[server(default)] code: Secret,
    #[server(default)] device_name: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let Some((token, account)) = waiting_for_enrolment(&app).await? else { return begin_anew(&Then::default()) };
    let name = DeviceName::parse(&device_name)?;
    let mut tx = app.db.begin_recorded().await?;
    let Some(pending) = still_waiting(&app, &mut tx, &token).await? else {
        tx.commit().await?;
        return begin_anew(&Then::default());
    };
    confirm_app(&app, &mut tx, &account, Owner::pending(account.id, &token), &code, &name).await?;
    let then = pending.then.clone();
    let started = begin(&app, &mut tx, pending, &token, FactorKind::Totp).await?;
    tx.commit().await?;
    visitor::take_pending();
    lead_to_codes(started, &then);
    Ok(())
}

/// As [`enrol_totp`], with a passkey that the browser has just made.
#[server(prefix = "/form", endpoint = "enrol-passkey")]
pub async fn enrol_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let Some((token, account)) = waiting_for_enrolment(&app).await? else { return begin_anew(&Then::default()) };
    may_be_added(&app)?;
    let created = check_created(&app, &For::Enrol(&token), account.id, &challenge, &credential)?;
    let name = name_or_device("")?;
    let mut tx = app.db.begin_recorded().await?;
    let Some(pending) = still_waiting(&app, &mut tx, &token).await? else {
        tx.commit().await?;
        return begin_anew(&Then::default());
    };
    passkeys::add(&mut tx, account.id, &created, &name).await?;
    record(&mut tx, account.id, Kind::SecondFactorAdded, Some(FactorKind::Passkey)).await?;
    tell(&app, &mut tx, &account, FactorNews::PasskeyAdded).await?;
    let then = pending.then.clone();
    let started = begin(&app, &mut tx, pending, &token, FactorKind::Passkey).await?;
    tx.commit().await?;
    visitor::take_pending();
    lead_to_codes(started, &then);
    Ok(())
}

/// What waits for a second factor, as the transaction sees it. It is used up if its account has one by now.
async fn still_waiting(app: &App, tx: &mut Tx, token: &PendingToken) -> Result<Option<Pending>, sqlx::Error> {
    let pending = pending::find_in(tx, token, app.clock.now()).await?;
    let Some(pending) = pending.filter(|pending| pending.stage == Stage::Enrolment) else { return Ok(None) };
    if factors::any_in(tx, pending.first.account()).await? {
        pending::take(tx, token).await?;
        return Ok(None);
    }
    Ok(Some(pending))
}

/// Uses the sign-in up, now that its account has a factor of this `kind`, and starts the session and its recovery codes.
async fn begin(
    app: &App,
    tx: &mut Tx,
    pending: Pending,
    token: &PendingToken,
    kind: FactorKind,
) -> Result<Started, AppError> {
    let account = pending.first.account();
    pending::take(tx, token).await?;
    let proof = pending.first.after_second_factor(kind);
    let started = visitor::start_session(app, tx, &proof, pending.keep).await?;
    make_codes(app, tx, Owner::session(account, started.handle())).await?;
    visitor::know_browser(app, tx, &started).await?;
    Ok(started)
}

/// The sign-in of this browser that waits for its account to get a second factor, if there is one.
pub async fn waiting_for_enrolment(app: &App) -> Result<Option<(PendingToken, Account)>, sqlx::Error> {
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
