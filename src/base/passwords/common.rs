//! The list of common and breached passwords, carried inside the program (ASVS 6.2.4, 6.2.12).
//!
//! Where it comes from stands in `passwords/README.md`; `build.rs` turns it into a finite-state
//! set, which is searched in place: nothing is loaded, nothing asked of another host.

static SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/common-passwords.fst"));

/// Whether the list has `password`, given in NFC and lower case.
pub(super) fn contains(password: &str) -> bool {
    // The header was written by build.rs; the test below reads the whole set.
    fst::Set::new(SET).is_ok_and(|set| set.contains(password))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_knows_the_passwords_tried_first() {
        let set = fst::Set::new(SET).unwrap();
        set.as_fst().verify().unwrap();
        for word in ["password", "iloveyou", "qwerty123456789", "passwordpassword", "123456789987654321"] {
            assert!(contains(word), "{word}");
        }
        assert!(!contains("correct horse battery staple"));
        assert!(!contains(""));
    }

    #[test]
    fn the_list_has_far_more_than_the_three_thousand_long_ones_that_asvs_asks_for() {
        use fst::Streamer;
        let set = fst::Set::new(SET).unwrap();
        let mut words = set.stream();
        let mut long = 0;
        while let Some(word) = words.next() {
            long += usize::from(std::str::from_utf8(word).unwrap().chars().count() >= 15);
        }
        assert!(long > 100_000, "{long}");
    }
}
