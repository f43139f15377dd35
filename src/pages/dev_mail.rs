//! The development mailbox: the mails that were written to files, for whoever runs Doorward on
//! their own machine.

use crate::base::config::MailTransport;
use crate::base::error::AppError;
use crate::base::loopback::is_loopback_host;
use crate::domain::mail::mailbox;
use crate::request::app::App;
use crate::request::client_address::Client;
use crate::request::document::{NotFoundPage, loaded};
use crate::ui::own_path::is_own_path;
use crate::ui::words::{word, word_with};
use crate::ui::{Empty, FrontDoor, Glyph, LinkButton, When};
use http::request::Parts;
use leptos::prelude::*;

/// The newest letters, most recent first.
const SHOWN: usize = 20;

/// Letters hold links that let people in. Shown only when listener, peer, Host and public URL are
/// all this machine and no proxy had a hand in the request: a reverse proxy on the same machine
/// would otherwise show them to the world.
fn is_local(app: &App) -> bool {
    let Some(parts) = use_context::<Parts>() else { return false };
    // A proxy that says nothing of itself: nginx asks with HTTP/1.0 and its own idea of the host
    // unless told otherwise.
    if parts.version < http::Version::HTTP_11 {
        return false;
    }
    let client = parts.extensions.get::<Client>().cloned();
    let Some(Client { peer: Some(peer), forwarded: false, host: Some(host), .. }) = client else { return false };
    app.config.mail.transport == MailTransport::File
        && app.config.server.public_url.is_loopback()
        && app.config.server.addr.ip().is_loopback()
        && peer.to_canonical().is_loopback()
        && is_loopback_host(&host)
}

#[component]
pub fn DevMailPage() -> impl IntoView {
    let Some(app) = App::current().ok().filter(is_local) else { return view! { <NotFoundPage /> }.into_any() };
    let page = async move {
        let now = app.clock.now().0;
        let folder = app.mail_folder();
        let mut letters = Vec::new();
        for summary in mailbox::list(&folder).await.into_iter().take(SHOWN) {
            letters.extend(mailbox::read(&folder, &summary.file).await);
        }
        let empty = letters.is_empty();
        let origin = app.config.server.public_url.origin().to_owned();
        Ok::<_, AppError>(
            view! {
                <FrontDoor title=word("dev-mail-title") lead=|| word("dev-mail-text") wide=true>
                    {empty.then(|| view! {
                        <Empty glyph=Glyph::Mail heading=word("dev-mail-empty") text=word("dev-mail-empty-text") />
                    })}
                    {letters.into_iter().map(|letter| view! { <Letter letter origin=origin.clone() now /> }).collect_view()}
                    <LinkButton href="/sign-in">{word("back-to-sign-in")}</LinkButton>
                </FrontDoor>
            }
            .into_any(),
        )
    };
    loaded(page)
}

#[component]
fn Letter(letter: mailbox::Opened, origin: String, now: i64) -> impl IntoView {
    view! {
        <article class="letter">
            <h2>{letter.subject}</h2>
            <p class="quiet">
                {word_with("dev-mail-to", &[("address", letter.to)])} " · " <When micros=letter.at.0 now />
            </p>
            {lines_with_links(&letter.text, &origin)}
        </article>
    }
}

/// A letter's text, each line that is a link of ours clickable. Other lines may be what somebody is
/// called.
fn lines_with_links(text: &str, origin: &str) -> impl IntoView + use<> {
    text.lines()
        .map(|line| {
            let line = line.trim_end().to_owned();
            if line.strip_prefix(origin).is_some_and(is_own_path) {
                let href = line.clone();
                view! { <p><a href=href>{line}</a></p> }.into_any()
            } else {
                view! { <p>{line}</p> }.into_any()
            }
        })
        .collect_view()
}
