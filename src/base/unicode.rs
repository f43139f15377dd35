//! What Unicode says of the characters that people type: which are digits, which are not seen, and
//! where joiners belong.

use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, EmojiModifier, ExtendedPictographic, GeneralCategory,
    Ideographic, JoiningType,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// Before the tags that make it the flag of a part of a country.
const BLACK_FLAG: char = '\u{1f3f4}';
/// Puts a frame around the digit before it.
const KEYCAP: char = '\u{20e3}';
const LAST_TAG: char = '\u{e007f}';

/// The value of a decimal digit of any script (general category Nd). Keyboards for Arabic, Persian,
/// Hindi and many others make their own.
pub fn decimal_digit(letter: char) -> Option<u8> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |code: &u32| categories.get32(*code) == GeneralCategory::DecimalNumber;
    let code = u32::from(letter);
    // They stand in runs from 0 to 9, and never otherwise (Unicode Character Encoding Stability
    // Policies). Several runs may adjoin.
    let before = (0..code).rev().take_while(is_digit).count();
    is_digit(&code).then(|| u8::try_from(before % 10).unwrap_or_default())
}

/// Whether nothing is seen of it in any text: zero-width and direction-changing characters, byte
/// order marks, fillers, tags and variation selectors (Default_Ignorable_Code_Point).
pub fn is_ignorable(letter: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

/// Whether it says how the letters beside it are joined (U+200C, U+200D).
pub fn is_joiner(letter: char) -> bool {
    matches!(letter, NON_JOINER | JOINER)
}

/// What of a typed address or sign-in name is meant: mail programs, chats and word processors put
/// blanks of all kinds and characters that are not seen around what is copied from them.
pub fn trim(typed: &str) -> &str {
    typed.trim_matches(|letter: char| letter.is_whitespace() || is_ignorable(letter))
}

/// Whether `text` holds what is not seen, or changes the direction of the words around it, where no
/// script needs it: with that, two texts look the same and are not. Joiners and selectors may stand
/// where they belong ([`belongs`]).
pub fn hides_something(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters.iter().enumerate().any(|(at, letter)| {
        let breaks_lines = matches!(letter, '\u{2028}' | '\u{2029}');
        letter.is_control() || breaks_lines || is_ignorable(*letter) && !belongs(&letters, at)
    })
}

/// Whether the ignorable character at this place has a work to do there.
fn belongs(letters: &[char], at: usize) -> bool {
    let (before, rest) = letters.split_at(at);
    let (Some(last), Some((letter, after))) = (before.last(), rest.split_first()) else { return false };
    match *letter {
        NON_JOINER => is_virama(*last) || breaks_a_join(before, after),
        JOINER => is_virama(*last) || joins_emoji(before, after),
        '\u{fe0e}' | '\u{fe0f}' => is_picture(*last) || after.first() == Some(&KEYCAP),
        // Variants of Chinese characters, of which names in Japan are written with the right one.
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => CodePointSetData::new::<Ideographic>().contains(*last),
        // Variants of Mongolian letters.
        '\u{180b}'..='\u{180d}' | '\u{180f}' => matches!(*last, '\u{1820}'..='\u{18aa}'),
        '\u{e0020}'..=LAST_TAG => is_in_flag(before, rest),
        _ => false,
    }
}

/// After it, a letter is joined with the next one or not: RFC 5892 appendix A.1 and A.2.
fn is_virama(letter: char) -> bool {
    CodePointMapData::<CanonicalCombiningClass>::new().get(letter) == CanonicalCombiningClass::Virama
}

/// Whether letters that would be joined stand on both sides: RFC 5892 appendix A.1, as in Persian.
fn breaks_a_join(before: &[char], after: &[char]) -> bool {
    let joining = |letter: &char| CodePointMapData::<JoiningType>::new().get(*letter);
    let beside = |mut letters: &mut dyn Iterator<Item = JoiningType>| {
        (&mut letters).find(|joins| *joins != JoiningType::Transparent)
    };
    let left = beside(&mut before.iter().rev().map(joining));
    let right = beside(&mut after.iter().map(joining));
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

/// Whether it makes one picture of two, as of a family (UTS #51, ED-16).
fn joins_emoji(before: &[char], after: &[char]) -> bool {
    let changes =
        |letter: &&char| **letter == '\u{fe0f}' || CodePointSetData::new::<EmojiModifier>().contains(**letter);
    let left = before.iter().rev().find(|letter| !changes(letter));
    [left, after.first()].into_iter().all(|letter| letter.is_some_and(|letter| is_picture(*letter)))
}

fn is_picture(letter: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(letter)
}

/// Whether the tag that `rest` begins with stands in the flag of a part of a country, such as
/// Scotland's (UTS #51, ED-14a).
fn is_in_flag(before: &[char], rest: &[char]) -> bool {
    let is_tag = |letter: &&char| matches!(**letter, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let ends = rest.iter().find(|letter| !is_tag(letter)) == Some(&LAST_TAG);
    ends && before.iter().rev().find(|letter| !is_tag(letter)) == Some(&BLACK_FLAG)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn every_decimal_digit_of_unicode_has_its_value() {
        let digits: Vec<(char, u8)> =
            ('\0'..=char::MAX).filter_map(|letter| Some((letter, decimal_digit(letter)?))).collect();
        assert!(digits.len() >= 680 && digits.len().is_multiple_of(10), "{}", digits.len());
        for (at, (letter, value)) in digits.iter().enumerate() {
            assert_eq!(usize::from(*value), at % 10, "{letter}");
            // What compatibility knows as an ASCII digit is the same one.
            let plain = letter.nfkc().next().filter(char::is_ascii_digit);
            assert!(plain.is_none_or(|plain| plain.to_digit(10) == Some(u32::from(*value))), "{letter}");
        }
        for tens in
            ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９"]
        {
            let values: Vec<u8> = tens.chars().filter_map(decimal_digit).collect();
            assert_eq!(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "{tens}");
        }
        for none in ['a', '²', '½', '五', 'Ⅷ', '①', '٪'] {
            assert_eq!(decimal_digit(none), None, "{none}");
        }
    }

    #[test]
    fn joiners_and_selectors_may_stand_where_a_script_or_a_picture_needs_them() {
        for name in [
            "علی\u{200c}رضا",
            "می\u{200c}نا",
            // With a vowel sign between the letters and the non-joiner.
            "علیِ\u{200c}رضا",
            // Devanagari: an explicit virama, and a half form.
            "क्\u{200c}ष",
            "क्\u{200d}ष",
            // Sinhala, and Malayalam as it was written before the chillus had letters of their own:
            // at the end too.
            "ශ්\u{200d}රී",
            "രാജന്\u{200d}",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "👩🏽\u{200d}❤\u{fe0f}\u{200d}👨🏿",
            "🏳\u{fe0f}\u{200d}🌈 Ada",
            "Ada 🐻\u{200d}❄\u{fe0f}",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "葛\u{e0100}城",
            "1\u{fe0f}\u{20e3}",
        ] {
            assert!(!hides_something(name), "{name}");
        }
    }

    #[test]
    fn nothing_that_is_not_seen_may_stand_anywhere_else() {
        for letter in [
            '\u{200b}',
            NON_JOINER,
            JOINER,
            '\u{200e}',
            '\u{200f}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{feff}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{180b}',
            '\u{180e}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{fe0f}',
            '\u{fe00}',
            '\u{e0100}',
            '\u{e0067}',
            '\u{e007f}',
            '\u{e0001}',
            '\u{2028}',
            '\u{2029}',
            '\0',
            '\u{7f}',
            '\u{85}',
        ] {
            for (before, after) in [("Ad", "a"), ("", "Ada"), ("Ada", ""), ("", ""), ("Ada ", " B")] {
                assert!(hides_something(&format!("{before}{letter}{after}")), "{before}{letter:?}{after}");
            }
        }
        for name in [
            // Nothing to part, or nothing on one side.
            "\u{200c}علی",
            "علی\u{200c}",
            "رضا\u{200c}زاده",
            "علی\u{200c}\u{200c}رضا",
            "علی\u{200d}رضا",
            "علی\u{200c}Ada",
            "👨\u{200d}",
            "\u{200d}👩",
            "👨\u{200d}a",
            "a\u{200d}👩",
            "👨\u{200d}\u{200d}👩",
            "👨\u{200d}🏽",
            "क\u{200d}ष",
            "🏴\u{e0067}\u{e0062}",
            "\u{e0067}\u{e007f}",
            "Ada\u{e0067}\u{e0062}\u{e007f}",
            "a\u{e0100}",
            "葛\u{fe0f}",
            "1\u{fe0f}",
            "葛\u{e0100}\u{e0100}",
        ] {
            assert!(hides_something(name), "{name:?}");
        }
    }

    #[test]
    fn what_surrounds_a_copied_text_is_no_part_of_it() {
        assert_eq!(
            trim("\u{feff}\u{a0} \u{202a}\u{200e}ada@example.org\u{200b}\u{202c}\u{3000}\r\n"),
            "ada@example.org"
        );
        assert_eq!(trim("a\u{200b}b"), "a\u{200b}b");
        assert_eq!(trim("\u{200b}\u{ad}"), "");
        assert_eq!(trim("\0ada\0"), "\0ada\0", "a control character was never copied by accident");
    }
}
