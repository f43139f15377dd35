//! Behind the links in letters that say what happened: a sign-in from an unknown browser, a change
//! of second factors, the removal of all of them, another address. Whoever reads the mail may be
//! anybody: this signs nobody in, shows no more of the account than the letter does, and only ever
//! takes access away.

mod factor_reset;
mod former;
mod lock;
mod session;

use crate::base::clock::UnixMicros;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::secret::Secret;
use crate::domain::accounts;
use crate::domain::audit::activity::{self, Entry};
use crate::domain::limits::{Door, proofs};
use crate::domain::links::{self, Link, LinkToken, Purpose};
use crate::domain::sessions::list::{self, Told};
use crate::flows::factor_resets::{self, FactorReset, Stop};
use crate::flows::freezes::{self, Done, Said};
use crate::flows::taking_back::Disowned;
use crate::request::app::App;
use crate::request::page_query::{asked, query, refusal};
use crate::request::refused::Refused;
use crate::ui::words::word;
use crate::ui::{FrontDoor, LinkButton};
use factor_reset::{FactorResetNotice, Stopped};
use former::{FormerAddressNotice, Held};
use leptos::prelude::*;
use leptos_axum::redirect;
use lock::LockNotice;
use session::SessionNotice;

/// Takes the link and does what its page offers: ends the session it asks about, locks the account,
/// holds it locked, or stops the removal of its second factors. Leads to what to do next.
#[server(prefix = "/form", endpoint = "was-it-you")]
pub async fn was_it_you(#[server(default)] token: Secret) -> Result<(), Refused> {
    let app = App::current()?;
    // Looked at before anything is written: a write keeps all others waiting, and anybody can send
    // something.
    if !is_good(&app, &token.0).await? {
        return Err(proofs::note_refused(&app.db, Door::Link, AppError::LinkExpired).await.into());
    }
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let mut tx = app.db.begin_recorded().await?;
    let (purpose, link) = links::take_notice(&mut tx, &token, app.clock.now()).await?.ok_or(AppError::LinkExpired)?;
    let account = link.account_id.ok_or(AppError::LinkExpired)?;
    let next = match purpose {
        Purpose::LockAccount => {
            let disowned = told_of(&app, &mut tx, &link).await?;
            page_after(freezes::freeze(&mut tx, account, disowned).await?)
        }
        Purpose::FormerAddress => {
            let disowned = told_of(&app, &mut tx, &link).await?;
            let former = link.email.ok_or(AppError::LinkExpired)?;
            freezes::hold(&mut tx, account, &former, disowned).await?;
            page_after(Done::Held)
        }
        Purpose::StopFactorReset => {
            if !factor_resets::stop(&mut tx, account, Stop::MailLink).await? {
                return Err(AppError::LinkExpired.into());
            }
            "/was-it-you?stopped"
        }
        _ => {
            let session = link.session_handle.ok_or(AppError::LinkExpired)?;
            page_after(freezes::not_me(&mut tx, account, session, Said::ByLink).await?)
        }
    };
    tx.commit().await?;
    redirect(next);
    Ok(())
}

/// Whether `typed` is a link that does something. One that has nothing left to stop is none: its
/// page says so for as long as there are letters with it, and whoever sends it again and again is
/// counted.
async fn is_good(app: &App, typed: &str) -> Result<bool, sqlx::Error> {
    let Some((purpose, link)) = links::peek_notice(&app.db, typed, app.clock.now()).await? else { return Ok(false) };
    match (purpose, link.account_id) {
        (Purpose::StopFactorReset, Some(account)) => Ok(factor_resets::of(&app.db, account).await?.is_some()),
        _ => Ok(true),
    }
}

/// The entry that the letter with `link` is about.
async fn told_of(app: &App, tx: &mut Tx, link: &Link) -> Result<Disowned, AppError> {
    let sequence = link.audit_sequence.ok_or(AppError::LinkExpired)?;
    Ok(Disowned::entry(tx, sequence, app.clock.now()).await?)
}

fn page_after(done: Done) -> &'static str {
    match done {
        Done::Locked => "/forgot-password?locked",
        Done::Held => "/was-it-you?held",
        Done::Ended => "/forgot-password?ended",
    }
}

/// What a link asks about.
enum Subject {
    Session(Told),
    Lock {
        entry: Box<Entry>,
        locked: bool,
    },
    Former {
        entry: Box<Entry>,
        held_until: Option<UnixMicros>,
    },
    FactorReset(FactorReset),
    /// The removal it could have stopped is over.
    FactorResetOver,
}

async fn asked_by(app: &App, typed: &str) -> Result<Option<Subject>, sqlx::Error> {
    let now = app.clock.now();
    let Some((purpose, link)) = links::peek_notice(&app.db, typed, now).await? else { return Ok(None) };
    let Some(account) = link.account_id else { return Ok(None) };
    Ok(match (purpose, link.session_handle, link.audit_sequence) {
        (Purpose::WasItYou, Some(session), _) => {
            list::told(&app.db, account, session, now).await?.map(Subject::Session)
        }
        (Purpose::LockAccount, _, Some(sequence)) => {
            let locked = accounts::find(&app.db, account).await?.is_some_and(|account| account.frozen_at.is_some());
            activity::one(&app.db, account, sequence)
                .await?
                .map(|entry| Subject::Lock { entry: Box::new(entry), locked })
        }
        (Purpose::FormerAddress, _, Some(sequence)) => {
            let found = accounts::find(&app.db, account).await?;
            let held_until =
                found.filter(|account| account.is_held(now)).and_then(|account| account.freeze_holds_until);
            let entry = activity::one(&app.db, account, sequence).await?;
            entry.map(|entry| Subject::Former { entry: Box::new(entry), held_until })
        }
        (Purpose::StopFactorReset, ..) => {
            let running = factor_resets::of(&app.db, account).await?;
            Some(running.map_or(Subject::FactorResetOver, Subject::FactorReset))
        }
        _ => None,
    })
}

#[component]
pub fn WasItYouPage() -> impl IntoView {
    if asked("stopped") {
        return view! { <Stopped /> }.into_any();
    }
    if asked("held") {
        return view! { <Held /> }.into_any();
    }
    let token = query("token").unwrap_or_default();
    let error = refusal::<WasItYou>();
    let page = async move {
        let app = App::current()?;
        let now = app.clock.now().0;
        Ok::<_, AppError>(match asked_by(&app, &token).await? {
            Some(Subject::Session(told)) => view! { <SessionNotice told now token error /> }.into_any(),
            Some(Subject::Lock { entry, locked }) => {
                view! { <LockNotice entry=*entry locked now token error /> }.into_any()
            }
            Some(Subject::Former { entry, held_until }) => {
                view! { <FormerAddressNotice entry=*entry held_until now token error /> }.into_any()
            }
            Some(Subject::FactorReset(reset)) => view! { <FactorResetNotice reset now token error /> }.into_any(),
            Some(Subject::FactorResetOver) => view! { <Closed text=word("factor-reset-over") /> }.into_any(),
            None => view! { <Closed text=word("was-it-you-closed") /> }.into_any(),
        })
    };
    crate::request::document::loaded(page)
}

/// The link is used or too old, there never was one, or what it could have ended is over.
#[component]
fn Closed(text: String) -> impl IntoView {
    crate::request::document::set_status(http::StatusCode::GONE);
    view! {
        <FrontDoor title=word("link-expired-title") lead=move || text>
            <LinkButton href="/forgot-password" primary=true>
                {word("was-it-you-password")}
            </LinkButton>
        </FrontDoor>
    }
}
