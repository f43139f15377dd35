//! Everybody's audit trail: who did what, and to whom.

use super::{AdminPage, shown};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::user_agent;
use crate::domain::accounts::{self, Account, AccountId};
use crate::domain::audit::Kind;
use crate::domain::audit::trail::{self, Entry, Filter, Owner, Page, Place};
use crate::pages::activity::Span;
use crate::pages::wording::{Group, sentence_of_another, telling};
use crate::request::app::App;
use crate::request::page_query::query;
use crate::ui::words::{reader, word, word_with};
use crate::ui::{Empty, Field, FilterForm, FormError, Glyph, Item, Items, Pager, Section, Select, When};
use leptos::context::Provider;
use leptos::prelude::*;
use strum::{EnumIter, IntoEnumIterator};
use uuid::Uuid;

/// Entries a page shows.
const PAGE: usize = 50;

/// What kind of entries are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
enum About {
    SignedIn,
    /// Sign-ins that were refused.
    Refused,
    NewAccounts,
    /// What those who administer did.
    Administration,
    #[strum(disabled)]
    Group(Group),
}

impl About {
    fn all() -> impl Iterator<Item = Self> {
        Self::iter().chain(Group::ALL.iter().copied().map(Self::Group))
    }

    fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::Refused => "refused",
            Self::NewAccounts => "new-accounts",
            Self::Administration => "administration",
            Self::Group(group) => group.name(),
        }
    }

    fn label(self) -> String {
        match self {
            Self::SignedIn => word("admin-activity-signed-in"),
            Self::Refused => word("admin-activity-refused"),
            Self::NewAccounts => word("admin-activity-new-accounts"),
            Self::Administration => word("admin-activity-administration"),
            Self::Group(Group::SignIns) => word("admin-activity-sign-ins"),
            Self::Group(group) => group.label(),
        }
    }

    fn kinds(self) -> Vec<Kind> {
        match self {
            Self::SignedIn => vec![Kind::SignedIn],
            Self::Refused => vec![Kind::SignInFailed],
            Self::NewAccounts => vec![Kind::AccountCreated],
            Self::Administration => vec![
                Kind::AdminActed,
                Kind::AdminEndedSessions,
                Kind::AccountDisabled,
                Kind::AccountEnabled,
                Kind::AccountUnlocked,
                Kind::RoleChanged,
                Kind::GroupAdded,
                Kind::GroupRemoved,
                Kind::FactorResetStarted,
                Kind::FactorResetStopped,
                Kind::Invited,
                Kind::InvitationRevoked,
                Kind::SigningKeysRotated,
            ],
            Self::Group(group) => group.kinds(),
        }
    }
}

/// What the page's address asks for. Anybody can write an address, so whatever makes no sense is as
/// if it were not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct TrailQuery {
    who: String,
    about: Option<About>,
    span: Option<Span>,
    place: Option<Place>,
}

impl TrailQuery {
    fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let (about, span) = (value("kind"), value("time"));
        let sequence = |key| value(key).and_then(|text| text.parse::<i64>().ok()).filter(|sequence| *sequence >= 0);
        Self {
            who: value("who").map(|who| who.trim().to_owned()).unwrap_or_default(),
            about: About::all().find(|known| about.as_deref() == Some(known.name())),
            span: Span::ALL.iter().copied().find(|known| span.as_deref() == Some(known.name())),
            place: sequence("before").map(Place::Before).or_else(|| sequence("after").map(Place::After)),
        }
    }

    fn is_filtered(&self) -> bool {
        Self { place: None, ..self.clone() } != Self::default()
    }

    /// The page that shows the same at `place`.
    fn path_at(&self, place: Place) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.who.is_empty() {
            query.append_pair("who", &self.who);
        }
        if let Some(about) = self.about {
            query.append_pair("kind", about.name());
        }
        if let Some(span) = self.span {
            query.append_pair("time", span.name());
        }
        match place {
            Place::Newest => {}
            Place::Before(sequence) => drop(query.append_pair("before", &sequence.to_string())),
            Place::After(sequence) => drop(query.append_pair("after", &sequence.to_string())),
        }
        format!("{}?{}", Then::AdminActivity.page(), query.finish())
    }

    /// What to look for; none if nobody is called so.
    async fn filter(&self, app: &App) -> Result<Option<Filter>, AppError> {
        let account = match self.who.as_str() {
            "" => None,
            who => match somebody(app, who).await? {
                Some(account) => Some(account.id),
                None => return Ok(None),
            },
        };
        let since = self.span.map(|span| app.clock.now().before(span.length()));
        Ok(Some(Filter { kinds: self.about.map(About::kinds), account, since }))
    }
}

/// By mail address, username or id.
async fn somebody(app: &App, who: &str) -> Result<Option<Account>, sqlx::Error> {
    match who.parse::<Uuid>() {
        Ok(id) => accounts::find(&app.db, AccountId(id)).await,
        Err(_) => accounts::find_by_identifier(&app.db, who).await,
    }
}

#[component]
pub fn AdminActivityPage() -> impl IntoView {
    let asked = TrailQuery::read(query);
    shown(Then::AdminActivity.page(), |app, _| async move {
        let filter = asked.filter(&app).await?;
        let found = match &filter {
            Some(filter) => {
                let page = trail::page(&app.db, filter, asked.place.unwrap_or(Place::Newest), PAGE).await?;
                let mut others = Vec::new();
                for entry in &page.rows {
                    others.push(trail::other_side(&app.db, entry).await?);
                }
                Some((page, others))
            }
            None => None,
        };
        let now = app.clock.now().0;
        Ok(view! {
            <AdminPage
                title=word("admin-activity-title")
                lead=|| word("admin-activity-text")
                current=Then::AdminActivity
            >
                <Section heading=word("activity-heading")>
                    <FilterFields asked=asked.clone() refused=filter.is_none() />
                    {found.map(|(page, others)| view! { <Entries asked page others now /> })}
                </Section>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn FilterFields(asked: TrailQuery, refused: bool) -> impl IntoView {
    let error = match refused {
        true => FormError { field: Some("who"), message: word("admin-sessions-no-person") },
        false => FormError::default(),
    };
    let abouts = About::all().map(|about| (about.name(), about.label()));
    let spans = Span::ALL.iter().map(|span| (span.name(), span.label()));
    view! {
        <Provider value=error>
            <FilterForm action=Then::AdminActivity.page() button=word("admin-users-filter-button")>
                <Field
                    name="who"
                    label=word("admin-activity-who")
                    value=asked.who
                    autocomplete="off"
                    max_length=254
                    optional=true
                />
                <Select
                    name="kind"
                    label=word("activity-filter-kind")
                    options=std::iter::once(("everything", word("activity-kind-everything"))).chain(abouts).collect()
                    selected=asked.about.map_or("everything", About::name)
                />
                <Select
                    name="time"
                    label=word("activity-filter-time")
                    options=std::iter::once(("any", word("activity-time-any"))).chain(spans).collect()
                    selected=asked.span.map_or("any", Span::name)
                />
            </FilterForm>
        </Provider>
    }
}

#[component]
fn Entries(asked: TrailQuery, page: Page, others: Vec<Option<Owner>>, now: i64) -> impl IntoView {
    let (newer, older) = (page.newer.map(|place| asked.path_at(place)), page.older.map(|place| asked.path_at(place)));
    let list = if page.rows.is_empty() {
        let (heading, text) = match (asked.is_filtered(), older.is_none()) {
            (true, false) => (word("activity-no-match-so-far"), word("activity-no-match-so-far-text")),
            (true, true) => (word("activity-no-match"), word("activity-no-match-text")),
            (false, _) => (word("activity-empty"), word("admin-activity-none")),
        };
        view! { <Empty glyph=Glyph::Clock heading text /> }.into_any()
    } else {
        let items = page.rows.into_iter().zip(others).map(move |(entry, other)| {
            let heading = sentence_of_another(&entry.kind, &entry.details);
            view! { <Told entry other heading now whose=true /> }
        });
        view! { <Items>{items.collect_view()}</Items> }.into_any()
    };
    view! {
        {list}
        <Pager newer older />
    }
}

/// One entry, told of somebody else.
#[component]
pub fn Told(
    entry: Entry,
    /// Who did it to its owner; or to whom its owner did it.
    #[prop(optional_no_strip)]
    other: Option<Owner>,
    heading: String,
    /// Says whose it is.
    #[prop(optional)]
    whose: bool,
    now: i64,
) -> impl IntoView {
    let glyph = telling(&entry.kind, entry.details.reason.as_deref()).glyph;
    let device = entry.details.device.as_deref().map(|agent| user_agent::describe(&reader(), agent));
    let from: String =
        [device, entry.details.address.clone()].into_iter().flatten().map(|part| format!(" · {part}")).collect();
    let by_command_line = entry.details.by.as_deref() == Some("command_line");
    let is_act = entry.details.entry.is_some();
    let said_of_other = other.map(|owner| {
        let label = if is_act { word("admin-activity-to") } else { word("admin-activity-by") };
        view! { <p>{label} " " <Person owner /></p> }
    });
    let owner = whose.then(|| match entry.owner {
        Some(owner) => view! { <p><Person owner /></p> }.into_any(),
        None if entry.details.unknown_identifier.is_some() => {
            view! { <p>{word("admin-activity-unknown")}</p> }.into_any()
        }
        None if entry.erased => view! { <p>{word("admin-activity-erased")}</p> }.into_any(),
        None => ().into_any(),
    });
    view! {
        <Item glyph heading=move || heading>
            {owner}
            {said_of_other}
            {by_command_line.then(|| view! { <p>{word("admin-activity-by-command-line")}</p> })}
            <p>
                <When micros=entry.at.0 now />
                {from}
            </p>
        </Item>
    }
}

/// A link to somebody's page, where they are still there.
#[component]
fn Person(owner: Owner) -> impl IntoView {
    let href = Then::AdminUser(owner.id.0).path().into_owned();
    match owner.name {
        Some(name) => view! { <a href=href>{name}</a> }.into_any(),
        None => word_with("admin-activity-gone", &[("id", owner.id.0.to_string())]).into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::page_query::query_of;

    fn asked(query: &str) -> TrailQuery {
        TrailQuery::read(query_of(query))
    }

    #[test]
    fn an_address_asks_for_what_its_links_say() {
        for about in About::all().map(Some).chain([None]) {
            for span in Span::ALL.iter().copied().map(Some).chain([None]) {
                for place in [Place::Before(7), Place::After(9)] {
                    let page = TrailQuery { who: "ada+x@example.org".to_owned(), about, span, place: Some(place) };
                    let path = page.path_at(place);
                    assert_eq!(asked(path.strip_prefix("/admin/activity?").unwrap()), page, "{path}");
                    assert_eq!(crate::base::paths::path_asking(&path), path, "it survives a confirmation");
                }
            }
        }
        for hostile in ["", "who=%20&kind=all&time=99&before=-1&after=1e3"] {
            assert_eq!(asked(hostile), TrailQuery::default(), "{hostile}");
        }
    }
}
