//! Accounts that begin with a passkey instead of a password: behind the link that confirms an address, at once where addresses are not
//! confirmed, and behind the operator's link (`set_up.rs`).

use super::challenge::{may_be_added, may_register_at_once};
use super::{Act, PasskeyAnswer, name_or_device};
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::word;
use crate::domain::accounts::{AccountId, Email, NewAccount, Role};
use crate::domain::audit::Kind;
use crate::domain::factors::FactorKind;
use crate::domain::factors::drafts::Owner;
use crate::domain::factors::passkeys;
use crate::domain::factors::passkeys::ceremonies::{Created, For};
use crate::domain::limits::{Door, proofs};
use crate::domain::links::LinkToken;
use crate::domain::logins::{First, Proof};
use crate::domain::newcomers;
use crate::domain::sessions::Keep;
use crate::pages::registration::open_account;
use crate::pages::second_factor::{lead_to_codes, make_codes, record};
use crate::request::app::App;
use crate::request::visitor::{self, Started};
use crate::ui::{Form, FormError, Hidden, QuietButton};
use leptos::prelude::*;

/// Ends registration without a password: takes the link, makes the account with the passkey that the browser has just made for it,
/// signs in and leads to the recovery codes, which are the only other way in, and from there to `then`.
#[server(prefix = "/form", endpoint = "create-account-with-passkey")]
pub async fn create_account_with_passkey(
    #[server(default)] token: Secret,
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    may_be_added(&app)?;
    let Some(email) = newcomers::peek_typed(&app, &token.0).await? else {
        return Err(proofs::note_refused(&app, Door::Link, AppError::LinkExpired).await);
    };
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let created = created_for(&app, &For::SignUp(&token), &challenge, &credential)?;
    let mut tx = app.db.begin_recorded().await?;
    newcomers::take(&mut tx, &token).await?;
    open(&app, tx, &created, (email, true), &Then::parse(&then)).await
}

/// As [`create_account_with_passkey`], for installations that gave up checking addresses: one form, and an address that is taken is told.
#[server(prefix = "/form", endpoint = "register-with-passkey")]
pub async fn register_with_passkey(
    #[server(default)] email: String,
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    may_register_at_once(&app)?;
    let email = Email::parse(&email)?;
    let created = created_for(&app, &For::Register(&email), &challenge, &credential)?;
    newcomers::may_begin_at_once(&app, &email).await?;
    let mut tx = app.db.begin_recorded().await?;
    proofs::begin_account(&app, &mut tx).await?;
    open(&app, tx, &created, (email, false), &Then::parse(&then)).await
}

/// Makes the account, whose address may have been verified, signs its owner in and leads on.
async fn open(
    app: &App,
    mut tx: Tx,
    created: &Created,
    (email, email_verified): (Email, bool),
    then: &Then,
) -> Result<(), AppError> {
    let new = without_password(created, email, email_verified, Role::Member);
    let account = open_account(app, &mut tx, &new).await?;
    let started = begin(app, &mut tx, account, created).await?;
    tx.commit().await?;
    lead_to_codes(started, then);
    Ok(())
}

/// Checks the passkey that a browser has just made for an account that is about to begin with it.
pub fn created_for(app: &App, purpose: &For<'_>, challenge: &str, answer: &Secret) -> Result<Created, AppError> {
    app.ceremonies()?.created(purpose, challenge, &answer.0).map_err(|refused| {
        tracing::info!(reason = refused.name(), "the passkey of a new account was refused");
        AppError::PasskeyRefused
    })
}

/// The account that `created` was made for.
pub fn without_password(created: &Created, email: Email, email_verified: bool, role: Role) -> NewAccount {
    NewAccount { id: Some(created.account), email, email_verified, username: None, password: None, role }
}

/// Gives `account` its first way in and signs its owner in, in the transaction that made it or took the link to it. Writes no letter about
/// the new factor: with a password nobody gets one either, who has just made an account or opened the operator's link to theirs.
pub async fn begin(app: &App, tx: &mut Tx, account: AccountId, created: &Created) -> Result<Started, AppError> {
    passkeys::add(tx, account, created, &name_or_device("")?).await?;
    record(tx, account, Kind::SecondFactorAdded, Some(FactorKind::Passkey)).await?;
    let proof = Proof::after_link(account, First::Passkey);
    let started = visitor::start_session(app, tx, &proof, Keep::Ordinary).await?;
    make_codes(app, tx, Owner::session(account, started.handle())).await?;
    visitor::know_browser(app, tx, &started).await?;
    Ok(started)
}

/// The form for an account without a password, below the one for an account with one.
#[component]
pub fn SignUpWithPasskey(
    id: &'static str,
    action: &'static str,
    act: Act,
    #[prop(optional_no_strip)] error: Option<FormError>,
    /// Of the link that it stands behind.
    #[prop(optional_no_strip)]
    token: Option<String>,
    /// Where it leads in the end.
    #[prop(optional)]
    then: Then,
    /// The ids of fields of the other form that count here as well.
    #[prop(default = "")]
    also: &'static str,
) -> impl IntoView {
    // The address is typed elsewhere, if at all.
    let error = error.map(|error| error.above_a_form_without("email"));
    view! {
        <Form id action error also>
            {token.map(|token| view! { <Hidden name="token" value=token /> })}
            <Hidden name="then" value=then.path() />
            <PasskeyAnswer act>
                <QuietButton>{word("passkey-sign-up-button")}</QuietButton>
                <p class="quiet">{word("passkey-sign-up-text")}</p>
            </PasskeyAnswer>
        </Form>
    }
}
