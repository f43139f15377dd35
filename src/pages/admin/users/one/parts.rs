//! The parts of a person's page that only tell, and its groups.

use super::{GroupForm, Of};
use crate::base::clock::UnixMicros;
use crate::base::names::GroupName;
use crate::base::paths::Then;
use crate::base::user_agent;
use crate::domain::accounts::Account;
use crate::domain::audit::trail::{Entry, Owner};
use crate::domain::sessions::list::Listed;
use crate::flows::administration::Act;
use crate::flows::factor_resets::FactorReset;
use crate::pages::admin::activity::Told;
use crate::pages::admin::role_label;
use crate::pages::admin::users::questions;
use crate::pages::pieces::factors::Since;
use crate::pages::wording::{sentence_of_another, signed_in_with};
use crate::ui::words::{reader, word, word_with};
use crate::ui::{Badge, Empty, Fact, Facts, Glyph, Item, Items, LinkButton, Section, When};
use leptos::prelude::*;
use uuid::Uuid;

/// Sessions that the page shows; the rest stands on a page of its own.
const SESSIONS: usize = 5;

#[component]
pub fn Who(
    account: Account,
    #[prop(optional_no_strip)] reset: Option<FactorReset>,
    /// The account is the one it is looked at from.
    is_own: bool,
    now: i64,
) -> impl IntoView {
    let confirmed = account.email.known().is_some() && account.email_verified_at.is_some();
    let reset = reset.map(|reset| {
        view! {
            <Fact label=word("admin-who-reset")>
                <When micros=reset.due_at.0 now />
            </Fact>
        }
    });
    let held = account.freeze_holds_until.filter(|_| account.is_held(UnixMicros(now)));
    let held = held.map(|until| {
        view! {
            <Fact label=word("admin-who-held")>
                <When micros=until.0 now /> ". " {word("admin-who-held-text")}
            </Fact>
        }
    });
    view! {
        <Section heading=word("admin-who-heading")>
            <Facts>
                <Fact label=word("overview-email")>
                    {account.email.known().map_or_else(|| word("overview-email-none"), str::to_owned)} " "
                    {confirmed.then(|| view! { <Badge good=true>{word("overview-email-confirmed")}</Badge> })}
                </Fact>
                <Fact label=word("admin-users-username")>{account.username.as_str().to_owned()}</Fact>
                <Fact label=word("admin-who-id")>{account.id.0.to_string()}</Fact>
                <Fact label=word("admin-users-state")>
                    <State disabled=account.disabled_at locked=account.frozen_at now />
                </Fact>
                {held}
                {reset}
                <Fact label=word("admin-users-role")>
                    {role_label(account.role)} " "
                    {is_own.then(|| view! { <Badge>{word("admin-who-you")}</Badge> })}
                </Fact>
                <Fact label=word("admin-users-since")>
                    <When micros=account.created_at.0 now />
                </Fact>
            </Facts>
        </Section>
    }
}

/// Since when the account is in a state that lets nobody in.
#[component]
fn State(
    #[prop(optional_no_strip)] disabled: Option<UnixMicros>,
    #[prop(optional_no_strip)] locked: Option<UnixMicros>,
    now: i64,
) -> impl IntoView {
    if disabled.is_none() && locked.is_none() {
        return word("admin-state-active").into_any();
    }
    let said = [(disabled, word("admin-state-disabled")), (locked, word("admin-state-locked"))];
    let said = said.into_iter().filter_map(|(at, label)| Some((at?, label)));
    said.map(|(at, label)| {
        view! {
            <div>
                <Badge>{label}</Badge>
                " "
                <When micros=at.0 now />
            </div>
        }
    })
    .collect_view()
    .into_any()
}

/// What signs in to the account, and what is asked for besides.
#[component]
pub fn Ways(of: Of, now: i64) -> impl IntoView {
    let Of { account, apps, passkeys, codes, connections, tokens, .. } = of;
    let protected = !apps.is_empty() || !passkeys.is_empty();
    let since = move |glyph, name: String, at: UnixMicros, used: Option<UnixMicros>| {
        view! {
            <Item glyph heading=move || name>
                <Since label=word("factor-added") at used now />
            </Item>
        }
    };
    let apps = apps.into_iter().map(|app| {
        since(Glyph::Phone, app.name.unwrap_or_else(|| word("factor-app")), app.created_at, app.last_used_at)
    });
    let apps = apps.collect_view();
    let passkeys = passkeys.into_iter().map(|passkey| {
        let name = passkey.name.unwrap_or_else(|| word("passkey-unnamed"));
        since(Glyph::Key, name, passkey.created_at, passkey.last_used_at)
    });
    let passkeys = passkeys.collect_view();
    let connections = connections.into_iter().map(|(label, connection)| {
        let name = [Some(label), connection.email].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        since(Glyph::Link, name, connection.created_at, connection.last_used_at)
    });
    let connections = connections.collect_view();
    let protection = match protected {
        true => word_with("admin-ways-codes", &[("count", codes.to_string())]),
        false => word("admin-ways-no-factor"),
    };
    view! {
        <Section heading=word("admin-ways-heading")>
            <Items>
                <Item glyph=Glyph::Key heading=|| word("overview-password")>
                    <Password account now />
                </Item>
                {apps}
                {passkeys}
                {connections}
                <Item glyph=Glyph::Shield heading=|| word("overview-factor")>
                    {protection}
                </Item>
                <Item glyph=Glyph::Key heading=|| word("admin-ways-tokens")>
                    {word_with("admin-ways-token-count", &[("count", tokens.to_string())])}
                </Item>
            </Items>
        </Section>
    }
}

#[component]
fn Password(account: Account, now: i64) -> impl IntoView {
    match (&account.password_hash, account.password_changed_at) {
        (None, _) => word("overview-password-none").into_any(),
        (Some(_), None) => word("admin-ways-password-set").into_any(),
        (Some(_), Some(at)) => view! {
            {word("admin-ways-password-since")} " "
            <When micros=at.0 now />
        }
        .into_any(),
    }
}

#[component]
pub fn Sessions(who: String, sessions: Vec<Listed>, now: i64) -> impl IntoView {
    let count = sessions.len();
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("who", &who).finish();
    let all = format!("{}?{query}", Then::AdminSessions.page());
    let items = sessions.into_iter().take(SESSIONS).map(|Listed { session, device_name }| {
        let device = user_agent::describe(&reader(), &session.seen_user_agent);
        let heading = device_name.map_or_else(|| device.clone(), |name| format!("{name} ({device})"));
        view! {
            <Item glyph=Glyph::Device heading=move || heading>
                {session.seen_address} " · " {signed_in_with(&session.method)} " · "
                <When micros=session.last_seen_at.0 now />
            </Item>
        }
    });
    let items = items.collect_view();
    view! {
        <Section
            heading=word("admin-sessions-title")
            text=word_with("admin-person-sessions", &[("count", count.to_string())])
            action=move || (count > 0).then(|| view! { <LinkButton href=all>{word("admin-show-sessions")}</LinkButton> })
        >
            {(count > 0).then(|| view! { <Items>{items}</Items> })}
        </Section>
    }
}

/// `can`: whoever looks may change them. `refused` is what was typed as the name of one and can't
/// be.
#[component]
pub fn Groups(
    id: Uuid,
    groups: Vec<GroupName>,
    can: bool,
    #[prop(optional_no_strip)] refused: Option<String>,
) -> impl IntoView {
    let list = if groups.is_empty() {
        view! { <p class="quiet">{word("admin-groups-none")}</p> }.into_any()
    } else {
        let items = groups.into_iter().map(move |group| {
            let href = questions::path_of(&Act::RemoveFromGroup(group.clone()), id);
            let spoken = word_with("act-title-remove-from-group", &[("group", group.to_string())]);
            let action = move || {
                can.then(|| {
                    view! {
                        <LinkButton href>
                            <span aria-hidden="true">{word("admin-group-remove-button")}</span>
                            <span class="visually-hidden">{spoken}</span>
                        </LinkButton>
                    }
                })
            };
            view! {
                <Item glyph=Glyph::Person heading=move || group.to_string() action>
                    ""
                </Item>
            }
        });
        view! { <Items>{items.collect_view()}</Items> }.into_any()
    };
    view! {
        <Section heading=word("admin-groups-heading") text=word("admin-groups-text")>
            {list}
            {can.then(|| view! { <GroupForm id typed=refused /> })}
        </Section>
    }
}

/// The newest entries of the person's activity, each with whom else it is about.
#[component]
pub fn Latest(who: String, entries: Vec<(Entry, Option<Owner>)>, now: i64) -> impl IntoView {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("who", &who).finish();
    let all = format!("{}?{query}", Then::AdminActivity.page());
    let list = if entries.is_empty() {
        view! { <Empty glyph=Glyph::Clock heading=word("activity-empty") text=word("admin-latest-none") /> }.into_any()
    } else {
        let items = entries.into_iter().map(move |(entry, other)| {
            let heading = sentence_of_another(&entry.kind, &entry.details);
            view! { <Told entry other heading now /> }
        });
        view! { <Items>{items.collect_view()}</Items> }.into_any()
    };
    view! {
        <Section
            heading=word("activity-title")
            action=move || view! { <LinkButton href=all>{word("admin-show-activity")}</LinkButton> }
        >
            {list}
        </Section>
    }
}
