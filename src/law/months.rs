//! Periods in calendar months, as the retention rules name them (Cybersecurity Law Art. 23(3): six months).
//!
//! In: ISO-8601 periods such as `P6M` or `P3Y`. Out: a [`Months`] that can be added to a date and
//! compared with a floor. Must not: accept days; "180 days" is up to four days short of six months.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;

/// Six months: network logs (Cybersecurity Law Art. 23(3)) and waived labels (Labelling Measures Art. 9).
pub const LOG_RETENTION_FLOOR: Months = Months(6);
/// Three years: impact assessments (PIPL Art. 56); our default where the law states no period.
pub const THREE_YEARS: Months = Months(36);

/// A whole number of calendar months, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Months(u32);

/// Why a text is not a period in calendar months.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MonthsError {
    /// Counted in days or weeks.
    #[error("counts days; six calendar months last up to 184 days, so 180 days fall short of the law")]
    Days,
    /// Has a time of day.
    #[error("has a time part; retention is counted in calendar months")]
    Time,
    /// Zero.
    #[error("is zero")]
    Zero,
    /// Longer than a century.
    #[error("is longer than 100 years")]
    TooLong,
    /// Something else.
    #[error("is not an ISO-8601 period of years and months")]
    Form,
}

impl MonthsError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        "write calendar months or years, e.g. P6M or P3Y"
    }
}

impl Months {
    /// Parses `PnM`, `PnY` or `PnYnM`.
    ///
    /// # Errors
    /// For days, weeks, times, zero and anything that is no such period.
    pub fn parse(text: &str) -> Result<Self, MonthsError> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if lower.contains("day") || text.contains('天') || text.contains('日') {
            return Err(MonthsError::Days);
        }
        let mut rest = text.strip_prefix('P').ok_or(MonthsError::Form)?;
        if rest.contains('T') {
            return Err(MonthsError::Time);
        }
        if rest.contains(['D', 'W']) {
            return Err(MonthsError::Days);
        }
        let mut months: u32 = 0;
        let mut any = false;
        for (unit, factor) in [('Y', 12), ('M', 1)] {
            if let Some((number, tail)) = rest.split_once(unit) {
                if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(MonthsError::Form);
                }
                let number: u32 = number.parse().map_err(|_| MonthsError::TooLong)?;
                months = number.checked_mul(factor).and_then(|n| months.checked_add(n)).ok_or(MonthsError::TooLong)?;
                (rest, any) = (tail, true);
            }
        }
        match (any && rest.is_empty(), months) {
            (false, _) => Err(MonthsError::Form),
            (true, 0) => Err(MonthsError::Zero),
            (true, 1201..) => Err(MonthsError::TooLong),
            (true, months) => Ok(Self(months)),
        }
    }

    /// Number of months.
    #[must_use]
    pub fn count(self) -> u32 {
        self.0
    }

    /// Whether the period is at least as long as the law's.
    #[must_use]
    pub fn reaches(self, floor: Self) -> bool {
        self >= floor
    }

    /// The same day `self` later, or the last day of that month where the day does not exist.
    #[must_use]
    pub fn after(self, date: Date) -> Date {
        date.checked_add(Span::new().months(self.0)).unwrap_or(Date::MAX)
    }
}

impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 12, self.0 % 12) {
            (0, months) => write!(f, "P{months}M"),
            (years, 0) => write!(f, "P{years}Y"),
            (years, months) => write!(f, "P{years}Y{months}M"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_calendar_months_and_years() {
        for (text, months, written) in
            [("P6M", 6, "P6M"), ("P3Y", 36, "P3Y"), ("P1Y6M", 18, "P1Y6M"), ("P12M", 12, "P1Y")]
        {
            let period = Months::parse(text).expect(text);
            assert_eq!((period.count(), period.to_string().as_str()), (months, written));
        }
    }

    #[test]
    fn refuses_180_days_because_six_months_are_longer_trap_20() {
        for text in ["P180D", "180 days", "180天", "P26W", "P5M30D"] {
            assert_eq!(Months::parse(text), Err(MonthsError::Days), "{text}");
        }
        assert!(MonthsError::Days.to_string().contains("184"));
        let start: Date = "2026-03-01".parse().expect("date");
        let end = LOG_RETENTION_FLOOR.after(start);
        assert_eq!(start.until(end).expect("span").get_days(), 184);
    }

    #[test]
    fn refuses_other_nonsense() {
        for (text, error) in [
            ("P0M", MonthsError::Zero),
            ("PT6M", MonthsError::Time),
            ("P", MonthsError::Form),
            ("6M", MonthsError::Form),
            ("P6", MonthsError::Form),
            ("P-6M", MonthsError::Form),
            ("P6M3Y", MonthsError::Form),
            ("P99999999999M", MonthsError::TooLong),
            ("P101Y", MonthsError::TooLong),
            ("", MonthsError::Form),
        ] {
            assert_eq!(Months::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn clamps_to_the_end_of_the_month() {
        for (start, period, end) in [
            ("2026-08-31", "P6M", "2027-02-28"),
            ("2027-08-31", "P6M", "2028-02-29"),
            ("2024-02-29", "P1Y", "2025-02-28"),
            ("2026-01-15", "P6M", "2026-07-15"),
        ] {
            let start: Date = start.parse().expect("date");
            assert_eq!(Months::parse(period).expect(period).after(start).to_string(), end);
        }
        assert_eq!(LOG_RETENTION_FLOOR.after(Date::MAX), Date::MAX);
    }

    #[test]
    fn five_months_do_not_reach_the_floor_cybersecurity_law_article_23() {
        for (text, reaches) in [("P5M", false), ("P6M", true), ("P3Y", true)] {
            assert_eq!(Months::parse(text).expect(text).reaches(LOG_RETENTION_FLOOR), reaches);
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_round_trips(text in "P?[0-9YMDWT]{0,12}") {
            if let Ok(period) = Months::parse(&text) {
                proptest::prop_assert_eq!(Months::parse(&period.to_string()), Ok(period));
            }
        }
    }
}
