//! Personal access tokens: what people make for their own programs. Making one is in `acts.rs`.

mod acts;

pub use acts::{MakeToken, RevokeToken, TokenSaved, make_token, revoke_token, token_saved};

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts::{Account, Role};
use crate::domain::factors::drafts::{self, Draft};
use crate::domain::personal_tokens::{self, Listed};
use crate::domain::scopes::{Scope, Scopes};
use crate::flows::acting::Person;
use crate::pages::account::AccountPage;
use crate::pages::pieces::step_up::must_confirm;
use crate::request::app::App;
use crate::request::page_query::{asked, query, refusal, was_done};
use crate::request::visitor::Visitor;
use crate::ui::words::{word, word_with};
use crate::ui::{
    AskButton, CheckBox, CopyButton, DangerButton, Empty, Field, Form, Glyph, Hidden, Item, Items, LinkButton, Notice,
    NoticeKind, PrimaryButton, Section, Select, When,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a token may be made for, in days, as the form offers it.
const LIFETIMES: [(u16, &str); 4] = [(7, "7"), (30, "30"), (90, "90"), (365, "365")];
/// The one that is chosen to begin with, where it is offered.
const USUAL: &str = "30";

/// Each scope that a token can have, and its field.
fn choices(account: &Account) -> Vec<(Scope, &'static str)> {
    let all = [
        (Scope::Profile, "scope_profile"),
        (Scope::SessionsRead, "scope_sessions"),
        (Scope::Introspect, "scope_introspect"),
    ];
    all.into_iter().filter(|(scope, _)| *scope != Scope::Introspect || account.role == Role::Admin).collect()
}

fn words_of(scope: Scope) -> String {
    match scope {
        Scope::Profile => word("token-scope-profile"),
        Scope::SessionsRead => word("token-scope-sessions"),
        Scope::SessionsEnd => word("token-scope-sessions-end"),
        Scope::Introspect => word("token-scope-introspect"),
    }
}

/// Those of [`LIFETIMES`] that the operator allows; never none.
fn lifetimes(app: &App) -> Vec<(u16, &'static str)> {
    let longest = app.config.tokens.personal_days;
    let allowed: Vec<_> = LIFETIMES.into_iter().filter(|(days, _)| *days <= longest).collect();
    if allowed.is_empty() { vec![(longest, "")] } else { allowed }
}

#[component]
pub fn TokensPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    let revoking = query("revoke").and_then(|id| id.parse::<Uuid>().ok());
    let adding = asked("add");
    let page = async move {
        if adding && must_confirm(&app, &person, Then::AddToken).await? {
            return Ok(().into_any());
        }
        let now = app.clock.now();
        let list = personal_tokens::list(&app.db, person.account.id, now).await?;
        let find = |wanted: Uuid| list.iter().find(|token| token.id.0 == wanted).cloned();
        let content = if let Some(token) = shown_to(&app, &person).await? {
            view! { <Shown token /> }.into_any()
        } else if let Some(token) = revoking.and_then(find) {
            view! { <RevokeQuestion token /> }.into_any()
        } else if adding {
            view! { <AddQuestion app=app.clone() account=person.account.clone() /> }.into_any()
        } else {
            view! {
                {done()}
                <List list now=now.0 />
                <Section heading=word("tokens-for-programmers")>
                    <p>{word("tokens-reference-text")}</p>
                    <LinkButton href="/api">{word("tokens-reference-link")}</LinkButton>
                </Section>
            }
            .into_any()
        };
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("tokens-title") lead=|| word("tokens-text") current=Then::Tokens>
                    {content}
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

/// The token that this session made and has not saved yet.
async fn shown_to(app: &App, person: &Person) -> Result<Option<Zeroizing<String>>, sqlx::Error> {
    let now = app.clock.now();
    let draft = drafts::read(&app.db, &app.vault, person.draft_owner(), Draft::PersonalToken, now).await?;
    Ok(draft.and_then(|draft| String::from_utf8(draft.to_vec()).ok()).map(Zeroizing::new))
}

fn done() -> Option<AnyView> {
    let text = if was_done("revoked") {
        word("token-revoked")
    } else if was_done("saved") {
        word("token-saved")
    } else {
        return None;
    };
    Some(view! { <Notice kind=NoticeKind::Success until_refused=true>{text}</Notice> }.into_any())
}

#[component]
fn List(list: Vec<Listed>, now: i64) -> impl IntoView {
    let add = Then::AddToken.path();
    if list.is_empty() {
        return view! {
            <Section heading=word("tokens-heading")>
                <Empty glyph=Glyph::Key heading=word("tokens-none") text=word("tokens-none-text") />
                <LinkButton href=add primary=true>
                    {word("token-add-link")}
                </LinkButton>
            </Section>
        }
        .into_any();
    }
    view! {
        <Section
            heading=word("tokens-heading")
            text=word("tokens-list-text")
            action=move || view! { <LinkButton href=add>{word("token-add-link")}</LinkButton> }
        >
            <Items>{list.into_iter().map(|token| view! { <Row token now /> }).collect_view()}</Items>
        </Section>
    }
    .into_any()
}

/// What it may be used for, in words.
fn uses(scope: &str) -> String {
    let scopes = Scopes::parse(scope);
    scopes.iter().flat_map(Scopes::iter).map(words_of).collect::<Vec<_>>().join(" · ")
}

#[component]
fn Row(token: Listed, now: i64) -> impl IntoView {
    let Listed { id, name, scope, created_at, expires_at, last_used_at, last_used_address } = token;
    let used = match last_used_at {
        Some(used) => view! {
            {word("token-used")}
            " "
            <When micros=used.0 now />
            {last_used_address.filter(|address| !address.is_empty()).map(|address| format!(" · {address}"))}
        }
        .into_any(),
        None => word("token-never-used").into_any(),
    };
    let revoke = move || {
        view! {
            <AskButton page=Then::Tokens.page() name="revoke" value=id.0.to_string()>
                {word("token-revoke-button")}
            </AskButton>
        }
    };
    view! {
        <Item glyph=Glyph::Key heading=move || name action=revoke>
            <p>{uses(&scope)}</p>
            <p>{used}</p>
            <p>
                {word("token-made")} " " <When micros=created_at.0 now /> " · " {word("token-ends")} " "
                <When micros=expires_at.0 now />
            </p>
        </Item>
    }
}

#[component]
fn AddQuestion(app: App, account: Account) -> impl IntoView {
    let lifetimes = lifetimes(&app);
    let chosen = if lifetimes.iter().any(|(_, value)| *value == USUAL) { USUAL } else { "" };
    let options = lifetimes
        .into_iter()
        .map(|(days, value)| (value, word_with("token-days", &[("days", days.to_string())])))
        .collect::<Vec<_>>();
    let boxes = choices(&account).into_iter().map(|(scope, name)| {
        view! { <CheckBox name label=words_of(scope) checked=scope == Scope::Profile /> }
    });
    view! {
        <Section heading=word("token-add-heading") text=word("token-add-text")>
            <Form id="make-token" action=MakeToken::PATH error={refusal::<MakeToken>()}>
                <Field
                    name="token_name"
                    label=word("field-token-name")
                    help=word("field-token-name-help")
                    autocomplete="off"
                    max_length=40
                    autofocus=true
                />
                <fieldset class="choices">
                    <legend>{word("token-scopes")}</legend>
                    {boxes.collect_view()}
                </fieldset>
                <Select name="days" label=word("field-token-days") options selected=chosen />
                <div class="links">
                    <PrimaryButton>{word("token-add-button")}</PrimaryButton>
                    <LinkButton href=Then::Tokens.page()>{word("token-cancel")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}

#[component]
fn Shown(token: Zeroizing<String>) -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Warning>{word("token-once")}</Notice>
        <Section heading=word("token-new-heading") text=word("token-new-text")>
            <p>
                <code id="token" class="secret long">
                    {token.to_string()}
                </code>
            </p>
            <div class="links">
                <CopyButton of="token" label=word("token-copy") done=word("copied") />
            </div>
            <Form id="token-saved" action=TokenSaved::PATH error={refusal::<TokenSaved>()}>
                <div class="links">
                    <PrimaryButton>{word("token-saved-button")}</PrimaryButton>
                </div>
            </Form>
        </Section>
    }
}

#[component]
fn RevokeQuestion(token: Listed) -> impl IntoView {
    let heading = word_with("token-revoke-heading", &[("name", token.name)]);
    view! {
        <Section heading text=word("token-revoke-text")>
            <Form id="revoke-token" action=RevokeToken::PATH error={refusal::<RevokeToken>()}>
                <Hidden name="token" value=token.id.0.to_string() />
                <div class="links">
                    <DangerButton>{word("token-revoke-button")}</DangerButton>
                    <LinkButton href=Then::Tokens.page()>{word("token-keep")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}
