//! Everybody with an account: finding people, and what can be done to the account of each.

mod acts;
mod asked;
mod one;
mod questions;

pub use acts::{
    AdminAddToGroup, AdminDisable, AdminEnable, AdminKeepFactors, AdminRemoveFromGroup, AdminResetFactors,
    AdminResetPassword, AdminSetRole, AdminUnlock, admin_add_to_group, admin_disable, admin_enable, admin_keep_factors,
    admin_remove_from_group, admin_reset_factors, admin_reset_password, admin_set_role, admin_unlock,
};
pub use one::AdminUserPage;

use super::{AdminPage, role_label, shown};
use crate::base::clock::UnixMicros;
use crate::base::paths::Then;
use crate::domain::accounts::Role;
use crate::domain::directory::{self, Among, Found, Page, Place, State};
use crate::request::page_query::query;
use crate::ui::words::{word, word_with};
use crate::ui::{
    Badge, Cell, Empty, Field, FilterForm, FormError, Glyph, LinkButton, Pager, Row, Section, Select, Table, When,
};
use asked::{PeopleQuery, RANKS, STATES, rank_name, state_label, state_name};
use leptos::context::Provider;
use leptos::prelude::*;

/// People a page shows.
const PAGE: usize = 50;

#[component]
pub fn AdminUsersPage() -> impl IntoView {
    let asked = PeopleQuery::read(query);
    shown(Then::AdminUsers.page(), |app, _| async move {
        let now = app.clock.now();
        let filter = asked.filter();
        let page = match &filter {
            Some(filter) => Some(directory::page(&app.db, filter, asked.place.unwrap_or(Place::Newest), PAGE).await?),
            None => None,
        };
        Ok(view! {
            <AdminPage
                title=word("admin-users-title")
                lead=|| word("admin-users-text")
                current=Then::AdminUsers
            >
                <Section heading=word("admin-users-heading")>
                    <FilterFields asked=asked.clone() refused=filter.is_none() />
                    {page.map(|page| view! { <FoundPeople asked page now /> })}
                </Section>
            </AdminPage>
        }
        .into_any())
    })
}

fn rank_label(among: Among) -> String {
    match among {
        Among::Only(role) => role_label(role),
        Among::Staff => word("role-staff"),
    }
}

#[component]
fn FilterFields(asked: PeopleQuery, refused: bool) -> impl IntoView {
    let error = match refused {
        true => FormError { field: Some("text"), message: word("admin-users-no-text") },
        false => FormError::default(),
    };
    let states = STATES.iter().map(|state| (state_name(*state), state_label(*state)));
    let ranks = RANKS.iter().map(|among| (rank_name(*among), rank_label(*among)));
    view! {
        <Provider value=error>
            <FilterForm action=Then::AdminUsers.page() button=word("admin-users-filter-button")>
                <Field
                    name="text"
                    label=word("admin-users-name")
                    value=asked.text
                    autocomplete="off"
                    max_length=254
                    optional=true
                />
                <Select
                    name="state"
                    label=word("admin-users-state")
                    options=std::iter::once(("any", word("admin-users-any-state"))).chain(states).collect()
                    selected=asked.state.map_or("any", state_name)
                />
                <Select
                    name="role"
                    label=word("admin-users-role")
                    options=std::iter::once(("any", word("admin-users-any-role"))).chain(ranks).collect()
                    selected=asked.among.map_or("any", rank_name)
                />
            </FilterForm>
        </Provider>
    }
}

#[component]
fn FoundPeople(asked: PeopleQuery, page: Page, now: UnixMicros) -> impl IntoView {
    let (newer, older) = (page.newer.map(|place| asked.path_at(place)), page.older.map(|place| asked.path_at(place)));
    let list = if page.rows.is_empty() {
        view! { <Nobody is_filtered=asked.is_filtered() is_end=older.is_none() /> }.into_any()
    } else {
        view! { <List people=page.rows now /> }.into_any()
    };
    view! {
        {list}
        <Pager newer older />
    }
}

/// `is_end`: all of them were looked through.
#[component]
fn Nobody(is_filtered: bool, is_end: bool) -> impl IntoView {
    let (heading, text) = match (is_filtered, is_end) {
        (true, true) => (word("admin-users-no-match"), word("admin-users-no-match-text")),
        (true, false) => (word("admin-users-no-match-so-far"), word("admin-users-no-match-so-far-text")),
        (false, _) => (word("admin-users-no-more"), word("admin-users-no-more-text")),
    };
    view! { <Empty glyph=Glyph::Person heading text /> }
}

#[component]
fn List(people: Vec<Found>, now: UnixMicros) -> impl IntoView {
    let columns = vec![
        word("admin-users-person"),
        word("admin-users-username"),
        word("admin-users-state"),
        word("admin-users-role"),
        word("admin-users-since"),
    ];
    let labels = columns.clone();
    let rows: Vec<_> =
        people.into_iter().map(|found| view! { <PersonRow labels=labels.clone() found now=now.0 /> }).collect();
    view! {
        <Table caption=word("admin-users-heading") columns acts=word("admin-users-acts")>
            {rows}
        </Table>
    }
}

#[component]
fn PersonRow(labels: Vec<String>, found: Found, now: i64) -> impl IntoView {
    let mut labels = labels.into_iter();
    let mut label = move || labels.next().unwrap_or_default();
    let states = states_of(&found);
    let href = Then::AdminUser(found.id.0).path().into_owned();
    let name = found.email.or(&found.username).to_owned();
    let spoken = word_with("admin-users-open-whom", &[("email", name.clone())]);
    view! {
        <Row>
            <Cell label=label()>
                <span class="item-heading">{name}</span>
                <span class="quiet">{found.display_name.as_str().to_owned()}</span>
            </Cell>
            <Cell label=label()>{found.username.as_str().to_owned()}</Cell>
            <Cell label=label()>
                <States states />
            </Cell>
            <Cell label=label()>
                {if found.role == Role::Member {
                    role_label(found.role).into_any()
                } else {
                    view! {
                        <span>
                            <Badge>{role_label(found.role)}</Badge>
                        </span>
                    }
                        .into_any()
                }}
            </Cell>
            <Cell label=label()>
                <When micros=found.created_at.0 now />
            </Cell>
            <Cell>
                <LinkButton href>
                    {word("admin-users-open")} <span class="visually-hidden">{spoken}</span>
                </LinkButton>
            </Cell>
        </Row>
    }
}

/// Everything that can be said of the account; active if nothing else.
fn states_of(found: &Found) -> Vec<State> {
    let all = [
        (found.disabled_at.is_some(), State::Disabled),
        (found.frozen_at.is_some(), State::Locked),
        (found.due_at.is_some(), State::FactorReset),
    ];
    let said: Vec<State> = all.into_iter().filter(|(is, _)| *is).map(|(_, state)| state).collect();
    if said.iter().any(|state| *state != State::FactorReset) { said } else { [vec![State::Active], said].concat() }
}

#[component]
fn States(states: Vec<State>) -> impl IntoView {
    let said = states.into_iter().map(|state| match state {
        State::Active => view! { <span>{state_label(state)}</span> }.into_any(),
        _ => view! {
            <span>
                <Badge>{state_label(state)}</Badge>
            </span>
        }
        .into_any(),
    });
    said.collect_view()
}
