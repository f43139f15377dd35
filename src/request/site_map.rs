//! Every page there is: its path, who may see it, and whether it stands in the navigation.
//!
//! The gate before every request and the navigation read this list, and a test holds the routes of
//! `pages/app.rs` to it. The words of the navigation have keys made of the path:
//! `nav-account-sessions`.

use crate::base::paths::{HAND_OVER, Then};
use crate::ui::words::word_if_any;
use crate::ui::{Glyph, NavItem};
use std::sync::LazyLock;

/// Who sees a page. `visitor/gate.rs` leads everybody else to where they belong instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenBy {
    Everybody,
    /// Whoever comes to get in; those who are in are led on.
    Strangers,
    /// Whoever is in and has to show once more who they are.
    WhoeverConfirms,
    /// Whoever is signed in.
    People,
    /// Whoever administers, and has shown lately who they are. To others it is not there.
    Administrators,
}

/// A page, and where it stands in the navigation of those who see it: in the order of the list, if
/// it has a glyph.
#[derive(Clone, Copy, Debug)]
pub struct SitePage {
    /// As the routes have it: `/admin/users/:id`.
    pub path: &'static str,
    pub seen_by: SeenBy,
    glyph: Option<Glyph>,
}

const fn open(path: &'static str) -> SitePage {
    SitePage { path, seen_by: SeenBy::Everybody, glyph: None }
}

fn of_people(then: Then, glyph: impl Into<Option<Glyph>>) -> SitePage {
    SitePage { path: then.page(), seen_by: SeenBy::People, glyph: glyph.into() }
}

fn of_administrators(then: Then, glyph: Glyph) -> SitePage {
    SitePage { path: then.page(), seen_by: SeenBy::Administrators, glyph: Some(glyph) }
}

pub static PAGES: LazyLock<Vec<SitePage>> = LazyLock::new(|| {
    vec![
        open("/set-up"),
        SitePage { path: "/sign-in", seen_by: SeenBy::Strangers, glyph: None },
        open("/sign-in/second-factor"),
        open("/sign-in/enrol"),
        open("/sign-out"),
        SitePage { path: "/register", seen_by: SeenBy::Strangers, glyph: None },
        open("/verify-email"),
        open("/forgot-password"),
        open("/reset-password"),
        SitePage { path: "/confirm", seen_by: SeenBy::WhoeverConfirms, glyph: None },
        open("/providers/:name/start"),
        open("/providers/:name/callback"),
        open("/was-it-you"),
        open("/api"),
        open("/dev/mail"),
        of_people(Then::Account, Glyph::Home),
        of_people(Then::Profile, Glyph::Person),
        of_people(Then::Sessions, Glyph::Device),
        of_people(Then::Password, Glyph::Key),
        of_people(Then::SecondFactor, Glyph::Shield),
        of_people(Then::Totp, None),
        of_people(Then::RecoveryCodes, None),
        of_people(Then::Passkeys, Glyph::Key),
        of_people(Then::Connections, Glyph::Link),
        of_people(Then::Tokens, Glyph::Key),
        of_people(Then::Activity, Glyph::Clock),
        of_people(Then::DeleteAccount, None),
        of_administrators(Then::Admin, Glyph::Info),
        of_administrators(Then::AdminUsers, Glyph::Person),
        SitePage { path: "/admin/users/:id", seen_by: SeenBy::Administrators, glyph: None },
        of_administrators(Then::AdminInvitations, Glyph::Mail),
        of_administrators(Then::AdminSessions, Glyph::Device),
        of_administrators(Then::AdminAttacks, Glyph::Warning),
        of_administrators(Then::AdminActivity, Glyph::Clock),
    ]
});

/// Who sees what is at `path`. Below the account and the administration that is said of whatever is
/// not there, too: nobody learns by asking which of those pages there are.
pub fn seen_by(path: &str) -> SeenBy {
    match PAGES.iter().find(|page| page.path == path) {
        Some(page) => page.seen_by,
        None if path == "/" => SeenBy::Strangers,
        None if path == HAND_OVER || path.starts_with("/account/") => SeenBy::People,
        None if path.starts_with("/admin/") => SeenBy::Administrators,
        None => SeenBy::Everybody,
    }
}

/// The navigation of those who see these pages.
pub fn navigation(seen_by: SeenBy) -> impl Iterator<Item = NavItem> {
    PAGES.iter().filter(move |page| page.seen_by == seen_by).filter_map(|page| {
        let label = word_if_any(&format!("nav{}", page.path.replace('/', "-")), &[]).unwrap_or_default();
        Some(NavItem { href: page.path, label, glyph: page.glyph? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::words::made_keys;
    use crate::flows::administration;

    #[test]
    fn every_place_that_a_sign_in_leads_to_is_seen_by_those_who_are_signed_in() {
        for then in Then::fixed() {
            let expected = if then.page().starts_with("/admin") { SeenBy::Administrators } else { SeenBy::People };
            assert_eq!(seen_by(then.page()), expected, "{then:?}");
            assert!(PAGES.iter().any(|page| page.path == then.page()), "{then:?} is no page");
        }
    }

    /// The gate asks whoever has a function for a recent proof before it shows the page.
    #[test]
    fn every_page_of_the_administration_is_in_its_list_of_functions() {
        for page in PAGES.iter().filter(|page| page.seen_by == SeenBy::Administrators) {
            assert!(administration::function(page.path).is_some(), "{}", page.path);
        }
    }

    #[test]
    fn what_is_not_there_is_kept_from_strangers_where_pages_are() {
        for (path, expected) in [
            ("/account/nothing", SeenBy::People),
            ("/account/", SeenBy::People),
            ("/accounts", SeenBy::Everybody),
            ("/admin/", SeenBy::Administrators),
            ("/admin/users/7", SeenBy::Administrators),
            ("/administration", SeenBy::Everybody),
            (HAND_OVER, SeenBy::People),
            ("/", SeenBy::Strangers),
            ("/sign-in/", SeenBy::Everybody),
        ] {
            assert_eq!(seen_by(path), expected, "{path}");
        }
    }

    #[test]
    fn whatever_stands_in_the_navigation_has_words() {
        let listed = || PAGES.iter().filter(|page| page.glyph.is_some()).map(|page| page.path.replace('/', "-"));
        let of = |prefix: &str| -> Vec<String> {
            listed().filter_map(|path| path.strip_prefix(prefix).map(str::to_owned)).collect()
        };
        let (own, administration) = (of("-account"), of("-admin"));
        made_keys::exactly("nav-account", own.iter().map(|rest| (rest.as_str(), &[] as &[&str])));
        made_keys::exactly("nav-admin", administration.iter().map(|rest| (rest.as_str(), &[] as &[&str])));
        assert_eq!(listed().count(), own.len() + administration.len());
    }
}
