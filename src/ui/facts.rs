use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Names and values, one a line: holds [`Fact`]s.
#[component]
pub fn Facts(children: Children) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// A name and its value, and what can be done about it.
#[component]
pub fn Fact(
    #[prop(into)] label: String,
    /// A link or a small form at the end of the line.
    #[prop(optional, into)]
    action: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{children()}</dd>
            {action.run()}
        </div>
    }
}

/// A list of things alike (sessions, messages, next steps): holds [`Item`]s.
#[component]
pub fn Items(children: Children) -> impl IntoView {
    view! { <ul class="items">{children()}</ul> }
}

/// One of the things: an icon, its name, a line about it and what can be done with it.
#[component]
pub fn Item(
    glyph: Glyph,
    /// Its name; a link, where there is more to see.
    #[prop(into)]
    heading: ViewFnOnce,
    #[prop(optional, into)] action: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! {
        <li>
            <Icon glyph />
            <div>
                <p class="item-heading">{heading.run()}</p>
                <div class="quiet">{children()}</div>
            </div>
            {action.run()}
        </li>
    }
}

/// What a list shows when it has nothing to show: why, and what would fill it.
#[component]
pub fn Empty(glyph: Glyph, #[prop(into)] heading: String, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph />
            <p class="item-heading">{heading}</p>
            <p class="quiet">{text}</p>
        </div>
    }
}

/// A word or two that marks a thing among its like: "This device", "Confirmed".
#[component]
pub fn Badge(#[prop(optional)] good: bool, children: Children) -> impl IntoView {
    view! { <span class=if good { "badge good" } else { "badge" }>{children()}</span> }
}
