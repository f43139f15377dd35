//! What happened on the visitor's account, in words: the part of the audit trail that is about
//! them.

mod export;

pub use export::{CSV, JSON, PartError, csv, in_parts, json};

use crate::base::clock::UnixMicros;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::user_agent;
use crate::domain::audit::activity::{self, Entry, Filter, Place};

use crate::domain::sessions::SessionHandle;
use crate::pages::account::AccountPage;
use crate::pages::wording::{Group, Suspicion, Telling, sentence, telling};
use crate::request::app::App;
use crate::request::page_query::query;
use crate::request::visitor::Visitor;
use crate::ui::words::{reader, word, word_with};
use crate::ui::{
    Badge, Empty, FilterForm, Glyph, Item, Items, LinkButton, Notice, NoticeKind, Pager, Section, Select, When,
};
use leptos::prelude::*;
use std::time::Duration;
use strum::VariantArray;

/// How far back the visitor wants to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Span {
    Day,
    Week,
    Month,
}

impl Span {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn label(self) -> String {
        match self {
            Self::Day => word("activity-time-day"),
            Self::Week => word("activity-time-week"),
            Self::Month => word("activity-time-month"),
        }
    }

    pub fn length(self) -> Duration {
        const DAY: u64 = 24 * 60 * 60;
        Duration::from_secs(match self {
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
        })
    }
}

/// What the page's address asks for. Anybody can write an address, so whatever it says that is none
/// of these is as if it were not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ActivityQuery {
    group: Option<Group>,
    span: Option<Span>,
    place: Option<Place>,
}

impl ActivityQuery {
    fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let (group, span) = (value("kind"), value("time"));
        let sequence = |key| value(key).and_then(|text| text.parse::<i64>().ok()).filter(|sequence| *sequence >= 0);
        Self {
            group: Group::ALL.iter().copied().find(|known| group.as_deref() == Some(known.name())),
            span: Span::ALL.iter().copied().find(|known| span.as_deref() == Some(known.name())),
            place: sequence("before").map(Place::Before).or_else(|| sequence("after").map(Place::After)),
        }
    }

    fn filter(self, now: UnixMicros) -> Filter {
        Filter { kinds: self.group.map(Group::kinds), since: self.span.map(|span| now.before(span.length())) }
    }

    /// The page that shows the same at `place`.
    fn path(self, place: Place) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(group) = self.group {
            query.append_pair("kind", group.name());
        }
        if let Some(span) = self.span {
            query.append_pair("time", span.name());
        }
        match place {
            Place::Newest => {}
            Place::Before(sequence) => drop(query.append_pair("before", &sequence.to_string())),
            Place::After(sequence) => drop(query.append_pair("after", &sequence.to_string())),
        }
        format!("{}?{}", Then::Activity.page(), query.finish())
    }
}

#[component]
pub fn ActivityPage() -> impl IntoView {
    let Some(person) = Visitor::current().person().cloned() else { return ().into_any() };
    let asked = ActivityQuery::read(query);
    let page = async move {
        let app = App::current()?;
        let (now, keep_days) = (app.clock.now(), app.config.audit.keep_days);
        let place = asked.place.unwrap_or(Place::Newest);
        let page = activity::page(&app.db, person.account.id, &asked.filter(now), place).await?;
        let suspicion = page.rows.iter().filter_map(|entry| told(entry).suspicious).max();
        let (newer, older) = (page.newer.map(|place| asked.path(place)), page.older.map(|place| asked.path(place)));
        let list = if page.rows.is_empty() {
            view! { <Nothing asked is_end=older.is_none() /> }.into_any()
        } else {
            view! { <Entries entries=page.rows session=person.session.handle now /> }.into_any()
        };
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("activity-title") lead=move || lead(keep_days) current=Then::Activity>
                    {suspicion.map(|suspicion| view! { <Suspicious suspicion /> })}
                    <Section heading=word("activity-heading")>
                        <Choice asked />
                        {list}
                        <Pager newer older />
                    </Section>
                    <Download />
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

/// How far back the page goes; for ever with 0.
fn lead(keep_days: u16) -> String {
    match keep_days {
        0 => word("activity-text"),
        days => word_with("activity-text-lately", &[("days", days.to_string())]),
    }
}

fn told(entry: &Entry) -> Telling {
    telling(&entry.kind, entry.details.reason.as_deref())
}

/// Said once, however many refused sign-ins the page shows: most are the person's own typing
/// mistakes. Where somebody else was in, or may have been, that they were refused elsewhere is no
/// comfort.
#[component]
fn Suspicious(suspicion: Suspicion) -> impl IntoView {
    let (kind, text) = match suspicion {
        Suspicion::Refused => (NoticeKind::Info, word("activity-suspicious")),
        Suspicion::In => (NoticeKind::Warning, word("activity-somebody-in")),
    };
    view! {
        <Notice kind>
            {text} " " <a href=Then::Password.page()>{word("activity-suspicious-link")}</a> "."
        </Notice>
    }
}

#[component]
fn Choice(asked: ActivityQuery) -> impl IntoView {
    let kinds = Group::ALL.iter().map(|group| (group.name(), group.label()));
    let times = Span::ALL.iter().map(|span| (span.name(), span.label()));
    view! {
        <FilterForm action=Then::Activity.page() button=word("activity-filter-button")>
            <Select
                name="kind"
                label=word("activity-filter-kind")
                options=std::iter::once(("everything", word("activity-kind-everything"))).chain(kinds).collect()
                selected=asked.group.map_or("everything", Group::name)
            />
            <Select
                name="time"
                label=word("activity-filter-time")
                options=std::iter::once(("any", word("activity-time-any"))).chain(times).collect()
                selected=asked.span.map_or("any", Span::name)
            />
        </FilterForm>
    }
}

/// Why the list is empty. `is_end`: the trail was looked through to its end.
#[component]
fn Nothing(asked: ActivityQuery, is_end: bool) -> impl IntoView {
    if asked == ActivityQuery::default() {
        return view! { <Empty glyph=Glyph::Clock heading=word("activity-empty") text=word("activity-empty-text") /> }
            .into_any();
    }
    let (heading, text) = if is_end {
        (word("activity-no-match"), word("activity-no-match-text"))
    } else {
        (word("activity-no-match-so-far"), word("activity-no-match-so-far-text"))
    };
    view! { <Empty glyph=Glyph::Clock heading text /> }.into_any()
}

/// `session` is the one in use.
#[component]
fn Entries(entries: Vec<Entry>, session: SessionHandle, now: UnixMicros) -> impl IntoView {
    let session = session.0.to_string();
    let told: Vec<_> = entries
        .into_iter()
        .map(|entry| {
            let current = entry.details.session.as_ref() == Some(&session);
            view! { <Told entry current now /> }
        })
        .collect();
    view! { <Items>{told}</Items> }
}

#[component]
fn Told(entry: Entry, current: bool, now: UnixMicros) -> impl IntoView {
    let heading = sentence(&entry.kind, &entry.details);
    let device = entry.details.device.as_deref().map(|agent| user_agent::describe(&reader(), agent));
    let from: String =
        [device, entry.details.address.clone()].into_iter().flatten().map(|part| format!(" · {part}")).collect();
    view! {
        <Item
            glyph=told(&entry).glyph
            heading=move || {
                view! {
                    {heading}
                    {current.then(|| view! { " " <Badge>{word("activity-this-session")}</Badge> })}
                }
            }
        >
            <When micros=entry.at.0 now=now.0 />
            {from}
        </Item>
    }
}

#[component]
fn Download() -> impl IntoView {
    view! {
        <Section heading=word("activity-export-heading") text=word("activity-export-text")>
            <div class="links">
                <LinkButton href=JSON>{word("activity-export-json")}</LinkButton>
                <LinkButton href=CSV>{word("activity-export-csv")}</LinkButton>
            </div>
        </Section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::page_query::query_of;

    fn asked(address: &str) -> ActivityQuery {
        ActivityQuery::read(query_of(address))
    }

    #[test]
    fn an_address_asks_for_what_its_links_say() {
        for group in Group::ALL.iter().copied().map(Some).chain([None]) {
            for span in Span::ALL.iter().copied().map(Some).chain([None]) {
                for place in [Place::Before(7), Place::After(9)] {
                    let page = ActivityQuery { group, span, place: Some(place) };
                    let path = page.path(place);
                    assert_eq!(asked(path.strip_prefix("/account/activity?").unwrap()), page, "{path}");
                }
            }
        }
    }

    #[test]
    fn an_address_that_makes_no_sense_asks_for_everything() {
        for hostile in [
            "",
            "kind=&time=&before=&after=",
            "kind=Sessions&time=99",
            "kind=everything&time=any",
            "before=-1&after=1e3",
            "before=9223372036854775808",
            "kind=%00&before=' OR 1=1",
        ] {
            assert_eq!(asked(hostile), ActivityQuery::default(), "{hostile}");
        }
    }
}
