//! Links that prove something once: sent by mail, or left in a file for the operator.
//!
//! The link carries 256 random bits; the database holds their SHA-256. Opening one with GET uses
//! nothing up, since mail scanners do that; only the posted form takes it, in one statement, so
//! that of two at once exactly one succeeds.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
pub use crate::base::one_use_token::OneUseToken as LinkToken;
use crate::domain::accounts::{AccountId, Email};
use crate::domain::audit;
use crate::domain::sessions::SessionHandle;
use std::time::Duration;

/// How long a mailed link can be used (public contract).
pub const MAIL_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What a link is for. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// Whoever opens it reads the mail of the address: registration goes on.
    VerifyEmail,
    ResetPassword,
    /// Makes the first admin, or gives an account made by the operator its first password.
    SetUp,
    /// Shows a session that began in an unknown browser, and ends it; lets nobody in.
    WasItYou,
    /// Shows what was done to the second factors of an account, and locks it; lets nobody in.
    LockAccount,
    /// Shows that second factors are to be removed, and stops that; lets nobody in.
    StopFactorReset,
    /// Goes to the address that an account is to have from now on: whoever opens it agrees.
    ChangeEmail,
    /// Goes to the address that an account had: shows that it has another one, and locks the
    /// account for a while; lets nobody in.
    FormerAddress,
}

impl Purpose {
    /// Those of letters that say what happened. They only take access away, so they outlive a
    /// change of the password.
    const NOTICES: [Self; 4] = [Self::WasItYou, Self::LockAccount, Self::StopFactorReset, Self::FormerAddress];

    fn name(self) -> &'static str {
        self.into()
    }
}

/// Whom a link is about.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Link {
    pub email: Option<Email>,
    pub account_id: Option<AccountId>,
    /// Only of [`Purpose::WasItYou`].
    pub session_handle: Option<SessionHandle>,
    /// Only of [`Purpose::LockAccount`] and [`Purpose::FormerAddress`]: the audit entry that the
    /// letter tells of.
    pub audit_sequence: Option<i64>,
}

/// How long a link in a letter that says what happened can be used: for whoever reads their mail
/// after a week away. Longer than others, since it lets nobody in.
pub const NOTICE_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Makes a link and voids older ones for the same purpose and person: of whoever has the account,
/// or, where the link is about none yet, the address. Those about what happened stay good beside
/// each other: each asks about one thing, and a thief who does another must not void what asks
/// about the first.
pub async fn create(tx: &mut Tx, purpose: Purpose, about: &Link, lifetime: Duration) -> Result<LinkToken, sqlx::Error> {
    const CREATE: &str = "INSERT INTO links (token_hash, purpose, email, account_id, \
            session_handle, audit_sequence, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let now = tx.now();
    if !matches!(purpose, Purpose::WasItYou | Purpose::LockAccount | Purpose::FormerAddress) {
        void(tx, purpose, about).await?;
    }
    let token = LinkToken::new(tx.randomness());
    on!(tx, |connection| {
        sqlx::query(CREATE)
            .bind(&token.hash()[..])
            .bind(purpose.name())
            .bind(&about.email)
            .bind(about.account_id)
            .bind(about.session_handle)
            .bind(about.audit_sequence)
            .bind(now)
            .bind(now.after(lifetime))
            .execute(&mut *connection)
            .await?;
    });
    Ok(token)
}

/// The page behind every letter that says what happened, as [`peek_notice`] looks for it.
pub fn notice_page(token: &LinkToken) -> String {
    format!("/was-it-you?token={}", token.to_text().as_str())
}

/// For a letter about the audit entry that was recorded last in `tx`: the page that shows this
/// entry, and locks `account`.
pub async fn page_that_locks(tx: &mut Tx, account: AccountId) -> Result<String, sqlx::Error> {
    let entry = audit::newest(tx).await?;
    let about = Link { account_id: Some(account), audit_sequence: Some(entry), ..Link::default() };
    let token = create(tx, Purpose::LockAccount, &about, NOTICE_LIFETIME).await?;
    Ok(notice_page(&token))
}

/// One statement for each, so that each is found by its index: in one for all, SQLite walked over
/// every link that is about no account, and asking for a new password took the longer for an
/// address that nobody has (ASVS 6.3.8).
async fn void(tx: &mut Tx, purpose: Purpose, about: &Link) -> Result<(), sqlx::Error> {
    const OF_ACCOUNT: &str = "DELETE FROM links WHERE account_id = $1 AND purpose = $2";
    const OF_ADDRESS: &str = "DELETE FROM links \
        WHERE email = $1 AND account_id IS NULL AND purpose = $2";
    match (about.account_id, &about.email) {
        (Some(account), _) => on!(tx, |connection| sqlx::query(OF_ACCOUNT)
            .bind(account)
            .bind(purpose.name())
            .execute(connection)
            .await
            .map(|_| ())),
        (None, Some(email)) => on!(tx, |connection| sqlx::query(OF_ADDRESS)
            .bind(email)
            .bind(purpose.name())
            .execute(connection)
            .await
            .map(|_| ())),
        (None, None) => void_of_nobody(tx, purpose).await,
    }
}

/// Looks without using it up: for the page behind the link.
pub async fn peek(db: &Db, purpose: Purpose, token: &LinkToken, now: UnixMicros) -> Result<Option<Link>, sqlx::Error> {
    const PEEK: &str = "SELECT email, account_id, session_handle, audit_sequence \
        FROM links \
        WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 AND created_at <= $4";
    read!(db, |pool| sqlx::query_as(PEEK)
        .bind(&token.hash()[..])
        .bind(purpose.name())
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)
}

/// [`peek`] with what stands in a page's address: what is no token has no link behind it.
pub async fn peek_typed(db: &Db, purpose: Purpose, typed: &str, now: UnixMicros) -> Result<Option<Link>, sqlx::Error> {
    match LinkToken::parse(typed) {
        Some(token) => peek(db, purpose, &token, now).await,
        None => Ok(None),
    }
}

/// [`peek_typed`] for the page behind every letter that says what happened; with what the link is
/// for.
pub async fn peek_notice(db: &Db, typed: &str, now: UnixMicros) -> Result<Option<(Purpose, Link)>, sqlx::Error> {
    for purpose in Purpose::NOTICES {
        if let Some(link) = peek_typed(db, purpose, typed, now).await? {
            return Ok(Some((purpose, link)));
        }
    }
    Ok(None)
}

/// [`take`] for the links that [`peek_notice`] shows.
pub async fn take_notice(
    tx: &mut Tx,
    token: &LinkToken,
    now: UnixMicros,
) -> Result<Option<(Purpose, Link)>, sqlx::Error> {
    for purpose in Purpose::NOTICES {
        if let Some(link) = take(tx, purpose, token, now).await? {
            return Ok(Some((purpose, link)));
        }
    }
    Ok(None)
}

/// Takes the link: it exists no more.
pub async fn take(
    tx: &mut Tx,
    purpose: Purpose,
    token: &LinkToken,
    now: UnixMicros,
) -> Result<Option<Link>, sqlx::Error> {
    const TAKE: &str = "DELETE FROM links \
        WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 AND created_at <= $4 \
        RETURNING email, account_id, session_handle, audit_sequence";
    on!(tx, |connection| sqlx::query_as(TAKE)
        .bind(&token.hash()[..])
        .bind(purpose.name())
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(connection)
        .await)
}

/// Voids every link that could let somebody into `account`: after a password change an old reset
/// link must not open it again.
///
/// The links in letters about what happened stay: they let nobody in, and a thief who changes the
/// password keeps what they end.
pub async fn void_of_account(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    const VOID: &str = "DELETE FROM links \
        WHERE account_id = $1 AND purpose NOT IN ($2, $3, $4, $5)";
    let [first, second, third, fourth] = Purpose::NOTICES.map(Purpose::name);
    on!(tx, |connection| sqlx::query(VOID)
        .bind(account)
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(fourth)
        .execute(connection)
        .await
        .map(|_| ()))
}

/// Voids the links of whatever kind that only an address tells whom they are about.
pub async fn void_of_address(tx: &mut Tx, email: &Email) -> Result<(), sqlx::Error> {
    const VOID: &str = "DELETE FROM links WHERE email = $1 AND account_id IS NULL";
    on!(tx, |connection| sqlx::query(VOID).bind(email).execute(connection).await.map(|_| ()))
}

/// Voids the links that addresses which `account` had before could lock it with: its owner is known
/// again.
pub async fn void_of_former_addresses(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    let about = Link { account_id: Some(account), ..Link::default() };
    void(tx, Purpose::FormerAddress, &about).await
}

/// How many links for `purpose` `account` was given within the last `span` and has not used.
pub async fn count_new(
    tx: &mut Tx,
    purpose: Purpose,
    account: AccountId,
    span: Duration,
    now: UnixMicros,
) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) \
        FROM links \
        WHERE account_id = $1 AND purpose = $2 AND created_at > $3 AND created_at <= $4";
    on!(tx, |connection| sqlx::query_scalar(COUNT)
        .bind(account)
        .bind(purpose.name())
        .bind(now.before(span))
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_one(connection)
        .await)
}

/// Voids the links for `purpose` that are about nobody yet.
pub async fn void_of_nobody(tx: &mut Tx, purpose: Purpose) -> Result<(), sqlx::Error> {
    const VOID: &str = "DELETE FROM links \
        WHERE purpose = $1 AND email IS NULL AND account_id IS NULL";
    on!(tx, |connection| sqlx::query(VOID).bind(purpose.name()).execute(connection).await.map(|_| ()))
}

/// Removes links whose time is over; gives how many.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM links WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE).bind(now).execute(connection).await.map(|done| done.rows_affected()))
}
