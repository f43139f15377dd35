//! Apps that make codes from a shared key and the time (RFC 6238).

use super::{bare, changed};
use crate::base::clock::{Randomness, UnixMicros};
use crate::base::config::{SecondFactorConfig, TotpAlgorithm};
use crate::base::db::{Db, Tx, on, read};
use crate::base::error::AppError;
use crate::base::vault::Vault;
use crate::domain::accounts::AccountId;
use crate::domain::devices::DeviceName;
use data_encoding::BASE32_NOPAD;
use std::fmt;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use uuid::Uuid;
use zeroize::Zeroizing;

/// 160 bits, as RFC 4226 §4 recommends.
const SEED_BYTES: usize = 20;
/// Steps by which a clock may be off, each way, and people may be slow: a code counts for at most
/// 90 seconds (RFC 6238 §5.2).
const TOLERANCE: u16 = 1;
/// Steps within which a code that is right but not now shows that a clock is wrong.
const NOTICEABLE: u16 = 10;
/// Authenticators of one account: each makes a guess likelier to be right.
const MOST: i64 = 10;

/// Names an authenticator; never a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct AuthenticatorId(pub Uuid);

/// How an app makes its codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    pub algorithm: TotpAlgorithm,
    /// 6 or 8.
    pub digits: u16,
    /// Seconds of a step.
    pub period: u32,
}

impl Parameters {
    /// Those that new apps are given.
    pub fn of(config: &SecondFactorConfig) -> Self {
        Self { algorithm: config.algorithm, digits: config.digits, period: config.period }
    }
}

/// What the server and the app share. Never logged, never stored but sealed.
#[derive(Clone)]
pub struct Key {
    seed: Zeroizing<[u8; SEED_BYTES]>,
    parameters: Parameters,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// How a code stands to the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It is the code of this step, which is now or next to it.
    Now(i64),
    /// It was right a few minutes ago, or will be in a few.
    ClockOff,
    Not,
}

impl Key {
    pub fn new(randomness: &Randomness, parameters: Parameters) -> Self {
        Self { seed: Zeroizing::new(randomness.bytes()), parameters }
    }

    /// As a draft holds it: parameters and seed, in words.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let Parameters { algorithm, digits, period } = self.parameters;
        let seed = Zeroizing::new(BASE32_NOPAD.encode(self.seed.as_slice()));
        Zeroizing::new(format!("{algorithm} {digits} {period} {}", *seed).into_bytes())
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(bytes).ok()?.split(' ');
        let algorithm = parts.next()?.parse().ok()?;
        let (digits, period) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let seed = Zeroizing::new(BASE32_NOPAD.decode(parts.next()?.as_bytes()).ok()?);
        Some(Self { seed: as_seed(&seed)?, parameters: Parameters { algorithm, digits, period } })
    }

    pub fn parameters(&self) -> Parameters {
        self.parameters
    }

    /// For typing into an app: base32 in groups of four.
    pub fn grouped(&self) -> Zeroizing<String> {
        let text = Zeroizing::new(BASE32_NOPAD.encode(self.seed.as_slice()));
        let mut grouped = Zeroizing::new(String::with_capacity(text.len() * 5 / 4));
        for (at, letter) in text.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(letter);
        }
        grouped
    }

    /// The `otpauth:` link that apps read, from a QR code or by a tap.
    pub fn link(&self, site: &str, account: &str) -> Option<Zeroizing<String>> {
        // A colon parts site and account.
        let plain = |text: &str| text.replace(':', " ").trim().to_owned();
        let totp = self.builder().with_issuer(Some(plain(site))).with_account_name(plain(account)).build();
        let link = totp.and_then(|totp| totp.to_url());
        link.inspect_err(|error| tracing::error!(%error, "an otpauth link can't be made")).ok().map(Zeroizing::new)
    }

    /// The code of the step that `at` lies in.
    pub fn code(&self, at: UnixMicros) -> Option<Zeroizing<String>> {
        self.totp(TOLERANCE).map(|totp| Zeroizing::new(totp.generate(seconds(at)).to_string()))
    }

    /// For a first code: says so if a clock is off. Only to somebody who holds the seed; to others
    /// it would tell when a guess was near.
    pub fn judge(&self, typed: &str, now: UnixMicros) -> Stands {
        let step = |tolerance| typed_step(self.totp(tolerance), typed, now);
        match step(TOLERANCE) {
            Some(step) => Stands::Now(step),
            None if step(NOTICEABLE).is_some() => Stands::ClockOff,
            None => Stands::Not,
        }
    }

    fn totp(&self, tolerance: u16) -> Option<Totp> {
        let totp = self.builder().with_skew(tolerance).build();
        totp.inspect_err(|error| tracing::error!(%error, "an authenticator's parameters can't be used")).ok()
    }

    fn builder(&self) -> Builder {
        let Parameters { algorithm, digits, period } = self.parameters;
        let algorithm = match algorithm {
            TotpAlgorithm::Sha1 => Algorithm::SHA1,
            TotpAlgorithm::Sha256 => Algorithm::SHA256,
            TotpAlgorithm::Sha512 => Algorithm::SHA512,
        };
        let secret = Secret::new_stack(*self.seed);
        Builder::new()
            .with_secret(secret)
            .with_algorithm(algorithm)
            .with_digits(u8::try_from(digits).unwrap_or(u8::MAX))
            .with_step_duration(period.into())
    }
}

fn as_seed(bytes: &[u8]) -> Option<Zeroizing<[u8; SEED_BYTES]>> {
    bytes.try_into().ok().map(Zeroizing::new)
}

/// Before 1970 there are no steps.
fn seconds(at: UnixMicros) -> u64 {
    u64::try_from(at.0 / 1_000_000).unwrap_or(0)
}

fn typed_step(totp: Option<Totp>, typed: &str, now: UnixMicros) -> Option<i64> {
    let code = self::typed(typed)?;
    totp?.check(&code, seconds(now)).and_then(|step| i64::try_from(step).ok())
}

/// The digits of a code, if it can be one.
pub(super) fn typed(typed: &str) -> Option<Zeroizing<String>> {
    let digits = bare(typed);
    ((6..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// An app of an account, without what it shares with us.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Authenticator {
    pub id: AuthenticatorId,
    /// What its owner calls it, if anything.
    pub name: Option<String>,
    pub created_at: UnixMicros,
    pub last_used_at: Option<UnixMicros>,
}

/// The account's authenticators, oldest first.
pub async fn list(db: &Db, account: AccountId) -> Result<Vec<Authenticator>, sqlx::Error> {
    const LIST: &str = "SELECT id, name, created_at, last_used_at \
        FROM totp_authenticators \
        WHERE account_id = $1 \
        ORDER BY created_at, id";
    read!(db, |pool| sqlx::query_as(LIST).bind(account).fetch_all(pool).await)
}

pub async fn count(tx: &mut Tx, account: AccountId) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM totp_authenticators WHERE account_id = $1";
    on!(tx, |connection| sqlx::query_scalar(COUNT).bind(account).fetch_one(connection).await)
}

/// An authenticator that its owner has just proved to hold.
pub struct Confirmed<'a> {
    pub key: &'a Key,
    pub name: &'a DeviceName,
    /// The step of the code that proved it; no code of this step or an older one counts from now
    /// on.
    pub step: i64,
}

/// Adds an authenticator, and gives how many the account had before.
pub async fn add(tx: &mut Tx, account: AccountId, confirmed: Confirmed<'_>) -> Result<i64, AppError> {
    const ADD: &str = "INSERT INTO totp_authenticators (id, account_id, name, sealed, algorithm, \
            digits, period, last_step, created_at, last_used_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    let now = tx.now();
    let before = count(tx, account).await?;
    if before >= MOST {
        return Err(AppError::TooManyAuthenticators);
    }
    let Confirmed { key, name, step } = confirmed;
    let id = AuthenticatorId(tx.randomness().id(now));
    let sealed = tx.vault().seal_factor(&row(id, account), key.seed.as_slice()).map_err(|error| {
        tracing::error!(%error, "a key could not be sealed");
        AppError::Internal
    })?;
    on!(tx, |connection| {
        sqlx::query(ADD)
            .bind(id)
            .bind(account)
            .bind(name.as_deref())
            .bind(sealed)
            .bind(key.parameters.algorithm.to_string())
            .bind(i64::from(key.parameters.digits))
            .bind(i64::from(key.parameters.period))
            .bind(step)
            .bind(now)
            .execute(connection)
            .await?;
    });
    changed(tx, account).await?;
    Ok(before)
}

/// What a sealed seed is bound to: put into another row, or given to another account, it can't be
/// opened.
fn row(id: AuthenticatorId, account: AccountId) -> Vec<u8> {
    [b"totp_authenticators".as_slice(), id.0.as_bytes(), account.0.as_bytes()].concat()
}

/// Gives an authenticator of `account` another name; false if there is none.
pub async fn name(
    tx: &mut Tx,
    account: AccountId,
    id: AuthenticatorId,
    name: &DeviceName,
) -> Result<bool, sqlx::Error> {
    const NAME: &str = "UPDATE totp_authenticators SET name = $3 WHERE id = $1 AND account_id = $2";
    let named = on!(tx, |connection| sqlx::query(NAME)
        .bind(id)
        .bind(account)
        .bind(name.as_deref())
        .execute(connection)
        .await?
        .rows_affected());
    Ok(named == 1)
}

pub(super) async fn remove(tx: &mut Tx, account: AccountId, id: AuthenticatorId) -> Result<bool, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM totp_authenticators WHERE id = $1 AND account_id = $2";
    let removed =
        on!(tx, |connection| sqlx::query(REMOVE).bind(id).bind(account).execute(connection).await?.rows_affected());
    Ok(removed == 1)
}

#[derive(sqlx::FromRow)]
struct Stored {
    id: AuthenticatorId,
    sealed: Vec<u8>,
    algorithm: String,
    digits: i64,
    period: i64,
}

impl Stored {
    fn key(&self, vault: &Vault, account: AccountId) -> Option<Key> {
        let opened = vault.open_factor(&row(self.id, account), &self.sealed);
        let seed = opened.inspect_err(|error| tracing::error!(authenticator = %self.id.0, %error, "a seed")).ok()?;
        let parameters = Parameters {
            algorithm: self.algorithm.parse().ok()?,
            digits: self.digits.try_into().ok()?,
            period: self.period.try_into().ok()?,
        };
        Some(Key { seed: as_seed(&seed)?, parameters })
    }
}

/// Uses up `code` if one of the account's authenticators makes it now; false if none does, or it
/// was used before.
pub(super) async fn take(
    tx: &mut Tx,
    vault: &Vault,
    account: AccountId,
    code: &str,
    now: UnixMicros,
) -> Result<bool, sqlx::Error> {
    const LIST: &str = "SELECT id, sealed, algorithm, digits, period \
        FROM totp_authenticators \
        WHERE account_id = $1 \
        ORDER BY COALESCE(last_used_at, created_at) DESC, id";
    // Compared and stored at once: of two who send the same code, one finds the other's step.
    const USE: &str = "UPDATE totp_authenticators \
        SET last_step = $2, last_used_at = $3 \
        WHERE id = $1 AND last_step < $2";
    let stored: Vec<Stored> = on!(tx, |connection| sqlx::query_as(LIST).bind(account).fetch_all(connection).await)?;
    for stored in stored {
        let totp = stored.key(vault, account).and_then(|key| key.totp(TOLERANCE));
        let Some(step) = typed_step(totp, code, now) else { continue };
        let used = on!(tx, |connection| sqlx::query(USE)
            .bind(stored.id)
            .bind(step)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        if used == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
