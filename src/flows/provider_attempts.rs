//! Going to another service: to sign in with it, to link it, or to prove there once more who one
//! is.

use crate::base::db::Db;
use crate::base::error::AppError;
use crate::base::one_use_token::OneUseToken;
use crate::base::paths::Then;
use crate::domain::limits::proofs;
use crate::domain::providers::attempts::{self, Attempt, Purpose};
use crate::domain::providers::{Freshness, Provider};
use crate::domain::sessions::Keep;

/// An attempt that has begun.
pub struct Begun {
    /// What binds it to this browser.
    pub browser: OneUseToken,
    /// What the provider gives back with its answer.
    pub state: OneUseToken,
}

/// Begins an attempt in the browser that is known by `browser`, if it has made one before.
pub async fn begin(
    db: &Db,
    provider: &Provider,
    browser: Option<OneUseToken>,
    purpose: Purpose,
    (keep, then): (Keep, Then),
) -> Result<Begun, AppError> {
    let now = db.now();
    proofs::may_begin_at_provider(db).await?;
    // One that is down is told where the button is, not on a page of its own.
    provider.ready(now).await.map_err(|_| AppError::ProviderUnavailable)?;
    let attempt = Attempt { provider: provider.name, purpose, keep, then, begun_at: now };
    let browser = browser.unwrap_or_else(|| OneUseToken::new(db.randomness()));
    let mut tx = db.begin().await?;
    proofs::begin_at_provider(&mut tx).await?;
    let state = attempts::start(&mut tx, db.randomness(), &browser, &attempt, provider.issuer()).await?;
    tx.commit().await?;
    Ok(Begun { browser, state })
}

/// What an attempt asks of the provider.
pub fn freshness(attempt: &Attempt) -> Freshness {
    match attempt.purpose {
        Purpose::SignIn | Purpose::Link(_) => Freshness::Any,
        Purpose::Confirm(_) => Freshness::Since(attempt.begun_at),
    }
}
