//! What a token may be used for at our own API. A token that names another audience says what that
//! application makes of it.

use std::fmt;
use strum::VariantArray;

/// One thing. The names stand in tokens; they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Scope {
    /// Who its owner is.
    Profile,
    /// Where its owner is signed in.
    SessionsRead,
    /// Ending any of that.
    SessionsEnd,
    /// Asking whether a token of anybody is good (RFC 7662); for administrators alone.
    Introspect,
}

impl Scope {
    /// One of each.
    pub const ALL: &[Self] = Self::VARIANTS;
    /// What a sign-in gives.
    pub const OF_A_SIGN_IN: &[Scope] = &[Self::Profile, Self::SessionsRead, Self::SessionsEnd];
    /// What a personal access token can have. Ending sessions asks for a recent sign-in, which such
    /// a token never is.
    pub const OF_A_PERSONAL_TOKEN: &[Scope] = &[Self::Profile, Self::SessionsRead, Self::Introspect];

    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::SessionsRead => "sessions:read",
            Self::SessionsEnd => "sessions:end",
            Self::Introspect => "tokens:introspect",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.name() == name)
    }
}

/// Several of them, each once and always in the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    pub fn of(wanted: &[Scope]) -> Self {
        Self(Scope::ALL.iter().copied().filter(|scope| wanted.contains(scope)).collect())
    }

    /// As they stand in a token and in a request for one: separated by spaces (RFC 6749 §3.3). None
    /// if one is unknown or there is none.
    pub fn parse(text: &str) -> Option<Self> {
        let named: Option<Vec<Scope>> = text.split_ascii_whitespace().map(Scope::parse).collect();
        named.filter(|named| !named.is_empty()).map(|named| Self::of(&named))
    }

    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    pub fn are_among(&self, allowed: &[Scope]) -> bool {
        self.0.iter().all(|scope| allowed.contains(scope))
    }

    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.name()).collect();
        f.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_in_any_order_and_written_in_one() {
        assert_eq!(Scopes::parse(" sessions:read profile  profile").unwrap().to_string(), "profile sessions:read");
        assert_eq!(Scopes::of(Scope::ALL), Scopes::parse(&Scopes::of(Scope::ALL).to_string()).unwrap());
        for wrong in ["", " ", "profile admin", "PROFILE", "profile,sessions:read"] {
            assert_eq!(Scopes::parse(wrong), None, "{wrong:?}");
        }
    }
}
