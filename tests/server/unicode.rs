//! What people type, in whatever script and from wherever it was copied.

use crate::browser::Browser;
use crate::each_database;
use crate::enrolment::{ENROL, EVERYONE};
use crate::passkeys::with_passkey;
use crate::person::{PASSWORD, is_signed_in, sign_in};
use crate::program::{Program, run_beside};
use crate::second_factor::{CODES, code, key_shown, key_shown_on, protected};
use crate::soft_key::{SoftKey, ask};
use crate::world::World;
use doorward::base::clock::{Clock, SystemClock};
use doorward::flows::imports::{self, Options};
use serde_json::{Value, json};
use std::time::Duration;

const EMAIL: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);
const ALL_OR_NOTHING: Options = Options { dry_run: false, continue_on_error: false };
/// The digits of keyboards for Arabic, Persian, Hindi, and of one that types wide ones.
const DIGITS: [[char; 10]; 4] = [
    ['٠', '١', '٢', '٣', '٤', '٥', '٦', '٧', '٨', '٩'],
    ['۰', '۱', '۲', '۳', '۴', '۵', '۶', '۷', '۸', '۹'],
    ['०', '१', '२', '३', '४', '५', '६', '७', '८', '९'],
    ['０', '１', '２', '３', '４', '５', '６', '７', '８', '９'],
];
/// Around what is copied from mail programs, chats and word processors.
const COPIED: [(&str, &str); 5] = [
    ("\u{feff}", ""),
    ("", "\u{200b}"),
    ("\u{202a}\u{200e}", "\u{202c}\u{200f}"),
    ("\u{a0}", "\u{a0}"),
    ("\u{2060}\u{200d}", "\u{ad}\r\n"),
];

/// The code with the digits of another script.
fn in_digits(code: &str, digits: [char; 10]) -> String {
    let other = |letter: char| letter.to_digit(10).map_or(letter, |value| digits[value as usize]);
    code.chars().map(other).collect()
}

async fn waiting(world: &World) -> Browser {
    let mut browser = world.browser();
    sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/sign-in/second-factor");
    browser
}

/// An answer of `key`, as some password managers write it.
async fn without_handle(key: &mut SoftKey, act: &str, browser: &mut Browser) -> (String, String) {
    let asked = ask(browser, act, "").await;
    let mut credential: Value = serde_json::from_str(&key.sign(&asked).await).unwrap();
    credential["response"]["userHandle"] = "".into();
    (asked.challenge, credential.to_string())
}

async fn called(browser: &mut Browser, name: &str) -> u16 {
    browser.call("/form/save-profile", &[("display_name", name), ("username", "ada-name")]).await.status
}

each_database! {
    async fn a_code_may_be_typed_in_the_digits_of_any_script_at_every_door(world: World) {
        let mut ada = world.register(EMAIL).await.browser;
        let key = key_shown(&mut ada).await;
        let typed = in_digits(&code(&world, &key), DIGITS[0]);
        ada.submit("/form/turn-on-totp", &[("code", &typed)]).await.leads_to(CODES);
        let codes = crate::second_factor::codes_shown(&mut ada).await;
        for digits in DIGITS {
            world.advance(MINUTE);
            let mut browser = waiting(&world).await;
            let typed = format!("\u{200f}{}\u{200e}", in_digits(&code(&world, &key), digits));
            browser.submit("/form/second-factor", &[("code", &typed), ("trust", "on")]).await.leads_to("/account");
            // In the browser that is trusted now, the code is what is still missing.
            browser.submit("/form/sign-out", &[]).await;
            sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to("/account");
            world.advance(MINUTE);
            let typed = in_digits(&code(&world, &key), digits);
            browser.call("/form/confirm-with-code", &[("code", &typed), ("then", CODES)]).await.goes_to(CODES);
            world.advance(MINUTE);
            let typed = in_digits(&code(&world, &key), digits);
            let signed_in = world.caller().sign_in(json!({ "identifier": EMAIL, "password": PASSWORD, "code": typed })).await;
            assert_eq!(signed_in.status, 200, "{}", signed_in.in_full());
        }
        for (recovery, digits) in codes.iter().zip(DIGITS) {
            let mut browser = waiting(&world).await;
            browser.submit("/form/second-factor", &[("code", &in_digits(recovery, digits))]).await.leads_to("/account");
        }
        // A wrong one is as wrong as ever.
        let mut browser = waiting(&world).await;
        world.advance(MINUTE);
        let right = code(&world, &key);
        let wrong = if right.starts_with('0') { right.replacen('0', "1", 1) } else { right.replacen(&right[..1], "0", 1) };
        browser.call("/form/second-factor", &[("code", &in_digits(&wrong, DIGITS[1]))]).await.is(422, "wrong_code");
    }

    async fn nor_need_they_be_the_digits_of_ascii_where_a_factor_has_to_be_set_up(world: World) {
        world.register(EMAIL).await;
        let world = world.with(&[EVERYONE]).await;
        let mut browser = world.browser();
        sign_in(&mut browser, EMAIL, PASSWORD).await.leads_to(ENROL);
        let key = key_shown_on(&mut browser, ENROL).await;
        let typed = in_digits(&code(&world, &key), DIGITS[1]);
        let enrolled = browser.submit("/form/enrol-totp", &[("code", &typed)]).await;
        assert_eq!(enrolled.location().split('?').next(), Some(CODES), "{}", enrolled.in_full());
        assert!(is_signed_in(&mut browser).await);
    }

    async fn a_name_may_hold_the_joiners_that_its_script_needs_and_nothing_else_that_is_not_seen(world: World) {
        let (mut ada, _) = with_passkey(&world, EMAIL).await;
        let passkey = crate::passkeys::first(&mut ada).await;
        let fitting = ["علی\u{200c}رضا", "ශ්\u{200d}රී", "Ada 👩🏽\u{200d}🔬", "🏳\u{fe0f}\u{200d}🌈"];
        let hiding = ["A\u{200d}da", "Ada\u{200c}", "\u{200d}Ada", "Ada\u{2066}B", "Ad\u{200b}a", "👩\u{200d}a"];
        for name in fitting {
            assert_eq!(called(&mut ada, name).await, 200, "{name}");
            assert_eq!(world.texts("SELECT display_name FROM accounts").await, [name]);
            ada.get("/account/profile").await.shows(name);
            assert_eq!(ada.call("/form/name-passkey", &[("passkey", &passkey), ("device_name", name)]).await.status, 200);
            let token = [("token_name", name), ("scope_profile", "on"), ("days", "30")];
            assert_eq!(ada.call("/form/make-token", &token).await.status, 200);
            ada.call("/form/token-saved", &[]).await;
        }
        for name in hiding {
            ada.call("/form/save-profile", &[("display_name", name), ("username", "ada-name")]).await.is(422, "invalid_name");
            ada.call("/form/name-passkey", &[("passkey", &passkey), ("device_name", name)]).await.is(422, "invalid_device_name");
            let token = [("token_name", name), ("scope_profile", "on"), ("days", "30")];
            ada.call("/form/make-token", &token).await.is(422, "invalid_token_name");
        }
        for (number, name) in fitting.into_iter().enumerate() {
            let file = format!("email,display_name\nperson{number}@example.org,{name}\n");
            assert_eq!(imports::import(&world.app().db, file.as_bytes(), ALL_OR_NOTHING).await.unwrap().imported, 1, "{name}");
        }
        for name in hiding {
            let file = format!("email,display_name\nnobody@example.org,{name}\n");
            let report = imports::import(&world.app().db, file.as_bytes(), ALL_OR_NOTHING).await.unwrap();
            assert!(report.refused[0].reason.starts_with("display_name: "), "{name}");
        }
    }

    async fn what_a_copied_address_brings_along_is_passed_over(world: World) {
        for (number, (before, after)) in COPIED.into_iter().enumerate() {
            let email = format!("person{number}@example.org");
            let copied = format!("{before}{}{after}", email.to_uppercase());
            let mut browser = world.browser();
            browser.submit("/form/register", &[("email", &copied)]).await.leads_to("/register?sent");
            let link = world.mailed_link(&email, "/verify-email").await;
            let token = crate::person::token_of(&link);
            browser.submit("/form/create-account", &[("token", &token), ("new_password", PASSWORD)]).await.leads_to("/account");
            sign_in(&mut world.browser(), &copied, PASSWORD).await.leads_to("/account");
            let username = world.texts(&format!("SELECT username FROM accounts WHERE email = '{email}'")).await.remove(0);
            sign_in(&mut world.browser(), &format!("{before}{username}{after}"), PASSWORD).await.leads_to("/account");
            assert_eq!(world.caller().sign_in(json!({ "identifier": copied, "password": PASSWORD })).await.status, 200);
            world.browser().submit("/form/forgot-password", &[("email", &copied)]).await.leads_to("/forgot-password?sent");
            world.mailed_link(&email, "/reset-password").await;
        }
        for inside in ["per\u{200b}son@example.org", "person0\u{feff}@example.org", "person0@exam\u{200b}ple.org", "person0@example\u{ad}.org", "person0@\u{2060}example.org"] {
            let mut browser = world.browser();
            browser.call("/form/register", &[("email", inside)]).await.is(422, "invalid_email");
            browser.call("/form/sign-in", &[("identifier", inside), ("password", PASSWORD)]).await.is(401, "wrong_credentials");
        }
    }

    async fn nor_does_it_matter_on_the_command_line(world: World) {
        world.register(EMAIL).await;
        world.advance(SystemClock.now().since(world.clock.now()));
        for (before, after) in COPIED {
            let who = format!("{before}{EMAIL}{after}");
            assert!(run_beside(&world, &["user", "show", &who]).await.with(0).out.contains(EMAIL));
        }
        let world = world.with(&[("DOORWARD__REGISTRATION__MODE", "invite")]).await;
        run_beside(&world, &["invitation", "create", "\u{202a}eve@example.org\u{200b}"]).await.with(0);
        assert_eq!(world.texts("SELECT email FROM invitations").await, ["eve@example.org"]);
    }

    async fn an_empty_user_handle_of_a_passkey_is_none(world: World) {
        let (_, mut key) = with_passkey(&world, EMAIL).await;
        // Where it is plain whose it must be, it may be left out (WebAuthn Level 3 §7.2, step 6).
        let mut browser = waiting(&world).await;
        let (challenge, credential) = without_handle(&mut key, "second-factor", &mut browser).await;
        browser.call("/form/second-factor-passkey", &[("challenge", &challenge), ("credential", &credential)]).await.goes_to("/account");
        let mut stranger = world.browser();
        let (challenge, credential) = without_handle(&mut key, "sign-in", &mut stranger).await;
        stranger.call("/form/sign-in-with-passkey", &[("challenge", &challenge), ("credential", &credential)]).await.is(403, "passkey_refused");
        key.sign_in(&mut stranger).await.goes_to("/account/profile");
    }

    async fn a_letter_to_a_stranger_holds_nothing_that_somebody_else_chose(world: World) {
        let (mut eve, _, _) = protected(&world, "eve@example.org").await;
        let profile = [("display_name", "https://evil.example/now"), ("username", "win.evil.example")];
        assert_eq!(eve.call("/form/save-profile", &profile).await.status, 200);
        eve.submit("/form/change-email", &[("email", EMAIL)]).await.leads_to("/account/profile?email-sent");
        let letter = world.letter(EMAIL).await;
        assert!(letter.subject.contains("Confirm"), "{}", letter.subject);
        assert!(!letter.subject.contains("evil") && !letter.text.contains("evil"), "{}", letter.text);
        // Whoever opens the link reads which account it is, on a page of ours.
        let (_, page) = letter.links[0].split_once("/verify-email").unwrap();
        world.browser().get(&format!("/verify-email{page}")).await.shows("win.evil.example");
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_a_password_on_standard_input_is_no_part_of_it() {
    let program = Program::new();
    let create = |email: &str, text: &str| program.run_with(&["user", "create", "--email", email], text);
    // With nothing behind it there is no password: a set-up link is printed.
    assert!(create("eve@example.org", "\u{feff}\r\n").with(0).out.contains("/set-up?token="));
    assert!(!create(EMAIL, &format!("\u{feff}{PASSWORD}\r\n")).with(0).out.contains("/set-up"));
    let server = program.serve().await;
    let signed_in = server.post("/form/sign-in", &[("identifier", EMAIL), ("password", PASSWORD)]).await.unwrap();
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
}
