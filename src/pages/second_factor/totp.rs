//! Setting up an authenticator app: scan, enter the code it shows, name it.

use super::acts::{after_adding, lead_after_adding};
use super::qr::Qr;
use super::{is_led_to_confirm, must_confirm, owner, record, tell};
use crate::base::config::AllowedFactor;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::{word, word_with};
use crate::domain::accounts::Account;
use crate::domain::audit::Kind;
use crate::domain::devices::DeviceName;
use crate::domain::factors::drafts::{self, Draft, Owner};
use crate::domain::factors::totp::{self, Confirmed, Key, Parameters, Stands};
use crate::domain::factors::{self, FactorKind, policy};
use crate::domain::mail::letters::FactorNews;
use crate::pages::account::AccountPage;
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::refusal;
use crate::request::visitor::{self, Visitor};
use crate::ui::{CodeField, CopyButton, Field, Form, LinkButton, PrimaryButton, Section};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use zeroize::Zeroizing;

/// Turns on the authenticator app that this session was shown a key for, once it has made a right code. The first one brings the
/// recovery codes, gives the session a new id (ASVS 7.2.4) and leads to them.
#[server(prefix = "/form", endpoint = "turn-on-totp")]
pub async fn turn_on_totp(
    #[server(default)] code: Secret,
    #[server(default)] device_name: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if is_led_to_confirm(&app, &person, Then::Totp).await? {
        return Ok(());
    }
    let name = DeviceName::parse(&device_name)?;
    let mut tx = visitor::begin_change(&app, &person).await?;
    let first = !factors::any_in(&mut tx, person.account.id).await?;
    confirm_app(&app, &mut tx, &person.account, owner(&person), &code, &name).await?;
    let started = after_adding(&app, &mut tx, &person, first.then_some(FactorKind::Totp)).await?;
    tx.commit().await?;
    lead_after_adding(started, "/account/second-factor?on");
    Ok(())
}

/// Turns on the app that `owner` was shown a key for, if `code` is right: notes it, and writes to the person.
pub(super) async fn confirm_app(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    owner: Owner,
    code: &Secret,
    name: &DeviceName,
) -> Result<(), AppError> {
    if !policy::allows(&app.config.second_factor, AllowedFactor::Totp) {
        return Err(AppError::Forbidden);
    }
    let now = app.clock.now();
    // Taken back with the transaction if the code is wrong: the same QR code stays good.
    let draft = drafts::take(tx, owner, Draft::Totp).await?;
    let key = draft.and_then(|draft| Key::from_bytes(&draft)).ok_or(AppError::SetUpOver)?;
    let step = match key.judge(&code.0, now) {
        Stands::Now(step) => step,
        Stands::ClockOff => return Err(AppError::CodeClockOff),
        Stands::Not if code.0.trim().is_empty() => return Err(AppError::CodeMissing),
        Stands::Not => return Err(AppError::WrongCode),
    };
    let confirmed = Confirmed { key: &key, name, step };
    totp::add(tx, account.id, confirmed).await?;
    record(tx, account.id, Kind::SecondFactorAdded, Some(FactorKind::Totp)).await?;
    tell(app, tx, account, FactorNews::Added).await?;
    Ok(())
}

/// The key that `owner` is being shown; made when it first asks.
async fn key_for(app: &App, owner: Owner) -> Result<Key, AppError> {
    let now = app.clock.now();
    // Shown before: a page that is loaded again writes nothing.
    if let Some(kept) = drafts::read(&app.db, &app.vault, owner, Draft::Totp, now).await? {
        return Key::from_bytes(&kept).ok_or(AppError::Internal);
    }
    let new = Key::new(&app.randomness, Parameters::of(&app.config.second_factor)).to_bytes();
    let mut tx = app.db.begin().await?;
    let kept = drafts::keep_first(&mut tx, owner, Draft::Totp, &new).await?;
    tx.commit().await?;
    kept.and_then(|kept| Key::from_bytes(&kept)).ok_or(AppError::Internal)
}

/// What the form for an app shows.
pub(super) struct Shown {
    key: Zeroizing<String>,
    link: Zeroizing<String>,
    digits: u16,
}

/// The key that `owner` of `account` is being shown.
pub(super) async fn shown_to(app: &App, account: &Account, owner: Owner) -> Result<Shown, AppError> {
    let key = key_for(app, owner).await?;
    let link = key.link(&app.config.site.name, account.signs_in_as()).ok_or(AppError::Internal)?;
    Ok(Shown { key: key.grouped(), link, digits: key.parameters().digits })
}

#[component]
pub fn TotpPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    if !policy::allows(&app.config.second_factor, AllowedFactor::Totp) {
        lead_to(Then::SecondFactor.page());
        return ().into_any();
    }
    let error = refusal::<TurnOnTotp>();
    let page = async move {
        if must_confirm(&app, &person, Then::Totp).await? {
            return Ok(().into_any());
        }
        let shown = shown_to(&app, &person.account, owner(&person)).await?;
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("totp-title") lead=|| word("totp-text") current=Then::SecondFactor>
                    <Section heading=word("totp-heading")>
                        <Form id="turn-on-totp" action=TurnOnTotp::PATH error>
                            <Steps shown />
                            <div class="links">
                                <PrimaryButton>{word("totp-button")}</PrimaryButton>
                                <LinkButton href=Then::SecondFactor.page()>{word("totp-cancel")}</LinkButton>
                            </div>
                        </Form>
                    </Section>
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

/// Scan, enter, name: what stands in the form that turns an app on.
#[component]
pub(super) fn Steps(shown: Shown) -> impl IntoView {
    let Shown { key, link, digits } = shown;
    let help = word_with("field-new-code-help", &[("digits", digits.to_string())]);
    view! {
        <ol class="steps">
            <li>
                <h3>{word("totp-scan")}</h3>
                <p class="quiet">{word("totp-scan-text")}</p>
                <Qr content=link.to_string() label=word("totp-qr-label") />
                <p class="quiet">{word("totp-key-text")}</p>
                <p>
                    <code id="totp-key" class="secret">
                        {key.to_string()}
                    </code>
                </p>
                <div class="links">
                    <CopyButton of="totp-key" label=word("totp-copy") done=word("copied") />
                    <LinkButton href=link.to_string()>{word("totp-open")}</LinkButton>
                </div>
            </li>
            <li>
                <h3>{word("totp-enter")}</h3>
                <CodeField name="code" label=word("field-new-code") help numeric=true />
            </li>
            <li>
                <h3>{word("totp-name")}</h3>
                <Field
                    name="device_name"
                    label=word("field-authenticator-name")
                    help=word("field-authenticator-name-help")
                    autocomplete="off"
                    max_length=40
                    optional=true
                />
            </li>
        </ol>
    }
}
