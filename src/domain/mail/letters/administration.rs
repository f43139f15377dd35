//! Letters about what an administrator or the operator did to an account. `when` is in words.

use super::{Block, Letter, compose, one_line, words};
use crate::domain::accounts::Role;
use crate::domain::mail::To;

/// Nobody can sign in to the account any more.
pub fn account_disabled(to: &To<'_>, site: &str, when: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-disabled-subject", to, site),
        &[Block::Words(to.word_with("mail-disabled-what", &values)), Block::Words(to.word("mail-disabled-do"))],
    )
}

/// The account is as it was before.
pub fn account_enabled(to: &To<'_>, site: &str, when: &str, sign_in_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-enabled-subject", to, site),
        &[
            Block::Words(to.word_with("mail-enabled-what", &values)),
            Block::Link { label: to.word("mail-enabled-link"), url: sign_in_link, prominent: true },
        ],
    )
}

/// An administrator started a new password for the owner, who alone gets this link to choose it.
pub fn password_reset_started(to: &To<'_>, site: &str, when: &str, link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-reset-subject", to, site),
        &[
            Block::Words(to.word_with("mail-reset-started-what", &values)),
            Block::Words(to.word("mail-reset-do")),
            Block::Link { label: to.word("mail-reset-link"), url: link, prominent: true },
            Block::Words(to.word("mail-reset-started-not-you")),
        ],
    )
}

/// The account may do more, or less, than before. `lock_link` says so once more, and locks the
/// account.
pub fn role_changed(to: &To<'_>, site: &str, role: Role, when: &str, lock_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    let what = match role {
        Role::Member => to.word_with("mail-role-member", &values),
        Role::Support => to.word_with("mail-role-support", &values),
        Role::Admin => to.word_with("mail-role-admin", &values),
    };
    compose(
        to,
        words("mail-role-subject", to, site),
        &[
            Block::Words(what),
            Block::Words(to.word("mail-role-not-you")),
            Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}
