//! Signing out.

use crate::request::app::App;
use crate::request::page_query::refusal;
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use crate::ui::words::word;
use crate::ui::{Form, FrontDoor, LinkButton, PrimaryButton};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Ends the session in use. Always succeeds for the visitor: there is nothing left to sign out of.
#[server(prefix = "/form", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), Refused> {
    let app = App::current()?;
    visitor::sign_out(&app).await?;
    redirect("/sign-in?signed-out");
    Ok(())
}

#[component]
pub fn SignOutPage() -> impl IntoView {
    if Visitor::current().cookie_holder().is_none() {
        return view! {
            <FrontDoor title=word("sign-out-title") lead=|| word("sign-in-after-sign-out")>
                <LinkButton href="/sign-in" primary=true>
                    {word("sign-in-button")}
                </LinkButton>
            </FrontDoor>
        }
        .into_any();
    }
    view! {
        <FrontDoor title=word("sign-out-title") lead=|| word("sign-out-text")>
            <Form id="sign-out" action=SignOut::PATH error={refusal::<SignOut>()}>
                <PrimaryButton>{word("sign-out-button")}</PrimaryButton>
            </Form>
            <LinkButton href="/account">{word("sign-out-stay")}</LinkButton>
        </FrontDoor>
    }
    .into_any()
}
