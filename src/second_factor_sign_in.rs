//! The second step of a sign-in, where the account has a second factor.

use crate::error::AppError;
use crate::page::lead_to;
use crate::refusal::refusal;
use crate::second_factor::{note_right, note_wrong};
use crate::server::App;
use crate::server::accounts;
use crate::server::factors;
use crate::server::pending::{self, Stage};
use crate::server::visitor;
use crate::sign_in::finish;
use crate::ui::{CodeField, Form, FrontDoor, LinkButton, PrimaryButton};
use crate::words::word;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Takes a code of the account whose password this browser gave within the last ten minutes, and starts the session. Of two requests
/// with one code exactly one succeeds. A sign-in that waits no more leads back to its beginning.
#[server(prefix = "/form", endpoint = "second-factor")]
pub async fn second_factor(#[server(default)] code: String) -> Result<(), AppError> {
    let app = App::current()?;
    let now = app.clock.now();
    let Some(token) = visitor::pending_token() else { return begin_anew() };
    // Read before the write begins: whoever holds one connection and asks for another waits for all who do the same.
    let Some(waiting) = pending::find(&app.db, &token, now).await? else { return begin_anew() };
    if waiting.stage == Stage::Enrolment {
        redirect(waiting.stage.page());
        return Ok(());
    }
    let Some(account) = accounts::find(&app.db, waiting.first.account()).await? else { return begin_anew() };
    if code.trim().is_empty() {
        // No try: nothing was guessed.
        return Err(AppError::WrongCode);
    }
    let mut tx = app.db.begin_recorded().await?;
    let Some(pending) = pending::find_in(&mut tx, &token, now).await? else { return begin_anew() };
    let checked = factors::check(&mut tx, &app.vault, account.id, &code, now).await?;
    let kind = match checked.or_refusal() {
        Ok(kind) => kind,
        Err(refusal) => {
            if refusal == AppError::WrongCode {
                note_wrong(&app, &mut tx, &account).await?;
            }
            tx.commit().await?;
            app.outbox.wake();
            return Err(refusal);
        }
    };
    pending::take(&mut tx, &token).await?;
    note_right(&app, &mut tx, &account, kind).await?;
    let proof = pending.first.after_code(kind);
    let started = visitor::start_session(&app, &mut tx, &proof, pending.keep).await?;
    tx.commit().await?;
    app.outbox.wake();
    visitor::take_pending();
    finish(&app, started, pending.then);
    Ok(())
}

/// The sign-in waits no more, or never began in this browser.
pub fn begin_anew() -> Result<(), AppError> {
    visitor::take_pending();
    redirect("/sign-in?too-late");
    Ok(())
}

#[component]
pub fn SecondFactorSignInPage() -> impl IntoView {
    let error = refusal::<SecondFactor>();
    let page = async move {
        let app = App::current()?;
        let pending = match visitor::pending_token() {
            Some(token) => pending::find(&app.db, &token, app.clock.now()).await?,
            None => None,
        };
        match pending {
            None => return Ok::<_, AppError>(view! { <TooLate /> }.into_any()),
            Some(pending) if pending.stage == Stage::Enrolment => {
                lead_to(pending.stage.page());
                return Ok(().into_any());
            }
            Some(_) => {}
        }
        Ok(view! {
            <FrontDoor
                title=word("second-factor-title")
                lead=|| word("second-factor-text")
                below=|| view! { <p><a href="/sign-in">{word("second-factor-again")}</a></p> }
            >
                <Form id="second-factor" action=SecondFactor::PATH error>
                    <CodeField name="code" label=word("field-code") help=word("second-factor-help") autofocus=true />
                    <PrimaryButton>{word("sign-in-button")}</PrimaryButton>
                </Form>
            </FrontDoor>
        }
        .into_any())
    };
    crate::page::loaded(page)
}

/// The sign-in waits no more: there is only its beginning.
#[component]
pub fn TooLate() -> impl IntoView {
    view! {
        <FrontDoor title=word("second-factor-late-title") lead=|| word("second-factor-late-text")>
            <LinkButton href="/sign-in" primary=true>
                {word("sign-in-button")}
            </LinkButton>
        </FrontDoor>
    }
}
