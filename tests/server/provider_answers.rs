//! What providers say and how they fail: which answers are taken, and what is told of the others.

use crate::each_database;
use crate::oidc_peer::{Answers, Peer, Signs, who};
use crate::providers::{accounts, begin, come_by, refused, says, with_peer, with_settings};
use crate::world::World;
use doorward::error::AppError;
use doorward::server::clock::Clock;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);
const PAGE: &str = "/account/connections";
const ADA: &str = "ada@example.org";

/// What is wrong with a token, and how it is made so.
type Twist = (&'static str, Box<dyn Fn(&mut Value) + Send>);

each_database! {
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
}
