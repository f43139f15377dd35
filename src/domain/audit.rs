//! The audit trail: what happened, to whom, from where, and why.
//!
//! Append-only. Each entry is chained to the one before by an HMAC whose key is not in the
//! database. The chain covers a salted commitment to the personal details, not the details
//! themselves, so that these can be erased with an account while `doorward audit verify` still
//! proves that no entry was changed, removed or put in between.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, read};
use crate::base::vault::{Vault, hex};
use crate::base::visit::Origin;
use crate::domain::accounts::AccountId;
use crate::domain::sessions::{EndReason, SessionHandle};
use record::{commit, link};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::VariantArray;

pub mod activity;
mod by;
mod export;
pub mod many;
mod record;
pub mod retention;
pub mod trail;

pub use by::By;
pub use export::{Entry, export};
pub use record::{erase, newest, record};

/// What kind of thing happened. The names are stored and never change: a variant keeps its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    RegistrationAsked,
    AccountCreated,
    SignedIn,
    SignInFailed,
    SignedOut,
    SessionEnded,
    PasswordChanged,
    /// `reason` is `for_owner` if somebody did it for them: `by`.
    PasswordResetAsked,
    PasswordReset,
    ProfileChanged,
    /// A session was used from another browser or network: `was`, `is`, and what was `done`.
    SessionChanged,
    /// Its user proved once more who they are.
    SessionConfirmed,
    ConfirmationFailed,
    DeviceNamed,
    /// Its account ended sessions of others: `count`.
    AdminEndedSessions,
    /// `reason` is the kind of factor.
    SecondFactorAdded,
    SecondFactorRemoved,
    SecondFactorNamed,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    /// A wrong code, by somebody who knew the password.
    CodeRefused,
    /// `reason` says why the answer of a passkey was not taken.
    PasskeyRefused,
    /// A sign-in at another service opens the account from now on.
    ProviderLinked,
    /// It does no more. `reason` is `account_locked` if it was taken with the others when its owner
    /// locked the account, and so on: see [`Kind::TakenBack`].
    ProviderUnlinked,
    /// `reason` says why what came back from another service was not taken.
    ProviderRefused,
    /// The password alone signs in there from now on.
    BrowserTrusted,
    BrowserTrustStopped,
    /// Its owner locked it with the link in a letter. `reason` is `former_address` if the letter
    /// went to an address it had before.
    AccountLocked,
    /// `reason` is `password_reset`, or somebody did it for the owner: `by`.
    AccountUnlocked,
    /// Ways in went that are not known to be the owner's: `counts`. `reason` is `account_locked`,
    /// `not_me`, `password_reset` or `first_proof`.
    TakenBack,
    /// `by` whom the removal of all second factors was started; it waits.
    FactorResetStarted,
    /// `reason` is `mail_link`, `session` or `account_locked`, or somebody else did it: `by`.
    FactorResetStopped,
    /// All second factors are removed.
    FactorResetDone,
    /// By the operator, of no account. `reason` is `revoked` if the old keys are gone.
    SigningKeysRotated,
    /// A personal access token was made; `is` is what its owner calls it.
    TokenCreated,
    TokenRevoked,
    /// `is` the group that its account is in from now on.
    GroupAdded,
    /// `was` the group.
    GroupRemoved,
    /// A session began to be used at the app whose origin is `is`.
    AppEntered,
    /// Somebody who has no account may make one: `by`.
    Invited,
    /// They may no more.
    InvitationRevoked,
    /// By the operator, of no account: `count` accounts came from another application, each with an
    /// entry of its own.
    AccountsImported,
    /// By the operator, of no account: `count` accounts were written out. `reason` is
    /// `with_password_hashes` if these were too.
    AccountsExported,
    /// A link to agree went to the address `is`, which the account is to have.
    EmailChangeAsked,
    /// From `was` to `is`, whose owner agreed. `by` the operator, if it was not them.
    EmailChanged,
    /// Its address is the same as before, and was shown to be its owner's.
    EmailConfirmed,
    /// Its owner wants it removed; it waits.
    DeletionAsked,
    /// It stays. `reason` is `signed_in`, `account_locked` or `last_admin`.
    DeletionStopped,
    /// An account was removed; of no account, since there is none any more.
    AccountDeleted,
    /// Everything about its owner went out as a file.
    DataDownloaded,
    /// Of no account: far more tries fail than usual. `reason` is `network` where one goes on
    /// beyond its limit, or `everywhere`.
    AttackNoticed,
    /// `by` whom nobody gets into the account any more.
    AccountDisabled,
    AccountEnabled,
    /// `reason` is the role that its account has from now on, `by` whom it was given.
    RoleChanged,
    /// Its account did something to another one: `reason` says what, and `entry` is the number of
    /// that one's own entry about it.
    AdminActed,
    /// By the operator, of no account: the data is that of a backup made at `was`. `counts` says
    /// what came and what was ended of it. Of an account, `reason` says what that ended for it:
    /// `recovery_codes`.
    BackupRestored,
}

impl Kind {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// The personal part of an entry; erased with the account, or when it is older than
/// `audit.keep_days`. Never holds a credential.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Network address of the visitor, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The visitor's User-Agent, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The handle of the session concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Why: a fixed word such as `wrong_password`, never what somebody typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What changed: as it was, and as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
    /// What was done about it: `end`, `confirm` or `note`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    /// Who did it, where that was not its owner: `administrator` or `command_line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The name of the other service that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// How many things it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// How many of each kind of thing, where it was done to several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<BTreeMap<String, u64>>,
    /// The number of another entry, of whoever this was done to. Not who that is: it would stay
    /// when their account is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<i64>,
    /// A keyed hash that stands for an identifier no account has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_identifier: Option<String>,
    /// Whether it tells of the visitor: [`record`] puts in from where they came, as the transaction
    /// knows.
    #[serde(skip)]
    pub of_visitor: bool,
}

impl Details {
    /// Those of what the visitor did, or somebody in their name.
    pub fn of_visitor() -> Self {
        Self { of_visitor: true, ..Self::default() }
    }

    /// With the place where the visitor came from, as `tx` knows it.
    fn placed(&self, tx: &Tx) -> Self {
        let mut details = self.clone();
        if std::mem::take(&mut details.of_visitor) {
            let Origin { address, user_agent } = tx.origin().clone();
            (details.address, details.device) = (Some(address), Some(user_agent));
        }
        details
    }
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: Kind,
    pub account: Option<AccountId>,
    pub details: Details,
}

impl Event {
    pub fn about(account: AccountId, kind: Kind, details: Details) -> Self {
        Self { kind, account: Some(account), details }
    }

    /// A session of `account` is over. `details` say who or what ended it, if anybody did.
    pub fn session_ended(account: AccountId, session: SessionHandle, reason: EndReason, details: Details) -> Self {
        let kind = if reason == EndReason::SignedOut { Kind::SignedOut } else { Kind::SessionEnded };
        let details =
            Details { session: Some(session.0.to_string()), reason: Some(reason.name().to_owned()), ..details };
        Self { kind, account: Some(account), details }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    sequence: i64,
    at: UnixMicros,
    kind: String,
    account_id: Option<AccountId>,
    salt: Option<Vec<u8>>,
    details: Option<String>,
    commitment: Vec<u8>,
    mac: Vec<u8>,
}

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was changed. `head` is the last link: kept elsewhere, it shows later whether the end
    /// was cut off.
    Whole { entries: i64, erased: i64, head: String },
    /// The first entry that is not as it was written, or the place where one is missing.
    Broken { sequence: i64, reason: &'static str },
}

/// The head as it is stored, and the numbers that the entries really have: read in one statement,
/// so that they belong together.
#[derive(sqlx::FromRow)]
struct Ends {
    sequence: i64,
    mac: Vec<u8>,
    first: i64,
    last: i64,
}

/// Walks the whole chain from its beginning. Entries that are added meanwhile are left for the next
/// time.
pub async fn verify(db: &Db, vault: &Vault) -> Result<Verdict, sqlx::Error> {
    const ENDS: &str = "SELECT sequence, mac, (SELECT COALESCE(MIN(sequence), 1) \
            FROM audit_entries) AS first, (SELECT COALESCE(MAX(sequence), 0) \
            FROM audit_entries) AS last \
        FROM audit_head \
        WHERE id = 1";
    const PAGE: &str = "SELECT sequence, at, kind, account_id, salt, details, commitment, mac \
        FROM audit_entries \
        WHERE sequence > $1 AND sequence <= $2 \
        ORDER BY sequence \
        LIMIT 1000";
    let broken = |sequence, reason| Ok(Verdict::Broken { sequence, reason });
    let ends: Option<Ends> = read!(db, |pool| sqlx::query_as(ENDS).fetch_optional(pool).await)?;
    let Some(ends) = ends else { return broken(0, "the head is missing") };
    if ends.first < 1 {
        return broken(ends.first, "an entry was put in before the first");
    }
    let (mut sequence, mut previous, mut erased) = (0_i64, Vec::new(), 0);
    while sequence < ends.sequence {
        let rows: Vec<Row> =
            read!(db, |pool| sqlx::query_as(PAGE).bind(sequence).bind(ends.sequence).fetch_all(pool).await)?;
        if rows.is_empty() {
            return broken(sequence + 1, "entries are missing at the end");
        }
        for row in rows {
            if let Some(reason) = fault(vault, &previous, sequence, &row) {
                return broken(sequence + 1, reason);
            }
            erased += i64::from(row.salt.is_none());
            sequence = row.sequence;
            previous = row.mac;
        }
    }
    if previous != ends.mac {
        return broken(sequence, "the head does not match the last entry");
    }
    if ends.last > ends.sequence {
        return broken(ends.sequence + 1, "an entry was put in after the last");
    }
    Ok(Verdict::Whole { entries: sequence, erased, head: hex(&ends.mac) })
}

fn fault(vault: &Vault, previous: &[u8], before: i64, row: &Row) -> Option<&'static str> {
    if row.sequence != before + 1 {
        return Some("an entry is missing");
    }
    if row.mac != link(vault, previous, row.sequence, row.at, &row.kind, &row.commitment) {
        return Some("the entry was changed");
    }
    match (&row.salt, &row.details) {
        (Some(salt), Some(details)) if row.commitment != commit(salt, row.account_id, details) => {
            Some("the details were changed")
        }
        (Some(_), Some(_)) => None,
        // Erased: the chain vouches for nothing about whom it was, so nobody may stand there.
        (None, None) if row.account_id.is_none() => None,
        _ => Some("the details were changed"),
    }
}
