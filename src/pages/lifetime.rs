//! How long the session in use still lasts: told before it ends, on every page of somebody signed
//! in.

use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor::{self, STATE_PATH, Visitor};
use crate::ui::words::{how_long, word, word_with};
use crate::ui::{Form, Glyph, Icon, Notice, NoticeKind, QuietButton, When};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::time::Duration;

/// Somebody is still there: that this was asked is the use that lengthens the session, up to its
/// absolute time.
#[server(prefix = "/form", endpoint = "stay-signed-in")]
pub async fn stay_signed_in() -> Result<(), Refused> {
    visitor::signed_in()?;
    Ok(())
}

/// The reminder on a shared computer, and the notice that the browser half shows five minutes
/// before the end. Without script the next page says that the session has ended.
#[component]
pub fn Lifetime() -> impl IntoView {
    let Some(person) = Visitor::current().person().cloned() else { return ().into_any() };
    let Ok(app) = App::current() else { return ().into_any() };
    let session = &person.session;
    let now = app.clock.now();
    let millis = |at: i64| ((at - now.0) / 1000).to_string();
    let idle = how_long(Duration::from_micros(session.idle_micros.unsigned_abs()));
    let shared = session.shared.then(|| {
        view! {
            <div class="stays">
                <Notice kind=NoticeKind::Warning>{word("lifetime-shared")}</Notice>
            </div>
        }
    });
    view! {
        {shared}
        <div
            class="notice warning lifetime stays"
            role="status"
            data-session=STATE_PATH
            data-left=millis(session.ends_at.0)
            data-longest=millis(session.expires_at.0)
            hidden
        >
            <Icon glyph=Glyph::Clock />
            <div data-because="idle" hidden>
                <p>
                    {word_with("lifetime-idle", &[("time", idle)])} " " <Countdown />
                </p>
                <Form id="stay-signed-in" action=StaySignedIn::PATH in_place=true>
                    <QuietButton>{word("lifetime-stay")}</QuietButton>
                </Form>
            </div>
            <div data-because="longest" hidden>
                <p>{word("lifetime-longest")} " " <Countdown /></p>
            </div>
        </div>
    }
    .into_any()
}

/// When a session ends by itself, in the same words wherever it is told: once it has not been used
/// for its idle time, and at the latest when no use lengthens it any more. Times are microseconds
/// since the Unix epoch.
#[component]
pub fn Ends(ends_at: i64, expires_at: i64, now: i64) -> impl IntoView {
    let at_the_latest = (expires_at > ends_at)
        .then(|| view! { " " {word("ends-or-at-the-latest")} " " <When micros=expires_at now /> });
    view! {
        <When micros=ends_at now />
        {at_the_latest}
    }
}

/// Minutes and seconds. Not for screen readers, which would read out each of them: the sentence
/// before says five minutes.
#[component]
fn Countdown() -> impl IntoView {
    view! { <span class="countdown" aria-hidden="true" data-countdown></span> }
}
