//! How it goes, in numbers: what an administrator looks at first.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, read};
use crate::domain::audit::{Kind, trail};
use crate::domain::sessions::search;
use std::time::Duration;
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(24 * 3600);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
/// A mail that has waited for so long was not sent at its first attempt.
const LATE: Duration = Duration::from_secs(10 * 60);

/// How many in the last 24 hours, and in the last 7 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lately {
    pub day: i64,
    pub week: i64,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub sign_ins: Lately,
    /// Sign-ins that were refused.
    pub refused: Lately,
    pub new_accounts: Lately,
    pub open_sessions: i64,
}

/// What somebody should look at; all 0 if nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    /// Removals of second factors that wait.
    pub factor_resets: i64,
    /// Accounts that their owners locked.
    pub locked: i64,
    /// People who administer without a second factor.
    pub unprotected: i64,
    /// Mails that were given up in the last 7 days.
    pub mails_given_up: i64,
    /// Mails that should have been sent by now.
    pub mails_late: i64,
}

pub async fn figures(db: &Db, now: UnixMicros) -> Result<Figures, sqlx::Error> {
    let (day, week) = (trail::first_since(db, now.before(DAY)).await?, trail::first_since(db, now.before(WEEK)).await?);
    let lately = async |kind| {
        Ok::<_, sqlx::Error>(Lately {
            day: trail::count(db, kind, day).await?,
            week: trail::count(db, kind, week).await?,
        })
    };
    Ok(Figures {
        sign_ins: lately(Kind::SignedIn).await?,
        refused: lately(Kind::SignInFailed).await?,
        new_accounts: Lately {
            day: accounts_since(db, now.before(DAY)).await?,
            week: accounts_since(db, now.before(WEEK)).await?,
        },
        open_sessions: search::count(db, now).await?,
    })
}

/// Reads an index entry for each: ids are UUIDv7, which begin with the milliseconds of the Unix
/// epoch.
async fn accounts_since(db: &Db, since: UnixMicros) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM accounts WHERE id >= $1";
    let milliseconds = u128::try_from(since.0 / 1000).unwrap_or_default();
    let first = Uuid::from_u128(milliseconds << 80);
    read!(db, |pool| sqlx::query_scalar(COUNT).bind(first).fetch_one(pool).await)
}

pub async fn attention(db: &Db, now: UnixMicros) -> Result<Attention, sqlx::Error> {
    const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM factor_resets) AS factor_resets, \
            (SELECT COUNT(*) FROM accounts WHERE frozen_at IS NOT NULL) AS locked, \
            (SELECT COUNT(*) FROM accounts a WHERE a.role <> 'member' \
            AND a.disabled_at IS NULL AND NOT EXISTS (SELECT 1 \
            FROM totp_authenticators t WHERE t.account_id = a.id) \
            AND NOT EXISTS (SELECT 1 FROM passkeys p \
            WHERE p.account_id = a.id)) AS unprotected, \
            (SELECT COUNT(*) FROM mails WHERE sealed IS NULL AND sent_at IS NULL \
            AND created_at >= $1) AS mails_given_up, \
            (SELECT COUNT(*) FROM mails WHERE next_attempt_at IS NOT NULL \
            AND sealed IS NOT NULL AND created_at < $2) AS mails_late";
    read!(db, |pool| sqlx::query_as(COUNTS).bind(now.before(WEEK)).bind(now.before(LATE)).fetch_one(pool).await).map(
        |(factor_resets, locked, unprotected, mails_given_up, mails_late)| Attention {
            factor_resets,
            locked,
            unprotected,
            mails_given_up,
            mails_late,
        },
    )
}
