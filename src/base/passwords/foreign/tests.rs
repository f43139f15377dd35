//! With vectors that are written down; those of the test run itself, made by the real libraries,
//! are in `tests/server/foreign_hashes.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use proptest::prelude::*;

fn foreign(text: &str) -> Foreign {
    match formats::read(text) {
        Ok(Known::Foreign(foreign)) => foreign,
        Ok(Known::Argon2(..)) => panic!("an Argon2 hash"),
        Err(refused) => panic!("{text}: {refused}"),
    }
}

fn refusal(text: &str) -> NotTaken {
    StoredHash::import(text).expect_err(text)
}

#[test]
fn scrypt_gives_the_answer_of_rfc_7914() {
    let text = "scrypt:16384:8:1$SodiumChloride$7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887";
    assert!(foreign(text).is_of("pleaseletmein"));
    assert!(!foreign(text).is_of("pleaseletmeIn"));
}

#[test]
fn pbkdf2_gives_the_answer_of_rfc_6070() {
    let text = "pbkdf2:sha1:4096$salt$4b007901b765489abead49d926f721d065a429c1";
    assert!(foreign(text).is_of("password"));
    assert!(!foreign(text).is_of("Password"));
}

#[test]
fn bcrypt_gives_the_answers_of_its_own_test_suite() {
    // crypt_blowfish, wrapper.c.
    for (text, password) in [
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
        ("$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
    ] {
        assert!(foreign(text).is_of(password), "{text}");
        assert!(!foreign(text).is_of("U*V"), "{text}");
    }
}

#[test]
fn bits_that_belong_to_nothing_may_be_set_in_a_bcrypt_hash() {
    // The salt's last character may be one of sixteen, the hash's one of four.
    assert!(foreign("$2a$05$CCCCCCCCCCCCCCCCCCCCC/E5YPO9kmyuRGyh0XouQYb4YMJKvyOeX").is_of("U*U"));
}

#[test]
fn what_bcrypt_never_read_is_not_stored_anew() {
    let bare = foreign("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    assert!(bare.reads_all_of(&"x".repeat(72)) && !bare.reads_all_of(&"x".repeat(73)));
    let hashed = foreign("bcrypt_sha256$$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    assert!(hashed.reads_all_of(&"x".repeat(1024)));
}

#[test]
fn weak_and_other_formats_are_refused_by_their_name() {
    for (text, name) in [
        ("5f4dcc3b5aa765d61d8327deb882cf99", "MD5"),
        ("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", "SHA-1"),
        ("md5$salt$67a1e09bb1f83f5007dc119c14d663aa", "MD5"),
        ("md5$$5f4dcc3b5aa765d61d8327deb882cf99", "MD5"),
        ("sha1$salt$59b3e8d637cf97edbe2384cf59cb7453dfe30789", "SHA-1"),
        ("sha256$salt$7a37b85c8918eac19a9089c0fa5a2ab4dce3f90528dcdeec108b23ddf3607b99", "SHA-2"),
        ("plain$$password", "in clear"),
        ("crypt$$ab/cdefghijkl", "DES crypt"),
        ("abJnggxhB/yWI", "DES crypt"),
        ("{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0", "LDAP"),
        ("$1$salt$qJH7.N4xYta3aEG/dfqo/0", "MD5 crypt"),
        ("$P$B12345678L6Lpt4BxNotVIMILOa9u81", "phpass"),
        ("$6$rounds=5000$salt$hash", "SHA-512 crypt"),
        ("$y$j9T$salt$hash", "yescrypt"),
        ("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "bcrypt"),
    ] {
        let refused = refusal(text);
        assert!(matches!(refused, NotTaken::Weak(_) | NotTaken::Unsupported(_)), "{text}: {refused}");
        assert!(refused.to_string().contains(name), "{text}: {refused}");
    }
    for text in ["", "hunter2", "correct horse battery", "$", "$$", "$argon3$x", "pbkdf3:sha256:1$a$b", "a\u{e9}$b$c"] {
        assert_eq!(refusal(text), NotTaken::Unknown, "{text}");
    }
}

#[test]
fn what_costs_more_than_a_sign_in_may_is_refused() {
    let hex64 = "00".repeat(64);
    let b64 = "A".repeat(43);
    for text in [
        format!("scrypt:4194304:8:1$salt${hex64}"),
        format!("scrypt:9223372036854775808:8:1$salt${hex64}"),
        format!("scrypt:32768:8:4000000000$salt${hex64}"),
        format!("scrypt:2:4000000000:1$salt${hex64}"),
        format!("scrypt$2097152$salt$8$1${}==", "A".repeat(86)),
        format!("$scrypt$ln=63,r=8,p=1$c29tZXNhbHQ${b64}"),
        format!("$scrypt$ln=200,r=8,p=1$c29tZXNhbHQ${b64}"),
        format!("pbkdf2:sha256:5000001$salt${}", "00".repeat(32)),
        format!("pbkdf2_sha256$4294967295$salt${b64}="),
        format!("$pbkdf2-sha256$5000001$c29tZXNhbHQ${b64}"),
        // What two wrong passwords took all memory and both cores with, and each format a little
        // above its second or its 128 MiB.
        "$argon2id$v=19$m=1048576,t=20,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc".to_owned(),
        "$argon2id$v=19$m=131073,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc".to_owned(),
        "$argon2d$v=19$m=65536,t=41,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc".to_owned(),
        format!("scrypt:131072:16:1$salt${hex64}"),
        format!("scrypt:131072:8:3$salt${hex64}"),
        format!("pbkdf2:sha256:2500001$salt${}", "00".repeat(32)),
        "$2b$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$2b$16$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "bcrypt_sha256$$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "argon2$argon2id$v=19$m=2097152,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc".to_owned(),
    ] {
        assert!(matches!(refusal(&text), NotTaken::AboveCap(..)), "{text}: {}", refusal(&text));
    }
}

#[test]
fn malformed_hashes_are_refused_by_the_name_of_their_format() {
    let hex = "00".repeat(32);
    for text in [
        format!("pbkdf2:sha256$salt${hex}"),
        format!("pbkdf2:md5:1000$salt${hex}"),
        format!("pbkdf2:sha256:0$salt${hex}"),
        format!("pbkdf2:sha256:-1$salt${hex}"),
        format!("pbkdf2:sha256:+1$salt${hex}"),
        format!("pbkdf2:sha256:1000$${hex}"),
        format!("pbkdf2:sha256:1000$salt${hex}00"),
        format!("pbkdf2:sha256:1000$salt${}", &hex[..62]),
        "pbkdf2:sha256:1000$salt$".to_owned(),
        "pbkdf2:sha256:1000$salt".to_owned(),
        format!("scrypt:1000:8:1$salt${hex}{hex}"),
        format!("scrypt:1:8:1$salt${hex}{hex}"),
        format!("scrypt:1024:0:1$salt${hex}{hex}"),
        format!("scrypt:1024:8$salt${hex}{hex}"),
        format!("scrypt:1024:8:1$salt${hex}"),
        "pbkdf2_sha256$1000$salt$not base64".replace(' ', "-"),
        "pbkdf2_sha256$1000$salt".to_owned(),
        "scrypt$1024$salt$8$1".to_owned(),
        "$scrypt$ln=4,r=8$c29tZXNhbHQ$AAAA".to_owned(),
        "$scrypt$ln=4,ln=4,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ$AAAA".to_owned(),
        "$pbkdf2-sha256$i=1000,l=31$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "$pbkdf2-sha256$1000$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "$pbkdf2-sha256$i=1000$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "$pbkdf2-sha256$l=16$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe".to_owned(),
        "$2b$xx$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "bcrypt$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$bcrypt-sha256$v=3,t=2b,r=5$CCCCCCCCCCCCCCCCCCCCC.$E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$bcrypt-sha256$v=2,t=2x,r=5$CCCCCCCCCCCCCCCCCCCCC.$E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "argon2$".to_owned(),
        "argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ".to_owned(),
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA".to_owned(),
    ] {
        assert!(matches!(refusal(&text), NotTaken::Malformed(_)), "{text}: {}", refusal(&text));
    }
}

#[test]
fn a_refusal_never_repeats_what_stood_there() {
    for text in ["hunter2-my-password", "md5$hunter2$x", "pbkdf2:hunter2:1$hunter2$hunter2", "$2b$hunter2"] {
        assert!(!refusal(text).to_string().contains("hunter2"), "{}", refusal(text));
    }
}

/// One of each, to be damaged.
const WHOLE: [&str; 10] = [
    "scrypt:16:1:1$SodiumChloride$7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
    "pbkdf2:sha1:10$salt$4b007901b765489abead49d926f721d065a429c1",
    "pbkdf2_sha256$10$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "scrypt$16$salt$1$1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    "argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "bcrypt_sha256$$2a$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "$2y$04$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
    "$bcrypt-sha256$v=2,t=2b,r=4$CCCCCCCCCCCCCCCCCCCCC.$E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "$scrypt$ln=4,r=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$pbkdf2-sha512$i=10,l=16$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
];

#[test]
fn each_whole_hash_is_taken() {
    for text in WHOLE {
        assert!(StoredHash::import(text).is_ok(), "{text}: {}", refusal(text));
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        drop(StoredHash::import(&text));
    }

    /// What is taken can be computed too, within the caps: a panic in the hasher's thread would be
    /// nearer then.
    #[test]
    fn a_damaged_hash_is_refused_or_can_be_checked(
        which in 0..WHOLE.len(),
        at in 0..200_usize,
        with in "[ -~]{0,3}",
        taken in 0..4_usize,
    ) {
        let whole = WHOLE[which];
        let at = at.min(whole.len());
        let end = (at + taken).min(whole.len());
        let damaged = format!("{}{with}{}", &whole[..at], &whole[end..]);
        if let Ok(Known::Foreign(known)) = formats::read(&damaged) {
            // Dear ones are within the caps all the same; a test has no time for them.
            let dear = match &known {
                Foreign::Pbkdf2 { iterations, .. } => *iterations > 20_000,
                Foreign::Scrypt { params, .. } => *params != scrypt::Params::new(4, 1, 1).unwrap(),
                Foreign::Bcrypt { text, .. } => &text[4..6] > "06",
            };
            if !dear {
                known.is_of("password");
            }
        }
    }
}
