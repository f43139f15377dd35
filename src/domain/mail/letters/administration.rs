//! Letters about what an administrator or the operator did to an account. `when` is in words.

use super::{Block, Letter, compose, one_line, words};
use crate::base::words::{word, word_with};
use crate::domain::accounts::Role;
use crate::domain::mail::To;

/// Nobody can sign in to the account any more.
pub fn account_disabled(to: &To, site: &str, when: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-disabled-subject", site),
        &[Block::Words(word_with("mail-disabled-what", &values)), Block::Words(word("mail-disabled-do"))],
    )
}

/// The account is as it was before.
pub fn account_enabled(to: &To, site: &str, when: &str, sign_in_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-enabled-subject", site),
        &[
            Block::Words(word_with("mail-enabled-what", &values)),
            Block::Link { label: word("mail-enabled-link"), url: sign_in_link, prominent: true },
        ],
    )
}

/// An administrator started a new password for the owner, who alone gets this link to choose it.
pub fn password_reset_started(to: &To, site: &str, when: &str, link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-reset-subject", site),
        &[
            Block::Words(word_with("mail-reset-started-what", &values)),
            Block::Words(word("mail-reset-do")),
            Block::Link { label: word("mail-reset-link"), url: link, prominent: true },
            Block::Words(word("mail-reset-started-not-you")),
        ],
    )
}

/// The account may do more, or less, than before. `lock_link` says so once more, and locks the account.
pub fn role_changed(to: &To, site: &str, role: Role, when: &str, lock_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    let what = match role {
        Role::Member => word_with("mail-role-member", &values),
        Role::Support => word_with("mail-role-support", &values),
        Role::Admin => word_with("mail-role-admin", &values),
    };
    compose(
        to,
        words("mail-role-subject", site),
        &[
            Block::Words(what),
            Block::Words(word("mail-role-not-you")),
            Block::Link { label: word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}
