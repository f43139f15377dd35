//! Second factors: what there is, and turning them off. Turning on is in `totp.rs`, codes on paper are in `recovery_codes.rs`.

mod acts;
mod enrol;
mod off;
mod qr;
mod recovery_codes;
mod reset;
mod totp;

pub use crate::domain::factors::notices::{record, take_code, tell};
pub use acts::{
    NameAuthenticator, TurnOffTotp, after_adding, after_removing, lead_after_adding, longer_password,
    name_authenticator, turn_off_totp,
};
pub use enrol::{EnrolPage, EnrolPasskey, EnrolTotp, enrol_passkey, enrol_totp, waiting_for_enrolment};
pub use off::{InPlaceOfShortPassword, Off};
pub use recovery_codes::{
    DOWNLOAD, MakeRecoveryCodes, RecoveryCodesPage, RecoveryCodesSaved, download, lead_to_codes, make_codes,
    make_recovery_codes, recovery_codes_saved,
};
pub use reset::{StopFactorReset, WaitingReset, stop_factor_reset};
pub use totp::{TotpPage, TurnOnTotp, turn_on_totp};

use off::OffQuestion;

use crate::base::clock::UnixMicros;
use crate::base::config::AllowedFactor;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::words::{moment, word, word_with};
use crate::domain::factors;
use crate::domain::factors::drafts::Owner;
use crate::domain::factors::passkeys;
use crate::domain::factors::policy::{self, Demand};
use crate::domain::factors::recovery_codes::FEW;
use crate::domain::factors::totp::{self as authenticators, Authenticator};
use crate::domain::sessions::list;
use crate::pages::account::AccountPage;
use crate::pages::passkeys::{are_offered, can_be_added};
use crate::pages::sessions::EndOtherSessions;
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::page_query::{asked, query, refusal};
use crate::request::visitor::{self, Missing, Person, Visitor};
use crate::ui::{
    AskButton, Empty, Field, Form, Glyph, Hidden, Item, Items, LinkButton, Notice, NoticeKind, PrimaryButton,
    QuietButton, Section, When,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Leads whoever has something to show first ([`visitor::missing`]) to the page that asks, and then back to `then`. Before anything is
/// shown: a passer-by at an unlocked screen must neither see a key nor get as far as a form.
pub async fn must_confirm(app: &App, person: &Person, then: Then) -> Result<bool, AppError> {
    leads_to_confirm(app, person, then, lead_to).await
}

/// As [`must_confirm`], for what is done on such a page.
pub async fn is_led_to_confirm(app: &App, person: &Person, then: Then) -> Result<bool, AppError> {
    leads_to_confirm(app, person, then, redirect).await
}

async fn leads_to_confirm(app: &App, person: &Person, then: Then, lead: fn(&str)) -> Result<bool, AppError> {
    let must = visitor::missing(app, person).await? != Missing::Nothing;
    if must {
        lead(&then.confirm_path());
    }
    Ok(must)
}

pub fn owner(person: &Person) -> Owner {
    Owner::session(person.account.id, person.session.handle)
}

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

/// What was done just now. After a change of what signs in, the other sessions can be ended (ASVS 7.4.3).
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

/// Says until when somebody is let in without a second factor, where one is asked for; with a `link` to where it is set up.
#[component]
pub fn AskedFor(demand: Demand, link: bool) -> impl IntoView {
    let Demand::Soon(until) = demand else { return ().into_any() };
    view! {
        <Notice kind=NoticeKind::Warning>
            {word_with("factor-asked-for", &[("until", moment(until.0).0)])}
            {link.then(|| view! { " " <a href=Then::SecondFactor.page()>{word("overview-next-factor")}</a> })}
        </Notice>
    }
    .into_any()
}

/// Says in time that recovery codes run out; nothing where there are enough, or none are needed.
#[component]
pub fn Few(on: bool, codes: i64) -> impl IntoView {
    (on && codes <= FEW).then(|| {
        view! {
            <Notice kind=NoticeKind::Warning>
                {word_with("factor-few-codes", &[("count", codes.to_string())])} " "
                <a href=Then::RecoveryCodes.page()>{word("factor-few-codes-link")}</a>
            </Notice>
        }
    })
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

/// Since when something lets its owner in, and when it did so last.
#[component]
pub fn Since(label: String, at: UnixMicros, used: Option<UnixMicros>, now: i64) -> impl IntoView {
    let used = used.map(|used| {
        view! {
            " · "
            {word("factor-used")}
            " "
            <When micros=used.0 now />
        }
    });
    view! {
        <p>
            {label} " " <When micros=at.0 now /> {used}
        </p>
    }
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
