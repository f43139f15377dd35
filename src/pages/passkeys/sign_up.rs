//! Accounts that begin with a passkey instead of a password, and the form that all of them have.

use super::name_or_browser;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::Email;
use crate::flows::passkey_answers::Answer;
use crate::flows::passkey_sign_up::{self, Made};
use crate::pages::passkey_challenge::{Act, PasskeyAnswer};
use crate::pages::pieces::landing;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::ui::words::{reader, word};
use crate::ui::{Form, FormError, Hidden, QuietButton};
use leptos::prelude::*;

/// Ends registration without a password: makes the account with the passkey that the browser has
/// just made for it, signs in and leads to the recovery codes, which are the only other way in, and
/// from there to `then`.
#[server(prefix = "/form", endpoint = "create-account-with-passkey")]
pub async fn create_account_with_passkey(
    #[server(default)] token: Secret,
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    let answer = Answer { challenge: &challenge, credential: &credential };
    let made = Made { answer, name: &name_or_browser(&app, "")?, language: reader().language };
    let started = passkey_sign_up::by_link(&app.db, app.relying_party.as_ref(), &token, made).await?;
    landing::lead_to_codes(started, &Then::parse(&then));
    Ok(())
}

/// As [`create_account_with_passkey`], for installations that gave up checking addresses: one form.
#[server(prefix = "/form", endpoint = "register-with-passkey")]
pub async fn register_with_passkey(
    #[server(default)] email: String,
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] then: String,
) -> Result<(), Refused> {
    let app = App::current()?;
    passkey_sign_up::is_possible_at_once(&app.db)?;
    let email = Email::parse(&email)?;
    let answer = Answer { challenge: &challenge, credential: &credential };
    let made = Made { answer, name: &name_or_browser(&app, "")?, language: reader().language };
    let started = passkey_sign_up::at_once(&app.db, app.relying_party.as_ref(), email, made).await?;
    landing::lead_to_codes(started, &Then::parse(&then));
    Ok(())
}

/// The form for an account without a password, below the one for an account with one.
#[component]
pub fn SignUpWithPasskey(
    id: &'static str,
    action: &'static str,
    act: Act,
    #[prop(optional_no_strip)] error: Option<FormError>,
    /// Of the link that it stands behind.
    #[prop(optional_no_strip)]
    token: Option<String>,
    /// Where it leads in the end.
    #[prop(optional)]
    then: Then,
    /// The ids of fields of the other form that count here as well.
    #[prop(default = "")]
    also: &'static str,
) -> impl IntoView {
    // The address is typed elsewhere, if at all.
    let error = error.map(|error| error.above_a_form_without("email"));
    view! {
        <Form id action error also>
            {token.map(|token| view! { <Hidden name="token" value=token /> })}
            <Hidden name="then" value=then.path() />
            <PasskeyAnswer act>
                <QuietButton>{word("passkey-sign-up-button")}</QuietButton>
                <p class="quiet">{word("passkey-sign-up-text")}</p>
            </PasskeyAnswer>
        </Form>
    }
}
