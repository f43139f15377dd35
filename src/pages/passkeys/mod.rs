//! Passkeys: which there are, and what is done with them.

mod acts;
mod sign_in;
mod sign_up;

pub use acts::{AddPasskey, NamePasskey, RemovePasskey, add_passkey, name_or_browser, name_passkey, remove_passkey};
pub use sign_in::{SignInWithPasskey, sign_in_with_passkey};
pub use sign_up::{
    CreateAccountWithPasskey, RegisterWithPasskey, SignUpWithPasskey, create_account_with_passkey,
    register_with_passkey,
};

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::factors;
use crate::domain::factors::passkeys::{self, MOST, Passkey};
use crate::domain::providers::identities;
use crate::flows::connections::is_last_way_in;
use crate::pages::account::AccountPage;
use crate::pages::passkey_challenge::{Act, PasskeyAnswer, are_offered, can_be_added};
use crate::pages::pieces::factors::{Few, InPlaceOfShortPassword, Off, Since};
use crate::pages::pieces::step_up::must_confirm;
use crate::request::app::App;
use crate::request::page_query::{asked, query, refusal, was_done};
use crate::request::visitor::Visitor;
use crate::ui::words::{word, word_with};
use crate::ui::{
    AskButton, DangerButton, Empty, Field, Form, Glyph, Hidden, Item, Items, LinkButton, Notice, NoticeKind,
    PrimaryButton, Section,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn PasskeysPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    let (removing, name) = (query("remove").and_then(|id| id.parse().ok()), query("name"));
    let adding = asked("add");
    let page = async move {
        // Adding and removing need to know who is there; looking at the list does not.
        if let Some(removing) = removing
            && must_confirm(&app, &person, Then::RemovePasskey(removing)).await?
        {
            return Ok(().into_any());
        }
        if adding && must_confirm(&app, &person, Then::AddPasskey).await? {
            return Ok(().into_any());
        }
        let (now, account) = (app.clock.now(), person.account.id);
        let list = passkeys::list(&app.db, account).await?;
        let (factors, codes) =
            (factors::of(&app.db, account).await?, factors::recovery_codes_left(&app.db, account).await?);
        let find = |wanted: String| list.iter().find(|passkey| passkey.id.0.to_string() == wanted).cloned();
        let connections = identities::list(&app.db, account).await?;
        let count = list.len().try_into().unwrap_or(i64::MAX);
        let only_way_in = is_last_way_in(&app.providers, &person.account, count, &connections);
        let content = if let Some(passkey) = removing.and_then(|id: uuid::Uuid| find(id.to_string())) {
            let last = factors.iter().filter(|kind| **kind != factors::FactorKind::RecoveryCode).count() == 1;
            let off = Off::of(&app, &person.account, last && list.len() == 1);
            view! { <RemoveQuestion passkey off only_way_in /> }.into_any()
        } else if let Some(passkey) = name.and_then(find) {
            view! { <NameQuestion passkey /> }.into_any()
        } else if adding {
            view! { <AddQuestion first=factors.is_empty() /> }.into_any()
        } else {
            view! {
                {done()}
                <Few on=!factors.is_empty() codes />
                <List list now=now.0 />
            }
            .into_any()
        };
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("passkeys-title") lead=|| word("passkeys-text") current=Then::Passkeys>
                    {content}
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

fn done() -> Option<AnyView> {
    let text = if was_done("added") {
        word("passkey-added")
    } else if was_done("removed") {
        word("passkey-removed")
    } else if was_done("named") {
        word("passkey-named")
    } else {
        return None;
    };
    Some(view! { <Notice kind=NoticeKind::Success until_refused=true>{text}</Notice> }.into_any())
}

/// What a passkey is called, by its owner or by us.
fn name_of(passkey: &Passkey) -> String {
    passkey.name.clone().unwrap_or_else(|| word("passkey-unnamed"))
}

#[component]
fn List(list: Vec<Passkey>, now: i64) -> impl IntoView {
    if !are_offered() {
        return view! {
            <Section heading=word("passkeys-heading")>
                <Empty glyph=Glyph::Key heading=word("passkeys-impossible") text=word("passkeys-impossible-text") />
            </Section>
        }
        .into_any();
    }
    let (add, can_add) = (Then::AddPasskey.path(), can_be_added());
    if list.is_empty() {
        return view! {
            <Section heading=word("passkeys-heading")>
                <Empty glyph=Glyph::Key heading=word("passkeys-none") text=word("passkeys-none-text") />
                {can_add
                    .then(|| view! { <LinkButton href=add primary=true>{word("passkey-add-link")}</LinkButton> })}
            </Section>
        }
        .into_any();
    }
    let room = can_add && list.len() < MOST;
    view! {
        <Section
            heading=word("passkeys-heading")
            text=word("passkeys-list-text")
            action=move || room.then(|| view! { <LinkButton href=add>{word("passkey-add-link")}</LinkButton> })
        >
            <Items>{list.into_iter().map(|passkey| view! { <Row passkey now /> }).collect_view()}</Items>
        </Section>
    }
    .into_any()
}

#[component]
fn Row(passkey: Passkey, now: i64) -> impl IntoView {
    let (id, name) = (passkey.id.0.to_string(), name_of(&passkey));
    let rename = format!("{}?name={id}", Then::Passkeys.page());
    let kept = if passkey.synced { word("passkey-synced") } else { word("passkey-device-bound") };
    let remove = move || {
        view! {
            <AskButton page=Then::Passkeys.page() name="remove" value=id>
                {word("passkey-remove-button")}
            </AskButton>
        }
    };
    view! {
        <Item glyph=Glyph::Key heading=move || name action=remove>
            <p>{kept}</p>
            <Since label=word("factor-added") at=passkey.created_at used=passkey.last_used_at now />
            <p>
                <a href=rename>{word("factor-name-link")}</a>
            </p>
        </Item>
    }
}

#[component]
fn AddQuestion(first: bool) -> impl IntoView {
    let text = if first { word("passkey-add-first-text") } else { word("passkey-add-text") };
    view! {
        <Section heading=word("passkey-add-heading") text>
            <Form id="add-passkey" action=AddPasskey::PATH error={refusal::<AddPasskey>()}>
                <Field
                    name="device_name"
                    label=word("field-passkey-name")
                    help=word("field-passkey-name-help")
                    autocomplete="off"
                    max_length=40
                    optional=true
                />
                <PasskeyAnswer act=Act::Add>
                    <div class="links">
                        <PrimaryButton>{word("passkey-add-button")}</PrimaryButton>
                        <LinkButton href=Then::Passkeys.page()>{word("totp-cancel")}</LinkButton>
                    </div>
                </PasskeyAnswer>
            </Form>
        </Section>
    }
}

#[component]
fn RemoveQuestion(passkey: Passkey, off: Off, only_way_in: bool) -> impl IntoView {
    let heading = word_with("passkey-remove-heading", &[("name", name_of(&passkey))]);
    if only_way_in {
        return view! {
            <Section heading text=word("error-last-way-in")>
                <div class="links">
                    <LinkButton href=Then::Password.page() primary=true>
                        {word("passkey-set-password-link")}
                    </LinkButton>
                    <LinkButton href=Then::Passkeys.page()>{word("passkey-keep")}</LinkButton>
                </div>
            </Section>
        }
        .into_any();
    }
    let text = match off {
        Off::OneOfSeveral => word("passkey-remove-text"),
        Off::Last => word("passkey-remove-last-text"),
        Off::LastOfShortPassword { .. } => word("factor-off-short-text"),
        Off::LastAndRequired => {
            return view! {
                <Section heading text=word("factor-off-required-text")>
                    <LinkButton href=Then::Passkeys.page()>{word("passkey-keep")}</LinkButton>
                </Section>
            }
            .into_any();
        }
    };
    view! {
        <Section heading text>
            <Form id="remove-passkey" action=RemovePasskey::PATH error={refusal::<RemovePasskey>()}>
                <Hidden name="passkey" value=passkey.id.0.to_string() />
                <InPlaceOfShortPassword off />
                <div class="links">
                    <DangerButton>{word("passkey-remove-button")}</DangerButton>
                    <LinkButton href=Then::Passkeys.page()>{word("passkey-keep")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
    .into_any()
}

#[component]
fn NameQuestion(passkey: Passkey) -> impl IntoView {
    view! {
        <Section heading=word("passkey-name-heading")>
            <Form id="name-passkey" action=NamePasskey::PATH error={refusal::<NamePasskey>()}>
                <Hidden name="passkey" value=passkey.id.0.to_string() />
                <Field
                    name="device_name"
                    label=word("field-passkey-name")
                    help=word("field-passkey-name-help")
                    autocomplete="off"
                    value=passkey.name.unwrap_or_default()
                    max_length=40
                    optional=true
                    autofocus=true
                />
                <div class="links">
                    <PrimaryButton>{word("save-button")}</PrimaryButton>
                    <LinkButton href=Then::Passkeys.page()>{word("factor-name-cancel")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}
