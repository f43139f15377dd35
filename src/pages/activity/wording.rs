//! The one place that turns stored names into words. A new kind, or a new reason, is a line in [`telling`] and a message
//! in `locales/en/activity.ftl`; the test below fails until it has both.

use crate::base::user_agent;
use crate::base::words::{moment, word, word_with};
use crate::domain::audit::{Details, Kind};
use crate::flows::password_resets;
use crate::flows::taking_back::Taken;
use crate::ui::Glyph;
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
        Kind::ALL.iter().copied().filter(|kind| telling(kind.name(), None).group == Some(self)).collect()
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

/// How an entry is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// None for a kind of which nothing is known.
    pub group: Option<Group>,
    pub glyph: Glyph,
    /// Somebody else may have been at it: the page says once what to do then.
    pub suspicious: Option<Suspicion>,
    /// The Fluent key of a sentence without variables; the constants below are those with one.
    words: &'static str,
}

/// Says of what kind the entry is, for want of words of its own.
const UNKNOWN: &str = "activity-unknown";
/// Says how many.
const ADMIN_ENDED: &str = "activity-admin-ended-sessions";
/// Say which.
const GROUP_ADDED: &str = "activity-group-added";
const GROUP_REMOVED: &str = "activity-group-removed";
const APP_ENTERED: &str = "activity-app-entered";
/// Say from what to what.
const EMAIL_CHANGED: &str = "activity-email-changed";
const EMAIL_CHANGED_BY_OPERATOR: &str = "activity-email-changed-by-operator";
/// Says what, and how much of it.
const TAKEN_BACK: &str = "activity-taken-back";
/// Says of when the data is.
const BACKUP_RESTORED: &str = "activity-backup-restored";

/// How an entry of the stored `kind` with the stored `reason` is told. A reason without words is told as its kind alone, and a kind
/// without words as something that happened: both are stored by a version that knows more than this one.
pub fn telling(kind: &str, reason: Option<&str>) -> Telling {
    use Group::{Account, Sessions, SignIns};
    let told = |group, glyph, words| Telling { group: Some(group), glyph, suspicious: None, words };
    let doubtful = |group, suspicion, words| Telling {
        group: Some(group),
        glyph: Glyph::Warning,
        suspicious: Some(suspicion),
        words,
    };
    let suspicious = |group, words| doubtful(group, Suspicion::Refused, words);
    let intruder = |group, words| doubtful(group, Suspicion::In, words);
    match (kind, reason.unwrap_or_default()) {
        ("signed_in", "password") => told(SignIns, Glyph::Check, "activity-signed-in-password"),
        ("signed_in", "password_totp") => told(SignIns, Glyph::Check, "activity-signed-in-password-totp"),
        ("signed_in", "password_recovery_code") => {
            told(SignIns, Glyph::Check, "activity-signed-in-password-recovery-code")
        }
        ("signed_in", "passkey") => told(SignIns, Glyph::Key, "activity-signed-in-passkey"),
        ("signed_in", "password_passkey") => told(SignIns, Glyph::Check, "activity-signed-in-password-passkey"),
        ("signed_in", "password_and_trusted_browser") => {
            told(SignIns, Glyph::Check, "activity-signed-in-trusted-browser")
        }
        ("signed_in", "provider") => told(SignIns, Glyph::Check, "activity-signed-in-provider"),
        ("signed_in", "provider_second_factor") => told(SignIns, Glyph::Check, "activity-signed-in-provider-second"),
        ("signed_in", "provider_totp") => told(SignIns, Glyph::Check, "activity-signed-in-provider-totp"),
        ("signed_in", "provider_recovery_code") => told(SignIns, Glyph::Check, "activity-signed-in-provider-code"),
        ("signed_in", "provider_passkey") => told(SignIns, Glyph::Check, "activity-signed-in-provider-passkey"),
        ("signed_in", "mail_link") => told(SignIns, Glyph::Check, "activity-signed-in-mail-link"),
        ("signed_in", "mail_link_totp") => told(SignIns, Glyph::Check, "activity-signed-in-mail-link-totp"),
        ("signed_in", "mail_link_recovery_code") => told(SignIns, Glyph::Check, "activity-signed-in-mail-link-code"),
        ("signed_in", "mail_link_passkey") => told(SignIns, Glyph::Check, "activity-signed-in-mail-link-passkey"),
        ("signed_in", "set_up_link") => told(SignIns, Glyph::Check, "activity-signed-in-set-up-link"),
        ("signed_in", "set_up_link_totp") => told(SignIns, Glyph::Check, "activity-signed-in-set-up-link-totp"),
        ("signed_in", "set_up_link_recovery_code") => {
            told(SignIns, Glyph::Check, "activity-signed-in-set-up-link-code")
        }
        ("signed_in", "set_up_link_passkey") => told(SignIns, Glyph::Check, "activity-signed-in-set-up-link-passkey"),
        ("signed_in", _) => told(SignIns, Glyph::Check, "activity-signed-in"),

        ("sign_in_failed", "wrong_password") => suspicious(SignIns, "activity-refused-wrong-password"),
        ("sign_in_failed", "unknown_person") => suspicious(SignIns, "activity-refused-unknown-person"),
        ("sign_in_failed", "account_disabled") => suspicious(SignIns, "activity-refused-account-disabled"),
        ("sign_in_failed", "account_locked") => suspicious(SignIns, "activity-refused-account-locked"),
        ("sign_in_failed", "too_many_tries") => suspicious(SignIns, "activity-refused-too-many-tries"),
        ("sign_in_failed", _) => suspicious(SignIns, "activity-refused"),

        ("signed_out", _) => told(Sessions, Glyph::Device, "activity-signed-out"),
        ("session_ended", "password_changed") => told(Sessions, Glyph::Device, "activity-ended-password-changed"),
        ("session_ended", "password_reset") => told(Sessions, Glyph::Device, "activity-ended-password-reset"),
        ("session_ended", "expired") => told(Sessions, Glyph::Clock, "activity-ended-expired"),
        ("session_ended", "replaced") => told(Sessions, Glyph::Device, "activity-ended-replaced"),
        ("session_ended", "too_many") => told(Sessions, Glyph::Device, "activity-ended-too-many"),
        ("session_ended", "idle") => told(Sessions, Glyph::Clock, "activity-ended-idle"),
        ("session_ended", "ended_by_owner") => told(Sessions, Glyph::Device, "activity-ended-by-owner"),
        ("session_ended", "not_me") => intruder(Sessions, "activity-ended-not-me"),
        ("session_ended", "ended_by_admin") => told(Sessions, Glyph::Device, "activity-ended-by-admin"),
        ("session_ended", "account_locked") => intruder(Sessions, "activity-ended-account-locked"),
        ("session_ended", "account_disabled") => told(Sessions, Glyph::Device, "activity-ended-account-disabled"),
        ("session_ended", "factors_reset") => told(Sessions, Glyph::Device, "activity-ended-factors-reset"),
        ("session_ended", "user_agent_changed") => intruder(Sessions, "activity-ended-user-agent-changed"),
        ("session_ended", "network_changed") => intruder(Sessions, "activity-ended-network-changed"),
        ("session_ended", "second_factor_required") => told(Sessions, Glyph::Shield, "activity-ended-second-factor"),
        ("session_ended", "refresh_token_reused") => intruder(Sessions, "activity-ended-refresh-token-reused"),
        ("session_ended", "token_revoked") => told(Sessions, Glyph::Device, "activity-ended-token-revoked"),
        ("session_ended", "deletion_asked") => told(Sessions, Glyph::Device, "activity-ended-deletion"),
        ("session_ended", "restored") => told(Sessions, Glyph::Device, "activity-ended-restored"),
        ("session_ended", _) => told(Sessions, Glyph::Device, "activity-ended"),

        ("session_changed", "user_agent") => intruder(Sessions, "activity-changed-user-agent"),
        ("session_changed", "network") => told(Sessions, Glyph::Info, "activity-changed-network"),
        ("session_changed", _) => told(Sessions, Glyph::Info, "activity-changed"),
        ("session_confirmed", "passkey") => told(Sessions, Glyph::Check, "activity-confirmed-passkey"),
        ("session_confirmed", "totp") => told(Sessions, Glyph::Check, "activity-confirmed-app"),
        ("session_confirmed", "recovery_code") => told(Sessions, Glyph::Check, "activity-confirmed-recovery-code"),
        ("session_confirmed", _) => told(Sessions, Glyph::Check, "activity-confirmed"),
        ("confirmation_failed", _) => suspicious(Sessions, "activity-confirmation-failed"),
        ("device_named", _) => told(Sessions, Glyph::Device, "activity-device-named"),

        ("admin_ended_sessions", _) => told(Sessions, Glyph::Shield, ADMIN_ENDED),

        ("provider_linked", _) => told(Account, Glyph::Key, "activity-provider-linked"),
        ("provider_unlinked", "account_locked") => told(Account, Glyph::Key, "activity-provider-unlinked-locked"),
        ("provider_unlinked", _) => told(Account, Glyph::Key, "activity-provider-unlinked"),
        ("provider_refused", "unreachable") => told(SignIns, Glyph::Info, "activity-provider-unreachable"),
        ("provider_refused", "other_issuer") => suspicious(SignIns, "activity-provider-other-issuer"),
        ("provider_refused", "code_refused") => suspicious(SignIns, "activity-provider-code-refused"),
        ("provider_refused", "bad_token") => suspicious(SignIns, "activity-provider-bad-token"),
        ("provider_refused", "other_subject") => suspicious(SignIns, "activity-provider-other-subject"),
        ("provider_refused", "not_fresh") => told(SignIns, Glyph::Info, "activity-provider-not-fresh"),
        ("provider_refused", "other_person") => suspicious(SignIns, "activity-provider-other-person"),
        ("provider_refused", _) => suspicious(SignIns, "activity-provider-refused"),
        ("account_created", "provider") => told(Account, Glyph::Person, "activity-account-created-by-provider"),

        ("registration_asked", _) => told(Account, Glyph::Mail, "activity-registration-asked"),
        ("account_created", "import") => told(Account, Glyph::Person, "activity-account-created-by-import"),
        ("account_created", "command_line") => told(Account, Glyph::Person, "activity-account-created-by-operator"),
        ("account_created", _) => told(Account, Glyph::Person, "activity-account-created"),
        ("password_changed", _) => told(Account, Glyph::Key, "activity-password-changed"),
        ("password_reset_asked", password_resets::FOR_OWNER) => {
            told(Account, Glyph::Mail, "activity-password-reset-started")
        }
        ("password_reset_asked", _) => told(Account, Glyph::Mail, "activity-password-reset-asked"),
        ("password_reset", _) => told(Account, Glyph::Key, "activity-password-reset"),
        ("profile_changed", _) => told(Account, Glyph::Person, "activity-profile-changed"),
        ("second_factor_added", "totp") => told(Account, Glyph::Shield, "activity-app-added"),
        ("second_factor_added", "passkey") => told(Account, Glyph::Shield, "activity-passkey-added"),
        ("second_factor_added", _) => told(Account, Glyph::Shield, "activity-factor-added"),
        ("second_factor_removed", "totp") => told(Account, Glyph::Shield, "activity-app-removed"),
        ("second_factor_removed", "passkey") => told(Account, Glyph::Shield, "activity-passkey-removed"),
        ("second_factor_removed", _) => told(Account, Glyph::Shield, "activity-factor-removed"),
        ("second_factor_named", _) => told(Account, Glyph::Shield, "activity-factor-named"),
        ("recovery_codes_made", _) => told(Account, Glyph::Shield, "activity-recovery-codes-made"),
        ("recovery_code_used", _) => told(SignIns, Glyph::Shield, "activity-recovery-code-used"),
        ("passkey_refused", "no_answer") => suspicious(SignIns, "activity-passkey-no-answer"),
        ("passkey_refused", "unknown_passkey") => suspicious(SignIns, "activity-passkey-unknown"),
        ("passkey_refused", "wrong_answer") => suspicious(SignIns, "activity-passkey-wrong"),
        ("passkey_refused", "copied_passkey") => suspicious(SignIns, "activity-passkey-copied"),
        ("passkey_refused", _) => suspicious(SignIns, "activity-passkey-refused"),
        ("code_refused", _) => suspicious(SignIns, "activity-code-refused"),
        ("browser_trusted", _) => told(Account, Glyph::Shield, "activity-browser-trusted"),
        ("browser_trust_stopped", _) => told(Account, Glyph::Shield, "activity-browser-trust-stopped"),
        ("account_locked", "former_address") => intruder(Account, "activity-account-locked-former"),
        ("account_locked", _) => intruder(Account, "activity-account-locked"),
        ("taken_back", _) => intruder(Account, TAKEN_BACK),
        ("account_unlocked", "password_reset") => told(Account, Glyph::Key, "activity-account-unlocked-by-reset"),
        ("account_unlocked", _) => told(Account, Glyph::Key, "activity-account-unlocked"),
        ("factor_reset_started", _) => told(Account, Glyph::Clock, "activity-factor-reset-started"),
        ("factor_reset_stopped", "mail_link") => told(Account, Glyph::Shield, "activity-factor-reset-stopped-by-link"),
        ("factor_reset_stopped", "session") => told(Account, Glyph::Shield, "activity-factor-reset-stopped-here"),
        ("factor_reset_stopped", "restored") => told(Account, Glyph::Shield, "activity-factor-reset-stopped-restored"),
        ("factor_reset_stopped", _) => told(Account, Glyph::Shield, "activity-factor-reset-stopped"),
        ("factor_reset_done", _) => told(Account, Glyph::Shield, "activity-factor-reset-done"),

        ("token_created", _) => told(Account, Glyph::Key, "activity-token-created"),
        ("token_revoked", "restored") => told(Account, Glyph::Key, "activity-token-restored"),
        ("token_revoked", _) => told(Account, Glyph::Key, "activity-token-revoked"),

        ("attack_noticed", "network") => suspicious(SignIns, "activity-attack-network"),
        ("attack_noticed", _) => suspicious(SignIns, "activity-attack"),
        ("signing_keys_rotated", "revoked") => told(Account, Glyph::Key, "activity-signing-keys-revoked"),
        ("accounts_imported", _) => told(Account, Glyph::Person, "activity-accounts-imported"),
        ("accounts_exported", _) => told(Account, Glyph::Person, "activity-accounts-exported"),
        ("signing_keys_rotated", _) => told(Account, Glyph::Key, "activity-signing-keys-rotated"),

        ("group_added", _) => told(Account, Glyph::Person, GROUP_ADDED),
        ("group_removed", _) => told(Account, Glyph::Person, GROUP_REMOVED),
        ("invited", _) => told(Account, Glyph::Person, "activity-invited"),
        ("invitation_revoked", _) => told(Account, Glyph::Person, "activity-invitation-revoked"),
        ("app_entered", _) => told(SignIns, Glyph::Check, APP_ENTERED),

        ("email_change_asked", _) => told(Account, Glyph::Mail, "activity-email-change-asked"),
        ("email_changed", _) => told(Account, Glyph::Mail, EMAIL_CHANGED),
        ("email_confirmed", _) => told(Account, Glyph::Mail, "activity-email-confirmed"),
        ("deletion_asked", _) => told(Account, Glyph::Clock, "activity-deletion-asked"),
        ("deletion_stopped", "signed_in") => told(Account, Glyph::Check, "activity-deletion-stopped-sign-in"),
        ("deletion_stopped", "account_locked") => told(Account, Glyph::Check, "activity-deletion-stopped-locked"),
        ("deletion_stopped", "last_admin") => told(Account, Glyph::Check, "activity-deletion-stopped-last-admin"),
        ("deletion_stopped", _) => told(Account, Glyph::Check, "activity-deletion-stopped"),
        ("account_deleted", _) => told(Account, Glyph::Person, "activity-account-deleted"),
        ("data_downloaded", _) => told(Account, Glyph::Person, "activity-data-downloaded"),
        ("account_disabled", _) => told(Account, Glyph::Shield, "activity-account-disabled"),
        ("account_enabled", _) => told(Account, Glyph::Shield, "activity-account-enabled"),
        ("role_changed", "member") => told(Account, Glyph::Person, "activity-role-member"),
        ("role_changed", "support") => told(Account, Glyph::Person, "activity-role-support"),
        ("role_changed", "admin") => told(Account, Glyph::Person, "activity-role-admin"),
        ("role_changed", _) => told(Account, Glyph::Person, "activity-role"),
        ("backup_restored", "recovery_codes") => told(Account, Glyph::Info, "activity-restored-recovery-codes"),
        ("backup_restored", _) => told(Account, Glyph::Info, BACKUP_RESTORED),
        ("admin_acted", "disable") => told(Account, Glyph::Shield, "activity-did-disable"),
        ("admin_acted", "enable") => told(Account, Glyph::Shield, "activity-did-enable"),
        ("admin_acted", "unlock") => told(Account, Glyph::Shield, "activity-did-unlock"),
        ("admin_acted", "reset_password") => told(Account, Glyph::Shield, "activity-did-reset-password"),
        ("admin_acted", "reset_factors") => told(Account, Glyph::Shield, "activity-did-reset-factors"),
        ("admin_acted", "keep_factors") => told(Account, Glyph::Shield, "activity-did-keep-factors"),
        ("admin_acted", "set_role") => told(Account, Glyph::Shield, "activity-did-set-role"),
        ("admin_acted", "add_to_group") => told(Account, Glyph::Shield, "activity-did-add-to-group"),
        ("admin_acted", "remove_from_group") => told(Account, Glyph::Shield, "activity-did-remove-from-group"),
        ("admin_acted", _) => told(Account, Glyph::Shield, "activity-did"),

        _ => Telling { group: None, glyph: Glyph::Info, suspicious: None, words: UNKNOWN },
    }
}

/// [`sentence`] for whoever reads of somebody else: what is said to "you" is said of its owner.
pub fn sentence_of_another(kind: &str, details: &Details) -> String {
    match telling(kind, details.reason.as_deref()).words {
        "activity-ended-by-owner" => word("admin-told-ended-by-owner"),
        "activity-ended-not-me" => word("admin-told-ended-not-me"),
        "activity-registration-asked" => word("admin-told-registration-asked"),
        "activity-signed-in-trusted-browser" => word("admin-told-trusted-browser"),
        // Of an entry whose details are erased nobody knows how many or which.
        ADMIN_ENDED => match details.count {
            Some(count) => word_with("admin-told-ended-sessions", &[("count", count.to_string())]),
            None => word("admin-told-ended-some-sessions"),
        },
        GROUP_ADDED => match &details.is {
            Some(group) => word_with("admin-told-group-added", &[("group", group.clone())]),
            None => word("admin-told-some-group-added"),
        },
        GROUP_REMOVED => match &details.was {
            Some(group) => word_with("admin-told-group-removed", &[("group", group.clone())]),
            None => word("admin-told-some-group-removed"),
        },
        BACKUP_RESTORED if details.was.is_none() => word("admin-told-restored"),
        APP_ENTERED if details.is.is_none() => word("admin-told-some-app-entered"),
        _ => sentence(kind, details),
    }
}

/// The entry as a sentence; what changed and what was done about it is a second one.
pub fn sentence(kind: &str, details: &Details) -> String {
    let said = match telling(kind, details.reason.as_deref()).words {
        UNKNOWN => word_with("activity-unknown", &[("kind", kind.to_owned())]),
        ADMIN_ENDED => {
            let count = details.count.unwrap_or_default().to_string();
            word_with("activity-admin-ended-sessions", &[("count", count)])
        }
        GROUP_ADDED => word_with("activity-group-added", &[("group", details.is.clone().unwrap_or_default())]),
        GROUP_REMOVED => word_with("activity-group-removed", &[("group", details.was.clone().unwrap_or_default())]),
        APP_ENTERED => word_with("activity-app-entered", &[("app", details.is.clone().unwrap_or_default())]),
        EMAIL_CHANGED => return email_changed(details),
        TAKEN_BACK => match &details.counts {
            Some(counts) => word_with("activity-taken-back", &[("list", Taken::told(counts))]),
            None => word("activity-taken-back-some"),
        },
        BACKUP_RESTORED => word_with(BACKUP_RESTORED, &[("made", restored_of(details))]),
        words => word(words),
    };
    let said = match &details.provider {
        Some(provider) => format!("{said} ({provider})"),
        None => said,
    };
    match (&details.was, &details.is) {
        (Some(was), Some(is)) => format!("{said}: {}", change(was, is, details)),
        _ => said,
    }
}

/// When the backup was made, by the clock of whoever reads it.
fn restored_of(details: &Details) -> String {
    let stored = details.was.as_deref().unwrap_or_default();
    let made = stored.parse().ok().map(|made: jiff::Timestamp| moment(made.as_microsecond()).0);
    made.unwrap_or_else(|| stored.to_owned())
}

/// Without the addresses where whoever reads it need not learn them.
fn email_changed(details: &Details) -> String {
    let said = if details.by.is_some() { word(EMAIL_CHANGED_BY_OPERATOR) } else { word(EMAIL_CHANGED) };
    match (&details.was, &details.is) {
        (Some(was), Some(is)) => {
            word_with("activity-email-change", &[("said", said), ("was", was.clone()), ("is", is.clone())])
        }
        _ => said,
    }
}

fn change(was: &str, is: &str, details: &Details) -> String {
    let shown = |value: &str| match details.reason.as_deref() {
        Some("user_agent") => user_agent::describe(value),
        _ => value.to_owned(),
    };
    let done = match details.done.as_deref() {
        Some("end") => word("activity-change-end"),
        Some("confirm") => word("activity-change-confirm"),
        _ => word("activity-change-note"),
    };
    word_with("activity-change", &[("was", shown(was)), ("is", shown(is)), ("done", done)])
}

#[cfg(test)]
mod tests;
