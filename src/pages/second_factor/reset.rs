//! The removal of somebody's second factors that waits, as its owner sees it when signed in.

use super::take_code;
use crate::base::error::AppError;
use crate::base::secret::Secret;
use crate::base::words::word;
use crate::flows::factor_resets::{self, FactorReset, Stop};
use crate::request::app::App;
use crate::request::page_query::refusal;
use crate::request::visitor;
use crate::ui::{CodeField, Form, Notice, NoticeKind, QuietButton, When};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Stops the removal of the visitor's second factors, with a code of one that counts as the owner's. A thief in the session may have
/// added a factor, which is why its owner asked for the removal; so one that is as new as that stops nothing here, and the link in the
/// letter does. `StopNeedsLetter`.
#[server(prefix = "/form", endpoint = "stop-factor-reset")]
pub async fn stop_factor_reset(#[server(default)] code: Secret) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let account = &person.account;
    let mut tx = visitor::begin(&app, &person).await?;
    if !factor_resets::waits(&mut tx, account.id).await? {
        return Err(AppError::NotFound);
    }
    let known = visitor::known_device(&mut tx, account.id).await?;
    let (mut tx, kind) = take_code(&app, tx, account, known, &code.0).await?;
    if !factor_resets::is_settled(&mut tx, account.id, kind).await? {
        // Undone: the code is as good as before.
        return Err(AppError::StopNeedsLetter);
    }
    if !factor_resets::stop(&app, &mut tx, account.id, Stop::Session).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
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
