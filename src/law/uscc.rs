//! Unified social credit codes (GB 32100-2015).
//!
//! In: the text a person typed. Out: a [`Uscc`] whose check character is right, or the reason why
//! it is none. Must not: look anything up; whether the entity exists is not known here.

use std::fmt;

/// The 31 symbols in order of value; I, O, S, V and Z are absent.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights `3^i mod 31` of the first 17 characters.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Length of a code.
const LENGTH: usize = 18;

/// A unified social credit code with a correct check character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

/// Why a text is not a unified social credit code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("has {found} characters, a unified social credit code has 18")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// Lower-case letters.
    #[error("holds lower-case letters, a unified social credit code is written in capitals")]
    LowerCase,
    /// A character outside the alphabet.
    #[error("character {position} is {found:?}, which GB 32100-2015 does not use (no I, O, S, V, Z)")]
    Character {
        /// Position, counted from 1.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// Positions 3 to 8 hold something other than digits.
    #[error("characters 3 to 8 are the division code and must be digits")]
    Region,
    /// The check character does not fit the other 17.
    #[error("the check character is {found:?} and should be {expected:?}")]
    CheckCharacter {
        /// Character that the first 17 demand.
        expected: char,
        /// Character found.
        found: char,
    },
}

impl UsccError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Length { .. } | Self::LowerCase => {
                "copy the 18 characters of 统一社会信用代码 from the business licence"
            }
            Self::Character { .. } => "compare with the business licence: 1 for I, 0 for O, 5 for S, 2 for Z",
            Self::Region | Self::CheckCharacter { .. } => {
                "compare every character with the business licence; one of them is mistyped or two are swapped"
            }
        }
    }
}

impl Uscc {
    /// Parses a code and verifies its check character (ISO 7064 MOD 31-3).
    ///
    /// # Errors
    /// When length, alphabet, division code or check character are wrong.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let found = text.chars().count();
        if found != LENGTH {
            return Err(UsccError::Length { found });
        }
        if text.chars().any(|c| c.is_ascii_lowercase()) {
            return Err(UsccError::LowerCase);
        }
        let mut sum = 0;
        for (index, character) in text.chars().enumerate() {
            let value = value_of(character).ok_or(UsccError::Character { position: index + 1, found: character })?;
            if (2..8).contains(&index) && value > 9 {
                return Err(UsccError::Region);
            }
            sum += value * WEIGHTS.get(index).copied().unwrap_or(0);
        }
        let expected = check_character(sum);
        match text.chars().last() {
            Some(found) if found != expected => Err(UsccError::CheckCharacter { expected, found }),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn value_of(character: char) -> Option<usize> {
    ALPHABET.iter().position(|symbol| char::from(*symbol) == character)
}

/// The outer `mod 31` turns 31 into 0 when the sum is a multiple of 31; without it such codes have no check character.
fn check_character(sum: usize) -> char {
    char::from(ALPHABET[(31 - sum % 31) % 31])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_published_codes_annex_a() {
        for code in [
            "91440300708461136T",
            "91110102MACQD9K640",
            "9144030008867405X2",
            "91310104MACE0YX639",
            "91110102MAD55U9H0F",
            "91440300MA5G49LC9K",
            "91320118MAK93FC72D",
            "91610133596325171T",
        ] {
            assert_eq!(Uscc::parse(code).map(|uscc| uscc.to_string()), Ok(code.to_owned()));
        }
    }

    #[test]
    fn rejects_what_is_no_code_and_says_why_annex_a() {
        let rows = [
            ("91440300708461136X", UsccError::CheckCharacter { expected: 'T', found: 'X' }),
            ("91440300708461136I", UsccError::Character { position: 18, found: 'I' }),
            ("9144030070846113", UsccError::Length { found: 16 }),
            ("91440300708461136t", UsccError::LowerCase),
            ("9144A300708461136T", UsccError::Region),
            ("", UsccError::Length { found: 0 }),
            ("９1440300708461136T", UsccError::Character { position: 1, found: '９' }),
        ];
        for (code, error) in rows {
            assert_eq!(Uscc::parse(code), Err(error), "{code}");
        }
    }

    #[test]
    fn applies_the_second_mod_31_trap_42() {
        // The sum of 91110102MACQD9K640 is a multiple of 31, so its check character is 0.
        assert!(Uscc::parse("91110102MACQD9K640").is_ok());
        assert_eq!(check_character(62), '0');
        assert_eq!(check_character(0), '0');
        assert_eq!(check_character(61), '1');
    }

    #[test]
    fn notices_every_single_mistyped_character() {
        let good = "91440300708461136T";
        for position in 0..18 {
            for symbol in ALPHABET {
                let mut typed = good.as_bytes().to_vec();
                if typed[position] == *symbol {
                    continue;
                }
                typed[position] = *symbol;
                let typed = String::from_utf8(typed).expect("ASCII");
                assert!(Uscc::parse(&typed).is_err(), "{typed}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,24}") {
            let _ = Uscc::parse(&text);
        }
    }
}
