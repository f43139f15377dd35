//! How good a new password is, while it is typed: advice only, and only with script. What is
//! refused is refused when the form is sent.

use crate::base::error::AppError;
use crate::base::passwords::{PasswordRefused, PlainPassword, check_new, strength};
use crate::base::secret::Secret;
use crate::request::app::App;
use crate::request::refused::{Message, Refused};
use crate::request::visitor::Visitor;
use crate::ui::words::word;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

/// A judgement: `score` from 0 (refused or guessed at once) to 4, and what to say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judgement {
    pub score: u8,
    pub words: String,
}

/// Judges a password that somebody is choosing. Nothing is kept. `minimum` is in characters, as the
/// field says; without it, that of a password that stands alone.
#[server(prefix = "/form", endpoint = "password-strength")]
pub async fn password_strength(
    #[server(default)] new_password: Secret,
    #[server(default)] minimum: Option<u16>,
) -> Result<Judgement, Refused> {
    let app = App::current()?;
    let minimum = minimum.unwrap_or(app.config.password.minimum);
    let visitor = Visitor::current();
    let person: Vec<String> = visitor.person().map_or_else(Vec::new, |person| {
        let account = &person.account;
        vec![
            account.email.as_str().to_owned(),
            account.username.as_str().to_owned(),
            account.display_name.as_str().to_owned(),
        ]
    });
    // Anybody can ask, and an estimate takes milliseconds: one at a time, and whoever comes
    // meanwhile goes without.
    let Ok(turn) = app.meter.clone().try_acquire_owned() else { return Err(AppError::TooBusy.into()) };
    let rules = app.passwords.rules.at_least(minimum);
    let judged = tokio::task::spawn_blocking(move || {
        // Held to the end even if the caller is gone, or a flood of abandoned calls would run all
        // at once.
        let _turn = turn;
        let person: Vec<&str> = person.iter().map(String::as_str).collect();
        let plain = PlainPassword::parse(new_password.0.clone());
        plain.and_then(|plain| check_new(&plain, &rules, &person))?;
        Ok::<_, PasswordRefused>(strength(&new_password.0, &person).score)
    });
    let judged = judged.await.map_err(|error| {
        tracing::error!(%error, "a password could not be judged");
        AppError::Internal
    })?;
    // Only here, on the request's own task, is it known how its sender reads.
    Ok(match judged {
        Err(refused) => Judgement { score: 0, words: AppError::from(refused).message() },
        Ok(score) => Judgement { score, words: in_words(score) },
    })
}

fn in_words(score: u8) -> String {
    match score {
        0 | 1 => word("strength-weak"),
        2 => word("strength-fair"),
        3 => word("strength-good"),
        _ => word("strength-strong"),
    }
}

/// Where a field for a new password is judged; nowhere if the operator turned it off.
pub fn meter() -> Option<&'static str> {
    App::current().is_ok_and(|app| app.config.password.meter).then_some(PasswordStrength::PATH)
}
