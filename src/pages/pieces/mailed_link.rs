//! What is said of a link that comes by mail: where to look for it, and that it is of no use any
//! more.

use crate::base::config::MailTransport;
use crate::base::paths::Then;
use crate::domain::links::LinkToken;
use crate::request::app::App;
use crate::request::document;
use crate::ui::words::word;
use crate::ui::{FrontDoor, LinkButton};
use http::StatusCode;
use leptos::prelude::*;

/// Where mail goes while there is no mail server.
#[component]
pub fn DevelopmentMailboxHint() -> impl IntoView {
    let shown = App::current().is_ok_and(|app| {
        app.config.mail.transport == MailTransport::File && app.config.server.public_url.is_loopback()
    });
    shown.then(|| {
        view! { <p class="quiet">{word("check-mail-dev")} " " <a href="/dev/mail">{word("check-mail-dev-link")}</a></p> }
    })
}

/// What stands behind a link that is unknown, used, voided or too old; `typed` is what came of it.
/// Cut off by a mail program, or without its token for any other reason, it may still be good: then
/// it is not called dead.
#[component]
pub fn LinkExpired(again: &'static str, typed: String, #[prop(optional)] then: Then) -> impl IntoView {
    let (sign_in, again) = (then.sign_in_path(), then.through(again));
    let whole = LinkToken::parse(&typed).is_some();
    document::set_status(if whole { StatusCode::GONE } else { StatusCode::NOT_FOUND });
    let (title, text) = if whole {
        (word("link-expired-title"), word("link-expired-text"))
    } else {
        (word("link-incomplete-title"), word("link-incomplete-text"))
    };
    view! {
        <FrontDoor
            title
            lead=move || text
            below=move || view! { <p><a href=sign_in>{word("back-to-sign-in")}</a></p> }
        >
            <LinkButton href=again primary=true>{word("link-expired-again")}</LinkButton>
        </FrontDoor>
    }
}
