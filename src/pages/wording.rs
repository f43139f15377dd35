//! The one place that turns what the audit trail stores into words.
//!
//! The words have keys made of the stored names, so a new kind or reason needs a line in `locales/`
//! and none here: `entry-KIND-REASON`, or `entry-KIND` where a reason has no words of its own. What
//! is said to "you" there is said of its owner in `anothers-entry-…`, for whoever reads of somebody
//! else; `erased-entry-KIND` says the same without what the erased details named.

use crate::base::user_agent;
use crate::domain::audit::{Details, Kind};
use crate::domain::logins::{First, Method};
use crate::domain::providers;
use crate::domain::sessions::EndReason;
use crate::domain::sessions::change::Change;
use crate::domain::ways_in::Taken;
use crate::ui::Glyph;
use crate::ui::words::{moment, reader, word, word_if_any, word_with};
use strum::VariantArray;

/// What a filter can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Group {
    SignIns,
    Sessions,
    Account,
}

impl Group {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// As it stands in the page's address.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignIns => "sign-ins",
            Self::Sessions => "sessions",
            Self::Account => "account",
        }
    }

    pub fn label(self) -> String {
        match self {
            Self::SignIns => word("activity-kind-sign-ins"),
            Self::Sessions => word("activity-kind-sessions"),
            Self::Account => word("activity-kind-account"),
        }
    }

    pub fn kinds(self) -> Vec<Kind> {
        Kind::ALL.iter().copied().filter(|kind| Self::of(*kind) == self).collect()
    }

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::SignedIn
            | Kind::SignInFailed
            | Kind::ProviderRefused
            | Kind::PasskeyRefused
            | Kind::CodeRefused
            | Kind::RecoveryCodeUsed
            | Kind::AttackNoticed
            | Kind::AppEntered => Self::SignIns,
            Kind::SignedOut
            | Kind::SessionEnded
            | Kind::SessionChanged
            | Kind::SessionConfirmed
            | Kind::ConfirmationFailed
            | Kind::DeviceNamed
            | Kind::AdminEndedSessions => Self::Sessions,
            _ => Self::Account,
        }
    }
}

/// What somebody else may have got by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// Nothing: it was refused.
    Refused,
    /// They were in, or may have been.
    In,
}

/// How an entry is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// None for a kind of which nothing is known.
    pub group: Option<Group>,
    pub glyph: Glyph,
    /// Somebody else may have been at it: the page says once what to do then.
    pub suspicious: Option<Suspicion>,
}

/// How an entry of the stored `kind` with the stored `reason` is shown. Either may be of a version
/// that knows more than this one.
pub fn telling(kind: &str, reason: Option<&str>) -> Telling {
    let Some(kind) = Kind::parse(kind) else {
        return Telling { group: None, glyph: Glyph::Info, suspicious: None };
    };
    let suspicious = suspicion(kind, reason.unwrap_or_default());
    let glyph = match suspicious {
        Some(_) => Glyph::Warning,
        None => glyph(kind, reason.unwrap_or_default()),
    };
    Telling { group: Some(Group::of(kind)), glyph, suspicious }
}

fn suspicion(kind: Kind, reason: &str) -> Option<Suspicion> {
    match kind {
        Kind::SignInFailed
        | Kind::ConfirmationFailed
        | Kind::PasskeyRefused
        | Kind::CodeRefused
        | Kind::AttackNoticed => Some(Suspicion::Refused),
        Kind::ProviderRefused => {
            // It did not answer, or not as strictly as it was asked to: that says nothing of who
            // asked.
            let harmless: [&str; 2] = [providers::Reason::Unreachable.into(), providers::Reason::NotFresh.into()];
            (!harmless.contains(&reason)).then_some(Suspicion::Refused)
        }
        Kind::SessionEnded => EndReason::parse(reason).and_then(|reason| match reason {
            EndReason::NotMe
            | EndReason::AccountLocked
            | EndReason::UserAgentChanged
            | EndReason::NetworkChanged
            | EndReason::RefreshTokenReused => Some(Suspicion::In),
            _ => None,
        }),
        Kind::SessionChanged => (reason == Change::UserAgent.name()).then_some(Suspicion::In),
        Kind::AccountLocked | Kind::TakenBack => Some(Suspicion::In),
        _ => None,
    }
}

fn glyph(kind: Kind, reason: &str) -> Glyph {
    match kind {
        Kind::SignedIn if Method::parse(reason).is_some_and(|method| method.first() == First::Passkey) => Glyph::Key,
        Kind::SignedIn | Kind::SessionConfirmed | Kind::AppEntered | Kind::DeletionStopped => Glyph::Check,
        Kind::SessionEnded => match EndReason::parse(reason) {
            Some(EndReason::Expired | EndReason::Idle) => Glyph::Clock,
            Some(EndReason::SecondFactorRequired) => Glyph::Shield,
            _ => Glyph::Device,
        },
        Kind::SignedOut | Kind::DeviceNamed => Glyph::Device,
        Kind::PasswordChanged
        | Kind::PasswordReset
        | Kind::ProviderLinked
        | Kind::ProviderUnlinked
        | Kind::AccountUnlocked
        | Kind::TokenCreated
        | Kind::TokenRevoked
        | Kind::SigningKeysRotated => Glyph::Key,
        Kind::RegistrationAsked
        | Kind::PasswordResetAsked
        | Kind::EmailChangeAsked
        | Kind::EmailChanged
        | Kind::EmailConfirmed => Glyph::Mail,
        Kind::AccountCreated
        | Kind::ProfileChanged
        | Kind::AccountsImported
        | Kind::AccountsExported
        | Kind::GroupAdded
        | Kind::GroupRemoved
        | Kind::Invited
        | Kind::InvitationRevoked
        | Kind::AccountDeleted
        | Kind::DataDownloaded
        | Kind::RoleChanged => Glyph::Person,
        Kind::AdminEndedSessions
        | Kind::SecondFactorAdded
        | Kind::SecondFactorRemoved
        | Kind::SecondFactorNamed
        | Kind::RecoveryCodesMade
        | Kind::RecoveryCodeUsed
        | Kind::BrowserTrusted
        | Kind::BrowserTrustStopped
        | Kind::FactorResetStopped
        | Kind::FactorResetDone
        | Kind::AccountDisabled
        | Kind::AccountEnabled
        | Kind::AdminActed => Glyph::Shield,
        Kind::FactorResetStarted | Kind::DeletionAsked => Glyph::Clock,
        _ => Glyph::Info,
    }
}

/// "Signed in with a password", by the stored name of the method.
pub fn signed_in_with(method: &str) -> String {
    first_of(&["entry"], &names(Kind::SignedIn, &[method]), &[]).unwrap_or_default()
}

/// The entry as a sentence; what changed and what was done about it is a second one.
pub fn sentence(kind: &str, details: &Details) -> String {
    told(&["entry"], kind, details)
}

/// [`sentence`] for whoever reads of somebody else: what is said to "you" is said of its owner.
pub fn sentence_of_another(kind: &str, details: &Details) -> String {
    told(&["anothers-entry", "entry"], kind, details)
}

fn told(told_as: &[&str], stored: &str, details: &Details) -> String {
    let Some(kind) = Kind::parse(stored) else {
        return word_with("activity-unknown", &[("kind", stored.to_owned())]);
    };
    let by_operator = details.by.is_some().then_some("by_operator");
    let reasons: Vec<&str> = details.reason.as_deref().into_iter().chain(by_operator).collect();
    let said = first_of(told_as, &names(kind, &reasons), &values(kind, details));
    let said = said.or_else(|| first_of(&["erased-entry"], &names(kind, &[]), &[])).unwrap_or_default();
    let said = match &details.provider {
        Some(provider) => format!("{said} ({provider})"),
        None => said,
    };
    match (&details.was, &details.is) {
        (Some(was), Some(is)) if kind == Kind::EmailChanged => {
            word_with("activity-email-change", &[("said", said), ("was", was.clone()), ("is", is.clone())])
        }
        (Some(was), Some(is)) => format!("{said}: {}", change(was, is, details)),
        _ => said,
    }
}

/// The stored names that an entry of this `kind` may have words under, the most telling first.
fn names(kind: Kind, reasons: &[&str]) -> Vec<String> {
    let with_reasons = reasons.iter().map(|reason| format!("{}-{reason}", kind.name()));
    with_reasons.chain([kind.name().to_owned()]).collect()
}

/// The first of these that there are words for, and that says no more than `values` do.
fn first_of(told_as: &[&str], names: &[String], values: &[(&'static str, String)]) -> Option<String> {
    let keys = names.iter().flat_map(|name| told_as.iter().map(move |told| format!("{told}-{name}")));
    keys.into_iter().find_map(|key| word_if_any(&key, values))
}

/// What the words of this kind name, as far as the entry knows it still.
fn values(kind: Kind, details: &Details) -> Vec<(&'static str, String)> {
    let value = match kind {
        Kind::AdminEndedSessions => details.count.map(|count| ("count", count.to_string())),
        Kind::GroupAdded => details.is.clone().map(|group| ("group", group)),
        Kind::GroupRemoved => details.was.clone().map(|group| ("group", group)),
        Kind::AppEntered => details.is.clone().map(|app| ("app", app)),
        Kind::TakenBack => details.counts.as_ref().map(|counts| ("list", Taken::told(&reader(), counts))),
        Kind::BackupRestored => details.was.as_deref().map(|made| ("made", by_the_readers_clock(made))),
        _ => None,
    };
    value.into_iter().collect()
}

fn by_the_readers_clock(stored: &str) -> String {
    let made = stored.parse().ok().map(|made: jiff::Timestamp| moment(made.as_microsecond()).0);
    made.unwrap_or_else(|| stored.to_owned())
}

fn change(was: &str, is: &str, details: &Details) -> String {
    let shown = |value: &str| match details.reason.as_deref() {
        Some(reason) if reason == Change::UserAgent.name() => user_agent::describe(&reader(), value),
        _ => value.to_owned(),
    };
    let done = details.done.as_deref().unwrap_or_default();
    let done = word_if_any(&format!("activity-change-{done}"), &[]);
    let done = done.unwrap_or_else(|| word("activity-change-note"));
    word_with("activity-change", &[("was", shown(was)), ("is", shown(is)), ("done", done)])
}

#[cfg(test)]
mod tests;
