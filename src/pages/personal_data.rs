//! Everything we know about the person, as one file for them.

use crate::base::error::AppError;
use crate::base::paths::{DATA, Then};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::flows::acting::{self, Missing, Person};
use crate::flows::data_export::{self, PersonalData};
use crate::pages::activity::{PartError, in_parts};
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor::Visitor;
use crate::ui::words::{reader, word};
use crate::ui::{LinkButton, PrimaryButton, Section};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream::{Stream, once};
use http::{StatusCode, header};
use leptos::prelude::*;

/// Where the form of [`Download`] is posted.
pub const PATH: &str = DATA;

/// `POST /account/data`: everything about whoever is signed in, as JSON. A form and not a link: it
/// is noted each time. Asks first for what [`acting::missing`] says.
pub async fn download(app: App, visitor: Extension<Visitor>) -> Response {
    let elsewhere = |path: String| (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response();
    let person = match &*visitor {
        Visitor::SignedIn(person) => person,
        Visitor::Doubted(..) => return elsewhere(Then::DownloadData.confirm_path()),
        Visitor::Anonymous => return elsewhere(Then::DownloadData.sign_in_path()),
    };
    match acting::missing(&app.db, person).await {
        Ok(Missing::Nothing) => {}
        Ok(_) => return elsewhere(Then::DownloadData.confirm_path()),
        Err(error) => return Refused(error.into()).into_response(),
    }
    match file(app, person).await {
        Ok(body) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, body).into_response()
        }
        Err(AppError::SignInRequired) => elsewhere(Then::DownloadData.sign_in_path()),
        Err(AppError::ConfirmationRequired) => elsewhere(Then::DownloadData.confirm_path()),
        Err(error) => Refused(error).into_response(),
    }
}

/// `GET /account/data`: nothing can be downloaded by a link, so it leads to the page with the form.
/// Whoever is sent to it after they were asked to sign in gets there too.
pub async fn ask() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, &*Then::DownloadData.path())]).into_response()
}

/// Notes it before the first byte leaves, so that no download goes unseen.
async fn file(app: App, person: &Person) -> Result<Body, AppError> {
    let mut tx = acting::begin_change(&app.db, person).await?;
    let event = Event { kind: Kind::DataDownloaded, account: Some(person.account.id), details: Details::of_visitor() };
    audit::record(&mut tx, &event).await?;
    tx.commit().await?;
    let data = data_export::of(&app.db, person, &reader()).await?;
    let activity = in_parts(app, person).await?;
    Ok(Body::from_stream(whole(data, activity)?))
}

/// One JSON object: `data`, and beside it the parts of an array as `activity`.
fn whole(
    data: PersonalData,
    activity: impl Stream<Item = Result<Bytes, PartError>>,
) -> Result<impl Stream<Item = Result<Bytes, PartError>>, AppError> {
    let text = serde_json::to_string_pretty(&data).map_err(|error| {
        tracing::error!(%error, "somebody's data can't be written as JSON");
        AppError::Internal
    })?;
    let open = text.trim_end().trim_end_matches('}').trim_end();
    let begin = Bytes::from(format!("{open},\n  \"activity\": "));
    let piece = |bytes: Bytes| once(async move { Ok(bytes) });
    Ok(piece(begin).chain(activity).chain(piece(Bytes::from_static(b"}\n"))))
}

/// On the profile: what can be had, and the way to it.
#[component]
pub fn DataSection() -> impl IntoView {
    view! {
        <Section
            heading=word("data-heading")
            text=word("data-text")
            action=|| view! { <LinkButton href=Then::DownloadData.path()>{word("data-ask-button")}</LinkButton> }
        >
            ""
        </Section>
    }
}

/// What is in the file, and the button. Not one of our scripted forms: the browser itself takes the
/// file.
#[component]
pub fn Download() -> impl IntoView {
    view! {
        <Section heading=word("data-heading") text=word("data-what")>
            <p>{word("data-careful")}</p>
            <form method="post" action=PATH class="form">
                <div class="links">
                    <PrimaryButton>{word("data-button")}</PrimaryButton>
                    <LinkButton href=Then::Profile.page()>{word("data-back")}</LinkButton>
                </div>
            </form>
        </Section>
    }
}
