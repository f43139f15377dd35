//! The pages of second factors, from the first scan to the last code.

use crate::browser::{Answer, Browser};
use crate::each_database;
use crate::person::{PASSWORD, is_signed_in};
use crate::world::World;
use doorward::domain::accounts::{self, Email};
use doorward::domain::factors::totp::Key;
use doorward::domain::factors::{self, Checked};
use std::time::Duration;

const PAGE: &str = "/account/second-factor";
const TOTP: &str = "/account/second-factor/totp";
pub const CODES: &str = "/account/second-factor/recovery-codes";
pub const DOWNLOAD: &str = "/account/second-factor/recovery-codes.txt";
const MINUTE: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(660);

/// What stands between two texts on a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> Option<&'a str> {
    page.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}

/// The key that the page shows to be typed into an app.
pub async fn key_shown(browser: &mut Browser) -> Key {
    key_shown_on(browser, TOTP).await
}

pub async fn key_shown_on(browser: &mut Browser, path: &str) -> Key {
    let page = browser.get(path).await;
    let shown = between(&page.body, "id=\"totp-key\"", "</code>").unwrap_or_else(|| panic!("{}", page.in_full()));
    let seed = shown.split_once('>').unwrap().1.replace(' ', "");
    Key::from_bytes(format!("SHA1 6 30 {}", seed.trim()).as_bytes()).unwrap()
}

/// The key of an app in base32.
pub fn seed(key: &Key) -> String {
    key.grouped().replace(' ', "")
}

/// The code that an app with `key` shows now.
pub fn code(world: &World, key: &Key) -> String {
    key.code(world.app().clock.now()).unwrap().to_string()
}

pub async fn turn_on(world: &World, browser: &mut Browser, key: &Key) -> Answer {
    let code = code(world, key);
    browser.submit("/form/turn-on-totp", &[("code", &code), ("device_name", "Phone")]).await
}

pub async fn codes_shown(browser: &mut Browser) -> Vec<String> {
    let page = browser.get(CODES).await;
    let Some(list) = between(&page.body, "<ol id=\"codes\"", "</ol>") else { return Vec::new() };
    list.split("<code>").skip(1).map(|rest| rest.split_once("</code>").unwrap().0.to_owned()).collect()
}

/// With an app and its recovery codes, saved.
pub async fn protected(world: &World, email: &str) -> (Browser, Key, Vec<String>) {
    let mut browser = world.register(email).await.browser;
    let key = key_shown(&mut browser).await;
    turn_on(world, &mut browser, &key).await.leads_to(CODES);
    let codes = codes_shown(&mut browser).await;
    browser.submit("/form/recovery-codes-saved", &[]).await.leads_to("/account/second-factor?saved");
    (browser, key, codes)
}

async fn check(world: &World, email: &str, typed: &str) -> Checked {
    let app = world.app();
    let account = accounts::find_by_email(&app.db, &Email::parse(email).unwrap()).await.unwrap().unwrap().id;
    let mut tx = app.db.begin_recorded().await.unwrap();
    let checked = factors::check(&mut tx, &app.vault, account, None, typed, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    checked
}

/// The id of the app that the page lists first.
pub async fn first_app(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await;
    between(&page.body, "?name=", "\"").unwrap_or_else(|| panic!("{}", page.in_full())).to_owned()
}

async fn apps(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM totp_authenticators").await
}

each_database! {
    async fn a_newcomer_scans_enters_a_code_and_saves_the_recovery_codes(world: World) {
        let mut ada = world.register("ada@example.org").await.browser;
        ada.get("/account").await.shows("whoever knows your password can sign in");
        ada.get(PAGE).await.shows("No second factor yet");
        let page = ada.get(TOTP).await;
        page.shows("class=\"qr\"").shows("role=\"img\"").shows("otpauth://totp/Doorward:ada%40example.org?secret=");
        page.shows("autocomplete=\"one-time-code\"").shows("inputmode=\"numeric\"").shows(">Turn on</button>");
        assert!(!page.body.contains("style=\"") && page.header("cache-control") == "no-store", "{}", page.in_full());

        let (key, before) = (key_shown(&mut ada).await, ada.clone());
        turn_on(&world, &mut ada, &key).await.leads_to(CODES);
        assert!(!is_signed_in(&mut before.clone()).await, "the session has a new id");
        world.letter("ada@example.org").await;

        let codes = codes_shown(&mut ada).await;
        assert!(codes.len() == 10 && codes.iter().all(|code| code.len() == 29), "{codes:?}");
        assert_eq!(codes_shown(&mut ada).await, codes, "a reload loses none");
        let file = ada.get(DOWNLOAD).await;
        assert_eq!((file.status, file.header("cache-control"), file.header("content-disposition")), (200, "no-store", "attachment; filename=\"recovery-codes.txt\""));
        for code in &codes {
            file.shows(code);
        }
        ada.submit("/form/recovery-codes-saved", &[]).await.leads_to("/account/second-factor?saved");
        assert_eq!(codes_shown(&mut ada).await, Vec::<String>::new(), "shown once");
        ada.get(DOWNLOAD).await.leads_to(CODES);
        ada.get(PAGE).await.shows("Phone").shows("You have 10 left");
        ada.get("/account").await.shows("On: an authenticator app, 10 recovery codes left");
        ada.get("/account/activity").await.shows("An authenticator app was turned on").shows("New recovery codes were made");

        assert_eq!(check(&world, "ada@example.org", &code(&world, &key)).await, Checked::Wrong, "the first code was used up");
        world.advance(MINUTE);
        assert!(matches!(check(&world, "ada@example.org", &code(&world, &key)).await, Checked::Right(_)));
        assert!(matches!(check(&world, "ada@example.org", &codes[9]).await, Checked::Right(_)));
    }

    async fn a_wrong_code_changes_nothing_and_the_same_qr_code_stays_good(world: World) {
        let mut ada = world.register("ada@example.org").await.browser;
        let key = key_shown(&mut ada).await;
        ada.call("/form/turn-on-totp", &[("code", "000000")]).await.is(422, "wrong_code");
        let refused = ada.submit("/form/turn-on-totp", &[("code", "000000")]).await;
        ada.get(refused.location()).await.shows("That code is not right").shows("aria-invalid");
        for minutes in [4, -4] {
            let now = world.app().clock.now().0 + minutes * 60_000_000;
            let off = key.code(doorward::base::clock::UnixMicros(now)).unwrap();
            ada.call("/form/turn-on-totp", &[("code", &off)]).await.is(422, "code_clock_off");
        }
        assert_eq!(apps(&world).await, 0);
        assert_eq!(seed(&key_shown(&mut ada).await), seed(&key));
        let spaced = code(&world, &key);
        let spaced = format!(" {} {} ", &spaced[..3], &spaced[3..]);
        ada.submit("/form/turn-on-totp", &[("code", &spaced)]).await.leads_to(CODES);
        ada.call("/form/turn-on-totp", &[("code", &code(&world, &key))]).await.is(409, "set_up_over");
        assert_ne!(seed(&key_shown(&mut ada).await), seed(&key), "each app has a key of its own");
    }

    async fn nobody_confirms_a_key_that_another_session_was_shown(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut one, mut other) = ada.signed_in_twice().await;
        let key = key_shown(&mut one).await;
        other.call("/form/turn-on-totp", &[("code", &code(&world, &key))]).await.is(409, "set_up_over");
        let prepared = key_shown(&mut other).await;
        assert_ne!(seed(&prepared), seed(&key));
        one.call("/form/turn-on-totp", &[("code", &code(&world, &prepared))]).await.is(422, "wrong_code");
        turn_on(&world, &mut one, &key).await.leads_to(CODES);
        assert_eq!(codes_shown(&mut other).await, Vec::<String>::new());
        other.get(DOWNLOAD).await.leads_to(CODES);
    }

    async fn one_code_sent_by_twenty_forms_at_once_turns_on_one_app(world: World) {
        let mut ada = world.register("ada@example.org").await.browser;
        let key = key_shown(&mut ada).await;
        let code = code(&world, &key);
        let sent = (0..20).map(|_| {
            let (mut browser, code) = (ada.clone(), code.clone());
            async move { browser.call("/form/turn-on-totp", &[("code", &code)]).await.location().to_owned() }
        });
        let led_to = futures_util::future::join_all(sent).await;
        assert_eq!(led_to.iter().filter(|page| *page == CODES).count(), 1, "{led_to:?}");
        assert_eq!((apps(&world).await, world.number("SELECT COUNT(*) FROM recovery_codes").await), (1, 10));
    }

    async fn a_key_is_good_for_an_hour_and_recovery_codes_are_shown_for_ten_minutes(world: World) {
        let world = world.with(&[("DOORWARD__SESSION__RECENT", "3h"), ("DOORWARD__SESSION__IDLE_TIMEOUT", "3h")]).await;
        let mut ada = world.register("ada@example.org").await.browser;
        let key = key_shown(&mut ada).await;
        world.advance(61 * MINUTE);
        ada.call("/form/turn-on-totp", &[("code", &code(&world, &key))]).await.is(409, "set_up_over");
        let key = key_shown(&mut ada).await;
        turn_on(&world, &mut ada, &key).await.leads_to(CODES);
        world.advance(9 * MINUTE);
        assert_eq!(codes_shown(&mut ada).await.len(), 10);
        world.advance(2 * MINUTE);
        assert_eq!(codes_shown(&mut ada).await.len(), 0);
        doorward::run::tasks::tidy(world.app(), false).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM factor_drafts").await, 0);
    }

    async fn whoever_proved_long_ago_who_they_are_is_asked_before_anything_is_shown_or_done(world: World) {
        let (mut ada, ..) = protected(&world, "ada@example.org").await;
        let id = first_app(&mut ada).await;
        let off = format!("{PAGE}?off={id}");
        let key = key_shown(&mut ada).await;
        world.advance(LONG);
        for (path, then) in [(TOTP, TOTP), (CODES, CODES), (off.as_str(), &format!("{PAGE}%3Foff%3D{id}"))] {
            let asked = ada.get(path).await;
            asked.leads_to(&format!("/confirm?then={then}"));
            assert!(!asked.body.contains("otpauth") && !asked.body.contains("<form"), "{}", asked.body);
        }
        let audit = world.audit_kinds().await;
        for (form, fields, then) in [
            ("/form/turn-on-totp", vec![("code", code(&world, &key))], TOTP.to_owned()),
            ("/form/turn-off-totp", vec![("authenticator", id.clone())], format!("{PAGE}%3Foff%3D{id}")),
            ("/form/make-recovery-codes", vec![], CODES.to_owned()),
        ] {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            ada.submit(form, &fields).await.leads_to(&format!("/confirm?then={then}"));
        }
        assert_eq!((world.audit_kinds().await, apps(&world).await), (audit, 1));
        ada.submit("/form/confirm", &[("password", PASSWORD), ("then", TOTP)]).await.leads_to(TOTP);
        assert_eq!(seed(&key_shown(&mut ada).await), seed(&key), "and goes on where they were");
        turn_on(&world, &mut ada, &key).await.leads_to("/account/second-factor?on");
    }

    async fn turning_the_last_one_off_takes_the_recovery_codes_along_and_is_written_about(world: World) {
        let (mut ada, ..) = protected(&world, "ada@example.org").await;
        let key = key_shown(&mut ada).await;
        turn_on(&world, &mut ada, &key).await.leads_to("/account/second-factor?on");
        let first = first_app(&mut ada).await;
        let question = ada.get(&format!("{PAGE}?off={first}")).await;
        question.shows("Your other apps and your recovery codes do");
        assert_eq!(question.body.matches(">Turn off</button>").count(), 1);
        ada.submit("/form/turn-off-totp", &[("authenticator", &first)]).await.leads_to("/account/second-factor?turned-off");
        ada.call("/form/turn-off-totp", &[("authenticator", &first)]).await.is(404, "not_found");
        let last = first_app(&mut ada).await;
        ada.get(&format!("{PAGE}?off={last}")).await.shows("It is your last one");
        ada.submit("/form/turn-off-totp", &[("authenticator", &last)]).await.leads_to("/account/second-factor?turned-off");
        assert_eq!((apps(&world).await, world.number("SELECT COUNT(*) FROM recovery_codes").await), (0, 0));
        let mut subjects: Vec<_> = world.letters().await.into_iter().filter(|letter| letter.to == "ada@example.org").map(|letter| letter.subject).collect();
        subjects.sort();
        let count = |start: &str| subjects.iter().filter(|subject| subject.starts_with(start)).count();
        assert_eq!([count("Second factor turned on"), count("An authenticator app was turned off"), count("Second factor turned off")], [2, 1, 1], "{subjects:?}");
        ada.get(PAGE).await.shows("No second factor yet");
    }

    async fn nobody_turns_off_names_or_sees_what_is_anothers(world: World) {
        let (mut ada, ..) = protected(&world, "ada@example.org").await;
        let (mut eve, ..) = protected(&world, "eve@example.org").await;
        let id = first_app(&mut ada).await;
        eve.call("/form/turn-off-totp", &[("authenticator", &id)]).await.is(404, "not_found");
        eve.call("/form/name-authenticator", &[("authenticator", &id), ("device_name", "Eve’s")]).await.is(404, "not_found");
        for question in ["off", "name"] {
            let page = eve.get(&format!("{PAGE}?{question}={id}")).await;
            assert!(!page.body.contains(&id), "{}", page.body);
        }
        for odd in ["", "x", "00000000-0000-0000-0000-00000000000g"] {
            eve.call("/form/turn-off-totp", &[("authenticator", odd)]).await.is(400, "bad_request");
        }
        assert_eq!(apps(&world).await, 2);
        ada.submit("/form/name-authenticator", &[("authenticator", &id), ("device_name", "Work <b>laptop</b>")]).await.leads_to("/account/second-factor?named");
        ada.get(PAGE).await.shows("Work &lt;b&gt;laptop");
        ada.call("/form/name-authenticator", &[("authenticator", &id), ("device_name", &"x".repeat(41))]).await.is(422, "invalid_device_name");
    }

    async fn new_recovery_codes_void_all_the_old_ones_and_few_left_is_said(world: World) {
        let mut lone = world.register("eve@example.org").await.browser;
        lone.get(CODES).await.shows("No recovery codes yet");
        lone.call("/form/make-recovery-codes", &[]).await.is(404, "not_found");
        let (mut ada, _, old) = protected(&world, "ada@example.org").await;
        for used in &old[..7] {
            assert!(matches!(check(&world, "ada@example.org", used).await, Checked::Right(_)));
        }
        for page in [PAGE, "/account"] {
            ada.get(page).await.shows("You have 3 recovery codes left");
        }
        ada.get(CODES).await.shows("All the old ones stop working at once");
        ada.submit("/form/make-recovery-codes", &[]).await.leads_to(CODES);
        let new = codes_shown(&mut ada).await;
        assert_eq!(new.len(), 10);
        assert_eq!(check(&world, "ada@example.org", &old[9]).await, Checked::Wrong);
        assert!(matches!(check(&world, "ada@example.org", &new[0]).await, Checked::Right(_)));
        assert!(!ada.get(PAGE).await.body.contains("recovery codes left"));
        let letters = world.letters().await;
        assert!(letters.iter().any(|letter| letter.subject.starts_with("New recovery codes")));
    }

    async fn there_are_ten_apps_at_most(world: World) {
        let (mut ada, ..) = protected(&world, "ada@example.org").await;
        for _ in 1..10 {
            let key = key_shown(&mut ada).await;
            turn_on(&world, &mut ada, &key).await.leads_to("/account/second-factor?on");
        }
        let key = key_shown(&mut ada).await;
        ada.call("/form/turn-on-totp", &[("code", &code(&world, &key))]).await.is(409, "too_many_authenticators");
        assert_eq!(apps(&world).await, 10);
    }

    async fn after_turning_on_the_other_sessions_can_be_ended(world: World) {
        let ada = world.register("ada@example.org").await;
        let (mut here, mut there) = ada.signed_in_twice().await;
        let key = key_shown(&mut here).await;
        turn_on(&world, &mut here, &key).await.leads_to(CODES);
        here.submit("/form/recovery-codes-saved", &[]).await;
        here.get("/account/second-factor?saved").await.shows("Sign out everywhere else").shows("2 other places");
        here.submit("/form/end-other-sessions", &[]).await;
        assert!(is_signed_in(&mut here).await && !is_signed_in(&mut there).await);
    }

    async fn apps_are_given_what_the_operator_chose_and_keep_it_when_that_changes(world: World) {
        let world = world.with(&[("DOORWARD__SECOND_FACTOR__DIGITS", "8"), ("DOORWARD__SECOND_FACTOR__ALGORITHM", "SHA256")]).await;
        let mut ada = world.register("ada@example.org").await.browser;
        let page = ada.get(TOTP).await;
        page.shows("digits=8").shows("algorithm=SHA256").shows("8 digits");
        let key = Key::from_bytes(format!("SHA256 8 30 {}", seed(&key_shown(&mut ada).await)).as_bytes()).unwrap();
        turn_on(&world, &mut ada, &key).await.leads_to(CODES);
        let world = world.with(&[]).await;
        world.advance(MINUTE);
        assert!(matches!(check(&world, "ada@example.org", &code(&world, &key)).await, Checked::Right(_)));
    }
}
