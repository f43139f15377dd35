//! Recovery codes: making them, and showing them to the session that made them until they are
//! saved.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts::Account;
use crate::domain::factors;
use crate::domain::factors::drafts::{self, Draft};
use crate::domain::factors::recovery_codes::RecoveryCodes;
use crate::flows::acting::{self, Person};
use crate::flows::recovery_codes;
use crate::pages::account::AccountPage;
use crate::pages::pieces::step_up::{is_led_to_confirm, must_confirm};
use crate::request::app::App;
use crate::request::page_query::{refusal, where_next};
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use crate::ui::words::{moment, word, word_with};
use crate::ui::{
    CopyButton, Empty, Form, Glyph, Hidden, LinkButton, Notice, NoticeKind, PrimaryButton, PrintButton, Section,
};
use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use zeroize::Zeroizing;

/// The codes as a file, for the session that was just shown them.
pub const DOWNLOAD: &str = "/account/second-factor/recovery-codes.txt";

/// Makes ten new codes for the visitor; the old ones are void. Asks first for what
/// [`acting::missing`] says.
#[server(prefix = "/form", endpoint = "make-recovery-codes")]
pub async fn make_recovery_codes() -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    if is_led_to_confirm(&app, &person, Then::RecoveryCodes).await? {
        return Ok(());
    }
    recovery_codes::make_anew(&app.db, &person).await?;
    redirect(Then::RecoveryCodes.page());
    Ok(())
}

/// The visitor has saved the codes: they are not shown again. Leads to `then`, or to the second
/// factors they belong to.
#[server(prefix = "/form", endpoint = "recovery-codes-saved")]
pub async fn recovery_codes_saved(#[server(default)] then: String) -> Result<(), Refused> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    recovery_codes::saved(&app.db, &person).await?;
    match Then::parse(&then) {
        Then::Account => redirect("/account/second-factor?saved"),
        then => redirect(&then.path()),
    }
    Ok(())
}

/// The codes that this session made and has not saved yet.
async fn shown_to(app: &App, person: &Person) -> Result<Option<Vec<Zeroizing<String>>>, sqlx::Error> {
    let now = app.clock.now();
    let draft = drafts::read(&app.db, &app.vault, person.draft_owner(), Draft::RecoveryCodes, now).await?;
    Ok(draft.map(|draft| RecoveryCodes::from_bytes(&draft).texts()))
}

/// `GET /account/second-factor/recovery-codes.txt`: what the page shows, to be kept. Nothing that
/// could be led astray: no codes in the address, none in a cache, and nothing left to ask for once
/// they are saved.
pub async fn download(app: App, visitor: Extension<Visitor>) -> Response {
    // `visitor::resolve` has led everybody else away before.
    let Some(person) = visitor.person() else { return StatusCode::FORBIDDEN.into_response() };
    let codes = match shown_to(&app, person).await {
        Ok(Some(codes)) if acting::is_recent(&app.db, person) => codes,
        Ok(_) => return (StatusCode::SEE_OTHER, [(header::LOCATION, Then::RecoveryCodes.page())]).into_response(),
        Err(error) => return Refused(error.into()).into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"recovery-codes.txt\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, as_file(&app, &person.account, &codes)).into_response()
}

fn as_file(app: &App, account: &Account, codes: &[Zeroizing<String>]) -> String {
    let mut lines = vec![
        whose(app, account),
        app.link("/"),
        word_with("codes-made-at", &[("when", moment(app.clock.now().0).0)]),
        word("codes-file-text"),
        String::new(),
    ];
    lines.extend(codes.iter().map(|code| code.to_string()));
    lines.join("\r\n") + "\r\n"
}

fn whose(app: &App, account: &Account) -> String {
    word_with("codes-whose", &[("email", account.signs_in_as().to_owned()), ("site", app.config.site.name.clone())])
}

#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    let (then, error) = (where_next(), refusal::<MakeRecoveryCodes>());
    let page = async move {
        if must_confirm(&app, &person, Then::RecoveryCodes).await? {
            return Ok(().into_any());
        }
        let content = if let Some(codes) = shown_to(&app, &person).await? {
            let whose = whose(&app, &person.account);
            view! { <Shown codes whose then /> }.into_any()
        } else if factors::of(&app.db, person.account.id).await?.is_empty() {
            view! {
                <Section heading=word("codes-heading")>
                    <Empty glyph=Glyph::Shield heading=word("codes-none") text=word("codes-none-text") />
                    <LinkButton href=Then::Totp.page() primary=true>
                        {word("factor-set-up-link")}
                    </LinkButton>
                </Section>
            }
            .into_any()
        } else {
            let left = factors::recovery_codes_left(&app.db, person.account.id).await?;
            view! {
                <Section
                    heading=word("codes-new-heading")
                    text=word_with("factor-codes-left", &[("count", left.to_string())])
                >
                    <Form id="make-recovery-codes" action=MakeRecoveryCodes::PATH error>
                        <p>{word("codes-new-text")}</p>
                        <div class="links">
                            <PrimaryButton>{word("codes-new-button")}</PrimaryButton>
                            <LinkButton href=Then::SecondFactor.page()>{word("codes-keep")}</LinkButton>
                        </div>
                    </Form>
                </Section>
            }
            .into_any()
        };
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("codes-title") lead=|| word("codes-text") current=Then::SecondFactor>
                    {content}
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

#[component]
fn Shown(codes: Vec<Zeroizing<String>>, whose: String, then: Then) -> impl IntoView {
    let items = codes.into_iter().map(|code| view! { <li><code>{code.to_string()}</code></li> });
    view! {
        <Notice kind=NoticeKind::Warning>{word("codes-once")}</Notice>
        <Section heading=word("codes-heading") text=whose>
            <ol id="codes" class="codes">
                {items.collect_view()}
            </ol>
            <div class="links">
                <CopyButton of="codes" label=word("codes-copy") done=word("copied") />
                <a class="button" href=DOWNLOAD download>
                    {word("codes-download")}
                </a>
                <PrintButton label=word("codes-print") />
            </div>
            <Form id="recovery-codes-saved" action=RecoveryCodesSaved::PATH error={refusal::<RecoveryCodesSaved>()}>
                <Hidden name="then" value=then.path() />
                <div class="links">
                    <PrimaryButton>{word("codes-saved-button")}</PrimaryButton>
                </div>
            </Form>
        </Section>
    }
}
