//! Before something is done to an account: the page that names the consequence. It is the person's own page, asked for an act.

use super::acts::{
    AdminAddToGroup, AdminDisable, AdminEnable, AdminKeepFactors, AdminRemoveFromGroup, AdminResetFactors,
    AdminResetPassword, AdminSetRole, AdminUnlock,
};
use crate::base::names::GroupName;
use crate::base::paths::Then;
use crate::base::words::{word, word_with};
use crate::domain::accounts::{Account, AccountId, Role};
use crate::flows::administration::Act;
use crate::pages::admin::{QuestionPage, role_label};
use crate::request::page_query::refusal;
use crate::ui::FormError;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

/// What the address of a person's page asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Nothing,
    /// The name of a group that none can have.
    NoGroup(String),
    Act(Act),
}

impl Asked {
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| value(key).unwrap_or_default();
        let group = |act: fn(GroupName) -> Act| match text("group").trim().parse() {
            Ok(group) => Self::Act(act(group)),
            Err(_) => Self::NoGroup(text("group")),
        };
        match text("act").as_str() {
            "disable" => Self::Act(Act::Disable),
            "enable" => Self::Act(Act::Enable),
            "unlock" => Self::Act(Act::Unlock),
            "reset_password" => Self::Act(Act::ResetPassword),
            "reset_factors" => Self::Act(Act::ResetFactors),
            "keep_factors" => Self::Act(Act::KeepFactors),
            "set_role" => Role::parse(&text("role")).map_or(Self::Nothing, |role| Self::Act(Act::SetRole(role))),
            "add_to_group" => group(Act::AddToGroup),
            "remove_from_group" => group(Act::RemoveFromGroup),
            _ => Self::Nothing,
        }
    }
}

/// The page that asks whether to do `act` to `account`.
pub fn path_of(act: &Act, account: Uuid) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("act", act.name());
    match act {
        Act::SetRole(role) => drop(query.append_pair("role", role.name())),
        Act::AddToGroup(group) | Act::RemoveFromGroup(group) => drop(query.append_pair("group", group.as_str())),
        _ => {}
    }
    format!("{}?{}", Then::AdminUser(account).path(), query.finish())
}

/// Where the form of `act` is posted.
pub fn form_of(act: &Act) -> &'static str {
    match act {
        Act::Disable => AdminDisable::PATH,
        Act::Enable => AdminEnable::PATH,
        Act::Unlock => AdminUnlock::PATH,
        Act::ResetPassword => AdminResetPassword::PATH,
        Act::ResetFactors => AdminResetFactors::PATH,
        Act::KeepFactors => AdminKeepFactors::PATH,
        Act::SetRole(_) => AdminSetRole::PATH,
        Act::AddToGroup(_) => AdminAddToGroup::PATH,
        Act::RemoveFromGroup(_) => AdminRemoveFromGroup::PATH,
    }
}

fn refused(act: &Act) -> Option<FormError> {
    let refused = match act {
        Act::Disable => refusal::<AdminDisable>(),
        Act::Enable => refusal::<AdminEnable>(),
        Act::Unlock => refusal::<AdminUnlock>(),
        Act::ResetPassword => refusal::<AdminResetPassword>(),
        Act::ResetFactors => refusal::<AdminResetFactors>(),
        Act::KeepFactors => refusal::<AdminKeepFactors>(),
        Act::SetRole(_) => refusal::<AdminSetRole>(),
        Act::AddToGroup(_) => refusal::<AdminAddToGroup>(),
        Act::RemoveFromGroup(_) => refusal::<AdminRemoveFromGroup>(),
    };
    refused.map(|error| error.above_a_form_without("group"))
}

/// What the act is called on its button and at the head of its page, and what comes of it.
pub struct Consequence {
    pub title: String,
    pub text: String,
    /// It takes something away.
    pub is_danger: bool,
}

/// `wait` is how long the removal of second factors waits, in hours.
pub fn consequence(act: &Act, account: &Account, wait: u64) -> Consequence {
    let email = || [("email", account.signs_in_as().to_owned())];
    let in_group = |group: &GroupName| [("email", account.signs_in_as().to_owned()), ("group", group.to_string())];
    let (title, text, is_danger) = match act {
        Act::Disable => (word("admin-disable"), word_with("admin-disable-text", &email()), true),
        Act::Enable => (word("admin-enable"), word_with("admin-enable-text", &email()), false),
        Act::Unlock => (word("admin-unlock"), word_with("admin-unlock-text", &email()), false),
        Act::ResetPassword => (word("admin-reset-password"), word_with("admin-reset-password-text", &email()), false),
        Act::ResetFactors => {
            let values = [("email", account.signs_in_as().to_owned()), ("hours", wait.to_string())];
            (word("admin-reset-factors"), word_with("admin-reset-factors-text", &values), true)
        }
        Act::KeepFactors => (word("admin-keep-factors"), word_with("admin-keep-factors-text", &email()), false),
        Act::SetRole(role) => {
            let text = match role {
                Role::Member => word_with("admin-set-role-member", &email()),
                Role::Support => word_with("admin-set-role-support", &email()),
                Role::Admin => word_with("admin-set-role-admin", &email()),
            };
            (word_with("admin-set-role", &[("role", role_label(*role))]), text, true)
        }
        Act::AddToGroup(group) => (
            word_with("admin-add-to-group", &[("group", group.to_string())]),
            word_with("admin-add-to-group-text", &in_group(group)),
            false,
        ),
        Act::RemoveFromGroup(group) => (
            word_with("admin-remove-from-group", &[("group", group.to_string())]),
            word_with("admin-remove-from-group-text", &in_group(group)),
            true,
        ),
    };
    Consequence { title, text, is_danger }
}

/// `is_own`: the account is the one it is asked from.
#[component]
pub fn ActQuestion(act: Act, account: Account, is_own: bool, wait: u64) -> impl IntoView {
    let Consequence { title, text, is_danger } = consequence(&act, &account, wait);
    let AccountId(id) = account.id;
    let mut fields = vec![("account", id.to_string())];
    match &act {
        Act::SetRole(role) => fields.push(("role", role.name().to_owned())),
        Act::AddToGroup(group) | Act::RemoveFromGroup(group) => fields.push(("group", group.to_string())),
        _ => {}
    }
    view! {
        <QuestionPage
            title
            current=Then::AdminUsers
            heading=account.signs_in_as().to_owned()
            action=form_of(&act)
            error=refused(&act)
            fields
            is_danger
            back=Then::AdminUser(id).path().into_owned()
        >
            <p>{text}</p>
            {is_own.then(|| view! { <p>{word("admin-own-account")}</p> })}
        </QuestionPage>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flows::administration::each_act;
    use crate::request::page_query::query_of;

    #[test]
    fn every_acts_page_asks_for_that_act() {
        let roles = Role::ALL.iter().map(|role| Act::SetRole(*role));
        for act in each_act().into_iter().chain(roles) {
            let path = path_of(&act, Uuid::from_u128(7));
            let (_, query) = path.split_once('?').unwrap();
            assert_eq!(Asked::read(query_of(query)), Asked::Act(act.clone()), "{path}");
            assert_eq!(crate::base::paths::path_asking(&path), path, "it survives a confirmation");
            assert_eq!(form_of(&act).trim_start_matches("/form/admin-").replace('-', "_"), act.name());
        }
    }
}
