//! What is said of one person, and done for them. The running server notices at the next request, and sends the letters.

use super::{said, state_of};
use crate::base::output::{note, say};
use crate::base::words::reader::Reader;
use crate::domain::accounts::{self, Account, Email, Role};
use crate::domain::audit::By;
use crate::domain::{factors, limits};
use crate::flows::factor_resets::{self, FactorReset, Start, Stop};
use crate::flows::{disables, email_changes, freezes, roles};
use crate::request::app::App;
use crate::run::cli::Failure;
use serde_json::json;

async fn find(app: &App, who: &str) -> Result<Account, Failure> {
    let account = accounts::find_by_identifier(&app.db, who).await?;
    account.ok_or_else(|| "nobody has this address or username".into())
}

pub async fn show(app: &App, who: &str, as_json: bool) -> Result<(), Failure> {
    let account = find(app, who).await?;
    let factors: Vec<&str> =
        factors::of(&app.db, account.id).await?.into_iter().map(factors::FactorKind::name).collect();
    let codes = factors::recovery_codes_left(&app.db, account.id).await?;
    let reset = factor_resets::of(&app.db, account.id).await?;
    let (role, state) = (account.role.name(), state_of(&account));
    if as_json {
        let reset = reset.map(
            |reset| json!({ "started_at": reset.started_at, "due_at": reset.due_at, "started_by": reset.started_by }),
        );
        let shown = json!({
            "id": account.id.0.to_string(), "email": account.email.known(), "username": account.username.as_str(),
            "display_name": account.display_name.as_str(), "role": role, "state": state,
            "email_verified": account.email_verified_at.is_some(), "has_password": account.password_hash.is_some(),
            "created_at": account.created_at, "locked_at": account.frozen_at, "held_until": account.freeze_holds_until, "deletion_due_at": account.deletion_due_at, "second_factors": factors,
            "recovery_codes_left": codes, "second_factor_reset": reset,
        });
        say!("{shown}")?;
        return Ok(());
    }
    say!("{}  {}  {role}  {state}", account.email.known().unwrap_or("-"), account.username.as_str())?;
    if factors.is_empty() {
        say!("no second factor")?;
    } else {
        say!("second factors: {}; recovery codes left: {codes}", factors.join(", "))?;
    }
    if account.is_held(app.clock.now())
        && let Some(until) = account.freeze_holds_until
    {
        say!(
            "locked from an address it had before, until {}: not even a new password ends that",
            Reader::default().moment(until.0).0
        )?;
    }
    if let Some(due) = account.deletion_due_at {
        say!("removed on {}, unless its owner signs in", Reader::default().moment(due.0).0)?;
    }
    if let Some(reset) = reset {
        say!("{}", waiting(&reset))?;
    }
    Ok(())
}

pub async fn disable(app: &App, who: &str) -> Result<(), Failure> {
    let account = find(app, who).await?;
    let mut tx = app.db.begin_recorded().await?;
    if !disables::disable(&mut tx, account.id, By::CommandLine).await.map_err(said)? {
        return Err("this account is disabled already".into());
    }
    tx.commit().await?;
    say!("disabled {}", account.signs_in_as())?;
    Ok(())
}

pub async fn enable(app: &App, who: &str) -> Result<(), Failure> {
    let account = find(app, who).await?;
    let mut tx = app.db.begin_recorded().await?;
    if !disables::enable(&mut tx, account.id, By::CommandLine).await.map_err(said)? {
        return Err("this account is not disabled".into());
    }
    tx.commit().await?;
    let printed = say!("enabled {}", account.signs_in_as());
    if account.frozen_at.is_some() {
        note!("Its owner locked it, and nobody can sign in until they have chosen a new password or it is unlocked.");
    }
    Ok(printed?)
}

pub async fn set_role(app: &App, who: &str, role: Role) -> Result<(), Failure> {
    let account = find(app, who).await?;
    let mut tx = app.db.begin_recorded().await?;
    if !roles::set(&mut tx, account.id, role, By::CommandLine).await.map_err(said)? {
        say!("{} has this role already: {}", account.signs_in_as(), role.name())?;
        return Ok(());
    }
    tx.commit().await?;
    let printed = say!("{} has the role {} from now on", account.signs_in_as(), role.name());
    if account.disabled_at.is_some() || account.frozen_at.is_some() {
        note!("Nobody can sign in to the account: it is {}.", state_of(&account));
    }
    Ok(printed?)
}

pub async fn unlock(app: &App, who: &str, email: Option<&str>) -> Result<(), Failure> {
    let account = find(app, who).await?;
    if let Some(email) = email {
        return give_back(app, &account, email).await;
    }
    let mut tx = app.db.begin_recorded().await?;
    let tries = limits::forget(&mut tx, account.id, &[account.email.as_str(), account.username.as_str()]).await?;
    let locked = freezes::end(&mut tx, account.id, By::CommandLine).await?;
    if !locked && tries == 0 {
        return Err("this account is not locked, and nobody has to wait to sign in to it".into());
    }
    tx.commit().await?;
    if !locked {
        say!("{}: the wrong tries of strangers are forgotten", account.signs_in_as())?;
        return Ok(());
    }
    let printed = say!("unlocked {}", account.signs_in_as());
    note!("The password is the same as before, and somebody else may know it: have its owner choose a new one.");
    Ok(printed?)
}

async fn give_back(app: &App, account: &Account, email: &str) -> Result<(), Failure> {
    let email = Email::parse(email).map_err(|error| error.in_words(&Reader::default()))?;
    let mut tx = app.db.begin_recorded().await?;
    if !email_changes::give_back(&mut tx, account.id, &email, By::CommandLine).await.map_err(said)? {
        return Err("this account is not locked".into());
    }
    tx.commit().await?;
    let printed = say!("{email} is the address of this account now");
    note!(
        "It opens once its owner has chosen a new password; they are written how. What was added since the address was changed, and in the week before it was locked, is taken away. If a second factor that is older than that is not theirs: doorward user reset-second-factor."
    );
    Ok(printed?)
}

pub async fn reset_second_factor(app: &App, who: &str) -> Result<(), Failure> {
    let account = find(app, who).await?;
    if factors::of(&app.db, account.id).await?.is_empty() {
        return Err("this account has no second factor".into());
    }
    let mut tx = app.db.begin_recorded().await?;
    match factor_resets::start(&mut tx, account.id, By::CommandLine).await? {
        Start::Running(reset) => Err(format!("this is under way already: {}", waiting(&reset)).into()),
        Start::Started(reset) => {
            tx.commit().await?;
            let printed = say!("{}: {}", account.signs_in_as(), waiting(&reset));
            note!("Their owner is written to, and can stop it until then. So can you, with --cancel.");
            Ok(printed?)
        }
    }
}

pub async fn keep_second_factor(app: &App, who: &str) -> Result<(), Failure> {
    let account = find(app, who).await?;
    let mut tx = app.db.begin_recorded().await?;
    if !factor_resets::stop(&mut tx, account.id, Stop::By(By::CommandLine)).await? {
        return Err("no removal of this account's second factors waits".into());
    }
    tx.commit().await?;
    say!("{}: the second factors stay", account.signs_in_as())?;
    Ok(())
}

fn waiting(reset: &FactorReset) -> String {
    format!(
        "the second factors are removed on {}, unless their owner stops it",
        Reader::default().moment(reset.due_at.0).0
    )
}
