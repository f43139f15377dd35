//! What every page is served with: the head of its document, its status, and what stands in its
//! place when it can't be shown.

use crate::base::error::AppError;
use crate::request::refused::Message;
use crate::ui::own_path::own_or_home;
use crate::ui::words::{language, word, word_with};
use crate::ui::{Column, FrontDoor, LinkButton, Site, title_of};
use http::StatusCode;
use http::header::LOCATION;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use std::future::Future;

/// What every document begins with.
#[component]
pub fn Head(options: LeptosOptions) -> impl IntoView {
    let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="stylesheet" id="leptos" href=stylesheet />
    }
}

/// Shows a page once its data is there, or why it can't be shown, with the right status.
pub fn loaded<F>(page: F) -> AnyView
where
    F: Future<Output = Result<AnyView, AppError>> + Send + 'static,
{
    let page = Suspend::new(async move {
        match page.await {
            Ok(page) => page,
            Err(error) => {
                set_status(error.status());
                view! { <ErrorPage error /> }.into_any()
            }
        }
    });
    view! { <Suspense>{page}</Suspense> }.into_any()
}

/// Sets the status of the page being rendered.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// Answers the page being rendered with a way to `path` instead.
pub fn lead_to(path: &str) {
    if let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), own_or_home(path).parse()) {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(LOCATION, location);
    }
}

#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_status(StatusCode::NOT_FOUND);
    view! {
        <FrontDoor title=word("not-found-title") lead=|| word("not-found-text")>
            <LinkButton href="/" primary=true>
                {word("not-found-link")}
            </LinkButton>
        </FrontDoor>
    }
}

/// A page that can't be shown.
#[component]
fn ErrorPage(error: AppError) -> impl IntoView {
    view! {
        <FrontDoor title=word("refusal-title") lead=move || error.message()>
            <LinkButton href="">{word("refusal-link")}</LinkButton>
        </FrontDoor>
    }
}

/// Leaves for `href` at another site, `host`, by itself; a document of its own, for there is
/// nothing to wait for.
pub fn leaving_page(options: &LeptosOptions, site: &str, href: String, host: String) -> String {
    let words = Words {
        title: word_with("leaving-title", &[("host", host)]),
        lead: word("leaving-text"),
        link: word("leaving-link"),
    };
    document(options, site, words, href, true)
}

/// The error page as a document of its own, for when the application can't be asked: no script, no
/// database. `back` is the page to try again; empty for the one that was asked for.
pub fn plain_page(options: &LeptosOptions, site: &str, error: AppError, back: String) -> String {
    let words = Words { title: word("refusal-title"), lead: error.message(), link: word("refusal-link") };
    // Empty is no address but the page itself.
    let back = if back.is_empty() { back } else { own_or_home(&back).to_owned() };
    document(options, site, words, back, false)
}

struct Words {
    title: String,
    lead: String,
    link: String,
}

/// A few words and a link to `href`, which `leaves` by itself.
fn document(options: &LeptosOptions, site: &str, words: Words, href: String, leaves: bool) -> String {
    let Words { title, lead, link } = words;
    let (lang, dir) = language();
    Owner::new().with(|| {
        provide_context(Site { name: site.to_owned() });
        let refresh = leaves.then(|| format!("0; url={href}"));
        view! {
            <!DOCTYPE html>
            <html lang=lang dir=dir>
                <head>
                    <Head options=options.clone() />
                    {refresh.map(|content| view! { <meta http-equiv="refresh" content=content /> })}
                    <title>{title_of(&title)}</title>
                </head>
                <body>
                    <Column title lead=Some(ViewFnOnce::from(move || lead))>
                        <LinkButton href primary=leaves>
                            {link}
                        </LinkButton>
                    </Column>
                </body>
            </html>
        }
        .to_html()
    })
}
