//! Setting up an authenticator app: scan, enter the code it shows, name it.

use super::qr::Qr;
use crate::base::config::AllowedFactor;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::Account;
use crate::domain::devices::DeviceName;
use crate::domain::factors::drafts::Owner;
use crate::domain::factors::policy;
use crate::flows::factor_additions;
use crate::pages::account::AccountPage;
use crate::pages::pieces::landing::lead_to_codes;
use crate::pages::pieces::step_up::{is_led_to_confirm, must_confirm};
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::refusal;
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use crate::ui::words::{word, word_with};
use crate::ui::{CodeField, CopyButton, Field, Form, LinkButton, PrimaryButton, Section};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use zeroize::Zeroizing;

/// Turns on the authenticator app that this session was shown a key for. The first one brings the
/// recovery codes, and leads to them.
#[server(prefix = "/form", endpoint = "turn-on-totp")]
pub async fn turn_on_totp(
    #[server(default)] code: Secret,
    #[server(default)] device_name: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if is_led_to_confirm(&app, &person, Then::Totp).await? {
        return Ok(());
    }
    let name = DeviceName::parse(&device_name)?;
    match factor_additions::add_app(&app.db, &person, &code, &name).await? {
        Some(started) => lead_to_codes(started, &Then::default()),
        None => redirect("/account/second-factor?on"),
    }
    Ok(())
}

/// What the form for an app shows.
pub(super) struct Shown {
    key: Zeroizing<String>,
    link: Zeroizing<String>,
    digits: u16,
}

/// The key that `owner` of `account` is being shown.
pub(super) async fn shown_to(app: &App, account: &Account, owner: Owner) -> Result<Shown, AppError> {
    let key = factor_additions::key_shown(&app.db, owner).await?;
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
        let shown = shown_to(&app, &person.account, person.draft_owner()).await?;
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
