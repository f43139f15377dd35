//! The Fluent bundle behind [`crate::words`]: read once from the texts compiled into the binary.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// File name and text of each Fluent file of a language.
const ENGLISH: &[(&str, &str)] = &[
    ("common.ftl", include_str!("../../locales/en/common.ftl")),
    ("sign-in.ftl", include_str!("../../locales/en/sign-in.ftl")),
    ("registration.ftl", include_str!("../../locales/en/registration.ftl")),
    ("password.ftl", include_str!("../../locales/en/password.ftl")),
    ("account.ftl", include_str!("../../locales/en/account.ftl")),
    ("second-factor.ftl", include_str!("../../locales/en/second-factor.ftl")),
    ("passkeys.ftl", include_str!("../../locales/en/passkeys.ftl")),
    ("providers.ftl", include_str!("../../locales/en/providers.ftl")),
    ("sessions.ftl", include_str!("../../locales/en/sessions.ftl")),
    ("activity.ftl", include_str!("../../locales/en/activity.ftl")),
    ("admin.ftl", include_str!("../../locales/en/admin.ftl")),
    ("attacks.ftl", include_str!("../../locales/en/attacks.ftl")),
    ("admin-users.ftl", include_str!("../../locales/en/admin-users.ftl")),
    ("admin-mails.ftl", include_str!("../../locales/en/admin-mails.ftl")),
    ("tokens.ftl", include_str!("../../locales/en/tokens.ftl")),
    ("api.ftl", include_str!("../../locales/en/api.ftl")),
    ("forward-auth.ftl", include_str!("../../locales/en/forward-auth.ftl")),
    ("invitations.ftl", include_str!("../../locales/en/invitations.ftl")),
    ("account-lifecycle.ftl", include_str!("../../locales/en/account-lifecycle.ftl")),
    ("errors.ftl", include_str!("../../locales/en/errors.ftl")),
    ("mails.ftl", include_str!("../../locales/en/mails.ftl")),
];

static WORDS: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let mut bundle = FluentBundle::new_concurrent(vec!["en".parse().unwrap_or_default()]);
    // The marks guard right-to-left names inside left-to-right text, but they end up in mail subjects, page titles
    // and copied text; names are set apart by markup instead.
    bundle.set_use_isolating(false);
    for (file, text) in ENGLISH {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(usable, mistakes)| {
            tracing::error!(file, ?mistakes, "unreadable entries in a Fluent file");
            usable
        });
        if let Err(mistakes) = bundle.add_resource(resource) {
            tracing::error!(file, ?mistakes, "a Fluent key is defined twice");
        }
    }
    bundle
});

/// The words for `key`. An unknown key or variable is a mistake of ours that the tests below find; should one get
/// through, the page still comes, with the key in place of the words, and the log says so.
pub fn render(key: &'static str, values: &[(&'static str, String)]) -> String {
    let (text, mistakes) = try_render(key, values);
    if !mistakes.is_empty() {
        tracing::error!(key, ?mistakes, "words that can't be put together");
    }
    text
}

fn try_render(key: &str, values: &[(&'static str, String)]) -> (String, Vec<String>) {
    let Some(pattern) = WORDS.get_message(key).and_then(|message| message.value()) else {
        return (key.to_owned(), vec!["no such key".to_owned()]);
    };
    let arguments: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, fluent_value(value))).collect();
    let mut mistakes = Vec::new();
    let text = WORDS.format_pattern(pattern, Some(&arguments), &mut mistakes).into_owned();
    (text, mistakes.iter().map(ToString::to_string).collect())
}

/// Only what reads the same as a number is one: "007", "1e3" and "Infinity" may be somebody's name.
fn fluent_value(text: &str) -> FluentValue<'_> {
    let plain_number =
        text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 15 && (text == "0" || !text.starts_with('0'));
    if plain_number { FluentValue::try_number(text) } else { text.into() }
}

/// See [`crate::words::moment`]. Times are told in UTC: the server does not know where the reader is.
pub fn moment(micros: i64) -> Option<(String, String)> {
    let moment = OffsetDateTime::from_unix_timestamp(micros.div_euclid(1_000_000)).ok()?;
    let exact =
        moment.format(format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC")).ok()?;
    Some((exact, moment.format(&Rfc3339).ok()?))
}

#[cfg(test)]
mod tests;
