//! People: their names, their mail address, what they may do. Passwords and factors have files of
//! their own.

pub mod bulk;
mod names;
mod reading;
mod usernames;

pub use names::{DisplayName, Email, Username, is_reachable};
pub use reading::{Reading, note_first_language, reading_of, set_reading};
pub use usernames::usernames_of;

use crate::base::clock::{Randomness, UnixMicros};
use crate::base::db::{self, Db, Tx, on, read};
use crate::base::error::AppError;
pub use crate::base::ids::AccountId;
use crate::base::passwords::{NewPassword, StoredHash};
use crate::base::unicode;
use crate::base::vault::Vault;
use strum::VariantArray;
use usernames::{claim_any_username, claim_username};

/// What an account may do; each role may what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    Member,
    /// Sees the administration, and helps members back into their accounts.
    Support,
    Admin,
}

impl Role {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// As it is stored, and named on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}

/// A person with an account. Not Serialize: pages send summaries of their own.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    pub id: AccountId,
    pub email: Email,
    pub email_verified_at: Option<UnixMicros>,
    pub username: Username,
    pub display_name: DisplayName,
    pub password_hash: Option<StoredHash>,
    pub password_changed_at: Option<UnixMicros>,
    /// Whether it was long enough, when it was chosen, to be all that is asked for.
    pub password_stands_alone: bool,
    pub role: Role,
    pub disabled_at: Option<UnixMicros>,
    /// When the policy of second factors first met this person without one.
    pub second_factor_asked_at: Option<UnixMicros>,
    /// Its owner locked it: see [`crate::flows::freezes`].
    pub frozen_at: Option<UnixMicros>,
    /// Until when no new password ends the freeze.
    pub freeze_holds_until: Option<UnixMicros>,
    /// When its owner said last that somebody else was in, and from when on what was added is not
    /// taken for theirs: see [`crate::flows::taking_back`].
    pub disowned_at: Option<UnixMicros>,
    pub disowned_since: Option<UnixMicros>,
    /// Made by somebody who never proved that its address is theirs.
    pub unproven: bool,
    /// When it is removed at its owner's wish: see [`crate::flows::deletions`].
    pub deletion_due_at: Option<UnixMicros>,
    pub created_at: UnixMicros,
    #[sqlx(flatten)]
    pub reading: Reading,
}

impl Account {
    /// What its owner signs in with, for them to see: the address, or the username where there is
    /// none.
    pub fn signs_in_as(&self) -> &str {
        self.email.or(&self.username)
    }

    /// Whether it is frozen, and not even a new password would end that yet.
    pub fn is_held(&self, now: UnixMicros) -> bool {
        self.frozen_at.is_some() && self.freeze_holds_until.is_some_and(|until| until > now)
    }
}

/// The columns of an [`Account`], once for every query that reads one. No other table has columns
/// of these names.
macro_rules! account_columns {
    () => {
        "id, email, email_verified_at, username, display_name, password_hash, password_changed_at, password_stands_alone, role, disabled_at, frozen_at, freeze_holds_until, disowned_at, disowned_since, unproven, deletion_due_at, second_factor_asked_at, created_at, language, first_language, time_zone"
    };
}
pub(crate) use account_columns;

/// What an account begins with.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Chosen beforehand where a passkey carries it already.
    pub id: Option<AccountId>,
    pub email: Email,
    pub email_verified: bool,
    pub username: Option<Username>,
    /// None until its owner sets one behind a set-up link.
    pub password: Option<NewPassword>,
    pub role: Role,
}

/// Finds the person by mail address or username, as typed into the sign-in form.
pub async fn find_by_identifier(db: &Db, typed: &str) -> Result<Option<Account>, sqlx::Error> {
    const BY_EMAIL: &str = concat!("SELECT ", account_columns!(), " FROM accounts WHERE email = $1");
    const BY_USERNAME: &str = concat!("SELECT ", account_columns!(), " FROM accounts WHERE username = $1");
    // What is neither still asks the database once, so that no shape of input is answered sooner
    // than another.
    let key = name_as_stored(typed);
    let query = if Email::parse(typed).is_ok() { BY_EMAIL } else { BY_USERNAME };
    read!(db, |pool| sqlx::query_as(query).bind(key).fetch_optional(pool).await)
}

/// The mail address or username that `typed` means, in the form in which it would be stored: what
/// two spellings of one name have in common.
pub fn name_as_stored(typed: &str) -> String {
    match Email::parse(typed) {
        Ok(email) => email.as_str().to_owned(),
        Err(_) => unicode::trim(typed).to_ascii_lowercase().replace('\0', ""),
    }
}

pub async fn find_by_email(db: &Db, email: &Email) -> Result<Option<Account>, sqlx::Error> {
    find_by_identifier(db, email.as_str()).await
}

pub async fn find(db: &Db, id: AccountId) -> Result<Option<Account>, sqlx::Error> {
    const BY_ID: &str = concat!("SELECT ", account_columns!(), " FROM accounts WHERE id = $1");
    read!(db, |pool| sqlx::query_as(BY_ID).bind(id).fetch_optional(pool).await)
}

/// Whether somebody has this address.
pub async fn is_taken(tx: &mut Tx, email: &Email) -> Result<bool, sqlx::Error> {
    const TAKEN: &str = "SELECT COUNT(*) FROM accounts WHERE email = $1";
    let taken: i64 = on!(tx, |connection| sqlx::query_scalar(TAKEN).bind(email).fetch_one(connection).await)?;
    Ok(taken > 0)
}

/// Adds an account. `EmailTaken`: somebody has this address, perhaps since a moment ago; the caller
/// decides who may know. `UsernameTaken`: the one that was chosen; without one a free one is found.
pub async fn create(
    tx: &mut Tx,
    vault: &Vault,
    randomness: &Randomness,
    new: &NewAccount,
    now: UnixMicros,
) -> Result<AccountId, AppError> {
    const CREATE: &str = "INSERT INTO accounts (id, email, email_verified_at, username, \
            display_name, password_hash, password_stands_alone, \
            password_changed_at, role, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let id = new.id.unwrap_or_else(|| AccountId(randomness.id(now)));
    let username = match &new.username {
        Some(chosen) => {
            claim_username(tx, vault, chosen, id, now).await?;
            chosen.clone()
        }
        None => claim_any_username(tx, vault, randomness, &new.email, id, now).await?,
    };
    let display_name = DisplayName::parse(new.email.local_part()).unwrap_or_else(|_| DisplayName::of(&username));
    let created = on!(tx, |connection| sqlx::query(CREATE)
        .bind(id)
        .bind(&new.email)
        .bind(new.email_verified.then_some(now))
        .bind(&username)
        .bind(&display_name)
        .bind(new.password.as_ref().map(|password| &password.hash))
        .bind(new.password.as_ref().is_none_or(|password| password.stands_alone))
        .bind(new.password.as_ref().map(|_| now))
        .bind(new.role)
        .bind(now)
        .execute(connection)
        .await
        .map(|_| ()));
    match created {
        // Its username is its own by now.
        Err(error) if db::is_unique_violation(&error) => Err(AppError::EmailTaken),
        other => Ok(other.map(|()| id)?),
    }
}

/// Sets what the person is called and signs in with.
pub async fn rename(
    tx: &mut Tx,
    vault: &Vault,
    id: AccountId,
    display_name: &DisplayName,
    username: &Username,
    now: UnixMicros,
) -> Result<(), AppError> {
    const RENAME: &str = "UPDATE accounts SET display_name = $2, username = $3 WHERE id = $1";
    claim_username(tx, vault, username, id, now).await?;
    on!(tx, |connection| sqlx::query(RENAME)
        .bind(id)
        .bind(display_name)
        .bind(username)
        .execute(connection)
        .await?
        .rows_affected());
    Ok(())
}

/// Stores a new password. What ends with the old one is not of this room:
/// [`crate::flows::new_passwords::set`].
pub async fn store_password(tx: &mut Tx, id: AccountId, new: &NewPassword, now: UnixMicros) -> Result<(), sqlx::Error> {
    const SET: &str = "UPDATE accounts \
        SET password_hash = $2, password_stands_alone = $3, password_changed_at = $4 \
        WHERE id = $1";
    on!(tx, |connection| sqlx::query(SET)
        .bind(id)
        .bind(&new.hash)
        .bind(new.stands_alone)
        .bind(now)
        .execute(connection)
        .await
        .map(|_| ()))
}

/// Takes the password away: whoever chose it is not the owner. The caller ends the sessions in the
/// same transaction.
pub async fn take_password(tx: &mut Tx, id: AccountId) -> Result<(), sqlx::Error> {
    const TAKE: &str = "UPDATE accounts \
        SET password_hash = NULL, password_changed_at = NULL \
        WHERE id = $1";
    on!(tx, |connection| sqlx::query(TAKE).bind(id).execute(connection).await.map(|_| ()))
}

/// Notes that whoever made the account did not prove that its address is theirs.
pub async fn note_unproven(tx: &mut Tx, id: AccountId) -> Result<(), sqlx::Error> {
    const NOTE: &str = "UPDATE accounts SET unproven = $2 WHERE id = $1";
    on!(tx, |connection| sqlx::query(NOTE).bind(id).bind(true).execute(connection).await.map(|_| ()))
}

/// [`note_unproven`] of all that a backup from before there was that note holds, as migration 21
/// did.
pub async fn note_unproven_of_before(tx: &mut Tx) -> Result<(), sqlx::Error> {
    const NOTE: &str = "UPDATE accounts SET unproven = $1 \
         WHERE email_verified_at IS NULL AND role = 'member' \
         AND NOT EXISTS (SELECT 1 FROM audit_entries e \
         WHERE e.account_id = accounts.id AND e.kind = 'account_created' AND e.details LIKE '%\"reason\":\"import\"%')";
    on!(tx, |connection| sqlx::query(NOTE).bind(true).execute(connection).await.map(|_| ()))
}

/// Whether the password of `id` may be all that is asked for, as the transaction sees it.
pub async fn password_stands_alone_in(tx: &mut Tx, id: AccountId) -> Result<bool, sqlx::Error> {
    const STANDS: &str = "SELECT password_stands_alone FROM accounts WHERE id = $1";
    on!(tx, |connection| sqlx::query_scalar(STANDS).bind(id).fetch_one(connection).await)
}

/// Notes that the policy of second factors met this person without one, if it never did before.
pub async fn note_second_factor_asked(tx: &mut Tx, id: AccountId, now: UnixMicros) -> Result<(), sqlx::Error> {
    const NOTE: &str = "UPDATE accounts \
        SET second_factor_asked_at = $2 \
        WHERE id = $1 AND second_factor_asked_at IS NULL";
    on!(tx, |connection| sqlx::query(NOTE).bind(id).bind(now).execute(connection).await.map(|_| ()))
}

/// Makes sure, in the transaction that acts on it, that the password verified a moment ago is still
/// the account's and the account still in use, and replaces its hash by `new` (the same one, or one
/// with today's parameters). Hashing takes long enough for a password change to come in between;
/// the row lock taken here makes the two wait for each other.
pub async fn still_has(
    tx: &mut Tx,
    id: AccountId,
    verified: &StoredHash,
    new: &StoredHash,
) -> Result<bool, sqlx::Error> {
    const STILL: &str = "UPDATE accounts \
        SET password_hash = $3 \
        WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL AND frozen_at IS NULL";
    let rows = on!(tx, |connection| sqlx::query(STILL)
        .bind(id)
        .bind(verified)
        .bind(new)
        .execute(connection)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// [`still_has`] for an account without a password.
pub async fn still_has_none(tx: &mut Tx, id: AccountId) -> Result<bool, sqlx::Error> {
    const STILL: &str = "UPDATE accounts \
        SET password_hash = NULL \
        WHERE id = $1 AND password_hash IS NULL AND disabled_at IS NULL AND frozen_at IS NULL";
    let rows = on!(tx, |connection| sqlx::query(STILL).bind(id).execute(connection).await?.rows_affected());
    Ok(rows == 1)
}

/// Notes that mail to the stored address arrives: its owner opened a link that only went there.
pub async fn mark_email_verified(tx: &mut Tx, id: AccountId, now: UnixMicros) -> Result<(), sqlx::Error> {
    const MARK: &str = "UPDATE accounts \
        SET email_verified_at = $2 \
        WHERE id = $1 AND email_verified_at IS NULL";
    on!(tx, |connection| sqlx::query(MARK).bind(id).bind(now).execute(connection).await.map(|_| ()))
}

/// Sets where `id` gets mail, in place of `old`. False if it has another address by now, or nobody
/// gets in to it. `EmailTaken`: somebody has the new one, perhaps since a moment ago.
pub async fn change_email(
    tx: &mut Tx,
    id: AccountId,
    old: &Email,
    new: &Email,
    now: UnixMicros,
) -> Result<bool, AppError> {
    const CHANGE: &str = "UPDATE accounts \
        SET email = $3, email_verified_at = $4 \
        WHERE id = $1 AND email = $2 AND disabled_at IS NULL AND frozen_at IS NULL \
            AND deletion_due_at IS NULL";
    let changed = on!(tx, |connection| sqlx::query(CHANGE)
        .bind(id)
        .bind(old)
        .bind(new)
        .bind(now)
        .execute(connection)
        .await
        .map(|done| done.rows_affected()));
    match changed {
        Err(error) if db::is_unique_violation(&error) => Err(AppError::EmailTaken),
        other => Ok(other? == 1),
    }
}

/// Sets where `id` gets mail, whatever state it is in. `EmailTaken`: somebody else has it.
pub async fn set_email(tx: &mut Tx, id: AccountId, email: &Email, now: UnixMicros) -> Result<(), AppError> {
    const SET: &str = "UPDATE accounts SET email = $2, email_verified_at = $3 WHERE id = $1";
    let set =
        on!(tx, |connection| sqlx::query(SET).bind(id).bind(email).bind(now).execute(connection).await.map(|_| ()));
    match set {
        Err(error) if db::is_unique_violation(&error) => Err(AppError::EmailTaken),
        other => Ok(other?),
    }
}

/// Removes the account and everything that belongs to it, but not what the audit trail says of it.
/// Of its usernames only what keeps others from being given them is left.
pub async fn remove(tx: &mut Tx, id: AccountId) -> Result<(), sqlx::Error> {
    // All that is theirs has a foreign key to this row, and goes with it.
    const REMOVE: &str = "DELETE FROM accounts WHERE id = $1";
    usernames::retire(tx, id).await?;
    on!(tx, |connection| sqlx::query(REMOVE).bind(id).execute(connection).await.map(|_| ()))
}

const ADMINS: &str = "SELECT COUNT(*) FROM accounts WHERE role = 'admin' AND disabled_at IS NULL";

/// Whether anybody can administer this installation.
pub async fn any_admin(db: &Db) -> Result<bool, sqlx::Error> {
    let admins: i64 = read!(db, |pool| sqlx::query_scalar(ADMINS).fetch_one(pool).await)?;
    Ok(admins > 0)
}

/// [`any_admin`] as the transaction sees it, so that of two first admins at once only one is made.
pub async fn any_admin_in(tx: &mut Tx) -> Result<bool, sqlx::Error> {
    let admins: i64 = on!(tx, |connection| sqlx::query_scalar(ADMINS).fetch_one(connection).await)?;
    Ok(admins > 0)
}

/// What `id` may do, as the transaction that acts for them sees it: none if nobody gets into the
/// account.
pub async fn role_in_use(tx: &mut Tx, id: AccountId) -> Result<Option<Role>, sqlx::Error> {
    const ROLE: &str = "SELECT role \
        FROM accounts \
        WHERE id = $1 AND disabled_at IS NULL AND frozen_at IS NULL";
    on!(tx, |connection| sqlx::query_scalar(ROLE).bind(id).fetch_optional(connection).await)
}

/// [`find`] as the transaction sees it.
pub async fn find_in(tx: &mut Tx, id: AccountId) -> Result<Option<Account>, sqlx::Error> {
    const BY_ID: &str = concat!("SELECT ", account_columns!(), " FROM accounts WHERE id = $1");
    on!(tx, |connection| sqlx::query_as(BY_ID).bind(id).fetch_optional(connection).await)
}

/// Everybody, oldest account first, `page` from 0, at most 500 a page.
pub async fn list(db: &Db, page: i64) -> Result<Vec<Account>, sqlx::Error> {
    const LIST: &str = concat!("SELECT ", account_columns!(), " FROM accounts ORDER BY id LIMIT 500 OFFSET $1");
    read!(db, |pool| sqlx::query_as(LIST).bind(page.saturating_mul(500)).fetch_all(pool).await)
}
