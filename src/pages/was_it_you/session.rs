//! A session that began in an unknown browser.

use super::WasItYou;
use crate::base::user_agent;
use crate::domain::sessions::list::Told;
use crate::ui::words::{reader, word};
use crate::ui::{Badge, DangerButton, Fact, Facts, Form, FormError, FrontDoor, Hidden, LinkButton, When};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn SessionNotice(
    told: Told,
    now: i64,
    token: String,
    #[prop(optional_no_strip)] error: Option<FormError>,
) -> impl IntoView {
    let live = told.live;
    view! {
        <FrontDoor title=word("was-it-you-title") lead=|| word("was-it-you-text")>
            <TheSession told now />
            <p>{word("was-it-you-yes")}</p>
            {if live {
                view! { <EndIt token error /> }.into_any()
            } else {
                view! {
                    <SayIt token error />
                    <LinkButton href="/forgot-password">
                        {word("was-it-you-password")}
                    </LinkButton>
                }
                    .into_any()
            }}
        </FrontDoor>
    }
}

#[component]
fn TheSession(told: Told, now: i64) -> impl IntoView {
    let (device, address, started_at) =
        (user_agent::describe(&reader(), &told.user_agent), told.address, told.started_at.0);
    view! {
        <Facts>
            <Fact label=word("overview-device")>{device}</Fact>
            <Fact label=word("overview-address")>{address}</Fact>
            <Fact label=word("overview-signed-in")>
                <When micros=started_at now /> " "
                <Badge>{if told.live { word("was-it-you-on") } else { word("was-it-you-over") }}</Badge>
            </Fact>
        </Facts>
    }
}

/// Who was in may have added something and gone again.
#[component]
fn SayIt(token: String, #[prop(optional_no_strip)] error: Option<FormError>) -> impl IntoView {
    view! {
        <Form id="was-it-you" action=WasItYou::PATH error>
            <Hidden name="token" value=token />
            <p>{word("was-it-you-over-no")}</p>
            <DangerButton>{word("was-it-you-over-button")}</DangerButton>
        </Form>
    }
}

#[component]
fn EndIt(token: String, #[prop(optional_no_strip)] error: Option<FormError>) -> impl IntoView {
    view! {
        <Form id="was-it-you" action=WasItYou::PATH error>
            <Hidden name="token" value=token />
            <p>{word("was-it-you-no")}</p>
            <DangerButton>{word("was-it-you-button")}</DangerButton>
        </Form>
    }
}
