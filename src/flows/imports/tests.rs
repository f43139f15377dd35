#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use proptest::prelude::*;

/// A line for Ada, and what `line` is refused for as the second one.
fn refusal(line: &[u8]) -> String {
    let header =
        b"email,username,password_hash,display_name,email_verified\nada@example.org,ada,,Ada,true\n".as_slice();
    let (numbers, reasons) = judged(&[header, line].concat());
    assert_eq!(numbers, [2], "{reasons:?}");
    let (number, reason) = reasons.into_iter().next().expect("a refusal");
    assert_eq!(number, 3);
    reason
}

/// The numbers of the lines that are good, and why the others are not.
fn judged(file: &[u8]) -> (Vec<usize>, BTreeMap<usize, String>) {
    let mut reasons = BTreeMap::new();
    let good = judge::each(read(file).unwrap(), &mut reasons);
    (good.into_iter().map(|candidate| candidate.line).collect(), reasons)
}

#[test]
fn each_fault_is_named_with_its_field() {
    for (line, reason) in [
        ("nobody,eve,,,", "email: "),
        ("eve@localhost.,,,,", "email: "),
        (&format!("{}@example.org,,,,", "e".repeat(250)), "email: "),
        ("ada@EXAMPLE.org,,,,", "email: the same as in line 2"),
        ("eve@example.org,ADA,,,", "username: the same as in line 2"),
        ("eve@example.org,e,,,", "username: "),
        ("eve@example.org,eve@home,,,", "username: "),
        ("eve@example.org,root,,,", "username: nobody may be called so"),
        (",,,Eve,", "neither an email nor a username"),
        (",eve,,,", "neither a password nor an email"),
        (",eve,!unusable,,", "neither a password nor an email"),
        ("eve@example.org,,hunter2,,", "password_hash: no format"),
        ("eve@example.org,,5f4dcc3b5aa765d61d8327deb882cf99,,", "password_hash: an MD5 or NT hash without salt"),
        ("eve@example.org,,,Eve\u{202e}nimda,", "display_name: "),
        (&format!("eve@example.org,,,{},", "e".repeat(81)), "display_name: "),
        ("eve@example.org,,,,perhaps", "email_verified: "),
        ("eve@example.org,,,", "it has 4 fields, and line 1 names 5"),
        ("eve@example.org,,,Eve, the second,", "it has 6 fields"),
        ("eve\0@example.org,,,,", "it holds a NUL"),
        ("eve@example.org,,\0,,", "it holds a NUL"),
        ("eve@example.org,,,\"Eve\nthe second\",", "display_name: a line break"),
        ("0190a4d2f1c07b31a5c4f8a9d0e1b2c3@no-address.invalid,,,,", "email: "),
    ] {
        let refused = refusal(line.as_bytes());
        assert!(refused.contains(reason), "{line:?}: {refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
    assert!(refusal(b"eve@example.org,,,\xff\xfe,").contains("display_name: not UTF-8"));
}

#[test]
fn a_line_that_is_refused_takes_no_name_from_those_after_it() {
    let file = b"email,username\neve@example.org,root\neve@example.org,eve\nada@example.org,eve\nada@example.org,ada\n";
    let (good, reasons) = judged(file);
    assert_eq!(good, [3, 5]);
    assert_eq!(reasons.keys().collect::<Vec<_>>(), [&2, &4]);
}

#[test]
fn byte_order_marks_line_ends_and_quotes_are_read_as_spreadsheets_write_them() {
    for file in [
        "email,display_name\nada@example.org,\"Ada, \"\"the\"\" first\"\neve@example.org,Eve\n",
        "\u{feff}email,display_name\r\nada@example.org,\"Ada, \"\"the\"\" first\"\r\neve@example.org,Eve\r\n",
        "\u{feff}\"email\",\" Display_Name \"\r\nada@example.org,\"Ada, \"\"the\"\" first\"\r\neve@example.org,Eve",
    ] {
        let lines = read(file.as_bytes()).unwrap();
        let numbers: Vec<usize> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [2, 3], "{file:?}");
        let ada = lines[0].fields.as_ref().unwrap();
        assert_eq!(ada.display_name.as_deref(), Some("Ada, \"the\" first"), "{file:?}");
    }
}

#[test]
fn lines_after_one_with_line_breaks_in_quotes_keep_their_numbers() {
    let (good, reasons) = judged(b"email,display_name\nada@example.org,\"A\nd\r\na\"\n\neve@example.org,Eve\n");
    assert_eq!((good, reasons.keys().copied().collect::<Vec<_>>()), (vec![6], vec![2]));
    for file in [
        "email\n\nada@b.c\neve@b.c\n\n\nzoe@b.c\nx\n",
        "email\r\n\r\nada@b.c\r\neve@b.c\r\n\r\n\r\nzoe@b.c\r\nx",
        "email\r\rada@b.c\reve@b.c\r\r\rzoe@b.c\rx\r",
    ] {
        let (good, reasons) = judged(file.as_bytes());
        assert_eq!((good, reasons.keys().copied().collect::<Vec<_>>()), (vec![3, 4, 7], vec![8]), "{file:?}");
    }
}

#[test]
fn json_lines_are_read_with_their_own_types() {
    let file = concat!(
        "{\"email\": \"ada@example.org\", \"email_verified\": true, \"username\": null}\r\n",
        "\r\n",
        "{\"email\": \"eve@example.org\", \"email_verified\": 0}\n",
        "{\"email\": \"eve2@example.org\", \"pasword_hash\": \"x\"}\n",
        "{\"email\": 5}\n",
        "{\"email\": \"eve3@example.org\"\n",
        "[\"eve4@example.org\"]\n",
        "{\"email\": \"eve5@example.org\", \"password_hash\": [\"hunter2\"]}\n",
        "{\"email\": \"eve6@example.org\", \"display_name\": \"\\u0000\"}",
    );
    let (good, reasons) = judged(file.as_bytes());
    assert_eq!(good, [1, 3]);
    assert_eq!(reasons.keys().copied().collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
    for (line, reason) in [(4, "not known"), (5, "email: not text"), (6, "no JSON object"), (8, "not text"), (9, "NUL")]
    {
        assert!(reasons[&line].contains(reason), "{line}: {}", reasons[&line]);
    }
    assert!(!format!("{reasons:?}").contains("hunter2"));
    let long = format!("{{\"email\": \"{}\"}}", "e".repeat(70_000));
    assert!(judged(long.as_bytes()).1[&1].contains("65,536 bytes"));
    assert!(judged(b"{\"email\": \"ad\xff\"}").1[&1].contains("not UTF-8"));
}

#[test]
fn a_file_that_is_no_list_of_accounts_is_refused_as_a_whole() {
    for (file, why) in [
        (&b""[..], Unreadable::Empty),
        (b"\xef\xbb\xbf \r\n", Unreadable::Empty),
        (b"\xff\xfee\0m\0", Unreadable::Utf16),
        (b"[{\"email\": \"ada@example.org\"}]", Unreadable::JsonArray),
        (b"email;username\n", Unreadable::NoHeader),
        (b"email\tusername\n", Unreadable::NoHeader),
        (b"\xff,email\n", Unreadable::NoHeader),
        (b"ada@example.org,ada\n", Unreadable::UnknownColumn("ada@example.org".to_owned())),
        (b"email,pasword_hash\n", Unreadable::UnknownColumn("pasword_hash".to_owned())),
        (b"email,username,Email\n", Unreadable::ColumnTwice("email".to_owned())),
        (b"password_hash,display_name\n", Unreadable::NobodyNamed),
    ] {
        assert_eq!(read(file).unwrap_err(), why);
    }
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(
        head in prop::sample::select(vec!["", "email,username,password_hash,display_name,email_verified\n", "{\"email\": \"a@b.c\", "]),
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        if let Ok(lines) = read(&[head.as_bytes(), &rest].concat()) {
            judge::each(lines, &mut BTreeMap::new());
        }
    }
}

#[test]
fn blanks_and_what_is_not_seen_around_a_field_are_no_part_of_it() {
    let hash = "$2b$04$kmg9qWg8AcVJR6tSxhuaWemmjMzkHjMGKki9PBIzrZGfVjDUmY4Wi";
    let file = format!(
        "\u{feff}email , \u{a0}password_hash,display_name,\u{feff}email_verified\n\u{feff}ada@example.org\u{200b}, {hash}\t,\u{a0}Ada \u{a0},\u{a0}true \neve@example.org,\u{a0},\u{200b},\n"
    );
    let mut reasons = BTreeMap::new();
    let good = judge::each(read(file.as_bytes()).unwrap(), &mut reasons);
    assert!(reasons.is_empty(), "{reasons:?}");
    let [ada, eve] = &good[..] else { panic!("{good:?}") };
    assert_eq!(ada.password_hash.as_ref().unwrap().as_str(), hash);
    assert_eq!((ada.email.as_ref().unwrap().as_str(), ada.email_verified), ("ada@example.org", true));
    assert_eq!(ada.display_name.as_ref().unwrap().as_str(), "Ada");
    assert!(eve.password_hash.is_none() && eve.display_name.is_none());
}

#[test]
fn empty_rows_of_a_spreadsheet_are_no_lines() {
    let file = "email,username\n,\n  ,\u{a0}\nada@example.org,\n,,,,\n\n   \n\"\",\" \"\neve@example.org,\n,\n";
    let (good, reasons) = judged(file.as_bytes());
    assert_eq!((good, reasons.len()), (vec![4, 9], 0), "{reasons:?}");
    // One that says something is a line.
    assert_eq!(judged(b"email,username,display_name\n,,Ada\n").1.len(), 1);
}

#[test]
fn files_that_were_put_together_have_their_byte_order_marks_passed_over() {
    let json = "\u{feff}{\"email\":\"ada@example.org\"}\n\u{feff}{\"email\":\"eve@example.org\"}\n\u{feff}\n";
    assert_eq!(judged(json.as_bytes()), (vec![1, 2], BTreeMap::new()));
}
