use super::form::Hidden;
use leptos::prelude::*;

/// The one filled button of a page: sends the form it stands in and says what happens then.
#[component]
pub fn PrimaryButton(children: Children) -> impl IntoView {
    view! {
        <button class="button primary" type="submit">
            {children()}
        </button>
    }
}

/// Sends a form whose act is not the main one of the page.
#[component]
pub fn QuietButton(children: Children) -> impl IntoView {
    view! {
        <button class="button" type="submit">
            {children()}
        </button>
    }
}

/// [`PrimaryButton`] where its form is `filled`, the one that comes first on the page; else
/// [`QuietButton`].
#[component]
pub fn SubmitButton(filled: bool, children: Children) -> impl IntoView {
    if filled {
        view! { <PrimaryButton>{children()}</PrimaryButton> }.into_any()
    } else {
        view! { <QuietButton>{children()}</QuietButton> }.into_any()
    }
}

/// Leads to `page`, which asks there about what `name` and `value` say. Changes nothing yet.
#[component]
pub fn AskButton(
    page: &'static str,
    name: &'static str,
    #[prop(into)] value: String,
    children: Children,
) -> impl IntoView {
    view! {
        <form method="get" action=page>
            <Hidden name value />
            <QuietButton>{children()}</QuietButton>
        </form>
    }
}

/// Sends a form that has several of its like, and says which one was meant.
#[component]
pub fn ChoiceButton(
    name: &'static str,
    #[prop(into)] value: String,
    /// The id of what it is about, for who hears the button alone.
    #[prop(optional, into)]
    described_by: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <button class="button" type="submit" name=name value=value aria-describedby=described_by>
            {children()}
        </button>
    }
}

/// Sends a form that must not draw the eye: signing out, or the second of two acts.
#[component]
pub fn PlainButton(
    /// Where a form has two buttons: sent as `on` when it was this one.
    #[prop(optional)]
    name: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <button class="button plain" type="submit" name=name value=name.map(|_| "on")>
            {children()}
        </button>
    }
}

/// Sends a form whose act can't be taken back. The page around it names what is lost.
#[component]
pub fn DangerButton(children: Children) -> impl IntoView {
    view! {
        <button class="button danger" type="submit">
            {children()}
        </button>
    }
}

/// A link as large as a button: goes somewhere and changes nothing.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    /// Filled like the primary button, where going there is the one thing to do.
    #[prop(optional)]
    primary: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=if primary { "button primary" } else { "button" } href=href>
            {children()}
        </a>
    }
}

/// Copies what an element says. Useless without script, so it is hidden until the island has
/// arrived.
#[component]
pub fn CopyButton(
    /// The element's id.
    of: &'static str,
    #[prop(into)] label: String,
    /// What it says afterwards.
    #[prop(into)]
    done: String,
) -> impl IntoView {
    view! {
        <button class="button" type="button" data-copy=of data-done=done hidden>
            <span aria-live="polite">{label}</span>
        </button>
    }
}

/// Prints the page; `style/print.css` says what of it. Hidden like [`CopyButton`].
#[component]
pub fn PrintButton(#[prop(into)] label: String) -> impl IntoView {
    view! {
        <button class="button" type="button" data-print hidden>
            {label}
        </button>
    }
}
