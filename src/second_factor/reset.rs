//! The removal of somebody's second factors that waits, as its owner sees it when signed in.

use crate::error::AppError;
use crate::refusal::refusal;
use crate::server::App;
use crate::server::factor_resets::{self, FactorReset, Stop};
use crate::server::visitor;
use crate::ui::{Form, Notice, NoticeKind, QuietButton, When};
use crate::words::word;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Stops the removal of the visitor's second factors. Asks for no recent proof: it only keeps what protects the account.
#[server(prefix = "/form", endpoint = "stop-factor-reset")]
pub async fn stop_factor_reset() -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let mut tx = visitor::begin(&app, &person).await?;
    if !factor_resets::stop(&app, &mut tx, person.account.id, Stop::Session).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    app.outbox.wake();
    redirect("/account?reset-stopped");
    Ok(())
}

/// Says that the removal waits, and offers to stop it.
#[component]
pub fn WaitingReset(reset: FactorReset, now: i64) -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Warning>
            <p>
                {word("factor-reset-banner")} " " <When micros=reset.due_at.0 now /> ". "
                {word("factor-reset-banner-then")}
            </p>
            <Form id="stop-factor-reset" action=StopFactorReset::PATH error={refusal::<StopFactorReset>()}>
                <div class="links">
                    <QuietButton>{word("factor-reset-stop-button")}</QuietButton>
                </div>
            </Form>
        </Notice>
    }
}
