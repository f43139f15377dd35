//! What becomes of each way into an account when that is taken back. Whoever adds one adds it here:
//! a test holds [`TABLES`] against the schema.

use super::Occasion;
use crate::base::clock::UnixMicros;
use crate::base::db::{Tx, on};
use crate::base::error::AppError;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::{self, trusted};
use crate::domain::sessions::EndReason;
use crate::domain::ways_in::WayIn;
use crate::domain::{links, pending};
use crate::flows::factor_resets::{self, Stop};
use crate::flows::session_ends;
use sqlx::AssertSqlSafe;

/// Takes a `way` in away as the rule of [`super`] says; gives how much went, where somebody counts
/// it.
pub(super) async fn take(
    way: WayIn,
    tx: &mut Tx,
    account: AccountId,
    since: UnixMicros,
    occasion: Occasion,
) -> Result<u64, AppError> {
    // The account stays open for its owner, and they are in.
    let open = occasion == Occasion::NotMe;
    match way {
        // Whoever proves an address by confirming it has none to put in its place: the caller takes
        // it.
        WayIn::Password => Ok(0),
        WayIn::Passkeys => added_since(tx, "passkeys", account, since).await,
        WayIn::AuthenticatorApps => added_since(tx, "totp_authenticators", account, since).await,
        WayIn::RecoveryCodes => added_since(tx, "recovery_codes", account, since).await,
        WayIn::AccessTokens => added_since(tx, "personal_tokens", account, everything_unless(open, since)).await,
        WayIn::Connections => {
            let count = added_since(tx, "identities", account, everything_unless(open, since)).await?;
            if count > 0 {
                note_unlinked(tx, account, occasion).await?;
            }
            Ok(count)
        }
        WayIn::Sessions if open => Ok(0),
        WayIn::Sessions => {
            let reason = match occasion {
                Occasion::Locked => EndReason::AccountLocked,
                Occasion::NotMe => EndReason::NotMe,
                Occasion::NewPassword | Occasion::FirstProof => EndReason::PasswordReset,
            };
            session_ends::all(tx, account, None, reason, Details::of_visitor()).await?;
            Ok(0)
        }
        WayIn::KnownBrowsers if open => Ok(0),
        WayIn::KnownBrowsers => Ok(devices::forget_all(tx, account, None).await.map(|()| 0)?),
        WayIn::TrustedBrowsers => Ok(trusted::stop_all(tx, account, None).await?),
        WayIn::MailedLinks => Ok(links::void_of_account(tx, account).await.map(|()| 0)?),
        WayIn::WaitingSignIns => Ok(pending::void_of_account(tx, account).await.map(|()| 0)?),
        // Of the browsers that its owner is in, too: what a session that goes on is shown was asked
        // for by it, and nothing of it is lost.
        WayIn::Drafts if open => Ok(0),
        WayIn::Drafts => added_since(tx, "factor_drafts", account, UnixMicros(i64::MIN)).await,
        // A new password says nothing against it: whoever lost a factor may have forgotten that
        // too.
        WayIn::FactorRemoval if occasion == Occasion::Locked => {
            factor_resets::stop(tx, account, Stop::AccountLocked).await?;
            Ok(0)
        }
        WayIn::FactorRemoval => Ok(0),
    }
}

/// What lets in whoever holds it goes as a whole, but for an account that stays open.
fn everything_unless(open: bool, since: UnixMicros) -> UnixMicros {
    if open { since } else { UnixMicros(i64::MIN) }
}

/// Removes from `table` what `account` got at `since` or later; gives how much.
async fn added_since(tx: &mut Tx, table: &'static str, account: AccountId, since: UnixMicros) -> Result<u64, AppError> {
    // Drafts have only an end: of them everything goes.
    let remove = if since == UnixMicros(i64::MIN) {
        format!("DELETE FROM {table} WHERE account_id = $1")
    } else {
        format!("DELETE FROM {table} WHERE account_id = $1 AND created_at >= $2")
    };
    on!(tx, |connection| {
        let query = sqlx::query(AssertSqlSafe(remove)).bind(account);
        let query = if since == UnixMicros(i64::MIN) { query } else { query.bind(since) };
        query.execute(connection).await.map(|done| done.rows_affected()).map_err(AppError::from)
    })
}

async fn note_unlinked(tx: &mut Tx, account: AccountId, occasion: Occasion) -> Result<(), sqlx::Error> {
    let details = Details { reason: Some(occasion.name().to_owned()), ..Details::of_visitor() };
    let event = Event { kind: Kind::ProviderUnlinked, account: Some(account), details };
    audit::record(tx, &event).await
}

/// What a table has to do with getting into an account.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// Its rows are this way in, or part of it.
    Way(WayIn),
    /// Nobody gets in by them, since…
    NoWayIn { why: &'static str },
}

const fn way(table: &'static str, way: WayIn) -> (&'static str, Holds) {
    (table, Holds::Way(way))
}

const fn none(table: &'static str, why: &'static str) -> (&'static str, Holds) {
    (table, Holds::NoWayIn { why })
}

/// Every table there is.
pub static TABLES: &[(&str, Holds)] = &[
    way("accounts", WayIn::Password),
    way("passkeys", WayIn::Passkeys),
    way("totp_authenticators", WayIn::AuthenticatorApps),
    way("recovery_codes", WayIn::RecoveryCodes),
    way("personal_tokens", WayIn::AccessTokens),
    way("identities", WayIn::Connections),
    way("sessions", WayIn::Sessions),
    way("refresh_tokens", WayIn::Sessions),
    way("app_sessions", WayIn::Sessions),
    way("hand_overs", WayIn::Sessions),
    way("provider_attempts", WayIn::Sessions),
    way("devices", WayIn::KnownBrowsers),
    way("trusted_browsers", WayIn::TrustedBrowsers),
    way("links", WayIn::MailedLinks),
    way("pending_logins", WayIn::WaitingSignIns),
    way("factor_drafts", WayIn::Drafts),
    way("factor_resets", WayIn::FactorRemoval),
    none("used_usernames", "a name is no secret"),
    none("former_usernames", "names of accounts that are gone"),
    none("group_members", "only who administers puts anybody into a group; it says what is open to whoever is in"),
    none("invitations", "to an account of somebody else's; each stands in a letter and in the list of invitations"),
    none("factor_failures", "counts of wrong codes"),
    none("device_failures", "counts of wrong codes"),
    none("limit_counters", "counts of wrong tries"),
    none("failed_tries", "counts of wrong tries"),
    none("attacks", "counts of wrong tries"),
    none("audit_entries", "what happened"),
    none("audit_head", "what happened"),
    none("mails", "sealed, and on their way to the owner; their links are void by their own rows"),
    none("signing_keys", "they sign what a session that is live asks for"),
    none("used_challenges", "what was used"),
    none("key_check", "of the installation"),
    none("account_numbers", "SQLite's search of accounts"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flows::backup::tables;
    use std::collections::BTreeSet;

    /// The list that this one is held against is held against the schema of both databases
    /// (`backup_files.rs`).
    #[test]
    fn every_table_is_a_way_in_or_says_why_it_is_none() {
        let here: BTreeSet<&str> = TABLES.iter().map(|(table, _)| *table).collect();
        let there: BTreeSet<&str> = tables::TABLES.iter().map(|table| table.name).collect();
        assert_eq!(here, there, "a new table has to be decided here");
        assert_eq!(here.len(), TABLES.len(), "each once");
        for (table, holds) in TABLES {
            assert!(!matches!(holds, Holds::NoWayIn { why: "" }), "{table}");
        }
    }

    #[test]
    fn every_way_in_has_a_table_and_a_name_of_its_own() {
        let names: BTreeSet<&str> = WayIn::ALL.iter().map(|way| way.name()).collect();
        assert_eq!(names.len(), WayIn::ALL.len());
        for way in WayIn::ALL {
            assert!(TABLES.iter().any(|(_, holds)| matches!(holds, Holds::Way(held) if held == way)), "{way:?}");
        }
    }
}
