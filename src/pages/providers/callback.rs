//! The way back from a provider. Whatever comes is worth something only with an attempt that this very browser began, and each attempt
//! is used up before anything else is looked at.

use super::acts::{ConfirmWithProvider, LinkProvider, StartProvider};
use super::freshness;
use super::letters::{record, tell};
use crate::base::config::RegistrationMode;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::one_use_token::OneUseToken;
use crate::base::paths::Then;
use crate::base::words::reader::Reader;
use crate::domain::accounts::{self, Account, AccountId, Email, NewAccount, Role};
use crate::domain::audit::Kind;
use crate::domain::factors::policy::Asked;
use crate::domain::factors::{self, policy};
use crate::domain::limits::{Door, proofs};
use crate::domain::logins::{self, Login};
use crate::domain::mail::letters::ConnectionNews;
use crate::domain::newcomers;
use crate::domain::providers::attempts::{self, Attempt, Purpose, Secrets, Stored};
use crate::domain::providers::identities::{self, Shown};
use crate::domain::providers::{Answer, AuthorizationCode, Claimed, Provider, Refused};
use crate::domain::sessions::SessionHandle;
use crate::pages::confirm::{self, confirmed};
use crate::pages::sign_in::proceed;
use crate::request::app::App;
use crate::request::document::lead_to;
use crate::request::visitor::{self, Missing, Person, Visitor};
use http::Method;
use http::request::Parts;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;

#[component]
pub fn ProviderCallbackPage() -> impl IntoView {
    let name = use_params_map().get_untracked().get("name").unwrap_or_default();
    let returned = Returned::current();
    let page = async move {
        let app = App::current()?;
        if let Some(returned) = returned {
            lead_to(&come_back(&app, &name, returned).await?);
        }
        Ok::<_, AppError>(().into_any())
    };
    crate::request::document::loaded(page)
}

/// What the address brings back.
struct Returned {
    browser: Option<OneUseToken>,
    state: Option<OneUseToken>,
    issuer: Option<String>,
    outcome: Outcome,
}

enum Outcome {
    Code(AuthorizationCode),
    /// An error, as the provider names it.
    No(String),
    /// Neither, or both, or one of them twice.
    Nonsense,
}

impl Returned {
    /// None for a request that only asks what the page would be.
    fn current() -> Option<Self> {
        let parts = use_context::<Parts>().filter(|parts| parts.method == Method::GET)?;
        let query = parts.uri.query().unwrap_or_default();
        let once = |wanted: &str| {
            let mut found = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
            match (found.next(), found.next()) {
                (None, _) => Ok(None),
                (Some((_, value)), None) => Ok(Some(value.into_owned())),
                // RFC 6749, 3.1: no parameter comes twice.
                _ => Err(()),
            }
        };
        let (outcome, issuer) = match (once("code"), once("error"), once("iss")) {
            (Ok(Some(code)), Ok(None), Ok(issuer)) if !code.is_empty() => {
                (Outcome::Code(AuthorizationCode::new(code)), issuer)
            }
            (Ok(None), Ok(Some(error)), Ok(issuer)) => (Outcome::No(error), issuer),
            _ => (Outcome::Nonsense, None),
        };
        let state = once("state").ok().flatten().and_then(|state| OneUseToken::parse(&state));
        Some(Self { browser: visitor::provider_token(), state, issuer, outcome })
    }
}

/// Where the visitor goes on.
async fn come_back(app: &App, name: &str, returned: Returned) -> Result<String, AppError> {
    let Returned { browser: Some(browser), state: Some(state), issuer, outcome } = returned else {
        return Ok(over(AppError::ProviderAttemptOver));
    };
    let secrets = Secrets { browser: &browser, state: &state };
    let now = app.clock.now();
    // Looked at before anything is written: a write keeps all others waiting, and anybody can send something.
    if attempts::find(&app.db, &secrets, now).await?.is_none() {
        return Ok(over(proofs::note_refused(app, Door::Provider, AppError::ProviderAttemptOver).await));
    }
    let mut tx = app.db.begin().await?;
    let stored = attempts::take(&mut tx, &secrets, now).await?;
    tx.commit().await?;
    let Some(Stored { attempt, issuer: expected }) = stored else { return Ok(over(AppError::ProviderAttemptOver)) };
    let provider = app.providers.named(name).filter(|provider| provider.name == attempt.provider);
    let Some(provider) = provider.filter(|provider| provider.issuer() == expected) else {
        // The answer of one provider at the callback of another: whoever mixes them up gets no code to see (RFC 9700, 4.4).
        let error = refused(app, None, name, &Refused::OtherIssuer).await?;
        return Ok(back(&attempt, error));
    };
    let came = Came { app, provider, attempt: &attempt, secrets: &secrets };
    // On the heap: the calls to the provider are in there.
    match Box::pin(came.go_on(issuer, outcome)).await {
        Ok(path) => Ok(path),
        Err(error) => Ok(back(&attempt, error)),
    }
}

/// The attempt is unknown, used up, too old or of another browser.
fn over(error: AppError) -> String {
    let signed_in = Visitor::current().person().is_some();
    let (page, form) =
        if signed_in { (Then::Connections.page(), LinkProvider::PATH) } else { ("/sign-in", StartProvider::PATH) };
    with_error(page, form, error)
}

/// The page on which the attempt began, with what went wrong.
fn back(attempt: &Attempt, error: AppError) -> String {
    match attempt.purpose {
        Purpose::SignIn => with_error(&attempt.then.sign_in_path(), StartProvider::PATH, error),
        Purpose::Link(_) => with_error(Then::Connections.page(), LinkProvider::PATH, error),
        Purpose::Confirm(_) => with_error(&attempt.then.confirm_path(), ConfirmWithProvider::PATH, error),
    }
}

/// As the form itself would come back that was refused: see [`crate::request::refusal`].
fn with_error(page: &str, form: &str, error: AppError) -> String {
    const HERE: &str = "http://localhost";
    let refused: ServerFnUrlError<AppError> = ServerFnUrlError::new(form, error);
    match refused.to_url(&format!("{HERE}{page}")) {
        Ok(url) => url.as_str().trim_start_matches(HERE).to_owned(),
        Err(_) => page.to_owned(),
    }
}

/// Notes that an answer was not taken; gives what the visitor is told.
async fn refused(
    app: &App,
    account: Option<AccountId>,
    provider: &str,
    refused: &Refused,
) -> Result<AppError, AppError> {
    let mut tx = app.db.begin_recorded().await?;
    record(&mut tx, account, Kind::ProviderRefused, provider, Some(refused.name())).await?;
    tx.commit().await?;
    Ok(match refused {
        Refused::Unreachable(_) => AppError::ProviderUnavailable,
        _ => AppError::ProviderRefused,
    })
}

/// An answer to an attempt of this browser, at the callback of the provider that it was sent to.
struct Came<'a> {
    app: &'a App,
    provider: &'a Arc<Provider>,
    attempt: &'a Attempt,
    secrets: &'a Secrets<'a>,
}

impl Came<'_> {
    async fn go_on(&self, issuer: Option<String>, outcome: Outcome) -> Result<String, AppError> {
        let now = self.app.clock.now();
        // Whose attempt it is, if it is anybody's.
        let person = self.person()?;
        let account = person.as_ref().map(|person| person.account.id);
        let claimed = match outcome {
            Outcome::Code(code) => {
                let answer = Answer { code, issuer };
                self.provider.claimed(answer, self.secrets, freshness(self.attempt), now).await
            }
            Outcome::No(error) => match self.provider.expects(issuer.as_deref(), now).await {
                Ok(()) => return Err(meant_by(&error)),
                Err(refused) => Err(refused),
            },
            Outcome::Nonsense => Err(Refused::CodeRefused("there is none".to_owned())),
        };
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(why) => return Err(refused(self.app, account, &self.provider.label, &why).await?),
        };
        match (self.attempt.purpose, person) {
            (Purpose::SignIn, _) => self.sign_in(&claimed).await,
            (Purpose::Link(_), Some(person)) => self.link(&person, &claimed).await,
            (Purpose::Confirm(_), Some(person)) => self.confirm(&person, &claimed).await,
            (Purpose::Link(_) | Purpose::Confirm(_), None) => Err(AppError::ProviderAttemptOver),
        }
    }

    /// Who began the attempt in their session; none for a sign-in. Another session of theirs, or of somebody else in this browser by
    /// now, is not the one that was asked about.
    fn person(&self) -> Result<Option<Arc<Person>>, AppError> {
        let visitor = Visitor::current();
        let of = |session: SessionHandle, person: Option<&Arc<Person>>| {
            let same = person.filter(|person| person.session.handle == session).cloned();
            same.map(Some).ok_or(AppError::ProviderAttemptOver)
        };
        match self.attempt.purpose {
            Purpose::SignIn => Ok(None),
            Purpose::Link(session) => of(session, visitor.person()),
            Purpose::Confirm(session) => of(session, visitor.cookie_holder()),
        }
    }

    async fn sign_in(&self, claimed: &Claimed) -> Result<String, AppError> {
        match identities::owner(&self.app.db, claimed).await? {
            Some(account) => self.sign_in_to(account, claimed).await,
            None => self.begin(claimed).await,
        }
    }

    async fn sign_in_to(&self, account: AccountId, claimed: &Claimed) -> Result<String, AppError> {
        let (app, now) = (self.app, self.app.clock.now());
        let account = accounts::find(&app.db, account).await?.ok_or(AppError::ProviderNoAccount)?;
        let factors = factors::of(&app.db, account.id).await?;
        let protected = !factors.is_empty() || claimed.second_factor;
        let demand = policy::demand(&app.config.second_factor, (&account).into(), protected, now);
        let mut tx = app.db.begin_recorded().await?;
        let Some(shown) = identities::note_use(&mut tx, account.id, claimed, now).await? else {
            drop(tx);
            return Err(self.closed(&account).await?);
        };
        let login = Login::after_provider(&shown, true, &factors, demand);
        // Turned on a moment ago: whoever did so expects to be asked for it from then on.
        let since = factors.is_empty() && factors::any_in(&mut tx, account.id).await?;
        let login = if since && !shown.has_second_factor() { login.now_with_second_factor() } else { login };
        self.let_in(tx, login, demand).await
    }

    /// Nobody gets in to the account, or the sign-in was unlinked from it a moment ago.
    async fn closed(&self, account: &Account) -> Result<AppError, AppError> {
        let refused = match (account.disabled_at, account.frozen_at) {
            (Some(_), _) => logins::Refused::Disabled,
            (None, Some(_)) => logins::Refused::Locked,
            (None, None) => return Ok(AppError::ProviderNoAccount),
        };
        let app = self.app;
        let mut tx = app.db.begin_recorded().await?;
        record(&mut tx, Some(account.id), Kind::SignInFailed, &self.provider.label, Some(refused.name())).await?;
        tx.commit().await?;
        Ok(AppError::ProviderAccountClosed)
    }

    async fn let_in(&self, mut tx: Tx, login: Login, demand: policy::Demand) -> Result<String, AppError> {
        let Attempt { keep, then, .. } = self.attempt.clone();
        let next = proceed(self.app, &mut tx, login, demand, keep, then).await?;
        tx.commit().await?;
        Ok(next.give().into_owned())
    }

    /// The first time: makes an account, where that is permitted. Never opens one that has the same address: whoever can write that
    /// address into an account elsewhere would be in (ASVS 6.8.1).
    async fn begin(&self, claimed: &Claimed) -> Result<String, AppError> {
        let (app, now) = (self.app, self.app.clock.now());
        let email = claimed.email.as_ref().filter(|_| claimed.email_verified);
        // Only told to whom the address belongs.
        if let Some(email) = email
            && accounts::find_by_email(&app.db, email).await?.is_some()
        {
            return Ok(self.known_address());
        }
        let email = self.may_begin(claimed)?;
        let new = NewAccount {
            id: None,
            email,
            email_verified: claimed.email_verified,
            username: None,
            password: None,
            role: Role::Member,
        };
        let asked = Asked::newcomer(new.role);
        let demand = policy::demand(&app.config.second_factor, asked, claimed.second_factor, now);
        let mut tx = app.db.begin_recorded().await?;
        // Not told in words of their own: whoever comes here may not know how accounts are made.
        newcomers::may_begin(app, &mut tx, &new.email, new.email_verified).await.map_err(|refused| match refused {
            AppError::RegistrationClosed => AppError::ProviderNoAccount,
            AppError::EmailDomain => AppError::ProviderEmailDomain,
            other => other,
        })?;
        let account = match accounts::create(&mut tx, &app.vault, &app.randomness, &new, now).await {
            // With addresses that nobody checks, registration tells this too.
            Err(AppError::EmailTaken) => return Ok(self.known_address()),
            made => made?,
        };
        if !claimed.email_verified {
            accounts::note_unproven(&mut tx, account).await?;
        }
        accounts::note_first_language(&mut tx, account, Reader::current().language).await?;
        identities::add(&mut tx, account, self.provider.name, claimed).await?;
        record(&mut tx, Some(account), Kind::AccountCreated, &self.provider.label, Some("provider")).await?;
        let shown: Option<Shown> = identities::note_use(&mut tx, account, claimed, now).await?;
        let shown = shown.ok_or(AppError::Internal)?;
        let login = Login::after_provider(&shown, false, &[], demand);
        self.let_in(tx, login, demand).await
    }

    fn known_address(&self) -> String {
        format!("/providers/{}/start?known", self.provider.name)
    }

    /// The address that an account may be made with.
    fn may_begin(&self, claimed: &Claimed) -> Result<Email, AppError> {
        let registration = &self.app.config.registration;
        if registration.mode == RegistrationMode::Closed || !self.provider.creates_accounts {
            return Err(AppError::ProviderNoAccount);
        }
        let domains = &self.provider.allowed_domains;
        // Anybody can claim an address of an allowed domain.
        let must_be_verified = registration.verify_email || !domains.is_empty();
        let email = claimed.email.clone().filter(|_| claimed.email_verified || !must_be_verified);
        let email = email.ok_or(AppError::ProviderEmailUnverified)?;
        if !domains.is_empty() && !domains.iter().any(|domain| domain == email.domain()) {
            return Err(AppError::ProviderEmailDomain);
        }
        Ok(email)
    }

    async fn link(&self, person: &Person, claimed: &Claimed) -> Result<String, AppError> {
        let app = self.app;
        if visitor::missing(app, person).await? != Missing::Nothing {
            return Ok(Then::LinkConnection(self.provider.name).confirm_path());
        }
        let mut tx = match visitor::begin_change(app, person).await {
            // The session ended while its owner was there.
            Err(AppError::SignInRequired) => return Err(AppError::ProviderAttemptOver),
            begun => begun?,
        };
        let account = &person.account;
        identities::add(&mut tx, account.id, self.provider.name, claimed).await?;
        record(&mut tx, Some(account.id), Kind::ProviderLinked, &self.provider.label, None).await?;
        tell(app, &mut tx, account, &self.provider.label, ConnectionNews::Linked).await?;
        tx.commit().await?;
        Ok("/account/connections?linked".to_owned())
    }

    async fn confirm(&self, person: &Person, claimed: &Claimed) -> Result<String, AppError> {
        let (app, now) = (self.app, self.app.clock.now());
        let account = person.account.id;
        let mut tx = app.db.begin_recorded().await?;
        if identities::note_use(&mut tx, account, claimed, now).await?.is_none() {
            drop(tx);
            return Err(refused(app, Some(account), &self.provider.label, &Refused::OtherPerson).await?);
        }
        confirmed(app, tx, person, confirm::Shown::Provider(&self.provider.label)).await?;
        Ok(self.attempt.then.path().into_owned())
    }
}

/// What a provider's error means for whoever comes back with it (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6).
fn meant_by(error: &str) -> AppError {
    match error {
        "access_denied"
        | "consent_required"
        | "interaction_required"
        | "account_selection_required"
        | "login_required" => AppError::ProviderDenied,
        "server_error" | "temporarily_unavailable" => AppError::ProviderUnavailable,
        _ => AppError::ProviderRefused,
    }
}
