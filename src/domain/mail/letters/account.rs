//! Letters about an account that was locked, and about second factors that are removed for an owner who has lost them.

use super::{Block, Letter, Occasion, compose, one_line, words};
use crate::base::words::{word, word_with};
use crate::domain::mail::To;
use crate::flows::taking_back::Taken;

/// To the owner of an account that was locked with the link in a letter. `reset_link` is the public page that asks for a new password.
/// `taken` is what went with it.
pub fn account_locked(to: &To, site: &str, occasion: &Occasion, taken: &Taken, reset_link: &str) -> Letter {
    let mut blocks = vec![Block::Words(word_with("mail-locked-what", &occasion.values(site)))];
    blocks.extend(taken.paragraph().map(Block::Words));
    blocks.extend([
        Block::Words(word("mail-locked-do")),
        Block::Link { label: word("mail-locked-link"), url: reset_link, prominent: true },
        Block::Words(word("mail-locked-after")),
    ]);
    compose(to, words("mail-locked-subject", site), &blocks)
}

/// To the owner of an account who said that a session in it was not theirs: what was `taken` away with it. `when` is in words.
pub fn taken_back(to: &To, site: &str, when: &str, taken: &Taken, reset_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    let mut blocks = vec![Block::Words(word_with("mail-taken-what", &values))];
    blocks.extend(taken.paragraph().map(Block::Words));
    blocks.extend([
        Block::Words(word("mail-taken-do")),
        Block::Link { label: word("mail-locked-link"), url: reset_link, prominent: true },
    ]);
    compose(to, words("mail-taken-subject", site), &blocks)
}

/// To the owner of an account that the operator or an administrator unlocked. `when` is in words.
pub fn account_unlocked(to: &To, site: &str, when: &str, reset_link: &str) -> Letter {
    compose(
        to,
        words("mail-unlocked-subject", site),
        &[
            Block::Words(word_with("mail-unlocked-what", &[("site", one_line(site)), ("when", one_line(when))])),
            Block::Words(word("mail-unlocked-do")),
            Block::Link { label: word("mail-unlocked-link"), url: reset_link, prominent: true },
        ],
    )
}

/// To the owner of an account whose second factors are going to be removed. `when` it was started and when it is `due` are in words;
/// `stop_link` shows that once more, and stops it.
pub fn factor_reset_started(to: &To, site: &str, when: &str, due: &str, stop_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when)), ("due", one_line(due))];
    compose(
        to,
        words("mail-factor-reset-subject", site),
        &[
            Block::Words(word_with("mail-factor-reset-what", &values)),
            Block::Words(word("mail-factor-reset-you")),
            Block::Words(word("mail-factor-reset-not-you")),
            Block::Link { label: word("mail-factor-reset-link"), url: stop_link, prominent: true },
        ],
    )
}

/// To the owner of an account whose second factors stay after all. `activity_link` is the page that says who stopped it; `lock_link`
/// says so once more, and locks the account.
pub fn factor_reset_stopped(to: &To, site: &str, when: &str, activity_link: &str, lock_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-factor-reset-stopped-subject", site),
        &[
            Block::Words(word_with("mail-factor-reset-stopped-what", &values)),
            Block::Words(word("mail-factor-reset-stopped-who")),
            Block::Link { label: word("mail-factor-reset-stopped-link"), url: activity_link, prominent: true },
            Block::Words(word("mail-factor-reset-stopped-not-you")),
            Block::Link { label: word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}

/// To the owner of an account whose second factors were removed for them. `lock_link` says so once more, and locks the account.
pub fn factor_reset_done(to: &To, site: &str, when: &str, sign_in_link: &str, lock_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-factor-reset-done-subject", site),
        &[
            Block::Words(word_with("mail-factor-reset-done-what", &values)),
            Block::Words(word("mail-factor-reset-done-do")),
            Block::Link { label: word("mail-factor-reset-done-link"), url: sign_in_link, prominent: true },
            Block::Words(word("mail-factor-reset-done-not-you")),
            Block::Link { label: word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}
