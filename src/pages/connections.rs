//! The sign-ins at other services that open the person's account.

use crate::base::error::AppError;
use crate::base::names::ProviderName;
use crate::base::paths::Then;
use crate::domain::factors::passkeys;
use crate::domain::providers::Provider;
use crate::domain::providers::identities::{self, Connection, MOST};
use crate::flows::connections::{label_of, ways_in};
use crate::pages::account::AccountPage;
use crate::pages::pieces::factors::Since;
use crate::pages::pieces::step_up::must_confirm;
use crate::pages::providers::{LinkProvider, UnlinkProvider};
use crate::request::app::App;
use crate::request::page_query::{query, refusal, was_done};
use crate::request::visitor::Visitor;
use crate::ui::words::{word, word_with};
use crate::ui::{
    AskButton, DangerButton, Empty, Form, Glyph, Hidden, Item, Items, LinkButton, Notice, NoticeKind, PrimaryButton,
    Section,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::sync::Arc;
use uuid::Uuid;

#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    let linking: Option<ProviderName> = query("link").and_then(|name| name.parse().ok());
    let unlinking: Option<Uuid> = query("unlink").and_then(|id| id.parse().ok());
    // Changing what there is needs to know who is there; looking at it does not.
    let wanted = linking.map(Then::LinkConnection).or(unlinking.map(Then::Unlink));
    let page = async move {
        if let Some(then) = wanted
            && must_confirm(&app, &person, then).await?
        {
            return Ok(().into_any());
        }
        let (now, account) = (app.clock.now(), person.account.id);
        let list = identities::list(&app.db, account).await?;
        let linking = linking.and_then(|name| app.providers.named(name.as_str()).cloned());
        let found = unlinking.and_then(|id| list.iter().find(|connection| connection.id.0 == id).cloned());
        let content = if let Some(provider) = linking {
            view! { <LinkQuestion provider /> }.into_any()
        } else if let Some(connection) = found {
            let passkeys = i64::try_from(passkeys::list(&app.db, account).await?.len()).unwrap_or(i64::MAX);
            let others = list.iter().filter(|other| other.id != connection.id);
            let last = ways_in(&app.providers, &person.account, passkeys, others) == 0;
            let label = label_of(&app.providers, &connection);
            view! { <UnlinkQuestion connection label last /> }.into_any()
        } else {
            let rows = list.into_iter().map(|connection| (label_of(&app.providers, &connection), connection)).collect();
            let providers: Vec<_> = app.providers.all().cloned().collect();
            view! {
                {done()}
                <List rows now=now.0 possible=!providers.is_empty() />
                <More providers />
            }
            .into_any()
        };
        Ok::<_, AppError>(
            view! {
                <AccountPage
                    title=word("connections-title")
                    lead=|| word("connections-text")
                    current=Then::Connections
                >
                    {content}
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

fn done() -> Option<AnyView> {
    if let Some(error) = refusal::<LinkProvider>() {
        return Some(view! { <Notice kind=NoticeKind::Danger until_refused=true>{error.message}</Notice> }.into_any());
    }
    let text = if was_done("linked") {
        word("connection-linked")
    } else if was_done("unlinked") {
        word("connection-unlinked")
    } else {
        return None;
    };
    Some(view! { <Notice kind=NoticeKind::Success until_refused=true>{text}</Notice> }.into_any())
}

#[component]
fn List(rows: Vec<(String, Connection)>, now: i64, possible: bool) -> impl IntoView {
    if rows.is_empty() {
        let text = if possible { word("connections-none-text") } else { word("connections-impossible-text") };
        return view! {
            <Section heading=word("connections-heading")>
                <Empty glyph=Glyph::Link heading=word("connections-none") text />
            </Section>
        }
        .into_any();
    }
    view! {
        <Section heading=word("connections-heading") text=word("connections-list-text")>
            <Items>
                {rows.into_iter().map(|(label, connection)| view! { <Row label connection now /> }).collect_view()}
            </Items>
        </Section>
    }
    .into_any()
}

/// Who it is there, as far as the provider said.
fn called(connection: &Connection) -> String {
    let Connection { display_name, email, .. } = connection;
    match (display_name, email) {
        (Some(name), Some(email)) => format!("{name} · {email}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => word("connection-nameless"),
    }
}

#[component]
fn Row(label: String, connection: Connection, now: i64) -> impl IntoView {
    let (id, who) = (connection.id.0.to_string(), called(&connection));
    let unlink = move || {
        view! {
            <AskButton page=Then::Connections.page() name="unlink" value=id>
                {word("connection-unlink-button")}
            </AskButton>
        }
    };
    view! {
        <Item glyph=Glyph::Link heading=move || label action=unlink>
            <p>{who}</p>
            <Since label=word("connection-since") at=connection.created_at used=connection.last_used_at now />
        </Item>
    }
}

#[component]
fn More(providers: Vec<Arc<Provider>>) -> impl IntoView {
    if providers.is_empty() {
        return ().into_any();
    }
    let link = |provider: Arc<Provider>| {
        let label = word_with("connection-link-to", &[("provider", provider.label.clone())]);
        view! { <LinkButton href=Then::LinkConnection(provider.name).path()>{label}</LinkButton> }
    };
    view! {
        <Section
            heading=word("connection-more-heading")
            text=word_with("connection-more-text", &[("most", MOST.to_string())])
        >
            <div class="links">{providers.into_iter().map(link).collect_view()}</div>
        </Section>
    }
    .into_any()
}

#[component]
fn LinkQuestion(provider: Arc<Provider>) -> impl IntoView {
    let values = [("provider", provider.label.clone())];
    view! {
        <Section
            heading=word_with("connection-link-heading", &values)
            text=word_with("connection-link-text", &values)
        >
            <Form id="link-provider" action=LinkProvider::PATH error={refusal::<LinkProvider>()}>
                <Hidden name="provider" value=provider.name.to_string() />
                <div class="links">
                    <PrimaryButton>{word_with("provider-button", &values)}</PrimaryButton>
                    <LinkButton href=Then::Connections.page()>{word("connection-cancel")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}

#[component]
fn UnlinkQuestion(connection: Connection, label: String, last: bool) -> impl IntoView {
    let values = [("provider", label), ("who", called(&connection))];
    let heading = word_with("connection-unlink-heading", &values);
    if last {
        return view! {
            <Section heading text=word("error-last-way-in")>
                <div class="links">
                    <LinkButton href=Then::Password.page() primary=true>
                        {word("passkey-set-password-link")}
                    </LinkButton>
                    <LinkButton href=Then::Connections.page()>{word("connection-keep")}</LinkButton>
                </div>
            </Section>
        }
        .into_any();
    }
    view! {
        <Section heading text=word_with("connection-unlink-text", &values)>
            <Form id="unlink-provider" action=UnlinkProvider::PATH error={refusal::<UnlinkProvider>()}>
                <Hidden name="connection" value=connection.id.0.to_string() />
                <div class="links">
                    <DangerButton>{word("connection-unlink-button")}</DangerButton>
                    <LinkButton href=Then::Connections.page()>{word("connection-keep")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
    .into_any()
}
