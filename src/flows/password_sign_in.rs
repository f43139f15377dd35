//! A password as the first step of a sign-in, at whichever door it is given: the sign-in page, or a program that asks for tokens.

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::passwords::{PlainPassword, StoredHash, Verified};
use crate::base::secret::Secret;
use crate::base::unicode;
use crate::domain::accounts::{self, Account, AccountId};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors;
use crate::domain::factors::policy::{self, Demand};
use crate::domain::limits::{self, Door, Permit};
use crate::domain::logins::{Login, Refused};
use crate::request::under_way::still_awaited;
use crate::request::{app::App, visitor};

/// How often a sign-in is begun anew because the hash became another one while the password was checked.
const MOST_ROUNDS: usize = 3;

/// A sign-in whose password was right and still is, in the transaction that acts on it.
#[derive(Debug)]
pub struct Begun {
    pub tx: Tx,
    pub account: Account,
    pub login: Login,
    pub demand: Demand,
    /// Given back in `tx`; where that is not committed, by [`Permit::unless_done`].
    pub permit: Permit,
}

/// A password that was right a moment ago.
#[derive(Debug)]
struct Right {
    account: Account,
    login: Login,
    demand: Demand,
    had_factors: bool,
    verified: StoredHash,
    /// The same one, or one with today's parameters.
    new: StoredHash,
    /// Given back once it is settled that it was right.
    permit: Permit,
}

/// Begins the sign-in of whoever is called `identifier`, if `password` is theirs; see [`check`] for how it is refused.
///
/// Of two sign-ins at once the first may store the password anew, with today's parameters: the other one, which held it against the hash
/// before, is not refused for that but checks once more. So does one whose password was changed meanwhile, and is refused then.
pub async fn begin(app: &App, door: Door, identifier: &str, password: &Secret) -> Result<Begun, AppError> {
    for _ in 0..MOST_ROUNDS {
        let right = check(app, door, identifier, password).await?;
        if let Err(left) = still_awaited() {
            right.permit.was_not_looked_at(app).await?;
            return Err(left);
        }
        let account = right.account.clone();
        let mut tx = app.db.begin_recorded().await?;
        match right.settle(&mut tx).await? {
            Ok((login, demand, permit)) => return Ok(Begun { tx, account, login, demand, permit }),
            Err(permit) => {
                drop(tx);
                permit.was_not_looked_at(app).await?;
            }
        }
    }
    Err(AppError::WrongCredentials)
}

/// Checks the password of whoever is called `identifier`. Refused with `WrongCredentials` whatever was wrong, after one hash each time,
/// and with an audit entry that says what it was; with `TooManyTries` before anything is hashed, whoever it is about.
async fn check(app: &App, door: Door, identifier: &str, password: &Secret) -> Result<Right, AppError> {
    // Empty or over-long: refused before anything is hashed, which tells nothing since no account is asked.
    let password = PlainPassword::parse(password.0.clone()).map_err(|_| AppError::WrongCredentials)?;
    let account = accounts::find_by_identifier(&app.db, identifier).await?;
    let permit = limits::before_password(app, door, identifier, account.as_ref().map(|account| account.id)).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    // Made for everybody: what is looked up for nobody alone would show.
    let stand_in = app.stand_ins.of(&app.vault.limit_key("stand-in", accounts::name_as_stored(identifier).as_bytes()));
    let checked = match &stored {
        Some(stored) if !permit.is_silenced() => app.hasher.verify(&password, Some(stored.clone())).await,
        // In silence, or for nobody: as much is spent, on nothing.
        stored => app.hasher.pretend(&password, stored.clone().or(stand_in)).await,
    };
    let outcome = match checked {
        Ok(outcome) => outcome,
        Err(busy) => {
            permit.was_not_looked_at(app).await?;
            return Err(busy.into());
        }
    };

    let factors = factors::of(&app.db, account.as_ref().map_or(AccountId::NOBODY, |account| account.id)).await?;
    let demand = account.as_ref().map_or(Demand::Nothing, |account| {
        policy::demand(&app.config.second_factor, account.into(), !factors.is_empty(), app.clock.now())
    });
    let login = Login::after_password(account.as_ref(), outcome, &factors, demand);
    let (login, account, verified) = match (login, account, stored) {
        (Ok(login), Some(account), Some(stored)) => (login, account, stored),
        (login, account, _) => {
            let refused = match login.err() {
                Some(Refused::WrongPassword) | None if permit.is_silenced() => Refused::TooManyTries,
                other => other.unwrap_or(Refused::WrongPassword),
            };
            note_failure(app, account.as_ref(), identifier, refused, permit).await?;
            return Err(AppError::WrongCredentials);
        }
    };
    let anew = match outcome {
        // Where there is no room for another hash it stays as it is until the next sign-in: the password was right.
        Verified::RightButOutdated => app.hasher.hash(&password, app.randomness.bytes()).await.ok(),
        Verified::Right | Verified::Wrong => None,
    };
    let new = anew.unwrap_or_else(|| verified.clone());
    Ok(Right { account, login, demand, had_factors: !factors.is_empty(), verified, new, permit })
}

impl Right {
    /// Where the login stands, in the transaction that acts on it: the password is still the account's, and a second factor that was
    /// turned on while it was hashed is asked for. The permit if it is the account's no more, or is stored in another way now.
    async fn settle(self, tx: &mut Tx) -> Result<Result<(Login, Demand, Permit), Permit>, AppError> {
        let Self { account, login, demand, had_factors, verified, new, permit } = self;
        if !accounts::still_has(tx, account.id, &verified, &new).await? {
            return Ok(Err(permit));
        }
        permit.was_right(tx).await?;
        // Whoever turned it on expects to be asked for it from then on.
        let protected_since = !had_factors && factors::any_in(tx, account.id).await?;
        let login = if protected_since { login.now_with_second_factor() } else { login };
        Ok(Ok((login, demand, permit)))
    }
}

async fn note_failure(
    app: &App,
    account: Option<&Account>,
    identifier: &str,
    refused: Refused,
    permit: Permit,
) -> Result<(), AppError> {
    // Kept only as a keyed hash: people type their password into this field.
    let unknown = account.is_none().then(|| app.vault.unknown_identifier(&unicode::trim(identifier).to_lowercase()));
    let details =
        Details { reason: Some(refused.name().to_owned()), unknown_identifier: unknown, ..visitor::details() };
    let event = Event { kind: Kind::SignInFailed, account: account.map(|account| account.id), details };
    let mut tx = app.db.begin_recorded().await?;
    audit::record(&mut tx, &event).await?;
    permit.was_wrong(app, &mut tx).await?;
    tx.commit().await?;
    tracing::info!(reason = refused.name(), "a sign-in was refused");
    Ok(())
}
