//! Who may see a page, and where everybody else belongs instead. Which page is whose stands in
//! [`crate::request::site_map`].

use super::{STATE_PATH, Visitor, cookies_off};
use crate::base::paths::{Then, confirm_path_asking, path_asking};
use crate::flows::{acting, administration};
use crate::request::app::App;
use crate::request::site_map::{self, SeenBy};
use http::{HeaderMap, Method, Uri};

/// What the request asks for.
struct Destination<'a> {
    uri: &'a Uri,
    /// As the pages' own router reads it, which walks `/./` and `/x/../`: no spelling may lead past
    /// the gate to an empty page.
    path: String,
    seen_by: SeenBy,
}

impl<'a> Destination<'a> {
    fn read(uri: &'a Uri) -> Self {
        let path = url::Url::parse(&format!("http://localhost{}", uri.path()))
            .map_or_else(|_| uri.path().to_owned(), |url| url.path().to_owned());
        let seen_by = site_map::seen_by(&path);
        Self { uri, path, seen_by }
    }

    /// The page with its query; the overview of the administration for one that is not in its list.
    fn page(&self) -> String {
        let is_unknown = self.seen_by == SeenBy::Administrators && administration::function(&self.path).is_none();
        let page = if is_unknown { Then::Admin.page() } else { &self.path };
        self.uri.query().map_or_else(|| page.to_owned(), |query| format!("{page}?{query}"))
    }

    fn value(&self, asked: &str) -> Option<String> {
        let query = self.uri.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == asked).map(|(_, value)| value.into_owned())
    }

    /// Where it is to lead afterwards, as it was sent.
    fn typed(&self) -> String {
        self.value("then").unwrap_or_default()
    }

    fn wanted(&self) -> Then {
        Then::parse(&self.typed())
    }
}

/// Where a visitor of the page belongs instead, if anywhere.
pub fn elsewhere(app: &App, visitor: &Visitor, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let asked = Destination::read(uri);
    if !matches!(*method, Method::GET | Method::HEAD) || asked.path == STATE_PATH {
        return None;
    }
    match (visitor, asked.seen_by) {
        (_, SeenBy::Everybody) => None,
        (Visitor::Anonymous, SeenBy::People | SeenBy::Administrators) => {
            let here = Then::parse(&asked.page());
            let keeps_none = cookies_off::came_without_cookies(headers, uri, app.config.server.public_url.origin());
            Some(if keeps_none { here.through(cookies_off::sign_in_page(uri)) } else { here.sign_in_path() })
        }
        (Visitor::Anonymous, SeenBy::WhoeverConfirms) => Some(asked.wanted().sign_in_path()),
        (Visitor::Anonymous, SeenBy::Strangers) => (asked.path == "/").then(|| "/sign-in".to_owned()),
        (Visitor::Doubted(..), SeenBy::People | SeenBy::Administrators) => Some(confirm_path_asking(&asked.page())),
        (Visitor::Doubted(..), SeenBy::Strangers) if asked.path == "/" => Some(confirm_path_asking(&asked.page())),
        // Sent here by an app, which does not know that there is somebody to ask.
        (Visitor::Doubted(..), SeenBy::Strangers) => {
            let wanted = asked.wanted();
            (asked.path == "/sign-in" && matches!(wanted, Then::App(_))).then(|| wanted.confirm_path())
        }
        (Visitor::Doubted(..), SeenBy::WhoeverConfirms) => None,
        // Anybody else gets the page for a wrong address, without a word about confirming.
        (Visitor::SignedIn(person), SeenBy::Administrators) => {
            if !administration::is_open_to(person.account.role) {
                None
            } else if !acting::is_recent(&app.db, person) {
                Some(confirm_path_asking(&asked.page()))
            } else {
                (asked.path == "/admin/").then(|| Then::Admin.page().to_owned())
            }
        }
        (Visitor::SignedIn(person), SeenBy::Strangers) => {
            let wanted = asked.wanted();
            // Somebody who is to show a second factor that they have not shown yet.
            let shows_more = asked.path == "/sign-in"
                && !person.session.has_second_factor()
                && asked.value("again").is_some()
                && wanted.asks_for_second_factor();
            (!shows_more).then(|| wanted.path().into_owned())
        }
        // Whether anything else has to be shown than a recent proof, the page finds out.
        (Visitor::SignedIn(person), SeenBy::WhoeverConfirms) => {
            let is_proved = acting::is_recent(&app.db, person)
                && (person.session.has_second_factor() || !acting::changes_way_in(&asked.wanted(), &person.account));
            is_proved.then(|| path_asking(&asked.typed()))
        }
        (Visitor::SignedIn(_), SeenBy::People) => None,
    }
}
