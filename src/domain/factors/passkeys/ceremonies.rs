//! What a browser is asked, and whether its answer is right.
//!
//! A challenge waits nowhere: it travels to the browser sealed and comes back with the answer, so
//! asking costs no row and anybody may ask. It is sealed for one act of one session, sign-in or
//! link, ends after ten minutes, and an answer that was taken is kept until then, so that none is
//! taken twice.

use super::relying_party::RelyingParty;
use super::{Found, find};
use crate::base::clock::{CLOCK_TOLERANCE, UnixMicros};
use crate::base::db::{Db, Tx, on};
use crate::base::error::AppError;
use crate::base::one_use_token::OneUseToken;
use crate::base::vault::Vault;
use crate::domain::accounts::{Account, AccountId, Email};
use crate::domain::sessions::SessionHandle;
use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use strum::VariantArray;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey as PublicKey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, WebauthnError,
};
use webauthn_rs_proto::{AllowCredentials, ResidentKeyRequirement};

/// How long a person has for an answer. The recommended time is 5 to 10 minutes (WebAuthn Level 3
/// §15.1).
pub const LIFETIME: Duration = Duration::from_secs(600);

/// Longer ones are no challenge of ours: 20 passkeys to exclude, of up to 1023 bytes each, would
/// not fit a request anyway.
const LONGEST: usize = 24 * 1024;

/// What a challenge is for, and for whom alone.
#[derive(Debug)]
pub enum For<'a> {
    /// Whoever answers says who they are.
    SignIn,
    SecondFactor(&'a OneUseToken),
    Confirm(SessionHandle),
    Add(SessionHandle),
    /// The sign-in that waits for its account to get a second factor.
    Enrol(&'a OneUseToken),
    /// The link that registration goes on behind.
    SignUp(&'a OneUseToken),
    /// An account with this address, where addresses are not confirmed.
    Register(&'a Email),
    /// The operator's link.
    SetUp(&'a OneUseToken),
}

impl For<'_> {
    /// What a challenge is sealed to.
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::SignIn => b"sign in".to_vec(),
            Self::SecondFactor(token) => [b"second factor".as_slice(), &token.hash()].concat(),
            Self::Confirm(session) => [b"confirm".as_slice(), session.0.as_bytes()].concat(),
            Self::Add(session) => [b"add".as_slice(), session.0.as_bytes()].concat(),
            Self::Enrol(token) => [b"enrol".as_slice(), &token.hash()].concat(),
            Self::SignUp(token) => [b"sign up".as_slice(), &token.hash()].concat(),
            Self::Register(email) => [b"register".as_slice(), email.as_str().as_bytes()].concat(),
            Self::SetUp(token) => [b"set up".as_slice(), &token.hash()].concat(),
        }
    }
}

/// What a browser is sent: `options` for its WebAuthn, and the sealed `challenge` to send back with
/// the answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON (WebAuthn
    /// Level 3 §5.1.8, §5.1.9).
    pub options: serde_json::Value,
    pub challenge: String,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Waiting<State> {
    state: State,
    /// Whose the passkey is to be, or must be.
    account: Option<Uuid>,
    /// Microseconds since 1970.
    expires_at: i64,
}

/// A challenge that came back with a right answer.
#[derive(Debug)]
pub struct Challenge {
    hash: [u8; 32],
    expires_at: UnixMicros,
}

impl Challenge {
    /// False if an answer to it was taken before.
    pub(super) async fn use_up(&self, tx: &mut Tx) -> Result<bool, sqlx::Error> {
        const USE: &str = "INSERT INTO used_challenges (challenge_hash, expires_at) \
            VALUES ($1, $2) \
            ON CONFLICT DO NOTHING";
        let used = on!(tx, |connection| sqlx::query(USE)
            .bind(&self.hash[..])
            .bind(self.expires_at)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(used == 1)
    }
}

/// Gives how many were too old to be answered again.
pub async fn remove_expired(tx: &mut Tx, now: UnixMicros) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM used_challenges WHERE expires_at <= $1";
    on!(tx, |connection| sqlx::query(REMOVE)
        .bind(now.before(CLOCK_TOLERANCE))
        .execute(connection)
        .await
        .map(|done| done.rows_affected()))
}

/// Why an answer is not taken; for the audit trail, never for the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Refused {
    /// Nothing that a browser makes, or an answer to no challenge of ours, to one for something
    /// else, or to one that is over.
    NoAnswer,
    /// Nobody's, somebody else's, or removed.
    Unknown,
    /// Of another site, without its user's finger, face or PIN, or not signed with its key.
    Wrong,
    /// The counter of signatures went back: there may be a copy of the passkey.
    Copied,
}

impl Refused {
    /// One of each: the activity page has words for all of them, and a test that asks for them.
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        match self {
            Self::NoAnswer => "no_answer",
            Self::Unknown => "unknown_passkey",
            Self::Wrong => "wrong_answer",
            Self::Copied => "copied_passkey",
        }
    }
}

impl From<WebauthnError> for Refused {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::CredentialPossibleCompromise => Self::Copied,
            _ => Self::Wrong,
        }
    }
}

/// Why no passkey was used.
#[derive(Debug, thiserror::Error)]
pub enum NotAnswered {
    #[error("refused")]
    Refused(Refused, Option<AccountId>),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A new passkey, checked and not stored yet.
#[derive(Debug)]
pub struct Created {
    /// Whom it was made for.
    pub account: AccountId,
    pub(super) key: PublicKey,
    pub(super) relying_party: String,
    pub(super) challenge: Challenge,
}

/// A right answer of a stored passkey; [`super::use_up`] takes it.
pub struct Answered {
    pub(super) found: Found,
    /// As it is after this use.
    pub(super) key: PublicKey,
    pub(super) challenge: Challenge,
}

impl Answered {
    /// Whose passkey it is.
    pub fn account(&self) -> AccountId {
        self.found.account
    }
}

/// For whom a passkey is created.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    pub id: AccountId,
    /// What the browser shows when it offers the passkey.
    pub name: &'a str,
    pub display_name: &'a str,
}

impl<'a> From<&'a Account> for Owner<'a> {
    fn from(account: &'a Account) -> Self {
        Self { id: account.id, name: account.signs_in_as(), display_name: account.display_name.as_str() }
    }
}

/// Sealing and opening challenges of one installation.
#[derive(Debug)]
pub struct Ceremonies<'a> {
    pub party: &'a RelyingParty,
    pub vault: &'a Vault,
    pub now: UnixMicros,
}

/// A ceremony that could not begin; logged where it happened.
#[derive(Debug, thiserror::Error)]
#[error("a passkey can't be asked for")]
pub struct NotAsked;

impl<'a> Ceremonies<'a> {
    /// Those of `party`. `NotFound` where there is none.
    pub fn of(db: &'a Db, party: Option<&'a RelyingParty>) -> Result<Self, AppError> {
        let party = party.ok_or(AppError::NotFound)?;
        Ok(Self { party, vault: db.vault(), now: db.now() })
    }

    /// Asks for a new passkey on an authenticator that has none in `known` yet.
    pub fn ask_to_create(
        &self,
        purpose: &For<'_>,
        owner: Owner<'_>,
        known: Vec<CredentialID>,
    ) -> Result<Asked, NotAsked> {
        let webauthn = self.party.webauthn();
        let started = webauthn.start_passkey_registration(owner.id.0, owner.name, owner.display_name, Some(known));
        let (mut asked, state) = started.map_err(|error| not_asked(&error))?;
        if let Some(selection) = &mut asked.public_key.authenticator_selection {
            // Kept by the authenticator under the account's name: without that it could not begin a
            // sign-in.
            selection.resident_key = Some(ResidentKeyRequirement::Required);
            selection.require_resident_key = true;
        }
        self.asked(purpose, &asked.public_key, state, Some(owner.id))
    }

    /// Asks for a passkey: one of `allowed`, or with none of them whichever its owner chooses.
    /// `account` is whose it must be.
    pub fn ask_to_sign(
        &self,
        purpose: &For<'_>,
        account: Option<AccountId>,
        allowed: Vec<CredentialID>,
    ) -> Result<Asked, NotAsked> {
        // The one that knows no credentials beforehand, for named accounts too: the stored passkey
        // is read when the answer comes, so that one removed or used meanwhile counts as it is
        // then.
        let (mut asked, state) =
            self.party.webauthn().start_discoverable_authentication().map_err(|error| not_asked(&error))?;
        asked.public_key.allow_credentials = allowed
            .into_iter()
            .map(|id| AllowCredentials { type_: "public-key".to_owned(), id: id.to_vec(), transports: None })
            .collect();
        self.asked(purpose, &asked.public_key, state, account)
    }

    fn asked<State: Serialize>(
        &self,
        purpose: &For<'_>,
        options: &impl Serialize,
        state: State,
        account: Option<AccountId>,
    ) -> Result<Asked, NotAsked> {
        let waiting =
            Waiting { state, account: account.map(|account| account.0), expires_at: self.now.after(LIFETIME).0 };
        let plain = serde_json::to_vec(&waiting).map_err(|error| not_asked(&error))?;
        let sealed = self.vault.seal_challenge(&purpose.bytes(), &plain).map_err(|error| not_asked(&error))?;
        let options = serde_json::to_value(options).map_err(|error| not_asked(&error))?;
        Ok(Asked { options, challenge: BASE64URL_NOPAD.encode(&sealed) })
    }

    /// Opens what [`Self::asked`] sealed.
    fn open<State: DeserializeOwned>(&self, purpose: &For<'_>, challenge: &str) -> Option<(Waiting<State>, Challenge)> {
        if challenge.len() > LONGEST {
            return None;
        }
        let sealed = BASE64URL_NOPAD.decode(challenge.as_bytes()).ok()?;
        let plain = self.vault.open_challenge(&purpose.bytes(), &sealed).ok()?;
        let waiting: Waiting<State> = serde_json::from_slice(&plain).ok()?;
        let expires_at = UnixMicros(waiting.expires_at);
        // One that ends later was asked by a clock that was ahead.
        let fresh = self.now < expires_at && expires_at <= self.now.after(LIFETIME).after(CLOCK_TOLERANCE);
        fresh.then(|| (waiting, Challenge { hash: Sha256::digest(&sealed).into(), expires_at }))
    }

    /// Checks a new passkey.
    pub fn created(&self, purpose: &For<'_>, challenge: &str, answer: &str) -> Result<Created, Refused> {
        let (waiting, challenge) = self.open::<PasskeyRegistration>(purpose, challenge).ok_or(Refused::NoAnswer)?;
        let account = waiting.account.map(AccountId).ok_or(Refused::NoAnswer)?;
        let answer: RegisterPublicKeyCredential = read(answer).ok_or(Refused::NoAnswer)?;
        let key = self.party.webauthn().finish_passkey_registration(&answer, &waiting.state)?;
        Ok(Created { account, key, relying_party: self.party.id().to_owned(), challenge })
    }

    /// Checks an answer with a stored passkey.
    pub async fn answered(
        &self,
        db: &Db,
        purpose: &For<'_>,
        challenge: &str,
        answer: &str,
    ) -> Result<Answered, NotAnswered> {
        let refused = |refused| NotAnswered::Refused(refused, None);
        let (waiting, challenge) =
            self.open::<DiscoverableAuthentication>(purpose, challenge).ok_or(refused(Refused::NoAnswer))?;
        let mut answer: PublicKeyCredential = read(answer).ok_or(refused(Refused::NoAnswer))?;
        // Some password managers write none as an empty one.
        answer.response.user_handle.take_if(|handle| handle.is_empty());
        let Some(found) = find(db, &answer.raw_id, self.party.id()).await? else {
            return Err(refused(Refused::Unknown));
        };
        // Whom the authenticator says it is for; only a passkey that was named beforehand may leave
        // it out (§7.2, step 6).
        let handle = answer.get_user_unique_id().map(Uuid::from_slice);
        let owner_agrees = match (handle, waiting.account) {
            (Some(Ok(handle)), None) => handle == found.account.0,
            (Some(Ok(handle)), Some(expected)) => handle == found.account.0 && expected == found.account.0,
            (None, Some(expected)) => expected == found.account.0,
            (Some(Err(_)), _) | (None, None) => false,
        };
        if !owner_agrees {
            return Err(refused(Refused::Unknown));
        }
        let checked = self.party.webauthn().finish_discoverable_authentication_v2(&answer, waiting.state, &found.key);
        let result = checked.map_err(|error| NotAnswered::Refused(error.into(), Some(found.account)))?;
        let mut key = found.key.clone();
        key.update_credential(&result);
        Ok(Answered { found, key, challenge })
    }
}

/// What a browser answered. What is not signed is a hint, and password managers that answer in its
/// place write it in shapes of their own: where that can't be read, the answer counts without it.
fn read<Answer: DeserializeOwned>(answer: &str) -> Option<Answer> {
    let mut answer: serde_json::Value = serde_json::from_str(answer).ok()?;
    if let Ok(whole) = Answer::deserialize(&answer) {
        return Some(whole);
    }
    let members = answer.as_object_mut()?;
    members.remove("clientExtensionResults");
    members.get_mut("response")?.as_object_mut()?.remove("transports");
    Answer::deserialize(answer).ok()
}

fn not_asked(error: &impl std::fmt::Display) -> NotAsked {
    tracing::error!(%error, "a passkey can't be asked for");
    NotAsked
}
