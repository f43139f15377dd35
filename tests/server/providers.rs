//! Signing in with another service: what it takes, and who gets an account by it.

use crate::browser::{Answer, Browser};
use crate::connections::link;
use crate::each_database;
use crate::oidc_peer::{Peer, back, who};
use crate::second_factor::{code, protected};
use crate::world::World;
use doorward::base::error::AppError;
use doorward::domain::audit::Details;
use doorward::domain::invitations::{self, Inviter};
use doorward::request::refused::Message;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

const MINUTE: Duration = Duration::from_secs(60);
const PAGE: &str = "/account/connections";
const ADA: &str = "ada@example.org";

/// A world with a provider called `peer`, and `more` settings.
pub async fn with_peer(world: World, more: &[(&str, &str)]) -> (World, Peer) {
    let peer = Peer::start(world.clock.clone()).await;
    let mut settings = peer.settings("peer");
    settings.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    (with_settings(world, &settings).await, peer)
}

pub async fn with_settings(world: World, settings: &[(String, String)]) -> World {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    world.with(&settings).await
}

/// Presses a button, and gives where the page that follows leads on to.
pub async fn leave(browser: &mut Browser, form: &str, fields: &[(&str, &str)]) -> Url {
    let answer = browser.submit(form, fields).await;
    assert_eq!(answer.status, 303, "{}", answer.in_full());
    let page = browser.get(answer.location()).await;
    assert_eq!(page.status, 200, "{}", page.in_full());
    assert!(page.header("content-security-policy").contains("form-action 'self'"));
    let address = page.body.split("0;url=").nth(1).unwrap_or_else(|| panic!("{}", page.in_full()));
    let address = address.split_once('"').unwrap().0.replace("&amp;", "&");
    assert!(page.body.contains(&format!("href=\"{}\"", address.replace('&', "&amp;"))), "the same, as a link");
    address.parse().unwrap()
}

pub async fn begin(browser: &mut Browser) -> Url {
    leave(browser, "/form/start-provider", &[("provider", "peer")]).await
}

/// The whole way: the button, the provider, and back.
pub async fn come_by(peer: &Peer, browser: &mut Browser, person: Value) -> Answer {
    let address = begin(browser).await;
    let path = peer.agree(&address, person);
    browser.get(&path).await
}

/// The answer leads to a page that says this, and nobody is signed in.
pub async fn says(browser: &mut Browser, answer: &Answer, error: AppError) {
    assert_eq!(answer.status, 303, "{}", answer.in_full());
    let page = browser.get(answer.location()).await;
    assert_eq!(page.status, 200, "{}", page.in_full());
    page.shows(&error.message());
}

pub async fn refused(world: &World, peer: &Peer, person: Value, error: AppError, reason: &str) {
    let mut browser = world.browser();
    let answer = come_by(peer, &mut browser, person).await;
    says(&mut browser, &answer, error).await;
    assert!(browser.cookie().is_none(), "nobody is signed in");
    let last = world.texts("SELECT details FROM audit_entries ORDER BY sequence DESC LIMIT 1").await.remove(0);
    assert!(last.contains(&format!("\"reason\":\"{reason}\"")), "{last}");
}

pub async fn accounts(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM accounts").await
}

each_database! {
    async fn the_first_sign_in_makes_the_account_and_the_next_opens_it(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        world.browser().get("/sign-in").await.shows("Continue with The peer");
        world.browser().get("/register").await.shows("Continue with The peer");
        let mut browser = world.browser();
        come_by(&peer, &mut browser, who("ada", ADA)).await.leads_to("/account");
        let page = browser.get(PAGE).await;
        page.shows("The peer").shows("ada at the peer · ada@example.org");
        browser.get("/account/activity").await.shows("The account was made with a sign-in at another service (The peer)");
        // In another browser, under another address: it is the subject that counts.
        let mut other = world.browser();
        come_by(&peer, &mut other, who("ada", "ada@elsewhere.example")).await.leads_to("/account");
        other.get("/account").await.shows(ADA);
        other.get("/account").await.shows("Signed in with another service");
        assert_eq!(accounts(&world).await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM provider_attempts").await, 0);
        assert_eq!(world.notices(ADA).await.len(), 1, "a letter about the browser that was not known");
        assert_eq!(world.texts("SELECT method FROM sessions ORDER BY started_at").await, ["provider", "provider"]);
    }

    async fn opening_the_page_begins_nothing_and_another_site_can_not_press_its_button(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut browser = world.browser();
        let page = browser.get("/providers/peer/start?then=/account/sessions").await;
        page.shows("Continue with The peer").shows("value=\"/account/sessions\"");
        assert!(!page.body.contains("http-equiv=\"refresh\"") && page.cookies.is_empty());
        assert_eq!(world.number("SELECT COUNT(*) FROM provider_attempts").await, 0);
        assert_eq!(peer.asked("/.well-known/openid-configuration"), 0);
        assert_eq!(browser.get("/providers/nobody/start").await.status, 404);
        let address = leave(&mut browser, "/form/start-provider", &[("provider", "peer"), ("then", "/account/sessions")]).await;
        let path = peer.agree(&address, who("ada", ADA));
        browser.get(&path).await.leads_to("/account/sessions");
    }

    async fn what_is_kept_with_a_sign_in_is_kept_on_the_way(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut browser = world.browser();
        let address = leave(&mut browser, "/form/start-provider", &[("provider", "peer"), ("remember", "on")]).await;
        let path = peer.agree(&address, who("ada", ADA));
        browser.get(&path).await.leads_to("/account");
        assert_eq!(browser.cookie().unwrap().max_age, Some(30 * 24 * 3600));
    }

    async fn an_answer_counts_once_and_in_the_browser_that_asked(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut browser = world.browser();
        let address = begin(&mut browser).await;
        let path = peer.agree(&address, who("ada", ADA));
        // Somebody who is given the address, with an attempt of their own under way: login CSRF.
        let mut other = world.browser();
        begin(&mut other).await;
        for mut stranger in [world.browser(), other] {
            let answer = stranger.get(&path).await;
            says(&mut stranger, &answer, AppError::ProviderAttemptOver).await;
            assert!(stranger.cookie().is_none());
        }
        assert_eq!(peer.asked("/token"), 0, "the code was not given away");
        // And theirs did not use up the attempt.
        browser.get(&path).await.leads_to("/account");
        browser.submit("/form/sign-out", &[]).await;
        let answer = browser.get(&path).await;
        says(&mut browser, &answer, AppError::ProviderAttemptOver).await;
        assert_eq!((peer.asked("/token"), browser.cookie().is_none()), (1, true));
        for nonsense in ["", "?state=x&code=y", "?code=y", "?state=&code="] {
            let answer = browser.get(&format!("/providers/peer/callback{nonsense}")).await;
            says(&mut browser, &answer, AppError::ProviderAttemptOver).await;
        }
    }

    async fn tabs_do_not_disturb_each_other_and_an_old_attempt_is_over(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut browser = world.browser();
        let (first, second, late) = (begin(&mut browser).await, begin(&mut browser).await, begin(&mut browser).await);
        let path = peer.agree(&second, who("ada", ADA));
        browser.get(&path).await.leads_to("/account");
        let path = peer.agree(&first, who("ada", ADA));
        browser.get(&path).await.leads_to("/account");
        let path = peer.agree(&late, who("ada", ADA));
        world.advance(16 * MINUTE);
        browser.submit("/form/sign-out", &[]).await;
        let answer = browser.get(&path).await;
        says(&mut browser, &answer, AppError::ProviderAttemptOver).await;
        doorward::run::tasks::tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM provider_attempts").await, 0);
    }

    async fn no_account_is_made_or_opened_by_an_address_that_nobody_vouches_for(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let unverified = json!({ "sub": "eve", "email": ADA, "email_verified": false });
        let silent = json!({ "sub": "eve", "email": ADA });
        let none = json!({ "sub": "eve" });
        let odd = json!({ "sub": "eve", "email": "not an address", "email_verified": true });
        for person in [unverified.clone(), silent, none, odd] {
            let mut browser = world.browser();
            let answer = come_by(&peer, &mut browser, person).await;
            says(&mut browser, &answer, AppError::ProviderEmailUnverified).await;
        }
        assert_eq!(accounts(&world).await, 0);
        // The same words when there is such an account: nobody learns that.
        let ada = world.register(ADA).await;
        let mut browser = world.browser();
        let answer = come_by(&peer, &mut browser, unverified).await;
        says(&mut browser, &answer, AppError::ProviderEmailUnverified).await;
        assert!(browser.cookie().is_none());
        drop(ada);
    }

    async fn a_second_factor_is_asked_for_unless_the_provider_is_trusted_to_have_asked(world: World) {
        let (world, peer) = with_peer(world, &[("DOORWARD__PROVIDERS__PEER__SECOND_FACTOR_AMR", "mfa,hwk"), ("DOORWARD__PROVIDERS__PEER__SECOND_FACTOR_ACR", "urn:two")]).await;
        let (mut ada, key, _) = protected(&world, ADA).await;
        world.letters().await;
        link(&peer, &mut ada, who("ada", ADA)).await.leads_to("/account/connections?linked");
        let mut browser = world.browser();
        come_by(&peer, &mut browser, who("ada", ADA)).await.leads_to("/sign-in/second-factor");
        assert!(browser.cookie().is_none());
        let page = browser.get("/sign-in/second-factor").await;
        page.shows("The other service knows you");
        assert!(!page.body.contains("name=\"trust\""));
        world.advance(MINUTE);
        let typed = code(&world, &key);
        browser.submit("/form/second-factor", &[("code", &typed), ("trust", "on")]).await.leads_to("/account");
        browser.get("/account").await.shows("Signed in with another service and an authenticator app");
        assert_eq!(world.number("SELECT COUNT(*) FROM trusted_browsers").await, 0);
        for (claim, value) in [("amr", json!(["pwd", "mfa"])), ("acr", json!("urn:two"))] {
            peer.twist_claims(move |claims| claims[claim] = value.clone());
            let mut browser = world.browser();
            come_by(&peer, &mut browser, who("ada", ADA)).await.leads_to("/account");
            browser.get("/account").await.shows("Signed in with another service and a second step there");
        }
        for (claim, value) in [("amr", json!(["pwd", "otp"])), ("acr", json!("urn:one")), ("amr", json!([]))] {
            peer.twist_claims(move |claims| claims[claim] = value.clone());
            come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/sign-in/second-factor");
        }
    }

    async fn the_policy_holds_at_this_door_too(world: World) {
        let (world, peer) = with_peer(world, &[("DOORWARD__SECOND_FACTOR__POLICY", "everyone")]).await;
        let mut browser = world.browser();
        peer.twist_claims(|claims| claims["amr"] = json!(["mfa"]));
        come_by(&peer, &mut browser, who("ada", ADA)).await.leads_to("/sign-in/enrol");
        assert!(browser.cookie().is_none(), "its word counts only where that is configured");
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/sign-in/enrol");
        assert_eq!(accounts(&world).await, 1);
    }

    async fn nobody_gets_into_a_disabled_or_locked_account(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
        for column in ["disabled_at", "frozen_at"] {
            world.change(&format!("UPDATE accounts SET {column} = 1")).await;
            let mut browser = world.browser();
            let answer = come_by(&peer, &mut browser, who("ada", ADA)).await;
            says(&mut browser, &answer, AppError::ProviderAccountClosed).await;
            assert!(browser.cookie().is_none());
            world.change(&format!("UPDATE accounts SET {column} = NULL")).await;
        }
        let failed = world.texts("SELECT details FROM audit_entries WHERE kind = 'sign_in_failed' ORDER BY sequence").await;
        assert!(failed[0].contains("account_disabled") && failed[1].contains("account_locked"), "{failed:?}");
    }

    async fn who_may_get_an_account_is_the_operators_choice(world: World) {
        let peer = Peer::start(world.clock.clone()).await;
        let key = |key: &str| format!("DOORWARD__PROVIDERS__PEER__{key}");
        let closed = ("DOORWARD__REGISTRATION__MODE".to_owned(), "closed".to_owned());
        let not_here = (key("CREATE_ACCOUNTS"), "false".to_owned());
        let domains = (key("ALLOWED_DOMAINS"), "example.org, example.net".to_owned());
        let unchecked = ("DOORWARD__REGISTRATION__VERIFY_EMAIL".to_owned(), "false".to_owned());
        let vague = json!({ "sub": "bob", "email": "bob@example.org" });
        let mut world = world;
        let invite = ("DOORWARD__REGISTRATION__MODE".to_owned(), "invite".to_owned());
        let own_domains = ("DOORWARD__REGISTRATION__ALLOWED_DOMAINS".to_owned(), "example.org".to_owned());
        for (settings, person, error) in [
            (vec![invite.clone()], who("bob", "bob@example.org"), AppError::ProviderNoAccount),
            (vec![own_domains], who("bob", "bob@example.net"), AppError::ProviderEmailDomain),
            (vec![closed], who("bob", "bob@example.org"), AppError::ProviderNoAccount),
            (vec![not_here], who("bob", "bob@example.org"), AppError::ProviderNoAccount),
            (vec![domains.clone()], who("bob", "bob@sub.example.org"), AppError::ProviderEmailDomain),
            (vec![domains.clone(), unchecked.clone()], vague.clone(), AppError::ProviderEmailUnverified),
        ] {
            world = with_settings(world, &[peer.settings("peer"), settings].concat()).await;
            let mut browser = world.browser();
            let answer = come_by(&peer, &mut browser, person).await;
            says(&mut browser, &answer, error).await;
        }
        // Whoever was invited may come this way, with an address that the provider has confirmed.
        world = with_settings(world, &[peer.settings("peer"), vec![invite]].concat()).await;
        for (email, confirmed) in [("eve@example.org", false), ("eve@example.org", true)] {
            let invited = doorward::domain::accounts::Email::parse(email).unwrap();
            let mut tx = world.app().db.begin_recorded().await.unwrap();
            invitations::invite(&mut tx, &invited, Inviter::CommandLine, Details::default()).await.unwrap();
            tx.commit().await.unwrap();
            let mut browser = world.browser();
            let answer = come_by(&peer, &mut browser, json!({ "sub": "guest", "email": email, "email_verified": confirmed })).await;
            if confirmed {
                answer.leads_to("/account");
            } else {
                says(&mut browser, &answer, AppError::ProviderEmailUnverified).await;
            }
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM invitations").await, 0);
        world = with_settings(world, &[peer.settings("peer"), vec![domains]].concat()).await;
        come_by(&peer, &mut world.browser(), who("ada", "ada@example.net")).await.leads_to("/account");
        // Addresses that nobody checks are taken from a provider too, and are nobody's proof.
        world = with_settings(world, &[peer.settings("peer"), vec![unchecked]].concat()).await;
        come_by(&peer, &mut world.browser(), vague).await.leads_to("/account");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE email_verified_at IS NULL").await, 1);
        let other = json!({ "sub": "eve", "email": "bob@example.org" });
        come_by(&peer, &mut world.browser(), other).await.leads_to("/providers/peer/start?known");
    }

    async fn who_does_not_agree_is_told_what_to_do(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        for (error, means) in [
            ("access_denied", AppError::ProviderDenied),
            ("temporarily_unavailable", AppError::ProviderUnavailable),
            ("invalid_scope", AppError::ProviderRefused),
        ] {
            let mut browser = world.browser();
            let address = leave(&mut browser, "/form/start-provider", &[("provider", "peer"), ("then", "/account/sessions")]).await;
            let state = address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
            let path = back("/providers/peer/callback", &[("error", error), ("state", &state), ("error_description", "<b>evil</b>")], Some(&peer.issuer));
            let answer = browser.get(&path).await;
            assert!(answer.location().starts_with("/sign-in?then=") && !answer.location().contains("evil"), "{}", answer.location());
            says(&mut browser, &answer, means).await;
            let again = browser.get(&path).await;
            says(&mut browser, &again, AppError::ProviderAttemptOver).await;
        }
        // Code and error, or one of them twice, is no answer.
        for fields in [vec![("code", "a"), ("error", "b")], vec![("code", "a"), ("code", "b")], vec![]] {
            let mut browser = world.browser();
            let address = begin(&mut browser).await;
            let state = address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
            let fields: Vec<_> = fields.into_iter().chain([("state", state.as_str())]).collect();
            let answer = browser.get(&back("/providers/peer/callback", &fields, Some(&peer.issuer))).await;
            says(&mut browser, &answer, AppError::ProviderRefused).await;
        }
        assert_eq!(peer.asked("/token"), 0);
    }

    async fn a_copy_of_the_database_finishes_nobodys_sign_in(world: World) {
        let (world, _peer) = with_peer(world, &[]).await;
        let mut browser = world.browser();
        let address = begin(&mut browser).await;
        let value = |wanted: &str| address.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        let hex = if world.engine() == crate::database::Engine::Sqlite { "hex(state_hash) || hex(browser_hash)" } else { "encode(state_hash, 'hex') || encode(browser_hash, 'hex')" };
        let stored = world.texts(&format!("SELECT {hex} || provider || issuer || purpose || destination FROM provider_attempts")).await.concat().to_lowercase();
        for secret in [value("state"), value("nonce"), value("code_challenge").to_lowercase()] {
            assert!(!stored.contains(&secret), "{stored}");
        }
    }
}
