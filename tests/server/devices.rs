//! Browsers that are recognised, the letter about one that is not, and `/was-it-you` behind it.

use crate::browser::{Answer, Browser, CHROME};
use crate::each_database;
use crate::person::{NEW_PASSWORD, PASSWORD, Person, change_password, is_signed_in, sign_in, token_of};
use crate::world::World;
use doorward::domain::devices::{self, DeviceTokens};
use doorward::domain::{accounts, set_up_links};
use doorward::run::tasks::tidy;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The path and query of the link in the one new letter to `to` about a sign-in.
async fn link_to(world: &World, to: &str) -> String {
    let letters = world.notices(to).await;
    assert_eq!(letters.len(), 1, "letters to {to}");
    link_in(&letters[0].links)
}

fn link_in(links: &[String]) -> String {
    let links: Vec<_> = links.iter().filter_map(|link| link.strip_prefix("http://localhost:3000")).collect();
    assert!(links[0].starts_with("/was-it-you?token="), "{links:?}");
    links[0].to_owned()
}

async fn letters_to(world: &World, person: &Person) -> usize {
    world.notices(&person.email).await.len()
}

/// Sends the form behind `link`, from a browser that was never here.
async fn not_me(world: &World, link: &str) -> Answer {
    world.browser().call("/form/was-it-you", &[("token", &token_of(link))]).await
}

#[track_caller]
fn is_done(answer: &Answer) {
    assert_eq!((answer.status, answer.location()), (200, "/forgot-password?ended"), "{}", answer.in_full());
    assert!(answer.cookies.is_empty(), "{:?}", answer.cookies);
}

async fn sign_in_shared(browser: &mut Browser, person: &Person) -> Answer {
    let fields = [("identifier", person.email.as_str()), ("password", &person.password), ("shared", "on")];
    browser.submit("/form/sign-in", &fields).await
}

/// Why the ended sessions ended, and for how many of them the trail says so.
async fn ended(world: &World) -> (Vec<String>, i64) {
    let reasons = world.texts("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL ORDER BY 1").await;
    let entries = world
        .number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'session_ended' AND details LIKE '%\"reason\":\"not_me\"%'")
        .await;
    (reasons, entries)
}

each_database! {
    async fn the_first_sign_in_in_a_browser_is_told_by_mail_and_later_ones_are_not(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut phone = ada.browser.another().taken_to(CHROME);
        phone.address = "192.0.2.7".parse().unwrap();
        sign_in(&mut phone, &ada.email, &ada.password).await.leads_to("/account");
        let letter = world.notices(&ada.email).await.remove(0);
        for part in ["Chrome on Windows", "192.0.2.7", "1 March 2026, 12:00 UTC", "nothing to do", "signs nobody in"] {
            assert!(letter.text.contains(part), "no {part:?} in {}", letter.text);
        }
        assert_eq!(letter.links.len(), 1, "{:?}", letter.links);
        for _ in 0..2 {
            phone.submit("/form/sign-out", &[]).await;
            sign_in(&mut phone, &ada.email, &ada.password).await.leads_to("/account");
        }
        assert_eq!(letters_to(&world, &ada).await, 0, "the same browser");
        ada.signed_in().await;
        assert_eq!(letters_to(&world, &ada).await, 1, "another one");
    }

    async fn a_refused_sign_in_is_told_to_nobody(world: World) {
        let ada = world.register("ada@example.org").await;
        sign_in(&mut world.browser(), &ada.email, NEW_PASSWORD).await;
        world.change("UPDATE accounts SET disabled_at = 1").await;
        sign_in(&mut world.browser(), &ada.email, PASSWORD).await;
        assert_eq!(letters_to(&world, &ada).await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM links WHERE purpose = 'was_it_you'").await, 0);
    }

    async fn what_a_browser_calls_itself_never_reaches_the_letter(world: World) {
        let ada = world.register("ada@example.org").await;
        for claim in ["https://evil.example/ Your account is locked", "<a href='https://evil.example'>Firefox</a>"] {
            let mut browser = world.browser().taken_to(claim);
            sign_in(&mut browser, &ada.email, &ada.password).await.leads_to("/account");
            let letter = world.notices(&ada.email).await.remove(0);
            assert!(!letter.text.contains("evil"), "{}", letter.text);
            assert_eq!(letter.links.len(), 1, "{:?}", letter.links);
            let page = world.browser().get(&link_in(&letter.links)).await;
            assert!(page.status == 200 && !page.body.contains("evil"), "{}", page.body);
        }
    }

    async fn whoever_has_just_made_the_account_gets_no_letter_and_is_recognised_later(world: World) {
        let mut ada = world.register("ada@example.org").await;
        ada.browser.submit("/form/sign-out", &[]).await;
        sign_in(&mut ada.browser, &ada.email, &ada.password).await.leads_to("/account");
        assert_eq!(letters_to(&world, &ada).await, 0);
        set_up_links::offer(&world.app().db).await.unwrap();
        let waiting = std::fs::read_to_string(set_up_links::link_file(&world.app().config)).unwrap();
        let token = token_of(waiting.trim());
        let fields = [("token", token.as_str()), ("email", "root@example.org"), ("new_password", PASSWORD)];
        world.browser().submit("/form/set-up", &fields).await.leads_to("/account");
        let world = world.with(&[("DOORWARD__REGISTRATION__VERIFY_EMAIL", "false")]).await;
        let fields = [("email", "eve@example.org"), ("new_password", PASSWORD)];
        world.browser().submit("/form/register", &fields).await.leads_to("/account");
        assert!(world.notices("root@example.org").await.is_empty() && world.notices("eve@example.org").await.is_empty());
    }

    async fn two_accounts_in_one_browser_are_recognised_each_by_itself(world: World) {
        let (ada, eve) = (world.register("ada@example.org").await, world.register("eve@example.org").await);
        let mut browser = ada.signed_in().await;
        assert_eq!(letters_to(&world, &ada).await, 1);
        sign_in(&mut browser, &eve.email, &eve.password).await.leads_to("/account");
        assert_eq!(letters_to(&world, &eve).await, 1, "known by another account is not known");
        for person in [&ada, &eve, &ada] {
            sign_in(&mut browser, &person.email, &person.password).await.leads_to("/account");
            assert_eq!(letters_to(&world, person).await, 0, "{}", person.email);
        }
    }

    async fn a_planted_device_cookie_is_never_adopted(world: World) {
        let (ada, eve) = (world.register("ada@example.org").await, world.register("eve@example.org").await);
        for planted in ["A".repeat(32), eve.browser.device()] {
            let mut browser = world.browser();
            browser.plant_device(&planted);
            sign_in(&mut browser, &ada.email, &ada.password).await.leads_to("/account");
            assert_eq!(letters_to(&world, &ada).await, 1);
            assert!(!browser.device().starts_with(&planted));
            // Whoever planted it is no more known than before.
            let mut planter = world.browser();
            planter.plant_device(&planted);
            sign_in(&mut planter, &ada.email, &ada.password).await.leads_to("/account");
            assert_eq!(letters_to(&world, &ada).await, 1);
        }
        for odd in ["", ".", "....", "A", &"A.".repeat(2000), "é", &format!("{}.", ada.browser.device()).repeat(20)] {
            let mut browser = world.browser();
            browser.plant_device(odd);
            sign_in(&mut browser, &eve.email, &eve.password).await.leads_to("/account");
            assert!(browser.device().len() <= 4 * 33, "{odd:?}");
        }
    }

    async fn a_stolen_device_cookie_lets_nobody_in(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut thief = world.browser();
        thief.plant_device(&ada.browser.device());
        assert!(!is_signed_in(&mut thief).await);
        assert_ne!(sign_in(&mut thief, &ada.email, NEW_PASSWORD).await.location(), "/account");
        thief.plant(&ada.browser.device());
        assert!(!is_signed_in(&mut thief).await);
    }

    async fn a_shared_computer_is_never_recognised(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = world.browser();
        for _ in 0..2 {
            sign_in_shared(&mut browser, &ada).await.leads_to("/account");
            assert_eq!((browser.device(), letters_to(&world, &ada).await), (String::new(), 1));
            browser.submit("/form/sign-out", &[]).await;
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM devices").await, 1, "the one that registered");
    }

    async fn the_link_ends_the_session_it_tells_of_and_no_other(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut kept = ada.signed_in_remembered().await;
        link_to(&world, &ada.email).await;
        let mut stranger = ada.signed_in().await;
        let link = link_to(&world, &ada.email).await;
        for _ in 0..3 {
            let page = world.browser().get(&link).await;
            page.shows("Firefox on Linux").shows("127.0.0.1").shows("Still signed in").shows("End session");
            assert!(page.status == 200 && page.cookies.is_empty());
            assert!(!page.body.contains("ada@") && !page.body.contains("ada-"), "it names nobody: {}", page.body);
        }
        assert!(is_signed_in(&mut stranger).await, "looking ends nothing");
        let answer = not_me(&world, &link).await;
        is_done(&answer);
        world.browser().get(answer.location()).await.shows("The session is ended.").shows("name=\"email\"");
        assert!(!is_signed_in(&mut stranger).await);
        assert!(is_signed_in(&mut kept).await && is_signed_in(&mut ada.browser.clone()).await);
        assert_eq!(ended(&world).await, (vec!["not_me".to_owned()], 1));
        not_me(&world, &link).await.is(410, "link_expired");
        let page = world.browser().get(&link).await;
        assert_eq!(page.status, 410);
        page.shows("no longer works").shows("href=\"/forgot-password\"");
    }

    async fn each_letters_link_stays_good_beside_the_others(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut first = ada.signed_in().await;
        let link_to_first = link_to(&world, &ada.email).await;
        let mut second = ada.signed_in().await;
        let link_to_second = link_to(&world, &ada.email).await;
        world.forgot_password(&ada.email).await;
        is_done(&not_me(&world, &link_to_first).await);
        assert!(!is_signed_in(&mut first).await && is_signed_in(&mut second).await);
        is_done(&not_me(&world, &link_to_second).await);
        assert!(!is_signed_in(&mut second).await);
    }

    async fn the_link_is_good_for_a_week(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in_remembered().await;
        let link = link_to(&world, &ada.email).await;
        for day in 0..7 {
            assert_eq!(world.browser().get(&link).await.status, 200, "{day}");
            assert!(is_signed_in(&mut browser).await);
            world.advance(DAY);
        }
        assert_eq!(world.browser().get(&link).await.status, 410);
        not_me(&world, &link).await.is(410, "link_expired");
        tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM links").await, 0);
    }

    async fn of_two_posts_at_once_one_ends_the_session(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in().await;
        let link = link_to(&world, &ada.email).await;
        let (one, other) = tokio::join!(not_me(&world, &link), not_me(&world, &link));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410]);
        assert!(!is_signed_in(&mut browser).await);
        assert_eq!(ended(&world).await, (vec!["not_me".to_owned()], 1));
    }

    async fn nobodys_link_ends_a_session_of_somebody_else(world: World) {
        let (ada, eve) = (world.register("ada@example.org").await, world.register("eve@example.org").await);
        let mut adas = ada.signed_in().await;
        eve.signed_in().await;
        let link = link_to(&world, &eve.email).await;
        is_done(&not_me(&world, &link).await);
        // Nor would one whose row was made to point elsewhere.
        eve.signed_in().await;
        let link = link_to(&world, &eve.email).await;
        let forge = "UPDATE links SET session_handle = (SELECT handle FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.email = 'ada@example.org' LIMIT 1) WHERE account_id = (SELECT id FROM accounts WHERE email = 'eve@example.org')";
        assert_eq!(world.change(forge).await, 1);
        assert_eq!(world.browser().get(&link).await.status, 410);
        not_me(&world, &link).await;
        assert!(is_signed_in(&mut adas).await && is_signed_in(&mut ada.browser.clone()).await);
    }

    async fn a_link_for_one_purpose_is_good_for_no_other(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in().await;
        let link = link_to(&world, &ada.email).await;
        let reset = world.forgot_password(&ada.email).await;
        for path in ["/form/reset-password", "/form/create-account", "/form/set-up"] {
            let fields = [("token", token_of(&link)), ("new_password", NEW_PASSWORD.to_owned()), ("email", "x@example.org".to_owned())];
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            world.browser().call(path, &fields).await.is(410, "link_expired");
        }
        for made_up in [reset.as_str(), "", "x", &"0".repeat(64), &token_of(&link).to_uppercase()] {
            world.browser().call("/form/was-it-you", &[("token", made_up)]).await.is(410, "link_expired");
            assert_eq!(world.browser().get(&format!("/was-it-you?token={made_up}")).await.status, 410);
        }
        assert_eq!(world.browser().get("/was-it-you").await.status, 410);
        assert!(is_signed_in(&mut browser).await);
    }

    async fn a_session_that_is_over_is_shown_as_such_and_the_password_page_offered(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut idle = ada.signed_in().await;
        let link = link_to(&world, &ada.email).await;
        world.advance(HOUR);
        for tidied in [false, true] {
            if tidied {
                tidy(world.app(), false).await.unwrap();
            }
            let page = world.browser().get(&link).await;
            page.shows("Not signed in any more").shows("href=\"/forgot-password\"").shows("It was not me");
            assert!(page.status == 200 && !page.body.contains("End session"));
        }
        assert!(!is_signed_in(&mut idle).await);
        is_done(&not_me(&world, &link).await);
        assert_eq!(ended(&world).await.1, 0, "there was nothing to end");
    }

    async fn a_thief_who_signs_in_again_in_the_same_browser_is_not_past_the_link(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut thief = ada.signed_in().await;
        let link = link_to(&world, &ada.email).await;
        let mut copy = thief.clone();
        sign_in(&mut thief, &ada.email, &ada.password).await.leads_to("/account");
        sign_in(&mut copy, &ada.email, &ada.password).await.leads_to("/account");
        assert_eq!(letters_to(&world, &ada).await, 0);
        world.browser().get(&link).await.shows("Still signed in");
        is_done(&not_me(&world, &link).await);
        assert!(!is_signed_in(&mut thief).await && !is_signed_in(&mut copy).await);
        assert!(is_signed_in(&mut ada.browser.clone()).await);
        sign_in(&mut thief, &ada.email, &ada.password).await.leads_to("/account");
        assert_eq!(letters_to(&world, &ada).await, 1, "that browser is an unknown one again");
    }

    async fn a_thief_who_changes_the_password_does_not_void_the_link(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut thief = ada.signed_in().await;
        let link = link_to(&world, &ada.email).await;
        change_password(&mut thief, PASSWORD, NEW_PASSWORD).await.leads_to("/account/password?changed");
        assert!(is_signed_in(&mut thief).await);
        is_done(&not_me(&world, &link).await);
        assert!(!is_signed_in(&mut thief).await);
    }

    async fn whoever_signs_in_from_many_browsers_at_once_does_not_bury_the_first_letter(world: World) {
        let ada = world.register("ada@example.org").await;
        for _ in 0..12 {
            ada.signed_in().await;
        }
        let letters = world.notices(&ada.email).await;
        assert_eq!(letters.len(), 10);
        let last: Vec<_> = letters.iter().filter(|letter| letter.text.contains("no further letters")).collect();
        assert_eq!(last.len(), 1, "and it is said that there are more");
        assert!(last[0].links.contains(&"http://localhost:3000/forgot-password".to_owned()), "{:?}", last[0].links);
        for letter in &letters {
            assert_eq!(world.browser().get(&link_in(&letter.links)).await.status, 200);
        }
        let eve = world.register("eve@example.org").await;
        eve.signed_in().await;
        assert_eq!(letters_to(&world, &eve).await, 1, "somebody else's are told");
        world.advance(HOUR);
        ada.signed_in().await;
        assert_eq!(letters_to(&world, &ada).await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'signed_in'").await, 16);
    }

    async fn a_browser_is_forgotten_400_days_after_its_last_sign_in(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut browser = ada.signed_in().await;
        for expected in [1, 0, 1] {
            assert_eq!(letters_to(&world, &ada).await, expected);
            world.advance(if expected == 1 { 400 * DAY } else { 400 * DAY + Duration::from_secs(1) });
            tidy(world.app(), false).await.unwrap();
            sign_in(&mut browser, &ada.email, &ada.password).await.leads_to("/account");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM devices").await, 1);
    }

    async fn an_account_knows_a_hundred_browsers_and_forgets_the_one_unused_for_longest(world: World) {
        let ada = world.register("ada@example.org").await;
        let (app, mut browsers) = (world.app(), vec![DeviceTokens::parse(&ada.browser.device())]);
        let account = accounts::list(&app.db, 0).await.unwrap().remove(0).id;
        browsers.resize(100, DeviceTokens::default());
        let recognise = async |tokens: &mut DeviceTokens| {
            world.advance(Duration::from_secs(1));
            let mut tx = app.db.begin().await.unwrap();
            let found = devices::recognise(&mut tx, account, tokens).await.unwrap();
            tx.commit().await.unwrap();
            found.new
        };
        for tokens in &mut browsers[1..] {
            assert!(recognise(tokens).await);
        }
        for tokens in &mut browsers {
            assert!(!recognise(tokens).await, "a hundred are known");
        }
        let mut one_more = DeviceTokens::default();
        assert!(recognise(&mut one_more).await);
        assert_eq!(world.number("SELECT COUNT(*) FROM devices").await, 100);
        assert!(!recognise(&mut one_more).await && !recognise(&mut browsers[1]).await);
        assert!(recognise(&mut browsers[0]).await, "the one unused for longest");
    }
}
