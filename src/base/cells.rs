//! Cells of CSV files that people open in a spreadsheet. Whoever signs up, or tries to sign in as
//! somebody, chooses a text that then stands in the file of somebody else; `=HYPERLINK(…)` would
//! run when they open it (OWASP, CSV injection).

/// Says that the cell is text, where a spreadsheet would take it for a formula.
const QUOTE: char = '\'';

/// `text` as a cell that no spreadsheet takes for a formula. [`unguarded`] gives it back.
pub fn guarded(text: &str) -> String {
    // One that has a quotation mark before it gets another, or it could not be told from one that
    // was guarded.
    if is_formula(text.trim_start_matches(QUOTE)) { format!("{QUOTE}{text}") } else { text.to_owned() }
}

/// What was [`guarded`].
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(QUOTE).filter(|text| is_formula(text.trim_start_matches(QUOTE))).unwrap_or(cell)
}

fn is_formula(text: &str) -> bool {
    // Full-width signs begin a formula too where such are typed.
    const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(BEGINNINGS)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_take_for_a_formula_begins_with_a_quotation_mark() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1", "  =1", "\u{a0}=1", "＝1"] {
            assert_eq!(guarded(formula), format!("'{formula}"));
        }
        for text in ["Ada", "O'Brien", "'t Hart", "1-1", "ada@example.org", "", "$2b$04$x"] {
            assert_eq!(guarded(text), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_added_on_the_way_through_a_file(text in "['=+@ \t\ra-]{0,6}") {
            let guarded = guarded(&text);
            prop_assert!(!is_formula(&guarded));
            prop_assert_eq!(unguarded(&guarded), &text);
        }
    }
}
