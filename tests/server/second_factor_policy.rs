//! The policy of second factors at every door, and the days of grace.

use crate::browser::Browser;
use crate::each_database;
use crate::enrolment::{ENROL, EVERYONE};
use crate::person::{PASSWORD, change_password, is_signed_in, sign_in, token_of};
use crate::second_factor::{CODES, code, first_app, key_shown, protected, turn_on};
use crate::world::World;
use doorward::domain::accounts::{self, Account, Email, NewAccount, Role};
use doorward::domain::links::{self, Link, Purpose};
use doorward::domain::sessions::Keep;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const STEP: &str = "/sign-in/second-factor";
const WEEK: (&str, &str) = ("DOORWARD__SECOND_FACTOR__GRACE_DAYS", "7");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grace {
    None,
    Running,
    Over,
}

/// Where whoever knows the password gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    In,
    /// To the step for the second factor that they have.
    Step,
    /// To where one is set up.
    Enrol,
}

impl Gets {
    fn page(self) -> &'static str {
        match self {
            Self::In => "/account",
            Self::Step => STEP,
            Self::Enrol => ENROL,
        }
    }
}

/// For a policy and its grace: what a password opens and whether a session that was begun with it
/// alone goes on, of members and admins, each without and with a second factor; and where those get
/// who make such an account.
type Row = (&'static str, Grace, [(Gets, bool); 4], [Gets; 2]);

#[rustfmt::skip]
const MATRIX: [Row; 9] = {
    use Gets::{Enrol, In, Step};
    use Grace::{None, Over, Running};
    [
        //                     member                         admin                          newcomers
        ("optional", None,    [(In, true), (Step, true),     (In, true), (Step, true)],     [In, In]),
        ("optional", Running, [(In, true), (Step, true),     (In, true), (Step, true)],     [In, In]),
        ("optional", Over,    [(In, true), (Step, true),     (In, true), (Step, true)],     [In, In]),
        ("admins", None,      [(In, true), (Step, true),     (Enrol, false), (Step, false)], [In, Enrol]),
        ("admins", Running,   [(In, true), (Step, true),     (In, true), (Step, true)],     [In, In]),
        ("admins", Over,      [(In, true), (Step, true),     (Enrol, false), (Step, false)], [In, In]),
        ("everyone", None,    [(Enrol, false), (Step, false), (Enrol, false), (Step, false)], [Enrol, Enrol]),
        ("everyone", Running, [(In, true), (Step, true),     (In, true), (Step, true)],     [In, In]),
        ("everyone", Over,    [(Enrol, false), (Step, false), (Enrol, false), (Step, false)], [In, In]),
    ]
};

const PEOPLE: [(&str, bool, bool); 4] = [
    ("member@example.org", false, false),
    ("member-with@example.org", false, true),
    ("admin@example.org", true, false),
    ("admin-with@example.org", true, true),
];

async fn account(world: &World, email: &str) -> Account {
    accounts::find_by_email(&world.app().db, &Email::parse(email).unwrap()).await.unwrap().unwrap()
}

/// A browser with a session of theirs, as it was begun with `method`.
async fn session(world: &World, email: &str, method: &str) -> Browser {
    let (browser, _) = world.started(account(world, email).await.id, Keep::Ordinary).await;
    let last = "(SELECT MAX(started_at) FROM sessions)";
    world
        .change(&format!("UPDATE sessions SET method = '{method}' WHERE started_at = {last} AND ended_at IS NULL"))
        .await;
    world.advance(Duration::from_millis(1));
    browser
}

/// Whether each door of a session that was begun with one factor opens, as `goes_on` says.
async fn assert_session(world: &World, email: &str, admin: bool, goes_on: bool, case: &str) {
    let mut browser = session(world, email, "password").await;
    let page = browser.get("/account").await;
    let expected = if goes_on { (200, "") } else { (303, "/sign-in") };
    assert_eq!((page.status, page.location()), expected, "a page: {case}");
    let answer = session(world, email, "password").await.call("/form/stay-signed-in", &[]).await;
    assert_eq!(answer.status, if goes_on { 200 } else { 401 }, "a server function: {case}");
    let state = session(world, email, "password").await.get("/account/state").await;
    assert_eq!(state.status == 200, goes_on, "its state: {case} {}", state.in_full());
    if admin {
        let page = session(world, email, "password").await.get("/admin/sessions").await;
        assert_eq!(page.status, if goes_on { 200 } else { 303 }, "administration: {case}");
    }
    for method in
        ["password_totp", "password_recovery_code", "passkey", "password_passkey", "password_and_trusted_browser"]
    {
        assert!(is_signed_in(&mut session(world, email, method).await).await, "{method}: {case}");
    }
}

async fn assert_password(world: &World, email: &str, gets: Gets, case: &str) {
    let answer = sign_in(&mut world.browser(), email, PASSWORD).await;
    assert_eq!(answer.location(), gets.page(), "a password: {case}");
    let mut tx = world.app().db.begin().await.unwrap();
    let about = Link { account_id: Some(account(world, email).await.id), ..Link::default() };
    let token = links::create(&mut tx, Purpose::ResetPassword, &about, links::MAIL_LIFETIME).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = world.browser();
    let fields = [("token", token.to_text().to_string()), ("new_password", PASSWORD.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
    assert!(!is_signed_in(&mut browser).await, "{case}");
    let answer = sign_in(&mut browser, email, PASSWORD).await;
    assert_eq!(answer.location(), gets.page(), "a reset password: {case}");
}

async fn assert_newcomers(world: &World, [member, admin]: [Gets; 2], case: &str) {
    let email = format!("newcomer-{}@example.org", world.number("SELECT COUNT(*) FROM accounts").await);
    world.browser().submit("/form/register", &[("email", &email)]).await.leads_to("/register?sent");
    let token = token_of(&world.mailed_link(&email, "/verify-email").await);
    let mut browser = world.browser();
    let answer = browser.submit("/form/create-account", &[("token", &token), ("new_password", PASSWORD)]).await;
    assert_eq!(answer.location(), member.page(), "registration: {case}");
    assert_eq!(is_signed_in(&mut browser).await, member == Gets::In, "registration: {case}");
    for (role, gets) in [(Role::Member, member), (Role::Admin, admin)] {
        let (app, now) = (world.app(), world.app().clock.now());
        let email =
            Email::parse(&format!("set-up-{}@example.org", world.number("SELECT COUNT(*) FROM accounts").await))
                .unwrap();
        let new = NewAccount { id: None, email, email_verified: true, username: None, password: None, role };
        let mut tx = app.db.begin().await.unwrap();
        let account = accounts::create(&mut tx, &app.vault, &app.randomness, &new, now).await.unwrap();
        let about = Link { account_id: Some(account), ..Link::default() };
        let token = links::create(&mut tx, Purpose::SetUp, &about, DAY).await.unwrap();
        tx.commit().await.unwrap();
        let fields = [("token", token.to_text().to_string()), ("new_password", PASSWORD.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = world.browser().submit("/form/set-up", &fields).await;
        assert_eq!(answer.location(), gets.page(), "the set-up link, {role:?}: {case}");
    }
}

/// Whose days of grace began when, for everybody in [`PEOPLE`].
async fn begin_grace(world: &World, grace: Grace) {
    let now = world.app().clock.now();
    let since = match grace {
        Grace::None => "NULL".to_owned(),
        Grace::Running => now.before(DAY).0.to_string(),
        Grace::Over => now.before(7 * DAY).0.to_string(),
    };
    world.change(&format!("UPDATE accounts SET second_factor_asked_at = {since}")).await;
}

each_database! {
    async fn the_policy_holds_at_every_door(world: World) {
        let mut world = world;
        for (email, admin, with) in PEOPLE {
            if with {
                protected(&world, email).await;
                world.unread_count(email).await;
            } else {
                world.register(email).await;
            }
            if admin {
                world.change(&format!("UPDATE accounts SET role = 'admin' WHERE email = '{email}'")).await;
            }
        }
        for (policy, grace, people, newcomers) in MATRIX {
            let days = if grace == Grace::None { "0" } else { "7" };
            let settings = [("DOORWARD__SECOND_FACTOR__POLICY", policy), ("DOORWARD__SECOND_FACTOR__GRACE_DAYS", days)];
            world = world.with(&settings).await;
            begin_grace(&world, grace).await;
            for ((email, admin, _), (gets, goes_on)) in PEOPLE.into_iter().zip(people) {
                let case = format!("{policy}, grace {grace:?}, {email}");
                assert_session(&world, email, admin, goes_on, &case).await;
                assert_password(&world, email, gets, &case).await;
            }
            assert_newcomers(&world, newcomers, &format!("{policy}, grace {grace:?}")).await;
        }
    }

    async fn a_session_that_is_no_longer_enough_says_why_it_ended(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.browser;
        let world = world.with(&[EVERYONE]).await;
        browser = browser.at(&world.node.router);
        browser.get("/account/profile").await.leads_to("/sign-in?then=/account/profile");
        browser.get("/sign-in?then=/account/profile").await.shows("This site now asks for a second step at sign-in");
        let answer = browser.submit("/form/sign-in", &[("identifier", "ada@example.org"), ("password", PASSWORD), ("then", "/account/profile")]).await;
        answer.leads_to(ENROL);
        crate::enrolment::enrol(&world, &mut browser).await;
        assert_eq!(world.texts("SELECT end_reason FROM sessions WHERE end_reason IS NOT NULL").await, ["second_factor_required"]);
        browser.get("/account/activity").await.shows("two steps are asked for now");
    }

    async fn whoever_becomes_an_administrator_signs_in_again(world: World) {
        let world = world.with(&[("DOORWARD__SECOND_FACTOR__POLICY", "admins")]).await;
        let mut ada = world.register("ada@example.org").await.browser;
        assert!(is_signed_in(&mut ada).await);
        world.change("UPDATE accounts SET role = 'admin'").await;
        ada.get("/admin/sessions").await.leads_to("/sign-in?then=/admin/sessions");
        assert!(!is_signed_in(&mut ada).await);
    }

    async fn the_days_of_grace_are_counted_from_the_first_time_and_told(world: World) {
        let ada = world.register("ada@example.org").await;
        let world = world.with(&[EVERYONE, WEEK]).await;
        let asked = "SELECT COALESCE(second_factor_asked_at, 0) FROM accounts WHERE email = 'ada@example.org'";
        let mut running = ada.browser.at(&world.node.router);
        assert_eq!(world.number(asked).await, 0);
        running.get("/account").await.shows("This site asks for a second factor").shows("8 March 2026").shows("href=\"/account/second-factor\"");
        let first = world.number(asked).await;
        assert_eq!(first, world.app().clock.now().0);
        world.advance(6 * DAY);
        let mut browser = world.browser();
        sign_in(&mut browser, "ada@example.org", PASSWORD).await.leads_to("/account");
        assert_eq!(world.number(asked).await, first, "it is noted once");
        browser.get("/account/second-factor").await.shows("Set one up by 8 March 2026, 12:00 UTC");
        world.advance(DAY - Duration::from_micros(1));
        sign_in(&mut world.browser(), "ada@example.org", PASSWORD).await.leads_to("/account");
        world.advance(Duration::from_micros(1));
        sign_in(&mut world.browser(), "ada@example.org", PASSWORD).await.leads_to(ENROL);
    }

    async fn a_sign_in_is_a_first_time_too_and_so_is_a_registration(world: World) {
        world.register("ada@example.org").await;
        let world = world.with(&[EVERYONE, WEEK]).await;
        sign_in(&mut world.browser(), "ada@example.org", PASSWORD).await.leads_to("/account");
        world.register("eve@example.org").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE second_factor_asked_at IS NOT NULL").await, 2);
    }

    async fn whoever_sets_one_up_in_time_goes_on_undisturbed(world: World) {
        let world = world.with(&[EVERYONE, WEEK, ("DOORWARD__SESSION__REMEMBER_IDLE", "30d")]).await;
        let ada = world.register("ada@example.org").await;
        let (mut here, mut there) = (ada.signed_in_remembered().await, ada.signed_in_remembered().await);
        let key = key_shown(&mut here).await;
        turn_on(&world, &mut here, &key).await.leads_to(CODES);
        assert!(!here.get("/account").await.body.contains("asks for a second factor"));
        assert!(is_signed_in(&mut there).await, "in the days of grace");
        world.advance(8 * DAY);
        assert!(is_signed_in(&mut here).await, "the code was proved in it");
        assert!(!is_signed_in(&mut there).await, "begun with the password alone");
        sign_in(&mut there, "ada@example.org", PASSWORD).await.leads_to(STEP);
        there.submit("/form/second-factor", &[("code", &code(&world, &key))]).await.leads_to("/account");
    }

    async fn a_session_that_was_begun_without_the_first_app_adds_no_second_one_and_is_raised_by_a_code_of_the_first(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut here, mut there) = ada.signed_in_twice().await;
        let mut raised = ada.signed_in().await;
        let key = key_shown(&mut here).await;
        turn_on(&world, &mut here, &key).await.leads_to(CODES);
        there.get("/account/second-factor/totp").await.leads_to("/confirm?then=/account/second-factor/totp");
        world.advance(Duration::from_secs(60));
        raised.submit("/form/confirm-with-code", &[("code", &code(&world, &key)), ("then", "/account/second-factor/totp")]).await.leads_to("/account/second-factor/totp");
        let world = world.with(&[EVERYONE]).await;
        assert!(is_signed_in(&mut here.at(&world.node.router)).await);
        assert!(!is_signed_in(&mut there.at(&world.node.router)).await);
        assert!(is_signed_in(&mut raised.at(&world.node.router)).await);
    }

    async fn the_last_second_factor_stays_where_one_is_asked_for(world: World) {
        let (ada, ..) = protected(&world, "ada@example.org").await;
        let world = world.with(&[EVERYONE]).await;
        let mut ada = ada.at(&world.node.router);
        let id = first_app(&mut ada).await;
        let question = ada.get(&format!("/account/second-factor?off={id}")).await;
        question.shows("Set up another one first");
        assert!(!question.body.contains("/form/turn-off-totp"));
        ada.call("/form/turn-off-totp", &[("authenticator", &id)]).await.is(409, "last_second_factor");
        assert_eq!(world.number("SELECT COUNT(*) FROM totp_authenticators").await, 1);
        let key = key_shown(&mut ada).await;
        turn_on(&world, &mut ada, &key).await.leads_to("/account/second-factor?on");
        ada.submit("/form/turn-off-totp", &[("authenticator", &id)]).await.leads_to("/account/second-factor?turned-off");
        change_password(&mut ada, PASSWORD, crate::person::NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert!(is_signed_in(&mut ada).await);
    }
}
