//! What a browser is asked to sign or to create, before the form that carries the answer is sent,
//! and what such a form needs. The browser's part is `ui/improve/passkey.rs`.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{AccountId, Email};
use crate::domain::factors::passkeys;
use crate::domain::factors::passkeys::ceremonies::{Asked, For, Owner};
use crate::domain::links::LinkToken;
use crate::domain::newcomers;
use crate::domain::pending::{self, Stage};
use crate::flows::passkey_answers::may_be_added;
use crate::flows::set_up::{self, Beginner};
use crate::flows::{enrolment, passkey_sign_up};
use crate::pages::pieces::step_up::is_led_to_confirm;
use crate::request::app::App;
use crate::request::refused::Refused;
use crate::request::visitor::{self, Visitor};
use crate::ui::PasskeyFields;
use crate::ui::words::word;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
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

/// Gives what the browser's WebAuthn is to be asked for `act`. Changes nothing, so anybody may ask;
/// whoever may not act is refused as they would be by the act itself. `token` is that of the link,
/// for what stands behind one; `email` is what a newcomer typed.
#[server(prefix = "/form", endpoint = "passkey-challenge")]
pub async fn passkey_challenge(
    #[server(default)] act: String,
    #[server(default)] token: Secret,
    #[server(default)] email: String,
) -> Result<Option<Asked>, Refused> {
    let app = App::current()?;
    let asked = match Act::parse(&act).ok_or(AppError::BadRequest)? {
        Act::SignIn => app.ceremonies()?.ask_to_sign(&For::SignIn, None, Vec::new()),
        Act::SecondFactor => return Ok(for_second_factor(&app).await?),
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
            may_be_added(&app.db)?;
            let known = passkeys::credential_ids(&app.db, person.account.id).await?;
            if known.len() >= passkeys::MOST {
                return Err(AppError::TooManyPasskeys.into());
            }
            app.ceremonies()?.ask_to_create(&For::Add(person.session.handle), (&person.account).into(), known)
        }
        Act::Enrol => {
            let token = visitor::pending_token();
            let account = match &token {
                Some(token) => enrolment::waiting(&app.db, token).await?,
                None => None,
            };
            let (Some(token), Some(account)) = (token, account) else {
                redirect("/sign-in?too-late");
                return Ok(None);
            };
            may_be_added(&app.db)?;
            app.ceremonies()?.ask_to_create(&For::Enrol(&token), (&account).into(), Vec::new())
        }
        Act::SignUp => {
            may_be_added(&app.db)?;
            let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
            let email = newcomers::peek(&app.db, &token).await?.ok_or(AppError::LinkExpired)?;
            app.ceremonies()?.ask_to_create(&For::SignUp(&token), newcomer(&app, &email), Vec::new())
        }
        Act::Register => {
            passkey_sign_up::is_possible_at_once(&app.db)?;
            let email = Email::parse(&email)?;
            // Told here, or the browser would keep a passkey that no account has.
            newcomers::may_begin_at_once(&app.db, &email).await?;
            app.ceremonies()?.ask_to_create(&For::Register(&email), newcomer(&app, &email), Vec::new())
        }
        Act::SetUp => {
            let (token, beginner) = set_up::behind_link(&app.db, &token, &email).await?;
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

async fn for_second_factor(app: &App) -> Result<Option<Asked>, AppError> {
    let token = visitor::pending_token();
    let waiting = match &token {
        Some(token) => pending::find(&app.db, token, app.clock.now()).await?,
        None => None,
    };
    // One that waits for its account to get a second factor has none to ask for, whatever was set
    // up meanwhile elsewhere.
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

/// The account's passkeys; none is an error, since a browser that is given no names offers
/// everybody's.
async fn known(app: &App, account: AccountId) -> Result<Vec<webauthn_rs::prelude::CredentialID>, AppError> {
    let known = passkeys::credential_ids(&app.db, account).await?;
    if known.is_empty() { Err(AppError::NotFound) } else { Ok(known) }
}

/// Whether passkeys can be used at all: not where the public URL is an IP address.
pub fn are_offered() -> bool {
    App::current().is_ok_and(|app| app.relying_party.is_some())
}

/// Whether new ones can be added.
pub fn can_be_added() -> bool {
    are_offered() && App::current().is_ok_and(|app| may_be_added(&app.db).is_ok())
}

/// What a form needs whose answer a passkey gives. The button and the fields stand in `children`.
#[component]
pub fn PasskeyAnswer(act: Act, #[prop(optional)] autofill: bool, children: Children) -> impl IntoView {
    view! {
        <PasskeyFields
            act=act.name()
            ask=PasskeyChallenge::PATH
            creates=act.creates()
            autofill
            cancelled=word("passkey-cancelled")
            failed=word("passkey-failed")
            impossible=word("passkey-impossible")
            known=word("error-passkey-known")
            without_script=word("passkey-without-script")
            unsupported=word("passkey-unsupported")
        >
            {children()}
        </PasskeyFields>
    }
}
