//! Another address for an account: its new owner agrees first, behind a link that only went there;
//! the address before is told, and can lock the account for a while ([`freezes::hold`]).

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx, on};
use crate::base::error::AppError;
use crate::domain::accounts::{self, AccountId, Email};
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::limits::{Door, proofs};
use crate::domain::links::{self, Link, LinkToken, NOTICE_LIFETIME, Purpose};
use crate::domain::mail::{self, Recipient, letters};
use crate::flows::acting::{self, Person};
use crate::flows::{freezes, taking_back};
use std::time::Duration;

/// Letters to addresses of their choosing that one person can have sent within [`SPAN`].
const MOST: i64 = 5;
const SPAN: Duration = Duration::from_secs(24 * 3600);

/// What came of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    Changed,
    /// The address is the one of before, and is known to be its owner's now.
    Confirmed,
    /// As either, by whoever proved an address of the account first, and not in a browser that was
    /// signed in to it: what was set up before is void, with the password.
    TakenOver,
}

/// Sends a link to `new`, or, where somebody else has that address, a letter that says so: the
/// person learns nothing of it. Voids the link before. `EmailUnchanged`: it is theirs and confirmed
/// already. `EmailChangesTooMany`: enough letters for a day.
pub async fn ask(db: &Db, person: &Person, new: &Email) -> Result<(), AppError> {
    let mut tx = acting::begin_change(db, person).await?;
    write(&mut tx, person, new).await?;
    Ok(tx.commit().await?)
}

async fn write(tx: &mut Tx, person: &Person, new: &Email) -> Result<(), AppError> {
    const OWNER: &str = "SELECT id FROM accounts WHERE email = $1";
    let config = tx.config();
    let now = tx.now();
    let (now, account, site) = (now, &person.account, &config.site.name);
    if *new == account.email && account.email_verified_at.is_some() {
        return Err(AppError::EmailUnchanged);
    }
    if asked_lately(tx, account.id, now).await? >= MOST {
        return Err(AppError::EmailChangesTooMany);
    }
    // Made for an address that is taken too, though never sent: so that both cost the same (ASVS
    // 6.3.8).
    let about = Link { account_id: Some(account.id), email: Some(new.clone()), ..Link::default() };
    let token = links::create(tx, Purpose::ChangeEmail, &about, links::MAIL_LIFETIME).await?;
    let owner: Option<AccountId> =
        on!(tx, |connection| sqlx::query_scalar(OWNER).bind(new).fetch_optional(connection).await)?;
    let letter = match owner {
        Some(owner) if owner != account.id => {
            let (sign_in, again) = (config.link("/sign-in"), config.link("/forgot-password"));
            let owner = Recipient::of(tx, owner).await?.ok_or(AppError::Internal)?;
            owner.letter(|to| letters::address_in_use(to, site, &sign_in, &again))
        }
        _ => {
            let link = config.link(&format!("/verify-email?token={}", token.to_text().as_str()));
            let reader = Recipient::owner(tx, account).at(new);
            reader.letter(|to| letters::confirm_address(to, site, &link))
        }
    };
    mail::queue(tx, &letter).await?;
    let details = Details { is: Some(new.to_string()), ..Details::of_visitor() };
    audit::record(tx, &Event::about(account.id, Kind::EmailChangeAsked, details)).await?;
    Ok(())
}

async fn asked_lately(tx: &mut Tx, account: AccountId, now: UnixMicros) -> Result<i64, sqlx::Error> {
    const ASKED: &str = "SELECT COUNT(*) \
        FROM audit_entries \
        WHERE account_id = $1 AND kind = $2 AND at > $3";
    on!(tx, |connection| sqlx::query_scalar(ASKED)
        .bind(account)
        .bind(Kind::EmailChangeAsked.name())
        .bind(now.before(SPAN))
        .fetch_one(connection)
        .await)
}

/// Takes the link: the account has the address it went to from now on. Voids every other link to
/// the account, those that went to the address before among them; its sessions go on, but where
/// this is the first proof of an address ([`taking_back`]). `EmailTaken`: somebody has the address
/// since; whoever holds the link may be told, it is theirs.
pub async fn agree(db: &Db, token: &str) -> Result<(AccountId, Agreed), AppError> {
    // Looked at before anything is written: a write keeps all others waiting, and anybody can send
    // something.
    if links::peek_typed(db, Purpose::ChangeEmail, token, db.now()).await?.is_none() {
        return Err(proofs::note_refused(db, Door::Link, AppError::LinkExpired).await);
    }
    let token = LinkToken::parse(token).ok_or(AppError::LinkExpired)?;
    let mut tx = db.begin_recorded().await?;
    let agreed = take(&mut tx, &token).await?;
    // Whoever pressed twice must not be told by the second press that their link is used up.
    tx.visit().still_awaited()?;
    tx.commit().await?;
    Ok(agreed)
}

async fn take(tx: &mut Tx, token: &LinkToken) -> Result<(AccountId, Agreed), AppError> {
    let now = tx.now();
    let link = links::take(tx, Purpose::ChangeEmail, token, now).await?.ok_or(AppError::LinkExpired)?;
    let (Some(account), Some(new)) = (link.account_id, link.email) else { return Err(AppError::LinkExpired) };
    let (old, _) = accounts::reading_of(tx, account).await?.ok_or(AppError::LinkExpired)?;
    let unproven = accounts::find_in(tx, account).await?.is_some_and(|account| account.unproven);
    if !accounts::change_email(tx, account, &old, &new, now).await? {
        return Err(AppError::LinkExpired);
    }
    links::void_of_account(tx, account).await?;
    let mut agreed = Agreed::Confirmed;
    if old == new {
        audit::record(tx, &Event::about(account, Kind::EmailConfirmed, Details::of_visitor())).await?;
    } else {
        let details = Details { was: Some(old.to_string()), is: Some(new.to_string()), ..Details::of_visitor() };
        audit::record(tx, &Event::about(account, Kind::EmailChanged, details)).await?;
        tell_former(tx, account, old).await?;
        tracing::info!(account = %account.0, "its address was changed");
        agreed = Agreed::Changed;
    }
    if taking_back::by_first_proof(tx, account, unproven).await? {
        agreed = Agreed::TakenOver;
    }
    Ok((account, agreed))
}

/// Not the new address: who lost the old mailbox may have lost it to somebody.
async fn tell_former(tx: &mut Tx, account: AccountId, former: Email) -> Result<(), AppError> {
    let config = tx.config();
    let now = tx.now();
    let entry = audit::newest(tx).await?;
    let about =
        Link { account_id: Some(account), email: Some(former.clone()), audit_sequence: Some(entry), ..Link::default() };
    let token = links::create(tx, Purpose::FormerAddress, &about, NOTICE_LIFETIME).await?;
    let lock = config.link(&links::notice_page(&token));
    let occasion = letters::Occasion::of(tx.origin(), now);
    if let Some(owner) = Recipient::of(tx, account).await? {
        let site = &config.site.name;
        let letter = owner.at(&former).letter(|to| letters::email_changed(to, site, &occasion, &lock));
        mail::queue(tx, &letter).await?;
    }
    Ok(())
}

/// Gives a frozen account back to an owner who was made out by other means: sets their address,
/// takes away what other addresses could do and what does not count as theirs ([`taking_back`]),
/// and ends the hold. The freeze goes on until they set a new password by mail: whoever changed the
/// address may know the one there is. `EmailTaken`: somebody else has the address. False if the
/// account is not frozen. `tx` is a recorded one.
pub async fn give_back(tx: &mut Tx, account: AccountId, owner: &Email, by: By) -> Result<bool, AppError> {
    let config = tx.config();
    let now = tx.now();
    if !freezes::release(tx, account).await? {
        return Ok(false);
    }
    links::void_of_former_addresses(tx, account).await?;
    let taken = taking_back::by_operator(tx, account).await?;
    let before = accounts::reading_of(tx, account).await?.map(|(email, _)| email);
    accounts::set_email(tx, account, owner, now).await?;
    let details = Details {
        was: before.map(|before| before.to_string()),
        is: Some(owner.to_string()),
        by: Some(by.name().to_owned()),
        ..Details::default()
    };
    audit::record(tx, &Event::about(account, Kind::EmailChanged, details)).await?;
    let (site, again) = (&config.site.name, config.link("/forgot-password"));
    if let Some(reader) = Recipient::of(tx, account).await? {
        let letter = reader.letter(|to| letters::email_set(to, site, &to.moment(now), &taken, &again));
        mail::queue(tx, &letter).await?;
    }
    Ok(true)
}
