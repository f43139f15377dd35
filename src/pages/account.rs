//! The overview: who is signed in, since when, from which device, what protects the account and
//! what to do next.

mod next;
mod waiting_reset;

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::user_agent;
use crate::domain::factors::{self, passkeys, policy, recovery_codes, totp};
use crate::domain::sessions::list;
use crate::flows::acting::Person;
use crate::flows::{administration, factor_resets};
use crate::pages::lifetime::{Ends, Lifetime};
use crate::pages::pieces::factors::AskedFor;
use crate::pages::sign_out::SignOut;
use crate::pages::wording::signed_in_with;
use crate::request::app::App;
use crate::request::page_query::was_done;
use crate::request::site_map::{self, SeenBy};
use crate::request::visitor::Visitor;
use crate::ui::words::{reader, word, word_with};
use crate::ui::{
    AccountFrame, Badge, Fact, Facts, Glyph, Item, Items, LinkButton, NavItem, Notice, NoticeKind, Section, When,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use next::{Next, Protected};
use std::sync::Arc;
use waiting_reset::WaitingReset;

pub use waiting_reset::{StopFactorReset, stop_factor_reset};

/// The frame of every page of somebody who is signed in.
#[component]
pub fn AccountPage(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: ViewFnOnce,
    current: Then,
    children: Children,
) -> impl IntoView {
    let has_providers = App::current().is_ok_and(|app| !app.providers.is_empty());
    let mut nav: Vec<NavItem> = site_map::navigation(SeenBy::People)
        .filter(|item| has_providers || item.href != Then::Connections.page())
        .collect();
    if Visitor::current().person().is_some_and(|person| administration::is_open_to(person.account.role)) {
        nav.push(NavItem { href: Then::Admin.page(), label: word("nav-to-administration"), glyph: Glyph::Shield });
    }
    view! {
        <PersonFrame title lead current nav>
            {children()}
        </PersonFrame>
    }
}

/// What every page behind a sign-in has: whose it is, the way out, and the notice before the
/// session ends.
#[component]
pub fn PersonFrame(
    #[prop(into)] title: String,
    lead: ViewFnOnce,
    current: Then,
    nav: Vec<NavItem>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let person = Visitor::current().person().map(|person| person.account.signs_in_as().to_owned()).unwrap_or_default();
    view! {
        <AccountFrame
            title
            lead
            current=current.page()
            nav
            person
            sign_out=SignOut::PATH
            notices=|| view! { <Lifetime /> }
            wide
        >
            {children()}
        </AccountFrame>
    }
}

#[component]
pub fn AccountOverviewPage() -> impl IntoView {
    let Some(person) = Visitor::current().person().cloned() else { return ().into_any() };
    let name = person.account.display_name.as_str().to_owned();
    let (stopped, kept) = (was_done("reset-stopped"), was_done("kept"));
    let page = async move {
        let app = App::current()?;
        let now = app.clock.now();
        let live = list::count_live(&app.db, person.account.id, now).await?;
        let apps = totp::list(&app.db, person.account.id).await?.len();
        let passkeys = passkeys::list(&app.db, person.account.id).await?.len();
        let codes = factors::recovery_codes_left(&app.db, person.account.id).await?;
        let codes_used = recovery_codes::used(&app.db, person.account.id).await?;
        let guards = Guards { apps, passkeys, codes };
        let protected = Protected { has_factor: guards.are_on(), codes, codes_used };
        let reset = factor_resets::of(&app.db, person.account.id).await?;
        // Which of these it is, a code says of itself.
        let by_code = apps > 0 || codes > 0;
        let demand = policy::demand(&app.config.second_factor, (&person.account).into(), guards.are_on(), now);
        let person = Arc::clone(&person);
        Ok::<_, AppError>(
            view! {
                <AccountPage
                    title=word("overview-title")
                    lead=move || word_with("overview-greeting", &[("name", name)])
                    current=Then::Account
                >
                    {kept.then(|| view! { <Notice kind=NoticeKind::Success until_refused=true>{word("overview-kept")}</Notice> })}
                    {stopped
                        .then(|| {
                            view! { <Notice kind=NoticeKind::Success until_refused=true>{word("factor-reset-was-stopped")}</Notice> }
                        })}
                    {reset.map(|reset| view! { <WaitingReset reset by_code now=now.0 /> })}
                    <AskedFor demand link=true />
                    <Next account=person.account.clone() protected />
                    <Who person=Arc::clone(&person) now=now.0 />
                    <ThisSession person=Arc::clone(&person) now=now.0 live />
                    <Protection person now=now.0 guards />
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

#[component]
fn Who(person: Arc<Person>, now: i64) -> impl IntoView {
    let account = &person.account;
    let email = account.email.known().map_or_else(|| word("overview-email-none"), str::to_owned);
    let username = account.username.as_str().to_owned();
    let (confirmed, created_at) = (account.email_verified_at.is_some(), account.created_at.0);
    view! {
        <Section
            heading=word("overview-who-heading")
            action=|| view! { <LinkButton href=Then::Profile.page()>{word("overview-profile-link")}</LinkButton> }
        >
            <Facts>
                <Fact label=word("overview-email")>
                    {email} " "
                    {confirmed.then(|| view! { <Badge good=true>{word("overview-email-confirmed")}</Badge> })}
                </Fact>
                <Fact label=word("overview-username")>{username}</Fact>
                <Fact label=word("overview-since")>
                    <When micros=created_at now />
                </Fact>
            </Facts>
        </Section>
    }
}

#[component]
fn ThisSession(person: Arc<Person>, now: i64, live: i64) -> impl IntoView {
    let session = &person.session;
    let (device, method) = (user_agent::describe(&reader(), &session.user_agent), signed_in_with(&session.method));
    let (address, started_at) = (session.address.clone(), session.started_at.0);
    let (ends_at, expires_at) = (session.ends_at.0, session.expires_at.0);
    let others = live.saturating_sub(1);
    let text = if others == 0 {
        word("overview-session-only")
    } else {
        word_with("overview-session-others", &[("count", others.to_string())])
    };
    view! {
        <Section
            heading=word("overview-session-heading")
            text
            action=|| view! { <LinkButton href=Then::Sessions.page()>{word("overview-sessions-link")}</LinkButton> }
        >
            <Facts>
                <Fact label=word("overview-device")>
                    {device} " " <Badge>{word("overview-this-device")}</Badge>
                </Fact>
                <Fact label=word("overview-address")>{address}</Fact>
                <Fact label=word("overview-signed-in")>
                    <When micros=started_at now /> " · " {method}
                </Fact>
                <Fact label=word("overview-ends")>
                    <Ends ends_at expires_at now />
                </Fact>
            </Facts>
        </Section>
    }
}

/// What there is beside the password.
#[derive(Clone, Copy)]
struct Guards {
    apps: usize,
    passkeys: usize,
    codes: i64,
}

impl Guards {
    fn are_on(self) -> bool {
        self.apps + self.passkeys > 0
    }

    fn in_words(self) -> String {
        if !self.are_on() {
            return word("overview-factor-off");
        }
        let counts = [
            ("apps", self.apps.to_string()),
            ("passkeys", self.passkeys.to_string()),
            ("codes", self.codes.to_string()),
        ];
        match (self.apps, self.passkeys) {
            (_, 0) => word_with("overview-factor-apps", &counts),
            (0, _) => word_with("overview-factor-passkeys", &counts),
            _ => word_with("overview-factor-both", &counts),
        }
    }
}

#[component]
fn Protection(person: Arc<Person>, now: i64, guards: Guards) -> impl IntoView {
    let account = &person.account;
    let has_password = account.password_hash.is_some();
    let changed = match account.password_changed_at {
        None => word("overview-password-none").into_any(),
        Some(at) if at != account.created_at => view! {
            {word("overview-password-changed")} " "
            <When micros=at.0 now />
        }
        .into_any(),
        _ => word("overview-password-never-changed").into_any(),
    };
    let (on, factor) = (guards.are_on(), guards.in_words());
    view! {
        <Section heading=word("overview-protection-heading")>
            <Items>
                <Item
                    glyph=Glyph::Key
                    heading=|| word("overview-password")
                    action=move || {
                        let label = if has_password { word("overview-password-link") } else { word("password-set-link") };
                        view! { <LinkButton href=Then::Password.page()>{label}</LinkButton> }
                    }
                >
                    {changed}
                </Item>
                <Item
                    glyph=Glyph::Shield
                    heading=|| word("overview-factor")
                    action=move || {
                        let label = if on { word("overview-factor-link") } else { word("overview-factor-turn-on") };
                        view! { <LinkButton href=Then::SecondFactor.page()>{label}</LinkButton> }
                    }
                >
                    {factor}
                </Item>
            </Items>
        </Section>
    }
}
