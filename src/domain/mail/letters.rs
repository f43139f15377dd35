//! The letters people get. Every word comes from `locales/`; one template makes the plain text and
//! the HTML of each.
//!
//! Links are no values of the words, so that no translation can lose or bend one.

mod account;
mod administration;
mod connections;
mod invitations;
mod lifecycle;

pub use account::{
    account_locked, account_unlocked, factor_reset_done, factor_reset_started, factor_reset_stopped, taken_back,
};
pub use administration::{account_disabled, account_enabled, password_reset_started, role_changed};
pub use connections::{ConnectionNews, connection};
pub use invitations::invitation;
pub use lifecycle::{
    account_deleted, account_held, account_held_by_you, address_in_use, confirm_address, deletion_asked,
    deletion_restored, deletion_stopped, email_changed, email_set,
};

use crate::base::clock::UnixMicros;
use crate::base::user_agent;
use crate::base::words::bundles::Language;
use crate::domain::mail::{Letter, To};
use crate::domain::sessions::Origin;
use crate::domain::ways_in::Taken;
use std::fmt::Write;
use zeroize::Zeroizing;

/// To an address that nobody has an account with yet: the link goes on with the registration.
pub fn verify_email(to: &To<'_>, site: &str, link: &str) -> Letter {
    compose(
        to,
        words("mail-verify-subject", to, site),
        &[
            Block::Words(words("mail-verify-why", to, site)),
            Block::Words(to.word("mail-verify-do")),
            Block::Link { label: to.word("mail-verify-link"), url: link, prominent: true },
            Block::Words(to.word("mail-verify-not-you")),
        ],
    )
}

/// To an address that has an account already when somebody registers it: only its owner learns
/// that.
pub fn already_registered(to: &To<'_>, site: &str, sign_in_link: &str, reset_link: &str) -> Letter {
    compose(
        to,
        words("mail-known-subject", to, site),
        &[
            Block::Words(words("mail-known-why", to, site)),
            Block::Link { label: to.word("mail-known-link"), url: sign_in_link, prominent: true },
            Block::Words(to.word("mail-known-forgot")),
            Block::Link { label: to.word("mail-known-reset-link"), url: reset_link, prominent: false },
            Block::Words(to.word("mail-known-not-you")),
        ],
    )
}

/// To the owner of an account who forgot the password. An address without an account gets nothing.
pub fn reset_password(to: &To<'_>, site: &str, link: &str) -> Letter {
    compose(
        to,
        words("mail-reset-subject", to, site),
        &[
            Block::Words(words("mail-reset-why", to, site)),
            Block::Words(to.word("mail-reset-do")),
            Block::Link { label: to.word("mail-reset-link"), url: link, prominent: true },
            Block::Words(to.word("mail-reset-not-you")),
        ],
    )
}

/// From where and when something was done to an account.
#[derive(Clone, Debug)]
pub struct Occasion {
    origin: Origin,
    at: UnixMicros,
}

impl Occasion {
    pub fn of(origin: &Origin, at: UnixMicros) -> Self {
        Self { origin: origin.clone(), at }
    }

    /// In words for the reader of the letter.
    fn values(&self, to: &To<'_>, site: &str) -> [(&'static str, String); 4] {
        [
            ("site", one_line(site)),
            ("device", one_line(&user_agent::describe(to.reader(), &self.origin.user_agent))),
            ("address", one_line(&self.origin.address)),
            ("when", one_line(&to.moment(self.at))),
        ]
    }
}

/// To the owner of an account whose password was changed or reset (ASVS 6.3.7). `reset_link` is the
/// public page that asks for a new one, never a link that lets in. `taken` is what went with it.
pub fn password_changed(to: &To<'_>, site: &str, occasion: &Occasion, taken: &Taken, reset_link: &str) -> Letter {
    let mut blocks = vec![
        Block::Words(to.word_with("mail-changed-what", &occasion.values(to, site))),
        Block::Words(to.word("mail-changed-others")),
    ];
    blocks.extend(taken.paragraph(to.reader()).map(Block::Words));
    blocks.extend([
        Block::Words(to.word("mail-changed-not-you")),
        Block::Link { label: to.word("mail-changed-link"), url: reset_link, prominent: true },
    ]);
    compose(to, words("mail-changed-subject", to, site), &blocks)
}

/// To the owner of an account that was signed in to from a browser it does not know (ASVS 6.3.5).
/// `link` shows the session and ends it. With `reset_link` the letter says that it is the last for
/// a while, and how to end every session at once.
pub fn new_device(to: &To<'_>, site: &str, occasion: &Occasion, link: &str, reset_link: Option<&str>) -> Letter {
    let mut blocks = vec![
        Block::Words(to.word_with("mail-device-what", &occasion.values(to, site))),
        Block::Words(to.word("mail-device-you")),
        Block::Words(to.word("mail-device-not-you")),
        Block::Link { label: to.word("mail-device-link"), url: link, prominent: true },
    ];
    if let Some(url) = reset_link {
        blocks.push(Block::Words(to.word("mail-device-last")));
        blocks.push(Block::Link { label: to.word("mail-device-reset-link"), url, prominent: false });
    }
    compose(to, words("mail-device-subject", to, site), &blocks)
}

/// To the owner of passkeys that were made for the name `was` and that the operator voided by
/// giving it up. `lock_link` says so once more, and locks the account.
pub fn passkeys_void(to: &To<'_>, site: &str, was: &str, link: &str, lock_link: &str) -> Letter {
    compose(
        to,
        words("mail-passkeys-void-subject", to, site),
        &[
            Block::Words(to.word_with("mail-passkeys-void-what", &[("site", one_line(site)), ("was", one_line(was))])),
            Block::Words(to.word("mail-passkeys-void-do")),
            Block::Link { label: to.word("mail-passkeys-void-link"), url: link, prominent: true },
            Block::Words(to.word("mail-passkeys-void-not-you")),
            Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: false },
        ],
    )
}

/// What happened to the second factors of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorNews {
    Added,
    PasskeyAdded,
    /// There are others, or other factors.
    PasskeyRemoved,
    /// There are others.
    Removed,
    /// It was the last one.
    Off,
    CodesMade,
    /// With how many are left.
    CodeUsed(i64),
    /// As many in a row as are free.
    WrongCodes,
    /// A personal access token, which lets a program in without any of them.
    TokenMade,
}

/// To the owner of an account whose second factors were changed, used up or guessed at (ASVS 6.3.7,
/// 6.6.3). `lock_link` says so once more, and locks the account.
pub fn second_factor(to: &To<'_>, site: &str, occasion: &Occasion, news: FactorNews, lock_link: &str) -> Letter {
    let values = occasion.values(to, site);
    let mut paragraphs = vec![match news {
        FactorNews::Added => to.word_with("mail-factor-added-what", &values),
        FactorNews::PasskeyAdded => to.word_with("mail-passkey-added-what", &values),
        FactorNews::PasskeyRemoved => to.word_with("mail-passkey-removed-what", &values),
        FactorNews::Removed => to.word_with("mail-factor-removed-what", &values),
        FactorNews::Off => to.word_with("mail-factor-off-what", &values),
        FactorNews::CodesMade => to.word_with("mail-factor-codes-what", &values),
        FactorNews::CodeUsed(left) => {
            let mut values = values.to_vec();
            values.push(("left", left.to_string()));
            to.word_with("mail-factor-used-what", &values)
        }
        FactorNews::WrongCodes => to.word_with("mail-factor-wrong-what", &values),
        FactorNews::TokenMade => to.word_with("mail-token-made-what", &values),
    }];
    if news == FactorNews::WrongCodes {
        paragraphs.extend([to.word("mail-factor-wrong-you"), to.word("mail-factor-wrong-not-you")]);
    } else {
        paragraphs.push(to.word("mail-factor-not-you"));
    }
    let subject = match news {
        FactorNews::Added => words("mail-factor-added-subject", to, site),
        FactorNews::PasskeyAdded => words("mail-passkey-added-subject", to, site),
        FactorNews::PasskeyRemoved => words("mail-passkey-removed-subject", to, site),
        FactorNews::Removed => words("mail-factor-removed-subject", to, site),
        FactorNews::Off => words("mail-factor-off-subject", to, site),
        FactorNews::CodesMade => words("mail-factor-codes-subject", to, site),
        FactorNews::CodeUsed(_) => words("mail-factor-used-subject", to, site),
        FactorNews::WrongCodes => words("mail-factor-wrong-subject", to, site),
        FactorNews::TokenMade => words("mail-token-made-subject", to, site),
    };
    let link = Block::Link { label: to.word("mail-factor-lock-link"), url: lock_link, prominent: true };
    compose(to, subject, &paragraphs.into_iter().map(Block::Words).chain([link]).collect::<Vec<_>>())
}

/// One paragraph of a letter.
enum Block<'a> {
    Words(String),
    Link { label: String, url: &'a str, prominent: bool },
}

fn words(key: &'static str, to: &To<'_>, site: &str) -> String {
    to.word_with(key, &[("site", one_line(site))])
}

/// A value as it may stand within a sentence: short and on one line, whatever a browser claims to
/// be called.
fn one_line(value: &str) -> String {
    value.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(100).collect()
}

fn compose(to: &To<'_>, subject: String, blocks: &[Block<'_>]) -> Letter {
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    Letter {
        to: to.address().to_owned(),
        text: as_text(blocks),
        html: as_html(to.reader().language, &subject, blocks),
        subject,
    }
}

fn as_text(blocks: &[Block<'_>]) -> Zeroizing<String> {
    let paragraphs: Vec<String> = blocks
        .iter()
        .map(|block| match block {
            Block::Words(words) => words.trim().to_owned(),
            // On a line of its own, so that no mail program takes the punctuation after it for a
            // part of it.
            Block::Link { label, url, .. } => format!("{}:\n{url}", label.trim()),
        })
        .collect();
    Zeroizing::new(paragraphs.join("\n\n") + "\n")
}

/// No images, fonts or styles from elsewhere: opening a letter tells nobody. No colours of text and
/// page either, except on the button: mail programs then choose ones that can be read, in light and
/// in dark.
fn as_html(language: Language, subject: &str, blocks: &[Block<'_>]) -> Zeroizing<String> {
    const BUTTON: &str = "display:inline-block;padding:12px 20px;border-radius:8px;background:#2b59c3;color:#ffffff;font-weight:600;text-decoration:none";
    let (lang, dir) = (language.tag(), language.direction());
    let mut body = Zeroizing::new(String::with_capacity(2048));
    for block in blocks {
        // Writing into a string can't fail.
        let _ = match block {
            Block::Words(words) => writeln!(body, "<p>{}</p>", escape(words.trim())),
            Block::Link { label, url, prominent } => {
                let (label, url) = (escape(label.trim()), Zeroizing::new(escape(url)));
                let style = if *prominent { format!(" style=\"{BUTTON}\"") } else { String::new() };
                writeln!(
                    body,
                    "<p><a href=\"{0}\"{style}>{label}</a></p>\n<p dir=\"ltr\" style=\"font-size:14px;word-break:break-all\">{0}</p>",
                    *url
                )
            }
        };
    }
    Zeroizing::new(format!(
        "<!doctype html>\n<html lang=\"{lang}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>{title}</title>\n</head>\n<body style=\"margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif\">\n<div style=\"max-width:34em;margin:0 auto\">\n{body}</div>\n</body>\n</html>\n",
        title = escape(subject),
        body = *body,
    ))
}

/// For text and for quoted attributes alike.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use crate::domain::accounts::Role;
    use crate::domain::mail::Recipient;
    use crate::domain::waiting_deletions::Called;

    const LINK: &str = "https://id.example.org/reset?token=abc&then=account";

    fn each() -> Vec<Letter> {
        let recipient = Recipient::test("ada@example.org");
        let to = &recipient.to();
        let origin = Origin { address: "192.0.2.1".to_owned(), user_agent: String::new() };
        let occasion = &Occasion::of(&origin, UnixMicros(0));
        let taken = &Taken::of_each();
        let news = [
            FactorNews::Added,
            FactorNews::PasskeyAdded,
            FactorNews::PasskeyRemoved,
            FactorNews::Removed,
            FactorNews::Off,
            FactorNews::CodesMade,
            FactorNews::CodeUsed(2),
            FactorNews::WrongCodes,
            FactorNews::TokenMade,
        ];
        let mut each = vec![
            verify_email(to, "Example", LINK),
            already_registered(to, "Example", LINK, "https://id.example.org/forgot"),
            reset_password(to, "Example", LINK),
            passkeys_void(to, "Example", "id.example.org", "https://id.example.org/account/passkeys", LINK),
            password_changed(to, "Example", occasion, taken, LINK),
            password_changed(to, "Example", occasion, &Taken::default(), LINK),
            new_device(to, "Example", occasion, LINK, None),
            new_device(to, "Example", occasion, LINK, Some("https://id.example.org/forgot")),
        ];
        each.extend([
            account_locked(to, "Example", occasion, taken, LINK),
            taken_back(to, "Example", "today", taken, LINK),
            account_unlocked(to, "Example", "today", LINK),
            factor_reset_started(to, "Example", "today", "tomorrow", LINK),
            factor_reset_stopped(to, "Example", "today", "https://id.example.org/account/activity", LINK),
            factor_reset_done(to, "Example", "today", "https://id.example.org/sign-in", LINK),
        ]);
        let (site, day) = ("Example", "tomorrow");
        each.extend([
            confirm_address(to, site, LINK),
            address_in_use(to, site, LINK, "https://id.example.org/forgot"),
            email_changed(to, site, occasion, LINK),
            email_set(to, site, day, taken, LINK),
            account_held(to, site, day, taken, LINK),
            deletion_asked(to, site, occasion, day, "https://id.example.org/sign-in", LINK),
            deletion_restored(to, site, "today", day, LINK),
            account_deleted(to, site, day, LINK),
            invitation(to, site, LINK),
            account_enabled(to, site, "today", LINK),
            password_reset_started(to, site, "today", LINK),
        ]);
        each.extend(Called::ALL.iter().map(|called| deletion_stopped(to, site, day, *called, LINK)));
        each.extend(Role::ALL.iter().map(|role| role_changed(to, site, *role, "today", LINK)));
        each.extend(news.map(|news| second_factor(to, "Example", occasion, news, LINK)));
        each
    }

    #[test]
    fn every_letter_shows_its_link_on_a_line_of_its_own_and_as_text_in_html() {
        for letter in each() {
            assert!(letter.text.lines().any(|line| line == LINK), "{}", *letter.text);
            let escaped = LINK.replace('&', "&amp;");
            assert!(letter.html.contains(&format!("href=\"{escaped}\"")));
            assert!(letter.html.contains(&format!(">{escaped}</p>")));
        }
    }

    #[test]
    fn no_letter_loads_anything_from_elsewhere() {
        for letter in each() {
            for loading in ["<img", "<link", "<script", "src=", "url(", "@import"] {
                assert!(!letter.html.contains(loading), "{loading}");
            }
        }
    }

    #[test]
    fn what_others_chose_stays_text_in_html() {
        let blocks = [
            Block::Words("<b>\"Tom\" & 'Ada'</b>".to_owned()),
            Block::Link { label: "<i>".to_owned(), url: "https://a.example/\"><script>", prominent: false },
        ];
        let letter = compose(&Recipient::test("ada@example.org").to(), "<title>\n & more".to_owned(), &blocks);
        assert!(letter.html.contains("&lt;b&gt;&quot;Tom&quot; &amp; &#39;Ada&#39;&lt;/b&gt;"));
        assert!(letter.html.contains("<title>&lt;title&gt; &amp; more</title>"));
        assert!(!letter.html.contains("<script>") && !letter.html.contains("<i>") && !letter.html.contains("<b>"));
        assert_eq!(letter.subject, "<title> & more");
    }

    #[test]
    fn a_browsers_claim_about_itself_stays_on_one_short_line() {
        let claim = format!("Firefox\r\n\r\nhttps://evil.example{}", "x".repeat(500));
        assert!(!one_line(&claim).contains(['\r', '\n']));
        assert_eq!(one_line(&claim).chars().count(), 100);
    }
}
