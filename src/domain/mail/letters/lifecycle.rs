//! Letters about where an account gets its mail, and about accounts that are removed.

use super::{Block, Letter, Occasion, compose, one_line, words};
use crate::base::words::{word, word_with};
use crate::domain::mail::To;
use crate::flows::deletions::Called;
use crate::flows::taking_back::Taken;

/// To the address that an account is to have: the link agrees to it, and the page behind it says which account. The letter does not: it
/// may go to a stranger, and mail programs would make a link of a username such as `evil.example`.
pub fn confirm_address(to: &To, site: &str, link: &str) -> Letter {
    compose(
        to,
        words("mail-address-subject", site),
        &[
            Block::Words(words("mail-address-why", site)),
            Block::Words(word("mail-address-do")),
            Block::Link { label: word("mail-address-link"), url: link, prominent: true },
            Block::Words(word("mail-address-not-you")),
        ],
    )
}

/// To an address with an account, when somebody wants it for another account: only its owner learns that.
pub fn address_in_use(to: &To, site: &str, sign_in_link: &str, reset_link: &str) -> Letter {
    compose(
        to,
        words("mail-known-subject", site),
        &[
            Block::Words(words("mail-in-use-why", site)),
            Block::Link { label: word("mail-known-link"), url: sign_in_link, prominent: true },
            Block::Words(word("mail-known-forgot")),
            Block::Link { label: word("mail-known-reset-link"), url: reset_link, prominent: false },
            Block::Words(word("mail-known-not-you")),
        ],
    )
}

/// To the address that an account had until now. `lock_link` says so once more, and locks the account for a while.
pub fn email_changed(to: &To, site: &str, occasion: &Occasion, lock_link: &str) -> Letter {
    compose(
        to,
        words("mail-email-changed-subject", site),
        &[
            Block::Words(word_with("mail-email-changed-what", &occasion.values(site))),
            Block::Words(word("mail-email-changed-you")),
            Block::Words(word("mail-email-changed-not-you")),
            Block::Link { label: word("mail-factor-lock-link"), url: lock_link, prominent: true },
        ],
    )
}

/// To the address that the operator gave a locked account. `reset_link` is the public page that asks for a new password.
/// `taken` is what went with it.
pub fn email_set(to: &To, site: &str, when: &str, taken: &Taken, reset_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    let mut blocks = vec![Block::Words(word_with("mail-email-set-what", &values))];
    blocks.extend(taken.paragraph().map(Block::Words));
    blocks.extend([
        Block::Words(word("mail-locked-do")),
        Block::Link { label: word("mail-locked-link"), url: reset_link, prominent: true },
        Block::Words(word("mail-locked-after")),
    ]);
    compose(to, words("mail-email-set-subject", site), &blocks)
}

/// To the address before, whose link locked the account. `until` is in words.
pub fn account_held_by_you(to: &To, site: &str, until: &str) -> Letter {
    let values = [("site", one_line(site)), ("until", one_line(until))];
    compose(
        to,
        words("mail-locked-subject", site),
        &[Block::Words(word_with("mail-held-by-you-what", &values)), Block::Words(words("mail-held-by-you-do", site))],
    )
}

/// To the address that the account has. `taken` is what went with the lock.
pub fn account_held(to: &To, site: &str, until: &str, taken: &Taken, reset_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("until", one_line(until))];
    let mut blocks = vec![Block::Words(word_with("mail-held-what", &values))];
    blocks.extend(taken.paragraph().map(Block::Words));
    blocks.extend([
        Block::Words(word_with("mail-held-do", &values)),
        Block::Link { label: word("mail-locked-link"), url: reset_link, prominent: false },
    ]);
    compose(to, words("mail-locked-subject", site), &blocks)
}

/// To the owner of an account that is going to be removed. `due` is in words; `lock_link` says so once more, and locks the account,
/// which keeps it.
pub fn deletion_asked(
    to: &To,
    site: &str,
    occasion: &Occasion,
    due: &str,
    sign_in_link: &str,
    lock_link: &str,
) -> Letter {
    let mut values = occasion.values(site).to_vec();
    values.push(("due", one_line(due)));
    compose(
        to,
        words("mail-deletion-subject", site),
        &[
            Block::Words(word_with("mail-deletion-what", &values)),
            Block::Words(word_with("mail-deletion-keep", &values)),
            Block::Link { label: word("mail-deletion-link"), url: sign_in_link, prominent: true },
            Block::Words(word("mail-deletion-not-you")),
            Block::Link { label: word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}

/// To the owner of an account that a restored backup is going to remove. `made` and `due` are in words.
pub fn deletion_restored(to: &To, site: &str, made: &str, due: &str, sign_in_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("made", one_line(made)), ("due", one_line(due))];
    compose(
        to,
        words("mail-deletion-subject", site),
        &[
            Block::Words(word_with("mail-deletion-restored-what", &values)),
            Block::Words(word_with("mail-deletion-restored-keep", &values)),
            Block::Link { label: word("mail-deletion-link"), url: sign_in_link, prominent: true },
        ],
    )
}

/// To the owner of an account that stays after all. `when` is in words.
pub fn deletion_stopped(to: &To, site: &str, when: &str, called: Called, lock_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    let what = match called {
        Called::LastAdmin => word_with("mail-deletion-stopped-last-admin", &values),
        Called::SignedIn | Called::AccountLocked => word_with("mail-deletion-stopped-what", &values),
    };
    compose(
        to,
        words("mail-deletion-stopped-subject", site),
        &[
            Block::Words(what),
            Block::Words(word("mail-factor-not-you")),
            Block::Link { label: word("mail-factor-lock-link"), url: lock_link, prominent: true },
        ],
    )
}

/// To whoever had an account. `when` is in words.
pub fn account_deleted(to: &To, site: &str, when: &str, link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-deleted-subject", site),
        &[
            Block::Words(word_with("mail-deleted-what", &values)),
            Block::Words(word("mail-deleted-again")),
            Block::Link { label: word("mail-deleted-link"), url: link, prominent: false },
        ],
    )
}
