//! The question before a factor is turned off, which depends on what the account is left with.

use super::acts::TurnOffTotp;
use super::name_of;
use crate::base::paths::Then;
use crate::domain::factors::totp::Authenticator;
use crate::pages::pieces::factors::{InPlaceOfShortPassword, Off};
use crate::request::page_query::refusal;
use crate::ui::words::{word, word_with};
use crate::ui::{DangerButton, Form, Hidden, LinkButton, Section};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

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
