//! In which language, and by which clock, the owner of an account reads.

use super::{AccountId, Email};
use crate::base::db::{Tx, on};
use crate::base::words::bundles::Language;
use crate::base::words::reader::{Reader, Zone};

/// How its owner reads, as it is stored; [`Reading::reader`] makes of it what this version knows.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Reading {
    /// Chosen by the owner.
    pub language: Option<String>,
    /// In which the account was made: for letters, where none is chosen. Whoever makes the request
    /// that one is about may be somebody else, in a language that its owner can't read.
    pub first_language: Option<String>,
    /// Chosen by the owner.
    pub time_zone: Option<String>,
}

impl Reading {
    /// The owner's choice, if this version has it.
    pub fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(Language::known)
    }

    pub fn first_language(&self) -> Option<Language> {
        self.first_language.as_deref().and_then(Language::known)
    }

    /// The owner's choice, if this version has it.
    pub fn zone(&self) -> Option<Zone> {
        self.time_zone.as_deref().and_then(Zone::named)
    }

    /// Who owns the account, when they are written to: whoever made the request may be somebody
    /// else. `otherwise` is the language where nothing is known of theirs.
    pub fn reader(&self, otherwise: Language) -> Reader {
        Reader::with(self.language(), self.zone(), || self.first_language().unwrap_or(otherwise))
    }
}

/// Where `id` gets mail and how its owner reads it, as the transaction sees it.
pub async fn reading_of(tx: &mut Tx, id: AccountId) -> Result<Option<(Email, Reading)>, sqlx::Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        email: Email,
        #[sqlx(flatten)]
        reading: Reading,
    }
    const READING: &str = "SELECT email, language, first_language, time_zone \
        FROM accounts \
        WHERE id = $1";
    let row: Option<Row> = on!(tx, |connection| sqlx::query_as(READING).bind(id).fetch_optional(connection).await)?;
    Ok(row.map(|row| (row.email, row.reading)))
}

/// Notes the language in which the account was made.
pub async fn note_first_language(tx: &mut Tx, id: AccountId, language: Language) -> Result<(), sqlx::Error> {
    const NOTE: &str = "UPDATE accounts SET first_language = $2 WHERE id = $1";
    on!(tx, |connection| sqlx::query(NOTE).bind(id).bind(language.tag()).execute(connection).await.map(|_| ()))
}

/// Sets in which language and by which clock its owner reads; none is what the browser says.
pub async fn set_reading(
    tx: &mut Tx,
    id: AccountId,
    language: Option<Language>,
    zone: Option<&Zone>,
) -> Result<(), sqlx::Error> {
    const SET: &str = "UPDATE accounts SET language = $2, time_zone = $3 WHERE id = $1";
    on!(tx, |connection| sqlx::query(SET)
        .bind(id)
        .bind(language.map(Language::tag))
        .bind(zone.map(Zone::name))
        .execute(connection)
        .await
        .map(|_| ()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn german() -> Language {
        Language::known("de").unwrap()
    }

    fn stored(language: Option<&str>, first: Option<&str>, zone: Option<&str>) -> Reading {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Reading { language: owned(language), first_language: owned(first), time_zone: owned(zone) }
    }

    #[test]
    fn what_this_version_does_not_know_is_not_chosen() {
        let gone = stored(Some("tlh"), Some("tlh"), Some("Mars/Olympus_Mons"));
        assert_eq!((gone.language(), gone.first_language(), gone.zone().is_none()), (None, None, true));
        let known = stored(Some("de"), None, Some("Europe/Berlin"));
        assert_eq!((known.language(), known.zone().unwrap().name()), (Some(german()), "Europe/Berlin"));
    }
}
