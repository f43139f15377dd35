//! Behind the link in the letter about a sign-in from an unknown browser. Whoever reads the mail may be anybody: this signs
//! nobody in, and shows nothing of the account but that one session.

use crate::device;
use crate::error::AppError;
use crate::refusal::{query, refusal};
use crate::secret::Secret;
use crate::server::App;
use crate::server::links::{self, LinkToken, Purpose};
use crate::server::sessions::EndReason;
use crate::server::sessions::list::{self, Told};
use crate::server::visitor;
use crate::ui::{Badge, DangerButton, Fact, Facts, Form, FormError, FrontDoor, Hidden, LinkButton, When};
use crate::words::word;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Takes the link, ends the session it asks about and leads to where a new password is asked for.
#[server(prefix = "/form", endpoint = "was-it-you")]
pub async fn was_it_you(#[server(default)] token: Secret) -> Result<(), AppError> {
    let app = App::current()?;
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let mut tx = app.db.begin_recorded().await?;
    let link = links::take(&mut tx, Purpose::WasItYou, &token, app.clock.now()).await?;
    let (account, session) =
        link.and_then(|link| link.account_id.zip(link.session_handle)).ok_or(AppError::LinkExpired)?;
    visitor::end_browser(&app, &mut tx, account, session, EndReason::NotMe).await?;
    tx.commit().await?;
    redirect("/forgot-password?ended");
    Ok(())
}

/// The session a link asks about.
async fn session_behind(app: &App, typed: &str) -> Result<Option<Told>, sqlx::Error> {
    let now = app.clock.now();
    let link = links::peek_typed(&app.db, Purpose::WasItYou, typed, now).await?;
    match link.and_then(|link| link.account_id.zip(link.session_handle)) {
        Some((account, session)) => list::told(&app.db, account, session, now).await,
        None => Ok(None),
    }
}

#[component]
pub fn WasItYouPage() -> impl IntoView {
    let typed = query("token").unwrap_or_default();
    let error = refusal::<WasItYou>();
    let page = async move {
        let app = App::current()?;
        let Some(told) = session_behind(&app, &typed).await? else {
            return Ok::<_, AppError>(view! { <Closed /> }.into_any());
        };
        let live = told.live;
        Ok(view! {
            <FrontDoor title=word("was-it-you-title") lead=|| word("was-it-you-text")>
                <TheSession told now=app.clock.now().0 />
                <p>{word("was-it-you-yes")}</p>
                {if live {
                    view! { <EndIt token=typed error /> }.into_any()
                } else {
                    view! {
                        <p>{word("was-it-you-over-no")}</p>
                        <LinkButton href="/forgot-password" primary=true>
                            {word("was-it-you-password")}
                        </LinkButton>
                    }
                        .into_any()
                }}
            </FrontDoor>
        }
        .into_any())
    };
    crate::page::loaded(page)
}

#[component]
fn TheSession(told: Told, now: i64) -> impl IntoView {
    let (device, address, started_at) = (device::describe(&told.user_agent), told.address, told.started_at.0);
    view! {
        <Facts>
            <Fact label=word("overview-device")>{device}</Fact>
            <Fact label=word("overview-address")>{address}</Fact>
            <Fact label=word("overview-signed-in")>
                <When micros=started_at now /> " "
                <Badge>{if told.live { word("was-it-you-on") } else { word("was-it-you-over") }}</Badge>
            </Fact>
        </Facts>
    }
}

#[component]
fn EndIt(token: String, error: Option<FormError>) -> impl IntoView {
    view! {
        <Form id="was-it-you" action=WasItYou::PATH error>
            <Hidden name="token" value=token />
            <p>{word("was-it-you-no")}</p>
            <DangerButton>{word("was-it-you-button")}</DangerButton>
        </Form>
    }
}

/// The link is used or too old, or there never was one.
#[component]
fn Closed() -> impl IntoView {
    crate::page::set_status(http::StatusCode::GONE);
    view! {
        <FrontDoor title=word("link-expired-title") lead=|| word("was-it-you-closed")>
            <LinkButton href="/forgot-password" primary=true>
                {word("was-it-you-password")}
            </LinkButton>
        </FrontDoor>
    }
}
