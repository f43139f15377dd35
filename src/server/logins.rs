//! From a credential to a session. A login is an enum of stages whose transitions consume it; only its end, a [`Proof`],
//! can start a session, and only this file makes one. A second factor adds a stage here and nowhere else.

use crate::server::accounts::{Account, AccountId};
use crate::server::factors::FactorKind;
use crate::server::passwords::Verified;

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
}

impl Method {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Method] =
        &[Self::Password, Self::MailLink, Self::SetUpLink, Self::PasswordAndTotp, Self::PasswordAndRecoveryCode];

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.name() == name)
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
}

impl Refused {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Refused] = &[Self::UnknownPerson, Self::WrongPassword, Self::Disabled, Self::Locked];

    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownPerson => "unknown_person",
            Self::WrongPassword => "wrong_password",
            Self::Disabled => "account_disabled",
            Self::Locked => "account_locked",
        }
    }
}

/// A login under way.
#[derive(Debug)]
pub enum Login {
    Complete(Proof),
    /// The account has a second factor, and nobody gets in without it.
    NeedsSecondFactor(FirstFactor),
}

/// The first of two factors, proved. Starts no session.
#[derive(Debug)]
pub struct FirstFactor {
    account: AccountId,
    method: Method,
}

impl FirstFactor {
    /// As [`crate::server::pending`] kept it.
    pub(in crate::server) fn resume(account: AccountId, method: Method) -> Self {
        Self { account, method }
    }

    pub fn account(&self) -> AccountId {
        self.account
    }

    pub fn method(&self) -> Method {
        self.method
    }

    /// After a code was taken in the same transaction.
    pub fn after_code(self, kind: FactorKind) -> Proof {
        let method = match kind {
            FactorKind::Totp => Method::PasswordAndTotp,
            FactorKind::RecoveryCode => Method::PasswordAndRecoveryCode,
        };
        Proof { account: self.account, method, returning: true }
    }
}

impl Login {
    pub fn account(&self) -> AccountId {
        match self {
            Self::Complete(proof) => proof.account,
            Self::NeedsSecondFactor(first) => first.account,
        }
    }

    /// After the password was checked. Every refusal comes after the same hash was paid for.
    pub fn after_password(
        account: Option<&Account>,
        verified: Verified,
        factors: &[FactorKind],
    ) -> Result<Self, Refused> {
        let account = account.ok_or(Refused::UnknownPerson)?;
        match verified {
            Verified::Wrong => Err(Refused::WrongPassword),
            Verified::Right | Verified::RightButOutdated if account.disabled_at.is_some() => Err(Refused::Disabled),
            Verified::Right | Verified::RightButOutdated if account.frozen_at.is_some() => Err(Refused::Locked),
            Verified::Right | Verified::RightButOutdated if !factors.is_empty() => {
                Ok(Self::NeedsSecondFactor(FirstFactor { account: account.id, method: Method::Password }))
            }
            Verified::Right | Verified::RightButOutdated => {
                Ok(Self::Complete(Proof { account: account.id, method: Method::Password, returning: true }))
            }
        }
    }
}

impl Proof {
    /// After a link that was taken in the same transaction made this account, or gave it its first password: there is no other
    /// factor yet.
    pub fn after_link(account: AccountId, method: Method) -> Self {
        Self { account, method, returning: false }
    }
}
