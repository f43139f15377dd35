//! A sign-in that waits no more.

use crate::base::paths::Then;
use crate::request::document::lead_to;
use crate::request::visitor::{self, Visitor};
use crate::ui::words::word;
use crate::ui::{FrontDoor, LinkButton};
use leptos::prelude::*;
use leptos_axum::redirect;

/// The sign-in waits no more, or never began in this browser. Of two posts of one code the other
/// one may have signed in here: the beginning leads whoever is signed in on to `then`.
///
/// The cookie stays, of no use: without any the browser would look there like one that keeps none.
pub fn begin_anew(then: &Then) {
    redirect(&then.through("/sign-in?too-late"));
}

/// The sign-in waits no more: there is only its beginning. It is finished where somebody is signed
/// in, so they go on.
#[component]
pub fn TooLate() -> impl IntoView {
    if Visitor::current().person().is_some() {
        lead_to(Then::default().page());
        return ().into_any();
    }
    let lead = if visitor::keeps_no_cookies() { word("cookies-needed") } else { word("second-factor-late-text") };
    view! {
        <FrontDoor title=word("second-factor-late-title") lead=move || lead>
            <LinkButton href="/sign-in" primary=true>
                {word("sign-in-button")}
            </LinkButton>
        </FrontDoor>
    }
    .into_any()
}
