//! How a session begins, in a browser or a program, and gets a new id. How one ends:
//! [`session_ends`].

mod new_device;

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::metrics::Count;
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices::{self, DeviceId, DeviceTokens};
use crate::domain::logins::Proof;
use crate::domain::sessions::{self, EndReason, Keep, Session, SessionHandle, SessionToken, end};
use crate::domain::waiting_deletions::{self, Called};
use crate::flows::{deletions, session_ends};
use std::time::Duration;

/// A session whose cookie the browser does not have yet.
#[must_use = "without the cookie the person is not signed in"]
pub struct Started {
    handle: SessionHandle,
    pub token: SessionToken,
    /// How long the browser keeps its cookie; none if that goes with the browser.
    pub lifetime: Option<Duration>,
    pub(super) account: AccountId,
    /// The browser, and what it is recognised by from now on; none for a shared computer.
    pub device: Option<(DeviceId, DeviceTokens)>,
    /// Whether its account was going to be removed, and stays since somebody signed in.
    kept: bool,
}

impl Started {
    pub fn handle(&self) -> SessionHandle {
        self.handle
    }

    /// Whether its account was going to be removed, and stays since somebody signed in.
    pub fn keeps_account(&self) -> bool {
        self.kept
    }
}

/// Starts a session for the person that `proof` is about and ends the one this browser had, in the
/// caller's transaction. The cookie is given after the commit.
pub async fn in_browser(tx: &mut Tx, proof: &Proof, keep: Keep) -> Result<Started, AppError> {
    let (now, visit) = (tx.now(), tx.visit());
    if let Some(holder) = &visit.holder {
        session_ends::one(tx, holder.account, holder.session, EndReason::Replaced, Details::of_visitor()).await?;
    }
    // Never on a shared computer: the next person there would be taken for this one.
    let (device, known) = if keep == Keep::Shared {
        (None, false)
    } else {
        let mut tokens = visit.device.clone();
        let recognised = devices::recognise(tx, proof.account(), &mut tokens).await?;
        if proof.method().has_second_factor() {
            devices::note_proof(tx, proof.account(), recognised.device, now).await?;
        }
        (Some((recognised.device, tokens)), !recognised.new)
    };
    let handed = device.as_ref().map(|(device, _)| *device);
    let Begun { handle, token, kept } = begin(tx, proof, keep, handed, known).await?;
    let (_, absolute) = keep.lifetimes(&tx.config());
    let lifetime = (keep == Keep::Remembered).then_some(absolute);
    Ok(Started { handle, token, lifetime, account: proof.account(), device, kept })
}

/// A session that has begun, once its transaction is committed.
pub struct Begun {
    pub handle: SessionHandle,
    token: SessionToken,
    kept: bool,
}

/// What the beginning of every session does, in the caller's transaction: the row, the audit entry,
/// the end of those that are too many, and a letter where it begins in a browser or program that is
/// not `known`.
async fn begin(
    tx: &mut Tx,
    proof: &Proof,
    keep: Keep,
    device: Option<DeviceId>,
    known: bool,
) -> Result<Begun, AppError> {
    let (visit, config, now) = (tx.visit(), tx.config(), tx.now());
    let kept = keeps_account(tx, proof.account(), keep).await?;
    let (handle, token) = sessions::start(tx, proof, keep, device).await?;
    let event = Event {
        kind: Kind::SignedIn,
        account: Some(proof.account()),
        details: Details {
            session: Some(handle.0.to_string()),
            reason: Some(proof.method().name().to_owned()),
            ..Details::of_visitor()
        },
    };
    audit::record(tx, &event).await?;
    let (program, most) = (keep == Keep::Program, config.session.max_per_user);
    for surplus in end::surplus(tx, proof.account(), handle, program, most, now).await? {
        session_ends::record(tx, proof.account(), surplus, EndReason::TooMany, Details::of_visitor()).await?;
    }
    if !known && proof.is_of_somebody_returning() {
        new_device::tell(tx, proof.account(), handle).await?;
    }
    visit.still_awaited()?;
    tx.count_once_committed(Count::Started(proof.method().name()));
    tracing::info!(account = %proof.account().0, session = %handle.0, method = proof.method().name(), "signed in");
    Ok(Begun { handle, token, kept })
}

/// Keeps an account that was going to be removed: its owner signed in. A program does that by
/// itself, so it is refused instead.
async fn keeps_account(tx: &mut Tx, account: AccountId, keep: Keep) -> Result<bool, AppError> {
    match keep {
        Keep::Program if waiting_deletions::waits(tx, account).await? => Err(AppError::WrongCredentials),
        Keep::Program => Ok(false),
        _ => deletions::call_off(tx, account, Called::SignedIn).await,
    }
}

/// Starts the session of a program, which has no cookie: its tokens name it. Its owner gets a
/// letter unless a program of the same name has signed in from the same address before.
pub async fn in_program(tx: &mut Tx, proof: &Proof) -> Result<Begun, AppError> {
    let visit = tx.visit();
    let known = sessions::programs::is_known_program(tx, proof.account(), &visit.origin).await?;
    begin(tx, proof, Keep::Program, None, known).await
}

/// Gives the session in use a new id; the old one is refused from the commit on.
pub async fn cycle(tx: &mut Tx, session: &Session, account: AccountId) -> Result<Started, AppError> {
    let token = sessions::cycle(tx, session).await?.ok_or(AppError::SignInRequired)?;
    // With the id of before it goes on for whoever sent this once more.
    tx.visit().still_awaited()?;
    let left = session.expires_at.since(tx.now());
    let lifetime = session.remembered.then_some(left);
    Ok(Started { handle: session.handle, token, lifetime, account, device: None, kept: false })
}
