//! What a browser is asked to sign or to create, before the form that carries the answer is sent.

use crate::base::config::{AllowedFactor, RegistrationMode};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{AccountId, Email};
use crate::domain::factors::passkeys;
use crate::domain::factors::passkeys::ceremonies::{Asked, For, Owner};
use crate::domain::factors::policy;
use crate::domain::links::LinkToken;
use crate::domain::newcomers;
use crate::domain::pending::{self, Stage};
use crate::pages::second_factor::{is_led_to_confirm, waiting_for_enrolment};
use crate::pages::set_up::{self, Beginner};
use crate::request::app::App;
use crate::request::visitor::{self, Visitor};
use leptos::prelude::*;
use leptos_axum::redirect;
use strum::VariantArray;

/// What an answer is to be good for. The names stand in forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Act {
    SignIn,
    SecondFactor,
    Confirm,
    Add,
    Enrol,
    SignUp,
    /// Registration where addresses are not confirmed.
    Register,
    /// Behind the operator's link.
    SetUp,
}

impl Act {
    const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SecondFactor => "second-factor",
            Self::Confirm => "confirm",
            Self::Add => "add",
            Self::Enrol => "enrol",
            Self::SignUp => "sign-up",
            Self::Register => "register",
            Self::SetUp => "set-up",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.name() == name)
    }

    /// Whether a passkey is made, as against used.
    pub fn creates(self) -> bool {
        matches!(self, Self::Add | Self::Enrol | Self::SignUp | Self::Register | Self::SetUp)
    }
}

/// Gives what the browser's WebAuthn is to be asked for `act`. Changes nothing, so anybody may ask; whoever may not act is refused as
/// they would be by the act itself. `token` is that of the link, for what stands behind one; `email` is what a newcomer typed.
#[server(prefix = "/form", endpoint = "passkey-challenge")]
pub async fn passkey_challenge(
    #[server(default)] act: String,
    #[server(default)] token: Secret,
    #[server(default)] email: String,
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
            let email = newcomers::peek(&app, &token).await?.ok_or(AppError::LinkExpired)?;
            app.ceremonies()?.ask_to_create(&For::SignUp(&token), newcomer(&app, &email), Vec::new())
        }
        Act::Register => {
            may_register_at_once(&app)?;
            let email = Email::parse(&email)?;
            // Told here, or the browser would keep a passkey that no account has.
            newcomers::may_begin_at_once(&app, &email).await?;
            app.ceremonies()?.ask_to_create(&For::Register(&email), newcomer(&app, &email), Vec::new())
        }
        Act::SetUp => {
            let (token, beginner) = set_up::behind_link(&app, &token, &email).await?;
            let owner = match &beginner {
                Beginner::Account(account) => account.as_ref().into(),
                Beginner::FirstAdmin(email) => newcomer(&app, email),
            };
            app.ceremonies()?.ask_to_create(&For::SetUp(&token), owner, Vec::new())
        }
    };
    Ok(Some(asked.map_err(|_| AppError::Internal)?))
}

/// For whom an account is made with the answer: the passkey carries its id.
fn newcomer<'a>(app: &App, email: &'a Email) -> Owner<'a> {
    let id = AccountId(app.randomness.id(app.clock.now()));
    Owner { id, name: email.as_str(), display_name: email.local_part() }
}

/// Whether an account can be made with nothing but an address and a passkey.
pub fn may_register_at_once(app: &App) -> Result<(), AppError> {
    if app.config.registration.mode != RegistrationMode::Open {
        return Err(AppError::RegistrationClosed);
    }
    if app.config.registration.verify_email {
        return Err(AppError::Forbidden);
    }
    may_be_added(app)
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
