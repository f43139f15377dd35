//! Argon2id on threads of its own, behind a queue with an end.
//!
//! A hash costs 19 MiB and tens of milliseconds by design. Run on the request threads it would
//! stall every other answer; run without a bound, a flood of sign-ins would take all memory. So: as
//! many hashes at once as there are threads, a queue of fixed length in front of them, and "busy"
//! at once when that is full.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Params};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::cost::AboveCap;
use super::foreign::{Foreign, Known};
use super::parameters::{Target, cost_of};
use super::queue::{Full, Queue};
use super::{PlainPassword, StoredHash};

/// glibc maps a block above 32 MiB by itself and gives it back when freed; a smaller one may stay
/// in its heap for good (M_MMAP_THRESHOLD in mallopt(3)). Room that is never touched costs nothing.
const MINIMUM_ROOM_BLOCKS: usize = 33 * 1024;

/// Salt of what an unknown person's password is held against.
const NOBODY: &[u8; 16] = b"nobody's account";

/// How hard hashing is and how much of it may go on at once.
#[derive(Clone, Debug)]
pub struct HashSettings {
    /// Memory of one hash in KiB. OWASP's minimum and the default: 19456, with 2 iterations.
    pub memory_kib: u32,
    pub iterations: u32,
    /// Lanes of one hash. They are computed in turn, so more of them make no hash quicker here.
    pub parallelism: u32,
    /// Hashes at once; 0 for one for each core. Peak memory is this × `memory_kib`.
    pub threads: usize,
    /// How many more may wait; the next is refused with [`HashRefused::Busy`].
    pub queue: usize,
}

impl Default for HashSettings {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1, threads: 0, queue: 64 }
    }
}

/// Why the hasher could not be started.
#[derive(Debug, thiserror::Error)]
pub enum HasherNotStarted {
    #[error("password hashing parameters are out of range: {0}")]
    Parameters(argon2::Error),
    #[error("a password hash with these parameters takes {0}")]
    AboveCap(#[from] AboveCap),
    #[error("a password hashing thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Why a password was neither hashed nor checked. Both are answered 503 with Retry-After.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashRefused {
    #[error("the password hashing queue is full")]
    Busy,
    /// Shutting down, out of memory, or a fault in the thread.
    #[error("password hashing failed")]
    Failed,
}

/// What came of checking a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verified {
    Wrong,
    Right,
    /// Right, but stored with less than today's parameters, by another program or not in NFC: hash
    /// it anew while it is at hand.
    RightButOutdated,
}

/// The only place where passwords are hashed. Dropping it ends its threads once they have done the
/// hash at hand.
pub struct Hasher {
    queue: Arc<Queue<Job>>,
    work: Arc<AtomicU64>,
    today: String,
}

enum Job {
    Hash {
        password: Zeroizing<String>,
        salt: [u8; 16],
        answer: oneshot::Sender<Result<StoredHash, HashRefused>>,
    },
    Verify {
        forms: Forms,
        stored: Option<StoredHash>,
        /// Whether it can be right; otherwise only the time is spent.
        in_earnest: bool,
        answer: oneshot::Sender<Result<Verified, HashRefused>>,
    },
}

/// What a password is held against.
enum Against {
    /// Without an output it is never right.
    Argon2(Target, Option<Output>),
    Foreign(Foreign),
}

/// A typed password in every form it is tried in.
struct Forms {
    as_typed: Zeroizing<String>,
    nfc: Option<Zeroizing<String>>,
}

impl Hasher {
    /// Starts the threads.
    ///
    /// # Errors
    /// Parameters that Argon2 or the caps for stored hashes don't allow; no thread to be had.
    pub fn start(settings: &HashSettings) -> Result<Self, HasherNotStarted> {
        let params = Params::new(settings.memory_kib, settings.iterations, settings.parallelism, None)
            .map_err(HasherNotStarted::Parameters)?;
        cost_of(&params).within_cap()?;
        let threads = match settings.threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let today = format!(
            "${}$v=19$m={},t={},p={}$",
            Algorithm::Argon2id.ident(),
            params.m_cost(),
            params.t_cost(),
            params.p_cost()
        );
        // Made before any thread, so that a thread that can't be started closes the queue to the
        // others.
        let hasher = Self { queue: Arc::new(Queue::new(settings.queue)), work: Arc::default(), today };
        for number in 1..=threads {
            let queue = Arc::clone(&hasher.queue);
            let worker = Worker { current: params.clone(), memory: Vec::new(), work: Arc::clone(&hasher.work) };
            thread::Builder::new().name(format!("password-hash-{number}")).spawn(move || work(&queue, worker))?;
        }
        Ok(hasher)
    }

    /// Hashes a new password, in NFC, with `salt` fresh from the random number generator.
    ///
    /// # Errors
    /// [`HashRefused::Busy`] at once when the queue is full.
    pub async fn hash(&self, password: &PlainPassword, salt: [u8; 16]) -> Result<StoredHash, HashRefused> {
        let (answer, answered) = oneshot::channel();
        self.send(Job::Hash { password: password.to_hashed_form(), salt, answer })?;
        answered.await.unwrap_or(Err(HashRefused::Failed))
    }

    /// Checks `password` against what is stored: as typed, and in NFC where that differs.
    ///
    /// `None` (nobody by that name, or nobody with a password) is always `Wrong` and costs what a
    /// check costs. How many hashes are computed depends on what was typed alone, and a stored hash
    /// cheaper than today's parameters is made up to them, so the time tells nothing about the
    /// account (ASVS 6.3.8). One dearer than today's does take longer, and a hash of another
    /// program costs its own time besides one of today's: [`super::stand_ins`] says how that is
    /// kept from telling anything.
    ///
    /// # Errors
    /// [`HashRefused::Busy`] at once when the queue is full.
    pub async fn verify(&self, password: &PlainPassword, stored: Option<StoredHash>) -> Result<Verified, HashRefused> {
        self.check(password, stored, true).await
    }

    /// Spends what [`Hasher::verify`] would spend on `stored`, and is never right.
    ///
    /// # Errors
    /// [`HashRefused::Busy`] at once when the queue is full.
    pub async fn pretend(&self, password: &PlainPassword, stored: Option<StoredHash>) -> Result<Verified, HashRefused> {
        self.check(password, stored, false).await
    }

    async fn check(
        &self,
        password: &PlainPassword,
        stored: Option<StoredHash>,
        in_earnest: bool,
    ) -> Result<Verified, HashRefused> {
        let (answer, answered) = oneshot::channel();
        let forms = Forms { as_typed: password.0.clone(), nfc: password.in_nfc() };
        self.send(Job::Verify { forms, stored, in_earnest, answer })?;
        answered.await.unwrap_or(Err(HashRefused::Failed))
    }

    /// What every hash begins with that is made today.
    pub fn today(&self) -> &str {
        &self.today
    }

    /// What has been computed so far, in KiB of memory filled: the same for two sign-ins that cost
    /// the same, however busy the machine is.
    pub fn work_done(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }

    fn send(&self, job: Job) -> Result<(), HashRefused> {
        self.queue.push(job, Job::is_abandoned).map_err(|Full| HashRefused::Busy)
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Job {
    /// Nobody waits for the answer: the request was cancelled or timed out.
    fn is_abandoned(&self) -> bool {
        match self {
            Self::Hash { answer, .. } => answer.is_closed(),
            Self::Verify { answer, .. } => answer.is_closed(),
        }
    }
}

fn work(queue: &Queue<Job>, mut worker: Worker) {
    // Linux nices the one thread; elsewhere nice() is for the whole process, which must stay quick.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(5) {
        tracing::debug!(%error, "password hashing thread keeps its priority");
    }
    loop {
        let job = match queue.try_pop() {
            Some(job) => job,
            None => {
                // Idle: the memory goes back to the system until somebody signs in again.
                worker.memory = Vec::new();
                match queue.pop() {
                    Some(job) => job,
                    None => return,
                }
            }
        };
        if job.is_abandoned() {
            continue;
        }
        // A thread lost to a panic would never come back; its caller gets `Failed` either way.
        if panic::catch_unwind(AssertUnwindSafe(|| worker.run(job))).is_err() {
            tracing::error!("a password hash panicked");
            worker.memory = Vec::new();
        }
    }
}

/// One thread's tools. The memory is kept from one hash to the next while there is work: having the
/// system map and clear 19 MiB anew for each one takes half as long again (measured: 23 ms for 15).
struct Worker {
    current: Params,
    memory: Vec<argon2::Block>,
    work: Arc<AtomicU64>,
}

impl Worker {
    fn run(&mut self, job: Job) {
        // The receiver may have gone meanwhile; nobody minds then.
        match job {
            Job::Hash { password, salt, answer } => drop(answer.send(self.hash(&password, &salt))),
            Job::Verify { forms, stored, in_earnest, answer } => {
                let verified = self.verify(&forms, stored.as_ref());
                let _ = answer.send(verified.map(|verified| if in_earnest { verified } else { Verified::Wrong }));
            }
        }
    }

    fn hash(&mut self, password: &str, salt: &[u8; 16]) -> Result<StoredHash, HashRefused> {
        let target = Target::of_today(&self.current, salt).map_err(failed)?;
        let output = self.compute(password, &target)?;
        let phc = PasswordHash {
            algorithm: target.algorithm.ident(),
            version: Some(target.version.into()),
            params: (&target.params).try_into().map_err(failed)?,
            salt: Some(target.salt),
            hash: Some(output),
        };
        Ok(StoredHash(phc.to_string()))
    }

    fn verify(&mut self, forms: &Forms, stored: Option<&StoredHash>) -> Result<Verified, HashRefused> {
        let known = stored.and_then(|stored| {
            Known::of_stored(stored)
                .inspect_err(|reason| tracing::error!(%reason, "a stored password hash can't be checked: nobody can sign in with it"))
                .ok()
        });
        // What an unknown person's password is held against: as dear as a real one, and never
        // right.
        let against = match known {
            Some(Known::Argon2(target, expected)) => Against::Argon2(target, Some(expected)),
            Some(Known::Foreign(foreign)) => Against::Foreign(foreign),
            None => Against::Argon2(Target::of_today(&self.current, NOBODY).map_err(failed)?, None),
        };
        let as_typed = self.matches(&forms.as_typed, &against)?;
        let in_nfc = match &forms.nfc {
            Some(nfc) => self.matches(nfc, &against)?,
            None => false,
        };
        // Stored as it was typed and not in NFC: the next keyboard may not get in. Stored anew, it
        // will.
        let stored_unnormalised = as_typed && forms.nfc.is_some();
        let right = if as_typed { Some(&forms.as_typed) } else { forms.nfc.as_ref().filter(|_| in_nfc) };
        Ok(match (right, against) {
            (None, _) => Verified::Wrong,
            (Some(password), Against::Foreign(foreign)) if foreign.reads_all_of(password) => Verified::RightButOutdated,
            (Some(_), Against::Foreign(_)) => Verified::Right,
            (Some(_), Against::Argon2(target, _)) if stored_unnormalised || target.is_outdated(&self.current) => {
                Verified::RightButOutdated
            }
            (Some(_), Against::Argon2(..)) => Verified::Right,
        })
    }

    fn matches(&mut self, password: &str, against: &Against) -> Result<bool, HashRefused> {
        match against {
            Against::Argon2(target, expected) => {
                let output = self.compute(password, target)?;
                if let Some(rest) = target.missing_to(&self.current) {
                    self.compute(password, &Target { params: rest, ..target.clone() })?;
                }
                // `Output` compares in constant time.
                Ok(expected.as_ref().is_some_and(|expected| *expected == output))
            }
            // The whole of a hash of today's beside it: whatever the other one costs, it is never
            // answered sooner than an own one.
            Against::Foreign(foreign) => {
                let today = Target::of_today(&self.current, NOBODY).map_err(failed)?;
                self.compute(password, &today)?;
                Ok(foreign.is_of(password))
            }
        }
    }

    fn compute(&mut self, password: &str, target: &Target) -> Result<Output, HashRefused> {
        // As much as a hash of today's even for a smaller one: clearing it is a part of what a
        // check costs.
        let blocks = target.params.block_count().max(self.current.block_count());
        if self.memory.capacity() < blocks {
            self.memory = Vec::new();
            let room = blocks.max(MINIMUM_ROOM_BLOCKS);
            self.memory.try_reserve_exact(room).map_err(failed)?;
        }
        if self.memory.len() < blocks {
            self.memory.resize(blocks, argon2::Block::default());
        }
        let argon2 = Argon2::new(target.algorithm, target.version, target.params.clone());
        let length = target.params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut output = Zeroizing::new([0; Output::MAX_LENGTH]);
        let output = output.get_mut(..length).ok_or(HashRefused::Failed)?;
        argon2
            .hash_password_into_with_memory(password.as_bytes(), &target.salt, output, &mut self.memory)
            .map_err(failed)?;
        // Before anybody is answered, so that whoever was can read it.
        self.work.fetch_add(u64::from(target.params.m_cost()) * u64::from(target.params.t_cost()), Ordering::Relaxed);
        Output::new(output).map_err(failed)
    }
}

fn failed(error: impl std::fmt::Display) -> HashRefused {
    tracing::error!(%error, "a password could not be hashed");
    HashRefused::Failed
}

#[cfg(test)]
#[path = "hasher_tests.rs"]
mod tests;
