//! Inviting people on `/admin/invitations`. Who may is in `admin_guard`, what an invitation is good
//! for in `invitations`.

use crate::admin::{administrator, details_of_last, link};
use crate::admin_guard::with_role;
use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{PASSWORD, is_signed_in, token_of};
use crate::world::World;
use doorward::domain::accounts::Role;
use std::time::Duration;

const PAGE: &str = "/admin/invitations";
const INVITE: &str = "/form/admin-invite";
const SEND_AGAIN: &str = "/form/admin-send-invitation";
const TAKE_BACK: &str = "/form/admin-take-back-invitation";
const ADA: &str = "ada@example.net";
const BY_INVITATION: [(&str, &str); 1] = [("DOORWARD__REGISTRATION__MODE", "invite")];
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Rick, who administers a server on which people are invited.
async fn inviting(world: World) -> (World, Browser) {
    let rick = administrator(&world).await;
    let world = world.with(&BY_INVITATION).await;
    let browser = rick.browser.at(&world.node.router);
    (world, browser)
}

/// The ids of the invitations that the page lists, each once, in its order.
fn listed(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.in_full());
    page.body.split("act=take_back&amp;invitation=").skip(1).map(|rest| rest[..36].to_owned()).collect()
}

async fn invite(rick: &mut Browser, email: &str) {
    rick.submit(INVITE, &[("email", email)]).await.leads_to("/admin/invitations?done=invite");
}

async fn mailed_token(world: &World, email: &str) -> String {
    token_of(&world.mailed_link(email, "/verify-email").await)
}

async fn accept(world: &World, token: &str) -> (Browser, Answer) {
    let mut browser = world.browser();
    let answer = browser.call("/form/create-account", &[("token", token), ("new_password", PASSWORD)]).await;
    (browser, answer)
}

each_database! {
    async fn an_administrator_invites_somebody_who_makes_an_account(world: World) {
        let (world, mut rick) = inviting(world).await;
        let page = rick.get(PAGE).await;
        page.shows("Nobody is invited").shows("name=\"email\"").shows(">Invite<");
        assert!(!page.body.contains("class=\"notice info\"") && !page.body.contains("class=\"notice warning\""), "{}", page.body);
        invite(&mut rick, "  Ada@EXAMPLE.net ").await;
        rick.get("/admin/invitations?done=invite").await.shows("The invitation is on its way").shows(ADA).shows("rick@example.org");
        let details = details_of_last(&world, "invited").await;
        assert_eq!(details["by"], "administrator");
        assert!(!details.to_string().contains("ada@"), "{details}");
        rick.get("/account/activity").await.shows("Somebody was invited");
        rick.get("/admin/activity?kind=administration").await.shows("Somebody was invited").shows("rick@example.org");
        let (mut ada, answer) = accept(&world, &mailed_token(&world, ADA).await).await;
        assert_eq!(answer.status, 200, "{}", answer.in_full());
        assert!(is_signed_in(&mut ada).await);
        rick.get(PAGE).await.shows("Nobody is invited");
        rick.call(INVITE, &[("email", ADA)]).await.is(409, "invited_has_account");
        let back = rick.submit(INVITE, &[("email", ADA)]).await;
        assert!(back.location().starts_with("/admin/invitations?"), "{}", back.in_full());
        rick.get(back.location()).await.shows("nobody to invite").shows("aria-invalid=\"true\"");
        for nonsense in ["", "nobody", "a@b@c d", "7@no-address.invalid"] {
            rick.call(INVITE, &[("email", nonsense)]).await.is(422, "invalid_email");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM invitations").await, 0);
    }

    async fn one_that_is_sent_again_voids_the_link_before_and_one_taken_back_lets_nobody_in(world: World) {
        let (world, mut rick) = inviting(world).await;
        invite(&mut rick, ADA).await;
        let first = mailed_token(&world, ADA).await;
        let page = rick.get(PAGE).await;
        let id = listed(&page).remove(0);
        let question = format!("{PAGE}?act=send_again&invitation={id}");
        assert!(page.body.contains(&format!("act=send_again&amp;invitation={id}")), "{}", page.body);
        rick.get(&question).await.shows("Send again").shows("ada@example.net gets a new link").shows(&format!("value=\"{id}\""));
        assert_eq!(world.unread_count(ADA).await, 0, "asking sends nothing");
        rick.submit(SEND_AGAIN, &[("invitation", &id)]).await.leads_to("/admin/invitations?done=send_again");
        let second = mailed_token(&world, ADA).await;
        accept(&world, &first).await.1.is(410, "link_expired");
        // Somebody else has the page from before.
        for path in [SEND_AGAIN, TAKE_BACK] {
            assert!(rick.submit(path, &[("invitation", &id)]).await.location().contains("undone="), "{path}");
        }
        rick.get("/admin/invitations?undone=take_back").await.shows("Nothing was changed");
        rick.get(&question).await.shows("Nothing was changed").shows(ADA);
        let id = listed(&rick.get(PAGE).await).remove(0);
        rick.get(&format!("{PAGE}?act=take_back&invitation={id}")).await.shows("is void at once").shows("button danger");
        rick.submit(TAKE_BACK, &[("invitation", &id)]).await.leads_to("/admin/invitations?done=take_back");
        accept(&world, &second).await.1.is(410, "link_expired");
        rick.submit(TAKE_BACK, &[("invitation", &id)]).await.leads_to("/admin/invitations?undone=take_back");
        assert_eq!(details_of_last(&world, "invitation_revoked").await["by"], "administrator");
        let kinds = world.audit_kinds().await;
        assert_eq!(kinds.iter().filter(|kind| kind.starts_with("invit")).count(), 3, "{kinds:?}");
        for path in [SEND_AGAIN, TAKE_BACK] {
            rick.call(path, &[("invitation", "nonsense")]).await.is(400, "bad_request");
            rick.call(path, &[]).await.is(400, "bad_request");
        }
    }

    async fn one_is_not_sent_again_to_somebody_who_has_an_account_by_now(world: World) {
        let (world, mut rick) = inviting(world).await;
        invite(&mut rick, ADA).await;
        let id = listed(&rick.get(PAGE).await).remove(0);
        world.change(&format!("UPDATE accounts SET email = '{ADA}' WHERE email = 'rick@example.org'")).await;
        rick.call(SEND_AGAIN, &[("invitation", &id)]).await.is(409, "invited_has_account");
        let question = format!("{PAGE}?act=send_again&invitation={id}");
        rick.get(&question).await.shows("Send again");
        let refused = format!("{question}&__path=%2Fform%2Fadmin-send-invitation&__err=eyJjb2RlIjoiaW52aXRlZF9oYXNfYWNjb3VudCJ9");
        rick.get(&refused).await.shows("nobody to invite");
    }

    async fn two_who_invite_or_send_again_at_once_leave_one_link_that_works(world: World) {
        let (world, rick) = inviting(world).await;
        let (mut one, mut other) = (rick.clone(), rick.clone());
        let fields = [("email", ADA)];
        let (first, second) = tokio::join!(one.submit(INVITE, &fields), other.submit(INVITE, &fields));
        for answer in [&first, &second] {
            answer.leads_to("/admin/invitations?done=invite");
        }
        let page = one.get(PAGE).await;
        let id = listed(&page).remove(0);
        assert_eq!(listed(&page).len(), 1);
        let fields = [("invitation", id.as_str())];
        let (first, second) = tokio::join!(one.submit(SEND_AGAIN, &fields), other.submit(SEND_AGAIN, &fields));
        let done = [&first, &second].iter().filter(|answer| answer.location().contains("?done=")).count();
        assert_eq!(done, 1, "{} {}", first.location(), second.location());
        let (mut sent, mut made) = (0, 0);
        for letter in world.letters().await.iter().filter(|letter| letter.to == ADA) {
            let link = letter.links.iter().find(|link| link.contains("/verify-email")).unwrap();
            sent += 1;
            made += usize::from(accept(&world, &token_of(link)).await.1.status == 200);
        }
        assert_eq!((sent, made), (3, 1));
        assert_eq!(world.number("SELECT COUNT(*) FROM invitations").await, 0);
    }

    async fn the_page_says_what_invitations_are_good_for_as_the_server_is_set_up(world: World) {
        let rick = administrator(&world).await.browser;
        let mut here = rick.clone();
        here.get(PAGE).await.shows("only spares people the letter").shows("name=\"email\"");
        invite(&mut here, ADA).await;
        let id = listed(&here.get(PAGE).await).remove(0);
        let domains = world.another(&[("DOORWARD__REGISTRATION__ALLOWED_DOMAINS", "example.org")]).await.unwrap();
        let mut there = rick.at(&domains.router);
        there.get(PAGE).await.shows("Anybody with an address at example.org").shows("name=\"email\"");
        invite(&mut there, "eve@example.com").await;
        let unverified = world.another(&[("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false")]).await.unwrap();
        rick.at(&unverified.router).get(PAGE).await.shows("also confirms that the address");
        let closed = world.another(&[("DOORWARD__REGISTRATION__MODE", "closed")]).await.unwrap();
        let mut closed = rick.at(&closed.router);
        let page = closed.get(PAGE).await;
        page.shows("Nobody can make an account").shows("registration.mode").shows(ADA).shows("Take back");
        assert!(!page.body.contains("name=\"email\"") && !page.body.contains("act=send_again"), "{}", page.body);
        closed.call(INVITE, &[("email", "bob@example.org")]).await.is(403, "registration_closed");
        closed.call(SEND_AGAIN, &[("invitation", &id)]).await.is(403, "registration_closed");
        closed.submit(TAKE_BACK, &[("invitation", &id)]).await.leads_to("/admin/invitations?done=take_back");
    }

    async fn support_sees_invitations_and_does_nothing_to_them(world: World) {
        let (world, mut rick) = inviting(world).await;
        invite(&mut rick, ADA).await;
        let id = listed(&rick.get(PAGE).await).remove(0);
        let sue = with_role(&world.with(&[]).await, "sue@example.org", Role::Support).await;
        let mut sue = sue.browser;
        let page = sue.get(PAGE).await;
        page.shows(ADA).shows("rick@example.org");
        for not in ["name=\"email\"", "?act=", ">Invite<"] {
            assert!(!page.body.contains(not), "{not}");
        }
        sue.get(&format!("{PAGE}?act=take_back&invitation={id}")).await.shows("Not used yet");
    }

    async fn an_invitation_is_written_in_the_language_of_whoever_invites(world: World) {
        let (world, mut rick) = inviting(world).await;
        let profile = [("display_name", "Rick"), ("username", "rick.deckard"), ("language", "de"), ("time_zone", "")];
        rick.submit("/form/save-profile", &profile).await.leads_to("/account/profile?saved");
        invite(&mut rick, ADA).await;
        let letter = world.letter(ADA).await;
        assert!(letter.subject.contains("eingeladen"), "{}", letter.subject);
        rick.get(PAGE).await.shows("Einladungen").shows("Erneut senden");
    }

    async fn many_are_shown_page_by_page_and_those_that_are_over_say_so(world: World) {
        let (world, mut rick) = inviting(world).await;
        for number in 0..52 {
            world.advance(Duration::from_millis(2));
            invite(&mut rick, &format!("a{number}@example.net")).await;
        }
        let page = rick.get(PAGE).await;
        page.shows("a51@example.net").shows("a2@example.net");
        assert_eq!(listed(&page).len(), 50);
        assert!(!page.body.contains("a1@example.net") && link(&page, "Newer").is_none());
        let page = rick.get(&link(&page, "Older").unwrap()).await;
        page.shows("a1@example.net").shows("a0@example.net");
        assert_eq!(listed(&page).len(), 2);
        let newer = link(&page, "Newer").unwrap();
        assert_eq!(listed(&rick.get(&newer).await).len(), 50);
        let gone = format!("{PAGE}?before=00000000-0000-7000-8000-000000000000");
        rick.get(&gone).await.shows("Nothing here any more");
        assert!(!rick.get(PAGE).await.body.contains("Over<"));
        world.advance(7 * DAY);
        crate::person::sign_in(&mut rick, "rick@example.org", PASSWORD).await;
        rick.get(PAGE).await.shows("Over<");
        // Whoever invited is gone, and nobody knows who it was.
        world.change("UPDATE invitations SET invited_by = NULL").await;
        rick.get(PAGE).await.shows("The operator, or an account that is gone");
    }
}
