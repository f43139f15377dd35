//! To whom a letter goes, and how they read it.

use super::Letter;
use crate::base::db::Tx;
use crate::base::words::reader::Reader;
use crate::domain::accounts::{self, Account, AccountId, Email};
use crate::request::app::App;

/// Somebody who gets letters.
#[derive(Clone, Debug)]
pub struct Recipient {
    address: String,
    reader: Reader,
}

/// The address of a letter that is being written, in its reader's language: only [`Recipient::letter`] gives one.
pub struct To(String);

impl To {
    #[cfg(test)]
    pub(super) fn test(address: &str) -> Self {
        Self(address.to_owned())
    }

    pub fn address(&self) -> &str {
        &self.0
    }
}

impl Recipient {
    /// Somebody without an account, who is spoken to in the language of the request that is being answered.
    pub fn stranger(app: &App, address: &Email) -> Self {
        let operators = || Reader { language: app.config.site.language, ..Reader::default() };
        Self { address: address.to_string(), reader: Reader::known().unwrap_or_else(operators) }
    }

    pub fn owner(app: &App, account: &Account) -> Self {
        Self { address: account.email.to_string(), reader: account.reading.reader(app.config.site.language) }
    }

    /// The owner of `account`, as the transaction sees it; none if it is gone.
    pub async fn of(app: &App, tx: &mut Tx, account: AccountId) -> Result<Option<Self>, sqlx::Error> {
        let found = accounts::reading_of(tx, account).await?;
        Ok(found.map(|(email, reading)| Self {
            address: email.to_string(),
            reader: reading.reader(app.config.site.language),
        }))
    }

    /// The same reader, at another address of theirs.
    pub fn at(self, address: &Email) -> Self {
        Self { address: address.to_string(), ..self }
    }

    /// A letter to them, as `write` puts it: its words and times are for them.
    pub fn letter(&self, write: impl FnOnce(&To) -> Letter) -> Letter {
        self.reader.told(|| write(&To(self.address.clone())))
    }
}
