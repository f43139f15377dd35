//! The name that passkeys are bound to: the host of the public URL. Under another name no browser
//! offers them, so changing it voids every passkey there is; the start is refused until the
//! operator has said that this is meant.

use super::super::{authenticators, changed, remove_all};
use crate::base::config::PublicUrl;
use crate::base::db::{Db, Tx, on, read};
use crate::domain::accounts::AccountId;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::FactorKind;
use crate::domain::links;
use crate::domain::mail::{self, Recipient, letters};
use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// This installation, as browsers and authenticators know it.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    id: String,
    webauthn: Webauthn,
}

impl RelyingParty {
    /// None where the public URL has no name: passkeys can't be bound to an IP address (WebAuthn
    /// Level 3 §5.1.3).
    pub fn new(public_url: &PublicUrl, site: &str) -> Option<Self> {
        let origin = Url::parse(public_url.origin()).ok()?;
        let id = origin.domain()?.to_owned();
        let built = WebauthnBuilder::new(&id, &origin).map(|builder| builder.rp_name(site));
        let built = built.and_then(|builder| builder.timeout(super::ceremonies::LIFETIME).build());
        let webauthn = built.inspect_err(|error| tracing::error!(%error, "there are no passkeys")).ok()?;
        Some(Self { id, webauthn })
    }

    /// The relying party id.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn webauthn(&self) -> &Webauthn {
        &self.webauthn
    }
}

/// Why the start is refused, and what the operator can do.
#[derive(Debug, thiserror::Error)]
pub enum Unsettled {
    #[error(
        "there are {passkeys} passkeys for {was:?}, and with this public URL none of them works any more: set server.public_url back, or void them with second_factor.void_passkeys_of = {was:?}"
    )]
    Moved { was: String, passkeys: i64 },
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("the people whose passkeys are void can't be written to")]
    Letters,
}

/// Makes sure that every stored passkey is one of this installation's name. Those of the name that
/// the operator gave up are removed, with an audit entry and a letter for each of their owners; any
/// others stop the start.
pub async fn settle(db: &Db, party: Option<&RelyingParty>) -> Result<(), Unsettled> {
    const OTHERS: &str = "SELECT relying_party, COUNT(*) \
        FROM passkeys \
        WHERE relying_party <> $1 \
        GROUP BY relying_party \
        ORDER BY relying_party";
    let config = db.config();
    let here = party.map_or("", RelyingParty::id);
    let others: Vec<(String, i64)> = read!(db, |pool| sqlx::query_as(OTHERS).bind(here).fetch_all(pool).await)?;
    for (was, passkeys) in others {
        if config.second_factor.void_passkeys_of.as_ref() != Some(&was) {
            return Err(Unsettled::Moved { was, passkeys });
        }
        tracing::warn!(relying_party = was, passkeys, "passkeys are removed: they were made for another name");
        while let Some(account) = next_owner(db, &was).await? {
            void(db, account, &was).await?;
        }
    }
    Ok(())
}

async fn next_owner(db: &Db, was: &str) -> Result<Option<AccountId>, sqlx::Error> {
    const NEXT: &str = "SELECT account_id FROM passkeys WHERE relying_party = $1 LIMIT 1";
    read!(db, |pool| sqlx::query_scalar(NEXT).bind(was).fetch_optional(pool).await)
}

async fn void(db: &Db, account: AccountId, was: &str) -> Result<(), Unsettled> {
    let config = db.config();
    let mut tx = db.begin_recorded().await?;
    if remove_of(&mut tx, account, was).await? == 0 {
        // Another node was here first.
        return Ok(());
    }
    changed(&mut tx, account).await?;
    if authenticators(&mut tx, account).await? == 0 {
        remove_all(&mut tx, account).await?;
    }
    let details = Details {
        reason: Some(FactorKind::Passkey.name().to_owned()),
        by: Some("command_line".to_owned()),
        ..Details::default()
    };
    let event = Event { kind: Kind::SecondFactorRemoved, account: Some(account), details };
    audit::record(&mut tx, &event).await?;
    if let Some(owner) = Recipient::of(&mut tx, account).await? {
        let again = config.link("/account/passkeys");
        let lock = config.link(&links::page_that_locks(&mut tx, account).await?);
        let letter = owner.letter(|to| letters::passkeys_void(to, &config.site.name, was, &again, &lock));
        let queued = mail::queue(&mut tx, &letter).await;
        queued.map_err(|_| Unsettled::Letters)?;
    }
    Ok(tx.commit().await?)
}

async fn remove_of(tx: &mut Tx, account: AccountId, was: &str) -> Result<u64, sqlx::Error> {
    const REMOVE: &str = "DELETE FROM passkeys WHERE account_id = $1 AND relying_party = $2";
    on!(tx, |connection| Ok(sqlx::query(REMOVE).bind(account).bind(was).execute(connection).await?.rows_affected()))
}
