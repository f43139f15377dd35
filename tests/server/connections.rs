//! Sign-ins at other services that open an account: linking them, confirming by them, and taking
//! them away.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::oidc_peer::{Peer, who};
use crate::person::{PASSWORD, is_signed_in, sign_in};
use crate::providers::{accounts, come_by, leave, says, with_peer};
use crate::second_factor::{CODES, key_shown, turn_on};
use crate::world::World;
use doorward::base::clock::Clock;
use doorward::base::error::AppError;
use doorward::request::refused::Message;
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const PAGE: &str = "/account/connections";
const ADA: &str = "ada@example.org";

/// Links `person` to the account that the browser is signed in to.
pub async fn link(peer: &Peer, browser: &mut Browser, person: Value) -> Answer {
    let address = leave(browser, "/form/link-provider", &[("provider", "peer")]).await;
    let path = peer.agree(&address, person);
    browser.get(&path).await
}

async fn connection_id(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await;
    let rest = page.body.split("name=\"unlink\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", page.in_full()));
    rest.split_once('"').unwrap().0.to_owned()
}

each_database! {
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
        // Begun in one session, finished in another: whose account it would open is not the one
        // that was asked about.
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
}
