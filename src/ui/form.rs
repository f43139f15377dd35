use leptos::context::Provider;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::ui::words::word;

/// Why the server did not accept a form, in words for the person who sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormError {
    /// The `name` of the field to change. The form must have that field; without one, the words
    /// stand above the form.
    pub field: Option<&'static str>,
    pub message: String,
}

impl FormError {
    /// The same words above the form, should they be about a field that it does not have.
    #[must_use]
    pub fn above_a_form_without(self, name: &str) -> Self {
        Self { field: self.field.filter(|field| *field != name), ..self }
    }
}

/// The form every page uses: a plain HTML form that works without script and that
/// [`super::improve`] sends without a reload. Its [`Field`](super::Field)s show `error` when it is
/// theirs.
///
/// `novalidate`: what is wrong is said by the server, once, in the same words with and without
/// script, instead of by each browser in its own way.
#[component]
pub fn Form(
    /// Unique on the page; its alert is `{id}-error`.
    #[prop(into)]
    id: String,
    /// Where the form is posted: a server function's URL, on this site.
    #[prop(into)]
    action: String,
    /// What was wrong with the last try, when it was made without script.
    #[prop(optional_no_strip)]
    error: Option<FormError>,
    /// When it was accepted the page stays as it is, with all that was typed elsewhere on it.
    #[prop(optional)]
    in_place: bool,
    /// The ids of fields of other forms that count for this one as well, with spaces between them;
    /// with script only.
    #[prop(optional)]
    also: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let error = error.unwrap_or_default();
    let own = if error.field.is_none() { error.message.clone() } else { String::new() };
    view! {
        <Provider value=error>
            <form
                id=id.clone()
                class="form"
                method="post"
                action=action
                novalidate
                data-offline=word("form-offline")
                data-in-place=in_place
                data-also=also
            >
                <ErrorText id=format!("{id}-error") class="form-error notice danger" text=own />
                {children()}
            </form>
        </Provider>
    }
}

/// A value the form carries along unseen. Whoever sends the form can change it: the server trusts
/// it no more than a field.
#[component]
pub fn Hidden(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

/// An error in words. Always in the document, so that the browser half only has to fill it: a live
/// region that is added together with its text is not announced by every screen reader.
#[component]
pub(super) fn ErrorText(id: String, class: &'static str, text: String) -> impl IntoView {
    let hidden = text.is_empty();
    view! {
        <p id=id class=class role="alert" hidden=hidden>
            <Icon glyph=Glyph::Alert />
            <span>{text}</span>
        </p>
    }
}
