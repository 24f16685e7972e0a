//! Numbers of generative AI filings (备案) and registrations (登记), e.g. `Beijing-WenXinYiYan-20230821`.
//!
//! In: the text of a record. Out: a [`GenAiNumber`] with its parts, or the reason and the remedy.
//! Must not: ask whether the CAC knows the number; and must not refuse one for its date or its
//! capitals, because the form was inferred from published lists and is not official.

use std::fmt;

use jiff::civil::Date;

/// Digits of the date part.
const DATE_DIGITS: usize = 8;
/// Digits of the serial number, where there is one.
const SERIAL_DIGITS: usize = 4;
/// Stands before the serial number of a registration.
const REGISTRATION_MARK: char = 'S';
/// How algorithm filing numbers begin, which are another thing.
const ALGORITHM_PREFIX: &str = "网信算备";

/// What a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GenAiNumberKind {
    /// Filing of an own or fine-tuned model (备案).
    Filing,
    /// Registration of an application that calls a filed model (登记).
    Registration,
}

/// A well-formed number of a generative AI filing or registration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenAiNumber {
    region: String,
    name: String,
    date: String,
    kind: GenAiNumberKind,
    serial: Option<String>,
}

/// Why a text is not such a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenAiNumberError {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// The number of an algorithm filing.
    #[error("is an algorithm filing number; a generative AI filing or registration is another thing")]
    AlgorithmFiling,
    /// Dashes that are no hyphens.
    #[error("holds {found:?} where a hyphen (-) must stand")]
    NotAHyphen {
        /// What was found.
        found: char,
    },
    /// Not three parts.
    #[error("has {found} parts joined by hyphens, there must be 3: region, name, date")]
    Parts {
        /// Parts found.
        found: usize,
    },
    /// The region is not written in Latin letters with a capital first.
    #[error("does not begin with a region in Latin letters, e.g. Beijing")]
    Region,
    /// The name is not written in Latin letters, digits and dots.
    #[error("has a name that holds more than Latin letters, digits and dots, or none at all")]
    Name,
    /// The last part does not begin with eight digits.
    #[error("has {found} digits where the date must stand, there must be 8")]
    Date {
        /// Digits found.
        found: usize,
    },
    /// Something other than four digits, or S and four digits, follows the date.
    #[error("has {found:?} after the date; nothing, 4 digits, or S and 4 digits may stand there")]
    Serial {
        /// What was found.
        found: String,
    },
    /// Acceptable, but not as the CAC writes it.
    #[error("is not written as the CAC publishes it, without blanks around")]
    NotCanonical,
}

impl GenAiNumberError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => "enter the number from the CAC notice, e.g. Beijing-WenXinYiYan-20230821",
            Self::AlgorithmFiling => {
                "enter the number of the generative AI filing here, and 网信算备…号 in a FilingRecord of kind AlgorithmFiling"
            }
            Self::NotAHyphen { .. } => "type plain hyphens (-) between region, name and date",
            Self::Parts { .. } | Self::Region | Self::Name => {
                "copy region, name and date from the CAC notice, joined by hyphens, e.g. Beijing-WenXinYiYan-20230821"
            }
            Self::Date { .. } => "write the date with 8 half-width digits, year first, e.g. 20230821",
            Self::Serial { .. } => {
                "copy what follows the date from the CAC notice: nothing, 4 digits, or S and 4 digits"
            }
            Self::NotCanonical => "remove the blanks around the number",
        }
    }
}

impl GenAiNumber {
    /// Parses leniently: blanks around are forgiven.
    ///
    /// # Errors
    /// When region, name, date or what follows the date do not have the published form.
    pub fn parse(text: &str) -> Result<Self, GenAiNumberError> {
        use GenAiNumberError as E;
        let text = text.trim();
        if text.is_empty() {
            return Err(E::Empty);
        }
        if text.starts_with(ALGORITHM_PREFIX) {
            return Err(E::AlgorithmFiling);
        }
        if let Some(found) = text.chars().find(|c| matches!(c, '－' | '—' | '–' | '‐' | '‑' | '−' | '_')) {
            return Err(E::NotAHyphen { found });
        }
        let parts: Vec<&str> = text.split('-').collect();
        let [region, name, last] = parts.as_slice() else {
            return Err(E::Parts { found: parts.len() });
        };
        let letters = region.bytes().all(|b| b.is_ascii_alphabetic());
        if !letters || region.len() < 2 || !region.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Err(E::Region);
        }
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.') {
            return Err(E::Name);
        }
        let digits = last.bytes().take_while(u8::is_ascii_digit).count();
        let (date, rest) =
            last.split_at_checked(DATE_DIGITS).filter(|_| digits >= DATE_DIGITS).ok_or(E::Date { found: digits })?;
        let (kind, serial) = match rest.strip_prefix(REGISTRATION_MARK) {
            Some(serial) => (GenAiNumberKind::Registration, Some(serial)),
            None => (GenAiNumberKind::Filing, Some(rest).filter(|rest| !rest.is_empty())),
        };
        if serial.is_some_and(|serial| serial.len() != SERIAL_DIGITS || !serial.bytes().all(|b| b.is_ascii_digit())) {
            return Err(E::Serial { found: rest.to_owned() });
        }
        Ok(Self {
            region: (*region).to_owned(),
            name: (*name).to_owned(),
            date: date.to_owned(),
            kind,
            serial: serial.map(str::to_owned),
        })
    }

    /// Parses strictly: exactly as the CAC publishes it.
    ///
    /// # Errors
    /// As [`Self::parse`], and when anything was forgiven there.
    pub fn parse_strict(text: &str) -> Result<Self, GenAiNumberError> {
        let number = Self::parse(text)?;
        if number.to_string() == text { Ok(number) } else { Err(GenAiNumberError::NotCanonical) }
    }

    /// Region or group of the filing entity, as published; capitals vary (`ZheJiang`, `Zhejiang`).
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Name of the model or application in Latin letters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The day in the number; `None` when the digits are no day. Unofficial: warn, never refuse.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        let part = |from: usize, to: usize| self.date.get(from..to)?.parse::<i16>().ok();
        let (month, day) = (i8::try_from(part(4, 6)?).ok()?, i8::try_from(part(6, 8)?).ok()?);
        Date::new(part(0, 4)?, month, day).ok()
    }

    /// What the number stands for.
    #[must_use]
    pub fn kind(&self) -> GenAiNumberKind {
        self.kind
    }

    /// The four digits at the end, where there are any.
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        self.serial.as_deref()
    }
}

impl fmt::Display for GenAiNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.region, self.name, self.date)?;
        if self.kind == GenAiNumberKind::Registration {
            write!(f, "{REGISTRATION_MARK}")?;
        }
        f.write_str(self.serial.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_published_numbers_of_the_dossier_genai_filing() {
        use GenAiNumberKind::{Filing, Registration};
        for (text, region, name, day, kind, serial) in [
            ("Beijing-WenXinYiYan-20230821", "Beijing", "WenXinYiYan", "2023-08-21", Filing, None),
            ("Jiangsu-ZhiBiaoBao-202512030061", "Jiangsu", "ZhiBiaoBao", "2025-12-03", Filing, Some("0061")),
            ("ZhongYangQiYe-JiuTian-20240123", "ZhongYangQiYe", "JiuTian", "2024-01-23", Filing, None),
            ("Shanghai-CallAgent-20260629S0187", "Shanghai", "CallAgent", "2026-06-29", Registration, Some("0187")),
        ] {
            let number = GenAiNumber::parse_strict(text).expect(text);
            assert_eq!((number.region(), number.name(), number.kind(), number.serial()), (region, name, kind, serial));
            assert_eq!(number.date().map(|date| date.to_string()).as_deref(), Some(day));
            assert_eq!(number.to_string(), text);
        }
    }

    #[test]
    fn accepts_what_the_published_form_allows() {
        for text in ["ZheJiang-Model2.0-20240101", "Zhejiang-4-20240101", "SH-a.b-202401019999"] {
            assert_eq!(GenAiNumber::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn forgives_blanks_around_only_when_lenient() {
        let text = " Beijing-WenXinYiYan-20230821\n";
        assert!(GenAiNumber::parse(text).is_ok());
        assert_eq!(GenAiNumber::parse_strict(text), Err(GenAiNumberError::NotCanonical));
    }

    #[test]
    fn rejects_what_is_no_number_and_says_why_genai_filing() {
        use GenAiNumberError as E;
        let serial = |found: &str| E::Serial { found: found.to_owned() };
        for (text, error) in [
            ("", E::Empty),
            (" \t", E::Empty),
            ("网信算备110108105858001230019号", E::AlgorithmFiling),
            ("Beijing－WenXinYiYan－20230821", E::NotAHyphen { found: '－' }),
            ("Beijing_WenXinYiYan_20230821", E::NotAHyphen { found: '_' }),
            ("Beijing-20230821", E::Parts { found: 2 }),
            ("Beijing-Wen-Xin-20230821", E::Parts { found: 4 }),
            ("beijing-WenXinYiYan-20230821", E::Region),
            ("B-WenXinYiYan-20230821", E::Region),
            ("北京-WenXinYiYan-20230821", E::Region),
            ("Beijing--20230821", E::Name),
            ("Beijing-文心一言-20230821", E::Name),
            ("Beijing-Wen XinYiYan-20230821", E::Name),
            ("Beijing-WenXinYiYan-2023082", E::Date { found: 7 }),
            ("Beijing-WenXinYiYan-2023082S0187", E::Date { found: 7 }),
            ("Beijing-WenXinYiYan-２0230821", E::Date { found: 0 }),
            ("Beijing-WenXinYiYan-202308210", serial("0")),
            ("Beijing-WenXinYiYan-20230821S187", serial("S187")),
            ("Beijing-WenXinYiYan-20230821S", serial("S")),
            ("Beijing-WenXinYiYan-20230821s0187", serial("s0187")),
            ("Beijing-WenXinYiYan-20230821号", serial("号")),
        ] {
            assert_eq!(GenAiNumber::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn digits_that_are_no_day_still_parse_because_the_form_is_unofficial() {
        assert_eq!(GenAiNumber::parse("Beijing-WenXinYiYan-20231399").expect("well-formed").date(), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_round_trips(text in "\\PC{0,40}", tail in "[0-9S号]{0,16}") {
            let _ = GenAiNumber::parse(&text);
            if let Ok(number) = GenAiNumber::parse(&format!("Beijing-Model-{tail}")) {
                proptest::prop_assert_eq!(GenAiNumber::parse_strict(&number.to_string()), Ok(number));
            }
        }
    }
}
