//! What can be done, and a session as it should be.

use crate::browser::Browser;
use doorward::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use doorward::domain::sessions::{EndReason, Keep, SessionHandle};
use proptest::prelude::*;
use std::time::Duration;

pub const MOST_SESSIONS: u16 = 5;

/// Sessions are named by a number: of those there are, the one at that place, counted around.
#[derive(Clone, Debug)]
pub enum Step {
    Start(Keep),
    /// A request, at one of several doors.
    Use(usize, usize),
    /// What an open page asks by itself.
    Watch(usize),
    /// A proof and the new id that it brings: a confirmation, or a password change.
    Cycle(usize),
    /// A request that still has the id before the newest.
    UseOld(usize),
    Advance(Duration),
    TurnBack(Duration),
    SignOut(usize),
    End {
        by: usize,
        which: usize,
        not_me: bool,
    },
    EndOthers(usize),
    /// As an administrator, the command line, a new sign-in in the same browser or a change of
    /// browser do.
    EndFor(usize, EndReason),
    PasswordReset,
    Tidy {
        put_back: bool,
    },
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let session = || 0..usize::from(MOST_SESSIONS);
    let keep = prop_oneof![Just(Keep::Ordinary), Just(Keep::Remembered), Just(Keep::Shared)];
    let seconds = |most: u64| (0..most).prop_map(Duration::from_secs);
    // The lengths of time that mean something, and anything between.
    let exactly = prop::sample::select(vec![59, 60, 300, 301, 599, 600, 900, 3_600, 43_200, 604_800, 2_592_000]);
    let ahead = prop_oneof![
        4 => seconds(120), 3 => seconds(900), 2 => seconds(7_200), 1 => seconds(700_000), 3 => exactly.prop_map(Duration::from_secs),
    ];
    let reason = prop::sample::select(vec![
        EndReason::EndedByAdmin,
        EndReason::Replaced,
        EndReason::UserAgentChanged,
        EndReason::NetworkChanged,
    ]);
    let step = prop_oneof![
        5 => keep.prop_map(Step::Start),
        6 => (session(), 0..DOORS.len()).prop_map(|(session, door)| Step::Use(session, door)),
        2 => session().prop_map(Step::Watch),
        3 => session().prop_map(Step::Cycle),
        2 => session().prop_map(Step::UseOld),
        5 => ahead.prop_map(Step::Advance),
        2 => prop_oneof![seconds(301), seconds(3_601)].prop_map(Step::TurnBack),
        1 => session().prop_map(Step::SignOut),
        2 => (session(), session(), any::<bool>()).prop_map(|(by, which, not_me)| Step::End { by, which, not_me }),
        1 => session().prop_map(Step::EndOthers),
        1 => (session(), reason).prop_map(|(session, reason)| Step::EndFor(session, reason)),
        1 => Just(Step::PasswordReset),
        2 => any::<bool>().prop_map(|put_back| Step::Tidy { put_back }),
    ];
    prop::collection::vec(step, 1..40)
}

pub const DOORS: [&str; 3] = ["/form/stay-signed-in", "/account/state", "/account/activity.json"];

/// What a session should be. Times are those of the world's clock.
pub struct Model {
    pub handle: SessionHandle,
    pub browser: Browser,
    /// Ids that it had before.
    pub old: Vec<Browser>,
    pub keep: Keep,
    pub started: UnixMicros,
    pub confirmed: UnixMicros,
    pub seen: UnixMicros,
    pub ended: Option<EndReason>,
}

impl Model {
    pub fn new(browser: Browser, handle: SessionHandle, keep: Keep, now: UnixMicros) -> Self {
        Self { handle, browser, old: Vec::new(), keep, started: now, confirmed: now, seen: now, ended: None }
    }

    /// Hours and minutes as promised, not as configured.
    pub fn idle_and_absolute(&self) -> (UnixMicros, UnixMicros) {
        let (idle, absolute) = match self.keep {
            Keep::Ordinary => (3_600, 43_200),
            Keep::Remembered | Keep::Program => (604_800, 2_592_000),
            Keep::Shared => (900, 43_200),
        };
        (self.seen.after(Duration::from_secs(idle)), self.started.after(Duration::from_secs(absolute)))
    }

    pub fn is_over(&self, now: UnixMicros) -> bool {
        let (idle, absolute) = self.idle_and_absolute();
        idle <= now || absolute <= now
    }

    pub fn is_listed(&self, now: UnixMicros) -> bool {
        self.ended.is_none() && !self.is_over(now)
    }

    pub fn is_live(&self, now: UnixMicros) -> bool {
        self.is_listed(now) && self.started <= now.after(CLOCK_TOLERANCE)
    }

    pub fn is_recent(&self, now: UnixMicros) -> bool {
        self.confirmed <= now.after(CLOCK_TOLERANCE) && self.confirmed.after(Duration::from_secs(600)) > now
    }

    pub fn use_it(&mut self, now: UnixMicros) {
        let is_due = now >= self.seen.after(Duration::from_secs(60)) || self.seen > now.after(CLOCK_TOLERANCE);
        if is_due {
            self.seen = now;
        }
    }

    pub fn end(&mut self, reason: EndReason) {
        self.ended.get_or_insert(reason);
    }
}
