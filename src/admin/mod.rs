//! What only administrators see and do: the check before each page and each act, and the frame around the pages.
//!
//! Nobody else is told that there is anything: a member who asks for a page gets the one for a wrong address.

pub mod attacks;
pub mod sessions;

use crate::account::PersonFrame;
use crate::error::AppError;
use crate::page::{self, NotFoundPage};
use crate::paths::{Then, confirm_path_asking};
use crate::server::App;
use crate::server::accounts::{self, Role};
use crate::server::db::Tx;
use crate::server::sessions as open_sessions;
use crate::server::visitor::{self, Person, Visitor};
use crate::ui::{Glyph, NavItem};
use crate::words::word;
use leptos::prelude::*;
use leptos_axum::redirect;
use std::future::Future;
use std::sync::Arc;

/// The administrator behind the request, for an act. None once they are led to confirm who they are, and then to what `asked` of the
/// page: the act is not done then.
fn acting(app: &App, asked: &str) -> Result<Option<Arc<Person>>, AppError> {
    let person = visitor::signed_in()?;
    if !is_administrator(&person) {
        return Err(AppError::NotFound);
    }
    if !visitor::is_recent(app, &person) {
        redirect(&confirm_path_asking(&format!("{}?{asked}", Then::AdminSessions.page())));
        return Ok(None);
    }
    Ok(Some(person))
}

pub fn is_administrator(person: &Person) -> bool {
    person.account.role == Role::Admin
}

/// Makes sure, in the transaction of the act, that this is an administrator still: who it is was decided when the request began,
/// and whoever holds its body back can act long after they were signed out or lost the role.
async fn check_still(app: &App, tx: &mut Tx, person: &Person) -> Result<(), AppError> {
    if !open_sessions::is_live(tx, &person.session, app.clock.now()).await? {
        return Err(AppError::SignInRequired);
    }
    if accounts::is_admin_in(tx, person.account.id).await? { Ok(()) } else { Err(AppError::NotFound) }
}

/// Shows administrators what `make` gives, once it is there. `visitor::resolve` has asked them to confirm who they are before.
fn shown<F>(make: impl FnOnce(App, Arc<Person>) -> F) -> AnyView
where
    F: Future<Output = Result<AnyView, AppError>> + Send + 'static,
{
    let visitor = Visitor::current();
    match (App::current(), visitor.person().filter(|person| is_administrator(person))) {
        (Ok(app), Some(person)) if visitor::is_recent(&app, person) => page::loaded(make(app, Arc::clone(person))),
        _ => view! { <NotFoundPage /> }.into_any(),
    }
}

/// The frame of every page of the administration.
#[component]
fn AdminPage(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: ViewFnOnce,
    current: Then,
    children: Children,
) -> impl IntoView {
    let nav = vec![
        NavItem { href: Then::Account.page(), label: word("nav-own-account"), glyph: Glyph::Home },
        NavItem { href: Then::AdminSessions.page(), label: word("nav-admin-sessions"), glyph: Glyph::Device },
        NavItem { href: Then::AdminAttacks.page(), label: word("nav-admin-attacks"), glyph: Glyph::Warning },
    ];
    view! {
        <PersonFrame title lead current nav wide=true>
            {children()}
        </PersonFrame>
    }
}
