//! New passwords for whoever forgot theirs: by a link that goes to the owner of the account,
//! whoever asked for it.

use crate::base::clock::UnixMicros;
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::passwords::{NewPassword, Passwords, PlainPassword, Verified};
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::domain::accounts::{self, Account, AccountId, Email};
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::devices::{self, DeviceTokens};
use crate::domain::limits::mails::{self, Writing};
use crate::domain::limits::{Door, proofs};
use crate::domain::links::{self, Link, LinkToken, Purpose};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::pending;
use crate::domain::sessions::EndReason;
use crate::flows::{browsers, freezes, new_passwords, password_changes, session_ends, taking_back};

/// Sends a reset link to `email` if somebody has it. The work is the same if nobody has. The link
/// leads to `then` in the end, by way of the sign-in.
pub async fn ask(db: &Db, email: &Email, then: &Then) -> Result<(), AppError> {
    let known = accounts::find_by_email(db, email).await?.filter(|account| can_reset(account, db.now()));
    // Asked for nobody too: what is compared here must not show in how long it takes.
    let asker = known.as_ref().map_or(AccountId::NOBODY, |account| account.id);
    let browser = browsers::familiar(db, asker).await?;
    let meant = known.is_some() && accounts::is_reachable(email.as_str());
    let asked = mails::Asked { door: Door::ForgotPassword, to: email, meant, known: browser };
    if mails::is_withheld(db, asked).await? {
        return Ok(());
    }
    let mut tx = db.begin_recorded().await?;
    let writing = mails::decide(&mut tx, asked).await?;
    if writing == Writing::Withhold {
        return Ok(());
    }
    let account_id = known.as_ref().map(|account| account.id);
    // For an unknown address the link is made and its mail composed all the same, and never sent
    // (ASVS 6.3.8). So it is for a known one that gets no letter, whose links of before go on to
    // work.
    let written = writing == Writing::Write;
    let about = match written {
        true => Link { account_id, ..Link::default() },
        false => Link { email: Some(email.clone()), ..Link::default() },
    };
    let token = links::create(&mut tx, Purpose::ResetPassword, &about, links::MAIL_LIFETIME).await?;
    let config = tx.config();
    let link = config.link(&then.through(&format!("/reset-password?token={}", token.to_text().as_str())));
    let to = known.as_ref().map_or_else(|| Recipient::stranger(&tx, email), |known| Recipient::owner(&tx, known));
    let letter = to.letter(|to| letters::reset_password(to, &config.site.name, &link));
    match written {
        true => mail::queue(&mut tx, &letter).await?,
        false => mail::pretend_to_queue(&mut tx, &letter).await?,
    }
    let unknown = account_id.is_none().then(|| tx.vault().unknown_identifier(email.as_str()));
    let details = Details { unknown_identifier: unknown, ..Details::of_visitor() };
    let event = Event { kind: Kind::PasswordResetAsked, account: account_id, details };
    audit::record(&mut tx, &event).await?;
    Ok(tx.commit().await?)
}

/// Sets the new password that was chosen behind a mailed link, and ends every session of the
/// account. Gives what makes this browser one that the account knows; none where it was set by
/// another post of the same form.
pub async fn by_link(
    db: &Db,
    passwords: &Passwords,
    token: &Secret,
    new_password: &Secret,
) -> Result<Option<DeviceTokens>, AppError> {
    let Some(account) = account_behind(db, &token.0).await? else {
        return Err(proofs::note_refused(db, Door::Link, AppError::LinkExpired).await);
    };
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let protected = taking_back::keeps_a_factor(db, &account, db.now()).await?;
    let minimum = password_changes::minimum_for(db, &account, protected);
    let new = password_changes::choose(passwords, &account, minimum, new_password).await?;

    let mut tx = db.begin_recorded().await?;
    let now = tx.now();
    if links::take(&mut tx, Purpose::ResetPassword, &token, now).await?.is_none() {
        drop(tx);
        // Of two posts of one link the other was first. With the same password it did what both are
        // for.
        return if is_in_force(db, passwords, &account, new_password).await? {
            Ok(None)
        } else {
            Err(AppError::LinkExpired)
        };
    }
    let browser = put_in_force(&mut tx, &account, &new).await?;
    // Whoever pressed twice must not be told by the second press that their link is used up.
    tx.visit().still_awaited()?;
    tx.commit().await?;
    Ok(Some(browser))
}

/// All that was there before is void, but for what is known to be the owner's.
async fn put_in_force(tx: &mut Tx, account: &Account, new: &NewPassword) -> Result<DeviceTokens, AppError> {
    let (id, now) = (account.id, tx.now());
    new_passwords::set(tx, id, new, now).await?;
    accounts::mark_email_verified(tx, id, now).await?;
    links::void_of_account(tx, id).await?;
    pending::void_of_account(tx, id).await?;
    audit::record(tx, &Event::about(id, Kind::PasswordReset, Details::of_visitor())).await?;
    let taken = taking_back::by_new_password(tx, id).await?;
    freezes::end_by_new_password(tx, id).await?;
    session_ends::all(tx, id, None, EndReason::PasswordReset, Details::of_visitor()).await?;
    devices::forget_all(tx, id, None).await?;
    let browser = browsers::recognise(tx, id).await?;
    password_changes::tell(tx, account, &taken).await?;
    Ok(browser)
}

/// Whether `typed` became the password of `account` since that was read.
async fn is_in_force(db: &Db, passwords: &Passwords, account: &Account, typed: &Secret) -> Result<bool, AppError> {
    let since = accounts::find(db, account.id).await?.filter(|since| can_reset(since, db.now()));
    let stored = since.and_then(|since| since.password_hash);
    if stored.is_none() || stored == account.password_hash {
        return Ok(false);
    }
    let typed = PlainPassword::parse(typed.0.clone()).map_err(|_| AppError::LinkExpired)?;
    Ok(matches!(passwords.hasher.verify(&typed, stored).await?, Verified::Right | Verified::RightButOutdated))
}

/// The account a reset link is about, if both are still good.
pub async fn account_behind(db: &Db, typed: &str) -> Result<Option<Account>, sqlx::Error> {
    let link = links::peek_typed(db, Purpose::ResetPassword, typed, db.now()).await?;
    let Some(id) = link.and_then(|link| link.account_id) else { return Ok(None) };
    Ok(accounts::find(db, id).await?.filter(|account| can_reset(account, db.now())))
}

/// Whether the owner of its mailbox may set a new password.
fn can_reset(account: &Account, now: UnixMicros) -> bool {
    account.disabled_at.is_none() && !account.is_held(now)
}

/// Why a link for a new password was sent, where its owner did not ask for it on the page: the
/// `reason` of [`Kind::PasswordResetAsked`].
pub const FOR_OWNER: &str = "for_owner";

/// Mails the owner of `account` a link to choose a new password; older ones are void. The old
/// password is good until they have, and a second factor is asked for as before. False if the
/// account is disabled: no link lets anybody in there. `NotFound`. `tx` is a recorded one.
pub async fn start(tx: &mut Tx, account: AccountId, by: By) -> Result<bool, AppError> {
    let config = tx.config();
    let owner = accounts::find_in(tx, account).await?.ok_or(AppError::NotFound)?;
    if owner.disabled_at.is_some() {
        return Ok(false);
    }
    let now = tx.now();
    let details = Details { reason: Some(FOR_OWNER.to_owned()), by: Some(by.name().to_owned()), ..Details::default() };
    let event = Event { kind: Kind::PasswordResetAsked, account: Some(account), details };
    audit::record(tx, &event).await?;
    let about = Link { account_id: Some(account), ..Link::default() };
    let token = links::create(tx, Purpose::ResetPassword, &about, links::MAIL_LIFETIME).await?;
    let link = config.link(&format!("/reset-password?token={}", token.to_text().as_str()));
    let site = &config.site.name;
    let letter =
        Recipient::owner(tx, &owner).letter(|to| letters::password_reset_started(to, site, &to.moment(now), &link));
    mail::queue(tx, &letter).await?;
    tracing::info!(account = %account.0, by = by.name(), "a link for a new password was sent");
    Ok(true)
}
