//! To whom a letter goes, and how they read it.

use super::Letter;
use crate::base::clock::UnixMicros;
use crate::base::db::{Given, Tx};
use crate::base::words::reader::Reader;
use crate::domain::accounts::{self, Account, AccountId, Email, Reading};

/// Somebody who gets letters.
#[derive(Clone, Debug)]
pub struct Recipient {
    address: String,
    reader: Reader,
}

/// Whom a letter is being written to, and in whose words: only [`Recipient::letter`] gives one.
pub struct To<'a>(&'a Recipient);

impl To<'_> {
    pub fn address(&self) -> &str {
        &self.0.address
    }

    pub fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// See [`Reader::word`].
    pub(super) fn word(&self, key: &'static str) -> String {
        self.reader().word(key)
    }

    /// See [`Reader::word_with`].
    pub(super) fn word_with(&self, key: &'static str, values: &[(&'static str, String)]) -> String {
        self.reader().word_with(key, values)
    }

    /// `at` by their clock, in words.
    pub fn moment(&self, at: UnixMicros) -> String {
        self.reader().moment(at.0).0
    }
}

impl Recipient {
    /// Somebody without an account, who is spoken to in the language of the request that is being
    /// answered.
    pub fn stranger(given: &impl Given, address: &Email) -> Self {
        let operators = || Reader { language: given.config().site.language, ..Reader::default() };
        Self { address: address.to_string(), reader: given.visit().reader.clone().unwrap_or_else(operators) }
    }

    pub fn owner(given: &impl Given, account: &Account) -> Self {
        Self::known(given, &account.email, &account.reading)
    }

    /// The owner of `account`, as the transaction sees it; none if it is gone.
    pub async fn of(tx: &mut Tx, account: AccountId) -> Result<Option<Self>, sqlx::Error> {
        let found = accounts::reading_of(tx, account).await?;
        Ok(found.map(|(email, reading)| Self::known(tx, &email, &reading)))
    }

    /// Where nothing is known of their language, that of the request: they may have made it.
    fn known(given: &impl Given, email: &Email, reading: &Reading) -> Self {
        let otherwise = given.visit().reader.as_ref().map_or(given.config().site.language, |asker| asker.language);
        Self { address: email.to_string(), reader: reading.reader(otherwise) }
    }

    /// The same reader, at another address of theirs.
    pub fn at(self, address: &Email) -> Self {
        Self { address: address.to_string(), ..self }
    }

    /// A letter to them, as `write` puts it: its words and times are for them.
    pub fn letter(&self, write: impl FnOnce(&To<'_>) -> Letter) -> Letter {
        write(&To(self))
    }
}

#[cfg(test)]
impl Recipient {
    pub(super) fn test(address: &str) -> Self {
        Self { address: address.to_owned(), reader: Reader::default() }
    }

    pub(super) fn to(&self) -> To<'_> {
        To(self)
    }
}
