//! All that a sign-in and a session know of second factors: their kinds, and whether one is
//! demanded. [`crate::domain::factors`] stores and checks them.

use crate::base::clock::UnixMicros;
use strum::VariantArray;

/// A kind of second factor. The names are stored; they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FactorKind {
    /// A code of an authenticator app (RFC 6238).
    Totp,
    Passkey,
    RecoveryCode,
}

impl FactorKind {
    /// One of each.
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// Whether somebody may come in as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    Nothing,
    /// They may, until this moment. The caller notes when they were met first:
    /// `accounts::note_second_factor_asked`.
    Soon(UnixMicros),
    /// Not without a second factor.
    Now,
}
