//! Who a line is, by the rules that hold for everybody, or why it is refused.

use super::lines::{Fields, Line};
use crate::base::error::AppError;
use crate::base::passwords::StoredHash;
use crate::base::unicode;
use crate::domain::accounts::{DisplayName, Email, Username};
use std::collections::{BTreeMap, HashMap};

/// A line that may become an account.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub line: usize,
    pub email: Option<Email>,
    pub email_verified: bool,
    pub username: Option<Username>,
    pub display_name: Option<DisplayName>,
    pub password_hash: Option<StoredHash>,
}

/// The good ones among `lines`, each once; why the others are not goes to `reasons`, under their
/// number.
pub fn each(lines: Vec<Line>, reasons: &mut BTreeMap<usize, String>) -> Vec<Candidate> {
    let mut emails: HashMap<String, usize> = HashMap::new();
    let mut usernames: HashMap<String, usize> = HashMap::new();
    let mut candidates = Vec::with_capacity(lines.len());
    for Line { number, fields } in lines {
        let candidate = fields.and_then(|fields| of_fields(number, fields)).and_then(|candidate| {
            let email = candidate.email.as_ref().map(Email::as_str);
            let username = candidate.username.as_ref().map(Username::as_str);
            // Both are looked at before either is noted: a line that is refused takes nothing from
            // those after it.
            for (name, value, seen) in [("email", email, &emails), ("username", username, &usernames)] {
                if let Some(first) = value.and_then(|value| seen.get(value)) {
                    return Err(format!("{name}: the same as in line {first}"));
                }
            }
            emails.extend(email.map(|email| (email.to_owned(), number)));
            usernames.extend(username.map(|username| (username.to_owned(), number)));
            Ok(candidate)
        });
        match candidate {
            Ok(candidate) => candidates.push(candidate),
            Err(reason) => drop(reasons.insert(number, reason)),
        }
    }
    candidates
}

fn of_fields(line: usize, fields: Fields) -> Result<Candidate, String> {
    let Fields { email, username, password_hash, display_name, email_verified } = fields;
    let all = [&email, &username, &password_hash, &display_name, &email_verified];
    if all.into_iter().flatten().any(|value| value.contains('\0')) {
        return Err("it holds a NUL".to_owned());
    }
    let candidate = Candidate {
        line,
        email: filled(email).map(|email| self::email(&email)).transpose()?,
        username: filled(username).map(|username| self::username(&username)).transpose()?,
        display_name: filled(display_name).map(|name| self::display_name(&name)).transpose()?,
        password_hash: password_hash
            .as_deref()
            .map(unicode::trim)
            .filter(|hash| is_one(hash))
            .map(self::hash)
            .transpose()?,
        email_verified: self::email_verified(email_verified.as_deref().unwrap_or_default())?,
    };
    match &candidate {
        Candidate { email: None, username: None, .. } => Err("it has neither an email nor a username".to_owned()),
        Candidate { email: None, password_hash: None, .. } => {
            Err("it has neither a password nor an email to choose one by: nobody could ever sign in".to_owned())
        }
        _ => Ok(candidate),
    }
}

fn filled(value: Option<String>) -> Option<String> {
    value.filter(|value| !unicode::trim(value).is_empty())
}

fn email(typed: &str) -> Result<Email, String> {
    let email = Email::parse(typed).map_err(|_| "email: no address that mail can be sent to from here".to_owned())?;
    // What stands in the place of an address is not one to come with.
    if email.known().is_none() {
        return Err("email: this domain can never be reached".to_owned());
    }
    Ok(email)
}

fn username(typed: &str) -> Result<Username, String> {
    Username::parse(typed).map_err(|error| {
        match error {
            AppError::UsernameTaken => "username: nobody may be called so (admin, root, support, …)",
            _ => "username: it has to be 3 to 40 of a-z, 0-9, dot, underscore and hyphen, a letter or digit first",
        }
        .to_owned()
    })
}

fn display_name(typed: &str) -> Result<DisplayName, String> {
    DisplayName::parse(typed)
        .map_err(|_| "display_name: it has to be at most 80 characters, and none that nobody sees".to_owned())
}

/// Django marks somebody without a password with `!`, and so do files of passwords.
fn is_one(hash: &str) -> bool {
    !hash.is_empty() && !hash.starts_with('!')
}

fn hash(text: &str) -> Result<StoredHash, String> {
    StoredHash::import(text).map_err(|refused| format!("password_hash: {refused}"))
}

fn email_verified(text: &str) -> Result<bool, String> {
    match unicode::trim(text).to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "1" => Ok(true),
        "false" | "f" | "no" | "0" | "" => Ok(false),
        _ => Err("email_verified: it has to be true or false".to_owned()),
    }
}
