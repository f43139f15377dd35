//! From a credential to a session. A login is an enum of stages whose transitions consume it; only
//! its end, a [`Proof`], can start a session, and only this file makes one. A second factor adds a
//! stage here and nowhere else.

mod method;

use crate::base::passwords::Verified;
use crate::domain::accounts::{Account, AccountId};
use crate::domain::factor_kind::{Demand, FactorKind};
use strum::VariantArray;

pub use method::{First, Method};

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

    /// False for the session that a registration or the operator's link ends with: whoever has it
    /// has just made the account.
    pub fn is_of_somebody_returning(&self) -> bool {
        self.returning
    }
}

/// Why a login goes no further; for the audit trail, never for the visitor (ASVS 6.3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Refused {
    UnknownPerson,
    WrongPassword,
    Disabled,
    /// Its owner locked it.
    Locked,
    /// Too many tries with other names of the account: this one was not looked at, which only this
    /// says.
    TooManyTries,
}

impl Refused {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Self] = Self::VARIANTS;

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
    first: First,
    returning: bool,
}

impl FirstFactor {
    /// Whether it was a password, which is what trusting a browser is about. Whoever came by a link
    /// typed none that was there before.
    pub fn is_password(&self) -> bool {
        self.first == First::Password
    }

    /// As [`crate::domain::pending`] kept it.
    pub(crate) fn resume(account: AccountId, first: First, returning: bool) -> Self {
        Self { account, first, returning }
    }

    pub fn account(&self) -> AccountId {
        self.account
    }

    pub fn first(&self) -> First {
        self.first
    }

    /// As [`Proof::is_of_somebody_returning`].
    pub fn is_of_somebody_returning(&self) -> bool {
        self.returning
    }

    /// After its second factor was used up, or turned on, in the same transaction.
    pub fn after_second_factor(self, kind: FactorKind) -> Proof {
        Proof { account: self.account, method: Method::from(self.first).and(kind), returning: self.returning }
    }

    /// `factors`: those of the account. `demand`: what is asked of it if it has none.
    fn next(self, factors: &[FactorKind], demand: Demand) -> Login {
        match demand {
            _ if !factors.is_empty() => Login::NeedsSecondFactor(self),
            Demand::Now => Login::NeedsEnrolment(self),
            Demand::Nothing | Demand::Soon(_) => {
                Login::Complete(Proof { account: self.account, method: self.first.into(), returning: self.returning })
            }
        }
    }

    /// After [`crate::domain::devices::trusted`] found that the account trusts this browser, in the
    /// same transaction.
    pub(crate) fn on_trusted_browser(self) -> Proof {
        Proof { account: self.account, method: First::PasswordOnTrustedBrowser.into(), returning: true }
    }
}

impl Login {
    pub fn account(&self) -> AccountId {
        match self {
            Self::Complete(proof) => proof.account,
            Self::NeedsSecondFactor(first) | Self::NeedsEnrolment(first) => first.account,
        }
    }

    /// For an account that got its first second factor after [`Self::after_password`] was told of
    /// none.
    pub fn now_with_second_factor(self) -> Self {
        match self {
            Self::Complete(Proof { account, method, returning }) => {
                Self::NeedsSecondFactor(FirstFactor { account, first: method.first(), returning })
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
                let first = FirstFactor { account: account.id, first: First::Password, returning: true };
                Ok(first.next(factors, demand))
            }
        }
    }

    /// Only [`crate::domain::providers::identities::Shown::login`] may say so.
    pub(in crate::domain) fn after_provider(
        account: AccountId,
        returning: bool,
        factors: &[FactorKind],
        demand: Demand,
    ) -> Self {
        FirstFactor { account, first: First::Provider, returning }.next(factors, demand)
    }

    /// After a link that was taken in the same transaction made this account, or gave it its first
    /// password.
    pub fn after_link(account: AccountId, first: First, factors: &[FactorKind], demand: Demand) -> Self {
        FirstFactor { account, first, returning: false }.next(factors, demand)
    }
}

impl Proof {
    /// As [`Login::after_link`], of an account that neither has nor needs a second factor.
    pub fn after_link(account: AccountId, first: First) -> Self {
        Self { account, method: first.into(), returning: false }
    }

    /// Only [`crate::domain::factors::passkeys::Used::proof`] may say so.
    pub(in crate::domain) fn after_passkey(account: AccountId) -> Self {
        Self { account, method: First::Passkey.into(), returning: true }
    }

    /// Only [`crate::domain::providers::identities::Shown::login`] may say so.
    pub(in crate::domain) fn after_provider_with_second_factor(account: AccountId, returning: bool) -> Self {
        Self { account, method: First::ProviderWithSecondFactor.into(), returning }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever holds a link from a mail may never have known the password; what a browser is
    /// trusted with is the password.
    #[test]
    fn only_a_password_can_have_a_browser_trusted() {
        for first in First::VARIANTS {
            let resumed = FirstFactor::resume(AccountId::NOBODY, *first, true);
            assert_eq!(resumed.is_password(), *first == First::Password, "{first:?}");
        }
    }
}
