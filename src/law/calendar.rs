//! Working days in mainland China and the deadlines counted in them (Algorithm Provisions Art. 24).
//!
//! In: `calendar-cn.yaml` (the State Council's notices) and an instant. Out: the instant at which a
//! deadline lapses, in China Standard Time, and which years were counted without a notice.
//! Must not: ask the wall clock or fetch next year's notice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;
use serde::Deserialize;

/// China Standard Time. One fixed offset: the mainland has had no summer time since 1991, and a
/// fixed offset needs no time-zone database on the node.
pub const CHINA_STANDARD_TIME: Offset = Offset::constant(8);

const EMBEDDED: &str = include_str!("calendar-cn.yaml");
static CHINA: LazyLock<Calendar> = LazyLock::new(|| Calendar::parse(EMBEDDED).unwrap_or_default());

/// Holidays and make-up days, year by year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i16>,
    holidays: BTreeSet<Date>,
    makeup: BTreeSet<Date>,
}

/// A deadline counted in working days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The last day, China Standard Time.
    pub last_day: Date,
    /// When it lapses: 24:00 of the last day, China Standard Time.
    pub lapses_at: Timestamp,
    /// Years that were counted Mon–Fri because no notice is on file.
    pub years_without_data: Vec<i16>,
}

/// Why calendar data cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// Not the expected document.
    #[error("the calendar is not readable: {0}")]
    Document(String),
    /// A date or range that is none.
    #[error("{0:?} in the calendar is no date or first/last range")]
    Date(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearEntry {
    holidays: Vec<String>,
    makeup: Vec<String>,
}

impl Calendar {
    /// The calendar that ships with the program.
    #[must_use]
    pub fn china() -> &'static Self {
        // The test `embedded_calendar_is_readable` keeps the fallback out of reach; were it reached,
        // every deadline would report its years as without data.
        &CHINA
    }

    /// Reads a calendar document, for clusters that must add a year before the next release.
    ///
    /// # Errors
    /// When the text is not such a document.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let entries: BTreeMap<i16, YearEntry> =
            serde_saphyr::from_str(text).map_err(|error| CalendarError::Document(error.to_string()))?;
        let mut calendar = Self::default();
        for (year, entry) in entries {
            calendar.years.insert(year);
            for range in entry.holidays {
                let unreadable = || CalendarError::Date(range.clone());
                let (first, last) = range.split_once('/').ok_or_else(unreadable)?;
                let (first, last): (Date, Date) =
                    (first.parse().map_err(|_| unreadable())?, last.parse().map_err(|_| unreadable())?);
                if first > last || first.year() != year || last.year() != year {
                    return Err(unreadable());
                }
                calendar.holidays.extend(first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last));
            }
            for day in entry.makeup {
                let date: Date = day.parse().map_err(|_| CalendarError::Date(day.clone()))?;
                calendar.makeup.insert(date);
            }
        }
        Ok(calendar)
    }

    /// The same calendar with a year replaced, for clusters that enter a notice before the next release.
    ///
    /// # Errors
    /// When a date is none or lies in another year.
    pub fn with_year(mut self, year: i16, holidays: &[String], workdays: &[String]) -> Result<Self, CalendarError> {
        let dates = |texts: &[String]| {
            let date = |text: &String| {
                text.parse::<Date>()
                    .ok()
                    .filter(|date| date.year() == year)
                    .ok_or_else(|| CalendarError::Date(text.clone()))
            };
            texts.iter().map(date).collect::<Result<Vec<_>, _>>()
        };
        let (holidays, workdays) = (dates(holidays)?, dates(workdays)?);
        self.holidays.retain(|date| date.year() != year);
        self.makeup.retain(|date| date.year() != year);
        self.years.insert(year);
        self.holidays.extend(holidays);
        self.makeup.extend(workdays);
        Ok(self)
    }

    /// Whether the State Council's notice for the year is on file.
    #[must_use]
    pub fn has_data(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// Whether people work on that day.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.makeup.contains(&date) || (!weekend && !self.holidays.contains(&date))
    }

    /// The n-th working day after `start`; the start day itself does not count.
    #[must_use]
    pub fn add_working_days(&self, start: Date, days: u16) -> Date {
        let mut date = start;
        let mut left = days;
        while left > 0 {
            // At the end of the calendar there is no later day: the deadline stays there.
            let Ok(next) = date.tomorrow() else {
                return Date::MAX;
            };
            date = next;
            if self.is_working_day(date) {
                left -= 1;
            }
        }
        date
    }

    /// The deadline of `days` working days after the day of `start` in China Standard Time.
    #[must_use]
    pub fn deadline(&self, start: Timestamp, days: u16) -> Deadline {
        let first = china_date(start);
        let last_day = self.add_working_days(first, days);
        Deadline {
            last_day,
            lapses_at: end_of_day(last_day),
            years_without_data: (first.year()..=last_day.year()).filter(|year| !self.has_data(*year)).collect(),
        }
    }
}

/// The day it is in China at an instant.
#[must_use]
pub fn china_date(instant: Timestamp) -> Date {
    CHINA_STANDARD_TIME.to_datetime(instant).date()
}

/// 24:00 of a day in China, which is the following midnight.
#[must_use]
pub fn end_of_day(date: Date) -> Timestamp {
    date.tomorrow()
        .map(|next| DateTime::from_parts(next, jiff::civil::Time::midnight()))
        .and_then(|midnight| CHINA_STANDARD_TIME.to_timestamp(midnight))
        .unwrap_or(if date.year() < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("date")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    #[test]
    fn embedded_calendar_is_readable() {
        let calendar = Calendar::parse(EMBEDDED).expect("readable");
        assert_eq!(&calendar, Calendar::china());
        assert!(calendar.has_data(2025) && calendar.has_data(2026) && !calendar.has_data(2027));
        for makeup in &calendar.makeup {
            assert!(matches!(makeup.weekday(), Weekday::Saturday | Weekday::Sunday), "{makeup}");
        }
    }

    #[test]
    fn knows_the_state_council_notice_of_2026() {
        for (date, works) in [
            ("2026-01-01", false),
            ("2026-01-02", false),
            ("2026-01-04", true),
            ("2026-02-14", true),
            ("2026-02-16", false),
            ("2026-02-23", false),
            ("2026-02-24", true),
            ("2026-02-28", true),
            ("2026-05-09", true),
            ("2026-09-20", true),
            ("2026-10-07", false),
            ("2026-10-08", true),
            ("2026-10-10", true),
            ("2026-11-21", false),
            ("2026-11-24", true),
        ] {
            assert_eq!(Calendar::china().is_working_day(day(date)), works, "{date}");
        }
    }

    #[test]
    fn counts_from_the_day_after_over_holidays_and_makeup_days_algorithm_provisions_article_24() {
        for (start, days, last) in [
            ("2026-11-02", 10, "2026-11-16"), // Monday to Monday: plain weeks
            ("2026-11-07", 10, "2026-11-20"), // a Saturday start: first counted day is Monday
            ("2026-02-13", 10, "2026-03-05"), // 14 Feb works, 15–23 Feb off, 28 Feb works
            ("2026-09-18", 10, "2026-10-09"), // 20 Sep works, 25–27 Sep and 1–7 Oct off
            ("2026-11-02", 0, "2026-11-02"),
            ("2026-11-02", 20, "2026-11-30"),
        ] {
            assert_eq!(Calendar::china().add_working_days(day(start), days), day(last), "{start}");
        }
    }

    #[test]
    fn deadline_lapses_at_midnight_in_china_whatever_the_node_thinks() {
        // 16:30 UTC on the 2nd is 00:30 on the 3rd in China.
        let deadline = Calendar::china().deadline(at("2026-11-02T16:30:00Z"), 10);
        assert_eq!(deadline.last_day, day("2026-11-17"));
        assert_eq!(deadline.lapses_at, at("2026-11-17T16:00:00Z"));
        let earlier = Calendar::china().deadline(at("2026-11-02T15:59:59Z"), 10);
        assert_eq!(earlier.lapses_at, at("2026-11-16T16:00:00Z"));
    }

    #[test]
    fn reports_the_years_it_counted_without_a_notice() {
        let deadline = Calendar::china().deadline(at("2026-12-25T04:00:00Z"), 10);
        assert_eq!(deadline.years_without_data, vec![2027]);
        assert_eq!(deadline.last_day, day("2027-01-08"));
        assert!(Calendar::china().deadline(at("2026-11-02T04:00:00Z"), 10).years_without_data.is_empty());
    }

    #[test]
    fn refuses_documents_that_are_no_calendar() {
        for text in [
            "2026: {holidays: [x], makeup: []}",
            "2026: {holidays: [2026-02-02/2026-02-01], makeup: []}",
            "2026: {holidays: [2025-02-02/2025-02-02], makeup: []}",
            "2026: {holidays: [], makeup: [2026-02-30]}",
            "- 1",
        ] {
            assert!(Calendar::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ends_of_time_do_not_panic() {
        for instant in [Timestamp::MIN, Timestamp::MAX] {
            let deadline = Calendar::china().deadline(instant, 10);
            assert!(deadline.lapses_at >= instant);
        }
        assert_eq!(end_of_day(Date::MAX), Timestamp::MAX);
    }

    proptest::proptest! {
        #[test]
        fn later_starts_never_lapse_earlier(a in 1_735_660_800i64..1_830_268_800, b in 0i64..4_000_000, n in 0u16..40) {
            let early = Timestamp::from_second(a).expect("in range");
            let late = Timestamp::from_second(a + b).expect("in range");
            let calendar = Calendar::china();
            proptest::prop_assert!(calendar.deadline(early, n).lapses_at <= calendar.deadline(late, n).lapses_at);
        }
    }
}
