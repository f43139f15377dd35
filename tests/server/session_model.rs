//! Sessions against a plain model of them: whatever is done in whatever order, exactly those are
//! let in that the model lets in.
//!
//! Each case is a sequence of steps on the sessions of one account. A failing one is made smaller
//! and shown with its seed; `DOORWARD_TEST_SEED` runs that seed again.

mod model;

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::world::World;
use doorward::base::clock::{CLOCK_TOLERANCE, Randomness, UnixMicros};
use doorward::base::visit::Visit;
use doorward::domain::accounts::AccountId;
use doorward::domain::audit::{self, Details, Event, Verdict};
use doorward::domain::sessions::{self, EndReason, Keep, Origin, SessionToken, end, list};
use doorward::flows::session_ends;
use doorward::run::tasks::tidy;
use http::Request;
use model::{DOORS, MOST_SESSIONS, Model, Step, steps};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fmt::Debug;

const CASES: usize = 64;
/// Tries to make a failing case smaller.
const SMALLER: usize = 200;
const SEED: &str = "DOORWARD_TEST_SEED";

type Checked = Result<(), String>;

fn same<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Checked {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}")) }
}

/// Whether a request was let in.
fn let_in(answer: &Answer) -> Result<bool, String> {
    match answer.status {
        200 => Ok(true),
        303 if answer.location() == "/sign-in" => Ok(false),
        401 => Ok(false),
        _ => Err(answer.in_full()),
    }
}

async fn use_it(browser: &mut Browser, door: &str) -> Result<bool, String> {
    let answer = if door.starts_with("/form/") { browser.call(door, &[]).await } else { browser.get(door).await };
    same("cookies of an ordinary answer", answer.cookies.len(), 0)?;
    let_in(&answer)
}

async fn watch(browser: &mut Browser) -> Result<bool, String> {
    let request = Request::get("/account/state").header("doorward-watching", "1").header("accept", "application/json");
    let_in(&browser.send(request.body(axum::body::Body::empty()).unwrap()).await)
}

fn token_of(browser: &Browser) -> SessionToken {
    SessionToken::parse(&browser.session()).unwrap()
}

/// The sessions of one case.
struct Case<'a> {
    world: &'a World,
    account: AccountId,
    sessions: Vec<Model>,
}

impl<'a> Case<'a> {
    /// What `steps` come to; an error says what was wrong and after which of them.
    async fn run(world: &'a World, steps: &[Step]) -> Checked {
        world.change("DELETE FROM sessions").await;
        let mut case = Self { world, account: world.newest_account().await, sessions: Vec::new() };
        for (at, step) in steps.iter().enumerate() {
            let done = async {
                case.take(step).await?;
                case.check().await
            };
            done.await.map_err(|wrong| format!("step {at}, {step:?}: {wrong}"))?;
        }
        case.check_trail().await
    }

    fn now(&self) -> UnixMicros {
        self.world.app().clock.now()
    }

    async fn take(&mut self, step: &Step) -> Checked {
        match step {
            Step::Start(keep) => return self.start(*keep).await,
            Step::Advance(span) => self.world.advance(*span),
            Step::TurnBack(span) => self.world.turn_back(*span),
            Step::Tidy { put_back } => self.tidy(*put_back).await,
            Step::PasswordReset => {
                let mut tx = self.world.app().db.begin_recorded().await.unwrap();
                let details = Details::of_visitor();
                session_ends::all(&mut tx, self.account, None, EndReason::PasswordReset, details).await.unwrap();
                tx.commit().await.unwrap();
                self.sessions.iter_mut().for_each(|session| session.end(EndReason::PasswordReset));
            }
            _ if self.sessions.is_empty() => {}
            Step::Use(at, _) | Step::Watch(at) | Step::Cycle(at) | Step::UseOld(at) => {
                return self.act(step, self.place(*at)).await;
            }
            Step::SignOut(at) | Step::End { by: at, .. } | Step::EndOthers(at) | Step::EndFor(at, _) => {
                return self.end(step, self.place(*at)).await;
            }
        }
        Ok(())
    }

    fn place(&self, at: usize) -> usize {
        at % self.sessions.len()
    }

    async fn start(&mut self, keep: Keep) -> Checked {
        let (world, now) = (self.world, self.now());
        let (app, (browser, handle)) = (world.app(), world.started(self.account, keep).await);
        self.sessions.push(Model::new(browser, handle, keep, now));
        let mut tx = app.db.begin_recorded().await.unwrap();
        let mut surplus = end::surplus(&mut tx, self.account, handle, false, MOST_SESSIONS, now).await.unwrap();
        for handle in &surplus {
            let event = Event::session_ended(self.account, *handle, EndReason::TooMany, audit::Details::default());
            audit::record(&mut tx, &event).await.unwrap();
        }
        tx.commit().await.unwrap();
        // The oldest go, but never the one that began just now, whatever was begun while the clock
        // was ahead.
        let mut unended: Vec<&mut Model> = self.sessions.iter_mut().filter(|session| session.ended.is_none()).collect();
        unended.sort_by_key(|session| (session.handle == handle, session.started, session.handle.0));
        let too_many = unended.len().saturating_sub(usize::from(MOST_SESSIONS));
        let mut expected = Vec::new();
        for session in unended.into_iter().take(too_many) {
            session.end(EndReason::TooMany);
            expected.push(session.handle.0);
        }
        surplus.sort_by_key(|handle| handle.0);
        expected.sort_unstable();
        same("ended as too many", surplus.into_iter().map(|handle| handle.0).collect(), expected)
    }

    async fn tidy(&mut self, put_back: bool) {
        let now = self.now();
        tidy(self.world.app(), put_back).await.unwrap();
        for session in self.sessions.iter_mut().filter(|session| session.ended.is_none()) {
            if put_back && session.seen > now.after(CLOCK_TOLERANCE) {
                session.seen = now;
            }
            if session.is_over(now) {
                let (idle, absolute) = session.idle_and_absolute();
                session.end(if absolute <= idle { EndReason::Expired } else { EndReason::Idle });
            }
        }
    }

    /// What somebody does with a session that goes on.
    async fn act(&mut self, step: &Step, at: usize) -> Checked {
        let (app, now) = (self.world.app(), self.now());
        let session = &mut self.sessions[at];
        let live = session.is_live(now);
        match step {
            Step::Use(_, door) => {
                same("let in", use_it(&mut session.browser, DOORS[*door]).await?, live)?;
                if live {
                    session.use_it(now);
                }
            }
            Step::Watch(_) => same("let in to watch", watch(&mut session.browser).await?, live)?,
            Step::UseOld(_) => {
                if let Some(old) = session.old.last_mut() {
                    same("let in with an old id", use_it(old, DOORS[0]).await?, false)?;
                }
            }
            _ => {
                // As a request does: who it is comes first, and then, perhaps much later, the new
                // id.
                let found = sessions::resolve(&app.db, token_of(&session.browser), now).await.unwrap();
                same("found", found.is_some(), live)?;
                if session.ended.is_none() && session.is_listed(now) && !live {
                    return Ok(());
                }
                let origin = Origin {
                    address: session.browser.address.to_string(),
                    user_agent: session.browser.user_agent.clone(),
                };
                let Some((found, _)) = found else { return Ok(()) };
                let db = app.db.visited_by(Visit { origin, ..Visit::default() });
                let mut tx = db.begin().await.unwrap();
                let cycled = sessions::cycle(&mut tx, &found).await.unwrap();
                // The key it was found by is no more: of two proofs at once, one gives a new id.
                let again = sessions::cycle(&mut tx, &found).await.unwrap();
                tx.commit().await.unwrap();
                same("given a new id", cycled.is_some(), live)?;
                same("given two", again.is_some(), false)?;
                if let Some(token) = cycled {
                    session.old.push(session.browser.clone());
                    session.browser.plant(&token.to_text());
                    (session.confirmed, session.seen) = (now, now);
                }
            }
        }
        Ok(())
    }

    /// What ends a session, or tries to.
    async fn end(&mut self, step: &Step, at: usize) -> Checked {
        let (app, now) = (self.world.app(), self.now());
        let live = self.sessions[at].is_live(now);
        let recent = live && self.sessions[at].is_recent(now);
        let mut browser = self.sessions[at].browser.clone();
        if live && !matches!(step, Step::EndFor(..)) {
            self.sessions[at].use_it(now);
        }
        match step {
            Step::SignOut(_) => {
                same("status of a sign-out", browser.submit("/form/sign-out", &[]).await.status, 303)?;
                if live {
                    self.sessions[at].end(EndReason::SignedOut);
                }
            }
            Step::End { which, not_me, .. } => {
                let (which, name) = (self.place(*which), self.sessions[self.place(*which)].handle.0.to_string());
                let fields = [("session", name.as_str()), ("not_me", "on")];
                let answer = browser.call("/form/end-session", if *not_me { &fields } else { &fields[..1] }).await;
                same("let in to end one", let_in(&answer)?, live)?;
                same("asked who it is", answer.location().starts_with("/confirm"), live && !recent)?;
                if recent {
                    self.sessions[which].end(match (which == at, not_me) {
                        (true, _) => EndReason::SignedOut,
                        (false, true) => EndReason::NotMe,
                        (false, false) => EndReason::EndedByOwner,
                    });
                }
            }
            Step::EndOthers(_) => {
                same("let in to end all others", let_in(&browser.call("/form/end-other-sessions", &[]).await)?, live)?;
                if recent {
                    let others = self.sessions.iter_mut().enumerate().filter(|(place, _)| *place != at);
                    others.for_each(|(_, session)| session.end(EndReason::EndedByOwner));
                }
            }
            Step::EndFor(_, reason) => {
                let mut tx = app.db.begin_recorded().await.unwrap();
                let ended =
                    session_ends::one(&mut tx, self.account, self.sessions[at].handle, *reason, Details::of_visitor())
                        .await
                        .unwrap();
                tx.commit().await.unwrap();
                same("ended", ended, self.sessions[at].ended.is_none())?;
                self.sessions[at].end(*reason);
            }
            _ => unreachable!("{step:?} ends nothing"),
        }
        Ok(())
    }

    /// Who is let in now, and who is listed: exactly those of the model.
    async fn check(&self) -> Checked {
        let (app, now) = (self.world.app(), self.now());
        for (at, session) in self.sessions.iter().enumerate() {
            let found = sessions::resolve(&app.db, token_of(&session.browser), now).await.unwrap();
            same(
                &format!("session {at} let in"),
                found.map(|(session, _)| session.handle),
                session.is_live(now).then_some(session.handle),
            )?;
            for old in &session.old {
                let found = sessions::resolve(&app.db, token_of(old), now).await.unwrap();
                same(&format!("an old id of session {at} let in"), found.is_some(), false)?;
            }
        }
        let mut listed: Vec<_> = list::of_account(&app.db, self.account, now)
            .await
            .unwrap()
            .iter()
            .map(|listed| listed.session.handle.0)
            .collect();
        let mut expected: Vec<_> =
            self.sessions.iter().filter(|session| session.is_listed(now)).map(|session| session.handle.0).collect();
        listed.sort_unstable();
        expected.sort_unstable();
        same("listed", listed, expected)
    }

    /// The trail is whole, and tells of each end once and for what reason.
    async fn check_trail(&self) -> Checked {
        let verdict = audit::verify(&self.world.app().db, &self.world.app().vault).await.unwrap();
        same("the trail is whole", matches!(verdict, Verdict::Whole { .. }), true)?;
        let told =
            self.world.texts("SELECT details FROM audit_entries WHERE kind IN ('session_ended', 'signed_out')").await;
        for session in &self.sessions {
            let name = session.handle.0.to_string();
            let mut reasons = Vec::new();
            for details in told.iter().filter(|details| details.contains(&name)) {
                let details: serde_json::Value = serde_json::from_str(details).unwrap();
                reasons.push(details["reason"].as_str().unwrap().to_owned());
            }
            same("told of an end", reasons, session.ended.iter().map(|reason| reason.name().to_owned()).collect())?;
        }
        Ok(())
    }
}

/// The smallest case that still fails, made from one that does.
async fn smallest(world: &World, mut tree: impl ValueTree<Value = Vec<Step>>, wrong: String) -> (Vec<Step>, String) {
    let (mut smallest, mut failed) = ((tree.current(), wrong), true);
    for _ in 0..SMALLER {
        if !(if failed { tree.simplify() } else { tree.complicate() }) {
            break;
        }
        let steps = tree.current();
        let outcome = Case::run(world, &steps).await;
        failed = outcome.is_err();
        if let Err(wrong) = outcome {
            smallest = (steps, wrong);
        }
    }
    smallest
}

each_database! {
    async fn whatever_is_done_in_whatever_order_only_live_sessions_are_let_in(world: World) {
        world.register("ada@example.org").await;
        let seed = std::env::var(SEED).map_or_else(|_| Randomness::system().bytes::<32>().to_vec(), |seed| {
            data_encoding::HEXLOWER.decode(seed.as_bytes()).unwrap()
        });
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        for _ in 0..CASES {
            let tree = steps().new_tree(&mut runner).unwrap();
            if let Err(wrong) = Case::run(&world, &tree.current()).await {
                let (steps, wrong) = smallest(&world, tree, wrong).await;
                panic!("{wrong}\nof {steps:#?}\n{SEED}={}", data_encoding::HEXLOWER.encode(&seed));
            }
        }
    }
}
