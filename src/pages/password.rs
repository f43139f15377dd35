//! A new password: by a link for whoever forgot theirs, or by the old one for whoever is signed in.

use crate::base::clock::UnixMicros;
use crate::base::db::Tx;
use crate::base::error::AppError;
use crate::base::passwords::{NewPassword, PlainPassword, StoredHash, Verified};
use crate::base::paths::Then;
use crate::base::secret::Secret;
use crate::base::words::word;
use crate::domain::accounts::{self, Account, AccountId, Email};
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::devices;
use crate::domain::factors;
use crate::domain::factors::policy;
use crate::domain::limits::mails::{self, Writing};
use crate::domain::limits::{self, Door, Permit, proofs};
use crate::domain::links::{self, Link, LinkToken, Purpose};
use crate::domain::mail::{self, Recipient, letters};
use crate::domain::pending;
use crate::domain::sessions::EndReason;
use crate::flows::freezes;
use crate::flows::taking_back::{self, Taken};
use crate::pages::account::AccountPage;
use crate::pages::confirm;
use crate::pages::registration::{DevelopmentMailboxHint, LinkExpired, NewPasswordField, OwnerOfPassword, where_next};
use crate::pages::second_factor::{is_led_to_confirm, must_confirm};
use crate::request::app::App;
use crate::request::page_query::{asked, query, refusal, was_done};
use crate::request::under_way::still_awaited;
use crate::request::visitor::{self, Person, Started, Visitor};
use crate::ui::{
    Field, Form, FrontDoor, Hidden, LinkButton, Notice, NoticeKind, PasswordField, PrimaryButton, Section,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;

/// Sends a reset link to `email` if somebody has it. The answer and the work are the same if nobody has. The link leads to `then` in the
/// end, by way of the sign-in.
#[server(prefix = "/form", endpoint = "forgot-password")]
pub async fn forgot_password(
    #[server(default)] email: String,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let then = Then::parse(&then);
    let email = Email::parse(&email)?;
    let now = app.clock.now();
    let known = accounts::find_by_email(&app.db, &email).await?.filter(|account| can_reset(account, now));
    // Asked for nobody too: what is compared here must not show in how long it takes.
    let asker = known.as_ref().map_or(AccountId::NOBODY, |account| account.id);
    let browser = visitor::familiar_device(&app, asker).await?;
    let meant = known.is_some() && accounts::is_reachable(email.as_str());
    let asked = mails::Asked { door: Door::ForgotPassword, to: &email, meant, known: browser };
    if mails::is_withheld(&app, asked).await? {
        redirect(&then.through("/forgot-password?sent"));
        return Ok(());
    }
    let mut tx = app.db.begin_recorded().await?;
    let writing = mails::decide(&app, &mut tx, asked).await?;
    if writing == Writing::Withhold {
        redirect(&then.through("/forgot-password?sent"));
        return Ok(());
    }
    let account_id = known.as_ref().map(|account| account.id);
    // For an unknown address the link is made and its mail composed all the same, and never sent (ASVS 6.3.8). So it is for a known one
    // that gets no letter, whose links of before go on to work.
    let written = writing == Writing::Write;
    let about = match written {
        true => Link { account_id, ..Link::default() },
        false => Link { email: Some(email.clone()), ..Link::default() },
    };
    let token = links::create(&mut tx, Purpose::ResetPassword, &about, links::MAIL_LIFETIME).await?;
    let link = app.link(&then.through(&format!("/reset-password?token={}", token.to_text().as_str())));
    let to = known.as_ref().map_or_else(|| Recipient::stranger(&app, &email), |known| Recipient::owner(&app, known));
    let letter = to.letter(|to| letters::reset_password(to, &app.config.site.name, &link));
    match written {
        true => mail::queue(&mut tx, &letter).await?,
        false => mail::pretend_to_queue(&mut tx, &letter).await?,
    }
    let unknown = account_id.is_none().then(|| app.vault.unknown_identifier(email.as_str()));
    let details = Details { unknown_identifier: unknown, ..visitor::details() };
    let event = Event { kind: Kind::PasswordResetAsked, account: account_id, details };
    audit::record(&mut tx, &event).await?;
    tx.commit().await?;
    redirect(&then.through("/forgot-password?sent"));
    Ok(())
}

/// Sets a new password by a mailed link and ends every session of the account.
#[server(prefix = "/form", endpoint = "reset-password")]
pub async fn reset_password(
    #[server(default)] token: Secret,
    #[server(default)] new_password: Secret,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    let app = App::current()?;
    let Some(account) = account_behind(&app, &token.0).await? else {
        return Err(proofs::note_refused(&app, Door::Link, AppError::LinkExpired).await);
    };
    let token = LinkToken::parse(&token.0).ok_or(AppError::LinkExpired)?;
    let now = app.clock.now();
    let protected = taking_back::keeps_a_factor(&app.db, &account, now).await?;
    let new = choose(&app, &account, minimum_for(&app, &account, protected), &new_password).await?;

    let mut tx = app.db.begin_recorded().await?;
    if links::take(&mut tx, Purpose::ResetPassword, &token, now).await?.is_none() {
        drop(tx);
        // Of two posts of one link the other was first. With the same password it did what both are for.
        if !is_in_force(&app, &account, &new_password).await? {
            return Err(AppError::LinkExpired);
        }
        redirect(&Then::parse(&then).through("/sign-in?password-reset"));
        return Ok(());
    }
    accounts::set_password(&mut tx, account.id, &new, now).await?;
    accounts::mark_email_verified(&mut tx, account.id, now).await?;
    links::void_of_account(&mut tx, account.id).await?;
    pending::void_of_account(&mut tx, account.id).await?;
    let event = Event { kind: Kind::PasswordReset, account: Some(account.id), details: visitor::details() };
    audit::record(&mut tx, &event).await?;
    let taken = taking_back::by_new_password(&app, &mut tx, account.id).await?;
    freezes::end_by_new_password(&app, &mut tx, account.id).await?;
    visitor::end_sessions(&app, &mut tx, account.id, None, EndReason::PasswordReset).await?;
    devices::forget_all(&mut tx, account.id, None).await?;
    let browser = visitor::recognise_browser(&mut tx, account.id).await?;
    tell_of_change(&app, &mut tx, &account, &taken).await?;
    // Whoever pressed twice must not be told by the second press that their link is used up.
    still_awaited()?;
    tx.commit().await?;
    visitor::give_browser(&browser);
    redirect(&Then::parse(&then).through("/sign-in?password-reset"));
    Ok(())
}

/// Changes the password of whoever is signed in, or sets their first one if they were asked lately who they are; ends their other
/// sessions and gives this one a new id.
#[server(prefix = "/form", endpoint = "change-password")]
pub async fn change_password(
    #[server(default)] password: Secret,
    #[server(default)] new_password: Secret,
) -> Result<(), AppError> {
    let app = App::current()?;
    let person = visitor::signed_in()?;
    let account = &person.account;
    if account.password_hash.is_none() && is_led_to_confirm(&app, &person, Then::Password).await? {
        return Ok(());
    }
    let started = match &account.password_hash {
        Some(stored) => {
            let permit = verify_current(&app, &person, &password, stored).await?;
            let changed = change(&app, &person, Some((stored, &permit)), &new_password).await;
            // The password that there is was right: whoever looks for a good new one must not be kept waiting for it.
            permit.unless_done(&app, changed).await?
        }
        None => change(&app, &person, None, &new_password).await?,
    };
    started.give();
    redirect("/account/password?changed");
    Ok(())
}

/// Puts `typed` in the place of the password that was `shown`, as it is stored; of none, where that is asked for by [`visitor::missing`].
async fn change(
    app: &App,
    person: &Person,
    shown: Option<(&StoredHash, &Permit)>,
    typed: &Secret,
) -> Result<Started, AppError> {
    let account = &person.account;
    let minimum = minimum_for(app, account, is_protected(app, person).await?);
    let new = choose(app, account, minimum, typed).await?;
    let mut tx = match shown {
        Some(_) => app.db.begin_recorded().await?,
        None => visitor::begin_change(app, person).await?,
    };
    if shown.is_some() {
        proofs::begin_change(app, &mut tx, person.session.handle).await?;
    }
    let as_before = match shown {
        Some((stored, _)) => accounts::still_has(&mut tx, account.id, stored, stored).await?,
        None => accounts::still_has_none(&mut tx, account.id).await?,
    };
    if !as_before {
        return Err(AppError::WrongPassword);
    }
    if let Some((_, permit)) = shown {
        permit.was_right(&mut tx).await?;
    }
    let started = put_in_force(app, &mut tx, person, &new).await?;
    tx.commit().await?;
    Ok(started)
}

/// Makes sure that `typed` is the person's password; the try is to be given back with the change.
async fn verify_current(app: &App, person: &Person, typed: &Secret, stored: &StoredHash) -> Result<Permit, AppError> {
    if typed.0.is_empty() {
        return Err(AppError::CurrentPasswordMissing);
    }
    let typed = PlainPassword::parse(typed.0.clone()).map_err(|_| AppError::WrongPassword)?;
    let permit = limits::before_confirmation(app, person).await?;
    match app.hasher.verify(&typed, Some(stored.clone())).await {
        Ok(Verified::Right | Verified::RightButOutdated) => Ok(permit),
        Ok(Verified::Wrong) => {
            confirm::note_failure(app, person, permit).await?;
            Err(AppError::WrongPassword)
        }
        Err(busy) => {
            permit.was_not_looked_at(app).await?;
            Err(busy.into())
        }
    }
}

/// Sets the new password of whoever is signed in: what was begun with the old one is void, their other sessions end, this one gets a
/// new id, and they are told.
pub async fn put_in_force(app: &App, tx: &mut Tx, person: &Person, new: &NewPassword) -> Result<Started, AppError> {
    let (account, now) = (&person.account, app.clock.now());
    accounts::set_password(tx, account.id, new, now).await?;
    links::void_of_account(tx, account.id).await?;
    pending::void_of_account(tx, account.id).await?;
    let event = Event { kind: Kind::PasswordChanged, account: Some(account.id), details: visitor::details() };
    audit::record(tx, &event).await?;
    let kept = Some(person.session.handle);
    visitor::end_sessions(app, tx, account.id, kept, EndReason::PasswordChanged).await?;
    devices::forget_all(tx, account.id, person.session.device_id).await?;
    let started = visitor::cycle_session(app, tx, person).await?;
    tell_of_change(app, tx, account, &Taken::default()).await?;
    Ok(started)
}

/// Whether `typed` became the password of `account` since that was read.
async fn is_in_force(app: &App, account: &Account, typed: &Secret) -> Result<bool, AppError> {
    let since = accounts::find(&app.db, account.id).await?.filter(|since| can_reset(since, app.clock.now()));
    let stored = since.and_then(|since| since.password_hash);
    if stored.is_none() || stored == account.password_hash {
        return Ok(false);
    }
    let typed = PlainPassword::parse(typed.0.clone()).map_err(|_| AppError::LinkExpired)?;
    Ok(matches!(app.hasher.verify(&typed, stored).await?, Verified::Right | Verified::RightButOutdated))
}

/// The account a reset link is about, if both are still good.
async fn account_behind(app: &App, typed: &str) -> Result<Option<Account>, sqlx::Error> {
    let link = links::peek_typed(&app.db, Purpose::ResetPassword, typed, app.clock.now()).await?;
    let Some(id) = link.and_then(|link| link.account_id) else { return Ok(None) };
    Ok(accounts::find(&app.db, id).await?.filter(|account| can_reset(account, app.clock.now())))
}

/// Whether the owner of its mailbox may set a new password.
fn can_reset(account: &Account, now: UnixMicros) -> bool {
    account.disabled_at.is_none() && !account.is_held(now)
}

/// A new password of `account`, with at least `minimum` characters.
pub async fn choose(app: &App, account: &Account, minimum: u16, typed: &Secret) -> Result<NewPassword, AppError> {
    let person = [account.email.as_str(), account.username.as_str(), account.display_name.as_str()];
    app.new_password(typed, minimum, &person).await
}

/// The fewest characters of a new password of `account`. `protected`: it has a second factor.
fn minimum_for(app: &App, account: &Account, protected: bool) -> u16 {
    policy::password_minimum(&app.config, account.into(), protected, app.clock.now())
}

/// Whether the person has a second factor and proved it in this session: one that did not would end with a password too short to
/// stand alone.
async fn is_protected(app: &App, person: &Person) -> Result<bool, sqlx::Error> {
    Ok(person.session.has_second_factor() && !factors::of(&app.db, person.account.id).await?.is_empty())
}

/// The owner hears of it even if somebody else did it (ASVS 6.3.7), and what was `taken` away with it.
async fn tell_of_change(app: &App, tx: &mut Tx, account: &Account, taken: &Taken) -> Result<(), AppError> {
    let now = app.clock.now();
    let occasion = letters::Occasion::of(&visitor::origin(), now);
    let again = app.link("/forgot-password");
    let letter = Recipient::owner(app, account)
        .letter(|to| letters::password_changed(to, &app.config.site.name, &occasion, taken, &again));
    mail::queue(tx, &letter).await?;
    Ok(())
}

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let then = where_next();
    let sign_in = then.sign_in_path();
    if asked("sent") {
        return view! {
            <FrontDoor title=word("check-mail-title") lead=|| word("forgot-password-sent")>
                <p class="quiet">{word("check-mail-none")}</p>
                <DevelopmentMailboxHint />
                <LinkButton href=sign_in>{word("back-to-sign-in")}</LinkButton>
            </FrontDoor>
        }
        .into_any();
    }
    view! {
        <FrontDoor
            title=word("forgot-password-title")
            lead=|| word("forgot-password-text")
            below=move || view! { <p><a href=sign_in>{word("back-to-sign-in")}</a></p> }
            keeps="forgot-password"
        >
            {was_done("locked")
                .then(|| view! { <Notice kind=NoticeKind::Success until_refused=true>{word("forgot-password-locked")}</Notice> })}
            {was_done("ended")
                .then(|| view! { <Notice kind=NoticeKind::Success until_refused=true>{word("forgot-password-ended")}</Notice> })}
            <Form id="forgot-password" action=ForgotPassword::PATH error={refusal::<ForgotPassword>()}>
                <Hidden name="then" value=then.path() />
                <Field
                    name="email"
                    label=word("field-email")
                    kind="email"
                    autocomplete="email"
                    max_length=254
                    autofocus=true
                />
                <PrimaryButton>{word("continue-button")}</PrimaryButton>
            </Form>
        </FrontDoor>
    }
    .into_any()
}

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let typed = query("token").unwrap_or_default();
    let (then, error) = (where_next(), refusal::<ResetPassword>());
    let page = async move {
        let app = App::current()?;
        let Some(account) = account_behind(&app, &typed).await? else {
            return Ok::<_, AppError>(view! { <LinkExpired again="/forgot-password" typed then /> }.into_any());
        };
        let protected = taking_back::keeps_a_factor(&app.db, &account, app.clock.now()).await?;
        let minimum = minimum_for(&app, &account, protected);
        Ok(view! {
            <FrontDoor title=word("reset-password-title") lead=|| word("reset-password-text")>
                <Form id="reset-password" action=ResetPassword::PATH error>
                    <Hidden name="token" value=typed />
                    <Hidden name="then" value=then.path() />
                    <OwnerOfPassword name=account.signs_in_as().to_owned() />
                    <NewPasswordField minimum autofocus=true />
                    <PrimaryButton>{word("save-button")}</PrimaryButton>
                </Form>
            </FrontDoor>
        }
        .into_any())
    };
    crate::request::document::loaded(page)
}

#[component]
pub fn ChangePasswordPage() -> impl IntoView {
    let (Ok(app), Some(person)) = (App::current(), Visitor::current().person().cloned()) else {
        return ().into_any();
    };
    let has_one = person.account.password_hash.is_some();
    let (heading, text) = if has_one {
        (word("password-change-heading"), word("password-change-text"))
    } else {
        (word("password-set-heading"), word("password-set-text"))
    };
    let error = refusal::<ChangePassword>();
    let page = async move {
        if !has_one && must_confirm(&app, &person, Then::Password).await? {
            return Ok(().into_any());
        }
        let minimum = minimum_for(&app, &person.account, is_protected(&app, &person).await?);
        Ok::<_, AppError>(
            view! {
                <AccountPage title=word("password-title") lead=|| word("password-text") current=Then::Password>
                    {was_done("changed")
                        .then(|| view! { <Notice kind=NoticeKind::Success until_refused=true>{word("password-changed")}</Notice> })}
                    {asked("not-me")
                        .then(|| view! { <Notice kind=NoticeKind::Warning>{word("password-not-me")}</Notice> })}
                    <Section heading text>
                        <Form id="change-password" action=ChangePassword::PATH error>
                            <OwnerOfPassword name=person.account.signs_in_as().to_owned() />
                            {has_one.then(|| view! { <CurrentPassword /> })}
                            <NewPasswordField minimum />
                            <PrimaryButton>{word("save-button")}</PrimaryButton>
                        </Form>
                    </Section>
                </AccountPage>
            }
            .into_any(),
        )
    };
    crate::request::document::loaded(page)
}

#[component]
fn CurrentPassword() -> impl IntoView {
    view! {
        <PasswordField name="password" label=word("field-current-password") autocomplete="current-password" />
    }
}
