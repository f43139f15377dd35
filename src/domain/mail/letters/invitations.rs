//! The letter to somebody who has no account yet, because somebody here wants them to have one.

use super::{Block, compose, words};
use crate::domain::mail::{Letter, To};

/// To an address that is invited. Says nothing that the inviter wrote: in the name of this site it
/// would be believed.
pub fn invitation(to: &To<'_>, site: &str, link: &str) -> Letter {
    compose(
        to,
        words("mail-invitation-subject", to, site),
        &[
            Block::Words(words("mail-invitation-why", to, site)),
            Block::Words(to.word("mail-invitation-do")),
            Block::Link { label: to.word("mail-invitation-link"), url: link, prominent: true },
            Block::Words(to.word("mail-invitation-not-you")),
        ],
    )
}
