//! An account that had the reader's address, and has another one.

use super::{WasItYou, lock::WhatHappened};
use crate::base::clock::UnixMicros;
use crate::domain::audit::activity::Entry;
use crate::ui::words::{moment, word, word_with};
use crate::ui::{DangerButton, Form, FormError, FrontDoor, Hidden, LinkButton, Site};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

fn of_site(key: &'static str) -> String {
    word_with(key, &[("site", Site::current().name)])
}

#[component]
pub fn FormerAddressNotice(
    mut entry: Entry,
    /// Until when it is locked already.
    held_until: Option<UnixMicros>,
    now: i64,
    token: String,
    #[prop(optional_no_strip)] error: Option<FormError>,
) -> impl IntoView {
    // Whoever reads this mailbox need not learn the new one.
    (entry.details.was, entry.details.is) = (None, None);
    let act = match held_until {
        Some(until) => {
            let values = [("site", Site::current().name), ("until", moment(until.0).0)];
            view! { <p>{word_with("former-held", &values)}</p> }.into_any()
        }
        None => view! {
            <p>{word("was-it-you-yes")}</p>
            <Form id="was-it-you" action=WasItYou::PATH error>
                <Hidden name="token" value=token />
                <p>{of_site("former-no")}</p>
                <DangerButton>{word("lock-button")}</DangerButton>
            </Form>
        }
        .into_any(),
    };
    view! {
        <FrontDoor title=word("was-it-you-title") lead=|| word("former-text")>
            <WhatHappened entry now />
            {act}
        </FrontDoor>
    }
}

/// After it was locked so.
#[component]
pub fn Held() -> impl IntoView {
    view! {
        <FrontDoor title=word("held-title") lead=|| of_site("held-text")>
            <LinkButton href="/sign-in">{word("held-link")}</LinkButton>
        </FrontDoor>
    }
}
