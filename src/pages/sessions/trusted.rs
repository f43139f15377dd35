//! The browsers in which the person's password alone signs in, with a live session or without one.

use super::StopTrusting;
use crate::base::user_agent;
use crate::domain::devices::DeviceId;
use crate::domain::devices::trusted::{self, TrustedBrowser};
use crate::flows::acting::Person;
use crate::request::app::App;
use crate::ui::words::{reader, word};
use crate::ui::{Badge, Form, Glyph, Hidden, Item, Items, QuietButton, Section, When};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Those of `person`; none where browsers can't be trusted.
pub(super) async fn of_person(app: &App, person: &Person) -> Result<Vec<TrustedBrowser>, sqlx::Error> {
    match trusted::span(&app.config.second_factor) {
        Some(span) => trusted::of_account(&app.db, person.account.id, span, app.clock.now()).await,
        None => Ok(Vec::new()),
    }
}

/// Nothing at all where there are none.
#[component]
pub(super) fn Trusted(
    browsers: Vec<TrustedBrowser>,
    /// The device in use.
    here: Option<DeviceId>,
    now: i64,
) -> impl IntoView {
    (!browsers.is_empty()).then(move || {
        let rows = browsers.into_iter().map(move |browser| {
            let here = here == Some(browser.device_id);
            view! { <Row browser here now /> }
        });
        view! {
            <Section heading=word("trusted-heading") text=word("trusted-text")>
                <Items>{rows.collect_view()}</Items>
            </Section>
        }
    })
}

#[component]
fn Row(browser: TrustedBrowser, here: bool, now: i64) -> impl IntoView {
    let TrustedBrowser { device_id, name, user_agent, created_at, expires_at } = browser;
    let described = user_agent::describe(&reader(), &user_agent);
    let glyph = if user_agent::is_phone(&user_agent) { Glyph::Phone } else { Glyph::Device };
    let title = name.clone().unwrap_or_else(|| described.clone());
    let id = device_id.0.to_string();
    let form_id = format!("stop-trusting-{id}");
    let badge = here.then(|| view! { <Badge good=true>{word("sessions-this-device")}</Badge> });
    view! {
        <Item
            glyph
            heading=move || view! { {title} " " {badge} }
            action=move || {
                view! {
                    <Form id=form_id action=StopTrusting::PATH>
                        <Hidden name="browser" value=id />
                        <QuietButton>{word("trusted-stop-button")}</QuietButton>
                    </Form>
                }
            }
        >
            {name.is_some().then(|| view! { <p>{described}</p> })}
            <p>
                {word("trusted-since")} " " <When micros=created_at.0 now /> " · " {word("trusted-until")} " "
                <When micros=expires_at.0 now />
            </p>
        </Item>
    }
}
