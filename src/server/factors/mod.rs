//! What an account proves itself with besides the password: apps that make codes, and recovery codes for when they are lost.
//!
//! Codes are short or long-lived enough to be guessed or replayed, so every check counts its failures and uses up what it accepts
//! in the transaction of what it lets happen.

pub mod drafts;
pub mod failures;
pub mod recovery_codes;
pub mod totp;

use crate::error::AppError;
use crate::server::accounts::AccountId;
use crate::server::clock::UnixMicros;
use crate::server::db::{Db, Tx, on, read};
use crate::server::vault::Vault;
use recovery_codes::RecoveryCode;
use std::time::Duration;
use totp::AuthenticatorId;
use unicode_normalization::UnicodeNormalization;

pub use recovery_codes::left as recovery_codes_left;

/// A kind of second factor. The names are stored; they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorKind {
    /// A code of an authenticator app (RFC 6238).
    Totp,
    RecoveryCode,
}

impl FactorKind {
    /// One of each.
    pub const ALL: &[FactorKind] = &[Self::Totp, Self::RecoveryCode];

    pub fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// What the account can prove itself with besides the password, last used first. Empty: it has no second factor. Recovery codes
/// never stand alone.
pub async fn of(db: &Db, account: AccountId) -> Result<Vec<FactorKind>, sqlx::Error> {
    const OF: &str = "SELECT (SELECT COUNT(*) FROM totp_authenticators WHERE account_id = $1), (SELECT COALESCE(MAX(last_used_at), 0) FROM totp_authenticators WHERE account_id = $1), (SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL), (SELECT COALESCE(MAX(used_at), 0) FROM recovery_codes WHERE account_id = $1)";
    let (apps, app_used, codes, code_used): (i64, i64, i64, i64) =
        read!(db, |pool| sqlx::query_as(OF).bind(account).fetch_one(pool).await)?;
    Ok(match (apps > 0, codes > 0) {
        (false, _) => Vec::new(),
        (true, false) => vec![FactorKind::Totp],
        (true, true) if code_used > app_used => vec![FactorKind::RecoveryCode, FactorKind::Totp],
        (true, true) => vec![FactorKind::Totp, FactorKind::RecoveryCode],
    })
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

/// Takes a code as typed: the digits of an app with or without spaces, or a recovery code in any case, with or without separators.
/// Counts it if it is wrong and uses it up if it is right, so the caller commits `tx` (a recorded one) in either case.
pub async fn check(
    tx: &mut Tx,
    vault: &Vault,
    account: AccountId,
    typed: &str,
    now: UnixMicros,
) -> Result<Checked, sqlx::Error> {
    let failures = failures::take(tx, account, now).await?;
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
            failures::forget(tx, account).await?;
            Ok(Checked::Right(kind))
        }
        None => {
            failures::add(tx, account, now).await?;
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

/// Letters and digits of what was typed, whatever stands between them and in whatever width a keyboard makes them.
fn bare(typed: &str) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(typed.nfkc().filter(|letter| letter.is_alphanumeric()).collect())
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

/// Removes one authenticator of `account`.
pub async fn remove_totp(tx: &mut Tx, account: AccountId, id: AuthenticatorId) -> Result<Removed, sqlx::Error> {
    if !totp::remove(tx, account, id).await? {
        return Ok(Removed::Nothing);
    }
    if totp::count(tx, account).await? > 0 {
        return Ok(Removed::One);
    }
    remove_all(tx, account).await?;
    Ok(Removed::Last)
}

/// Removes every factor of `account`, what was being set up, and the wish to have them all removed, which has nothing left to wait for;
/// gives how many authenticators there were.
pub async fn remove_all(tx: &mut Tx, account: AccountId) -> Result<u64, sqlx::Error> {
    const AUTHENTICATORS: &str = "DELETE FROM totp_authenticators WHERE account_id = $1";
    const REST: [&str; 4] = [
        "DELETE FROM recovery_codes WHERE account_id = $1",
        "DELETE FROM factor_drafts WHERE account_id = $1",
        "DELETE FROM factor_failures WHERE account_id = $1",
        "DELETE FROM factor_resets WHERE account_id = $1",
    ];
    on!(tx, |connection| {
        let removed = sqlx::query(AUTHENTICATORS).bind(account).execute(&mut *connection).await?.rows_affected();
        for statement in REST {
            sqlx::query(statement).bind(account).execute(&mut *connection).await?;
        }
        Ok(removed)
    })
}
