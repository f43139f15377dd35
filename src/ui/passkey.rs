use leptos::prelude::*;

use super::form::Hidden;

/// In a form whose answer a passkey gives: the browser half (`improve/passkey.rs`) asks the server
/// at `ask`, then the person's authenticator, and fills the hidden fields in before the form is
/// sent. Without script there are no passkeys, so what needs one is hidden until it has arrived,
/// and `without_script` says why, where scripts are off and where the browser half could not begin
/// (its document then has `data-half="missing"`); `unsupported` does where the browser is too old
/// for them.
#[component]
pub fn PasskeyFields(
    act: &'static str,
    ask: &'static str,
    creates: bool,
    /// Offered by the browser in the field for the name, too, as soon as the page is there.
    #[prop(optional)]
    autofill: bool,
    /// What to say when the person cancelled, took too long, or has no passkey here.
    #[prop(into)]
    cancelled: String,
    /// What to say when the browser or what keeps the passkeys fails.
    #[prop(into)]
    failed: String,
    /// What to say when they can't do what is asked for.
    #[prop(into)]
    impossible: String,
    /// What to say when this authenticator has one already.
    #[prop(into)]
    known: String,
    #[prop(into)] without_script: String,
    #[prop(into)] unsupported: String,
    children: Children,
) -> impl IntoView {
    view! {
        <Hidden name="challenge" value="" />
        <Hidden name="credential" value="" />
        <div
            class="passkey"
            data-passkey=if creates { "create" } else { "get" }
            data-act=act
            data-ask=ask
            data-autofill=autofill
            data-cancelled=cancelled
            data-failed=failed
            data-impossible=impossible
            data-known=known
            hidden
        >
            {children()}
        </div>
        <p class="quiet" data-no-passkeys hidden>
            {unsupported}
        </p>
        <p class="quiet needs-script">{without_script.clone()}</p>
        <noscript>
            <p class="quiet">{without_script}</p>
        </noscript>
    }
}
