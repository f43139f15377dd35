//! Everybody with an account, as an administrator looks for them: part by part, whatever their
//! number. Figures: docs/performance.md.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Pools, read};
use crate::base::listing::{self, Bounds, Direction, Key, List};
use crate::base::unicode;
use crate::domain::accounts::{AccountId, DisplayName, Email, Role, Username};
use std::str::FromStr;
use strum::VariantArray;
use uuid::Uuid;

/// Accounts that one read of the database brings, where not each of them is taken.
const WINDOW: usize = 1000;
/// Accounts that one page looks through for those that are asked for; the next page goes on from
/// where this one stopped.
const LOOKED_THROUGH: usize = 10_000;
/// The index knows pieces of so many letters, and no shorter text.
const PIECE: usize = 3;

/// What state an account is in; those that are not mentioned are active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum State {
    Active,
    Disabled,
    /// By its owner: see [`crate::flows::freezes`].
    Locked,
    /// Its second factors are about to be removed.
    FactorReset,
    /// It can be used, and has no second factor.
    Unprotected,
}

impl State {
    pub const ALL: &[Self] = Self::VARIANTS;
}

/// Which roles are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    Only(Role),
    /// All who see the administration.
    Staff,
}

impl Among {
    fn holds(self, role: Role) -> bool {
        match self {
            Self::Only(only) => role == only,
            Self::Staff => role != Role::Member,
        }
    }
}

/// A part of a display name, username or mail address, in any case, or of an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameText(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a part of a name, an address or an id")]
pub struct NoName;

impl FromStr for NameText {
    type Err = NoName;

    fn from_str(typed: &str) -> Result<Self, NoName> {
        let text = unicode::trim(typed).to_lowercase();
        // Nor what no database takes.
        if text.is_empty() || text.chars().count() > 254 || text.contains('\0') { Err(NoName) } else { Ok(Self(text)) }
    }
}

impl NameText {
    fn is_in(&self, found: &Found) -> bool {
        let names = [found.display_name.as_str(), found.username.as_str(), found.email.as_str()];
        names.iter().any(|name| name.to_lowercase().contains(&self.0))
    }

    /// The first and the last id that begin like this; none if it looks like no beginning of one.
    fn ids(&self) -> Option<(AccountId, AccountId)> {
        let digits: String = self.0.chars().filter(|letter| *letter != '-').collect();
        if !(8..=32).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let first = Uuid::parse_str(&format!("{digits:0<32}")).ok().map(AccountId);
        first.zip(Uuid::parse_str(&format!("{digits:f<32}")).ok().map(AccountId))
    }
}

/// Who is asked for: all of this together.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub text: Option<NameText>,
    pub state: Option<State>,
    pub among: Option<Among>,
}

/// Somebody, as a list of people shows them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    pub id: AccountId,
    pub email: Email,
    pub username: Username,
    pub display_name: DisplayName,
    pub role: Role,
    pub disabled_at: Option<UnixMicros>,
    pub frozen_at: Option<UnixMicros>,
    /// When their second factors are going to be removed.
    pub due_at: Option<UnixMicros>,
    /// Whether they have a second factor: an authenticator app or a passkey.
    pub is_protected: bool,
    pub created_at: UnixMicros,
}

impl Found {
    fn is(&self, state: State) -> bool {
        match state {
            State::Active => self.disabled_at.is_none() && self.frozen_at.is_none(),
            State::Disabled => self.disabled_at.is_some(),
            State::Locked => self.frozen_at.is_some(),
            State::FactorReset => self.due_at.is_some(),
            // Whoever is disabled gets at nothing.
            State::Unprotected => !self.is_protected && self.disabled_at.is_none(),
        }
    }
}

pub type Place = listing::Place<AccountId>;
pub type Page = listing::Page<Found, AccountId>;

/// Up to `size` people at `place`, the newest account first.
pub async fn page(db: &Db, filter: &Filter, place: Place, size: usize) -> Result<Page, sqlx::Error> {
    let mut list = Directory { db, filter, ids: None };
    if let Some(ids) = filter.text.as_ref().and_then(NameText::ids) {
        // Perhaps it is a name after all, which only looks like an id.
        list.ids = list.rows(Source::Ids(ids.0, ids.1), Direction::Older, AccountId::LAST, 1).await?.pop().map(|_| ids);
    }
    let takes_all = list.ids.is_some() || filter.text.is_none();
    let window = if takes_all && filter.state.is_none() && filter.among.is_none() { size + 1 } else { WINDOW };
    listing::page(&list, place, Bounds { size, window, look_through: LOOKED_THROUGH }).await
}

struct Directory<'a> {
    db: &'a Db,
    filter: &'a Filter,
    /// Those that the text is the beginning of.
    ids: Option<(AccountId, AccountId)>,
}

/// What is read; the rest of the filter is applied to that.
#[derive(Clone, Copy)]
enum Source<'a> {
    All,
    Ids(AccountId, AccountId),
    Disabled,
    Locked,
    FactorReset,
    /// All but members.
    Staff,
    Named(&'a NameText),
}

impl Directory<'_> {
    /// The fewest rows that hold all that are asked for.
    fn source(&self, looked: usize) -> Source<'_> {
        match (self.ids, self.filter.state, self.filter.among, &self.filter.text) {
            (Some((first, last)), ..) => Source::Ids(first, last),
            (_, Some(State::FactorReset), ..) => Source::FactorReset,
            (_, _, Some(among), _) if among != Among::Only(Role::Member) => Source::Staff,
            (_, Some(State::Locked), ..) => Source::Locked,
            (_, Some(State::Disabled), ..) => Source::Disabled,
            // The index gives all that match before the newest of them are known. What half of all
            // accounts have in their names (the domain of their addresses) is found sooner among
            // the newest.
            (.., Some(text)) if looked >= WINDOW && text.0.chars().count() >= PIECE => Source::Named(text),
            _ => Source::All,
        }
    }

    async fn rows(
        &self,
        source: Source<'_>,
        direction: Direction,
        from: AccountId,
        limit: usize,
    ) -> Result<Vec<Found>, sqlx::Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = sql(source, direction, self.db);
        read!(self.db, |pool| {
            let query = sqlx::query_as(query).bind(from).bind(limit);
            match source {
                Source::Ids(first, last) => query.bind(first).bind(last).fetch_all(pool).await,
                Source::Named(text) => query.bind(asked_of_index(text, self.db)).fetch_all(pool).await,
                Source::All | Source::Disabled | Source::Locked | Source::FactorReset | Source::Staff => {
                    query.fetch_all(pool).await
                }
            }
        })
    }
}

listing::id_is_key!(AccountId);

impl List for Directory<'_> {
    type Row = Found;
    type Key = AccountId;
    type Error = sqlx::Error;

    fn key(row: &Found) -> AccountId {
        row.id
    }

    fn takes(&self, row: &Found) -> bool {
        let Filter { text, state, among } = self.filter;
        (self.ids.is_some() || text.as_ref().is_none_or(|text| text.is_in(row)))
            && state.is_none_or(|state| row.is(state))
            && among.is_none_or(|among| among.holds(row.role))
    }

    async fn read(
        &self,
        direction: Direction,
        from: AccountId,
        limit: usize,
        looked: usize,
    ) -> Result<Vec<Found>, sqlx::Error> {
        self.rows(self.source(looked), direction, from, limit).await
    }
}

macro_rules! select_people {
    ($condition:literal) => {
        (
            select_people!($condition, " a.id < $1 ORDER BY a.id DESC LIMIT $2"),
            select_people!($condition, " a.id > $1 ORDER BY a.id LIMIT $2"),
        )
    };
    ($condition:literal, $order:literal) => {
        concat!(
            "SELECT a.id, a.email, a.username, a.display_name, a.role, a.disabled_at, a.frozen_at, \
                    a.created_at, r.due_at, \
                    (EXISTS (SELECT 1 FROM totp_authenticators t WHERE t.account_id = a.id) \
                    OR EXISTS (SELECT 1 FROM passkeys p WHERE p.account_id = a.id)) AS is_protected \
                FROM accounts a \
                LEFT JOIN factor_resets r ON r.account_id = a.id \
                WHERE ",
            $condition,
            $order
        )
    };
}

fn sql(source: Source<'_>, direction: Direction, db: &Db) -> &'static str {
    // Of a part of a name the pieces of three letters are looked up: an index that each engine has
    // in its own way.
    let (older, newer) = match (source, db.pools()) {
        (Source::All, _) => select_people!(""),
        (Source::Ids(..), _) => select_people!("a.id BETWEEN $3 AND $4 AND"),
        (Source::Disabled, _) => select_people!("a.disabled_at IS NOT NULL AND"),
        (Source::Locked, _) => select_people!("a.frozen_at IS NOT NULL AND"),
        (Source::FactorReset, _) => select_people!("a.id IN (SELECT account_id FROM factor_resets) AND"),
        (Source::Staff, _) => select_people!("a.role <> 'member' AND"),
        (Source::Named(_), Pools::Sqlite { .. }) => select_people!(
            "a.id IN (SELECT account_id FROM account_numbers \
                    WHERE number IN (SELECT rowid FROM account_search WHERE account_search MATCH $3)) AND"
        ),
        (Source::Named(_), Pools::Postgres(_)) => {
            select_people!("account_trigrams(a.search_text) @> account_trigrams($3) AND")
        }
    };
    if direction == Direction::Older { older } else { newer }
}

/// What the index is asked for. It may give more than that: the text is looked for in each once
/// more.
fn asked_of_index(text: &NameText, db: &Db) -> String {
    const ENOUGH: usize = 24;
    let letters: Vec<char> = text.0.chars().take(ENOUGH).collect();
    match db.pools() {
        Pools::Postgres(_) => letters.into_iter().collect(),
        Pools::Sqlite { .. } => {
            let quoted = |piece: &[char]| format!("\"{}\"", piece.iter().collect::<String>().replace('"', "\"\""));
            letters.windows(PIECE).map(quoted).collect::<Vec<_>>().join(" AND ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_the_beginning_of_an_id_names_those_that_begin_so() {
        let text: NameText = "019b2f6A-7c1".parse().unwrap();
        let (first, last) = text.ids().unwrap();
        assert_eq!(first.0.to_string(), "019b2f6a-7c10-0000-0000-000000000000");
        assert_eq!(last.0.to_string(), "019b2f6a-7c1f-ffff-ffff-ffffffffffff");
        for other in ["019b2f6", "ada", "019b2f6a-7c1g", &"0".repeat(33), "--------", "00000000é"] {
            assert_eq!(other.parse::<NameText>().unwrap().ids(), None, "{other}");
        }
    }

    #[test]
    fn a_part_of_a_name_is_some_text_and_not_too_much() {
        for wrong in ["", " \t", "a\0b", &"x".repeat(255)] {
            assert_eq!(wrong.parse::<NameText>(), Err(NoName), "{wrong:?}");
        }
        assert_eq!(" Özge ".parse::<NameText>().unwrap().0, "özge");
    }
}
