//! Inviting, inviting again, and taking it back. What each does is `domain/invitations.rs`, which
//! the command line calls too.

use super::asked::{Act, path_of};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::accounts::Email;
use crate::domain::audit::Details;
use crate::domain::invitations::{self, InvitationId, Inviter};
use crate::flows::administration;
use crate::pages::admin::acting;
use crate::request::app::App;
use crate::request::refused::Refused;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use uuid::Uuid;

/// Writes to `email` that they may make an account.
#[server(prefix = "/form", endpoint = "admin-invite")]
pub async fn admin_invite(#[server(default)] email: String) -> Result<(), Refused> {
    let app = App::current()?;
    let Some(person) = acting::<AdminInvite>(&app, Then::AdminInvitations.page()).await? else { return Ok(()) };
    let mut tx = administration::begin_for_nobody(&app.db, &person, AdminInvite::PATH).await?;
    let email = Email::parse(&email)?;
    let by = Inviter::Administrator(person.account.id);
    invitations::invite(&mut tx, &email, by, Details::of_visitor()).await?;
    tx.commit().await?;
    tracing::info!(account = %person.account.id.0, "an administrator invited somebody");
    redirect(&format!("{}?done=invite", Then::AdminInvitations.page()));
    Ok(())
}

/// Sends one again; its link from before is void then.
#[server(prefix = "/form", endpoint = "admin-send-invitation")]
pub async fn admin_send_invitation(#[server(default)] invitation: String) -> Result<(), Refused> {
    done_to::<AdminSendInvitation>(&invitation, Act::SendAgain).await
}

/// Takes one back: its link is void.
#[server(prefix = "/form", endpoint = "admin-take-back-invitation")]
pub async fn admin_take_back_invitation(#[server(default)] invitation: String) -> Result<(), Refused> {
    done_to::<AdminTakeBackInvitation>(&invitation, Act::TakeBack).await
}

/// Does `act` to the invitation of this id. Whoever may not is refused before what they sent is
/// looked at.
async fn done_to<F>(invitation: &str, act: Act) -> Result<(), Refused>
where
    F: ServerFn<Error = Refused>,
{
    let app = App::current()?;
    let id = invitation.parse::<Uuid>().map(InvitationId);
    let asked = id.as_ref().map_or_else(|_| Then::AdminInvitations.page().to_owned(), |id| path_of(act, *id));
    let Some(person) = acting::<F>(&app, &asked).await? else { return Ok(()) };
    let mut tx = administration::begin_for_nobody(&app.db, &person, F::PATH).await?;
    let id = id.map_err(|_| AppError::BadRequest)?;
    let (by, origin) = (Inviter::Administrator(person.account.id), Details::of_visitor());
    let done = match act {
        Act::SendAgain => invitations::send_again(&mut tx, id, by, origin).await?,
        Act::TakeBack => invitations::revoke(&mut tx, id, by, origin).await?.is_some(),
    };
    tx.commit().await?;
    if done {
        tracing::info!(account = %person.account.id.0, act = act.name(), "an administrator acted on an invitation");
    }
    redirect(&format!("{}?{}={}", Then::AdminInvitations.page(), if done { "done" } else { "undone" }, act.name()));
    Ok(())
}
