//! Who may make an account: invitations, and the mail domains that may register.

use crate::each_database;
use crate::person::{PASSWORD, is_signed_in};
use crate::program::run_beside;
use crate::world::World;
use doorward::base::clock::{Clock, SystemClock};
use doorward::base::error::AppError;
use doorward::domain::accounts::Email;
use doorward::domain::audit::Details;
use doorward::domain::invitations::{self, Inviter, LIFETIME, Place};
use doorward::run::tasks::tidy;
use std::time::Duration;

const ADA: &str = "ada@example.org";
const EVE: &str = "eve@example.net";
const INVITE: [(&str, &str); 1] = [("DOORWARD__REGISTRATION__MODE", "invite")];
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn invite(world: &World, email: &str) -> Result<(), AppError> {
    let mut tx = world.app().db.begin_recorded().await.unwrap();
    let email = Email::parse(email).unwrap();
    invitations::invite(&mut tx, &email, Inviter::CommandLine, Details::default()).await?;
    tx.commit().await.unwrap();
    world.app().outbox.wake();
    Ok(())
}

/// The address of the page behind the newest invitation of `email`, and the token in it.
async fn link(world: &World, email: &str) -> (String, String) {
    let link = world.mailed_link(email, "/verify-email").await;
    let token = link.split_once("token=").unwrap().1.to_owned();
    (link, token)
}

async fn accept(world: &World, token: &str) -> crate::browser::Answer {
    let mut browser = world.browser();
    browser.call("/form/create-account", &[("token", token), ("new_password", PASSWORD)]).await
}

each_database! {
    async fn whoever_is_invited_makes_an_account_and_nobody_else(world: World) {
        let world = world.with(&INVITE).await;
        let mut stranger = world.browser();
        let page = stranger.get("/register").await;
        assert!(!page.shows("By invitation").body.contains("name=\"email\""));
        stranger.call("/form/register", &[("email", EVE)]).await.is(403, "registration_closed");
        invite(&world, ADA).await.unwrap();
        let (page, token) = link(&world, ADA).await;
        let mut ada = world.browser();
        for _ in 0..2 {
            ada.get(&page).await.shows(ADA);
        }
        ada.submit("/form/create-account", &[("token", &token), ("new_password", PASSWORD)]).await.leads_to("/account");
        assert!(is_signed_in(&mut ada).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE email_verified_at IS NOT NULL").await, 1);
        accept(&world, &token).await.is(410, "link_expired");
        assert_eq!(world.number("SELECT COUNT(*) FROM invitations").await, 0);
        assert_eq!(invite(&world, ADA).await, Err(AppError::InvitedHasAccount));
    }

    async fn a_new_invitation_voids_the_one_before_and_a_revoked_one_lets_nobody_in(world: World) {
        let world = world.with(&INVITE).await;
        invite(&world, ADA).await.unwrap();
        let (_, first) = link(&world, ADA).await;
        invite(&world, ADA).await.unwrap();
        let (_, second) = link(&world, ADA).await;
        assert_ne!(first, second);
        accept(&world, &first).await.is(410, "link_expired");
        let listed = invitations::page(&world.app().db, Place::Newest, 9).await.unwrap().rows;
        assert_eq!((listed.len(), listed[0].email.as_str(), listed[0].inviter.name()), (1, ADA, None));
        let mut tx = world.app().db.begin_recorded().await.unwrap();
        let revoke = async |tx: &mut _| {
            invitations::revoke(tx, listed[0].id, Inviter::CommandLine, Details::default()).await.unwrap()
        };
        assert_eq!(revoke(&mut tx).await.unwrap().as_str(), ADA);
        assert!(revoke(&mut tx).await.is_none());
        tx.commit().await.unwrap();
        accept(&world, &second).await.is(410, "link_expired");
        assert_eq!(world.audit_kinds().await, ["invited", "invited", "invitation_revoked"]);
        let details = world.texts("SELECT details FROM audit_entries").await;
        assert!(details.iter().all(|details| !details.contains("ada")), "{details:?}");
    }

    async fn an_invitation_ends_after_a_week_and_is_forgotten_a_month_later(world: World) {
        let world = world.with(&INVITE).await;
        invite(&world, ADA).await.unwrap();
        let (page, token) = link(&world, ADA).await;
        world.advance(LIFETIME - Duration::from_secs(1));
        world.browser().get(&page).await.shows(ADA);
        world.advance(Duration::from_secs(1));
        assert_eq!(world.browser().get(&page).await.status, 410);
        accept(&world, &token).await.is(410, "link_expired");
        for (after, left) in [(29, 1), (1, 0)] {
            world.advance(after * DAY);
            tidy(world.app(), false).await.unwrap();
            assert_eq!(world.number("SELECT COUNT(*) FROM invitations").await, left);
        }
    }

    async fn of_two_who_post_one_invitation_at_once_one_gets_an_account(world: World) {
        let world = world.with(&INVITE).await;
        invite(&world, ADA).await.unwrap();
        let (_, token) = link(&world, ADA).await;
        let (first, second) = tokio::join!(accept(&world, &token), accept(&world, &token));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410]);
        assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 1);
    }

    async fn links_count_by_the_mode_of_today(world: World) {
        let mut browser = world.browser();
        browser.submit("/form/register", &[("email", EVE)]).await.leads_to("/register?sent");
        let (confirmed, _) = link(&world, EVE).await;
        invite(&world, ADA).await.unwrap();
        let (invited, token) = link(&world, ADA).await;
        for (page, email) in [(&confirmed, EVE), (&invited, ADA)] {
            browser.get(page).await.shows(email);
        }
        let world = world.with(&INVITE).await;
        assert_eq!(world.browser().get(&confirmed).await.status, 410);
        world.browser().get(&invited).await.shows(ADA);
        let world = world.with(&[("DOORWARD__REGISTRATION__MODE", "closed")]).await;
        assert_eq!(world.browser().get(&invited).await.status, 410);
        accept(&world, &token).await.is(410, "link_expired");
        assert_eq!(invite(&world, "bob@example.org").await, Err(AppError::RegistrationClosed));
    }

    async fn only_addresses_of_the_allowed_domains_register_unless_they_are_invited(world: World) {
        let world = world.with(&[("DOORWARD__REGISTRATION__ALLOWED_DOMAINS", "example.org,example.com")]).await;
        let mut browser = world.browser();
        browser.get("/register").await.shows("example.org, example.com");
        for other in [EVE, "eve@sub.example.org", "eve@example.org.evil.net", "eve@notexample.org"] {
            browser.call("/form/register", &[("email", other)]).await.is(422, "email_domain");
        }
        browser.submit("/form/register", &[("email", "Ada@EXAMPLE.org")]).await.leads_to("/register?sent");
        let (page, _) = link(&world, ADA).await;
        browser.get(&page).await.shows(ADA);
        invite(&world, EVE).await.unwrap();
        let (_, token) = link(&world, EVE).await;
        assert_eq!(accept(&world, &token).await.status, 200);
    }

    async fn an_operator_invites_lists_and_revokes_from_the_command_line(world: World) {
        world.advance(SystemClock.now().since(world.clock.now()));
        world.register("bob@example.org").await;
        run_beside(&world, &["invitation", "create", ADA]).await.with(0);
        run_beside(&world, &["invitation", "create", EVE]).await.with(0);
        let listed = run_beside(&world, &["invitation", "list", "--json"]).await;
        let lines: Vec<serde_json::Value> = listed.with(0).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((lines.len(), lines[0]["email"].as_str(), lines[0]["invited_by"].is_null()), (2, Some(EVE), true));
        run_beside(&world, &["invitation", "revoke", EVE]).await.with(0);
        run_beside(&world, &["invitation", "revoke", EVE]).await.with(1);
        run_beside(&world, &["invitation", "create", "nonsense"]).await.with(2);
        let listed = run_beside(&world, &["invitation", "list"]).await;
        assert!(listed.with(0).out.starts_with(&format!("{ADA}  invited ")), "{listed:?}");
        let taken = run_beside(&world, &["invitation", "create", "bob@example.org"]).await;
        assert!(taken.with(1).err.contains("has an account"), "{taken:?}");
        run_beside(&world, &["audit", "verify"]).await.with(0);
    }
}
