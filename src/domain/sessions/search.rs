//! Everybody's live sessions, as an administrator looks for them: part by part, whatever their
//! number.

use super::{Session, SessionHandle, session_columns};
use crate::base::clock::UnixMicros;
use crate::base::db::{Db, read};
use crate::base::listing::{self, Bounds, Direction, List};
use crate::base::unicode;
use crate::base::user_agent::family;
use crate::domain::accounts::{AccountId, Email, Username};
use ipnet::IpNet;
use std::net::IpAddr;
use std::str::FromStr;

/// Sessions one read of the database brings, where not each of them is taken.
const WINDOW: usize = 1000;
/// Sessions that one page looks through for those that are asked for; the next page goes on from
/// where this one stopped.
const LOOKED_THROUGH: usize = 10_000;

/// Which sessions are asked for: all of this together.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub account: Option<AccountId>,
    /// Signed in or last used from there.
    pub network: Option<Network>,
    pub device: Option<DeviceText>,
    /// Signed in then or earlier.
    pub started_before: Option<UnixMicros>,
}

impl Filter {
    fn takes(&self, found: &Found) -> bool {
        let Found { session, .. } = found;
        let holds = |network: &Network| [&session.address, &session.seen_address].iter().any(|at| network.holds(at));
        self.network.as_ref().is_none_or(holds) && self.device.as_ref().is_none_or(|device| device.is_in(found))
    }

    /// How many sessions to read at once: no more than a page and the one after, where each is
    /// taken.
    fn window(&self, size: usize) -> usize {
        if self.network.is_none() && self.device.is_none() { size + 1 } else { WINDOW }
    }
}

/// Network addresses: one, a block (`192.0.2.0/24`), or all that begin with the same parts
/// (`192.0.2`, `2001:db8`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    Block(IpNet),
    Beginning(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an address such as 192.0.2.1, the beginning of one such as 192.0.2, or a block such as 192.0.2.0/24")]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(typed: &str) -> Result<Self, NoNetwork> {
        let typed = unicode::trim(typed).to_ascii_lowercase();
        if let Ok(block) = typed.parse() {
            return Ok(Self::Block(block));
        }
        if let Ok(address) = typed.parse::<IpAddr>() {
            return Ok(Self::Block(address.to_canonical().into()));
        }
        let of_an_address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
        let begins = typed.bytes().next().is_some_and(|byte| byte.is_ascii_hexdigit());
        if !begins || typed.len() > 45 || !typed.bytes().all(of_an_address) {
            return Err(NoNetwork);
        }
        Ok(Self::Beginning(typed))
    }
}

impl Network {
    fn holds(&self, address: &str) -> bool {
        match self {
            Self::Block(block) => {
                address.parse::<IpAddr>().is_ok_and(|address| block.contains(&address.to_canonical()))
            }
            // Whole parts only: whoever ends what begins with 10.1 must not end 10.12.
            Self::Beginning(text) => address
                .strip_prefix(text.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']) || text.ends_with(['.', ':'])),
        }
    }
}

/// A part of what a device is called, by its owner or by its browser and system, in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceText(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a part of a device's name, its browser or its system")]
pub struct NoDevice;

impl FromStr for DeviceText {
    type Err = NoDevice;

    fn from_str(typed: &str) -> Result<Self, NoDevice> {
        let text = unicode::trim(typed).to_lowercase();
        if text.is_empty() || text.chars().count() > 100 { Err(NoDevice) } else { Ok(Self(text)) }
    }
}

impl DeviceText {
    /// Never compared with the whole User-Agent: nearly every browser's names the others, so
    /// "Safari" would mean them all.
    fn is_in(&self, found: &Found) -> bool {
        let (browser, system) = family(&found.session.seen_user_agent);
        let said: Vec<&str> = [browser, system].into_iter().flatten().collect();
        let names = [found.device_name.clone().unwrap_or_default(), said.join(" on ")];
        names.iter().any(|name| name.to_lowercase().contains(&self.0))
    }
}

/// A live session and whose it is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    #[sqlx(flatten)]
    pub session: Session,
    pub account_id: AccountId,
    pub email: Email,
    pub username: Username,
    /// What its owner calls the device.
    pub device_name: Option<String>,
}

/// Where among all sessions a page lies, the newest sign-in first.
pub type Place = listing::Place<SessionHandle>;
pub type Page = listing::Page<Found, SessionHandle>;

/// Up to `size` sessions at `place`. It may hold fewer, even none, and have an older page all the
/// same: it stops looking after [`LOOKED_THROUGH`] sessions.
pub async fn page(db: &Db, filter: &Filter, place: Place, size: usize, now: UnixMicros) -> Result<Page, sqlx::Error> {
    let bounds = Bounds { size, window: filter.window(size), look_through: LOOKED_THROUGH };
    listing::page(&Live { db, filter, now }, place, bounds).await
}

struct Live<'a> {
    db: &'a Db,
    filter: &'a Filter,
    now: UnixMicros,
}

listing::id_is_key!(SessionHandle);

impl List for Live<'_> {
    type Row = Found;
    type Key = SessionHandle;
    type Error = sqlx::Error;

    fn key(row: &Found) -> SessionHandle {
        row.session.handle
    }

    fn takes(&self, row: &Found) -> bool {
        self.filter.takes(row)
    }

    async fn read(
        &self,
        direction: Direction,
        from: SessionHandle,
        limit: usize,
        _looked: usize,
    ) -> Result<Vec<Found>, sqlx::Error> {
        window(self.db, self.filter, direction, from, limit, self.now).await
    }
}

macro_rules! select_live {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            session_columns!(),
            ", s.account_id, a.email, a.username, d.name AS device_name FROM sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN devices d ON d.id = s.device_id WHERE s.ended_at IS NULL AND s.ends_at > $1 AND ",
            $condition
        )
    };
}

async fn window(
    db: &Db,
    filter: &Filter,
    direction: Direction,
    from: SessionHandle,
    limit: usize,
    now: UnixMicros,
) -> Result<Vec<Found>, sqlx::Error> {
    const OLDER: &str = select_live!("s.handle < $2 AND s.started_at <= $3 ORDER BY s.handle DESC LIMIT $4");
    const NEWER: &str = select_live!("s.handle > $2 AND s.started_at <= $3 ORDER BY s.handle LIMIT $4");
    const OLDER_OF: &str =
        select_live!("s.handle < $2 AND s.started_at <= $3 AND s.account_id = $5 ORDER BY s.handle DESC LIMIT $4");
    const NEWER_OF: &str =
        select_live!("s.handle > $2 AND s.started_at <= $3 AND s.account_id = $5 ORDER BY s.handle LIMIT $4");
    let older = direction == Direction::Older;
    let started_before = filter.started_before.unwrap_or(UnixMicros(i64::MAX));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let query = match (older, filter.account) {
        (true, None) => OLDER,
        (false, None) => NEWER,
        (true, Some(_)) => OLDER_OF,
        (false, Some(_)) => NEWER_OF,
    };
    read!(db, |pool| {
        let query = sqlx::query_as(query).bind(now).bind(from).bind(started_before).bind(limit);
        match filter.account {
            Some(account) => query.bind(account).fetch_all(pool).await,
            None => query.fetch_all(pool).await,
        }
    })
}

/// The live session with this handle.
pub async fn find(db: &Db, handle: SessionHandle, now: UnixMicros) -> Result<Option<Found>, sqlx::Error> {
    const FIND: &str = select_live!("s.handle = $2");
    read!(db, |pool| sqlx::query_as(FIND).bind(now).bind(handle).fetch_optional(pool).await)
}

/// How many sessions are live. Reads an index entry for each.
pub async fn count(db: &Db, now: UnixMicros) -> Result<i64, sqlx::Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL AND ends_at > $1";
    read!(db, |pool| sqlx::query_scalar(COUNT).bind(now).fetch_one(pool).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_a_block_or_the_whole_first_parts_of_an_address() {
        for (typed, held, other) in [
            ("192.0.2.1", "192.0.2.1", "192.0.2.10"),
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.0/24", "192.0.2.77", "192.0.3.1"),
            ("192.0.2.77/24", "192.0.2.1", "192.0.3.1"),
            ("2001:DB8::/32", "2001:db8:1::1", "2001:db9::1"),
            ("10.1", "10.1.2.3", "10.12.3.4"),
            ("10.1.", "10.1.2.3", "10.12.3.4"),
            ("10", "10.1.2.3", "100.1.2.3"),
            (" 2001:db8 ", "2001:db8:1::1", "2001:db80::1"),
            ("2001:db8:", "2001:db8:1::1", "2001:db80::1"),
        ] {
            let network: Network = typed.parse().unwrap();
            assert!(network.holds(held) && !network.holds(other), "{typed}");
            assert!(!network.holds(""), "{typed}");
        }
        for wrong in ["", " ", "all", "10.0.0.0/33", "%", "10.*", "' OR 1=1", ".1", "::/129", &"1".repeat(50)] {
            assert_eq!(wrong.parse::<Network>(), Err(NoNetwork), "{wrong}");
        }
    }
}
