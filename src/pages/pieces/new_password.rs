//! The fields in which somebody chooses a password.

use crate::pages::password_strength::meter;
use crate::ui::PasswordField;
use crate::ui::words::{word, word_with};
use leptos::prelude::*;

/// The field for a new password, with its rule.
#[component]
pub fn NewPasswordField(minimum: u16, #[prop(optional)] autofocus: bool) -> impl IntoView {
    view! {
        <PasswordField
            name="new_password"
            label=word("field-new-password")
            autocomplete="new-password"
            min_length=minimum
            help=word_with("field-new-password-help", &[("minimum", minimum.to_string())])
            autofocus
            meter=meter()
        />
    }
}

/// Tells password managers whose password is being made; nobody sees it and the server does not
/// read it.
#[component]
pub fn OwnerOfPassword(name: String) -> impl IntoView {
    view! { <input type="text" name="username" autocomplete="username" value=name readonly hidden /> }
}
