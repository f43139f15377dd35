//! Everybody's sessions: who is signed in where, and the end of it.

mod acts;
mod asked;

pub use acts::{AdminEndSession, AdminEndSessions, admin_end_session, admin_end_sessions};

use super::{AdminPage, QuestionPage, shown};
use crate::base::clock::UnixMicros;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::user_agent;
use crate::domain::accounts::Account;
use crate::domain::sessions::SessionHandle;
use crate::domain::sessions::search::{self, Found, Page, Place};
use crate::flows::acting::Person;
use crate::flows::administration;
use crate::pages::wording::signed_in_with;
use crate::request::app::App;
use crate::request::page_query::{just_done, query, refusal};
use crate::ui::words::{reader, word, word_with};
use crate::ui::{
    Badge, Cell, ChoiceButton, DangerButton, Empty, Field, FilterForm, Form, FormError, Glyph, Hidden, LinkButton,
    Notice, NoticeKind, Pager, Row, Section, Select, Table, When,
};
use acts::EVERYBODY;
use asked::{Age, Meaning, Nonsense, SessionsQuery};
use leptos::context::Provider;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::sync::Arc;

/// As the list of who may what has it.
const PATH: &str = "/admin/sessions";
/// Sessions a page shows.
const PAGE: usize = 50;

#[component]
pub fn AdminSessionsPage() -> impl IntoView {
    if query("end").as_deref() == Some("all") {
        return shown(AdminEndSessions::PATH, |app, person| async move { end_all(&app, &person).await });
    }
    let asked = SessionsQuery::read(query);
    let ended = just_done("ended").and_then(|count| count.parse::<u32>().ok());
    let refused = refusal::<AdminEndSession>();
    shown(PATH, move |app, person| async move {
        let now = app.clock.now();
        let open = search::count(&app.db, now).await?;
        let may_end_all = may_end(&person);
        let found = match asked.meaning(&app).await? {
            Ok(meaning) => {
                let place = asked.place.unwrap_or(Place::Newest);
                Ok((search::page(&app.db, &meaning.filter, place, PAGE, now).await?, meaning))
            }
            Err(nonsense) => Err(nonsense),
        };
        Ok(view! {
            <AdminPage
                title=word("admin-sessions-title")
                lead=move || word_with("admin-sessions-text", &[("count", open.to_string())])
                current=Then::AdminSessions
            >
                {ended.map(|count| view! { <EndedNotice count /> })}
                <Section
                    heading=word("admin-sessions-heading")
                    action=move || {
                        may_end_all
                            .then(|| {
                                view! {
                                    <LinkButton href="/admin/sessions?end=all">
                                        {word("admin-sessions-end-all")}
                                    </LinkButton>
                                }
                            })
                    }
                >
                    <FilterFields asked=asked.clone() nonsense=found.as_ref().err().copied() />
                    {found
                        .map(|(page, meaning)| {
                            view! { <FoundSessions app asked page meaning person refused now /> }
                        })
                        .ok()}
                </Section>
            </AdminPage>
        }
        .into_any())
    })
}

/// Whether the person may end sessions of others, and not only see them.
fn may_end(person: &Person) -> bool {
    administration::allows(person.account.role, AdminEndSessions::PATH)
}

#[component]
fn EndedNotice(count: u32) -> impl IntoView {
    let kind = if count == 0 { NoticeKind::Info } else { NoticeKind::Success };
    view! { <Notice kind until_refused=true>{word_with("admin-sessions-ended", &[("count", count.to_string())])}</Notice> }
}

#[component]
fn FilterFields(asked: SessionsQuery, nonsense: Option<Nonsense>) -> impl IntoView {
    let error = nonsense.map_or_else(FormError::default, |nonsense| match nonsense {
        Nonsense::Who => FormError { field: Some("who"), message: word("admin-sessions-no-person") },
        Nonsense::Address => FormError { field: Some("address"), message: word("admin-sessions-no-address") },
        Nonsense::Device => FormError { field: Some("device"), message: word("admin-sessions-no-device") },
    });
    let ages = Age::ALL.iter().map(|age| (age.name(), age.label()));
    let text = |name, label, value, max_length| {
        view! { <Field name label value autocomplete="off" max_length optional=true /> }
    };
    view! {
        <Provider value=error>
            <FilterForm action=Then::AdminSessions.page() button=word("admin-sessions-filter-button")>
                {text("who", word("field-identifier"), asked.who, 254)}
                {text("address", word("admin-sessions-address"), asked.address, 64)}
                {text("device", word("admin-sessions-device"), asked.device, 100)}
                <Select
                    name="age"
                    label=word("admin-sessions-age")
                    options=std::iter::once(("any", word("admin-sessions-age-any"))).chain(ages).collect()
                    selected=asked.age.map_or("any", Age::name)
                />
            </FilterForm>
        </Provider>
    }
}

#[component]
fn FoundSessions(
    app: App,
    asked: SessionsQuery,
    page: Page,
    meaning: Meaning,
    person: Arc<Person>,
    #[prop(optional_no_strip)] refused: Option<FormError>,
    now: UnixMicros,
) -> impl IntoView {
    let (newer, older) = (page.newer.map(|place| asked.path_at(place)), page.older.map(|place| asked.path_at(place)));
    let is_empty = page.rows.is_empty();
    let list = if is_empty {
        view! { <Nothing is_filtered=asked.is_filtered() is_end=older.is_none() /> }.into_any()
    } else {
        let located = |found: Found| (app.places.of(&found.session.seen_address), found);
        let sessions = page.rows.into_iter().map(located).collect();
        let may_end = may_end(&person);
        view! { <List page=asked.query() sessions own=person.session.handle may_end refused now /> }.into_any()
    };
    view! {
        {list}
        <Pager newer older />
        {meaning
            .person
            .filter(|_| !is_empty && may_end(&person))
            .map(|account| {
                let is_own = account.id == person.account.id;
                view! { <EndPerson account is_own /> }
            })}
    }
}

/// `is_end`: all of them were looked through.
#[component]
fn Nothing(is_filtered: bool, is_end: bool) -> impl IntoView {
    let (heading, text) = match (is_filtered, is_end) {
        (true, true) => (word("admin-sessions-no-match"), word("admin-sessions-no-match-text")),
        (true, false) => (word("admin-sessions-no-match-so-far"), word("admin-sessions-no-match-so-far-text")),
        (false, _) => (word("admin-sessions-no-more"), word("admin-sessions-no-more-text")),
    };
    view! { <Empty glyph=Glyph::Device heading text /> }
}

/// One form for all rows: each has its button, which says which session is meant.
#[component]
fn List(
    page: String,
    /// Each with where its address lies, if that is known.
    sessions: Vec<(Option<String>, Found)>,
    own: SessionHandle,
    may_end: bool,
    #[prop(optional_no_strip)] refused: Option<FormError>,
    now: UnixMicros,
) -> impl IntoView {
    let columns = vec![
        word("admin-sessions-person"),
        word("admin-sessions-device"),
        word("admin-sessions-address"),
        word("admin-sessions-signed-in"),
        word("admin-sessions-last-active"),
        word("admin-sessions-ends"),
    ];
    let labels = columns.clone();
    let rows: Vec<_> = sessions
        .into_iter()
        .map(|(location, found)| view! { <SessionRow labels=labels.clone() location found own may_end now=now.0 /> })
        .collect();
    view! {
        <Form id="admin-end-session" action=AdminEndSession::PATH error=refused>
            <Hidden name="page" value=page />
            <Table caption=word("admin-sessions-heading") columns acts=word("admin-sessions-acts")>
                {rows}
            </Table>
        </Form>
    }
}

#[component]
fn SessionRow(
    labels: Vec<String>,
    #[prop(optional_no_strip)] location: Option<String>,
    found: Found,
    own: SessionHandle,
    may_end: bool,
    now: i64,
) -> impl IntoView {
    let Found { session, account_id, email, username, device_name } = found;
    let person = Then::AdminUser(account_id.0).path().into_owned();
    let is_own = session.handle == own;
    let id = session.handle.0.to_string();
    let described = format!("of-{id}");
    let mut labels = labels.into_iter();
    let mut label = move || labels.next().unwrap_or_default();
    let since = (session.address != session.seen_address)
        .then(|| word_with("admin-sessions-address-before", &[("address", session.address.clone())]));
    let act = if is_own {
        view! { <Badge>{word("admin-sessions-own")}</Badge> }.into_any()
    } else if !may_end {
        ().into_any()
    } else {
        view! {
            <ChoiceButton name="session" value=id described_by=described.clone()>
                {word("admin-sessions-end-one")}
            </ChoiceButton>
        }
        .into_any()
    };
    view! {
        <Row>
            <Cell label=label() id=described>
                <a class="item-heading" href=person>
                    {email.or(&username).to_owned()}
                </a>
                {email.known().map(|_| view! { <span class="quiet">{username.as_str().to_owned()}</span> })}
            </Cell>
            <Cell label=label()>
                <span>{user_agent::describe(&reader(), &session.seen_user_agent)}</span>
                {device_name.map(|name| view! { <span class="quiet">{name}</span> })}
            </Cell>
            <Cell label=label()>
                <span>{session.seen_address}</span>
                {location.map(|location| view! { <span class="quiet">{location}</span> })}
                {since.map(|before| view! { <span class="quiet">{before}</span> })}
            </Cell>
            <Cell label=label()>
                <When micros=session.started_at.0 now />
                <span class="quiet">{signed_in_with(&session.method)}</span>
            </Cell>
            <Cell label=label()>
                <When micros=session.last_seen_at.0 now />
            </Cell>
            <Cell label=label()>
                <When micros=session.ends_at.0 now />
            </Cell>
            <Cell>{act}</Cell>
        </Row>
    }
}

/// Ends one person's, and says what that does.
#[component]
fn EndPerson(account: Account, is_own: bool) -> impl IntoView {
    let who = account.signs_in_as().to_owned();
    let text = word_with("admin-sessions-end-person-text", &[("email", who.clone())]);
    view! {
        <Form id="admin-end-person" action=AdminEndSessions::PATH error={refusal::<AdminEndSessions>()}>
            <Hidden name="who" value=who />
            <p class="quiet">
                {text} {is_own.then(|| format!(" {}", word("admin-sessions-own-stays")))}
            </p>
            <div class="links">
                <DangerButton>{word("admin-sessions-end-person")}</DangerButton>
            </div>
        </Form>
    }
}

/// The page that names the consequence before everybody is signed out.
async fn end_all(app: &App, person: &Person) -> Result<AnyView, AppError> {
    let open = search::count(&app.db, app.clock.now()).await?;
    let others = open.saturating_sub(1);
    let error = refusal::<AdminEndSessions>();
    let device = user_agent::describe(&reader(), &person.session.seen_user_agent);
    Ok(view! {
        <QuestionPage
            title=word("admin-sessions-end-all")
            current=Then::AdminSessions
            heading=word_with("admin-end-all-heading", &[("count", others.to_string())])
            action=AdminEndSessions::PATH
            error
            fields=vec![("all", EVERYBODY.to_owned())]
            is_danger=true
            back=Then::AdminSessions.page().to_owned()
        >
            <p>{word("admin-end-all-text")}</p>
            <p>{word_with("admin-end-all-own", &[("device", device)])}</p>
        </QuestionPage>
    }
    .into_any())
}
