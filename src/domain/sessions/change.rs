//! A session that is suddenly used from elsewhere: what counts as a change, and what is done about
//! it.
//!
//! A stolen cookie comes with another browser, so that is where its user is stopped by default. The
//! comparison is with the last request that was accepted: while a change waits to be confirmed, the
//! owner's own browser goes on undisturbed.

use super::{Origin, Session, SessionHandle};
use crate::base::clock::UnixMicros;
use crate::base::config::{OnChange, SessionConfig};
use crate::base::db::{Tx, on};
use crate::base::user_agent::family;
use ipnet::{Ipv4Net, Ipv6Net};
use std::net::IpAddr;
use std::time::Duration;

/// Different browsers that a session may be tried from before it ends: whoever holds a stolen
/// cookie could go through all there are.
pub const MOST_DOUBTS: i64 = 5;
const NOTE_EVERY: Duration = Duration::from_secs(60);

/// What is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Change {
    /// Another browser or system. A newer version is no change.
    UserAgent,
    /// Another /24 (IPv4) or /48 (IPv6).
    Network,
}

impl Change {
    /// The stored name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What changed, and what is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The one that is taken more seriously first; never empty.
    pub changes: Vec<Change>,
    pub done: OnChange,
}

impl Judgement {
    pub fn first(&self) -> Change {
        self.changes.first().copied().unwrap_or(Change::UserAgent)
    }
}

/// Compares a request with the last one that was taken for the same person's; none if nothing
/// changed. Of two changes, what the operator wants done about the more serious one is done.
pub fn judge(session: &Session, origin: &Origin, settings: &SessionConfig) -> Option<Judgement> {
    // Most requests come as the one before did; taking a User-Agent apart costs more than the query
    // that found the session.
    let differs = |before: &str, now: &str| before != now && family(before) != family(now);
    let agent = differs(&session.seen_user_agent, &origin.user_agent)
        .then_some((Change::UserAgent, settings.user_agent_change));
    let network = (session.seen_address != origin.address
        && is_another_network(&session.seen_address, &origin.address))
    .then_some((Change::Network, settings.network_change));
    // In the order of severity; of two alike, the browser says more.
    let found: Vec<(Change, OnChange)> = [OnChange::End, OnChange::Confirm, OnChange::Note]
        .into_iter()
        .flat_map(|done| [agent, network].into_iter().flatten().filter(move |(_, wanted)| *wanted == done))
        .collect();
    let (_, done) = *found.first()?;
    Some(Judgement { changes: found.into_iter().map(|(change, _)| change).collect(), done })
}

/// Whether a change that is only noted may be told again: a phone between two networks would fill
/// the trail, and so would whoever changes their User-Agent with each request.
pub fn is_note_due(session: &Session, now: UnixMicros) -> bool {
    now.since(session.noted_at) >= NOTE_EVERY
}

fn is_another_network(before: &str, now: &str) -> bool {
    let (Ok(before), Ok(now)) = (before.parse::<IpAddr>(), now.parse::<IpAddr>()) else { return false };
    let (before, now) = (before.to_canonical(), now.to_canonical());
    if before.is_loopback() && now.is_loopback() {
        return false;
    }
    match (before, now) {
        (IpAddr::V4(before), IpAddr::V4(now)) => !Ipv4Net::new_assert(before, 24).contains(&now),
        (IpAddr::V6(before), IpAddr::V6(now)) => !Ipv6Net::new_assert(before, 48).contains(&now),
        _ => true,
    }
}

/// What stands for a change in `doubted`: asked twice for the same, its owner reads of it once.
fn trace(change: Change, origin: &Origin) -> String {
    let (browser, system) = family(&origin.user_agent);
    format!("{}|{}|{}|{}", change.name(), browser.unwrap_or_default(), system.unwrap_or_default(), origin.address)
}

/// Notes a change that waits to be confirmed; gives how many different ones there were since the
/// last proof, none if it is known already. From [`MOST_DOUBTS`] on, somebody is trying which
/// browser the owner has.
pub async fn doubt(
    tx: &mut Tx,
    handle: SessionHandle,
    change: Change,
    origin: &Origin,
) -> Result<Option<i64>, sqlx::Error> {
    const DOUBT: &str = "UPDATE sessions \
        SET doubted = $2, doubts = doubts + 1 \
        WHERE handle = $1 AND ended_at IS NULL AND (doubted IS NULL OR doubted <> $2) \
        RETURNING doubts";
    on!(tx, |connection| sqlx::query_scalar(DOUBT)
        .bind(handle)
        .bind(trace(change, origin))
        .fetch_optional(connection)
        .await)
}

/// Whether this very change was told already.
pub fn is_told(session: &Session, change: Change, origin: &Origin) -> bool {
    session.doubted.as_deref() == Some(trace(change, origin).as_str())
}

/// Takes a change for the owner's own; false if the session ended or another request did so first.
pub async fn accept(tx: &mut Tx, session: &Session, origin: &Origin, now: UnixMicros) -> Result<bool, sqlx::Error> {
    const ACCEPT: &str = "UPDATE sessions \
        SET seen_address = $2, seen_user_agent = $3, noted_at = $6 \
        WHERE handle = $1 AND ended_at IS NULL AND seen_address = $4 AND seen_user_agent = $5";
    let accepted = on!(tx, |connection| sqlx::query(ACCEPT)
        .bind(session.handle)
        .bind(&origin.address)
        .bind(&origin.user_agent)
        .bind(&session.seen_address)
        .bind(&session.seen_user_agent)
        .bind(now)
        .execute(connection)
        .await?
        .rows_affected());
    Ok(accepted == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    const CHROME: &str =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";

    #[test]
    fn a_newer_version_is_no_change_and_another_browser_or_system_is() {
        for same in [FIREFOX.replace("140", "141"), FIREFOX.replace("x86_64", "aarch64")] {
            assert_eq!(family(FIREFOX), family(&same), "{same}");
        }
        for other in [
            CHROME.to_owned(),
            FIREFOX.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64"),
            FIREFOX.replace("X11; Linux x86_64", "Macintosh; Intel Mac OS X 10.15"),
            "curl/8.5.0".to_owned(),
            String::new(),
        ] {
            assert_ne!(family(FIREFOX), family(&other), "{other}");
        }
        let windows = |version: &str| CHROME.replace("X11; Linux x86_64", &format!("Windows NT {version}; Win64; x64"));
        assert_eq!(family(&windows("6.1")), family(&windows("10.0")));
        assert_eq!(family("python-requests/2.31"), family("python-requests/2.32"));
        assert_ne!(family("python-requests/2.31"), family("okhttp/4.12"));
    }

    #[test]
    fn a_network_is_a_24_of_ipv4_and_a_48_of_ipv6() {
        for (before, now, other) in [
            ("192.0.2.1", "192.0.2.254", false),
            ("192.0.2.1", "192.0.3.1", true),
            ("2001:db8:1:2::1", "2001:db8:1:ffff::9", false),
            ("2001:db8:1::1", "2001:db8:2::1", true),
            ("192.0.2.1", "2001:db8::1", true),
            ("192.0.2.1", "::ffff:192.0.2.7", false),
            ("127.0.0.1", "::1", false),
            ("", "192.0.2.1", false),
        ] {
            assert_eq!(is_another_network(before, now), other, "{before} {now}");
            assert_eq!(is_another_network(now, before), other, "{now} {before}");
        }
    }
}
