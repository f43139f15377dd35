//! Signing in with another service: what it takes, and what is refused.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::oidc_peer::{Answers, Peer, Signs, back, who};
use crate::person::{PASSWORD, is_signed_in, sign_in};
use crate::second_factor::{CODES, code, key_shown, protected, turn_on};
use crate::world::World;
use doorward::error::AppError;
use doorward::server::clock::Clock;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use url::Url;

const MINUTE: Duration = Duration::from_secs(60);
const PAGE: &str = "/account/connections";
const ADA: &str = "ada@example.org";

/// A world with a provider called `peer`, and `more` settings.
async fn with_peer(world: World, more: &[(&str, &str)]) -> (World, Peer) {
    let peer = Peer::start(world.clock.clone()).await;
    let mut settings = peer.settings("peer");
    settings.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    (with_settings(world, &settings).await, peer)
}

async fn with_settings(world: World, settings: &[(String, String)]) -> World {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    world.with(&settings).await
}

/// Presses a button, and gives where the page that follows leads on to.
async fn leave(browser: &mut Browser, form: &str, fields: &[(&str, &str)]) -> Url {
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

async fn begin(browser: &mut Browser) -> Url {
    leave(browser, "/form/start-provider", &[("provider", "peer")]).await
}

/// The whole way: the button, the provider, and back.
async fn come_by(peer: &Peer, browser: &mut Browser, person: Value) -> Answer {
    let address = begin(browser).await;
    let path = peer.agree(&address, person);
    browser.get(&path).await
}

/// The answer leads to a page that says this, and nobody is signed in.
async fn says(browser: &mut Browser, answer: &Answer, error: AppError) {
    assert_eq!(answer.status, 303, "{}", answer.in_full());
    let page = browser.get(answer.location()).await;
    assert_eq!(page.status, 200, "{}", page.in_full());
    page.shows(&error.message());
}

async fn refused(world: &World, peer: &Peer, person: Value, error: AppError, reason: &str) {
    let mut browser = world.browser();
    let answer = come_by(peer, &mut browser, person).await;
    says(&mut browser, &answer, error).await;
    assert!(browser.cookie().is_none(), "nobody is signed in");
    let last = world.texts("SELECT details FROM audit_entries ORDER BY sequence DESC LIMIT 1").await.remove(0);
    assert!(last.contains(&format!("\"reason\":\"{reason}\"")), "{last}");
}

async fn accounts(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM accounts").await
}

/// Links `person` to the account that the browser is signed in to.
async fn link(peer: &Peer, browser: &mut Browser, person: Value) -> Answer {
    let address = leave(browser, "/form/link-provider", &[("provider", "peer")]).await;
    let path = peer.agree(&address, person);
    browser.get(&path).await
}

async fn connection_id(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await;
    let rest = page.body.split("name=\"unlink\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", page.in_full()));
    rest.split_once('"').unwrap().0.to_owned()
}

/// What is wrong with a token, and how it is made so.
type Twist = (&'static str, Box<dyn Fn(&mut Value) + Send>);

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
        doorward::server::tasks::tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM provider_attempts").await, 0);
    }

    async fn answers_of_somebody_else_are_refused_before_the_code_is_given_away(world: World) {
        let peer = Peer::start(world.clock.clone()).await;
        let evil = Peer::start(world.clock.clone()).await;
        let world = with_settings(world, &[peer.settings("peer"), evil.settings("evil")].concat()).await;
        // The issuer in the answer is another one, or missing though the provider says that it sends it.
        for issuer in [Some(evil.issuer.as_str()), Some("https://example.org"), Some(""), None] {
            let mut browser = world.browser();
            let address = begin(&mut browser).await;
            let path = peer.agree_as(&address, who("ada", ADA), issuer);
            let answer = browser.get(&path).await;
            says(&mut browser, &answer, AppError::ProviderRefused).await;
        }
        // Begun at one provider, come back to the callback of the other.
        let mut browser = world.browser();
        let address = begin(&mut browser).await;
        let path = peer.agree(&address, who("ada", ADA)).replace("/providers/peer/", "/providers/evil/");
        let answer = browser.get(&path).await;
        says(&mut browser, &answer, AppError::ProviderRefused).await;
        // And it is used up.
        let answer = browser.get(&path.replace("/providers/evil/", "/providers/peer/")).await;
        says(&mut browser, &answer, AppError::ProviderAttemptOver).await;
        assert_eq!((peer.asked("/token"), evil.asked("/token"), accounts(&world).await), (0, 0, 0));
        let reasons = world.texts("SELECT details FROM audit_entries WHERE kind = 'provider_refused'").await;
        assert!(reasons.len() == 5 && reasons.iter().all(|details| details.contains("other_issuer")), "{reasons:?}");
    }

    async fn tokens_that_are_not_what_they_must_be_are_refused(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let now = world.clock.now().0 / 1_000_000;
        let twists: Vec<Twist> = vec![
            ("another nonce", Box::new(|claims| claims["nonce"] = json!("another"))),
            ("no nonce", Box::new(|claims| { claims.as_object_mut().unwrap().remove("nonce"); })),
            ("another audience", Box::new(|claims| claims["aud"] = json!("another"))),
            ("no audience", Box::new(|claims| claims["aud"] = json!([]))),
            ("several and no party", Box::new(|claims| claims["aud"] = json!(["doorward", "another"]))),
            ("another party", Box::new(|claims| { claims["aud"] = json!(["doorward", "another"]); claims["azp"] = json!("another"); })),
            ("another issuer", Box::new(|claims| claims["iss"] = json!("https://accounts.example.org"))),
            ("a slash too many", Box::new(|claims| claims["iss"] = json!(format!("{}/", claims["iss"].as_str().unwrap())))),
            ("over", Box::new(move |claims| claims["exp"] = json!(now - 61))),
            ("made long ago", Box::new(move |claims| claims["iat"] = json!(now - 3600))),
            ("made in the future", Box::new(move |claims| claims["iat"] = json!(now + 3600))),
            ("not yet", Box::new(move |claims| claims["nbf"] = json!(now + 300))),
            ("no end", Box::new(|claims| { claims.as_object_mut().unwrap().remove("exp"); })),
            ("nobody", Box::new(|claims| claims["sub"] = json!(""))),
            ("no subject", Box::new(|claims| { claims.as_object_mut().unwrap().remove("sub"); })),
            ("a long subject", Box::new(|claims| claims["sub"] = json!("x".repeat(256)))),
        ];
        for (name, twist) in twists {
            eprintln!("{name}");
            peer.twist_claims(twist);
            refused(&world, &peer, who("ada", ADA), AppError::ProviderRefused, "bad_token").await;
        }
        peer.twist_claims(|_| {});
        for signs in [Signs::None, Signs::Hs256, Signs::Forged] {
            eprintln!("{signs:?}");
            peer.signs(signs);
            refused(&world, &peer, who("ada", ADA), AppError::ProviderRefused, "bad_token").await;
        }
        assert_eq!(accounts(&world).await, 0);
        peer.signs(Signs::Right);
        peer.twist_claims(|claims| { claims["aud"] = json!(["doorward", "another"]); claims["azp"] = json!("doorward"); });
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
    }

    async fn new_keys_are_read_when_a_token_needs_them_and_not_at_every_token_that_says_so(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
        assert_eq!((peer.asked("/jwks"), peer.asked("/.well-known/openid-configuration")), (1, 1), "kept");
        world.advance(2 * MINUTE);
        peer.rotate("second", true);
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
        assert_eq!(peer.asked("/jwks"), 2);
        // Made up: asked for once, and not again for a minute.
        peer.rotate("made-up", false);
        world.advance(2 * MINUTE);
        for _ in 0..3 {
            refused(&world, &peer, who("ada", ADA), AppError::ProviderRefused, "bad_token").await;
        }
        assert_eq!(peer.asked("/jwks"), 3);
        world.advance(2 * MINUTE);
        peer.publish("made-up");
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
        assert_eq!(peer.asked("/jwks"), 4);
        world.advance(61 * MINUTE);
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
        assert_eq!((peer.asked("/jwks"), peer.asked("/.well-known/openid-configuration")), (5, 2), "old by now");
    }

    async fn a_provider_that_describes_another_one_is_not_gone_to(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        peer.twist_metadata(|metadata| metadata["issuer"] = json!("https://accounts.example.org"));
        let mut browser = world.browser();
        let answer = browser.submit("/form/start-provider", &[("provider", "peer")]).await;
        says(&mut browser, &answer, AppError::ProviderUnavailable).await;
        world.advance(MINUTE);
        for address in ["javascript:alert(1)", "http://example.org/authorize", "https://169.254.169.254/authorize", "data:text/html,x"] {
            peer.twist_metadata(move |metadata| metadata["authorization_endpoint"] = json!(address));
            let answer = browser.call("/form/start-provider", &[("provider", "peer")]).await;
            answer.is(503, "provider_unavailable");
            world.advance(MINUTE);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM provider_attempts").await, 0);
    }

    async fn what_the_token_does_not_say_is_asked_for_and_must_be_about_the_same_person(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        peer.tells_when_asked(json!({ "sub": "eve", "email": ADA, "email_verified": true }));
        refused(&world, &peer, who("ada", ADA), AppError::ProviderRefused, "other_subject").await;
        peer.tells_when_asked(json!({ "sub": "ada", "email": ADA, "email_verified": true, "name": "Ada" }));
        let mut browser = world.browser();
        come_by(&peer, &mut browser, who("ada", ADA)).await.leads_to("/account");
        browser.get(PAGE).await.shows("Ada · ada@example.org");
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

    async fn an_address_with_an_account_leads_to_signing_in_and_linking(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        world.register(ADA).await;
        let mut browser = world.browser();
        come_by(&peer, &mut browser, who("ada", ADA)).await.leads_to("/providers/peer/start?known");
        assert!(browser.cookie().is_none(), "nobody is signed in by an address");
        let page = browser.get("/providers/peer/start?known").await;
        let to = "/sign-in?then=/account/connections%3Flink%3Dpeer";
        page.shows("You have an account already").shows(to);
        browser.get(to).await.shows("value=\"/account/connections?link=peer\"");
        let fields = [("identifier", ADA), ("password", PASSWORD), ("then", "/account/connections?link=peer")];
        browser.submit("/form/sign-in", &fields).await.leads_to("/account/connections?link=peer");
        browser.get("/account/connections?link=peer").await.shows("Link your account at The peer?");
        link(&peer, &mut browser, who("ada", ADA)).await.leads_to("/account/connections?linked");
        let letter = world.letter(ADA).await;
        assert_eq!(letter.subject, "A sign-in was linked at Doorward");
        assert!(letter.text.contains("An account at The peer") && letter.links.iter().any(|link| link.contains("/was-it-you?token=")));
        browser.get("/account/activity").await.shows("A sign-in at another service was linked to the account (The peer)");
        let mut other = world.browser();
        come_by(&peer, &mut other, who("ada", ADA)).await.leads_to("/account");
        assert_eq!(accounts(&world).await, 1);
    }

    async fn linking_takes_the_same_session_and_a_recent_proof(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut ada = world.register(ADA).await.browser;
        let eve = world.register("eve@example.org").await;
        // Begun in one session, finished in another: whose account it would open is not the one that was asked about.
        let address = leave(&mut ada, "/form/link-provider", &[("provider", "peer")]).await;
        let path = peer.agree(&address, who("ada", ADA));
        ada.submit("/form/sign-out", &[]).await;
        sign_in(&mut ada, &eve.email, PASSWORD).await.leads_to("/account");
        let answer = ada.get(&path).await;
        says(&mut ada, &answer, AppError::ProviderAttemptOver).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM identities").await, 0);
        world.advance(11 * MINUTE);
        let confirm = "/confirm?then=/account/connections%3Flink%3Dpeer";
        ada.get("/account/connections?link=peer").await.leads_to(confirm);
        ada.submit("/form/link-provider", &[("provider", "peer")]).await.leads_to(confirm);
        ada.submit("/form/confirm", &[("password", PASSWORD), ("then", "/account/connections?link=peer")]).await.leads_to("/account/connections?link=peer");
        link(&peer, &mut ada, who("eve", "eve@elsewhere.example")).await.leads_to("/account/connections?linked");
        // One identity, one account.
        let mut ada = world.browser();
        sign_in(&mut ada, ADA, PASSWORD).await.leads_to("/account");
        let answer = link(&peer, &mut ada, who("eve", ADA)).await;
        says(&mut ada, &answer, AppError::ConnectionTaken).await;
    }

    async fn linking_takes_the_second_factor_that_a_session_never_showed(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let ada = world.register(ADA).await;
        let (mut before, mut under_way) = ada.signed_in_twice().await;
        let address = leave(&mut under_way, "/form/link-provider", &[("provider", "peer")]).await;
        let mut owner = ada.browser.clone();
        let key = key_shown(&mut owner).await;
        turn_on(&world, &mut owner, &key).await.leads_to(CODES);
        let confirm = "/confirm?then=/account/connections%3Flink%3Dpeer";
        before.get("/account/connections?link=peer").await.leads_to(confirm);
        before.submit("/form/link-provider", &[("provider", "peer")]).await.leads_to(confirm);
        // Begun before there was one.
        let path = peer.agree(&address, who("eve", "eve@elsewhere.example"));
        let answer = under_way.get(&path).await;
        assert!(answer.location().starts_with("/confirm?then="), "{}", answer.in_full());
        assert_eq!(world.number("SELECT COUNT(*) FROM identities").await, 0);
        link(&peer, &mut owner, who("ada", ADA)).await.leads_to("/account/connections?linked");
    }

    async fn unlinking_is_told_and_the_last_way_in_stays(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut browser = world.browser();
        come_by(&peer, &mut browser, who("ada", ADA)).await.leads_to("/account");
        let first = connection_id(&mut browser).await;
        browser.get(&format!("{PAGE}?unlink={first}")).await.shows(&AppError::LastWayIn.message());
        browser.call("/form/unlink-provider", &[("connection", &first)]).await.is(409, "last_way_in");
        link(&peer, &mut browser, who("ada-2", ADA)).await.leads_to("/account/connections?linked");
        world.letter(ADA).await;
        browser.get(&format!("{PAGE}?unlink={first}")).await.shows("Unlink The peer?");
        let mut eve = world.register("eve@example.org").await.browser;
        eve.call("/form/unlink-provider", &[("connection", &first)]).await.is(404, "not_found");
        browser.submit("/form/unlink-provider", &[("connection", &first)]).await.leads_to("/account/connections?unlinked");
        assert_eq!(world.letter(ADA).await.subject, "A sign-in was unlinked at Doorward");
        // It opens nothing any more, and its address has an account: so it may be linked again.
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/providers/peer/start?known");
        come_by(&peer, &mut world.browser(), who("ada-2", ADA)).await.leads_to("/account");
        world.advance(11 * MINUTE);
        let second = connection_id(&mut browser).await;
        browser.submit("/form/unlink-provider", &[("connection", &second)]).await.leads_to(&format!("/confirm?then=/account/connections%3Funlink%3D{second}"));
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

    async fn locking_the_account_takes_what_a_thief_linked(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut thief = world.register(ADA).await.browser;
        link(&peer, &mut thief, who("thief", "thief@example.org")).await.leads_to("/account/connections?linked");
        let lock = world.mailed_link(ADA, "/was-it-you").await;
        let mut ada = world.browser();
        ada.get(&lock).await.shows("A sign-in at another service was linked to the account (The peer)");
        let token = crate::person::token_of(&lock);
        ada.submit("/form/was-it-you", &[("token", &token)]).await;
        assert!(!is_signed_in(&mut thief).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM identities").await, 0);
        let kinds = world.audit_kinds().await;
        assert!(kinds.contains(&"provider_unlinked".to_owned()));
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
        for (settings, person, error) in [
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

    async fn a_provider_that_is_down_slow_or_strange_is_told_calmly(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let metadata = "/.well-known/openid-configuration";
        for how in [Answers::Broken, Answers::Huge, Answers::Redirect] {
            peer.answers(metadata, how);
            let mut browser = world.browser();
            let answer = browser.submit("/form/start-provider", &[("provider", "peer")]).await;
            says(&mut browser, &answer, AppError::ProviderUnavailable).await;
            let asked = peer.asked(metadata);
            // And is not asked at every press.
            browser.call("/form/start-provider", &[("provider", "peer")]).await.is(503, "provider_unavailable");
            assert_eq!(peer.asked(metadata), asked);
            world.advance(MINUTE);
        }
        peer.answers(metadata, Answers::Right);
        for (path, how, error, reason) in [
            ("/token", Answers::Broken, AppError::ProviderUnavailable, "unreachable"),
            ("/token", Answers::Huge, AppError::ProviderUnavailable, "unreachable"),
            ("/token", Answers::Redirect, AppError::ProviderRefused, "code_refused"),
            ("/jwks", Answers::Redirect, AppError::ProviderUnavailable, "unreachable"),
            ("/jwks", Answers::Huge, AppError::ProviderUnavailable, "unreachable"),
        ] {
            peer.answers(path, how);
            refused(&world, &peer, who("ada", ADA), error, reason).await;
            peer.answers(path, Answers::Right);
        }
        assert_eq!(peer.asked("/elsewhere"), 0, "no redirect is followed, least of all with the secret");
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
    }

    async fn nobody_waits_for_a_slow_or_dead_provider_for_long(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut browser = world.browser();
        let address = begin(&mut browser).await;
        let path = peer.agree(&address, who("ada", ADA));
        peer.answers("/token", Answers::Slow);
        let begun = Instant::now();
        let answer = browser.get(&path).await;
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
        says(&mut browser, &answer, AppError::ProviderUnavailable).await;
        drop(peer);
        world.advance(61 * MINUTE);
        let answer = browser.submit("/form/start-provider", &[("provider", "peer")]).await;
        says(&mut browser, &answer, AppError::ProviderUnavailable).await;
    }

    async fn a_provider_in_the_private_network_is_called_only_where_that_is_configured(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        // Described by a provider of the outside, an address inside.
        peer.twist_metadata(|metadata| metadata["jwks_uri"] = json!("http://169.254.169.254/latest/meta-data/"));
        refused(&world, &peer, who("ada", ADA), AppError::ProviderUnavailable, "unreachable").await;
        let issuer = peer.issuer.replace("http://127.0.0.1", "https://localhost.example.org");
        let mut settings = peer.settings("peer");
        settings.retain(|(key, _)| !key.ends_with("ADDRESSES") && !key.ends_with("ISSUER"));
        settings.push(("DOORWARD__PROVIDERS__PEER__ISSUER".to_owned(), "https://10.0.0.1".to_owned()));
        let world = with_settings(world, &settings).await;
        let begun = Instant::now();
        world.browser().call("/form/start-provider", &[("provider", "peer")]).await.is(503, "provider_unavailable");
        assert!(begun.elapsed() < Duration::from_secs(1), "it was not even tried");
        drop(issuer);
    }

    async fn github_says_who_it_is_by_number_and_primary_address(world: World) {
        let peer = Peer::start(world.clock.clone()).await;
        let mut settings = peer.settings("peer");
        settings.push(("DOORWARD__PROVIDERS__PEER__PRESET".to_owned(), "github".to_owned()));
        let world = with_settings(world, &settings).await;
        let octocat = |login: &str, verified: bool| json!({ "id": 583_231, "login": login, "name": null, "email": ADA, "email_verified": verified });
        let mut browser = world.browser();
        let address = begin(&mut browser).await;
        assert!(address.as_str().starts_with(&format!("{}/login/oauth/authorize?", peer.issuer)), "{address}");
        let path = peer.agree_as(&address, octocat("octocat", false), None);
        let answer = browser.get(&path).await;
        says(&mut browser, &answer, AppError::ProviderEmailUnverified).await;
        let address = begin(&mut browser).await;
        let path = peer.agree_as(&address, octocat("octocat", true), None);
        browser.get(&path).await.leads_to("/account");
        assert_eq!(world.texts("SELECT issuer || ' ' || subject FROM identities").await, [format!("{} 583231", peer.issuer)]);
        // Renamed: the same person.
        let mut other = world.browser();
        let address = begin(&mut other).await;
        let path = peer.agree_as(&address, octocat("octodog", true), None);
        other.get(&path).await.leads_to("/account");
        other.get(PAGE).await.shows("octodog");
        // GitHub asks nobody twice, so it can't confirm who is there.
        world.advance(11 * MINUTE);
        other.get("/confirm?then=/account/passkeys%3Fadd").await.shows("neither a password nor a passkey");
        other.call("/form/confirm-with-provider", &[("provider", "peer")]).await.is(400, "bad_request");
    }

    async fn who_has_no_password_confirms_at_the_provider_which_must_ask_again(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let mut browser = world.browser();
        come_by(&peer, &mut browser, who("ada", ADA)).await.leads_to("/account");
        world.advance(11 * MINUTE);
        browser.get("/account/passkeys?add").await.leads_to("/confirm?then=/account/passkeys%3Fadd");
        browser.get("/confirm?then=/account/passkeys%3Fadd").await.shows("Continue with The peer");
        let fields = [("provider", "peer"), ("then", "/account/passkeys?add")];
        let before = browser.session();
        let now = world.clock.now().0 / 1_000_000;
        // Still signed in there from before, or silent about it.
        for auth_time in [json!(now - 600), Value::Null] {
            peer.twist_claims(move |claims| claims["auth_time"] = auth_time.clone());
            let address = leave(&mut browser, "/form/confirm-with-provider", &fields).await;
            assert!(address.as_str().contains("prompt=login") && address.as_str().contains("max_age=0"), "{address}");
            let path = peer.agree(&address, who("ada", ADA));
            let answer = browser.get(&path).await;
            says(&mut browser, &answer, AppError::ProviderRefused).await;
        }
        peer.twist_claims(|_| {});
        let address = leave(&mut browser, "/form/confirm-with-provider", &fields).await;
        let path = peer.agree(&address, who("eve", "eve@example.org"));
        let answer = browser.get(&path).await;
        says(&mut browser, &answer, AppError::ProviderRefused).await;
        assert_eq!(browser.session(), before);
        let address = leave(&mut browser, "/form/confirm-with-provider", &fields).await;
        let path = peer.agree(&address, who("ada", ADA));
        browser.get(&path).await.leads_to("/account/passkeys?add");
        assert_ne!(browser.session(), before, "a new id");
        assert_eq!(browser.get("/account/passkeys?add").await.status, 200);
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
