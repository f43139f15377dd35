//! Letters about sign-ins at other services that open an account.

use super::{Block, Letter, Occasion, compose, one_line, words};
use crate::domain::mail::To;

/// What happened to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionNews {
    Linked,
    Unlinked,
}

/// To the owner of an account that a sign-in at `provider` opens from now on, or opens no more.
/// `lock_link` says so once more, and locks the account.
pub fn connection(
    to: &To<'_>,
    site: &str,
    occasion: &Occasion,
    provider: &str,
    news: ConnectionNews,
    lock_link: &str,
) -> Letter {
    let mut values = occasion.values(to, site).to_vec();
    values.push(("provider", one_line(provider)));
    let (subject, what) = match news {
        ConnectionNews::Linked => {
            (words("mail-connection-linked-subject", to, site), to.word_with("mail-connection-linked-what", &values))
        }
        ConnectionNews::Unlinked => (
            words("mail-connection-unlinked-subject", to, site),
            to.word_with("mail-connection-unlinked-what", &values),
        ),
    };
    compose(
        to,
        subject,
        &[
            Block::Words(what),
            Block::Words(to.word("mail-factor-not-you")),
            Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: true },
        ],
    )
}
