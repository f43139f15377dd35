#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use PasswordRefused::{Common, Personal, TooShort};

const ADA: [&str; 3] = ["ada@example.org", "ada_l", "Ada Lovelace"];

fn refusal(typed: &str) -> Option<PasswordRefused> {
    refusal_at(typed, 15)
}

fn refusal_at(typed: &str, minimum: usize) -> Option<PasswordRefused> {
    let rules = PasswordRules { minimum, context: vec!["Doorward".to_owned(), "signin.example.net".to_owned()] };
    check_new(&PlainPassword::parse(typed.to_owned()).unwrap(), &rules, &ADA).err()
}

fn assert_each(refused: Option<PasswordRefused>, typed: &[&str]) {
    for typed in typed {
        assert_eq!(refusal(typed), refused, "{typed}");
    }
}

#[test]
fn length_is_counted_in_code_points_after_nfc() {
    assert_eq!(refusal("fourteen chars"), Some(TooShort { minimum: 15 }));
    assert_eq!(refusal("fifteen chars ."), None);
    assert_eq!(refusal_at("oak pen", 8), Some(TooShort { minimum: 8 }));
    assert_eq!(refusal_at("oaks pen", 8), None);
    // Fourteen in NFC, fifteen as typed.
    assert_eq!(refusal("vaho wumi kute\u{301}"), Some(TooShort { minimum: 15 }));
    assert_eq!(refusal("🐎🔋📎✅🌙🎲🧵🪁🫖🧭🪵🛶🥁🧊🪴"), None);
}

#[test]
fn what_is_long_and_nobodys_first_guess_is_taken_whatever_its_characters() {
    assert_each(
        None,
        &[
            "correct horse battery staple",
            "violet kayak under seven moons",
            "dfn-qpw-mru-xkt-ahz",
            "8J2k-9sLq-0Xv4-Pm7d",
            "no capitals no digits here",
            "今日は良い天気ですね散歩に行こう",
            "ada went to the market",
            "my doorward password is long",
            "password of my aunt's piano",
            "839201847561029384",
        ],
    );
}

#[test]
fn a_listed_password_is_refused_in_any_letter_case() {
    assert_each(
        Some(Common),
        &["passwordpassword", "PasswordPassword", "1qaz2wsx3edc4rfv", "momsanaladventure", "polniypizdec110211"],
    );
    for typed in ["password", "Baseball", "iloveyou"] {
        assert_eq!(refusal_at(typed, 8), Some(Common), "{typed}");
    }
}

#[test]
fn one_character_or_a_short_unit_repeated_is_refused() {
    assert_each(
        Some(Common),
        &[
            "aaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "x7!x7!x7!x7!x7!x",
            "🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑",
            "qwx9zqwx9zqwx9z",
        ],
    );
}

#[test]
fn walks_along_keyboard_alphabet_and_digits_are_refused() {
    assert_each(
        Some(Common),
        &[
            "qwertyuiopasdfg",
            "123456789012345",
            "abcdefghijklmnop",
            "ponmlkjihgfedcba",
            "qwertzuiopasdfghj",
            "azertyuiopqsdfgh",
            "йцукенгшщзхъфыв",
            "1qaz2wsx3edc4rfv5tgb",
            "!@#$%^&*()_+{}|",
            "zaq12wsxcde34rfv",
            "098765432109876",
        ],
    );
}

#[test]
fn a_common_password_padded_or_repeated_is_refused() {
    assert_each(
        Some(Common),
        &[
            "password1234567",
            "iloveyou!!!!!!!!",
            "!!!Sunshine2026!!!",
            "baseballbaseball",
            "Letmein-20262027",
            "abc123!!!!!!!!!!",
            "qwerty1234567890123456789",
            "2026monkeymonkey",
            "dragondragondragon",
        ],
    );
    assert_eq!(refusal_at("Sunshine7!", 8), Some(Common));
}

#[test]
fn the_persons_and_the_products_names_are_refused_alone_repeated_or_padded() {
    assert_each(
        Some(Personal),
        &[
            "ada@example.org",
            "ada@example.org2026",
            "ADA@EXAMPLE.ORG",
            "doorwarddoorward",
            "Doorward-Doorward!",
            "adalovelace1815",
            "Ada Lovelace 1815!",
            "lovelacelovelace",
            "ada_l ada_l ada_l",
            "signin.example.net",
            "Lovelace@Doorward1",
            "doorward1234567890123456789",
        ],
    );
}

#[test]
fn a_name_within_a_longer_password_harms_nothing() {
    assert_each(None, &["lovelace kept seven hens", "the doorward of the north", "ada839201847561029384756"]);
}

#[test]
fn empty_and_very_short_names_refuse_nothing() {
    let password = PlainPassword::parse("violet kayak under seven moons".to_owned()).unwrap();
    let rules = PasswordRules { minimum: 15, context: vec![String::new()] };
    assert_eq!(check_new(&password, &rules, &["", " ", "a", "@", "vi"]), Ok(()));
}

#[test]
fn the_meter_goes_from_the_first_guess_to_beyond_guessing() {
    assert_eq!(strength("password", &[]).score, 0);
    assert_eq!(strength("", &[]).score, 0);
    assert_eq!(strength("violet kayak under seven moons", &[]).score, 4);
    assert!(strength("lovelace1815", &ADA).score < strength("lovelace1815", &[]).score);
}

#[test]
fn the_meter_and_the_policy_answer_quickly_whatever_the_length() {
    let started = std::time::Instant::now();
    for unit in ["a", "password", "qwerty1", "🔑x", "1a"] {
        let typed: String = unit.chars().cycle().take(1024 / 5).collect();
        strength(&typed, &ADA);
        refusal(&typed);
    }
    println!("ten long readings in {:?}", started.elapsed());
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}
