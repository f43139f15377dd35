//! Every word a person reads, by its key. The words live in `locales/` (Fluent) and are put
//! together on the server, in the language of the [`Reader`](reader::Reader) whose page, answer or
//! letter is being made. Nothing here knows whose turn it is: whoever answers a request finds the
//! reader there (`ui::words`), a letter has its recipient, and the command line and programs are
//! spoken to in English.

pub mod bundles;
#[cfg(test)]
pub mod made_keys;
pub mod reader;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment, in microseconds since the Unix epoch, as RFC 3339 has it; one that no calendar holds
/// is empty.
pub fn rfc3339(micros: i64) -> String {
    machine(micros).unwrap_or_default()
}

fn machine(micros: i64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp(micros.div_euclid(1_000_000)).ok()?;
    moment.format(&Rfc3339).ok()
}
