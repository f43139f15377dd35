//! How the opaque tokens that programs hold are written: `doorward_<kind>_`, lower-case hexadecimal
//! digits, and a checksum. Whoever finds one in a repository or a log knows what it is, and a
//! scanner for secrets can tell it from noise without asking anybody.
//!
//! As a regular expression: `doorward_(refresh|pat)_[0-9a-f]{72,152}`.

use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    Refresh,
    Personal,
}

impl TokenKind {
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Refresh => "doorward_refresh_",
            Self::Personal => "doorward_pat_",
        }
    }
}

/// `bytes` as a token of this kind. The last 8 digits are the CRC-32 (IEEE) of everything before
/// them: no secret, a typing check.
pub fn write(kind: TokenKind, bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(format!("{}{}", kind.prefix(), HEXLOWER.encode(bytes)));
    let sum = checksum(&text);
    text.push_str(&sum);
    text
}

/// The `N` bytes that [`write`] wrote; nothing for any other text.
pub fn read<const N: usize>(kind: TokenKind, text: &str) -> Option<Zeroizing<[u8; N]>> {
    let digits = text.strip_prefix(kind.prefix())?;
    let (digits, _) = digits.split_at_checked(2 * N).filter(|(_, sum)| sum.len() == 8)?;
    let (written, sum) = text.split_at_checked(text.len().checked_sub(8)?)?;
    if checksum(written) != sum {
        return None;
    }
    let bytes = Zeroizing::new(HEXLOWER.decode(digits.as_bytes()).ok()?);
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_nothing_else_is() {
        let text = write(TokenKind::Personal, &[0xab; 32]);
        assert_eq!(*text, format!("doorward_pat_{}{}", "ab".repeat(32), &text[text.len() - 8..]));
        assert_eq!(text.len(), "doorward_pat_".len() + 72);
        assert_eq!(*read::<32>(TokenKind::Personal, &text).unwrap(), [0xab; 32]);
        assert!(read::<32>(TokenKind::Refresh, &text).is_none(), "another kind");
        assert!(read::<16>(TokenKind::Personal, &text).is_none() && read::<48>(TokenKind::Personal, &text).is_none());
        for at in 0..text.len() {
            let mut changed = text.as_bytes().to_vec();
            changed[at] ^= 1;
            assert!(read::<32>(TokenKind::Personal, std::str::from_utf8(&changed).unwrap()).is_none(), "byte {at}");
        }
        let (upper, longer) = (text.to_uppercase(), format!("{}0", *text));
        for wrong in ["", "doorward_pat_", "doorward_pat_é", "ééééééééé", upper.as_str(), longer.as_str(), &text[1..]]
        {
            assert!(read::<32>(TokenKind::Personal, wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_checksum_is_the_one_that_others_compute() {
        // The check value of CRC-32/ISO-HDLC (https://reveng.sourceforge.io/crc-catalogue).
        assert_eq!(checksum("123456789"), "cbf43926");
    }
}
