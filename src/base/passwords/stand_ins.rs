//! What a password is held against that was given for nobody, where some people's hashes came from
//! another program.
//!
//! Such a hash costs its own time until its owner signs in. If nobody's names were always answered
//! as fast as those of people with hashes of ours, a slow answer would say that somebody has the
//! name (ASVS 6.3.8). So as large a share of all other names is answered as slowly: which ones, a
//! keyed hash of the name decides, so that each keeps its time however often it is tried, on every
//! node.

use super::StoredHash;
use crate::base::db::{Db, read};
use std::sync::{PoisonError, RwLock};

/// Hashes of others that are looked at for what they cost. An application has one kind, or a few
/// that grew over the years.
const LOOKED_AT: i64 = 64;

/// Of one node. Empty until [`StandIns::look`] has found hashes of others.
#[derive(Debug, Default)]
pub struct StandIns(RwLock<Others>);

#[derive(Debug, Default)]
struct Others {
    /// Of all names this many, out of 2⁶⁴.
    share: u64,
    /// In the order of their text, so that those of one kind lie together.
    hashes: Vec<StoredHash>,
}

impl StandIns {
    /// A hash that costs what the answer for this name has to cost; none for one of today's. `name`
    /// is a keyed hash.
    pub fn of(&self, name: &[u8; 32]) -> Option<StoredHash> {
        let others = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (which, rest) = name.split_first_chunk::<8>()?;
        let (kind, _) = rest.split_first_chunk::<8>()?;
        if u64::from_be_bytes(*which) >= others.share {
            return None;
        }
        // The part of the list that the second number is of all numbers.
        let place = (u128::from(u64::from_be_bytes(*kind)) * others.hashes.len() as u128) >> 64;
        others.hashes.get(usize::try_from(place).ok()?).cloned()
    }

    /// Looks again which hashes people have. `today` is what those begin with that need no
    /// stand-in. Reads all accounts once.
    pub async fn look(&self, db: &Db, today: &str) -> Result<(), sqlx::Error> {
        const COUNT: &str = "SELECT COUNT(password_hash), \
                COUNT(CASE WHEN password_hash NOT LIKE $1 THEN 1 END) \
            FROM accounts";
        const OTHERS: &str = "SELECT password_hash \
            FROM accounts \
            WHERE password_hash NOT LIKE $1 \
            ORDER BY email \
            LIMIT $2";
        let ours = format!("{today}%");
        let (all, others): (i64, i64) = read!(db, |pool| sqlx::query_as(COUNT).bind(&ours).fetch_one(pool).await)?;
        let mut hashes: Vec<StoredHash> = Vec::new();
        if others > 0 {
            hashes = read!(db, |pool| sqlx::query_scalar(OTHERS).bind(&ours).bind(LOOKED_AT).fetch_all(pool).await)?;
        }
        // One that can't be checked, such as one above the cap, costs its owner's names what a hash
        // of ours costs: it stands in for nobody, and the share is of the others alone, as far as
        // those that were looked at tell.
        let looked_at = i64::try_from(hashes.len()).unwrap_or(i64::MAX);
        hashes.retain(StoredHash::is_usable);
        let usable = i64::try_from(hashes.len()).unwrap_or(i64::MAX);
        let others = others.saturating_mul(usable) / looked_at.max(1);
        hashes.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Others { share: share(others, all), hashes };
        Ok(())
    }
}

fn share(part: i64, all: i64) -> u64 {
    let (part, all) = (u128::try_from(part).unwrap_or(0), u128::try_from(all).unwrap_or(0).max(1));
    u64::try_from((part << 64) / all).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn with(part: i64, all: i64, hashes: &[&str]) -> StandIns {
        let hashes = hashes.iter().map(|text| StoredHash::from_stored((*text).to_owned())).collect();
        StandIns(RwLock::new(Others { share: share(part, all), hashes }))
    }

    fn name(which: u64, kind: u64) -> [u8; 32] {
        let mut name = [0; 32];
        name[..8].copy_from_slice(&which.to_be_bytes());
        name[8..16].copy_from_slice(&kind.to_be_bytes());
        name
    }

    #[test]
    fn as_many_names_have_a_stand_in_as_people_have_hashes_of_others() {
        assert!(with(0, 0, &[]).of(&name(0, 0)).is_none(), "without accounts");
        assert!(with(0, 9, &[]).of(&name(0, 0)).is_none(), "with hashes of ours alone");
        let all = with(5, 5, &["a"]);
        assert!(all.of(&name(0, 0)).is_some() && all.of(&name(u64::MAX - 1, 0)).is_some());
        let quarter = with(1, 4, &["a"]);
        let some = (0..1000).filter(|part| quarter.of(&name(u64::MAX / 1000 * part, 7)).is_some()).count();
        assert!((249..=251).contains(&some), "{some}");
    }

    #[test]
    fn each_kind_stands_in_as_often_as_it_was_found() {
        let three = with(1, 1, &["a", "a", "b"]);
        let found: Vec<String> =
            (0..9).map(|part| three.of(&name(3, u64::MAX / 9 * part + 5)).unwrap().as_str().to_owned()).collect();
        assert_eq!(found.concat(), "aaaaaabbb");
    }
}
