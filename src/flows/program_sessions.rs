//! Sessions of programs: begun by a password like any other, carried by a refresh token, and ended
//! like any other.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::access_tokens::{self, Subject};
use crate::domain::accounts::Account;
use crate::domain::audit::Details;
use crate::domain::factors::policy::{self, Demand};
use crate::domain::limits::{Door, proofs};
use crate::domain::logins::{Method, Proof};
use crate::domain::refresh_tokens::{self, Grant, NewRefreshToken, Presented, RefreshToken, Standing};
use crate::domain::sessions::{self, EndReason, Keep, Session, SessionHandle};
use crate::flows::{session_ends, session_start};

/// Starts the session of a program for whoever `proof` is about, in the caller's transaction.
pub async fn start(tx: &mut Tx, proof: &Proof, grant: &Grant) -> Result<(Subject, NewRefreshToken), AppError> {
    let config = tx.config();
    let now = tx.now();
    let begun = session_start::in_program(tx, proof).await?;
    let refresh = refresh_tokens::create(tx, begun.handle, grant).await?;
    let (_, absolute) = Keep::Program.lifetimes(&config);
    let subject = Subject {
        account: proof.account(),
        session: begun.handle,
        method: Some(proof.method()),
        confirmed_at: now,
        expires_at: now.after(absolute),
    };
    Ok((subject, refresh))
}

/// What a program goes on with.
#[derive(Debug)]
pub struct Refreshed {
    pub subject: Subject,
    pub grant: Grant,
    pub next: NewRefreshToken,
}

impl Subject {
    pub fn of(session: &Session, account: &Account) -> Self {
        Self {
            account: account.id,
            session: session.handle,
            method: Method::parse(&session.method),
            confirmed_at: session.confirmed_at,
            expires_at: session.expires_at,
        }
    }
}

/// Uses a refresh token up. None for one that lets nobody in: unknown, of a session that is over or
/// may not go on as it is, for an audience that there is no more, or used before, in which case the
/// session ends and its owner reads of it.
///
/// Looked at before anything is written for it: a write keeps all others waiting, and anybody can
/// send something. Of what is refused only what nobody was given is counted, or an office whose
/// programs all have to sign in again would be told to wait.
pub async fn refresh(db: &Db, token: &RefreshToken) -> Result<Option<Refreshed>, AppError> {
    let now = db.now();
    let grant = match refresh_tokens::standing(db, token, now).await? {
        Standing::Current(grant) | Standing::InGrace(grant) => grant,
        Standing::Reused => {
            if let Some((session, account)) = sessions::programs::resolve_handle(db, token.session(), now).await? {
                end(db, &session, &account, EndReason::RefreshTokenReused).await?;
            }
            return Ok(None);
        }
        Standing::Over => return Ok(None),
        Standing::Unknown => return none_of_a_made_up_one(db).await,
    };
    // Nothing is used up: once its audience is there again, it goes on.
    if !access_tokens::audiences(db).contains(&grant.audience) {
        tracing::info!(audience = grant.audience, "a refresh token is for an audience that is not configured any more");
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    let used = sessions::programs::use_by_program(&mut tx, token.session(), db.origin(), now).await?;
    let Some((session, account)) = used else { return Ok(None) };
    match refresh_tokens::present(&mut tx, db.vault(), token, now).await? {
        Presented::Unknown => Ok(None),
        Presented::Reused => {
            // Undone: a thief's try is no use of the session.
            drop(tx);
            end(db, &session, &account, EndReason::RefreshTokenReused).await?;
            Ok(None)
        }
        Presented::Next(next, grant) => {
            if demands_more(db, &session, &account, now) {
                drop(tx);
                end(db, &session, &account, EndReason::SecondFactorRequired).await?;
                return Ok(None);
            }
            tx.commit().await?;
            Ok(Some(Refreshed { subject: Subject::of(&session, &account), grant, next }))
        }
    }
}

/// `TooManyTries` instead, if too many came from there.
async fn none_of_a_made_up_one(db: &Db) -> Result<Option<Refreshed>, AppError> {
    match proofs::note_refused(db, Door::RefreshToken, AppError::SignInRequired).await {
        AppError::SignInRequired => Ok(None),
        other => Err(other),
    }
}

fn demands_more(db: &Db, session: &Session, account: &Account, now: UnixMicros) -> bool {
    let config = db.config();
    policy::demand(&config.second_factor, account.into(), session.satisfies_policy(), now) == Demand::Now
}

async fn end(db: &Db, session: &Session, account: &Account, reason: EndReason) -> Result<(), AppError> {
    let mut tx = db.begin_recorded().await?;
    session_ends::one(&mut tx, account.id, session.handle, reason, Details::of_visitor()).await?;
    Ok(tx.commit().await?)
}

/// Ends the session of a refresh token that its program gives back, be it the current one or an
/// older one; one that anybody could have written down ends nothing, and is counted.
pub async fn give_back(db: &Db, token: &RefreshToken) -> Result<(), AppError> {
    let now = db.now();
    match refresh_tokens::standing(db, token, now).await? {
        Standing::Current(_) | Standing::InGrace(_) | Standing::Reused => end_named(db, token.session(), now).await,
        Standing::Over => Ok(()),
        Standing::Unknown => none_of_a_made_up_one(db).await.map(|_| ()),
    }
}

/// Ends the session that a program's access token names, if it is one of a program.
pub async fn end_named(db: &Db, session: SessionHandle, now: UnixMicros) -> Result<(), AppError> {
    if let Some((session, account)) = sessions::programs::resolve_handle(db, session, now).await? {
        end(db, &session, &account, EndReason::TokenRevoked).await?;
    }
    Ok(())
}
