//! Sessions at the hosts of apps. Each is a row that names the session it belongs to, behind a
//! cookie of that host's own: the app, which sees that cookie, can do nothing with it elsewhere,
//! and it is worth nothing once the session is over.

use super::{Session, SessionHandle, SessionWithAccount, select_live, session_columns};
use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
/// What the browser holds at the app's host.
pub use crate::base::one_use_token::OneUseToken as AppToken;
use crate::domain::accounts::{Account, AccountId, account_columns};
use std::time::Duration;

/// How long the cookie before still counts when a browser is given another: two tabs may have asked
/// at once.
const OVERLAP: Duration = Duration::from_secs(60);

/// A session as it is used at an app.
#[derive(Debug)]
pub struct AtApp {
    pub session: Session,
    pub account: Account,
    /// Whether a second factor had been shown in it when the cookie was made. One that was made
    /// before does not get stronger with its session (ASVS 7.2.4): whoever stole it then would
    /// gain.
    pub second_factor: bool,
}

#[derive(sqlx::FromRow)]
struct AtAppRow {
    #[sqlx(flatten)]
    both: SessionWithAccount,
    second_factor: bool,
}

/// Begins to use a live session at `origin`, and gives whose it is; none if it is over by now.
pub async fn start(
    tx: &mut Tx,
    session: SessionHandle,
    origin: &str,
    second_factor: bool,
) -> Result<Option<(AccountId, AppToken)>, sqlx::Error> {
    const OWNER: &str = "SELECT s.account_id \
        FROM sessions s \
        JOIN accounts a ON a.id = s.account_id \
        WHERE s.handle = $1 AND s.ended_at IS NULL AND s.ends_at > $2 AND a.disabled_at IS NULL \
            AND a.frozen_at IS NULL";
    const REPLACE: &str = "DELETE FROM app_sessions \
        WHERE session_handle = $1 AND origin = $2 AND made_at < $3";
    const START: &str = "INSERT INTO app_sessions (token_hash, session_handle, origin, \
            second_factor, made_at) \
        VALUES ($1, $2, $3, $4, $5)";
    let now = tx.now();
    let owner: Option<AccountId> =
        on!(tx, |connection| sqlx::query_scalar(OWNER).bind(session).bind(now).fetch_optional(connection).await)?;
    let Some(owner) = owner else { return Ok(None) };
    let token = AppToken::new(tx.randomness());
    on!(tx, |connection| {
        sqlx::query(REPLACE).bind(session).bind(origin).bind(now.before(OVERLAP)).execute(&mut *connection).await?;
        sqlx::query(START)
            .bind(&token.hash()[..])
            .bind(session)
            .bind(origin)
            .bind(second_factor)
            .bind(now)
            .execute(&mut *connection)
            .await?;
    });
    Ok(Some((owner, token)))
}

/// The live session behind a cookie that came with a request for `origin`, and its owner: one
/// indexed read, with the same conditions as [`super::resolve`].
pub async fn resolve(db: &Db, token: &AppToken, origin: &str, now: UnixMicros) -> Result<Option<AtApp>, sqlx::Error> {
    const RESOLVE: &str = select_live!(
        ", p.second_factor",
        "app_sessions p JOIN sessions s ON s.handle = p.session_handle",
        "p.token_hash = $1 AND p.origin = $4"
    );
    let row: Option<AtAppRow> = read!(db, |pool| sqlx::query_as(RESOLVE)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .bind(origin)
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(|AtAppRow { both: SessionWithAccount { session, account }, second_factor }| AtApp {
        session,
        account,
        second_factor,
    }))
}
