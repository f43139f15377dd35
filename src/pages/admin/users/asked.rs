//! What the address of the page of people asks for. Anybody can write an address, so whatever makes
//! no sense is as if it were not there.

use crate::base::paths::Then;
use crate::domain::accounts::{AccountId, Role};
use crate::domain::directory::{Among, Filter, NameText, Place, State};
use crate::ui::words::word;
use url::form_urlencoded::Serializer;

pub const STATES: &[State] = State::ALL;
pub const RANKS: &[Among] =
    &[Among::Only(Role::Member), Among::Only(Role::Support), Among::Only(Role::Admin), Among::Staff];

pub fn state_name(state: State) -> &'static str {
    match state {
        State::Active => "active",
        State::Disabled => "disabled",
        State::Locked => "locked",
        State::FactorReset => "factor-reset",
        State::Unprotected => "unprotected",
    }
}

pub fn state_label(state: State) -> String {
    match state {
        State::Active => word("admin-state-active"),
        State::Disabled => word("admin-state-disabled"),
        State::Locked => word("admin-state-locked"),
        State::FactorReset => word("admin-state-factor-reset"),
        State::Unprotected => word("admin-state-unprotected"),
    }
}

pub fn rank_name(among: Among) -> &'static str {
    match among {
        Among::Only(role) => role.name(),
        Among::Staff => "staff",
    }
}

/// A filter as it was typed, and the place in what it finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleQuery {
    pub text: String,
    pub state: Option<State>,
    pub among: Option<Among>,
    pub place: Option<Place>,
}

impl PeopleQuery {
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let id = |key| value(key).and_then(|text| text.parse().ok()).map(AccountId);
        let (state, role) = (value("state"), value("role"));
        Self {
            text: value("text").map(|text| text.trim().to_owned()).unwrap_or_default(),
            state: STATES.iter().copied().find(|known| state.as_deref() == Some(state_name(*known))),
            among: RANKS.iter().copied().find(|known| role.as_deref() == Some(rank_name(*known))),
            place: id("before").map(Place::Before).or_else(|| id("after").map(Place::After)),
        }
    }

    pub fn is_filtered(&self) -> bool {
        Self { place: None, ..self.clone() } != Self::default()
    }

    /// What to look for; none if the text can't be part of a name.
    pub fn filter(&self) -> Option<Filter> {
        let text: Option<NameText> = match self.text.as_str() {
            "" => None,
            text => Some(text.parse().ok()?),
        };
        Some(Filter { text, state: self.state, among: self.among })
    }

    /// The page that shows the same at `place`.
    pub fn path_at(&self, place: Place) -> String {
        let mut query = Serializer::new(String::new());
        if !self.text.is_empty() {
            query.append_pair("text", &self.text);
        }
        if let Some(state) = self.state {
            query.append_pair("state", state_name(state));
        }
        if let Some(among) = self.among {
            query.append_pair("role", rank_name(among));
        }
        match place {
            Place::Newest => {}
            Place::Before(id) => drop(query.append_pair("before", &id.0.to_string())),
            Place::After(id) => drop(query.append_pair("after", &id.0.to_string())),
        }
        format!("{}?{}", Then::AdminUsers.page(), query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::page_query::query_of;
    use uuid::Uuid;

    fn asked(query: &str) -> PeopleQuery {
        PeopleQuery::read(query_of(query))
    }

    #[test]
    fn an_address_asks_for_what_its_links_say() {
        let id = AccountId(Uuid::from_u128(7));
        for state in STATES.iter().copied().map(Some).chain([None]) {
            for among in RANKS.iter().copied().map(Some).chain([None]) {
                for place in [Place::Before(id), Place::After(id)] {
                    let page = PeopleQuery { text: "O’Hara & \"+1\"".to_owned(), state, among, place: Some(place) };
                    let path = page.path_at(place);
                    assert_eq!(asked(path.strip_prefix("/admin/users?").unwrap()), page, "{path}");
                }
            }
        }
    }

    #[test]
    fn an_address_that_makes_no_sense_asks_for_everybody() {
        for hostile in ["", "text=&state=&role=", "text=%20&state=gone&role=root", "before=1&after=//evil.example"] {
            assert_eq!(asked(hostile), PeopleQuery::default(), "{hostile}");
        }
        assert!(asked("text=a%00b").filter().is_none());
    }
}
