//! Second factors: what there is, and turning them off. Turning on is in `totp.rs`, codes on paper
//! are in `recovery_codes.rs`.

mod acts;
mod enrol;
mod off;
mod qr;
mod recovery_codes;
mod totp;

pub use acts::{NameAuthenticator, TurnOffTotp, name_authenticator, turn_off_totp};
pub use enrol::{EnrolPage, EnrolPasskey, EnrolTotp, enrol_passkey, enrol_totp};
pub use recovery_codes::{
    DOWNLOAD, MakeRecoveryCodes, RecoveryCodesPage, RecoveryCodesSaved, download, make_recovery_codes,
    recovery_codes_saved,
};
pub use totp::{TotpPage, TurnOnTotp, turn_on_totp};

use off::OffQuestion;

use crate::base::config::AllowedFactor;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::factors::policy;
use crate::domain::factors::totp::{self as authenticators, Authenticator};
use crate::domain::factors::{self, passkeys};
use crate::domain::sessions::list;
use crate::pages::account::AccountPage;
use crate::pages::passkey_challenge::{are_offered, can_be_added};
use crate::pages::pieces::factors::{AskedFor, Few, Off, Since};
use crate::pages::pieces::step_up::must_confirm;
use crate::pages::sessions::EndOtherSessions;
use crate::request::app::App;
use crate::request::page_query::{asked, query, refusal};
use crate::request::visitor::Visitor;
use crate::ui::words::{word, word_with};
use crate::ui::{
    AskButton, Empty, Field, Form, Glyph, Hidden, Item, Items, LinkButton, Notice, NoticeKind, PrimaryButton,
    QuietButton, Section,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    let (off, name) = (query("off").and_then(|id| id.parse().ok()), query("name"));
    let page = async move {
        if let Some(off) = off
            && must_confirm(&app, &person, Then::TurnOff(off)).await?
        {
            return Ok(().into_any());
        }
        let (now, account) = (app.clock.now(), person.account.id);
        let apps = authenticators::list(&app.db, account).await?;
        let codes = factors::recovery_codes_left(&app.db, account).await?;
        let elsewhere = list::count_live(&app.db, account, now).await?.saturating_sub(1);
        let find = |wanted: String| apps.iter().find(|app| app.id.0.to_string() == wanted).cloned();
        let kinds = factors::of(&app.db, account).await?;
        let passkeys = passkeys::list(&app.db, account).await?.len();
        let last = apps.len() == 1 && passkeys == 0;
        let rules = &app.config.second_factor;
        let demand = policy::demand(rules, (&person.account).into(), !kinds.is_empty(), now);
        let may_add = policy::allows(rules, AllowedFactor::Totp);
        // A question stands alone, so that there is but one thing to press.
        let content = if let Some(authenticator) = off.and_then(|off: uuid::Uuid| find(off.to_string())) {
            let off = Off::of(&app, &person.account, last);
            view! { <OffQuestion authenticator off /> }.into_any()
        } else if let Some(authenticator) = name.and_then(find) {
            view! { <NameQuestion authenticator /> }.into_any()
        } else {
            view! {
                {done(elsewhere)}
                {(asked("app") && kinds.is_empty())
                    .then(|| view! { <Notice kind=NoticeKind::Info>{word("factor-for-app")}</Notice> })}
                <AskedFor demand link=false />
                <Few on=!kinds.is_empty() codes />
                <Apps apps=apps.clone() now=now.0 may_add />
                <Passkeys count=passkeys />
                <Codes on=!kinds.is_empty() codes />
            }
            .into_any()
        };
        Ok::<_, AppError>(
            view! {
                <AccountPage
                    title=word("factor-title")
                    lead=|| word("factor-text")
                    current=Then::SecondFactor
                >
                    {content}
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

/// What was done just now. After a change of what signs in, the other sessions can be ended (ASVS
/// 7.4.3).
fn done(elsewhere: i64) -> Option<AnyView> {
    let (text, offer) = if asked("on") {
        (word("factor-on"), true)
    } else if asked("turned-off") {
        (word("factor-turned-off"), true)
    } else if asked("saved") {
        (word("factor-codes-saved"), true)
    } else if asked("named") {
        (word("factor-named"), false)
    } else {
        return None;
    };
    let offer = offer && elsewhere > 0;
    Some(
        view! {
            <Notice kind=NoticeKind::Success>
                <p>{text}</p>
                {offer.then(|| view! { <OfferEndOthers elsewhere /> })}
            </Notice>
        }
        .into_any(),
    )
}

#[component]
fn OfferEndOthers(elsewhere: i64) -> impl IntoView {
    view! {
        <p>{word_with("factor-elsewhere", &[("count", elsewhere.to_string())])}</p>
        <Form id="end-others" action=EndOtherSessions::PATH>
            <div class="links">
                <QuietButton>{word("sessions-end-others-button")}</QuietButton>
            </div>
        </Form>
    }
}

/// What an authenticator is called, by its owner or by us.
fn name_of(authenticator: &Authenticator) -> String {
    authenticator.name.clone().unwrap_or_else(|| word("factor-app"))
}

#[component]
fn Apps(apps: Vec<Authenticator>, now: i64, may_add: bool) -> impl IntoView {
    if apps.is_empty() && !may_add {
        return ().into_any();
    }
    if apps.is_empty() {
        return view! {
            <Section heading=word("factor-apps-heading")>
                <Empty glyph=Glyph::Shield heading=word("factor-none") text=word("factor-none-text") />
                <LinkButton href=Then::Totp.page() primary=true>
                    {word("factor-set-up-link")}
                </LinkButton>
            </Section>
        }
        .into_any();
    }
    view! {
        <Section
            heading=word("factor-apps-heading")
            text=word("factor-apps-text")
            action=move || {
                may_add.then(|| view! { <LinkButton href=Then::Totp.page()>{word("factor-another-link")}</LinkButton> })
            }
        >
            <Items>
                {apps.into_iter().map(|authenticator| view! { <Row authenticator now /> }).collect_view()}
            </Items>
        </Section>
    }
    .into_any()
}

#[component]
fn Row(authenticator: Authenticator, now: i64) -> impl IntoView {
    let (id, name) = (authenticator.id.0.to_string(), name_of(&authenticator));
    let rename = format!("{}?name={id}", Then::SecondFactor.page());
    let turn_off = move || {
        view! {
            <AskButton page=Then::SecondFactor.page() name="off" value=id>
                {word("factor-off-button")}
            </AskButton>
        }
    };
    view! {
        <Item glyph=Glyph::Phone heading=move || name action=turn_off>
            <Since label=word("factor-added") at=authenticator.created_at used=authenticator.last_used_at now />
            <p>
                <a href=rename>{word("factor-name-link")}</a>
            </p>
        </Item>
    }
}

#[component]
fn Passkeys(count: usize) -> impl IntoView {
    let text = if count == 0 {
        word("factor-passkeys-none")
    } else {
        word_with("factor-passkeys-count", &[("count", count.to_string())])
    };
    are_offered().then(|| {
        let add = count == 0 && can_be_added();
        let label = if add { word("passkey-add-link") } else { word("factor-passkeys-link") };
        let href = if add { Then::AddPasskey } else { Then::Passkeys };
        view! {
            <Section
                heading=word("passkeys-title")
                text
                action=move || view! { <LinkButton href=href.path()>{label}</LinkButton> }
            >
                <p class="quiet">{word("factor-passkeys-text")}</p>
            </Section>
        }
    })
}

#[component]
fn Codes(on: bool, codes: i64) -> impl IntoView {
    on.then(|| {
        view! {
            <Section
                heading=word("factor-codes-heading")
                text=word_with("factor-codes-left", &[("count", codes.to_string())])
                action=|| {
                    view! { <LinkButton href=Then::RecoveryCodes.page()>{word("factor-codes-link")}</LinkButton> }
                }
            >
                <p class="quiet">{word("factor-codes-text")}</p>
            </Section>
        }
    })
}

#[component]
fn NameQuestion(authenticator: Authenticator) -> impl IntoView {
    view! {
        <Section heading=word("factor-name-heading")>
            <Form id="name-authenticator" action=NameAuthenticator::PATH error={refusal::<NameAuthenticator>()}>
                <Hidden name="authenticator" value=authenticator.id.0.to_string() />
                <Field
                    name="device_name"
                    label=word("field-authenticator-name")
                    help=word("field-authenticator-name-help")
                    autocomplete="off"
                    value=authenticator.name.unwrap_or_default()
                    max_length=40
                    optional=true
                    autofocus=true
                />
                <div class="links">
                    <PrimaryButton>{word("save-button")}</PrimaryButton>
                    <LinkButton href=Then::SecondFactor.page()>{word("factor-name-cancel")}</LinkButton>
                </div>
            </Form>
        </Section>
    }
}
