//! How a person proved to be who they are: with one thing first and, where it was asked for, with a
//! second factor after it.

use crate::domain::factor_kind::FactorKind;
use strum::VariantArray;

/// What was shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum First {
    Password,
    /// A password, in a browser where a second factor was shown before and that its owner trusts.
    /// No second factor.
    PasswordOnTrustedBrowser,
    /// Registration ended behind a link that only went to their address.
    MailLink,
    /// The operator's one-use link.
    SetUpLink,
    /// A passkey, which is two factors at once.
    Passkey,
    /// A sign-in at another service.
    Provider,
    /// At another service, which asked for a second factor, as far as the operator takes its word
    /// for it.
    ProviderWithSecondFactor,
}

impl First {
    /// Whether nothing is left that a second factor would add.
    fn is_two_factors(self) -> bool {
        matches!(self, Self::Passkey | Self::ProviderWithSecondFactor)
    }
}

/// What was shown first, and the second factor that was shown after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    first: First,
    second: Option<FactorKind>,
}

impl From<First> for Method {
    fn from(first: First) -> Self {
        Self { first, second: None }
    }
}

impl Method {
    /// With a second factor of this `kind` shown after it, in place of one from before. A browser
    /// is trusted for a password, which stands beside the factor from then on. Whoever came by a
    /// link may have none, and showed none.
    #[must_use]
    pub fn and(self, kind: FactorKind) -> Self {
        match self.first {
            first if first.is_two_factors() => self,
            First::PasswordOnTrustedBrowser => Self { first: First::Password, second: Some(kind) },
            first => Self { first, second: Some(kind) },
        }
    }

    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub fn all() -> impl Iterator<Item = Self> {
        First::VARIANTS.iter().copied().map(Self::from).flat_map(|one| {
            let two = FactorKind::ALL.iter().map(move |kind| one.and(*kind));
            std::iter::once(one).chain(two.filter(move |two| two.first == one.first && *two != one))
        })
    }

    pub fn first(self) -> First {
        self.first
    }

    /// The stored name; it never changes.
    pub fn name(self) -> &'static str {
        use FactorKind::{Passkey, RecoveryCode, Totp};
        match (self.first, self.second) {
            (First::Passkey, _) => "passkey",
            (First::ProviderWithSecondFactor, _) => "provider_second_factor",
            (First::Provider, None) => "provider",
            (First::Provider, Some(Totp)) => "provider_totp",
            (First::Provider, Some(RecoveryCode)) => "provider_recovery_code",
            (First::Provider, Some(Passkey)) => "provider_passkey",
            (First::Password, None) => "password",
            (First::PasswordOnTrustedBrowser, None) => "password_and_trusted_browser",
            (First::MailLink, None) => "mail_link",
            (First::MailLink, Some(Totp)) => "mail_link_totp",
            (First::MailLink, Some(RecoveryCode)) => "mail_link_recovery_code",
            (First::MailLink, Some(Passkey)) => "mail_link_passkey",
            (First::SetUpLink, None) => "set_up_link",
            (First::SetUpLink, Some(Totp)) => "set_up_link_totp",
            (First::SetUpLink, Some(RecoveryCode)) => "set_up_link_recovery_code",
            (First::SetUpLink, Some(Passkey)) => "set_up_link_passkey",
            (First::Password | First::PasswordOnTrustedBrowser, Some(Totp)) => "password_totp",
            (First::Password | First::PasswordOnTrustedBrowser, Some(RecoveryCode)) => "password_recovery_code",
            (First::Password | First::PasswordOnTrustedBrowser, Some(Passkey)) => "password_passkey",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|method| method.name() == name)
    }

    /// Whether a second factor was shown now.
    pub fn has_second_factor(self) -> bool {
        self.second.is_some() || self.first.is_two_factors()
    }

    /// Whether it is what a policy of second factors asks for: one was shown, now or when this
    /// browser was trusted.
    pub fn satisfies_policy(self) -> bool {
        self.has_second_factor() || self.first == First::PasswordOnTrustedBrowser
    }

    /// How it is told in tokens: `amr` (RFC 8176), and `acr`, the number of factors.
    pub fn in_claims(self) -> (&'static [&'static str], &'static str) {
        let acr = if self.has_second_factor() { "2" } else { "1" };
        (self.amr(), acr)
    }

    fn amr(self) -> &'static [&'static str] {
        use FactorKind::{Passkey, RecoveryCode, Totp};
        match (self.first, self.second) {
            (First::Passkey, _) => &["pop", "user", "mfa"],
            (First::Password | First::PasswordOnTrustedBrowser, None) => &["pwd"],
            // Proof of a mailbox or of the operator's word has no name; how somebody signed in
            // elsewhere is that service's to say.
            (First::MailLink | First::SetUpLink | First::Provider, None) => &[],
            (First::ProviderWithSecondFactor, _) => &["mfa"],
            (First::Password | First::PasswordOnTrustedBrowser, Some(Totp)) => &["pwd", "otp", "mfa"],
            // A list of codes is no OTP generator; that there were two factors is all that can be
            // said.
            (First::Password | First::PasswordOnTrustedBrowser, Some(RecoveryCode)) => &["pwd", "mfa"],
            (First::Password | First::PasswordOnTrustedBrowser, Some(Passkey)) => &["pwd", "pop", "mfa"],
            (First::MailLink | First::SetUpLink | First::Provider, Some(Totp)) => &["otp", "mfa"],
            (First::MailLink | First::SetUpLink | First::Provider, Some(RecoveryCode)) => &["mfa"],
            (First::MailLink | First::SetUpLink | First::Provider, Some(Passkey)) => &["pop", "mfa"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// As the sessions, entries and tokens of every version so far say it.
    const TOLD: [(&str, &[&str], &str); 19] = [
        ("password", &["pwd"], "1"),
        ("password_totp", &["pwd", "otp", "mfa"], "2"),
        ("password_passkey", &["pwd", "pop", "mfa"], "2"),
        ("password_recovery_code", &["pwd", "mfa"], "2"),
        ("password_and_trusted_browser", &["pwd"], "1"),
        ("mail_link", &[], "1"),
        ("mail_link_totp", &["otp", "mfa"], "2"),
        ("mail_link_passkey", &["pop", "mfa"], "2"),
        ("mail_link_recovery_code", &["mfa"], "2"),
        ("set_up_link", &[], "1"),
        ("set_up_link_totp", &["otp", "mfa"], "2"),
        ("set_up_link_passkey", &["pop", "mfa"], "2"),
        ("set_up_link_recovery_code", &["mfa"], "2"),
        ("passkey", &["pop", "user", "mfa"], "2"),
        ("provider", &[], "1"),
        ("provider_totp", &["otp", "mfa"], "2"),
        ("provider_passkey", &["pop", "mfa"], "2"),
        ("provider_recovery_code", &["mfa"], "2"),
        ("provider_second_factor", &["mfa"], "2"),
    ];

    #[test]
    fn every_method_is_stored_and_told_as_it_always_was() {
        for (name, amr, acr) in TOLD {
            let method = Method::parse(name).unwrap();
            assert_eq!((method.name(), method.in_claims()), (name, (amr, acr)));
        }
        let (all, told): (BTreeSet<_>, BTreeSet<_>) =
            (Method::all().map(Method::name).collect(), TOLD.iter().map(|(name, ..)| *name).collect());
        assert_eq!(all, told);
        assert_eq!(Method::all().count(), told.len(), "one of them comes twice");
    }

    #[test]
    fn a_second_factor_keeps_what_came_first_and_is_stored_with_it() {
        for first in First::VARIANTS {
            for kind in FactorKind::ALL {
                let method = Method::from(*first).and(*kind);
                assert!(method.has_second_factor() && method.satisfies_policy(), "{method:?}");
                assert_eq!(Method::parse(method.name()), Some(method), "{first:?} {kind:?}");
                let by_password = matches!(first, First::Password | First::PasswordOnTrustedBrowser);
                assert_eq!(method.name().starts_with("password"), by_password, "{first:?}");
                assert_eq!(method.in_claims().0.contains(&"pwd"), by_password, "{first:?}");
                // Of two factors in a row the last one counts, and a password stays a password.
                assert_eq!(method.and(FactorKind::Totp).and(*kind), method, "{first:?} {kind:?}");
            }
        }
    }
}
