//! What only those who administer see and do: the frame around the pages, and the check before each
//! page and each act. Who may what is one list, `flows/administration/`.
//!
//! Nobody else is told that there is anything: a member who asks for a page gets the one for a
//! wrong address.

pub mod activity;
pub mod attacks;
pub mod invitations;
pub mod overview;
pub mod sessions;
pub mod users;

use crate::base::error::AppError;
use crate::base::paths::{Then, confirm_path_asking};
use crate::domain::accounts::Role;
use crate::flows::acting::{self, Missing, Person};
use crate::flows::administration;
use crate::pages::account::PersonFrame;
use crate::request::app::App;
use crate::request::document::{self, NotFoundPage};
use crate::request::refused::Refused;
use crate::request::site_map::{self, SeenBy};
use crate::request::visitor::{self, Visitor};
use crate::ui::words::word;
use crate::ui::{DangerButton, Form, FormError, Glyph, Hidden, LinkButton, NavItem, PrimaryButton, Section};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::redirect;
use std::future::Future;
use std::sync::Arc;

/// Whoever is behind the request, for the act that `F` is. None once they are led to show what is
/// missing (a recent proof, and a second factor if they have one), and then to `asked`, which is a
/// page and its query: the act is not done then.
async fn acting<F>(app: &App, asked: &str) -> Result<Option<Arc<Person>>, AppError>
where
    F: ServerFn<Error = Refused>,
{
    let person = visitor::signed_in()?;
    if !administration::allows(person.account.role, F::PATH) {
        return Err(AppError::NotFound);
    }
    if acting::missing(&app.db, &person).await? != Missing::Nothing {
        redirect(&confirm_path_asking(asked));
        return Ok(None);
    }
    Ok(Some(person))
}

/// Shows those who may see the page of the list at `path` what `make` gives, once it is there.
/// `visitor::resolve` has asked them to confirm who they are before.
fn shown<F>(path: &'static str, make: impl FnOnce(App, Arc<Person>) -> F) -> AnyView
where
    F: Future<Output = Result<AnyView, AppError>> + Send + 'static,
{
    let visitor = Visitor::current();
    match (App::current(), visitor.person().filter(|person| administration::allows(person.account.role, path))) {
        (Ok(app), Some(person)) if acting::is_recent(&app.db, person) => {
            document::loaded(make(app, Arc::clone(person)))
        }
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
    let own = NavItem { href: Then::Account.page(), label: word("nav-to-account"), glyph: Glyph::Home };
    let nav = std::iter::once(own).chain(site_map::navigation(SeenBy::Administrators)).collect();
    view! {
        <PersonFrame title lead current nav wide=true>
            {children()}
        </PersonFrame>
    }
}

/// The page that names the consequence of an act before it is done. `title` is what the button says
/// too, `fields` what the form carries, `back` the page that whoever leaves it alone comes back to.
#[component]
fn QuestionPage(
    title: String,
    current: Then,
    heading: String,
    action: &'static str,
    #[prop(optional_no_strip)] error: Option<FormError>,
    fields: Vec<(&'static str, String)>,
    is_danger: bool,
    back: String,
    children: Children,
) -> impl IntoView {
    let label = title.clone();
    let button = match is_danger {
        true => view! { <DangerButton>{label}</DangerButton> }.into_any(),
        false => view! { <PrimaryButton>{label}</PrimaryButton> }.into_any(),
    };
    view! {
        <AdminPage title current>
            <Section heading>
                <Form id="admin-question" action error>
                    {fields.into_iter().map(|(name, value)| view! { <Hidden name value /> }).collect_view()}
                    {children()}
                    <div class="links">{button} <LinkButton href=back>{word("admin-cancel")}</LinkButton></div>
                </Form>
            </Section>
        </AdminPage>
    }
}

/// What an account may do, in a word.
fn role_label(role: Role) -> String {
    match role {
        Role::Member => word("role-member"),
        Role::Support => word("role-support"),
        Role::Admin => word("role-admin"),
    }
}
