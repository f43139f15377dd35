//! Signing in with a passkey alone, and making an account with nothing else.

use super::challenge::may_be_added;
use super::{check, name_or_device, use_up};
use crate::error::AppError;
use crate::paths::Then;
use crate::registration::open_account;
use crate::second_factor::{make_codes, record};
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts::{NewAccount, Role};
use crate::server::audit::Kind;
use crate::server::factors::FactorKind;
use crate::server::factors::drafts::Owner;
use crate::server::factors::passkeys;
use crate::server::factors::passkeys::ceremonies::For;
use crate::server::links::{self, LinkToken, Purpose};
use crate::server::logins::{Method, Proof};
use crate::server::sessions::Keep;
use crate::server::visitor;
use crate::sign_in::finish;
use leptos::prelude::*;
use leptos_axum::redirect;

/// Signs in whoever's passkey answered, and leads to `then`. It verified its user, so no second factor is asked for.
#[server(prefix = "/form", endpoint = "sign-in-with-passkey")]
pub async fn sign_in_with_passkey(
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] shared: Option<String>,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let keep = Keep::chosen(shared.is_some(), remember.is_some());
    let answered = check(&app, &For::SignIn, &challenge, &credential).await?;
    let mut tx = app.db.begin_recorded().await?;
    let used = use_up(&app, &mut tx, answered).await?;
    let started = visitor::start_session(&app, &mut tx, &Proof::after_passkey(&used), keep).await?;
    tx.commit().await?;
    finish(&app, started, Then::parse(&then));
    Ok(())
}

/// Ends registration without a password: takes the link, makes the account with the passkey that the browser has just made for it,
/// signs in and leads to the recovery codes, which are the only other way in.
#[server(prefix = "/form", endpoint = "create-account-with-passkey")]
pub async fn create_account_with_passkey(
    #[server(default)] token: Secret,
    #[server(default)] challenge: String,
    #[server(default)] credential: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let now = app.clock.now();
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    may_be_added(&app)?;
    let link = links::peek(&app.db, Purpose::VerifyEmail, &token, now).await?;
    let email = link.and_then(|link| link.email).ok_or(AppError::LinkExpired)?;
    let created = app.ceremonies()?.created(&For::SignUp(&token), &challenge, &credential.0);
    let created = created.map_err(|refused| {
        tracing::info!(reason = refused.name(), "the passkey of a new account was refused");
        AppError::PasskeyRefused
    })?;
    let mut tx = app.db.begin_recorded().await?;
    links::take(&mut tx, Purpose::VerifyEmail, &token, now).await?.ok_or(AppError::LinkExpired)?;
    let new = NewAccount {
        id: Some(created.account),
        email,
        email_verified: true,
        username: None,
        password: None,
        role: Role::Member,
    };
    let account = open_account(&app, &mut tx, &new).await?;
    passkeys::add(&mut tx, &app.randomness, account, &created, &name_or_device("")?, now).await?;
    record(&app, &mut tx, account, Kind::SecondFactorAdded, Some(FactorKind::Passkey)).await?;
    let proof = Proof::after_link(account, Method::Passkey);
    let started = visitor::start_session(&app, &mut tx, &proof, Keep::Ordinary).await?;
    make_codes(&app, &mut tx, Owner::session(account, started.handle())).await?;
    visitor::know_browser(&app, &mut tx, &started).await?;
    tx.commit().await?;
    started.give();
    redirect(Then::RecoveryCodes.page());
    Ok(())
}
