//! Letters about an account that was locked, and about second factors that are removed for an owner
//! who has lost them.

use super::{Block, Letter, Occasion, compose, one_line, words};
use crate::domain::mail::To;
use crate::domain::ways_in::Taken;

/// To the owner of an account that was locked with the link in a letter. `reset_link` is the public
/// page that asks for a new password. `taken` is what went with it.
pub fn account_locked(to: &To<'_>, site: &str, occasion: &Occasion, taken: &Taken, reset_link: &str) -> Letter {
    let mut blocks = vec![Block::Words(to.word_with("mail-locked-what", &occasion.values(to, site)))];
    blocks.extend(taken.paragraph(to.reader()).map(Block::Words));
    blocks.extend([
        Block::Words(to.word("mail-locked-do")),
        Block::Link { label: to.word("mail-locked-link"), url: reset_link, prominent: true },
        Block::Words(to.word("mail-locked-after")),
    ]);
    compose(to, words("mail-locked-subject", to, site), &blocks)
}

/// To the owner of an account who said that a session in it was not theirs: what was `taken` away
/// with it. `when` is in words.
pub fn taken_back(to: &To<'_>, site: &str, when: &str, taken: &Taken, reset_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    let mut blocks = vec![Block::Words(to.word_with("mail-taken-what", &values))];
    blocks.extend(taken.paragraph(to.reader()).map(Block::Words));
    blocks.extend([
        Block::Words(to.word("mail-taken-do")),
        Block::Link { label: to.word("mail-locked-link"), url: reset_link, prominent: true },
    ]);
    compose(to, words("mail-taken-subject", to, site), &blocks)
}

/// To the owner of an account that the operator or an administrator unlocked. `when` is in words.
pub fn account_unlocked(to: &To<'_>, site: &str, when: &str, reset_link: &str) -> Letter {
    compose(
        to,
        words("mail-unlocked-subject", to, site),
        &[
            Block::Words(to.word_with("mail-unlocked-what", &[("site", one_line(site)), ("when", one_line(when))])),
            Block::Words(to.word("mail-unlocked-do")),
            Block::Link { label: to.word("mail-unlocked-link"), url: reset_link, prominent: true },
        ],
    )
}

/// To the owner of an account whose second factors are going to be removed. `when` it was started
/// and when it is `due` are in words; `stop_link` shows that once more, and stops it.
pub fn factor_reset_started(to: &To<'_>, site: &str, when: &str, due: &str, stop_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when)), ("due", one_line(due))];
    compose(
        to,
        words("mail-factor-reset-subject", to, site),
        &[
            Block::Words(to.word_with("mail-factor-reset-what", &values)),
            Block::Words(to.word("mail-factor-reset-you")),
            Block::Words(to.word("mail-factor-reset-not-you")),
            Block::Link { label: to.word("mail-factor-reset-link"), url: stop_link, prominent: true },
        ],
    )
}

/// To the owner of an account whose second factors stay after all. `activity_link` is the page that
/// says who stopped it; `lock_link` says so once more, and locks the account.
pub fn factor_reset_stopped(to: &To<'_>, site: &str, when: &str, activity_link: &str, lock_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-factor-reset-stopped-subject", to, site),
        &[
            Block::Words(to.word_with("mail-factor-reset-stopped-what", &values)),
            Block::Words(to.word("mail-factor-reset-stopped-who")),
            Block::Link { label: to.word("mail-factor-reset-stopped-link"), url: activity_link, prominent: true },
            Block::Words(to.word("mail-factor-reset-stopped-not-you")),
            Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}

/// To the owner of an account whose second factors were removed for them. `lock_link` says so once
/// more, and locks the account.
pub fn factor_reset_done(to: &To<'_>, site: &str, when: &str, sign_in_link: &str, lock_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-factor-reset-done-subject", to, site),
        &[
            Block::Words(to.word_with("mail-factor-reset-done-what", &values)),
            Block::Words(to.word("mail-factor-reset-done-do")),
            Block::Link { label: to.word("mail-factor-reset-done-link"), url: sign_in_link, prominent: true },
            Block::Words(to.word("mail-factor-reset-done-not-you")),
            Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}
