use leptos::prelude::*;

use super::form::{ErrorText, FormError};
use super::icon::{Glyph, Icon};
use super::typed::{ticked, typed};
use crate::ui::words::word;

/// What a field is told about the last try of its form.
struct Verdict {
    error: String,
    autofocus: bool,
}

impl Verdict {
    /// The field to change takes the focus, from the one that would have it otherwise.
    fn of(name: &str, autofocus: bool) -> Self {
        match use_context::<FormError>() {
            Some(FormError { field: Some(field), message }) if field == name => {
                Self { error: message, autofocus: true }
            }
            Some(FormError { field: Some(_), .. }) => Self { error: String::new(), autofocus: false },
            _ => Self { error: String::new(), autofocus },
        }
    }

    fn aria_invalid(&self) -> Option<&'static str> {
        (!self.error.is_empty()).then_some("true")
    }
}

/// The texts that explain a field: its help, if there is one, and its error, which may come later.
fn described_by(name: &str, help: &str) -> String {
    if help.is_empty() { format!("{name}-error") } else { format!("{name}-help {name}-error") }
}

#[component]
pub(super) fn Help(name: &'static str, text: String) -> impl IntoView {
    (!text.is_empty()).then(|| {
        view! {
            <p id=format!("{name}-help") class="help">
                {text}
            </p>
        }
    })
}

/// Around an input: label, input, help, error, in that order. `id` and `name` are the same, so a
/// page has each once.
#[component]
fn Frame(
    name: &'static str,
    label: String,
    help: String,
    error: String,
    #[prop(default = "field")] class: &'static str,
    /// What is said while somebody types.
    #[prop(optional, into)]
    meter: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=class>
            <label for=name>{label}</label>
            {children()}
            <Help name text=help />
            {meter.run()}
            <ErrorText id=format!("{name}-error") class="field-error" text=error />
        </div>
    }
}

/// A line of text.
#[component]
pub fn Field(
    name: &'static str,
    #[prop(into)] label: String,
    /// The input's `type`: text, email, …
    #[prop(default = "text")]
    kind: &'static str,
    autocomplete: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: String,
    /// In characters.
    #[prop(optional)]
    max_length: Option<u32>,
    #[prop(optional)] optional: bool,
    /// The cursor starts here; at most one field a page. A field with an error takes it anyway.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let verdict = Verdict::of(name, autofocus);
    let (aria_invalid, described_by) = (verdict.aria_invalid(), described_by(name, &help));
    let value = typed(name).unwrap_or(value);
    view! {
        <Frame name label help error=verdict.error>
            <input
                id=name
                name=name
                type=kind
                dir=(kind == "email").then_some("ltr")
                value=(!value.is_empty()).then_some(value)
                autocomplete=autocomplete
                autocapitalize=if autocomplete == "name" { "words" } else { "none" }
                spellcheck="false"
                maxlength=max_length
                required=!optional
                autofocus=verdict.autofocus
                aria-invalid=aria_invalid
                aria-describedby=described_by
            />
        </Frame>
    }
}

/// A code that works once. One large field, whatever the groups in which it is written.
#[component]
pub fn CodeField(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    /// Digits alone: a phone shows its number pad.
    #[prop(optional)]
    numeric: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let verdict = Verdict::of(name, autofocus);
    let (aria_invalid, described_by) = (verdict.aria_invalid(), described_by(name, &help));
    view! {
        <Frame name label help error=verdict.error class="field code">
            <input
                id=name
                name=name
                type="text"
                dir="ltr"
                inputmode=if numeric { "numeric" } else { "text" }
                autocomplete="one-time-code"
                autocapitalize="characters"
                spellcheck="false"
                maxlength="64"
                required
                autofocus=verdict.autofocus
                aria-invalid=aria_invalid
                aria-describedby=described_by
            />
        </Frame>
    }
}

/// A password. It is never given a value: what was typed does not come back from the server.
#[component]
pub fn PasswordField(
    name: &'static str,
    #[prop(into)] label: String,
    /// `current-password` or `new-password`: what a password manager offers.
    autocomplete: &'static str,
    #[prop(optional, into)] help: String,
    /// In characters; a hint to password managers, the server decides.
    #[prop(optional)]
    min_length: Option<u16>,
    #[prop(optional)] autofocus: bool,
    /// A link at the end of the label's line; it comes after the input in the tab order.
    #[prop(optional, into)]
    aside: Option<ViewFnOnce>,
    /// Where what is typed is judged; the words that come back stand below the field.
    #[prop(optional_no_strip)]
    meter: Option<&'static str>,
) -> impl IntoView {
    let verdict = Verdict::of(name, autofocus);
    let (aria_invalid, described_by) = (verdict.aria_invalid(), described_by(name, &help));
    let meter_words = move || meter.map(|_| view! { <p id=format!("{name}-meter") class="meter" role="status"></p> });
    view! {
        <Frame name label help error=verdict.error meter=meter_words>
            <div class="password">
                <input
                    id=name
                    name=name
                    type="password"
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    minlength=min_length
                    data-meter=meter
                    required
                    autofocus=verdict.autofocus
                    aria-invalid=aria_invalid
                    aria-describedby=described_by
                />
                <Reveal field=name />
            </div>
            {aside.map(|aside| view! { <p class="aside">{aside.run()}</p> })}
        </Frame>
    }
}

/// Shows the password while it is pressed in. Useless without script, so it is hidden until the
/// island has arrived.
#[component]
fn Reveal(field: &'static str) -> impl IntoView {
    view! {
        <button class="reveal" type="button" aria-controls=field aria-pressed="false" hidden>
            <Icon glyph=Glyph::Eye />
            <span class="visually-hidden">{word("password-reveal")}</span>
        </button>
    }
}

/// A choice that is on or off. Sends `on` or nothing.
#[component]
pub fn CheckBox(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    #[prop(optional)] checked: bool,
    /// The name of a choice that can't be on together with this one; the browser half sees to it,
    /// the server decides.
    #[prop(optional)]
    excludes: Option<&'static str>,
) -> impl IntoView {
    let described_by = (!help.is_empty()).then(|| format!("{name}-help"));
    let checked = ticked(name, checked);
    view! {
        <div class="check">
            <input
                id=name
                name=name
                type="checkbox"
                value="on"
                checked=checked
                data-excludes=excludes
                aria-describedby=described_by
            />
            <label for=name>{label}</label>
            <Help name text=help />
        </div>
    }
}
