//! Codes on paper, for whoever has lost everything else: each works once.

use super::{bare, changed};
use crate::base::clock::{Randomness, UnixMicros};
use crate::base::db::{Db, Tx, on, read};
use crate::domain::accounts::AccountId;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// Codes in one set.
pub const SET: usize = 10;
/// From how many on there are few left.
pub const FEW: i64 = 3;
const BYTES: usize = 15;
pub(super) const LETTERS: usize = 24;
/// Crockford's: no I, L, O and U. Those that look like another are read as that one.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 120 random bits. More than the 112 from which on a plain hash will do (ASVS 6.5.2).
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<[u8; BYTES]>);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

impl RecoveryCode {
    fn new(randomness: &Randomness) -> Self {
        Self(Zeroizing::new(randomness.bytes()))
    }

    /// In any case, with anything but letters and digits between them.
    pub fn parse(typed: &str) -> Option<Self> {
        let letters = bare(typed);
        if letters.len() != LETTERS {
            return None;
        }
        let mut bits = 0_u128;
        for letter in letters.bytes() {
            let letter = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let value = ALPHABET.iter().position(|known| *known == letter)?;
            bits = bits << 5 | value as u128;
        }
        let mut bytes = Zeroizing::new([0; BYTES]);
        bytes.copy_from_slice(&bits.to_be_bytes()[1..]);
        Some(Self(bytes))
    }

    /// Six groups of four: `7K2M-…`.
    pub fn to_text(&self) -> Zeroizing<String> {
        let bits = self.0.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let mut text = Zeroizing::new(String::with_capacity(LETTERS + 5));
        for at in 0..LETTERS {
            if at > 0 && at % 4 == 0 {
                text.push('-');
            }
            let value = (bits >> (5 * (LETTERS - 1 - at))) & 31;
            text.push(char::from(ALPHABET[value as usize]));
        }
        text
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_slice()).into()
    }
}

/// A set of codes, as it is shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCodes(Vec<RecoveryCode>);

impl RecoveryCodes {
    pub fn new(randomness: &Randomness) -> Self {
        Self((0..SET).map(|_| RecoveryCode::new(randomness)).collect())
    }

    /// As a draft holds them: the bytes of each, one after the other.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.iter().flat_map(|code| *code.0).collect())
    }

    pub fn from_bytes(bytes: &[u8]) -> Self {
        let codes = bytes.as_chunks::<BYTES>().0;
        Self(codes.iter().map(|code| RecoveryCode(Zeroizing::new(*code))).collect())
    }

    pub fn texts(&self) -> Vec<Zeroizing<String>> {
        self.0.iter().map(RecoveryCode::to_text).collect()
    }
}

/// Puts `codes` in place of all that the account had, used or not.
pub async fn replace(
    tx: &mut Tx,
    account: AccountId,
    codes: &RecoveryCodes,
    now: UnixMicros,
) -> Result<(), sqlx::Error> {
    const REMOVE: &str = "DELETE FROM recovery_codes WHERE account_id = $1";
    const ADD: &str = "INSERT INTO recovery_codes (code_hash, account_id, created_at) \
        VALUES ($1, $2, $3)";
    on!(tx, |connection| {
        sqlx::query(REMOVE).bind(account).execute(&mut *connection).await?;
        for code in &codes.0 {
            sqlx::query(ADD).bind(&code.hash()[..]).bind(account).bind(now).execute(&mut *connection).await?;
        }
    });
    changed(tx, account).await
}

/// Uses `code` up; false if it is none of the account's, or was used before.
pub(super) async fn take(
    tx: &mut Tx,
    account: AccountId,
    code: &RecoveryCode,
    now: UnixMicros,
) -> Result<bool, sqlx::Error> {
    const TAKE: &str = "UPDATE recovery_codes \
        SET used_at = $3 \
        WHERE code_hash = $1 AND account_id = $2 AND used_at IS NULL";
    let taken = on!(tx, |connection| sqlx::query(TAKE)
        .bind(&code.hash()[..])
        .bind(account)
        .bind(now)
        .execute(connection)
        .await?
        .rows_affected());
    Ok(taken == 1)
}

/// Codes that can still be used.
pub async fn left(db: &Db, account: AccountId) -> Result<i64, sqlx::Error> {
    read!(db, |pool| sqlx::query_scalar(LEFT).bind(account).fetch_one(pool).await)
}

/// Codes of the set there is that were used.
pub async fn used(db: &Db, account: AccountId) -> Result<i64, sqlx::Error> {
    const USED: &str = "SELECT COUNT(*) \
        FROM recovery_codes \
        WHERE account_id = $1 AND used_at IS NOT NULL";
    read!(db, |pool| sqlx::query_scalar(USED).bind(account).fetch_one(pool).await)
}

/// As [`left`], within a transaction.
pub async fn left_after(tx: &mut Tx, account: AccountId) -> Result<i64, sqlx::Error> {
    on!(tx, |connection| sqlx::query_scalar(LEFT).bind(account).fetch_one(connection).await)
}

const LEFT: &str = "SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_groups_of_four_and_is_read_however_it_is_typed() {
        let code = RecoveryCode::new(&Randomness::system());
        let text = code.to_text();
        let groups: Vec<&str> = text.split('-').collect();
        assert!(groups.len() == 6 && groups.iter().all(|group| group.len() == 4), "{}", *text);
        for typed in [
            text.to_string(),
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', " "),
            format!("\u{a0} {} \r\n", text.replace('-', " – ")),
            text.replace('0', "o").replace('1', "l"),
            text.replace('0', "O").replace('1', "I"),
            // As a Japanese keyboard makes them.
            text.chars().map(|letter| char::from_u32(letter as u32 + 0xfee0).unwrap()).collect(),
        ] {
            assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        for typed in
            ["", "123456", &text[1..], &format!("{}A", *text), &format!("U{}", &text[1..]), "é".repeat(12).as_str()]
        {
            assert_eq!(RecoveryCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn every_bit_of_a_code_is_in_its_text() {
        for (byte, text) in [(0, "0"), (0xff, "Z")] {
            let code = RecoveryCode::new(&Randomness::from_source(move |bytes| bytes.fill(byte)));
            assert_eq!(code.to_text().replace('-', ""), text.repeat(24));
            assert_eq!(RecoveryCode::parse(&code.to_text()), Some(code));
        }
    }

    #[test]
    fn a_set_has_ten_different_codes_and_comes_back_from_its_bytes() {
        let codes = RecoveryCodes::new(&Randomness::system());
        let texts: std::collections::BTreeSet<String> = codes.texts().iter().map(|text| text.to_string()).collect();
        assert_eq!(texts.len(), SET);
        assert_eq!(RecoveryCodes::from_bytes(&codes.to_bytes()), codes);
        assert_eq!(format!("{codes:?}").matches("RecoveryCode(..)").count(), SET);
    }
}
