//! What was done to the second factors of an account, and the way to lock it.

use super::WasItYou;
use crate::base::user_agent;
use crate::domain::audit::activity::Entry;
use crate::pages::wording::sentence;
use crate::ui::words::{reader, word};
use crate::ui::{DangerButton, Fact, Facts, Form, FormError, FrontDoor, Hidden, LinkButton, When};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn LockNotice(
    entry: Entry,
    /// Whether the account is locked already.
    locked: bool,
    now: i64,
    token: String,
    #[prop(optional_no_strip)] error: Option<FormError>,
) -> impl IntoView {
    view! {
        <FrontDoor title=word("was-it-you-title") lead=|| word("lock-text")>
            <WhatHappened entry now />
            {if locked {
                view! {
                    <p>{word("lock-locked")}</p>
                    <LinkButton href="/forgot-password" primary=true>
                        {word("was-it-you-password")}
                    </LinkButton>
                }
                    .into_any()
            } else {
                view! {
                    <p>{word("was-it-you-yes")}</p>
                    <Form id="was-it-you" action=WasItYou::PATH error>
                        <Hidden name="token" value=token />
                        <p>{word("lock-no")}</p>
                        <DangerButton>{word("lock-button")}</DangerButton>
                    </Form>
                }
                    .into_any()
            }}
        </FrontDoor>
    }
}

#[component]
pub(super) fn WhatHappened(entry: Entry, now: i64) -> impl IntoView {
    let what = sentence(&entry.kind, &entry.details);
    // Nobody asked for what happens by itself.
    let device = entry.details.device.map(|agent| {
        view! { <Fact label=word("overview-device")>{user_agent::describe(&reader(), &agent)}</Fact> }
    });
    let address = entry.details.address.map(|address| {
        view! { <Fact label=word("overview-address")>{address}</Fact> }
    });
    view! {
        <Facts>
            <Fact label=word("lock-what")>{what}</Fact>
            {device}
            {address}
            <Fact label=word("lock-when")>
                <When micros=entry.at.0 now />
            </Fact>
        </Facts>
    }
}
