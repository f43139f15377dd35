//! One person: the state of the account, what protects it, what happens in it, and what can be done
//! to it.

mod parts;

use super::questions::{self, ActQuestion, Question};
use crate::base::error::AppError;
use crate::base::names::GroupName;
use crate::base::paths::Then;
use crate::domain::accounts::{self, Account, AccountId, Role};
use crate::domain::audit::trail::{self, Place};
use crate::domain::factors::passkeys::{self, Passkey};
use crate::domain::factors::totp::{self, Authenticator};
use crate::domain::providers::identities::{self, Connection};
use crate::domain::sessions::list::{self, Listed};
use crate::domain::{factors, groups, personal_tokens};
use crate::flows::acting::Person;
use crate::flows::administration::{self, Act};
use crate::flows::connections::label_of;
use crate::flows::factor_resets::{self, FactorReset};
use crate::pages::admin::{AdminPage, role_label, shown};
use crate::request::app::App;
use crate::request::page_query::{just_done, query};
use crate::ui::words::{word, word_if_any};
use crate::ui::{
    Field, FilterForm, FormError, Glyph, Hidden, Item, Items, LinkButton, Notice, NoticeKind, Section, Select,
};
use leptos::context::Provider;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use parts::{Groups, Latest, Sessions, Ways, Who};
use std::time::Duration;
use uuid::Uuid;

/// Entries of the activity that the page shows; the rest stands on a page of its own.
const LATEST: usize = 10;
const HOUR: Duration = Duration::from_secs(3600);

#[component]
pub fn AdminUserPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").and_then(|id| id.parse::<Uuid>().ok());
    let asked = Question::read(query);
    let (done, undone) = (just_done("done"), just_done("undone"));
    shown("/admin/users/:id", |app, person| async move {
        let account = match id {
            Some(id) => accounts::find(&app.db, AccountId(id)).await?,
            None => None,
        };
        let Some(account) = account else { return Err(AppError::NotFound) };
        let is_own = account.id == person.account.id;
        let hours = app.config.second_factor.recovery_wait.as_std().as_secs() / HOUR.as_secs();
        let no_group = match asked {
            Question::Act(act) if may(&app, &person, &account, &act) => {
                return Ok(view! { <ActQuestion act account is_own wait=hours /> }.into_any());
            }
            Question::NoGroup(typed) => Some(typed),
            Question::Act(_) | Question::Nothing => None,
        };
        let now = app.clock.now().0;
        let of = Of::read(&app, account).await?;
        let acts = possible(&app, &person, &of);
        let manages = |act: Act| may(&app, &person, &of.account, &act);
        let can_group = "group".parse().is_ok_and(|group| manages(Act::AddToGroup(group)));
        let can_set_role = manages(Act::SetRole(Role::Member));
        let title = of.account.display_name.as_str().to_owned();
        Ok(view! {
            <AdminPage title current=Then::AdminUsers>
                {outcome(done, undone)}
                <Who account=of.account.clone() reset=of.reset.clone() is_own now />
                <Acts account=of.account.clone() acts can_set_role hours />
                <Ways of=of.clone() now />
                <Sessions who=of.account.signs_in_as().to_owned() sessions=of.sessions now />
                <Groups id=of.account.id.0 groups=of.groups can=can_group refused=no_group />
                <Latest who=of.account.signs_in_as().to_owned() entries=of.latest now />
            </AdminPage>
        }
        .into_any())
    })
}

/// What is known of somebody; nothing of it lets anybody in.
#[derive(Clone)]
struct Of {
    account: Account,
    apps: Vec<Authenticator>,
    passkeys: Vec<Passkey>,
    /// Recovery codes that are left.
    codes: i64,
    reset: Option<FactorReset>,
    /// Each with what the other service is called.
    connections: Vec<(String, Connection)>,
    /// Personal access tokens.
    tokens: usize,
    sessions: Vec<Listed>,
    groups: Vec<GroupName>,
    latest: Vec<(trail::Entry, Option<trail::Owner>)>,
}

impl Of {
    async fn read(app: &App, account: Account) -> Result<Self, AppError> {
        let (db, id, now) = (&app.db, account.id, app.clock.now());
        let filter = trail::Filter { account: Some(id), ..trail::Filter::default() };
        let mut latest = Vec::new();
        for entry in trail::page(db, &filter, Place::Newest, LATEST).await?.rows {
            let other = trail::other_side(db, &entry).await?;
            latest.push((entry, other));
        }
        let connections = identities::list(db, id).await?.into_iter();
        Ok(Self {
            apps: totp::list(db, id).await?,
            passkeys: passkeys::list(db, id).await?,
            codes: factors::recovery_codes_left(db, id).await?,
            reset: factor_resets::of(db, id).await?,
            connections: connections.map(|connection| (label_of(&app.providers, &connection), connection)).collect(),
            tokens: personal_tokens::list(db, id, now).await?.len(),
            sessions: list::of_account(db, id, now).await?,
            groups: groups::of(db, id).await?,
            latest,
            account,
        })
    }
}

fn may(app: &App, person: &Person, account: &Account, act: &Act) -> bool {
    let role = person.account.role;
    if *act == Act::Unlock && account.is_held(app.clock.now()) && !administration::may_end_hold(role) {
        return false;
    }
    administration::allows(role, act.form()) && administration::may_act_on(role, account.role)
}

/// What there is to do, but for what a form of its own asks for: roles and groups.
fn possible(app: &App, person: &Person, of: &Of) -> Vec<Act> {
    let Of { account, apps, passkeys, reset, .. } = of;
    let (disabled, protected) = (account.disabled_at.is_some(), !apps.is_empty() || !passkeys.is_empty());
    let all = [
        (!disabled, Act::ResetPassword),
        (account.frozen_at.is_some(), Act::Unlock),
        (protected && reset.is_none(), Act::ResetFactors),
        (reset.is_some(), Act::KeepFactors),
        (disabled, Act::Enable),
        (!disabled, Act::Disable),
    ];
    all.into_iter().filter(|(fits, act)| *fits && may(app, person, account, act)).map(|(_, act)| act).collect()
}

/// What became of the last act, by its stored name in the address.
fn outcome(done: Option<String>, undone: Option<String>) -> Option<AnyView> {
    // Anybody can forge an address, and it may say nothing but what there is to do.
    let act = |name: Option<String>| name.filter(|name| Act::NAMES.contains(&name.as_str()));
    let Some(done) = act(done) else {
        return act(undone).map(|_| {
            view! { <Notice kind=NoticeKind::Info until_refused=true>{word("admin-undone")}</Notice> }.into_any()
        });
    };
    let said = word_if_any(&format!("act-done-{done}"), &[]);
    Some(view! { <Notice kind=NoticeKind::Success until_refused=true>{said}</Notice> }.into_any())
}

#[component]
fn Acts(account: Account, acts: Vec<Act>, can_set_role: bool, hours: u64) -> impl IntoView {
    let AccountId(id) = account.id;
    if acts.is_empty() && !can_set_role {
        return ().into_any();
    }
    let items: Vec<_> = acts
        .into_iter()
        .map(|act| {
            let questions::Consequence { title, text, is_danger } = questions::consequence(&act, &account, hours);
            let href = questions::path_of(&act, id);
            let label = title.clone();
            let glyph = if is_danger { Glyph::Warning } else { Glyph::Shield };
            view! {
                <Item
                    glyph
                    heading=move || title
                    action=move || view! { <LinkButton href>{label}</LinkButton> }
                >
                    {text}
                </Item>
            }
        })
        .collect();
    view! {
        <Section heading=word("admin-acts-heading") text=word("admin-acts-text")>
            <Items>{items}</Items>
            {can_set_role.then(|| view! { <RoleForm id role=account.role /> })}
        </Section>
    }
    .into_any()
}

#[component]
fn RoleForm(id: Uuid, role: Role) -> impl IntoView {
    let options = Role::ALL.iter().map(|role| (role.name(), role_label(*role))).collect();
    view! {
        <FilterForm action=Then::AdminUser(id).path().into_owned() button=word("admin-change-role")>
            <Hidden name="act" value="set_role" />
            <Select name="role" label=word("admin-users-role") options selected=role.name() />
        </FilterForm>
    }
}

/// `typed`: what was refused as the name of a group.
#[component]
fn GroupForm(id: Uuid, #[prop(optional_no_strip)] typed: Option<String>) -> impl IntoView {
    let error = typed.as_ref().map_or_else(FormError::default, |_| AppError::InvalidGroup.into());
    view! {
        <Provider value=error>
            <FilterForm action=Then::AdminUser(id).path().into_owned() button=word("admin-group-add-button")>
                <Hidden name="act" value="add_to_group" />
                <Field
                    name="group"
                    label=word("admin-group-name")
                    value=typed.unwrap_or_default()
                    autocomplete="off"
                    max_length=32
                    optional=true
                />
            </FilterForm>
        </Provider>
    }
}
