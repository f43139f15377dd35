//! The way back from a provider. Whatever comes is worth something only with an attempt that this
//! very browser began, and each attempt is used up before anything else is looked at.

use crate::base::config::RegistrationMode;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::names::ProviderName;
use crate::base::one_use_token::OneUseToken;
use crate::base::paths::Then;
use crate::base::words::bundles::Language;
use crate::domain::accounts::{self, Account, AccountId, Email, NewAccount, Role};
use crate::domain::audit::Kind;
use crate::domain::factors::policy::{self, Asked, Demand};
use crate::domain::limits::{Door, proofs};
use crate::domain::logins::{self, Login};
use crate::domain::mail::letters::ConnectionNews;
use crate::domain::providers::attempts::{self, Attempt, Purpose, Secrets, Stored};
use crate::domain::providers::identities::{self, Shown};
use crate::domain::providers::{Answer, AuthorizationCode, Claimed, Provider, Providers, Refused};
use crate::domain::sessions::SessionHandle;
use crate::domain::{factors, newcomers};
use crate::flows::acting::{self, Missing, Person};
use crate::flows::confirmations;
use crate::flows::connections::{record, tell};
use crate::flows::provider_attempts::freshness;
use crate::flows::session_start::Started;
use crate::flows::sign_in::{self, Next};

/// What somebody comes back with.
pub struct Returned {
    /// What binds attempts to this browser.
    pub browser: Option<OneUseToken>,
    pub state: Option<OneUseToken>,
    pub issuer: Option<String>,
    pub outcome: Outcome,
}

pub enum Outcome {
    Code(AuthorizationCode),
    /// An error, as the provider names it.
    No(String),
    /// Neither, or both, or one of them twice.
    Nonsense,
}

/// Who uses this browser.
#[derive(Clone, Copy, Default)]
pub struct Here<'a> {
    pub signed_in: Option<&'a Person>,
    /// Whose session it is, even where it is doubted that they use it.
    pub holder: Option<&'a Person>,
    pub language: Language,
}

/// What came of it.
pub enum Done {
    LetIn(Next),
    /// There is an account with the address that was claimed: it is not theirs by that.
    KnownAddress(ProviderName),
    /// Whoever wants to link shows first who they are.
    ToConfirm(Then),
    Linked,
    Confirmed(Started, Then),
    /// The attempt is unknown, used up, too old or of another browser.
    Over(AppError),
    /// What went wrong, for the page on which the attempt began.
    Back(Attempt, AppError),
}

/// Takes what came to the callback of the provider with this `name`.
pub async fn take(
    db: &Db,
    providers: &Providers,
    name: &str,
    returned: Returned,
    here: Here<'_>,
) -> Result<Done, AppError> {
    let Returned { browser: Some(browser), state: Some(state), issuer, outcome } = returned else {
        return Ok(Done::Over(AppError::ProviderAttemptOver));
    };
    let secrets = Secrets { browser: &browser, state: &state };
    // Looked at before anything is written: a write keeps all others waiting, and anybody can send
    // something.
    if attempts::find(db, &secrets, db.now()).await?.is_none() {
        return Ok(Done::Over(proofs::note_refused(db, Door::Provider, AppError::ProviderAttemptOver).await));
    }
    let mut tx = db.begin().await?;
    let now = tx.now();
    let stored = attempts::take(&mut tx, &secrets, now).await?;
    tx.commit().await?;
    let Some(Stored { attempt, issuer: expected }) = stored else {
        return Ok(Done::Over(AppError::ProviderAttemptOver));
    };
    let provider = providers.named(name).filter(|provider| provider.name == attempt.provider);
    let Some(provider) = provider.filter(|provider| provider.issuer() == expected) else {
        // The answer of one provider at the callback of another: whoever mixes them up gets no code
        // to see (RFC 9700, 4.4).
        let error = refused(db, None, name, &Refused::OtherIssuer).await?;
        return Ok(Done::Back(attempt, error));
    };
    let came = Came { db, provider, attempt: &attempt, secrets: &secrets, here };
    // On the heap: the calls to the provider are in there.
    match Box::pin(came.go_on(issuer, outcome)).await {
        Ok(done) => Ok(done),
        Err(error) => Ok(Done::Back(attempt, error)),
    }
}

/// Notes that an answer was not taken; gives what the visitor is told.
async fn refused(db: &Db, account: Option<AccountId>, provider: &str, refused: &Refused) -> Result<AppError, AppError> {
    let mut tx = db.begin_recorded().await?;
    record(&mut tx, account, Kind::ProviderRefused, provider, Some(refused.name())).await?;
    tx.commit().await?;
    Ok(match refused {
        Refused::Unreachable(_) => AppError::ProviderUnavailable,
        _ => AppError::ProviderRefused,
    })
}

/// An answer to an attempt of this browser, at the callback of the provider that it was sent to.
struct Came<'a> {
    db: &'a Db,
    provider: &'a Provider,
    attempt: &'a Attempt,
    secrets: &'a Secrets<'a>,
    here: Here<'a>,
}

impl Came<'_> {
    async fn go_on(&self, issuer: Option<String>, outcome: Outcome) -> Result<Done, AppError> {
        let now = self.db.now();
        // Whose attempt it is, if it is anybody's.
        let person = self.person()?;
        let account = person.map(|person| person.account.id);
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
            Err(why) => return Err(refused(self.db, account, &self.provider.label, &why).await?),
        };
        match (self.attempt.purpose, person) {
            (Purpose::SignIn, _) => self.sign_in(&claimed).await,
            (Purpose::Link(_), Some(person)) => self.link(person, &claimed).await,
            (Purpose::Confirm(_), Some(person)) => self.confirm(person, &claimed).await,
            (Purpose::Link(_) | Purpose::Confirm(_), None) => Err(AppError::ProviderAttemptOver),
        }
    }

    /// Who began the attempt in their session; none for a sign-in. Another session of theirs, or of
    /// somebody else in this browser by now, is not the one that was asked about.
    fn person(&self) -> Result<Option<&Person>, AppError> {
        fn of(session: SessionHandle, person: Option<&Person>) -> Result<Option<&Person>, AppError> {
            let same = person.filter(|person| person.session.handle == session);
            same.map(Some).ok_or(AppError::ProviderAttemptOver)
        }
        match self.attempt.purpose {
            Purpose::SignIn => Ok(None),
            Purpose::Link(session) => of(session, self.here.signed_in),
            Purpose::Confirm(session) => of(session, self.here.holder),
        }
    }

    async fn sign_in(&self, claimed: &Claimed) -> Result<Done, AppError> {
        match identities::owner(self.db, claimed).await? {
            Some(account) => self.sign_in_to(account, claimed).await,
            None => self.begin(claimed).await,
        }
    }

    async fn sign_in_to(&self, account: AccountId, claimed: &Claimed) -> Result<Done, AppError> {
        let db = self.db;
        let account = accounts::find(db, account).await?.ok_or(AppError::ProviderNoAccount)?;
        let factors = factors::of(db, account.id).await?;
        let protected = !factors.is_empty() || claimed.second_factor;
        let demand = policy::demand(&db.config().second_factor, (&account).into(), protected, db.now());
        let mut tx = db.begin_recorded().await?;
        let now = tx.now();
        let Some(shown) = identities::note_use(&mut tx, account.id, claimed, now).await? else {
            drop(tx);
            return Err(self.closed(&account).await?);
        };
        let login = shown.login(true, &factors, demand);
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
        let mut tx = self.db.begin_recorded().await?;
        record(&mut tx, Some(account.id), Kind::SignInFailed, &self.provider.label, Some(refused.name())).await?;
        tx.commit().await?;
        Ok(AppError::ProviderAccountClosed)
    }

    async fn let_in(&self, mut tx: Tx, login: Login, demand: Demand) -> Result<Done, AppError> {
        let Attempt { keep, then, .. } = self.attempt.clone();
        let next = sign_in::go_on(&mut tx, login, demand, keep, then).await?;
        tx.commit().await?;
        Ok(Done::LetIn(next))
    }

    /// The first time: makes an account, where that is permitted. Never opens one that has the same
    /// address: whoever can write that address into an account elsewhere would be in (ASVS 6.8.1).
    async fn begin(&self, claimed: &Claimed) -> Result<Done, AppError> {
        let db = self.db;
        let email = claimed.email.as_ref().filter(|_| claimed.email_verified);
        // Only told to whom the address belongs.
        if let Some(email) = email
            && accounts::find_by_email(db, email).await?.is_some()
        {
            return Ok(Done::KnownAddress(self.provider.name));
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
        let demand = policy::demand(&db.config().second_factor, asked, claimed.second_factor, db.now());
        let mut tx = db.begin_recorded().await?;
        let now = tx.now();
        // Not told in words of their own: whoever comes here may not know how accounts are made.
        newcomers::may_begin(&mut tx, &new.email, new.email_verified).await.map_err(|refused| match refused {
            AppError::RegistrationClosed => AppError::ProviderNoAccount,
            AppError::EmailDomain => AppError::ProviderEmailDomain,
            other => other,
        })?;
        let account = match accounts::create(&mut tx, db.vault(), db.randomness(), &new, now).await {
            // With addresses that nobody checks, registration tells this too.
            Err(AppError::EmailTaken) => return Ok(Done::KnownAddress(self.provider.name)),
            made => made?,
        };
        let shown = self.link_first(&mut tx, account, claimed).await?;
        let login = shown.login(false, &[], demand);
        self.let_in(tx, login, demand).await
    }

    /// What is stored beside a new account, which this sign-in opens from now on.
    async fn link_first(&self, tx: &mut Tx, account: AccountId, claimed: &Claimed) -> Result<Shown, AppError> {
        if !claimed.email_verified {
            accounts::note_unproven(tx, account).await?;
        }
        accounts::note_first_language(tx, account, self.here.language).await?;
        identities::add(tx, account, self.provider.name, claimed).await?;
        record(tx, Some(account), Kind::AccountCreated, &self.provider.label, Some("provider")).await?;
        let now = tx.now();
        identities::note_use(tx, account, claimed, now).await?.ok_or(AppError::Internal)
    }

    /// The address that an account may be made with.
    fn may_begin(&self, claimed: &Claimed) -> Result<Email, AppError> {
        let registration = &self.db.config().registration;
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

    async fn link(&self, person: &Person, claimed: &Claimed) -> Result<Done, AppError> {
        let db = self.db;
        if acting::missing(db, person).await? != Missing::Nothing {
            return Ok(Done::ToConfirm(Then::LinkConnection(self.provider.name)));
        }
        let mut tx = match acting::begin_change(db, person).await {
            // The session ended while its owner was there.
            Err(AppError::SignInRequired) => return Err(AppError::ProviderAttemptOver),
            begun => begun?,
        };
        let account = &person.account;
        identities::add(&mut tx, account.id, self.provider.name, claimed).await?;
        record(&mut tx, Some(account.id), Kind::ProviderLinked, &self.provider.label, None).await?;
        tell(&mut tx, account, &self.provider.label, ConnectionNews::Linked).await?;
        tx.commit().await?;
        Ok(Done::Linked)
    }

    async fn confirm(&self, person: &Person, claimed: &Claimed) -> Result<Done, AppError> {
        let (db, account) = (self.db, person.account.id);
        let mut tx = db.begin_recorded().await?;
        let now = tx.now();
        if identities::note_use(&mut tx, account, claimed, now).await?.is_none() {
            drop(tx);
            return Err(refused(db, Some(account), &self.provider.label, &Refused::OtherPerson).await?);
        }
        let shown = confirmations::Shown::Provider(&self.provider.label);
        let started = confirmations::finish(tx, person, shown).await?;
        Ok(Done::Confirmed(started, self.attempt.then.clone()))
    }
}

/// What a provider's error means for whoever comes back with it (RFC 6749, 4.1.2.1; OpenID Connect
/// Core, 3.1.2.6).
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
