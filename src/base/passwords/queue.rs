//! A queue of fixed length between the requests and the hashing threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub(super) struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
    limit: usize,
}

struct State<J> {
    waiting: VecDeque<J>,
    open: bool,
}

/// No room, or closed.
#[derive(Debug)]
pub(super) struct Full;

impl<J> Queue<J> {
    pub(super) fn new(limit: usize) -> Self {
        let state = State { waiting: VecDeque::new(), open: true };
        Self { state: Mutex::new(state), changed: Condvar::new(), limit: limit.max(1) }
    }

    /// Adds `job`. When there is no room, those that `is_abandoned` go first: clients that hang up
    /// at once must not keep the others out.
    pub(super) fn push(&self, job: J, is_abandoned: impl Fn(&J) -> bool) -> Result<(), Full> {
        let mut state = self.lock();
        if state.waiting.len() >= self.limit {
            state.waiting.retain(|waiting| !is_abandoned(waiting));
        }
        if !state.open || state.waiting.len() >= self.limit {
            return Err(Full);
        }
        state.waiting.push_back(job);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    pub(super) fn try_pop(&self) -> Option<J> {
        self.lock().waiting.pop_front()
    }

    /// Waits for a job; `None` once the queue is closed.
    pub(super) fn pop(&self) -> Option<J> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                return Some(job);
            }
            if !state.open {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no more jobs, drops those waiting, and wakes all that wait for one.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.open = false;
        state.waiting.clear();
        drop(state);
        self.changed.notify_all();
    }

    /// No code that can panic runs under this lock, so a poisoned one still guards a whole queue.
    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
