//! Second factors that are going to be removed, and the way to stop that.

use super::WasItYou;
use crate::flows::factor_resets::FactorReset;
use crate::ui::words::word;
use crate::ui::{Fact, Facts, Form, FormError, FrontDoor, Hidden, LinkButton, PrimaryButton, When};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn FactorResetNotice(
    reset: FactorReset,
    now: i64,
    token: String,
    #[prop(optional_no_strip)] error: Option<FormError>,
) -> impl IntoView {
    view! {
        <FrontDoor title=word("factor-reset-title") lead=|| word("factor-reset-text")>
            <Facts>
                <Fact label=word("factor-reset-started")>
                    <When micros=reset.started_at.0 now />
                </Fact>
                <Fact label=word("factor-reset-due")>
                    <When micros=reset.due_at.0 now />
                </Fact>
            </Facts>
            <p>{word("factor-reset-yes")}</p>
            <Form id="was-it-you" action=WasItYou::PATH error>
                <Hidden name="token" value=token />
                <p>{word("factor-reset-no")}</p>
                <PrimaryButton>{word("factor-reset-stop-button")}</PrimaryButton>
            </Form>
        </FrontDoor>
    }
}

/// After it was stopped.
#[component]
pub fn Stopped() -> impl IntoView {
    view! {
        <FrontDoor title=word("factor-reset-stopped-title") lead=|| word("factor-reset-stopped-text")>
            <LinkButton href="/forgot-password" primary=true>
                {word("was-it-you-password")}
            </LinkButton>
            <LinkButton href="/sign-in">{word("sign-in-button")}</LinkButton>
        </FrontDoor>
    }
}
