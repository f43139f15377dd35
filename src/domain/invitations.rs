//! Invitations: an administrator or the operator lets one address make an account, where not
//! everybody may (`registration.mode`).
//!
//! The mail carries 256 random bits, the database their SHA-256. Whoever opens it reads the mail of
//! the address, so it is confirmed too.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::config::RegistrationMode;
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::listing::{self, Bounds, Direction, List};
use crate::domain::accounts::{self, AccountId, Email, Username};
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::links::LinkToken;
use crate::domain::mail::{self, Recipient, letters};
use std::time::Duration;
use uuid::Uuid;

/// How long one can be used. It waits for somebody who does not expect it, so longer than links
/// that people ask for.
pub const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long one that nobody used is still listed, so that it can be sent again.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);
/// Names an invitation, as it was sent last. Lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct InvitationId(pub Uuid);

/// Whose invitation it is: nobody's if it was the operator's, or somebody's whose account is gone.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Inviting {
    inviter: Option<Email>,
    inviter_username: Option<Username>,
}

impl Inviting {
    /// By mail address, or by username where there is no address.
    pub fn name(&self) -> Option<&str> {
        let username = self.inviter_username.as_ref()?;
        self.inviter.as_ref().map(|email| email.or(username))
    }
}

/// One that was not used.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: Email,
    #[sqlx(flatten)]
    pub inviter: Inviting,
    pub created_at: UnixMicros,
    pub expires_at: UnixMicros,
}

impl Invitation {
    pub fn is_over(&self, now: UnixMicros) -> bool {
        self.expires_at <= now
    }
}

/// Who invites.
#[derive(Clone, Copy, Debug)]
pub enum Inviter {
    Administrator(AccountId),
    CommandLine,
}

impl Inviter {
    fn account(self) -> Option<AccountId> {
        match self {
            Self::Administrator(account) => Some(account),
            Self::CommandLine => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Administrator(_) => By::Administrator.name(),
            Self::CommandLine => By::CommandLine.name(),
        }
    }
}

/// Writes to `email`, in place of an invitation from before, whose link is void then.
/// `InvitedHasAccount`: whoever invites sees those who have one anyway. `RegistrationClosed` while
/// nobody at all may make one.
pub async fn invite(tx: &mut Tx, email: &Email, by: Inviter, origin: Details) -> Result<(), AppError> {
    const INVITE: &str = "INSERT INTO invitations (id, email, token_hash, invited_by, created_at, \
            expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (email) \
        DO UPDATE SET id = excluded.id, token_hash = excluded.token_hash, \
            invited_by = excluded.invited_by, created_at = excluded.created_at, \
            expires_at = excluded.expires_at";
    let config = tx.config();
    if config.registration.mode == RegistrationMode::Closed {
        return Err(AppError::RegistrationClosed);
    }
    if email.known().is_none() {
        return Err(AppError::InvalidEmail);
    }
    if accounts::is_taken(tx, email).await? {
        return Err(AppError::InvitedHasAccount);
    }
    let now = tx.now();
    let token = LinkToken::new(tx.randomness());
    let id = InvitationId(tx.randomness().id(now));
    on!(tx, |connection| sqlx::query(INVITE)
        .bind(id)
        .bind(email)
        .bind(&token.hash()[..])
        .bind(by.account())
        .bind(now)
        .bind(now.after(LIFETIME))
        .execute(connection)
        .await?
        .rows_affected());
    let link = config.link(&format!("/verify-email?token={}", token.to_text().as_str()));
    let letter = Recipient::stranger(tx, email).letter(|to| letters::invitation(to, &config.site.name, &link));
    mail::queue(tx, &letter).await?;
    Ok(record(tx, Kind::Invited, email, by, origin).await?)
}

/// [`invite`]s once more whoever was invited so. False if that was used, taken back or sent again
/// meanwhile.
pub async fn send_again(tx: &mut Tx, id: InvitationId, by: Inviter, origin: Details) -> Result<bool, AppError> {
    const WHOSE: &str = "SELECT email FROM invitations WHERE id = $1";
    let email: Option<Email> =
        on!(tx, |connection| sqlx::query_scalar(WHOSE).bind(id).fetch_optional(connection).await)?;
    let Some(email) = email else { return Ok(false) };
    invite(tx, &email, by, origin).await?;
    Ok(true)
}

/// Takes one back: its link is void. Gives whose it was; none if it was used or taken back
/// meanwhile.
pub async fn revoke(tx: &mut Tx, id: InvitationId, by: Inviter, origin: Details) -> Result<Option<Email>, sqlx::Error> {
    const REVOKE: &str = "DELETE FROM invitations WHERE id = $1 RETURNING email";
    let revoked: Option<Email> =
        on!(tx, |connection| sqlx::query_scalar(REVOKE).bind(id).fetch_optional(connection).await)?;
    if let Some(email) = &revoked {
        record(tx, Kind::InvitationRevoked, email, by, origin).await?;
    }
    Ok(revoked)
}

/// The entry is the inviter's. Whose address it was stands in it under a key: they have no account
/// whose end would erase it.
async fn record(tx: &mut Tx, kind: Kind, email: &Email, by: Inviter, origin: Details) -> Result<(), sqlx::Error> {
    let details = Details {
        unknown_identifier: Some(tx.vault().unknown_identifier(email.as_str())),
        by: Some(by.name().to_owned()),
        ..origin
    };
    let event = Event { kind, account: by.account(), details };
    audit::record(tx, &event).await
}

/// Whom the link invites; none for one that is unknown, used, taken back or over.
pub async fn peek(db: &Db, token: &LinkToken, now: UnixMicros) -> Result<Option<Email>, sqlx::Error> {
    const PEEK: &str = "SELECT email \
        FROM invitations \
        WHERE token_hash = $1 AND expires_at > $2 AND created_at <= $3";
    read!(db, |pool| sqlx::query_scalar(PEEK)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(pool)
        .await)
}

/// Uses the link up: of two posts at once, one.
pub async fn take(tx: &mut Tx, token: &LinkToken, now: UnixMicros) -> Result<Option<Email>, sqlx::Error> {
    const TAKE: &str = "DELETE FROM invitations \
        WHERE token_hash = $1 AND expires_at > $2 AND created_at <= $3 \
        RETURNING email";
    on!(tx, |connection| sqlx::query_scalar(TAKE)
        .bind(&token.hash()[..])
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .fetch_optional(connection)
        .await)
}

/// Uses up the invitation of an address that was confirmed in another way; gives whether there was
/// one.
pub async fn take_of(tx: &mut Tx, email: &Email, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const TAKE: &str = "DELETE FROM invitations \
        WHERE email = $1 AND expires_at > $2 AND created_at <= $3";
    on!(tx, |connection| sqlx::query(TAKE)
        .bind(email)
        .bind(now)
        .bind(now.after(CLOCK_TOLERANCE))
        .execute(connection)
        .await
        .map(|done| done.rows_affected() > 0))
}

pub type Place = listing::Place<InvitationId>;
pub type Page = listing::Page<Invitation, InvitationId>;

/// Up to `size` of them at `place`, the one that was sent last first: whoever is sent another gets
/// a new id.
pub async fn page(db: &Db, place: Place, size: usize) -> Result<Page, sqlx::Error> {
    listing::page(&Unused { db }, place, Bounds { size, window: size + 1, look_through: usize::MAX }).await
}

struct Unused<'a> {
    db: &'a Db,
}

macro_rules! select_invitations {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.email, a.email AS inviter, a.username AS inviter_username, \
                    i.created_at, i.expires_at \
                FROM invitations i \
                LEFT JOIN accounts a ON a.id = i.invited_by \
                WHERE ",
            $rest
        )
    };
}

listing::id_is_key!(InvitationId);

impl List for Unused<'_> {
    type Row = Invitation;
    type Key = InvitationId;
    type Error = sqlx::Error;

    fn key(row: &Invitation) -> InvitationId {
        row.id
    }

    fn takes(&self, _: &Invitation) -> bool {
        true
    }

    async fn read(
        &self,
        direction: Direction,
        from: InvitationId,
        limit: usize,
        _: usize,
    ) -> Result<Vec<Invitation>, sqlx::Error> {
        const OLDER: &str = select_invitations!("i.id < $1 ORDER BY i.id DESC LIMIT $2");
        const NEWER: &str = select_invitations!("i.id > $1 ORDER BY i.id LIMIT $2");
        let query = if direction == Direction::Older { OLDER } else { NEWER };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        read!(self.db, |pool| sqlx::query_as(query).bind(from).bind(limit).fetch_all(pool).await)
    }
}

/// The one of this id, unless it was used, taken back or sent again.
pub async fn one(db: &Db, id: InvitationId) -> Result<Option<Invitation>, sqlx::Error> {
    const ONE: &str = select_invitations!("i.id = $1");
    read!(db, |pool| sqlx::query_as(ONE).bind(id).fetch_optional(pool).await)
}

/// The one of `email`, used or not: there is at most one.
pub async fn find(db: &Db, email: &Email) -> Result<Option<InvitationId>, sqlx::Error> {
    const FIND: &str = "SELECT id FROM invitations WHERE email = $1";
    read!(db, |pool| sqlx::query_scalar(FIND).bind(email).fetch_optional(pool).await)
}

/// Removes those whose time has long been over; gives how many.
pub async fn remove_old(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM invitations WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE)
        .bind(now.before(REMEMBERED))
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}
