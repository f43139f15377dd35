//! The policy of second factors, what is allowed and what somebody has, at every door;
//! `second_factor_policy.rs` has the days of grace.

use crate::browser::Browser;
use crate::caller::{ME, TOKEN};
use crate::each_database;
use crate::enrolment::ENROL;
use crate::passkeys::without_password;
use crate::person::{PASSWORD, is_signed_in, sign_in};
use crate::second_factor::{CODES, code, protected};
use crate::soft_key::{SoftKey, ask_for, asked};
use crate::world::World;
use doorward::domain::accounts::{self, Account, Email, NewAccount, Role};
use doorward::domain::factors::totp::Key;
use doorward::domain::links::{self, Link, LinkToken, Purpose};
use serde_json::json;
use std::time::Duration;

const STEP: &str = "/sign-in/second-factor";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Somebody, and what they have.
struct Person {
    email: &'static str,
    app: Option<Key>,
    passkey: Option<SoftKey>,
    has_password: bool,
    /// A browser that they trust, signed out.
    trusted: Option<Browser>,
}

/// One of each: nothing, an app, a passkey, both, and a passkey without a password.
async fn people(world: &World) -> Vec<Person> {
    let person = |email| Person { email, app: None, passkey: None, has_password: true, trusted: None };
    let mut people = Vec::new();
    world.register("none@example.org").await;
    people.push(person("none@example.org"));
    for (email, with_passkey) in [("app@example.org", false), ("both@example.org", true)] {
        let (mut browser, key, _) = protected(world, email).await;
        let mut passkey = None;
        if with_passkey {
            let mut key = SoftKey::new(world);
            key.add(&mut browser).await.leads_to("/account/passkeys?added");
            passkey = Some(key);
        }
        let mut trusted = world.browser();
        world.advance(MINUTE);
        sign_in(&mut trusted, email, PASSWORD).await.leads_to(STEP);
        let code = code(world, &key);
        trusted.submit("/form/second-factor", &[("code", &code), ("trust", "on")]).await.leads_to("/account");
        trusted.submit("/form/sign-out", &[]).await;
        people.push(Person { app: Some(key), passkey, trusted: Some(trusted), ..person(email) });
    }
    let mut browser = world.register("passkey@example.org").await.browser;
    let mut key = SoftKey::new(world);
    key.add(&mut browser).await.leads_to(CODES);
    people.push(Person { passkey: Some(key), ..person("passkey@example.org") });
    let (_, key) = without_password(world, "only@example.org").await;
    people.push(Person { passkey: Some(key), has_password: false, ..person("only@example.org") });
    people
}

async fn account(world: &World, email: &str) -> Account {
    accounts::find_by_email(&world.app().db, &Email::parse(email).unwrap()).await.unwrap().unwrap()
}

async fn link(world: &World, purpose: Purpose, about: Link) -> String {
    let app = world.app();
    let mut tx = app.db.begin().await.unwrap();
    let token: LinkToken = links::create(&mut tx, purpose, &about, DAY).await.unwrap();
    tx.commit().await.unwrap();
    token.to_text().to_string()
}

/// Where the right password leads, of somebody who has one.
fn expected(person: &Person, asked_for: bool) -> &'static str {
    match (person.app.is_some() || person.passkey.is_some(), asked_for) {
        (true, _) => STEP,
        (false, true) => ENROL,
        (false, false) => "/account",
    }
}

async fn assert_password(world: &World, person: &mut Person, asked_for: bool, case: &str) {
    let mut browser = world.browser();
    if !person.has_password {
        let fields = [("identifier", person.email), ("password", PASSWORD)];
        browser.call("/form/sign-in", &fields).await.is(401, "wrong_credentials");
        return;
    }
    let answer = sign_in(&mut browser, person.email, PASSWORD).await;
    assert_eq!(answer.location(), expected(person, asked_for), "the password: {case}");
    assert_eq!(is_signed_in(&mut browser).await, answer.location() == "/account", "{case}");
    // What they have goes on to be enough, allowed or not.
    if let Some(key) = &person.app {
        let mut browser = browser.clone();
        let answer = browser.submit("/form/second-factor", &[("code", &code(world, key))]).await;
        assert_eq!(answer.location(), "/account", "a code: {case}");
    }
    if let Some(key) = &mut person.passkey {
        sign_in(&mut browser, person.email, PASSWORD).await.leads_to(STEP);
        let answer = key.answer(&mut browser, "second-factor", "/form/second-factor-passkey").await;
        assert_eq!((answer.status, answer.location()), (200, "/account"), "a passkey after the password: {case}");
        assert!(is_signed_in(&mut browser).await, "{case}");
    }
}

/// The API, which knows no trusted browser and takes no passkey; a code is enough there too.
async fn assert_token(world: &World, person: &Person, asked_for: bool, case: &str) {
    let body = json!({ "identifier": person.email, "password": PASSWORD });
    let answer = world.caller().post(TOKEN, body.clone()).await;
    let code_of = match (person.has_password, expected(person, asked_for)) {
        (false, _) => "wrong_credentials",
        (true, STEP) => "second_factor_required",
        (true, ENROL) => "second_factor_enrolment_required",
        _ => "",
    };
    assert_eq!(answer.code(), code_of, "a token: {case}");
    if let Some(key) = &person.app {
        // The one before was used for the page.
        world.advance(MINUTE);
        let mut body = body;
        body["code"] = json!(code(world, key));
        let mut caller = world.caller();
        assert_eq!(caller.sign_in(body).await.status, 200, "a token with a code: {case}");
        assert_eq!(caller.get(ME).await.status, 200, "{case}");
    }
}

async fn assert_other_doors(world: &World, person: &mut Person, asked_for: bool, case: &str) {
    if let Some(key) = &mut person.passkey {
        let mut browser = world.browser();
        let answer = key.sign_in(&mut browser).await;
        assert_eq!((answer.status, answer.location()), (200, "/account/profile"), "a passkey: {case}");
        assert!(is_signed_in(&mut browser).await, "its session: {case}");
    }
    if let Some(trusted) = &person.trusted {
        let mut browser = trusted.at(&world.node.router);
        sign_in(&mut browser, person.email, PASSWORD).await.leads_to("/account");
        assert!(is_signed_in(&mut browser).await, "a trusted browser: {case}");
        browser.submit("/form/sign-out", &[]).await;
    }
    // A reset link sets a password, signs nobody in and spares nothing. It ends what was trusted,
    // so nobody's who trusts.
    if person.trusted.is_none() {
        let about = Link { account_id: Some(account(world, person.email).await.id), ..Link::default() };
        let token = link(world, Purpose::ResetPassword, about).await;
        let mut browser = world.browser();
        let fields = [("token", token.as_str()), ("new_password", PASSWORD)];
        browser.submit("/form/reset-password", &fields).await.leads_to("/sign-in?password-reset");
        assert!(!is_signed_in(&mut browser).await, "{case}");
        let answer = sign_in(&mut browser, person.email, PASSWORD).await;
        assert_eq!(answer.location(), expected(person, asked_for), "a reset password: {case}");
        if !person.has_password {
            world.change(&format!("UPDATE accounts SET password_hash = NULL WHERE email = '{}'", person.email)).await;
        }
    }
}

/// Somebody new, at each door that makes or opens an account: with a password, and with a passkey
/// where they may.
async fn assert_newcomers(world: &World, policy: &str, allowed: &str, case: &str) {
    let asks = |role| policy == "everyone" || policy == "admins" && role == Role::Admin;
    let by_password = |role| if asks(role) { ENROL } else { "/account" };
    let may = allowed.contains("passkey");
    for (door, role) in
        [("at once", Role::Member), ("link", Role::Member), ("set-up", Role::Member), ("set-up", Role::Admin)]
    {
        let case = format!("{door} {role:?}: {case}");
        let (form, act) = match door {
            "at once" => ("/form/register", "register"),
            "link" => ("/form/create-account", "sign-up"),
            _ => ("/form/set-up", "set-up"),
        };
        let email = new_address(world).await;
        let token = token_for(world, door, role, &email).await;
        let mut browser = world.browser();
        let fields = [("email", email.as_str()), ("token", &token), ("new_password", PASSWORD)];
        let answer = browser.submit(form, &fields).await;
        assert_eq!(answer.location(), by_password(role), "{case}");
        assert_eq!(is_signed_in(&mut browser).await, !asks(role), "{case}");
        if asks(role) {
            let page = browser.get(ENROL).await.body;
            let offered = (page.contains("id=\"enrol-totp\""), page.contains("id=\"enrol-passkey\""));
            assert_eq!(offered, (allowed.contains("totp"), may), "{case}");
        }

        let email = new_address(world).await;
        let token = token_for(world, door, role, &email).await;
        let mut browser = world.browser();
        let asking = ask_for(&mut browser, act, &token, &email).await;
        if !may {
            asking.is(403, "forbidden");
            let fields = [("email", email.as_str()), ("token", &token)];
            browser.call(&format!("{form}-with-passkey"), &fields).await.is(403, "forbidden");
            continue;
        }
        let (asked, mut key) = (asked(&asking), SoftKey::new(world));
        let credential = key.create(&asked).await;
        let fields = [
            ("email", email.as_str()),
            ("token", &token),
            ("challenge", &asked.challenge),
            ("credential", &credential),
        ];
        let answer = browser.submit(&format!("{form}-with-passkey"), &fields).await;
        assert_eq!(answer.location(), CODES, "{case}: {}", answer.in_full());
        assert!(is_signed_in(&mut browser).await, "with a passkey, {case}");
    }
}

async fn new_address(world: &World) -> String {
    format!("newcomer-{}@example.org", world.number("SELECT COUNT(*) FROM accounts").await)
}

/// For a door that a link opens; where addresses are not checked there is none.
async fn token_for(world: &World, door: &str, role: Role, email: &str) -> String {
    let email = Email::parse(email).unwrap();
    match door {
        "link" => link(world, Purpose::VerifyEmail, Link { email: Some(email), ..Link::default() }).await,
        "set-up" => {
            let app = world.app();
            let new = NewAccount { id: None, email, email_verified: true, username: None, password: None, role };
            let mut tx = app.db.begin().await.unwrap();
            let account = accounts::create(&mut tx, &app.vault, &app.randomness, &new, app.clock.now()).await.unwrap();
            tx.commit().await.unwrap();
            link(world, Purpose::SetUp, Link { account_id: Some(account), ..Link::default() }).await
        }
        _ => String::new(),
    }
}

each_database! {
    async fn whatever_somebody_has_is_asked_for_and_enough_at_every_door(world: World) {
        let mut world = world;
        let mut people = people(&world).await;
        for (policy, allowed) in [
            ("optional", "totp,passkey"), ("admins", "totp,passkey"), ("everyone", "totp,passkey"),
            ("optional", "totp"), ("everyone", "totp"), ("everyone", "passkey"),
        ] {
            world = world.with(&[
                ("DOORWARD__SECOND_FACTOR__POLICY", policy), ("DOORWARD__SECOND_FACTOR__ALLOWED", allowed),
                ("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false"),
            ]).await;
            for role in ["member", "admin"] {
                world.change(&format!("UPDATE accounts SET role = '{role}', second_factor_asked_at = NULL WHERE email NOT LIKE 'newcomer-%'")).await;
                let asked_for = policy == "everyone" || policy == "admins" && role == "admin";
                for person in &mut people {
                    let case = format!("{policy}, {allowed}, {role}, {}", person.email);
                    // Each code is of a step of its own.
                    world.advance(MINUTE);
                    assert_password(&world, person, asked_for, &case).await;
                    assert_token(&world, person, asked_for, &case).await;
                    assert_other_doors(&world, person, asked_for, &case).await;
                }
            }
            assert_newcomers(&world, policy, allowed, &format!("{policy}, {allowed}")).await;
        }
    }

    async fn a_live_session_goes_on_if_two_factors_were_shown_whichever_they_were(world: World) {
        let (mut only, _) = without_password(&world, "only@example.org").await;
        let mut passkey = SoftKey::new(&world);
        let mut added = world.register("ada@example.org").await.browser;
        let mut before = world.browser();
        sign_in(&mut before, "ada@example.org", PASSWORD).await.leads_to("/account");
        let mut confirmed = world.browser();
        sign_in(&mut confirmed, "ada@example.org", PASSWORD).await.leads_to("/account");
        passkey.add(&mut added).await.leads_to(CODES);
        assert_eq!(passkey.answer(&mut confirmed, "confirm", "/form/confirm-with-passkey").await.status, 200);
        let mut signed_in = world.browser();
        assert_eq!(passkey.sign_in(&mut signed_in).await.status, 200);
        let strict = world.another(&[crate::enrolment::EVERYONE]).await.unwrap();
        for (browser, goes_on, which) in [
            (&mut only, true, "made with a passkey"), (&mut added, true, "in which a passkey was added"),
            (&mut confirmed, true, "confirmed with one"), (&mut signed_in, true, "begun with one"), (&mut before, false, "begun without one"),
        ] {
            assert_eq!(is_signed_in(&mut browser.at(&strict.router)).await, goes_on, "{which}");
        }
    }
}
