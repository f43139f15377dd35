//! Setting up an authenticator app: scan, enter the code it shows, name it.

use super::notices::{record, tell};
use super::qr::Qr;
use super::recovery_codes::make_codes;
use super::{must_confirm, owner};
use crate::account::AccountPage;
use crate::error::AppError;
use crate::paths::Then;
use crate::refusal::refusal;
use crate::secret::Secret;
use crate::server::App;
use crate::server::audit::Kind;
use crate::server::devices::{self, DeviceName};
use crate::server::factors::drafts::{self, Draft};
use crate::server::factors::totp::{self, Confirmed, Key, Parameters, Stands};
use crate::server::factors::{self, FactorKind};
use crate::server::mail::letters::FactorNews;
use crate::server::visitor::{self, Person, Visitor};
use crate::ui::{CodeField, CopyButton, Field, Form, FormError, LinkButton, PrimaryButton, Section};
use crate::words::{word, word_with};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
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
    if !visitor::is_recent(&app, &person) {
        redirect(&Then::Totp.confirm_path());
        return Ok(());
    }
    let name = DeviceName::parse(&device_name)?;
    let (account, now) = (&person.account, app.clock.now());
    let mut tx = app.db.begin_recorded().await?;
    if !crate::server::sessions::is_live(&mut tx, &person.session, now).await? {
        return Err(AppError::SignInRequired);
    }
    // Taken back with the transaction if the code is wrong: the same QR code stays good.
    let draft = drafts::take(&mut tx, &app.vault, owner(&person), Draft::Totp, now).await?;
    let key = draft.and_then(|draft| Key::from_bytes(&draft)).ok_or(AppError::SetUpOver)?;
    let step = match key.judge(&code.0, now) {
        Stands::Now(step) => step,
        Stands::ClockOff => return Err(AppError::CodeClockOff),
        Stands::Not => return Err(AppError::WrongCode),
    };
    let confirmed = Confirmed { key: &key, name: &name, step };
    let first = factors::authenticators(&mut tx, account.id).await? == 0;
    totp::add(&mut tx, &app.vault, &app.randomness, account.id, confirmed, now).await?;
    record(&app, &mut tx, account.id, Kind::SecondFactorAdded, Some(FactorKind::Totp)).await?;
    tell(&app, &mut tx, account, FactorNews::Added).await?;
    let started = if first {
        make_codes(&app, &mut tx, owner(&person)).await?;
        Some(visitor::cycle_session(&app, &mut tx, &person).await?)
    } else {
        None
    };
    // Last, since new factors and codes make every browser unknown: whoever guesses elsewhere does not make this one wait.
    if let Some(device) = person.session.device_id {
        devices::note_proof(&mut tx, account.id, device, now).await?;
    }
    tx.commit().await?;
    app.outbox.wake();
    match started {
        Some(started) => {
            started.give();
            redirect(Then::RecoveryCodes.page());
        }
        None => redirect("/account/second-factor?on"),
    }
    Ok(())
}

/// The key that this session is being shown; made when it first asks.
async fn key_for(app: &App, person: &Person) -> Result<Key, AppError> {
    let now = app.clock.now();
    let new = Key::new(&app.randomness, Parameters::of(&app.config.second_factor)).to_bytes();
    let mut tx = app.db.begin().await?;
    let kept = drafts::keep_first(&mut tx, &app.vault, owner(person), Draft::Totp, &new, now).await?;
    tx.commit().await?;
    kept.and_then(|kept| Key::from_bytes(&kept)).ok_or(AppError::Internal)
}

#[component]
pub fn TotpPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    if must_confirm(&app, &person, Then::Totp) {
        return ().into_any();
    }
    let error = refusal::<TurnOnTotp>();
    let page = async move {
        let key = key_for(&app, &person).await?;
        let link = key.link(&app.config.site.name, &person.account.email).ok_or(AppError::Internal)?;
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("totp-title") lead=|| word("totp-text") current=Then::SecondFactor>
                    <Section heading=word("totp-heading")>
                        <Steps key_text=key.grouped() link digits=key.parameters().digits error />
                    </Section>
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::page::loaded(page)
}

#[component]
fn Steps(
    key_text: Zeroizing<String>,
    link: Zeroizing<String>,
    digits: u16,
    #[prop(optional_no_strip)] error: Option<FormError>,
) -> impl IntoView {
    let help = word_with("field-new-code-help", &[("digits", digits.to_string())]);
    view! {
        <Form id="turn-on-totp" action=TurnOnTotp::PATH error>
            <ol class="steps">
                <li>
                    <h3>{word("totp-scan")}</h3>
                    <p class="quiet">{word("totp-scan-text")}</p>
                    <Qr content=link.to_string() label=word("totp-qr-label") />
                    <p class="quiet">{word("totp-key-text")}</p>
                    <p>
                        <code id="totp-key" class="secret">
                            {key_text.to_string()}
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
            <div class="links">
                <PrimaryButton>{word("totp-button")}</PrimaryButton>
                <LinkButton href=Then::SecondFactor.page()>{word("totp-cancel")}</LinkButton>
            </div>
        </Form>
    }
}
