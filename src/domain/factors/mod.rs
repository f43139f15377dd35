//! What an account proves itself with besides the password: apps that make codes, passkeys, and
//! recovery codes for when they are lost.
//!
//! Codes are short or long-lived enough to be guessed or replayed, so every check counts its
//! failures and uses up what it accepts in the transaction of what it lets happen.

pub mod drafts;
pub mod failures;
pub mod notices;
pub mod passkeys;
pub mod policy;
pub mod recovery_codes;
pub mod totp;

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::unicode;
use crate::base::vault::Vault;
use crate::domain::accounts::AccountId;
use crate::domain::devices::{self, KnownDevice, trusted};
use failures::Counter;
use passkeys::PasskeyId;
use recovery_codes::RecoveryCode;
use std::time::Duration;
use totp::AuthenticatorId;
use unicode_normalization::UnicodeNormalization;

pub use crate::domain::factor_kind::FactorKind;
pub use recovery_codes::left as recovery_codes_left;

/// What the account can prove itself with besides the password, last used first. Empty: it has no
/// second factor. Recovery codes never stand alone.
pub async fn of(db: &Db, account: AccountId) -> Result<Vec<FactorKind>, sqlx::Error> {
    const OF: &str = "SELECT 'totp', COUNT(*), COALESCE(MAX(last_used_at), 0) \
        FROM totp_authenticators \
        WHERE account_id = $1 \
        UNION ALL SELECT 'passkey', COUNT(*), COALESCE(MAX(last_used_at), 0) \
        FROM passkeys \
        WHERE account_id = $1 \
        UNION ALL SELECT 'recovery_code', COUNT(CASE WHEN used_at IS NULL THEN 1 END), \
            COALESCE(MAX(used_at), 0) \
        FROM recovery_codes \
        WHERE account_id = $1";
    let counted: Vec<(String, i64, UnixMicros)> =
        read!(db, |pool| sqlx::query_as(OF).bind(account).fetch_all(pool).await)?;
    let mut kinds: Vec<(UnixMicros, FactorKind)> = counted
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .filter_map(|(kind, _, used)| Some((used, FactorKind::parse(&kind)?)))
        .collect();
    // Stable, so that of those never used an app comes first and recovery codes last.
    kinds.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
    let kinds: Vec<FactorKind> = kinds.into_iter().map(|(_, kind)| kind).collect();
    Ok(if kinds == [FactorKind::RecoveryCode] { Vec::new() } else { kinds })
}

/// Authenticators (apps and passkeys) of the account, as the transaction sees it: without any,
/// recovery codes are worth nothing.
pub async fn authenticators(tx: &mut Tx, account: AccountId) -> Result<i64, sqlx::Error> {
    Ok(totp::count(tx, account).await? + passkeys::count(tx, account).await?)
}

/// Whether `account` has a second factor, as the transaction sees it.
pub async fn any_in(tx: &mut Tx, account: AccountId) -> Result<bool, sqlx::Error> {
    Ok(authenticators(tx, account).await? > 0)
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Right, and used up: it will not be again.
    Right(FactorKind),
    Wrong,
    /// Too many wrong ones came before: none is looked at for this long, not even a right one.
    Wait(Duration),
}

impl Checked {
    /// What the person is told who sent the code.
    pub fn or_refusal(self) -> Result<FactorKind, AppError> {
        match self {
            Self::Right(kind) => Ok(kind),
            Self::Wrong => Err(AppError::WrongCode),
            Self::Wait(wait) => {
                let minutes = u16::try_from(wait.as_secs().div_ceil(60)).unwrap_or(u16::MAX);
                Err(AppError::CodesTooFast { minutes: minutes.max(1) })
            }
        }
    }
}

/// What whoever typed `typed` into a page is told of a `refusal`: what helps depends on what it was
/// meant to be. Goes by what was typed alone, so it says nothing about the account: half of a
/// recovery code is more than any app shows.
pub fn refusal_of(typed: &str, refusal: AppError) -> AppError {
    match refusal {
        AppError::WrongCode if typed.trim().is_empty() => AppError::CodeMissing,
        AppError::WrongCode if bare(typed).chars().count() >= recovery_codes::LETTERS / 2 => {
            AppError::WrongRecoveryCode
        }
        other => other,
    }
}

/// Takes a code as typed: the digits of an app with or without spaces, or a recovery code in any
/// case, with or without separators. Counts it if it is wrong (for the browser if that is a `known`
/// one of the account, else for the account) and uses it up if it is right, so the caller commits
/// `tx` (a recorded one) in either case.
pub async fn check(
    tx: &mut Tx,
    vault: &Vault,
    account: AccountId,
    known: Option<KnownDevice>,
    typed: &str,
    now: UnixMicros,
) -> Result<Checked, sqlx::Error> {
    let counter = Counter::of(account, known);
    let failures = failures::take(tx, counter, now).await?;
    if let Some(wait) = failures.wait(now) {
        return Ok(Checked::Wait(wait));
    }
    let right = match Typed::parse(typed) {
        Some(Typed::Totp(code)) => totp::take(tx, vault, account, &code, now).await?.then_some(FactorKind::Totp),
        Some(Typed::RecoveryCode(code)) => {
            recovery_codes::take(tx, account, &code, now).await?.then_some(FactorKind::RecoveryCode)
        }
        None => None,
    };
    match right {
        Some(kind) => {
            failures::forget(tx, counter).await?;
            Ok(Checked::Right(kind))
        }
        None => {
            failures::add(tx, counter, now).await?;
            Ok(Checked::Wrong)
        }
    }
}

/// What was typed into a field for codes.
enum Typed {
    Totp(zeroize::Zeroizing<String>),
    RecoveryCode(RecoveryCode),
}

impl Typed {
    /// Longer ones are no codes, however they are spaced.
    const LONGEST: usize = 128;

    fn parse(typed: &str) -> Option<Self> {
        if typed.len() > Self::LONGEST {
            return None;
        }
        totp::typed(typed).map(Self::Totp).or_else(|| RecoveryCode::parse(typed).map(Self::RecoveryCode))
    }
}

/// Letters and digits of what was typed, whatever stands between them, in whatever width a keyboard
/// makes them, and the digits of every script as those of ASCII.
fn bare(typed: &str) -> zeroize::Zeroizing<String> {
    let letters = typed.nfkc().filter(|letter| letter.is_alphanumeric());
    let plain = |letter| unicode::decimal_digit(letter).map_or(letter, |value| char::from(b'0' + value));
    zeroize::Zeroizing::new(letters.map(plain).collect())
}

/// What every change of an account's factors does besides, in the same transaction: no browser is
/// trusted any more, and each has to show one of the new ones before it is known again. Whoever had
/// the old ones for a while has nothing left of them.
pub(crate) async fn changed(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    trusted::stop_all(tx, account, None).await?;
    devices::void_proofs(tx, account).await
}

/// What [`remove_totp`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// The account has no such authenticator.
    Nothing,
    One,
    /// It was the last one, and the recovery codes went with it: alone they are no second factor.
    Last,
}

/// Removes one authenticator app of `account`.
pub async fn remove_totp(tx: &mut Tx, account: AccountId, id: AuthenticatorId) -> Result<Removed, sqlx::Error> {
    let removed = totp::remove(tx, account, id).await?;
    after_removal(tx, account, removed).await
}

/// Removes one passkey of `account`. Whether it may go, being perhaps the last way in, is the
/// caller's to decide before.
pub async fn remove_passkey(tx: &mut Tx, account: AccountId, id: PasskeyId) -> Result<Removed, sqlx::Error> {
    let removed = passkeys::remove(tx, account, id).await?;
    after_removal(tx, account, removed).await
}

async fn after_removal(tx: &mut Tx, account: AccountId, removed: bool) -> Result<Removed, sqlx::Error> {
    if !removed {
        return Ok(Removed::Nothing);
    }
    changed(tx, account).await?;
    if authenticators(tx, account).await? > 0 {
        return Ok(Removed::One);
    }
    remove_all(tx, account).await?;
    Ok(Removed::Last)
}

/// After some were taken away that are not known to be the owner's ([`crate::flows::taking_back`]):
/// recovery codes never stand alone.
pub(crate) async fn after_taking(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    changed(tx, account).await?;
    if authenticators(tx, account).await? == 0 {
        remove_all(tx, account).await?;
    }
    Ok(())
}

/// Removes every factor of `account`, what was being set up, and the wish to have them all removed,
/// which has nothing left to wait for; gives how many authenticators there were.
pub async fn remove_all(tx: &mut Tx, account: AccountId) -> Result<u64, sqlx::Error> {
    const AUTHENTICATORS: [&str; 2] =
        ["DELETE FROM totp_authenticators WHERE account_id = $1", "DELETE FROM passkeys WHERE account_id = $1"];
    const REST: [&str; 5] = [
        "DELETE FROM recovery_codes WHERE account_id = $1",
        "DELETE FROM factor_drafts WHERE account_id = $1",
        "DELETE FROM factor_failures WHERE account_id = $1",
        "DELETE FROM device_failures WHERE device_id IN (SELECT id FROM devices WHERE account_id = $1)",
        "DELETE FROM factor_resets WHERE account_id = $1",
    ];
    changed(tx, account).await?;
    on!(tx, |connection| {
        let mut removed = 0;
        for statement in AUTHENTICATORS {
            removed += sqlx::query(statement).bind(account).execute(&mut *connection).await?.rows_affected();
        }
        for statement in REST {
            sqlx::query(statement).bind(account).execute(&mut *connection).await?;
        }
        Ok(removed)
    })
}
