//! The letter to somebody who has no account yet, because somebody here wants them to have one.

use super::{Block, compose, words};
use crate::base::words::word;
use crate::domain::mail::{Letter, To};

/// To an address that is invited. Says nothing that the inviter wrote: in the name of this site it would be believed.
pub fn invitation(to: &To, site: &str, link: &str) -> Letter {
    compose(
        to,
        words("mail-invitation-subject", site),
        &[
            Block::Words(words("mail-invitation-why", site)),
            Block::Words(word("mail-invitation-do")),
            Block::Link { label: word("mail-invitation-link"), url: link, prominent: true },
            Block::Words(word("mail-invitation-not-you")),
        ],
    )
}
