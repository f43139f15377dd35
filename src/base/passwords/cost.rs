//! What looking at one hash may cost, whoever made it and by whatever algorithm (ASVS 15.2.2).
//!
//! A stored hash names its own parameters, and anybody who knows somebody's name can have it looked
//! at. So the one with the highest price decides what a wrong password costs everybody else: there
//! is one cap for all formats, and today's own parameters are held to it too.

/// Memory of one hash, in KiB: 128 MiB, which is what OWASP asks of scrypt and more than Django
/// asks of Argon2. As many are computed at once as there are hashing threads.
pub(super) const MEMORY_CAP_KIB: u64 = 128 * 1024;
/// Time of one core, in milliseconds of the machine on which the figures below were taken
/// (docs/performance.md).
const TIME_CAP: u64 = 1000;

/// KiB of memory that Argon2 fills in a millisecond (memory × iterations): 128 MiB twenty times
/// over are a second.
const ARGON2_A_MILLISECOND: u64 = 2_650;
/// KiB that scrypt passes over in a millisecond (128·N·r·p bytes).
const SCRYPT_A_MILLISECOND: u64 = 350;
/// Iterations of PBKDF2 in a millisecond, with SHA-256.
const PBKDF2_A_MILLISECOND: u64 = 2_500;
/// Of bcrypt, two to the power of its cost.
const BCRYPT_A_MILLISECOND: u64 = 17;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    memory_kib: u64,
    milliseconds: u64,
}

/// Why a hash costs more than a sign-in may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AboveCap {
    #[error("more than 128 MiB of memory")]
    Memory,
    #[error("more than a second of one core")]
    Time,
}

impl Cost {
    pub(super) fn argon2(memory_kib: u32, iterations: u32) -> Self {
        let memory_kib = u64::from(memory_kib);
        Self { memory_kib, milliseconds: memory_kib * u64::from(iterations) / ARGON2_A_MILLISECOND }
    }

    /// `log_n` is the logarithm of N to base 2.
    pub(super) fn scrypt(log_n: u8, r: u32, p: u32) -> Self {
        // 128·N·r bytes are N·r/8 KiB; none of these products reaches the end of 128 bits, or
        // counts once it is far above the cap.
        let block_rows = u128::from(r) << log_n.min(64);
        let whole = |kib: u128| u64::try_from(kib.div_ceil(8)).unwrap_or(u64::MAX);
        Self {
            memory_kib: whole(block_rows),
            milliseconds: whole(block_rows.saturating_mul(p.into())) / SCRYPT_A_MILLISECOND,
        }
    }

    pub(super) fn pbkdf2(iterations: u32) -> Self {
        Self { memory_kib: 0, milliseconds: u64::from(iterations).div_ceil(PBKDF2_A_MILLISECOND) }
    }

    /// `cost` is the logarithm of its rounds to base 2.
    pub(super) fn bcrypt(cost: u32) -> Self {
        Self { memory_kib: 4, milliseconds: (1 << cost.min(32)) / BCRYPT_A_MILLISECOND }
    }

    pub(super) fn within_cap(self) -> Result<(), AboveCap> {
        if self.memory_kib > MEMORY_CAP_KIB {
            return Err(AboveCap::Memory);
        }
        if self.milliseconds > TIME_CAP { Err(AboveCap::Time) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_taken_up_to_the_cap_and_no_further() {
        for (dearest, beyond, why) in [
            (Cost::argon2(131_072, 20), Cost::argon2(131_073, 1), AboveCap::Memory),
            (Cost::argon2(65_536, 40), Cost::argon2(65_536, 41), AboveCap::Time),
            (Cost::argon2(8, 325_000), Cost::argon2(1_048_576, 20), AboveCap::Memory),
            (Cost::scrypt(17, 8, 2), Cost::scrypt(17, 9, 1), AboveCap::Memory),
            (Cost::scrypt(14, 8, 21), Cost::scrypt(14, 8, 22), AboveCap::Time),
            (Cost::scrypt(1, 1, 1), Cost::scrypt(255, u32::MAX, u32::MAX), AboveCap::Memory),
            (Cost::scrypt(1, 1, 1), Cost::scrypt(1, 1, u32::MAX), AboveCap::Time),
            (Cost::pbkdf2(2_500_000), Cost::pbkdf2(2_500_001), AboveCap::Time),
            (Cost::bcrypt(14), Cost::bcrypt(15), AboveCap::Time),
            (Cost::bcrypt(4), Cost::bcrypt(u32::MAX), AboveCap::Time),
        ] {
            assert_eq!(dearest.within_cap(), Ok(()), "{dearest:?}");
            assert_eq!(beyond.within_cap(), Err(why), "{beyond:?}");
        }
    }

    #[test]
    fn what_other_programs_make_by_default_is_within_the_cap() {
        for usual in [
            // OWASP, argon2-cffi and passlib, Django, RFC 9106 (the second choice).
            Cost::argon2(47_104, 1),
            Cost::argon2(65_536, 3),
            Cost::argon2(102_400, 2),
            // Werkzeug, Django, OWASP.
            Cost::scrypt(15, 8, 1),
            Cost::scrypt(14, 8, 5),
            Cost::scrypt(17, 8, 1),
            // Django in 2026, OWASP.
            Cost::pbkdf2(1_500_000),
            Cost::pbkdf2(1_400_000),
            Cost::bcrypt(12),
        ] {
            assert_eq!(usual.within_cap(), Ok(()), "{usual:?}");
        }
    }
}
