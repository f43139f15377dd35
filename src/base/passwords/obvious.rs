//! Passwords built in an obvious way. Lists of breached passwords thin out at 15 characters,
//! because people reach that length by padding, doubling or walking along the keyboard; these rules
//! find what no list holds.
//!
//! All of them look at the whole password, in lower case and NFC.

use super::common;

/// How many digits and signs around a word still count as padding. More than a dozen may be a
/// secret of their own.
const PADDING: usize = 12;
/// Longer ones are not looked through for a word between padding: that takes the square of the
/// length, and anybody with a link may send a password of a thousand signs.
const LONGEST_PADDED: usize = 100;
/// A unit up to this length says nothing, whatever it is, when it only comes again and again.
const SHORT_UNIT: usize = 5;
/// Shorter words are on every list, and are the beginning of most passwords.
const SHORTEST_WORD: usize = 4;

/// One character or a short unit repeated, a walk along keyboard, alphabet or digits,
/// or a common password repeated or padded.
pub(super) fn is_obvious(password: &str) -> bool {
    let characters: Vec<char> = password.chars().collect();
    is_short_unit_repeated(&characters)
        || is_walk(&characters)
        || (characters.len() <= LONGEST_PADDED && is_common_word_padded(password))
}

/// No letters, and not more than [`PADDING`] characters unless they count up or stay the same.
pub(super) fn is_padding(text: &str) -> bool {
    let characters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    !characters.iter().any(|c| c.is_alphabetic())
        && (characters.len() <= PADDING || is_walk(&characters) || is_short_unit_repeated(&characters))
}

fn is_short_unit_repeated(characters: &[char]) -> bool {
    let period = period(characters);
    period <= SHORT_UNIT && period * 3 <= characters.len()
}

/// The length of the shortest unit that, repeated (the last time perhaps in part), gives
/// `characters`.
fn period(characters: &[char]) -> usize {
    // Knuth, Morris and Pratt's failure function: the length less the longest border.
    let mut borders = vec![0_usize; characters.len()];
    let mut border = 0;
    for (at, character) in characters.iter().enumerate().skip(1) {
        while border > 0 && characters.get(border) != Some(character) {
            border = borders.get(border - 1).copied().unwrap_or(0);
        }
        if characters.get(border) == Some(character) {
            border += 1;
        }
        if let Some(slot) = borders.get_mut(at) {
            *slot = border;
        }
    }
    characters.len() - border
}

/// A common password with nothing around it but padding, once or repeated:
/// "password1234567", "!!iloveyou!!", "HalloHalloHallo".
fn is_common_word_padded(password: &str) -> bool {
    let is_common = |core: &str| {
        let characters: Vec<char> = core.chars().collect();
        if characters.len() < SHORTEST_WORD {
            return false;
        }
        let unit = period(&characters);
        let repeated = unit >= SHORTEST_WORD && unit * 2 <= characters.len();
        common::contains(core) || (repeated && common::contains(&characters.iter().take(unit).collect::<String>()))
    };
    let letters_end = password.trim_end_matches(|c: char| !c.is_alphabetic()).len();
    let letters_start = password.len() - password.trim_start_matches(|c: char| !c.is_alphabetic()).len();
    // The word may end or begin with digits of its own ("abc123"), so the padding may start at each
    // of them.
    let ends = password.char_indices().map(|(at, _)| at).filter(|at| *at >= letters_end).chain([password.len()]);
    for end in ends {
        let (Some(core), Some(tail)) = (password.get(..end), password.get(end..)) else {
            continue;
        };
        if is_padding(tail) && is_common(core) {
            return true;
        }
    }
    for start in password.char_indices().map(|(at, _)| at).filter(|at| (1..=letters_start).contains(at)) {
        let (Some(head), Some(core)) = (password.get(..start), password.get(start..)) else {
            continue;
        };
        if is_padding(head) && is_common(core) {
            return true;
        }
    }
    let inner = password.get(letters_start..letters_end);
    inner.is_some_and(|core| {
        let around = password.len() - core.len();
        around <= PADDING && is_common(core)
    })
}

/// Nearly every character is the same as, next in order to, or on the keyboard beside the one
/// before it. One jump in five is allowed: "qwertyuiopasdfg" has one, "1qaz2wsx3edc4rfv" three. In
/// running text about one step in five is such a neighbour; here it takes four in five.
fn is_walk(characters: &[char]) -> bool {
    let jumps = characters.windows(2).filter(|pair| matches!(pair, [a, b] if !are_neighbours(*a, *b))).count();
    jumps * 5 <= characters.len()
}

/// Rows of keys from top to bottom, each shifted half a key to the right of the one above.
const KEYBOARDS: [[&str; 4]; 4] = [
    ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"],
    ["1234567890ß´", "qwertzuiopü+", "asdfghjklöä", "yxcvbnm,.-"],
    ["&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù", "wxcvbn,;:!"],
    ["1234567890-=", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю."],
];

fn are_neighbours(a: char, b: char) -> bool {
    a == b || in_sequence(a, b) || KEYBOARDS.iter().any(|keyboard| are_beside(keyboard, unshifted(a), unshifted(b)))
}

fn in_sequence(a: char, b: char) -> bool {
    let wraps = matches!((a, b), ('9', '0') | ('0', '9'));
    wraps || (a.is_alphanumeric() && b.is_alphanumeric() && u32::from(a).abs_diff(u32::from(b)) == 1)
}

fn are_beside(keyboard: &[&str; 4], a: char, b: char) -> bool {
    let place = |key| {
        keyboard
            .iter()
            .enumerate()
            .find_map(|(row, keys)| keys.chars().position(|k| k == key).map(|column| (row, column)))
    };
    let (Some((row_a, column_a)), Some((row_b, column_b))) = (place(a), place(b)) else {
        return false;
    };
    match row_a.cmp(&row_b) {
        std::cmp::Ordering::Equal => column_a.abs_diff(column_b) == 1,
        // A key lies under two: the one of its own number and the next.
        std::cmp::Ordering::Less => row_b - row_a == 1 && (column_a == column_b || column_a == column_b + 1),
        std::cmp::Ordering::Greater => row_a - row_b == 1 && (column_b == column_a || column_b == column_a + 1),
    }
}

/// The digit under a sign on the US keyboard: `!@#$%^&*()` is a walk too.
fn unshifted(key: char) -> char {
    match key {
        '!' => '1',
        '@' => '2',
        '#' => '3',
        '$' => '4',
        '%' => '5',
        '^' => '6',
        '&' => '7',
        '*' => '8',
        '(' => '9',
        ')' => '0',
        other => other,
    }
}
