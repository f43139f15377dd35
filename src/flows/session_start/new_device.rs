//! The letter about a sign-in from a browser that its account does not know (ASVS 6.3.5).

use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::domain::accounts::AccountId;
use crate::domain::links::{self, Link, NOTICE_LIFETIME, Purpose};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::sessions::SessionHandle;
use std::time::Duration;

/// Letters to one account within [`WINDOW`]; the last of them says that it is the last. Each
/// sign-in takes the password, so a thief is told of the first time whatever follows: more letters
/// would only bury that one, fill the table, and have mail servers take this one for a sender of
/// spam. The sessions page and the audit trail have every sign-in.
const MOST: i64 = 10;
const WINDOW: Duration = Duration::from_secs(3600);

/// Queues the letter about `session`, with a link of its own, unless there were too many.
pub(super) async fn tell(tx: &mut Tx, account: AccountId, session: SessionHandle) -> Result<(), AppError> {
    let (config, now) = (tx.config(), tx.now());
    let told = links::count_new(tx, Purpose::WasItYou, account, WINDOW, now).await?;
    if told >= MOST {
        tracing::warn!(account = %account.0, "sign-ins from many unknown browsers; no letter about this one");
        return Ok(());
    }
    let Some(owner) = Recipient::of(tx, account).await? else { return Ok(()) };
    let about = Link { account_id: Some(account), session_handle: Some(session), ..Link::default() };
    let token = links::create(tx, Purpose::WasItYou, &about, NOTICE_LIFETIME).await?;
    let link = config.link(&links::notice_page(&token));
    let occasion = letters::Occasion::of(tx.origin(), now);
    let reset_link = (told + 1 == MOST).then(|| config.link("/forgot-password"));
    let site = &config.site.name;
    let letter = owner.letter(|to| letters::new_device(to, site, &occasion, &link, reset_link.as_deref()));
    mail::queue(tx, &letter).await?;
    Ok(())
}
