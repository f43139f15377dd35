//! Letters about where an account gets its mail, and about accounts that are removed.

use super::{Block, Letter, Occasion, compose, one_line, words};
use crate::domain::mail::To;
use crate::domain::waiting_deletions::Called;
use crate::domain::ways_in::Taken;

/// To the address that an account is to have: the link agrees to it, and the page behind it says
/// which account. The letter does not: it may go to a stranger, and mail programs would make a link
/// of a username such as `evil.example`.
pub fn confirm_address(to: &To<'_>, site: &str, link: &str) -> Letter {
    compose(
        to,
        words("mail-address-subject", to, site),
        &[
            Block::Words(words("mail-address-why", to, site)),
            Block::Words(to.word("mail-address-do")),
            Block::Link { label: to.word("mail-address-link"), url: link, prominent: true },
            Block::Words(to.word("mail-address-not-you")),
        ],
    )
}

/// To an address with an account, when somebody wants it for another account: only its owner learns
/// that.
pub fn address_in_use(to: &To<'_>, site: &str, sign_in_link: &str, reset_link: &str) -> Letter {
    compose(
        to,
        words("mail-known-subject", to, site),
        &[
            Block::Words(words("mail-in-use-why", to, site)),
            Block::Link { label: to.word("mail-known-link"), url: sign_in_link, prominent: true },
            Block::Words(to.word("mail-known-forgot")),
            Block::Link { label: to.word("mail-known-reset-link"), url: reset_link, prominent: false },
            Block::Words(to.word("mail-known-not-you")),
        ],
    )
}

/// To the address that an account had until now. `lock_link` says so once more, and locks the
/// account for a while.
pub fn email_changed(to: &To<'_>, site: &str, occasion: &Occasion, lock_link: &str) -> Letter {
    compose(
        to,
        words("mail-email-changed-subject", to, site),
        &[
            Block::Words(to.word_with("mail-email-changed-what", &occasion.values(to, site))),
            Block::Words(to.word("mail-email-changed-you")),
            Block::Words(to.word("mail-email-changed-not-you")),
            Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: true },
        ],
    )
}

/// To the address that the operator gave a locked account. `reset_link` is the public page that
/// asks for a new password. `taken` is what went with it.
pub fn email_set(to: &To<'_>, site: &str, when: &str, taken: &Taken, reset_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    let mut blocks = vec![Block::Words(to.word_with("mail-email-set-what", &values))];
    blocks.extend(taken.paragraph(to.reader()).map(Block::Words));
    blocks.extend([
        Block::Words(to.word("mail-locked-do")),
        Block::Link { label: to.word("mail-locked-link"), url: reset_link, prominent: true },
        Block::Words(to.word("mail-locked-after")),
    ]);
    compose(to, words("mail-email-set-subject", to, site), &blocks)
}

/// To the address before, whose link locked the account. `until` is in words.
pub fn account_held_by_you(to: &To<'_>, site: &str, until: &str) -> Letter {
    let values = [("site", one_line(site)), ("until", one_line(until))];
    compose(
        to,
        words("mail-locked-subject", to, site),
        &[
            Block::Words(to.word_with("mail-held-by-you-what", &values)),
            Block::Words(words("mail-held-by-you-do", to, site)),
        ],
    )
}

/// To the address that the account has. `taken` is what went with the lock.
pub fn account_held(to: &To<'_>, site: &str, until: &str, taken: &Taken, reset_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("until", one_line(until))];
    let mut blocks = vec![Block::Words(to.word_with("mail-held-what", &values))];
    blocks.extend(taken.paragraph(to.reader()).map(Block::Words));
    blocks.extend([
        Block::Words(to.word_with("mail-held-do", &values)),
        Block::Link { label: to.word("mail-locked-link"), url: reset_link, prominent: false },
    ]);
    compose(to, words("mail-locked-subject", to, site), &blocks)
}

/// To the owner of an account that is going to be removed. `due` is in words; `lock_link` says so
/// once more, and locks the account, which keeps it.
pub fn deletion_asked(
    to: &To<'_>,
    site: &str,
    occasion: &Occasion,
    due: &str,
    sign_in_link: &str,
    lock_link: &str,
) -> Letter {
    let mut values = occasion.values(to, site).to_vec();
    values.push(("due", one_line(due)));
    compose(
        to,
        words("mail-deletion-subject", to, site),
        &[
            Block::Words(to.word_with("mail-deletion-what", &values)),
            Block::Words(to.word_with("mail-deletion-keep", &values)),
            Block::Link { label: to.word("mail-deletion-link"), url: sign_in_link, prominent: true },
            Block::Words(to.word("mail-deletion-not-you")),
            Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}

/// To the owner of an account that a restored backup is going to remove. `made` and `due` are in
/// words.
pub fn deletion_restored(to: &To<'_>, site: &str, made: &str, due: &str, sign_in_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("made", one_line(made)), ("due", one_line(due))];
    compose(
        to,
        words("mail-deletion-subject", to, site),
        &[
            Block::Words(to.word_with("mail-deletion-restored-what", &values)),
            Block::Words(to.word_with("mail-deletion-restored-keep", &values)),
            Block::Link { label: to.word("mail-deletion-link"), url: sign_in_link, prominent: true },
        ],
    )
}

/// To the owner of an account that stays after all. `when` is in words.
pub fn deletion_stopped(to: &To<'_>, site: &str, when: &str, called: Called, lock_link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    let what = match called {
        Called::LastAdmin => to.word_with("mail-deletion-stopped-last-admin", &values),
        Called::SignedIn | Called::AccountLocked => to.word_with("mail-deletion-stopped-what", &values),
    };
    compose(
        to,
        words("mail-deletion-stopped-subject", to, site),
        &[
            Block::Words(what),
            Block::Words(to.word("mail-factor-not-you")),
            Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: true },
        ],
    )
}

/// To whoever had an account. `when` is in words.
pub fn account_deleted(to: &To<'_>, site: &str, when: &str, link: &str) -> Letter {
    let values = [("site", one_line(site)), ("when", one_line(when))];
    compose(
        to,
        words("mail-deleted-subject", to, site),
        &[
            Block::Words(to.word_with("mail-deleted-what", &values)),
            Block::Words(to.word("mail-deleted-again")),
            Block::Link { label: to.word("mail-deleted-link"), url: link, prominent: false },
        ],
    )
}
