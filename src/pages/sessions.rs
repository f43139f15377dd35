//! Where a person is signed in: every session, and the end of any of them.

mod acts;
mod trusted;
mod watch;

pub use acts::{
    EndOtherSessions, EndSession, NameDevice, StopTrusting, end_other_sessions, end_session, name_device, stop_trusting,
};
pub use watch::state;

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::user_agent;
use crate::domain::sessions::list::{self, Listed};
use crate::flows::acting;
use crate::pages::account::AccountPage;
use crate::pages::lifetime::Ends;
use crate::pages::sign_out::SignOut;
use crate::pages::wording::signed_in_with;
use crate::request::app::App;
use crate::request::page_query::{just_done, query, refusal, was_done};
use crate::request::visitor::{STATE_PATH, Visitor};
use crate::ui::words::{reader, word, word_with};
use crate::ui::{
    AskButton, Badge, DangerButton, Empty, Field, FilterForm, Form, Glyph, Hidden, Item, Items, LinkButton, Notice,
    NoticeKind, Pager, PlainButton, PrimaryButton, QuietButton, Section, When,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::time::Duration;
use trusted::Trusted;

/// Sessions on one page.
const PAGE: usize = 20;
/// From how many other sessions on there is something to look through.
const MANY: usize = 8;
/// The last use is noted once a minute, so whoever was seen this long ago may be here now.
const NOW: Duration = Duration::from_secs(120);

#[component]
pub fn SessionsPage() -> impl IntoView {
    let Some(person) = Visitor::current().person().cloned() else { return ().into_any() };
    let wanted = Wanted::read();
    let page = async move {
        let app = App::current()?;
        let now = app.clock.now();
        let all = list::of_account(&app.db, person.account.id, now).await?;
        let version = watch::version(&all);
        let (browsers, in_use) = (trusted::of_person(&app, &person).await?, person.session.device_id);
        let recent = acting::is_recent(&app.db, &person);
        let (here, others): (Vec<_>, Vec<_>) = all
            .into_iter()
            .map(|one| Shown::new(&app, one, now.0))
            .partition(|one| one.handle == person.session.handle.0);
        let question = wanted.question(&here, &others, recent);
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("sessions-title") lead=|| word("sessions-text") current=Then::Sessions>
                    {done()}
                    {question}
                    <div data-watch=STATE_PATH data-version=version>
                        <Here here />
                        <Others others wanted recent />
                        <Trusted browsers here=in_use now=now.0 />
                        <Section heading=word("sessions-guidance-heading")>
                            <p>{word("sessions-guidance")}</p>
                        </Section>
                    </div>
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

/// What the page's address asks for.
struct Wanted {
    end: Option<String>,
    name: Option<String>,
    find: String,
    page: usize,
}

impl Wanted {
    fn read() -> Self {
        Self {
            end: query("end"),
            name: query("name"),
            find: query("find").unwrap_or_default().chars().take(100).collect(),
            page: query("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
        }
    }

    /// The form that stands above the list: to end a session or all others, or to name a device.
    fn question(&self, here: &[Shown], others: &[Shown], recent: bool) -> Option<AnyView> {
        let find = |wanted: &str| here.iter().chain(others).find(|one| one.handle.to_string() == wanted).cloned();
        if let Some(end) = &self.end {
            // Not before who is there is known: the gate has led everybody else away, unless the
            // time ran out on the way.
            return match end.as_str() {
                _ if !recent => None,
                "others" => (!others.is_empty()).then(|| view! { <EndOthersQuestion count=others.len() /> }.into_any()),
                handle => find(handle)
                    .filter(|one| others.contains(one))
                    .map(|session| view! { <EndQuestion session /> }.into_any()),
            };
        }
        let session = self.name.as_deref().and_then(find).filter(|one| one.has_device)?;
        Some(view! { <NameQuestion session /> }.into_any())
    }

    fn path(&self, page: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.find.is_empty() {
            query.append_pair("find", &self.find);
        }
        format!("{}?{}", Then::Sessions.page(), query.append_pair("page", &page.to_string()).finish())
    }
}

/// A session as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    handle: uuid::Uuid,
    device: String,
    name: Option<String>,
    has_device: bool,
    phone: bool,
    address: String,
    place: Option<String>,
    method: String,
    shared: bool,
    started_at: i64,
    last_seen_at: i64,
    ends_at: i64,
    expires_at: i64,
    now: i64,
}

impl Shown {
    fn new(app: &App, listed: Listed, now: i64) -> Self {
        let Listed { session, device_name } = listed;
        Self {
            handle: session.handle.0,
            device: user_agent::describe(&reader(), &session.seen_user_agent),
            name: device_name,
            has_device: session.device_id.is_some(),
            phone: user_agent::is_phone(&session.seen_user_agent),
            place: app.places.of(&session.seen_address),
            address: session.seen_address,
            method: signed_in_with(&session.method),
            shared: session.shared,
            started_at: session.started_at.0,
            last_seen_at: session.last_seen_at.0,
            ends_at: session.ends_at.0,
            expires_at: session.expires_at.0,
            now,
        }
    }

    fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.device.clone())
    }

    fn glyph(&self) -> Glyph {
        if self.phone { Glyph::Phone } else { Glyph::Device }
    }

    fn matches(&self, find: &str) -> bool {
        let find = find.trim().to_lowercase();
        let texts =
            [Some(&self.device), self.name.as_ref(), Some(&self.address), self.place.as_ref(), Some(&self.method)];
        texts.into_iter().flatten().any(|text| text.to_lowercase().contains(&find))
    }

    fn then(&self) -> Then {
        Then::EndSession(self.handle)
    }

    fn name_path(&self) -> String {
        format!("{}?name={}", Then::Sessions.page(), self.handle)
    }
}

/// What was done just now.
fn done() -> Option<AnyView> {
    let text = match just_done("ended").as_deref() {
        Some("0") => word("sessions-ended-none"),
        Some(count) if count.parse::<u32>().is_ok() => word_with("sessions-ended", &[("count", count.to_owned())]),
        _ if was_done("named") => word("sessions-named"),
        _ if was_done("not-trusted") => word("trusted-stopped"),
        _ => return None,
    };
    Some(view! { <Notice kind=NoticeKind::Success until_refused=true>{text}</Notice> }.into_any())
}

#[component]
fn EndQuestion(session: Shown) -> impl IntoView {
    let text = word_with("sessions-end-text", &[("device", session.title())]);
    view! {
        <Section heading=word("sessions-end-heading") text>
            <Lines session=session.clone() />
            <Form id="end-session" action=EndSession::PATH error={refusal::<EndSession>()}>
                <Hidden name="session" value=session.handle.to_string() />
                <div class="links">
                    <DangerButton>{word("sessions-end-button")}</DangerButton>
                    <PlainButton name="not_me">{word("sessions-not-me-button")}</PlainButton>
                    <LinkButton href=Then::Sessions.page()>{word("sessions-keep")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}

#[component]
fn EndOthersQuestion(count: usize) -> impl IntoView {
    let text = word_with("sessions-end-others-text", &[("count", count.to_string())]);
    view! {
        <Section heading=word("sessions-end-others-heading") text>
            <Form id="end-others" action=EndOtherSessions::PATH error={refusal::<EndOtherSessions>()}>
                <div class="links">
                    <DangerButton>{word("sessions-end-others-button")}</DangerButton>
                    <LinkButton href=Then::Sessions.page()>{word("sessions-keep-others")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}

#[component]
fn NameQuestion(session: Shown) -> impl IntoView {
    view! {
        <Section heading=word("sessions-name-heading") text=session.device.clone()>
            <Form id="name-device" action=NameDevice::PATH error={refusal::<NameDevice>()}>
                <Hidden name="session" value=session.handle.to_string() />
                <Field
                    name="device_name"
                    label=word("field-device-name")
                    help=word("field-device-name-help")
                    autocomplete="off"
                    value=session.name.clone().unwrap_or_default()
                    max_length=40
                    optional=true
                    autofocus=true
                />
                <div class="links">
                    <PrimaryButton>{word("save-button")}</PrimaryButton>
                    <LinkButton href=Then::Sessions.page()>{word("sessions-name-cancel")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}

#[component]
fn Here(here: Vec<Shown>) -> impl IntoView {
    let items = here.into_iter().map(|session| {
        let (glyph, title) = (session.glyph(), session.title());
        view! {
            <Item
                glyph
                heading=move || view! { {title} " " <Badge good=true>{word("sessions-this-device")}</Badge> }
                action=|| {
                    view! {
                        <Form id="sign-out-here" action=SignOut::PATH>
                            <QuietButton>{word("sign-out-button")}</QuietButton>
                        </Form>
                    }
                }
            >
                <Lines session />
            </Item>
        }
    });
    view! {
        <Section heading=word("sessions-here-heading")>
            <Items>{items.collect_view()}</Items>
        </Section>
    }
}

#[component]
fn Others(others: Vec<Shown>, wanted: Wanted, recent: bool) -> impl IntoView {
    if others.is_empty() {
        return view! {
            <Section heading=word("sessions-others-heading")>
                <Empty glyph=Glyph::Shield heading=word("sessions-none") text=word("sessions-none-text") />
            </Section>
        }
        .into_any();
    }
    let count = others.len();
    let found: Vec<Shown> = others.into_iter().filter(|one| one.matches(&wanted.find)).collect();
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = wanted.page.min(pages);
    let (newer, older) = ((page > 1).then(|| wanted.path(page - 1)), (page < pages).then(|| wanted.path(page + 1)));
    let nothing = found.is_empty();
    let rows: Vec<Shown> = found.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    view! {
        <Section
            heading=word("sessions-others-heading")
            text=word_with("sessions-others-text", &[("count", count.to_string())])
            action=move || view! { <EndOthersButton recent /> }
        >
            {(count > MANY).then(|| view! { <Find find=wanted.find.clone() /> })}
            {nothing
                .then(|| view! { <Empty glyph=Glyph::Device heading=word("sessions-no-match") text=word("sessions-no-match-text") /> })}
            <Items>{rows.into_iter().map(|session| view! { <Row session recent /> }).collect_view()}</Items>
            <Pager newer older />
        </Section>
    }
    .into_any()
}

#[component]
fn Find(find: String) -> impl IntoView {
    view! {
        <FilterForm action=Then::Sessions.page() button=word("sessions-find-button")>
            <Field name="find" label=word("sessions-find") autocomplete="off" value=find max_length=100 optional=true />
        </FilterForm>
    }
}

/// Asks first, as it ends much at once: leads to the question above the list, by way of the
/// password if that was too long ago.
#[component]
fn EndOthersButton(recent: bool) -> impl IntoView {
    let page = if recent { Then::Sessions.page() } else { "/confirm" };
    let (name, value) = if recent { ("end", "others".into()) } else { ("then", Then::EndOthers.path()) };
    view! {
        <AskButton page name value>
            {word("sessions-end-others-button")}
        </AskButton>
    }
}

#[component]
fn Row(session: Shown, recent: bool) -> impl IntoView {
    let (glyph, title, then, id) = (session.glyph(), session.title(), session.then(), session.handle);
    let act = move || {
        if recent {
            view! {
                <Form id=format!("end-{id}") action=EndSession::PATH>
                    <Hidden name="session" value=id.to_string() />
                    <QuietButton>{word("sessions-end-button")}</QuietButton>
                    <PlainButton name="not_me">{word("sessions-not-me-button")}</PlainButton>
                </Form>
            }
            .into_any()
        } else {
            view! {
                <form method="get" action="/confirm" class="form">
                    <Hidden name="then" value=then.path() />
                    <QuietButton>{word("sessions-end-button")}</QuietButton>
                    <PlainButton>{word("sessions-not-me-button")}</PlainButton>
                </form>
            }
            .into_any()
        }
    };
    view! {
        <Item glyph heading=move || title action=act>
            <Lines session />
        </Item>
    }
}

/// What there is to know about a session, a line each.
#[component]
fn Lines(session: Shown) -> impl IntoView {
    let Shown {
        device,
        name,
        has_device,
        address,
        place,
        method,
        shared,
        started_at,
        last_seen_at,
        ends_at,
        expires_at,
        now,
        ..
    } = session.clone();
    let active = if Duration::from_micros(now.abs_diff(last_seen_at)) < NOW {
        word("sessions-active-now").into_any()
    } else {
        view! {
            {word("sessions-active")} " "
            <When micros=last_seen_at now />
        }
        .into_any()
    };
    let where_from = place.map_or_else(|| address.clone(), |place| format!("{place} · {address}"));
    let naming = has_device.then(|| {
        let label = if name.is_some() { word("sessions-rename") } else { word("sessions-name") };
        view! { <p><a href=session.name_path()>{label}</a></p> }
    });
    view! {
        <p>{active} " · " {where_from}</p>
        {name.is_some().then(|| view! { <p>{device}</p> })}
        <p>
            {method} " "
            <When micros=started_at now />
            {shared.then(|| format!(" · {}", word("sessions-shared")))}
        </p>
        <p>
            {word("sessions-ends")} " "
            <Ends ends_at expires_at now />
        </p>
        {naming}
    }
}
