//! The removal of somebody's second factors that waits, as its owner sees it when signed in.

use crate::base::secret::Secret;
use crate::flows::factor_reset_stops;
use crate::flows::factor_resets::FactorReset;
use crate::request::app::App;
use crate::request::page_query::refusal;
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::words::word;
use crate::ui::{CodeField, Form, Notice, NoticeKind, QuietButton, When};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Stops the removal of the visitor's second factors, with a code.
#[server(prefix = "/form", endpoint = "stop-factor-reset")]
pub async fn stop_factor_reset(#[server(default)] code: Secret) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    factor_reset_stops::stop(&app.db, &person, &code).await?;
    redirect("/account?reset-stopped");
    Ok(())
}

/// Says that the removal waits, and offers to stop it.
#[component]
pub fn WaitingReset(
    reset: FactorReset,
    /// Whether there is anything that makes codes.
    by_code: bool,
    now: i64,
) -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Warning>
            <p>
                {word("factor-reset-banner")} " " <When micros=reset.due_at.0 now /> ". "
                {word("factor-reset-banner-then")}
            </p>
            {by_code
                .then(|| {
                    view! {
                        <Form id="stop-factor-reset" action=StopFactorReset::PATH error={refusal::<StopFactorReset>()}>
                            <CodeField name="code" label=word("field-code") help=word("factor-reset-code-help") />
                            <div class="links">
                                <QuietButton>{word("factor-reset-stop-button")}</QuietButton>
                            </div>
                        </Form>
                    }
                })}
        </Notice>
    }
}
