use leptos::prelude::*;

use super::button::{LinkButton, QuietButton};
use super::field::Help;
use super::typed::typed;
use crate::ui::words::word;

/// Chooses what a page shows: a plain form that only asks for the page anew, so that what was
/// chosen can be seen in the address, kept as a bookmark and undone with "back". It holds
/// [`Select`]s.
#[component]
pub fn FilterForm(
    /// The page itself.
    #[prop(into)]
    action: String,
    /// The button's words.
    #[prop(into)]
    button: String,
    children: Children,
) -> impl IntoView {
    // Without `autocomplete` Firefox brings back what was chosen last, beside a page that shows
    // something else.
    view! {
        <form class="filter" method="get" action=action autocomplete="off">
            {children()}
            <QuietButton>{button}</QuietButton>
        </form>
    }
}

/// One of a few: values with their labels. `id` and `name` are the same, so a page has each once.
#[component]
pub fn Select<V>(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    options: Vec<(V, String)>,
    selected: V,
) -> impl IntoView
where
    V: ToString,
{
    // As it was chosen before, where that is one of them.
    let before = typed(name).filter(|before| options.iter().any(|(value, _)| value.to_string() == *before));
    let selected = before.unwrap_or_else(|| selected.to_string());
    let options = options.into_iter().map(|(value, label)| {
        let value = value.to_string();
        let is_selected = value == selected;
        view! {
            <option value=value selected=is_selected>
                {label}
            </option>
        }
    });
    let described_by = (!help.is_empty()).then(|| format!("{name}-help"));
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name aria-describedby=described_by>
                {options.collect_view()}
            </select>
            <Help name text=help />
        </div>
    }
}

/// The way to the pages before and after, for a list that is told newest first.
#[component]
pub fn Pager(
    #[prop(optional_no_strip)] newer: Option<String>,
    #[prop(optional_no_strip)] older: Option<String>,
) -> impl IntoView {
    (newer.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="links" aria-label=word("pager-navigation")>
                {newer.map(|href| view! { <LinkButton href>{word("pager-newer")}</LinkButton> })}
                {older.map(|href| view! { <LinkButton href>{word("pager-older")}</LinkButton> })}
            </nav>
        }
    })
}
