//! What a person is called and signs in with, where their mail goes, and the ways to take
//! everything along or to leave.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::words::bundles::Language;
use crate::base::words::reader::Zone;
use crate::domain::accounts::{self, Account, DisplayName, Username};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::flows::acting::{self, Missing};
use crate::pages::account::AccountPage;
use crate::pages::account_deletion::DeleteSection;
use crate::pages::email_change::{self, EmailSection};
use crate::pages::language::{Chosen, ReadingFields};
use crate::pages::personal_data::{DataSection, Download};
use crate::pages::pieces::step_up::must_confirm;
use crate::request::app::App;
use crate::request::page_query::{asked, refusal, was_done};
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use crate::ui::words::word;
use crate::ui::{Field, Form, Notice, NoticeKind, PrimaryButton, Section};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Saves both names, and how their owner reads.
#[server(prefix = "/form", endpoint = "save-profile")]
pub async fn save_profile(
    #[server(default)] display_name: String,
    #[server(default)] username: String,
    #[server(default)] language: Option<String>,
    #[server(default)] time_zone: Option<String>,
) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let display_name = DisplayName::parse(&display_name)?;
    // A reserved name that the operator gave stays; only a new one is held to the rules.
    let username = if username == person.account.username.as_str() {
        person.account.username.clone()
    } else {
        Username::parse(&username)?
    };
    let language = Chosen::read(language.as_deref(), Language::known)?.or(person.account.reading.language());
    let zone = Chosen::read(time_zone.as_deref(), Zone::named)?.or(person.account.reading.zone());
    let now = app.clock.now();
    let mut tx = acting::begin(&app.db, &person).await?;
    accounts::rename(&mut tx, &app.vault, person.account.id, &display_name, &username, now).await?;
    accounts::set_reading(&mut tx, person.account.id, language, zone.as_ref()).await?;
    let event = Event { kind: Kind::ProfileChanged, account: Some(person.account.id), details: Details::of_visitor() };
    audit::record(&mut tx, &event).await?;
    tx.commit().await?;
    redirect("/account/profile?saved");
    Ok(())
}

#[component]
pub fn ProfilePage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    // A question stands alone, so that there is but one thing to press.
    let question = match (asked("email"), asked("download")) {
        (true, _) => Some(Then::ChangeEmail),
        (false, true) => Some(Then::DownloadData),
        (false, false) => None,
    };
    let page = async move {
        if let Some(then) = question.clone()
            && must_confirm(&app, &person, then).await?
        {
            return Ok(().into_any());
        }
        let account = person.account.clone();
        let content = match question {
            Some(Then::ChangeEmail) => view! { <EmailSection account may_change=true alone=true /> }.into_any(),
            Some(_) => view! { <Download /> }.into_any(),
            None => {
                let may_change = acting::missing(&app.db, &person).await? == Missing::Nothing;
                view! {
                    {done().map(|text| view! { <Notice kind=NoticeKind::Success until_refused=true>{text}</Notice> })}
                    <Names account=account.clone() />
                    <EmailSection account may_change alone=false />
                    <DataSection />
                    <DeleteSection />
                }
                .into_any()
            }
        };
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("profile-title") lead=|| word("profile-text") current=Then::Profile>
                    {content}
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

fn done() -> Option<String> {
    if was_done("saved") { Some(word("profile-saved")) } else { email_change::done() }
}

#[component]
fn Names(account: Account) -> impl IntoView {
    let (name, username) = (account.display_name.as_str().to_owned(), account.username.as_str().to_owned());
    let (language, zone) = (account.reading.language(), account.reading.zone());
    view! {
        <Section heading=word("profile-heading")>
            <Form id="profile" action=SaveProfile::PATH error={refusal::<SaveProfile>()}>
                <Field
                    name="display_name"
                    label=word("field-display-name")
                    help=word("field-display-name-help")
                    autocomplete="name"
                    value=name
                    max_length=80
                />
                <Field
                    name="username"
                    label=word("field-username")
                    help=word("field-username-help")
                    autocomplete="username"
                    value=username
                    max_length=40
                />
                <ReadingFields language zone />
                <PrimaryButton>{word("save-button")}</PrimaryButton>
            </Form>
        </Section>
    }
}
