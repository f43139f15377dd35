//! What happens in the background: sessions and links whose time is over are ended and removed.

use crate::server::App;
use crate::server::audit::{self, Details, Event};
use crate::server::links;
use crate::server::sessions::{self, EndReason};
use std::time::Duration;

/// Expiry is enforced at each request; this only tidies up after it.
const EVERY: Duration = Duration::from_secs(60);

/// Tidies up once a minute until `stop` completes.
pub async fn run(app: App, stop: impl Future<Output = Duration>) {
    tokio::pin!(stop);
    loop {
        if let Err(error) = tidy(&app).await {
            tracing::error!(%error, "expired sessions and links could not be tidied up; trying again in a minute");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = &mut stop => return,
        }
    }
}

/// Ends what expired, with an audit entry each, and removes what is old.
pub async fn tidy(app: &App) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    loop {
        let mut tx = app.db.begin_recorded().await?;
        let ended = sessions::end_expired(&mut tx, now).await?;
        for (session, account) in &ended {
            let event = Event::session_ended(*account, *session, EndReason::Expired, Details::default());
            audit::record(&mut tx, &app.vault, &app.randomness, &event, now).await?;
        }
        tx.commit().await?;
        if ended.is_empty() {
            break;
        }
    }
    let mut tx = app.db.begin().await?;
    let old_sessions = sessions::remove_old(&mut tx, now).await?;
    let old_links = links::remove_expired(&mut tx, now).await?;
    tx.commit().await?;
    if old_sessions + old_links > 0 {
        tracing::debug!(old_sessions, old_links, "tidied up");
    }
    Ok(())
}
