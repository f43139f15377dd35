//! What a browser is asked to sign or to create, before the form that carries the answer is sent.

use crate::error::AppError;
use crate::paths::Then;
use crate::second_factor::{is_led_to_confirm, waiting_for_enrolment};
use crate::secret::Secret;
use crate::server::App;
use crate::server::accounts::AccountId;
use crate::server::config::AllowedFactor;
use crate::server::factors::passkeys::ceremonies::{Asked, For, Owner};
use crate::server::factors::passkeys::{self};
use crate::server::factors::policy;
use crate::server::links::{self, LinkToken, Purpose};
use crate::server::pending::{self, Stage};
use crate::server::visitor::{self, Visitor};
use leptos::prelude::*;
use leptos_axum::redirect;

/// What an answer is to be good for. The names stand in forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    SignIn,
    SecondFactor,
    Confirm,
    Add,
    Enrol,
    SignUp,
}

impl Act {
    const ALL: [Self; 6] = [Self::SignIn, Self::SecondFactor, Self::Confirm, Self::Add, Self::Enrol, Self::SignUp];

    pub fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SecondFactor => "second-factor",
            Self::Confirm => "confirm",
            Self::Add => "add",
            Self::Enrol => "enrol",
            Self::SignUp => "sign-up",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    /// Whether a passkey is made, as against used.
    pub fn creates(self) -> bool {
        matches!(self, Self::Add | Self::Enrol | Self::SignUp)
    }
}

/// Gives what the browser's WebAuthn is to be asked for `act`. Changes nothing, so anybody may ask; whoever may not act is refused as
/// they would be by the act itself. `token` is that of the link, for a registration.
#[server(prefix = "/form", endpoint = "passkey-challenge")]
pub async fn passkey_challenge(
    #[server(default)] act: String,
    #[server(default)] token: Secret,
) -> Result<Option<Asked>, AppError> {
    let app = App::current()?;
    let asked = match Act::parse(&act).ok_or(AppError::BadRequest)? {
        Act::SignIn => app.ceremonies()?.ask_to_sign(&For::SignIn, None, Vec::new()),
        Act::SecondFactor => return for_second_factor(&app).await,
        Act::Confirm => {
            let person = Visitor::current().cookie_holder().cloned().ok_or(AppError::SignInRequired)?;
            let known = known(&app, person.account.id).await?;
            app.ceremonies()?.ask_to_sign(&For::Confirm(person.session.handle), Some(person.account.id), known)
        }
        Act::Add => {
            let person = visitor::signed_in()?;
            if is_led_to_confirm(&app, &person, Then::AddPasskey).await? {
                return Ok(None);
            }
            may_be_added(&app)?;
            let known = passkeys::credential_ids(&app.db, person.account.id).await?;
            if known.len() >= passkeys::MOST {
                return Err(AppError::TooManyPasskeys);
            }
            app.ceremonies()?.ask_to_create(&For::Add(person.session.handle), (&person.account).into(), known)
        }
        Act::Enrol => {
            let Some((token, account)) = waiting_for_enrolment(&app).await? else {
                redirect("/sign-in?too-late");
                return Ok(None);
            };
            may_be_added(&app)?;
            app.ceremonies()?.ask_to_create(&For::Enrol(&token), (&account).into(), Vec::new())
        }
        Act::SignUp => {
            may_be_added(&app)?;
            let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
            let link = links::peek(&app.db, Purpose::VerifyEmail, &token, app.clock.now()).await?;
            let email = link.and_then(|link| link.email).ok_or(AppError::LinkExpired)?;
            // The account that is made with the answer: the passkey carries its id.
            let id = AccountId(app.randomness.id(app.clock.now()));
            let owner = Owner { id, name: email.as_str(), display_name: email.local_part() };
            app.ceremonies()?.ask_to_create(&For::SignUp(&token), owner, Vec::new())
        }
    };
    Ok(Some(asked.map_err(|_| AppError::Internal)?))
}

/// The operator says which factors can be set up.
pub fn may_be_added(app: &App) -> Result<(), AppError> {
    if policy::allows(&app.config.second_factor, AllowedFactor::Passkey) { Ok(()) } else { Err(AppError::Forbidden) }
}

async fn for_second_factor(app: &App) -> Result<Option<Asked>, AppError> {
    let token = visitor::pending_token();
    let waiting = match &token {
        Some(token) => pending::find(&app.db, token, app.clock.now()).await?,
        None => None,
    };
    // One that waits for its account to get a second factor has none to ask for, whatever was set up meanwhile elsewhere.
    let waiting = waiting.filter(|waiting| waiting.stage == Stage::SecondFactor);
    let (Some(token), Some(waiting)) = (token, waiting) else {
        redirect("/sign-in?too-late");
        return Ok(None);
    };
    let account = waiting.first.account();
    let known = known(app, account).await?;
    let asked = app.ceremonies()?.ask_to_sign(&For::SecondFactor(&token), Some(account), known);
    Ok(Some(asked.map_err(|_| AppError::Internal)?))
}

/// The account's passkeys; none is an error, since a browser that is given no names offers everybody's.
async fn known(app: &App, account: AccountId) -> Result<Vec<webauthn_rs::prelude::CredentialID>, AppError> {
    let known = passkeys::credential_ids(&app.db, account).await?;
    if known.is_empty() { Err(AppError::NotFound) } else { Ok(known) }
}
