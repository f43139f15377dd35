use leptos::prelude::*;
use leptos_meta::Title;

use super::button::PlainButton;
use super::form::Form;
use super::icon::{Glyph, Icon, Mark};
use super::improve::Improve;
use super::language::LanguageSwitch;
use crate::ui::words::word;

/// Whose pages these are. The app provides it as context; without it (the route list is made
/// without a request) the pages carry the product's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub name: String,
}

impl Site {
    /// The site the page being rendered belongs to.
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self { name: "Doorward".to_owned() })
    }
}

/// What the browser's tab says of a page.
pub fn title_of(page: &str) -> String {
    format!("{page} · {}", Site::current().name)
}

/// leptos_meta writes its text into the document as it is: a name with `</title>` in it would go on
/// as markup.
#[component]
fn PageTitle(text: String) -> impl IntoView {
    let text = title_of(&text).replace('&', "&amp;").replace('<', "&lt;");
    view! { <Title text /> }
}

#[component]
fn SkipLink() -> impl IntoView {
    view! {
        <a class="skip-link" href="#main">
            {word("skip-to-content")}
        </a>
    }
}

#[component]
fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <Mark />
            <span>{Site::current().name}</span>
        </a>
    }
}

/// The page of somebody who is not signed in: one narrow column, and nothing that competes with
/// what it asks.
#[component]
pub fn FrontDoor(
    /// The page's one `h1`, and its title.
    #[prop(into)]
    title: String,
    /// A sentence below the heading.
    #[prop(optional, into)]
    lead: Option<ViewFnOnce>,
    /// Where else to go, below the card.
    #[prop(optional, into)]
    below: Option<ViewFnOnce>,
    /// As wide as an account page, for what has more to show than a form.
    #[prop(optional)]
    wide: bool,
    /// The form whose fields stay filled in when another language is chosen.
    #[prop(optional)]
    keeps: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <PageTitle text=title.clone() />
        <Column title lead below languages=move || view! { <LanguageSwitch keeps /> } wide children />
        <Improve />
    }
}

/// The front door's column alone, for a document that has neither script nor application behind it.
#[component]
pub fn Column(
    #[prop(into)] title: String,
    #[prop(optional_no_strip, into)] lead: Option<ViewFnOnce>,
    #[prop(optional_no_strip, into)] below: Option<ViewFnOnce>,
    /// The choice of another language.
    #[prop(optional, into)]
    languages: ViewFnOnce,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=if wide { "front-door wide" } else { "front-door" }>
            <SkipLink />
            <header>
                <Brand />
            </header>
            <main id="main" class="card">
                <h1>{title}</h1>
                {lead.map(|lead| view! { <p class="lead">{lead.run()}</p> })}
                {children()}
            </main>
            <footer>{below.map(ViewFnOnce::run)} {languages.run()}</footer>
        </div>
    }
}

/// A page of the account's navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    pub href: &'static str,
    pub label: String,
    pub glyph: Glyph,
}

/// The page of somebody who is signed in: navigation beside the content, or above it on a narrow
/// screen.
#[component]
pub fn AccountFrame(
    /// The page's one `h1`, and its title.
    #[prop(into)]
    title: String,
    /// A sentence below the heading.
    #[prop(optional, into)]
    lead: Option<ViewFnOnce>,
    /// The `href` of the navigation item this page belongs to.
    current: &'static str,
    nav: Vec<NavItem>,
    /// The name or address of the person, so that it is plain whose account this is.
    #[prop(into)]
    person: String,
    /// Where signing out is posted.
    #[prop(into)]
    sign_out: String,
    /// What is to be seen on every page, above its heading.
    #[prop(optional, into)]
    notices: ViewFnOnce,
    /// Wider, for tables.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let items = nav.into_iter().map(|NavItem { href, label, glyph }| {
        let here = (href == current).then_some("page");
        view! {
            <li>
                <a href=href aria-current=here>
                    <Icon glyph />
                    {label}
                </a>
            </li>
        }
    });
    view! {
        <PageTitle text=title.clone() />
        <div class=if wide { "account-frame wide" } else { "account-frame" }>
            <SkipLink />
            <header class="top-bar">
                <Brand />
                <span class="person">
                    <bdi>{person}</bdi>
                </span>
                <Form id="sign-out" action=sign_out>
                    <PlainButton>{word("sign-out-button")}</PlainButton>
                </Form>
            </header>
            <nav aria-label=word("account-navigation")>
                <ul>{items.collect_view()}</ul>
            </nav>
            <main id="main">
                {notices.run()}
                <h1>{title}</h1>
                {lead.map(|lead| view! { <p class="lead">{lead.run()}</p> })}
                {children()}
            </main>
        </div>
        <Improve />
    }
}

/// A quiet card about one subject: heading, one sentence, what there is to see, and what can be
/// done about it.
#[component]
pub fn Section(
    #[prop(into)] heading: String,
    #[prop(optional, into)] text: String,
    /// Stands at the end of the heading's line: a link or a small form.
    #[prop(optional, into)]
    action: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card section">
            <header>
                <div>
                    <h2>{heading}</h2>
                    {(!text.is_empty()).then(|| view! { <p class="quiet">{text}</p> })}
                </div>
                {action.run()}
            </header>
            {children()}
        </section>
    }
}
