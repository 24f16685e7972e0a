//! Algorithm filing numbers (算法备案编号), `网信算备` + 21 digits + `号` (Order 12 Art. 19).
//!
//! In: the text of a record. Out: a [`FilingNumber`] with its parts, or the reason and the remedy.
//! Must not: ask whether the CAC knows the number; and must not refuse a number for its check
//! digit, because the rule for it was inferred from published numbers and is not official.

use std::fmt;

const PREFIX: &str = "网信算备";
const SUFFIX: &str = "号";
const DIGITS: usize = 21;
/// Class of generation and synthesis algorithms; 02 to 06 are recommendation algorithms.
pub const DEEP_SYNTHESIS_CLASS: &str = "01";

/// A well-formed filing number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilingNumber {
    digits: String,
}

/// Why a text is not a filing number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilingNumberError {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// Does not begin with 网信算备.
    #[error("does not begin with 网信算备")]
    Prefix,
    /// Does not end with 号.
    #[error("does not end with 号")]
    Suffix,
    /// Something other than the digits 0 to 9.
    #[error("holds {found:?} where a digit 0 to 9 must stand")]
    NotADigit {
        /// What was found.
        found: char,
    },
    /// Not 21 digits.
    #[error("has {found} digits between 网信算备 and 号, there must be 21")]
    DigitCount {
        /// Digits found.
        found: usize,
    },
    /// Acceptable, but not as the CAC writes it.
    #[error("is not written as the CAC publishes it, without colon and blanks")]
    NotCanonical,
}

impl FilingNumberError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => "enter the number from the CAC notice, e.g. 网信算备110108105858001230019号",
            Self::Prefix => {
                "enter the algorithm filing number (网信算备…号); a generative-AI registration number is another thing"
            }
            Self::Suffix | Self::NotCanonical => "write 网信算备, 21 digits, 号, nothing between",
            Self::NotADigit { .. } => "type the 21 digits with half-width figures and no blanks",
            Self::DigitCount { .. } => "copy all 21 digits from the CAC notice or from beian.cac.gov.cn",
        }
    }
}

impl FilingNumber {
    /// Parses leniently: blanks around, one colon of either width and blanks after the prefix are forgiven.
    ///
    /// # Errors
    /// When there are not 21 digits between `网信算备` and `号`.
    pub fn parse(text: &str) -> Result<Self, FilingNumberError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FilingNumberError::Empty);
        }
        let rest = text.strip_prefix(PREFIX).ok_or(FilingNumberError::Prefix)?;
        let rest = rest.strip_prefix([':', '：']).unwrap_or(rest).trim_start();
        let digits = rest.strip_suffix(SUFFIX).ok_or(FilingNumberError::Suffix)?;
        if let Some(found) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Err(FilingNumberError::NotADigit { found });
        }
        if digits.len() != DIGITS {
            return Err(FilingNumberError::DigitCount { found: digits.len() });
        }
        Ok(Self { digits: digits.to_owned() })
    }

    /// Parses strictly: exactly as the CAC publishes it.
    ///
    /// # Errors
    /// As [`Self::parse`], and when anything was forgiven there.
    pub fn parse_strict(text: &str) -> Result<Self, FilingNumberError> {
        let number = Self::parse(text)?;
        if number.to_string() == text { Ok(number) } else { Err(FilingNumberError::NotCanonical) }
    }

    fn part(&self, from: usize, to: usize) -> &str {
        self.digits.get(from..to).unwrap_or_default()
    }

    /// County-level division code of the subject.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(0, 6)
    }

    /// Number of the subject inside the filing system.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.part(6, 13)
    }

    /// Algorithm class.
    #[must_use]
    pub fn class(&self) -> &str {
        self.part(13, 15)
    }

    /// Last two digits of the year.
    #[must_use]
    pub fn year(&self) -> &str {
        self.part(15, 17)
    }

    /// Serial number.
    #[must_use]
    pub fn serial(&self) -> &str {
        self.part(17, 20)
    }

    /// Check digit.
    #[must_use]
    pub fn check_digit(&self) -> &str {
        self.part(20, 21)
    }

    /// Whether this is a filing for generation and synthesis (class 01).
    #[must_use]
    pub fn is_deep_synthesis(&self) -> bool {
        self.class() == DEEP_SYNTHESIS_CLASS
    }

    /// Whether `Σ d_i · 2^(21−i) ≡ 1 (mod 10)`. Unofficial: warn on `false`, never refuse.
    #[must_use]
    pub fn check_digit_fits(&self) -> bool {
        // Horner's scheme for Σ d_i · 2^(21−i), kept below 10 at every step.
        self.digits.bytes().fold(0u32, |sum, byte| (sum * 2 + u32::from(byte.saturating_sub(b'0'))) % 10) == 1
    }
}

impl fmt::Display for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}{SUFFIX}", self.digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_published_numbers_of_the_dossier_article_19() {
        for (text, region, subject, serial) in [
            ("网信算备110108105858001230019号", "110108", "1058580", "001"),
            ("网信算备110108823483901230023号", "110108", "8234839", "002"),
            ("网信算备110108823483901230031号", "110108", "8234839", "003"),
            ("网信算备330110507206401230019号", "330110", "5072064", "001"),
            ("网信算备440305295988701230013号", "440305", "2959887", "001"),
        ] {
            let number = FilingNumber::parse_strict(text).expect(text);
            assert_eq!((number.region(), number.subject(), number.serial()), (region, subject, serial));
            assert_eq!((number.class(), number.year()), ("01", "23"));
            assert!(number.is_deep_synthesis() && number.check_digit_fits(), "{text}");
            assert_eq!(number.to_string(), text);
        }
    }

    #[test]
    fn forgives_colons_and_blanks_only_when_lenient() {
        for text in [
            "网信算备:110108105858001230019号",
            "网信算备：110108105858001230019号",
            "网信算备： 110108105858001230019号",
            " 网信算备 110108105858001230019号\n",
        ] {
            let number = FilingNumber::parse(text).expect(text);
            assert_eq!(number.to_string(), "网信算备110108105858001230019号");
            assert_eq!(FilingNumber::parse_strict(text), Err(FilingNumberError::NotCanonical));
        }
    }

    #[test]
    fn rejects_what_is_no_number_and_says_why() {
        use FilingNumberError as E;
        for (text, error) in [
            ("", E::Empty),
            ("  ", E::Empty),
            ("Beijing-WenXinYiYan-20230821", E::Prefix),
            ("110108105858001230019", E::Prefix),
            ("网信算备110108105858001230019", E::Suffix),
            ("网信算备11010810585800123001号", E::DigitCount { found: 20 }),
            ("网信算备1101081058580012300199号", E::DigitCount { found: 22 }),
            ("网信算备11010810585800123001X号", E::NotADigit { found: 'X' }),
            ("网信算备１10108105858001230019号", E::NotADigit { found: '１' }),
            ("网信算备::110108105858001230019号", E::NotADigit { found: ':' }),
            ("网信算备号", E::DigitCount { found: 0 }),
        ] {
            assert_eq!(FilingNumber::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn wrong_check_digit_still_parses_because_the_rule_is_unofficial() {
        let number = FilingNumber::parse("网信算备110108105858001230017号").expect("well-formed");
        assert!(!number.check_digit_fits());
    }

    #[test]
    fn class_02_is_no_deep_synthesis_article_19_trap_28() {
        let number = FilingNumber::parse("网信算备110108105858002230019号").expect("well-formed");
        assert_eq!((number.class(), number.is_deep_synthesis()), ("02", false));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = FilingNumber::parse(&text);
            let _ = FilingNumber::parse(&format!("网信算备{text}号"));
        }
    }
}
