//! What providers say and how they fail: which answers are taken, and what is told of the others.

use crate::each_database;
use crate::oidc_peer::{Answers, Peer, Signs, who};
use crate::providers::{accounts, begin, come_by, refused, says, with_peer, with_settings};
use crate::world::World;
use doorward::base::clock::Clock;
use doorward::base::error::AppError;
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
        // The issuer in the answer is another one, or missing though the provider says that it
        // sends it.
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

    async fn what_is_not_used_may_be_written_in_any_way(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        // As Auth0 and better-auth do, and others.
        let odd = || json!({
            "updated_at": "2026-03-01T12:00:00.000Z", "birthdate": 1815, "address": "London", "locale": null, "zoneinfo": 1, "phone_number_verified": "no",
            "gender": {}, "picture": null, "at_hash": 7, "c_hash": null, "amr": "pwd", "acr": 2, "given_name": ["Ada"], "website": "no address", "xms_edov": {},
        });
        let with_odd = move |value: &mut Value| value.as_object_mut().unwrap().extend(odd().as_object().unwrap().clone());
        peer.twist_claims(with_odd);
        peer.twist_tokens(|tokens| {
            tokens["expires_in"] = json!("3600");
            tokens["scope"] = json!(["openid", "email"]);
            tokens["refresh_token"] = json!(7);
        });
        peer.twist_metadata(|metadata| {
            metadata["token_endpoint_auth_methods_supported"] = json!(null);
            metadata["claims_supported"] = json!("all");
        });
        come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to("/account");
        for name in [json!(7), json!(["Ada"]), json!(null), json!({ "given": "Ada" })] {
            let mut ada = who("ada", ADA);
            ada["name"] = name;
            come_by(&peer, &mut world.browser(), ada).await.leads_to("/account");
        }
        // What is asked for is read in the same way.
        peer.twist_claims(|_| {});
        let mut said = json!({ "sub": "bob", "email": "bob@example.org", "email_verified": "true", "name": 7 });
        with_odd(&mut said);
        peer.tells_when_asked(said);
        come_by(&peer, &mut world.browser(), who("bob", "bob@example.org")).await.leads_to("/account");
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE email_verified_at IS NOT NULL").await, 2);
    }

    async fn what_counts_is_taken_in_the_one_form_it_has(world: World) {
        let (world, peer) = with_peer(world, &[]).await;
        let now = world.clock.now().0 / 1_000_000;
        let twists: Vec<Twist> = vec![
            ("an issuer in a list", Box::new(|claims| claims["iss"] = json!([claims["iss"]]))),
            ("an audience that is a number", Box::new(|claims| claims["aud"] = json!(7))),
            ("an audience among numbers", Box::new(|claims| claims["aud"] = json!(["doorward", 7]))),
            ("an end in quotes", Box::new(move |claims| claims["exp"] = json!((now + 300).to_string()))),
            ("an end as a date", Box::new(|claims| claims["exp"] = json!("2036-03-01T12:00:00Z"))),
            ("no beginning", Box::new(|claims| drop(claims.as_object_mut().unwrap().remove("iat")))),
            ("a beginning in quotes", Box::new(move |claims| claims["iat"] = json!(now.to_string()))),
            ("not yet, in quotes", Box::new(move |claims| claims["nbf"] = json!((now - 1).to_string()))),
            ("a nonce in a list", Box::new(|claims| claims["nonce"] = json!([claims["nonce"]]))),
            ("a subject that is a number", Box::new(|claims| claims["sub"] = json!(7))),
            ("a party that is a list", Box::new(|claims| claims["azp"] = json!(["doorward"]))),
        ];
        for (name, twist) in twists {
            eprintln!("{name}");
            peer.twist_claims(twist);
            refused(&world, &peer, who("ada", ADA), AppError::ProviderRefused, "bad_token").await;
        }
        peer.twist_claims(|_| {});
        // Confirmed is what is said to be, and not anything that is there.
        for verified in [json!("yes"), json!(1), json!({}), json!(["true"]), json!("false")] {
            let mut ada = who("ada", ADA);
            ada["email_verified"] = verified;
            let mut browser = world.browser();
            let answer = come_by(&peer, &mut browser, ada).await;
            says(&mut browser, &answer, AppError::ProviderEmailUnverified).await;
        }
        // And Microsoft's word for it is Microsoft's alone.
        peer.twist_claims(|claims| { claims["email_verified"] = json!(false); claims["xms_edov"] = json!(true); });
        let mut browser = world.browser();
        let answer = come_by(&peer, &mut browser, who("ada", ADA)).await;
        says(&mut browser, &answer, AppError::ProviderEmailUnverified).await;
        peer.twist_metadata(|metadata| metadata["authorization_response_iss_parameter_supported"] = json!("true"));
        world.advance(61 * MINUTE);
        let mut browser = world.browser();
        let address = begin(&mut browser).await;
        let path = peer.agree_as(&address, who("ada", ADA), None);
        let answer = browser.get(&path).await;
        says(&mut browser, &answer, AppError::ProviderRefused).await;
        assert_eq!(accounts(&world).await, 0);
    }

    async fn one_method_that_is_no_list_counts_as_a_second_factor_where_it_is_named(world: World) {
        let (world, peer) = with_peer(world, &[("DOORWARD__PROVIDERS__PEER__SECOND_FACTOR_AMR", "mfa"), ("DOORWARD__SECOND_FACTOR__POLICY", "everyone")]).await;
        for (amr, to) in [(json!("mfa"), "/account"), (json!(["pwd", "mfa"]), "/account"), (json!("pwd mfa"), "/sign-in/enrol"), (json!([7]), "/sign-in/enrol"), (json!(null), "/sign-in/enrol")] {
            peer.twist_claims(move |claims| claims["amr"] = amr.clone());
            come_by(&peer, &mut world.browser(), who("ada", ADA)).await.leads_to(to);
        }
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
