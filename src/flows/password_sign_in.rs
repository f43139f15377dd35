//! A password as the first step of a sign-in, at whichever door it is given: the sign-in page, or a
//! program that asks for tokens.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::passwords::{Passwords, PlainPassword, StoredHash, Verified};
use crate::base::secret::Secret;
use crate::base::unicode;
use crate::domain::accounts::{self, Account, AccountId};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors;
use crate::domain::factors::policy::{self, Demand};
use crate::domain::limits::{self, Door, Permit};
use crate::domain::logins::{Login, Refused};
use crate::flows::password_checks;

/// How often a sign-in is begun anew because the hash became another one while the password was
/// checked.
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

/// Begins the sign-in of whoever is called `identifier`, if `password` is theirs; see [`check`] for
/// how it is refused.
///
/// Of two sign-ins at once the first may store the password anew, with today's parameters: the
/// other one, which held it against the hash before, is not refused for that but checks once more.
/// So does one whose password was changed meanwhile, and is refused then.
pub async fn begin(
    db: &Db,
    passwords: &Passwords,
    door: Door,
    identifier: &str,
    password: &Secret,
) -> Result<Begun, AppError> {
    for _ in 0..MOST_ROUNDS {
        let right = check(db, passwords, door, identifier, password).await?;
        if let Err(left) = db.visit().still_awaited() {
            right.permit.was_not_looked_at(db).await?;
            return Err(left);
        }
        let account = right.account.clone();
        let mut tx = db.begin_recorded().await?;
        match right.settle(&mut tx).await? {
            Ok((login, demand, permit)) => return Ok(Begun { tx, account, login, demand, permit }),
            Err(permit) => {
                drop(tx);
                permit.was_not_looked_at(db).await?;
            }
        }
    }
    Err(AppError::WrongCredentials)
}

/// Checks the password of whoever is called `identifier`. Refused with `WrongCredentials` whatever
/// was wrong, after one hash each time, and with an audit entry that says what it was; with
/// `TooManyTries` before anything is hashed, whoever it is about.
async fn check(
    db: &Db,
    passwords: &Passwords,
    door: Door,
    identifier: &str,
    password: &Secret,
) -> Result<Right, AppError> {
    // Empty or over-long: refused before anything is hashed, which tells nothing since no account
    // is asked.
    let password = PlainPassword::parse(password.0.clone()).map_err(|_| AppError::WrongCredentials)?;
    let account = accounts::find_by_identifier(db, identifier).await?;
    let permit = limits::before_password(db, door, identifier, account.as_ref().map(|account| account.id)).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    // Made for everybody: what is looked up for nobody alone would show.
    let stand_in =
        passwords.stand_ins.of(&db.vault().limit_key("stand-in", accounts::name_as_stored(identifier).as_bytes()));
    let (outcome, permit) =
        password_checks::verify(db, passwords, permit, &password, (stored.as_ref(), stand_in)).await?;

    let factors = factors::of(db, account.as_ref().map_or(AccountId::NOBODY, |account| account.id)).await?;
    let demand = account.as_ref().map_or(Demand::Nothing, |account| {
        policy::demand(&db.config().second_factor, account.into(), !factors.is_empty(), db.now())
    });
    let login = Login::after_password(account.as_ref(), outcome, &factors, demand);
    let (login, account, verified) = match (login, account, stored) {
        (Ok(login), Some(account), Some(stored)) => (login, account, stored),
        (login, account, _) => {
            let refused = match login.err() {
                Some(Refused::WrongPassword) | None if permit.is_silenced() => Refused::TooManyTries,
                other => other.unwrap_or(Refused::WrongPassword),
            };
            note_failure(db, account.as_ref(), identifier, refused, permit).await?;
            return Err(AppError::WrongCredentials);
        }
    };
    let anew = match outcome {
        // Where there is no room for another hash it stays as it is until the next sign-in: the
        // password was right.
        Verified::RightButOutdated => passwords.hasher.hash(&password, db.randomness().bytes()).await.ok(),
        Verified::Right | Verified::Wrong => None,
    };
    let new = anew.unwrap_or_else(|| verified.clone());
    Ok(Right { account, login, demand, had_factors: !factors.is_empty(), verified, new, permit })
}

impl Right {
    /// Where the login stands, in the transaction that acts on it: the password is still the
    /// account's, and a second factor that was turned on while it was hashed is asked for. The
    /// permit if it is the account's no more, or is stored in another way now.
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
    db: &Db,
    account: Option<&Account>,
    identifier: &str,
    refused: Refused,
    permit: Permit,
) -> Result<(), AppError> {
    // Kept only as a keyed hash: people type their password into this field.
    let unknown = account.is_none().then(|| db.vault().unknown_identifier(&unicode::trim(identifier).to_lowercase()));
    let details =
        Details { reason: Some(refused.name().to_owned()), unknown_identifier: unknown, ..Details::of_visitor() };
    let event = Event { kind: Kind::SignInFailed, account: account.map(|account| account.id), details };
    let mut tx = db.begin_recorded().await?;
    audit::record(&mut tx, &event).await?;
    permit.was_wrong(&mut tx).await?;
    tx.commit().await?;
    tracing::info!(reason = refused.name(), "a sign-in was refused");
    Ok(())
}
