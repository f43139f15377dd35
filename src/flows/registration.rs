//! Becoming somebody here: the address first, the password behind the link that went there, so that
//! nobody can prepare an account for somebody else's address.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::passwords::Passwords;
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::bundles::Language;
use crate::domain::accounts::{self, AccountId, Email, NewAccount, Role};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors::policy::{self, Asked};
use crate::domain::limits::{Door, mails, proofs};
use crate::domain::links::{self, Link, LinkToken, Purpose};
use crate::domain::logins::First;
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::newcomers;
use crate::flows::sign_in::{self, Next};

/// Sends a link to `email`, or to somebody known a mail that says so. The work is the same for
/// both. Either leads to `then` in the end: whoever asked may be somebody else than whoever reads
/// the mail, so it is one of the places of [`Then`] here too.
pub async fn ask(db: &Db, email: &Email, then: &Then) -> Result<(), AppError> {
    let asked = mails::Asked { door: Door::Register, to: email, meant: true, known: None };
    if mails::is_withheld(db, asked).await? {
        return Ok(());
    }
    let known = accounts::find_by_email(db, email).await?;
    let mut tx = db.begin_recorded().await?;
    if !mails::may_be_written(&mut tx, Door::Register, email).await? {
        return Ok(());
    }
    let about = Link { email: Some(email.clone()), ..Link::default() };
    // Made for known addresses too, though never sent: so that both cost the same (ASVS 6.3.8).
    let token = links::create(&mut tx, Purpose::VerifyEmail, &about, links::MAIL_LIFETIME).await?;
    let config = tx.config();
    let site = &config.site.name;
    let letter = match &known {
        None => {
            let page = format!("/verify-email?token={}", token.to_text().as_str());
            let link = config.link(&then.through(&page));
            Recipient::stranger(&tx, email).letter(|to| letters::verify_email(to, site, &link))
        }
        Some(known) => {
            let pages = [then.sign_in_path(), then.through("/forgot-password")];
            let [sign_in, reset] = pages.map(|path| config.link(&path));
            Recipient::owner(&tx, known).letter(|to| letters::already_registered(to, site, &sign_in, &reset))
        }
    };
    mail::queue(&mut tx, &letter).await?;
    let unknown = known.is_none().then(|| tx.vault().unknown_identifier(email.as_str()));
    let details = Details { unknown_identifier: unknown, ..Details::of_visitor() };
    let event = Event { kind: Kind::RegistrationAsked, account: known.map(|account| account.id), details };
    audit::record(&mut tx, &event).await?;
    Ok(tx.commit().await?)
}

/// For installations that gave up checking addresses: makes the account at once. An address that is
/// taken is told.
pub async fn at_once(
    db: &Db,
    passwords: &Passwords,
    (email, password): (Email, &Secret),
    language: Language,
    then: Then,
) -> Result<Next, AppError> {
    newcomers::may_begin_at_once(db, &email).await?;
    let newcomer = Asked::newcomer(Role::Member);
    let password = passwords.choose(password, minimum_for(db, newcomer), &[email.as_str()]).await?;
    let mut tx = db.begin_recorded().await?;
    proofs::begin_account(&mut tx).await?;
    let new = NewAccount {
        id: None,
        email,
        email_verified: false,
        username: None,
        password: Some(password),
        role: newcomer.role,
    };
    let account = open_account(db, &mut tx, &new, language).await?;
    let next = sign_in::after_link(&mut tx, account, First::Password, newcomer, &[], then).await?;
    tx.commit().await?;
    Ok(next)
}

/// What came of a link that was to make an account.
pub enum Done {
    Begun(Next),
    /// The link is of no use, or never was one.
    NoLink,
}

/// Ends registration: takes the link, makes the account and signs in.
pub async fn by_link(
    db: &Db,
    passwords: &Passwords,
    (token, password): (&Secret, &Secret),
    language: Language,
    then: Then,
) -> Result<Done, AppError> {
    let Some(email) = newcomers::peek_typed(db, &token.0).await? else { return Ok(Done::NoLink) };
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let newcomer = Asked::newcomer(Role::Member);
    let password = passwords.choose(password, minimum_for(db, newcomer), &[email.as_str()]).await?;

    let mut tx = db.begin_recorded().await?;
    // Of two posts at once only one takes it; the other finds no link, and neither makes a second
    // account.
    newcomers::take(&mut tx, &token).await?;
    let new = NewAccount {
        id: None,
        email,
        email_verified: true,
        username: None,
        password: Some(password),
        role: newcomer.role,
    };
    // Whoever holds the link may be told that the address has an account since: it is theirs.
    let account = open_account(db, &mut tx, &new, language).await?;
    let next = sign_in::after_link(&mut tx, account, First::MailLink, newcomer, &[], then).await?;
    tx.commit().await?;
    Ok(Done::Begun(next))
}

/// Counts a link that made no account; gives what whoever sent it is told.
pub async fn refuse_link(db: &Db) -> AppError {
    proofs::note_refused(db, Door::Link, AppError::LinkExpired).await
}

/// The fewest characters of the password that somebody without a second factor chooses.
pub fn minimum_for(db: &Db, asked: Asked) -> u16 {
    policy::password_minimum(db.config(), asked, false, db.now())
}

/// Makes the account and its audit entry. `language` is that of the page it was made on.
pub async fn open_account(db: &Db, tx: &mut Tx, new: &NewAccount, language: Language) -> Result<AccountId, AppError> {
    let now = tx.now();
    let account = accounts::create(tx, db.vault(), db.randomness(), new, now).await?;
    if !new.email_verified && new.role == Role::Member {
        accounts::note_unproven(tx, account).await?;
    }
    accounts::note_first_language(tx, account, language).await?;
    audit::record(tx, &Event::about(account, Kind::AccountCreated, Details::of_visitor())).await?;
    Ok(account)
}
