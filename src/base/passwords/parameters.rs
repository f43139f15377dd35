//! What an Argon2 hash depends on: read from a stored one, or today's.

use argon2::password_hash::phc::{self, Output, PasswordHash, Salt};
use argon2::{Algorithm, Params, Version};

use super::StoredHash;
use super::cost::{AboveCap, Cost};

/// All that decides what a password hashes to.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) params: Params,
    pub(super) salt: Salt,
}

/// Why a stored hash can't be checked. Says nothing of its content: it goes to the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error("not a PHC string: {0}")]
    Malformed(phc::Error),
    #[error("not an Argon2 hash with parameters known here: {0}")]
    Unsupported(argon2::password_hash::Error),
    #[error("no salt of at least 8 bytes, no hash, or a key id")]
    Incomplete,
    #[error(transparent)]
    AboveCap(#[from] AboveCap),
}

impl Target {
    pub(super) fn of_today(current: &Params, salt: &[u8; 16]) -> Result<Self, phc::Error> {
        Ok(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params: current.clone(),
            salt: Salt::new(salt)?,
        })
    }

    pub(super) fn of_stored(stored: &StoredHash) -> Result<(Self, Output), Unusable> {
        let phc = PasswordHash::new(stored.as_str()).map_err(Unusable::Malformed)?;
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).map_err(Unusable::Unsupported)?;
        // The reference implementation wrote no version before 1.3.
        let version = phc.version.map_or(Ok(Version::V0x10), Version::try_from);
        let version = version.map_err(|error| Unusable::Unsupported(error.into()))?;
        let params = Params::try_from(&phc).map_err(Unusable::Unsupported)?;
        let (Some(salt), Some(expected)) = (phc.salt, phc.hash) else {
            return Err(Unusable::Incomplete);
        };
        if salt.len() < argon2::MIN_SALT_LEN || !params.keyid().is_empty() {
            return Err(Unusable::Incomplete);
        }
        cost_of(&params).within_cap()?;
        Ok((Self { algorithm, version, params, salt }, expected))
    }

    /// Weaker than today's in kind or in any parameter.
    pub(super) fn is_outdated(&self, current: &Params) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.params.m_cost() < current.m_cost()
            || self.params.t_cost() < current.t_cost()
            || self.params.p_cost() < current.p_cost()
    }

    /// Parameters of the work that brings this hash up to the cost of today's, if it is cheaper.
    /// The time of a hash goes with memory × iterations.
    pub(super) fn missing_to(&self, current: &Params) -> Option<Params> {
        let cost = |params: &Params| u64::from(params.m_cost()) * u64::from(params.t_cost());
        let missing = cost(current).checked_sub(cost(&self.params))?;
        let iterations = missing.div_ceil(u64::from(current.m_cost())).max(1);
        let memory = u32::try_from(missing / iterations).ok()?;
        Params::new(memory, u32::try_from(iterations).ok()?, 1, None).ok()
    }
}

pub(super) fn cost_of(params: &Params) -> Cost {
    Cost::argon2(params.m_cost(), params.t_cost())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_cheaper_stored_hash_is_made_up_to_the_cost_of_todays() {
        let cost = |params: &Params| u64::from(params.m_cost()) * u64::from(params.t_cost());
        let today = Params::new(19_456, 2, 1, None).unwrap();
        for (memory, iterations) in [(19_456, 1), (9_216, 1), (8, 1), (19_000, 2), (4_096, 3)] {
            let params = Params::new(memory, iterations, 1, None).unwrap();
            let cheaper = Target { params: params.clone(), ..Target::of_today(&today, b"sixteen bytes ok").unwrap() };
            let total = cost(&params) + cost(&cheaper.missing_to(&today).unwrap());
            assert!(total.abs_diff(cost(&today)) <= 2, "{memory} × {iterations}: {total}");
        }
        assert!(Target::of_today(&today, b"sixteen bytes ok").unwrap().missing_to(&today).is_none());
    }
}
