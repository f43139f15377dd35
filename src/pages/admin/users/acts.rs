//! What administrators and support do to somebody's account: the forms. What each does is
//! `flows/administration/acts.rs`.

use super::questions;
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts::{AccountId, Role};
use crate::flows::administration::{self, Act};
use crate::pages::admin::acting;
use crate::request::app::App;
use crate::request::refused::Refused;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use uuid::Uuid;

/// Nobody gets into the account any more.
#[server(prefix = "/form", endpoint = "admin-disable")]
pub async fn admin_disable(#[server(default)] account: String) -> Result<(), Refused> {
    done_to::<AdminDisable>(&account, Ok(Act::Disable)).await
}

/// Its owner gets in as before.
#[server(prefix = "/form", endpoint = "admin-enable")]
pub async fn admin_enable(#[server(default)] account: String) -> Result<(), Refused> {
    done_to::<AdminEnable>(&account, Ok(Act::Enable)).await
}

/// Ends the lock that its owner put on it.
#[server(prefix = "/form", endpoint = "admin-unlock")]
pub async fn admin_unlock(#[server(default)] account: String) -> Result<(), Refused> {
    done_to::<AdminUnlock>(&account, Ok(Act::Unlock)).await
}

/// Mails its owner a link to choose a new password.
#[server(prefix = "/form", endpoint = "admin-reset-password")]
pub async fn admin_reset_password(#[server(default)] account: String) -> Result<(), Refused> {
    done_to::<AdminResetPassword>(&account, Ok(Act::ResetPassword)).await
}

/// Has its second factors removed, after the waiting time.
#[server(prefix = "/form", endpoint = "admin-reset-factors")]
pub async fn admin_reset_factors(#[server(default)] account: String) -> Result<(), Refused> {
    done_to::<AdminResetFactors>(&account, Ok(Act::ResetFactors)).await
}

/// Stops that while it waits.
#[server(prefix = "/form", endpoint = "admin-keep-factors")]
pub async fn admin_keep_factors(#[server(default)] account: String) -> Result<(), Refused> {
    done_to::<AdminKeepFactors>(&account, Ok(Act::KeepFactors)).await
}

/// Gives it another `role`, by its stored name.
#[server(prefix = "/form", endpoint = "admin-set-role")]
pub async fn admin_set_role(
    #[server(default)] account: String,
    #[server(default)] role: String,
) -> Result<(), Refused> {
    let role = Role::parse(&role).ok_or(AppError::BadRequest);
    done_to::<AdminSetRole>(&account, role.map(Act::SetRole)).await
}

/// Puts it into `group`, which need not be there before.
#[server(prefix = "/form", endpoint = "admin-add-to-group")]
pub async fn admin_add_to_group(
    #[server(default)] account: String,
    #[server(default)] group: String,
) -> Result<(), Refused> {
    let group = group.trim().parse().map_err(|_| AppError::InvalidGroup);
    done_to::<AdminAddToGroup>(&account, group.map(Act::AddToGroup)).await
}

/// Takes it out of `group`.
#[server(prefix = "/form", endpoint = "admin-remove-from-group")]
pub async fn admin_remove_from_group(
    #[server(default)] account: String,
    #[server(default)] group: String,
) -> Result<(), Refused> {
    let group = group.trim().parse().map_err(|_| AppError::InvalidGroup);
    done_to::<AdminRemoveFromGroup>(&account, group.map(Act::RemoveFromGroup)).await
}

/// Does `act` to the account with this id, and leads to its page. Whoever may not is refused before
/// what they sent is looked at.
async fn done_to<F>(account: &str, act: Result<Act, AppError>) -> Result<(), Refused>
where
    F: ServerFn<Error = Refused>,
{
    let app = App::current()?;
    let target = account.parse::<Uuid>();
    let asked = match (&target, &act) {
        (Ok(target), Ok(act)) => questions::path_of(act, *target),
        _ => Then::AdminUsers.page().to_owned(),
    };
    let Some(person) = acting::<F>(&app, &asked).await? else { return Ok(()) };
    let (target, act) = (target.map_err(|_| AppError::BadRequest)?, act?);
    let done = administration::act(&app.db, &person, F::PATH, AccountId(target), &act).await?;
    let then = Then::AdminUser(target);
    redirect(&format!("{}?{}={}", then.path(), if done { "done" } else { "undone" }, act.name()));
    Ok(())
}
