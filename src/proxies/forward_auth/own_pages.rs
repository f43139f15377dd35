//! What an app's host has of ours: where somebody comes back signed in, and a way to sign out.
//! Proxies ask about them like about any other page, and pass our answer on.

use super::answer::Answer;
use super::hand_over::{self, BrowserToken, Code};
use super::{AppRequest, BROWSER_COOKIE, Mode, NormalPath, OWN};
use crate::base::error::AppError;
use crate::domain::audit::{self, Details, Event, Kind};
use crate::domain::sessions::apps;
use crate::request::visitor;

/// Where somebody comes back with a code.
pub(super) const CALLBACK: &str = "/.doorward/callback";
/// For apps to link to.
pub(super) const SIGN_OUT: &str = "/.doorward/sign-out";

impl AppRequest<'_> {
    pub(super) fn is_own_page(&self) -> bool {
        let begins = match &self.original.path {
            Ok(path) => Some(path),
            Err(unclear) => unclear.begins.as_ref(),
        };
        match (begins, NormalPath::parse(OWN)) {
            (Some(path), Ok(own)) => path.is_at_or_below(&own),
            _ => false,
        }
    }

    pub(super) async fn own_page(&self) -> Result<Answer, AppError> {
        // Whoever asks for a status alone asks again, for the answer itself, after a 401.
        if self.mode == Mode::Plain {
            return Ok(Answer::SignInFirst);
        }
        match self.original.raw_path() {
            CALLBACK if self.original.method.opens_pages() => self.come_back().await,
            SIGN_OUT if self.original.method.opens_pages() => Ok(Answer::Go { location: self.app.link("/sign-out") }),
            _ => Ok(Answer::NoSuchPage),
        }
    }

    /// Takes a code, and signs its bearer in here if it was made for this host and this browser.
    async fn come_back(&self) -> Result<Answer, AppError> {
        let (app, site) = (self.app, &self.original.site);
        let refused = |page: String| Ok(Answer::NoCode { page });
        let home = "/".to_owned();
        let Some(code) = self.original.asked("code").and_then(|typed| Code::parse(&typed)) else {
            return refused(home);
        };
        if !site.is_secure() || !hand_over::is_given(&app.db, &code).await? {
            return refused(home);
        }
        let now = app.clock.now();
        let mut tx = app.db.begin_recorded().await?;
        let Some(handed) = hand_over::take(app, &mut tx, &code, now).await? else {
            tx.commit().await?;
            return refused(home);
        };
        let browser = visitor::cookie(self.headers, BROWSER_COOKIE).and_then(BrowserToken::parse);
        let here = handed.begun.origin == site.origin();
        if !here || !handed.begun.is_of(browser.as_ref()) {
            // Used up all the same: it is in other hands than it was meant for.
            tx.commit().await?;
            tracing::warn!(site = site.host(), here, "a hand-over code came to another host or from another browser");
            return refused(if here { handed.begun.page() } else { home });
        }
        let page = handed.begun.page();
        let origin = site.origin();
        let started = apps::start(&mut tx, handed.session, &origin, handed.second_factor).await?;
        let Some((account, token)) = started else {
            tx.commit().await?;
            return refused(page);
        };
        let details =
            Details { session: Some(handed.session.0.to_string()), is: Some(origin), ..Details::of_visitor() };
        let event = Event { kind: Kind::AppEntered, account: Some(account), details };
        audit::record(&mut tx, &event).await?;
        tx.commit().await?;
        Ok(Answer::Enter { location: page, app: token })
    }
}
