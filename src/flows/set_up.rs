//! Behind the operator's one-use link: the first admin of the installation, or the first password
//! or passkey of an account that the operator made.

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::passwords::{NewPassword, Passwords};
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::bundles::Language;
use crate::domain::accounts::{self, Account, AccountId, Email, NewAccount, Role};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::factors;
use crate::domain::factors::passkeys::ceremonies::For;
use crate::domain::factors::passkeys::relying_party::RelyingParty;
use crate::domain::factors::policy::Asked;
use crate::domain::limits::{Door, proofs};
use crate::domain::links::{self, Link, LinkToken, Purpose};
use crate::domain::logins::First;
use crate::domain::sessions::EndReason;
use crate::domain::set_up_links::withdraw;
use crate::flows::passkey_sign_up::{self, Made};
use crate::flows::registration::{minimum_for, open_account};
use crate::flows::session_start::Started;
use crate::flows::sign_in::{self, Next};
use crate::flows::{new_passwords, passkey_answers, session_ends};

/// What came of the link.
pub enum Done {
    Begun(Next),
    /// It is of no use, or never was one; which was counted.
    NoLink,
}

/// Takes the operator's link, makes the admin with this `email` or sets the account's first
/// password, and signs in.
pub async fn with_password(
    db: &Db,
    passwords: &Passwords,
    token: &Secret,
    (email, password): (&str, &Secret),
    language: Language,
) -> Result<Done, AppError> {
    let (token, link) = match link_behind(db, token).await {
        Err(AppError::LinkExpired) => return Ok(Done::NoLink),
        found => found?,
    };
    let owner = owner_of(db, &link).await?;
    let email = owner.as_ref().map_or_else(|| Email::parse(email), |owner| Ok(owner.email.clone()))?;
    let asked = owner.as_ref().map_or(Asked::newcomer(Role::Admin), Asked::from);
    let factors = factors::of(db, owner.as_ref().map_or(AccountId::NOBODY, |owner| owner.id)).await?;
    let password = passwords.choose(password, minimum_for(db, asked), &[email.as_str()]).await?;

    let mut tx = db.begin_recorded().await?;
    let link = take(&mut tx, &token).await?;
    let account = match link.account_id {
        Some(account) => {
            set_first_password(&mut tx, account, &password).await?;
            account
        }
        None => {
            let new = NewAccount {
                id: None,
                email,
                email_verified: false,
                username: None,
                password: Some(password),
                role: Role::Admin,
            };
            open_first_admin(db, &mut tx, &new, language).await?
        }
    };
    let next = sign_in::after_link(&mut tx, account, First::SetUpLink, asked, &factors, Then::default()).await?;
    tx.commit().await?;
    if link.account_id.is_none() {
        withdraw(db.config());
    }
    Ok(Done::Begun(next))
}

/// As [`with_password`], with a passkey that the browser has just made instead of a password.
pub async fn with_passkey(
    db: &Db,
    party: Option<&RelyingParty>,
    (token, email): (&Secret, &str),
    made: Made<'_>,
) -> Result<Started, AppError> {
    let (token, beginner) = behind_link(db, token, email).await?;
    let created = passkey_answers::created(db, party, &For::SetUp(&token), made.answer)?;
    let mut tx = db.begin_recorded().await?;
    take(&mut tx, &token).await?;
    let (account, first_admin) = match beginner {
        Beginner::Account(owner) => {
            if created.account != owner.id {
                return Err(AppError::PasskeyRefused);
            }
            // A way in that was set up meanwhile: the link is none around it. Without one there are
            // no sessions to end either.
            if factors::any_in(&mut tx, owner.id).await? || !accounts::still_has_none(&mut tx, owner.id).await? {
                return Err(AppError::LinkExpired);
            }
            links::void_of_account(&mut tx, owner.id).await?;
            (owner.id, false)
        }
        Beginner::FirstAdmin(email) => {
            let new = passkey_sign_up::without_password(&created, email, false, Role::Admin);
            (open_first_admin(db, &mut tx, &new, made.language).await?, true)
        }
    };
    let started = passkey_sign_up::begin(&mut tx, account, &created, made.name).await?;
    tx.commit().await?;
    if first_admin {
        withdraw(db.config());
    }
    Ok(started)
}

/// The operator's link with this token, which is not used up yet. One that was made up is counted.
async fn link_behind(db: &Db, typed: &Secret) -> Result<(LinkToken, Link), AppError> {
    let link = links::peek_typed(db, Purpose::SetUp, &typed.0, db.now()).await?;
    match LinkToken::parse(&typed.0).zip(link) {
        Some(found) => Ok(found),
        None => Err(proofs::note_refused(db, Door::Link, AppError::LinkExpired).await),
    }
}

async fn take(tx: &mut Tx, token: &LinkToken) -> Result<Link, AppError> {
    let now = tx.now();
    links::take(tx, Purpose::SetUp, token, now).await?.ok_or(AppError::LinkExpired)
}

/// Whom an account begins for behind the operator's link.
pub enum Beginner {
    FirstAdmin(Email),
    /// One that the operator made, and that nobody has got into yet.
    Account(Box<Account>),
}

/// Who may begin with a passkey behind the link with this token. Not whoever has a way in already,
/// which the link does not replace.
pub async fn behind_link(db: &Db, token: &Secret, email: &str) -> Result<(LinkToken, Beginner), AppError> {
    let (token, link) = link_behind(db, token).await?;
    passkey_answers::may_be_added(db)?;
    let beginner = match owner_of(db, &link).await? {
        Some(owner) if has_way_in(db, &owner).await? => return Err(AppError::Forbidden),
        Some(owner) => Beginner::Account(Box::new(owner)),
        None => Beginner::FirstAdmin(Email::parse(email)?),
    };
    Ok((token, beginner))
}

pub async fn has_way_in(db: &Db, owner: &Account) -> Result<bool, sqlx::Error> {
    Ok(owner.password_hash.is_some() || !factors::of(db, owner.id).await?.is_empty())
}

/// Two nodes that start at once leave a link each; the second must not make a second admin.
async fn open_first_admin(db: &Db, tx: &mut Tx, new: &NewAccount, language: Language) -> Result<AccountId, AppError> {
    if accounts::any_admin_in(tx).await? {
        return Err(AppError::LinkExpired);
    }
    links::void_of_nobody(tx, Purpose::SetUp).await?;
    open_account(db, tx, new, language).await
}

/// Whose first password the link sets; none for the one that makes the first admin.
pub async fn owner_of(db: &Db, link: &Link) -> Result<Option<Account>, AppError> {
    let Some(id) = link.account_id else { return Ok(None) };
    let account = accounts::find(db, id).await?.filter(|account| account.disabled_at.is_none());
    Ok(Some(account.ok_or(AppError::LinkExpired)?))
}

async fn set_first_password(tx: &mut Tx, account: AccountId, password: &NewPassword) -> Result<(), AppError> {
    let now = tx.now();
    new_passwords::set(tx, account, password, now).await?;
    links::void_of_account(tx, account).await?;
    session_ends::all(tx, account, None, EndReason::PasswordReset, Details::of_visitor()).await?;
    Ok(audit::record(tx, &Event::about(account, Kind::PasswordChanged, Details::of_visitor())).await?)
}
