//! Before something is done to an account: the page that names the consequence. It is the person's
//! own page, asked for an act.

use crate::base::names::GroupName;
use crate::base::paths::Then;
use crate::domain::accounts::{Account, AccountId, Role};
use crate::flows::administration::Act;
use crate::pages::admin::{QuestionPage, role_label};
use crate::request::page_query::refusal_at;
use crate::ui::words::{word, word_if_any};
use leptos::prelude::*;
use uuid::Uuid;

/// What the address of a person's page asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Nothing,
    /// The name of a group that none can have.
    NoGroup(String),
    Act(Act),
}

impl Question {
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

/// What the act is called on its button and at the head of its page, and what comes of it.
pub struct Consequence {
    pub title: String,
    pub text: String,
    /// It takes something away.
    pub is_danger: bool,
}

/// `wait` is how long the removal of second factors waits, in hours.
pub fn consequence(act: &Act, account: &Account, wait: u64) -> Consequence {
    let mut values = vec![("email", account.signs_in_as().to_owned()), ("hours", wait.to_string())];
    match act {
        Act::SetRole(role) => values.push(("role", role_label(*role))),
        Act::AddToGroup(group) | Act::RemoveFromGroup(group) => values.push(("group", group.to_string())),
        _ => {}
    }
    let title = word_if_any(&format!("act-title-{}", act.name()), &values).unwrap_or_default();
    let text = word_if_any(&format!("act-text-{}", explained_as(act)), &values).unwrap_or_default();
    let is_danger = matches!(act, Act::Disable | Act::ResetFactors | Act::SetRole(_) | Act::RemoveFromGroup(_));
    Consequence { title, text, is_danger }
}

/// What comes of a role depends on which.
fn explained_as(act: &Act) -> String {
    match act {
        Act::SetRole(role) => format!("{}_{}", act.name(), role.name()),
        act => act.name().to_owned(),
    }
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
            action=act.form()
            error=refusal_at(act.form()).map(|error| error.above_a_form_without("group"))
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
    use crate::base::words::made_keys;
    use crate::flows::administration::each_act;
    use crate::request::page_query::query_of;

    #[test]
    fn every_acts_page_asks_for_that_act() {
        let roles = Role::ALL.iter().map(|role| Act::SetRole(*role));
        for act in each_act().into_iter().chain(roles) {
            let path = path_of(&act, Uuid::from_u128(7));
            let (_, query) = path.split_once('?').unwrap();
            assert_eq!(Question::read(query_of(query)), Question::Act(act.clone()), "{path}");
            assert_eq!(crate::base::paths::path_asking(&path), path, "it survives a confirmation");
        }
    }

    #[test]
    fn every_act_says_what_it_is_called_what_comes_of_it_and_that_it_is_done() {
        let roles = Role::ALL.iter().map(|role| Act::SetRole(*role));
        let acts: Vec<Act> = each_act().into_iter().chain(roles).collect();
        let explained: Vec<String> = acts.iter().map(explained_as).collect();
        let values: &[&str] = &["email", "hours", "role", "group"];
        made_keys::exactly("act-title-", Act::NAMES.iter().map(|name| (*name, values)));
        made_keys::exactly("act-text-", explained.iter().map(|name| (name.as_str(), values)));
        made_keys::exactly("act-done-", Act::NAMES.iter().map(|name| (*name, &[] as &[&str])));
    }
}
