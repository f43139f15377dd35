//! People with an account.

use crate::browser::{Answer, Browser};
use crate::world::World;
use doorward::base::visit::Visit;
use doorward::domain::accounts::{self, AccountId};
use doorward::domain::logins::{First, Proof};
use doorward::domain::sessions::{self, Keep, Origin, SessionHandle};

pub const PASSWORD: &str = "seven tall ships sail at dawn";
pub const NEW_PASSWORD: &str = "nine small boats return by dusk";

/// Somebody who registered, in the browser they did it with.
pub struct Person {
    pub email: String,
    pub password: String,
    pub browser: Browser,
}

impl World {
    /// Registers through the mailed link, and leaves that browser signed in.
    pub async fn register(&self, email: &str) -> Person {
        let mut browser = self.browser();
        browser.submit("/form/register", &[("email", email)]).await.leads_to("/register?sent");
        let token = token_of(&self.mailed_link(email, "/verify-email").await);
        let fields = [("token", token.as_str()), ("new_password", PASSWORD)];
        browser.submit("/form/create-account", &fields).await.leads_to("/account");
        Person { email: email.to_owned(), password: PASSWORD.to_owned(), browser }
    }

    /// The token in the reset link that `email` is mailed.
    pub async fn forgot_password(&self, email: &str) -> String {
        let answer = self.browser().submit("/form/forgot-password", &[("email", email)]).await;
        answer.leads_to("/forgot-password?sent");
        token_of(&self.mailed_link(email, "/reset-password").await)
    }

    /// The account that was made last.
    pub async fn newest_account(&self) -> AccountId {
        accounts::list(&self.app().db, 0).await.unwrap().last().unwrap().id
    }

    /// A browser signed in to `account` without what hashing a password costs, for tests of very
    /// many.
    pub async fn started(&self, account: AccountId, keep: Keep) -> (Browser, SessionHandle) {
        let (app, mut browser) = (self.app(), self.browser());
        let proof = Proof::after_link(account, First::Password);
        let origin = Origin { address: browser.address.to_string(), user_agent: browser.user_agent.clone() };
        let db = app.db.visited_by(Visit { origin, ..Visit::default() });
        let mut tx = db.begin().await.unwrap();
        let (handle, token) = sessions::start(&mut tx, &proof, keep, None).await.unwrap();
        tx.commit().await.unwrap();
        browser.plant(&token.to_text());
        (browser, handle)
    }
}

impl Person {
    /// Another browser, signed in.
    pub async fn signed_in(&self) -> Browser {
        let mut browser = self.browser.another();
        sign_in(&mut browser, &self.email, &self.password).await.leads_to("/account");
        browser
    }

    pub async fn signed_in_twice(&self) -> (Browser, Browser) {
        (self.signed_in().await, self.signed_in().await)
    }

    /// In a browser that keeps it.
    pub async fn signed_in_remembered(&self) -> Browser {
        let mut browser = self.browser.another();
        let fields = [("identifier", self.email.as_str()), ("password", &self.password), ("remember", "on")];
        browser.submit("/form/sign-in", &fields).await.leads_to("/account");
        browser
    }
}

pub async fn sign_in(browser: &mut Browser, identifier: &str, password: &str) -> Answer {
    browser.submit("/form/sign-in", &[("identifier", identifier), ("password", password)]).await
}

pub async fn change_password(browser: &mut Browser, from: &str, to: &str) -> Answer {
    browser.submit("/form/change-password", &[("password", from), ("new_password", to)]).await
}

/// Whether the browser is let in.
pub async fn is_signed_in(browser: &mut Browser) -> bool {
    match browser.get("/account").await.status {
        200 => true,
        303 => false,
        other => panic!("/account answered {other}"),
    }
}

pub fn token_of(link: &str) -> String {
    let (_, token) = link.split_once("token=").expect("no token in the link");
    token.split('&').next().unwrap_or_default().to_owned()
}
