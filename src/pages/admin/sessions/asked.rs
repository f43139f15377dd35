//! What the address of the page asks for. Anybody can write an address, so whatever makes no sense
//! is as if it were not there.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts::{self, Account};
use crate::domain::sessions::SessionHandle;
use crate::domain::sessions::search::{Filter, Place};
use crate::request::app::App;
use crate::request::page_query::query_of;
use crate::ui::words::word;
use std::time::Duration;
use strum::VariantArray;

/// How long ago a sign-in must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Age {
    Hour,
    Day,
    Week,
}

impl Age {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn label(self) -> String {
        match self {
            Self::Hour => word("admin-sessions-age-hour"),
            Self::Day => word("admin-sessions-age-day"),
            Self::Week => word("admin-sessions-age-week"),
        }
    }

    fn length(self) -> Duration {
        const HOUR: u64 = 60 * 60;
        Duration::from_secs(match self {
            Self::Hour => HOUR,
            Self::Day => 24 * HOUR,
            Self::Week => 7 * 24 * HOUR,
        })
    }
}

/// A filter as it was typed, and the place in what it finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionsQuery {
    pub who: String,
    pub address: String,
    pub device: String,
    pub age: Option<Age>,
    pub place: Option<Place>,
}

/// The filter's meaning.
#[derive(Clone, Debug)]
pub struct Meaning {
    pub filter: Filter,
    /// The one person whose sessions are asked for.
    pub person: Option<Account>,
}

/// A field that means nothing, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonsense {
    Who,
    Address,
    Device,
}

impl SessionsQuery {
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| value(key).map(|text| text.trim().to_owned()).unwrap_or_default();
        let handle = |key| value(key).and_then(|text| text.parse().ok()).map(SessionHandle);
        let age = value("age");
        Self {
            who: text("who"),
            address: text("address"),
            device: text("device"),
            age: Age::ALL.iter().copied().find(|known| age.as_deref() == Some(known.name())),
            place: handle("before").map(Place::Before).or_else(|| handle("after").map(Place::After)),
        }
    }

    /// As a form carries it along: the part of the address after the `?`.
    pub fn parse(query: &str) -> Self {
        Self::read(query_of(query))
    }

    pub fn is_filtered(&self) -> bool {
        Self { place: None, ..self.clone() } != Self::default()
    }

    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in [("who", &self.who), ("address", &self.address), ("device", &self.device)] {
            if !value.is_empty() {
                query.append_pair(key, value);
            }
        }
        if let Some(age) = self.age {
            query.append_pair("age", age.name());
        }
        match self.place {
            None | Some(Place::Newest) => {}
            Some(Place::Before(handle)) => drop(query.append_pair("before", &handle.0.to_string())),
            Some(Place::After(handle)) => drop(query.append_pair("after", &handle.0.to_string())),
        }
        query.finish()
    }

    /// The page that shows the same at `place`.
    pub fn path_at(&self, place: Place) -> String {
        format!("{}?{}", Then::AdminSessions.page(), Self { place: Some(place), ..self.clone() }.query())
    }

    /// The page that shows the same and says that `count` were ended.
    pub fn path_after(&self, count: usize) -> String {
        let query = self.query();
        let and = if query.is_empty() { "" } else { "&" };
        format!("{}?{query}{and}ended={count}", Then::AdminSessions.page())
    }

    /// What to look for, or which field can't be understood.
    pub async fn meaning(&self, app: &App) -> Result<Result<Meaning, Nonsense>, AppError> {
        let mut filter =
            Filter { started_before: self.age.map(|age| app.clock.now().before(age.length())), ..Filter::default() };
        if !self.address.is_empty() {
            let Ok(network) = self.address.parse() else { return Ok(Err(Nonsense::Address)) };
            filter.network = Some(network);
        }
        if !self.device.is_empty() {
            let Ok(device) = self.device.parse() else { return Ok(Err(Nonsense::Device)) };
            filter.device = Some(device);
        }
        let mut person = None;
        if !self.who.is_empty() {
            person = accounts::find_by_identifier(&app.db, &self.who).await?;
            let Some(found) = &person else { return Ok(Err(Nonsense::Who)) };
            filter.account = Some(found.id);
        }
        Ok(Ok(Meaning { filter, person }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_address_asks_for_what_its_links_say() {
        let handle = SessionHandle(Uuid::from_u128(7));
        for age in Age::ALL.iter().copied().map(Some).chain([None]) {
            for place in [Place::Before(handle), Place::After(handle)] {
                let asked = SessionsQuery {
                    who: "ada+x@example.org".to_owned(),
                    address: "2001:db8::/32".to_owned(),
                    device: "Ada’s \"phone\" & more=1".to_owned(),
                    age,
                    place: None,
                };
                let path = asked.path_at(place);
                let (page, query) = path.split_once('?').unwrap();
                assert_eq!(
                    (page, SessionsQuery::parse(query)),
                    ("/admin/sessions", SessionsQuery { place: Some(place), ..asked })
                );
            }
        }
        assert_eq!(SessionsQuery::default().path_after(3), "/admin/sessions?ended=3");
    }

    #[test]
    fn an_address_that_makes_no_sense_asks_for_everything() {
        for hostile in ["", "who=&address=&age=", "age=decade&before=1&after=x", "who=%20", "before=//evil.example"] {
            assert_eq!(SessionsQuery::parse(hostile), SessionsQuery::default(), "{hostile}");
        }
    }
}
