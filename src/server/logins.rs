//! From a credential to a session. A login is an enum of stages whose transitions consume it; only its end, a [`Proof`],
//! can start a session, and only this file makes one. A second factor adds a stage here and nowhere else.

use crate::server::accounts::{Account, AccountId};
use crate::server::factors::policy::Demand;
use crate::server::factors::{FactorKind, passkeys};
use crate::server::passwords::Verified;
use crate::server::providers::identities::Shown;

/// How a person proved to be who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Password,
    /// Registration ended behind a link that only went to their address.
    MailLink,
    /// The operator's one-use link.
    SetUpLink,
    /// A password, and then a code of an authenticator app.
    PasswordAndTotp,
    /// A password, and then a recovery code.
    PasswordAndRecoveryCode,
    /// A passkey, which is two factors at once.
    Passkey,
    /// A password, and then a passkey.
    PasswordAndPasskey,
    /// A password, in a browser where a second factor was shown before and that its owner trusts. No second factor.
    PasswordOnTrustedBrowser,
    /// A sign-in at another service.
    Provider,
    /// At another service, which asked for a second factor, as far as the operator takes its word for it.
    ProviderWithSecondFactor,
    /// At another service, and then a code of an authenticator app here.
    ProviderAndTotp,
    ProviderAndRecoveryCode,
    ProviderAndPasskey,
}

impl Method {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Method] = &[
        Self::Password,
        Self::MailLink,
        Self::SetUpLink,
        Self::PasswordAndTotp,
        Self::PasswordAndRecoveryCode,
        Self::Passkey,
        Self::PasswordAndPasskey,
        Self::PasswordOnTrustedBrowser,
        Self::Provider,
        Self::ProviderWithSecondFactor,
        Self::ProviderAndTotp,
        Self::ProviderAndRecoveryCode,
        Self::ProviderAndPasskey,
    ];

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.name() == name)
    }

    /// A password, and then a second factor of this `kind`.
    pub fn password_and(kind: FactorKind) -> Self {
        match kind {
            FactorKind::Totp => Self::PasswordAndTotp,
            FactorKind::Passkey => Self::PasswordAndPasskey,
            FactorKind::RecoveryCode => Self::PasswordAndRecoveryCode,
        }
    }

    /// Whether a second factor was shown now.
    pub fn has_second_factor(self) -> bool {
        match self {
            Self::PasswordAndTotp
            | Self::PasswordAndRecoveryCode
            | Self::Passkey
            | Self::PasswordAndPasskey
            | Self::ProviderWithSecondFactor
            | Self::ProviderAndTotp
            | Self::ProviderAndRecoveryCode
            | Self::ProviderAndPasskey => true,
            Self::Password | Self::MailLink | Self::SetUpLink | Self::PasswordOnTrustedBrowser | Self::Provider => {
                false
            }
        }
    }

    /// The same, in a session that began at another service instead of with a password.
    #[must_use]
    pub fn in_session_begun_by(self, begun: &str) -> Self {
        match (self, Self::parse(begun)) {
            (Self::PasswordAndTotp, Some(Self::Provider)) => Self::ProviderAndTotp,
            (Self::PasswordAndPasskey, Some(Self::Provider)) => Self::ProviderAndPasskey,
            (method, _) => method,
        }
    }

    /// How it is told in tokens: `amr` (RFC 8176), and `acr`, the number of factors.
    pub fn in_claims(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Password => (&["pwd"], "1"),
            // Proof of a mailbox or of the operator's word, for which there is no name.
            Self::MailLink | Self::SetUpLink => (&[], "1"),
            Self::PasswordAndTotp => (&["pwd", "otp", "mfa"], "2"),
            // A list of codes is no OTP generator; that there were two factors is all that can be said.
            Self::PasswordAndRecoveryCode => (&["pwd", "mfa"], "2"),
            Self::Passkey => (&["pop", "user", "mfa"], "2"),
            Self::PasswordAndPasskey => (&["pwd", "pop", "mfa"], "2"),
            Self::PasswordOnTrustedBrowser => (&["pwd"], "1"),
            // How somebody signed in elsewhere is that service's to say.
            Self::Provider => (&[], "1"),
            Self::ProviderWithSecondFactor | Self::ProviderAndRecoveryCode => (&["mfa"], "2"),
            Self::ProviderAndTotp => (&["otp", "mfa"], "2"),
            Self::ProviderAndPasskey => (&["pop", "mfa"], "2"),
        }
    }

    /// Whether it is what a policy of second factors asks for: one was shown, now or when this browser was trusted.
    pub fn satisfies_policy(self) -> bool {
        self.has_second_factor() || self == Self::PasswordOnTrustedBrowser
    }
}

/// A finished login. Not constructible elsewhere.
#[derive(Debug)]
pub struct Proof {
    account: AccountId,
    method: Method,
    /// Whether the account was there before, and this is somebody coming back to it.
    returning: bool,
}

impl Proof {
    pub fn account(&self) -> AccountId {
        self.account
    }

    pub fn method(&self) -> Method {
        self.method
    }

    /// False for the session that a registration or the operator's link ends with: whoever has it has just made the account.
    pub fn is_of_somebody_returning(&self) -> bool {
        self.returning
    }
}

/// Why a login goes no further; for the audit trail, never for the visitor (ASVS 6.3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    UnknownPerson,
    WrongPassword,
    Disabled,
    /// Its owner locked it.
    Locked,
    /// Too many tries with other names of the account: this one was not looked at, which only this says.
    TooManyTries,
}

impl Refused {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Refused] =
        &[Self::UnknownPerson, Self::WrongPassword, Self::Disabled, Self::Locked, Self::TooManyTries];

    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownPerson => "unknown_person",
            Self::WrongPassword => "wrong_password",
            Self::Disabled => "account_disabled",
            Self::Locked => "account_locked",
            Self::TooManyTries => "too_many_tries",
        }
    }
}

/// A login under way.
#[derive(Debug)]
pub enum Login {
    Complete(Proof),
    /// The account has a second factor, and nobody gets in without it.
    NeedsSecondFactor(FirstFactor),
    /// It has none and must have one: nobody gets in before it is set up.
    NeedsEnrolment(FirstFactor),
}

/// The first of two factors, proved. Starts no session.
#[derive(Debug)]
pub struct FirstFactor {
    account: AccountId,
    method: Method,
    returning: bool,
}

impl FirstFactor {
    /// Whether it was a password, which is what trusting a browser is about.
    pub fn is_password(&self) -> bool {
        self.method != Method::Provider
    }

    /// As [`crate::server::pending`] kept it.
    pub(in crate::server) fn resume(account: AccountId, method: Method, returning: bool) -> Self {
        Self { account, method, returning }
    }

    pub fn account(&self) -> AccountId {
        self.account
    }

    pub fn method(&self) -> Method {
        self.method
    }

    /// As [`Proof::is_of_somebody_returning`].
    pub fn is_of_somebody_returning(&self) -> bool {
        self.returning
    }

    /// After its second factor was used up, or turned on, in the same transaction.
    pub fn after_second_factor(self, kind: FactorKind) -> Proof {
        let method = match (kind, self.method) {
            (FactorKind::Totp, Method::Provider) => Method::ProviderAndTotp,
            (FactorKind::Passkey, Method::Provider) => Method::ProviderAndPasskey,
            (FactorKind::RecoveryCode, Method::Provider) => Method::ProviderAndRecoveryCode,
            (kind, _) => Method::password_and(kind),
        };
        Proof { account: self.account, method, returning: self.returning }
    }

    /// `factors`: those of the account. `demand`: what is asked of it if it has none.
    fn next(self, factors: &[FactorKind], demand: Demand) -> Login {
        let Self { account, method, returning } = self;
        match demand {
            _ if !factors.is_empty() => Login::NeedsSecondFactor(self),
            Demand::Now => Login::NeedsEnrolment(self),
            Demand::Nothing | Demand::Soon(_) => Login::Complete(Proof { account, method, returning }),
        }
    }

    /// After [`crate::server::trusted`] found that the account trusts this browser, in the same transaction.
    pub(in crate::server) fn on_trusted_browser(self) -> Proof {
        Proof { account: self.account, method: Method::PasswordOnTrustedBrowser, returning: true }
    }
}

impl Login {
    pub fn account(&self) -> AccountId {
        match self {
            Self::Complete(proof) => proof.account,
            Self::NeedsSecondFactor(first) | Self::NeedsEnrolment(first) => first.account,
        }
    }

    /// For an account that got its first second factor after [`Self::after_password`] was told of none.
    pub fn now_with_second_factor(self) -> Self {
        match self {
            Self::Complete(Proof { account, method, returning }) => {
                Self::NeedsSecondFactor(FirstFactor { account, method, returning })
            }
            Self::NeedsEnrolment(first) | Self::NeedsSecondFactor(first) => Self::NeedsSecondFactor(first),
        }
    }

    /// After the password was checked. Every refusal comes after the same hash was paid for.
    pub fn after_password(
        account: Option<&Account>,
        verified: Verified,
        factors: &[FactorKind],
        demand: Demand,
    ) -> Result<Self, Refused> {
        let account = account.ok_or(Refused::UnknownPerson)?;
        match verified {
            Verified::Wrong => Err(Refused::WrongPassword),
            Verified::Right | Verified::RightButOutdated if account.disabled_at.is_some() => Err(Refused::Disabled),
            Verified::Right | Verified::RightButOutdated if account.frozen_at.is_some() => Err(Refused::Locked),
            Verified::Right | Verified::RightButOutdated => {
                let first = FirstFactor { account: account.id, method: Method::Password, returning: true };
                Ok(first.next(factors, demand))
            }
        }
    }

    /// After an identity at a provider was shown in the same transaction: one factor, unless the operator takes the provider's word for
    /// a second.
    pub fn after_provider(shown: &Shown, returning: bool, factors: &[FactorKind], demand: Demand) -> Self {
        let account = shown.account();
        if shown.has_second_factor() {
            return Self::Complete(Proof { account, method: Method::ProviderWithSecondFactor, returning });
        }
        FirstFactor { account, method: Method::Provider, returning }.next(factors, demand)
    }

    /// After a link that was taken in the same transaction made this account, or gave it its first password.
    pub fn after_link(account: AccountId, method: Method, factors: &[FactorKind], demand: Demand) -> Self {
        FirstFactor { account, method, returning: false }.next(factors, demand)
    }
}

impl Proof {
    /// As [`Login::after_link`], of an account that neither has nor needs a second factor.
    pub fn after_link(account: AccountId, method: Method) -> Self {
        Self { account, method, returning: false }
    }

    /// After a passkey was used up in the same transaction: it verified its user, so it is both factors (ASVS 6.3.3).
    pub fn after_passkey(used: &passkeys::Used) -> Self {
        Self { account: used.account(), method: Method::Passkey, returning: true }
    }
}
