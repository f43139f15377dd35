//! What a browser is recognised by: a random token for each account that signed in with it. What
//! one is worth is said by [`crate::domain::devices`].

use crate::base::clock::Randomness;
use crate::base::ids::AccountId;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// Accounts that one browser remembers.
const MOST: usize = 4;

/// What a browser holds for one account: 192 random bits. Never stored, never logged.
#[derive(Clone, PartialEq, Eq)]
struct DeviceToken(Zeroizing<[u8; 24]>);

/// The tokens of a browser, the one used last first.
#[derive(Clone, Default)]
pub struct DeviceTokens(Vec<DeviceToken>);

impl fmt::Debug for DeviceTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceTokens(..)")
    }
}

impl DeviceToken {
    /// Bound to the account: equal tokens of two accounts would tell whoever reads the database
    /// that they share a browser.
    fn hash(&self, account: AccountId) -> [u8; 32] {
        Sha256::new().chain_update(account.0.as_bytes()).chain_update(self.0.as_slice()).finalize().into()
    }
}

impl DeviceTokens {
    /// What the cookie holds; whatever is no token is left out.
    pub fn parse(text: &str) -> Self {
        let token = |part: &str| {
            let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(part.as_bytes()).ok()?);
            Some(DeviceToken(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
        };
        Self(text.split('.').take(MOST).filter_map(token).collect())
    }

    pub fn to_text(&self) -> String {
        let texts: Vec<String> = self.0.iter().map(|token| BASE64URL_NOPAD.encode(token.0.as_slice())).collect();
        texts.join(".")
    }

    /// What the database would hold of each, if it knew it for `account`, in their order.
    pub(crate) fn hashes(&self, account: AccountId) -> impl Iterator<Item = [u8; 32]> {
        self.0.iter().map(move |token| token.hash(account))
    }

    /// The token at `place` is the one in use.
    pub(crate) fn use_again(&mut self, place: usize) {
        if place < self.0.len() {
            let token = self.0.remove(place);
            self.0.insert(0, token);
        }
    }

    /// Puts a new token in front; gives what the database holds of it.
    pub(crate) fn add(&mut self, account: AccountId, randomness: &Randomness) -> [u8; 32] {
        let token = DeviceToken(Zeroizing::new(randomness.bytes()));
        let hash = token.hash(account);
        self.0.insert(0, token);
        self.0.truncate(MOST);
        hash
    }

    /// As [`Self::add`], in the place of the one in front.
    pub(crate) fn replace_first(&mut self, account: AccountId, randomness: &Randomness) -> [u8; 32] {
        if !self.0.is_empty() {
            self.0.remove(0);
        }
        self.add(account, randomness)
    }
}
