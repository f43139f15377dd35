//! The question before a factor is turned off, which depends on what the account is left with.

use super::acts::TurnOffTotp;
use super::name_of;
use crate::base::paths::Then;
use crate::base::words::{word, word_with};
use crate::domain::accounts::Account;
use crate::domain::factors::policy;
use crate::domain::factors::totp::Authenticator;
use crate::pages::registration::{NewPasswordField, OwnerOfPassword};
use crate::request::app::App;
use crate::request::page_query::refusal;
use crate::ui::{DangerButton, Form, Hidden, LinkButton, Section};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What turning a factor off means for the account.
#[derive(Clone, Debug)]
pub enum Off {
    OneOfSeveral,
    Last,
    /// The policy asks for a second factor.
    LastAndRequired,
    /// The password of this address, too short to stand alone, is replaced by one of so many characters.
    LastOfShortPassword {
        email: String,
        minimum: u16,
    },
}

impl Off {
    pub fn of(app: &App, account: &Account, last: bool) -> Self {
        if !last {
            Self::OneOfSeveral
        } else if policy::covers(&app.config.second_factor, account.role) {
            Self::LastAndRequired
        } else if account.password_stands_alone {
            Self::Last
        } else {
            Self::LastOfShortPassword { email: account.email.to_string(), minimum: app.config.password.minimum }
        }
    }
}

/// The field for the password that is to stand alone; nothing where the old one can.
#[component]
pub fn InPlaceOfShortPassword(off: Off) -> impl IntoView {
    let Off::LastOfShortPassword { email, minimum } = off else { return ().into_any() };
    view! {
        <OwnerOfPassword name=email />
        <NewPasswordField minimum autofocus=true />
    }
    .into_any()
}

#[component]
pub(super) fn OffQuestion(authenticator: Authenticator, off: Off) -> impl IntoView {
    let heading = word_with("factor-off-heading", &[("name", name_of(&authenticator))]);
    let text = match off {
        Off::OneOfSeveral => word("factor-off-text"),
        Off::Last => word("factor-off-last-text"),
        Off::LastOfShortPassword { .. } => word("factor-off-short-text"),
        Off::LastAndRequired => {
            return view! {
                <Section heading text=word("factor-off-required-text")>
                    <LinkButton href=Then::SecondFactor.page()>{word("factor-keep")}</LinkButton>
                </Section>
            }
            .into_any();
        }
    };
    view! {
        <Section heading text>
            <Form id="turn-off" action=TurnOffTotp::PATH error={refusal::<TurnOffTotp>()}>
                <Hidden name="authenticator" value=authenticator.id.0.to_string() />
                <InPlaceOfShortPassword off />
                <div class="links">
                    <DangerButton>{word("factor-off-button")}</DangerButton>
                    <LinkButton href=Then::SecondFactor.page()>{word("factor-keep")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
    .into_any()
}
