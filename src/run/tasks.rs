//! What happens in the background: sessions and links whose time is over are ended and removed,
//! signing keys change, old audit details are erased, and the clock is watched.

use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::error::AppError;
use crate::domain::audit::{Details, retention};
use crate::domain::devices::{self, trusted};
use crate::domain::factors::drafts;
use crate::domain::factors::passkeys::ceremonies;
use crate::domain::providers::attempts;
use crate::domain::sessions::over::{self, Over};
use crate::domain::{invitations, limits, links, pending, personal_tokens, signing_keys};
use crate::flows::{deletions, factor_resets, session_ends};
use crate::proxies::forward_auth::hand_over;
use crate::request::app::App;
use std::time::{Duration, Instant};

/// Expiry is enforced at each request; this only tidies up after it.
const EVERY: Duration = Duration::from_secs(60);
/// Reading all accounts for it takes a second where there are a million.
const HASHES_EVERY: Duration = Duration::from_secs(600);
/// Time for whoever keeps the clock to set it right, before sessions are ended for good by what it
/// says.
const PAUSE: Duration = Duration::from_secs(600);

/// Tidies up once a minute until `stop` completes.
pub async fn run(app: App, stop: impl Future<Output = Duration>) {
    tokio::pin!(stop);
    let mut watched = Watched::new(app.clock.now());
    let mut put_back = true;
    let mut looked_at_hashes = None;
    // A machine without a clock of its own begins with any time. Other things end by what it says
    // and begin anew; what is erased is gone.
    let erase_from = Instant::now() + PAUSE;
    loop {
        looked_at_hashes = look_at_hashes(&app, looked_at_hashes).await;
        match watched.look(app.clock.now(), Instant::now()) {
            Moved::No => {}
            moved => {
                tracing::error!(
                    ?moved,
                    "the clock was moved; sessions and links end by what it says, and nothing is tidied up for ten minutes"
                );
                put_back |= matches!(moved, Moved::Back(_));
            }
        }
        if !watched.is_paused(Instant::now()) {
            match tidy(&app, put_back).await {
                Ok(()) => put_back = false,
                Err(error) => {
                    tracing::error!(%error, "expired sessions and links could not be tidied up; trying again in a minute");
                }
            }
            if Instant::now() >= erase_from {
                tokio::select! {
                    biased;
                    _ = &mut stop => return,
                    () = erase_old_details(&app) => {}
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = &mut stop => return,
        }
    }
}

/// Of the steady clock: how much it costs counts here, not what time it is.
async fn look_at_hashes(app: &App, last: Option<Instant>) -> Option<Instant> {
    if last.is_some_and(|last| last.elapsed() < HASHES_EVERY) {
        return last;
    }
    if let Err(error) = app.passwords.stand_ins.look(&app.db, app.passwords.hasher.today()).await {
        tracing::error!(%error, "which password hashes people have could not be looked at; trying again in ten minutes");
    }
    Some(Instant::now())
}

async fn erase_old_details(app: &App) {
    match retention::erase_old(&app.db).await {
        Ok(0) => {}
        Ok(entries) => tracing::info!(entries, "the details of old audit entries were erased"),
        Err(error) => tracing::error!(%error, "old audit details could not be erased; trying again in a minute"),
    }
}

/// How the clock moved between two looks, beside the time that went by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moved {
    No,
    Ahead(Duration),
    Back(Duration),
}

/// Compares the clock with one that nobody can set.
struct Watched {
    at: UnixMicros,
    steady: Instant,
    paused_until: Option<Instant>,
}

impl Watched {
    fn new(at: UnixMicros) -> Self {
        Self { at, steady: Instant::now(), paused_until: None }
    }

    fn look(&mut self, now: UnixMicros, steady: Instant) -> Moved {
        let expected = self.at.after(steady.duration_since(self.steady));
        (self.at, self.steady) = (now, steady);
        let (ahead, back) = (now.since(expected), expected.since(now));
        let moved = if ahead > CLOCK_TOLERANCE {
            Moved::Ahead(ahead)
        } else if back > CLOCK_TOLERANCE {
            Moved::Back(back)
        } else {
            return Moved::No;
        };
        self.paused_until = Some(steady + PAUSE);
        moved
    }

    fn is_paused(&self, steady: Instant) -> bool {
        self.paused_until.is_some_and(|until| steady < until)
    }
}

/// Ends what is over, with an audit entry each, and removes what is old. `put_back`: the clock may
/// have been ahead before, so sessions that were last used in the future are looked for too.
pub async fn tidy(app: &App, put_back: bool) -> Result<(), AppError> {
    let now = app.clock.now();
    if put_back && over::any_ahead(&app.db, now).await? {
        let mut tx = app.db.begin().await?;
        let sessions = over::put_right(&mut tx, now).await?;
        tx.commit().await?;
        tracing::warn!(
            sessions,
            "sessions were last used in the future, when the clock was wrong; their idle time begins now"
        );
    }
    while over::any_over(&app.db, now).await? {
        let mut tx = app.db.begin_recorded().await?;
        for over in over::end_some(&mut tx, now).await? {
            let Over { handle, account_id, .. } = over;
            session_ends::record(&mut tx, account_id, handle, over.reason(), Details::default()).await?;
        }
        tx.commit().await?;
    }
    factor_resets::finish_due(&app.db).await?;
    deletions::finish_due(&app.db).await?;
    signing_keys::keep(&app.db).await?;
    for account in over::accounts_with_many(&app.db, now).await? {
        loop {
            let mut tx = app.db.begin().await?;
            let removed = over::remove_surplus(&mut tx, account).await?;
            tx.commit().await?;
            if removed == 0 {
                break;
            }
        }
    }
    loop {
        let mut tx = app.db.begin().await?;
        let removed = [
            ("sessions", over::remove_some(&mut tx, now).await?),
            ("links", links::remove_expired(&mut tx, now).await?),
            ("invitations", invitations::remove_old(&mut tx, now).await?),
            ("devices", devices::remove_old(&mut tx, now).await?),
            ("drafts", drafts::remove_expired(&mut tx, now).await?),
            ("pending", pending::remove_expired(&mut tx, now).await?),
            ("trust", trusted::remove_expired(&mut tx, now).await?),
            ("tokens", personal_tokens::remove_expired(&mut tx, now).await?),
            ("hand-overs", hand_over::remove_expired(&mut tx, now).await?),
            ("attempts", attempts::remove_expired(&mut tx, now).await?),
            ("challenges", ceremonies::remove_expired(&mut tx, now).await?),
            ("counters", limits::remove_old(&mut tx, &app.config.limits, now).await?),
            ("attacks", limits::attacks::remove_old(&mut tx, now).await?),
        ];
        tx.commit().await?;
        if removed.iter().all(|(_, count)| *count == 0) {
            return Ok(());
        }
        tracing::debug!(?removed, "tidied up");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_clock_that_keeps_time_is_left_alone_and_one_that_was_moved_is_noticed_once() {
        let (at, steady) = (UnixMicros(1_000_000_000_000), Instant::now());
        let mut watched = Watched { at, steady, paused_until: None };
        assert_eq!(watched.look(at.after(MINUTE), steady + MINUTE), Moved::No);
        // Set right by a little, as NTP does.
        assert_eq!(watched.look(at.after(4 * MINUTE), steady + 2 * MINUTE), Moved::No);
        assert!(!watched.is_paused(steady + 2 * MINUTE));
        assert_eq!(watched.look(at.after(65 * MINUTE), steady + 3 * MINUTE), Moved::Ahead(60 * MINUTE));
        assert_eq!(watched.look(at.after(66 * MINUTE), steady + 4 * MINUTE), Moved::No, "told once");
        assert!(watched.is_paused(steady + 12 * MINUTE) && !watched.is_paused(steady + 13 * MINUTE));
        assert_eq!(watched.look(at.after(7 * MINUTE), steady + 5 * MINUTE), Moved::Back(60 * MINUTE));
        assert!(watched.is_paused(steady + 14 * MINUTE));
    }
}
